//! Hours become days, days become months and years, of stations and of cities; an edition judges them.
//!
//! ```text
//! files ─▶ evaluate_files ─┐                                  no edition          │  by an edition
//! rows  ─▶ Hours::push ────┴▶ Hours ─finish─▶ Days ─▶ Evaluation ─statistics()─▶ PeriodStatistics
//!                                                        │ day(scope, date)            │
//!                                                        ▼                             ▼
//!                                                     judge_day ─────────────────▶ judge() ─▶ Judged
//!                                                        └──────▶ tables::* (Arrow) ◀──┘
//! ```
//!
//! What stands left of the line is computed once: concentrations of days and statistics of periods know no
//! edition. Judging by a second edition reads them again and costs a small part of the first evaluation.
//!
//! Feeding it from elsewhere (a lake's batches, a test):
//!
//! ```
//! use evaluation::{Evaluation, Hours, Judge, Span};
//! use jiff::civil::date;
//! use standards::air::{Edition, Item, Settings};
//!
//! let mut hours = Hours::new(Settings::default());
//! let station = hours.station("S1", Some("江城市"));
//! for hour in 0..24 {
//!     let start = date(2022, 5, 4).at(hour, 0, 0, 0).to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).unwrap();
//!     hours.push(station, start.timestamp(), Item::Pm2_5, 35_000); // thousandths of the item's unit
//! }
//! let evaluation = Evaluation::of(hours.finish(), 1);
//! let years = evaluation.statistics(Span::Year, 1);
//! let judged = evaluation.judge(&years, Judge::By(Edition::E2012), 1);
//! assert_eq!(judged[0].count.good(), 1);
//! let table = evaluation::tables::periods(&evaluation, &years, &judged, evaluation::Kind::Station).unwrap();
//! assert_eq!(table.num_rows(), 1);
//! ```
//!
//! **Order does not matter.** A day is the sum of its hours in integers, so rows may come in any order, from
//! any number of files and threads. **Memory:** 36 bytes for each complete day of a station (all 24 rows
//! seen), 152 for one some of whose rows have not come (yet), 112 for a day of a city; a batch for each
//! thread; nothing for a row. A national year of 1,500 stations and 350 cities is 34 MB, 97 MB if each day
//! lacks a row.
//!
//! **Missing is missing**, whether a cell is empty, a row absent, or a value no concentration. A station takes
//! part in its city's days if it has any value at all in what was evaluated, unless it was left out
//! ([`Days::leave_out`]). The days of an evaluation run
//! from the first to the last that has a value anywhere.
//!
//! **What is absent:** the rules themselves, which are `standards::air`; labels of hours, which are
//! `readings`; floats; an opinion on which of two different values of one hour is right (see [`Repeated`]).

mod control;
mod days;
mod evaluate;
mod files;
mod hours;
mod judge;
pub mod picture;
pub mod tables;

pub use control::is_control_point;
pub use days::{Days, StationDay};
pub use evaluate::{Evaluation, PeriodStatistics, Scope, Span};
pub use files::{Conflict, FilesError, Read, Repeated, evaluate_files, read_files};
pub use hours::{Hours, Pushed};
pub use judge::{Judge, Judged, judge_day};
pub use tables::{Head, Kind, Table};
