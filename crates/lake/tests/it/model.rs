//! Any sequence of doings gives what a simple list of rows would.

use std::collections::BTreeMap;

use lake::{Kind, Lake, Measurement, Micro, Options, Query, Span};
use proptest::prelude::*;

use super::common::{air, hour, lines};

#[derive(Clone, Debug)]
enum Doing {
    Append(Vec<(u8, u8, u8, Option<i8>)>),
    Again,
    Spool(Vec<(u8, u8, u8, Option<i8>)>),
    Flush,
    Maintain,
    Compact,
    Reopen,
}

fn rows() -> impl Strategy<Value = Vec<(u8, u8, u8, Option<i8>)>> {
    proptest::collection::vec((0..3_u8, 0..2_u8, 0..4_u8, proptest::option::of(any::<i8>())), 0..12)
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        4 => rows().prop_map(Doing::Append),
        1 => Just(Doing::Again),
        4 => rows().prop_map(Doing::Spool),
        2 => Just(Doing::Flush),
        1 => Just(Doing::Maintain),
        1 => Just(Doing::Compact),
        1 => Just(Doing::Reopen),
    ]
}

/// Hours of three months.
fn measurement(row: (u8, u8, u8, Option<i8>)) -> Measurement {
    Measurement {
        station: format!("S{}", row.0),
        item: ["co", "so2"][usize::from(row.1)].into(),
        span: Span::Hour,
        time: hour([0, 1, 743, 2000][usize::from(row.2)]),
        value: row.3.map(|value| Micro(i64::from(value) * 1_000_000)),
        flag: String::new(),
        source: String::new(),
    }
}

/// What a list of rows says was known at a batch.
fn known(batches: &[Vec<Measurement>], at: usize) -> Vec<String> {
    let mut latest = BTreeMap::new();
    for (index, batch) in batches[..at].iter().enumerate() {
        for row in batch {
            let value = row.value.map_or("-".to_owned(), |value| value.to_string());
            latest.insert((row.station.clone(), row.item.clone(), row.time), (value, index + 1));
        }
    }
    latest
        .into_iter()
        .map(|((station, item, time), (value, batch))| {
            let at = time.duration_since(hour(0)).as_hours();
            format!("{station} {item} {at} {value} #{batch}")
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("QINGYUAN_LONG").is_some() { 256 } else { 12 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_lake_is_a_list_of_rows(doings in proptest::collection::vec(doing(), 1..20)) {
        let dir = tempfile::tempdir().unwrap();
        let options = Options { segment_bytes: 600, merge_files: 2, file_rows: 4, keep_replaced_seconds: 0, ..Options::default() };
        let mut lake = Lake::found(dir.path()).unwrap().with(options.clone());
        let mut spool = None;
        let mut batches: Vec<Vec<Measurement>> = Vec::new();
        let mut spooled: Vec<Measurement> = Vec::new();
        let mut appended: Vec<(String, Vec<Measurement>)> = Vec::new();
        let mut reopened = 0;
        for doing in doings {
            // Whoever opens the spool flushes what an earlier process left.
            if matches!(doing, Doing::Spool(_)) && spool.is_none() {
                if !spooled.is_empty() {
                    batches.push(std::mem::take(&mut spooled));
                }
                spool = Some(lake.spool().unwrap());
            }
            match doing {
                Doing::Append(rows) => {
                    let rows: Vec<_> = rows.into_iter().map(measurement).collect();
                    let key = format!("key {}", appended.len());
                    let receipt = lake.append(&key, Kind::Air, &rows).unwrap();
                    batches.push(rows.clone());
                    prop_assert_eq!(receipt.batch, batches.len() as u64);
                    appended.push((key, rows));
                }
                Doing::Again => {
                    if let Some((key, rows)) = appended.first() {
                        prop_assert!(lake.append(key, Kind::Air, rows).unwrap().repeated);
                    }
                }
                Doing::Spool(rows) => {
                    let rows: Vec<_> = rows.into_iter().map(measurement).collect();
                    spool.as_ref().unwrap().store(Kind::Air, rows.clone()).unwrap();
                    spooled.extend(rows);
                }
                Doing::Flush => {
                    prop_assert_eq!(lake.flush().unwrap(), spooled.len() as u64);
                    if !spooled.is_empty() {
                        batches.push(std::mem::take(&mut spooled));
                    }
                }
                Doing::Maintain => {
                    lake.maintain().unwrap();
                }
                Doing::Compact => {
                    lake.compact().unwrap();
                }
                Doing::Reopen => {
                    spool = None;
                    drop(lake);
                    lake = Lake::open(dir.path()).unwrap().with(options.clone());
                    reopened += 1;
                }
            }
            prop_assert_eq!(lines(&lake, &air()), known(&batches, batches.len()));
        }
        for at in 0..=batches.len() {
            prop_assert_eq!(lines(&lake, &Query { known_at: Some(at as u64), ..air() }), known(&batches, at), "reopened {}", reopened);
        }
        prop_assert_eq!(lake.verify(&mut |_, _| {}).unwrap(), []);
        for row in batches.iter().flatten().take(5) {
            let history = lake.history(&row.station, &row.item, Span::Hour, row.time).unwrap();
            let expected: Vec<_> = batches
                .iter()
                .enumerate()
                .flat_map(|(index, batch)| batch.iter().map(move |row| (index as u64 + 1, row)))
                .filter(|(_, other)| (&other.station, &other.item, other.time) == (&row.station, &row.item, row.time))
                .map(|(batch, row)| (batch, row.value))
                .collect();
            let told: Vec<_> = history.iter().map(|version| (version.batch, version.value)).collect();
            prop_assert_eq!(told, expected);
        }
    }
}
