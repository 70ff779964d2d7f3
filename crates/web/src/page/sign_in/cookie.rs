//! The cookies of signing in.

use std::time::Duration;

use accounts::NewSession;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use message::Language;

use crate::cookies;
use crate::guard::Trail;
use crate::ui::Speak;
use crate::visitor::{Theme, Visitor};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// The browser's session, if it has one.
pub(in crate::page) fn session<'h>(visitor: &Visitor, headers: &'h HeaderMap) -> Option<&'h str> {
    cookies::get(headers, cookies::session(visitor.app.settings.behind_tls))
}

/// Gives the browser its session (until the browser is closed, or the session ends), the language and the theme that
/// its person has chosen, and leads on.
pub(in crate::page) fn signed_in(
    visitor: &Visitor,
    session: &NewSession,
    next: &str,
    action: &'static str,
) -> Response {
    let mut response = Redirect::to(next).into_response();
    give(visitor, session, &mut response);
    let account = &session.session.account;
    let tls = visitor.app.settings.behind_tls;
    let headers = response.headers_mut();
    if let Some(language) = account.language {
        headers.append(
            header::SET_COOKIE,
            cookies::set(cookies::LANGUAGE, Language::tag(language), Some(YEAR), tls),
        );
    }
    if let Some(theme) = account.theme.as_deref().and_then(Theme::parse) {
        headers.append(header::SET_COOKIE, cookies::set(cookies::THEME, theme.key(), Some(YEAR), tls));
    }
    response.extensions_mut().insert(Trail {
        action: Some(action),
        account: Some(account.id),
        ..Trail::default()
    });
    response
}

/// Puts a session's token into an answer.
pub(in crate::page) fn give(visitor: &Visitor, session: &NewSession, response: &mut Response) {
    let tls = visitor.app.settings.behind_tls;
    let cookie = cookies::set(cookies::session(tls), &session.token, None, tls);
    response.headers_mut().append(header::SET_COOKIE, cookie);
}
