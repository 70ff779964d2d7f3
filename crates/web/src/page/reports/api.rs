//! Reports for programs.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::Path;
use axum::response::IntoResponse;
use city::desk::{Done, Step};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::difference::{Differences, compare};
use super::list::{Listed, all, one};
use super::render::{open, present, write};
use crate::fault::{Answer, Problem};
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;

/// Under `/api/v1/reports`.
pub fn routes() -> Routes {
    let view = Need::May(Action::View);
    Routes::new().api(view, routes!(list)).api(view, routes!(report)).api(view, routes!(difference))
}

/// All reports.
#[derive(Serialize, ToSchema)]
struct Reports {
    /// In the order of the pack.
    reports: Vec<Listed>,
}

/// A report with its steps and its figures.
#[derive(Serialize, ToSchema)]
struct Report {
    /// What the list says of it.
    #[serde(flatten)]
    listed: Listed,
    /// What happened to it, in order.
    steps: Vec<Taken>,
    /// How many entries of the book are known.
    known_at: u64,
    /// The figures that it cites now, in the order of first mention. Empty where the text is faulty.
    figures: Vec<Cited>,
    /// What is wrong with the text.
    faults: Vec<super::fault::Told>,
}

/// A step.
#[derive(Serialize, ToSchema)]
struct Taken {
    /// From 1.
    number: u32,
    /// `saved`, `reviewed`, `returned` or `signed`.
    #[schema(value_type = String)]
    done: Done,
    /// Which version.
    version: u32,
    /// By whom.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How many entries were known.
    known_at: u64,
    /// The digest of the definitions.
    pack: String,
    /// Why it was returned, or what was changed.
    note: String,
    /// SHA-256 of what was signed, by the ending of the file.
    sha256: std::collections::BTreeMap<String, String>,
}

/// A figure of a report.
#[derive(Serialize, ToSchema)]
struct Cited {
    /// Its identity.
    id: String,
    /// What it is the value of.
    label: String,
    /// The indicator's key.
    indicator: String,
    /// The value with its unit.
    value: String,
    /// How many rows were counted.
    rows: u64,
    /// How many rows wait for verification.
    pending: u64,
}

impl From<&Step> for Taken {
    fn from(step: &Step) -> Self {
        Self {
            number: step.number,
            done: step.done,
            version: step.version,
            by: step.by.clone(),
            at: step.at,
            known_at: step.snapshot.entries,
            pack: city::digest_name(step.snapshot.pack),
            note: step.note.clone(),
            sha256: step.signed.as_ref().map(|signed| signed.sha256.clone()).unwrap_or_default(),
        }
    }
}

/// Lists the reports and where each stands.
#[utoipa::path(
    get,
    path = "/api/v1/reports",
    tag = "reports",
    responses(
        (status = 200, body = Reports),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list(visitor: Visitor) -> Answer {
    let now = Arc::clone(&visitor.now);
    let reports = visitor.app.work(move |app| all(app, &now)).await?;
    Ok(Json(Reports { reports }).into_response())
}

/// A report: its steps, and the figures it cites now.
#[utoipa::path(
    get,
    path = "/api/v1/reports/{key}",
    tag = "reports",
    params(("key" = String, Path, description = "the report's key")),
    responses(
        (status = 200, body = Report),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
async fn report(visitor: Visitor, Path(key): Path<String>) -> Answer {
    let (now, l) = (Arc::clone(&visitor.now), visitor.language);
    let work = move |app: &crate::app::App| {
        let opened = open(&now, &key)?;
        let snapshot = present(&now)?;
        let (figures, faults) = match write(app, &now, &opened.source, snapshot, l, None) {
            Ok(written) => {
                let cited = written.document.figures.into_iter().map(|one| Cited {
                    id: one.id,
                    label: one.label,
                    indicator: one.indicator,
                    value: one.value,
                    rows: one.rows,
                    pending: one.pending,
                });
                (cited.collect(), super::fault::told(&written.warnings, l))
            }
            Err(city::CityError::Faulty(faults)) => (Vec::new(), super::fault::told(&faults, l)),
            Err(error) => return Err(error.into()),
        };
        let steps = opened.standing.steps.iter().map(Taken::from).collect();
        Ok(Report { listed: one(app, &now, &key)?, steps, known_at: snapshot.known_at, figures, faults })
    };
    Ok(Json(visitor.app.heavy_work(work).await?).into_response())
}

/// What would change in a signed report, were it signed today.
#[utoipa::path(
    get,
    path = "/api/v1/reports/{key}/signed/{step}/difference",
    tag = "reports",
    params(
        ("key" = String, Path, description = "the report's key"),
        ("step" = u32, Path, description = "the number of the step that signed it"),
    ),
    responses(
        (status = 200, body = Differences),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
async fn difference(visitor: Visitor, Path((key, step)): Path<(String, u32)>) -> Answer {
    let (now, l) = (Arc::clone(&visitor.now), visitor.language);
    let found = visitor.app.heavy_work(move |app| compare(app, &now, &key, step, l)).await?;
    Ok(Json::<Differences>(found).into_response())
}
