//! `/api/v1`: the book, the figures and everything else as JSON, for programs; `/api` says the same to people.
//!
//! ```text
//! every page's `.api(…)` ─┐
//! registers · records · changes · units (here) ─┴─▶ Routes ─▶ document: OpenAPI 3.1, with what holds for all
//! ```
//!
//! What holds for all: texts in the language of `Accept-Language`; amounts as decimal text, days as `2026-03-01`, instants
//! in UTC; lists as `items` and the cursor `next`; errors as problems (RFC 9457); changes with an `Idempotency-Key`, under
//! which the same request may be sent again without doing anything twice.

mod about;
mod changes;
mod document;
mod given;
mod history;
mod records;
mod registers;
mod shown;
mod take;
mod units;

use utoipa_axum::routes;

use access::Action;

use crate::routes::{Need, Routes};

pub(crate) use changes::fault as refusal;
pub use document::document;
pub use take::{Json, Limit, Path, Query};

/// The address of the OpenAPI document.
pub const DOCUMENT: &str = "/api/v1/openapi.json";

/// What is not any page's own, and the documents about all of it.
pub fn routes() -> Routes {
    let see = Need::May(Action::View);
    Routes::new()
        .get("/api", Need::Open, about::page)
        .get(DOCUMENT, Need::Open, document::serve)
        .api(see, routes!(registers::list))
        .api(see, routes!(registers::one))
        .api(see, routes!(records::list))
        .api(see, routes!(records::one))
        .api(see, routes!(history::list))
        .api(see, routes!(units::list))
        .api(Need::May(Action::Enter), routes!(changes::create))
        .api(Need::May(Action::Amend), routes!(changes::amend))
        .api(Need::May(Action::Advance), routes!(changes::advance))
        .api(Need::May(Action::Verify), routes!(changes::verify))
        .api(Need::May(Action::Return), routes!(changes::send_back))
        .api(Need::May(Action::Withdraw), routes!(changes::withdraw))
}
