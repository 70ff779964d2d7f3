//! The pages, a file (or folder) each. Adding one is that file and one line in [`routes`].

mod admin;
mod entry;
mod evidence;
mod health;
mod inbox;
mod preferences;
mod public;
mod rights;

use maud::Markup;

use crate::fault::Fault;
use crate::routes::Routes;
use crate::visitor::Visitor;

/// Every route of the application.
pub fn routes() -> Routes {
    Routes::new()
        .and(crate::assets::routes())
        .and(admin::routes())
        .and(health::routes())
        .and(preferences::routes())
        .and(public::routes())
        .and(entry::routes())
        .and(evidence::routes())
        .and(inbox::routes())
}

/// What a visitor sees instead of an answer.
pub(crate) fn fault_page(visitor: &Visitor, fault: &Fault) -> Markup {
    crate::ui::fault_page(visitor, fault)
}
