//! One story through the whole interface, told to every store that there is; and the refusals.

use std::path::Path;

use insta::assert_snapshot;
use ledger::store::sqlite::SqliteStore;
use ledger::store::{Checkpoint, Run, Store};
use ledger::{Entry, EntryNumber, Kind, Ledger, LedgerError, RecordId, Segment, Value};

use super::common::{City, batch, clock, create, next, small_book, verify};

#[test]
fn a_book_is_founded_written_read_and_opened_again() {
    let city = small_book();
    let ledger = &city.ledger;
    assert_eq!(ledger.size().unwrap(), 8);
    assert_eq!(ledger.registers().unwrap(), [("docks".into(), 6), ("parks".into(), 2)]);
    assert_eq!(ledger.last_entry_of("docks", 8).unwrap(), Some(6));
    assert_eq!(ledger.last_entry_of("docks", 5).unwrap(), Some(4));
    assert_eq!(ledger.last_entry_of("parks", 7).unwrap(), Some(2));
    assert_eq!(ledger.last_entry_of("parks", 2).unwrap(), None);
    assert_eq!(ledger.last_entry_of("ponds", 8).unwrap(), None);

    let history = |record| -> Vec<u64> {
        ledger.history(RecordId(record)).unwrap().iter().map(|entry| entry.number.0).collect()
    };
    assert_eq!(history(0), [0, 3, 4]);
    assert_eq!(history(1), [1, 5]);
    assert_eq!(history(6), [6]);
    assert!(history(3).is_empty()); // An amendment is no record.
    assert!(history(99).is_empty());
    assert_eq!(ledger.version(RecordId(0)).unwrap(), Some(EntryNumber(4)));
    assert_eq!(ledger.version(RecordId(6)).unwrap(), Some(EntryNumber(6)));
    assert_eq!(ledger.version(RecordId(4)).unwrap(), None);
    assert_eq!(ledger.entry(EntryNumber(8)).unwrap(), None);

    let read = |register, range| {
        let mut numbers = Vec::new();
        ledger
            .for_each(register, range, &mut |number, bytes| {
                assert_eq!(ledger.entry(number).unwrap().unwrap(), Entry::decode(number, bytes).unwrap());
                numbers.push(number.0);
                Ok(())
            })
            .unwrap();
        numbers
    };
    assert_eq!(read(None, 0..u64::MAX), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(read(None, 1..5), [1, 2, 3, 4]);
    assert_eq!(read(Some("docks"), 1..6), [1, 3, 4, 5]);
    assert_eq!(read(Some("parks"), 3..8), [7]);
    assert_eq!(read(Some("ponds"), 0..8), [] as [u64; 0]);

    let stop = ledger.for_each(None, 0..8, &mut |_, _| Err(LedgerError::caller(std::fmt::Error)));
    assert!(matches!(stop, Err(LedgerError::Caller(_))));
    assert_eq!(verify(ledger), []);

    let checkpoint = ledger.checkpoint().unwrap();
    let home = city.home();
    drop(city.ledger);
    let again = Ledger::open(&home, clock()).unwrap();
    assert_eq!(again.checkpoint().unwrap(), checkpoint);
    assert_eq!(again.append(batch("four", vec![create("docks", "四")])).unwrap().first, EntryNumber(8));
    assert_eq!(verify(&again), []);
}

/// The bytes and the root of a book are the same on every machine and for ever.
#[test]
fn bytes_and_root_are_frozen() {
    let city = small_book();
    let mut lines = String::new();
    city.ledger
        .for_each(None, 0..8, &mut |_, bytes| {
            lines.push_str(&String::from_utf8_lossy(bytes));
            lines.push('\n');
            Ok(())
        })
        .unwrap();
    assert_snapshot!(lines, @r#"
    {"kind":"create","register":"docks","effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","unit":"U012","state":"operating","fields":{"name":"一"},"batch":{"key":"one","count":3}}
    {"kind":"create","register":"docks","effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","unit":"U012","state":"operating","fields":{"name":"二"}}
    {"kind":"create","register":"parks","effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","unit":"U012","state":"operating","fields":{"name":"a \"b\"\n"}}
    {"kind":"amend","register":"docks","record":0,"based_on":0,"effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","fields":{"berths":0},"batch":{"key":"two","count":4}}
    {"kind":"advance","register":"docks","record":0,"based_on":3,"effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","state":"closed","evidence":["e1e59de65818d1c50b3b291bc22b24fb9cc7672fefd913964bcebde04920ff70"]}
    {"kind":"verify","register":"docks","record":1,"based_on":1,"effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang"}
    {"kind":"create","register":"docks","effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","unit":"U012","state":"operating","fields":{"name":"三"}}
    {"kind":"withdraw","register":"parks","record":2,"based_on":2,"effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","batch":{"key":"three","count":1}}
    "#);
    let note = city.ledger.checkpoint().unwrap().note;
    // The signature differs from book to book, as the keys do.
    assert_snapshot!(note.split("\n\n").next().unwrap(), @r"
    test.example/book
    8
    uK9UT3AaKB9pP75GK/horpt5lRegkrcKodPfOCdGIwY=
    ");
}

#[test]
fn what_does_not_fit_the_book_is_refused_and_enters_nothing() {
    let city = small_book();
    let check = |drafts, expected: &str| {
        let refusal = city.refusal("bad", drafts);
        assert!(refusal.contains(expected), "{refusal}");
        assert_eq!(city.ledger.size().unwrap(), 8);
    };
    let draft = || next(Kind::Amend, "docks", 6, 6);
    check(vec![], "it is empty");
    check(vec![create("", "x")], "the register's name");
    check(
        vec![create("docks", "x"), next(Kind::Amend, "docks", 77, 77)],
        "draft 1 of the batch cannot be entered: there is no record 77",
    );
    check(vec![next(Kind::Amend, "docks", 8, 8)], "there is no record 8"); // Not its own record.
    check(vec![next(Kind::Amend, "docks", 9, 8), create("docks", "x")], "there is no record 9"); // Not a later one.
    check(vec![next(Kind::Amend, "docks", 3, 3)], "there is no record 3"); // An amendment.
    check(vec![next(Kind::Amend, "parks", 6, 6)], "record 6 is in the register `docks`");
    check(vec![next(Kind::Amend, "docks", 6, 5)], "entry 5 is not a version of record 6");
    check(vec![next(Kind::Amend, "docks", 6, 7)], "entry 7 is not a version of record 6");
    check(vec![next(Kind::Amend, "docks", 6, 70)], "entry 70 is not a version of record 6");
    check(vec![next(Kind::Amend, "parks", 2, 7)], "record 2 was withdrawn by entry 7");
    check(vec![next(Kind::Withdraw, "parks", 2, 7)], "record 2 was withdrawn by entry 7");
    check(
        vec![next(Kind::Verify, "parks", 2, 7), next(Kind::Advance, "parks", 2, 8)],
        "draft 1 of the batch cannot be entered: record 2 was withdrawn by entry 7",
    );
    check(vec![ledger::Draft { record: None, ..draft() }], "names no record");
    check(vec![ledger::Draft { based_on: None, ..draft() }], "based on");
    check(vec![ledger::Draft { kind: Kind::Create, ..draft() }], "a creation names no record");
    check(vec![ledger::Draft { fields: Default::default(), ..draft() }], "an amendment changes");
    check(vec![ledger::Draft { state: Some("x".into()), ..draft() }], "sets no state");
    check(vec![ledger::Draft { kind: Kind::Verify, ..draft() }], "sets no fields");
    check(vec![ledger::Draft { kind: Kind::Advance, ..draft() }], "names the new state");
    check(
        vec![ledger::Draft { evidence: vec![ledger::EvidenceHash([1; 32])], ..draft() }],
        "is not in the store",
    );
    check(vec![ledger::Draft { effective: jiff::civil::date(0, 1, 1), ..draft() }], "year 1");
    check(vec![create("docks", &"x".repeat(1 << 20))], "more than 1048576");
    check(vec![create("docks", ""); 100_001], "it has 100001 drafts");
    assert!(city.refusal("", vec![draft()]).contains("its key"));
    assert!(city.refusal("a\nb", vec![draft()]).contains("its key"));
    let nobody = ledger::Batch { actor: String::new(), ..batch("bad", vec![draft()]) };
    assert!(city.ledger.append(nobody).unwrap_err().to_string().contains("its actor"));
    // None of the refusals used up the key.
    city.append("bad", vec![draft()]);
    assert_eq!(verify(&city.ledger), []);
}

#[test]
fn a_stale_version_is_refused_with_both_versions() {
    let city = small_book();
    let error = city.ledger.append(batch("late", vec![next(Kind::Amend, "docks", 0, 3)])).unwrap_err();
    assert_snapshot!(error.to_string(), @"draft 0: record 0 was changed by entry 4 since entry 3");
    let LedgerError::Stale { index: 0, record: RecordId(0), based_on, current } = error else {
        panic!("{error}")
    };
    assert_eq!(based_on.fields["berths"], Value::Whole(0));
    assert_eq!((current.kind, current.state.as_deref()), (Kind::Advance, Some("closed")));
}

#[test]
fn drafts_of_one_batch_can_build_on_each_other() {
    let city = small_book();
    let mut drafts =
        vec![create("docks", "四"), next(Kind::Amend, "docks", 8, 8), next(Kind::Verify, "docks", 8, 9)];
    drafts.push(next(Kind::Withdraw, "docks", 6, 6));
    let mut wrong = batch("all", drafts.clone());
    wrong.expect_size = Some(7);
    assert!(matches!(city.ledger.append(wrong), Err(LedgerError::Moved { expected: 7, actual: 8 })));
    let right = ledger::Batch { expect_size: Some(8), ..batch("all", drafts) };
    assert_eq!(city.ledger.append(&right).unwrap().size, 12);
    assert_eq!(city.ledger.version(RecordId(8)).unwrap(), Some(EntryNumber(10)));
    // Within a batch, too, an older version is stale, and nothing follows a withdrawal.
    let stale = vec![next(Kind::Amend, "docks", 8, 10), next(Kind::Amend, "docks", 8, 10)];
    assert_snapshot!(city.refusal("s", stale), @"draft 1: record 8 was changed by entry 12 since entry 10");
    let ended = vec![next(Kind::Withdraw, "docks", 8, 10), next(Kind::Amend, "docks", 8, 12)];
    assert_snapshot!(city.refusal("s", ended), @"draft 1 of the batch cannot be entered: record 8 was withdrawn by entry 12");
    assert_eq!(verify(&city.ledger), []);
    // The refused batches left nothing behind: the record still stands at 10.
    city.append("s", vec![next(Kind::Amend, "docks", 8, 10)]);
}

/// What the verifiers hold of a withdrawal is entered after it; the record stays withdrawn whatever that is.
#[test]
fn a_withdrawal_can_be_verified_or_sent_back_and_nothing_else_follows() {
    let city = small_book();
    city.append("back", vec![next(Kind::Return, "parks", 2, 7)]);
    let others = [Kind::Amend, Kind::Advance, Kind::Withdraw];
    let refused = |ledger: &Ledger, version: u64| {
        for kind in others {
            let error = ledger.append(batch("no", vec![next(kind, "parks", 2, version)])).unwrap_err();
            assert!(error.to_string().ends_with("record 2 was withdrawn by entry 7"), "{error}");
        }
    };
    refused(&city.ledger, 8);
    city.append("yes", vec![next(Kind::Verify, "parks", 2, 8)]);
    refused(&city.ledger, 9);
    assert_eq!(city.ledger.version(RecordId(2)).unwrap(), Some(EntryNumber(9)));

    // In one batch: all of it, or nothing.
    let ended = |last| {
        let mut drafts = vec![next(Kind::Withdraw, "docks", 6, 6), next(Kind::Verify, "docks", 6, 10)];
        drafts.extend(last);
        drafts
    };
    assert_snapshot!(city.refusal("all", ended(Some(next(Kind::Amend, "docks", 6, 11)))), @"draft 2 of the batch cannot be entered: record 6 was withdrawn by entry 10");
    assert_eq!(city.ledger.size().unwrap(), 10);
    city.append("all", ended(None));
    assert_eq!(verify(&city.ledger), []);

    // Opened again, the book says the same: it is read from what is stored.
    let home = city.home();
    drop(city.ledger);
    let again = Ledger::open(&home, clock()).unwrap();
    refused(&again, 9);
    let error = again.append(batch("no", vec![next(Kind::Amend, "docks", 6, 11)])).unwrap_err();
    assert!(error.to_string().ends_with("record 6 was withdrawn by entry 10"), "{error}");
    again.append(batch("once more", vec![next(Kind::Return, "docks", 6, 11)])).unwrap();
    assert_eq!(verify(&again), []);
}

#[test]
fn a_batch_sent_again_is_entered_once() {
    let city = City::found();
    let mut sent = batch("k", (0..600).map(|n| create(if n % 7 == 0 { "a" } else { "b" }, "x")).collect());
    let first = city.ledger.append(&sent).unwrap();
    assert!(!first.repeated);
    let again = city.ledger.append(&sent).unwrap();
    assert_eq!(again, ledger::Receipt { repeated: true, ..first });
    assert_eq!(city.ledger.size().unwrap(), 600);

    let reused = "the key `k` was used for another batch (entries 0 to 599)";
    sent.drafts[599].note = Some("other".into());
    assert_eq!(city.ledger.append(&sent).unwrap_err().to_string(), reused);
    sent.drafts[599].note = None;
    sent.actor = "li".into();
    assert_eq!(city.ledger.append(&sent).unwrap_err().to_string(), reused);
    sent.actor = "zhang".into();
    sent.drafts.pop();
    assert_eq!(city.ledger.append(&sent).unwrap_err().to_string(), reused);
}

#[test]
fn long_runs_are_cut_and_long_entries_stand_alone() {
    let city = City::found();
    let mut drafts: Vec<_> = (0..1000).map(|number| create("docks", &number.to_string())).collect();
    drafts[500] = create("docks", &"长".repeat(300_000));
    city.append("k", drafts);
    assert_eq!(verify(&city.ledger), []);
    assert_eq!(
        city.ledger.history(RecordId(500)).unwrap()[0].fields["name"],
        Value::Text("长".repeat(300_000))
    );
    assert_eq!(city.ledger.history(RecordId(501)).unwrap()[0].fields["name"], Value::Text("501".into()));
}

#[test]
fn a_home_is_not_founded_or_opened_over_something_else() {
    let city = City::found();
    assert!(matches!(
        Ledger::found(&city.home(), "x", clock()),
        Err(LedgerError::NotEmpty(_) | LedgerError::Locked { .. })
    ));
    assert!(matches!(Ledger::open(&city.path("nowhere"), clock()), Err(LedgerError::NoBook(_))));
    assert!(matches!(Ledger::read(&city.path("nowhere")), Err(LedgerError::NoBook(_))));
    for origin in ["", "two words", "a+b", "tab\there"] {
        assert!(matches!(Ledger::found(&city.path("other"), origin, clock()), Err(LedgerError::Origin(_))));
    }
    // What failed left nothing that hinders a better attempt.
    Ledger::found(&city.path("other"), "good.example", clock()).unwrap();
}

#[test]
fn a_reader_reads_while_the_writer_writes_and_cannot_write() {
    let city = small_book();
    let reader = Ledger::read(&city.home()).unwrap();
    city.append("more", vec![create("docks", "x")]);
    assert_eq!(reader.size().unwrap(), 9);
    assert!(matches!(reader.append(batch("k", vec![create("docks", "x")])), Err(LedgerError::ReadOnly)));
    assert!(matches!(reader.put_evidence(&mut &b""[..]), Err(LedgerError::ReadOnly)));
}

/// What every engine must do. PostgreSQL, when it comes, is told the same story.
fn the_stores_story(store: &dyn Store) {
    let checkpoint =
        |size: u64| Checkpoint { size, note: format!("note {size}"), frontier: (size != 2).then(Vec::new) };
    let segment = |first, count, register, links| Segment {
        first,
        count,
        register,
        links,
        hashes: &[7; 64],
        entries: b"e",
    };

    let session = store.write().unwrap();
    session.put_segment(&segment(0, 2, "a", b"")).unwrap();
    session.put_checkpoint(&checkpoint(0)).unwrap();
    assert_eq!(session.last_checkpoint().unwrap(), Some(checkpoint(0))); // It sees its own puts.
    assert_eq!(store.read().unwrap().last_checkpoint().unwrap(), None); // Nobody else does.
    drop(session); // Not committed: nothing happened.
    assert_eq!(store.read().unwrap().last_checkpoint().unwrap(), None);

    let before = store.read().unwrap();
    assert_eq!(before.registers().unwrap(), []);
    let session = store.write().unwrap();
    session.put_segment(&segment(0, 2, "a", b"")).unwrap();
    session.put_segment(&segment(2, 1, "b", b"")).unwrap();
    session.put_segment(&segment(3, 2, "a", b"l")).unwrap();
    session.put_request("k", Run { first: 0, count: 5 }).unwrap();
    for size in [0, 2, 1] {
        session.put_checkpoint(&checkpoint(size)).unwrap();
    }
    session.put_person("p-1", &[1; 32], "data").unwrap();
    session.commit().unwrap();
    assert_eq!(before.registers().unwrap(), []); // A reading sees one state.
    drop(before);

    let session = store.read().unwrap();
    assert_eq!(session.last_checkpoint().unwrap(), Some(checkpoint(2)));
    assert_eq!(session.last_frontier().unwrap(), Some(checkpoint(1)));
    let mut sizes = Vec::new();
    session
        .checkpoints(&mut |checkpoint| {
            sizes.push(checkpoint.size);
            Ok(())
        })
        .unwrap();
    assert_eq!(sizes, [0, 1, 2]);
    assert_eq!(session.registers().unwrap(), [("a".into(), 4), ("b".into(), 1)]);
    assert_eq!(session.last_run("a", 3).unwrap(), Some(Run { first: 0, count: 2 }));
    assert_eq!(session.last_run("a", 0).unwrap(), None);
    let links = |from| {
        let mut found = Vec::new();
        session
            .links(from, &mut |first, count, register, links| {
                found.push((first, count, register.to_owned(), links.to_vec()));
                Ok(())
            })
            .unwrap();
        found.sort();
        found
    };
    let all = [
        (0, 2, "a".into(), b"".to_vec()),
        (2, 1, "b".into(), b"".to_vec()),
        (3, 2, "a".into(), b"l".to_vec()),
    ];
    assert_eq!((links(0), links(2), links(3)), (all.to_vec(), all[1..].to_vec(), all[2..].to_vec()));
    assert_eq!(links(4), []);
    let segments = |register, range| {
        let mut firsts = Vec::new();
        session
            .segments(register, range, &mut |segment| {
                firsts.push(segment.first);
                Ok(())
            })
            .unwrap();
        firsts
    };
    assert_eq!(segments(None, 0..9), [0, 2, 3]);
    assert_eq!(segments(None, 1..3), [0, 2]);
    assert_eq!(segments(Some("a"), 1..4), [0, 3]);
    assert_eq!(segments(Some("a"), 2..3), [] as [u64; 0]);
    assert_eq!(segments(None, 5..u64::MAX), [] as [u64; 0]);
    let mut hashes = Vec::new();
    session
        .hashes(2..4, &mut |first, count, _| {
            hashes.push((first, count));
            Ok(())
        })
        .unwrap();
    assert_eq!(hashes, [(2, 1), (3, 2)]);
    assert!(
        session
            .segment_of(4, &mut |segment| {
                assert_eq!(segment.entries, b"e");
                Ok(())
            })
            .unwrap()
    );
    assert!(!session.segment_of(5, &mut |_| panic!("there is none")).unwrap());
    assert_eq!(session.request("k").unwrap(), Some(Run { first: 0, count: 5 }));
    assert_eq!(session.request("l").unwrap(), None);
    assert_eq!(session.person_by_lookup(&[1; 32]).unwrap().as_deref(), Some("p-1"));
    assert_eq!(session.person("p-1").unwrap().as_deref(), Some("data"));
    assert_eq!(session.damages().unwrap(), [] as [String; 0]);
    drop(session);

    let session = store.write().unwrap();
    assert!(session.put_segment(&segment(0, 1, "a", b"")).is_err(), "a stored row is never replaced");
    assert!(session.put_request("k", Run { first: 9, count: 1 }).is_err());
    assert!(session.put_checkpoint(&checkpoint(2)).is_err());
    assert!(session.delete_person("p-1").unwrap());
    assert!(!session.delete_person("p-1").unwrap());
    session.commit().unwrap();
    assert!(store.scrub().unwrap());
}

#[test]
fn the_sqlite_store_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let create = |path: &Path| SqliteStore::create(path).unwrap();
    let store = create(&file("a.db"));
    the_stores_story(&store);
    store.copy_to(&file("b.db")).unwrap();
    let copy = SqliteStore::open(&file("b.db")).unwrap();
    assert_eq!(copy.read().unwrap().registers().unwrap(), store.read().unwrap().registers().unwrap());
}
