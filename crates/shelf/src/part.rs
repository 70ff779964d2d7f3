//! Some records of a register: a row for each stretch of days in which a record did not change.
//!
//! A part never changes, so whoever reads it waits for nobody; what was entered since lies in later parts
//! ([`crate::table`]). What is computed about a part (which rows a day shows, the order by a column) is kept with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use pack::Register;

use crate::bits::Bits;
use crate::column::{Column, Growing};
use crate::dictionary::{Dictionary, Interner, NONE};
use crate::kept::Kept;
use crate::order::{Order, OrderKey};

/// Which of two readings of a record a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Both: nothing waits for verification.
    Both,
    /// Only verified entries.
    Counted,
    /// Every entry.
    Entered,
}

/// How a record stands with its verifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Its register asks for no verification, and there was none.
    Entered,
    /// Something was entered that nobody has verified yet.
    Pending,
    /// What was entered last was sent back.
    Returned,
    /// Everything was verified.
    Verified,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 4] = [Status::Entered, Status::Pending, Status::Returned, Status::Verified];

    /// The word that addresses and files carry.
    pub const fn key(self) -> &'static str {
        match self {
            Status::Entered => "entered",
            Status::Pending => "pending",
            Status::Returned => "returned",
            Status::Verified => "verified",
        }
    }

    /// The status of which `key` is the word.
    pub fn from_key(key: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.key() == key)
    }
}

/// What is true of a record on every day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) record: u64,
    /// Its latest entry.
    pub(crate) version: u64,
    /// When that was recorded.
    pub(crate) recorded: i64,
    pub(crate) status: Status,
    /// Those whose entries wait, a line each; if none waits, who entered last.
    pub(crate) authors: u32,
}

/// What is true of a record from one day to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) from: i32,
    /// The first day on which it no longer is; `i32::MAX` if it lasts.
    pub(crate) to: i32,
    pub(crate) standing: Standing,
    pub(crate) owner: u32,
    pub(crate) state: u32,
    /// The day from which the record exists.
    pub(crate) entered: i32,
    pub(crate) state_since: i32,
    pub(crate) withdrawn: bool,
}

impl Stretch {
    /// Whether the record is no longer there. A withdrawal that waits for a second officer takes nothing away yet.
    pub(crate) fn is_gone(&self) -> bool {
        self.withdrawn && self.standing != Standing::Entered
    }
}

/// Which rows are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sight {
    pub(crate) day: i32,
    /// Only what was verified, where the register asks for it.
    pub(crate) counted: bool,
}

/// The rows that a sight shows. A record is in at most one of the three, with one row.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) present: Bits,
    /// Withdrawn, in effect.
    pub(crate) withdrawn: Bits,
    /// Begins later: the row it begins with.
    pub(crate) upcoming: Bits,
}

/// Records with their rows, ordered by record.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) heads: Vec<Head>,
    /// Where the rows of each record begin, and at last where the last ones end.
    first: Vec<u32>,
    /// The head of each row.
    pub(crate) of: Vec<u32>,
    pub(crate) rows: Vec<Stretch>,
    pub(crate) owners: Dictionary,
    pub(crate) states: Dictionary,
    pub(crate) authors: Dictionary,
    pub(crate) columns: Vec<Column>,
    seen: Mutex<Vec<(Sight, Arc<Seen>)>>,
    pub(crate) orders: Mutex<BTreeMap<OrderKey, Arc<Order>>>,
    /// Rows that questions let through, by question.
    pub(crate) chosen: Kept<Bits>,
}

/// How many sights a part remembers.
const SIGHTS: usize = 8;
/// How many questions; a bit a row each.
const QUESTIONS: usize = 24;

impl Part {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The place of a record.
    pub(crate) fn find(&self, record: u64) -> Option<usize> {
        self.heads.binary_search_by_key(&record, |head| head.record).ok()
    }

    /// The rows of the record at a place.
    pub(crate) fn rows_of(&self, place: usize) -> std::ops::Range<usize> {
        let at = |place: usize| self.first.get(place).map_or(self.rows.len(), |first| *first as usize);
        at(place)..at(place + 1)
    }

    pub(crate) fn head(&self, row: usize) -> &Head {
        &self.heads[self.of[row] as usize]
    }

    pub(crate) fn owner(&self, row: usize) -> Option<&str> {
        Some(self.rows[row].owner).filter(|owner| *owner != NONE).map(|owner| self.owners.get(owner))
    }

    pub(crate) fn state(&self, row: usize) -> &str {
        self.states.get(self.rows[row].state)
    }

    /// What a sight shows.
    pub(crate) fn seen(&self, sight: Sight) -> Arc<Seen> {
        let mut known = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, seen)) = known.iter().find(|(of, _)| *of == sight) {
            return Arc::clone(seen);
        }
        let seen = Arc::new(self.look(sight));
        if known.len() == SIGHTS {
            known.remove(0);
        }
        known.push((sight, Arc::clone(&seen)));
        seen
    }

    fn look(&self, sight: Sight) -> Seen {
        let none = || Bits::none(self.rows.len());
        let mut seen = Seen { present: none(), withdrawn: none(), upcoming: none() };
        for place in 0..self.heads.len() {
            let Some(row) = self.row_on(place, sight) else { continue };
            let stretch = &self.rows[row];
            let set = if stretch.from > sight.day {
                &mut seen.upcoming
            } else if stretch.is_gone() {
                &mut seen.withdrawn
            } else {
                &mut seen.present
            };
            set.set(row);
        }
        seen
    }

    /// The row of the record at a place that a sight shows, or, if it begins later, the one it begins with.
    pub(crate) fn row_on(&self, place: usize, sight: Sight) -> Option<usize> {
        let wrong = if sight.counted { Standing::Entered } else { Standing::Counted };
        let mut rows = self.rows_of(place).filter(|row| self.rows[*row].standing != wrong);
        let first = rows.next()?;
        if self.rows[first].from > sight.day {
            return Some(first);
        }
        std::iter::once(first).chain(rows).find(|row| self.rows[*row].to > sight.day)
    }
}

/// A part while it grows, record by record in their order.
#[derive(Debug)]
pub(crate) struct Builder {
    heads: Vec<Head>,
    first: Vec<u32>,
    of: Vec<u32>,
    rows: Vec<Stretch>,
    pub(crate) owners: Interner,
    pub(crate) states: Interner,
    pub(crate) authors: Interner,
    pub(crate) columns: Vec<Growing>,
}

impl Builder {
    pub(crate) fn new(register: &Register) -> Self {
        Self {
            heads: Vec::new(),
            first: Vec::new(),
            of: Vec::new(),
            rows: Vec::new(),
            owners: Interner::default(),
            states: Interner::default(),
            authors: Interner::default(),
            columns: register.fields.iter().map(Growing::new).collect(),
        }
    }

    /// How many rows there are; a part holds fewer than 2³², as its register was read with 32-bit numbers.
    pub(crate) fn rows(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Begins a record.
    pub(crate) fn begin(&mut self, head: Head) {
        self.first.push(self.rows());
        self.heads.push(head);
    }

    /// Takes the record back if it has no row.
    pub(crate) fn end(&mut self) {
        if self.first.last() == Some(&self.rows()) {
            self.first.pop();
            self.heads.pop();
        }
    }

    /// Adds a row of the record that was begun last; the caller adds to the columns.
    pub(crate) fn push(&mut self, stretch: Stretch) {
        self.of.push(u32::try_from(self.heads.len()).unwrap_or(u32::MAX).saturating_sub(1));
        self.rows.push(stretch);
    }

    /// Copies a record of another part of the same register.
    pub(crate) fn copy(&mut self, from: &Part, place: usize) {
        let head = from.heads[place];
        let authors = self.authors.code(from.authors.get(head.authors)).unwrap_or(NONE);
        self.begin(Head { authors, ..head });
        for row in from.rows_of(place) {
            let owner = from.owner(row).and_then(|owner| self.owners.code(owner)).unwrap_or(NONE);
            let state = self.states.code(from.state(row)).unwrap_or(NONE);
            self.push(Stretch { owner, state, ..from.rows[row] });
            for (column, from) in self.columns.iter_mut().zip(&from.columns) {
                column.copy(from, row);
            }
        }
    }

    pub(crate) fn finish(mut self) -> Part {
        self.first.push(self.rows());
        self.first.shrink_to_fit();
        self.rows.shrink_to_fit();
        Part {
            heads: self.heads,
            first: self.first,
            of: self.of,
            rows: self.rows,
            owners: self.owners.dictionary,
            states: self.states.dictionary,
            authors: self.authors.dictionary,
            columns: self.columns.into_iter().map(Growing::finish).collect(),
            seen: Mutex::default(),
            orders: Mutex::default(),
            chosen: Kept::new(QUESTIONS),
        }
    }
}
