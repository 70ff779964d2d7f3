//! Identities at a provider.

use accounts::{AccountError, PendingOidc};

use crate::city::{City, home_office};

const ISSUER: &str = "https://id.example.gov.cn";

fn pending() -> PendingOidc {
    PendingOidc {
        state: "state".into(),
        nonce: "nonce".into(),
        verifier: "verifier".into(),
        browser: "browser".into(),
        invitation: None,
        link: None,
        return_to: "/registers".into(),
    }
}

#[test]
fn an_identity_opens_the_account_that_it_was_linked_to_and_no_other() {
    let (city, id) = City::with_wang();
    let other = city.person("other");
    assert!(city.accounts.sign_in_by_identity(ISSUER, "wang.hua", &home_office()).unwrap().is_none());
    city.accounts.link_identity(id, ISSUER, "s-1").unwrap();
    let session = city.accounts.sign_in_by_identity(ISSUER, "s-1", &home_office()).unwrap().unwrap();
    assert_eq!(session.session.account.id, id);
    assert!(
        city.accounts.sign_in_by_identity("https://evil.example", "s-1", &home_office()).unwrap().is_none()
    );
    assert!(matches!(city.accounts.link_identity(other, ISSUER, "s-1"), Err(AccountError::IdentityTaken)));

    city.accounts.set_disabled(id, true).unwrap();
    assert!(city.accounts.sign_in_by_identity(ISSUER, "s-1", &home_office()).unwrap().is_none());
    city.accounts.set_disabled(id, false).unwrap();
    let identity = city.accounts.identities(id).unwrap().remove(0);
    city.accounts.unlink_identity(other, identity.id).unwrap();
    assert_eq!(city.accounts.identities(id).unwrap().len(), 1);
    city.accounts.unlink_identity(id, identity.id).unwrap();
    assert!(city.accounts.sign_in_by_identity(ISSUER, "s-1", &home_office()).unwrap().is_none());
}

#[test]
fn an_invitation_can_be_accepted_with_an_identity() {
    let city = City::new();
    let invitation = city.accounts.invite("zhang.wei", "张伟", &[], None).unwrap();
    let session = city.accounts.accept_identity(&invitation.secret, ISSUER, "s-2", &home_office()).unwrap();
    assert!(!session.session.account.has_password);
    let twice = city.accounts.accept_identity(&invitation.secret, ISSUER, "s-3", &home_office());
    assert!(matches!(twice, Err(AccountError::Invitation)));
    assert!(matches!(city.accounts.sign_in("zhang.wei", "", &home_office()), Err(AccountError::Wrong)));

    // An identity that belongs to somebody else does not use the invitation up.
    let second = city.accounts.invite("second", "某某", &[], None).unwrap();
    let taken = city.accounts.accept_identity(&second.secret, ISSUER, "s-2", &home_office());
    assert!(matches!(taken, Err(AccountError::IdentityTaken)));
    assert!(city.accounts.invitation(&second.secret).unwrap().is_some());
}

#[test]
fn an_answer_counts_once_in_the_browser_that_asked_and_soon() {
    let city = City::new();
    city.accounts.begin_oidc(&pending()).unwrap();
    assert_eq!(city.accounts.take_oidc("other", "browser").unwrap(), None);
    assert_eq!(city.accounts.take_oidc("state", "browser").unwrap(), Some(pending()));
    assert_eq!(city.accounts.take_oidc("state", "browser").unwrap(), None);

    city.accounts.begin_oidc(&pending()).unwrap();
    assert_eq!(city.accounts.take_oidc("state", "another browser").unwrap(), None);
    assert_eq!(city.accounts.take_oidc("state", "browser").unwrap(), None, "used up by the wrong one");

    city.accounts.begin_oidc(&pending()).unwrap();
    city.pass(600);
    assert_eq!(city.accounts.take_oidc("state", "browser").unwrap(), None);
}
