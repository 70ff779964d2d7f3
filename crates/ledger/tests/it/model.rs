//! The ledger against a model that fits on one screen, with random batches, failures, repeats and reopenings; and a
//! second ledger, which reads while the first one writes.

use std::collections::BTreeMap;
use std::path::Path;

use ledger::{Batch, Draft, DraftFault, Entry, EntryNumber, Kind, Ledger, LedgerError, RecordId};
use proptest::prelude::*;

use super::common::{ORIGIN, batch, clock, create, next, verify};

/// Numbers are taken modulo something near the size of the book, so that most, not all, name what exists.
#[derive(Clone, Debug)]
enum Act {
    /// Drafts, the size expected, and whether the disk fails during the commit.
    Append(Vec<(Kind, u8, u8, u8)>, Option<u8>, bool),
    /// A record is withdrawn, and entries follow, each based on the one before: in one batch, or each in its own.
    End(u8, Vec<Kind>, bool),
    /// Two ledgers look the versions of a record up.
    Look(u8),
    Repeat(u8),
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    let draft = (prop::sample::select(&Kind::ALL[..]), any::<u8>(), any::<u8>(), any::<u8>());
    // Mostly what may follow a withdrawal.
    let after = prop::sample::select(
        &[Kind::Verify, Kind::Verify, Kind::Return, Kind::Return, Kind::Amend, Kind::Advance, Kind::Withdraw]
            [..],
    );
    prop_oneof![
        8 => (prop::collection::vec(draft, 1..6), prop::option::weighted(0.2, any::<u8>()), prop::bool::weighted(0.1))
            .prop_map(|(drafts, size, fails)| Act::Append(drafts, size, fails)),
        2 => (any::<u8>(), prop::collection::vec(after, 0..6), any::<bool>())
            .prop_map(|(record, kinds, together)| Act::End(record, kinds, together)),
        2 => any::<u8>().prop_map(Act::Look),
        1 => any::<u8>().prop_map(Act::Repeat),
        1 => Just(Act::Reopen),
    ]
}

/// What a book is: entries; a record's versions are the entries that name it.
#[derive(Clone, Default)]
struct Model {
    entries: Vec<Draft>,
    batches: BTreeMap<String, (u64, Batch)>,
}

impl Model {
    fn versions(&self, record: u64) -> Vec<u64> {
        let names =
            |(number, draft): &(u64, &Draft)| draft.record.map_or(*number, |record| record.0) == record;
        let versions: Vec<u64> = (0..).zip(&self.entries).filter(names).map(|(number, _)| number).collect();
        let begins = versions.first().is_some_and(|first| self.entries[*first as usize].kind == Kind::Create);
        if begins { versions } else { Vec::new() }
    }

    /// The word for what should happen.
    fn append(&mut self, batch: &Batch) -> &'static str {
        if batch.expect_size.is_some_and(|size| size != self.entries.len() as u64) {
            return "moved";
        }
        let before = self.clone();
        for draft in &batch.drafts {
            let verdict = self.enter(draft);
            if verdict != "entered" {
                *self = before;
                return verdict;
            }
        }
        self.batches.insert(batch.key.clone(), (before.entries.len() as u64, batch.clone()));
        "entered"
    }

    fn enter(&mut self, draft: &Draft) -> &'static str {
        if let (Some(record), Some(based_on)) = (draft.record, draft.based_on) {
            let versions = self.versions(record.0);
            let Some(&last) = versions.last() else { return "no record" };
            if self.entries[last as usize].register != draft.register {
                return "other register";
            } else if based_on.0 != last {
                return if versions.contains(&based_on.0) { "stale" } else { "not a version" };
            }
            let withdrawn =
                versions.iter().any(|version| self.entries[*version as usize].kind == Kind::Withdraw);
            if withdrawn && !matches!(draft.kind, Kind::Verify | Kind::Return) {
                return "withdrawn";
            }
        }
        self.entries.push(draft.clone());
        "entered"
    }
}

/// Are a record's versions, as a ledger tells them, those of the model?
fn check_versions(ledger: &Ledger, model: &Model, record: u64) -> Result<(), TestCaseError> {
    let versions = model.versions(record);
    let history = ledger.history(RecordId(record)).unwrap();
    prop_assert_eq!(history.iter().map(|entry| entry.number.0).collect::<Vec<_>>(), versions.clone());
    prop_assert_eq!(ledger.version(RecordId(record)).unwrap(), versions.last().copied().map(EntryNumber));
    Ok(())
}

/// Lets the next commits fail after everything but the checkpoint was written; or no longer.
fn break_commits(home: &Path, broken: bool) {
    let sql = if broken {
        "create trigger broken before insert on checkpoint begin select raise(abort, 'broken disk'); end"
    } else {
        "drop trigger broken"
    };
    rusqlite::Connection::open(home.join("book.db")).unwrap().execute_batch(sql).unwrap();
}

fn word(result: &Result<ledger::Receipt, LedgerError>) -> &'static str {
    match result {
        Ok(receipt) if receipt.repeated => "repeated",
        Ok(_) => "entered",
        Err(LedgerError::Moved { .. }) => "moved",
        Err(LedgerError::Stale { .. }) => "stale",
        Err(LedgerError::Draft { fault: DraftFault::NoRecord(_), .. }) => "no record",
        Err(LedgerError::Draft { fault: DraftFault::OtherRegister { .. }, .. }) => "other register",
        Err(LedgerError::Draft { fault: DraftFault::NotAVersion { .. }, .. }) => "not a version",
        Err(LedgerError::Draft { fault: DraftFault::Withdrawn { .. }, .. }) => "withdrawn",
        Err(LedgerError::Store(reason)) if reason.contains("broken disk") => "failed",
        Err(error) => panic!("{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn it_does_what_the_model_does(acts in prop::collection::vec(act(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let mut ledger = Ledger::found(&home, ORIGIN, clock()).unwrap();
        let reader = Ledger::read(&home).unwrap();
        let mut model = Model::default();
        for (turn, act) in acts.into_iter().enumerate() {
            match act {
                Act::Append(drafts, size, fails) => {
                    let book = model.entries.len() as u64;
                    let drafts = (book..).zip(drafts).map(|(number, (kind, register, record, based_on))| {
                        let register = if register % 5 == 0 { "parks" } else { "docks" };
                        if kind == Kind::Create {
                            return create(register, "x");
                        }
                        let record = u64::from(record) % (number + 1);
                        // Mostly the right version, sometimes any.
                        let right = model.versions(record).last().copied().unwrap_or(0);
                        let based_on = if based_on % 4 == 0 { u64::from(based_on) % (number + 1) } else { right };
                        next(kind, register, record, based_on)
                    });
                    let mut batch = batch(&format!("key {turn}"), drafts.collect());
                    batch.expect_size = size.map(|size| if size % 2 == 0 { book } else { u64::from(size) });
                    if fails {
                        let expected = model.clone().append(&batch);
                        break_commits(&home, true);
                        let found = ledger.append(&batch);
                        break_commits(&home, false);
                        prop_assert_eq!(word(&found), if expected == "entered" { "failed" } else { expected });
                    } else {
                        let expected = model.append(&batch);
                        prop_assert_eq!(word(&ledger.append(&batch)), expected);
                    }
                }
                Act::End(record, kinds, together) => {
                    let creations = (0_u64..).zip(&model.entries).filter(|(_, draft)| draft.kind == Kind::Create);
                    let creations: Vec<u64> = creations.map(|(number, _)| number).collect();
                    let Some(&record) = creations.get(usize::from(record) % creations.len().max(1)) else { continue };
                    let register = model.entries[record as usize].register.clone();
                    let drafts = |model: &Model, kinds: &[Kind]| {
                        let numbers = (model.entries.len() as u64..).zip(kinds);
                        let first = model.versions(record).last().copied().unwrap_or(record);
                        numbers
                            .scan(first, |before, (number, kind)| {
                                Some(next(*kind, &register, record, std::mem::replace(before, number)))
                            })
                            .collect::<Vec<_>>()
                    };
                    let kinds: Vec<Kind> = [Kind::Withdraw].into_iter().chain(kinds).collect();
                    let parts = if together { kinds.chunks(kinds.len()) } else { kinds.chunks(1) };
                    for (part, kinds) in parts.enumerate() {
                        let batch = batch(&format!("end {turn} {part}"), drafts(&model, kinds));
                        let expected = model.append(&batch);
                        prop_assert_eq!(word(&ledger.append(&batch)), expected);
                    }
                }
                Act::Look(record) => {
                    let record = u64::from(record) % (model.entries.len() as u64 + 1);
                    check_versions(&ledger, &model, record)?;
                    check_versions(&reader, &model, record)?;
                }
                Act::Repeat(which) => {
                    let Some((key, (first, batch))) = model.batches.iter().nth(usize::from(which) % model.batches.len().max(1)) else { continue };
                    let receipt = ledger.append(batch).unwrap();
                    prop_assert!(receipt.repeated && receipt.first.0 == *first, "{}", key);
                }
                Act::Reopen => {
                    drop(ledger);
                    ledger = Ledger::open(&home, clock()).unwrap();
                }
            }
            prop_assert_eq!(ledger.size().unwrap(), model.entries.len() as u64);
        }
        prop_assert_eq!(verify(&ledger), vec![]);
        let fresh = Ledger::read(&home).unwrap();
        for number in 0..model.entries.len() as u64 {
            check_versions(&ledger, &model, number)?;
            check_versions(&reader, &model, number)?;
            check_versions(&fresh, &model, number)?;
        }
        for register in [None, Some("docks"), Some("parks")] {
            let mut seen = Vec::new();
            ledger.for_each(register, 0..u64::MAX, &mut |number, bytes| {
                seen.push((number.0, Entry::decode(number, bytes)?.kind));
                Ok(())
            }).unwrap();
            let wanted = (0..).zip(&model.entries).filter(|(_, draft)| register.is_none_or(|name| name == draft.register));
            let wanted: Vec<_> = wanted.map(|(number, draft)| (number, draft.kind)).collect();
            prop_assert_eq!(seen, wanted);
        }
    }
}
