//! The lake: measurements in a Delta table, appended from files and from a durable spool.
//!
//! Monitoring stations deliver millions of values a day; some come late, some are corrected or flagged afterwards, and
//! figures that were reported once must stay computable from what was known then. So the lake makes the book's promises
//! for measurements: what it acknowledged is never lost and never doubled, and nothing that stands in it is ever changed.
//!
//! ```text
//!  listener ──Spool::store──▶ segment files (group commit, fsync) ──Lake::flush──┐
//!                                                                                ├─▶ one batch = one Delta commit
//!  import ──Lake::append / Lake::import──────────────────────────────────────────┘        │
//!                                                              Lake::compact ──▶ fewer, larger files, same rows
//!  Lake::read(query, known at batch K) ◀── Parquet files ◀────────────────────────────────┘
//! ```
//!
//! A batch has a number, 1, 2, 3 …; every row carries its batch's. "Known at K" is the rows of the batches up to K: of
//! several rows about the same station, item, span and time, the one of the latest batch holds, and in one batch the
//! later one (column `revision`). Files may be merged and replaced, batches never are: known at K is the same for ever.
//!
//! What is absent:
//! - No row is overwritten or deleted. A wrong value is corrected by a later row.
//! - No floating point number: a value is decimal(18,6).
//! - No standard, no station register, no unit conversion: who calls has done that.
//! - What stands in the spool and was not flushed yet is durable, but not read.
//! - No engine's feature: the table is plain Delta (reader 1, writer 2), so that any other engine reads it.

mod append;
mod backup;
mod compact;
mod error;
mod export;
mod file;
mod lake;
mod lock;
mod measurement;
mod merge;
mod month;
mod object;
mod pending;
mod query;
mod read;
mod rows;
mod runtime;
mod scan;
mod segment;
mod spool;
mod store;
mod table;
mod verify;

pub use append::Import;
pub use backup::Copied;
pub use error::{LakeError, RowFault};
pub use lake::{Compaction, Info, Lake, Options, Partition, Receipt};
pub use measurement::{Kind, Measurement, Micro, Span};
pub use query::{Query, Row, Version, rows, schema};
pub use spool::Spool;
pub use table::Place;
pub use verify::Fault;
