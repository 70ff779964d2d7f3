//! What files may be, how many, and what is said of those that cannot be read.

use std::io::Write;
use std::process::Stdio;

use super::super::city::{City, Printed};
use super::{checked, claims, json, small, value};

/// A text of a true and an untrue sentence, and the claims that are found in it.
fn mixed(city: &City) -> (String, [String; 2]) {
    let parks = value(city, "parks.count", "2022");
    let more = parks + 77;
    let text = format!("建成各类公园{parks}个。\n建成各类公园{more}个。\n");
    (text, [format!("{parks}个 supported parks.count"), format!("{more}个 contradicted parks.count")])
}

/// A command with something on its standard input.
fn piped(city: &City, arguments: &[&str], input: &[u8]) -> Printed {
    let mut command = city.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads");
    Printed::of(&child.wait_with_output().expect("it ends"))
}

/// The same text in GB18030; every character of it is in GBK's two-byte part or ASCII.
fn gb18030(text: &str) -> Vec<u8> {
    const TABLE: &[(char, [u8; 2])] = &[
        ('建', [0xBD, 0xA8]),
        ('成', [0xB3, 0xC9]),
        ('各', [0xB8, 0xF7]),
        ('类', [0xC0, 0xE0]),
        ('公', [0xB9, 0xAB]),
        ('园', [0xD4, 0xB0]),
        ('个', [0xB8, 0xF6]),
        ('。', [0xA1, 0xA3]),
    ];
    text.chars()
        .flat_map(|character| match TABLE.iter().find(|(known, _)| *known == character) {
            Some((_, bytes)) => bytes.to_vec(),
            None if character.is_ascii() => vec![character as u8],
            None => panic!("{character} is not in the table"),
        })
        .collect()
}

#[test]
fn a_text_is_the_same_from_a_file_a_pipe_and_in_an_older_encoding() {
    let city = small();
    let (text, expected) = mixed(&city);
    let told = checked(&city, &text, "json");
    assert_eq!((claims(&json(&told)), told.status), (expected.to_vec(), 1));

    let home = city.home();
    let arguments = ["check", "-", "--period", "2022", "--format", "json", "--home", &home];
    let from_pipe = piped(&city, &arguments, text.as_bytes());
    assert_eq!((&from_pipe.out, from_pipe.status), (&told.out, 1), "{}", from_pipe.err);
    let listed = piped(&city, &["quantities", "-", "--format", "json"], text.as_bytes());
    assert_eq!(json(&listed), json(&told)["quantities"]);

    city.file("gb.txt", &gb18030(&text));
    let older = city.try_at_home(&["check", "gb.txt", "--period", "2022", "--format", "json"]);
    assert_eq!((&older.out, older.status), (&told.out, 1), "{}", older.err);
}

#[test]
fn of_many_files_one_that_cannot_be_read_keeps_none_from_being_checked() {
    let city = small();
    let (text, expected) = mixed(&city);
    let (first, second) = text.split_once('\n').expect("two lines");
    city.file("right.txt", first.as_bytes());
    city.file("wrong.txt", second.as_bytes());
    city.file("empty.txt", b"");
    let json_of = ["check", "--period", "2022", "--format", "json"];
    let printed = city.try_at_home(&[&json_of[..], &["right.txt", "empty.txt", "wrong.txt"]].concat());
    assert_eq!(printed.status, 2, "{}", printed.err);
    assert!(printed.err.contains("empty.txt"), "{}", printed.err);
    let lines: Vec<serde_json::Value> =
        printed.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<(&str, Vec<String>)> =
        lines.iter().map(|line| (line["file"].as_str().unwrap_or_default(), claims(line))).collect();
    let [right, wrong] = expected;
    assert_eq!(told, [("right.txt", vec![right]), ("wrong.txt", vec![wrong])]);

    let readable = city.try_at_home(&[&json_of[..], &["right.txt", "wrong.txt"]].concat());
    assert_eq!(readable.status, 1, "{}", readable.err);
    let summary = city.try_at_home(&["check", "--period", "2022", "right.txt", "wrong.txt"]);
    insta::assert_snapshot!(summary.out, @"
    right.txt  checked for 2022: quantities 1; supported 1; inconsistencies 0
    wrong.txt  checked for 2022: quantities 1; contradicted 1; inconsistencies 0
    ");
    let one_out = city.try_at_home(&["check", "right.txt", "wrong.txt", "--out", "one.html"]);
    assert_eq!(one_out.status, 2, "{}", one_out.err);
}

#[test]
fn what_cannot_be_read_is_told_in_one_line() {
    let city = City::nowhere();
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 504]].concat();
    city.file("old.docx", &old);
    city.file("empty.txt", b"");
    city.file("cut.docx", b"PK\x03\x04 and no more");
    city.file("text.txt", "建成各类公园380个。".as_bytes());
    let mut told = String::new();
    let mut tell = |arguments: &[&str]| {
        for language in ["zh", "zh-Hant", "en"] {
            let printed = city.run(&[arguments, &["--lang", language]].concat());
            assert_eq!((printed.status, printed.out.as_str()), (2, ""), "{arguments:?} {}", printed.err);
            assert_eq!(printed.err.lines().count(), 1, "{arguments:?}: {}", printed.err);
            told += &printed.err;
        }
    };
    for file in ["missing.txt", "empty.txt", "old.docx", "cut.docx"] {
        tell(&["check", file]);
    }
    tell(&["check", "text.txt", "--format", "docx"]);
    for file in ["missing.txt", "empty.txt", "old.docx"] {
        tell(&["quantities", file]);
    }
    // The system's own words about a missing file differ from system to system.
    let told = told.replace("No such file or directory (os error 2)", "…");
    insta::assert_snapshot!(told, @"
    错误: missing.txt 打不开（…）
    錯誤: missing.txt 打不開（…）
    error: missing.txt cannot be opened (…)
    错误: empty.txt：文件是空的
    錯誤: empty.txt：文件是空的
    error: empty.txt: the file is empty
    错误: old.docx：这是旧版 Office 文件，不能读取；请用 Word 或 WPS 另存为 .docx
    錯誤: old.docx：這是舊版 Office 文件，不能讀取；請用 Word 或 WPS 另存為 .docx
    error: old.docx: this is an old Office file, which is not read; save it as .docx in Word or WPS
    错误: cut.docx：DOCX 文件已损坏（`zip`）；请用 Word 或 WPS 打开后重新保存
    錯誤: cut.docx：DOCX 文件已損壞（`zip`）；請用 Word 或 WPS 打開後重新保存
    error: cut.docx: the DOCX file is damaged (`zip`); open it in Word or WPS and save it again
    错误: 只有 DOCX 文件可以加批注；其他文件请用 --format html
    錯誤: 只有 DOCX 文件可以加批註；其他文件請用 --format html
    error: only a DOCX file can be given comments; use --format html for others
    错误: missing.txt 打不开（…）
    錯誤: missing.txt 打不開（…）
    error: missing.txt cannot be opened (…)
    错误: empty.txt：文件是空的
    錯誤: empty.txt：文件是空的
    error: empty.txt: the file is empty
    错误: old.docx：这是旧版 Office 文件，不能读取；请用 Word 或 WPS 另存为 .docx
    錯誤: old.docx：這是舊版 Office 文件，不能讀取；請用 Word 或 WPS 另存為 .docx
    error: old.docx: this is an old Office file, which is not read; save it as .docx in Word or WPS
    ");
    let nowhere = city.run(&["check", "text.txt", "--home", "/nonexistent"]);
    assert!(nowhere.status == 2 && nowhere.err.contains("city.toml"), "{}", nowhere.err);
}
