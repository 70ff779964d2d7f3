//! Documents in, documents out: the marked page, the commented copy, and a figure that somebody edited.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use super::super::city::City;
use super::{checked, json, small, value};
use serde_json::Value;

/// The city's own report.
fn report(city: &City) -> Vec<u8> {
    city.at_home(&["report", "work-report", "--format", "docx", "--out", "reports"]);
    std::fs::read(city.path().join("reports/work-report.docx")).expect("the report was written")
}

/// The same document with another text in its main part.
fn edited(docx: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).expect("a DOCX file");
    let mut written = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).expect("a member");
        let name = file.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("readable");
        if name == "word/document.xml" {
            bytes = change(std::str::from_utf8(&bytes).expect("UTF-8")).into_bytes();
        }
        written.start_file(name, zip::write::SimpleFileOptions::default()).expect("in memory");
        written.write_all(&bytes).expect("in memory");
    }
    written.finish().expect("in memory").into_inner()
}

/// The tagged figure's shown text replaced, as a person would in Word.
fn with_figure(xml: &str, indicator: &str, from: &str, to: &str) -> String {
    let tag = xml.find(&format!("<w:tag w:val=\"{indicator}/2022/")).expect("the figure is tagged");
    let shown = format!(">{from}<");
    let at = tag + xml[tag..].find(&shown).expect("the figure is shown after its tag");
    format!("{}>{to}<{}", &xml[..at], &xml[at + shown.len()..])
}

/// The claims that are neither supported nor plainly unknown.
fn wrong(found: &Value) -> Vec<&Value> {
    let claims = found["claims"].as_array().expect("claims").iter();
    claims.filter(|one| one["verdict"] != "supported" && one["verdict"] != "unsupported").collect()
}

#[test]
fn a_figure_edited_in_the_citys_own_report_is_found_and_nothing_else() {
    let city = small();
    let written = report(&city);
    let check = ["check", "reports/work-report.docx", "--format", "json"];
    let unedited = city.try_at_home(&check);
    assert_eq!(unedited.status, 0, "{}{}", unedited.out, unedited.err);
    let unedited = json(&unedited);
    assert!(wrong(&unedited).is_empty(), "{:?}", wrong(&unedited));
    assert!(unedited["claims"].as_array().map(Vec::len) > Some(50), "{unedited}");

    let parks = value(&city, "parks.count", "2022");
    let (from, to) = (format!("{parks}个"), format!("{}个", parks + 77));
    city.file("edited.docx", &edited(&written, |xml| with_figure(xml, "parks.count", &from, &to)));
    let printed = city.try_at_home(&["check", "edited.docx", "--format", "json"]);
    assert_eq!(printed.status, 1, "{}{}", printed.out, printed.err);
    let found = json(&printed);
    let [claim] = wrong(&found)[..] else { panic!("not one alone: {:?}", wrong(&found)) };
    assert_eq!((&claim["stated"], &claim["verdict"]), (&to.into(), &"contradicted".into()));
    assert!(claim["figure"].as_str().is_some_and(|id| id.starts_with("parks.count/2022/")), "{claim}");
    let counts = |all: &Value| all["claims"].as_array().map(Vec::len);
    assert_eq!(counts(&found), counts(&unedited));
}

#[test]
fn a_document_gets_comments_where_it_is_wrong_and_stays_itself() {
    let city = small();
    let parks = value(&city, "parks.count", "2022");
    let (from, to) = (format!("{parks}个"), format!("{}个", parks + 77));
    let bytes = edited(&report(&city), |xml| with_figure(xml, "parks.count", &from, &to));
    city.file("edited.docx", &bytes);
    let printed = city.try_at_home(&["check", "edited.docx", "--format", "docx"]);
    assert_eq!(printed.status, 1, "{}{}", printed.out, printed.err);
    assert!(printed.err.contains("edited.check.docx"), "{}", printed.err);
    let commented = city.path().join("edited.check.docx");
    // The text of the commented copy is the text of the document.
    let told = |file: &str| json(&city.try_at_home(&["check", file, "--format", "json"]));
    assert_eq!(told("edited.check.docx"), told("edited.docx"));
    comments_are_read_elsewhere(&commented, &to);

    let out = city.path().join("elsewhere.docx");
    city.try_at_home(&["check", "edited.docx", "--format", "docx", "--out", &out.to_string_lossy()]);
    assert!(
        std::fs::read(&out).expect("it was written") == std::fs::read(&commented).expect("and so was this")
    );
    assert!(
        std::fs::read(city.path().join("edited.docx")).expect("still there") == bytes,
        "the original changed"
    );
}

/// python-docx, which is not ours, reads the comments.
fn comments_are_read_elsewhere(docx: &Path, stated: &str) {
    let script = "\
import sys, docx
document = docx.Document(sys.argv[1])
for comment in document.comments:
    print(comment.author, '|', ' '.join(comment.text.split()))
";
    let output = match Command::new("python3").args(["-c", script]).arg(docx).output() {
        Ok(output) => output,
        Err(_) => return eprintln!("skipped: python3 is not here"),
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("No module named") || said.contains("has no attribute 'comments'") {
        return eprintln!("skipped: python-docx with comments is not here");
    }
    assert!(output.status.success(), "{said}");
    let comments = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong: Vec<&str> = comments.lines().filter(|line| line.contains("contradicted")).collect();
    assert_eq!(wrong.len(), 1, "{stated}: {comments}");
    assert!(
        wrong[0].starts_with("Qingyuan check |") && wrong[0].contains("parks.count/2022/"),
        "{}",
        wrong[0]
    );
}

#[test]
fn the_page_shows_the_text_with_marks_and_hides_nothing_in_it() {
    let city = small();
    let parks = value(&city, "parks.count", "2022");
    let text = format!("<script>alert(1)</script>建成各类公园{parks}个。\n建成各类公园{}个。\n", parks + 77);
    let printed = checked(&city, &text, "html");
    assert_eq!(printed.status, 1, "{}{}", printed.out, printed.err);
    let page = std::fs::read_to_string(city.path().join("text.check.html")).expect("the page");
    for shown in [
        "<!DOCTYPE html>",
        "lang=\"en\"",
        "class=\"mark supported\"",
        "class=\"mark contradicted\"",
        "&lt;script&gt;",
        "qingyuan trace parks.count/2022/",
        "invented",
    ] {
        assert!(page.contains(shown), "no {shown} in {page}");
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"), "{page}");
    // Every link leads to a place of the page.
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "#{target}");
    }
    let chinese =
        city.try_at_home(&["check", "text.txt", "--format", "html", "--lang", "zh", "--out", "zh.html"]);
    assert_eq!(chinese.status, 1);
    let page = std::fs::read_to_string(city.path().join("zh.html")).expect("the page");
    assert!(page.contains("lang=\"zh-Hans\"") && page.contains("不符"), "{page}");
}
