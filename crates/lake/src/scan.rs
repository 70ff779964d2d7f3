//! One data file as a stream of sorted rows: only the row groups and pages that may hold what is wanted.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::error::ArrowError;
use futures::StreamExt;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, RowFilter, RowSelection,
};
use parquet::arrow::async_reader::ParquetRecordBatchStreamBuilder;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;
use tokio::sync::mpsc::{Receiver, channel};

use crate::error::LakeError;
use crate::file::{DataFile, dictionary, schema};
use crate::object::Object;

const STATION: usize = 0;
const ITEM: usize = 1;
const TIME: usize = 2;

/// What a reader wants of files: nothing that it wants is left out, not everything else is.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Sorted; none: all.
    pub(crate) stations: Option<Vec<String>>,
    /// Sorted; none: all.
    pub(crate) items: Option<Vec<String>>,
    /// Microseconds, the end exclusive.
    pub(crate) times: Range<i64>,
    /// The last batch.
    pub(crate) batch: i64,
}

impl Wanted {
    /// Everything.
    pub(crate) fn all() -> Wanted {
        Wanted { stations: None, items: None, times: i64::MIN..i64::MAX, batch: i64::MAX }
    }

    /// May the file hold any of it?
    pub(crate) fn may_be_in(&self, file: &DataFile) -> bool {
        let bounds = &file.bounds;
        bounds.times.0 < self.times.end
            && bounds.times.1 >= self.times.start
            && bounds.batches.0 <= self.batch
            && any_between(
                self.stations.as_deref(),
                bounds.stations.0.as_bytes(),
                bounds.stations.1.as_bytes(),
            )
            && any_between(self.items.as_deref(), bounds.items.0.as_bytes(), bounds.items.1.as_bytes())
    }
}

/// Is one of the sorted words within the bounds? (All words are.) Byte order is the order of the words.
fn any_between(words: Option<&[String]>, least: &[u8], greatest: &[u8]) -> bool {
    let Some(words) = words else { return true };
    let first = words.partition_point(|word| word.as_bytes() < least);
    words.get(first).is_some_and(|word| word.as_bytes() <= greatest)
}

/// What was learnt of a file's inside, for the next reader: files never change.
pub(crate) type Insides = HashMap<String, ArrowReaderMetadata>;

/// What a scan needs besides the file.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) object: Object,
    pub(crate) file: Arc<DataFile>,
    pub(crate) wanted: Arc<Wanted>,
    pub(crate) known: Option<ArrowReaderMetadata>,
    pub(crate) batch_rows: usize,
}

/// What comes out of a scan.
pub(crate) enum Piece {
    /// The file's inside, first.
    Inside(ArrowReaderMetadata),
    /// Sorted rows.
    Rows(RecordBatch),
}

/// Starts reading. The rows are decoded ahead by one piece.
pub(crate) fn start(runtime: &tokio::runtime::Handle, source: Source) -> Receiver<Result<Piece, LakeError>> {
    let (sender, receiver) = channel(1);
    runtime.spawn(async move {
        let told = |error: parquet::errors::ParquetError, source: &Source| {
            LakeError::Table(format!("`{}`: {error}", source.file.path))
        };
        let stream = async {
            let mut reader = source.object.clone();
            let inside = match &source.known {
                Some(inside) => inside.clone(),
                None => {
                    let options = ArrowReaderOptions::new()
                        .with_skip_arrow_metadata(true)
                        .with_schema(schema(dictionary()))
                        .with_page_index_policy(PageIndexPolicy::Optional);
                    ArrowReaderMetadata::load_async(&mut reader, options).await?
                }
            };
            let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(reader, inside.clone())
                .with_batch_size(source.batch_rows);
            let (groups, selection) = choose(inside.metadata(), &source.wanted);
            let mut builder = builder.with_row_groups(groups);
            if let Some(selection) = selection {
                builder = builder.with_row_selection(selection);
            }
            let (times, bounds) = (source.wanted.times.clone(), source.file.bounds.times);
            if times.start > bounds.0 || times.end <= bounds.1 {
                builder = builder.with_row_filter(time_filter(inside.metadata(), times));
            }
            Ok((inside, builder.build()?))
        };
        let mut stream = match stream.await {
            Ok((inside, stream)) => {
                if source.known.is_none() && sender.send(Ok(Piece::Inside(inside))).await.is_err() {
                    return;
                }
                stream
            }
            Err(error) => {
                let _ = sender.send(Err(told(error, &source))).await;
                return;
            }
        };
        while let Some(batch) = stream.next().await {
            let piece = batch.map(Piece::Rows).map_err(|error| told(error, &source));
            let failed = piece.is_err();
            // Nobody listens any more: whoever asked has stopped.
            if sender.send(piece).await.is_err() || failed {
                return;
            }
        }
    });
    receiver
}

fn time_filter(inside: &ParquetMetaData, times: Range<i64>) -> RowFilter {
    let mask = ProjectionMask::leaves(inside.file_metadata().schema_descr(), [TIME]);
    let within = move |batch: RecordBatch| -> Result<BooleanArray, ArrowError> {
        let column = batch.column(0).as_primitive_opt::<TimestampMicrosecondType>();
        let column = column.ok_or_else(|| ArrowError::CastError("`time` is no time".into()))?;
        Ok(BooleanArray::from_unary(column, |time| times.contains(&time)))
    };
    RowFilter::new(vec![Box::new(ArrowPredicateFn::new(mask, within))])
}

/// The row groups to read, and of their rows those in pages that may hold what is wanted (none: all of them).
fn choose(inside: &ParquetMetaData, wanted: &Wanted) -> (Vec<usize>, Option<RowSelection>) {
    let mut groups = Vec::new();
    let mut ranges = Vec::new();
    let mut total = 0;
    for (index, group) in inside.row_groups().iter().enumerate() {
        let may = (0..3).all(|column| may_hold(group.column(column).statistics(), column, wanted));
        if !may {
            continue;
        }
        let rows = usize::try_from(group.num_rows()).unwrap_or_default();
        let mut selection: Option<RowSelection> = None;
        for column in 0..3 {
            if let Some(pages) = pages(inside, index, column, rows, wanted) {
                let pages = RowSelection::from_consecutive_ranges(pages.into_iter(), rows);
                selection = Some(selection.map_or(pages.clone(), |before| before.intersection(&pages)));
            }
        }
        groups.push(index);
        match selection {
            None => ranges.push(total..total + rows),
            Some(selection) => {
                let mut at = total;
                for selector in selection.iter() {
                    if !selector.skip {
                        ranges.push(at..at + selector.row_count);
                    }
                    at += selector.row_count;
                }
            }
        }
        total += rows;
    }
    let chosen: usize = ranges.iter().map(ExactSizeIterator::len).sum();
    let selection =
        (chosen < total).then(|| RowSelection::from_consecutive_ranges(ranges.into_iter(), total));
    (groups, selection)
}

fn may_hold(statistics: Option<&Statistics>, column: usize, wanted: &Wanted) -> bool {
    match (column, statistics) {
        (TIME, Some(Statistics::Int64(times))) => match (times.min_opt(), times.max_opt()) {
            (Some(first), Some(last)) => *first < wanted.times.end && *last >= wanted.times.start,
            _ => true,
        },
        (STATION | ITEM, Some(Statistics::ByteArray(bytes))) => match (bytes.min_opt(), bytes.max_opt()) {
            (Some(least), Some(greatest)) => {
                any_between(words(column, wanted), least.data(), greatest.data())
            }
            _ => true,
        },
        _ => true,
    }
}

fn words(column: usize, wanted: &Wanted) -> Option<&[String]> {
    if column == STATION { wanted.stations.as_deref() } else { wanted.items.as_deref() }
}

/// The row ranges of a row group's pages that may hold what is wanted by this column. None: no page can be left out.
fn pages(
    inside: &ParquetMetaData,
    group: usize,
    column: usize,
    rows: usize,
    wanted: &Wanted,
) -> Option<Vec<Range<usize>>> {
    let places = inside.offset_index()?.get(group)?.get(column)?.page_locations();
    let index = inside.column_index()?.get(group)?.get(column)?;
    let may = |page: usize| match (column, index) {
        (TIME, ColumnIndexMetaData::INT64(times)) => match (times.min_value(page), times.max_value(page)) {
            (Some(first), Some(last)) => *first < wanted.times.end && *last >= wanted.times.start,
            _ => true,
        },
        (STATION | ITEM, ColumnIndexMetaData::BYTE_ARRAY(bytes)) => {
            match (bytes.min_value(page), bytes.max_value(page)) {
                (Some(least), Some(greatest)) => any_between(words(column, wanted), least, greatest),
                _ => true,
            }
        }
        _ => true,
    };
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut all = true;
    for page in 0..places.len() {
        let start = usize::try_from(places[page].first_row_index).ok()?;
        let end = match places.get(page + 1) {
            Some(next) => usize::try_from(next.first_row_index).ok()?,
            None => rows,
        };
        if !may(page) {
            all = false;
        } else if let Some(last) = ranges.last_mut().filter(|last| last.end == start) {
            last.end = end;
        } else {
            ranges.push(start..end);
        }
    }
    (!all).then_some(ranges)
}

/// A dictionary column's keys and words.
pub(crate) fn dictionary_of(array: &dyn Array) -> Option<(&[i32], &Arc<dyn Array>)> {
    let array = array.as_dictionary_opt::<arrow::datatypes::Int32Type>()?;
    (array.null_count() == 0).then(|| (&array.keys().values()[..], array.values()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_within_bounds() {
        let check = |words: &[&str], least: &str, greatest: &str, expected: bool| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(any_between(Some(&words), least.as_bytes(), greatest.as_bytes()), expected);
        };
        check(&["b", "d"], "c", "c", false);
        check(&["b", "d"], "a", "b", true);
        check(&["b", "d"], "c", "d", true);
        check(&["b", "d"], "e", "f", false);
        check(&[], "a", "z", false);
        assert!(any_between(None, b"a", b"b"));
    }
}
