//! A register as known at an entry, and how it follows the book.
//!
//! A table is one large [`Part`] and small later ones; a later part hides the records of earlier ones that it has
//! anew. Following an entry costs the folding of its own record, whatever the register's size, and leaves everything
//! that was computed about the large part as it is. Small parts are merged as they add up; when they have become many,
//! all are merged into one, beside the readers ([`crate::shelf`]).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use ledger::{Entry, EntryNumber, Ledger, RecordId};
use pack::{Field, FieldKind, Register};

use crate::bits::Bits;
use crate::error::ShelfError;
use crate::fold::fold;
use crate::order::OrderKey;
use crate::part::{Builder, Part, Sight};
use crate::query::By;
use crate::read::Reader;

/// A register as known at an entry.
#[derive(Debug)]
pub(crate) struct Table {
    /// No two tables share it.
    pub(crate) generation: u64,
    /// How many entries of the book it has seen.
    pub(crate) known: u64,
    /// The parts, the large one first, each with the rows that a later part has anew.
    parts: Vec<(Arc<Part>, Arc<Bits>)>,
}

/// So many rows of small parts are borne before all is merged, or a 64th of the register if that is more.
const SMALL: usize = 4096;

/// A number that nothing else has.
pub(crate) fn next_generation() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(1);
    LAST.fetch_add(1, Ordering::Relaxed)
}

impl Table {
    /// Reads a register from the book's first `known` entries.
    pub(crate) fn load(ledger: &Ledger, register: &Register, known: u64) -> Result<Self, ShelfError> {
        let mut reader = Reader::new(register);
        let mut fault = None;
        let read = ledger.for_each(Some(&register.key), 0..known, &mut |number, bytes| {
            reader.read(number.0, bytes).map_err(|error| {
                fault = Some(error);
                ledger::LedgerError::caller(std::fmt::Error)
            })
        });
        match (read, fault) {
            (_, Some(fault)) => Err(fault),
            (read, None) => Ok(read.map(|()| Self::of(known, fold(register, reader.events)))?),
        }
    }

    fn of(known: u64, part: Part) -> Self {
        let hidden = Arc::new(Bits::none(part.len()));
        Self { generation: next_generation(), known, parts: vec![(Arc::new(part), hidden)] }
    }

    /// The table with entries of its register that are not in it yet, as the book's first `known` entries have them.
    pub(crate) fn grown(
        &self,
        ledger: &Ledger,
        register: &Register,
        known: u64,
        fresh: &[Entry],
    ) -> Result<Self, ShelfError> {
        let mut reader = Reader::new(register);
        let touched: BTreeSet<u64> = fresh.iter().map(|entry| entry.record.0).collect();
        let old: Vec<u64> = touched.iter().copied().filter(|record| *record < self.known).collect();
        // Reading one record's history costs some ten times an entry read in a row.
        if old.len() > 100 && old.len() * 10 > self.rows() {
            return Self::load(ledger, register, known);
        }
        for record in &old {
            for entry in ledger.history(RecordId(*record))? {
                if entry.number < EntryNumber(known) {
                    reader.take(&entry)?;
                }
            }
        }
        for entry in fresh.iter().filter(|entry| entry.record.0 >= self.known) {
            reader.take(entry)?;
        }
        let mut parts = self.parts.clone();
        hide(&mut parts, &old);
        let part = fold(register, reader.events);
        let hidden = Arc::new(Bits::none(part.len()));
        parts.push((Arc::new(part), hidden));
        while let [_, .., (before, _), (last, _)] = parts.as_slice()
            && last.len() * 4 >= before.len()
        {
            let both = parts.split_off(parts.len() - 2);
            let part = merged(register, &both);
            let hidden = Arc::new(Bits::none(part.len()));
            parts.push((Arc::new(part), hidden));
        }
        Ok(Self { generation: next_generation(), known, parts })
    }

    /// Whether the small parts have become so many that all should be merged.
    pub(crate) fn is_scattered(&self) -> bool {
        let small: usize = self.parts.iter().skip(1).map(|(part, _)| part.len()).sum();
        let large = self.parts.first().map_or(0, |(part, _)| part.len());
        small > SMALL.max(large / 64)
    }

    /// All parts as one.
    pub(crate) fn merged(&self, register: &Register) -> Part {
        merged(register, &self.parts)
    }

    /// This table, which grew from `old`, with what was `old` merged into one part.
    pub(crate) fn adopting(&self, old: &Self, part: Part) -> Option<Self> {
        // What came since stands in parts after those that were merged, unless it was merged with some of those: then
        // the work was in vain, and the next attempt has more luck.
        let since = self.parts.get(old.parts.len()..)?;
        let same = self.parts.iter().zip(&old.parts).all(|((now, _), (then, _))| Arc::ptr_eq(now, then));
        if !same {
            return None;
        }
        let hidden = Arc::new(Bits::none(part.len()));
        let mut parts = vec![(Arc::new(part), hidden)];
        for (later, _) in since {
            let records: Vec<u64> = later.heads.iter().map(|head| head.record).collect();
            hide(&mut parts, &records);
        }
        parts.extend(since.iter().cloned());
        Some(Self { generation: next_generation(), known: self.known, parts })
    }

    /// How many rows there are, hidden ones included.
    pub(crate) fn rows(&self) -> usize {
        self.parts.iter().map(|(part, _)| part.len()).sum()
    }

    /// The parts with their hidden rows.
    pub(crate) fn parts(&self) -> &[(Arc<Part>, Arc<Bits>)] {
        &self.parts
    }

    /// The columns that anybody has sorted the large part by, as far as that needs no other register.
    pub(crate) fn sorted_by(&self, register: &Register) -> Vec<By> {
        let Some((large, _)) = self.parts.first() else { return Vec::new() };
        let orders = large.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let plain = |field: &Field| !matches!(field.kind, FieldKind::Reference { .. });
        let by = |key: &OrderKey| match *key {
            OrderKey::Record => Some(By::Record),
            OrderKey::State => Some(By::State),
            OrderKey::Owner => Some(By::Owner),
            OrderKey::Recorded => Some(By::Recorded),
            OrderKey::Effective => Some(By::Effective),
            OrderKey::Status => Some(By::Status),
            OrderKey::Author => Some(By::Author),
            OrderKey::Field(at) => {
                register.fields.get(at).filter(|field| plain(field)).map(|field| By::Field(field.key.clone()))
            }
        };
        orders.keys().filter_map(by).collect()
    }

    /// Where a record lies now.
    pub(crate) fn find(&self, record: u64) -> Option<(&Part, usize)> {
        // The latest part that has it has it as it is.
        self.parts.iter().rev().find_map(|(part, _)| Some((&**part, part.find(record)?)))
    }

    /// The rows that are present on a day.
    pub(crate) fn present(&self, sight: Sight) -> impl Iterator<Item = (&Part, Bits)> {
        self.parts.iter().map(move |(part, hidden)| {
            let mut present = part.seen(sight).present.clone();
            present.minus(hidden);
            (&**part, present)
        })
    }
}

/// Hides records wherever they are.
fn hide(parts: &mut [(Arc<Part>, Arc<Bits>)], records: &[u64]) {
    for (part, hidden) in parts {
        for place in records.iter().filter_map(|record| part.find(*record)) {
            let hidden = Arc::make_mut(hidden);
            part.rows_of(place).for_each(|row| hidden.set(row));
        }
    }
}

fn merged(register: &Register, parts: &[(Arc<Part>, Arc<Bits>)]) -> Part {
    let mut records: Vec<(u64, usize, usize)> = Vec::new();
    for (at, (part, hidden)) in parts.iter().enumerate() {
        let shown = (0..part.heads.len()).filter(|place| !hidden.get(part.rows_of(*place).start));
        records.extend(shown.map(|place| (part.heads[place].record, at, place)));
    }
    records.sort_unstable();
    let mut out = Builder::new(register);
    for (_, at, place) in records {
        out.copy(&parts[at].0, place);
    }
    out.finish()
}
