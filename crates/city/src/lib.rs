//! A city's home: what the command line and the web application both do with it.
//!
//! ```text
//! HOME ──City::open──▶ City { settings, pack } ──engine──▶ figures::blocking::Engine
//!                        │                                    │
//!                        ├─ words ─▶ CityWords ───────────────┤
//!                        │                                    ▼
//!                        ├─ reporting: template + snapshot ─▶ report::Document, or faults with their places
//!                        ├─ checking:  document ────────────▶ Outcome ─▶ JSON, remarks, marked-up HTML
//!                        ├─ desk:      versions, steps, signatures of reports at work
//!                        ├─ tracing:   figure ──────────────▶ JSON of its rows, entries, differences
//!                        ├─ packs:     directory ───────────▶ every fault of every language in it; in force
//!                        └─ backup:    home ────────────────▶ a copy that verifies
//! ```
//!
//! Both rims (`cli`, `web`) only read what they are asked and print what comes back, so that a report
//! from a browser has the same bytes as one from a terminal.
//!
//! **What is absent:** printing, arguments, requests, accounts, and whoever asks. The book is opened
//! here for those who have none open; a server that holds the writer hands it in ([`City::serving_engine`]).

pub mod backup;
pub mod checking;
pub mod desk;
mod error;
mod home;
pub mod ledger_words;
pub mod packs;
mod program;
pub mod reporting;
pub mod tracing;
mod vocabulary;
pub mod wording;

pub use error::CityError;
pub use home::{City, Reported, Settings, write_whole};
pub use packs::{digest_name, read_pack};
pub use program::identity;
pub use vocabulary::{CityWords, Units};
