//! `/admin/accounts`: who may sign in, and with which rights.
//!
//! An administrator of a unit sees and changes the accounts whose every role lies in that unit or below it, and can give
//! no role outside of it: nobody gets from an administrator what the administrator could not reach. An account without
//! any role belongs to the city as a whole.

mod draw;
mod one;

use std::sync::Arc;

use access::{Action, Resource};
use accounts::{Account, Grant, State};
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Form, Json};
use jiff::Timestamp;
use maud::{Markup, html};
use message::Text;
use serde::{Deserialize, Serialize};
use shelf::Units;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fault::{Answer, Fault, Problem};
use crate::guard::Trail;
use crate::routes::{Need, Routes};
use crate::visitor::{Visitor, no_right};
use crate::when::calendar;

const NEED: Need = Need::May(Action::ManageAccounts);

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/admin/accounts", NEED, list)
        .get("/admin/accounts/invite", NEED, invite_page)
        .post("/admin/accounts/invite", NEED, invite)
        .get("/admin/accounts/units", NEED, suggest_units)
        .get("/admin/accounts/{account}", NEED, one::page)
        .post("/admin/accounts/{account}/grants", NEED, one::grants)
        .post("/admin/accounts/{account}/reset", NEED, one::reset)
        .post("/admin/accounts/{account}/close", NEED, one::close)
        .post("/admin/accounts/{account}/open", NEED, one::open)
        .post("/admin/accounts/{account}/end-sessions", NEED, one::end_sessions)
        .post("/admin/accounts/{account}/unlock", NEED, one::unlock)
        .get("/admin/accounts/{account}/forget", NEED, one::forget_page)
        .post("/admin/accounts/{account}/forget", NEED, one::forget)
        .api(NEED, routes!(api_accounts))
}

/// The organisation of today.
async fn units(visitor: &Visitor) -> Result<Arc<Units>, Fault> {
    let now = visitor.now.clone();
    visitor.app.work(move |_| now.shelf.units(crate::when::today()).map_err(Fault::internal)).await
}

/// Whether the visitor may manage whoever has these roles: every one of them, or the city as a whole where there is none.
fn may_manage(visitor: &Visitor, units: &Units, grants: &[Grant]) -> bool {
    let may = |unit: Option<&str>| {
        let upward = unit.map(|code| units.upward(code)).unwrap_or_default();
        // A unit that does not exist (any more) is the city's matter.
        visitor.may(Action::ManageAccounts, &Resource { units: &upward, ..Resource::default() })
    };
    if grants.is_empty() { may(None) } else { grants.iter().all(|grant| may(grant.unit.as_deref())) }
}

/// Refuses roles that the visitor cannot give.
fn require_manages(visitor: &Visitor, units: &Units, grants: &[Grant]) -> Result<(), Fault> {
    if may_manage(visitor, units, grants) { Ok(()) } else { Err(no_right(Action::ManageAccounts)) }
}

/// An instant as tables show it, in the business calendar.
pub(in crate::page) fn time(at: Timestamp) -> Markup {
    let shown = at.to_zoned(calendar());
    html! { time datetime=(at.to_string()) { (shown.strftime("%Y-%m-%d %H:%M")) } }
}

/// Roles as people call them.
pub(in crate::page) fn grants_in_words(visitor: &Visitor, grants: &[Grant], units: &Units) -> Markup {
    html! {
        @if grants.is_empty() { "—" }
        @for (place, grant) in grants.iter().enumerate() {
            @if place > 0 { br; }
            (role_label(visitor, &grant.role)) " · " (unit_label(visitor, grant.unit.as_deref(), units))
        }
    }
}

fn role_label(visitor: &Visitor, role: &str) -> String {
    let known = visitor.now.pack.roles.iter().find(|known| known.key == role);
    known.map_or_else(|| role.to_owned(), |known| visitor.say(&known.label))
}

fn unit_label(visitor: &Visitor, unit: Option<&str>, units: &Units) -> String {
    match unit {
        Some(code) => units.name(code).to_owned(),
        None => visitor.say(&Text::new("全市", "the whole city")),
    }
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: usize,
}

/// The accounts that the visitor may manage and that fit what is asked.
async fn chosen(visitor: &Visitor, asked: &Asked, units: &Arc<Units>) -> Result<Vec<Arc<Account>>, Fault> {
    let all = visitor.app.work(|app| Ok(app.accounts.accounts()?)).await?;
    let q = asked.q.trim().to_lowercase();
    let fits = |account: &Account| {
        (q.is_empty()
            || account.name.to_lowercase().contains(&q)
            || account.display.to_lowercase().contains(&q))
            && (asked.role.is_empty() || account.grants.iter().any(|grant| grant.role == asked.role))
            && (asked.state.is_empty() || state_key(account.state) == asked.state)
    };
    Ok(all.into_iter().filter(|one| fits(one) && may_manage(visitor, units, &one.grants)).collect())
}

fn state_key(state: State) -> &'static str {
    match state {
        State::Invited => "invited",
        State::Active => "active",
        State::Disabled => "disabled",
    }
}

async fn list(visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let units = units(&visitor).await?;
    let accounts = chosen(&visitor, &asked, &units).await?;
    Ok(draw::list(&visitor, &asked, &accounts, &units))
}

async fn invite_page(visitor: Visitor) -> Answer {
    let units = units(&visitor).await?;
    Ok(draw::invite(&visitor, &Invited::default(), &units, None))
}

#[derive(Deserialize, Default)]
struct Invited {
    #[serde(default)]
    name: String,
    #[serde(default)]
    display: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    unit: String,
}

/// The role of a form, or what is wrong with it, at which field.
fn grant_of(visitor: &Visitor, units: &Units, role: &str, unit: &str) -> Result<Grant, (&'static str, Text)> {
    if !visitor.now.pack.roles.iter().any(|known| known.key == role) {
        return Err(("role", Text::new("请选择角色", "choose a role")));
    }
    let unit = unit.trim();
    // What is chosen from the suggestions is a code; a name that is typed whole is understood, too.
    let found = units.get(unit).or_else(|| units.iter().find(|one| one.name == unit && !one.dissolved));
    if !unit.is_empty() && found.is_none() {
        return Err(("unit", Text::new("没有此单位", "there is no such unit")));
    }
    let grant = Grant { role: role.to_owned(), unit: found.map(|unit| unit.code.clone()) };
    if !may_manage(visitor, units, std::slice::from_ref(&grant)) {
        let text = Text::new(
            "只能授予本单位及下级单位的角色",
            "you can give roles in your own unit and below it only",
        );
        return Err(("unit", text));
    }
    Ok(grant)
}

async fn invite(visitor: Visitor, Form(given): Form<Invited>) -> Answer {
    let units = units(&visitor).await?;
    let refused = |field: &str, text: Text| {
        let mut response = draw::invite(&visitor, &given, &units, Some((field, &text)));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    };
    let grant = match grant_of(&visitor, &units, &given.role, &given.unit) {
        Ok(grant) => grant,
        Err((field, text)) => return Ok(refused(field, text)),
    };
    let by = visitor.account()?.id;
    let (name, display) = (given.name.trim().to_owned(), given.display.trim().to_owned());
    let grants = vec![grant.clone()];
    let outcome =
        visitor.app.work(move |app| Ok(app.accounts.invite(&name, &display, &grants, Some(by)))).await?;
    match outcome {
        Ok(invitation) => {
            let mut response = draw::invitation(&visitor, &invitation, given.name.trim());
            response.extensions_mut().insert(Trail {
                action: Some("account.invite"),
                record: Some(invitation.account.to_string()),
                detail: in_short(&[grant]),
                ..Trail::default()
            });
            Ok(response)
        }
        Err(error @ accounts::AccountError::TooLarge { .. }) => Ok(refused("display", error.text())),
        Err(error @ (accounts::AccountError::NameTaken | accounts::AccountError::NameUnfit)) => {
            Ok(refused("name", error.text()))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    q: String,
}

/// A unit that is suggested while typing.
#[derive(Serialize)]
struct Suggested {
    value: String,
    label: String,
    note: String,
}

/// The units that fit what is typed, among those in which the visitor may give roles.
async fn suggest_units(visitor: Visitor, Query(typed): Query<Typed>) -> Result<Json<Vec<Suggested>>, Fault> {
    const MOST: usize = 20;
    let units = units(&visitor).await?;
    let q = typed.q.trim();
    let fits = |unit: &&shelf::Unit| !unit.dissolved && (unit.code.starts_with(q) || unit.name.contains(q));
    let mine = |unit: &&shelf::Unit| {
        let upward = units.upward(&unit.code);
        visitor.may(Action::ManageAccounts, &Resource { units: &upward, ..Resource::default() })
    };
    let found = units.iter().filter(fits).filter(mine).take(MOST).map(|unit| Suggested {
        value: unit.code.clone(),
        label: unit.name.clone(),
        note: unit.parent.as_deref().map(|parent| units.name(parent).to_owned()).unwrap_or_default(),
    });
    Ok(Json(found.collect()))
}

/// Roles for the audit trail.
fn in_short(grants: &[Grant]) -> String {
    let one = |grant: &Grant| format!("{}@{}", grant.role, grant.unit.as_deref().unwrap_or("*"));
    grants.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The address of an invitation, as far as it is known.
fn link(visitor: &Visitor, secret: &str) -> String {
    let settings = &visitor.app.settings;
    let public = settings.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    format!("{}/invitation/{secret}", public.unwrap_or_else(|| format!("http://{}", settings.listen)))
}

/// An account, for programs that administer.
#[derive(Serialize, ToSchema)]
struct AccountView {
    /// The number.
    id: i64,
    /// The sign-in name.
    name: String,
    /// What others see.
    display: String,
    /// The roles, as `role@unit`; `*` is the whole city.
    grants: Vec<String>,
    /// `invited`, `active` or `disabled`.
    state: &'static str,
    /// Whether a second factor is asked for.
    second_factor: bool,
    /// When it was made.
    created: String,
    /// When it was last signed in to.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_in: Option<String>,
}

/// The accounts that the asking account may manage.
#[utoipa::path(
    get,
    path = "/api/v1/accounts",
    tag = "account",
    responses(
        (status = 200, description = "The accounts, by name", body = Vec<AccountView>),
        (status = 401, description = "Nobody signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No right to manage accounts", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn api_accounts(visitor: Visitor) -> Result<Json<Vec<AccountView>>, Fault> {
    let units = units(&visitor).await?;
    let accounts = chosen(&visitor, &Asked::default(), &units).await?;
    let view = |account: &Arc<Account>| AccountView {
        id: account.id,
        name: account.name.clone(),
        display: account.display.clone(),
        grants: in_short(&account.grants).split_whitespace().map(str::to_owned).collect(),
        state: state_key(account.state),
        second_factor: account.second_factor,
        created: account.created.to_string(),
        last_sign_in: account.last_sign_in.map(|at| at.to_string()),
    };
    Ok(Json(accounts.iter().map(view).collect()))
}

/// A response with a line for the trail.
fn with_trail(mut response: Response, action: &'static str, detail: String) -> Response {
    response.extensions_mut().insert(Trail { action: Some(action), detail, ..Trail::default() });
    response
}
