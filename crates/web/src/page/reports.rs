//! `/reports`: reports written from templates, every number of them a figure; drafted, reviewed, signed, kept for ever.
//!
//! ```text
//! pack's template or a saved version ──city::reporting──▶ Document ──▶ preview (figures are doors) · DOCX · HTML · Markdown
//!        ▲ edit (draft, version)                              │
//!        └──────────── city::desk ◀──── review · return · sign (snapshot, bytes, SHA-256)
//!                          │
//!                          └──▶ /reports/{key}/signed/{step}: the very bytes, rendered again, and what would change today
//! ```
//!
//! **What is absent:** a number that was typed. A template asks, the engine answers, and a form that is not true of
//! the value is a fault with its line and column, in the editor as on the command line.

mod api;
mod difference;
mod edit;
mod fault;
mod figures;
mod list;
mod preview;
mod render;
mod show;
mod sign;
mod signed;
mod step;

use access::{Action, Resource};

use crate::fault::Fault;
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;

pub(super) use render::attachment;

/// The pages and the API.
pub fn routes() -> Routes {
    let (view, write, sign) =
        (Need::May(Action::View), Need::May(Action::WriteReport), Need::May(Action::SignReport));
    Routes::new()
        .get("/reports", view, list::list)
        .get("/reports/{key}", view, show::show)
        .get("/reports/{key}/export/{format}", Need::May(Action::Export), show::export)
        .get("/reports/{key}/versions/{version}", view, show::version)
        .get("/reports/{key}/edit", write, edit::form)
        .post("/reports/{key}/edit", write, edit::save)
        .post("/reports/{key}/draft", write, edit::draft)
        .post("/reports/{key}/draft/drop", write, edit::drop_draft)
        .post("/reports/{key}/preview", write, preview::preview)
        .get("/reports/{key}/figures", write, figures::search)
        .get("/reports/{key}/figures/suggest", write, figures::suggest)
        .post("/reports/{key}/review", write, step::review)
        .post("/reports/{key}/return", Need::SignedIn, step::give_back)
        .get("/reports/{key}/sign", sign, sign::form)
        .post("/reports/{key}/sign", sign, sign::sign)
        .get("/reports/{key}/signed/{step}", view, signed::show)
        .get("/reports/{key}/signed/{step}/file/{format}", Need::May(Action::Export), signed::file)
        .get("/reports/{key}/signed/{step}/difference", view, difference::show)
        .and(api::routes())
}

/// A report is about the whole city: who writes or signs it has that right for the whole city.
fn require(visitor: &Visitor, action: Action) -> Result<(), Fault> {
    visitor.require(action, &Resource::default())
}

fn may(visitor: &Visitor, action: Action) -> bool {
    visitor.may(action, &Resource::default())
}
