//! A commit in the making: prepared batches get their numbers, are checked against the book and against what is staged
//! before them, and are cut into segments.
//!
//! The ledger knows no pack, so it checks what holds for every register: that the record exists, is in this register, is
//! not withdrawn, and that the caller had seen its current version.

use std::collections::BTreeMap;

use tlog_tiles::Hash;

use super::Outcome;
use super::prepare::{Entries, Prepared};
use crate::entry::{Entry, EntryNumber, Kind, Receipt, RecordId};
use crate::error::{DraftFault, LedgerError};
use crate::ledger;
use crate::merkle::Frontier;
use crate::segment::{MAX_SEGMENT_BYTES, MAX_SEGMENT_ENTRIES, Segment};
use crate::store::{Kinds, Run, Writing};

pub(super) struct Staging {
    /// The size of the book before this commit.
    base: u64,
    entries: Entries,
    /// The records that this commit changes (their creations apart).
    heads: BTreeMap<u64, Current>,
    requests: Vec<(String, Run)>,
    /// The kinds of stored entries that were asked for, by the first entry of their segment: batches that amend or
    /// verify many records mostly ask for neighbours.
    kinds: BTreeMap<u64, Kinds>,
}

/// A record as it stands.
#[derive(Clone)]
struct Current {
    version: u64,
    register: String,
    withdrawn: bool,
}

impl Staging {
    pub(super) fn new(base: u64) -> Staging {
        Staging {
            base,
            entries: Entries::default(),
            heads: BTreeMap::new(),
            requests: Vec::new(),
            kinds: BTreeMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Stages a batch, or refuses it and stages nothing of it. An error is a failure of the store.
    pub(super) fn enter(&mut self, session: &dyn Writing, batch: Prepared) -> Result<Outcome, LedgerError> {
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
        let mut undo = Vec::new();
        for (index, target) in targets.into_iter().enumerate() {
            let Some((record, based_on)) = target else { continue };
            let refusal = match self.continues(session, before + index, record, based_on, &mut undo)? {
                None => continue,
                Some(Refusal::Fault(fault)) => LedgerError::Draft { index, fault },
                Some(Refusal::Stale(versions)) => {
                    let (based_on, current) = *versions;
                    LedgerError::Stale {
                        index,
                        record,
                        based_on: Box::new(based_on),
                        current: Box::new(current),
                    }
                }
            };
            self.entries.truncate(before);
            for (record, current) in undo.into_iter().rev() {
                match current {
                    Some(current) => self.heads.insert(record, current),
                    None => self.heads.remove(&record),
                };
            }
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

    /// May the staged entry at `index` continue the record from that version? If so, it becomes the record's version.
    fn continues(
        &mut self,
        session: &dyn Writing,
        index: usize,
        record: RecordId,
        based_on: EntryNumber,
        undo: &mut Vec<(u64, Option<Current>)>,
    ) -> Result<Option<Refusal>, LedgerError> {
        let number = self.base + index as u64;
        let known = if record.0 < number { self.current(session, record)? } else { None };
        let Some(current) = known else { return Ok(Some(DraftFault::NoRecord(record).into())) };
        if self.entries.register(index) != Some(&current.register) {
            return Ok(Some(DraftFault::OtherRegister { record, register: current.register }.into()));
        }
        if based_on.0 != current.version {
            return self.not_current(session, record, based_on, current.version).map(Some);
        }
        if current.withdrawn {
            return Ok(Some(DraftFault::Withdrawn { record, by: based_on }.into()));
        }
        let withdrawn = self.entries.kinds.as_bytes()[index] == Kind::Withdraw.letter();
        let after = Current { version: number, register: current.register, withdrawn };
        undo.push((record.0, self.heads.insert(record.0, after)));
        Ok(None)
    }

    /// Why a draft that is not based on the current version is refused: with both versions, if both are versions at all.
    fn not_current(
        &self,
        session: &dyn Writing,
        record: RecordId,
        based_on: EntryNumber,
        current: u64,
    ) -> Result<Refusal, LedgerError> {
        let seen = self.entry(session, based_on)?.filter(|entry| entry.record == record);
        Ok(match (seen, self.entry(session, EntryNumber(current))?) {
            (Some(seen), Some(current)) if seen.number < current.number => {
                Refusal::Stale(Box::new((seen, current)))
            }
            _ => DraftFault::NotAVersion { record, based_on }.into(),
        })
    }

    /// How a record stands after everything staged so far.
    fn current(&mut self, session: &dyn Writing, record: RecordId) -> Result<Option<Current>, LedgerError> {
        if let Some(current) = self.heads.get(&record.0) {
            return Ok(Some(current.clone()));
        }
        let head = if record.0 < self.base { session.head(record.0)? } else { None };
        let version = head.unwrap_or(record.0);
        let Some((register, kind)) = self.place(session, version)? else { return Ok(None) };
        if head.is_none() && kind != Kind::Create.letter() {
            return Ok(None); // The number is that of an entry, but not of a record.
        }
        let (register, withdrawn) = (register.to_owned(), kind == Kind::Withdraw.letter());
        Ok(Some(Current { version, register, withdrawn }))
    }

    /// The register and kind of an entry, staged or stored.
    fn place(&mut self, session: &dyn Writing, number: u64) -> Result<Option<(&str, u8)>, LedgerError> {
        if let Some(index) = number.checked_sub(self.base) {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            let kind = self.entries.kinds.as_bytes().get(index);
            return Ok(self.entries.register(index).zip(kind.copied()));
        }
        let known = self.kinds.range(..=number).next_back();
        let first = match known.filter(|(first, kinds)| number - **first < kinds.kinds.len() as u64) {
            Some((first, _)) => *first,
            None => {
                let Some(found) = session.kinds_of(number)? else { return Ok(None) };
                let first = found.first;
                self.kinds.insert(first, found);
                first
            }
        };
        let index = usize::try_from(number - first).unwrap_or(usize::MAX);
        let found = self.kinds.get(&first);
        Ok(found.and_then(|found| Some((found.register.as_str(), *found.kinds.as_bytes().get(index)?))))
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
        let ends = self.entries.runs.iter().skip(1).map(|(_, first)| *first).chain([self.entries.len()]);
        for ((register, first), end) in self.entries.runs.iter().zip(ends) {
            self.write_run(session, register, *first, end)?;
        }
        for (&record, current) in &self.heads {
            session.put_head(record, current.version)?;
        }
        for (key, run) in &self.requests {
            session.put_request(key, *run)?;
        }
        Ok(())
    }

    /// Cuts a run of entries of one register into segments.
    fn write_run(
        &self,
        session: &dyn Writing,
        register: &str,
        mut first: usize,
        run_end: usize,
    ) -> Result<(), LedgerError> {
        let Entries { bytes, ends, hashes, kinds, .. } = &self.entries;
        while first < run_end {
            let begin = self.entries.start(first);
            let limit = run_end.min(first + MAX_SEGMENT_ENTRIES);
            let fitting = ends[first..limit].partition_point(|end| end - begin <= MAX_SEGMENT_BYTES);
            let end = first + fitting.max(1);
            session.put_segment(&Segment {
                first: self.base + first as u64,
                count: (end - first) as u64,
                register,
                kinds: &kinds[first..end],
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
