//! Entry and verification as browsers do them: forms, faults, conflicts, files, and what becomes of a killed server.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ledger::{Entry, EntryNumber, Kind, Ledger, Value};

use super::http as reqwest;
use super::http::blocking::multipart::{Form, Part};
use super::http::blocking::{Client, Response};
use super::stage::{PASSPHRASE, Person, Stage, found, pack_dir};

/// A unit, and a record of the districts to refer to.
fn unit(stage: &Stage) -> String {
    let units = stage.app.now().shelf.units(web::when::today()).expect("units");
    units.iter().find(|unit| unit.level == "unit" && !unit.dissolved).expect("a unit").code.clone()
}

fn dock<'a>(name: &'a str, unit: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("@owner", unit),
        ("@effective", "2026-01-05"),
        ("name", name),
        ("river", "yangtze"),
        ("bank", "left"),
        ("district", "D01"),
        ("purpose", "ferry"),
        ("berths", "3"),
    ]
}

/// Sends a form with files, as a browser does.
fn send(person: &Person, path: &str, fields: &[(&str, &str)], files: Vec<(&str, &str, Vec<u8>)>) -> Response {
    let mut form = Form::new().text("csrf", person.fresh_csrf());
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    for (name, file, bytes) in files {
        form = form.part(name.to_owned(), Part::bytes(bytes).file_name(file.to_owned()));
    }
    person
        .client()
        .post(person.url(path))
        .header("accept", "text/html")
        .multipart(form)
        .send()
        .expect("an answer")
}

fn with<'a>(mut fields: Vec<(&'a str, &'a str)>, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    fields
}

fn location(response: &Response) -> String {
    assert_eq!(response.status(), 303, "a redirect");
    response.headers()["location"].to_str().expect("an address").to_owned()
}

/// The number of the record that a redirect leads to.
fn record_of(response: &Response) -> u64 {
    location(response).strip_prefix("/records/").expect("a record").parse().expect("a number")
}

fn enter(person: &Person, name: &str, unit: &str) -> u64 {
    let key = format!(
        "key-{}",
        name.chars().map(u32::from).map(|letter| format!("{letter:x}")).collect::<String>()
    );
    record_of(&send(person, "/registers/docks/enter", &with(dock(name, unit), &[("key", &key)]), Vec::new()))
}

fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, after) = page.split_once(&mark).unwrap_or_else(|| panic!("no field {name}"));
    after.split('"').next().expect("a value").to_owned()
}

#[test]
fn a_record_is_entered_by_one_and_verified_by_another() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit)), ("verifier", Some(&unit))]);
    let verifier = stage.signed_in("verifier", &[("verifier", Some(&unit))]);
    let form = clerk.page("/registers/docks/enter");
    for wanted in [
        "name=\"@owner\"",
        "name=\"berths\"",
        "name=\"river\"",
        "name=\"geometry\"",
        "name=\"@evidence\"",
        "data-validate",
        "data-draft",
    ] {
        assert!(form.contains(wanted), "{wanted}");
    }
    assert!(!form.contains("style=\"") && !form.contains("<script>"));

    // What is wrong is said at its field and on top, and nothing typed is lost.
    let wrong = with(dock("测试一号码头", &unit), &[("berths", "很多"), ("bank", ""), ("key", "k1")]);
    let answer = send(&clerk, "/registers/docks/enter", &wrong, Vec::new());
    assert_eq!(answer.status(), 422);
    let page = answer.text().expect("text");
    for wanted in
        ["测试一号码头", "value=\"很多\"", "href=\"#f-berths\"", "href=\"#f-bank\"", "应为1至200之间的整数"]
    {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert_eq!(hidden(&page, "key"), "k1");

    let record = enter(&clerk, "测试一号码头", &unit);
    let entry = stage.app.book.entry(EntryNumber(record)).expect("reads").expect("is");
    assert_eq!((entry.kind, &entry.fields["berths"]), (Kind::Create, &Value::Whole(3)));

    // Two persons: who entered it is not offered it, and is refused it.
    let own = clerk.page(&format!("/records/{record}/verify"));
    assert!(own.contains("须由他人核验"), "{own}");
    let base = record.to_string();
    let refused = clerk
        .post(&format!("/records/{record}/verify"), &[("key", "v0"), ("@base", &base), ("do", "verify")]);
    assert_eq!(refused.status(), 403);

    let inbox = verifier.page("/inbox?register=docks");
    assert!(inbox.contains("测试一号码头"), "{inbox}");
    let page = verifier.page(&format!("/records/{record}/verify"));
    assert!(page.contains("首次核验") && page.contains("核验通过"));
    let address = format!("/records/{record}/verify");
    let no_reason = verifier.post(&address, &[("key", "v1"), ("@base", &base), ("do", "return")]);
    assert_eq!(no_reason.status(), 422);
    let back = verifier
        .post(&address, &[("key", "v2"), ("@base", &base), ("do", "return"), ("@note", "请核对泊位数")]);
    assert!(location(&back).starts_with("/inbox"));
    assert!(clerk.page("/inbox/returned?register=docks").contains("测试一号码头"));

    // The clerk amends, the verifier verifies several at once.
    let form = clerk.page(&format!("/records/{record}/amend"));
    let fields = with(
        dock("测试一号码头", &unit),
        &[
            ("berths", "4"),
            ("district", &hidden_value(&form, "district")),
            ("@owner", &hidden_value(&form, "@owner")),
            ("@effective", "2026-02-01"),
            ("@base", &hidden(&form, "@base")),
            ("key", "a1"),
        ]
        .map(|(name, value)| (name, Box::leak(value.to_owned().into_boxed_str()) as &str)),
    );
    assert_eq!(record_of(&send(&clerk, &format!("/records/{record}/amend"), &fields, Vec::new())), record);
    let other = enter(&clerk, "测试二号码头", &unit);
    let version = stage.app.book.version(ledger::RecordId(record)).expect("reads").expect("is");
    let (one, two) = (format!("{record}:{version}"), format!("{other}:{other}"));
    let both = [("register", "docks"), ("key", "b1"), ("record", one.as_str()), ("record", two.as_str())];
    assert!(location(&verifier.post("/inbox/verify", &both)).starts_with("/inbox"));
    // The same once more says the same and enters nothing.
    let size = stage.app.book.size().expect("a size");
    assert!(location(&verifier.post("/inbox/verify", &both)).starts_with("/inbox"));
    assert_eq!(stage.app.book.size().expect("a size"), size);
    let history = stage.app.book.history(ledger::RecordId(record)).expect("reads");
    let kinds: Vec<_> = history.iter().map(|entry| entry.kind.word()).collect();
    assert_eq!(kinds, ["create", "return", "amend", "verify"]);
    assert_eq!(history[2].fields.keys().collect::<Vec<_>>(), ["berths"]);
    let waiting = verifier.json("/api/v1/inbox?register=docks");
    assert!(waiting["items"].as_array().expect("items").iter().all(|item| item["record"] != record));
}

/// The value of a text control.
fn hidden_value(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    page.split_once(&mark)
        .map_or(String::new(), |(_, after)| after.split('"').next().unwrap_or_default().to_owned())
}

/// The demo city ends in 2023. Somebody who tries an entry today must not find every figure and target years ahead.
#[test]
fn an_entry_that_somebody_tries_leaves_the_demo_city_in_its_year() {
    let stage = Stage::open();
    let clerk = stage.signed_in("clerk", &[("office", None)]);
    let told = || {
        let figure = clerk.json("/api/v1/figures/docks.operating");
        let plan = clerk.json("/api/v1/overview");
        (figure["figure"]["period"].clone(), figure["figure"]["as_of"].clone(), plan["states"].clone())
    };
    let before = told();
    assert_eq!(before.0, "2022", "{before:?}");
    enter(&clerk, "试填码头", &unit(&stage));
    assert_eq!(told(), before);
    let changed = clerk.json("/api/v1/overview")["changed"].clone();
    assert!(changed.as_array().expect("changes").iter().any(|one| one["created"] == 1), "{changed}");
}

#[test]
fn each_register_says_after_how_many_days_something_is_late() {
    let stage = Stage::open();
    let clerk = stage.signed_in("clerk", &[("office", None)]);
    let verifier = stage.signed_in("verifier", &[("verifier", None)]);
    let told = || {
        let inbox = verifier.json("/api/v1/inbox");
        let registers = inbox["registers"].as_array().expect("registers").clone();
        let of = |key: &str| registers.iter().find(|one| one["register"] == key).cloned().unwrap_or_default();
        (of("docks"), of("enforcement_cases"))
    };
    let (docks, cases) = told();
    assert_eq!(docks["late_after_days"], 5, "{docks}: the usual");
    assert_eq!(docks["late"], docks["waiting"], "{docks}: what waits since 2023 is late");
    assert!(cases.is_null() || cases["late_after_days"] == 3, "{cases}: as the pack says");
    enter(&clerk, "今日码头", &unit(&stage));
    let (more, _) = told();
    assert_eq!(more["late"], docks["late"], "what was entered just now is not late");
    assert_eq!(more["waiting"].as_u64(), docks["waiting"].as_u64().map(|one| one + 1));
}

#[test]
fn a_double_click_enters_once_and_another_form_under_its_key_is_refused() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit))]);
    let fields = with(dock("重复提交码头", &unit), &[("key", "twice")]);
    let photo = || vec![("@evidence", "a.png", b"\x89PNG\r\n\x1a\n0000".to_vec())];
    let first = record_of(&send(&clerk, "/registers/docks/enter", &fields, photo()));
    let size = stage.app.book.size().expect("a size");
    assert_eq!(record_of(&send(&clerk, "/registers/docks/enter", &fields, photo())), first);
    assert_eq!(stage.app.book.size().expect("a size"), size);
    let other = with(dock("另一个码头", &unit), &[("key", "twice")]);
    assert_eq!(send(&clerk, "/registers/docks/enter", &other, Vec::new()).status(), 409);

    // Somebody of another unit, and nobody at all.
    let elsewhere = stage.app.now().shelf.units(web::when::today()).expect("units");
    let elsewhere =
        elsewhere.iter().find(|found| found.level == "unit" && found.code != unit).expect("another");
    let stranger = stage.signed_in("stranger", &[("clerk", Some(&elsewhere.code))]);
    let answer = send(
        &stranger,
        "/registers/docks/enter",
        &with(dock("外单位码头", &unit), &[("key", "s")]),
        Vec::new(),
    );
    assert_eq!(answer.status(), 422);
    assert!(answer.text().expect("text").contains("您无权办理这个单位的记录"));
    assert_eq!(stranger.get(&format!("/records/{first}/amend")).status(), 403);
    assert_eq!(stage.anybody().get("/registers/docks/enter").status(), 303);
    let viewer = stage.signed_in("viewer", &[("leader", None)]);
    assert_eq!(viewer.get("/registers/docks/enter").status(), 403);
}

#[test]
fn evidence_is_what_its_bytes_are_and_runs_nothing() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit))]);
    let fields = with(dock("佐证码头", &unit), &[("key", "e1")]);
    let hostile = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    for (name, bytes) in [
        ("photo.png", hostile),
        ("page.pdf", b"<!doctype html><script>1</script>".to_vec()),
        ("empty.jpg", Vec::new()),
    ] {
        let answer = send(&clerk, "/registers/docks/enter", &fields, vec![("@evidence", name, bytes)]);
        assert_eq!(answer.status(), 422, "{name}");
        assert!(answer.text().expect("text").contains(name));
    }
    // A good file of a refused form is kept: it need not be uploaded again.
    let wrong = with(fields.clone(), &[("berths", "0")]);
    let answer = send(
        &clerk,
        "/registers/docks/enter",
        &wrong,
        vec![("@evidence", "证明.pdf", b"%PDF-1.7 x".to_vec())],
    );
    assert_eq!(answer.status(), 422);
    let kept = hidden(&answer.text().expect("text"), "@kept");
    let record =
        record_of(&send(&clerk, "/registers/docks/enter", &with(fields, &[("@kept", &kept)]), Vec::new()));
    let hash = kept.split(' ').next().expect("a hash");
    let file = clerk.get(&format!("/evidence/{hash}?record={record}"));
    assert_eq!(file.status(), 200);
    let header = |name: &str| file.headers()[name].to_str().expect("a header").to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert!(
        header("content-disposition").starts_with("inline;")
            && header("content-security-policy").contains("sandbox")
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(file.bytes().expect("bytes").as_ref(), b"%PDF-1.7 x");
    // The hash alone opens nothing, nor does another record.
    assert_eq!(clerk.get(&format!("/evidence/{hash}")).status(), 404);
    assert_eq!(clerk.get(&format!("/evidence/{hash}?record=0")).status(), 404);
    assert_eq!(clerk.get("/evidence/..%2f..%2fkeys%2fbook.key?record=0").status(), 404);
    assert_eq!(stage.anybody().get(&format!("/evidence/{hash}?record={record}")).status(), 303);
}

#[test]
fn who_was_slower_sees_both_versions_and_chooses() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let one = stage.signed_in("one", &[("clerk", Some(&unit))]);
    let two = stage.signed_in("two", &[("clerk", Some(&unit))]);
    let record = enter(&one, "冲突码头", &unit);
    let address = format!("/records/{record}/amend");
    let form = one.page(&address);
    let change = |person: &Person, key: &str, berths: &str, purpose: &str| {
        let values = [
            ("@owner", hidden_value(&form, "@owner")),
            ("district", hidden_value(&form, "district")),
            ("@base", hidden(&form, "@base")),
        ];
        let mut fields = with(
            dock("冲突码头", &unit),
            &[("berths", berths), ("purpose", purpose), ("key", key), ("@effective", "2026-03-01")],
        );
        fields.retain(|(name, _)| !values.iter().any(|(other, _)| other == name));
        fields.extend(values.iter().map(|(name, value)| (*name, value.as_str())));
        send(person, &address, &fields, Vec::new())
    };
    assert_eq!(record_of(&change(&two, "c2", "7", "ferry")), record);
    let conflict = change(&one, "c1", "5", "cargo");
    assert_eq!(conflict.status(), 409);
    let page = conflict.text().expect("text");
    assert!(page.contains("name=\"take.berths\"") && page.contains("name=\"take.purpose\""), "{page}");
    assert!(!page.contains("name=\"take.bank\"") && page.contains("two"), "{page}");
    let base = hidden(&page, "@base");
    let settled = one.post(
        &format!("/records/{record}/settle"),
        &[
            ("key", &hidden(&page, "key")),
            ("@base", &base),
            ("@effective", "2026-03-01"),
            ("berths", "5"),
            ("purpose", "cargo"),
            ("take.berths", "theirs"),
            ("take.purpose", "mine"),
        ],
    );
    assert_eq!(record_of(&settled), record);
    let history = stage.app.book.history(ledger::RecordId(record)).expect("reads");
    let last = history.last().expect("entries");
    assert_eq!(last.fields, BTreeMap::from([("purpose".to_owned(), Value::Text("cargo".to_owned()))]));
    assert_eq!(last.based_on.map(|base| base.to_string()), Some(base));
}

/// What a program is answered that sends this: status and problem.
fn told(person: &Person, path: &str, key: &str, body: &serde_json::Value) -> (u16, serde_json::Value) {
    let request = person.client().post(person.url(path)).header("x-csrf-token", person.fresh_csrf());
    let answer = request.header("idempotency-key", key).json(body).send().expect("an answer");
    (answer.status().as_u16(), answer.json().expect("JSON"))
}

#[test]
fn the_forms_of_a_withdrawn_record_lead_back_to_it() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit))]);
    let other = stage.signed_in("other", &[("clerk", Some(&unit))]);
    let record = enter(&clerk, "撤回码头", &unit);
    let at = |form: &str| format!("/records/{record}/{form}");
    // The other one has opened a form before it is withdrawn.
    let opened = other.page(&at("amend"));
    let base = hidden(&opened, "@base");
    let withdrawal =
        [("@base", base.as_str()), ("@effective", "2026-02-01"), ("@note", "重复录入"), ("key", "w1")];
    assert_eq!(record_of(&send(&clerk, &at("withdraw"), &withdrawal, Vec::new())), record);
    let size = stage.app.book.size().expect("a size");
    // Sent twice it counts once, and says the same.
    assert_eq!(record_of(&send(&clerk, &at("withdraw"), &withdrawal, Vec::new())), record);
    assert!(clerk.page(&format!("/records/{record}")).contains("已保存"));

    // What is opened now leads to the record, which says why and offers none of the three.
    let buttons = ["amend", "withdraw", "advance/closed"].map(&at);
    for form in &buttons {
        assert_eq!(record_of(&clerk.get(form)), record);
        let page = clerk.page(&format!("/records/{record}"));
        assert!(page.contains("这条记录已撤回，不能再更改"), "{page}");
        assert!(buttons.iter().all(|button| !page.contains(&format!("\"{button}\""))), "{page}");
    }

    // What was typed meanwhile is not saved, which is said, and shown to be copied; there is no form any more.
    let (owner, district) = (hidden_value(&opened, "@owner"), hidden_value(&opened, "district"));
    let more = [("@owner", owner.as_str()), ("district", &district), ("berths", "7"), ("@base", &base)];
    let amendment = with(dock("撤回码头", &unit), &more);
    let amendment = with(amendment, &[("key", "a1"), ("@note", "泊位已扩建"), ("@effective", "2026-03-01")]);
    let mut late = withdrawal.to_vec();
    late.retain(|(name, _)| *name != "key");
    late.push(("key", "w2"));
    for (form, fields) in buttons.iter().zip([amendment.clone(), late.clone(), late]) {
        let answer = send(&other, form, &fields, Vec::new());
        assert_eq!(answer.status(), 409, "{form}");
        let page = answer.text().expect("text");
        assert!(page.contains("clerk已于") && page.contains("撤回这条记录，不能再更改"), "{page}");
        assert!(page.contains("您填写的内容没有保存") && page.contains("返回记录"), "{page}");
        assert!(!page.contains("name=\"@base\"") && !page.contains("@mine"), "{form} offers a form: {page}");
        let wrote = if form.ends_with("amend") {
            ["泊位已扩建", "<dd>7</dd>"]
        } else {
            ["重复录入", "2026-02-01"]
        };
        assert!(wrote.iter().all(|text| page.contains(text)), "{form}: {page}");
    }
    // So it is with a choice between two versions that was still open.
    let settled = [amendment, vec![("take.berths", "mine")]].concat();
    assert_eq!(other.post(&at("settle"), &settled).status(), 409);

    // Programs are told by the record itself, whether they have seen the withdrawal or not.
    let version = clerk.json(&format!("/api/v1/records/{record}"))["version"].clone();
    let seen: u64 = base.parse().expect("a number");
    let bodies = [
        ("amend", serde_json::json!({ "change": { "values": { "berths": 7 } } })),
        ("withdraw", serde_json::json!({ "note": "重复录入" })),
        ("advance", serde_json::json!({ "to": "closed" })),
    ];
    for (what, body) in bodies {
        let mut body = body;
        body["base"] = version.clone();
        let path = format!("/api/v1/records/{record}/{what}");
        let (status, problem) = told(&other, &path, &format!("p-{what}"), &body);
        assert_eq!(status, 422, "{what}: {problem}");
        let field = &problem["fields"][0];
        assert_eq!(field["field"], "@record", "{what}: {problem}");
        assert!(field.to_string().contains(&format!("记录 #{record} 已撤回")), "{what}: {problem}");
        body["base"] = seen.into();
        let (status, problem) = told(&other, &path, &format!("q-{what}"), &body);
        assert!(status == 422 || status == 409, "{what}: {problem}");
        assert!(problem.to_string().contains(&format!("#{record}")), "{what}: {problem}");
    }
    assert_eq!(stage.app.book.size().expect("a size"), size, "nothing was entered");
}

#[test]
fn a_state_that_is_reached_already_offers_no_form() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit))]);
    let record = enter(&clerk, "已关码头", &unit);
    let address = format!("/records/{record}/advance/closed");
    let base = hidden(&clerk.page(&address), "@base");
    let fields = [("@base", base.as_str()), ("@effective", "2026-02-01"), ("key", "c1")];
    let photo = vec![("@evidence", "a.png", b"\x89PNG\r\n\x1a\n0000".to_vec())];
    // What is typed is kept as a draft, which the list names, and is forgotten when it is saved.
    assert_eq!(clerk.post(&format!("/drafts/advance:{record}:closed"), &[("@note", "拆除")]).status(), 200);
    assert!(clerk.page(&address).contains("?draft=1"));
    assert!(clerk.page(&format!("{address}?draft=1")).contains("value=\"拆除\""));
    assert!(clerk.page("/inbox/drafts").contains(&format!("{address}?draft=1")));
    assert_eq!(record_of(&send(&clerk, &address, &fields, photo)), record);
    assert!(!clerk.page("/inbox/drafts").contains(&address));
    assert_eq!(record_of(&clerk.get(&address)), record);
    assert!(clerk.page(&format!("/records/{record}")).contains("状态已是“已关停”"));
    assert_eq!(record_of(&clerk.get(&format!("/records/{record}/advance/moved"))), record);
    assert!(clerk.page(&format!("/records/{record}")).contains("状态现为“已关停”，不能变更为“已搬迁”"));
    assert_eq!(clerk.get(&format!("/records/{record}/advance/nowhere")).status(), 404);
}

#[test]
fn a_file_is_shown_with_its_faults_mended_and_entered_whole() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit))]);
    let template = clerk.get("/registers/docks/template.xlsx");
    assert_eq!(template.status(), 200);
    assert!(template.bytes().expect("bytes").starts_with(b"PK"));
    let csv = format!(
        "码头名称,河流,岸别,所在区,用途,泊位数,填报单位,生效日期\n\
         导入一,长江,左岸,D01,轮渡,2,{unit},2026-01-05\n导入二,长江,左岸,D01,轮渡,九百,{unit},2026-01-05\n"
    );
    let size = stage.app.book.size().expect("a size");
    let answer = send(
        &clerk,
        "/registers/docks/import",
        &[("@effective", "2026-01-05"), ("@owner", "")],
        vec![("file", "码头.csv", csv.into_bytes())],
    );
    assert_eq!(answer.status(), 422);
    let page = answer.text().expect("text");
    assert!(
        page.contains("name=\"mend.3.5\"") && page.contains("value=\"九百\"") && page.contains("导入一"),
        "{page}"
    );
    let token = hidden(&page, "file");
    let mended = [
        ("file", token.as_str()),
        ("name", "码头.csv"),
        ("@effective", "2026-01-05"),
        ("@owner", ""),
        ("mend.3.5", "9"),
    ];
    let page = clerk.post("/registers/docks/import/again", &mended);
    assert_eq!(page.status(), 200);
    let page = page.text().expect("text");
    assert!(page.contains("没有错误"), "{page}");
    assert_eq!(stage.app.book.size().expect("a size"), size);
    let mut enter = mended.to_vec();
    let key = hidden(&page, "key");
    enter.push(("key", &key));
    assert!(location(&clerk.post("/registers/docks/import/enter", &enter)).starts_with("/registers/docks"));
    assert_eq!(stage.app.book.size().expect("a size"), size + 2);
    assert!(location(&clerk.post("/registers/docks/import/enter", &enter)).starts_with("/registers/docks"));
    assert_eq!(stage.app.book.size().expect("a size"), size + 2);
    // Another's file, and a path, are nobody's.
    let other = stage.signed_in("other", &[("clerk", Some(&unit))]);
    assert_eq!(other.post("/registers/docks/import/again", &mended).status(), 422);
    assert_eq!(clerk.post("/registers/docks/import/again", &[("file", "../../../city.toml")]).status(), 422);
}

#[test]
fn a_pasted_block_enters_whole_or_says_which_cell() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit))]);
    assert!(clerk.page("/registers/docks/enter-many").contains("data-grid"));
    // The columns are the register's fields in order: name, river, bank, district, purpose, berths …
    let rows = "粘贴一\t长江\t左岸\tD01\t轮渡\t2\n粘贴二\t长江\t左岸\tD01\t轮渡\tx\n粘贴一\t汉江\t右岸\tD01\t货运\t1";
    let fields = |rows: &'static str, key: &'static str| {
        let unit: &'static str = Box::leak(unit.clone().into_boxed_str());
        vec![("rows", rows), ("@owner", unit), ("@effective", "2026-01-05"), ("key", key)]
    };
    let answer = clerk.post("/registers/docks/enter-many", &fields(rows, "m1"));
    assert_eq!(answer.status(), 422);
    let page = answer.text().expect("text");
    assert!(
        page.contains("粘贴一")
            && page.contains("应为1至200之间的整数")
            && page.contains("与第1行是同一条记录"),
        "{page}"
    );
    let size = stage.app.book.size().expect("a size");
    let good = "粘贴一\t长江\t左岸\tD01\t轮渡\t2\n粘贴二\t长江\t左岸\tD01\t轮渡\t3";
    assert!(
        location(&clerk.post("/registers/docks/enter-many", &fields(good, "m1")))
            .starts_with("/registers/docks")
    );
    assert_eq!(stage.app.book.size().expect("a size"), size + 2);
}

#[test]
fn a_form_is_judged_while_it_is_filled_in_and_kept_as_a_draft() {
    let stage = Stage::open();
    let unit = unit(&stage);
    let clerk = stage.signed_in("clerk", &[("clerk", Some(&unit))]);
    let answer =
        clerk.post("/registers/docks/check-entry", &with(dock("检查码头", &unit), &[("berths", "999")]));
    let answer: serde_json::Value = answer.json().expect("JSON");
    assert_eq!(answer["errors"].as_object().expect("errors").keys().collect::<Vec<_>>(), ["berths"]);
    let draft = [("name", "草稿码头"), ("berths", "8")];
    assert_eq!(clerk.post("/drafts/enter:docks", &draft).status(), 200);
    assert!(clerk.page("/registers/docks/enter").contains("?draft=1"));
    let resumed = clerk.page("/registers/docks/enter?draft=1");
    assert!(resumed.contains("value=\"草稿码头\"") && resumed.contains("value=\"8\""));
    assert!(clerk.page("/inbox/drafts").contains("/registers/docks/enter?draft=1"));
    let other = stage.signed_in("other", &[("clerk", Some(&unit))]);
    assert!(!other.page("/registers/docks/enter").contains("?draft=1"));
    enter(&clerk, "草稿码头", &unit);
    assert!(!clerk.page("/registers/docks/enter").contains("?draft=1"));
    let found: serde_json::Value = clerk
        .client()
        .get(clerk.url("/registers/districts/suggest?q=D01"))
        .send()
        .expect("an answer")
        .json()
        .expect("JSON");
    assert!(found[0]["value"].as_str().expect("a value").starts_with('#'), "{found}");
    let units: serde_json::Value = clerk
        .client()
        .get(clerk.url("/suggest/units?q=&register=docks&action=enter"))
        .send()
        .expect("an answer")
        .json()
        .expect("JSON");
    assert!(
        units
            .as_array()
            .expect("units")
            .iter()
            .any(|found| found["value"].as_str().unwrap_or_default().starts_with(&unit))
    );
}

const HOME: &str = "WEB_VICTIM_HOME";

/// Not a test: the server that is killed. It does nothing unless it is asked to.
#[test]
fn victim() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let settings =
        web::Settings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..web::Settings::new(home) };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(8 << 20)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let server = web::Server::bind(settings).await.expect("the server starts");
        println!("@listens {}", server.address());
        server.run(std::future::pending()).await;
    });
}

/// A home that no server has open yet, a unit of it, and the session cookie of its clerk.
fn city_with_a_clerk(folder: &std::path::Path) -> (std::path::PathBuf, String, String) {
    let home = folder.join("city");
    let pack = city::read_pack(&pack_dir()).expect("the demo pack compiles");
    found(&home, &pack);
    let book = std::sync::Arc::new(Ledger::read(&home).expect("opens"));
    let units = shelf::Shelf::new(std::sync::Arc::new(pack), book).units(web::when::today()).expect("units");
    let unit =
        units.iter().find(|unit| unit.level == "unit" && !unit.dissolved).expect("a unit").code.clone();
    let accounts = accounts::Accounts::open(&home).expect("opens");
    let grants = [accounts::Grant { role: "clerk".to_owned(), unit: Some(unit.clone()) }];
    let invitation = accounts.invite("clerk", "clerk", &grants, None).expect("an invitation");
    let accepted = accounts.accept(&invitation.secret, PASSPHRASE, &accounts::Origin::default());
    let accounts::SignIn::Done(session) = accepted.expect("accepted") else { panic!("no second factor") };
    (home, unit, format!("{}={}", web::cookies::session(false), session.token))
}

fn browser(cookie: &str) -> Client {
    let value = reqwest::header::HeaderValue::from_str(cookie).expect("a cookie");
    let headers = reqwest::header::HeaderMap::from_iter([(reqwest::header::COOKIE, value)]);
    let client = Client::builder().default_headers(headers).redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(60)).build().expect("a client")
}

/// Clients that send the same forms until they are answered, while the server is killed under them again and again.
#[test]
fn a_killed_server_loses_nothing_that_it_acknowledged_and_doubles_nothing() {
    let kills = if std::env::var_os("QINGYUAN_LONG").is_some() { 30 } else { 4 };
    let folder = tempfile::tempdir().expect("a directory");
    let (home, unit, cookie) = city_with_a_clerk(folder.path());
    let mut acknowledged: BTreeMap<String, u64> = BTreeMap::new();
    let mut seed = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_nanos() as u64;
    let mut next = [0_usize; 4];
    for _ in 0..kills {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.args(["--exact", "it::entry::victim", "--nocapture", "--test-threads=1"]).env(HOME, &home);
        let mut victim = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut output = BufReader::new(victim.stdout.take().expect("its words"));
        let mut line = String::new();
        let address: SocketAddr = loop {
            line.clear();
            assert!(output.read_line(&mut line).expect("reads") > 0, "the server did not start");
            if let Some((_, address)) = line.split_once("@listens ") {
                break address.trim().parse().expect("an address");
            }
        };
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let life = Duration::from_millis(300 + (seed >> 33) % 900);
        let results = std::thread::scope(|scope| {
            let clients: Vec<_> = next
                .iter()
                .enumerate()
                .map(|(number, from)| {
                    let (cookie, unit, from) = (&cookie, &unit, *from);
                    scope.spawn(move || {
                        let client = browser(cookie);
                        let url = format!("http://{address}/registers/docks/enter");
                        let page =
                            client.get(&url).header("accept", "text/html").send().and_then(Response::text);
                        let Ok(page) = page else { return Vec::new() };
                        let csrf = hidden(&page, "csrf");
                        let mut got = Vec::new();
                        for turn in from.. {
                            let name = format!("被杀码头{number}-{turn}");
                            let key = format!("kill-{number}-{turn}");
                            let mut form = Form::new().text("csrf", csrf.clone()).text("key", key);
                            for (field, value) in dock(&name, unit) {
                                form = form.text(field.to_owned(), value.to_owned());
                            }
                            let sent = client.post(&url).header("accept", "text/html").multipart(form).send();
                            let Ok(answer) = sent else { break };
                            if answer.status() != 303 {
                                break;
                            }
                            got.push((name, record_of(&answer)));
                        }
                        got
                    })
                })
                .collect();
            std::thread::sleep(life);
            victim.kill().expect("kills");
            victim.wait().expect("ends");
            clients.into_iter().map(|client| client.join().expect("no panic")).collect::<Vec<_>>()
        });
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("reads");
        for (client, got) in results.into_iter().enumerate() {
            // What was not answered is sent again, with its key, to the next server.
            next[client] += got.len();
            for (name, record) in got {
                assert_eq!(*acknowledged.entry(name.clone()).or_insert(record), record, "{name}");
            }
        }
        let ledger = Ledger::read(&home).expect("opens");
        let mut names: BTreeMap<Value, u64> = BTreeMap::new();
        let see = &mut |number: EntryNumber, bytes: &[u8]| {
            let entry = Entry::decode(number, bytes)?;
            if entry.kind == Kind::Create {
                assert_eq!(names.insert(entry.fields["name"].clone(), number.0), None, "twice in the book");
            }
            Ok(())
        };
        ledger.for_each(Some("docks"), 0..u64::MAX, see).expect("reads");
        for (name, record) in &acknowledged {
            assert_eq!(names.get(&Value::Text(name.clone())), Some(record), "{name}");
        }
    }
    println!("{kills} kills, {} records acknowledged", acknowledged.len());
    assert!(!acknowledged.is_empty());
}
