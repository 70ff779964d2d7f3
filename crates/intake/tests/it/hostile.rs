//! Files that are broken or meant to harm: a clear error, bounded memory, nothing entered.

use std::io::Write as _;

use insta::assert_snapshot;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::city::City;

fn check(name: &str, bytes: &[u8]) -> String {
    City::new().docks(name, bytes)
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

#[test]
fn what_is_no_table_is_named() {
    assert_snapshot!(check("a.xlsx", b""), @"the file is empty");
    assert_snapshot!(check("a.csv", b""), @"the file is empty");
    assert_snapshot!(check("a.csv", b"\n\n\n"), @"the file has no heading row");
    assert_snapshot!(check("a.csv", "码头名称,泊位数\n".as_bytes()), @"the file has no rows of data");
    assert_snapshot!(check("a.pdf", b"%PDF-1.7"), @"the format of the file is unknown; wanted .xlsx, .csv or .geojson");
    assert_snapshot!(check("a.xlsx", b"hello"), @"this is not an XLSX workbook (it is no archive); the file may be damaged");
    assert_snapshot!(check("a.xlsx", b"\xEF\xBB\xBF <html><table>"), @"this is a web page or an XML table, not an XLSX workbook; open it in Excel and save it as “Excel Workbook (*.xlsx)”");
    assert_snapshot!(check("a.xls", b"<html><table>"), @"`.xls` files are not supported; save it as “Excel Workbook (*.xlsx)”");
    assert_snapshot!(check("a.csv", &zipped(&[("a", b"b")])), @"the archive holds no workbook; it is not an XLSX file");
    assert_snapshot!(check("a.xlsx", &zipped(&[("readme.txt", b"hello")])), @"the archive holds no workbook; it is not an XLSX file");
    assert_snapshot!(check("a.csv", b"\xFF\xFEn\0a\0"), @"the file is in UTF-16; save it as UTF-8 (“CSV UTF-8”) or GB18030");
    assert_snapshot!(check("a.csv", b"name,berths\nx\0y,1\n"), @"line 2 contains a NUL byte: this is no text file, or it is damaged");
    assert_snapshot!(check("a.csv", b"name,berths\nx,1\n\xFF\xFF,1\n"), @"the encoding is broken: not UTF-8 (line 3), not GB18030 (line 3); save the file as UTF-8");
    assert_snapshot!(check("a.geojson", b"[1,2,3]"), @"not valid GeoJSON: invalid type: sequence, expected a GeoJSON FeatureCollection at line 1 column 1");
    assert_snapshot!(check("a.geojson", br#"{"type":"FeatureCollection"}"#), @"this is not a GeoJSON FeatureCollection");
    assert_snapshot!(check("a.geojson", br#"{"features":[{"properties":{"name":"x"#), @"the file is cut off at line 1");
    assert_snapshot!(check("a.geojson", b"{\"features\":\xFF"), @"not valid GeoJSON: expected value at line 1 column 13");
}

#[test]
fn old_and_locked_workbooks_are_named() {
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    assert_snapshot!(check("a.xls", &ole), @"this is a workbook of Excel 97 to 2003 (.xls), which is not supported; save it as “Excel Workbook (*.xlsx)”");
    let mut locked = ole;
    locked.resize(4096, 0);
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_snapshot!(check("a.xlsx", &locked), @"the workbook is protected by a password; remove the password in Excel and save it again");
}

#[test]
fn archives_are_measured_before_they_are_read() {
    let workbook =
        br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>"#.as_slice();
    let good = zipped(&[("xl/workbook.xml", workbook)]);
    assert_snapshot!(check("a.xlsx", &good[..good.len() - 30]), @"this is no whole Excel workbook: it is damaged, or was cut short on its way; send it again, or open it in Excel and save it as .xlsx");
    assert_snapshot!(check("a.xlsx", &good), @"the workbook's content is incomplete or damaged and cannot be read; open it in Excel and save it again");
    assert_snapshot!(check("a.xlsx", &zipped(&[("xl/workbook.xml", workbook), ("../../etc/passwd", b"x")])), @"the archive has a part named `../../etc/passwd` that leads out of its folder, which may be an attack");
    let laughs = br#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;">]><workbook>&lol1;</workbook>"#;
    assert_snapshot!(check("a.xlsx", &zipped(&[("xl/workbook.xml", laughs.as_slice())])), @"`xl/workbook.xml`: it contains a document type (DTD), which may be an attack");
    let spaces = vec![b' '; 80 << 20];
    assert_snapshot!(check("a.xlsx", &zipped(&[("xl/workbook.xml", workbook), ("xl/worksheets/sheet1.xml", &spaces)])), @"`xl/worksheets/sheet1.xml` inflates to more than a workbook may hold; it may be a zip bomb");
    // The directory declares a small size; inflating tells the truth.
    let mut lying = zipped(&[("xl/workbook.xml", workbook), ("xl/styles.xml", &vec![b' '; 20 << 20])]);
    let declared = (20_u32 << 20).to_le_bytes();
    let places: Vec<usize> = lying
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == declared)
        .map(|(place, _)| place)
        .collect();
    for place in places {
        lying[place..place + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let found = check("a.xlsx", &lying);
    assert!(found.contains("damaged") || found.contains("bomb"), "{found}");
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{{\"features\":[{{\"properties\":{}{}}}]}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_snapshot!(check("a.geojson", deep.as_bytes()), @"line 1, column 152: nested too deep");
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_snapshot!(check("a.geojson", deep.as_bytes()), @"this is not a GeoJSON FeatureCollection");
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_bounded_memory() {
    let mut csv = "码头名称,泊位数\n一,\"".to_owned();
    csv += &"x,y\n".repeat(4 << 20);
    assert_snapshot!(check("a.csv", csv.as_bytes()), @"row 2 is too long; perhaps a quotation mark is not closed");
    let mut feature = r#"{"features":[{"properties":{"name":""#.to_owned();
    feature += &"x".repeat(40 << 20);
    assert_snapshot!(check("a.geojson", feature.as_bytes()), @"a feature is larger than 32 MB, or the file cannot be read (line 1)");
}

#[test]
fn too_many_rows_are_refused() {
    let mut csv = "码头名称,填报单位,生效日期\n".to_owned();
    csv += &"\n".repeat(1_048_576);
    assert_snapshot!(check("a.csv", csv.as_bytes()), @"the file has more than 1048576 rows; divide it into several files");
}

/// A gigabyte of rows: slow, so only in the long form.
#[test]
fn a_gigabyte_is_streamed() {
    if std::env::var("QINGYUAN_LONG").is_err() {
        return;
    }
    let city = City::new();
    let path = city.folder.path().join("big.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    file.write_all("码头名称,说明\n".as_bytes()).expect("bytes");
    let line = format!("x,{}\n", "长".repeat(330));
    for _ in 0..1_048_575 {
        file.write_all(line.as_bytes()).expect("bytes");
    }
    drop(file);
    let error = intake::import(
        crate::city::pack(),
        &city.ledger,
        "docks",
        &path,
        &crate::city::options(),
        &mut |_, _| {},
    );
    let error = error.expect_err("faults").text().english;
    assert!(error.contains("nothing was entered"), "{error}");
    let peak = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(line) = peak.lines().find(|line| line.starts_with("VmHWM")) {
        println!("peak memory: {line}");
    }
}

/// Whatever the bytes, there is an answer and nothing enters.
#[test]
fn no_file_panics() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    let city = City::new();
    let size = city.size();
    let dry = intake::ImportOptions { dry_run: true, ..crate::city::options() };
    let words = "码头名称|泊位数|长度|建成日期|岸线|name|状态|填报单位|[,;\t\"\r\n]{1,3}|[-+0-9.,年月日/ ]{1,8}|POINT\\(1 2\\)|U1|是|\\PC{1,4}";
    let csv = proptest::collection::vec(words, 0..40).prop_map(|parts| parts.concat().into_bytes());
    let json = "\\{\"features\":\\[(\\{\"properties\":\\{\"name\":[0-9a-z\"]{0,9}\\}(,\"geometry\":[a-z0-9\"\\[\\]{}:,]{0,20})?\\},?){0,3}\\]?\\}?".prop_map(String::into_bytes);
    let any = prop_oneof![csv, json, proptest::collection::vec(any::<u8>(), 0..200)];
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    runner
        .run(&(any, 0..3_usize), |(bytes, kind)| {
            let _ = city.import("docks", ["a.csv", "a.geojson", "a.xlsx"][kind], &bytes, &dry);
            Ok(())
        })
        .expect("no panic");
    assert_eq!(city.size(), size);
}

/// A workbook with any byte changed is read, or refused, and never breaks anything.
#[test]
fn no_damaged_workbook_panics() {
    use proptest::test_runner::{Config, TestRunner};

    let city = City::new();
    let dry = intake::ImportOptions { dry_run: true, ..crate::city::options() };
    let good = intake::template(crate::city::pack(), &city.ledger, "docks", message::Language::Simplified)
        .expect("a template");
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    runner
        .run(&(0..good.len(), proptest::prelude::any::<u8>()), |(place, byte)| {
            let mut bytes = good.clone();
            bytes[place] = byte;
            let _ = city.import("docks", "a.xlsx", &bytes, &dry);
            Ok(())
        })
        .expect("no panic");
}
