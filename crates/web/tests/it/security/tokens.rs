//! Tokens of programs.

use crate::it::http as reqwest;
use accounts::Grant;
use axum::http::Method;
use web::Need;

use super::open;
use super::{name, path_of, routes, send};
use crate::it::stage::Stage;

fn token(stage: &Stage, scopes: &[&str]) -> (i64, String) {
    let accounts = &stage.app.accounts;
    let grants = ["administrator", "clerk", "auditor"].map(|role| Grant { role: role.into(), unit: None });
    let count = accounts.accounts().expect("accounts").len();
    let invitation =
        accounts.invite(&format!("robot.{count}"), "机器", &grants, None).expect("an invitation");
    let origin = accounts::Origin::default();
    accounts.accept(&invitation.secret, super::super::stage::PASSPHRASE, &origin).expect("accepted");
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let token = accounts.create_token(invitation.account, "test", &scopes, None).expect("a token");
    (invitation.account, token.secret)
}

#[test]
fn a_token_does_what_its_scopes_name_and_nothing_of_a_person() {
    let stage = open();
    let (account, secret) = token(&stage, &["view"]);
    let client = reqwest::blocking::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let url = |path: &str| format!("http://{}{path}", stage.address);
    for route in routes() {
        let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).expect("a method");
        let allowed = match route.need {
            Need::May(action) => action == access::Action::View,
            Need::Open => continue,
            // One's own account is for a person; what is told of it is told.
            Need::SignedIn => route.path.starts_with("/api/") || !route.path.starts_with("/me"),
        };
        if allowed && route.method != Method::GET {
            continue;
        }
        let request = client.request(method, url(&path_of(&route))).bearer_auth(&secret);
        let status =
            request.header("accept", "application/json").send().expect("an answer").status().as_u16();
        if allowed {
            assert!(status != 401 && status < 500, "{}: {status}", name(&route));
        } else {
            assert!([403, 415, 422].contains(&status), "{}: {status}", name(&route));
        }
    }
    assert_eq!(stage.app.accounts.tokens(account).expect("tokens").len(), 1, "a token makes no tokens");

    // In an address it would stand in every log.
    for path in [format!("/api/v1/me?token={secret}"), format!("/api/v1/me?access_token={secret}")] {
        assert_eq!(client.get(url(&path)).send().expect("an answer").status(), 401);
    }
    let as_cookie = client.get(url("/api/v1/me")).header("cookie", format!("qingyuan={secret}"));
    assert_eq!(as_cookie.send().expect("an answer").status(), 401);
    stage.app.accounts.set_disabled(account, true).expect("closed");
    let closed = client.get(url("/api/v1/me")).bearer_auth(&secret).send().expect("an answer");
    assert_eq!(closed.status(), 401);
}

#[test]
fn a_person_makes_a_token_of_no_more_than_they_may() {
    let stage = open();
    let clerk = stage.signed_in("clerk.wang", &[("clerk", None)]);
    let wrong = clerk.post(
        "/me/tokens",
        &[("label", "x"), ("action", "manage_accounts"), ("days", "30"), ("register", "")],
    );
    assert_eq!(wrong.status(), 422);
    let for_ever =
        clerk.post("/me/tokens", &[("label", "x"), ("action", "view"), ("days", "100000"), ("register", "")]);
    assert_eq!(for_ever.status(), 422);
    let made = clerk
        .post("/me/tokens", &[("label", "门户"), ("action", "view"), ("days", "30"), ("register", "docks")]);
    assert_eq!(made.status(), 200);
    let page = made.text().expect("text");
    let secret =
        page.split("qy_").nth(1).map(|rest| format!("qy_{}", &rest[..40])).expect("the token is shown");
    let bearer = stage.app.accounts.token(&secret).expect("accounts").expect("a token");
    assert_eq!(bearer.scopes, ["view:docks"]);
    assert!(!clerk.page("/me").contains(&secret), "it is shown once");

    let other = stage.signed_in("somebody.else", &[("clerk", None)]);
    let path = format!("/me/tokens/{}/revoke", bearer.token);
    other.post(&path, &[]);
    assert!(stage.app.accounts.token(&secret).expect("accounts").is_some(), "another's token is not touched");
    let route = routes().into_iter().find(|route| route.path == "/me/tokens/{id}/revoke").expect("the route");
    assert_eq!(send(&clerk, &route, &path, &[]).status(), 303);
    assert!(stage.app.accounts.token(&secret).expect("accounts").is_none());
}
