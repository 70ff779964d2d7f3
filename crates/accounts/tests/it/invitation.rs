//! The way to an account.

use accounts::{AccountError, Accounts, Grant, State, Weakness};

use crate::city::{City, PASSWORD, done, elsewhere, home_office};

const DAY: i64 = 86_400;

#[test]
fn the_first_account_is_made_once_and_has_no_password_until_it_is_accepted() {
    let city = City::new();
    assert!(city.accounts.is_empty().unwrap());
    let grants = [Grant { role: "administrator".into(), unit: None }];
    let first = city.accounts.first("admin.li", "李", &grants, false).unwrap();
    assert!(!city.accounts.is_empty().unwrap());
    assert_eq!(first.secret.len(), 32);

    let waiting = city.accounts.account(first.account).unwrap().unwrap();
    assert_eq!((waiting.state, waiting.has_password), (State::Invited, false));
    for password in ["", "admin", &first.secret] {
        let refused = city.accounts.sign_in("admin.li", password, &home_office());
        assert!(matches!(refused, Err(AccountError::Wrong)));
    }

    let again = city.accounts.first("other", "某某", &grants, false);
    assert!(matches!(again, Err(AccountError::NotFirst)));
    assert!(city.accounts.first("other", "某某", &grants, true).is_ok());

    let session = done(city.accounts.accept(&first.secret, PASSWORD, &home_office()).unwrap());
    assert_eq!(session.session.account.grants, grants);
    assert_eq!(session.session.account.state, State::Active);
}

#[test]
fn an_invitation_works_once_and_for_a_week() {
    let city = City::new();
    let one = city.accounts.invite("one.zhang", "张", &[], None).unwrap();
    assert_eq!(city.accounts.invitation(&one.secret).unwrap().unwrap().id, one.account);

    // A weak password does not use it up.
    let weak = city.accounts.accept(&one.secret, "password1234", &home_office());
    assert!(matches!(weak, Err(AccountError::Weak(Weakness::Common))));
    let own = city.accounts.accept(&one.secret, "one.zhang.2026", &home_office());
    assert!(matches!(own, Err(AccountError::Weak(Weakness::Name))));
    done(city.accounts.accept(&one.secret, PASSWORD, &home_office()).unwrap());
    let twice = city.accounts.accept(&one.secret, "another password, longer", &elsewhere());
    assert!(matches!(twice, Err(AccountError::Invitation)));
    city.sign_in("One.Zhang");

    let late = city.accounts.invite("late", "迟", &[], None).unwrap();
    city.pass(7 * DAY);
    assert!(city.accounts.invitation(&late.secret).unwrap().is_none());
    assert!(matches!(
        city.accounts.accept(&late.secret, PASSWORD, &home_office()),
        Err(AccountError::Invitation)
    ));
    assert!(city.accounts.invitation("no such secret").unwrap().is_none());
}

#[test]
fn one_secret_at_a_time_makes_one_account_only() {
    let city = City::new();
    let invitation = city.accounts.invite("zhang.wei", "张", &[], None).unwrap();
    let accepted = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| city.accounts.accept(&invitation.secret, PASSWORD, &home_office()).is_ok())
            })
            .collect();
        attempts.into_iter().filter(|_| true).map(|attempt| attempt.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!(accepted, 1);
}

#[test]
fn a_name_belongs_to_one_account_in_whatever_case() {
    let city = City::new();
    city.accounts.invite("Wang.Hua", "王华", &[], None).unwrap();
    let taken = city.accounts.invite("wang.HUA", "王华", &[], None);
    assert!(matches!(taken, Err(AccountError::NameTaken)));
    let telephone = city.accounts.invite("13800138000", "王华", &[], None);
    assert!(matches!(telephone, Err(AccountError::NameUnfit)));
    assert_eq!(city.accounts.accounts().unwrap().len(), 1);
    assert_eq!(city.accounts.account_named("WANG.hua").unwrap().unwrap().name, "Wang.Hua");
}

#[test]
fn a_reset_ends_the_old_password_when_it_is_accepted() {
    let (city, id) = City::with_wang();
    let before = city.sign_in("wang.hua");
    let reset = city.accounts.reset(id, false).unwrap();
    assert!(city.accounts.session(&before.token).unwrap().is_some());
    done(city.accounts.accept(&reset.secret, "a new sentence, quite long", &home_office()).unwrap());
    assert!(city.accounts.session(&before.token).unwrap().is_none());
    let old = city.accounts.sign_in("wang.hua", PASSWORD, &home_office());
    assert!(matches!(old, Err(AccountError::Wrong)));
    done(city.accounts.sign_in("wang.hua", "a new sentence, quite long", &home_office()).unwrap());

    let replaced = city.accounts.reset(id, false).unwrap();
    let replacing = city.accounts.reset(id, false).unwrap();
    assert!(city.accounts.invitation(&replaced.secret).unwrap().is_none());
    assert!(city.accounts.invitation(&replacing.secret).unwrap().is_some());
    assert!(matches!(city.accounts.reset(999, false), Err(AccountError::NoAccount)));
}

#[test]
fn rights_are_in_force_at_once_and_a_closed_account_is_closed_everywhere() {
    let (city, id) = City::with_wang();
    let session = city.sign_in("wang.hua");
    let bearer = city.accounts.create_token(id, "导出", &["view".into()], None).unwrap();
    let grants = [Grant { role: "verifier".into(), unit: None }];
    city.accounts.set_grants(id, &grants).unwrap();
    assert!(city.accounts.session(&session.token).unwrap().is_none(), "a new token where rights change");
    let session = city.sign_in("wang.hua");
    assert_eq!(session.session.account.grants, grants);
    assert_eq!(city.accounts.token(&bearer.secret).unwrap().unwrap().account.grants, grants);

    // Another process closes it.
    let other = Accounts::open(city.home.path()).unwrap();
    other.set_disabled(id, true).unwrap();
    assert!(city.accounts.session(&session.token).unwrap().is_none());
    assert!(city.accounts.token(&bearer.secret).unwrap().is_none());
    let closed = city.accounts.sign_in("wang.hua", PASSWORD, &home_office());
    assert!(matches!(closed, Err(AccountError::Wrong)));
    assert!(matches!(city.accounts.reset(id, false), Err(AccountError::NoAccount)));
    other.set_disabled(id, false).unwrap();
    city.sign_in("wang.hua");
}

#[test]
fn a_forgotten_person_is_in_no_file() {
    let (city, id) = City::with_wang();
    city.accounts.set_display(id, "非常特别的姓名").unwrap();
    city.accounts.save_draft(id, "form", &serde_json::json!({ "note": "特别的草稿" })).unwrap();
    city.accounts.forget(id).unwrap();
    let gone = city.accounts.account(id).unwrap().unwrap();
    assert_eq!((gone.display.as_str(), gone.state), ("", State::Disabled));
    assert!(city.accounts.account_named("wang.hua").unwrap().is_none());

    let copy = city.home.path().join("copy.db");
    city.accounts.backup(&copy).unwrap();
    let bytes = std::fs::read(copy).unwrap();
    for text in ["wang.hua", "非常特别的姓名", "特别的草稿"] {
        assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}
