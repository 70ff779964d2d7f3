//! Small lakes for tests.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lake::{Kind, Lake, Measurement, Micro, Query, Span};
use tempfile::TempDir;

pub struct City {
    pub dir: TempDir,
    pub lake: Lake,
}

impl City {
    pub fn found() -> City {
        let dir = tempfile::tempdir().unwrap();
        let lake = Lake::found(dir.path()).unwrap();
        City { dir, lake }
    }
}

/// Hour `hour` after the beginning of 2026 in China.
pub fn hour(hour: i64) -> Timestamp {
    "2025-12-31T16:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_hours(hour)
}

pub fn row(station: &str, item: &str, at: i64, value: Option<i64>) -> Measurement {
    Measurement {
        station: station.into(),
        item: item.into(),
        span: Span::Hour,
        time: hour(at),
        value: value.map(|value| Micro(value * 1_000_000)),
        flag: "N".into(),
        source: "test".into(),
    }
}

/// What is read, a line a row: `station item hour value batch`.
pub fn lines(lake: &Lake, query: &Query) -> Vec<String> {
    let mut lines = Vec::new();
    let each = &mut |batch: arrow::array::RecordBatch| {
        for row in lake::rows(&batch)? {
            let at = row.time.duration_since(hour(0)).as_hours();
            let value = row.value.map_or("-".to_owned(), |value| value.to_string());
            lines.push(format!("{} {} {at} {value} #{}", row.station, row.item, row.batch));
        }
        Ok(())
    };
    lake.read(query, each).unwrap();
    lines
}

pub fn air() -> Query {
    Query::all(Kind::Air, Span::Hour)
}

/// All data files of a lake.
pub fn data_files(home: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut dirs = vec![home.join("lake/measurements")];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ending| ending == "parquet")
                && !path.to_string_lossy().contains("_delta_log")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
