//! Ambient air by GB 3095, HJ 633 and HJ 663, in the editions of 2012, of the transition of 2026, and of the
//! final limits of 2026.
//!
//! ```text
//! 24 hours × 6 items ──Day::of_hours──▶ Day ──index(edition)──▶ Index: AQI, level, primary pollutants
//!                                        │ CityDay::push … day
//!                                        ▼
//!                                  days of a period ──Statistics::of──▶ mean, percentile, completeness
//!                                                                  └─judge(edition)─▶ attained or not
//!                                                                  └─Composite::of──▶ index, main pollutant
//! one hour × 6 items ──Hour::index(edition)──▶ Index
//! ```
//!
//! A [`Day`] and the [`Statistics`] know no edition: the same are judged by any, so that re-judging costs
//! little. Values are integers in thousandths of the item's unit (µg/m³; CO mg/m³) and exact ratios of them.
//!
//! **What is absent:** hours' labels and time zones (the caller hands over the 24 hours of a natural day),
//! and dust weather (the caller leaves out the particles of such days where it wants them left out).

mod breakpoint;
mod city;
mod composite;
mod concentration;
mod count;
mod day;
mod edition;
mod index;
mod item;
mod level;
mod limit;
mod period;
mod real_time;
mod settings;

pub use breakpoint::{INDICES, Scale, SubIndices, sub_index};
pub use city::{CityDay, enough};
pub use composite::{Composite, ranks};
pub use concentration::{Concentration, MISSING, Ratio, Sum};
pub use count::DayCount;
pub use day::{Day, Hours, OzoneDay, mean};
pub use edition::Edition;
pub use index::Index;
pub use item::{Averaging, Grade, Item, Items};
pub use level::Level;
pub use limit::{daily_limit, limit};
pub use period::{Compared, Completeness, Judgement, Period, Refusal, Statistics, percentile};
pub use real_time::Hour;
pub use settings::{
    Attaining, DaysOfStatistics, Missing, MixedPeriod, OzoneDay2012, RealTime2012, Settings, Validity,
};
