//! Protection against forged forms: each form carries a secret that another site cannot know.
//!
//! The secret is masked anew for each page, so that compression does not give it away (BREACH). A form sends it as the
//! field `csrf`, a script as the header `x-csrf-token`; in an upload the field comes before the files, so that a file
//! need not be read to judge it.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header;
use futures::StreamExt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::cookies;
use crate::fault::Fault;
use crate::server::MOST_BODY;
use crate::visitor::{Proof, Visitor};

/// How much of an upload is read to find the field.
const PREFIX: usize = 8 << 10;

/// The request again, if its form is ours.
pub(super) async fn check(request: Request, app: &App, visitor: &Visitor) -> Result<Request, Fault> {
    let secret = secret(&request, app, visitor)?;
    if let Some(value) = request.headers().get("x-csrf-token") {
        let value = value.to_str().map_err(|_| Fault::Forged)?;
        return if fits(value, &secret) { Ok(request) } else { Err(Fault::Forged) };
    }
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, MOST_BODY).await.map_err(|_| Fault::TooLarge(MOST_BODY))?;
        let field =
            url::form_urlencoded::parse(&bytes).find(|(name, _)| name == "csrf").map(|(_, value)| value);
        if !field.is_some_and(|value| fits(&value, &secret)) {
            return Err(Fault::Forged);
        }
        return Ok(Request::from_parts(parts, Body::from(bytes)));
    }
    if kind.starts_with("multipart/form-data") {
        let (parts, body) = request.into_parts();
        let mut stream = body.into_data_stream();
        let mut prefix = Vec::new();
        while prefix.len() < PREFIX {
            match stream.next().await {
                Some(chunk) => prefix.extend_from_slice(&chunk.map_err(|_| Fault::Forged)?),
                None => break,
            }
        }
        if !field_of(&prefix).is_some_and(|value| fits(value, &secret)) {
            return Err(Fault::Forged);
        }
        let whole = futures::stream::once(async move { Ok(Bytes::from(prefix)) }).chain(stream);
        return Ok(Request::from_parts(parts, Body::from_stream(whole)));
    }
    Err(Fault::Forged)
}

/// What the form must know: the session's secret, or what follows from the cookie of a visitor who has none.
fn secret(request: &Request, app: &App, visitor: &Visitor) -> Result<String, Fault> {
    let headers = request.headers();
    let tls = app.settings.behind_tls;
    if visitor.proof == Proof::Session {
        let cookie = cookies::get(headers, cookies::session(tls)).ok_or(Fault::Forged)?;
        return Ok(app.accounts.session(cookie)?.ok_or(Fault::Forged)?.csrf);
    }
    let visit = cookies::get(headers, cookies::visit(tls)).ok_or(Fault::Forged)?;
    Ok(of_visit(visit))
}

/// The value of a multipart body's field `csrf`, if it is the first.
fn field_of(prefix: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(prefix) {
        Ok(text) => text,
        // A file may begin within what was read.
        Err(error) => std::str::from_utf8(&prefix[..error.valid_up_to()]).ok()?,
    };
    let (_, after) = text.split_once("name=\"csrf\"\r\n\r\n")?;
    let before = &text[..text.len() - after.len()];
    // A second part would begin with another `name=`.
    if before.matches("name=\"").count() != 1 {
        return None;
    }
    after.split_once("\r\n").map(|(value, _)| value)
}

/// 256 random bits, in hexadecimal digits.
pub(super) fn fresh() -> Result<String, Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Fault::internal)?;
    Ok(hex(&bytes))
}

/// The secret of a visitor without a session.
pub(super) fn of_visit(cookie: &str) -> String {
    hex(&Sha256::new().chain_update(b"form of the visit ").chain_update(cookie).finalize())
}

/// The secret as a page shows it: a random mask, and the secret's digest under it.
pub(super) fn masked(secret: &str) -> Result<String, Fault> {
    let mut mask = [0; 32];
    getrandom::fill(&mut mask).map_err(Fault::internal)?;
    let under: Vec<u8> = mask.iter().zip(Sha256::digest(secret)).map(|(mask, byte)| mask ^ byte).collect();
    Ok(hex(&mask) + &hex(&under))
}

fn fits(shown: &str, secret: &str) -> bool {
    let Some(bytes) = unhex(shown).filter(|bytes| bytes.len() == 64) else { return false };
    let (mask, under) = bytes.split_at(32);
    let digest: Vec<u8> = mask.iter().zip(under).map(|(mask, byte)| mask ^ byte).collect();
    digest.ct_eq(&Sha256::digest(secret)).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_secret_fits_and_never_looks_the_same() {
        let (one, two) = (masked("s").expect("random"), masked("s").expect("random"));
        assert_ne!(one, two);
        assert!(fits(&one, "s") && fits(&two, "s"));
        assert!(
            !fits(&one, "t")
                && !fits("", "s")
                && !fits(&one[..126], "s")
                && !fits(&one.replace('a', "é"), "s")
        );
    }

    #[test]
    fn the_field_of_an_upload_comes_first() {
        let check = |body: &str, expected: Option<&str>| assert_eq!(field_of(body.as_bytes()), expected);
        let head = "--x\r\nContent-Disposition: form-data; ";
        check(&format!("{head}name=\"csrf\"\r\n\r\nabc\r\n--x\r\n"), Some("abc"));
        check(&format!("{head}name=\"file\"\r\n\r\nname=\"csrf\"\r\n\r\nabc\r\n--x"), None);
        check(&format!("{head}name=\"csrf\"\r\n\r\nabc"), None);
        check("", None);
    }
}
