//! One account: its roles, and what can be done with it.

use std::sync::Arc;

use access::Action;
use accounts::{Account, AccountError, Grant, SessionInfo};
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use message::Text;
use serde::Deserialize;
use shelf::Units;

use super::{draw, grant_of, in_short, require_manages, units, with_trail};
use crate::fault::{Answer, Fault};
use crate::visitor::{Visitor, no_right};

/// What the page shows.
pub(super) struct View {
    pub(super) account: Arc<Account>,
    pub(super) sessions: Vec<SessionInfo>,
    pub(super) locked: Option<Timestamp>,
    pub(super) units: Arc<Units>,
}

/// The account, if the visitor may manage it. One that is not theirs looks like none.
async fn found(visitor: &Visitor, id: i64) -> Result<(Arc<Account>, Arc<Units>), Fault> {
    let units = units(visitor).await?;
    let account = visitor.app.work(move |app| Ok(app.accounts.account(id)?)).await?.ok_or(Fault::NotFound)?;
    require_manages(visitor, &units, &account.grants).map_err(|_| Fault::NotFound)?;
    Ok((account, units))
}

/// What nobody does to the account that they are signed in with.
fn not_oneself(visitor: &Visitor, id: i64) -> Result<(), Fault> {
    if visitor.account()?.id != id {
        return Ok(());
    }
    let text = Text::new(
        "不能对自己的账号这样做，请由另一名管理员操作",
        "not to your own account: ask another administrator",
    );
    Err(Fault::Refused { text, fields: Vec::new() })
}

pub(super) async fn page(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let view = view(&visitor, id).await?;
    Ok(draw::one(&visitor, &view, None))
}

async fn view(visitor: &Visitor, id: i64) -> Result<View, Fault> {
    let (account, units) = found(visitor, id).await?;
    let (sessions, locked) =
        visitor.app.work(move |app| Ok((app.accounts.sessions(id)?, app.accounts.locked(id)?))).await?;
    Ok(View { account, sessions, locked, units })
}

/// Takes roles away and adds one: `keep` names those that stay, by their place.
pub(super) async fn grants(visitor: Visitor, Path(id): Path<i64>, body: String) -> Answer {
    let (account, units) = found(&visitor, id).await?;
    not_oneself(&visitor, id)?;
    let (mut keep, mut role, mut unit) = (Vec::new(), String::new(), String::new());
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
        match &*name {
            "keep" => keep.push(value.into_owned()),
            "role" => role = value.into_owned(),
            "unit" => unit = value.into_owned(),
            _ => {}
        }
    }
    let kept = |grant: &&Grant| keep.contains(&in_short(std::slice::from_ref(*grant)));
    let mut grants: Vec<Grant> = account.grants.iter().filter(kept).cloned().collect();
    if !role.is_empty() || !unit.trim().is_empty() {
        match grant_of(&visitor, &units, &role, &unit) {
            Ok(grant) => grants.push(grant),
            Err((field, text)) => {
                let view = view(&visitor, id).await?;
                let mut response = draw::one(&visitor, &view, Some((field, &text)));
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(response);
            }
        }
    }
    let detail = in_short(&grants);
    visitor.app.work(move |app| Ok(app.accounts.set_grants(id, &grants)?)).await?;
    let text = Text::new(
        "角色已保存，下次登录起生效",
        "The roles are saved; the account signs in again to use them",
    );
    Ok(with_trail(visitor.lead_to(&format!("/admin/accounts/{id}"), &text), "account.grants", detail))
}

#[derive(Deserialize)]
pub(super) struct Reset {
    second: Option<String>,
}

/// A new invitation: for a forgotten password, or a first one that has expired.
pub(super) async fn reset(visitor: Visitor, Path(id): Path<i64>, Form(given): Form<Reset>) -> Answer {
    let (account, _) = found(&visitor, id).await?;
    let second = given.second.is_some();
    let outcome = visitor.app.work(move |app| Ok(app.accounts.reset(id, second))).await?;
    match outcome {
        Ok(invitation) => {
            let page = draw::invitation(&visitor, &invitation, &account.name);
            let detail = if second { "second factor dropped" } else { "" };
            Ok(with_trail(page, "account.reset", detail.to_owned()))
        }
        Err(AccountError::NoAccount) => {
            let text = Text::new("账号已停用，请先启用", "the account is closed: open it first");
            Err(Fault::Refused { text, fields: Vec::new() })
        }
        Err(error) => Err(error.into()),
    }
}

/// Does something to an account and leads back to it.
async fn act(
    visitor: &Visitor,
    id: i64,
    action: &'static str,
    said: Text,
    work: impl FnOnce(&accounts::Accounts) -> Result<(), AccountError> + Send + 'static,
) -> Answer {
    found(visitor, id).await?;
    visitor.app.work(move |app| Ok(work(&app.accounts)?)).await?;
    Ok(with_trail(visitor.lead_to(&format!("/admin/accounts/{id}"), &said), action, String::new()))
}

pub(super) async fn close(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    not_oneself(&visitor, id)?;
    let said =
        Text::new("账号已停用，登录和令牌已失效", "The account is closed; its sessions and tokens are void");
    act(&visitor, id, "account.close", said, move |accounts| accounts.set_disabled(id, true)).await
}

pub(super) async fn open(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let said = Text::new("账号已启用", "The account is open");
    act(&visitor, id, "account.open", said, move |accounts| accounts.set_disabled(id, false)).await
}

pub(super) async fn end_sessions(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let said = Text::new("该账号的登录已全部结束", "All sessions of the account have ended");
    act(&visitor, id, "account.end-sessions", said, move |accounts| accounts.end_sessions(id, None)).await
}

pub(super) async fn unlock(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let said = Text::new("已解除等待，可立即登录", "It can be signed in to at once");
    act(&visitor, id, "account.unlock", said, move |accounts| accounts.unlock(id)).await
}

pub(super) async fn forget_page(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let (account, _) = found(&visitor, id).await?;
    Ok(draw::forget(&visitor, &account))
}

/// Erases who an account was. Only who manages the whole city may: it cannot be taken back.
pub(super) async fn forget(visitor: Visitor, Path(id): Path<i64>) -> Answer {
    not_oneself(&visitor, id)?;
    if !visitor.may(Action::ManageAccounts, &access::Resource::default()) {
        return Err(no_right(Action::ManageAccounts));
    }
    let said = Text::new("个人信息已删除，账号编号保留", "Who it was is erased; the number stays");
    act(&visitor, id, "account.forget", said, move |accounts| accounts.forget(id)).await
}
