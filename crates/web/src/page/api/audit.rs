//! `/api/v1/audit`: who did what, when, from where.

use accounts::{Filter, Outcome};
use jiff::Timestamp;
use message::text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::take::{Json, Limit, Query};
use crate::fault::Fault;
use crate::visitor::Visitor;

/// Events of the audit trail.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventList {
    /// The newest first.
    pub items: Vec<EventView>,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
}

/// Something that somebody did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Its number, from 1 without gaps.
    pub number: i64,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The number of the account; none before somebody has signed in.
    pub account: Option<i64>,
    /// What: an action's key, or `sign-in`, `sign-out`, `invite` and the like.
    pub action: String,
    /// The HTTP method; empty on the command line.
    pub method: String,
    /// The route's pattern, such as `/records/{id}`.
    pub route: String,
    /// The register.
    pub register: Option<String>,
    /// The record, or what else was acted on.
    pub record: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// `done`, `refused` or `failed`.
    pub outcome: &'static str,
    /// The network address.
    pub from: String,
    /// What else is needed to understand it.
    pub detail: String,
}

/// Which events; what is not given is not asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// By the account of this number.
    account: Option<i64>,
    /// Which action.
    action: Option<String>,
    /// In which register.
    register: Option<String>,
    /// On which record.
    record: Option<String>,
    /// In which unit.
    unit: Option<String>,
    /// With which outcome.
    #[param(pattern = "^(done|refused|failed)$")]
    outcome: Option<String>,
    /// From which address.
    from: Option<String>,
    /// From this instant on.
    #[param(format = DateTime)]
    since: Option<String>,
    /// Before this instant.
    #[param(format = DateTime)]
    until: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<i64>,
    /// How many at most; 100 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
}

/// The audit trail, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    operation_id = "list_audit_events",
    params(Asked),
    responses((status = 200, description = "A page of events", body = EventList))
)]
pub async fn list(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Json<EventList>, Fault> {
    let limit = asked.limit.unwrap_or_default().get();
    let before = asked.cursor;
    let filter = filter(asked)?;
    let app = visitor.app.clone();
    app.work(move |app| {
        // One more than is shown tells whether there is a next page.
        let mut events = app.accounts.audit(&filter, before, limit + 1)?;
        let more = events.len() > limit;
        events.truncate(limit);
        let next = events.last().filter(|_| more).map(|last| last.number.to_string());
        let items = events
            .into_iter()
            .map(|recorded| EventView {
                number: recorded.number,
                at: recorded.at.to_string(),
                account: recorded.event.account,
                action: recorded.event.action,
                method: recorded.event.method,
                route: recorded.event.route,
                register: recorded.event.register,
                record: recorded.event.record,
                unit: recorded.event.unit,
                outcome: recorded.event.outcome.key(),
                from: recorded.event.from,
                detail: recorded.event.detail,
            })
            .collect();
        Ok(Json(EventList { items, next }))
    })
    .await
}

fn filter(asked: Asked) -> Result<Filter, Fault> {
    let instant = |text: Option<String>| -> Result<Option<Timestamp>, Fault> {
        let read = |text: String| {
            let shown: String = text.chars().take(60).collect();
            text.parse().map_err(|_| {
                Fault::Bad(text!("`{shown}` 不是时间。", "`{shown}` is no instant such as 2026-03-01T08:00:00Z."))
            })
        };
        text.map(read).transpose()
    };
    let outcome = match asked.outcome {
        None => None,
        Some(key) => Some(Outcome::parse(&key).ok_or_else(|| {
            Fault::Bad(text!("结果应为 done、refused 或 failed。", "An outcome is done, refused or failed."))
        })?),
    };
    Ok(Filter {
        account: asked.account,
        action: asked.action,
        register: asked.register,
        record: asked.record,
        unit: asked.unit,
        outcome,
        from: asked.from,
        since: instant(asked.since)?,
        until: instant(asked.until)?,
    })
}
