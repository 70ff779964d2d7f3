//! Records on their way into the book: forms, tables and maps in, checked drafts out.
//!
//! ```text
//!  XLSX ─┐                                            ┌─▶ faults: every one, with its cell (nothing enters)
//!  CSV ──┼─ rows ─ columns ─▶ RawRecord ─ judge ──────┤
//!  GeoJSON                    ▲            ▲          └─▶ drafts ─▶ ledger.append, one batch (all enter)
//!  forms, the demo city ──────┘            │
//!                              Book: current values, unique keys, units
//! ```
//!
//! Why it exists: one rule decides what may be entered, whether it comes from a clerk's spreadsheet, a web form or
//! the demo city ([`validate`]); a file enters wholly or not at all, and its answer names every fault at once.
//!
//! Invariants:
//! - **Nothing is rounded, guessed or dropped in silence.** A number with more decimals than its field is a fault;
//!   a unit written in a cell is converted exactly or is a fault; a heading nobody knows is a fault.
//! - **Blank means “not stated”.** In an amending row an empty cell leaves the value; `（清空）` / `(clear)` clears it.
//! - **Hostile files cost bounded memory.** Archives are measured before a reader touches them, texts are streamed,
//!   cells and features have a greatest size, nesting a greatest depth.
//! - **Importing the same file twice changes nothing**: the file's key is known to the book, and a row equal to its
//!   record makes no entry.
//! - Text is stored as text: a cell that begins with `=`, `+`, `-` or `@` is not a formula here. Whoever writes CSV
//!   for spreadsheets escapes it with [`escape_formula`]; XLSX needs no escape, since templates and exports write
//!   such texts as string cells, never as formulas.

mod actions;
mod book;
mod columns;
mod current;
mod error;
mod glimpse;
mod import;
mod judge;
mod options;
mod raw;
mod read;
mod reorganise;
mod rules;
mod scribe;
mod source;
mod template;
mod words;
mod writer;

pub use actions::{Act, Action, Standing};
pub use book::Book;
pub use error::{CellFault, Faults, FieldFault, IntakeError};
pub use glimpse::{Glimpse, glimpse};
pub use import::import;
pub use judge::{Change, Judged, validate};
pub use options::{Format, ImportOptions, ImportOutcome, Mended, OwnerGuard};
pub use raw::{RawRecord, RawValue};
pub use reorganise::{NewUnit, Reorganisation, reorganise};
pub use scribe::{Answer, Checked, Conflict, Entered, Form, Job, Question, Refusal, Scribe, Version, Work};
pub use source::escape_formula;
pub use template::{template, template_with_units};
pub use words::geometry_fault;
pub use writer::{Summary, Writer};
