//! Out of the table.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use jiff::Timestamp;

use crate::error::LakeError;
use crate::file::DataFile;
use crate::lake::Lake;
use crate::measurement::{Micro, Span};
use crate::merge::{Cursor, Sink, merge};
use crate::object::Object;
use crate::query::{Query, Version, schema};
use crate::rows::{Columns, NO_VALUE, Words};
use crate::scan::{self, Source, Wanted};
use crate::spool::lock;

/// Rows of a batch that is handed over.
const BATCH_ROWS: usize = 1 << 15;
/// Rows that all open files together hold decoded, about.
const DECODED_ROWS: usize = 1 << 18;
/// So many files' insides are remembered.
const INSIDES: usize = 2000;

impl Lake {
    /// Reads: exactly one row for each (station, item, time), that of the latest batch up to `known_at`, sorted by
    /// station, item and time. The batches have the columns of [`crate::schema`]. If this returns an error, what `each`
    /// got is not all.
    pub fn read(
        &self,
        query: &Query,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        let catalog = self.table.catalog()?;
        let known_at = query.known_at.unwrap_or(catalog.batches);
        if known_at > catalog.batches {
            return Err(LakeError::Future { asked: known_at, last: catalog.batches });
        }
        let sorted = |words: &Option<Vec<String>>| {
            words.clone().map(|mut words| {
                words.sort_unstable();
                words.dedup();
                words
            })
        };
        let wanted = Arc::new(Wanted {
            stations: sorted(&query.stations),
            items: sorted(&query.items),
            times: micros(query.from)..micros(query.to),
            batch: known_at as i64,
        });
        let files: Vec<_> = catalog
            .files
            .iter()
            .filter(|file| file.part.kind == query.kind && file.part.span == query.span)
            .filter(|file| wanted.may_be_in(file))
            .cloned()
            .collect();
        let mut sink = Latest {
            wanted: Arc::clone(&wanted),
            chosen: Chosen::new(&wanted),
            out: Columns::default(),
            each,
        };
        let mut words = self.scan(files, &wanted, &mut sink)?;
        sink.flush(&mut words)
    }

    /// All rows about one station, item, span and time, oldest first.
    pub fn history(
        &self,
        station: &str,
        item: &str,
        span: Span,
        time: Timestamp,
    ) -> Result<Vec<Version>, LakeError> {
        let catalog = self.table.catalog()?;
        let time = time.as_microsecond();
        let wanted = Arc::new(Wanted {
            stations: Some(vec![station.to_owned()]),
            items: Some(vec![item.to_owned()]),
            times: time..time + 1,
            batch: i64::MAX,
        });
        let mut versions = Vec::new();
        // A partition at a time, so that a row's kind is known.
        for (part, mut files) in catalog.parts() {
            files.retain(|file| part.span == span && wanted.may_be_in(file));
            if files.is_empty() {
                continue;
            }
            let mut sink = All { chosen: Chosen::new(&wanted), rows: Columns::default() };
            let words = self.scan(files, &wanted, &mut sink)?;
            let rows = sink.rows;
            for index in (0..rows.len()).filter(|index| rows.time[*index] == time) {
                let value = rows.value[index];
                let version = Version {
                    kind: part.kind,
                    batch: rows.batch[index].unsigned_abs(),
                    recorded: Timestamp::from_microsecond(rows.recorded[index]).unwrap_or_default(),
                    value: (value != NO_VALUE).then_some(Micro(value)),
                    flag: words.word(rows.flag[index]).to_owned(),
                    source: words.word(rows.source[index]).to_owned(),
                };
                versions.push((rows.batch[index], rows.revision[index], version));
            }
        }
        versions.sort_by_key(|(batch, revision, _)| (*batch, *revision));
        Ok(versions.into_iter().map(|(_, _, version)| version).collect())
    }

    /// Merges what is wanted of files into a sink.
    pub(crate) fn scan(
        &self,
        mut files: Vec<Arc<DataFile>>,
        wanted: &Arc<Wanted>,
        sink: &mut dyn Sink,
    ) -> Result<Words, LakeError> {
        files.sort_by_key(|file| file.part.month);
        let batch_rows = (DECODED_ROWS / files.len().max(1)).clamp(1024, 16384);
        let mut cursors = Vec::with_capacity(files.len());
        for file in files {
            let known = lock(&self.insides).get(&file.path).cloned();
            let (path, month) = (file.path.clone(), file.part.month);
            let object = Object {
                store: Arc::clone(self.table.store()),
                path: self.table.path(&path)?,
                bytes: file.bytes,
            };
            let source = Source { object, file, wanted: Arc::clone(wanted), known, batch_rows };
            cursors.push(Cursor::new(path, month, scan::start(self.table.runtime(), source)));
        }
        let merged = merge(&mut cursors, sink);
        let mut insides = lock(&self.insides);
        for cursor in cursors {
            if let Some(inside) = cursor.inside {
                if insides.len() >= INSIDES {
                    insides.clear();
                }
                insides.insert(cursor.path, inside);
            }
        }
        merged
    }
}

/// Microseconds, rounded up: a row is at or after an instant if its microsecond is.
fn micros(instant: Timestamp) -> i64 {
    let micros = instant.as_microsecond();
    // Before 1970 the cut is upwards already.
    if instant.as_nanosecond() > i128::from(micros) * 1000 { micros + 1 } else { micros }
}

/// The stations and items to let through.
struct Chosen {
    stations: Option<HashSet<String>>,
    items: Option<HashSet<String>>,
}

impl Chosen {
    fn new(wanted: &Wanted) -> Chosen {
        let set = |words: &Option<Vec<String>>| words.as_ref().map(|words| words.iter().cloned().collect());
        Chosen { stations: set(&wanted.stations), items: set(&wanted.items) }
    }

    fn has(&self, words: &Words, station: u32, item: u32) -> bool {
        let has =
            |set: &Option<HashSet<String>>, id| set.as_ref().is_none_or(|set| set.contains(words.word(id)));
        has(&self.stations, station) && has(&self.items, item)
    }
}

/// Of rows about the same thing, the latest known.
struct Latest<'a> {
    wanted: Arc<Wanted>,
    chosen: Chosen,
    out: Columns,
    each: &'a mut dyn FnMut(RecordBatch) -> Result<(), LakeError>,
}

impl Sink for Latest<'_> {
    fn wants(&mut self, words: &Words, station: u32, item: u32) -> bool {
        self.chosen.has(words, station, item)
    }

    fn take(&mut self, words: &mut Words, rows: &Columns, range: Range<usize>) -> Result<(), LakeError> {
        let (times, last) = (&self.wanted.times, self.wanted.batch);
        let plain = rows.time[range.clone()].windows(2).all(|pair| pair[0] < pair[1])
            && rows.batch[range.clone()].iter().all(|batch| *batch <= last)
            && range.clone().next().is_none_or(|first| rows.time[first] >= times.start)
            && range.clone().last().is_none_or(|last| rows.time[last] < times.end);
        if plain {
            self.out.extend(rows, range);
        } else {
            let mut best = None;
            for index in range {
                let time = rows.time[index];
                if let Some(before) = best
                    && rows.time[before] != time
                {
                    self.out.push(rows, before);
                    best = None;
                }
                // Sorted by batch and revision: the last that is known holds.
                if rows.batch[index] <= last && times.contains(&time) {
                    best = Some(index);
                }
            }
            if let Some(index) = best {
                self.out.push(rows, index);
            }
        }
        if self.out.len() >= BATCH_ROWS { self.flush(words) } else { Ok(()) }
    }
}

impl Latest<'_> {
    fn flush(&mut self, words: &mut Words) -> Result<(), LakeError> {
        let mut from = 0;
        while from < self.out.len() {
            let to = self.out.len().min(from + BATCH_ROWS);
            let mut arrays = self.out.arrays(words, from..to)?;
            // The revision is nobody's business.
            arrays.remove(7);
            let batch = RecordBatch::try_new(schema(), arrays).map_err(LakeError::table)?;
            (self.each)(batch)?;
            from = to;
        }
        self.out.clear();
        Ok(())
    }
}

/// All rows.
struct All {
    chosen: Chosen,
    rows: Columns,
}

impl Sink for All {
    fn wants(&mut self, words: &Words, station: u32, item: u32) -> bool {
        self.chosen.has(words, station, item)
    }

    fn take(&mut self, _words: &mut Words, rows: &Columns, range: Range<usize>) -> Result<(), LakeError> {
        self.rows.extend(rows, range);
        Ok(())
    }
}
