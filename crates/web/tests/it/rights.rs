//! Whom each route serves: every one of them is asked without a session, without any grant, with a token that reaches
//! nothing, and in every role of the pack that does not have its right.

use std::collections::BTreeSet;

use super::http::Method;
use super::http::blocking::{RequestBuilder, Response};
use access::{Action, Grant, Principal};
use web::{Declared, Need};

use super::stage::{Person, Stage};

/// Changes that somebody may ask for who is not signed in. A new one is thought about, then written here.
const OPEN_CHANGES: &[&str] = &[
    "/preferences",
    "/sign-in",
    "/sign-in/second",
    "/sign-in/provider",
    "/sign-out",
    "/invitation/{secret}",
];

/// The address of a route, with something in each place that looks right.
fn address(declared: &Declared) -> String {
    let mut path = String::new();
    for part in declared.path.split('/').skip(1) {
        let fill = match part {
            "{register}" => "docks".to_owned(),
            "{indicator}" => "docks.operating".to_owned(),
            "{id}" | "{record}" | "{number}" | "{step}" => "1".to_owned(),
            "{z}" | "{x}" => "1".to_owned(),
            "{code}" | "{unit}" => "U001".to_owned(),
            other if other.starts_with('{') => other.trim_matches(['{', '}', '*']).to_owned(),
            other => other.to_owned(),
        };
        path.push('/');
        path.push_str(&fill);
    }
    path
}

fn ask(person: &Person, declared: &Declared) -> RequestBuilder {
    let method = if declared.method == Method::GET { Method::GET } else { Method::POST };
    let request = person.client().request(method.clone(), person.url(&address(declared)));
    let request = request.header("accept", "application/json");
    if method == Method::GET { request } else { request.header("x-csrf-token", person.fresh_csrf()).body("") }
}

/// The kind of problem: the last part of its type.
fn problem(response: Response) -> String {
    let text = response.text().unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let kind = value["type"].as_str().unwrap_or_default();
    kind.rsplit(':').next().unwrap_or_default().to_owned()
}

fn declared() -> Vec<Declared> {
    web::page::routes().declared()
}

#[test]
fn every_route_is_declared_once_and_changes_are_never_open() {
    let mut seen = BTreeSet::new();
    for one in declared() {
        assert!(seen.insert((one.path.clone(), one.method.to_string())), "{} is declared twice", one.path);
        if one.method != Method::GET && one.need == Need::Open {
            assert!(OPEN_CHANGES.contains(&one.path.as_str()), "{} {} is open", one.method, one.path);
        }
    }
    assert!(seen.len() > 30, "{} routes", seen.len());
}

#[test]
fn whoever_is_not_signed_in_is_sent_to_sign_in() {
    let stage = Stage::open();
    let anybody = stage.anybody();
    for one in declared().iter().filter(|one| one.need != Need::Open) {
        let response = ask(&anybody, one).send().expect("an answer");
        assert_eq!(response.status(), 401, "{} {}", one.method, one.path);
        assert_eq!(problem(response), "not-signed-in", "{}", one.path);
    }
}

#[test]
fn a_token_that_is_not_good_lets_nobody_in() {
    let stage = Stage::open();
    let anybody = stage.anybody();
    for one in declared().iter().filter(|one| one.need != Need::Open) {
        let response = ask(&anybody, one).bearer_auth("qy_no_such_token").send().expect("an answer");
        assert_eq!(response.status(), 401, "{} {}", one.method, one.path);
    }
}

#[test]
fn an_account_without_grants_may_nothing() {
    let stage = Stage::open();
    let nobody = stage.signed_in("nobody", &[]);
    for one in declared() {
        if matches!(one.need, Need::May(_)) {
            let response = ask(&nobody, &one).send().expect("an answer");
            assert_eq!(response.status(), 403, "{} {}", one.method, one.path);
            assert_eq!(problem(response), "no-right", "{} {}", one.method, one.path);
        }
    }
}

#[test]
fn each_role_is_refused_what_it_has_no_right_to() {
    let stage = Stage::open();
    let now = stage.app.now();
    let mut refused = 0;
    for role in now.pack.roles.iter().map(|role| role.key.as_str()) {
        let person = stage.signed_in(role, &[(role, None)]);
        let grants = [Grant { role: role.to_owned(), unit: None }];
        let principal = Principal { account: "account-0", grants: &grants, scopes: None };
        let lacks = |action: Action| !now.policies.may_anywhere(&principal, action, None);
        for one in declared() {
            let Need::May(action) = one.need else { continue };
            if !lacks(action) {
                continue;
            }
            let response = ask(&person, &one).send().expect("an answer");
            assert_eq!(response.status(), 403, "{role}: {} {}", one.method, one.path);
            assert_eq!(problem(response), "no-right", "{role}: {} {}", one.method, one.path);
            refused += 1;
        }
    }
    assert!(refused > 30, "{refused} refusals");
}

#[test]
fn a_token_reaches_what_its_scopes_name() {
    let stage = Stage::open();
    stage.signed_in("writer", &[("office", None)]);
    let account = stage.app.accounts.account_named("writer").expect("accounts").expect("it was made");
    let token = |scopes: &[&str]| {
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        stage.app.accounts.create_token(account.id, "test", &scopes, None).expect("a token").secret
    };
    let status = |secret: &str, path: &str| {
        let anybody = stage.anybody();
        let request = anybody.client().get(anybody.url(path)).bearer_auth(secret);
        request.send().expect("an answer").status().as_u16()
    };
    let docks = token(&["view:docks"]);
    assert_eq!(status(&docks, "/api/v1/registers/docks"), 200);
    assert_eq!(status(&docks, "/api/v1/registers/docks/records?limit=1"), 200);
    assert_eq!(status(&docks, "/api/v1/registers/parks"), 403);
    assert_eq!(status(&docks, "/api/v1/audit"), 403);
    let nothing = token(&["backup"]);
    assert_eq!(status(&nothing, "/api/v1/registers"), 403);
}
