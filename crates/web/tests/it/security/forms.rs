//! Forged forms: every change, sent without what only our own pages know.

use crate::it::http as reqwest;
use axum::http::Method;
use crate::it::http::blocking::Response;
use web::Declared;

use super::open;
use super::{EVERYTHING, entries, name, path_of, routes};
use crate::it::stage::Person;

fn send(person: &Person, route: &Declared, header: Option<&str>, kind: &str, body: &str) -> Response {
    let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).expect("a method");
    let mut request =
        person.client().request(method, person.url(&path_of(route))).header("accept", "text/html");
    request = request.header("content-type", kind).body(body.to_owned());
    if let Some(value) = header {
        request = request.header("x-csrf-token", value);
    }
    request.send().expect("an answer")
}

#[test]
fn no_change_is_made_by_a_form_that_is_not_ours() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    let other = stage.signed_in("another", &EVERYTHING).fresh_csrf();
    let anybody = stage.anybody().fresh_csrf();
    let before = entries(&stage);
    let sessions = stage.app.accounts.sessions(1).expect("sessions").len();
    for route in routes().iter().filter(|route| route.method != Method::GET) {
        let own = person.fresh_csrf();
        let mut almost = own.clone();
        almost.replace_range(0..1, if own.starts_with('0') { "1" } else { "0" });
        let cases = [
            ("nothing", send(&person, route, None, FORM, "name=x&password=y")),
            ("an empty field", send(&person, route, None, FORM, "csrf=")),
            ("another's", send(&person, route, None, FORM, &format!("csrf={other}"))),
            ("a visitor's", send(&person, route, Some(&anybody), FORM, "")),
            ("one letter wrong", send(&person, route, Some(&almost), FORM, "")),
            ("JSON", send(&person, route, None, "application/json", "{}")),
            ("plain text", send(&person, route, None, "text/plain", &format!("csrf={own}"))),
            ("no type", send(&person, route, None, "", &format!("csrf={own}"))),
            (
                "behind a file",
                send(
                    &person,
                    route,
                    None,
                    "multipart/form-data; boundary=x",
                    &format!(
                        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nname=\"csrf\"\r\n\r\n{own}\r\n--x--\r\n"
                    ),
                ),
            ),
            ("a visitor without a cookie", send(&stage.anybody(), route, Some(&own), FORM, "")),
        ];
        for (what, response) in cases {
            let status = response.status().as_u16();
            let nobody = what == "a visitor without a cookie" && matches!(status, 303 | 401);
            let to_sign_in = response
                .headers()
                .get("location")
                .is_none_or(|place| place.as_bytes().starts_with(b"/sign-in?next="));
            assert!(status == 403 || nobody && to_sign_in, "{}: {what}: {status}", name(route));
        }
    }
    assert_eq!(entries(&stage), before);
    assert_eq!(stage.app.accounts.sessions(1).expect("sessions").len(), sessions);
}

#[test]
fn a_page_that_is_looked_at_changes_nothing() {
    let stage = open();
    let person = stage.signed_in("everything", &EVERYTHING);
    let before = entries(&stage);
    let accounts = stage.app.accounts.accounts().expect("accounts").len();
    for route in routes().iter().filter(|route| route.method == Method::GET) {
        drop(person.get(&path_of(route)));
    }
    assert_eq!(entries(&stage), before);
    assert_eq!(stage.app.accounts.accounts().expect("accounts").len(), accounts);
    assert_eq!(stage.app.accounts.sessions(1).expect("sessions").len(), 1);
}
