//! Verifying a stored book: everything that can be computed from the entries is computed again and compared.
//!
//! ```text
//!  checkpoints ──▶ signature? ──┐
//!                               ├──▶ root?     per window between two good checkpoints: whose fault is it?
//!  entries ──▶ leaf hash ───────┘    two trees grow: one from the entries, one from the stored hashes
//!     │            └── equal to the stored hash?
//!     └──▶ history.rs: form, batches, versions ──▶ links, requests, evidence files
//! ```
//!
//! The root of a signed checkpoint tells which of the two trees was signed: if it is the tree of the entries, a stored
//! hash was altered; if it is the tree of the stored hashes, an entry was. If it is neither, both were altered (or the
//! key was stolen): the first mismatch is named, or the window if entries and hashes agree with each other.
//!
//! One pass, in the order of the book, one segment in memory at a time; besides that 16 bytes an entry for the
//! versions of records, and the hashes of the evidence that is named.

mod history;

use std::collections::BTreeMap;
use std::fmt;

use tlog_tiles::Hash;

use crate::checkpoint;
use crate::entry::{Entry, EntryNumber};
use crate::error::LedgerError;
use crate::evidence::{self, EvidenceHash};
use crate::ledger::{Ledger, last_checkpoint};
use crate::links;
use crate::merkle::{Frontier, leaf_hash};
use crate::segment::Segment;
use crate::store::{Checkpoint, Reading};
use history::Histories;

/// After so many faults the rest adds nothing: the book is to be restored, not mended.
const MAX_FAULTS: usize = 100;

/// What is wrong with a stored book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// An entry's bytes are not what was signed, or break the book's rules.
    Entry,
    /// A stored leaf hash is not what was signed; the entry is.
    Hash,
    /// A checkpoint's note, signature or stored frontier is not what was signed.
    Checkpoint,
    /// Entries are missing, or stored out of order or under another register.
    Segment,
    /// Which records the entries are stored to continue, and so which entries are current, does not follow from them.
    Head,
    /// The table of requests does not follow from the entries.
    Request,
    /// An evidence file is missing or altered.
    Evidence,
    /// The database file itself is damaged.
    Storage,
}

/// One thing that is wrong with a stored book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub what: FaultKind,
    /// The entry that it concerns, where it concerns one (for a range of entries: the first).
    pub entry: Option<EntryNumber>,
    /// The particulars, in English.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Ledger {
    /// Re-derives everything that the book holds and compares: no faults means that the book is what was signed.
    /// Faults of entries come first, by number, so the first fault names the first tampered entry. `progress` is told
    /// (done, total) entries. One state of the book is verified; it can be written meanwhile.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<Fault>, LedgerError> {
        let session = self.store.read()?;
        let mut faults = Faults::default();
        let size = match last_checkpoint(&*session) {
            Ok(last) => last.size,
            Err(error) => {
                faults.read(error)?;
                return Ok(faults.list);
            }
        };
        let mut scan = Scan {
            ledger: self,
            session: &*session,
            faults: &mut faults,
            size,
            seen: 0,
            tree: Frontier::default(),
            stored_tree: None,
            window: Window::default(),
            lost: false,
            histories: Histories::default(),
            evidence: BTreeMap::new(),
            progress,
        };
        let result = scan.run();
        let (complete, evidence) = (scan.seen == size, std::mem::take(&mut scan.evidence));
        let histories = std::mem::take(&mut scan.histories);
        if let Err(error) = result {
            faults.read(error)?;
        }
        if complete {
            let result = histories.compare_requests(&*session, &mut faults);
            result.or_else(|error| faults.read(error))?;
        }
        self.verify_evidence(&evidence, &mut faults)?;
        match session.damages() {
            Ok(damages) => damages.into_iter().for_each(|damage| {
                faults.add(FaultKind::Storage, None, format!("the database file is damaged: {damage}"));
            }),
            Err(error) => faults.read(error)?,
        }
        let of_entries = |what| matches!(what, FaultKind::Entry | FaultKind::Hash | FaultKind::Segment);
        faults.list.sort_by_key(|fault| (!of_entries(fault.what), fault.entry.is_none(), fault.entry));
        Ok(faults.list)
    }

    /// Reads every evidence file that an entry names. `named` has the first entry that names each.
    fn verify_evidence(
        &self,
        named: &BTreeMap<EvidenceHash, EntryNumber>,
        faults: &mut Faults,
    ) -> Result<(), LedgerError> {
        for (hash, &entry) in named {
            let path = evidence::path(&self.home, hash);
            let problem = match evidence::hash_file(&path) {
                Ok(found) if found == *hash => continue,
                Ok(_) => "is altered".to_owned(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => "is missing".to_owned(),
                Err(error) => format!("cannot be read: {error}"),
            };
            faults.add(
                FaultKind::Evidence,
                Some(entry),
                format!("the evidence {hash} of entry {entry} {problem}"),
            );
        }
        Ok(())
    }
}

#[derive(Default)]
pub(crate) struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, what: FaultKind, entry: Option<EntryNumber>, detail: String) {
        if self.list.len() < MAX_FAULTS {
            self.list.push(Fault { what, entry, detail });
        }
    }

    /// An error while reading is a fault if it comes from what is stored. Others (no memory, say) stay errors.
    fn read(&mut self, error: LedgerError) -> Result<(), LedgerError> {
        match error {
            LedgerError::Damaged(detail) | LedgerError::Store(detail) => {
                self.add(FaultKind::Storage, None, detail);
                Ok(())
            }
            other => Err(other),
        }
    }
}

/// The entries between two checkpoints that were found good.
#[derive(Default)]
struct Window {
    first: u64,
    /// The entries whose bytes do not give their stored hash.
    mismatches: Vec<u64>,
}

struct Scan<'a> {
    ledger: &'a Ledger,
    session: &'a dyn Reading,
    faults: &'a mut Faults,
    /// The size of the book, and how many entries were seen.
    size: u64,
    seen: u64,
    /// The tree of the entries as they are.
    tree: Frontier,
    /// The tree of the stored hashes; none as long as it is the same.
    stored_tree: Option<Frontier>,
    window: Window,
    /// A root could not be explained: later roots say nothing.
    lost: bool,
    histories: Histories,
    evidence: BTreeMap<EvidenceHash, EntryNumber>,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl Scan<'_> {
    /// Goes through the checkpoints, and for each through the entries that it adds.
    fn run(&mut self) -> Result<(), LedgerError> {
        let session = self.session;
        let mut gap = false;
        session.checkpoints(&mut |checkpoint| {
            if !gap {
                gap = !self.entries_up_to(checkpoint.size)?;
            }
            self.checkpoint(&checkpoint, gap);
            Ok(())
        })?;
        if !gap {
            session.segments(None, self.size..u64::MAX, &mut |segment| {
                let detail = format!("entry {} is stored beyond the last checkpoint", segment.first);
                self.faults.add(FaultKind::Segment, Some(EntryNumber(segment.first)), detail);
                Ok(())
            })?;
            if let Some(&first) = self.window.mismatches.first() {
                let detail =
                    format!("entry {first} or its stored hash is altered (no good checkpoint covers it)");
                self.faults.add(FaultKind::Entry, Some(EntryNumber(first)), detail);
            }
        }
        Ok(())
    }

    /// Takes in the entries before `end`. False: some are missing, and what follows cannot be placed.
    fn entries_up_to(&mut self, end: u64) -> Result<bool, LedgerError> {
        let session = self.session;
        let mut whole = true;
        if self.seen < end {
            session.segments(None, self.seen..end, &mut |segment| {
                whole = whole && self.segment(segment, end);
                Ok(())
            })?;
        }
        if whole && self.seen != end {
            self.missing(self.seen, &format!("up to {} are missing", end - 1));
            whole = false;
        }
        Ok(whole)
    }

    fn missing(&mut self, first: u64, what: &str) {
        self.faults.add(
            FaultKind::Segment,
            Some(EntryNumber(first)),
            format!("the entries from {first} {what}"),
        );
    }

    fn segment(&mut self, segment: &Segment<'_>, end: u64) -> bool {
        if segment.first != self.seen || segment.end() > end {
            let what = format!("are not where they belong: {} to {} are there", segment.first, segment.end());
            self.missing(self.seen, &what);
            return false;
        }
        let (entries, mut hashes) = match (segment.entries(), segment.leaf_hashes()) {
            (Ok(entries), Ok(hashes)) => (entries, hashes),
            (entries, hashes) => {
                let reason =
                    entries.err().or(hashes.err()).map(|error| error.to_string()).unwrap_or_default();
                self.faults.add(FaultKind::Segment, Some(EntryNumber(segment.first_broken())), reason);
                return false;
            }
        };
        let mut links = Vec::new();
        let readable = links::decode(segment.links, segment.count, &mut links);
        for (index, (number, bytes)) in entries.enumerate() {
            let stored = hashes.next().unwrap_or_default();
            let link = self.entry(segment.register, EntryNumber(number), bytes, stored);
            if let (Some(link), Some(stored)) = (link, links.get_mut(index)) {
                *stored = link;
            }
        }
        if !readable || links::encode(&links) != segment.links {
            let detail = format!(
                "the records that the entries from {} are stored to continue are not theirs",
                segment.first
            );
            self.faults.add(FaultKind::Head, Some(EntryNumber(segment.first)), detail);
        }
        (self.progress)(self.seen, self.size);
        true
    }

    /// Takes in an entry. Its link, if its contents are to be believed.
    fn entry(&mut self, register: &str, number: EntryNumber, bytes: &[u8], stored: Hash) -> Option<u64> {
        let computed = leaf_hash(bytes);
        if computed != stored {
            self.window.mismatches.push(number.0);
            self.stored_tree.get_or_insert_with(|| self.tree.clone());
        }
        self.tree.push(computed);
        if let Some(tree) = &mut self.stored_tree {
            tree.push(stored);
        }
        self.seen += 1;

        if computed != stored {
            // Its contents are not to be believed: nothing is concluded from them.
            self.histories.unknown();
            return None;
        }
        match Entry::decode(number, bytes) {
            Ok(entry) => {
                for hash in &entry.evidence {
                    self.evidence.entry(*hash).or_insert(number);
                }
                self.histories.entry(&entry, register, bytes, self.session, self.faults);
                Some(links::link_of(&entry))
            }
            Err(error) => {
                self.histories.unknown();
                self.faults.add(FaultKind::Entry, Some(number), error.to_string());
                None
            }
        }
    }

    fn checkpoint(&mut self, stored: &Checkpoint, gap: bool) {
        let size = stored.size;
        let keys = &self.ledger.keys;
        let signed = match checkpoint::verify(&stored.note, &keys.origin, &keys.verifier) {
            Ok(signed) if signed.size == size => signed,
            Ok(signed) => {
                return self.bad_checkpoint(size, &format!("its note is for {} entries", signed.size));
            }
            Err(reason) => return self.bad_checkpoint(size, &reason),
        };
        if gap || self.lost {
            return;
        }
        self.histories.end_of_commit(size, self.faults);
        let window = std::mem::replace(&mut self.window, Window { first: size, mismatches: Vec::new() });
        let stored_tree = self.stored_tree.take();
        let altered = |faults: &mut Faults, what: FaultKind, words: &str| {
            for number in window.mismatches.iter().copied().map(EntryNumber) {
                faults.add(what, Some(number), format!("entry {number}: {words}"));
            }
        };
        if self.tree.root().0 == signed.root {
            altered(self.faults, FaultKind::Hash, "its stored hash is altered; the entry is what was signed");
        } else if let Some(tree) = stored_tree.filter(|tree| tree.root().0 == signed.root) {
            altered(self.faults, FaultKind::Entry, "it is altered; its stored hash is what was signed");
            self.tree = tree;
        } else {
            self.lost = true;
            altered(self.faults, FaultKind::Entry, "it is altered, and a stored hash too");
            if window.mismatches.is_empty() {
                let (first, last) = (window.first, size.saturating_sub(1));
                let detail =
                    format!("one of the entries {first} to {last} is altered together with its stored hash");
                self.faults.add(FaultKind::Entry, Some(EntryNumber(first)), detail);
            }
        }
        if !self.lost && stored.frontier.as_ref().is_some_and(|frontier| *frontier != self.tree.to_bytes()) {
            self.bad_checkpoint(size, "its stored frontier is altered");
        }
    }

    fn bad_checkpoint(&mut self, size: u64, reason: &str) {
        let detail = format!("the checkpoint at {size} entries is altered: {reason}");
        self.faults.add(FaultKind::Checkpoint, None, detail);
    }
}
