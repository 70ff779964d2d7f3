//! `/check`: a document is dropped or pasted, and every number in it is held against the book and against the others.
//!
//! ```text
//! upload or text ──read (bounded)──▶ document ──city::checking──▶ Outcome ──▶ Kept (memory, this session)
//!                                                                   │             │
//!                             POST /api/v1/check ◀──────────────────┘   /check/{id}: marked text, claims, downloads
//! ```
//!
//! **What is absent:** the document. It is in memory for the session that brought it and nowhere else (see [`Kept`]);
//! through the API nothing of it is kept at all. What it says is not logged either.

mod api;
mod kept;
mod parts;
mod read;
mod result;
mod start;

use std::sync::Arc;

use access::Action;
use city::checking::{Checker, Outcome, Spoken};
use document::Document;

use crate::app::App;
use crate::fault::Fault;
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;
use crate::when;

pub use kept::Kept;

/// The pages and the API.
pub fn routes() -> Routes {
    let need = Need::May(Action::Check);
    Routes::new()
        .get("/check", need, start::form)
        .upload("/check", need, read::MOST_BODY, start::check)
        .get("/check/{id}", need, result::show)
        .get("/check/{id}/commented.docx", need, result::commented)
        .get("/check/{id}/check.json", need, result::json)
        .get("/check/{id}/check.html", need, result::portable)
        .post("/check/{id}/forget", need, result::forget)
        .and(api::routes())
}

/// What a person wants to know of a document.
pub(super) struct Question {
    /// What it says.
    pub document: Document,
    /// What it speaks of.
    pub spoken: Spoken,
}

/// What was found, and what was known then.
pub(super) struct Answered {
    pub outcome: Outcome,
    pub known_at: u64,
}

/// Checks a document: heavy work, a few at a time.
pub(super) async fn answer(visitor: &Visitor, question: Question) -> Result<Answered, Fault> {
    let now = Arc::clone(&visitor.now);
    let work = move |_: &App| {
        let mut checker = Checker::new(&now.city, Arc::clone(&now.engine), when::today())?;
        let known_at = checker.snapshot().known_at;
        Ok(Answered { outcome: checker.check(question.document, &question.spoken), known_at })
    };
    visitor.app.heavy_work(work).await
}
