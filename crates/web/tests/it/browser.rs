//! The application in a real Chromium: the six daily journeys, and what every page must keep in light, dark and on a
//! phone. The scripts are in `tests/browser`; here the city is founded, the server started, the people made.
//!
//! Wanted are node, Chromium, and the packages of `tests/browser/package-lock.json`, installed with `npm ci` into
//! `$QINGYUAN_NODE/browser`. Where they are missing the tests say so and pass, except in CI, where they must be there.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::date;
use message::Language;
use serde_json::{Value, json};
use shelf::Query;

use super::stage::Stage;

#[test]
fn every_page_can_be_used_by_everybody() {
    let Some(tools) = Tools::find() else { return };
    let stage = Stage::open();
    let facts = Facts::of(&stage);
    tools.run(&stage, &facts, "pages.test.mjs");
}

#[test]
fn the_daily_journeys_lead_to_their_ends() {
    let Some(tools) = Tools::find() else { return };
    let stage = Stage::open();
    let facts = Facts::of(&stage);
    tools.run(&stage, &facts, "journeys.test.mjs");
    // On the same city: it only adds docks of its own.
    tools.run(&stage, &facts, "entry.test.mjs");
    tools.run(&stage, &facts, "drafts.test.mjs");
}

#[test]
fn shapes_are_drawn_into_forms() {
    let Some(tools) = Tools::find() else { return };
    let stage = Stage::open();
    let facts = Facts::of(&stage);
    tools.run(&stage, &facts, "draw.test.mjs");
}

#[test]
fn the_map_is_drawn_played_and_measured() {
    let Some(tools) = Tools::find() else { return };
    let stage = Stage::open();
    let facts = Facts::of(&stage);
    tools.run(&stage, &facts, "map.test.mjs");
}

/// For people: writes what the scripts are told into the file `$QINGYUAN_LOOK` and serves until that file is gone, so that
/// pages can be opened by hand and single scripts run again and again (`QY_STAGE="$(cat FILE)" node --test …`).
#[test]
#[ignore = "serves until it is stopped"]
fn a_stage_to_look_at() {
    let Some(file) = std::env::var_os("QINGYUAN_LOOK").map(PathBuf::from) else { return };
    let stage = Stage::open();
    let mut told = Facts::of(&stage).json;
    told["base"] = json!(format!("http://{}", stage.address));
    told["pictures"] = json!(file.with_extension("pictures"));
    std::fs::write(&file, told.to_string()).expect("a file");
    while file.exists() {
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

/// What is needed to run a browser.
struct Tools {
    modules: PathBuf,
    chromium: PathBuf,
}

impl Tools {
    fn find() -> Option<Self> {
        let cache = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/qingyuan/node"));
        let modules =
            std::env::var_os("QINGYUAN_NODE").map(PathBuf::from).or_else(cache)?.join("browser/node_modules");
        let named = std::env::var_os("QINGYUAN_CHROMIUM").map(PathBuf::from);
        let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        let chromium = named.or_else(|| usual.iter().map(PathBuf::from).find(|path| path.exists()));
        match chromium {
            Some(chromium) if modules.join("playwright-core").exists() => Some(Self { modules, chromium }),
            _ => {
                assert!(std::env::var_os("CI").is_none(), "no browser, or no {}", modules.display());
                eprintln!("skipped: needs Chromium and {}", modules.display());
                None
            }
        }
    }

    /// Runs a file of `tests/browser` against the stage.
    fn run(&self, stage: &Stage, facts: &Facts, file: &str) {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
        let mut told = facts.json.clone();
        told["base"] = json!(format!("http://{}", stage.address));
        told["pictures"] = json!(pictures);
        let output = Command::new("node")
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .arg(scripts.join(file))
            .env("QY_STAGE", told.to_string())
            .env("QINGYUAN_NODE_MODULES", &self.modules)
            .env("QINGYUAN_CHROMIUM", &self.chromium)
            .output()
            .expect("node starts");
        let said = String::from_utf8_lossy(&output.stdout);
        println!("{said}");
        assert!(output.status.success(), "{file}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What the scripts must know: who there is, and where things are in this city.
struct Facts {
    json: Value,
}

impl Facts {
    fn of(stage: &Stage) -> Self {
        let now = stage.app.now();
        let day = date(2022, 12, 31);
        let docks = now.shelf.list(&Query { limit: 200, ..Query::new("docks", day) }).expect("docks");
        // Docks that are written to must be open to change.
        let dock = docks.rows.iter().find(|dock| !dock.withdrawn).expect("a dock that stands");
        let unit = dock.owner.clone().expect("an owner");
        let figure = now
            .engine
            .evaluate(&[figures::Request::new("docks.operating", figure::Period::Year(2022))])
            .expect("a figure")[0][0]
            .id
            .to_string();
        let people = [
            ("clerk", "clerk", Some(unit.as_str())),
            ("colleague", "clerk", Some(unit.as_str())),
            ("verifier", "verifier", Some(unit.as_str())),
            ("office", "office", None),
            ("leader", "leader", None),
            ("auditor", "auditor", None),
            ("administrator", "administrator", None),
        ];
        let people: serde_json::Map<String, Value> = people
            .into_iter()
            .map(|(name, role, unit)| {
                let (cookie, value) = stage.session_of(name, &[(role, unit)]);
                (name.to_owned(), json!({ "cookie": cookie, "value": value }))
            })
            .collect();
        let record = dock.record.0;
        let page =
            |name: &str, person: &str, path: &str| json!({ "name": name, "person": person, "path": path });
        let mut pages = vec![
            page("overview", "clerk", "/"),
            page("search", "clerk", "/search?q=%E7%A0%81%E5%A4%B4"),
            page("search-empty", "clerk", "/search"),
            page("preferences-admin", "administrator", "/admin"),
            page("public", "nobody", "/public"),
        ];
        let mut missing = page("not-found", "clerk", "/there-is-no-such-page");
        missing["status"] = json!(404);
        let mut forbidden = page("forbidden", "clerk", "/admin");
        forbidden["status"] = json!(403);
        pages.extend([missing, forbidden]);
        for (name, person, path) in [
            ("sign-in", "nobody", "/sign-in".to_owned()),
            ("account", "clerk", "/me".to_owned()),
            ("inbox", "verifier", "/inbox".to_owned()),
            ("registers", "clerk", "/registers".to_owned()),
            ("register", "clerk", "/registers/docks".to_owned()),
            ("record", "clerk", format!("/records/{record}")),
            ("enter", "clerk", "/registers/docks/enter".to_owned()),
            ("enter-many", "clerk", "/registers/docks/enter-many".to_owned()),
            ("import", "clerk", "/registers/docks/import".to_owned()),
            ("amend", "clerk", format!("/records/{record}/amend")),
            ("figures", "clerk", "/figures".to_owned()),
            ("indicator", "clerk", "/figures/docks.operating".to_owned()),
            ("indicator-rows", "clerk", "/figures/docks.operating/rows".to_owned()),
            ("indicator-changes", "clerk", "/figures/docks.operating/changes".to_owned()),
            ("figure", "clerk", format!("/f/{figure}")),
            ("plan", "clerk", "/plan".to_owned()),
            ("target", "clerk", "/plan/docks-188".to_owned()),
            ("monitoring", "clerk", "/monitoring".to_owned()),
            ("reports", "office", "/reports".to_owned()),
            ("report", "office", "/reports/work-report".to_owned()),
            ("report-edit", "office", "/reports/work-report/edit".to_owned()),
            ("check", "office", "/check".to_owned()),
            ("api", "clerk", "/api".to_owned()),
            ("units", "administrator", "/admin/units".to_owned()),
            ("accounts", "administrator", "/admin/accounts".to_owned()),
            ("pack", "administrator", "/admin/pack".to_owned()),
            ("book", "administrator", "/admin/book".to_owned()),
            ("audit", "auditor", "/admin/audit".to_owned()),
        ] {
            pages.push(page(name, person, &path));
        }
        for (name, person, path) in [("map", "clerk", "/map"), ("public-map", "nobody", "/public/map")] {
            let mut map = page(name, person, path);
            map["heavy"] = json!(true);
            pages.push(map);
        }
        // Only what is served: a page that is not there yet is no fault of the pages that are.
        let served: Vec<String> =
            web::page::routes().declared().into_iter().map(|route| route.path).collect();
        pages.retain(|page| {
            page["status"] == json!(404) || serves(&served, page["path"].as_str().unwrap_or_default())
        });
        let columns = Some(vec!["code".to_owned()]);
        let query = Query { limit: 1, columns, ..Query::new("districts", day) };
        let districts = now.shelf.list(&query).expect("districts");
        let district = districts.rows.first().expect("a district");
        // In a file a record is named by its register's natural key, in a form by what it is called.
        let shelf::Value::Text(code) = &district.values[0] else { panic!("a code: {:?}", district.values) };
        let workbook = workbook(&now.pack, code);
        let called = now.shelf.called("districts", &[district.record], day, Language::Simplified);
        let district = called.expect("a name").remove(0);
        // A branch of the unit, and another unit that it could belong to.
        let units = now.shelf.units(web::when::today()).expect("units");
        let branch = units.children(&unit).next().expect("a branch").clone();
        let level = &units.get(&unit).expect("the unit").level;
        let other = units
            .iter()
            .find(|one| one.level == *level && one.code != unit && !one.dissolved)
            .expect("another");
        let facts = json!({ "dock": record, "unit": unit, "figure": figure, "district": district, "workbook": workbook,
            "branch": branch.code, "other": other.code });
        Self { json: json!({ "people": people, "pages": pages, "facts": facts }) }
    }
}

/// Docks as an office would send them, with one cell that is no number.
fn workbook(pack: &pack::Pack, district: &str) -> PathBuf {
    let docks = pack.register("docks").expect("docks");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let columns = ["name", "river", "bank", "district", "purpose", "berths"];
    let rows = [("导入1号码头", "3"), ("导入2号码头", "三四个")];
    for (column, key) in (0_u16..).zip(columns) {
        let label = &docks.field(key).expect("a field").label.simplified;
        sheet.write(0, column, label).expect("a cell");
        for (row, (name, berths)) in (1_u32..).zip(rows) {
            let text = match key {
                "name" => name,
                "river" => "长江",
                "bank" => "左岸",
                "district" => district,
                "purpose" => "货运",
                _ => berths,
            };
            sheet.write(row, column, text).expect("a cell");
        }
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("docks.xlsx");
    workbook.save(&path).expect("a file");
    path
}

/// Whether a path fits one of the routes' templates.
fn serves(routes: &[String], path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    routes.iter().any(|route| {
        let mut parts = path.split('/');
        for want in route.split('/') {
            if want.starts_with("{*") {
                return parts.next().is_some();
            }
            match parts.next() {
                Some(part) if want == part || (want.starts_with('{') && !part.is_empty()) => {}
                _ => return false,
            }
        }
        parts.next().is_none()
    })
}
