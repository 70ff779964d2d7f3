//! Drafts: what was typed and not yet sent, kept on the server for the account, and in the browser beside it.

use accounts::Draft;
use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::Typed;
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::ui::{Button, Notice, Speak, w};
use crate::visitor::Visitor;

/// Whether the draft is to be taken up: `?draft=1`.
#[derive(Deserialize)]
pub(super) struct Asked {
    draft: Option<String>,
}

impl Asked {
    pub(super) fn wanted(&self) -> bool {
        self.draft.is_some()
    }
}

/// Where a form's draft is posted to. The account stands in it, so that a browser that two people use keeps two drafts.
pub(super) fn address(visitor: &Visitor, key: &str) -> String {
    let id = visitor.account.as_ref().map_or(0, |account| account.id);
    format!("/drafts/{key}?of={id}")
}

/// The visitor's draft, if there is one.
pub(super) fn find(app: &App, visitor: &Visitor, key: &str) -> Result<Option<Draft>, Fault> {
    match &visitor.account {
        Some(account) => Ok(app.accounts.draft(account.id, key)?),
        None => Ok(None),
    }
}

/// Drops a draft whose form was sent. If that fails the draft is offered once more, no worse.
pub(super) fn forget(app: &App, visitor: &Visitor, key: &str) {
    if let Some(account) = &visitor.account
        && let Err(error) = app.accounts.drop_draft(account.id, key)
    {
        tracing::warn!(%error, "a draft was not dropped");
    }
}

/// The notice that there is a draft: from the server, and hidden, from this browser.
pub(super) fn offer(visitor: &Visitor, key: &str, form: &str, updated: Option<Timestamp>) -> Markup {
    let l = visitor.language;
    let when = updated
        .map(|updated| updated.to_zoned(crate::when::calendar()).strftime("%Y-%m-%d %H:%M").to_string());
    html! {
        @if let Some(when) = when {
            (Notice::info(l, message::text!("有 {when} 的草稿", "There is a draft of {when}")).body(html! {
                form.actions method="post" action={ "/drafts/" (key) "/drop" } {
                    (visitor.frame().csrf_field())
                    input type="hidden" name="back" value=(form);
                    (Button::secondary(l, w("继续填写草稿", "Go on with the draft")).to(format!("{form}?draft=1")).small())
                    (Button::quiet(l, w("丢弃草稿", "Discard the draft")).small())
                }
            }))
        }
        div data-local-draft hidden {
            (Notice::info(l, w("本机有未提交的内容", "This browser has something that was not sent")).body(html! {
                div.actions {
                    button.button.small type="button" data-restore { (l.t("恢复", "Restore")) }
                    button.button.quiet.small type="button" data-discard { (l.t("丢弃", "Discard")) }
                }
            }))
        }
        p.muted role="status" data-draft-line
            data-saved=(l.t("草稿已保存", "Draft saved"))
            data-here=(l.t("草稿只存在本机", "The draft is kept in this browser only"))
            data-local=(l.t("连接中断，草稿存在本机", "No connection; the draft is kept in this browser")) {}
    }
}

/// A key as our pages make it.
fn good(key: &str) -> bool {
    key.len() <= 100
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.'))
}

pub(super) async fn save(visitor: Visitor, Path(key): Path<String>, body: Bytes) -> Answer {
    let account = visitor.account()?.id;
    if !good(&key) {
        return Err(Fault::NotFound);
    }
    let typed = Typed::from_form(&body);
    let saved =
        visitor.app.work(move |app| Ok(app.accounts.save_draft(account, &key, &typed.to_draft())?)).await?;
    Ok(Json(json!({ "saved": saved.to_string() })).into_response())
}

pub(super) async fn drop_it(visitor: Visitor, Path(key): Path<String>, body: Bytes) -> Answer {
    let account = visitor.account()?.id;
    let typed = Typed::from_form(&body);
    visitor.app.work(move |app| Ok(app.accounts.drop_draft(account, &key)?)).await?;
    let back = typed.get("back");
    Ok(Redirect::to(&crate::page::preferences::inside(if back.is_empty() { "/inbox" } else { back }))
        .into_response())
}
