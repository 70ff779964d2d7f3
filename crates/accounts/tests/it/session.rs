//! Sessions and tokens.

use accounts::{AccountError, Accounts, csrf_matches};

use crate::city::{City, PASSWORD, done, elsewhere, home_office};

const HOUR: i64 = 3600;

#[test]
fn a_session_ends_when_it_is_not_used_and_after_a_week_in_any_case() {
    let (city, _) = City::with_wang();
    let session = city.sign_in("wang.hua");
    assert!(csrf_matches(&session.token, &session.session.csrf));
    for _ in 0..15 {
        city.pass(11 * HOUR);
        assert!(city.accounts.session(&session.token).unwrap().is_some());
    }
    city.pass(3 * HOUR);
    assert!(city.accounts.session(&session.token).unwrap().is_none(), "168 hours");

    let idle = city.sign_in("wang.hua");
    city.pass(12 * HOUR - 1);
    assert!(city.accounts.session(&idle.token).unwrap().is_some());
    city.pass(12 * HOUR);
    assert!(city.accounts.session(&idle.token).unwrap().is_none());
}

#[test]
fn only_the_token_is_a_token() {
    let (city, _) = City::with_wang();
    let session = city.sign_in("wang.hua");
    for other in ["", "x", &session.session.csrf, &session.token[1..], &format!("{} ", session.token)] {
        assert!(city.accounts.session(other).unwrap().is_none());
    }
    let city = city.restart();
    assert!(city.accounts.session(&session.token).unwrap().is_some());
    city.accounts.sign_out(&session.token).unwrap();
    assert!(city.accounts.session(&session.token).unwrap().is_none());
}

#[test]
fn no_secret_stands_in_the_file() {
    let (city, id) = City::with_wang();
    let session = city.sign_in("wang.hua");
    let token = city.accounts.create_token(id, "导出", &[], None).unwrap();
    let reset = city.accounts.reset(id, false).unwrap();
    let enrolment = city.accounts.begin_second_factor(id, "清源").unwrap();
    let copy = city.home.path().join("copy.db");
    city.accounts.backup(&copy).unwrap();
    let bytes = std::fs::read(copy).unwrap();
    for secret in [
        PASSWORD,
        &session.token,
        &session.session.csrf,
        &token.secret,
        &reset.secret,
        &enrolment.secret_base32,
    ] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (city, _) = City::with_wang();
    for entry in std::fs::read_dir(city.home.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        }
    }
}

#[test]
fn one_sees_and_ends_ones_own_sessions() {
    let (city, id) = City::with_wang();
    let other = city.person("other");
    let desk = city.sign_in("wang.hua");
    let phone = done(city.accounts.sign_in("wang.hua", PASSWORD, &elsewhere()).unwrap());
    let listed = city.accounts.sessions(id).unwrap();
    // The one of the invitation, too.
    assert_eq!(listed.len(), 3);
    assert!(
        listed
            .iter()
            .any(|one| one.id == phone.session.id && one.address == "203.0.113.9" && one.agent == "curl")
    );

    city.accounts.end_session(other, phone.session.id).unwrap();
    assert!(city.accounts.session(&phone.token).unwrap().is_some(), "another's session is not touched");
    city.accounts.end_session(id, phone.session.id).unwrap();
    assert!(city.accounts.session(&phone.token).unwrap().is_none());
    city.accounts.end_sessions(id, Some(desk.session.id)).unwrap();
    assert_eq!(city.accounts.sessions(id).unwrap().len(), 1);
    assert!(city.accounts.session(&desk.token).unwrap().is_some());
}

#[test]
fn a_new_password_gives_a_new_token_and_ends_the_others() {
    let (city, _) = City::with_wang();
    let (desk, phone) = (city.sign_in("wang.hua"), city.sign_in("wang.hua"));
    let new = "a new sentence, quite long";
    let wrong = city.accounts.change_password(&desk.session, "wrong", new, &home_office());
    assert!(matches!(wrong, Err(AccountError::Wrong)));
    let weak = city.accounts.change_password(&desk.session, PASSWORD, "short", &home_office());
    assert!(matches!(weak, Err(AccountError::Weak(_))));
    let renewed = city.accounts.change_password(&desk.session, PASSWORD, new, &home_office()).unwrap();
    assert_ne!(renewed.token, desk.token);
    for ended in [&desk.token, &phone.token] {
        assert!(city.accounts.session(ended).unwrap().is_none());
    }
    assert!(city.accounts.session(&renewed.token).unwrap().is_some());
    done(city.accounts.sign_in("wang.hua", new, &home_office()).unwrap());
}

#[test]
fn a_programs_token_has_its_scopes_and_its_end() {
    let (city, id) = City::with_wang();
    let other = city.person("other");
    let scopes = ["view".to_owned(), "register:docks".to_owned()];
    let expires = jiff::Timestamp::from_second(city.seconds() + HOUR).unwrap();
    let token = city.accounts.create_token(id, "门户网站", &scopes, Some(expires)).unwrap();
    assert!(token.secret.starts_with("qy_") && token.secret.len() == 43);
    let bearer = city.accounts.token(&token.secret).unwrap().unwrap();
    assert_eq!((bearer.account.id, bearer.scopes.as_slice()), (id, scopes.as_slice()));
    let listed = city.accounts.tokens(id).unwrap();
    assert_eq!(listed[0].used.map(|used| used.as_second()), Some(city.seconds()));

    assert!(city.accounts.session(&token.secret).unwrap().is_none());
    city.accounts.revoke_token(other, token.token.id).unwrap();
    assert!(city.accounts.token(&token.secret).unwrap().is_some(), "another's token is not touched");
    city.pass(HOUR);
    assert!(city.accounts.token(&token.secret).unwrap().is_none());

    let token = city.accounts.create_token(id, "长期", &[], None).unwrap();
    city.accounts.revoke_token(id, token.token.id).unwrap();
    assert!(city.accounts.token(&token.secret).unwrap().is_none());
}

#[test]
fn what_has_expired_is_swept_away() {
    let (city, id) = City::with_wang();
    city.accounts.create_token(id, "长期", &[], None).unwrap();
    city.pass(8 * 24 * HOUR);
    city.accounts.sweep().unwrap();
    assert_eq!(city.accounts.sessions(id).unwrap().len(), 0);
    assert_eq!(city.accounts.tokens(id).unwrap().len(), 1);
}

#[test]
fn two_processes_see_each_others_changes() {
    let (city, id) = City::with_wang();
    let session = city.sign_in("wang.hua");
    let other = Accounts::open(city.home.path()).unwrap();
    other.set_display(id, "王华（水利局）").unwrap();
    let seen = city.accounts.session(&session.token).unwrap().unwrap();
    assert_eq!(seen.account.display, "王华（水利局）");
}
