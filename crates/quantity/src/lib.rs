//! Numbers as official Chinese texts write them: units, rounding, approximations, printing, reading.
//!
//! ```text
//! value + unit ──convert──▶ value in the printed unit ──round──▶ the number n ──holds?──▶ 2万余名
//!               (unit.rs)                      (rounding.rs)    (approximation.rs)    (print.rs)
//! ```
//!
//! And back: [`read`](read::read) finds every quantity of a text, with its place, value, unit and word.
//!
//! **What is absent:** floats (a 亩 is exactly 2000/3 m²), files, clocks, and any way to print an
//! approximation that is not true of the value: [`print`] answers such a wish with a reason.

mod approximation;
mod bound;
mod print;
pub mod read;
mod rounding;
mod unit;
pub mod wording;

pub use approximation::{Approximation, Comparator};
pub use bound::Bound;
pub use print::{Form, PrintError, Printed, print, printed};
pub use rounding::{fixed, grouped, last_place, leading_place, round_half_even};
pub use unit::{Base, Dimension, Unit, convert};
pub use wording::ReadPattern;
