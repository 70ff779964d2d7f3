//! What can be done for a batch before it is its turn: checking each draft's shape, writing its bytes, hashing them. Every
//! caller does this on its own thread; only what depends on the book is left to the leader.

use std::collections::HashSet;

use jiff::Timestamp;
use tlog_tiles::Hash;

use crate::canonical::{self, Stamp};
use crate::entry::{Batch, Draft, EntryNumber, Kind, MAX_BATCH_DRAFTS, MAX_ENTRY_BYTES, RecordId};
use crate::error::{BatchFault, DraftFault, LedgerError};
use crate::evidence::{self, EvidenceHash};
use crate::home::Home;
use crate::merkle::leaf_hash;
use crate::segment::push_entry;

/// Entries that are ready to be numbered.
#[derive(Default)]
pub(super) struct Entries {
    /// Their bytes as segments hold them, and where each entry ends.
    pub bytes: Vec<u8>,
    pub ends: Vec<usize>,
    /// Their leaf hashes, 32 bytes each.
    pub hashes: Vec<u8>,
    /// Each register, and the index of the first entry of its run.
    pub runs: Vec<(String, usize)>,
}

/// A batch that is ready to be entered.
pub(super) struct Prepared {
    pub key: String,
    pub expect_size: Option<u64>,
    pub entries: Entries,
    /// What each draft continues; none for a creation.
    pub targets: Vec<Option<Target>>,
}

/// What a draft continues.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub record: RecordId,
    pub based_on: EntryNumber,
    pub kind: Kind,
}

/// Prepares a batch, or refuses it for what can be seen without the book.
pub(super) fn prepare(batch: &Batch, recorded: Timestamp, home: &Home) -> Result<Prepared, LedgerError> {
    check_batch(batch)?;
    let recorded = canonical::recorded_text(recorded);
    let mut entries = Entries::default();
    let mut targets = Vec::with_capacity(batch.drafts.len());
    let mut evidence = HashSet::new();
    for (index, draft) in batch.drafts.iter().enumerate() {
        let refuse = |fault| LedgerError::Draft { index, fault };
        targets.push(check_shape(draft).map_err(refuse)?);
        check_evidence(draft, home, &mut evidence).map_err(refuse)?;
        let head = (index == 0).then_some((batch.key.as_str(), batch.drafts.len() as u64));
        let stamp = Stamp { recorded: &recorded, actor: &batch.actor, batch: head };
        entries.push(draft, &stamp).map_err(refuse)?;
    }
    Ok(Prepared { key: batch.key.clone(), expect_size: batch.expect_size, entries, targets })
}

impl Prepared {
    pub(super) fn continues_records(&self) -> bool {
        self.targets.iter().any(Option::is_some)
    }
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Where the bytes of an entry begin (with their length).
    pub(super) fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] }
    }

    /// The bytes of an entry.
    pub(super) fn entry(&self, index: usize) -> &[u8] {
        &self.bytes[self.start(index) + 4..self.ends[index]]
    }

    fn push(&mut self, draft: &Draft, stamp: &Stamp<'_>) -> Result<(), DraftFault> {
        let length = push_entry(&mut self.bytes, |out| canonical::write_draft(out, draft, stamp));
        if length > MAX_ENTRY_BYTES {
            return Err(DraftFault::TooLong(length));
        }
        if self.runs.last().is_none_or(|(register, _)| *register != draft.register) {
            self.runs.push((draft.register.clone(), self.len()));
        }
        self.ends.push(self.bytes.len());
        let Hash(hash) = leaf_hash(self.entry(self.len() - 1));
        self.hashes.extend_from_slice(&hash);
        Ok(())
    }

    /// Adds the entries of another batch behind these.
    pub(super) fn append(&mut self, other: Entries) {
        if self.len() == 0 {
            // The usual case, and for a large batch a copy of megabytes saved.
            *self = other;
            return;
        }
        let (bytes, entries) = (self.bytes.len(), self.len());
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| end + bytes));
        self.hashes.extend_from_slice(&other.hashes);
        for (register, first) in other.runs {
            if self.runs.last().is_none_or(|(last, _)| *last != register) {
                self.runs.push((register, first + entries));
            }
        }
    }

    /// Takes off all entries from an index on. (A run that began before it and went on is only shortened.)
    pub(super) fn truncate(&mut self, entries: usize) {
        if entries < self.len() {
            self.bytes.truncate(self.start(entries));
            self.ends.truncate(entries);
            self.hashes.truncate(entries * 32);
            self.runs.retain(|(_, first)| *first < entries);
        }
    }

    /// The register of an entry.
    pub(super) fn register(&self, index: usize) -> Option<&str> {
        let run = self.runs.partition_point(|(_, first)| *first <= index).checked_sub(1)?;
        self.runs.get(run).map(|(register, _)| register.as_str())
    }
}

fn check_batch(batch: &Batch) -> Result<(), LedgerError> {
    let fits = |text: &str| (1..=200).contains(&text.len()) && !text.chars().any(char::is_control);
    if batch.drafts.is_empty() {
        Err(LedgerError::Batch(BatchFault::Empty))
    } else if batch.drafts.len() > MAX_BATCH_DRAFTS {
        Err(LedgerError::Batch(BatchFault::TooMany(batch.drafts.len())))
    } else if !fits(&batch.key) {
        Err(LedgerError::Batch(BatchFault::Key))
    } else if !fits(&batch.actor) {
        Err(LedgerError::Batch(BatchFault::Actor))
    } else {
        Ok(())
    }
}

/// What every kind must and must not carry. Gives what the draft continues, if it does.
fn check_shape(draft: &Draft) -> Result<Option<Target>, DraftFault> {
    if !(1..=100).contains(&draft.register.len()) || draft.register.chars().any(char::is_control) {
        return Err(DraftFault::Register);
    }
    if draft.effective.year() < 1 {
        return Err(DraftFault::Shape("its effective date lies before the year 1"));
    }
    let (fields, unit, state) = (!draft.fields.is_empty(), draft.unit.is_some(), draft.state.is_some());
    match draft.kind {
        Kind::Create => {}
        Kind::Amend if state => {
            return Err(DraftFault::Shape("an amendment sets no state: advance the record"));
        }
        Kind::Amend if !fields && !unit && draft.evidence.is_empty() => {
            return Err(DraftFault::Shape("an amendment changes a field or the owner, or adds evidence"));
        }
        Kind::Amend => {}
        Kind::Advance if !state => return Err(DraftFault::Shape("an advance names the new state")),
        Kind::Advance if fields || unit => {
            return Err(DraftFault::Shape("an advance sets no fields and no owner: amend the record"));
        }
        Kind::Advance => {}
        Kind::Verify | Kind::Return | Kind::Withdraw if fields || unit || state => {
            return Err(DraftFault::Shape(
                "a verification, return or withdrawal sets no fields, owner or state",
            ));
        }
        Kind::Verify | Kind::Return | Kind::Withdraw => {}
    }
    match (draft.kind, draft.record, draft.based_on) {
        (Kind::Create, None, None) => Ok(None),
        (Kind::Create, ..) => Err(DraftFault::CreateNamesRecord),
        (_, None, _) => Err(DraftFault::NamesNoRecord),
        (_, Some(_), None) => Err(DraftFault::NamesNoVersion),
        (kind, Some(record), Some(based_on)) => Ok(Some(Target { record, based_on, kind })),
    }
}

/// Every file that is named must be there: it was put, and synced, before. `known` are those already looked for.
fn check_evidence(draft: &Draft, home: &Home, known: &mut HashSet<EvidenceHash>) -> Result<(), DraftFault> {
    for hash in &draft.evidence {
        if known.insert(*hash) && !evidence::path(home, hash).is_file() {
            return Err(DraftFault::NoEvidence(*hash));
        }
    }
    Ok(())
}
