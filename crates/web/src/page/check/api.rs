//! `POST /api/v1/check`: the same for programs, answered at once; nothing is kept.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use figure::Period;
use message::Text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{Question, answer, read};
use crate::fault::{Answer, Fault, Problem};
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;
use access::Action;

/// The one route.
pub fn routes() -> Routes {
    let (schemas, paths, handler) = routes!(check);
    Routes::new().api(
        Need::May(Action::Check),
        (schemas, paths, handler.layer(DefaultBodyLimit::max(read::MOST_FILE))),
    )
}

/// How a document is to be read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// What the document is called; its ending tells HTML and Markdown from plain text.
    name: Option<String>,
    /// The period spoken of: `2022`, `2022-Q3`, `2022-05`. Else the year that the text names most often.
    period: Option<String>,
    /// The day whose state counts. Else the period's last.
    as_of: Option<String>,
}

/// What was found in a document. Places are counted in Unicode characters of the text that was read.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = CheckResult)]
struct Found {
    /// The text was taken to speak of this period.
    period: String,
    /// How many entries of the book were known.
    known_at: u64,
    /// Every quantity.
    quantities: Vec<Quantity>,
    /// Every statement that the book was asked about.
    claims: Vec<Claim>,
    /// Where the text contradicts itself.
    inconsistencies: Vec<Inconsistency>,
}

/// A quantity of the text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Quantity {
    /// Its first character.
    start: u64,
    /// After its last character.
    end: u64,
    /// As it stands there.
    surface: String,
    /// Its value.
    value: String,
    /// Its unit.
    unit: String,
    /// How the value is meant: `exactly`, `about`, `above` …
    comparator: String,
    /// What it is.
    kind: String,
}

/// A statement, judged.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Claim {
    /// Its first character.
    start: u64,
    /// After its last character.
    end: u64,
    /// The indicator that it speaks of.
    indicator: Option<String>,
    /// The period that it speaks of.
    period: Option<String>,
    /// `supported`, `contradicted`, `outdated`, `ambiguous` or `unsupported`.
    verdict: String,
    /// What the text says.
    stated: String,
    /// What the book says.
    computed: Option<String>,
    /// The identity of the figure it was compared with.
    figure: Option<String>,
    /// Why, in the language of the request.
    reason: String,
    /// Where several indicators fit: which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<String>,
}

/// A contradiction inside the text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Inconsistency {
    /// The rule that is broken.
    rule: String,
    /// The numbers concerned.
    places: Vec<Place>,
    /// What the other numbers make of it.
    expected: String,
    /// As it stands there.
    found: String,
    /// The arithmetic, in the language of the request.
    explanation: String,
}

/// A place in the text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Place {
    /// Its first character.
    start: u64,
    /// After its last character.
    end: u64,
}

/// Checks a document. The body is the document itself: DOCX, HTML, Markdown or plain text, at most 20 MB.
#[utoipa::path(
    post,
    path = "/api/v1/check",
    tag = "check",
    params(Asked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = Found),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
async fn check(visitor: Visitor, Query(asked): Query<Asked>, headers: HeaderMap, body: Bytes) -> Answer {
    let refused = |(field, words): (&'static str, Text)| Fault::Refused {
        text: words.clone(),
        fields: vec![(field.to_owned(), words)],
    };
    let spoken =
        read::spoken(asked.period.as_deref().unwrap_or_default(), asked.as_of.as_deref().unwrap_or_default())
            .map_err(refused)?;
    let name = asked.name.unwrap_or_else(|| name_of(&headers).to_owned());
    let read = move || read::read(&name, &body).map_err(|words| ("body", words));
    let document = tokio::task::spawn_blocking(read).await.map_err(Fault::internal)?.map_err(refused)?;
    let language = visitor.language;
    let answered = answer(&visitor, Question { document, spoken }).await?;
    let outcome = answered.outcome;
    let mut json = outcome.json(language, None);
    if let Some(object) = json.as_object_mut() {
        object.insert("period".to_owned(), Period::to_string(&outcome.period).into());
        object.insert("known_at".to_owned(), answered.known_at.into());
    }
    let found: Found = serde_json::from_value(json).map_err(Fault::internal)?;
    Ok(Json(found).into_response())
}

/// A name whose ending says what the request's type says.
fn name_of(headers: &HeaderMap) -> &'static str {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "text/html" => "document.html",
        "text/markdown" => "document.md",
        "text/plain" => "document.txt",
        _ => "",
    }
}
