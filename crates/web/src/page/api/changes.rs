//! What programs enter: new records and everything that is done to records, each under an `Idempotency-Key`.
//!
//! ```text
//! body ─▶ Form or Act ─▶ rights: of the record as it is, of the owner that it gets (OwnerGuard) ─▶ scribe ─▶ receipt
//! ```
//!
//! The scribe answers when the entry is durable, and answers a request that is sent again with the same receipt.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use intake::{Act, Form, Job, OwnerGuard, Refusal, Work};
use ledger::{EntryNumber, RecordId};
use message::text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use access::{Action, Principal, Resource};

use super::given::{Stated, effective, hashes, refused};
use super::shown::{Found, upward};
use super::take::{Json, Path};
use crate::fault::Fault;
use crate::visitor::Visitor;
use crate::when;

/// The header that every change carries.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "it only describes")]
pub struct Key {
    /// A name that you choose for this change, 1 to 80 letters, digits, `-`, `_`, `.`: the same request under the same
    /// key is entered once, however often it is sent; another request under it is refused.
    #[param(rename = "Idempotency-Key", pattern = "^[A-Za-z0-9._-]{1,80}$", required = true)]
    idempotency_key: String,
}

/// What was entered. It is on disk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The record.
    pub record: u64,
    /// The number of its latest entry: what the next change must be based on.
    pub version: u64,
    /// The number of the first entry; none if nothing was new.
    pub first: Option<u64>,
    /// How many entries were made.
    pub count: u64,
    /// The book's size with them.
    pub size: u64,
    /// Whether it had been entered before under this key, and nothing was entered now.
    pub repeated: bool,
}

/// A change of a record.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// The version that you have seen.
    pub base: u64,
    /// What is stated anew; what is not stated stays.
    pub change: Stated,
}

/// A move to another state.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// The version that you have seen.
    pub base: u64,
    /// The state: key or label.
    pub to: String,
    /// The day from which it holds; today unless given.
    #[serde(default)]
    #[schema(format = Date)]
    pub effective: Option<String>,
    /// Evidence that was uploaded before, by content hash.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

/// A judgement of a record, or its end.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// The version that you have seen.
    pub base: u64,
    /// The day from which it holds; today unless given.
    #[serde(default)]
    #[schema(format = Date)]
    pub effective: Option<String>,
    /// Evidence that was uploaded before, by content hash.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// A remark; returning and withdrawing need one.
    #[serde(default)]
    pub note: Option<String>,
}

type Entered = Result<(StatusCode, Json<Receipt>), Fault>;

/// Enters a new record.
#[utoipa::path(
    post,
    path = "/api/v1/registers/{register}/records",
    tag = "records",
    operation_id = "create_record",
    params(("register" = String, Path, description = "The register's key, such as `docks`"), Key),
    request_body = Stated,
    responses((status = 201, description = "It is entered", body = Receipt))
)]
pub async fn create(
    visitor: Visitor,
    Path(register): Path<String>,
    headers: HeaderMap,
    Json(stated): Json<Stated>,
) -> Entered {
    let key = key(&headers)?;
    visitor.now.pack.register(&register).ok_or(Fault::NotFound)?;
    visitor.require_anywhere(Action::Enter, Some(&register))?;
    let app = visitor.app.clone();
    app.work(move |_| {
        let form = stated.form(when::today())?;
        let whole = Resource { register: Some(&register), ..Resource::default() };
        if form.owner.is_none() && !visitor.may(Action::Enter, &whole) {
            let text = text!("请写明归口单位。", "Say which unit it belongs to.");
            return Err(refused(vec![("@owner".to_owned(), text)]));
        }
        let roles = roles_anywhere(&visitor, Action::Enter, &register);
        let guard = Some(guard(&visitor, Action::Enter, &register));
        enter(&visitor, None, Job {
            actor: visitor.actor().to_owned(),
            roles,
            key,
            guard,
            work: Work::Create { register, form },
        })
    })
    .await
}

/// Changes fields or the owner of a record.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/amend",
    tag = "records",
    operation_id = "amend_record",
    params(("id" = u64, Path, description = "The record's number"), Key),
    request_body = Amendment,
    responses((status = 201, description = "It is entered", body = Receipt))
)]
pub async fn amend(
    visitor: Visitor,
    Path(id): Path<u64>,
    headers: HeaderMap,
    Json(body): Json<Amendment>,
) -> Entered {
    let key = key(&headers)?;
    let app = visitor.app.clone();
    app.work(move |_| {
        let form: Form = body.change.form(when::today())?;
        let found = Found::today(&visitor.now, id, visitor.language)?;
        visitor.require(Action::Amend, &found.resource())?;
        let guard = Some(guard(&visitor, Action::Amend, &found.register.key));
        let work = Work::Amend { record: RecordId(id), base: EntryNumber(body.base), form };
        // A change of state along with the values is asked for by its own right.
        let mut roles = roles(&visitor, Action::Amend, &found.resource());
        roles.retain(|role| roles_of(&visitor, Action::Advance, &found.resource()).contains(role));
        enter(&visitor, Some(id), Job { actor: visitor.actor().to_owned(), roles, key, guard, work })
    })
    .await
}

/// Moves a record to another state of its life.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/advance",
    tag = "records",
    operation_id = "advance_record",
    params(("id" = u64, Path, description = "The record's number"), Key),
    request_body = Advance,
    responses((status = 201, description = "It is entered", body = Receipt))
)]
pub async fn advance(
    visitor: Visitor,
    Path(id): Path<u64>,
    headers: HeaderMap,
    Json(body): Json<Advance>,
) -> Entered {
    let judgement =
        Judgement { base: body.base, effective: body.effective, evidence: body.evidence, note: body.note };
    act(visitor, id, &headers, Action::Advance, intake::Action::Advance(body.to), judgement).await
}

/// Confirms everything that was entered for a record so far.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/verify",
    tag = "records",
    operation_id = "verify_record",
    params(("id" = u64, Path, description = "The record's number"), Key),
    request_body = Judgement,
    responses((status = 201, description = "It is entered", body = Receipt))
)]
pub async fn verify(
    visitor: Visitor,
    Path(id): Path<u64>,
    headers: HeaderMap,
    Json(body): Json<Judgement>,
) -> Entered {
    act(visitor, id, &headers, Action::Verify, intake::Action::Verify, body).await
}

/// Sends back what is not confirmed, with a remark that says why.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/return",
    tag = "records",
    operation_id = "return_record",
    params(("id" = u64, Path, description = "The record's number"), Key),
    request_body = Judgement,
    responses((status = 201, description = "It is entered", body = Receipt))
)]
pub async fn send_back(
    visitor: Visitor,
    Path(id): Path<u64>,
    headers: HeaderMap,
    Json(body): Json<Judgement>,
) -> Entered {
    act(visitor, id, &headers, Action::Return, intake::Action::Return, body).await
}

/// Ends a record, with a remark that says why. Its entries stay.
#[utoipa::path(
    post,
    path = "/api/v1/records/{id}/withdraw",
    tag = "records",
    operation_id = "withdraw_record",
    params(("id" = u64, Path, description = "The record's number"), Key),
    request_body = Judgement,
    responses((status = 201, description = "It is entered", body = Receipt))
)]
pub async fn withdraw(
    visitor: Visitor,
    Path(id): Path<u64>,
    headers: HeaderMap,
    Json(body): Json<Judgement>,
) -> Entered {
    act(visitor, id, &headers, Action::Withdraw, intake::Action::Withdraw, body).await
}

async fn act(
    visitor: Visitor,
    id: u64,
    headers: &HeaderMap,
    right: Action,
    action: intake::Action,
    body: Judgement,
) -> Entered {
    let key = key(headers)?;
    let app = visitor.app.clone();
    app.work(move |_| {
        let mut faults = Vec::new();
        let evidence = hashes(&body.evidence, &mut faults);
        let effective = effective(body.effective.as_deref(), when::today(), &mut faults);
        if !faults.is_empty() {
            return Err(refused(faults));
        }
        let found = Found::today(&visitor.now, id, visitor.language)?;
        visitor.require(right, &found.resource())?;
        let act = Act { action, effective, evidence, note: body.note };
        let roles = roles(&visitor, right, &found.resource());
        let work = Work::act(RecordId(id), EntryNumber(body.base), act);
        let guard = Some(guard(&visitor, right, &found.register.key));
        enter(&visitor, Some(id), Job { actor: visitor.actor().to_owned(), roles, key, guard, work })
    })
    .await
}

/// The key of the request.
fn key(headers: &HeaderMap) -> Result<String, Fault> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if (1..=80).contains(&key.len()) && key.chars().all(fits) {
        return Ok(key.to_owned());
    }
    Err(Fault::Bad(text!(
        "请求头 Idempotency-Key 应为 1 至 80 个字母、数字或 - _ .",
        "The header Idempotency-Key has 1 to 80 letters, digits, - _ ."
    )))
}

/// The roles by which the visitor may do this to that.
fn roles(visitor: &Visitor, action: Action, resource: &Resource<'_>) -> Vec<String> {
    roles_of(visitor, action, resource)
}

fn roles_of(visitor: &Visitor, action: Action, resource: &Resource<'_>) -> Vec<String> {
    visitor
        .grants
        .iter()
        .filter(|grant| {
            let alone = alone(visitor, grant);
            visitor.now.policies.decide(&alone, action, resource).allowed
        })
        .map(|grant| grant.role.clone())
        .collect()
}

fn roles_anywhere(visitor: &Visitor, action: Action, register: &str) -> Vec<String> {
    visitor
        .grants
        .iter()
        .filter(|grant| visitor.now.policies.may_anywhere(&alone(visitor, grant), action, Some(register)))
        .map(|grant| grant.role.clone())
        .collect()
}

/// The visitor with one of their grants.
fn alone<'a>(visitor: &'a Visitor, grant: &'a access::Grant) -> Principal<'a> {
    Principal {
        account: visitor.actor(),
        grants: std::slice::from_ref(grant),
        scopes: visitor.scopes.as_deref().map(Vec::as_slice),
    }
}

/// Whose records the visitor may touch: asked by the scribe for the owner that a record has and for the one that it gets.
fn guard(visitor: &Visitor, action: Action, register: &str) -> OwnerGuard {
    let (visitor, register) = (visitor.clone(), register.to_owned());
    OwnerGuard::new(move |unit| {
        let Ok(tree) = visitor.now.shelf.units(when::today()) else { return false };
        let units = upward(&Arc::clone(&tree), unit);
        visitor.may(action, &Resource { register: Some(&register), units: &units, ..Resource::default() })
    })
}

fn enter(visitor: &Visitor, record: Option<u64>, job: Job) -> Entered {
    let done = visitor.app.scribe.enter(job).map_err(|refusal| fault(&refusal))?;
    if let Some((_, refusal)) = done.refused.first() {
        return Err(fault(refusal));
    }
    let record = record.or_else(|| done.records.first().map(|record| record.0)).ok_or_else(|| {
        Fault::Internal("the scribe entered a record and does not say which".to_owned())
    })?;
    let version = visitor.app.book.version(RecordId(record))?.map_or(record, |number| number.0);
    let receipt = Receipt {
        record,
        version,
        first: done.entries.map(|(first, _)| first.0),
        count: done.entries.map_or(0, |(_, count)| count),
        size: done.size,
        repeated: done.repeated,
    };
    Ok((StatusCode::CREATED, Json(receipt)))
}

/// A refusal of the scribe's, as programs are told.
fn fault(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::Faults(faults) => {
            let fields = faults.iter().map(|fault| (fault.field.clone(), fault.message.clone())).collect();
            Fault::Refused { text: refusal.text(), fields }
        }
        Refusal::Several(several) => match several.first() {
            Some((_, one)) => fault(one),
            None => Fault::Refused { text: refusal.text(), fields: Vec::new() },
        },
        Refusal::Stale(conflict) => {
            let (record, version) = (conflict.record, conflict.current.number);
            Fault::Conflict(text!(
                "记录 #{record} 已有更新的版本 {version}；请读取后再提交。",
                "Record #{record} has a newer version {version}; read it and send your change again."
            ))
        }
        Refusal::KeyReused => Fault::Conflict(refusal.text()),
        Refusal::BadKey => Fault::Bad(refusal.text()),
        Refusal::NoRecord(_) | Refusal::NoRegister(_) => Fault::NotFound,
        Refusal::Refused(_) | Refusal::Cells(_) => Fault::Refused { text: refusal.text(), fields: Vec::new() },
        Refusal::Failed(text) => Fault::Internal(text.english.clone()),
        Refusal::Stopped => Fault::Busy(refusal.text()),
    }
}
