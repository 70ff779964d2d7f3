//! Lists of records at a million: the state of each register, in columns, in memory.
//!
//! A clerk's list of half a million turn-outs must filter, sort and page as a list of fifty does. The book holds entries
//! in the order in which they came; this crate keeps what they come to.
//!
//! ```text
//!  ledger ──read──▶ Events ──fold──▶ Part (columns, never changed) ─┐
//!     │                                                            ├─▶ Table: one large part, small later ones
//!     └── what was entered since ──▶ small Part ────────────────────┘        │
//!                                                                            ▼
//!  Query ──select──▶ a bit a row ──walk the kept order of the column──▶ Page · stream · facets · shapes
//! ```
//!
//! A filter passes over a column once and leaves a bit a row; texts are numbered, so that a search looks at each text
//! once. The order by a column is sorted once for each part and kept, so a page costs a walk over bits and never a sort.
//! A part never changes: what is entered makes a new small part, readers keep the table that they began with, and
//! nobody waits for a writer. Small parts are merged beside them.
//!
//! Rows are stretches of days in which a record did not change, so a list of any day is as quick as today's, and a map
//! can show the years pass. What takes effect later does not show before.
//!
//! Order: numbers and dates by value; options and states as the pack lists them; texts by pinyin for the 3,755 common
//! characters (GB 18030, rarer ones after them by radical) with runs of digits by value; references by what they are
//! called; owners by code; rows that have nothing in the column last; ties by record.
//!
//! Absent: rights (the caller says which owners' records may be seen), personal data (only pseudonyms come out of the
//! book), and writing of any kind.

mod bits;
mod collate;
mod column;
mod cursor;
mod dictionary;
mod error;
mod fold;
mod kept;
mod label;
mod list;
mod number;
mod order;
mod part;
mod query;
mod read;
mod row;
mod select;
mod shelf;
mod table;
mod units;
mod walk;

pub use error::ShelfError;
pub use part::Status;
pub use query::{
    At, By, Facet, FacetValue, Filter, Page, Placed, Presence, Query, Reading, Row, Sort, Test, Value, When,
};
pub use shelf::Shelf;
pub use units::{Unit, Units};
