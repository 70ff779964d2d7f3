//! Many callers, two writers.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ledger::{EntryNumber, Kind, Ledger, LedgerError, RecordId, verify_proof};

use super::common::{City, batch, clock, create, next, verify};

#[test]
fn eight_callers_share_commits_and_each_gets_its_own_answer() {
    let city = City::found();
    city.append("first", vec![create("docks", "contended")]);
    let barrier = Barrier::new(8);
    let refused = AtomicU64::new(0);
    let receipts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|caller| {
                let (ledger, barrier, refused) = (&city.ledger, &barrier, &refused);
                scope.spawn(move || {
                    barrier.wait();
                    let mut receipts = Vec::new();
                    for turn in 0..50 {
                        let key = format!("{caller}/{turn}");
                        let drafts =
                            vec![create(if caller % 2 == 0 { "docks" } else { "parks" }, &key); turn % 3 + 1];
                        let sent = batch(&key, drafts);
                        let receipt = ledger.append(&sent).unwrap();
                        assert_eq!(ledger.append(&sent).unwrap().first, receipt.first);
                        receipts.push((key, receipt));
                        // A bad batch in the same commit fails alone; everybody amends the same record, and who is
                        // late is told so.
                        assert!(
                            ledger
                                .append(batch("bad", vec![next(Kind::Amend, "docks", 9_999_999, 0)]))
                                .is_err()
                        );
                        let version = ledger.version(RecordId(0)).unwrap().unwrap();
                        let key = format!("amend {caller}/{turn}");
                        match ledger.append(batch(&key, vec![next(Kind::Amend, "docks", 0, version.0)])) {
                            Ok(_) => {}
                            Err(LedgerError::Stale { based_on, .. }) => {
                                assert_eq!(based_on.number, version);
                                refused.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                    receipts
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });

    assert_eq!(verify(&city.ledger), []);
    let mut taken = BTreeSet::new();
    for (key, receipt) in receipts {
        for number in receipt.first.0..receipt.first.0 + receipt.count {
            assert!(taken.insert(number), "two batches have entry {number}");
            let entry = city.ledger.entry(EntryNumber(number)).unwrap().unwrap();
            assert_eq!(entry.fields["name"], ledger::Value::Text(key.clone()));
        }
    }
    let amended = city.ledger.history(RecordId(0)).unwrap().len() as u64 - 1;
    assert_eq!(amended + refused.into_inner(), 400);
    assert_eq!(city.ledger.size().unwrap(), 1 + taken.len() as u64 + amended);
}

#[test]
fn the_same_batch_sent_by_many_at_once_is_entered_once() {
    let city = City::found();
    let barrier = Barrier::new(8);
    let fresh = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                for turn in 0..20 {
                    let receipt =
                        city.ledger.append(batch(&turn.to_string(), vec![create("docks", "x")])).unwrap();
                    fresh.fetch_add(u64::from(!receipt.repeated), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!((fresh.into_inner(), city.ledger.size().unwrap()), (20, 20));
    assert_eq!(verify(&city.ledger), []);
}

/// Whoever looks a record up sees one state of the book: each version with all that went before it, and never less than
/// he has seen already, however many commits happen meanwhile.
#[test]
fn histories_are_whole_while_records_are_amended() {
    let city = City::found();
    city.append("first", vec![create("docks", "x"); 50]);
    let reader = Ledger::read(&city.home()).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for ledger in [&city.ledger, &reader, &reader] {
            let done = &done;
            scope.spawn(move || {
                let mut seen = [0; 50];
                while !done.load(Ordering::Relaxed) {
                    for (record, seen) in seen.iter_mut().enumerate() {
                        let record = RecordId(record as u64);
                        let history = ledger.history(record).unwrap();
                        assert!(history.windows(2).all(|pair| pair[1].based_on == Some(pair[0].number)));
                        assert!(history.len() >= *seen && history[0].kind == Kind::Create);
                        let proof = ledger.prove(record).unwrap();
                        let proven = verify_proof(&proof, ledger.verifier_key()).unwrap();
                        assert!(proven.entries.len() >= history.len());
                        *seen = proven.entries.len();
                    }
                }
            });
        }
        let mut versions: Vec<u64> = (0..50).collect();
        let mut size = 50;
        for turn in 0..200_u64 {
            let record = turn * 7 % 50;
            let drafts = vec![
                next(Kind::Amend, "docks", record, versions[record as usize]),
                next(Kind::Verify, "docks", record, size),
            ];
            size = city.append(&turn.to_string(), drafts).size;
            versions[record as usize] = size - 1;
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(verify(&city.ledger), []);
}

#[test]
fn a_second_writer_is_refused_by_name() {
    let city = City::found();
    let Err(LedgerError::Locked { pid, .. }) = Ledger::open(&city.home(), clock()) else {
        panic!("not refused")
    };
    assert_eq!(pid, Some(std::process::id()));
    let home = city.home();
    drop(city.ledger);
    Ledger::open(&home, clock()).unwrap();
}
