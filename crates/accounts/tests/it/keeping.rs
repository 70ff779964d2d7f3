//! Preferences and drafts.

use accounts::AccountError;
use message::Language;
use serde_json::json;

use crate::city::City;

#[test]
fn a_draft_survives_and_is_its_persons_alone() {
    let (city, id) = City::with_wang();
    let other = city.person("other");
    let typed = json!({ "name": "一号码头", "berths": "3", "note": "\u{0}\"'<>" });
    city.accounts.save_draft(id, "docks/new", &typed).unwrap();
    let city = city.restart();
    assert_eq!(city.accounts.draft(id, "docks/new").unwrap().unwrap().value, typed);
    assert_eq!(city.accounts.draft(other, "docks/new").unwrap(), None);
    city.pass(60);
    city.accounts.save_draft(id, "docks/new", &json!({ "name": "二号码头" })).unwrap();
    city.accounts.save_draft(id, "parks/new", &json!({})).unwrap();
    let keys: Vec<_> = city.accounts.drafts(id).unwrap().into_iter().map(|draft| draft.key).collect();
    assert_eq!(keys, ["docks/new", "parks/new"]);
    city.accounts.drop_draft(id, "docks/new").unwrap();
    assert_eq!(city.accounts.draft(id, "docks/new").unwrap(), None);
}

#[test]
fn drafts_are_bounded_in_size_and_number() {
    let (city, id) = City::with_wang();
    let large = json!("x".repeat(300_000));
    assert!(matches!(city.accounts.save_draft(id, "large", &large), Err(AccountError::TooLarge { .. })));
    for number in 0..200 {
        city.accounts.save_draft(id, &format!("draft {number}"), &json!(number)).unwrap();
    }
    let more = city.accounts.save_draft(id, "one more", &json!(0));
    assert!(matches!(more, Err(AccountError::TooLarge { limit: 200, .. })));
    city.accounts.save_draft(id, "draft 7", &json!("still")).unwrap();
    assert_eq!(city.accounts.drafts(id).unwrap().len(), 200);
}

#[test]
fn preferences_language_and_theme_are_remembered() {
    let (city, id) = City::with_wang();
    city.accounts.set_preference(id, "columns/docks", Some(&json!(["name", "bank"]))).unwrap();
    city.accounts.set_language(id, Some(Language::Traditional)).unwrap();
    city.accounts.set_theme(id, Some("dark")).unwrap();
    let city = city.restart();
    assert_eq!(city.accounts.preference(id, "columns/docks").unwrap(), Some(json!(["name", "bank"])));
    let account = city.accounts.account(id).unwrap().unwrap();
    assert_eq!((account.language, account.theme.as_deref()), (Some(Language::Traditional), Some("dark")));
    city.accounts.set_preference(id, "columns/docks", None).unwrap();
    assert_eq!(city.accounts.preference(id, "columns/docks").unwrap(), None);
    let large = json!("x".repeat(20_000));
    assert!(city.accounts.set_preference(id, "large", Some(&large)).is_err());
}
