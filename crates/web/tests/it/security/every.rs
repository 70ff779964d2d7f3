//! Every route, asked by nobody, by somebody without rights, and by somebody with each role.

use access::Principal;
use axum::http::Method;
use web::Need;

use super::open;
use super::{EVERYTHING, ask, entries, for_programs, name, path_of, routes, without_rights};

/// What anybody may ask for: an address, or all that lie under one that ends in `/`. A new route that is open is put here
/// by hand, or this fails.
const OPEN: [&str; 16] = [
    "/sign-in",
    "/sign-in/",
    "/sign-out",
    "/invitation/",
    "/public",
    "/public/",
    "/assets/",
    "/offline",
    "/sw.js",
    "/healthz",
    "/readyz",
    "/metrics",
    "/preferences",
    "/api",
    "/api/v1/public",
    "/api/v1/openapi.json",
];

#[test]
fn what_is_open_to_everybody_is_known() {
    let known = |path: &str| {
        OPEN.iter().any(|open| if open.ends_with('/') { path.starts_with(open) } else { path == *open })
    };
    let wrong: Vec<String> =
        routes().iter().filter(|route| route.need == Need::Open && !known(&route.path)).map(name).collect();
    assert!(wrong.is_empty(), "open, and nobody has said that they should be: {wrong:#?}");
}

#[test]
fn no_route_is_there_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for route in routes() {
        assert!(seen.insert((route.path.clone(), route.method.to_string())), "{}", name(&route));
    }
}

#[test]
fn a_change_is_never_a_right_to_look() {
    use access::Action::{Check, Export, View};
    // What is sent for a check or asked about by a form changes nothing.
    let harmless = ["/check", "/validate", "/check-entry", "/preview", "/search"];
    let wrong: Vec<String> = routes()
        .iter()
        .filter(|route| route.method != Method::GET && matches!(route.need, Need::May(View | Export | Check)))
        .filter(|route| !harmless.iter().any(|part| route.path.contains(part)))
        .map(name)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nobody_gets_nothing_but_the_way_to_sign_in() {
    let stage = open();
    let before = entries(&stage);
    for route in routes().iter().filter(|route| route.need != Need::Open) {
        let path = path_of(route);
        let response = ask(&stage.anybody(), route, &path);
        if for_programs(route) {
            assert_eq!(response.status(), 401, "{}", name(route));
            assert_eq!(response.headers()["content-type"], "application/problem+json", "{}", name(route));
        } else {
            assert_eq!(response.status(), 303, "{}", name(route));
            let place = response.headers()["location"].to_str().expect("a place");
            assert!(place.starts_with("/sign-in?next=%2F"), "{}: {place}", name(route));
        }
        // A token that never was, and one that looks like ours.
        for token in ["x".to_owned(), format!("qy_{}", "A".repeat(40))] {
            let bad = stage.anybody().asks(&path).bearer_auth(token).send().expect("an answer");
            assert_eq!(bad.status(), 401, "{}", name(route));
        }
    }
    assert_eq!(entries(&stage), before);
}

#[test]
fn somebody_without_rights_gets_what_is_their_own_and_no_more() {
    let stage = open();
    let person = without_rights(&stage);
    let before = entries(&stage);
    for route in routes() {
        let path = path_of(&route);
        match route.need {
            Need::May(_) => {
                let response = ask(&person, &route, &path);
                assert_eq!(response.status(), 403, "{}", name(&route));
            }
            // What is one's own; ending the session would end this test.
            Need::SignedIn if route.method == Method::GET => {
                let response = ask(&person, &route, &path);
                assert!(!response.status().is_server_error(), "{}: {}", name(&route), response.status());
            }
            Need::SignedIn | Need::Open => {}
        }
    }
    assert_eq!(entries(&stage), before);
}

#[test]
fn each_role_gets_what_its_policies_say() {
    let stage = open();
    let before = entries(&stage);
    for (role, _) in EVERYTHING {
        let person = stage.signed_in(&format!("only.{role}"), &[(role, None)]);
        let now = stage.app.now();
        let grants = [access::Grant { role: role.to_owned(), unit: None }];
        let principal = Principal { account: "nobody", grants: &grants, scopes: None };
        for route in routes() {
            let Need::May(action) = route.need else { continue };
            let allowed = now.policies.may_anywhere(&principal, action, None);
            // What is allowed is tried where nothing can be changed by it.
            if allowed && route.method != Method::GET {
                continue;
            }
            let response = ask(&person, &route, &path_of(&route));
            let status = response.status().as_u16();
            if allowed {
                assert!(status != 401 && status < 500, "{role}: {}: {status}", name(&route));
            } else {
                assert_eq!(status, 403, "{role}: {}", name(&route));
            }
        }
    }
    assert_eq!(entries(&stage), before);
}
