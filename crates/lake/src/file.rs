//! Data files: sorted rows of one partition as Parquet.
//!
//! A file's rows are sorted by station, item, time, batch, revision, and a station's rows are never split over two files
//! that were written together. A file is named by the hash of its bytes, so that every copy can be checked.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use deltalake_core::kernel::{Add, Remove};
use jiff::Timestamp;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::LakeError;
use crate::measurement::{Kind, Span};
use crate::month::Month;
use crate::rows::{Columns, Words};

/// Rows of a row group: what a reader of the whole file holds at once.
const GROUP_ROWS: usize = 1 << 20;
/// Rows of a page: what a reader of one station reads too much at each end.
const PAGE_ROWS: usize = 8192;

/// A partition of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Part {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
    pub(crate) month: Month,
}

impl Part {
    /// The partition columns' values, in their order.
    fn values(self) -> [(&'static str, String); 3] {
        [
            ("kind", self.kind.key().to_owned()),
            ("span", self.span.key().to_owned()),
            ("month", self.month.to_string()),
        ]
    }

    pub(crate) fn parse(values: &HashMap<String, Option<String>>) -> Option<Part> {
        let value = |key: &str| values.get(key)?.as_deref();
        Some(Part {
            kind: Kind::of(value("kind")?)?,
            span: Span::of(value("span")?)?,
            month: Month::parse(value("month")?)?,
        })
    }

    fn dir(self) -> String {
        let [kind, span, month] = self.values().map(|(key, value)| format!("{key}={value}"));
        format!("{kind}/{span}/{month}")
    }
}

/// A data file as the table's log tells it.
#[derive(Clone, Debug)]
pub(crate) struct DataFile {
    pub(crate) path: String,
    pub(crate) part: Part,
    pub(crate) bytes: u64,
    pub(crate) bounds: Bounds,
}

/// What a file holds at most: to leave out files that a reader does not need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) rows: u64,
    pub(crate) stations: (String, String),
    pub(crate) items: (String, String),
    /// Microseconds; wider by up to a millisecond than the rows are.
    pub(crate) times: (i64, i64),
    pub(crate) batches: (i64, i64),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stats {
    num_records: u64,
    min_values: Values,
    max_values: Values,
    null_count: NullCounts,
}

#[derive(Serialize, Deserialize)]
struct Values {
    station: String,
    item: String,
    time: String,
    batch: i64,
}

#[derive(Serialize, Deserialize)]
struct NullCounts {
    station: u64,
    item: u64,
    time: u64,
    batch: u64,
}

impl Bounds {
    /// The statistics of an Add action. Delta has milliseconds.
    fn to_stats(&self) -> Result<String, LakeError> {
        let (first, last) = self.times;
        let milli = |milli: i64| {
            let time = Timestamp::from_millisecond(milli).map_err(LakeError::table)?;
            Ok(format!("{time:.3}"))
        };
        let stats = Stats {
            num_records: self.rows,
            min_values: Values {
                station: self.stations.0.clone(),
                item: self.items.0.clone(),
                time: milli(first.div_euclid(1000))?,
                batch: self.batches.0,
            },
            max_values: Values {
                station: self.stations.1.clone(),
                item: self.items.1.clone(),
                time: milli(last.div_euclid(1000) + i64::from(last.rem_euclid(1000) > 0))?,
                batch: self.batches.1,
            },
            null_count: NullCounts { station: 0, item: 0, time: 0, batch: 0 },
        };
        serde_json::to_string(&stats).map_err(LakeError::table)
    }

    pub(crate) fn from_stats(stats: &str) -> Option<Bounds> {
        let Stats { num_records, min_values: min, max_values: max, .. } = serde_json::from_str(stats).ok()?;
        let micros = |time: &str| Some(time.parse::<Timestamp>().ok()?.as_microsecond());
        Some(Bounds {
            rows: num_records,
            stations: (min.station, max.station),
            items: (min.item, max.item),
            // Whoever rewrote the statistics may have cut the last millisecond's rest off.
            times: (micros(&min.time)?, micros(&max.time)?.saturating_add(999)),
            batches: (min.batch, max.batch),
        })
    }
}

/// The columns in the files. The partition's are in the files' names only, as Delta wants it.
pub(crate) fn schema(words: DataType) -> SchemaRef {
    let instant = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("station", words.clone(), false),
        Field::new("item", words.clone(), false),
        Field::new("time", instant(), false),
        Field::new("value", DataType::Decimal128(18, 6), true),
        Field::new("flag", words.clone(), false),
        Field::new("source", words, false),
        Field::new("batch", DataType::Int64, false),
        Field::new("revision", DataType::Int64, false),
        Field::new("recorded", instant(), false),
    ]))
}

/// How words are held in memory.
pub(crate) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn properties() -> WriterProperties {
    let path = |column: &str| ColumnPath::from(column);
    let mut properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("qingyuan".to_owned())
        .set_sorting_columns(Some(
            (0..3)
                .map(|column| SortingColumn { column_idx: column, descending: false, nulls_first: false })
                .collect(),
        ))
        .set_compression(Compression::ZSTD(ZstdLevel::default()));
    for column in ["station", "item", "time"] {
        properties = properties.set_column_statistics_enabled(path(column), EnabledStatistics::Page);
    }
    // Hours follow each other: their differences cost nothing.
    for column in ["time", "recorded"] {
        properties = properties
            .set_column_dictionary_enabled(path(column), false)
            .set_column_encoding(path(column), Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

/// A file that is complete and not yet stored.
pub(crate) struct NewFile {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) part: Part,
    pub(crate) bounds: Bounds,
}

impl NewFile {
    /// The log's word for it.
    pub(crate) fn add(&self, data_change: bool) -> Result<Add, LakeError> {
        Ok(Add {
            path: self.path.clone(),
            partition_values: partition_values(self.part),
            size: self.bytes.len() as i64,
            modification_time: Timestamp::now().as_millisecond(),
            data_change,
            stats: Some(self.bounds.to_stats()?),
            ..Add::default()
        })
    }
}

impl DataFile {
    /// The log's word for its being replaced.
    pub(crate) fn remove(&self) -> Remove {
        Remove {
            path: self.path.clone(),
            data_change: false,
            deletion_timestamp: Some(Timestamp::now().as_millisecond()),
            extended_file_metadata: Some(true),
            partition_values: Some(partition_values(self.part)),
            size: Some(self.bytes as i64),
            ..Remove::default()
        }
    }

    /// Has the name the hash of these bytes?
    pub(crate) fn is_named_after(&self, bytes: &[u8]) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.strip_suffix(".parquet").is_some_and(|stem| stem.ends_with(&hash(bytes)))
    }
}

fn partition_values(part: Part) -> HashMap<String, Option<String>> {
    part.values().into_iter().map(|(key, value)| (key.to_owned(), Some(value))).collect()
}

/// The first half of the SHA-256, in hexadecimal.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..16].iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Writes one partition's sorted rows into files of a size.
pub(crate) struct FileWriter {
    part: Part,
    file_rows: usize,
    open: Option<OpenFile>,
}

struct OpenFile {
    writer: ArrowWriter<Vec<u8>>,
    rows: usize,
    first_station: String,
    last_station: u32,
    items: BTreeSet<u32>,
    times: (i64, i64),
    batches: (i64, i64),
}

impl FileWriter {
    pub(crate) fn new(part: Part, file_rows: usize) -> FileWriter {
        FileWriter { part, file_rows, open: None }
    }

    /// Takes rows that come after those before. Returns the files that became full.
    pub(crate) fn write(&mut self, words: &mut Words, rows: &Columns) -> Result<Vec<NewFile>, LakeError> {
        let mut full = Vec::new();
        let mut from = 0;
        while from < rows.len() {
            let open = match &mut self.open {
                Some(open) => open,
                None => self.open.insert(OpenFile::new(words.word(rows.station[from]))?),
            };
            // So many as the file has room for, and then to the end of the station.
            let mut to = rows.len().min(from + self.file_rows.saturating_sub(open.rows));
            let last = if to > from { rows.station[to - 1] } else { open.last_station };
            while to < rows.len() && rows.station[to] == last {
                to += 1;
            }
            open.write(words, rows, from..to)?;
            if to < rows.len() {
                full.extend(self.finish(words)?);
            }
            from = to;
        }
        Ok(full)
    }

    /// The last file, if there is one.
    pub(crate) fn finish(&mut self, words: &Words) -> Result<Option<NewFile>, LakeError> {
        self.open.take().map(|open| open.finish(words, self.part)).transpose()
    }
}

impl OpenFile {
    fn new(first_station: &str) -> Result<OpenFile, LakeError> {
        // Without the Arrow schema in the file: other engines are to see plain strings.
        let options = ArrowWriterOptions::new().with_properties(properties()).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(Vec::new(), schema(dictionary()), options);
        Ok(OpenFile {
            writer: writer.map_err(LakeError::table)?,
            rows: 0,
            first_station: first_station.to_owned(),
            last_station: 0,
            items: BTreeSet::new(),
            times: (i64::MAX, i64::MIN),
            batches: (i64::MAX, i64::MIN),
        })
    }

    fn write(&mut self, words: &mut Words, rows: &Columns, range: Range<usize>) -> Result<(), LakeError> {
        let Some(last) = range.clone().last() else { return Ok(()) };
        let mut item = None;
        for index in range.clone() {
            if item != Some(rows.item[index]) {
                item = Some(rows.item[index]);
                self.items.insert(rows.item[index]);
            }
            let (time, batch) = (rows.time[index], rows.batch[index]);
            self.times = (self.times.0.min(time), self.times.1.max(time));
            self.batches = (self.batches.0.min(batch), self.batches.1.max(batch));
        }
        self.last_station = rows.station[last];
        self.rows += range.len();
        let arrays = rows.arrays(words, range)?;
        let batch = RecordBatch::try_new(schema(dictionary()), arrays).map_err(LakeError::table)?;
        self.writer.write(&batch).map_err(LakeError::table)
    }

    fn finish(self, words: &Words, part: Part) -> Result<NewFile, LakeError> {
        let items = || self.items.iter().map(|item| words.word(*item));
        let bounds = Bounds {
            rows: self.rows as u64,
            stations: (self.first_station, words.word(self.last_station).to_owned()),
            items: (
                items().min().unwrap_or_default().to_owned(),
                items().max().unwrap_or_default().to_owned(),
            ),
            times: self.times,
            batches: self.batches,
        };
        let bytes = self.writer.into_inner().map_err(LakeError::table)?;
        let path = format!("{}/{:08}-{}.parquet", part.dir(), bounds.batches.1, hash(&bytes));
        Ok(NewFile { path, bytes, part, bounds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_survive_the_log() {
        let bounds = Bounds {
            rows: 7,
            stations: ("a".into(), "站".into()),
            items: ("co".into(), "so2".into()),
            times: (-1_500_001, 1_767_225_600_000_001),
            batches: (1, 9),
        };
        let stats = bounds.to_stats().unwrap();
        assert!(stats.contains(r#""time":"1969-12-31T23:59:58.499Z""#), "{stats}");
        let back = Bounds::from_stats(&stats).unwrap();
        assert!(back.times.0 <= bounds.times.0 && back.times.1 >= bounds.times.1);
        assert_eq!((back.times.0, back.times.1), (-1_501_000, 1_767_225_600_001_999));
        assert_eq!(Bounds { times: bounds.times, ..back }, bounds);
    }
}
