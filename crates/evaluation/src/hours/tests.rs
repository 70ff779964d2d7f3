//! What must not matter does not: order, splitting, invalid hours, absent rows.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use readings::Options;
use standards::air::{Edition, Item, Settings};

use crate::tables::Table;
use crate::tables::days_of;
use crate::{Evaluation, FilesError, Head, Hours, Judge, Pushed, Repeated, evaluate_files};

/// An hour of a station in a test: station 0 … 3, hour 0 … 71 of three days, six values (−1 is missing).
type Row = (usize, i64, [i64; 6]);

/// 2022-05-03T16:00:00Z, midnight of 4 May in UTC+8.
const MIDNIGHT: i64 = 1_651_593_600;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    // Mostly complete days, so that there is something to evaluate.
    let value = prop_oneof![9 => 0_i64..400_000, 1 => Just(-1_i64)];
    let row = (0_usize..4, prop::array::uniform6(value), prop::bool::weighted(0.95));
    proptest::collection::vec(row, 4 * 72).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .filter(|(_, (_, _, is_there))| *is_there)
            .map(|(place, (_, values, _))| (place / 72, (place % 72) as i64, values))
            .collect()
    })
}

fn csv(rows: &[Row]) -> String {
    let mut text = "station,city,time,so2,no2,pm10,co,o3,pm2_5\n".to_owned();
    for (station, hour, values) in rows {
        let time = Timestamp::from_second(MIDNIGHT + hour * 3600).expect("in range");
        text += &format!("S{station},C{},{time}", station / 2);
        for value in values {
            text +=
                &if *value < 0 { ",".to_owned() } else { format!(",{}.{:03}", value / 1000, value % 1000) };
        }
        text.push('\n');
    }
    text
}

/// The same rows as Parquet, in row groups of 50: values as floats or decimals, labels with a zone or without.
fn parquet(path: &std::path::Path, rows: &[Row], decimals: bool, is_utc: bool) {
    use arrow::array::{ArrayRef, Decimal128Array, Float64Array, StringArray, TimestampMillisecondArray};
    let names = |of: &dyn Fn(&Row) -> String| {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of))) as ArrayRef
    };
    let times =
        TimestampMillisecondArray::from_iter_values(rows.iter().map(|row| (MIDNIGHT + row.1 * 3600) * 1000));
    let times = if is_utc { times.with_timezone("UTC") } else { times };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("time", Arc::new(times)),
        ("station", names(&|row| format!("S{}", row.0))),
        ("city", names(&|row| format!("C{}", row.0 / 2))),
    ];
    for item in Item::ALL {
        let values = rows.iter().map(|row| Some(row.2[item.index()]).filter(|value| *value >= 0));
        columns.push((
            item.key(),
            if decimals {
                let values: Decimal128Array =
                    values.map(|value| value.map(|value| i128::from(value) * 10)).collect();
                Arc::new(values.with_precision_and_scale(18, 4).expect("fits"))
            } else {
                Arc::new(
                    values.map(|value| value.map(|value| value as f64 / 1000.0)).collect::<Float64Array>(),
                )
            },
        ));
    }
    let table =
        Table::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
            .expect("a table");
    let properties = ::parquet::file::properties::WriterProperties::builder()
        .set_max_row_group_row_count(Some(50))
        .build();
    let file = std::fs::File::create(path).expect("writable");
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(file, table.schema(), Some(properties)).expect("a writer");
    writer.write(&table).expect("written");
    writer.close().expect("closed");
}

fn of_texts(texts: &[String], repeated: Repeated) -> Result<Table, FilesError> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let files: Vec<PathBuf> = texts
        .iter()
        .enumerate()
        .map(|(place, text)| {
            let path = dir.path().join(format!("{place}.csv"));
            std::fs::write(&path, text).expect("writable");
            path
        })
        .collect();
    let (evaluation, _) =
        evaluate_files(&files, &Options::default(), repeated, Settings::default(), 2, &|_| false)?;
    Ok(days_of(&evaluation, Judge::By(Edition::E2012), Head::Scope, &evaluation.all_scopes(), 6)
        .expect("a table"))
}

fn of(rows: &[Row]) -> Table {
    of_texts(&[csv(rows)], Repeated::Refuse).expect("evaluates")
}

fn shuffled(rows: &[Row], mut seed: u64) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for place in (1..rows.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        rows.swap(place, (seed >> 33) as usize % (place + 1));
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_does_not_matter(rows in rows(), seed: u64) {
        prop_assert_eq!(of(&rows), of(&shuffled(&rows, seed)));
    }

    #[test]
    fn splitting_a_file_does_not_matter(rows in rows(), at in 0_usize..288, seed: u64) {
        let mixed = shuffled(&rows, seed);
        let (one, other) = mixed.split_at(at.min(mixed.len()));
        let parts = of_texts(&[csv(one), csv(other)], Repeated::Refuse).expect("evaluates");
        prop_assert_eq!(of(&rows), parts);
    }

    #[test]
    fn wide_and_long_files_of_the_same_hours_agree(rows in rows(), both in 0_usize..288, seed: u64) {
        let mixed = shuffled(&rows, seed);
        let (wide, long) = mixed.split_at(both.min(mixed.len()));
        let mut text = "station,city,time,item,value\n".to_owned();
        // Some of the wide file's rows stand in the long one as well.
        for (station, hour, values) in long.iter().chain(wide.iter().take(20)) {
            let time = Timestamp::from_second(MIDNIGHT + hour * 3600).expect("in range");
            for (item, value) in Item::ALL.into_iter().zip(values).filter(|(_, value)| **value >= 0) {
                text += &format!("S{station},C{},{time},{},{}.{:03}\n", station / 2, item.key(), value / 1000, value % 1000);
            }
        }
        let table = of_texts(&[csv(wide), text.clone()], Repeated::Refuse).expect("evaluates");
        prop_assert_eq!(&table, &of(&rows));
        prop_assert_eq!(table, of_texts(&[text, csv(wide)], Repeated::Refuse).expect("evaluates"));
    }

    #[test]
    fn a_row_twice_counts_once(rows in rows(), again in 0_usize..288, seed: u64) {
        let mut twice = rows.clone();
        twice.push(rows[again % rows.len()]);
        prop_assert_eq!(of(&rows), of(&shuffled(&twice, seed)));
    }

    #[test]
    fn an_invalid_hour_changes_nothing(rows in rows(), station in 0_usize..4, hour in 0_i64..72) {
        let mut more = csv(&rows);
        let time = Timestamp::from_second(MIDNIGHT + hour * 3600).expect("in range");
        more += &format!("S{station},C{},{time},-99,NA,—,1e9,abc,\n", station / 2);
        prop_assert_eq!(of(&rows), of_texts(&[more], Repeated::Refuse).expect("evaluates"));
    }

    #[test]
    fn an_absent_row_is_an_empty_one(rows in rows(), out in proptest::collection::vec(any::<bool>(), 288)) {
        let is_out = |place: usize| out.get(place).copied().unwrap_or(false);
        let emptied: Vec<Row> =
            rows.iter().enumerate().map(|(place, row)| if is_out(place) { (row.0, row.1, [-1; 6]) } else { *row }).collect();
        let absent: Vec<Row> = rows.iter().enumerate().filter(|(place, _)| !is_out(*place)).map(|(_, row)| *row).collect();
        // Nothing at all is refused in either case.
        match of_texts(&[csv(&emptied)], Repeated::Refuse) {
            Ok(table) => prop_assert_eq!(table, of(&absent)),
            Err(_) => prop_assert!(of_texts(&[csv(&absent)], Repeated::Refuse).is_err()),
        }
    }

    #[test]
    fn parquet_of_any_type_and_csv_agree(rows in rows(), seed: u64, decimals: bool, is_utc: bool) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("hours.parquet");
        parquet(&path, &shuffled(&rows, seed), decimals, is_utc);
        let options = Options { zone: if is_utc { readings::Zone::Local } else { readings::Zone::Utc }, ..Options::default() };
        let (evaluation, read) =
            evaluate_files(&[path], &options, Repeated::Refuse, Settings::default(), 2, &|_| false).expect("evaluates");
        prop_assert_eq!(read.told.fault_count, 0);
        let table = days_of(&evaluation, Judge::By(Edition::E2012), Head::Scope, &evaluation.all_scopes(), 6).expect("a table");
        prop_assert_eq!(table, of(&rows));
    }

    #[test]
    fn pushed_values_and_files_agree(rows in rows(), seed: u64) {
        let mut hours = Hours::new(Settings::default());
        for (station, hour, values) in shuffled(&rows, seed) {
            let number = hours.station(&format!("S{station}"), Some(&format!("C{}", station / 2)));
            let start = Timestamp::from_second(MIDNIGHT + hour * 3600).expect("in range");
            for (item, value) in Item::ALL.into_iter().zip(values) {
                let expected = if value < 0 { Pushed::NoConcentration } else { Pushed::Taken };
                prop_assert_eq!(hours.push(number, start, item, value), expected);
            }
        }
        let evaluation = Evaluation::of(hours.finish(), 2);
        let table = days_of(&evaluation, Judge::By(Edition::E2012), Head::Scope, &evaluation.all_scopes(), 6).expect("a table");
        prop_assert_eq!(table, of(&rows));
    }
}

#[test]
fn two_different_values_of_an_hour_are_told_and_refused() {
    let rows: Vec<Row> = (0..24).map(|hour| (0, hour, [10_000; 6])).collect();
    let mut other = rows[5];
    other.2[5] = 99_000;
    let texts = [csv(&rows), csv(&[other])];
    let error = of_texts(&texts, Repeated::Refuse).expect_err("refused").text().english;
    assert!(error.contains("S0") && error.contains("pm2_5"), "{error}");
    assert!(error.contains("2022-05-04 05:00: 10 (") && error.contains("row 7) and 99 ("), "{error}");

    // The last of the files as they were given.
    let mut replaced = rows.clone();
    replaced[5] = other;
    assert_eq!(of_texts(&texts, Repeated::Last).expect("evaluates"), of(&replaced));
    let [one, two] = texts;
    assert_eq!(of_texts(&[two, one], Repeated::Last).expect("evaluates"), of(&rows));
}

#[test]
fn a_pushed_hour_is_taken_once_and_a_clock_gone_astray_is_kept_out() {
    let mut hours = Hours::new(Settings::default());
    let station = hours.station("S", None);
    let at = |seconds: i64| Timestamp::from_second(seconds).expect("in range");
    assert_eq!(hours.push(station, at(MIDNIGHT), Item::So2, 5_000), Pushed::Taken);
    assert_eq!(hours.push(station, at(MIDNIGHT + 60), Item::So2, 5_000), Pushed::Again);
    assert_eq!(hours.push(station, at(0), Item::So2, 5_000), Pushed::Outside);
    assert_eq!(hours.push(station, at(MIDNIGHT), Item::No2, 100_000_001), Pushed::NoConcentration);
    assert_eq!(hours.push(7, at(MIDNIGHT), Item::No2, 1), Pushed::Outside);
    let evaluation = Evaluation::of(hours.finish(), 1);
    assert_eq!((evaluation.len(), evaluation.first().to_string()), (1, "2022-05-04".to_owned()));
}

#[test]
fn nothing_is_nothing() {
    let evaluation = Evaluation::of(Hours::new(Settings::default()).finish(), 2);
    assert!(evaluation.is_empty() && evaluation.all_scopes().is_empty());
    assert!(evaluation.statistics(crate::Span::Year, 2).is_empty());
}
