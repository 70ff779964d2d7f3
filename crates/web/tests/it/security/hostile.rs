//! Hostile input: in every parameter of every address, in paths that climb, in files.

use crate::it::http as reqwest;
use std::io::{Read, Write};
use std::net::TcpStream;

use axum::http::Method;

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
                // Attributes stand in double quotes, within which a single one ends nothing.
                assert!(!text.contains("=' onmouseover='"), "{}: {path}", name(route));
                assert!(!text.contains("\" onmouseover=\""), "{}: {path}", name(route));
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
    let brings = |route: &&web::Declared| route.path == "/api/v1/evidence" && route.method == Method::POST;
    let all = routes();
    let Some(route) = all.iter().find(brings) else {
        println!("nothing can be brought to this server");
        return;
    };
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    // What they are, their bytes say: the type that is claimed is not believed.
    let hostile: [(&str, &[u8]); 5] = [
        ("image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(7)</script></svg>"),
        ("text/html", b"<!doctype html><script>alert(7)</script>"),
        ("image/jpeg", b"<html><script>alert(7)</script></html>"),
        ("application/xml", b"<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert(7)</x:script>"),
        ("application/pdf", b"GIF89a/*<svg/onload=alert(7)>*/"),
    ];
    let send = |kind: &str, bytes: &[u8]| {
        let request =
            person.client().post(person.url(&path_of(route))).header("x-csrf-token", person.fresh_csrf());
        request.header("content-type", kind).body(bytes.to_vec()).send().expect("an answer")
    };
    for (kind, bytes) in hostile {
        let status = send(kind, bytes).status().as_u16();
        assert!([415, 422].contains(&status), "{kind}: {status}");
    }
    let kept = send("application/octet-stream", b"%PDF-1.4\n<script>alert(7)</script>");
    assert_eq!(kept.status(), 201);
    let kept: serde_json::Value = kept.json().expect("JSON");
    let hash = kept["hash"].as_str().expect("the file's hash").to_owned();
    // The hash alone opens nothing, nor does a record that does not name the file.
    for path in [
        format!("/evidence/{hash}"),
        format!("/evidence/{hash}?record=1"),
        "/evidence/..%2f..%2faccounts.db?record=1".into(),
    ] {
        assert_eq!(person.get(&path).status(), 404, "{path}");
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
        assert!([400, 404, 405].contains(&response.status().as_u16()), "{method}: {}", response.status());
    }
    let overridden = person.client().post(person.url("/me")).header("x-http-method-override", "GET").send();
    assert_eq!(overridden.expect("an answer").status(), 405);
    let answer =
        raw(&stage, "/sign-in HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX: ");
    assert!(!answer.contains("evil.example"), "{answer}");
}
