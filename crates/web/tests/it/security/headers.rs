//! What every answer tells the browser, and what no page may contain.

use axum::http::Method;
use crate::it::http::blocking::Response;
use web::{Need, Settings};

use super::open;
use super::{EVERYTHING, name, path_of, routes};
use crate::it::stage::Stage;

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[test]
fn every_answer_is_hardened_and_what_is_private_is_kept_nowhere() {
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    for route in routes().iter().filter(|route| route.method == Method::GET) {
        let (signed_in, anybody) = (person.get(&path_of(route)), stage.anybody().get(&path_of(route)));
        for response in [&signed_in, &anybody] {
            let at = name(route);
            let policy = header(response, "content-security-policy");
            for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.contains(part), "{at}: {policy}");
            }
            for weak in ["unsafe-inline", "unsafe-eval", "unsafe-hashes", "http:", "https:", "*"] {
                assert!(!policy.contains(weak), "{at}: {policy}");
            }
            let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
            assert!(scripts.is_none_or(|part| part.trim() == "script-src 'self'"), "{at}: {policy}");
            assert_eq!(header(response, "x-content-type-options"), "nosniff", "{at}");
            assert_eq!(header(response, "x-frame-options"), "DENY", "{at}");
            assert_eq!(header(response, "cross-origin-opener-policy"), "same-origin", "{at}");
            assert!(["same-origin", "no-referrer"].contains(&header(response, "referrer-policy")), "{at}");
            assert!(header(response, "permissions-policy").contains("microphone=()"), "{at}");
            assert!(!header(response, "cache-control").is_empty(), "{at}");
            for told in ["server", "x-powered-by", "access-control-allow-origin"] {
                assert!(response.headers().get(told).is_none(), "{at}: {told}");
            }
            for cookie in response.headers().get_all("set-cookie") {
                let cookie = cookie.to_str().expect("text");
                assert!(
                    cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/"),
                    "{at}: {cookie}"
                );
                assert!(!cookie.contains("Domain"), "{at}: {cookie}");
            }
        }
        if route.need != Need::Open {
            let kept = header(&signed_in, "cache-control");
            assert!(kept.contains("no-store") || kept.contains("private"), "{}: {kept}", name(route));
        }
    }
}

#[test]
fn no_page_has_a_script_or_a_style_inside_it() {
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    let handler = regex(r#"<[a-zA-Z][^<>]*\son[a-z]+="#);
    let style = regex(r#"<[a-zA-Z][^<>]*\sstyle="#);
    let elsewhere = regex(
        r#"<(script|img|link|iframe|object|embed|form|source|video)[^<>]*\s(src|href|action|data)="(https?:)?//"#,
    );
    for route in routes().iter().filter(|route| route.method == Method::GET) {
        for text in [person.get(&path_of(route)), stage.anybody().get(&path_of(route))]
            .map(html)
            .into_iter()
            .flatten()
        {
            for (place, _) in text.match_indices("<script") {
                let tag = text[place..].split('>').next().unwrap_or_default();
                assert!(tag.contains(" src=\"/"), "{}: {tag}", name(route));
            }
            assert!(!text.contains("<style"), "{}", name(route));
            assert!(!text.contains("javascript:"), "{}", name(route));
            for pattern in [&handler, &style, &elsewhere] {
                let found = pattern(&text);
                assert!(found.is_none(), "{}: {found:?}", name(route));
            }
        }
    }
}

/// A page's text, if it is one.
fn html(response: Response) -> Option<String> {
    header(&response, "content-type").starts_with("text/html").then(|| response.text().expect("text"))
}

fn regex(pattern: &str) -> impl Fn(&str) -> Option<String> + use<> {
    let pattern = regex::Regex::new(pattern).expect("a pattern");
    move |text: &str| pattern.find(text).map(|found| found.as_str().to_owned())
}

#[test]
fn behind_https_cookies_are_bound_to_it() {
    let stage = Stage::open_with(|settings| Settings { behind_tls: true, ..settings });
    let page = stage.anybody().get("/sign-in");
    let cookie = header(&page, "set-cookie");
    assert!(cookie.starts_with("__Host-qingyuan-visit=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(header(&page, "strict-transport-security").starts_with("max-age="));
}

#[test]
fn an_address_that_the_visitor_makes_up_is_not_believed() {
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    let request =
        person.client().post(person.url("/me/sessions/end-others")).header("x-forwarded-for", "203.0.113.5");
    request.header("x-csrf-token", person.fresh_csrf()).send().expect("an answer");
    let events = stage.app.accounts.audit(&accounts::Filter::default(), None, 1).expect("the trail");
    assert_eq!(events[0].event.from, "127.0.0.1");
}
