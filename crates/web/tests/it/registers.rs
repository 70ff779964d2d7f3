//! Registers, their lists and files, and records, as people and programs get them.

use std::collections::BTreeSet;
use std::io::Read;

use super::stage::{Person, Stage};

/// The records that a page of a list leads to, in order.
fn records(page: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for part in page.split("role=\"rowheader\"").skip(1) {
        let (_, after) = part.split_once("href=\"/records/").expect("a row leads to its record");
        let (id, _) = after.split_once('"').expect("an address");
        found.push(id.parse().expect("a number"));
    }
    found
}

/// The address behind 下一页.
fn next(page: &str) -> Option<String> {
    let (before, _) = page.split_once("rel=\"next\"")?;
    let (_, address) = before.rsplit_once("href=\"")?;
    Some(address.split('"').next()?.replace("&amp;", "&"))
}

/// Every record of a list, page by page.
fn all(person: &Person, address: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut at = Some(address.to_owned());
    while let Some(address) = at {
        let page = person.page(&address);
        found.extend(records(&page));
        at = next(&page);
    }
    found
}

fn total(page: &str) -> usize {
    let (_, after) = page.split_once("，共 ").expect("a list says how many there are");
    after
        .split(' ')
        .next()
        .expect("a number")
        .replace([',', '\u{202f}', '\u{2009}', ' '], "")
        .parse()
        .expect("a number")
}

#[test]
fn a_list_is_paged_without_losing_or_doubling_anything() {
    let stage = Stage::open();
    let office = stage.signed_in("office", &[("office", None)]);
    let index = office.page("/registers");
    assert!(index.contains("href=\"/registers/docks\"") && index.contains("码头"), "{index}");
    for address in [
        "/registers/docks?rows=7",
        "/registers/docks?rows=7&sort=-built",
        "/registers/docks?rows=7&sort=district",
    ] {
        let first = office.page(address);
        let found = all(&office, address);
        assert_eq!(found.len(), total(&first), "{address}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{address}");
        // Numbered pages are the same pages.
        assert_eq!(
            records(&office.page(&format!("{address}&page=2"))),
            found[7..14.min(found.len())],
            "{address}"
        );
    }
    let open = all(&office, "/registers/docks?rows=50&state=operating");
    let closed = all(&office, "/registers/docks?rows=50&state=closed");
    assert!(!open.is_empty() && !closed.is_empty() && open.iter().all(|one| !closed.contains(one)));
}

#[test]
fn a_file_is_exactly_the_list() {
    let stage = Stage::open();
    let office = stage.signed_in("office", &[("office", None)]);
    let question = "state=closed&sort=name&columns=name.berths.built.@owner";
    let listed = all(&office, &format!("/registers/docks?rows=50&{question}"));
    assert!(listed.len() > 3);

    let csv = office.get(&format!("/registers/docks/export.csv?{question}"));
    assert_eq!(csv.status(), 200);
    assert!(
        csv.headers()["content-disposition"]
            .to_str()
            .expect("text")
            .starts_with("attachment; filename=\"docks-")
    );
    let csv = csv.text().expect("text");
    let mut lines = csv.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next(), Some("码头名称,泊位数（个）,建成日期,责任单位"));
    assert_eq!(lines.count(), listed.len());

    let geojson: serde_json::Value =
        office.get(&format!("/registers/docks/export.geojson?{question}")).json().expect("JSON");
    let features = geojson["features"].as_array().expect("features");
    let ids: Vec<u64> = features.iter().map(|one| one["id"].as_u64().expect("a number")).collect();
    assert_eq!(ids, listed);
    assert!(features[0]["properties"]["name"].is_string() && features[0]["geometry"]["type"] == "Point");

    let xlsx = office.get(&format!("/registers/docks/export.xlsx?{question}")).bytes().expect("bytes");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(xlsx)).expect("a zip");
    let mut sheet = String::new();
    zip.by_name("xl/worksheets/sheet1.xml").expect("a sheet").read_to_string(&mut sheet).expect("text");
    assert_eq!(sheet.matches("<row ").count(), listed.len() + 1);
    assert!(sheet.ends_with("</sheetData></worksheet>"));

    // A file of what is not there is an empty list, not a fault; one of a wrong question is a fault, not a file.
    let none = office.get("/registers/docks/export.csv?q=zzzz&columns=name").text().expect("text");
    assert_eq!(none.lines().count(), 1);
    assert_eq!(office.get("/registers/docks/export.csv?nothing=1").status(), 400);
    assert_eq!(office.get("/registers/enterprises/export.geojson").status(), 404);
}

#[test]
fn chosen_columns_are_remembered() {
    let stage = Stage::open();
    let office = stage.signed_in("office", &[("office", None)]);
    let chosen = office.get("/registers/docks?column=name&column=purpose");
    let cookie = chosen.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("qingyuan-columns-docks=name.purpose; Path=/registers/docks;"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a cookie");
    let session = stage.signed_in("again", &[("office", None)]);
    let page = session.page("/registers/docks");
    assert!(page.contains("sort=berths"));
    // Another browser does not have it; this one keeps it in its own store.
    let page = office.page("/registers/docks");
    assert!(!page.contains("sort=berths") && page.contains("sort=purpose"), "{cookie}");
}

#[test]
fn a_record_tells_its_history_and_proves_it() {
    let stage = Stage::open();
    let office = stage.signed_in("office", &[("office", None)]);
    let closed = all(&office, "/registers/docks?state=closed&rows=50");
    let page = office.page(&format!("/records/{}", closed[0]));
    for part in ["生命周期", "变更状态", "运营中", "已关停", "新增", "/proof", "data-map=\"show\""]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let proof = office.get(&format!("/records/{}/proof", closed[0])).text().expect("text");
    let proven = ledger::verify_proof(&proof, stage.app.book.verifier_key()).expect("it proves");
    assert_eq!(proven.record.0, closed[0]);
    assert_eq!(proven.entries, stage.app.book.history(ledger::RecordId(closed[0])).expect("read"));
    // An entry that is no creation is no record.
    let later = proven.entries.last().expect("one").number.0;
    assert_eq!(office.get(&format!("/records/{later}")).status(), 404);
    assert_eq!(office.get("/records/999999999").status(), 404);
    assert_eq!(office.get("/records/x").status(), 404);
}

#[test]
fn nobody_sees_a_register_without_a_right() {
    let stage = Stage::open();
    let nobody = stage.signed_in("nobody", &[]);
    for path in
        ["/registers", "/registers/docks", "/registers/docks/export.csv", "/records/0", "/records/0/proof"]
    {
        assert_eq!(stage.anybody().get(path).status(), 303, "{path}");
        assert_eq!(nobody.get(path).status(), 403, "{path}");
    }
    let office = stage.signed_in("office", &[("office", None)]);
    assert_eq!(office.get("/registers/nothing").status(), 404);
    assert_eq!(office.get("/registers/docks?built.from=soon").status(), 400);
    assert_eq!(office.get("/registers/docks?after=%21").status(), 400);
    assert_eq!(office.get("/registers/docks?page=0").status(), 400);
    // What is typed into a filter is text, wherever it comes out again.
    let page = office.page("/registers/docks?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert!(!page.contains("<script>alert"), "{page}");
}
