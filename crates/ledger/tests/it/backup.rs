//! Backup while the city works, and restore.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use ledger::{CopyOptions, EntryNumber, Ledger, LedgerError};

use super::common::{City, batch, clock, create, small_book, verify};

const NO_KEYS: CopyOptions = CopyOptions { with_keys: false };
const WITH_KEYS: CopyOptions = CopyOptions { with_keys: true };

#[test]
fn a_backup_taken_during_appends_verifies() {
    let city = City::found();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0;
            while !stop.load(Ordering::Relaxed) {
                turn += 1;
                let hash = city.ledger.put_evidence(&mut turn.to_string().as_bytes()).unwrap();
                let mut drafts = vec![create("docks", "x"); turn % 50 + 1];
                drafts[0].evidence.push(hash);
                city.append(&turn.to_string(), drafts);
            }
        });
        // Also when an assertion fails: otherwise the writer would never end.
        let _stopping = Stopping(&stop);
        let mut last = 0;
        for turn in 0..5 {
            while city.ledger.size().unwrap() <= last {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let path = city.path(&format!("backup {turn}"));
            let by_reader = Ledger::read(&city.home()).unwrap();
            let source = if turn % 2 == 0 { &city.ledger } else { &by_reader };
            let copied = source.backup(&path, NO_KEYS).unwrap();
            let copy = Ledger::read(&path).unwrap();
            assert_eq!(copy.size().unwrap(), copied.size);
            assert_eq!(verify(&copy), []);
            assert!(copied.size > last);
            last = copied.size;
        }
    });
    assert_eq!(verify(&city.ledger), []);
}

struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_restored_book_goes_on_if_it_has_the_keys() {
    let city = small_book();
    let copied = city.ledger.backup(&city.path("with"), WITH_KEYS).unwrap();
    assert_eq!((copied.size, copied.evidence_files, copied.with_keys), (8, 1, true));
    city.append("later", vec![create("docks", "later")]);

    let restored = Ledger::restore(&city.path("with"), &city.path("new")).unwrap();
    assert_eq!(restored, copied);
    let new = Ledger::open(&city.path("new"), clock()).unwrap();
    let receipt = new.append(batch("other", vec![create("docks", "other")])).unwrap();
    assert_eq!(receipt.first, EntryNumber(8));
    assert_eq!(verify(&new), []);
    // What was entered before the backup is still known as entered.
    assert!(
        new.append(batch(
            "one",
            vec![create("docks", "一"), create("docks", "二"), create("parks", "a \"b\"\n")]
        ))
        .unwrap()
        .repeated
    );

    city.ledger.backup(&city.path("without"), NO_KEYS).unwrap();
    assert!(!city.path("without").join("keys/book.key").exists());
    assert!(!city.path("without").join("keys/person.key").exists());
    Ledger::restore(&city.path("without"), &city.path("reading")).unwrap();
    assert!(matches!(Ledger::open(&city.path("reading"), clock()), Err(LedgerError::KeyMissing(_))));
    let reading = Ledger::read(&city.path("reading")).unwrap();
    assert_eq!((reading.size().unwrap(), verify(&reading)), (9, vec![]));
    reading.prove(ledger::RecordId(0)).unwrap();
}

#[test]
fn nothing_is_put_in_place_unless_it_verifies() {
    let city = small_book();
    assert!(matches!(city.ledger.backup(&city.home(), NO_KEYS), Err(LedgerError::NotEmpty(_))));
    city.ledger.backup(&city.path("backup"), NO_KEYS).unwrap();
    let hash = city.ledger.entry(EntryNumber(4)).unwrap().unwrap().evidence[0];
    let copy = Ledger::read(&city.path("backup")).unwrap();
    fs::write(copy.evidence_path(&hash).unwrap().unwrap(), b"forged").unwrap();
    drop(copy);
    let error = Ledger::restore(&city.path("backup"), &city.path("new")).unwrap_err();
    assert!(error.to_string().ends_with("of entry 4 is altered"), "{error}");
    assert!(matches!(Ledger::read(&city.path("new")), Err(LedgerError::NoBook(_))));
    // A better backup can be restored to the same place.
    city.ledger.backup(&city.path("better"), NO_KEYS).unwrap();
    Ledger::restore(&city.path("better"), &city.path("new")).unwrap();
    assert!(!city.path("new").join(".incomplete").exists());
    assert!(matches!(Ledger::restore(&city.path("nowhere"), &city.path("x")), Err(LedgerError::NoBook(_))));
}
