//! Files of measurements: CSV, Parquet and XLSX, wide or long, in any of the known layouts, become rows.
//!
//! ```text
//! file ──cells──▶ header ──layout──▶ records (station, city, START of the interval, values)   ▶ read()
//!                                      └──▶ blocks of air hours in thousandths, by two threads ▶ air::scan()
//! ```
//!
//! [`read`] is for whoever stores measurements: one record a row, values exact in millionths, any item.
//! [`air::scan`] is for whoever evaluates air hours: columns of integers, a row group of a Parquet file at a
//! time, without ever holding a file.
//!
//! **Invariants.** Here, and nowhere else, a label becomes an instant: local time (UTC+8) or UTC, hours
//! labelled by their beginning or by their end (see [`Hours`] and the defaults of [`Profile`]). What leaves
//! this crate is labelled by its START. A cell that is no value is told with its file, row and column (see
//! [`Told`]) and is missing from then on; it is never guessed at, and never takes its row with it. A value
//! that the file leaves empty and a row that the file leaves out are the same to the reader of the records.
//!
//! **What is absent:** rules of any standard, averages, and an opinion on which of two different values of
//! one hour is right.

pub mod air;
mod cell;
mod columns;
mod error;
mod layout;
mod moment;
mod number;
mod options;
mod parquet;
mod record;
mod sheet;
mod source;
mod text;

pub use cell::Cell;
pub use columns::{COLUMNS, Role, role};
pub use error::{Fault, ReadError, Told};
pub use layout::{Layout, Profile};
pub use number::{MISSING_WORDS, micro_of_float, micro_of_text};
pub use options::{Hours, Options, Zone};
pub use record::{Record, Value, read};
