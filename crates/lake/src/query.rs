//! What can be asked, and the shape of the answers.

use std::sync::Arc;

use arrow::array::{Array, AsArray, DictionaryArray, RecordBatch};
use arrow::datatypes::{
    DataType, Decimal128Type, Field, Int32Type, Int64Type, Schema, SchemaRef, TimeUnit,
    TimestampMicrosecondType,
};
use jiff::Timestamp;

use crate::error::LakeError;
use crate::measurement::{Kind, Micro, Span};

/// Which rows to read.
#[derive(Clone, Debug)]
pub struct Query {
    /// The kind of station.
    pub kind: Kind,
    /// The span.
    pub span: Span,
    /// Only these stations.
    pub stations: Option<Vec<String>>,
    /// Only these items.
    pub items: Option<Vec<String>>,
    /// The first time.
    pub from: Timestamp,
    /// The end of the time, exclusive.
    pub to: Timestamp,
    /// The last batch to know of. None: all that there are now.
    pub known_at: Option<u64>,
}

impl Query {
    /// Everything of a kind and span.
    pub fn all(kind: Kind, span: Span) -> Query {
        Query {
            kind,
            span,
            stations: None,
            items: None,
            from: Timestamp::MIN,
            to: Timestamp::MAX,
            known_at: None,
        }
    }
}

/// One of several rows about the same station, item, span and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The kind under which it was stored.
    pub kind: Kind,
    /// The batch.
    pub batch: u64,
    /// When the lake had received it.
    pub recorded: Timestamp,
    /// The value.
    pub value: Option<Micro>,
    /// The source's mark.
    pub flag: String,
    /// Where it came from.
    pub source: String,
}

/// The columns of what [`crate::Lake::read`] gives: `station`, `item`, `flag`, `source` as dictionary(int32, utf8);
/// `time` and `recorded` as timestamp(µs, UTC); `value` as decimal(18,6), nullable; `batch` as int64. (The kind and the
/// span are the query's.)
pub fn schema() -> SchemaRef {
    let word = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let instant = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("station", word(), false),
        Field::new("item", word(), false),
        Field::new("time", instant(), false),
        Field::new("value", DataType::Decimal128(18, 6), true),
        Field::new("flag", word(), false),
        Field::new("source", word(), false),
        Field::new("batch", DataType::Int64, false),
        Field::new("recorded", instant(), false),
    ]))
}

/// A row of a batch with the columns of [`schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The station's code.
    pub station: &'a str,
    /// What was measured.
    pub item: &'a str,
    /// The start of the time.
    pub time: Timestamp,
    /// The value.
    pub value: Option<Micro>,
    /// The source's mark.
    pub flag: &'a str,
    /// Where it came from.
    pub source: &'a str,
    /// The batch.
    pub batch: u64,
    /// When the lake had received it.
    pub recorded: Timestamp,
}

/// The rows of a batch with the columns of [`schema`], for those who do not think in columns.
pub fn rows(batch: &RecordBatch) -> Result<impl Iterator<Item = Row<'_>>, LakeError> {
    if batch.schema_ref().fields() != schema().fields() {
        return Err(LakeError::Damaged("a batch has not the columns of a reading".into()));
    }
    let column = |index: usize| batch.column(index);
    let station = Words::new(column(0))?;
    let item = Words::new(column(1))?;
    let time = column(2).as_primitive::<TimestampMicrosecondType>();
    let value = column(3).as_primitive::<Decimal128Type>();
    let flag = Words::new(column(4))?;
    let source = Words::new(column(5))?;
    let batch_number = column(6).as_primitive::<Int64Type>();
    let recorded = column(7).as_primitive::<TimestampMicrosecondType>();
    let instant = |micros| Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX);
    Ok((0..batch.num_rows()).map(move |index| Row {
        station: station.get(index),
        item: item.get(index),
        time: instant(time.value(index)),
        // decimal(18,6) is within an i64.
        value: value.is_valid(index).then(|| Micro(value.value(index) as i64)),
        flag: flag.get(index),
        source: source.get(index),
        batch: batch_number.value(index).unsigned_abs(),
        recorded: instant(recorded.value(index)),
    }))
}

/// A dictionary column.
#[derive(Clone, Copy)]
struct Words<'a> {
    keys: &'a [i32],
    words: &'a arrow::array::StringArray,
}

impl<'a> Words<'a> {
    fn new(array: &'a dyn Array) -> Result<Words<'a>, LakeError> {
        let wrong = || LakeError::Damaged("a column is not a dictionary of words".into());
        let array: &DictionaryArray<Int32Type> = array.as_any().downcast_ref().ok_or_else(wrong)?;
        let words = array.values().as_any().downcast_ref().ok_or_else(wrong)?;
        Ok(Words { keys: array.keys().values(), words })
    }

    fn get(&self, index: usize) -> &'a str {
        usize::try_from(self.keys[index]).map_or("", |key| self.words.value(key))
    }
}
