//! `/map`: the city's registers on a map, and the same things as a list.
//!
//! ```text
//! shelf (shapes, day by day) ──sheet──▶ tiles::Layer ──▶ /tiles/{layer}/{z}/{x}/{y}.mvt   cached while the book stands
//!                                │
//!                                └──▶ counts by state and day ─┐
//! engine (by district) ──theme────────────────────────────────┼──▶ MapView ──▶ the page · /api/v1/map
//! lake (last hours) ──latest──────────────────────────────────┘
//! ```
//!
//! Everything a map shows stands on the page as text: layers with their counts, the list of things, the values of a
//! theme by district, the latest value of every station, the panel of a record. The script draws it.
//!
//! The base map is drawn from three registers, if the pack has them: `districts` (land and borders), `rivers` and
//! `lakes` (water). Nothing comes from another server.
//!
//! Rights: a record is on a visitor's tile only if the visitor may view it; who may not view all owners' records gets
//! layers of their own, with counts of their own.

mod asked;
mod draw;
mod kept;
mod latest;
mod list;
mod measure;
mod panel;
mod public;
mod sheet;
mod sight;
mod theme;
mod tiles;
mod view;

use access::Action;
use axum::Json;
use axum::http::Uri;
use axum::response::IntoResponse;

use crate::fault::Answer;
use crate::routes::{Need, Routes};
use crate::ui::{Page, Section, w};
use crate::visitor::Visitor;

pub use kept::Store;
pub use latest::Station;

use asked::Asked;
use view::MapView;

/// Everything of the map.
pub fn routes() -> Routes {
    Routes::new()
        .get("/map", Need::May(Action::View), page)
        .get("/map/measure", Need::May(Action::View), measure::measure)
        .get("/tiles/{layer}/{z}/{x}/{file}", Need::May(Action::View), tiles::of_visitor)
        .get("/public/map", Need::Open, public::page)
        .get("/public/tiles/{layer}/{z}/{x}/{file}", Need::Open, tiles::of_public)
        .api(Need::May(Action::View), utoipa_axum::routes!(as_data))
}

async fn page(visitor: Visitor, uri: Uri) -> Answer {
    let asked = Asked::of(&uri);
    let (asker, question) = (visitor.clone(), asked.clone());
    let view = visitor.app.work(move |app| MapView::load(app, &asker, &question)).await?;
    let head = Page::new(Section::Map, w("地图", "Map")).wide().script("map.js").style("map.css");
    Ok(visitor.page(head, draw::page(visitor.language, &view, &asked, false)))
}

/// What the map shows, as data.
#[utoipa::path(
    get,
    path = "/api/v1/map",
    tag = "map",
    params(
        ("layer" = Option<Vec<String>>, Query, description = "Registers to show, by key; of what you may not see there is nothing"),
        ("reading" = Option<String>, Query, description = "`counted`: only what figures count; `entered` (so unless given): beside it, marked so and counted apart, what waits for verification"),
        ("at" = Option<String>, Query, format = Date, description = "The day as of which they are shown, such as 2022-12-31"),
        ("theme" = Option<String>, Query, description = "An indicator to colour the districts by"),
        ("record" = Option<u64>, Query, maximum = 9007199254740991_i64, description = "A record to tell more of"),
        ("latest" = Option<String>, Query, description = "Given: the latest values of the stations as well")
    ),
    responses((status = 200, body = MapView))
)]
async fn as_data(visitor: Visitor, uri: Uri) -> Answer {
    let asked = Asked::exactly(&uri)?;
    let asker = visitor.clone();
    let view = visitor.app.work(move |app| MapView::load(app, &asker, &asked)).await?;
    Ok(Json(view).into_response())
}

/// All stations with their latest values, for the monitoring page, which knows whose may be seen.
pub fn latest_of(
    app: &crate::app::App,
    now: &crate::app::InForce,
    language: message::Language,
) -> Result<Vec<Station>, crate::fault::Fault> {
    latest::load(app, now, language, &sight::Sight::All, false)
}
