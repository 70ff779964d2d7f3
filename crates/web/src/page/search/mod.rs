//! `/search`: one field for everything that has a name. Registers, indicators, units and reports by their labels,
//! records by the words in them. Without scripts it is a plain GET page; with them the field suggests while typing.

mod draw;
mod find;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes as documented;

use crate::app::App;
use crate::fault::Answer;
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;

pub use find::{Found, Hit};

/// The most of each kind that the field suggests, and that the page shows.
const SUGGESTED: usize = 4;
const SHOWN: usize = 20;

/// The page, the suggestions, the data.
pub fn routes() -> Routes {
    Routes::new()
        .get("/search", Need::SignedIn, page)
        .get("/search/suggest", Need::SignedIn, suggest)
        .api(Need::SignedIn, documented!(data))
}

#[derive(Debug, Deserialize, IntoParams)]
struct Asked {
    /// The words that are looked for; all of them must occur.
    #[serde(default)]
    q: String,
}

async fn page(visitor: Visitor, State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Answer {
    let found = find(&visitor, &app, &asked.q, SHOWN).await?;
    Ok(draw::page(&visitor, &asked.q, &found))
}

/// For the field in the bar: a flat list, the best of each kind first.
async fn suggest(visitor: Visitor, State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Answer {
    let found = find(&visitor, &app, &asked.q, SUGGESTED).await?;
    let hits: Vec<Hit> = found.groups.into_iter().flat_map(|group| group.hits).take(12).collect();
    Ok(Json(hits).into_response())
}

/// Everything that has a name and holds these words.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(Asked), responses((status = 200, body = Found)))]
async fn data(visitor: Visitor, State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Answer {
    Ok(Json(find(&visitor, &app, &asked.q, SHOWN).await?).into_response())
}

async fn find(
    visitor: &Visitor,
    app: &Arc<App>,
    words: &str,
    most: usize,
) -> Result<Found, crate::fault::Fault> {
    let (asks, words) = (visitor.clone(), words.to_owned());
    app.work(move |_| find::everything(&asks, &words, most)).await
}
