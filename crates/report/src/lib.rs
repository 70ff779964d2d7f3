//! Reports: a template and the figures it asks for become a document; exporters write it out.
//!
//! ```text
//! text ──compile──▶ Template ──requests──▶ (figures, elsewhere) ──▶ Answers
//!                      │                                              │
//!                      └───────────────render──────────◀──────────────┘
//!                                         ▼
//!                                     Document ──docx / html / markdown──▶ bytes
//!                                                    (crate `document` reads the identities back)
//! ```
//!
//! A template is front matter (TOML between lines of `+++`: title, issuer, period, date) and Markdown with
//! calls:
//!
//! ```text
//! {{ fig("docks.operating", at="2016-12-31", form="余", to="10") }}          580余个
//! {{ table("docks.operating", "docks.closed", by="bank", total=true) }}     alone in its paragraph
//! {{ chart("docks.operating", periods="2016..2022", kind="line") }}         likewise
//!
//! all     period="2022" | at="2016-12-31" | both · of="district=汉阳;bank=left" · unit="万亩" · decimals=2
//! fig     form="余" · to="10" · bare=true (no unit) · lead=false (近, 突破 … checked, not printed)
//! table   by="bank" · periods="2016..2022" or "2016,2022" · title="…" · total=true
//! chart   by or periods · title · kind="bars" | "line"
//! ```
//!
//! **What is absent:** the engine, the pack and the book (a template only *asks* for figures); files,
//! clocks and hash-map order (the same template and answers give the same bytes); and numbers that
//! are anybody's but the figures': `render` prints them through `quantity`, and no exporter turns a
//! value into digits.

mod check;
mod document;
mod docx;
mod html;
mod markdown;
mod render;
mod template;
mod vocabulary;

pub use check::check;
pub use document::{
    Block, Chart, ChartKind, CitedFigure, Column, Document, Inline, Point, Signature, Table, Words,
};
pub use docx::docx;
pub use html::{html, html_body};
pub use markdown::markdown;
pub use render::{Answers, Meta, render};
pub use template::{Front, Request, Template, compile};
pub use vocabulary::{KnownIndicator, Vocabulary};
