//! Hostile input: in every parameter of every address, in paths that climb, in files.

use crate::it::http as reqwest;
use std::io::{Read, Write};
use std::net::TcpStream;

use axum::http::Method;
use crate::it::http::blocking::multipart::{Form, Part};

use super::open;
use super::{EVERYTHING, entries, filled, name, path_of, routes};
use crate::it::stage::Stage;

/// Names of parameters that pages read.
const NAMES: [&str; 42] = [
    "q",
    "search",
    "sort",
    "order",
    "page",
    "cursor",
    "before",
    "after",
    "limit",
    "columns",
    "filter",
    "state",
    "status",
    "owner",
    "unit",
    "register",
    "record",
    "account",
    "action",
    "outcome",
    "from",
    "since",
    "until",
    "by",
    "period",
    "year",
    "as_of",
    "at",
    "known_at",
    "against",
    "scope",
    "edition",
    "lake",
    "indicator",
    "key",
    "layer",
    "bbox",
    "next",
    "role",
    "station",
    "language",
    "field.name",
];

const INJECTIONS: [&str; 9] = [
    "\"><script>alert(7)</script>",
    "' onmouseover='alert(7)",
    "'; DROP TABLE audit; --",
    "1 UNION SELECT * FROM account",
    "../../../../etc/passwd",
    "{{7*7}}${7*7}",
    "\u{0}\u{202e}\u{fffd}",
    "-99999999999999999999999999",
    "%s%s%n",
];

#[test]
fn what_is_sent_in_an_address_stays_text() {
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    let before = entries(&stage);
    for route in routes().iter().filter(|route| route.method == Method::GET) {
        for injection in INJECTIONS {
            let encoded: String = url::form_urlencoded::byte_serialize(injection.as_bytes()).collect();
            let all: Vec<String> = NAMES.iter().map(|name| format!("{name}={encoded}")).collect();
            let in_query = format!("{}?{}", path_of(route), all.join("&"));
            let part = encoded.replace('+', "%20");
            let in_path = filled(&route.path, |_| &part);
            for path in [&in_query, &in_path] {
                let response = person.get(path);
                let status = response.status().as_u16();
                assert!(status < 500, "{}: {status} for {path}", name(route));
                let kind = response
                    .headers()
                    .get("content-type")
                    .map(|kind| kind.to_str().expect("text").to_owned());
                if !kind.is_some_and(|kind| kind.starts_with("text/html")) {
                    continue;
                }
                let text = response.text().expect("text");
                assert!(!text.contains("<script>alert"), "{}: {path}", name(route));
                assert!(!text.contains("' onmouseover='"), "{}: {path}", name(route));
                assert!(!text.contains("root:x:0"), "{}: {path}", name(route));
                assert!(
                    !text.contains("no such column") && !text.contains("syntax error"),
                    "{}: {path}",
                    name(route)
                );
            }
        }
    }
    assert_eq!(entries(&stage), before);
    assert!(stage.app.accounts.verify_audit().expect("the trail").fault.is_none());
}

/// A request that no client would send: the path goes out as it is.
fn raw(stage: &Stage, path: &str) -> String {
    let mut stream = TcpStream::connect(stage.address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn no_path_climbs_out() {
    let stage = open();
    let climbs = [
        "../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5c..%5cetc%5cpasswd",
        "....//....//etc/passwd",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..%00/etc/passwd",
        "%252e%252e%252fetc%252fpasswd",
        "../accounts.db",
        "../keys/accounts.key",
        "../city.toml",
    ];
    for route in routes().iter().filter(|route| route.method == Method::GET && route.path.contains('{')) {
        for climb in climbs {
            let path = filled(&route.path, |_| climb);
            let answer = raw(&stage, &path);
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(["303", "400", "401", "403", "404", "405", "422"].contains(&status), "{path}: {status}");
            for secret in ["root:x:0", "SQLite format", "[city]"] {
                assert!(!answer.contains(secret), "{path}");
            }
        }
    }
    for path in climbs.map(|climb| format!("/assets/{climb}")) {
        let answer = raw(&stage, &path);
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["400", "404"].contains(&status), "{path}: {status}");
    }
}

#[test]
fn a_file_that_is_brought_never_runs_here() {
    let Some(route) =
        routes().into_iter().find(|route| route.path == "/api/v1/evidence" && route.method == Method::POST)
    else {
        println!("nothing can be brought to this server yet");
        return;
    };
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    let files: [(&str, &str, &[u8]); 6] = [
        (
            "a.svg",
            "image/svg+xml",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(7)</script></svg>",
        ),
        ("a.html", "text/html", b"<!doctype html><script>alert(7)</script>"),
        ("a.jpg", "image/jpeg", b"<html><script>alert(7)</script></html>"),
        (
            "a.xml",
            "application/xml",
            b"<?xml version=\"1.0\"?><x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert(7)</x:script>",
        ),
        ("a.js", "text/javascript", b"alert(7)"),
        ("..\\..\\evil.pdf", "application/pdf", b"%PDF-1.4 <script>alert(7)</script>"),
    ];
    for (file, kind, bytes) in files {
        let part = Part::bytes(bytes.to_vec()).file_name(file).mime_str(kind).expect("a kind");
        let form = Form::new().text("csrf", person.fresh_csrf()).text("register", "docks").part("file", part);
        let sent =
            person.client().post(person.url(&path_of(&route))).multipart(form).send().expect("an answer");
        let status = sent.status().as_u16();
        if status >= 400 {
            assert!(status < 500, "{file}: {status}");
            continue;
        }
        let answer: serde_json::Value = sent.json().expect("JSON");
        let hash = answer["hash"].as_str().expect("the file's hash").to_owned();
        for path in [
            format!("/evidence/{hash}"),
            format!("/evidence/{hash}?inline=1"),
            format!("/evidence/{hash}/preview"),
        ] {
            let response = person.get(&path);
            if response.status() != 200 {
                continue;
            }
            let header = |name: &str| {
                response
                    .headers()
                    .get(name)
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default()
                    .to_owned()
            };
            let inline = !header("content-disposition").starts_with("attachment");
            let runs = [
                "text/html",
                "image/svg",
                "application/xml",
                "text/xml",
                "application/xhtml",
                "text/javascript",
            ];
            let kind = header("content-type");
            let ours = response.text().expect("text");
            // A page of ours may show the file; the file itself is downloaded, or cannot run.
            if ours.contains("alert(7)") {
                assert!(
                    !inline || !runs.iter().any(|run| kind.starts_with(run)),
                    "{file}: {path}: inline as {kind}"
                );
                assert_ne!(kind, "", "{file}: {path}");
            }
        }
    }
}

#[test]
fn what_is_too_large_is_not_read() {
    let stage = open();
    let person = stage.anybody();
    let body = format!("csrf={}&name={}", person.fresh_csrf(), "x".repeat(3 << 20));
    let request = person
        .client()
        .post(person.url("/sign-in"))
        .header("content-type", "application/x-www-form-urlencoded");
    // The server may close before everything was sent; that is a refusal, too.
    if let Ok(response) = request.header("accept", "text/html").body(body).send() {
        assert!([403, 413].contains(&response.status().as_u16()), "{}", response.status());
    }
    assert_eq!(stage.anybody().get("/healthz").status(), 200);
}

#[test]
fn other_methods_and_odd_requests_are_refused() {
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    for method in ["TRACE", "CONNECT", "PROPFIND", "DELETE", "PUT"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let response = person.client().request(method.clone(), person.url("/me")).send().expect("an answer");
        assert!(
            [400, 403, 404, 405].contains(&response.status().as_u16()),
            "{method}: {}",
            response.status()
        );
    }
    let overridden = person.client().post(person.url("/me")).header("x-http-method-override", "GET").send();
    assert!([403, 405].contains(&overridden.expect("an answer").status().as_u16()));
    let answer =
        raw(&stage, "/sign-in HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX: ");
    assert!(!answer.contains("evil.example"), "{answer}");
}
