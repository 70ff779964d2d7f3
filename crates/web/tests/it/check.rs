//! A document is checked, and nothing of it stays.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use super::http::blocking::Response;
use super::http::blocking::multipart::{Form, Part};

use super::stage::{Person, Stage};

fn clerk(stage: &Stage, name: &str) -> Person {
    stage.signed_in(name, &[("clerk", None)])
}

/// The field of protection comes first, as on our page.
fn upload(person: &Person, add: impl FnOnce(Form) -> Form) -> Response {
    let form = add(Form::new().text("csrf", person.fresh_csrf()));
    let request = person.client().post(person.url("/check")).header("accept", "text/html");
    request.multipart(form).send().expect("an answer")
}

fn with_text(person: &Person, text: &str) -> Response {
    upload(person, |form| form.text("text", text.to_owned()))
}

fn with_file(person: &Person, name: &str, bytes: Vec<u8>) -> Response {
    let file = Part::bytes(bytes).file_name(name.to_owned());
    upload(person, |form| form.part("file", file))
}

fn place(response: &Response) -> String {
    assert_eq!(response.status(), 303);
    response.headers()["location"].to_str().expect("an address").to_owned()
}

/// Opens a DOCX with python-docx, where that is there, and asks something of it.
pub fn opened_by_python(bytes: &[u8], question: &str) {
    let home = PathBuf::from(std::env::var("HOME").unwrap_or_default());
    let own = home.join(".cache/qingyuan/python/bin/python");
    let python = if own.exists() { own } else { PathBuf::from("python3") };
    let ready = Command::new(&python).args(["-c", "import docx"]).output();
    if !ready.is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no python-docx");
        return;
    }
    let mut file = tempfile::Builder::new().suffix(".docx").tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    let script = format!(
        "import sys, docx\nd = docx.Document(sys.argv[1])\nassert {question}, '{}'",
        question.replace('\'', "\"")
    );
    let output = Command::new(&python).args(["-c", &script]).arg(file.path()).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_pasted_text_is_marked_up() {
    let stage = Stage::open();
    let anna = clerk(&stage, "anna");
    let report = anna.json("/api/v1/reports/work-report");
    let figures = report["figures"].as_array().expect("figures");
    let docks = figures
        .iter()
        .find(|one| one["id"].as_str().is_some_and(|id| id.starts_with("docks.operating/2022/")))
        .expect("docks");
    let value = docks["value"].as_str().expect("a value");
    let text =
        format!("2022年末，全市码头数量为{value}。2022年末，全市码头数量为99999个。\n甲3个、乙4个，共8个。");
    let address = place(&with_text(&anna, &text));
    let page = anna.page(&address);
    assert!(
        page.contains("class=\"mark supported\"") && page.contains("class=\"mark contradicted\""),
        "{page}"
    );
    assert!(page.contains("href=\"/f/docks.operating/2022"), "a figure is a door: {page}");
    assert!(!page.contains("style=") && !page.contains("<style"), "an inline style");
    let only = anna.page(&format!("{address}?only=contradicted"));
    assert_eq!(only.matches("class=\"claim\"").count(), 1, "{only}");
    let json: serde_json::Value = anna.get(&format!("{address}/check.json")).json().expect("JSON");
    assert!(json["claims"].as_array().expect("claims").len() >= 2);
    assert!(anna.page(&format!("{address}/check.html")).contains("<!DOCTYPE html>"));
}

#[test]
fn a_long_text_comes_in_parts() {
    let stage = Stage::open();
    let anna = clerk(&stage, "anna");
    let mut text = "2022年末，全市码头数量为99999个。\n".repeat(180);
    text.push_str("甲3个、乙4个，共8个。\n");
    text.push_str(&"没有数字的一段话，说了又说。\n".repeat(1_000));
    text.push_str("2022年末，全市码头数量为99998个。");
    let address = place(&with_text(&anna, &text));
    let mut seen = Vec::new();
    let mut next = Some(address.clone());
    while let Some(address) = next {
        let page = anna.page(&address);
        let (marks, claims) = (page.matches(" id=\"q").count(), page.matches(" id=\"c").count());
        assert_eq!(marks, claims, "beside the text stands what is said of it, and nothing else");
        seen.push(page.matches("class=\"mark contradicted\"").count());
        assert!(page.len() < 300_000, "{} bytes", page.len());
        next = page.split_once("rel=\"next\"").map(|(before, _)| {
            let (_, link) = before.rsplit_once("href=\"").expect("a link");
            link.split('"').next().expect("an address").replace("&amp;", "&")
        });
    }
    assert_eq!(seen, [150, 30, 1], "each place once");
    let second = anna.page(&format!("{address}?part=2"));
    assert!(second.contains("第 2 部分，共 3 部分；本部分"), "{second}");
    // With a filter, parts without anything to show are passed over, and the first that has something opens.
    let inside = anna.page(&format!("{address}?only=inconsistent"));
    assert!(inside.contains("第 2 部分") && inside.contains("href=\"#i0-0\""), "{inside}");
    assert!(!inside.contains("rel=\"next\"") && !inside.contains("rel=\"prev\""), "{inside}");
}

#[test]
fn a_document_comes_back_with_comments() {
    let stage = Stage::open();
    let anna = clerk(&stage, "anna");
    let docx = anna.get("/reports/work-report/export/docx").bytes().expect("bytes").to_vec();
    let address = place(&with_file(&anna, "报告.docx", docx));
    let page = anna.page(&address);
    assert!(page.contains("报告.docx"));
    assert!(!page.contains("class=\"mark contradicted\""), "our own report is supported");
    let response = anna.get(&format!("{address}/commented.docx"));
    assert_eq!(response.status(), 200);
    let bytes = response.bytes().expect("bytes");
    opened_by_python(&bytes, "len(list(d.comments)) > 20");
}

#[test]
fn what_was_checked_belongs_to_its_session_and_is_forgotten() {
    let stage = Stage::open();
    let (anna, bert) = (clerk(&stage, "anna"), clerk(&stage, "bert"));
    let address = place(&with_text(&anna, "全市码头数量为188个。"));
    assert_eq!(bert.get(&address).status(), 404);
    assert_eq!(stage.anybody().get(&address).status(), 303);
    assert!(anna.page("/check").contains(&address));
    assert_eq!(anna.post(&format!("{address}/forget"), &[]).status(), 303);
    assert_eq!(anna.get(&address).status(), 404);
    for _ in 0..7 {
        place(&with_text(&anna, "全市码头数量为188个。"));
    }
    assert_eq!(stage.app.checks.count(), 5, "only the latest are kept");
    // Nothing of it is on the disk.
    let mark = "独一无二的句子甲乙丙丁戊";
    let address = place(&with_text(&anna, &format!("{mark}，全市码头数量为188个。")));
    assert!(anna.page(&address).contains(mark));
    assert!(!on_disk(&stage.home(), mark.as_bytes()));
}

fn on_disk(dir: &std::path::Path, mark: &[u8]) -> bool {
    std::fs::read_dir(dir).expect("a directory").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return on_disk(&path, mark);
        }
        std::fs::read(&path).is_ok_and(|bytes| bytes.windows(mark.len()).any(|window| window == mark))
    })
}

#[test]
fn what_is_no_document_gets_one_clear_line() {
    let stage = Stage::open();
    let anna = clerk(&stage, "anna");
    let check = |name: &str, bytes: Vec<u8>, words: &str| {
        let response = with_file(&anna, name, bytes);
        assert_eq!(response.status(), 422, "{name}");
        let page = response.text().expect("text");
        let (_, summary) = page.split_once("class=\"errors\"").expect("a summary");
        let (summary, _) = summary.split_once("</div>").expect("its end");
        assert!(summary.contains(words), "{name}: {summary}");
    };
    check("a.docx", b"PK\x03\x04 broken".to_vec(), "file");
    check("a.docx", vec![0; 4096], "file");
    check("a.xlsx", minimal_zip(), "file");
    check("a.txt", b" \n\t ".to_vec(), "文件中没有文字");
    check("long.txt", "字".repeat(400_000).into_bytes(), "万字");
    check("empty.txt", Vec::new(), "“empty.txt”是空文件");
    let empty = with_text(&anna, "");
    assert_eq!(empty.status(), 422);
    assert!(empty.text().expect("text").contains("请选择文件，或粘贴文字"));
    let large = with_file(&anna, "large.txt", vec![b'a'; (20 << 20) + 1]);
    assert_eq!(large.status(), 413);
}

/// An archive that is no document.
fn minimal_zip() -> Vec<u8> {
    let mut end = b"PK\x05\x06".to_vec();
    end.resize(22, 0);
    end
}

#[test]
fn programs_check_at_once_and_nothing_is_kept() {
    let stage = Stage::open();
    let anna = clerk(&stage, "anna");
    let ask = |query: &str, kind: &str, body: Vec<u8>| {
        let request = anna.client().post(anna.url(&format!("/api/v1/check{query}")));
        let request = request.header("x-csrf-token", anna.fresh_csrf()).header("content-type", kind);
        request.body(body).send().expect("an answer")
    };
    let response = ask("?period=2022", "text/plain", "2022年末，全市码头数量为99999个。".into());
    assert_eq!(response.status(), 200);
    let found: serde_json::Value = response.json().expect("JSON");
    assert_eq!((&found["period"], &found["claims"][0]["verdict"]), (&"2022".into(), &"contradicted".into()));
    assert!(found["claims"][0]["figure"].as_str().expect("an identity").starts_with("docks.operating/2022"));
    let refused = ask("?period=then", "text/plain", "一".into());
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(ask("", "application/octet-stream", b"PK\x03\x04".to_vec()).status(), 422);
    assert_eq!(stage.app.checks.count(), 0);
}
