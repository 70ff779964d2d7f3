//! A register's versions as known at an entry, and how they become known.
//!
//! A [`Table`] is one large [`Part`] and, after it, small ones for what was entered since: a part hides
//! the records of earlier parts that it has anew. So a new entry costs the folding of its own record,
//! whatever the size of the register, and everything that was computed about the large part (its
//! [`View`]s) stays true. When the small parts have grown, all are merged into one.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, AsArray, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{Int64Type, UInt8Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use pack::Register;

use crate::book::EntrySource;
use crate::cache::Cache;
use crate::entry::Reader;
use crate::error::FigureError;
use crate::fold::fold;
use crate::schema::{Standing, stored};
use crate::view::{Sight, View};

/// How many views a part remembers. Reports look at two days, charts at a dozen.
const VIEWS: usize = 24;
/// How many parts are borne before the small ones are merged.
const PARTS: usize = 8;
/// How many versions the small parts may have together before they are merged with the large one.
const TAIL: usize = 20_000;

/// Versions of records, ordered by record.
#[derive(Debug)]
pub struct Part {
    /// The versions, in the stored shape.
    pub batch: RecordBatch,
    /// Whether any version is pending, on whatever day.
    pending: bool,
    views: Mutex<Vec<(Sight, Arc<View>)>>,
}

impl Part {
    /// Wraps versions that are ordered by record.
    pub fn new(batch: RecordBatch) -> Arc<Self> {
        let standing = batch.column(stored::STANDING).as_primitive::<UInt8Type>();
        let pending = standing.values().iter().any(|&standing| standing != Standing::Both as u8);
        Arc::new(Self { batch, pending, views: Mutex::default() })
    }

    fn view(&self, sight: Sight) -> Arc<View> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = views.iter().position(|(known, _)| *known == sight) {
            return Arc::clone(&views[at].1);
        }
        let view = Arc::new(View::new(&self.batch, sight));
        if views.len() == VIEWS {
            views.remove(0);
        }
        views.push((sight, Arc::clone(&view)));
        view
    }

    fn has(&self, record: i64) -> bool {
        let records = self.batch.column(stored::RECORD).as_primitive::<Int64Type>().values();
        records.binary_search(&record).is_ok()
    }
}

/// A register's versions as known at an entry.
#[derive(Clone, Debug)]
pub struct Table {
    /// The number just after the register's last entry that is in it.
    pub known: u64,
    /// The parts, and for each the records (in order) that a later part has anew.
    parts: Vec<(Arc<Part>, Arc<[i64]>)>,
}

/// Reads the table of a register as known when the book had `known` entries; `known` must be 0 or the
/// number just after one of the register's entries. `nearest` is a table of an earlier time.
pub fn load(
    book: &dyn EntrySource,
    register: &Register,
    known: u64,
    nearest: Option<&Table>,
    cache: Option<&Cache>,
) -> Result<Table, FigureError> {
    let cached = match nearest {
        None => cache.and_then(|cache| cache.load(book, register, known)),
        Some(_) => None,
    };
    let grown = match nearest.or(cached.as_ref()) {
        Some(table) if table.known == known => return Ok(table.clone()),
        Some(table) => grow(book, register, known, table)?,
        None => None,
    };
    let table = match grown {
        Some(table) => table,
        None => {
            let mut reader = Reader::new(register);
            book.for_each(register.key.as_str(), 0..known, &mut |number, bytes| {
                Ok(reader.read(number, bytes)?)
            })?;
            let batch = fold(register, reader.events).map_err(engine)?;
            Table { known, parts: vec![(Part::new(batch), Arc::new([]))] }
        }
    };
    if let (Some(cache), None, [(part, _)]) = (cache, nearest, table.parts.as_slice()) {
        cache.save(book, register, known, &part.batch);
    }
    Ok(table)
}

/// The table with the entries since; `None` if so much was entered that reading all anew is quicker.
fn grow(
    book: &dyn EntrySource,
    register: &Register,
    known: u64,
    table: &Table,
) -> Result<Option<Table>, FigureError> {
    let mut reader = Reader::new(register);
    book.for_each(register.key.as_str(), table.known..known, &mut |number, bytes| {
        Ok(reader.read(number, bytes)?)
    })?;
    let touched: BTreeSet<u64> = reader.events.list.iter().map(|event| event.record).collect();
    let old: Vec<u64> = touched.iter().copied().filter(|&record| record < table.known).collect();
    // A record's history costs some ten times an entry read in a row.
    if old.len() > 100 && old.len() * 10 > table.rows() {
        return Ok(None);
    }
    for &record in &old {
        book.history(record, &mut |number, bytes| {
            if number < table.known { Ok(reader.read(number, bytes)?) } else { Ok(()) }
        })?;
    }
    let part = Part::new(fold(register, reader.events).map_err(engine)?);
    let anew: Vec<i64> = old.iter().filter_map(|&record| i64::try_from(record).ok()).collect();
    let mut parts: Vec<(Arc<Part>, Arc<[i64]>)> = table
        .parts
        .iter()
        .map(|(part, hidden)| {
            let mut hidden: BTreeSet<i64> = hidden.iter().copied().collect();
            hidden.extend(anew.iter().copied().filter(|&record| part.has(record)));
            (Arc::clone(part), hidden.into_iter().collect())
        })
        .collect();
    parts.push((part, Arc::new([])));
    let table = Table { known, parts };
    let added: usize = table.parts.iter().skip(1).map(|(part, _)| part.batch.num_rows()).sum();
    if added > 1000 && added * 8 > table.rows() || added > TAIL {
        return table.merged(0).map(Some).map_err(engine);
    }
    if table.parts.len() > PARTS {
        return table.merged(1).map(Some).map_err(engine);
    }
    Ok(Some(table))
}

impl Table {
    /// What is seen of each part, with the stretches of rows that no later part has anew.
    pub fn seen(&self, sight: Sight) -> Result<Vec<Seen>, ArrowError> {
        self.parts
            .iter()
            .map(|(part, hidden)| {
                let view = part.view(sight);
                let stretches = view.stretches_without(hidden)?;
                Ok((view, stretches))
            })
            .collect()
    }

    /// Whether it would look otherwise on that day were everything verified.
    pub fn pending(&self, sight: Sight) -> bool {
        [false, true].iter().any(|&would| {
            self.parts.iter().any(|(part, _)| part.pending && part.view(Sight { would, ..sight }).partial)
        })
    }

    /// How many versions there are, hidden ones included.
    pub fn rows(&self) -> usize {
        self.parts.iter().map(|(part, _)| part.batch.num_rows()).sum()
    }

    /// The same versions, those of part `first` and later in one part.
    fn merged(&self, first: usize) -> Result<Self, ArrowError> {
        let merging = &self.parts[first..];
        let whole: Vec<&RecordBatch> = merging.iter().map(|(part, _)| &part.batch).collect();
        let all = concat_batches(&merging[0].0.batch.schema(), whole)?;
        let records = all.column(stored::RECORD).as_primitive::<Int64Type>().values();
        let mut order: Vec<u32> = Vec::with_capacity(all.num_rows());
        let mut start: u32 = 0;
        for (part, hidden) in merging {
            let end = start + u32::try_from(part.batch.num_rows()).unwrap_or(u32::MAX);
            order.extend((start..end).filter(|&row| hidden.binary_search(&records[row as usize]).is_err()));
            start = end;
        }
        // A stable sort: within a record the versions keep their order.
        order.sort_by_key(|&row| records[row as usize]);
        let batch = take_record_batch(&all, &UInt32Array::from(order))?;
        // Views of texts keep all texts alive that they were taken from; here they get texts of their own,
        // or each merger would drag along those of all before it.
        let columns = batch.columns().iter().map(|column| match column.as_string_view_opt() {
            Some(texts) => Arc::new(texts.gc()) as ArrayRef,
            None => Arc::clone(column),
        });
        let batch = RecordBatch::try_new(batch.schema(), columns.collect())?;
        let mut parts = self.parts[..first].to_vec();
        parts.push((Part::new(batch), Arc::new([])));
        Ok(Self { known: self.known, parts })
    }

    /// A table of one part.
    pub fn of(known: u64, batch: RecordBatch) -> Self {
        Self { known, parts: vec![(Part::new(batch), Arc::new([]))] }
    }
}

/// A view of a part, and the stretches (start, length) of its rows that count.
pub type Seen = (Arc<View>, Vec<(usize, usize)>);

fn engine(error: ArrowError) -> FigureError {
    FigureError::Engine(error.to_string())
}
