//! A number of a line on its way to becoming a quantity.

use rust_decimal::Decimal;

use super::{Kind, Number};
use crate::approximation::Approximation;

/// A number with what is known of it so far; places are characters of the line.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub start: usize,
    pub end: usize,
    pub number: Number,
    pub step: Decimal,
    /// What its last 万 or 亿 multiplies by.
    pub multiplier: Decimal,
    pub unit: String,
    /// A number that still lacks its unit, and is dropped if none is found.
    pub bare: bool,
    /// No date, rank or name.
    pub counts: bool,
    pub word: Approximation,
    /// Where the word before the number begins; the number's own start if there is none.
    pub word_start: usize,
    /// Whether the word stands behind.
    pub word_behind: bool,
    pub kind: Kind,
}

impl Item {
    /// Something that is no quantity.
    pub(super) fn apart(start: usize, end: usize, value: Decimal, unit: String, kind: Kind) -> Self {
        Self {
            start,
            end,
            number: Number::Single(value),
            step: Decimal::ONE,
            multiplier: Decimal::ONE,
            unit,
            bare: false,
            counts: false,
            word: Approximation::Exact,
            word_start: start,
            word_behind: false,
            kind,
        }
    }
}
