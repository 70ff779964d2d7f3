//! The plan: programmes → projects → targets, each with its supporting measures beside it and its state, which follows
//! from figures and dates and is typed by nobody.
//!
//! ```text
//! /plan?as_of=…            the whole plan on a day: states, timeline, who answers for what
//! /plan/{target}?as_of=…   one target: why its state is what it is, its course against the promise
//! ```

pub(crate) mod data;
pub(crate) mod draw;
pub(crate) mod view;

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::page::figures::ask;
use crate::page::figures::desk::Desk;
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;
use view::{PlanView, TargetView};

/// The routes.
pub fn routes() -> Routes {
    let view = Need::May(Action::View);
    Routes::new()
        .get("/plan", view, page)
        .get("/plan/{target}", view, target)
        .api(view, routes!(api))
        .api(view, routes!(target_api))
}

/// What may stand behind the question mark.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// The day on which the plan is looked at, such as 2022-06-30; today if it is absent.
    pub as_of: Option<String>,
    /// Only targets in this state: `reached`, `on-track`, `at-risk`, `missed`, `no-data`.
    pub state: Option<String>,
    /// Only targets of this unit, by its code.
    pub unit: Option<String>,
}

/// Every target with its state on a day, for other pages. It waits for the engine: call it inside of `App::work`.
pub(crate) fn assessed(app: &App, now: &InForce, day: Date) -> Result<Arc<data::Progress>, Fault> {
    data::progress(&Desk::open(app, now)?, day)
}

async fn page(visitor: Visitor, Query(query): Query<PlanQuery>) -> Answer {
    let app = visitor.app.clone();
    let page = app.work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        let day = ask::date(&query.as_of, "as_of")?.unwrap_or(desk.today);
        let progress = data::progress(&desk, day)?;
        Ok(draw::plan(&visitor, &desk, &progress, &query))
    });
    Ok(page.await?.into_response())
}

async fn target(visitor: Visitor, Path(key): Path<String>, Query(query): Query<PlanQuery>) -> Answer {
    let app = visitor.app.clone();
    let page = app.work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        let day = ask::date(&query.as_of, "as_of")?.unwrap_or(desk.today);
        let progress = data::progress(&desk, day)?;
        let one = progress.targets.iter().find(|one| one.key == key).ok_or(Fault::NotFound)?;
        draw::target(&visitor, &desk, &progress, one)
    });
    Ok(page.await?.into_response())
}

/// The plan with the state of every target.
#[utoipa::path(
    get, path = "/api/v1/plan", tag = "plan", operation_id = "plan", params(PlanQuery),
    responses((status = 200, body = PlanView), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
async fn api(visitor: Visitor, Query(query): Query<PlanQuery>) -> Answer {
    let app = visitor.app.clone();
    let answer = app.work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        let day = ask::date(&query.as_of, "as_of")?.unwrap_or(desk.today);
        let progress = data::progress(&desk, day)?;
        Ok(PlanView::of(&desk, &progress, &query, visitor.language))
    });
    Ok(Json(answer.await?).into_response())
}

/// A target with its state, the reasons for it and the figures it rests on.
#[utoipa::path(
    get, path = "/api/v1/plan/{target}", tag = "plan", operation_id = "target",
    params(("target" = String, Path, description = "The target's key, such as `docks-188`"), PlanQuery),
    responses((status = 200, body = TargetView), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
async fn target_api(visitor: Visitor, Path(key): Path<String>, Query(query): Query<PlanQuery>) -> Answer {
    let app = visitor.app.clone();
    let answer = app.work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        let day = ask::date(&query.as_of, "as_of")?.unwrap_or(desk.today);
        let progress = data::progress(&desk, day)?;
        let one = progress.targets.iter().find(|one| one.key == key).ok_or(Fault::NotFound)?;
        Ok(TargetView::of(&desk, one, visitor.language))
    });
    Ok(Json(answer.await?).into_response())
}
