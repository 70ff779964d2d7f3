//! The pages, a file (or folder) each. Adding one is that file and one line in [`routes`].

mod accounts;
mod admin;
mod audit;
mod health;
mod me;
mod preferences;
mod public;
mod sign_in;

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
        .and(sign_in::routes())
        .and(me::routes())
        .and(accounts::routes())
        .and(audit::routes())
}

/// What a visitor sees instead of an answer.
pub(crate) fn fault_page(visitor: &Visitor, fault: &Fault) -> Markup {
    crate::ui::fault_page(visitor, fault)
}
