//! A commit in the making: prepared batches get their numbers, are checked against the book and against what is staged
//! before them, and are cut into segments.
//!
//! The ledger knows no pack, so it checks what holds for every register: that the record exists, is in this register, is
//! not withdrawn, and that the caller had seen its current version. A withdrawal is not quite the last word on a record:
//! it may be verified, or sent back, as what was entered before it may. Neither changes that the record is withdrawn.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;

use tlog_tiles::Hash;

use super::Outcome;
use super::prepare::{Entries, Prepared, Target};
use crate::entry::{Entry, EntryNumber, Kind, Receipt};
use crate::error::{DraftFault, LedgerError};
use crate::ledger;
use crate::links;
use crate::merkle::Frontier;
use crate::segment::{MAX_SEGMENT_BYTES, MAX_SEGMENT_ENTRIES, Segment};
use crate::store::{Run, Writing};
use crate::versions::{Standing, Versions};

pub(super) struct Staging {
    /// The size of the book before this commit.
    base: u64,
    entries: Entries,
    /// Which record each entry continues.
    links: Vec<u64>,
    /// The records that this commit continues, and the last entry that does.
    continued: HashMap<u64, Last>,
    requests: Vec<(String, Run)>,
}

/// A record's last staged entry.
#[derive(Clone, Copy)]
struct Last {
    index: usize,
    /// Whether the record is withdrawn, by this entry or by one before it.
    withdrawn: bool,
}

impl Staging {
    pub(super) fn new(base: u64) -> Staging {
        Staging {
            base,
            entries: Entries::default(),
            links: Vec::new(),
            continued: HashMap::new(),
            requests: Vec::new(),
        }
    }

    pub(super) fn base(&self) -> u64 {
        self.base
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Stages a batch, or refuses it and stages nothing of it. An error is a failure of the store. The versions are
    /// those of the book before this commit; if no batch continues a record, they may be of an earlier one.
    pub(super) fn enter(
        &mut self,
        session: &dyn Writing,
        versions: &Versions,
        batch: Prepared,
    ) -> Result<Outcome, LedgerError> {
        let Prepared { key, expect_size, entries, targets } = batch;
        if let Some(run) = session.request(&key)? {
            return Ok(Outcome::Earlier(run));
        }
        let before = self.entries.len();
        let (first, count) = (self.base + before as u64, entries.len() as u64);
        if let Some(expected) = expect_size
            && expected != first
        {
            return Ok(Outcome::Refused(LedgerError::Moved { expected, actual: first }));
        }

        self.entries.append(entries);
        self.links.reserve(targets.len());
        self.continued.reserve(targets.iter().flatten().count());
        let mut earlier = Vec::new();
        for (index, target) in targets.into_iter().enumerate() {
            let Some(target) = target else {
                self.links.push(links::CREATION);
                continue;
            };
            let refusal = match self.continues(session, versions, before + index, target, &mut earlier)? {
                None => continue,
                Some(Refusal::Fault(fault)) => LedgerError::Draft { index, fault },
                Some(Refusal::Stale(pair)) => {
                    let (record, (based_on, current)) = (target.record, *pair);
                    let (based_on, current) = (Box::new(based_on), Box::new(current));
                    LedgerError::Stale { index, record, based_on, current }
                }
            };
            self.entries.truncate(before);
            self.links.truncate(before);
            self.continued.retain(|_, last| last.index < before);
            self.continued.extend(earlier.into_iter().filter(|(_, last)| last.index < before));
            return Ok(Outcome::Refused(refusal));
        }
        self.requests.push((key, Run { first, count }));
        Ok(Outcome::Entered(Receipt {
            first: EntryNumber(first),
            count,
            size: first + count,
            repeated: false,
        }))
    }

    /// May the staged entry at `index` continue what it names? If so, it becomes the record's version; the version that
    /// was staged before it, if one was, goes to `earlier`.
    fn continues(
        &mut self,
        session: &dyn Writing,
        versions: &Versions,
        index: usize,
        target: Target,
        earlier: &mut Vec<(u64, Last)>,
    ) -> Result<Option<Refusal>, LedgerError> {
        let Target { record, based_on, kind } = target;
        let number = EntryNumber(self.base + index as u64);
        let place = self.continued.entry(record.0);
        let staged = match &place {
            Place::Occupied(last) => Some(*last.get()),
            Place::Vacant(_) => {
                let index = record.0.checked_sub(self.base).and_then(|index| usize::try_from(index).ok());
                index.map(|index| Last { index, withdrawn: false })
            }
        };
        let standing = match staged {
            None => versions.of(record.0),
            // The record's creation, or an entry that is no creation; or none that is before this one.
            Some(Last { index, withdrawn }) => {
                self.links.get(index).zip(self.entries.register(index)).and_then(|(link, register)| {
                    let (distance, _) = links::split(*link);
                    let version = self.base + index as u64;
                    (version - distance == record.0).then_some(Standing { version, register, withdrawn })
                })
            }
        };
        let Some(standing) = standing else { return Ok(Some(DraftFault::NoRecord(record).into())) };
        if self.entries.register(index) != Some(standing.register) {
            let register = standing.register.to_owned();
            return Ok(Some(DraftFault::OtherRegister { record, register }.into()));
        }
        if based_on.0 != standing.version {
            let current = EntryNumber(standing.version);
            return self.not_current(session, target, current).map(Some);
        }
        if standing.withdrawn && !kind.may_follow_withdrawal() {
            let by = self.withdrawn_by(session, based_on)?;
            return Ok(Some(DraftFault::Withdrawn { record, by }.into()));
        }
        let withdraws = kind == Kind::Withdraw;
        let last = Last { index, withdrawn: standing.withdrawn || withdraws };
        match place {
            Place::Occupied(mut place) => earlier.push((record.0, place.insert(last))),
            Place::Vacant(place) => {
                place.insert(last);
            }
        }
        self.links.push(links::link(number, record, withdraws));
        Ok(None)
    }

    /// The entry that withdrew a withdrawn record: its version, or the one that this only judges.
    fn withdrawn_by(&self, session: &dyn Writing, version: EntryNumber) -> Result<EntryNumber, LedgerError> {
        let mut by = version;
        while let Some(entry) = self.entry(session, by)?.filter(|entry| entry.kind.may_follow_withdrawal())
            && let Some(before) = entry.based_on.filter(|before| *before < by)
        {
            by = before;
        }
        Ok(by)
    }

    /// Why a draft that is not based on the current version is refused: with both versions, if both are versions at all.
    fn not_current(
        &self,
        session: &dyn Writing,
        target: Target,
        current: EntryNumber,
    ) -> Result<Refusal, LedgerError> {
        let Target { record, based_on, .. } = target;
        let seen = self.entry(session, based_on)?.filter(|entry| entry.record == record);
        Ok(match (seen, self.entry(session, current)?) {
            (Some(seen), Some(current)) if seen.number < current.number => {
                Refusal::Stale(Box::new((seen, current)))
            }
            _ => DraftFault::NotAVersion { record, based_on }.into(),
        })
    }

    /// An entry, staged or stored.
    fn entry(&self, session: &dyn Writing, number: EntryNumber) -> Result<Option<Entry>, LedgerError> {
        let Some(index) = number.0.checked_sub(self.base) else { return ledger::entry(session, number) };
        let index = usize::try_from(index).ok().filter(|&index| index < self.entries.len());
        index.map(|index| Entry::decode(number, self.entries.entry(index))).transpose()
    }

    /// Writes everything staged, and lets the tree grow by it.
    pub(super) fn write(&self, session: &dyn Writing, tree: &mut Frontier) -> Result<(), LedgerError> {
        self.entries.hashes.as_chunks::<32>().0.iter().for_each(|&hash| tree.push(Hash(hash)));
        for (register, first, end) in self.runs() {
            self.write_run(session, register, first, end)?;
        }
        for (key, run) in &self.requests {
            session.put_request(key, *run)?;
        }
        Ok(())
    }

    /// After the commit: lets the versions know what was entered. They may have read it from the store by now, or not
    /// have been asked for yet; then there is nothing to do.
    pub(super) fn publish(&self, versions: &mut Versions) {
        for (register, first, end) in self.runs() {
            if versions.known() == self.base + first as u64 {
                versions.extend(register, &self.links[first..end]);
            }
        }
    }

    /// The runs of entries of one register: the register, the index of the first entry, the index after the last.
    fn runs(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        let ends = self.entries.runs.iter().skip(1).map(|(_, first)| *first).chain([self.entries.len()]);
        self.entries.runs.iter().zip(ends).map(|((register, first), end)| (register.as_str(), *first, end))
    }

    /// Cuts a run of entries of one register into segments.
    fn write_run(
        &self,
        session: &dyn Writing,
        register: &str,
        mut first: usize,
        run_end: usize,
    ) -> Result<(), LedgerError> {
        let Entries { bytes, ends, hashes, .. } = &self.entries;
        while first < run_end {
            let begin = self.entries.start(first);
            let limit = run_end.min(first + MAX_SEGMENT_ENTRIES);
            let fitting = ends[first..limit].partition_point(|end| end - begin <= MAX_SEGMENT_BYTES);
            let end = first + fitting.max(1);
            session.put_segment(&Segment {
                first: self.base + first as u64,
                count: (end - first) as u64,
                register,
                links: &links::encode(&self.links[first..end]),
                hashes: &hashes[first * 32..end * 32],
                entries: &bytes[begin..ends[end - 1]],
            })?;
            first = end;
        }
        Ok(())
    }
}

/// Why a draft is refused.
enum Refusal {
    Fault(DraftFault),
    /// The version that the caller had seen, and the current one.
    Stale(Box<(Entry, Entry)>),
}

impl From<DraftFault> for Refusal {
    fn from(fault: DraftFault) -> Refusal {
        Refusal::Fault(fault)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    use crate::append::prepare::prepare;
    use crate::clock::FixedClock;
    use crate::entry::{Batch, Draft, RecordId, Value};
    use crate::ledger::Ledger;

    fn draft(kind: Kind, record: u64, based_on: u64) -> Draft {
        let create = kind == Kind::Create;
        Draft {
            kind,
            register: "docks".to_owned(),
            record: (!create).then_some(RecordId(record)),
            based_on: (!create).then_some(EntryNumber(based_on)),
            effective: date(2022, 5, 4),
            unit: None,
            state: None,
            fields: match kind {
                Kind::Create | Kind::Amend => BTreeMap::from([("berths".to_owned(), Value::Whole(1))]),
                _ => BTreeMap::new(),
            },
            evidence: Vec::new(),
            note: None,
        }
    }

    /// The batches of one commit, after a book of two records (the second is withdrawn by entry 2) was committed.
    fn group(batches: &[&[Draft]]) -> (Vec<String>, Versions) {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock(Timestamp::UNIX_EPOCH));
        let ledger = Ledger::found(&dir.path().join("home"), "test.example/book", clock).unwrap();
        let batch = |key: &str, drafts: &[Draft]| Batch {
            key: key.to_owned(),
            actor: "zhang".to_owned(),
            drafts: drafts.to_vec(),
            expect_size: None,
        };
        let create = draft(Kind::Create, 0, 0);
        ledger.append(batch("book", &[create.clone(), create, draft(Kind::Withdraw, 1, 1)])).unwrap();

        let session = ledger.store.write().unwrap();
        let mut versions = Versions::default();
        versions.catch_up(&*session).unwrap();
        let mut staging = Staging::new(versions.known());
        let enter = |(index, drafts): (usize, &&[Draft])| {
            let key = format!("batch {index}");
            let prepared = prepare(&batch(&key, drafts), Timestamp::UNIX_EPOCH, ledger.home()).unwrap();
            match staging.enter(&*session, &versions, prepared).unwrap() {
                Outcome::Entered(receipt) => format!("entered {}", receipt.first),
                Outcome::Earlier(_) => "earlier".to_owned(),
                Outcome::Refused(error) => error.to_string(),
            }
        };
        let answers = batches.iter().enumerate().map(enter).collect();
        staging.publish(&mut versions);
        (answers, versions)
    }

    #[test]
    fn a_withdrawal_outlasts_what_is_said_of_it_within_a_commit() {
        use Kind::{Advance, Amend, Return, Verify, Withdraw};
        let advance =
            |record, based_on| Draft { state: Some("x".to_owned()), ..draft(Advance, record, based_on) };
        let refused = |index: u64, record: u64, by: u64| {
            format!(
                "draft {index} of the batch cannot be entered: record {record} was withdrawn by entry {by}"
            )
        };
        let (answers, versions) = group(&[
            &[draft(Withdraw, 0, 0), draft(Verify, 0, 3), draft(Amend, 0, 4)], // All of it is refused …
            &[draft(Amend, 0, 0)],                                             // … and has withdrawn nothing.
            &[draft(Withdraw, 0, 3), draft(Return, 0, 4)],
            &[draft(Amend, 0, 5)],
            &[draft(Verify, 0, 5), draft(Withdraw, 0, 6)],
            &[draft(Verify, 0, 5)], // The refused verification before it is not the current version.
            &[advance(0, 6)],
            // The same of a record that an earlier commit withdrew, and of one that is new.
            &[draft(Amend, 1, 2)],
            &[draft(Verify, 1, 2), draft(Amend, 1, 7)],
            &[draft(Verify, 1, 2), draft(Verify, 1, 7)],
            &[draft(Withdraw, 1, 8)],
            &[draft(Kind::Create, 0, 0), draft(Withdraw, 9, 9), draft(Verify, 9, 10)],
            &[draft(Amend, 9, 11)],
        ]);
        assert_eq!(
            answers,
            [
                refused(2, 0, 3),
                "entered 3".to_owned(),
                "entered 4".to_owned(),
                refused(0, 0, 4),
                refused(1, 0, 4),
                "entered 6".to_owned(),
                refused(0, 0, 4),
                refused(0, 1, 2),
                refused(1, 1, 2),
                "entered 7".to_owned(),
                refused(0, 1, 2),
                "entered 9".to_owned(),
                refused(0, 9, 10),
            ]
        );
        let standing = |record| versions.of(record).map(|standing| (standing.version, standing.withdrawn));
        assert_eq!([0, 1, 9].map(standing), [Some((6, true)), Some((8, true)), Some((11, true))]);
    }
}
