//! Many sorted files as one sorted stream of rows.
//!
//! Rows are merged by runs, not one by one: in a file all rows of a station's item stand together in the order of time,
//! so only runs are compared by their words. Files of different months never overlap in time, so of a run only one
//! month's rows are held at once.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use tokio::sync::mpsc::Receiver;

use crate::error::LakeError;
use crate::month::Month;
use crate::rows::{Columns, NO_VALUE, Words};
use crate::scan::{Piece, dictionary_of};

/// One file's stream and where it stands.
pub(crate) struct Cursor {
    pub(crate) path: String,
    pub(crate) month: Month,
    pub(crate) pieces: Receiver<Result<Piece, LakeError>>,
    rows: Columns,
    at: usize,
    maps: [WordMap; 4],
    pub(crate) inside: Option<ArrowReaderMetadata>,
}

/// From a dictionary's numbers to ours; kept while the dictionary stays the same.
#[derive(Default)]
struct WordMap {
    values: Option<Arc<dyn Array>>,
    ids: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;

impl WordMap {
    fn map(&mut self, words: &mut Words, array: &dyn Array, out: &mut Vec<u32>) -> Option<()> {
        let (keys, values) = dictionary_of(array)?;
        let same = self.values.as_ref().is_some_and(|before| Arc::ptr_eq(before, values));
        if !same {
            self.values = Some(Arc::clone(values));
            self.ids.clear();
            self.ids.resize(values.len(), UNKNOWN);
        }
        let values: &StringArray = values.as_any().downcast_ref()?;
        out.clear();
        out.reserve(keys.len());
        for key in keys {
            let id = self.ids.get_mut(usize::try_from(*key).ok()?)?;
            if *id == UNKNOWN {
                *id = words.id(values.value(*key as usize));
            }
            out.push(*id);
        }
        Some(())
    }
}

impl Cursor {
    pub(crate) fn new(path: String, month: Month, pieces: Receiver<Result<Piece, LakeError>>) -> Cursor {
        Cursor {
            path,
            month,
            pieces,
            rows: Columns::default(),
            at: 0,
            maps: Default::default(),
            inside: None,
        }
    }

    /// Makes sure that there is a next row, unless the file is at its end.
    fn fill(&mut self, words: &mut Words) -> Result<bool, LakeError> {
        while self.at >= self.rows.len() {
            match futures::executor::block_on(self.pieces.recv()) {
                None => return Ok(false),
                Some(Err(error)) => return Err(error),
                Some(Ok(Piece::Inside(inside))) => self.inside = Some(inside),
                Some(Ok(Piece::Rows(batch))) => {
                    self.at = 0;
                    self.take(words, &batch).ok_or_else(|| {
                        LakeError::Damaged(format!("`{}` has not the columns of measurements", self.path))
                    })?;
                }
            }
        }
        Ok(true)
    }

    fn take(&mut self, words: &mut Words, batch: &RecordBatch) -> Option<()> {
        if batch.num_columns() != 9 {
            return None;
        }
        let rows = &mut self.rows;
        let columns = [&mut rows.station, &mut rows.item, &mut rows.flag, &mut rows.source];
        for ((map, out), column) in self.maps.iter_mut().zip(columns).zip([0, 1, 4, 5]) {
            map.map(words, batch.column(column).as_ref(), out)?;
        }
        let replace = |out: &mut Vec<i64>, values: &[i64]| {
            out.clear();
            out.extend_from_slice(values);
        };
        let time = |column: usize| batch.column(column).as_primitive_opt::<TimestampMicrosecondType>();
        let number = |column: usize| batch.column(column).as_primitive_opt::<Int64Type>();
        replace(&mut rows.time, time(2)?.values());
        replace(&mut rows.batch, number(6)?.values());
        replace(&mut rows.revision, number(7)?.values());
        replace(&mut rows.recorded, time(8)?.values());
        let value = batch.column(3).as_primitive_opt::<Decimal128Type>()?;
        rows.value.clear();
        rows.value.extend(value.values().iter().map(|value| *value as i64));
        if value.null_count() > 0 {
            for index in (0..value.len()).filter(|index| value.is_null(*index)) {
                rows.value[index] = NO_VALUE;
            }
        }
        Some(())
    }

    /// The station and item of the next row.
    fn key(&self) -> (u32, u32) {
        (self.rows.station[self.at], self.rows.item[self.at])
    }
}

/// What becomes of the rows of one station's item in one month.
pub(crate) trait Sink {
    /// Are this station's item's rows wanted?
    fn wants(&mut self, words: &Words, station: u32, item: u32) -> bool;
    /// Sorted by time, batch and revision; all rows of one time at once.
    fn take(&mut self, words: &mut Words, rows: &Columns, range: Range<usize>) -> Result<(), LakeError>;
}

/// Merges files, sorted by month, into a sink. Returns the words that were met.
pub(crate) fn merge(cursors: &mut [Cursor], sink: &mut dyn Sink) -> Result<Words, LakeError> {
    debug_assert!(cursors.is_sorted_by_key(|cursor| cursor.month));
    let mut words = Words::default();
    let mut live = Vec::with_capacity(cursors.len());
    for (index, cursor) in cursors.iter_mut().enumerate() {
        if cursor.fill(&mut words)? {
            live.push(index);
        }
    }
    let mut wanted: HashMap<(u32, u32), bool> = HashMap::new();
    let mut run = Columns::default();
    while let Some(key) = least(cursors, &live, &words) {
        let takes = *wanted.entry(key).or_insert_with(|| sink.wants(&words, key.0, key.1));
        // Of the files that stand at this run, those of one month after the other.
        let mut at = 0;
        while at < live.len() {
            let month = cursors[live[at]].month;
            let end = at + live[at..].iter().take_while(|index| cursors[**index].month == month).count();
            run.clear();
            let mut parts = Vec::new();
            for index in &live[at..end] {
                let cursor = &mut cursors[*index];
                let before = run.len();
                take_run(cursor, &mut words, key, takes.then_some(&mut run))?;
                if run.len() > before {
                    parts.push(before..run.len());
                }
            }
            hand_over(&run, parts, &mut words, sink)?;
            at = end;
        }
        let mut failed = None;
        live.retain(|index| match cursors[*index].fill(&mut words) {
            Ok(more) => more,
            Err(error) => {
                failed = Some(error);
                false
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(words)
}

fn least(cursors: &[Cursor], live: &[usize], words: &Words) -> Option<(u32, u32)> {
    let mut least: Option<(u32, u32)> = None;
    for index in live {
        let key = cursors[*index].key();
        least = match least {
            None => Some(key),
            Some(before) if key == before => Some(before),
            Some(before) => Some(if compare(words, key, before) == Ordering::Less { key } else { before }),
        };
    }
    least
}

fn compare(words: &Words, a: (u32, u32), b: (u32, u32)) -> Ordering {
    let word = |id| words.word(id);
    (word(a.0), word(a.1)).cmp(&(word(b.0), word(b.1)))
}

/// Takes the rows of a run out of a file, over the ends of its pieces.
fn take_run(
    cursor: &mut Cursor,
    words: &mut Words,
    key: (u32, u32),
    mut run: Option<&mut Columns>,
) -> Result<(), LakeError> {
    while cursor.fill(words)? && cursor.key() == key {
        let from = cursor.at;
        let (stations, items) = (&cursor.rows.station[from..], &cursor.rows.item[from..]);
        let same = stations.iter().zip(items).take_while(|(station, item)| (**station, **item) == key);
        cursor.at = from + same.count();
        if let Some(run) = run.as_deref_mut() {
            run.extend(&cursor.rows, from..cursor.at);
        }
    }
    Ok(())
}

/// Brings the parts of a run, each sorted, into one order.
fn hand_over(
    run: &Columns,
    mut parts: Vec<Range<usize>>,
    words: &mut Words,
    sink: &mut dyn Sink,
) -> Result<(), LakeError> {
    let place = |index: usize| (run.time[index], run.batch[index], run.revision[index]);
    // Mostly there is one file a month, or the files follow each other in time. All rows about the same thing must be
    // handed over together: it is for the sink to choose among them.
    parts.sort_by_key(|part| place(part.start));
    let apart = parts.windows(2).all(|pair| run.time[pair[0].end - 1] < run.time[pair[1].start]);
    if apart {
        return parts.into_iter().try_for_each(|part| sink.take(words, run, part));
    }
    let mut order: Vec<u32> = (0..run.len() as u32).collect();
    order.sort_unstable_by_key(|index| place(*index as usize));
    let mut sorted = Columns::default();
    order.iter().for_each(|index| sorted.push(run, *index as usize));
    sink.take(words, &sorted, 0..sorted.len())
}
