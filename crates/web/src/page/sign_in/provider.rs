//! Signing in at a provider (OpenID Connect): to the provider, and back with its answer.

use std::time::Duration;

use accounts::{AccountError, NewSession, PendingOidc};
use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use maud::html;
use message::Text;
use serde::Deserialize;

use super::{cookie, origin, refused};
use crate::cookies;
use crate::fault::{Answer, Fault};
use crate::page::preferences::inside;
use crate::provider::ProviderError;
use crate::ui::{Button, Notice, Page, Section, Speak, w};
use crate::visitor::Visitor;

/// Ties the provider's answer to the browser that asked.
const BROWSER: &str = "qingyuan-provider";

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
    invitation: Option<String>,
    /// Link the identity to the account that is signed in.
    link: Option<String>,
}

/// Sends the browser to the provider: by a page that leads there, because the policy lets no form lead to another host.
pub(super) async fn begin(visitor: Visitor, Form(asked): Form<Asked>) -> Answer {
    let app = visitor.app.clone();
    let provider = app.provider.as_ref().ok_or(Fault::NotFound)?;
    let way = match provider.begin().await {
        Ok(way) => way,
        Err(error) => return Ok(failed(&visitor, &error)),
    };
    let link = match (asked.link, &visitor.account) {
        (Some(_), Some(account)) => Some(account.id),
        _ => None,
    };
    let browser = accounts::random_token()?;
    let pending = PendingOidc {
        state: way.state,
        nonce: way.nonce,
        verifier: way.verifier,
        browser: browser.clone(),
        invitation: asked.invitation.filter(|secret| !secret.is_empty()),
        link,
        return_to: inside(asked.next.as_deref().unwrap_or("/")),
    };
    visitor.app.work(move |app| Ok(app.accounts.begin_oidc(&pending)?)).await?;
    let l = visitor.language;
    let address = way.address.as_str();
    let body = html! {
        meta http-equiv="refresh" content={ "0;url=" (address) };
        p { (l.t("正在前往统一身份认证。", "On the way to the sign-in of your organisation.")) }
        div.actions { a.button.primary href=(address) rel="noreferrer" { (l.t("继续", "Go on")) } }
    };
    let mut response =
        visitor.page(Page::new(Section::None, w("统一身份认证", "Sign-in of the organisation")).bare(), body);
    let cookie =
        cookies::set(BROWSER, &browser, Some(Duration::from_secs(600)), visitor.app.settings.behind_tls);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Answered {
    state: Option<String>,
    code: Option<String>,
}

/// What became of an answer.
enum Arrived {
    Session(Box<NewSession>, String),
    Linked(String),
    Nobody,
    Void(Text),
}

/// Takes the provider's answer.
pub(super) async fn answer(visitor: Visitor, headers: HeaderMap, Query(answered): Query<Answered>) -> Answer {
    let app = visitor.app.clone();
    let provider = app.provider.as_ref().ok_or(Fault::NotFound)?;
    let browser = cookies::get(&headers, BROWSER).unwrap_or_default().to_owned();
    let state = answered.state.unwrap_or_default();
    let pending = visitor.app.work(move |app| Ok(app.accounts.take_oidc(&state, &browser)?)).await?;
    // Expired, used, begun in another browser, or made up: it counts for nothing.
    let (Some(pending), Some(code)) = (pending, answered.code) else {
        return Ok(failed(&visitor, &ProviderError::Stale));
    };
    let identity = match provider.finish(code, pending.verifier.clone(), pending.nonce.clone()).await {
        Ok(identity) => identity,
        Err(error) => return Ok(failed(&visitor, &error)),
    };
    let origin = origin(&visitor, &headers);
    let old = cookie::session(&visitor, &headers).map(str::to_owned);
    let signed_in = visitor.account.as_ref().map(|account| account.id);
    let arrived = visitor
        .app
        .work(move |app| {
            let accounts = &app.accounts;
            if let Some(account) = pending.link {
                // Only the account that began, and only while it still is signed in.
                if signed_in != Some(account) {
                    return Ok(Arrived::Void(AccountError::Expired.text()));
                }
                return match accounts.link_identity(account, &identity.issuer, &identity.subject) {
                    Ok(()) => Ok(Arrived::Linked(pending.return_to)),
                    Err(error @ AccountError::IdentityTaken) => Ok(Arrived::Void(error.text())),
                    Err(error) => Err(error.into()),
                };
            }
            let session = match &pending.invitation {
                Some(secret) => {
                    match accounts.accept_identity(secret, &identity.issuer, &identity.subject, &origin) {
                        Ok(session) => Some(session),
                        Err(error @ (AccountError::Invitation | AccountError::IdentityTaken)) => {
                            return Ok(Arrived::Void(error.text()));
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                None => accounts.sign_in_by_identity(&identity.issuer, &identity.subject, &origin)?,
            };
            let Some(session) = session else { return Ok(Arrived::Nobody) };
            if let Some(old) = old {
                accounts.sign_out(&old)?;
            }
            Ok(Arrived::Session(Box::new(session), pending.return_to))
        })
        .await?;
    let cleared = cookies::clear(BROWSER, visitor.app.settings.behind_tls);
    let mut response = match arrived {
        Arrived::Session(session, next) => cookie::signed_in(&visitor, &session, &next, "sign-in.provider"),
        Arrived::Linked(next) => {
            visitor.lead_to(&next, &Text::new("已绑定统一身份", "The identity is linked"))
        }
        Arrived::Nobody => failed(&visitor, &ProviderError::Unknown),
        Arrived::Void(text) => told(&visitor, &text, StatusCode::UNPROCESSABLE_ENTITY),
    };
    response.headers_mut().append(header::SET_COOKIE, cleared);
    Ok(response)
}

fn failed(visitor: &Visitor, error: &ProviderError) -> Response {
    if let ProviderError::Broken(why) = error {
        tracing::warn!(request = visitor.request, why, "the provider of identities cannot be used");
    }
    told(visitor, &error.text(), error.status())
}

fn told(visitor: &Visitor, text: &Text, status: StatusCode) -> Response {
    let l = visitor.language;
    let body = html! {
        (Notice::bad(l, text))
        div.actions { (Button::primary(l, w("返回登录", "Back to the sign-in")).to("/sign-in")) }
    };
    let page =
        visitor.page(Page::new(Section::None, w("统一身份认证", "Sign-in of the organisation")).bare(), body);
    refused(page, status, None, "sign-in.provider", None)
}
