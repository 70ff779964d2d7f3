//! What must hold whoever asks and whatever is sent: walked through route by route, from the table that the server itself
//! is made of, so that a page added tomorrow is tried tomorrow.

mod every;
mod forms;
mod headers;
mod hostile;
mod rights;
mod sign_in;
mod tokens;

use crate::it::http as reqwest;
use axum::http::Method;
use web::limit::Rate;
use web::{Declared, Need, Settings};

use super::stage::{Person, Stage};

/// Everybody's rights together: somebody whom no policy stops, except the two-person rule.
pub const EVERYTHING: [(&str, Option<&str>); 6] = [
    ("clerk", None),
    ("verifier", None),
    ("office", None),
    ("leader", None),
    ("auditor", None),
    ("administrator", None),
];

/// A server that answers as often as it is asked: these tests ask more than any visitor may.
pub fn open() -> Stage {
    let often = Rate { a_second: 1_000_000, at_once: 1_000_000 };
    Stage::open_with(|settings| Settings { rate_of_strangers: often, rate_of_accounts: often, ..settings })
}

/// Every route that the server has.
pub fn routes() -> Vec<Declared> {
    let routes = web::page::routes().declared();
    assert!(routes.len() > 20, "the table of routes is read");
    routes
}

/// A path that fits a route's pattern: what exists in the demo city where that is known, else something plausible.
pub fn path_of(route: &Declared) -> String {
    filled(&route.path, |name| match name {
        "register" => "docks",
        "indicator" => "docks.operating",
        "layer" => "docks",
        "secret" => "an-invitation-that-there-is-not",
        "key" => "work-report",
        "z" | "x" | "y" => "1",
        _ => "1",
    })
}

/// A pattern with its parameters filled in.
pub fn filled<'a>(pattern: &str, value: impl Fn(&str) -> &'a str) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').expect("a parameter ends");
        path.push_str(before);
        path.push_str(value(name.trim_start_matches('*')));
        rest = behind;
    }
    path + rest
}

/// Asks a route as a browser would: a change with the protection of our forms and an empty body.
pub fn ask(person: &Person, route: &Declared, path: &str) -> reqwest::blocking::Response {
    if route.method == Method::GET { person.get(path) } else { send(person, route, path, &[]) }
}

/// Sends a form of ours by the route's own method.
pub fn send(
    person: &Person,
    route: &Declared,
    path: &str,
    fields: &[(&str, &str)],
) -> reqwest::blocking::Response {
    let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).expect("a method");
    let request = person.client().request(method, person.url(path)).header("accept", "text/html");
    request.header("x-csrf-token", person.fresh_csrf()).form(fields).send().expect("an answer")
}

/// Who may do nothing: an account without any role.
pub fn without_rights(stage: &Stage) -> Person {
    stage.signed_in("without.rights", &[])
}

/// Whether a route is one of the pages for programs.
pub fn for_programs(route: &Declared) -> bool {
    route.path.starts_with("/api/")
}

/// What the book holds, to see that nothing was added.
pub fn entries(stage: &Stage) -> u64 {
    stage.app.book.size().expect("the book")
}

/// How a route is named in a failure.
pub fn name(route: &Declared) -> String {
    let need = match route.need {
        Need::Open => "open".to_owned(),
        Need::SignedIn => "signed in".to_owned(),
        Need::May(action) => action.key().to_owned(),
    };
    format!("{} {} ({need})", route.method, route.path)
}
