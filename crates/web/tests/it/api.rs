//! The API from outside: what it says of itself, records read and entered, and rights by unit on the day.

use std::collections::BTreeSet;

use super::http::blocking::Response;
use serde_json::{Value, json};

use super::stage::{Person, Stage};

/// A program with a token.
struct Program<'a> {
    stage: &'a Stage,
    secret: String,
}

impl<'a> Program<'a> {
    fn of(stage: &'a Stage, name: &str, grants: &[(&str, Option<&str>)], scopes: &[&str]) -> Self {
        stage.signed_in(name, grants);
        let account = stage.app.accounts.account_named(name).expect("accounts").expect("it was made");
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let token = stage.app.accounts.create_token(account.id, "test", &scopes, None).expect("a token");
        Self { stage, secret: token.secret }
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let anybody = self.stage.anybody();
        answer(anybody.client().get(anybody.url(path)).bearer_auth(&self.secret).send().expect("an answer"))
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let anybody = self.stage.anybody();
        let request = anybody.client().post(anybody.url(path)).bearer_auth(&self.secret);
        answer(request.header("idempotency-key", key).json(body).send().expect("an answer"))
    }
}

fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
    let text = response.text().expect("text");
    if status >= 400 {
        assert_eq!(kind, "application/problem+json", "{text}");
    }
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} {text}")))
}

const ALL: &[&str] = &["view", "enter", "amend", "advance", "verify", "return", "withdraw", "read_audit"];

/// Two docks of two units, neither above the other: (record, version, owner) each.
fn docks_of_two_units(reader: &Program<'_>) -> [(u64, u64, String); 2] {
    let (status, page) = reader.get("/api/v1/registers/docks/records?limit=1000&presence=present");
    assert_eq!(status, 200, "{page}");
    // The first one is withdrawn, which waits for verification.
    let items = page["items"].as_array().expect("items");
    let [own, other] = [&items[1], &items[2]].map(|item| {
        let number = |key: &str| item[key].as_u64().expect("a number");
        (
            number("id"),
            number("version"),
            item["owner"]["code"].as_str().expect("docks have owners").to_owned(),
        )
    });
    // One office keeps all docks of the demo city, so the second one is given away.
    let (_, units) = reader.get("/api/v1/units?limit=1000");
    let all = units["items"].as_array().expect("units");
    let elsewhere = all
        .iter()
        .filter(|unit| unit["level"] == "unit" && unit["dissolved"] == false)
        .filter_map(|unit| unit["code"].as_str())
        .find(|code| *code != own.2)
        .expect("another unit");
    let away = json!({"base": other.1, "change": {"owner": elsewhere}});
    let (status, given) = reader.post(&format!("/api/v1/records/{}/amend", other.0), "give-away", &away);
    assert_eq!(status, 201, "{given}");
    [own, (other.0, given["version"].as_u64().expect("a version"), elsewhere.to_owned())]
}

#[test]
fn the_document_describes_every_route_of_the_api() {
    let stage = Stage::open();
    let document = stage.anybody().json("/api/v1/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    let paths = document["paths"].as_object().expect("paths");
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let at = format!("{method} {path}");
            let id = operation["operationId"].as_str().expect("an id").to_owned();
            assert!(ids.insert(id), "{at}: the operation's id is used twice");
            assert!(
                !operation["summary"].as_str().unwrap_or_default().is_empty(),
                "{at} says nothing of itself"
            );
            let responses = operation["responses"].as_object().expect("responses");
            for status in ["400", "404", "422", "500"] {
                assert!(responses.contains_key(status), "{at} does not declare {status}");
            }
            for (status, response) in responses {
                assert!(!response["description"].as_str().unwrap_or_default().is_empty(), "{at} {status}");
            }
        }
    }
    for one in web::page::routes().declared() {
        // OpenAPI knows no address with an open end; the same is described as `/api/v1/f?id=`.
        let is_open_ended = one.path.contains("{*");
        let is_data =
            one.path.starts_with("/api/v1/") && one.path != "/api/v1/openapi.json" && !is_open_ended;
        if is_data {
            assert!(paths.contains_key(&one.path), "{} is not described", one.path);
        }
    }
    let page = stage.anybody().page("/api");
    assert!(page.contains("/api/v1/records/{id}/amend") && page.contains("openapi.json"));
}

#[test]
fn every_fault_is_a_problem() {
    let stage = Stage::open();
    let office = Program::of(&stage, "office", &[("office", None)], ALL);
    let check = |path: &str, status: u16, kind: &str| {
        let (found, problem) = office.get(path);
        assert_eq!(found, status, "{path} {problem}");
        assert_eq!(problem["type"], format!("urn:qingyuan:problem:{kind}"), "{path} {problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["instance"].as_str().is_some_and(|instance| !instance.is_empty()), "{problem}");
    };
    check("/api/v1/nowhere", 404, "not-found");
    check("/api/v1/registers/ships", 404, "not-found");
    check("/api/v1/records/99999999999", 404, "not-found");
    check("/api/v1/records/x", 404, "not-found");
    check("/api/v1/registers/docks/records?limit=0", 400, "bad-request");
    check("/api/v1/registers/docks/records?limt=1", 400, "bad-request");
    check("/api/v1/registers/docks/records?filter=berths:from:many", 400, "bad-request");
    check("/api/v1/registers/docks/records?cursor=nonsense", 400, "bad-request");
    check("/api/v1/records/1?day=2026-02-30", 400, "bad-request");
    check("/api/v1/units?limit=x", 400, "bad-request");
    check("/api/v1/audit", 403, "no-right");

    let send = |method: &str, path: &str, kind: &str, body: &str| {
        let anybody = stage.anybody();
        let method = super::http::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = anybody.client().request(method, anybody.url(path)).bearer_auth(&office.secret);
        let request = request.header("content-type", kind).header("idempotency-key", "k");
        let (status, problem) = answer(request.body(body.to_owned()).send().expect("an answer"));
        (status, problem["type"].as_str().unwrap_or_default().replace("urn:qingyuan:problem:", ""))
    };
    let create = "/api/v1/registers/docks/records";
    assert_eq!(send("DELETE", create, "application/json", ""), (405, "method-not-allowed".to_owned()));
    assert_eq!(
        send("PUT", "/api/v1/registers", "application/json", ""),
        (405, "method-not-allowed".to_owned())
    );
    assert_eq!(send("POST", create, "text/csv", "a,b"), (415, "unsupported-type".to_owned()));
    assert_eq!(send("POST", create, "application/json", "{"), (400, "bad-request".to_owned()));
    assert_eq!(send("POST", create, "application/json", "{\"vals\": 1}"), (422, "refused".to_owned()));
    assert_eq!(send("POST", create, "application/json", &"[".repeat(2 << 20)), (413, "too-large".to_owned()));
}

#[test]
fn lists_are_read_page_by_page() {
    let stage = Stage::open();
    let office = Program::of(&stage, "office", &[("office", None)], ALL);
    let (_, whole) =
        office.get("/api/v1/registers/docks/records?limit=1000&sort=-berths&columns=name,berths");
    let total = whole["total"].as_u64().expect("total");
    let mut ids = BTreeSet::new();
    let mut cursor = String::new();
    let mut pages = 0;
    loop {
        let path =
            format!("/api/v1/registers/docks/records?limit=70&sort=-berths&columns=name,berths{cursor}");
        let (status, page) = office.get(&path);
        assert_eq!(status, 200, "{page}");
        for item in page["items"].as_array().expect("items") {
            assert!(ids.insert(item["id"].as_u64().expect("id")), "twice: {item}");
            assert_eq!(item["values"].as_object().map(serde_json::Map::len), Some(2));
        }
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        cursor = format!("&cursor={next}");
    }
    assert_eq!(ids.len() as u64, total);
    assert!(pages > 1, "{total} docks");

    let (_, units) = office.get("/api/v1/units?limit=5");
    let next = units["next"].as_str().expect("more units");
    let (_, more) = office.get(&format!("/api/v1/units?limit=5&cursor={next}"));
    assert!(more["items"][0]["code"].as_str() > units["items"][4]["code"].as_str());
}

#[test]
fn a_request_that_is_sent_again_is_entered_once() {
    let stage = Stage::open();
    let office = Program::of(&stage, "office", &[("office", None)], ALL);
    let [(_, _, owner), _] = docks_of_two_units(&office);
    let (_, districts) = office.get("/api/v1/registers/districts/records?limit=1");
    let district = districts["items"][0]["id"].as_u64().expect("a district");
    let dock = |name: &str| {
        json!({
            "values": {
                "name": name, "river": "han", "bank": "left", "district": {"record": district},
                "purpose": "cargo", "berths": 3,
            },
            "owner": owner,
            "effective": "2023-03-01",
        })
    };
    let path = "/api/v1/registers/docks/records";
    let size = stage.app.book.size().expect("a size");
    let (status, first) = office.post(path, "dock-1", &dock("API一号码头"));
    assert_eq!(status, 201, "{first}");
    assert_eq!(first["repeated"], false);
    let (status, again) = office.post(path, "dock-1", &dock("API一号码头"));
    assert_eq!(
        (status, &again["record"], &again["repeated"]),
        (201, &first["record"], &json!(true)),
        "{again}"
    );
    assert_eq!(stage.app.book.size().expect("a size"), size + first["count"].as_u64().expect("count"));
    // Another request under the same key is refused, and enters nothing.
    let (status, other) = office.post(path, "dock-1", &dock("API二号码头"));
    assert_eq!((status, &other["type"]), (409, &json!("urn:qingyuan:problem:conflict")), "{other}");

    // Eight at once.
    let records: BTreeSet<u64> = std::thread::scope(|scope| {
        let sent: Vec<_> =
            (0..8).map(|_| scope.spawn(|| office.post(path, "dock-3", &dock("API三号码头")))).collect();
        let answers = sent.into_iter().map(|one| one.join().expect("no panic"));
        answers
            .map(|(status, body)| {
                assert_eq!(status, 201, "{body}");
                body["record"].as_u64().expect("a record")
            })
            .collect()
    });
    assert_eq!(records.len(), 1);

    // What the rules refuse is said field by field.
    let mut wrong = dock("API四号码头");
    wrong["values"]["berths"] = json!(1000);
    wrong["values"]["bank"] = json!("middle");
    let (status, problem) = office.post(path, "dock-4", &wrong);
    assert_eq!(status, 422, "{problem}");
    let fields: BTreeSet<&str> = problem["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|one| one["field"].as_str())
        .collect();
    assert_eq!(fields, BTreeSet::from(["bank", "berths"]));
}

#[test]
fn a_record_is_changed_by_those_of_its_unit_alone() {
    let stage = Stage::open();
    let office = Program::of(&stage, "office", &[("office", None)], ALL);
    let [(own, version, unit), (foreign, other_version, other)] = docks_of_two_units(&office);
    let clerk = Program::of(&stage, "clerk", &[("clerk", Some(&unit))], ALL);
    let verifier = Program::of(&stage, "verifier", &[("verifier", Some(&unit))], ALL);
    let change = |base: u64| json!({"base": base, "change": {"values": {"berths": 7}}});
    let path = |record: u64, what: &str| format!("/api/v1/records/{record}/{what}");

    let (status, problem) = clerk.post(&path(foreign, "amend"), "a", &change(other_version));
    assert_eq!((status, &problem["type"]), (403, &json!("urn:qingyuan:problem:no-right")), "{problem}");
    let (status, receipt) = clerk.post(&path(own, "amend"), "b", &change(version));
    assert_eq!(status, 201, "{receipt}");

    // A stale version is refused with the newer one's number.
    let (status, stale) = clerk.post(&path(own, "amend"), "c", &change(version));
    assert_eq!(status, 409, "{stale}");
    let newer = receipt["version"].as_u64().expect("a version");
    assert!(stale["detail"].as_str().expect("words").contains(&newer.to_string()), "{stale}");

    // A clerk verifies nothing; the verifier of another unit neither; who entered it neither.
    let judge = json!({"base": newer});
    assert_eq!(clerk.post(&path(own, "verify"), "d", &judge).0, 403);
    let elsewhere = Program::of(&stage, "elsewhere", &[("verifier", Some(&other))], ALL);
    assert_eq!(elsewhere.post(&path(own, "verify"), "e", &judge).0, 403);
    let both = [("verifier", Some(unit.as_str())), ("clerk", Some(unit.as_str()))];
    let alone = Program::of(&stage, "alone", &both, ALL);
    let (status, mine) =
        alone.post(&path(own, "amend"), "f", &json!({"base": newer, "change": {"values": {"berths": 8}}}));
    assert_eq!(status, 201, "{mine}");
    let judge = json!({"base": mine["version"]});
    assert_eq!(alone.post(&path(own, "verify"), "g", &judge).0, 403);
    let (status, verified) = verifier.post(&path(own, "verify"), "h", &judge);
    assert_eq!(status, 201, "{verified}");
    let (_, record) = verifier.get(&format!("/api/v1/records/{own}"));
    assert_eq!((&record["status"], &record["values"]["berths"]), (&json!("verified"), &json!(8)), "{record}");
    let (_, history) = verifier.get(&format!("/api/v1/records/{own}/history"));
    let kinds: Vec<&str> =
        history["items"].as_array().expect("items").iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds.last(), Some(&"verify"));

    // A record is not given away into a unit where one may nothing.
    let away = json!({"base": verified["version"], "change": {"owner": other}});
    let (status, refused) = clerk.post(&path(own, "amend"), "i", &away);
    assert!(status == 403 || status == 422, "{status} {refused}");
    // Nor is one entered for another unit, or for none.
    let nobodys = json!({"values": {"name": "无主码头"}});
    assert_eq!(clerk.post("/api/v1/registers/docks/records", "j", &nobodys).0, 422);
}

#[test]
fn rights_follow_the_organisation_of_the_day() {
    let stage = Stage::open();
    let office = Program::of(&stage, "office", &[("office", None)], ALL);
    let (_, units) = office.get("/api/v1/units?limit=1000");
    let list = units["items"].as_array().expect("units").clone();
    let of_level = |level: &'static str| {
        let is = move |unit: &&Value| unit["level"] == level && unit["dissolved"] == false;
        list.iter().filter(is)
    };
    let text = |unit: &Value, key: &str| unit[key].as_str().unwrap_or_default().to_owned();
    let branch = of_level("branch").next().expect("a branch");
    let (branch, before) = (text(branch, "code"), text(branch, "parent"));
    let after =
        of_level("unit").map(|unit| text(unit, "code")).find(|code| *code != before).expect("another unit");
    let [(dock, version, _), _] = docks_of_two_units(&office);
    let (status, given) = office.post(
        &format!("/api/v1/records/{dock}/amend"),
        "give",
        &json!({"base": version, "change": {"owner": branch}}),
    );
    assert_eq!(status, 201, "{given}");
    let clerk_before = Program::of(&stage, "before", &[("clerk", Some(&before))], ALL);
    let clerk_after = Program::of(&stage, "after", &[("clerk", Some(&after))], ALL);
    let change = |base: &Value, berths: u64| json!({"base": base, "change": {"values": {"berths": berths}}});
    let path = format!("/api/v1/records/{dock}/amend");
    assert_eq!(clerk_after.post(&path, "k1", &change(&given["version"], 5)).0, 403);
    let (status, mine) = clerk_before.post(&path, "k2", &change(&given["version"], 5));
    assert_eq!(status, 201, "{mine}");
    // The branch is moved today: from now on it is the other unit's clerk.
    let moved = intake::Job {
        actor: "account-0".to_owned(),
        roles: vec!["administrator".to_owned()],
        key: "move".to_owned(),
        guard: None,
        work: intake::Work::Reorganise {
            what: intake::Reorganisation::Move { unit: branch, parent: after },
            on: web::when::today(),
            note: Some("test".to_owned()),
        },
    };
    stage.app.scribe.enter(moved).expect("it is moved");
    assert_eq!(clerk_before.post(&path, "k3", &change(&mine["version"], 6)).0, 403);
    assert_eq!(clerk_after.post(&path, "k4", &change(&mine["version"], 6)).0, 201);
}

#[test]
fn a_session_needs_the_forms_secret_and_a_token_does_not() {
    let stage = Stage::open();
    let person: Person = stage.signed_in("clerk", &[("clerk", None)]);
    let url = person.url("/api/v1/records/1/amend");
    let refused =
        person.client().post(&url).header("idempotency-key", "x").json(&json!({})).send().expect("an answer");
    let (status, problem) = answer(refused);
    assert_eq!((status, &problem["type"]), (403, &json!("urn:qingyuan:problem:stale-form")), "{problem}");
}
