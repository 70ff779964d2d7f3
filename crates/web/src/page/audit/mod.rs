//! `/admin/audit`: who did what, when, from where; filtered, exported, verified.
//!
//! A page of fifty is found in a millisecond among a million; an export streams, and one that fails breaks off instead
//! of ending early as if that were all.

mod draw;
mod export;

use access::{Action, Resource};
use accounts::{Filter, Head, Outcome, Recorded};
use axum::Json;
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::civil::Date;
use message::Text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::fault::{Answer, Fault, Problem};
use crate::guard::Trail;
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;
use crate::when::calendar;

const NEED: Need = Need::May(Action::ReadAudit);
const A_PAGE: usize = 50;
/// The number of events is counted up to here; beyond it, "more than".
const COUNTED: u64 = 10_000;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/audit", NEED, page)
        .get("/admin/audit/export", NEED, export)
        .post("/admin/audit/verify", NEED, verify)
        .api(NEED, routes!(api_audit))
}

/// What is asked for, as it is typed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// An account: its number, or its sign-in name.
    #[serde(default)]
    account: String,
    /// An action's key.
    #[serde(default)]
    action: String,
    /// A register's key.
    #[serde(default)]
    register: String,
    /// A record, or what else was acted on.
    #[serde(default)]
    record: String,
    /// A unit's code.
    #[serde(default)]
    unit: String,
    /// `done`, `refused` or `failed`.
    #[serde(default)]
    outcome: String,
    /// A network address.
    #[serde(default)]
    from: String,
    /// From this day on (Asia/Shanghai).
    #[serde(default)]
    since: String,
    /// Until this day, including it.
    #[serde(default)]
    until: String,
    /// Only events before the one of this number: the next page's cursor.
    #[serde(default)]
    before: Option<i64>,
}

impl Asked {
    /// The filter that is meant; `None` where it names an account that there is not, so that nothing can be found.
    fn filter(&self, accounts: &accounts::Accounts) -> Result<Option<Filter>, Fault> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let account = match some(&self.account) {
            None => None,
            Some(text) => match text.strip_prefix("account-").unwrap_or(&text).parse() {
                Ok(number) => Some(number),
                Err(_) => match accounts.account_named(&text)? {
                    Some(account) => Some(account.id),
                    None => return Ok(None),
                },
            },
        };
        let outcome = match some(&self.outcome) {
            None => None,
            Some(key) => Some(Outcome::parse(&key).ok_or_else(|| {
                Fault::Bad(Text::new(
                    "结果只能是 done、refused 或 failed",
                    "an outcome is done, refused or failed",
                ))
            })?),
        };
        Ok(Some(Filter {
            account,
            action: some(&self.action),
            register: some(&self.register),
            record: some(&self.record),
            unit: some(&self.unit),
            outcome,
            from: some(&self.from),
            since: some(&self.since).map(|day| begin_of(&day)).transpose()?,
            until: some(&self.until).map(|day| begin_of_next(&day)).transpose()?,
        }))
    }

    /// The query again, with another cursor.
    fn query(&self, before: Option<i64>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.given() {
            query.append_pair(name, value);
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        query.finish()
    }

    fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("account", &self.account),
            ("action", &self.action),
            ("register", &self.register),
            ("record", &self.record),
            ("unit", &self.unit),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("since", &self.since),
            ("until", &self.until),
        ]
        .into_iter()
        .map(|(name, value)| (name, value.trim()))
        .filter(|(_, value)| !value.is_empty())
    }
}

fn day(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|_| Fault::Bad(Text::new("日期应写作 2026-03-01", "a day is written 2026-03-01")))
}

fn begin_of(text: &str) -> Result<Timestamp, Fault> {
    Ok(day(text)?
        .to_zoned(calendar())
        .map_err(|_| Fault::Bad(Text::new("日期超出范围", "the day is out of range")))?
        .timestamp())
}

fn begin_of_next(text: &str) -> Result<Timestamp, Fault> {
    let next = day(text)?
        .tomorrow()
        .map_err(|_| Fault::Bad(Text::new("日期超出范围", "the day is out of range")))?;
    begin_of(&next.to_string())
}

/// A page of the trail.
struct View {
    events: Vec<Recorded>,
    counted: u64,
    actions: Vec<String>,
}

/// The trail belongs to the city as a whole.
fn require(visitor: &Visitor) -> Result<(), Fault> {
    visitor.require(Action::ReadAudit, &Resource::default())
}

async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    require(&visitor)?;
    let question = asked.clone();
    let view = visitor
        .app
        .work(move |app| {
            let actions = app.accounts.audit_actions()?;
            let Some(filter) = question.filter(&app.accounts)? else {
                return Ok(View { events: Vec::new(), counted: 0, actions });
            };
            // One more than is shown says whether there is another page.
            let events = app.accounts.audit(&filter, question.before, A_PAGE + 1)?;
            // A first page that is not full has counted already.
            let counted = match question.before {
                None if events.len() <= A_PAGE => events.len() as u64,
                _ => app.accounts.audit_count(&filter, COUNTED + 1)?,
            };
            Ok(View { events, counted, actions })
        })
        .await?;
    Ok(draw::page(&visitor, &asked, &view))
}

async fn export(visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    require(&visitor)?;
    let question = asked.clone();
    let filter = visitor.app.work(move |app| question.filter(&app.accounts)).await?;
    let body = export::stream(&visitor, filter, asked.before);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    let mut response = (headers, body).into_response();
    let detail = asked.given().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
    response.extensions_mut().insert(Trail { action: Some("audit.export"), detail, ..Trail::default() });
    Ok(response)
}

async fn verify(visitor: Visitor) -> Answer {
    require(&visitor)?;
    let report = visitor.app.heavy_work(|app| Ok(app.accounts.verify_audit()?)).await?;
    let mut response = draw::verified(&visitor, &report);
    let detail = report.fault.as_ref().map(|fault| format!("{fault:?}")).unwrap_or_default();
    response.extensions_mut().insert(Trail { action: Some("audit.verify"), detail, ..Trail::default() });
    Ok(response)
}

/// An event of the trail.
#[derive(Serialize, ToSchema)]
struct EventView {
    /// Its number, from 1 without gaps.
    number: i64,
    /// When, in UTC.
    at: String,
    /// The account's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<i64>,
    /// What was done.
    action: String,
    /// The HTTP method.
    method: String,
    /// The route's pattern.
    route: String,
    /// The register.
    #[serde(skip_serializing_if = "Option::is_none")]
    register: Option<String>,
    /// The record, or what else was acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// The unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// `done`, `refused` or `failed`.
    outcome: &'static str,
    /// The network address.
    from: String,
    /// What else there is to know.
    detail: String,
}

impl EventView {
    fn of(one: Recorded) -> EventView {
        let Recorded { number, at, event } = one;
        EventView {
            number,
            at: at.to_string(),
            account: event.account,
            action: event.action,
            method: event.method,
            route: event.route,
            register: event.register,
            record: event.record,
            unit: event.unit,
            outcome: event.outcome.key(),
            from: event.from,
            detail: event.detail,
        }
    }
}

/// A page of the trail, newest first.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    /// The events.
    events: Vec<EventView>,
    /// The cursor of the next page (`before`), if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
    /// The last event's number and the hash that binds all before it: kept elsewhere, it proves later that nothing was
    /// taken back.
    head: HeadView,
}

#[derive(Serialize, ToSchema)]
struct HeadView {
    /// The last event's number.
    number: i64,
    /// Its hash, in hexadecimal digits.
    chain: String,
}

impl HeadView {
    fn of(head: &Head) -> HeadView {
        HeadView { number: head.number, chain: head.chain.iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}

/// The audit trail, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    params(Asked),
    responses(
        (status = 200, description = "A page of the trail", body = AuditPage),
        (status = 400, description = "A filter that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No right to read the trail", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn api_audit(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Json<AuditPage>, Fault> {
    require(&visitor)?;
    let (mut events, head) = visitor
        .app
        .work(move |app| {
            let head = app.accounts.audit_head()?;
            let Some(filter) = asked.filter(&app.accounts)? else { return Ok((Vec::new(), head)) };
            Ok((app.accounts.audit(&filter, asked.before, A_PAGE + 1)?, head))
        })
        .await?;
    let more = events.len() > A_PAGE;
    events.truncate(A_PAGE);
    let next = events.last().map(|one| one.number).filter(|_| more);
    Ok(Json(AuditPage {
        events: events.into_iter().map(EventView::of).collect(),
        next,
        head: HeadView::of(&head),
    }))
}
