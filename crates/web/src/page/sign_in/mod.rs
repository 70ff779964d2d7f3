//! Signing in and out: `/sign-in`, its second step, `/sign-out`, `/invitation/{secret}`, and a provider's answer.
//!
//! ```text
//! name, password ─▶ session cookie, or ─▶ code of the second factor ─▶ session cookie
//! invitation (a secret in a link) ─▶ password, or the provider ─▶ session cookie
//! ```
//!
//! Each of these makes a new session; one that the browser had before is ended. What was wrong is said without telling
//! whether there is such an account.

pub(super) mod cookie;
mod invitation;
mod provider;
mod second;

use accounts::{AccountError, Origin, SignIn};
use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use message::Text;
use serde::Deserialize;

use crate::fault::{Answer, Fault};
use crate::guard::Trail;
use crate::page::preferences::inside;
use crate::routes::{Need, Routes};
use crate::ui::{Button, Field, Form as UiForm, Page, Section, Speak, error_summary, w};
use crate::visitor::Visitor;

/// The routes. All are open: whoever uses them has not shown yet who they are.
pub fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Need::Open, page)
        .post("/sign-in", Need::Open, sign_in)
        .get("/sign-in/second", Need::Open, second::page)
        .post("/sign-in/second", Need::Open, second::check)
        .post("/sign-out", Need::Open, sign_out)
        .get("/invitation/{secret}", Need::Open, invitation::page)
        .post("/invitation/{secret}", Need::Open, invitation::accept)
        .post("/sign-in/provider", Need::Open, provider::begin)
        .get("/sign-in/provider/answer", Need::Open, provider::answer)
}

/// Where a request comes from.
pub(super) fn origin(visitor: &Visitor, headers: &HeaderMap) -> Origin {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Origin::new(&visitor.from, agent)
}

/// The status and the words for a refusal that is shown on the page itself; the others are faults.
pub(super) fn refusal(error: AccountError) -> Result<(StatusCode, Text, Option<u64>), Fault> {
    let text = error.text();
    match error {
        AccountError::TooMany { wait_seconds } => {
            Ok((StatusCode::TOO_MANY_REQUESTS, text, Some(wait_seconds)))
        }
        AccountError::Busy => Ok((StatusCode::SERVICE_UNAVAILABLE, text, Some(5))),
        AccountError::Wrong | AccountError::Code | AccountError::Weak(_) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, text, None))
        }
        other => Err(other.into()),
    }
}

/// A page that says why not, with when to come back, and a line in the trail.
pub(super) fn refused(
    page: Response,
    status: StatusCode,
    wait: Option<u64>,
    action: &'static str,
    account: Option<i64>,
) -> Response {
    let mut response = page;
    *response.status_mut() = status;
    if let Some(value) = wait.and_then(|wait| HeaderValue::from_str(&wait.to_string()).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response.extensions_mut().insert(Trail { action: Some(action), account, ..Trail::default() });
    response
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn page(visitor: Visitor, Query(next): Query<Next>) -> Answer {
    let next = inside(next.next.as_deref().unwrap_or("/"));
    if visitor.account.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    Ok(draw(&visitor, &next, "", None))
}

#[derive(Deserialize)]
struct Given {
    name: String,
    password: String,
    next: Option<String>,
}

async fn sign_in(visitor: Visitor, headers: HeaderMap, Form(given): Form<Given>) -> Answer {
    let next = inside(given.next.as_deref().unwrap_or("/"));
    let origin = origin(&visitor, &headers);
    let name = given.name.trim().to_owned();
    let old = cookie::session(&visitor, &headers).map(str::to_owned);
    let (outcome, account) = visitor
        .app
        .work({
            let name = name.clone();
            move |app| {
                let outcome = app.accounts.sign_in(&name, &given.password, &origin);
                let account = app.accounts.account_named(&name)?.map(|account| account.id);
                // Whoever signs in anew leaves the session that the browser had.
                if let (Ok(_), Some(old)) = (&outcome, old) {
                    app.accounts.sign_out(&old)?;
                }
                Ok((outcome, account))
            }
        })
        .await?;
    match outcome {
        Ok(SignIn::Done(session)) => Ok(cookie::signed_in(&visitor, &session, &next, "sign-in")),
        Ok(SignIn::SecondStep { account, pending, .. }) => {
            Ok(second::lead_there(&visitor, account, &pending, &next, "sign-in.password"))
        }
        Err(error) => {
            let (status, text, wait) = refusal(error)?;
            let page = draw(&visitor, &next, &name, Some(&text));
            Ok(refused(page, status, wait, "sign-in", account))
        }
    }
}

async fn sign_out(visitor: Visitor, headers: HeaderMap) -> Answer {
    if let Some(token) = cookie::session(&visitor, &headers).map(str::to_owned) {
        visitor.app.work(move |app| Ok(app.accounts.sign_out(&token)?)).await?;
    }
    let tls = visitor.app.settings.behind_tls;
    let mut response = visitor.lead_to("/sign-in", &Text::new("已退出登录", "You are signed out"));
    response
        .headers_mut()
        .append(header::SET_COOKIE, crate::cookies::clear(crate::cookies::session(tls), tls));
    // What the browser has kept of our pages goes, too; the cookies that say how they look stay.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    if visitor.account.is_some() {
        response.extensions_mut().insert(Trail { action: Some("sign-out"), ..Trail::default() });
    }
    Ok(response)
}

fn draw(visitor: &Visitor, next: &str, name: &str, why: Option<&Text>) -> Response {
    let l = visitor.language;
    let faults: Vec<_> = why.map(|why| (String::new(), l.say(why).into_owned())).into_iter().collect();
    let user = Field::text(l, "name", w("用户名", "Name"))
        .value(name)
        .autocomplete("username")
        .required()
        .max_chars(40);
    let password = Field::password(l, "password", w("密码", "Password")).required();
    let (user, password) =
        if name.is_empty() { (user.autofocus(), password) } else { (user, password.autofocus()) };
    let form = UiForm::new("/sign-in").hidden("next", next).render(
        &visitor.frame(),
        html! {
            (user) (password)
            div.actions { (Button::primary(l, w("登录", "Sign in")).busy(l, w("正在核对密码", "Checking the password"))) }
        },
    );
    visitor.page(
        Page::new(Section::None, w("登录", "Sign in")).bare(),
        html! {
            (error_summary(l, &faults))
            (form)
            (provider_form(visitor, next, None))
            p.muted { (l.t("没有账号或忘记密码，请向本单位管理员索取邀请链接。",
                "No account, or the password forgotten? Ask the administrator of your unit for an invitation.")) }
        },
    )
}

/// The way to the provider, where the city has one.
pub(super) fn provider_form(visitor: &Visitor, next: &str, invitation: Option<&str>) -> Markup {
    let Some(provider) = &visitor.app.provider else { return html! {} };
    let l = visitor.language;
    let label = provider.label();
    let words = message::text!("使用{} 登录", "Sign in with {}", l.say(&label));
    let mut form = UiForm::new("/sign-in/provider").hidden("next", next);
    if let Some(secret) = invitation {
        form = form.hidden("invitation", secret);
    }
    html! {
        (form.render(&visitor.frame(), html! { div.actions { (Button::secondary(l, words)) } }))
    }
}
