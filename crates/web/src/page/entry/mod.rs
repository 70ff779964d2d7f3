//! Entry: new records, changes, changes of state, withdrawals; one at a time, as a pasted block, or as a file.
//!
//! ```text
//! pack's fields ─▶ form ─▶ typed ─▶ intake::Form ─▶ scribe ─▶ receipt → the record's page
//!                   ▲        │                        │
//!                   │        └─ draft (server, browser)└─ faults, by field → the same form with what was typed
//!                   └────────────────────────────────────── somebody was faster → both versions, choose per field
//! ```
//!
//! Why it is one group: every page here makes a job for the scribe out of what a person typed, and must show it again
//! unharmed if the job is refused. No rule is in here: what may be entered is `intake`'s, who may enter it `access`'s.

mod act;
mod amend;
mod api;
mod conflict;
mod create;
mod desk;
mod drafts;
mod fields;
mod import;
mod import_view;
mod many;
mod receive;
mod suggest;
mod typed;

pub(crate) use desk::{Held, actor_name, label_of, refused, said};
pub(crate) use fields::evidence_list;
pub(crate) use receive::receive;
pub(crate) use typed::Typed;

use access::Action;

use crate::routes::{Need, Routes};

/// The most bytes of one request with files.
pub(crate) const MOST_UPLOAD: usize = 200 << 20;

/// The routes of entry.
pub fn routes() -> Routes {
    let enter = Need::May(Action::Enter);
    let import = Need::May(Action::Import);
    Routes::new()
        .get("/registers/{register}/enter", enter, create::page)
        .upload("/registers/{register}/enter", enter, MOST_UPLOAD, create::save)
        .post("/registers/{register}/check-entry", enter, create::check)
        .get("/registers/{register}/enter-many", enter, many::page)
        .post("/registers/{register}/enter-many", enter, many::save)
        .get("/registers/{register}/import", import, import::page)
        .get("/registers/{register}/template.xlsx", import, import::template)
        .upload("/registers/{register}/import", import, MOST_UPLOAD, import::look)
        .post("/registers/{register}/import/again", import, import::again)
        .post("/registers/{register}/import/enter", import, import::enter)
        .get("/records/{id}/amend", Need::May(Action::Amend), amend::page)
        .upload("/records/{id}/amend", Need::May(Action::Amend), MOST_UPLOAD, amend::save)
        .post("/records/{id}/check-amend", Need::May(Action::Amend), amend::check)
        .post("/records/{id}/settle", Need::May(Action::Amend), conflict::settle)
        .get("/records/{id}/advance/{state}", Need::May(Action::Advance), act::advance_page)
        .upload("/records/{id}/advance/{state}", Need::May(Action::Advance), MOST_UPLOAD, act::advance)
        .get("/records/{id}/withdraw", Need::May(Action::Withdraw), act::withdraw_page)
        .upload("/records/{id}/withdraw", Need::May(Action::Withdraw), MOST_UPLOAD, act::withdraw)
        .get("/registers/{register}/suggest", Need::May(Action::View), suggest::records)
        .get("/suggest/units", Need::May(Action::View), suggest::units)
        .post("/drafts/{key}", Need::SignedIn, drafts::save)
        .post("/drafts/{key}/drop", Need::SignedIn, drafts::drop_it)
        .api(import, utoipa_axum::routes!(api::import_file))
        .api(enter, utoipa_axum::routes!(api::put_evidence))
}
