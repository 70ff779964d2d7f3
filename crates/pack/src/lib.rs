//! The city as text: pack files in, a checked [`Pack`] and every fault of them out.
//!
//! A pack is a directory of TOML files (registers, indicators, the plan, what is open to everyone), Markdown
//! report templates and access policies. It is compiled like a program: the whole of it is read, everything is checked against
//! everything else, and the answer names each fault's file, line, column and mend.
//!
//! ```text
//! directory ──read_dir──▶ (path, text)… ──compile──▶ Pack + diagnostics
//!                                            │
//!        syntax (the key tables) ────────────┴──▶ json_schema (for editors)
//!
//! compile:  text ─tree─▶ Node ─shape─▶ keys and types are right
//!                         │
//!                         └─names─▶ what is declared anywhere
//!                                    └─register, organisation, indicator (wording), plan─▶ model
//!                                                                  └─cross─▶ Pack
//! ```
//!
//! What is absent: [`compile`] touches no file, clock or database, and never panics whatever the text;
//! only [`read_dir`] sees the disk. No SQL is parsed here (`figures::check` plans it), no report
//! template (`report::compile` reads it) and no policy (`access::compile` does). A key that the compiler accepts and the JSON Schema does not
//! know cannot exist: both are read from the tables in `syntax`.

pub mod model;
pub use quantity::wording as reads;

mod compile;
mod cross;
mod faults;
mod field;
mod files;
mod formula;
mod indicator;
mod names;
mod organisation;
mod pack_file;
mod plan;
mod public;
mod register;
mod rim;
mod rules;
mod schema;
mod shape;
mod syntax;
mod tree;
mod wording;
mod words;

pub use compile::{compile, understand};
pub use files::FileKind;
pub use model::*;
pub use rim::{ReadError, ReadFault, read_dir};
pub use rules::{RULES, Rule};
pub use schema::{json_schema, taplo_config};
