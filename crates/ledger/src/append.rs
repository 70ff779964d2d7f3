//! Appending: the one way into the book.
//!
//! ```text
//!  append ──▶ prepare ──▶ queue ──▶ [leader] check each batch ──▶ segments, requests ──┐
//!  append ──▶ prepare ──┘              │ (a bad one fails alone)   signed checkpoint ──┴─▶ one commit ──▶ answers
//!            (own thread)              └ one transaction                                       └──▶ versions
//! ```
//!
//! Group commit without a thread of its own: every caller puts its batch into the queue and then takes the writer's
//! mutex. Whoever gets it leads: it enters everything that has queued up in one transaction with one checkpoint, and
//! leaves the others their answers, which they find when they get the mutex in turn. A lone caller thus pays for no
//! change of threads, and a crowd shares one sync of the disk.

mod prepare;
mod staging;

use std::borrow::Borrow;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use signed_note::StandardSigner;

use crate::canonical::{self, Stamp};
use crate::checkpoint;
use crate::entry::{Batch, EntryNumber, MAX_BATCH_DRAFTS, Receipt};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::merkle::Frontier;
use crate::segment;
use crate::store::{Checkpoint, Run, Writing};
use prepare::{Prepared, prepare};
use staging::Staging;

/// A frontier is stored with every checkpoint that is at least so many entries after the last stored one. Opening a
/// book reads the leaf hashes since then; storing one for each single entry would cost more than the entry itself.
const FRONTIER_EVERY: u64 = 256;

/// What only a ledger that is open for writing has.
pub(crate) struct Appender {
    signer: StandardSigner,
    queue: Mutex<Vec<Waiting>>,
    /// The end of the book. None: not known (yet, or after a failure); it is then read from the store.
    tip: Mutex<Option<Tip>>,
}

struct Tip {
    tree: Frontier,
    /// The size at which the last stored frontier stands.
    frontier_at: u64,
}

struct Waiting {
    batch: Prepared,
    answer: Answer,
}

type Answer = Arc<Mutex<Option<Outcome>>>;

/// What became of a batch.
enum Outcome {
    Entered(Receipt),
    /// A batch with the same key was entered earlier.
    Earlier(Run),
    Refused(LedgerError),
}

impl Appender {
    pub(crate) fn new(signer: StandardSigner) -> Appender {
        Appender { signer, queue: Mutex::default(), tip: Mutex::new(None) }
    }

    /// Takes the next batches to be entered together: as many as fit one commit, and of batches with the same key only
    /// the first, so that the second finds its twin in the store.
    fn next_group(&self) -> Vec<Waiting> {
        let mut queue = lock(&self.queue);
        let mut keys = HashSet::new();
        let mut entries = 0;
        let fitting = queue.iter().take_while(|waiting| {
            entries += waiting.batch.targets.len();
            (keys.is_empty() || entries <= MAX_BATCH_DRAFTS) && keys.insert(waiting.batch.key.clone())
        });
        let fitting = fitting.count();
        queue.drain(..fitting).collect()
    }
}

impl Ledger {
    /// Enters a batch, all of it or nothing. When this returns a receipt, the batch is on the disk; when it returns an
    /// error that is not about the batch itself ([`LedgerError::Store`], [`LedgerError::Io`]), send the same batch
    /// again with the same key: it is entered once, however often it is sent. (For that, pass a `&Batch`.)
    pub fn append(&self, batch: impl Borrow<Batch>) -> Result<Receipt, LedgerError> {
        let batch = batch.borrow();
        let appender = self.appender.as_ref().ok_or(LedgerError::ReadOnly)?;
        let now =
            Timestamp::from_microsecond(self.clock.now().as_microsecond()).unwrap_or(Timestamp::UNIX_EPOCH);
        let prepared = prepare(batch, now, &self.home)?;
        match self.enter(appender, prepared) {
            Outcome::Entered(receipt) => Ok(receipt),
            Outcome::Refused(error) => Err(error),
            Outcome::Earlier(Run { first, count }) if self.same_content(first, count, batch)? => {
                Ok(Receipt { first: EntryNumber(first), count, size: first + count, repeated: true })
            }
            Outcome::Earlier(Run { first, count }) => {
                Err(LedgerError::KeyReused { key: batch.key.clone(), first, count })
            }
        }
    }

    /// Queues a batch, and leads or waits until it is answered.
    fn enter(&self, appender: &Appender, batch: Prepared) -> Outcome {
        let answer = Answer::default();
        lock(&appender.queue).push(Waiting { batch, answer: Arc::clone(&answer) });
        let mut tip = lock(&appender.tip);
        loop {
            if let Some(outcome) = lock(&answer).take() {
                return outcome;
            }
            let group = appender.next_group();
            if group.is_empty() {
                // Only if the leader that had taken our batch panicked before it answered.
                return Outcome::Refused(LedgerError::Store(
                    "the writer stopped before the batch was entered".into(),
                ));
            }
            self.enter_group(appender, &mut tip, group);
        }
    }

    /// Enters what can be entered of a group, and answers everybody.
    fn enter_group(&self, appender: &Appender, tip: &mut Option<Tip>, group: Vec<Waiting>) {
        let (batches, answers): (Vec<_>, Vec<_>) =
            group.into_iter().map(|one| (one.batch, one.answer)).unzip();
        let mut outcomes = Vec::with_capacity(answers.len());
        // The tip is put back only by a success: after a failure what the store holds counts, not what we remember.
        match self.try_group(appender, tip.take(), batches, &mut outcomes) {
            Ok(after) => *tip = Some(after),
            Err(error) => {
                // A refusal stands whatever happened to the others; who was in the commit must not believe to be in
                // the book; who was not yet looked at is told the same.
                let again = || {
                    Outcome::Refused(match &error {
                        LedgerError::Damaged(what) => LedgerError::Damaged(what.clone()),
                        LedgerError::Store(reason) => LedgerError::Store(reason.clone()),
                        other => LedgerError::Store(other.to_string()),
                    })
                };
                for outcome in outcomes.iter_mut().filter(|outcome| matches!(outcome, Outcome::Entered(_))) {
                    *outcome = again();
                }
                outcomes.resize_with(answers.len(), again);
            }
        }
        for (answer, outcome) in answers.iter().zip(outcomes) {
            *lock(answer) = Some(outcome);
        }
    }

    /// One transaction. On success there is one outcome for each batch of the group.
    fn try_group(
        &self,
        appender: &Appender,
        tip: Option<Tip>,
        group: Vec<Prepared>,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<Tip, LedgerError> {
        let session = self.store.write()?;
        let mut tip = tip.map_or_else(|| read_tip(&*session), Ok)?;
        let mut staging = Staging::new(tip.tree.size());
        {
            let mut versions = self.versions.lock();
            if group.iter().any(Prepared::continues_records) && versions.known() != staging.base() {
                versions.catch_up(&*session)?;
                if versions.known() != staging.base() {
                    return Err(damaged("the entries do not reach to the last checkpoint"));
                }
            }
            for batch in group {
                outcomes.push(staging.enter(&*session, &versions, batch)?);
            }
            // Not held any longer: others look versions up while the disk works.
        }
        if staging.is_empty() {
            return Ok(tip);
        }

        staging.write(&*session, &mut tip.tree)?;
        let signed = checkpoint::sign(&self.keys.origin, &tip.tree, &appender.signer)?;
        let frontier = (signed.size - tip.frontier_at >= FRONTIER_EVERY).then(|| tip.tree.to_bytes());
        if frontier.is_some() {
            tip.frontier_at = signed.size;
        }
        session.put_checkpoint(&Checkpoint { size: signed.size, note: signed.note, frontier })?;
        session.commit()?;
        // Only now: what failed to become durable must not be anybody's current version.
        staging.publish(&mut self.versions.lock());
        Ok(tip)
    }

    /// Are the entries of an earlier batch just what this batch would have become? The book itself remembers what a
    /// request said, so nothing else needs to be stored, hashed or believed.
    fn same_content(&self, first: u64, count: u64, batch: &Batch) -> Result<bool, LedgerError> {
        if count != batch.drafts.len() as u64 {
            return Ok(false);
        }
        // All entries of a batch were recorded at the same time: that of the first.
        let damaged = || LedgerError::Damaged(format!("entry {first} is missing; verify the book"));
        let recorded =
            canonical::recorded_text(self.entry(EntryNumber(first))?.ok_or_else(damaged)?.recorded);
        let mut drafts = batch.drafts.iter();
        let mut same = true;
        let mut bytes = Vec::new();
        self.for_each(None, first..first.saturating_add(count), &mut |number, entry: &[u8]| {
            let head = (number.0 == first).then_some((batch.key.as_str(), count));
            bytes.clear();
            if let Some(draft) = drafts.next() {
                let stamp = Stamp { recorded: &recorded, actor: &batch.actor, batch: head };
                canonical::write_draft(&mut bytes, draft, &stamp);
            }
            same &= bytes == entry;
            Ok(())
        })?;
        Ok(same && drafts.next().is_none())
    }
}

/// Reads the end of the book: the last stored frontier and the leaf hashes after it.
fn read_tip(session: &dyn Writing) -> Result<Tip, LedgerError> {
    let last = session.last_checkpoint()?.ok_or_else(|| damaged("there is no checkpoint"))?;
    let stored = session.last_frontier()?.ok_or_else(|| damaged("there is no frontier"))?;
    let bytes = stored.frontier.as_deref().unwrap_or_default();
    let mut tree =
        Frontier::from_bytes(stored.size, bytes).ok_or_else(|| damaged("a frontier has a wrong length"))?;
    session.hashes(stored.size..u64::MAX, &mut |first, count, hashes| {
        if first != tree.size() {
            return Err(damaged("entries are missing"));
        }
        segment::leaf_hashes(first, count, hashes)?.for_each(|leaf| tree.push(leaf));
        Ok(())
    })?;
    // Never sign on top of something else than what was signed last.
    let root = tree.root().to_string();
    if tree.size() != last.size || last.note.split('\n').nth(2) != Some(root.as_str()) {
        return Err(damaged("the entries do not fit the last checkpoint"));
    }
    Ok(Tip { tree, frontier_at: stored.size })
}

fn damaged(what: &str) -> LedgerError {
    LedgerError::Damaged(format!("{what}; verify the book"))
}

/// Locks a mutex. What our mutexes guard is replaced as a whole, so a panic elsewhere leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
