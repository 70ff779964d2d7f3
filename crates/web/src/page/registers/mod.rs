//! 台账: every register, a register's records, and the same records as a file.
//!
//! ```text
//! address ──ask──▶ Asked (filters, order, columns, page) ──▶ shelf::Query ──▶ list (page) · export (stream)
//! ```
//!
//! A list's address holds everything that it shows, so it can be sent to a colleague, and a file is exactly the list
//! that one sees.

mod ask;
mod export;
mod filters;
mod index;
mod list;
pub mod rights;
pub mod value;

use access::Action;

pub(super) use list::warm;

use crate::fault::Fault;
use crate::routes::{Need, Routes};

/// `/registers` and what is below it that only reads.
pub fn routes() -> Routes {
    let (view, export) = (Need::May(Action::View), Need::May(Action::Export));
    Routes::new()
        .get("/registers", view, index::page)
        .get("/registers/{register}", view, list::page)
        .get("/registers/{register}/export.csv", export, export::csv)
        .get("/registers/{register}/export.xlsx", export, export::xlsx)
        .get("/registers/{register}/export.geojson", export, export::geojson)
}

/// What is said when a list cannot be shown.
pub fn fault(error: shelf::ShelfError) -> Fault {
    if error.is_asked_wrongly() { Fault::Bad(error.text()) } else { Fault::internal(error) }
}
