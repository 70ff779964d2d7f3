//! The demo city, whole: a million entries, each figure as the pack expects it, and its report.

use std::process::Command;

use super::check::the_source_report_is_true;
use super::city::{City, repository};

/// Founds it once for all checks: founding is what takes the time.
#[test]
fn the_demo_city_proves_its_work_report() {
    let city = City::nowhere();
    city.ok(&["demo", &city.home()]);
    every_figure_is_as_expected(&city);
    the_source_report_is_true(&city);
    the_report_is_the_same_each_time(&city);
    the_report_opens_elsewhere(&city);
    a_figure_of_the_report_is_traced(&city);
    a_measured_figure_is_traced_to_its_hours(&city);
    let told = city.at_home(&["verify"]);
    assert!(told.contains("the book is sound"), "{told}");
}

fn every_figure_is_as_expected(city: &City) {
    let path = repository().join("packs/jiangcheng/expected-2022.csv");
    let text = std::fs::read_to_string(path).expect("the expected figures");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().expect("a heading").clone();
    let column = |name: &str| headings.iter().position(|heading| heading == name).expect(name);
    let (key, period, value) = (column("indicator"), column("period"), column("value"));
    let mut differing = Vec::new();
    for record in reader.records() {
        let record = record.expect("a row");
        let figure = city.figure(&[&record[key], "--period", &record[period]]);
        let shown = figure["value"].as_str().unwrap_or("-");
        if shown.parse::<f64>().ok() != record[value].parse::<f64>().ok() {
            differing
                .push(format!("{} {}: {shown}, expected {}", &record[key], &record[period], &record[value]));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn report(city: &City, name: &str) -> Vec<u8> {
    let out = city.path().join(name);
    let printed = city.try_at_home(&[
        "report",
        "work-report",
        "--format",
        "docx,html,md",
        "--out",
        &out.to_string_lossy(),
    ]);
    assert_eq!(printed.status, 0, "{}", printed.err);
    ["docx", "html", "md"]
        .iter()
        .flat_map(|extension| {
            std::fs::read(out.join(format!("work-report.{extension}"))).expect("it was written")
        })
        .collect()
}

fn the_report_is_the_same_each_time(city: &City) {
    let first = report(city, "first");
    std::fs::remove_dir_all(city.path().join("city/cache")).expect("a cache");
    assert!(first == report(city, "second"), "the same snapshot gave other bytes");
    let html = std::fs::read_to_string(city.path().join("first/work-report.html")).expect("written");
    let measured = ["近300天", "34微克/立方米", "85.7%", "98.2%", "92.5%"];
    for shown in ["88家", "580余个", "188个", "2.14万亩", "17745项", "10000家"].into_iter().chain(measured)
    {
        assert!(html.contains(shown), "the report does not say {shown}");
    }
    assert!(
        html.contains("演示数据") || html.contains("demonstration"),
        "the report does not say that it is synthetic"
    );
}

fn a_figure_of_the_report_is_traced(city: &City) {
    let docx = city.path().join("first/work-report.docx");
    let tags = city.ok(&["tags", &docx.to_string_lossy()]);
    let id = tags
        .lines()
        .find_map(|line| line.split_whitespace().find(|word| word.starts_with("chemicals.completed/2022/")))
        .expect("the figure is tagged");
    let traced = city.at_home(&["trace", id, "--rows", "0"]);
    assert!(traced.contains("equal"), "{traced}");
}

/// Rows 20 to 22 of the source report's figures rest on station-hours.
fn a_measured_figure_is_traced_to_its_hours(city: &City) {
    let docx = city.path().join("first/work-report.docx");
    let tags = city.ok(&["tags", &docx.to_string_lossy()]);
    for (indicator, stations) in [
        ("air.good_days", "J001"),
        ("air.pm2_5_mean", "J001"),
        ("sections.judged", "S001"),
        ("noise.day_rate", "Z001"),
    ] {
        let begins = format!("{indicator}/2022/");
        let id = tags
            .lines()
            .find_map(|line| line.split_whitespace().find(|word| word.starts_with(&begins)))
            .unwrap_or_else(|| panic!("{indicator} is not tagged"));
        let traced = city.at_home(&["trace", id, "--rows", "1"]);
        assert!(traced.contains("equal") && traced.contains(stations), "{traced}");
    }
}

fn the_report_opens_elsewhere(city: &City) {
    let docx = city.path().join("first/work-report.docx");
    let script = "import sys, docx; d = docx.Document(sys.argv[1]); print(len(d.paragraphs), len(d.tables), len(d.inline_shapes))";
    match Command::new("python3").args(["-c", script]).arg(&docx).output() {
        Ok(output) if output.status.success() => {
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            let counts: Vec<u32> = told.split_whitespace().filter_map(|count| count.parse().ok()).collect();
            assert!(
                matches!(counts[..], [paragraphs, tables, pictures] if paragraphs > 10 && tables >= 1 && pictures >= 1),
                "{told}"
            );
        }
        Ok(output) if String::from_utf8_lossy(&output.stderr).contains("No module named") => {
            eprintln!("skipped: python-docx is not here");
        }
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => eprintln!("skipped: python3 is not here"),
    }
}
