//! A record as people give it, before anything is checked.

use std::borrow::Cow;

use geodesy::Geometry;
use jiff::civil::Date;
use ledger::{EvidenceHash, RecordId};
use rust_decimal::Decimal;

/// What a form, a row or the demo city says about one record.
#[derive(Clone, Debug, Default)]
pub struct RawRecord<'a> {
    /// Field key → value; a field that is not named is not stated.
    pub values: Vec<(&'a str, RawValue<'a>)>,
    /// The owner: a unit's code or unambiguous name.
    pub owner: Option<Cow<'a, str>>,
    /// The business date.
    pub effective: Option<Date>,
    /// The state it should be in: key or label.
    pub state: Option<Cow<'a, str>>,
    /// Evidence that is already in the store.
    pub evidence: Vec<EvidenceHash>,
    /// A remark for people.
    pub note: Option<Cow<'a, str>>,
}

impl<'a> RawRecord<'a> {
    /// A record of this owner from this day, without values yet.
    pub fn new(owner: impl Into<Cow<'a, str>>, effective: Date) -> Self {
        Self { owner: Some(owner.into()), effective: Some(effective), ..Self::default() }
    }

    /// States a value.
    #[must_use]
    pub fn with(mut self, field: &'a str, value: impl Into<RawValue<'a>>) -> Self {
        self.values.push((field, value.into()));
        self
    }
}

/// A value as it came. Text is read by the field's kind; the others are what a program already knows.
#[derive(Clone, Debug, PartialEq)]
pub enum RawValue<'a> {
    /// Not stated.
    Empty,
    /// The wish to clear the field.
    Clear,
    /// What a person typed.
    Text(Cow<'a, str>),
    /// A number cell of a spreadsheet.
    Number(f64),
    /// A date cell of a spreadsheet that also holds a time of day, in seconds since midnight.
    Moment(Date, u32),
    /// A whole number.
    Whole(i64),
    /// An exact decimal, in the field's unit.
    Decimal(Decimal),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(Date),
    /// A record.
    Record(RecordId),
    /// A shape; boxed because it is rare and large.
    Geometry(Box<Geometry>),
    /// A person by name and telephone; the book will hold a pseudonym.
    Person {
        /// The name.
        name: Cow<'a, str>,
        /// The telephone number.
        phone: Cow<'a, str>,
    },
    /// A person whose pseudonym is known.
    Pseudonym(Cow<'a, str>),
    /// A spreadsheet's error value or a formula without a computed value.
    Broken(Cow<'a, str>),
}

impl<'a> From<&'a str> for RawValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for RawValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for RawValue<'_> {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<Decimal> for RawValue<'_> {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<bool> for RawValue<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Date> for RawValue<'_> {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<RecordId> for RawValue<'_> {
    fn from(record: RecordId) -> Self {
        Self::Record(record)
    }
}

impl From<Geometry> for RawValue<'_> {
    fn from(geometry: Geometry) -> Self {
        Self::Geometry(Box::new(geometry))
    }
}
