//! The inbox: what waits for the visitor, oldest first; a record to verify or send back; many verified at once.
//!
//! ```text
//! shelf (status = pending, owners within reach) ─▶ list by register ─▶ one: differences to what was verified, evidence
//!                                                     │                  └─▶ verify · return with a reason
//!                                                     └─▶ several at once ─▶ scribe: one batch, one receipt
//! ```
//!
//! What waits too long is told by days, here, in the digest, and by mail to those who have asked for it ([`crate::mail`]).

mod judge;
mod list;
mod view;

use access::Action;

use crate::routes::{Need, Routes};

/// The routes of the inbox.
pub fn routes() -> Routes {
    Routes::new()
        .get("/inbox", Need::SignedIn, list::page)
        .get("/inbox/returned", Need::SignedIn, list::returned)
        .get("/inbox/drafts", Need::SignedIn, list::drafts)
        .get("/inbox/digest", Need::SignedIn, list::digest)
        .post("/inbox/verify", Need::May(Action::Verify), judge::verify_many)
        .get("/records/{id}/verify", Need::May(Action::Verify), judge::page)
        .post("/records/{id}/verify", Need::May(Action::Verify), judge::judge)
        .api(Need::SignedIn, utoipa_axum::routes!(list::api))
}
