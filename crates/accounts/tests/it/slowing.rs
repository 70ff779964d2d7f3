//! Guessing is slowed, and nobody is locked out by others.

use accounts::{AccountError, Origin};

use crate::city::{City, PASSWORD, done, elsewhere, home_office};

/// Tries wrong passwords until it has to wait, and says for how long.
fn fail_until_slowed(city: &City, name: &str, from: &Origin, most: usize) -> (usize, u64) {
    for attempt in 0..most {
        match city.accounts.sign_in(name, "wrong password", from) {
            Err(AccountError::Wrong) => {}
            Err(AccountError::TooMany { wait_seconds }) => return (attempt, wait_seconds),
            other => panic!("{other:?}"),
        }
    }
    panic!("{most} attempts, and no wait");
}

#[test]
fn after_five_failures_each_costs_a_wait_that_doubles_to_a_quarter_of_an_hour() {
    let (city, _) = City::with_wang();
    assert_eq!(fail_until_slowed(&city, "wang.hua", &elsewhere(), 10), (5, 15));
    // Waiting attempts, even with the right password, are not looked at and do not lengthen the wait.
    for _ in 0..5 {
        assert!(matches!(
            city.accounts.sign_in("wang.hua", PASSWORD, &elsewhere()),
            Err(AccountError::TooMany { wait_seconds: 15 })
        ));
    }
    let mut waits = Vec::new();
    let mut wait = 15;
    for _ in 0..8 {
        city.pass(i64::try_from(wait).unwrap());
        (_, wait) = fail_until_slowed(&city, "wang.hua", &elsewhere(), 2);
        waits.push(wait);
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900, 900]);

    let city = city.restart();
    let waiting = city.accounts.sign_in("wang.hua", PASSWORD, &elsewhere());
    assert!(matches!(waiting, Err(AccountError::TooMany { wait_seconds: 900 })), "a restart forgets nothing");
    assert!(city.accounts.locked(1).unwrap().is_some());
    city.pass(900);
    done(city.accounts.sign_in("wang.hua", PASSWORD, &elsewhere()).unwrap());
    // And after it was right, five mistakes are free again.
    assert_eq!(fail_until_slowed(&city, "wang.hua", &elsewhere(), 10), (5, 15));
}

#[test]
fn failures_elsewhere_do_not_lock_out_where_one_has_signed_in_before() {
    let (city, _) = City::with_wang();
    for machine in 0..200 {
        let from = Origin::new(format!("198.51.100.{machine}"), "");
        match city.accounts.sign_in("wang.hua", "wrong password", &from) {
            Err(AccountError::Wrong | AccountError::TooMany { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    // A new place waits, at most five minutes; the office does not.
    let new = city.accounts.sign_in("wang.hua", PASSWORD, &Origin::new("192.0.2.1", ""));
    assert!(matches!(new, Err(AccountError::TooMany { wait_seconds }) if wait_seconds <= 300));
    city.sign_in("wang.hua");
    city.accounts.unlock(1).unwrap();
    assert!(city.accounts.locked(1).unwrap().is_none());
    done(city.accounts.sign_in("wang.hua", PASSWORD, &Origin::new("192.0.2.1", "")).unwrap());
}

#[test]
fn a_thousand_machines_try_some_hundred_passwords_a_day() {
    let (city, _) = City::with_wang();
    let mut looked_at = 0;
    for minute in 0..24 * 60 {
        for machine in 0..3 {
            let from = Origin::new(format!("198.51.{}.{}", minute % 256, machine), "");
            if matches!(city.accounts.sign_in("wang.hua", "", &from), Err(AccountError::Wrong)) {
                looked_at += 1;
            }
        }
        city.pass(60);
    }
    assert!((100..=330).contains(&looked_at), "{looked_at}");
}

#[test]
fn a_name_without_an_account_is_slowed_in_the_same_way() {
    let (city, _) = City::with_wang();
    let unknown = fail_until_slowed(&city, "nobody.here", &elsewhere(), 10);
    let known = fail_until_slowed(&city, "wang.hua", &Origin::new("203.0.113.77", ""), 10);
    assert_eq!(unknown, known);
    assert!(matches!(city.accounts.sign_in("<script>", "x", &home_office()), Err(AccountError::Wrong)));
    let long = "密".repeat(100_000);
    assert!(matches!(city.accounts.sign_in(&long, &long, &home_office()), Err(AccountError::Wrong)));
}

#[test]
fn one_place_that_tries_many_names_is_slowed() {
    let city = City::new();
    let mut looked_at = 0;
    for person in 0..80 {
        match city.accounts.sign_in(&format!("person{person}"), "spring 2026", &elsewhere()) {
            Err(AccountError::Wrong) => looked_at += 1,
            Err(AccountError::TooMany { wait_seconds }) => assert!(wait_seconds <= 60),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(looked_at, 50);
}

#[test]
fn attempts_at_the_same_moment_are_all_counted() {
    let (city, _) = City::with_wang();
    let looked_at = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..12)
            .map(|_| scope.spawn(|| city.accounts.sign_in("wang.hua", "wrong password", &elsewhere())))
            .collect();
        let results = attempts.into_iter().map(|attempt| attempt.join().unwrap());
        results.filter(|result| matches!(result, Err(AccountError::Wrong))).count()
    });
    assert_eq!(looked_at, 5);
}
