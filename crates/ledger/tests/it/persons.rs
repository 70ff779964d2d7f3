//! Personal data can be erased, and the book does not notice.

use std::fs;
use std::path::Path;

use ledger::{CopyOptions, Kind, Ledger, LedgerError, Pseudonym, RecordId, Value, verify_proof};

use super::common::{City, clock, create, next, verify};

/// Does any file of the home contain these bytes?
fn found(dir: &Path, needle: &str) -> bool {
    fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return found(&path, needle);
        }
        let bytes = fs::read(&path).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
    })
}

#[test]
fn an_erased_person_is_in_no_file_and_proofs_still_verify() {
    let city = City::found();
    let (name, number) = ("Zhang San Unmistakable", "420100199001011234");
    let others: Vec<(String, String)> = (0..500)
        .map(|n| (format!("id {n}"), format!("{{\"name\":\"other {n}\",\"pad\":\"{}\"}}", "x".repeat(n))))
        .collect();
    let people: Vec<(&str, &str)> = others.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    city.ledger.persons(&people).unwrap();
    let pseudonym = city.ledger.person(number, "old telephone 13800138000").unwrap();
    assert_eq!(city.ledger.person(number, name).unwrap(), pseudonym); // Known again; the data is replaced.
    assert_eq!(city.ledger.person_data(&pseudonym).unwrap().as_deref(), Some(name));
    assert_eq!(Pseudonym::parse(pseudonym.as_str()), Some(pseudonym.clone()));

    let mut draft = create("turnouts", "x");
    draft.fields.insert("volunteer".into(), Value::Text(pseudonym.to_string()));
    city.append("k", vec![draft, next(Kind::Verify, "turnouts", 0, 0)]);
    let proof = city.ledger.prove(RecordId(0)).unwrap();
    assert!(found(&city.home(), name));
    assert!(!found(&city.home(), number), "what a person is looked up by is stored as a keyed hash only");

    assert!(city.ledger.erase_person(&pseudonym).unwrap());
    assert!(!city.ledger.erase_person(&pseudonym).unwrap());
    assert_eq!(city.ledger.person_data(&pseudonym).unwrap(), None);
    for trace in [name, "13800138000"] {
        assert!(!found(&city.home(), trace), "{trace} is still in a file");
    }
    assert!(found(&city.home(), "other 77"));
    assert_eq!(verify(&city.ledger), []);
    verify_proof(&proof, city.ledger.verifier_key()).unwrap();
    verify_proof(&city.ledger.prove(RecordId(0)).unwrap(), city.ledger.verifier_key()).unwrap();

    // The same person, coming again, is somebody new.
    assert_ne!(city.ledger.person(number, name).unwrap(), pseudonym);
}

#[test]
fn without_the_lookup_key_nobody_is_looked_up() {
    let city = City::found();
    let pseudonym = city.ledger.person("1", "data").unwrap();
    city.ledger.backup(&city.path("copy"), CopyOptions::default()).unwrap();
    let copy = Ledger::read(&city.path("copy")).unwrap();
    assert_eq!(copy.person_data(&pseudonym).unwrap().as_deref(), Some("data"));
    assert!(matches!(copy.person("1", "data"), Err(LedgerError::KeyMissing(_) | LedgerError::ReadOnly)));
    assert!(matches!(Ledger::open(&city.path("copy"), clock()), Err(LedgerError::KeyMissing(_))));
}

#[test]
fn only_pseudonyms_are_pseudonyms() {
    for text in ["", "p-", "p-123", "p-00000000000000000", "p-000000000000000G", "P-0000000000000000", "张三"]
    {
        assert_eq!(Pseudonym::parse(text), None, "{text}");
    }
}
