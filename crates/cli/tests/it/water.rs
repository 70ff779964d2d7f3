//! Water classes and evaluations from files, from outside.

use super::city::{City, Printed, repository};

const HEADING: &str = "section,time,ph,dissolved_oxygen,permanganate_index,ammonia_nitrogen,total_phosphorus,\
                       total_nitrogen,chlorophyll_a,algae_density,status";
const ROWS: &str = "\
七效港西桥,2021-04-01 12:00,7.99,8.64,5.81,0.097,0.065,1.67,,,正常
五里湖心,2021-04-01 12:00,8.10,9.84,3.90,0.025,0.060,1.13,0.012,4332460,正常
五里湖心,2021-04-01 16:00,8.10,9.84,3.90,0.025,0.060,1.13,,,正常
大桥,2021-04-01 12:00,9.10,1.50,3.90,2.100,0.01L,1.13,,,正常
大桥,2021-04-01 16:00,7.00,8.00,1.90,<0.02,0.005,1.13,,,正常
大桥,2021-04-01 20:00,7.00,8.00,1.90,0.02,0.005,1.13,,,维护
大桥,2021-04-02 00:00,,,,,,1.13,,,正常
";

fn file(city: &City, name: &str, text: &str) -> String {
    city.file(name, text.as_bytes())
}

fn small() -> String {
    format!("{HEADING}\n{ROWS}")
}

#[test]
fn rows_come_back_in_their_order_with_class_and_deciding_items() {
    let city = City::nowhere();
    let small = file(&city, "small.csv", &small());
    let printed = city.run(&["water", "class", &small]);
    assert_eq!(printed.status, 0, "{}", printed.err);
    let mut lines = printed.out.lines();
    assert_eq!(lines.next(), Some(format!("{HEADING},computed_class,deciding,body,body_by").as_str()));
    // Total nitrogen takes no part; a lake keeps its limits where algae are missing in a row; what is not
    // normal, and what has nothing to judge, has no class; class Ⅰ is held back by nothing.
    let expected = [
        "Ⅲ,permanganate_index,river,else",
        "Ⅳ,total_phosphorus,lake,algae",
        "Ⅳ,total_phosphorus,lake,algae",
        "劣Ⅴ,ph;dissolved_oxygen;ammonia_nitrogen,river,else",
        "Ⅰ,,river,else",
        ",,river,else",
        ",,river,else",
    ];
    for ((row, expected), line) in ROWS.lines().zip(expected).zip(lines.by_ref()) {
        assert_eq!(line, format!("{row},{expected}"));
    }
    assert_eq!(lines.next(), None);
    assert!(
        printed
            .err
            .contains("7 rows, 5 judged, 1 of a status that is not normal; 1 sections are lakes, 2 rivers")
    );
}

#[test]
fn chinese_headings_other_encodings_and_standard_input_change_nothing() {
    let city = City::nowhere();
    let plain = file(&city, "plain.csv", &small());
    let expected = city.ok(&["water", "class", &plain]);
    let rows = |out: &str| out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let heading = "断面名称,监测时间,pH(无量纲),溶解氧(mg/L),高锰酸盐指数(mg/L),氨氮(mg/L),总磷（mg/L）,总氮(mg/L),\
                   叶绿素α(mg/L),藻密度(cells/L),站点情况";
    let chinese = format!("{heading}\n{ROWS}");
    let (gb18030, ..) = encoding_rs::GB18030.encode(&chinese);
    for (name, bytes) in [
        ("utf8.csv", chinese.clone().into_bytes()),
        ("bom.csv", format!("\u{feff}{chinese}").into_bytes()),
        ("gb18030.csv", gb18030.into_owned()),
        ("tabs.csv", chinese.replace(',', "\t").into_bytes()),
        ("windows.csv", chinese.replace('\n', "\r\n").into_bytes()),
    ] {
        let path = city.file(name, &bytes);
        let printed = city.run(&["water", "class", &path]);
        assert_eq!(printed.status, 0, "{name}: {}", printed.err);
        assert_eq!(rows(&printed.out), rows(&expected), "{name}");
    }
    let mut piped = city.command(&["water", "class", "-"]);
    piped.stdin(std::fs::File::open(&plain).expect("the file is there"));
    let printed = Printed::of(&piped.output().expect("the binary starts"));
    assert_eq!(printed.out, expected);
}

#[test]
fn a_split_file_gives_the_same_classes() {
    let city = City::nowhere();
    let class = |rows: &str| {
        let path = file(&city, "part.csv", &format!("{HEADING}\n{rows}"));
        let out = city.ok(&["water", "class", &path, "--body", "river"]);
        out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let whole = class(ROWS);
    let lines: Vec<String> = ROWS.lines().map(|line| format!("{line}\n")).collect();
    for cut in 0..=lines.len() {
        let (first, second) = lines.split_at(cut);
        let parts = [class(&first.concat()), class(&second.concat())].concat();
        assert_eq!(parts, whole, "{cut}");
    }
}

#[test]
fn cells_that_are_no_values_are_told_with_their_place() {
    let city = City::nowhere();
    let rows = "甲,2021-04-01,7,8,abc,0.1,0.01,1,,,\n乙,2021-04-01,15,8,2,-1,0.15,1,,,\n";
    let path = file(&city, "bad.csv", &format!("{HEADING}\n{rows}"));
    let printed = city.run(&["water", "class", &path]);
    assert_eq!(printed.status, 1);
    assert!(
        printed.err.contains("row 2, column `permanganate_index`: `abc` is no number"),
        "{}",
        printed.err
    );
    assert!(
        printed.err.contains("row 3, column `ph`: `15` cannot be a value of this item"),
        "{}",
        printed.err
    );
    assert!(printed.err.contains("row 3, column `ammonia_nitrogen`: `-1` cannot be"), "{}", printed.err);
    // The rest of the row is judged.
    let classes: Vec<&str> = printed.out.lines().skip(1).filter_map(|line| line.rsplit(',').nth(3)).collect();
    assert_eq!(classes, ["Ⅰ", "Ⅲ"], "{}", printed.out);
}

#[test]
fn what_cannot_be_read_is_refused_in_words() {
    let city = City::nowhere();
    let check = |bytes: &[u8], status: i32, words: &str| {
        let path = city.file("odd.csv", bytes);
        let printed = city.run(&["water", "class", &path]);
        assert_eq!(printed.status, status, "{words}: {}", printed.err);
        assert!(printed.err.contains(words), "{words}: {}", printed.err);
    };
    check(b"", 2, "is empty");
    check(b"PK\x03\x04", 2, "is an Excel file");
    check(b"\xff\xfe\x00\xff", 2, "neither UTF-8 nor GB18030");
    check("甲,乙\n1,2\n".as_bytes(), 1, "no column of an item that is known; the headings are: 甲、乙");
    check(b"section,ph,computed_class\nA,7,\n", 1, "already has a column `computed_class`");
    check(b"section,ph\nA\n\"B,7\n", 0, "2 rows");
    let printed = city.run(&["water", "class", "nowhere.csv"]);
    assert_eq!(printed.status, 2);
    let path = city.file("marked.csv", "section,ph,kind\nA,7,湖库\nB,7,沟\n".as_bytes());
    let printed = city.run(&["water", "class", &path, "--body-column", "kind"]);
    assert_eq!(printed.status, 1);
    assert!(printed.out.contains("A,7,湖库,Ⅰ,,lake,given"), "{}", printed.out);
    assert!(
        printed.err.contains("row 3, column `kind`: `沟` is neither a river nor a lake"),
        "{}",
        printed.err
    );
    assert_eq!(city.run(&["water", "class", &path, "--body-column", "sort"]).status, 1);
}

#[test]
fn sections_are_judged_by_month_quarter_and_year() {
    let city = City::nowhere();
    let mut text = String::from("断面,时间,化学需氧量,氨氮,总磷\n");
    for month in 1..=8 {
        // In March the class is Ⅳ, by ammonia nitrogen; otherwise Ⅱ.
        let ammonia = if month == 3 { "1.26" } else { "0.30" };
        text.push_str(&format!(
            "甲,2023-{month:02}-05,14,{ammonia},0.05\n甲,2023-{month:02}-15,14,{ammonia},0.05\n"
        ));
    }
    text.push_str("乙,2023-01-05,30,0.3,0.05\n");
    let path = file(&city, "months.csv", &text);
    let csv = |by: &str| city.ok(&["water", "section", &path, "--by", by, "--format", "csv"]);
    let months = csv("month");
    assert!(
        months.contains(
            "甲,2023-02,river,Ⅱ,excellent,ammonia_nitrogen;total_phosphorus,,no marked change,,,3,1,"
        ),
        "{months}"
    );
    assert!(
        months.contains(
            "甲,2023-03,river,Ⅳ,lightly polluted,ammonia_nitrogen,ammonia nitrogen(0.3),markedly worse,"
        ),
        "{months}"
    );
    assert!(
        months.contains("甲,2023-04,river,Ⅱ,excellent,ammonia_nitrogen;total_phosphorus,,markedly better,"),
        "{months}"
    );
    let quarters = csv("quarter");
    assert!(quarters.contains("甲,2023-Q1,river,Ⅲ,good,ammonia_nitrogen,,,,,3,3,"), "{quarters}");
    assert!(quarters.contains("\"months with data: 1, needed: 2\""), "{quarters}");
    let years = csv("year");
    assert!(
        years.contains("甲,2023,river,Ⅱ,excellent,ammonia_nitrogen;total_phosphorus,,,,,3,8,"),
        "{years}"
    );
    assert!(years.contains("\"months with data: 1, needed: 8\""), "{years}");
}

#[test]
fn rivers_lakes_and_cities_are_put_together() {
    let city = City::nowhere();
    let mut text = String::from("河流,断面,城市,月份,化学需氧量\n");
    for (section, value) in [("1", 10), ("2", 10), ("3", 25), ("4", 50), ("5", 18)] {
        text.push_str(&format!("清河,{section},江城,2023-05,{value}\n"));
    }
    text.push_str("浊河,6,江城,2023-05,10\n浊河,7,江城,2023-05,36\n");
    let path = file(&city, "rivers.csv", &text);
    let rivers = city.ok(&["water", "river", &path, "--format", "csv"]);
    assert!(rivers.contains("清河,2023-05,5,5,proportions,,moderately polluted,chemical oxygen demand(40.0 %),,40.0,0.0,20.0,20.0,0.0,20.0,"), "{rivers}");
    assert!(rivers.contains("浊河,2023-05,2,2,means,Ⅳ,lightly polluted,chemical oxygen demand(0.2),,50.0,0.0,0.0,0.0,50.0,0.0,"), "{rivers}");
    let index = city.ok(&["water", "city", &path, "--measured-items", "--format", "csv"]);
    // The mean of the seven sections is 22.714286 mg/L, of a Ⅲ limit of 20.
    assert!(index.contains("江城,2023-05,1.1357,7,1.1357,0,,1,,"), "{index}");
    let all = city.ok(&["water", "city", &path, "--format", "csv"]);
    assert!(all.contains("without a value: pH, dissolved oxygen"), "{all}");
    // The worked example of TLI(Σ).
    let lake = file(
        &city,
        "lake.csv",
        "湖库,点位,月份,叶绿素a(μg/L),总磷,总氮,透明度(cm),高锰酸盐指数\n东湖,湖心,2023-05,10,0.05,1.0,100,4.0\n",
    );
    let lakes = city.ok(&["water", "lake", &lake, "--body", "lake", "--format", "csv"]);
    assert!(lakes.contains("东湖,2023-05,1,Ⅲ,good,,Ⅲ,48.0,mesotrophic,"), "{lakes}");
}

/// The published classes of the national automatic stations. The data lie outside the checkout, so that a
/// checkout alone skips this.
#[test]
fn published_classes_are_reproduced() {
    let shared = std::env::var_os("QINGYUAN_SHARED")
        .map(std::path::PathBuf::from)
        .or_else(|| Some(repository().parent()?.join("shared")))
        .unwrap_or_default();
    let data = shared.join("data/water/automatic-stations-2021-04.csv");
    if !data.is_file() {
        eprintln!("skipped: {} is not here", data.display());
        return;
    }
    let city = City::nowhere();
    let data = data.to_string_lossy();
    println!("{}", city.ok(&["water", "compare", &data]));
    let found: serde_json::Value =
        serde_json::from_str(&city.ok(&["water", "compare", &data, "--format", "json"])).expect("JSON");
    let share = |key: &str| found[key].as_str().and_then(|share| share.parse::<f64>().ok()).expect("a share");
    assert_eq!(found["compared"], 20_389);
    assert!(share("share") >= 98.4, "{found}");
    assert!(share("share_without_lag") >= 99.2, "{found}");
    assert!(found["mismatches"]["unexplained"].as_u64() <= Some(11), "{found}");
    // The published class takes no part: without it every row comes out the same.
    let classes = |text: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let at = reader.headers().expect("a heading").iter().position(|name| name == "computed_class");
        let at = at.expect("the column is there");
        reader.records().map(|row| row.expect("a row")[at].to_owned()).collect()
    };
    let with = city.ok(&["water", "class", &data]);
    let mut reader = csv::Reader::from_path(&*data).expect("a file");
    let published =
        reader.headers().expect("a heading").iter().position(|name| name == "class").expect("it is there");
    let mut without = csv::Writer::from_writer(Vec::new());
    let headings = reader.headers().expect("a heading").clone();
    for row in std::iter::once(Ok(headings)).chain(reader.records()) {
        let row = row.expect("a row");
        let cells = row.iter().enumerate().filter(|(column, _)| *column != published).map(|(_, cell)| cell);
        without.write_record(cells).expect("a row");
    }
    let without = city.file("without.csv", &without.into_inner().expect("bytes"));
    assert_eq!(classes(&with), classes(&city.ok(&["water", "class", &without])));
}
