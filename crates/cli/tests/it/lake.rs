//! The lake and its stations, from outside.

use super::city::City;

const HOURS: &str = "\
station,time,pm2_5,o3
1001A,2026-01-01 00:00,35,80
1001A,2026-01-01 01:00,36.5,
1002A,2026-01-01 00:00,20,91
";
/// The same hours later, with a value corrected.
const CORRECTED: &str = "\
station,time,pm2_5,o3
1001A,2026-01-01 01:00,63.5,77
";

fn founded() -> City {
    let city = City::nowhere();
    city.at_home(&["lake", "found"]);
    city
}

#[test]
fn files_go_in_once_and_come_out_as_they_were_known() {
    let city = founded();
    let first = city.file("hours.csv", HOURS.as_bytes());
    let second = city.file("corrected.csv", CORRECTED.as_bytes());
    let import =
        |file: &str| city.try_at_home(&["lake", "import", file, "--kind", "air", "--hours", "begin"]);
    let printed = import(&first);
    assert_eq!(printed.status, 0, "{}", printed.err);
    assert!(printed.err.contains("6 rows imported as batch 1"), "{}", printed.err);
    let printed = import(&first);
    assert!(printed.err.contains("the same 6 rows are batch 1 already"), "{}", printed.err);
    assert_eq!(import(&second).status, 0);

    let export = |more: &[&str]| {
        let out = city.at_home(&[&["lake", "export", "--kind", "air"], more].concat());
        let cut = |line: &str| line.split(',').take(7).collect::<Vec<_>>().join(",");
        out.lines().skip(1).map(cut).collect::<Vec<_>>()
    };
    let now = [
        "1001A,o3,2025-12-31T16:00:00Z,80,,hours.csv,1",
        "1001A,o3,2025-12-31T17:00:00Z,77,,corrected.csv,2",
        "1001A,pm2_5,2025-12-31T16:00:00Z,35,,hours.csv,1",
        "1001A,pm2_5,2025-12-31T17:00:00Z,63.5,,corrected.csv,2",
        "1002A,o3,2025-12-31T16:00:00Z,91,,hours.csv,1",
        "1002A,pm2_5,2025-12-31T16:00:00Z,20,,hours.csv,1",
    ];
    assert_eq!(export(&[]), now);
    let then = export(&["--known-at", "1"]);
    assert_eq!(then[1], "1001A,o3,2025-12-31T17:00:00Z,,,hours.csv,1");
    assert_eq!(then[3], "1001A,pm2_5,2025-12-31T17:00:00Z,36.5,,hours.csv,1");
    assert_eq!(export(&["--station", "1001A", "--item", "o3", "--from", "2026-01-01T01:00"]), [now[1]]);
    assert_eq!(export(&["--from", "2025-12-31T17:00:00Z", "--to", "2026-01-02"]).len(), 2);
    assert_eq!(city.try_at_home(&["lake", "export", "--kind", "air", "--known-at", "9"]).status, 1);

    let history = city.at_home(&["lake", "history", "1001A", "pm2_5", "2026-01-01T01:00", "--format", "csv"]);
    let values: Vec<_> =
        history.lines().skip(1).map(|line| line.split(',').nth(2).unwrap_or_default()).collect();
    assert_eq!(values, ["36.5", "63.5"]);
    assert_eq!(city.try_at_home(&["lake", "history", "1001A", "so2", "2026-01-01"]).status, 1);

    let parquet = city.path().join("all.parquet");
    city.at_home(&[
        "lake",
        "export",
        "--kind",
        "air",
        "--format",
        "parquet",
        "--out",
        &parquet.to_string_lossy(),
    ]);
    assert!(parquet.metadata().is_ok_and(|file| file.len() > 500));
    // What was exported can be imported elsewhere: it is a long file with instants.
    let bytes = std::fs::read(&parquet).expect("the export");
    assert_eq!(bytes[..4], *b"PAR1");
}

#[test]
fn it_tells_what_it_holds_and_what_is_broken() {
    let city = founded();
    for (name, text) in [("hours.csv", HOURS), ("corrected.csv", CORRECTED)] {
        let file = city.file(name, text.as_bytes());
        city.at_home(&["lake", "import", &file, "--kind", "air", "--hours", "begin"]);
    }
    let info = |city: &City| -> serde_json::Value {
        serde_json::from_str(&city.at_home(&["lake", "info", "--format", "json"])).expect("JSON")
    };
    let before = info(&city);
    assert_eq!(before["version"], 2);
    assert_eq!((&before["partitions"][0]["files"], &before["partitions"][0]["rows"]), (&2.into(), &8.into()));
    assert_eq!(before["partitions"][0]["month"], "2026-01");
    assert!(city.at_home(&["lake", "info"]).contains("2026-01-01 01:00"));
    city.at_home(&["lake", "verify"]);
    city.at_home(&["lake", "compact"]);
    assert_eq!(info(&city)["partitions"][0]["files"], 1);
    assert_eq!(info(&city)["version"], 2);
    city.at_home(&["lake", "flush"]);
    city.at_home(&["lake", "verify"]);

    let part = city.path().join("city/lake/measurements/kind=air/span=hour/month=2026-01");
    for file in std::fs::read_dir(&part).expect("the partition") {
        let path = file.expect("a file").path();
        let mut bytes = std::fs::read(&path).expect("a data file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("it can be written");
    }
    let printed = city.try_at_home(&["lake", "verify"]);
    assert_eq!(printed.status, 1);
    assert!(printed.out.starts_with("kind=air/span=hour/month=2026-01/"), "{}", printed.out);
}

#[test]
fn bad_cells_are_named_and_nothing_enters() {
    let city = founded();
    let file = city.file("bad.csv", b"station,time,pm2_5\nA,2026-01-01 00:00,35\nA,2026-01-01 01:00,much\n");
    let import = ["lake", "import", &file, "--kind", "air", "--hours", "begin"];
    let printed = city.try_at_home(&import);
    assert_eq!(printed.status, 1);
    assert!(printed.err.contains("row 3") && printed.err.contains("pm2_5"), "{}", printed.err);
    assert!(city.at_home(&["lake", "info", "--format", "json"]).contains("\"version\": 0"));
    city.at_home(&[&import[..], &["--skip-faults"]].concat());
    assert!(city.at_home(&["lake", "info", "--format", "json"]).contains("\"version\": 1"));
}

#[test]
fn without_a_lake_it_says_so() {
    let city = City::nowhere();
    let printed = city.try_at_home(&["lake", "info"]);
    assert_eq!(printed.status, 2);
    assert!(printed.err.contains("there is no lake in"), "{}", printed.err);
    assert!(!city.path().join("city").exists());
    city.at_home(&["lake", "found"]);
    assert_eq!(city.try_at_home(&["lake", "found"]).status, 1);
}
