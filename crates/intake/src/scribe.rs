//! The one who writes into the book while many ask: jobs of a server's callers in, durable receipts out.
//!
//! ```text
//!  submit(Job) ─▶ queue ─▶ [scribe's thread] judge by intake's rule ─▶ batches ─▶ [hands] ledger.append, one sync
//!                               ▲     │ refused: faults, conflict, key reused        │
//!                    catch_up ──┘     └──────────────▶ answer ◀── receipt ◀──────────┘
//!  check(Question), look(…) ─▶ desk ─▶ [readers] the same book, read-locked: never waits for a file being imported
//! ```
//!
//! Why it exists: [`Book`] borrows its pack and must be judged by in one place, so that two callers cannot both find
//! that a name is still free. The thread keeps pack and book on its own stack; everybody else holds a [`Scribe`].
//!
//! What a caller may rely on:
//! - **Acknowledged is durable.** An [`Entered`] is handed out only after the ledger's commit.
//! - **A job sent again is entered once.** Jobs are known by actor and key: the same job gets the same receipt, also
//!   after a restart; another job under the same key is refused.
//! - **No last writer wins.** A change names the version it is based on; if somebody was faster the answer is a
//!   [`Conflict`] with both versions.
//! - **Nobody is judged by what is not durable.** The book follows the ledger, never the other way round.
//!
//! What is absent: rights (who may do what is asked of `access` before a job is made; only [`crate::OwnerGuard`] is
//! asked here, since a unit's name is resolved here), and any runtime: answers come by a callback or by waiting.

mod again;
mod answer;
mod conflict;
mod growth;
mod hands;
mod job;
mod prepare;
mod queue;
mod room;
mod round;

use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use ledger::{Ledger, Pseudonym};
use pack::Pack;

use crate::book::Book;
use crate::error::IntakeError;
use crate::import::import;
use crate::options::{ImportOptions, ImportOutcome};
pub use answer::{Answer, Entered, Refusal};
pub use conflict::{Conflict, Version};
use growth::Growth;
pub use job::{Checked, Form, Job, Question, Work};
use queue::Queue;
use room::{Ask, Message};

/// The scribe's door; clone it as you like. When the last clone is dropped, the scribe finishes what waits and ends.
#[derive(Clone)]
pub struct Scribe {
    shared: Arc<Shared>,
    ends: Arc<Ends>,
}

/// What the scribe's thread and all who ask share.
pub(crate) struct Shared {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) jobs: Queue<Message>,
    pub(crate) desk: Queue<Ask>,
    pub(crate) growth: Growth,
    pub(crate) pack: RwLock<Arc<Pack>>,
}

/// Ends the thread with the last door.
struct Ends {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Scribe {
    /// Begins to write into a book that is open for writing. The ledger stays usable for reading by everybody.
    pub fn start(ledger: Arc<Ledger>, pack: Arc<Pack>) -> Result<Scribe, IntakeError> {
        let size = ledger.size()?;
        let shared = Arc::new(Shared {
            ledger,
            jobs: Queue::default(),
            desk: Queue::default(),
            growth: Growth::new(size),
            pack: RwLock::new(Arc::clone(&pack)),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("scribe".to_owned())
            .spawn(move || room::live(&of_thread, pack))
            .map_err(|source| IntakeError::Io { path: "scribe".into(), source })?;
        let ends = Ends { shared: Arc::clone(&shared), thread: Mutex::new(Some(thread)) };
        Ok(Scribe { shared, ends: Arc::new(ends) })
    }

    /// Hands a job in; `answer` is called with what became of it, on the scribe's thread, so it must be quick (it
    /// usually passes the answer on to whoever waits).
    pub fn submit(&self, job: Job, answer: impl FnOnce(Answer) + Send + 'static) {
        let ticket = room::Ticket::new(job, Box::new(answer));
        if let Err(Message::Job(ticket)) = self.shared.jobs.push(Message::Job(Box::new(ticket))) {
            ticket.answer(Err(Refusal::Stopped));
        }
    }

    /// Hands a job in and waits for the answer. Not for a thread that must not wait.
    pub fn enter(&self, job: Job) -> Answer {
        let (give, take) = mpsc::sync_channel(1);
        self.submit(job, move |answer| drop(give.send(answer)));
        take.recv().unwrap_or(Err(Refusal::Stopped))
    }

    /// Judges forms without entering anything: one answer for each. Waits for no job.
    pub fn check(&self, question: Question) -> Result<Vec<Checked>, Refusal> {
        let register = question.register.clone();
        self.look(&[&register], move |book| prepare::check(book, &question))?
    }

    /// Asks the book as it stands, with these registers loaded (what they refer to comes along). Waits for no job.
    pub fn look<T: Send + 'static>(
        &self,
        registers: &[&str],
        ask: impl FnOnce(&Book<'_>) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (give, take) = mpsc::sync_channel(1);
        let registers = registers.iter().map(|&register| register.to_owned()).collect();
        let see = Box::new(move |book: Result<&Book<'_>, Refusal>| drop(give.send(book.map(ask))));
        if self.shared.desk.push(Ask { registers, see }).is_err() {
            return Err(Refusal::Stopped);
        }
        take.recv().unwrap_or(Err(Refusal::Stopped))
    }

    /// Loads registers before they are first asked for, so that the first clerk of the day does not wait.
    pub fn warm(&self, registers: &[&str]) -> Result<(), Refusal> {
        registers.iter().try_for_each(|register| self.look(&[register], |_| ()))
    }

    /// What a file would do, on the caller's thread: every fault of it, and nothing is entered.
    pub fn try_import(
        &self,
        register: &str,
        file: &Path,
        options: &ImportOptions,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<ImportOutcome, IntakeError> {
        let options = ImportOptions { dry_run: true, ..options.clone() };
        import(&self.pack(), &self.shared.ledger, register, file, &options, progress)
    }

    /// Finishes the jobs that were handed in before, then goes on by another pack. Returns when it does.
    pub fn reload(&self, pack: Arc<Pack>) -> Result<(), Refusal> {
        let (give, take) = mpsc::sync_channel(1);
        if self.shared.jobs.push(Message::Reload(pack, give)).is_err() {
            return Err(Refusal::Stopped);
        }
        take.recv().map_err(|_| Refusal::Stopped)
    }

    /// The pack by which is judged.
    pub fn pack(&self) -> Arc<Pack> {
        Arc::clone(&self.shared.pack.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The book; to read in. Everything that writes into it comes through here.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.shared.ledger
    }

    /// The book's size, as far as has been seen: everything acknowledged is below it.
    pub fn size(&self) -> u64 {
        self.shared.growth.size()
    }

    /// Waits until the book has more entries than this, at most for so long; how many it has.
    pub fn wait_beyond(&self, size: u64, at_most: Duration) -> u64 {
        self.shared.growth.wait_beyond(size, at_most)
    }

    /// Has this called with the book's size whenever the book has grown, on the scribe's thread: quickly, please.
    pub fn on_growth(&self, call: impl Fn(u64) + Send + Sync + 'static) {
        self.shared.growth.on_growth(Box::new(call));
    }

    /// What is kept of a person; none if nothing is, or no longer. Whoever asks must have been allowed to.
    pub fn person(&self, pseudonym: &Pseudonym) -> Result<Option<String>, IntakeError> {
        Ok(self.shared.ledger.person_data(pseudonym)?)
    }

    /// Erases what is kept of a person; false if nothing was kept. Entries and proofs stay as they are.
    pub fn erase_person(&self, pseudonym: &Pseudonym) -> Result<bool, IntakeError> {
        Ok(self.shared.ledger.erase_person(pseudonym)?)
    }

    /// Takes no more jobs, finishes those that wait, and ends. The second time there is nothing to do.
    pub fn stop(&self) {
        self.ends.end();
    }
}

impl Ends {
    fn end(&self) {
        // What was handed in before still stands in the queues.
        self.shared.jobs.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A door may be dropped by a callback on the scribe's own thread, which cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                // A panic in there has been answered for already: whoever waited was told that the scribe stopped.
                drop(thread.join());
            }
        }
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.end();
    }
}
