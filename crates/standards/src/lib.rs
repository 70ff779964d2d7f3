//! Published environmental rules as pure functions: air, water and noise, by edition of the standard.
//!
//! ```text
//! hours ──means──▶ days ──round once──▶ sub-indices ──▶ AQI, level, primary pollutant        (air)
//!                   └──▶ city days ──▶ months, years: means, percentiles, attainment, composite index
//! parameters ──limits──▶ class of a parameter ──▶ section ──▶ river, basin, city             (water)
//! sound levels ──zones──▶ attainment by day and night, levels of a city                      (noise)
//! ```
//!
//! Every table names the standard, table and edition that it comes from. What the sources leave open, or
//! what only one of them says, is a field of a `Settings` with a stated default, never a constant in the
//! code. Values are exact: integers and ratios of integers, rounded once (see [`rounding`]).
//!
//! **What is absent:** floats, files, clocks, allocation on the paths that run once a station and day, and
//! a judgement over too few data: where the rule asks for more days or hours than there are, the answer is
//! a refusal that counts them.

pub mod air;
pub mod calendar;
pub mod noise;
pub mod rounding;
pub mod water;
