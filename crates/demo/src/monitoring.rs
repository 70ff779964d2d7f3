//! B5, B6: what the city's stations measured: air by the hour, water by the day or the month, noise by the hour.
//!
//! ```text
//! seed ─▶ days (the city's air) ─▶ air (stations' hours, with gaps) ─▶ late (what was known when) ─┐
//!    └──▶ water, noise ──────────────────────────────────────────────────────────────────────────┴─▶ record ─▶ lake
//! ```
//!
//! Why it exists: a city's figures of air, water and noise come from its stations' hours, and here it is known beforehand
//! what they must come to. Everything is made in whole numbers, so that the same seed gives the same rows everywhere.

pub(crate) mod air;
pub(crate) mod days;
pub(crate) mod gaps;
pub(crate) mod late;
pub(crate) mod noise;
pub(crate) mod points;
pub(crate) mod record;
pub(crate) mod settle;
pub(crate) mod water;

#[cfg(test)]
mod tests;

use jiff::civil::{Date, date};

/// One value of one item at one station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) station: &'static str,
    pub(crate) item: &'static str,
    pub(crate) span: Span,
    /// Its beginning, in seconds since 1970 (UTC).
    pub(crate) seconds: i64,
    /// In millionths of the item's unit.
    pub(crate) micro: i64,
    /// `N` for what counts (HJ 212).
    pub(crate) flag: &'static str,
}

/// How much time a value is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Moment,
    Hour,
    Day,
}

/// When a day begins in Shanghai, in seconds since 1970 (UTC).
pub(crate) fn midnight(day: Date) -> i64 {
    let days = date(1970, 1, 1).until(day).map_or(0, |span| i64::from(span.get_days()));
    days * 86_400 - 8 * 3600
}
