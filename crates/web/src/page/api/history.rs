//! `/api/v1/records/{id}/history`: every entry of a record.

use std::collections::BTreeMap;

use ledger::{Entry, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::{IntoParams, ToSchema};

use access::Action;

use super::shown::Found;
use super::take::{Json as Reply, Limit, Path, Query};
use crate::fault::Fault;
use crate::visitor::Visitor;

/// The entries of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryList {
    /// In the order of the book.
    pub items: Vec<EntryView>,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
}

/// An entry of the book. Nothing of it is ever changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HistoryEntry)]
pub struct EntryView {
    /// Its number in the book.
    pub number: u64,
    /// What it does: `create`, `amend`, `advance`, `verify`, `return`, `withdraw`.
    pub kind: &'static str,
    /// The entry that it is based on.
    pub based_on: Option<u64>,
    /// The day from which it holds.
    #[schema(format = Date)]
    pub effective: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub recorded: String,
    /// The account that entered it.
    pub actor: String,
    /// The state's key, where it sets one.
    pub state: Option<String>,
    /// The owner's code, where it sets one.
    pub owner: Option<String>,
    /// The values that it sets, as the book holds them; `null` where it clears one.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Json>,
    /// The evidence, by content hash (SHA-256).
    pub evidence: Vec<String>,
    /// A remark.
    pub note: Option<String>,
}

impl EntryView {
    fn of(entry: &Entry) -> Self {
        let shown = |value: &Value| match value {
            Value::Null => Json::Null,
            Value::Flag(yes) => json!(yes),
            Value::Whole(number) => json!(number),
            Value::Text(text) => json!(text),
        };
        Self {
            number: entry.number.0,
            kind: entry.kind.word(),
            based_on: entry.based_on.map(|number| number.0),
            effective: entry.effective.to_string(),
            recorded: entry.recorded.to_string(),
            actor: entry.actor.clone(),
            state: entry.state.clone(),
            owner: entry.unit.clone(),
            values: entry.fields.iter().map(|(key, value)| (key.clone(), shown(value))).collect(),
            evidence: entry.evidence.iter().map(ToString::to_string).collect(),
            note: entry.note.clone(),
        }
    }
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// How many at most; 100 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
}

/// Every entry of a record, in the order of the book.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}/history",
    tag = "records",
    operation_id = "get_record_history",
    params(("id" = u64, Path, description = "The record's number"), Paging),
    responses((status = 200, description = "A page of its entries", body = EntryList))
)]
pub async fn list(
    visitor: Visitor,
    Path(id): Path<u64>,
    Query(paging): Query<Paging>,
) -> Result<Reply<EntryList>, Fault> {
    let app = visitor.app.clone();
    app.work(move |app| {
        let found = Found::today(&visitor.now, id, visitor.language)?;
        visitor.require(Action::View, &found.resource())?;
        let after = paging.cursor.as_deref().map(entry).transpose()?;
        let history = app.book.history(found.row.record)?;
        let mut left = history.iter().filter(|entry| after.is_none_or(|after| entry.number.0 > after));
        let limit = paging.limit.unwrap_or_default().get();
        let items: Vec<EntryView> = left.by_ref().take(limit).map(EntryView::of).collect();
        let next = left.next().and_then(|_| items.last()).map(|last| last.number.to_string());
        Ok(Reply(EntryList { items, next }))
    })
    .await
}

/// The entry that a cursor names.
fn entry(cursor: &str) -> Result<u64, Fault> {
    cursor.parse().map_err(|_| Fault::parameter("cursor", cursor))
}
