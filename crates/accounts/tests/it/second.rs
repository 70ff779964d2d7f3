//! Second factors.

use accounts::{AccountError, SignIn};

use crate::city::{City, PASSWORD, done, elsewhere, home_office, second_step};

/// What an authenticator shows that was given this address.
fn code(uri: &str, seconds: i64) -> String {
    totp_rs::TOTP::from_url(uri).unwrap().generate(u64::try_from(seconds).unwrap())
}

/// A person with a second factor; its address and the recovery codes.
fn enrolled() -> (City, i64, String, Vec<String>) {
    let (city, id) = City::with_wang();
    let session = city.sign_in("wang.hua");
    let enrolment = city.accounts.begin_second_factor(id, "清源 江城").unwrap();
    let given = code(&enrolment.uri, city.seconds());
    let (renewed, codes) =
        city.accounts.confirm_second_factor(&session.session, &given, &home_office()).unwrap();
    assert!(city.accounts.session(&session.token).unwrap().is_none(), "a new token where it may do more");
    assert!(renewed.session.second_factor && renewed.session.account.second_factor);
    (city, id, enrolment.uri, codes)
}

fn first_step(city: &City) -> String {
    second_step(city.accounts.sign_in("wang.hua", PASSWORD, &home_office()).unwrap())
}

#[test]
fn a_factor_counts_when_a_code_of_it_was_shown() {
    let (city, id) = City::with_wang();
    let session = city.sign_in("wang.hua");
    let enrolment = city.accounts.begin_second_factor(id, "清源").unwrap();
    assert!(enrolment.uri.starts_with("otpauth://totp/"), "{}", enrolment.uri);
    let wrong = city.accounts.confirm_second_factor(&session.session, "000000", &home_office());
    assert!(matches!(wrong, Err(AccountError::Code)));
    city.sign_in("wang.hua");
}

#[test]
fn after_the_password_a_code_is_wanted_and_works_once() {
    let (city, _, uri, _) = enrolled();
    city.pass(30);
    let pending = first_step(&city);
    assert!(city.accounts.session(&pending).unwrap().is_none(), "half a sign-in is none");
    let given = code(&uri, city.seconds());
    assert!(matches!(city.accounts.second_step(&pending, "123456", &home_office()), Err(AccountError::Code)));
    let session = city.accounts.second_step(&pending, &given, &home_office()).unwrap();
    assert!(city.accounts.session(&session.token).unwrap().unwrap().second_factor);

    let used = city.accounts.second_step(&pending, &given, &home_office());
    assert!(matches!(used, Err(AccountError::Expired)));
    let again = first_step(&city);
    let replayed = city.accounts.second_step(&again, &given, &home_office());
    assert!(matches!(replayed, Err(AccountError::Code)), "a code does not work twice");
    city.pass(30);
    city.accounts.second_step(&again, &code(&uri, city.seconds()), &home_office()).unwrap();
}

#[test]
fn a_code_is_good_one_step_early_or_late() {
    let (city, _, uri, _) = enrolled();
    let check = |off: i64, good: bool| {
        city.pass(300);
        let pending = first_step(&city);
        let given = code(&uri, city.seconds() + off);
        assert_eq!(city.accounts.second_step(&pending, &given, &home_office()).is_ok(), good, "{off}");
    };
    check(-30, true);
    check(30, true);
    check(-60, false);
    check(60, false);
    check(0, true);
}

#[test]
fn the_second_step_expires_and_guessing_it_is_slowed() {
    let (city, _, uri, _) = enrolled();
    city.pass(60);
    let pending = first_step(&city);
    city.pass(600);
    let late = city.accounts.second_step(&pending, &code(&uri, city.seconds()), &home_office());
    assert!(matches!(late, Err(AccountError::Expired)));

    let pending = second_step(city.accounts.sign_in("wang.hua", PASSWORD, &elsewhere()).unwrap());
    for _ in 0..5 {
        let wrong = city.accounts.second_step(&pending, "000000", &elsewhere());
        assert!(matches!(wrong, Err(AccountError::Code)));
    }
    let slowed = city.accounts.second_step(&pending, &code(&uri, city.seconds()), &elsewhere());
    assert!(matches!(slowed, Err(AccountError::TooMany { .. })));
    // A new first step does not buy new attempts.
    let pending = second_step(city.accounts.sign_in("wang.hua", PASSWORD, &elsewhere()).unwrap());
    assert!(matches!(
        city.accounts.second_step(&pending, "000000", &elsewhere()),
        Err(AccountError::TooMany { .. })
    ));
}

#[test]
fn a_recovery_code_stands_in_once() {
    let (city, id, _, codes) = enrolled();
    assert_eq!(codes.len(), 10);
    let typed = codes[3].to_uppercase().replace('-', " ");
    city.accounts.second_step(&first_step(&city), &typed, &home_office()).unwrap();
    assert_eq!(city.accounts.recovery_codes_left(id).unwrap(), 9);
    let again = city.accounts.second_step(&first_step(&city), &codes[3], &home_office());
    assert!(matches!(again, Err(AccountError::Code)));

    let new = city.accounts.new_recovery_codes(id).unwrap();
    let old = city.accounts.second_step(&first_step(&city), &codes[4], &home_office());
    assert!(matches!(old, Err(AccountError::Code)));
    city.accounts.second_step(&first_step(&city), &new[0], &home_office()).unwrap();
}

#[test]
fn one_code_at_the_same_moment_makes_one_session() {
    let (city, _, uri, _) = enrolled();
    city.pass(30);
    let given = code(&uri, city.seconds());
    let pending: Vec<String> = (0..3).map(|_| first_step(&city)).collect();
    let done = std::thread::scope(|scope| {
        let attempts: Vec<_> = pending
            .iter()
            .map(|pending| scope.spawn(|| city.accounts.second_step(pending, &given, &home_office()).is_ok()))
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!(done, 1);
}

#[test]
fn a_reset_keeps_the_factor_unless_it_says_so() {
    let (city, id, _, _) = enrolled();
    let reset = city.accounts.reset(id, false).unwrap();
    let accepted = city.accounts.accept(&reset.secret, PASSWORD, &elsewhere()).unwrap();
    assert!(matches!(accepted, SignIn::SecondStep { .. }));
    let reset = city.accounts.reset(id, true).unwrap();
    let session = done(city.accounts.accept(&reset.secret, PASSWORD, &elsewhere()).unwrap());
    assert!(!session.session.account.second_factor);
    assert_eq!(city.accounts.recovery_codes_left(id).unwrap(), 0);
}

#[test]
fn a_factor_can_be_dropped() {
    let (city, id, _, _) = enrolled();
    city.accounts.drop_second_factor(id).unwrap();
    city.sign_in("wang.hua");
    assert!(matches!(city.accounts.new_recovery_codes(id), Err(AccountError::SecondFactor)));
}
