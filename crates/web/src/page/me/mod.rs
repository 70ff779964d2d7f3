//! `/me`: one's own account: password, second factor, sessions, tokens of programs, the provider's identities, rights.
//!
//! Only a session gets here: a token that could make tokens would be worth more than its scopes say. What makes the
//! account easier or harder to enter asks for the password again, so that a screen left open is not an account lost.

mod draw;
mod mail;
mod second;
mod token;

use accounts::{AccountError, Identity, Session, SessionInfo, Token};
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use message::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fault::{Answer, Fault, Problem};
use crate::guard::Trail;
use crate::page::sign_in::{cookie, origin, refusal};
use crate::routes::{Need, Routes};
use crate::visitor::Visitor;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/me", Need::SignedIn, page)
        .post("/me/password", Need::SignedIn, password)
        .post("/me/second-factor", Need::SignedIn, second::begin)
        .post("/me/second-factor/confirm", Need::SignedIn, second::confirm)
        .post("/me/second-factor/drop", Need::SignedIn, second::give_up)
        .post("/me/recovery-codes", Need::SignedIn, second::recovery_codes)
        .post("/me/sessions/end-others", Need::SignedIn, end_others)
        .post("/me/sessions/{id}/end", Need::SignedIn, end)
        .post("/me/mail", Need::SignedIn, mail::keep)
        .post("/me/mail/try", Need::SignedIn, mail::attempt)
        .post("/me/mail/remove", Need::SignedIn, mail::remove)
        .post("/me/tokens", Need::SignedIn, token::create)
        .post("/me/tokens/{id}/revoke", Need::SignedIn, token::revoke)
        .post("/me/identities/{id}/unlink", Need::SignedIn, unlink)
        .api(Need::SignedIn, routes!(api_me))
}

/// What the page shows.
struct View {
    sessions: Vec<SessionInfo>,
    tokens: Vec<Token>,
    identities: Vec<Identity>,
    recovery_codes: u32,
    /// What is kept of reminders by mail, where the city sends any.
    mail: Option<mail::Kept>,
    units: std::sync::Arc<shelf::Units>,
}

/// What was wrong, at which part of the page.
#[derive(Default)]
struct Wrong {
    field: &'static str,
    text: Option<Text>,
    /// What was typed there, to be typed no second time.
    typed: String,
}

impl Wrong {
    fn at(field: &'static str, text: Text) -> Self {
        Self { field, text: Some(text), typed: String::new() }
    }
}

/// The session that asks. A token is none.
fn session(visitor: &Visitor, headers: &HeaderMap) -> Result<Session, Fault> {
    visitor.account()?;
    let token = cookie::session(visitor, headers).filter(|_| visitor.session.is_some());
    let token = token.ok_or_else(|| {
        Fault::Forbidden(Text::new(
            "此处须本人登录，令牌不可用",
            "this is for a person who signed in, not for a token",
        ))
    })?;
    visitor.app.accounts.session(token)?.ok_or(Fault::SignIn)
}

async fn page(visitor: Visitor, headers: HeaderMap) -> Answer {
    session(&visitor, &headers)?;
    show(&visitor, Wrong::default()).await
}

/// The page, with what was wrong if something was.
async fn show(visitor: &Visitor, wrong: Wrong) -> Answer {
    let id = visitor.account()?.id;
    let now = visitor.now.clone();
    let view = visitor
        .app
        .work(move |app| {
            let accounts = &app.accounts;
            Ok(View {
                sessions: accounts.sessions(id)?,
                tokens: accounts.tokens(id)?,
                identities: accounts.identities(id)?,
                recovery_codes: accounts.recovery_codes_left(id)?,
                mail: mail::Kept::of(app, id)?,
                units: now.shelf.units(crate::when::today()).map_err(Fault::internal)?,
            })
        })
        .await?;
    let refused = wrong.text.is_some();
    let mut response = draw::page(visitor, &view, &wrong);
    if refused {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The page with a refusal on it; what is no refusal of the person's is a fault.
async fn show_refused(visitor: &Visitor, field: &'static str, error: AccountError) -> Answer {
    let (status, text, _) = refusal(error)?;
    let mut response = show(visitor, Wrong::at(field, text)).await?;
    *response.status_mut() = status;
    Ok(response)
}

/// Back to the page, with what was done; the trail says what that was.
fn done(visitor: &Visitor, text: &Text, action: &'static str, record: Option<i64>) -> Response {
    let mut response = visitor.lead_to("/me", text);
    response.extensions_mut().insert(Trail {
        action: Some(action),
        record: record.map(|id| id.to_string()),
        ..Trail::default()
    });
    response
}

#[derive(Deserialize)]
struct NewPassword {
    old: String,
    new: String,
    again: String,
}

async fn password(visitor: Visitor, headers: HeaderMap, Form(given): Form<NewPassword>) -> Answer {
    let session = session(&visitor, &headers)?;
    if given.new != given.again {
        let text = Text::new("两次输入的新密码不一致", "the two new passwords differ");
        return show(&visitor, Wrong::at("again", text)).await;
    }
    let origin = origin(&visitor, &headers);
    let outcome = visitor
        .app
        .work(move |app| Ok(app.accounts.change_password(&session, &given.old, &given.new, &origin)))
        .await?;
    match outcome {
        Ok(renewed) => {
            let text = Text::new(
                "密码已更改，其他登录已结束",
                "The password is changed; your other sessions have ended",
            );
            let mut response = done(&visitor, &text, "password", None);
            cookie::give(&visitor, &renewed, &mut response);
            Ok(response)
        }
        Err(error @ AccountError::Weak(_)) => show_refused(&visitor, "new", error).await,
        Err(error) => show_refused(&visitor, "old", error).await,
    }
}

async fn end(visitor: Visitor, headers: HeaderMap, Path(id): Path<i64>) -> Answer {
    let account = session(&visitor, &headers)?.account.id;
    visitor.app.work(move |app| Ok(app.accounts.end_session(account, id)?)).await?;
    if visitor.session == Some(id) {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    Ok(done(&visitor, &Text::new("已结束该登录", "The session has ended"), "session.end", Some(id)))
}

async fn end_others(visitor: Visitor, headers: HeaderMap) -> Answer {
    let session = session(&visitor, &headers)?;
    visitor.app.work(move |app| Ok(app.accounts.end_sessions(session.account.id, Some(session.id))?)).await?;
    Ok(done(
        &visitor,
        &Text::new("其他登录已全部结束", "Your other sessions have ended"),
        "session.end",
        None,
    ))
}

async fn unlink(visitor: Visitor, headers: HeaderMap, Path(id): Path<i64>) -> Answer {
    let account = session(&visitor, &headers)?.account.clone();
    if !account.has_password {
        // The last way in is not taken away.
        let text = Text::new("请先设置密码", "set a password first: this is the only way into your account");
        return Err(Fault::Refused { text, fields: Vec::new() });
    }
    visitor.app.work(move |app| Ok(app.accounts.unlink_identity(account.id, id)?)).await?;
    Ok(done(
        &visitor,
        &Text::new("已解除绑定", "The identity is no longer linked"),
        "identity.unlink",
        Some(id),
    ))
}

/// One's own account, for programs.
#[derive(Serialize, ToSchema)]
struct Me {
    /// The account's number.
    id: i64,
    /// The sign-in name.
    name: String,
    /// What others see.
    display: String,
    /// The roles, each in a unit or in the whole city.
    grants: Vec<MyGrant>,
    /// The actions that the account (or the token that asks) may do somewhere.
    actions: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
struct MyGrant {
    /// The role's key.
    role: String,
    /// The unit's code; absent for the whole city.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

/// Who asks, and what they may do.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "account",
    responses(
        (status = 200, description = "Who asks", body = Me),
        (status = 401, description = "Nobody signed in", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn api_me(visitor: Visitor) -> Result<Json<Me>, Fault> {
    let account = visitor.account()?;
    let may = |action: &&access::Action| visitor.may_anywhere(**action, None);
    Ok(Json(Me {
        id: account.id,
        name: account.name.clone(),
        display: account.display.clone(),
        grants: account
            .grants
            .iter()
            .map(|grant| MyGrant { role: grant.role.clone(), unit: grant.unit.clone() })
            .collect(),
        actions: access::Action::ALL.iter().filter(may).map(|action| action.key()).collect(),
    }))
}
