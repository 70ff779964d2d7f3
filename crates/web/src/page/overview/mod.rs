//! `/`: where the city stands. What waits for the visitor, which targets need a decision, the key figures, and what
//! changed in the last seven days of the book. Every number leads to what it is made of.
//!
//! Nothing is computed here: the states are the plan's, the figures those of `/figures`, and the counts of the week are
//! kept until the book grows.

mod draw;
mod view;
mod waiting;
mod week;

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use utoipa_axum::routes as documented;

use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::page::figures::desk::Desk;
use crate::page::figures::index::{self, Courses};
use crate::page::plan::{self, data::Progress};
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;
use crate::when;
use view::Overview;
pub use waiting::Waiting;
use week::Week;

/// The page and its data.
pub fn routes() -> Routes {
    Routes::new().get("/", Need::SignedIn, page).api(Need::May(Action::View), documented!(data))
}

/// What the page is drawn from.
struct Gathered {
    waiting: Waiting,
    /// What is known of the city, for those who may see it.
    city: Option<(Arc<Progress>, Arc<Courses>, Arc<Week>)>,
}

fn gather(app: &Arc<App>, visitor: &Visitor, desk: &Desk<'_>) -> Result<Gathered, Fault> {
    let waiting = Waiting::load(app, visitor)?;
    let city = if visitor.may_anywhere(Action::View, None) {
        let progress = plan::assessed(app, &visitor.now, desk.today)?;
        let courses = index::courses(app, &visitor.now)?;
        Some((progress, courses, week::week(desk, desk.today.max(when::last_written(app)?))?))
    } else {
        None
    };
    Ok(Gathered { waiting, city })
}

async fn page(visitor: Visitor, State(app): State<Arc<App>>) -> Answer {
    let shared = Arc::clone(&app);
    let page = app.work(move |app| {
        let now = Arc::clone(&visitor.now);
        let desk = Desk::open(app, &now)?;
        let gathered = gather(&shared, &visitor, &desk)?;
        Ok(draw::page(&visitor, &desk, &gathered))
    });
    Ok(page.await?.into_response())
}

/// Where the city stands: targets with their state, key figures, what changed, what waits.
#[utoipa::path(
    get, path = "/api/v1/overview", tag = "overview", operation_id = "overview",
    responses((status = 200, body = Overview), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
async fn data(visitor: Visitor, State(app): State<Arc<App>>) -> Answer {
    let shared = Arc::clone(&app);
    let answer = app.work(move |app| {
        let now = Arc::clone(&visitor.now);
        let desk = Desk::open(app, &now)?;
        let gathered = gather(&shared, &visitor, &desk)?;
        Ok(Overview::of(&desk, gathered, visitor.language))
    });
    Ok(Json(answer.await?).into_response())
}
