//! For programs: a file of records, a piece of evidence. (Single records are entered under `/api/v1` beside the lists.)

use access::Action;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use futures::StreamExt;
use intake::{ImportOptions, Job, Refusal, Work};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::create::register_for;
use super::desk::{refused, shelf_fault};
use super::import::{Upload, problem_of};
use super::receive::store;
use crate::app::App;
use crate::fault::{Answer, Fault, Problem};
use crate::page::rights::{guard, roles_anywhere};
use crate::visitor::Visitor;

/// How a file is read.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportAsked {
    /// `xlsx`, `csv` or `geojson`.
    format: String,
    /// Say what would be entered, enter nothing.
    #[serde(default)]
    dry_run: bool,
    /// The business date of rows that state none: `2026-03-01`.
    effective: Option<String>,
    /// The unit of rows that state none: its code or name.
    owner: Option<String>,
    /// The file's coordinates are GCJ-02 and are converted.
    #[serde(default)]
    gcj02: bool,
}

/// What a file did, or would do.
#[derive(Serialize, ToSchema)]
pub(super) struct Imported {
    /// Rows with data.
    rows: u64,
    /// Records created.
    creates: u64,
    /// Records amended.
    amends: u64,
    /// Records moved to another state.
    advances: u64,
    /// Rows that equal their record.
    unchanged: u64,
    /// The number of the first entry; nothing if nothing was entered.
    first_entry: Option<u64>,
    /// How many entries were made.
    entries: u64,
    /// The file had been entered before; nothing was entered now.
    repeated: bool,
    /// Nothing was entered because none was asked.
    dry_run: bool,
}

/// Imports a file into a register: all of it, or nothing and every fault with its cell.
///
/// The header `Idempotency-Key` (1 to 80 letters, digits, `-`, `_`, `.`) is needed unless it is a dry run; the same file
/// is entered once in any case.
#[utoipa::path(
    post, path = "/api/v1/registers/{register}/import", tag = "entry",
    params(("register" = String, Path, description = "the register's key"), ImportAsked,
        ("Idempotency-Key" = Option<String>, Header, description = "the client's own name for this request")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the file, at most 100 MB"),
    responses(
        (status = 200, body = Imported),
        (status = 400, description = "a parameter or header is missing or not of its type", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "nobody is signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "no right", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "there is no such register", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "the key was used for another request", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "the file is too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "the file has faults: `fields` names the cells", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too many requests", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "an error of ours", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "not just now; send the same again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn import_file(
    visitor: Visitor,
    Path(key): Path<String>,
    Query(asked): Query<ImportAsked>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    register_for(&visitor, &key, Action::Import)?;
    let ending = match asked.format.as_str() {
        format @ ("xlsx" | "csv" | "geojson") => format,
        _ => {
            return Err(Fault::Bad(message::Text::new(
                "format 应为 xlsx、csv 或 geojson",
                "format is xlsx, csv or geojson",
            )));
        }
    };
    let idempotency = idempotency(&headers);
    if idempotency.is_none() && !asked.dry_run {
        return Err(Fault::Bad(message::Text::new(
            "缺少 Idempotency-Key",
            "the header Idempotency-Key is missing",
        )));
    }
    let effective = match asked.effective.as_deref().map(str::parse).transpose() {
        Ok(effective) => effective,
        Err(_) => {
            return Err(Fault::Bad(message::Text::new("effective 不是日期", "effective is not a date")));
        }
    };
    let mut upload = Upload::begin(&visitor, ending)?;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        upload.write(&chunk.map_err(|_| cut())?)?;
    }
    let asking = visitor.clone();
    let work = move |app: &App| {
        let path = upload.path_when_done()?;
        let units = asking.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        let role = roles_anywhere(&asking, Action::Import, &key).into_iter().next().unwrap_or_default();
        let mut options = ImportOptions::new(asking.actor(), role);
        (options.effective, options.owner, options.gcj02) = (effective, asked.owner.clone(), asked.gcj02);
        options.guard = Some(guard(&asking, Action::Import, &key, units));
        let outcome = if asked.dry_run {
            app.scribe.try_import(&key, &path, &options, &mut |_, _| {}).map_err(problem_of)?
        } else {
            let job = Job {
                actor: asking.actor().to_owned(),
                roles: Vec::new(),
                key: idempotency.unwrap_or_default(),
                guard: None,
                work: Work::Import { register: key.clone(), file: path, options: Box::new(options) },
            };
            let entered = app.scribe.enter(job).map_err(|refusal| match refusal {
                Refusal::Cells(faults) => problem_of(intake::IntakeError::Faults(faults)),
                other => refused(other),
            })?;
            let mut outcome = entered.import.unwrap_or_default();
            outcome.repeated |= entered.repeated;
            outcome
        };
        Ok(Json(Imported {
            rows: outcome.rows,
            creates: outcome.creates,
            amends: outcome.amends,
            advances: outcome.advances,
            unchanged: outcome.unchanged,
            first_entry: outcome.entries.map(|(first, _)| first),
            entries: outcome.entries.map_or(0, |(_, count)| count),
            repeated: outcome.repeated,
            dry_run: outcome.dry_run,
        })
        .into_response())
    };
    visitor.app.heavy_work(work).await
}

/// Evidence that is in the store.
#[derive(Serialize, ToSchema)]
pub(super) struct Stored {
    /// The SHA-256 of its bytes: what an entry names it by.
    hash: String,
}

/// Puts a file into the evidence store: a picture, PDF, Word or Excel file of at most 50 MB. Sent again it is the same.
#[utoipa::path(
    post, path = "/api/v1/evidence", tag = "entry",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the file, at most 50 MB"),
    responses(
        (status = 201, body = Stored),
        (status = 400, description = "the body broke off", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "nobody is signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "no right", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "the file is empty, too large, or of a type that is not taken", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "too many requests", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "an error of ours", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn put_evidence(visitor: Visitor, body: Body) -> Answer {
    let mut chunks = body.into_data_stream().map(|chunk| chunk.map_err(|_| cut()));
    match store(&visitor.app, &mut chunks, "evidence").await? {
        Ok(hash) => Ok((StatusCode::CREATED, Json(Stored { hash: hash.to_string() })).into_response()),
        Err(text) => Err(Fault::Refused { text, fields: Vec::new() }),
    }
}

fn cut() -> Fault {
    Fault::Bad(message::Text::new("上传中断，请重试", "the upload broke off; send it again"))
}

fn idempotency(headers: &HeaderMap) -> Option<String> {
    headers.get("idempotency-key")?.to_str().ok().map(|key| key.trim().to_owned())
}
