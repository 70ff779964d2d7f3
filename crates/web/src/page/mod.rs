//! The pages, a file (or folder) each. Adding one is that file and one line in [`routes`].

mod accounts;
mod admin;
pub mod api;
mod audit;
pub mod book;
pub mod check;
mod entry;
mod evidence;
mod figures;
mod health;
mod inbox;
pub mod map;
mod me;
pub mod monitoring;
mod offline;
mod organisation;
pub mod overview;
mod packs;
mod plan;
mod preferences;
mod public;
mod record;
pub mod registers;
mod reports;
mod rights;
mod search;
mod sign_in;
pub(crate) mod waiting;

use std::sync::Weak;

use maud::Markup;

use crate::app::App;
use crate::fault::Fault;
use crate::routes::Routes;
use crate::visitor::Visitor;

/// Every route of the application.
pub fn routes() -> Routes {
    Routes::new()
        .and(crate::assets::routes())
        .and(admin::routes())
        .and(api::routes())
        .and(health::routes())
        .and(organisation::routes())
        .and(packs::routes())
        .and(book::routes())
        .and(preferences::routes())
        .and(public::routes())
        .and(figures::routes())
        .and(plan::routes())
        .and(overview::routes())
        .and(search::routes())
        .and(offline::routes())
        .and(map::routes())
        .and(monitoring::routes())
        .and(check::routes())
        .and(reports::routes())
        .and(record::routes())
        .and(registers::routes())
        .and(sign_in::routes())
        .and(me::routes())
        .and(accounts::routes())
        .and(audit::routes())
        .and(entry::routes())
        .and(evidence::routes())
        .and(inbox::routes())
}

/// Computes ahead what the first visitors will want.
pub(crate) fn warm(served: &Weak<App>) -> Result<(), Fault> {
    registers::warm(served)?;
    figures::warm(served)
}

/// What a visitor sees instead of an answer.
pub(crate) fn fault_page(visitor: &Visitor, fault: &Fault) -> Markup {
    crate::ui::fault_page(visitor, fault)
}
