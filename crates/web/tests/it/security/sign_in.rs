//! Signing in: sessions that are planted, passwords that are guessed, places that are lured to.

use crate::it::http::blocking::{Client, Response};
use crate::it::http::header::COOKIE;
use crate::it::http::redirect::Policy;
use accounts::SignIn;

use super::open;
use crate::it::stage::{PASSPHRASE, Person, Stage};

fn sign_in(person: &Person, name: &str, password: &str) -> Response {
    person.post("/sign-in", &[("name", name), ("password", password)])
}

/// The session that an answer gives the browser.
fn session_of(response: &Response) -> Option<String> {
    response.headers().get_all("set-cookie").iter().find_map(|cookie| {
        let value = cookie.to_str().expect("text").strip_prefix("qingyuan=")?;
        value.split(';').next().map(str::to_owned).filter(|value| !value.is_empty())
    })
}

/// What somebody gets who shows this session.
fn with_session(stage: &Stage, token: &str) -> u16 {
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let request =
        client.get(format!("http://{}/me", stage.address)).header(COOKIE, format!("qingyuan={token}"));
    request.header("accept", "text/html").send().expect("an answer").status().as_u16()
}

#[test]
fn a_planted_session_is_not_taken_over() {
    let stage = open();
    stage.signed_in("wang.hua", &[("clerk", None)]);
    let planted = "A".repeat(43);
    let person = stage.anybody();
    let csrf = person.fresh_csrf();
    // The browser of the victim has both the visitor's cookie and the planted one.
    let page = person.get("/sign-in");
    let visit = page.headers().get("set-cookie").map(|cookie| cookie.to_str().expect("text").to_owned());
    assert!(visit.is_none(), "the visitor's cookie is there already");
    let response = sign_in(&person, "wang.hua", PASSPHRASE);
    assert_eq!(response.status(), 303);
    let token = session_of(&response).expect("a session");
    assert_ne!(token, planted);
    assert_ne!(token, csrf);
    assert_eq!(with_session(&stage, &planted), 303);
    assert_eq!(with_session(&stage, &token), 200);
}

#[test]
fn each_sign_in_makes_a_new_session_and_ends_the_browsers_old_one() {
    let stage = open();
    stage.signed_in("wang.hua", &[("clerk", None)]);
    let person = stage.anybody();
    let first = session_of(&sign_in(&person, "wang.hua", PASSPHRASE)).expect("a session");
    let second = session_of(&sign_in(&person, "wang.hua", PASSPHRASE)).expect("a session");
    assert_ne!(first, second);
    assert_eq!(with_session(&stage, &first), 303, "the old one has ended");
    assert_eq!(with_session(&stage, &second), 200);

    let changed = person.post(
        "/me/password",
        &[
            ("old", PASSPHRASE),
            ("new", "another sentence of some length"),
            ("again", "another sentence of some length"),
        ],
    );
    assert_eq!(changed.status(), 303);
    let third = session_of(&changed).expect("a new session");
    assert_eq!(with_session(&stage, &second), 303);
    assert_eq!(with_session(&stage, &third), 200);

    let out = person.post("/sign-out", &[]);
    assert_eq!(out.status(), 303);
    assert_eq!(with_session(&stage, &third), 303, "it has ended on the server, too");
}

#[test]
fn guessing_is_slowed_and_says_nothing_of_who_there_is() {
    let stage = open();
    stage.signed_in("wang.hua", &[("clerk", None)]);
    let answers = |name: &str| {
        let guesser = stage.anybody();
        let responses: Vec<Response> = (0..7).map(|_| sign_in(&guesser, name, "a wrong password")).collect();
        let waits = responses.last().and_then(|last| last.headers().get("retry-after")).is_some();
        let statuses: Vec<u16> = responses.iter().map(|one| one.status().as_u16()).collect();
        let words = responses.into_iter().next().expect("an answer").text().expect("text");
        let words = words
            .split("role=\"alert\"")
            .nth(1)
            .and_then(|rest| rest.split("</ul>").next())
            .map(str::to_owned);
        (statuses, waits, words)
    };
    let known = answers("wang.hua");
    assert_eq!(known.0, [422, 422, 422, 422, 422, 429, 429]);
    assert!(known.1, "it says when to come back");
    let unknown = answers("nobody.at.all");
    assert_eq!(known, unknown);
    let right = sign_in(&stage.anybody(), "wang.hua", PASSPHRASE);
    assert_eq!(right.status(), 429, "the right password is not looked at either");
    stage.app.accounts.unlock(1).expect("unlocked");
    assert_eq!(sign_in(&stage.anybody(), "wang.hua", PASSPHRASE).status(), 303);
}

#[test]
fn a_second_factor_is_asked_for_before_there_is_a_session() {
    let stage = open();
    stage.signed_in("wang.hua", &[("clerk", None)]);
    let person = stage.anybody();
    sign_in(&person, "wang.hua", PASSPHRASE);
    let begun = person.post("/me/second-factor", &[("password", PASSPHRASE)]);
    assert_eq!(begun.status(), 200);
    let page = begun.text().expect("text");
    assert!(page.contains("<svg"), "the QR code is drawn");
    let uri = page
        .split("name=\"uri\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the address");
    let uri = uri.replace("&amp;", "&");
    let authenticator = totp_rs::TOTP::from_url(&uri).expect("an authenticator");
    let code = |ahead: u64| {
        let seconds = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
        authenticator.generate(seconds + 30 * ahead)
    };
    let confirmed =
        person.post("/me/second-factor/confirm", &[("code", &code(0)), ("uri", &uri), ("secret", "x")]);
    assert_eq!(confirmed.status(), 200);
    let codes = confirmed.text().expect("text");
    assert_eq!(codes.matches("<li><code>").count(), 10);

    let again = stage.anybody();
    let first = sign_in(&again, "wang.hua", PASSPHRASE);
    assert!(first.headers()["location"].to_str().expect("text").starts_with("/sign-in/second"));
    assert!(session_of(&first).is_none());
    assert_eq!(again.get("/me").status(), 303, "half a sign-in is none");
    let wrong = again.post("/sign-in/second", &[("code", "000000")]);
    assert_eq!(wrong.status(), 422);
    let right = again.post("/sign-in/second", &[("code", &code(1)), ("next", "/me")]);
    assert_eq!(right.status(), 303);
    assert_eq!(again.get("/me").status(), 200);

    let recovery =
        codes.split("<li><code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a code").to_owned();
    let lost = stage.anybody();
    sign_in(&lost, "wang.hua", PASSPHRASE);
    assert_eq!(lost.post("/sign-in/second", &[("code", &recovery)]).status(), 303);
    assert_eq!(lost.get("/me").status(), 200);
}

#[test]
fn an_invitation_sets_the_first_password_once() {
    let stage = open();
    let invitation = stage.app.accounts.invite("zhang.wei", "张伟", &[], None).expect("an invitation");
    let path = format!("/invitation/{}", invitation.secret);
    let person = stage.anybody();
    assert!(person.page(&path).contains("zhang.wei"));
    let weak = person.post(&path, &[("password", "password1234"), ("again", "password1234")]);
    assert_eq!(weak.status(), 422);
    let differ = person.post(&path, &[("password", PASSPHRASE), ("again", "something else")]);
    assert_eq!(differ.status(), 422);
    let done = person.post(&path, &[("password", PASSPHRASE), ("again", PASSPHRASE)]);
    assert_eq!(done.status(), 303);
    assert_eq!(person.get("/me").status(), 200);
    assert_eq!(stage.anybody().get(&path).status(), 422, "it is used up");
    let SignIn::Done(_) = stage
        .app
        .accounts
        .sign_in("zhang.wei", PASSPHRASE, &accounts::Origin::default())
        .expect("the password is set")
    else {
        panic!("no second factor was set")
    };
}

#[test]
fn the_way_back_may_have_chinese_words_in_it() {
    let stage = open();
    for odd in ["/search?q=码头", "/search?q=\u{202e}\u{fffd} x"] {
        let answer = stage.anybody().post("/preferences", &[("language", "en"), ("back", odd)]);
        assert_eq!(answer.status(), 303, "{odd:?}");
        assert!(answer.headers()["location"].to_str().expect("text").starts_with("/search?q=%E"), "{odd:?}");
    }
}

#[test]
fn nobody_is_led_to_another_host() {
    let stage = open();
    stage.signed_in("wang.hua", &[("clerk", None)]);
    let lures = [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        " //evil.example",
        "/%0d%0aLocation:%20//evil.example",
    ];
    for lure in lures {
        let person = stage.anybody();
        let signed_in =
            person.post("/sign-in", &[("name", "wang.hua"), ("password", PASSPHRASE), ("next", lure)]);
        let chosen = person.post("/preferences", &[("language", "en"), ("back", lure)]);
        for response in [signed_in, chosen] {
            assert_eq!(response.status(), 303);
            let place = response.headers()["location"].to_str().expect("text");
            assert!(place == "/" || place.starts_with("/%0d%0a"), "{lure:?} leads to {place:?}");
            assert!(response.headers().get_all("set-cookie").iter().all(|cookie| cookie != "a=b"));
        }
        let query: String = url::form_urlencoded::byte_serialize(lure.as_bytes()).collect();
        let already = person.get(&format!("/sign-in?next={query}"));
        let place = already.headers()["location"].to_str().expect("text").to_owned();
        assert!(place == "/" || place.starts_with("/%0d%0a"), "{lure:?} leads to {place:?}");
    }
}
