//! Many callers, two writers.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::{EntryNumber, Kind, Ledger, LedgerError, RecordId};

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
