//! How far a promise is kept: a target, figures and dates become a state with its reasons.
//!
//! ```text
//! Target (value, by, direction, course) ─┐
//! Facts (today, figure now, baseline)   ─┼─assess──▶ Assessment: state · expected · forecast · reasons
//! Settings (tolerance)                  ─┘
//! ```
//!
//! Nobody types a state. It follows from figures and dates by this rule:
//!
//! - **No data** where there is no figure, or where the way to the target has no beginning to measure it from.
//! - **Reached** when the figure meets the target: at least its value, or at most where less is better. Of a sum that
//!   must stay below a limit, and of a rate or mean, this can be said only when the due day has passed.
//! - **Missed** when the due day has passed and the figure of that day does not meet the target; and at once when a sum
//!   has passed its limit. What is reached after the due day stays missed.
//! - Otherwise the figure is compared with what was to be **expected** today. A value that moves ([`Course::Path`])
//!   is expected to move evenly, day by day, from its baseline to the target. A sum ([`Course::Sum`]) is expected to
//!   grow evenly from zero on the first day of its period. A rate or mean ([`Course::Level`]) is expected to meet the
//!   target all the time. **On track** is what falls short of that by no more than the tolerance, a share of the whole
//!   way (a tenth unless set otherwise; none for a rate or mean); **at risk** is what falls short by more.
//!
//! A better value never makes the state worse, and a larger tolerance neither.
//!
//! **What is absent:** clocks (today is given), floating point numbers, scores, and persons: targets are units'.

mod reasons;
mod rule;

pub use rule::{Assessment, Course, Direction, Facts, Settings, State, Target, assess};
