//! `POST /preferences`: language and theme, remembered in a cookie and, for those who signed in, with the account.

use std::time::Duration;

use axum::Form;
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use message::Language;
use serde::Deserialize;

use crate::cookies;
use crate::fault::Answer;
use crate::routes::{Need, Routes};
use crate::visitor::{Theme, Visitor};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// The one route.
pub fn routes() -> Routes {
    Routes::new().post("/preferences", Need::Open, set)
}

#[derive(Deserialize)]
struct Chosen {
    language: Option<String>,
    theme: Option<String>,
    back: Option<String>,
}

async fn set(visitor: Visitor, Form(chosen): Form<Chosen>) -> Answer {
    let tls = visitor.app.settings.behind_tls;
    let mut response = Redirect::to(&inside(chosen.back.as_deref().unwrap_or("/"))).into_response();
    let headers = response.headers_mut();
    if let Some(tag) = chosen.language.as_deref().filter(|tag| Language::parse(tag).is_some()) {
        headers.append(header::SET_COOKIE, cookies::set(cookies::LANGUAGE, tag, Some(YEAR), tls));
    }
    if let Some(theme) = chosen.theme.as_deref().and_then(Theme::parse) {
        headers.append(header::SET_COOKIE, cookies::set(cookies::THEME, theme.key(), Some(YEAR), tls));
    }
    if let Some(account) = visitor.account.as_ref().map(|account| account.id) {
        visitor
            .app
            .work(move |app| {
                if let Some(language) = chosen.language.as_deref().and_then(Language::parse) {
                    app.accounts.set_language(account, Some(language))?;
                }
                if let Some(theme) = chosen.theme.as_deref().and_then(Theme::parse) {
                    app.accounts.set_theme(account, Some(theme.key()))?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(response)
}

/// An address of ours, whatever was asked: `//elsewhere` and `https:` lead away. What a header cannot carry as it is
/// (a Chinese word in a query) is written as addresses write it.
pub fn inside(path: &str) -> String {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if !ours || path.chars().any(char::is_control) {
        return "/".to_owned();
    }
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}
