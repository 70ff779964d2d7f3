//! Time against length, for every format and for every shape that is known to make readers slow: each twice as long
//! as the one before. A reader without quadratic steps doubles its time.
//!
//! `cargo run --release -p document --example growth`; with files as arguments, the time that each takes instead.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use document::Remark;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A shape: the length that it is begun with, the file's name, and its bytes.
type Shape = (&'static str, usize, &'static str, fn(usize) -> Vec<u8>);

const SENTENCE: &str = "码头由原来的580余个缩减为188个，新增江滩10公里、138公顷；";

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() { shapes() } else { files.iter().for_each(|file| one(file)) }
}

/// Reads and comments one file.
fn one(file: &str) {
    let bytes = std::fs::read(file).unwrap_or_default();
    let begin = Instant::now();
    let read = document::read(file, &bytes);
    let reading = begin.elapsed();
    let what = match read {
        Ok(document) => format!("{} characters", document.text.chars().count()),
        Err(error) => error.to_string(),
    };
    let begin = Instant::now();
    let commented = document::comment_docx(&bytes, &[Remark { bytes: 0..3, comment: "评".to_owned() }], "a");
    println!(
        "{file}: {} bytes, {what}; read {reading:.1?}, comment {:.1?} ({})",
        bytes.len(),
        begin.elapsed(),
        commented.is_ok()
    );
}

fn shapes() {
    let shapes: &[Shape] = &[
        ("txt: one paragraph, UTF-8 (characters)", 100_000, "a.txt", |n| prose(n).into_bytes()),
        ("txt: one paragraph, GB18030", 100_000, "a.txt", |n| {
            encoding_rs::GB18030.encode(&prose(n)).0.into_owned()
        }),
        ("md: one paragraph", 100_000, "a.md", |n| prose(n).into_bytes()),
        ("md: quotes in quotes", 10_000, "a.md", |n| [">".repeat(n).as_str(), "甲"].concat().into_bytes()),
        ("md: items in items", 500, "a.md", |n| {
            (0..n).map(|k| format!("{}- 甲\n", "  ".repeat(k.min(200)))).collect::<String>().into_bytes()
        }),
        ("md: brackets and stars", 20_000, "a.md", |n| {
            ["[".repeat(n), "*a ".repeat(n), "`".repeat(n)].concat().into_bytes()
        }),
        ("md: table (rows)", 5_000, "a.md", |n| {
            ["|甲|乙|\n|---|---|\n", &"|1|2|\n".repeat(n)].concat().into_bytes()
        }),
        ("html: one paragraph", 100_000, "a.html", |n| ["<p>", &prose(n)].concat().into_bytes()),
        ("html: deep nesting", 100_000, "a.html", |n| {
            ["<div>".repeat(n).as_str(), "甲"].concat().into_bytes()
        }),
        ("html: tables in tables", 10_000, "a.html", |n| {
            ["<table><tr><td>甲".repeat(n)].concat().into_bytes()
        }),
        ("html: attributes of one tag", 10_000, "a.html", |n| {
            ["<p ", &numbered(n, "a", "=b "), ">甲"].concat().into_bytes()
        }),
        ("html: entities", 100_000, "a.html", |n| "&amp;&#49;".repeat(n).into_bytes()),
        ("docx: one paragraph", 100_000, "a.docx", |n| docx(&paragraph(&prose(n)))),
        ("docx: runs", 20_000, "a.docx", |n| {
            docx(&format!("<w:p>{}</w:p>", "<w:r><w:rPr><w:b/></w:rPr><w:t>58</w:t></w:r>".repeat(n)))
        }),
        ("docx: paragraphs", 20_000, "a.docx", |n| docx(&paragraph("甲乙丙1").repeat(n))),
        ("docx: cells", 20_000, "a.docx", |n| {
            docx(&format!(
                "<w:tbl>{}</w:tbl>",
                format!("<w:tr>{}</w:tr>", format!("<w:tc>{}</w:tc>", paragraph("1")).repeat(10))
                    .repeat(n / 10)
            ))
        }),
        ("docx: entities", 100_000, "a.docx", |n| docx(&paragraph(&"&amp;".repeat(n)))),
        ("docx: text boxes", 5_000, "a.docx", |n| {
            docx(&format!(
                "<w:p>{}</w:p>",
                format!(
                    "<w:r><w:drawing><w:txbxContent>{}</w:txbxContent></w:drawing></w:r>",
                    paragraph("框")
                )
                .repeat(n)
            ))
        }),
        ("docx: content controls in a row", 20_000, "a.docx", |n| {
            docx(&format!("<w:p>{}</w:p>", "<w:sdt><w:sdtPr><w:tag w:val=\"#0123456789abcdef0123\"/></w:sdtPr><w:sdtContent><w:r><w:t>1</w:t></w:r></w:sdtContent></w:sdt>".repeat(n)))
        }),
        ("docx: bookmarks that never end", 20_000, "a.docx", |n| {
            docx(
                &[numbered(n, "<w:bookmarkStart w:id=\"1\" w:name=\"_qy1_", "\"/>"), paragraph("甲")]
                    .concat(),
            )
        }),
        ("docx: attributes of one tag", 20_000, "a.docx", |n| {
            docx(&format!("<w:p {}>{}</w:p>", numbered(n, "a", "=\"\" "), "<w:r><w:t>甲</w:t></w:r>"))
        }),
        ("docx: nesting, refused at 1,000", 1_000_000, "a.docx", |n| {
            docx(&["<w:sdt>".repeat(n), "</w:sdt>".repeat(n)].concat())
        }),
    ];
    let head = "time at 1×, 2×, 4×, 8×, and the growth from 1× to 8×";
    println!("{:<42}{:>12}  {head}", "read", "length");
    for (label, length, name, make) in shapes {
        let files: Vec<Vec<u8>> = (0..4).map(|power| make(length << power)).collect();
        row(label, *length, &files, &|bytes, _| drop(document::read(name, bytes)));
    }
    println!("\ncomment");
    let runs: Shape = shapes[13];
    let files: Vec<Vec<u8>> = (0..4).map(|power| runs.3(runs.1 << power)).collect();
    row("docx: runs, a comment for every tenth", runs.1, &files, &|bytes, n| {
        let remarks: Vec<Remark> =
            (0..n / 10).map(|k| Remark { bytes: k * 20..k * 20 + 3, comment: "评".to_owned() }).collect();
        drop(document::comment_docx(bytes, &remarks, "a"));
    });
    let files: Vec<Vec<u8>> = (0..4).map(|power| docx(&paragraph(&"5".repeat(100_000 << power)))).collect();
    row("docx: one run, cut every 100 characters", 100_000, &files, &|bytes, n| {
        let remarks: Vec<Remark> =
            (0..n / 100).map(|k| Remark { bytes: k * 100..k * 100 + 50, comment: "评".to_owned() }).collect();
        drop(document::comment_docx(bytes, &remarks, "a"));
    });
}

/// One line: the best of three times for each length, and how they grow.
fn row(label: &str, length: usize, files: &[Vec<u8>], work: &dyn Fn(&[u8], usize)) {
    let times: Vec<Duration> = files
        .iter()
        .enumerate()
        .map(|(power, bytes)| {
            let time = |_| {
                let begin = Instant::now();
                work(bytes, length << power);
                begin.elapsed()
            };
            (0..3).map(time).min().unwrap_or_default()
        })
        .collect();
    let shown: String = times.iter().map(|time| format!("{:>10.2}", time.as_secs_f64() * 1e3)).collect();
    let growth = times[3].as_secs_f64() / times[0].as_secs_f64();
    println!("{label:<42}{length:>12}{shown} ms  ×{growth:.1}");
}

/// So many characters of prose.
fn prose(characters: usize) -> String {
    SENTENCE.chars().cycle().take(characters).collect()
}

fn numbered(times: usize, before: &str, after: &str) -> String {
    (0..times).map(|number| format!("{before}{number}{after}")).collect()
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn docx(body: &str) -> Vec<u8> {
    let main = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    let types = "<Types/>";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("[Content_Types].xml", types), ("word/document.xml", &main)] {
        let options = SimpleFileOptions::default();
        zip.start_file(name, options)
            .and_then(|()| Ok(zip.write_all(text.as_bytes())?))
            .expect("memory can be written to");
    }
    zip.finish().expect("memory can be written to").into_inner()
}
