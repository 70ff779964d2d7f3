//! The second step of signing in.

use std::time::Duration;

use accounts::AccountError;
use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use message::Text;
use serde::Deserialize;

use super::{Next, cookie, origin, refusal, refused};
use crate::cookies;
use crate::fault::Answer;
use crate::guard::Trail;
use crate::page::preferences::inside;
use crate::ui::{Button, Field, Form as UiForm, Page, Section, Speak, error_summary, w};
use crate::visitor::Visitor;

/// Stands for the first step, in the browser that took it.
const STEP: &str = "qingyuan-step";

/// Leads to the second step; the first one is kept in a cookie.
pub(super) fn lead_there(
    visitor: &Visitor,
    account: i64,
    pending: &str,
    next: &str,
    action: &'static str,
) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let mut response = Redirect::to(&format!("/sign-in/second?next={next}")).into_response();
    let tls = visitor.app.settings.behind_tls;
    let cookie = cookies::set(STEP, pending, Some(Duration::from_secs(600)), tls);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response.extensions_mut().insert(Trail {
        action: Some(action),
        account: Some(account),
        ..Trail::default()
    });
    response
}

pub(super) async fn page(visitor: Visitor, headers: HeaderMap, Query(next): Query<Next>) -> Answer {
    let next = inside(next.next.as_deref().unwrap_or("/"));
    if cookies::get(&headers, STEP).is_none_or(str::is_empty) {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    Ok(draw(&visitor, &next, None))
}

#[derive(Deserialize)]
pub(super) struct Given {
    code: String,
    next: Option<String>,
}

pub(super) async fn check(visitor: Visitor, headers: HeaderMap, Form(given): Form<Given>) -> Answer {
    let next = inside(given.next.as_deref().unwrap_or("/"));
    let pending = cookies::get(&headers, STEP).unwrap_or_default().to_owned();
    let origin = origin(&visitor, &headers);
    let code = given.code;
    let outcome = visitor.app.work(move |app| Ok(app.accounts.second_step(&pending, &code, &origin))).await?;
    let tls = visitor.app.settings.behind_tls;
    match outcome {
        Ok(session) => {
            let mut response = cookie::signed_in(&visitor, &session, &next, "sign-in.second");
            response.headers_mut().append(header::SET_COOKIE, cookies::clear(STEP, tls));
            Ok(response)
        }
        Err(error @ AccountError::Expired) => Ok(visitor.lead_to("/sign-in", &error.text())),
        Err(error) => {
            let (status, text, wait) = refusal(error)?;
            Ok(refused(draw(&visitor, &next, Some(&text)), status, wait, "sign-in.second", None))
        }
    }
}

fn draw(visitor: &Visitor, next: &str, why: Option<&Text>) -> Response {
    let l = visitor.language;
    let faults: Vec<_> = why.map(|why| ("code".to_owned(), l.say(why).into_owned())).into_iter().collect();
    let code = Field::code(l, "code", w("验证码", "Code"))
        .help(
            l,
            w(
                "验证器显示的6位数字；没有验证器时填一个恢复码",
                "The six digits of your authenticator; without it, a recovery code",
            ),
        )
        .max_chars(20)
        .width(14)
        .required()
        .error(faults.first().map(|(_, words)| words.clone()))
        .autofocus();
    let form = UiForm::new("/sign-in/second").hidden("next", next).render(
        &visitor.frame(),
        html! {
            (code)
            div.actions {
                (Button::primary(l, w("继续登录", "Go on")))
                (Button::quiet(l, w("重新登录", "Begin again")).to("/sign-in"))
            }
        },
    );
    visitor.page(
        Page::new(Section::None, w("两步验证", "Second step")).bare(),
        html! { (error_summary(l, &faults)) (form) },
    )
}
