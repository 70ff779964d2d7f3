//! The pages, a file (or folder) each. Adding one is that file and one line in [`routes`].

mod admin;
pub mod api;
pub mod book;
mod health;
mod organisation;
mod packs;
mod preferences;
mod public;

use maud::Markup;

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
}

/// What a visitor sees instead of an answer.
pub(crate) fn fault_page(visitor: &Visitor, fault: &Fault) -> Markup {
    crate::ui::fault_page(visitor, fault)
}
