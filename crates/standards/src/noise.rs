//! Noise: GB 3096—2008 limits and the evaluation of cities by HJ 640—2012.
//!
//! ```text
//! hourly Leq ──hours──▶ day and night of a date ──leq──▶ Ld, Ln ──limit──▶ attained or not
//!                                                                  └──attainment──▶ rates by class
//! grid points ──mean──▶ region's level, grade       road sections ──by length──▶ road level, grade
//! ```
//!
//! Levels are integers in millionths of a dB(A) ([`Micro`]). Energy means are logarithms by nature: they
//! are computed in floating point from integer sums of energy (so the order of values changes nothing) and
//! brought back to a millionth of a dB, which removes the noise of the computation; then they are rounded
//! once to the printed decimals, half to even. Regional and road means are means of dB values and exact.
//!
//! **What is absent:** an energy mean over points (the standard takes arithmetic ones), and a day or night
//! with too few hours: it is refused with its count.
//!
//! Sources: GB 3096—2008; HJ 640—2012 (night bands: no source at hand, agree with published results).

mod area;
mod attainment;
mod grade;
mod hours;
mod level;
mod region;
mod road;
mod settings;

pub use area::{AreaClass, Limits};
pub use attainment::{Attainment, PointTime, Rate, attainment, quarter_point_times};
pub use grade::{NoiseGrade, region_grade, road_grade};
pub use hours::{DayNight, NightDate, PeriodLevel, TooFewHours, period_level, slot};
pub use level::{equivalent, exceeded, ldn, rounded};
pub use region::{region_mean, shares_by_grade};
pub use road::{RoadLevel, RoadSection, road_level};
pub use settings::{QuarterValue, Settings};

/// A level in millionths of a dB(A): 55.3 dB(A) is 55,300,000.
pub type Micro = i64;

/// One dB(A).
pub const DB: Micro = 1_000_000;

/// Whether a value can be a sound level in the open: 0 to 200 dB(A).
pub const fn plausible(level: Micro) -> bool {
    level >= 0 && level <= 200 * DB
}
