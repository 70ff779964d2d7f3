//! Reports: drafted, reviewed, signed, and the same for ever.

use std::collections::BTreeMap;
use std::io::Write as _;

use sha2::{Digest, Sha256};

use super::http::blocking::multipart::{Form, Part};
use super::stage::{Person, Stage, pack_dir};

const REPORT: &str = "/reports/work-report";

fn office(stage: &Stage, name: &str) -> Person {
    stage.signed_in(name, &[("office", None)])
}

/// The text that the editor shows.
fn text_of(person: &Person) -> String {
    let page = person.page(&format!("{REPORT}/edit"));
    let (_, after) = page.split_once("id=\"report-text\"").expect("the text");
    let (_, after) = after.split_once('>').expect("its beginning");
    let (text, _) = after.split_once("</textarea>").expect("its end");
    let text = text.strip_prefix('\n').unwrap_or(text);
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn save(person: &Person, text: &str, base: &str) -> super::http::blocking::Response {
    person.post(&format!("{REPORT}/edit"), &[("text", text), ("base", base), ("do", "save")])
}

/// The hidden fields of the page's last form to this address.
fn fields(page: &str, action: &str) -> Vec<(String, String)> {
    let (_, form) = page.rsplit_once(&format!("action=\"{action}\"")).expect("the form");
    let (form, _) = form.split_once("</form>").expect("its end");
    form.split("<input type=\"hidden\"")
        .skip(1)
        .filter_map(|input| {
            let attribute = |name: &str| {
                let (_, after) = input.split_once(&format!(" {name}=\""))?;
                after.split('"').next().map(str::to_owned)
            };
            Some((attribute("name")?, attribute("value")?))
        })
        .filter(|(name, _)| name != "csrf")
        .collect()
}

fn send(person: &Person, page: &str, action: &str) -> super::http::blocking::Response {
    let fields = fields(page, action);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    person.post(action, &fields)
}

#[test]
fn a_report_shows_its_figures_as_doors() {
    let stage = Stage::open();
    let anna = office(&stage, "anna");
    assert!(anna.page("/reports").contains(&format!("href=\"{REPORT}\"")));
    let page = anna.page(REPORT);
    assert!(page.contains("class=\"report\""), "{page}");
    assert!(page.contains("href=\"/f/docks.operating/2022"), "{page}");
    assert!(!page.contains("style="), "an inline style");
    let known = anna.json("/api/v1/reports/work-report");
    assert_eq!(known["state"], "template");
    assert!(known["figures"].as_array().expect("figures").len() > 50);
    assert_eq!(known["faults"].as_array().expect("faults").len(), 0);
}

#[test]
fn what_is_exported_opens_elsewhere() {
    let stage = Stage::open();
    let anna = office(&stage, "anna");
    let response = anna.get(&format!("{REPORT}/export/docx"));
    assert_eq!(response.status(), 200);
    let name = response.headers()["content-disposition"].to_str().expect("ASCII").to_owned();
    assert!(name.starts_with("attachment; filename=\"work-report.docx\""), "{name}");
    let bytes = response.bytes().expect("bytes");
    let document = document::read("work-report.docx", &bytes).expect("a DOCX");
    assert!(document.tags.len() > 50, "figures are tagged");
    super::check::opened_by_python(&bytes, "len(d.paragraphs) > 20");
    assert!(anna.page(&format!("{REPORT}/export/html")).contains("<!doctype html>"));
    assert!(anna.page(&format!("{REPORT}/export/md")).contains("# "));
    assert_eq!(anna.get(&format!("{REPORT}/export/exe")).status(), 404);
}

#[test]
fn what_is_typed_is_kept_shown_and_judged_at_its_line() {
    let stage = Stage::open();
    let anna = office(&stage, "anna");
    let text = text_of(&anna);
    let wrong = text.replacen("fig(\"docks.operating\")", "fig(\"docks.operatng\")", 1);
    let answer = anna.client().post(anna.url(&format!("{REPORT}/preview")));
    let answer =
        answer.header("x-csrf-token", anna.fresh_csrf()).form(&[("text", wrong.as_str()), ("base", "0")]);
    let look: serde_json::Value = answer.send().expect("an answer").json().expect("JSON");
    let fault = &look["diagnostics"][0];
    assert_eq!(fault["rule"], "unknown-indicator");
    let line = wrong.lines().position(|line| line.contains("docks.operatng")).expect("the line") + 1;
    assert_eq!(fault["line"], line);
    let (start, end) = (fault["start"].as_u64().expect("start"), fault["end"].as_u64().expect("end"));
    let units: Vec<u16> = wrong.encode_utf16().collect();
    let place =
        units[usize::try_from(start).expect("a place")..usize::try_from(end).expect("a place")].to_vec();
    assert!(String::from_utf16(&place).expect("text").contains("docks.operatng"));
    // The draft comes back, for this account only, and can be dropped.
    let kept = anna.post(&format!("{REPORT}/draft"), &[("text", wrong.as_str()), ("base", "0")]);
    assert_eq!(kept.status(), 200);
    assert_eq!(text_of(&anna), wrong);
    assert_eq!(text_of(&office(&stage, "bert")), text);
    assert_eq!(anna.post(&format!("{REPORT}/draft/drop"), &[]).status(), 303);
    assert_eq!(text_of(&anna), text);
    // Without a script, the same page shows the preview.
    let page =
        anna.post(&format!("{REPORT}/edit"), &[("text", wrong.as_str()), ("base", "0"), ("do", "preview")]);
    assert!(page.text().expect("text").contains("docks.operatng"));
}

#[test]
fn a_figure_is_found_by_its_name() {
    let stage = Stage::open();
    let anna = office(&stage, "anna");
    let found = anna.json(&format!("{REPORT}/figures/suggest?q=%E7%A0%81%E5%A4%B4"));
    let calls: Vec<&str> =
        found.as_array().expect("a list").iter().filter_map(|one| one["call"].as_str()).collect();
    assert!(calls.contains(&"{{ fig(\"docks.operating\") }}"), "{calls:?}");
    let page = anna.page(&format!("{REPORT}/figures?q=docks"));
    assert!(page.contains("{{ fig(&quot;docks.operating&quot;) }}"), "{page}");
}

#[test]
fn nobody_overwrites_what_another_saved() {
    let stage = Stage::open();
    let (anna, bert) = (office(&stage, "anna"), office(&stage, "bert"));
    let text = text_of(&anna);
    let (mine, theirs) = (text.clone() + "\n\n甲。\n", text + "\n\n乙。\n");
    assert_eq!(save(&anna, &mine, "0").status(), 303);
    let refused = save(&bert, &theirs, "0");
    assert_eq!(refused.status(), 409);
    let page = refused.text().expect("text");
    assert!(page.contains("<ins>乙</ins>") || page.contains("乙。"), "both are shown");
    // What bert typed is his draft now.
    assert!(text_of(&bert).contains("乙。"));
    assert_eq!(save(&bert, &theirs, "1").status(), 303);
    assert_eq!(stage.anybody().get(REPORT).status(), 303);
    assert!(anna.page(&format!("{REPORT}/versions/2")).contains("乙。"));
}

#[test]
fn a_report_is_signed_by_others_and_stays_what_it_was() {
    let stage = Stage::open();
    let (anna, bert) = (office(&stage, "anna"), office(&stage, "bert"));
    let leader = stage.signed_in("carla", &[("leader", None)]);
    assert_eq!(save(&anna, &text_of(&anna), "0").status(), 303);
    // Not signed before it is reviewed; not reviewed by its writer; not signed by who may only view.
    assert_eq!(leader.get(&format!("{REPORT}/sign")).status(), 409);
    assert_eq!(anna.post(&format!("{REPORT}/review"), &[("version", "1")]).status(), 422);
    let page = bert.page(REPORT);
    assert_eq!(send(&bert, &page, &format!("{REPORT}/review")).status(), 303);
    assert_eq!(anna.json("/api/v1/reports/work-report")["state"], "reviewed");
    let clerk = stage.signed_in("dora", &[("clerk", None)]);
    assert_eq!(clerk.get(&format!("{REPORT}/sign")).status(), 403);
    assert_eq!(clerk.get(&format!("{REPORT}/edit")).status(), 403);
    let page = leader.page(&format!("{REPORT}/sign?language=zh-Hant"));
    let done = send(&leader, &page, &format!("{REPORT}/sign"));
    assert_eq!(done.status(), 303, "{}", done.text().unwrap_or_default());
    let signed = done.headers()["location"].to_str().expect("an address").to_owned();
    assert_eq!(signed, format!("{REPORT}/signed/3"));
    // The bytes are those whose digests are shown, and rendering again gives them again.
    let page = leader.page(&format!("{signed}?again=true"));
    for format in ["docx", "html", "md"] {
        let bytes = leader.get(&format!("{signed}/file/{format}")).bytes().expect("bytes");
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(page.contains(&digest), "{format}");
    }
    assert_eq!(page.matches("逐字节一致").count(), 3, "{page}");
    let same = leader.json("/api/v1/reports/work-report/signed/3/difference");
    assert_eq!(same["changed"].as_array().expect("a list").len(), 0);
    // Twice the same request signs once.
    let steps = leader.json("/api/v1/reports/work-report")["steps"].as_array().expect("steps").len();
    assert_eq!(steps, 3);
}

#[test]
fn a_returned_report_says_why() {
    let stage = Stage::open();
    let (anna, bert) = (office(&stage, "anna"), office(&stage, "bert"));
    assert_eq!(save(&anna, &text_of(&anna), "0").status(), 303);
    let without = bert.post(&format!("{REPORT}/return"), &[("version", "1"), ("note", " ")]);
    assert_eq!(without.status(), 422);
    let done = bert.post(&format!("{REPORT}/return"), &[("version", "1"), ("note", "第二部分缺少数据来源")]);
    assert_eq!(done.status(), 303);
    let page = anna.page(REPORT);
    assert!(page.contains("第二部分缺少数据来源") && page.contains("已退回"), "{page}");
}

#[test]
fn what_was_entered_since_shows_as_a_difference_and_changes_nothing() {
    let stage = Stage::open();
    let (anna, bert) = (office(&stage, "anna"), office(&stage, "bert"));
    let leader = stage.signed_in("carla", &[("leader", None)]);
    let text = "+++\ntitle = \"码头\"\nperiod = \"2022\"\n+++\n\n码头{{ fig(\"docks.operating\") }}。\n";
    assert_eq!(save(&anna, text, "0").status(), 303);
    assert_eq!(send(&bert, &bert.page(REPORT), &format!("{REPORT}/review")).status(), 303);
    let action = format!("{REPORT}/sign");
    let mut form = fields(&leader.page(&action), &action);
    // Signed as somebody would have who knew only half of the book.
    let size = stage.app.book.size().expect("a size");
    let half = (size / 2).to_string();
    form.iter_mut().filter(|(name, _)| name == "known_at").for_each(|(_, value)| value.clone_from(&half));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(leader.post(&action, &form).status(), 303);
    // The same request again is the same signature.
    assert_eq!(leader.post(&action, &form).headers()["location"], format!("{REPORT}/signed/3"));
    let found = leader.json("/api/v1/reports/work-report/signed/3/difference");
    let changed = found["changed"].as_array().expect("a list");
    assert_eq!((changed.len(), &found["figures"]), (1, &1.into()), "{found}");
    assert_ne!(changed[0]["then"], changed[0]["now"]);
    let page = leader.page(&format!("{REPORT}/signed/3/difference"));
    let then = changed[0]["then_id"].as_str().expect("an identity");
    assert!(page.contains(&format!("href=\"/f/{then}\"")), "{page}");
    assert!(leader.page(&format!("{REPORT}/signed/3?again=true")).contains("逐字节一致"));
    // More than the book has cannot be signed.
    let more = (size + 1).to_string();
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| {
            (
                *name,
                match *name {
                    "known_at" => more.as_str(),
                    "key" => "another",
                    _ => *value,
                },
            )
        })
        .collect();
    assert_eq!(leader.post(&action, &form).status(), 400);
}

/// Puts the demo city's pack in force with changed files, as an administrator does: from a zip, without a restart.
fn adopt(stage: &Stage, admin: &Person, change: impl Fn(&str, String) -> Option<String>) {
    let before = stage.app.now().pack.digest;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in pack::read_dir(&pack_dir()).expect("the pack is there") {
        let Some(text) = change(&name, text) else { continue };
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(format!("jiangcheng/{name}"), options).expect("begun");
        writer.write_all(text.as_bytes()).expect("written");
    }
    let zip = writer.finish().expect("finished").into_inner();
    let form = Form::new()
        .text("csrf", admin.fresh_csrf())
        .part("pack", Part::bytes(zip).file_name("pack.zip"))
        .text("do", "adopt");
    let request = admin.client().post(admin.url("/admin/pack")).header("accept", "text/html");
    let answer = request.multipart(form).send().expect("an answer");
    let status = answer.status();
    assert!(status == 303 || status == 200, "{status}: {}", answer.text().unwrap_or_default());
    assert_ne!(stage.app.now().pack.digest, before, "another pack is in force");
}

/// A report of figures of every kind: counted, of a formula, by part, measured, in words.
const SIGNED: &str = r#"+++
title = "签发之后"
period = "2022"
date = 2023-03-31
+++

码头{{ fig("docks.operating") }}，压减率{{ fig("docks.share_closed") }}，项均成交额{{ fig("contracts.mean_amount") }}。

优良天数{{ fig("air.good_days") }}，好水{{ fig("sections.good_share") }}。

{{ table("docks.operating", by="river", title="各河码头") }}

{{ chart("docks.operating", periods="2019..2022", title="历年码头") }}
"#;

#[test]
fn a_report_signed_by_older_definitions_stays_what_it_was() {
    let stage = Stage::open();
    let (anna, bert) = (office(&stage, "anna"), office(&stage, "bert"));
    let leader = stage.signed_in("carla", &[("leader", None)]);
    let admin = stage.signed_in("administrator", &[("administrator", None)]);
    assert_eq!(save(&anna, SIGNED, "0").status(), 303);
    assert_eq!(send(&bert, &bert.page(REPORT), &format!("{REPORT}/review")).status(), 303);
    let action = format!("{REPORT}/sign");
    assert_eq!(send(&leader, &leader.page(&action), &action).status(), 303);
    let signed = format!("{REPORT}/signed/3");
    let file = |format: &str| leader.get(&format!("{signed}/file/{format}")).bytes().expect("bytes").to_vec();
    let formats = ["docx", "html", "md"];
    let files = formats.map(file);
    // Every figure of the file by its identity, with the words that it shows and the value that it means.
    let read = document::read("signed.docx", &files[0]).expect("a DOCX");
    let shown: BTreeMap<String, String> =
        read.tags.iter().map(|tag| (tag.figure.clone(), read.text[tag.bytes.clone()].to_owned())).collect();
    assert!(shown.len() >= 7, "{shown:?}");
    let value = |id: &str| {
        let answer = leader.json(&format!("/api/v1/f/{id}"));
        assert_eq!(answer["figure"]["id"], id, "{answer}");
        (answer["figure"]["exact"].clone(), answer["figure"]["rows"].clone())
    };
    let values: BTreeMap<&String, _> = shown.keys().map(|id| (id, value(id))).collect();
    let operating =
        shown.keys().find(|id| id.starts_with("docks.operating/2022/")).expect("the docks").clone();
    let mean = shown.keys().find(|id| id.starts_with("contracts.mean_amount/")).expect("a formula").clone();
    let today = leader.json("/api/v1/figures/docks.operating?period=2022")["figure"]["exact"].clone();

    // Docks are counted otherwise from now on, one indicator is gone, and so is the report's template.
    adopt(&stage, &admin, |name, text| match name {
        "indicators/rivers.toml" => Some(text.replacen("where r.state = 'operating'", "", 1)),
        "indicators/innovation.toml" => {
            let (before, rest) = text.split_once("[\"contracts.mean_amount\"]").expect("the formula");
            let (_, after) = rest.split_once("\n[").expect("the next one");
            Some(format!("{before}[{after}"))
        }
        "reports/work-report.md" => None,
        _ => Some(text),
    });
    let now = leader.json("/api/v1/figures/docks.operating?period=2022")["figure"]["exact"].clone();
    assert_ne!(now, today, "the new definition counts otherwise");

    // The files are the very bytes, and can still be made again from what their step names.
    assert!(leader.page("/reports").contains(&format!("href=\"{REPORT}\"")));
    for (format, bytes) in formats.iter().zip(&files) {
        assert_eq!(file(format), *bytes, "{format}");
    }
    let page = leader.page(&format!("{signed}?again=true"));
    assert_eq!(page.matches("逐字节一致").count(), 3, "{page}");
    for bytes in &files {
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(page.contains(&digest), "{page}");
    }
    // Nothing was entered since, so by its own definitions nothing would change.
    let difference = leader.json("/api/v1/reports/work-report/signed/3/difference");
    assert_eq!(difference["changed"].as_array().map(Vec::len), Some(0), "{difference}");
    assert!(leader.page(&format!("{signed}/difference")).contains("没有变化"));

    // Every figure opens to its rows and its definition, and means what was signed.
    for (id, then) in &values {
        assert_eq!(value(id), *then, "{id}");
        let page = leader.page(&format!("/f/{id}"));
        assert!(page.contains(id.as_str()) && page.contains("当时的定义"), "{id}: {page}");
        let exact = then.0.as_str().expect("a value");
        assert!(page.contains(exact), "{id} is {exact}: {page}");
    }
    let page = leader.page(&format!("/f/{operating}"));
    assert!(page.contains("operating&#39;") || page.contains("'operating'"), "the query of then: {page}");
    assert!(page.contains("定义已更换"), "that it is counted otherwise now is said: {page}");
    assert!(page.contains(now.as_str().expect("a value")), "{page}");
    // What no longer is defined opens all the same, and leads nowhere that is not there.
    let page = leader.page(&format!("/f/{mean}"));
    assert!(page.contains("已不再定义"), "{page}");
    assert!(!page.contains("href=\"/figures/contracts.mean_amount"), "{page}");

    // The latest text can no longer be written by the definitions in force: that is said, and what was signed is offered.
    let page = leader.page(REPORT);
    assert!(page.contains("这份文稿现在不能成文") && page.contains("contracts.mean_amount"), "{page}");
    assert!(page.contains(&format!("href=\"{signed}\"")), "{page}");
    assert_eq!(leader.get(&format!("{REPORT}/export/docx")).status(), 422);
}
