//! `qingyuan pack check`: every language inside a pack answers, all at once, with places.

use std::path::Path;

use super::city::{City, repository};

/// Copies the pack of Jiangcheng, rewrites texts in its files, and returns what the check prints.
fn check(changes: &[(&str, &str, &str)]) -> (i32, String) {
    let city = City::nowhere();
    let pack = city.path().join("pack");
    copy(&repository().join("packs/jiangcheng"), &pack);
    for (file, from, to) in changes {
        let path = pack.join(file);
        let text = std::fs::read_to_string(&path).expect(file);
        assert!(text.contains(from), "{file} does not hold {from}");
        std::fs::write(&path, text.replacen(from, to, 1)).expect(file);
    }
    let printed = city.run(&["pack", "check", &pack.to_string_lossy(), "--concise"]);
    (printed.status, printed.out + &printed.err)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("writable");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("writable");
        }
    }
}

#[test]
fn the_pack_of_jiangcheng_has_no_faults() {
    let (status, printed) = check(&[]);
    assert_eq!(status, 0, "{printed}");
}

#[test]
fn faults_in_toml_sql_and_reports_are_told_together() {
    let (status, printed) = check(&[
        ("registers/gates.toml", "type = \"text\"", "type = \"txet\""),
        ("plan/river.toml", "indicator = \"docks.operating\"", "indicator = \"docks.oprating\""),
        ("indicators/rivers.toml", "from docks", "from dokcs"),
        ("reports/work-report.md", "fig(\"docks.operating\")", "fig(\"docks.operatin\")"),
    ]);
    assert_eq!(status, 1);
    let faults: Vec<String> = printed
        .lines()
        .filter_map(|line| {
            let mut parts = line.split(':');
            let (file, rule) = (parts.next()?, parts.nth(2)?);
            Some(format!("{file}:{rule}"))
        })
        .collect();
    assert_eq!(
        faults,
        [
            "indicators/rivers.toml: unknown-table",
            "plan/river.toml: unknown-indicator",
            "registers/gates.toml: unknown-value",
            "reports/work-report.md: unknown-indicator",
        ],
        "{printed}"
    );
}

#[test]
fn what_a_faulty_register_would_have_is_not_called_unknown() {
    let (status, printed) = check(&[("registers/docks.toml", "[fields.berths]", "[fields.berths")]);
    assert_eq!(status, 1);
    assert!(
        printed.lines().filter(|line| line.contains(".toml:")).all(|line| line.contains("syntax")),
        "{printed}"
    );
}

#[test]
fn schemas_are_written_for_editors() {
    let city = City::nowhere();
    let to = city.path().join("schemas");
    city.ok(&["pack", "schema", &to.to_string_lossy()]);
    assert!(to.join(".taplo.toml").is_file());
    let names: Vec<_> =
        std::fs::read_dir(to.join("schema")).expect("written").filter_map(Result::ok).collect();
    assert!(names.len() >= 5);
    for name in
        names.iter().filter(|name| name.path().extension().is_some_and(|extension| extension == "json"))
    {
        let text = std::fs::read_to_string(name.path()).expect("readable");
        let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert!(schema.get("$schema").is_some(), "{:?}", name.path());
    }
}
