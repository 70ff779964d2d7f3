//! The few cookies that are set.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

/// The visitor's language.
pub const LANGUAGE: &str = "qingyuan-language";
/// Light or dark.
pub const THEME: &str = "qingyuan-theme";
/// What a change says on the page that it leads to.
pub const SAID: &str = "qingyuan-said";

/// The session of somebody who signed in. Behind HTTPS the name makes browsers insist on `Secure` and on no other host.
pub fn session(behind_tls: bool) -> &'static str {
    if behind_tls { "__Host-qingyuan" } else { "qingyuan" }
}

/// What ties a form to a visitor who has not signed in.
pub fn visit(behind_tls: bool) -> &'static str {
    if behind_tls { "__Host-qingyuan-visit" } else { "qingyuan-visit" }
}

/// The value of a cookie.
pub fn get<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|one| one.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// A cookie that scripts do not see and other sites do not send. Without an age it ends with the browser.
pub fn set(name: &str, value: &str, age: Option<Duration>, behind_tls: bool) -> HeaderValue {
    let secure = if behind_tls { "; Secure" } else { "" };
    let age = age.map(|age| format!("; Max-Age={}", age.as_secs())).unwrap_or_default();
    let safe: String = value.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    HeaderValue::from_str(&format!("{name}={safe}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"))
        .unwrap_or(HeaderValue::from_static(""))
}

/// Removes a cookie.
pub fn clear(name: &str, behind_tls: bool) -> HeaderValue {
    set(name, "", Some(Duration::ZERO), behind_tls)
}

/// The words of [`SAID`]. They come back from the browser, so they are short text and nothing else.
pub fn said(value: &str) -> Option<String> {
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, value).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.chars().filter(|c| !c.is_control()).take(200).collect())
}
