//! What a figure is: its identity, its value, its rows. No engine, no I/O.
//!
//! `figures` computes these, `report` prints them, `check` and `assess` compare with them; so that
//! none of the latter sees the engine, the types stand here by themselves.

mod id;
mod measured;
mod period;

pub use id::{FigureId, FigureIdError};
pub use measured::{Measured, MeasuredError};
pub use period::{Period, PeriodError};

use jiff::civil::Date;
use rust_decimal::Decimal;

/// The value of an indicator for a scope and a period at a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is the value of; recomputing this identity gives this figure, on any machine.
    pub id: FigureId,
    /// The value in [`Figure::unit`], exact where it can be; `None` where there is nothing to
    /// divide by or no row to take a mean of.
    pub value: Option<Decimal>,
    /// The unit, as the pack writes it (`个`, `公里`, `平方米/人`).
    pub unit: String,
    /// The decimals it is shown with.
    pub decimals: u8,
    /// How many rows were counted. For a formula: of all its indicators together.
    pub rows: u64,
    /// How many rows would count as well, were their records verified.
    pub pending: u64,
}

/// One contributing row of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What makes the row one: two rows of a figure never share it.
    pub key: String,
    /// What the row adds, exact.
    pub amount: Decimal,
    /// The day it counts in, for flows.
    pub occurred: Option<Date>,
    /// Dimension values, in the order of the indicator's dimensions.
    pub dimensions: Vec<(String, Option<String>)>,
    /// The record behind the row.
    pub record: Option<u64>,
    /// The measurements behind the row, for rows that were evaluated from them.
    pub measured: Option<Measured>,
}

/// A pinned state of everything that figures depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// The number of entries of the book that are known.
    pub known_at: u64,
    /// How many batches of measurements are known; none of a figure that measurements do not enter.
    pub lake: Option<u64>,
    /// The first bytes of the digest of the pack that defines the indicators.
    pub pack: [u8; 4],
}
