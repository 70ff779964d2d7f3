//! A commit in the making: prepared batches get their numbers, are checked against the book and against what is staged
//! before them, and are cut into segments.
//!
//! The ledger knows no pack, so it checks what holds for every register: that the record exists, is in this register, is
//! not withdrawn, and that the caller had seen its current version.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;

use tlog_tiles::Hash;

use super::Outcome;
use super::prepare::{Entries, Prepared, Target};
use crate::entry::{Entry, EntryNumber, Receipt};
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
    /// The records that this commit continues, and the last entry that does, by its index.
    continued: HashMap<u64, usize>,
    requests: Vec<(String, Run)>,
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
            self.continued.retain(|_, index| *index < before);
            self.continued.extend(earlier.into_iter().filter(|(_, index)| *index < before));
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
        earlier: &mut Vec<(u64, usize)>,
    ) -> Result<Option<Refusal>, LedgerError> {
        let Target { record, based_on, withdraws } = target;
        let number = EntryNumber(self.base + index as u64);
        let place = self.continued.entry(record.0);
        let staged = match &place {
            Place::Occupied(last) => Some(*last.get()),
            Place::Vacant(_) => record.0.checked_sub(self.base).and_then(|index| usize::try_from(index).ok()),
        };
        let standing = match staged {
            None => versions.of(record.0),
            // The record's creation, or an entry that is no creation; or none that is before this one.
            Some(index) => {
                self.links.get(index).zip(self.entries.register(index)).and_then(|(link, register)| {
                    let (distance, withdrawn) = links::split(*link);
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
        if standing.withdrawn {
            return Ok(Some(DraftFault::Withdrawn { record, by: based_on }.into()));
        }
        match place {
            Place::Occupied(mut last) => earlier.push((record.0, last.insert(index))),
            Place::Vacant(place) => {
                place.insert(index);
            }
        }
        self.links.push(links::link(number, record, withdraws));
        Ok(None)
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
