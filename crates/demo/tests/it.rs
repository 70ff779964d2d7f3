//! The pack of the demo city, and the city that is founded with it.

#[path = "it/work_report.rs"]
mod work_report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use demo::{Scale, Summary};
use figure::Figure;
use figures::Request;
use ledger::Ledger;
use pack::Pack;

const SEED: u64 = 2022;

fn pack_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jiangcheng")
}

fn pack() -> Arc<Pack> {
    let files = pack::read_dir(&pack_dir()).expect("the pack is there");
    let (pack, mut diagnostics) = pack::compile(files);
    if let Some(pack) = &pack {
        diagnostics.extend(figures::check(pack));
    }
    let said = message::render(&diagnostics, message::Language::English, false);
    assert!(diagnostics.is_empty(), "{said}");
    Arc::new(pack.expect("no fault, so a pack"))
}

fn found(home: &Path, pack: &Pack, scale: Scale) -> Summary {
    match demo::found(home, pack, SEED, scale, &mut |_, _, _| {}) {
        Ok(summary) => summary,
        Err(error) => panic!("{error}"),
    }
}

/// Indicator, period → value as it is shown, and the row of the list of figures it answers.
fn expected() -> Vec<(String, String, String, String)> {
    let text = std::fs::read_to_string(pack_dir().join("expected-2022.csv")).expect("the list is there");
    let rows = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| (row[0].clone(), row[1].clone(), row[2].clone(), row[3].clone())).collect()
}

fn evaluate(engine: &figures::blocking::Engine, requests: &[Request]) -> Vec<Vec<Figure>> {
    let answers = engine.evaluate_each(requests).into_iter().zip(requests);
    answers
        .map(|(answer, request)| answer.unwrap_or_else(|error| panic!("{}: {error}", request.indicator)))
        .collect()
}

fn open(home: &Path, pack: &Arc<Pack>) -> figures::blocking::Engine {
    let ledger = Ledger::read(home).expect("it was founded");
    let lake = lake::Lake::open(home).expect("it was founded");
    let engine =
        figures::blocking::Engine::open(Arc::clone(pack), Arc::new(ledger), None).expect("an engine");
    engine.with_measurements(Arc::new(lake))
}

fn figures_are_as_expected(scale: Scale) {
    let (pack, dir) = (pack(), tempfile::tempdir().expect("a directory"));
    let home = dir.path().join("city");
    let began = std::time::Instant::now();
    let summary = found(&home, &pack, scale);
    println!("{summary:?} in {:?}", began.elapsed());
    let engine = open(&home, &pack);
    let expected = expected();
    let requests: Vec<Request> = expected
        .iter()
        .map(|(key, period, ..)| Request::new(key.clone(), period.parse().expect("a period")))
        .collect();
    let mut wrong = String::new();
    for ((key, period, value, unit), figures) in expected.iter().zip(evaluate(&engine, &requests)) {
        let people = ["campaigns.staff", "volunteers.people"].contains(&key.as_str());
        if people && scale == Scale::Small {
            continue;
        }
        let figure = &figures[0];
        let shown = figure.value.map(|value| quantity::round_half_even(value, u32::from(figure.decimals)));
        if (shown, figure.unit.as_str()) != (value.parse().ok(), unit) {
            wrong += &format!("{key} {period}: {shown:?} {} instead of {value} {unit}\n", figure.unit);
        }
    }

    // Everything else can be computed too, whole and by each of its dimensions, and is about something.
    let year: figure::Period = "2022".parse().expect("a period");
    let mut all = Vec::new();
    for indicator in &pack.indicators {
        all.push(Request::new(indicator.key.clone(), year));
        let by = indicator
            .dimensions
            .iter()
            .map(|by| Request { by: vec![by.clone()], ..Request::new(indicator.key.clone(), year) });
        all.extend(by);
    }
    let mut table = String::new();
    for (request, figures) in all.iter().zip(evaluate(&engine, &all)) {
        let sum: u64 = figures.iter().map(|figure| figure.rows).sum();
        if sum == 0 {
            wrong += &format!("{} by {:?} counts nothing\n", request.indicator, request.by);
        }
        if request.by.is_empty() {
            table += &format!(
                "{} {:?} {} pending {}\n",
                request.indicator, figures[0].value, figures[0].unit, figures[0].pending
            );
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{wrong}");
    what_january_knew(&engine, &summary);
    let report = work_report::write(&pack, &engine);
    println!("{report}");
    for said in [
        "580余个",
        "188个",
        "2.14万亩",
        "740万平方米",
        "829.63亿元",
        "突破10000家",
        "近300天",
        "85.7%",
        "98.2%",
    ] {
        assert!(report.contains(said), "the report does not say {said}:\n{report}");
    }
    assert_eq!(
        Ledger::read(&home).and_then(|ledger| ledger.verify(&mut |_, _| {})).expect("readable"),
        vec![]
    );
}

/// The report of January 2023 knew one closed dock less, a contract ten times too dear, and a good day less.
fn what_january_knew(engine: &figures::blocking::Engine, summary: &Summary) {
    let ask = |key: &str, known_at: Option<u64>| {
        let lake = known_at.map(|_| summary.measured_in_january);
        let request = Request { known_at, lake, ..Request::new(key, "2022".parse().expect("a period")) };
        evaluate(engine, &[request])[0][0].value.expect("a value")
    };
    let january = Some(summary.known_in_january);
    let changed: BTreeMap<&str, bool> = [
        "docks.operating",
        "contracts.amount",
        "contracts.count",
        "enterprises.high_tech",
        "chemicals.completed",
        "air.good_days",
        "air.excellent_days",
        "sections.good",
    ]
    .map(|key| (key, ask(key, january) != ask(key, None)))
    .into();
    let changes = changed.into_iter().filter(|(_, changed)| *changed).map(|(key, _)| key);
    assert_eq!(changes.collect::<Vec<_>>(), ["air.good_days", "contracts.amount", "docks.operating"]);
    assert_eq!(ask("docks.operating", january), 189.into());
    assert_eq!(ask("air.good_days", january), 293.into());
}

#[test]
fn the_pack_compiles_without_a_fault() {
    assert!(pack().indicators.len() >= 60);
}

#[test]
fn a_small_city_has_the_figures_of_the_list() {
    figures_are_as_expected(Scale::Small);
}

#[test]
fn the_city_has_the_figures_of_the_list() {
    if std::env::var_os("QINGYUAN_LONG").is_some() {
        figures_are_as_expected(Scale::Full);
    }
}

#[test]
fn the_same_seed_gives_the_same_book() {
    let (pack, dir) = (pack(), tempfile::tempdir().expect("a directory"));
    let one = found(&dir.path().join("one"), &pack, Scale::Small);
    assert_eq!(one, found(&dir.path().join("two"), &pack, Scale::Small));
}
