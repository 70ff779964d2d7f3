//! Figures and the plan, from a browser and by programs: every number is a door, and the doors lead to records.

use serde_json::Value;

use super::stage::{Person, Stage};

fn clerk(stage: &Stage) -> Person {
    stage.signed_in("liu", &[("clerk", None)])
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no {path} in {value}"))
}

/// What an XML reader would make of the addresses of a page that begin so.
fn links(page: &str, prefix: &str) -> Vec<String> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|address| address.starts_with(prefix))
        .map(|address| address.replace("&amp;", "&"))
        .collect()
}

#[test]
fn a_figure_leads_from_the_list_to_its_evidence() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    // The list shows each indicator with its latest value as a door.
    let list = clerk.page("/figures");
    assert!(list.contains("码头数量"), "{list}");
    let doors = links(&list, "/f/docks.operating/");
    let door = doors.first().expect("the list has the door of the docks");
    // The pinned figure has rows, each leading to its record, and says how to prove it.
    let pinned = clerk.page(door);
    assert!(pinned.contains("qingyuan trace --home CITY"), "{pinned}");
    assert!(pinned.contains("已从账本重新计算，结果一致"));
    assert!(!links(&pinned, "/records/").is_empty());
    // Its own page has course, definition and SQL; the chart has a table of doors and no style attribute.
    let own = clerk.page("/figures/docks.operating?period=2022&by=district");
    assert!(own.contains("sql-keyword") && own.contains("chart-picture") && own.contains("<desc"), "{own}");
    assert!(!own.contains(" style=\""), "no inline style");
    assert!(links(&own, "/f/docks.operating/2021/").len() == 1, "the course is doors");
    assert!(links(&own, "/f/docks.operating/2022/district=").len() > 2, "the groups are doors");
}

#[test]
fn pages_and_programs_see_the_same() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let answer = clerk.json("/api/v1/figures/docks.operating?period=2022");
    let (id, value) = (text(&answer, "/figure/id"), text(&answer, "/figure/value"));
    assert!(id.starts_with("docks.operating/2022/"));
    let page = clerk.page("/figures/docks.operating?period=2022");
    assert!(page.contains(id) && page.contains(&format!("<span class=\"number\">{value}</span>")), "{page}");
    // The address of the figure is permanent: it says the same by itself.
    let pinned = clerk.json(&format!("/api/v1{}", text(&answer, "/figure/address")));
    assert_eq!(text(&pinned, "/figure/value"), value);
    assert_eq!(pinned.pointer("/proven"), Some(&Value::Bool(true)));
    // As many rows as it says, page by page.
    let total = pinned.pointer("/total").and_then(Value::as_u64).expect("a total");
    assert_eq!(answer.pointer("/figure/rows").and_then(Value::as_u64), Some(total));
    let mut seen = 0;
    for page in 1..=pinned.pointer("/pages").and_then(Value::as_u64).expect("pages") {
        let rows = clerk.json(&format!("/api/v1/figures/docks.operating/rows?period=2022&page={page}"));
        seen += rows.pointer("/rows").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    }
    assert_eq!(seen, total);
    // The groups of a breakdown add up to the whole.
    let groups = clerk.json("/api/v1/figures/docks.operating?period=2022&by=bank");
    let sum: i64 = groups
        .pointer("/groups")
        .and_then(Value::as_array)
        .expect("groups")
        .iter()
        .map(|group| text(group, "/value").parse::<i64>().expect("a whole number"))
        .sum();
    assert_eq!(sum.to_string(), value);
}

#[test]
fn a_difference_names_its_entries() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let changes = clerk.json("/api/v1/figures/docks.operating/changes?period=2022&against=2020-12-31");
    let (then, now) = (text(&changes, "/then/value"), text(&changes, "/now/value"));
    let (then, now): (i64, i64) = (then.parse().expect("a number"), now.parse().expect("a number"));
    let count = |place: usize| {
        changes.pointer(&format!("/parts/0/counts/{place}")).and_then(Value::as_i64).expect("a count")
    };
    assert_eq!(now - then, count(0) - count(1), "{changes}");
    assert_eq!(text(&changes, "/change"), (now - then).to_string());
    if now != then {
        assert!(!changes.pointer("/entries").and_then(Value::as_array).expect("entries").is_empty());
    }
    // Between two snapshots: half of the book, and all of it.
    let known = changes.pointer("/now/known_at").and_then(Value::as_u64).expect("a size");
    let half = known / 2;
    let since =
        clerk.json(&format!("/api/v1/figures/docks.operating/changes?period=2022&against_known={half}"));
    assert_eq!(since.pointer("/then/known_at").and_then(Value::as_u64), Some(half));
    assert_eq!(text(&since, "/now/value").parse::<i64>().expect("a number"), now);
    let page = clerk.page(&format!("/figures/docks.operating/changes?period=2022&against_known={half}"));
    assert!(page.contains("造成差异的入账"), "{page}");
}

#[test]
fn measured_figures_are_judged_by_each_edition() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let answer = clerk.json("/api/v1/figures/air.good_days?period=2022");
    let editions = answer.pointer("/editions").and_then(Value::as_array).expect("editions");
    assert!(editions.len() > 1, "{answer}");
    let door = text(&editions[0], "/address");
    let pinned = clerk.json(&format!("/api/v1{door}"));
    assert_eq!(text(&pinned, "/figure/value"), text(&editions[0], "/value"));
    // A row of it is a day, behind which there are the hours of stations.
    let key = text(&pinned, "/rows/0/key");
    let hours = clerk.json(&format!("/api/v1{door}?row={key}"));
    assert!(!hours.pointer("/measurements").and_then(Value::as_array).expect("measurements").is_empty());
    assert!(clerk.page(&format!("{door}?row={key}")).contains("该行的监测数据"));
}

#[test]
fn rows_are_exported_whole() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let answer = clerk.json("/api/v1/figures/docks.operating?period=2022");
    let rows = answer.pointer("/figure/rows").and_then(Value::as_u64).expect("rows");
    let csv = clerk.page("/figures/docks.operating/rows.csv?period=2022");
    assert!(csv.starts_with('\u{feff}'));
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let heads = reader.headers().expect("headings").clone();
    assert!(heads.iter().any(|head| head == "数值标识") && heads.iter().any(|head| head == "提示"));
    assert_eq!(reader.records().collect::<Result<Vec<_>, _>>().expect("records").len() as u64, rows);
    let xlsx = clerk.get("/figures/docks.operating/rows.xlsx?period=2022");
    assert_eq!(xlsx.status(), 200);
    assert!(xlsx.bytes().expect("bytes").starts_with(b"PK"));
}

#[test]
fn many_rows_are_listed_like_few() {
    let few = Stage::open();
    let many = Stage::open_with(|settings| web::Settings { most_traced: 10, ..settings });
    let (few, many) = (clerk(&few), clerk(&many));
    for indicator in
        ["docks.operating", "volunteers.turnouts", "volunteers.hours_per_turnout", "volunteers.people"]
    {
        let pages = |person: &Person| {
            let mut rows = Vec::new();
            for page in 1.. {
                let query = format!("period=2022&page={page}");
                let answer = person.json(&format!("/api/v1/figures/{indicator}/rows?{query}"));
                rows.extend(answer["rows"].as_array().expect("rows").clone());
                if answer["pages"] == page {
                    assert_eq!(answer["total"], rows.len());
                    assert_eq!(answer["figure"]["rows"], rows.len());
                    return (rows, answer["proven"].clone());
                }
            }
            unreachable!()
        };
        let ((rows, proven), (listed, again)) = (pages(&few), pages(&many));
        assert!(rows.len() > 50, "{indicator}: {} rows", rows.len());
        assert_eq!(rows, listed, "{indicator}");
        assert_eq!((proven, again), (Value::Bool(true), Value::Null));
        let page = many.page(&format!("/figures/{indicator}/rows?period=2022&page=2"));
        assert!(page.contains("class=\"pager\"") && page.contains(rows[50]["key"].as_str().expect("a key")));
        // The files have every row, with the entries that the list names.
        let csv = many.page(&format!("/figures/{indicator}/rows.csv?period=2022"));
        let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        let heads = reader.headers().expect("headings").clone();
        let place = heads.iter().position(|head| head == "入账").expect("entries");
        let lines: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("records");
        assert_eq!(lines.len(), rows.len());
        for (line, row) in lines.iter().zip(&rows) {
            assert_eq!((&line[1], &line[2]), (text(row, "/key"), text(row, "/amount")));
            let entries = row["entries"].as_array().expect("entries").iter();
            let entries: Vec<String> = entries.map(|entry| entry["number"].to_string()).collect();
            assert_eq!(line[place], entries.join(" "));
        }
        let xlsx = many.get(&format!("/figures/{indicator}/rows.xlsx?period=2022")).bytes().expect("bytes");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(xlsx)).expect("a spreadsheet");
        let mut sheet = String::new();
        let mut part = zip.by_name("xl/worksheets/sheet1.xml").expect("the rows");
        std::io::Read::read_to_string(&mut part, &mut sheet).expect("read");
        assert_eq!(sheet.matches("<row ").count(), rows.len() + 1);
    }
}

#[test]
fn what_is_asked_wrongly_is_refused_with_a_reason() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let status = |path: &str| clerk.get(path).status().as_u16();
    assert_eq!(status("/figures/docks.nothing"), 404);
    assert_eq!(status("/figures/docks.operating?period=22"), 400);
    assert_eq!(status("/figures/docks.operating?as_of=yesterday"), 400);
    assert_eq!(status("/figures/docks.operating?known_at=-1"), 400);
    assert_eq!(status("/figures/docks.operating?known_at=99999999"), 400);
    assert_eq!(status("/figures/docks.operating?as_of=-009999-01-01"), 400);
    assert_eq!(status("/figures/docks.operating?scope=left"), 400);
    assert_eq!(status("/figures/docks.operating?by=nothing"), 422);
    assert_eq!(status("/figures/docks.operating?scope=nothing%3D1"), 422);
    assert_eq!(status("/figures/docks.operating?edition=1900"), 422);
    assert_eq!(status("/f/docks.operating"), 404);
    assert_eq!(status("/f/docks.operating/2022/17.00000000"), 422);
    assert_eq!(status("/f/docks.operating/2022/99999999.00000000"), 422);
    assert_eq!(status("/plan/nothing"), 404);
    assert_eq!(status("/plan?as_of=never"), 400);
    // A value in the address is text on the page.
    let page = clerk.get("/figures?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E").text().expect("text");
    assert!(!page.contains("<script>alert"));
    // Nobody sees figures without signing in.
    let anybody = stage.anybody();
    assert_ne!(anybody.get("/figures").status(), 200);
    assert_ne!(anybody.client().get(anybody.url("/api/v1/plan")).send().expect("an answer").status(), 200);
}

#[test]
fn the_plan_is_assessed_on_the_day_that_is_asked() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let targets = |day: &str| {
        let plan = clerk.json(&format!("/api/v1/plan?as_of={day}"));
        let mut all = Vec::new();
        for programme in plan.pointer("/programmes").and_then(Value::as_array).expect("programmes") {
            for project in programme.pointer("/projects").and_then(Value::as_array).expect("projects") {
                all.extend(project.pointer("/targets").and_then(Value::as_array).expect("targets").clone());
            }
        }
        all
    };
    let (early, late) = (targets("2022-03-31"), targets("2023-06-30"));
    assert!(early.len() > 10 && early.len() == late.len());
    for target in early.iter().chain(&late) {
        assert!(!target.pointer("/measures").and_then(Value::as_array).expect("measures").is_empty());
        assert!(!target.pointer("/reasons").and_then(Value::as_array).expect("reasons").is_empty());
    }
    // Once the due day has passed, a target is met or missed, never on its way.
    for target in &late {
        assert!(["reached", "missed", "no-data"].contains(&text(target, "/state")), "{target}");
    }
    let page = clerk.page("/plan?as_of=2022-03-31");
    assert!(page.contains("党建措施") && page.contains("chart-picture"), "{page}");
    let one = clerk.page("/plan/docks-188?as_of=2022-03-31");
    assert!(one.contains("状态的依据") && !links(&one, "/f/docks.operating/").is_empty(), "{one}");
}

#[test]
fn a_new_entry_is_seen_and_the_old_figure_stays() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let before = clerk.json("/api/v1/figures/docks.all?period=2022");
    let known = before.pointer("/figure/known_at").and_then(Value::as_u64).expect("a size");
    // The same question, an entry earlier, is another figure with an identity of its own.
    let earlier = clerk.json(&format!("/api/v1/figures/docks.all?period=2022&known_at={}", known - 1));
    assert_ne!(text(&earlier, "/figure/id"), text(&before, "/figure/id"));
    let again = clerk.json(&format!("/api/v1{}", text(&before, "/figure/address")));
    assert_eq!(text(&again, "/figure/id"), text(&before, "/figure/id"));
    assert_eq!(text(&again, "/figure/exact"), text(&before, "/figure/exact"));
}

#[test]
fn pages_speak_three_languages() {
    let stage = Stage::open();
    let clerk = clerk(&stage);
    let page = |language: &str| {
        let request = clerk.asks("/figures/docks.operating?period=2022").header("accept-language", language);
        request.send().expect("an answer").text().expect("text")
    };
    assert!(page("zh-CN").contains("码头数量") && page("zh-TW").contains("碼頭數量"));
    let english = page("en");
    assert!(english.contains("Docks") && english.contains("Definition") && english.contains("lang=\"en\""));
}

#[test]
fn units_are_told_in_the_reader_s_language() {
    let stage = Stage::open();
    let reader = stage.signed_in("units-reader", &[("office", None)]);
    let in_language = |path: &str, language: &str| {
        let answer = reader.asks(path).header("accept-language", language).send().expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().expect("text")
    };
    // A page in English has no Chinese unit behind a number, wherever a figure shows.
    let chinese = ["个", "家", "公里", "平方米", "人次", "亩", "天", "万元"];
    let number_with = |page: &str, unit: &str| {
        let text = page.replace("</span>", "").replace("<span class=\"unit\">", "").replace('\u{202f}', "");
        text.match_indices(unit).any(|(at, _)| text[..at].trim_end().ends_with(|c: char| c.is_ascii_digit()))
    };
    for path in [
        "/",
        "/figures",
        "/figures/docks.operating",
        "/figures/greenways.length",
        "/plan",
        "/plan/docks-188",
        "/map?layer=docks&theme=greenways.length",
        "/public",
        "/public/figures/greenways.length",
        "/records/142489",
    ] {
        let page = in_language(path, "en");
        for unit in chinese {
            assert!(!number_with(&page, unit), "{path}: a number with {unit}");
        }
    }
    assert!(number_with(&in_language("/figures", "zh-Hans"), "个"));
    assert!(number_with(&in_language("/figures", "zh-Hant"), "個"), "traditional");
    assert!(in_language("/figures/greenways.length", "en").contains("\u{202f}km"));

    // And the pack of the demo city has every unit that it uses.
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let pack = &stage.app.now().pack;
    let of_fields =
        pack.registers.iter().flat_map(|register| &register.fields).filter_map(|field| match &field.kind {
            pack::FieldKind::Whole { unit, .. } => unit.clone(),
            pack::FieldKind::Decimal { unit, .. } => Some(unit.clone()),
            _ => None,
        });
    for unit in pack.indicators.iter().map(|indicator| indicator.unit.clone()).chain(of_fields) {
        assert!(!han(&pack.unit(&unit).english), "{unit} has no English");
    }
}
