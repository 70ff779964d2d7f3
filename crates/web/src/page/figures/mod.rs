//! Figures: what can be computed, each figure with everything behind it, and its permanent address.
//!
//! ```text
//! /figures                          every indicator, by theme, with its latest value and course
//! /figures/{indicator}?…            a figure: definition, course, breakdown, editions, plan
//! /figures/{indicator}/rows?…       the rows that were counted, each with its record   (CSV, XLSX)
//! /figures/{indicator}/changes?…    two days or two snapshots, with the entries that made the difference
//! /f/{identity}                     a pinned figure, for ever: value, rows, proof
//! ```
//!
//! Query → [`ask::Ask`] → [`desk::Desk`] (engine, kept answers) → view (`Serialize`) → page or JSON.

pub(crate) mod ask;
mod change;
pub(crate) mod desk;
mod download;
pub(crate) mod draw;
pub(crate) mod index;
mod indicator;
mod pinned;
mod rows;
pub(crate) mod tabs;
pub(crate) mod view;

use access::Action;
use utoipa_axum::routes;

use crate::routes::{Need, Routes};

pub(crate) use index::warm;

/// The routes.
pub fn routes() -> Routes {
    let view = Need::May(Action::View);
    let export = Need::May(Action::Export);
    Routes::new()
        .get("/figures", view, index::page)
        .get("/figures/{indicator}", view, indicator::page)
        .get("/figures/{indicator}/rows", view, rows::page)
        .get("/figures/{indicator}/rows.csv", export, download::csv)
        .get("/figures/{indicator}/rows.xlsx", export, download::xlsx)
        .get("/figures/{indicator}/changes", view, change::page)
        .get("/f/{*identity}", view, pinned::page)
        .get("/api/v1/f/{*identity}", view, pinned::by_path)
        .api(view, routes!(index::api))
        .api(view, routes!(indicator::api))
        .api(view, routes!(rows::api))
        .api(view, routes!(change::api))
        .api(view, routes!(pinned::api))
}
