//! What can be asked of a list, and what is answered.

use std::fmt;
use std::sync::Arc;

use geodesy::Geometry;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{EntryNumber, RecordId};
use message::Language;
use rust_decimal::Decimal;

use crate::part::Status;

/// A question: which records of a register, in which order, which of them now.
#[derive(Clone, Debug)]
pub struct Query {
    /// The register.
    pub register: String,
    /// The day as of which records are shown, mostly today: an entry that takes effect later does not show yet.
    pub day: Date,
    /// Whether entries show before they are verified.
    pub reading: Reading,
    /// All of these must hold.
    pub filters: Vec<Filter>,
    /// Words that must all occur in the record's texts, the labels of its options, state, units and references.
    pub search: String,
    /// Only records of these owners: a right, or a branch of the tree. `None` for every owner.
    pub owners: Option<Vec<String>>,
    /// Which of the records.
    pub presence: Presence,
    /// The order. Ties are in the order of the records.
    pub sort: Sort,
    /// Where the page begins.
    pub at: At,
    /// The most rows of a page.
    pub limit: usize,
    /// The fields whose values are wanted, by key; `None` for all, in the order of the pack.
    pub columns: Option<Vec<String>>,
    /// The language of labels within references.
    pub language: Language,
}

impl Query {
    /// Every present record of a register, the newest first.
    pub fn new(register: impl Into<String>, day: Date) -> Self {
        Self {
            register: register.into(),
            day,
            reading: Reading::Entered,
            filters: Vec::new(),
            search: String::new(),
            owners: None,
            presence: Presence::Present,
            sort: Sort { by: By::Record, descending: true },
            at: At::Row(0),
            limit: 50,
            columns: None,
            language: Language::Simplified,
        }
    }
}

/// Whether entries show before they are verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reading {
    /// As entered: what waits for verification shows, marked so.
    #[default]
    Entered,
    /// As figures count: only what was verified, in registers that ask for it.
    Counted,
}

/// Which of a register's records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Those that are there on the day.
    #[default]
    Present,
    /// Those and the withdrawn ones.
    All,
    /// Those that were withdrawn by the day. (A withdrawal that waits for verification has not taken anything away yet.)
    Withdrawn,
    /// Those that begin after the day.
    Upcoming,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// The record's number, which is the order in which records were entered.
    Record,
    /// The state, in the order of the pack.
    State,
    /// The owner, by code.
    Owner,
    /// When the record's latest entry was recorded.
    Recorded,
    /// From when the record is as it is shown.
    Effective,
    /// How it stands with its verifiers.
    Status,
    /// Those whose entries wait for verification; if none waits, who made its latest entry.
    Author,
    /// A field, by key. References sort by what they are called, options in the order of the pack.
    Field(String),
}

impl By {
    /// Reads a column's name: `@state`, `@owner` …, else a field's key.
    pub fn parse(name: &str) -> By {
        match name {
            "@record" => By::Record,
            "@state" => By::State,
            "@owner" => By::Owner,
            "@recorded" => By::Recorded,
            "@effective" => By::Effective,
            "@status" => By::Status,
            "@author" => By::Author,
            field => By::Field(field.to_owned()),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            By::Record => "@record",
            By::State => "@state",
            By::Owner => "@owner",
            By::Recorded => "@recorded",
            By::Effective => "@effective",
            By::Status => "@status",
            By::Author => "@author",
            By::Field(key) => key,
        })
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column. Rows that have nothing in it are last either way.
    pub by: By,
    /// The greatest first.
    pub descending: bool,
}

/// A condition on a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The column.
    pub column: By,
    /// What must hold of its value.
    pub test: Test,
}

/// What must hold of a value. Values are written as in the book: keys of options, codes of units, numbers of records,
/// `2026-03-01`, `12.5`, `true`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// There is none.
    Empty,
    /// There is one.
    Filled,
    /// It is one of these.
    OneOf(Vec<String>),
    /// It, or its label, contains this.
    Contains(String),
    /// It lies between these, both included.
    Range {
        /// The least.
        from: Option<String>,
        /// The greatest.
        to: Option<String>,
    },
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// At the row of this number, counted from 0.
    Row(usize),
    /// After the row that a cursor names, wherever that would be now.
    After(String),
    /// Such that it ends before that row.
    Before(String),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many records the question has in all.
    pub total: usize,
    /// The number of the first row, counted from 0.
    pub first: usize,
    /// The rows.
    pub rows: Vec<Row>,
    /// The fields of the rows' values, by key.
    pub columns: Vec<String>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// The cursor of the page before, if there is one.
    pub previous: Option<String>,
    /// How many entries of the book this shows.
    pub known: u64,
}

/// A record as it stands on the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The record.
    pub record: RecordId,
    /// Its latest entry: what a change must be based on.
    pub version: EntryNumber,
    /// The state's key.
    pub state: String,
    /// From when it is in that state.
    pub state_since: Date,
    /// The owner's code.
    pub owner: Option<String>,
    /// From when it is as it is.
    pub effective: Date,
    /// The first day on which it no longer is, where that is known already.
    pub until: Option<Date>,
    /// From when it exists.
    pub entered: Date,
    /// When its latest entry was recorded.
    pub recorded: Timestamp,
    /// How it stands with its verifiers.
    pub status: Status,
    /// Whether it was withdrawn; if its status is pending or returned, that has no effect yet.
    pub withdrawn: bool,
    /// Those whose entries wait for verification; if none waits, who made its latest entry that is no judgement.
    pub authors: Vec<String>,
    /// The values of the wanted fields, in the page's order.
    pub values: Vec<Value>,
}

/// A typed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// None.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A decimal, with the decimals of its field.
    Decimal(Decimal),
    /// A day.
    Date(Date),
    /// An option, by key.
    Choice(String),
    /// Yes or no.
    YesNo(bool),
    /// Another record.
    Reference {
        /// The record.
        record: RecordId,
        /// What it is called.
        label: String,
    },
    /// A unit.
    Unit {
        /// Its code.
        code: String,
        /// Its name on the day; the code again if there is none.
        name: String,
    },
    /// A person's pseudonym.
    Person(String),
    /// A shape.
    Geometry(Arc<Geometry>),
}

/// How many records have each value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The column.
    pub column: By,
    /// The values. Options, states and statuses are all there, in the order of the pack; of other columns the most
    /// frequent, the greatest first.
    pub values: Vec<FacetValue>,
    /// How many records have none.
    pub empty: usize,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// The value, as a filter takes it.
    pub key: String,
    /// What references and units are called; options and states have their labels in the pack.
    pub label: Option<String>,
    /// How many records have it.
    pub count: usize,
}

/// Which shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// As they stand on a day.
    On(Date),
    /// As they stood and will stand, a row for each stretch of days ([`Row::effective`] to [`Row::until`]).
    Ever {
        /// The day whose labels are shown.
        today: Date,
    },
}

/// A shape and its record.
#[derive(Debug)]
pub struct Placed<'a> {
    /// The shape, in CGCS2000 longitude and latitude.
    pub geometry: &'a Arc<Geometry>,
    /// The record, with the wanted properties as values.
    pub row: Row,
}
