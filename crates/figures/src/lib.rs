//! Figures: from the book's entries to an indicator's value, with the rows and entries behind it.
//!
//! ```text
//!  EntrySource ──▶ Events ──▶ Part(s) of a Table ──▶ View (as at a day) ──▶ rows of SQL ──▶ Figure
//!  (the ledger)   columns     versions of records,   what counts then,     DataFusion      exact sums,
//!                 of patches  all of them            owners' ancestors                     pinned identity
//!                                 ▲  │
//!                                 │  ▼
//!                             the cache (derived, disposable)
//! ```
//!
//! The entry function is [`Engine::evaluate`]; [`Engine::trace`] and [`Engine::diff`] follow a figure
//! back to its rows and entries; [`check()`] says what is wrong with a pack's indicators before any
//! record is read. DataFusion only ever finds the *rows*: adding them up is done here, in integers, so
//! that no sum depends on an order, a partitioning or a floating point unit.
//!
//! Invariants, above all what is absent:
//! - Nothing here writes to the book, and nothing but the book is believed: a cache file that is
//!   stale, truncated, alien or changed is passed over.
//! - Figures kept from earlier ([`Engine::keeping`]) answer questions only; no trace and no difference
//!   ever reads them.
//! - No figure comes from rows of which two share a key: that is an error which names them.
//! - No clock, no randomness and no floating point number reaches a figure.
//! - A mapping from an owner to a unit above it is a lookup, never a join: it cannot double a row.

mod aggregate;
pub mod blocking;
mod book;
mod cache;
mod check;
mod day;
mod decimal;
mod diff;
mod engine;
mod entry;
mod error;
mod evaluate;
mod fold;
mod formula;
mod functions;
mod kept;
mod listing;
mod memo;
mod monitor;
mod plan;
mod ratio;
mod request;
mod rows;
mod schema;
mod table;
mod trace;
mod units;
mod view;

pub use book::{EntrySource, SourceError};
pub use check::check;
pub use diff::{Difference, DifferencePart, MOST as MOST_CAUSES};
pub use engine::{Engine, Phase, is_measured};
pub use error::FigureError;
pub use listing::{EntryNumbers, Listing, ListingPart};
pub use memo::MemoCounts;
pub use monitor::{EDITION, MeasuredChange, MeasuredNote, MeasurementSource, MonitorTable, STATIONS};
pub use request::Request;
pub use trace::{EntryNote, Trace, TracePart, TracedRow};
