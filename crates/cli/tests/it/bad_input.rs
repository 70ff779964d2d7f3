//! Files that no clerk meant to send: a clear answer, and nothing enters.

use std::io::Write;

use super::city::City;
use zip::write::SimpleFileOptions;

/// Imports bytes as a file of this name and returns what is said; nothing may have entered.
fn check(city: &City, name: &str, bytes: &[u8], expected: &str) {
    let size = city.size();
    let file = city.file(name, bytes);
    let printed =
        city.try_at_home(&["import", "districts", &file, "--effective", "2020-01-01", "--owner", "C"]);
    assert!(printed.status == 1 || printed.status == 2, "{name}: status {}", printed.status);
    let said = printed.out + &printed.err;
    assert!(said.to_lowercase().contains(expected), "{name}: {said}");
    assert!(!said.contains("panicked"), "{name}: {said}");
    assert_eq!(city.size(), size, "{name}: something entered");
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("in memory");
        writer.write_all(bytes).expect("in memory");
    }
    writer.finish().expect("in memory").into_inner()
}

#[test]
fn hostile_and_broken_files_enter_nothing() {
    let city = City::founded();
    let workbook = archive(&[("xl/workbook.xml", b"<workbook/>")]);
    check(&city, "empty.csv", b"", "empty");
    check(&city, "empty.xlsx", b"", "empty");
    check(&city, "blank.csv", b"\n\n\n", "");
    check(&city, "truncated.xlsx", &workbook[..workbook.len() / 2], "");
    check(&city, "noise.xlsx", &[0x5A; 4096], "");
    check(&city, "old.xls", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], "");
    check(&city, "bad.csv", b"\xFF\xFE\x00\x80\x81,\xFA\xFB\n", "");
    check(&city, "nul.csv", b"\xe5\x8c\xba\xe4\xbb\xa3\xe7\xa0\x81,\0\n1,2\n", "");
    check(&city, "deep.geojson", "[".repeat(100_000).as_bytes(), "");
    check(&city, "cut.geojson", br#"{"type":"FeatureCollection","features":[{"type":"Fea"#, "");
    let bomb = vec![b' '; 300 << 20];
    check(
        &city,
        "bomb.xlsx",
        &archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &bomb)]),
        "",
    );
    let laughs = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a \"ha\">{}]><workbook>&i;</workbook>",
        ('b'..='i')
            .map(|name| format!(
                "<!ENTITY {name} \"{}\">",
                format!("&{};", (name as u8 - 1) as char).repeat(10)
            ))
            .collect::<String>()
    );
    check(&city, "laughs.xlsx", &archive(&[("xl/workbook.xml", laughs.as_bytes())]), "");
    check(
        &city,
        "paths.xlsx",
        &archive(&[("../../../etc/passwd", b"x"), ("xl/workbook.xml", b"<workbook/>")]),
        "",
    );
    assert!(!city.path().join("../etc/passwd").exists());
}

#[test]
fn what_is_not_there_is_said_plainly() {
    let city = City::founded();
    let file = city.file("docks.csv", b"name\n");
    let printed = city.try_at_home(&["import", "dokcs", &file]);
    assert_eq!(printed.status, 1);
    assert!(printed.err.contains("did you mean `docks`"), "{}", printed.err);
    let printed = city.try_at_home(&["figures", "docks.operatin", "--period", "2022"]);
    assert!(printed.status != 0 && printed.err.contains("docks.operating"), "{}", printed.err);
    let printed = city.try_at_home(&["trace", "docks.operating/2022/0.00000000"]);
    assert!(printed.status != 0 && printed.err.contains("00000000"), "{}", printed.err);
    let printed = city.run(&["figures", "--home", "/nonexistent"]);
    assert!(printed.status == 2 && printed.err.contains("city.toml"), "{}", printed.err);
}
