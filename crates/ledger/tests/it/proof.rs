//! Proofs verify without the book, and nothing else does.

use ledger::{Kind, Ledger, ProofError, RecordId, verify_proof};

use super::common::{City, clock, create, next, small_book};

#[test]
fn every_record_of_a_book_can_be_proved() {
    let city = small_book();
    for (record, entries) in [(0, vec![0, 3, 4]), (1, vec![1, 5]), (2, vec![2, 7]), (6, vec![6])] {
        let proof = city.ledger.prove(RecordId(record)).unwrap();
        let proven = verify_proof(&proof, city.ledger.verifier_key()).unwrap();
        assert_eq!(proven.entries.iter().map(|entry| entry.number.0).collect::<Vec<_>>(), entries);
        assert_eq!(proven.entries, city.ledger.history(RecordId(record)).unwrap());
        let checkpoint = city.ledger.checkpoint().unwrap();
        assert_eq!(
            (proven.origin, proven.size, proven.root),
            (checkpoint.origin, checkpoint.size, checkpoint.root)
        );
    }
    assert!(city.ledger.prove(RecordId(3)).is_err());
    assert!(city.ledger.prove(RecordId(8)).is_err());
}

#[test]
fn the_text_of_a_proof() {
    let city = City::found();
    city.append("k", vec![create("docks", "一")]);
    let proof = city.ledger.prove(RecordId(0)).unwrap();
    let (proof, _signature) = proof.rsplit_once("\n— ").unwrap();
    insta::assert_snapshot!(proof, @r#"
    qingyuan-record-proof@v1
    record 0
    entries 1

    index 0
    entry {"kind":"create","register":"docks","effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","unit":"U012","state":"operating","fields":{"name":"一"},"batch":{"key":"k","count":1}}

    test.example/book
    1
    2ivIHH5sDwp2qmEITTQZ5z6+5AJ+hLqsnTYKPaVHgIM=
    "#);
}

/// Change any one byte, cut anywhere, use another key: it is no proof any more.
#[test]
fn an_altered_proof_is_refused() {
    let city = small_book();
    let proof = city.ledger.prove(RecordId(0)).unwrap();
    let key = city.ledger.verifier_key();
    for at in 0..proof.len() {
        let mut bytes = proof.clone().into_bytes();
        for byte in [bytes[at] ^ 1, b'\n', b' '] {
            if byte == proof.as_bytes()[at] {
                continue;
            }
            bytes[at] = byte;
            if let Ok(text) = std::str::from_utf8(&bytes) {
                assert!(verify_proof(text, key).is_err(), "byte {at} as {byte}");
            }
        }
        if proof.is_char_boundary(at) {
            assert!(verify_proof(&proof[..at], key).is_err(), "cut at {at}");
        }
    }
    let other = Ledger::found(&city.path("other"), super::common::ORIGIN, clock()).unwrap();
    assert!(matches!(verify_proof(&proof, other.verifier_key()), Err(ProofError::Checkpoint(_))));
    assert_eq!(verify_proof(&proof, "no key"), Err(ProofError::Key));
}

#[test]
fn entries_left_out_or_of_another_record_are_noticed() {
    let city = small_book();
    let key = city.ledger.verifier_key();
    let proof = city.ledger.prove(RecordId(0)).unwrap();
    let mut blocks: Vec<&str> = proof.split("\n\n").collect();
    let shortened = blocks.remove(2); // The middle entry.
    assert!(shortened.starts_with("index 3\n"));
    let text = blocks.join("\n\n").replace("entries 3\n", "entries 2\n").replace("entries 3", "entries 2");
    assert_eq!(verify_proof(&text, key), Err(ProofError::NotAHistory(ledger::EntryNumber(4))));
    let text = proof.replacen("record 0\n", "record 1\n", 1);
    assert_eq!(verify_proof(&text, key), Err(ProofError::NotAHistory(ledger::EntryNumber(0))));
}

#[test]
fn a_proof_in_a_book_of_some_size() {
    let city = City::found();
    for turn in 0..40_u64 {
        city.append(&turn.to_string(), (0..turn % 37 + 1).map(|n| create("docks", &n.to_string())).collect());
    }
    let size = city.ledger.size().unwrap();
    city.append("last", vec![next(Kind::Amend, "docks", size / 2, size / 2)]);
    for record in [0, 1, size / 2, size - 1] {
        let proof = city.ledger.prove(RecordId(record)).unwrap();
        verify_proof(&proof, city.ledger.verifier_key()).unwrap();
    }
}

/// A checkpoint kept outside shows what verifying alone cannot: that the end of the book was cut off.
#[test]
fn a_checkpoint_kept_outside_is_confirmed() {
    let city = small_book();
    let kept = city.ledger.checkpoint().unwrap();
    city.ledger.backup(&city.path("old"), ledger::CopyOptions { with_keys: true }).unwrap();
    city.append("more", vec![create("docks", "x")]);
    assert_eq!(city.ledger.confirm(&kept.note).unwrap(), kept);
    let later = city.ledger.checkpoint().unwrap();
    let old = Ledger::open(&city.path("old"), clock()).unwrap();
    assert_eq!(old.confirm(&kept.note).unwrap(), kept);
    insta::assert_snapshot!(old.confirm(&later.note).unwrap_err(), @"the checkpoint does not belong to this book: it covers 9 entries, the book has 8");
    // Whoever has the keys goes on from there with other entries.
    old.append(super::common::batch("other", vec![create("docks", "y")])).unwrap();
    assert_eq!(super::common::verify(&old), []);
    insta::assert_snapshot!(old.confirm(&later.note).unwrap_err(), @"the checkpoint does not belong to this book: the first 9 entries are not those that it covers");
    assert!(old.confirm(&later.note.replace('9', "8")).is_err());
    let empty = City::found();
    assert!(empty.ledger.confirm(&kept.note).is_err());
}
