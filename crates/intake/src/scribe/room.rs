//! The scribe's room: the thread that has the pack and the book on its stack, and the readers beside it.
//!
//! Why it exists: a [`Book`] borrows its pack, and a pack may be replaced while the server runs. Each pack has its
//! season: the book is made anew for it, and the readers of the season end with it, so that nothing borrows from a
//! pack that is gone.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use pack::Pack;
use sha2::{Digest, Sha256};

use super::Shared;
use super::again::Recent;
use super::answer::{Answer, Refusal};
use super::hands::Hands;
use super::job::{Job, Work};
use super::round::Rounds;
use crate::book::Book;
use crate::error::IntakeError;
use crate::options::ImportOptions;

/// How often the book is looked at while nothing is asked: somebody else of this process may have written.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Readers beside the one who writes.
const READERS: usize = 2;

/// What comes in at the door.
pub(crate) enum Message {
    Job(Box<Ticket>),
    Reload(Arc<Pack>, SyncSender<()>),
}

/// What is called with the book, or with why it cannot be read.
type See = Box<dyn FnOnce(Result<&Book<'_>, Refusal>) + Send>;

/// A question to the book.
pub(crate) struct Ask {
    pub(crate) registers: Vec<String>,
    pub(crate) see: See,
}

/// A job, and to whom the answer goes. Nobody is left without one: dropped, it answers that the scribe has stopped.
pub(crate) struct Ticket {
    pub(crate) job: Job,
    /// What tells two jobs apart that have the same key.
    pub(crate) mark: [u8; 32],
    /// How often it was sent back because others wrote into the book.
    pub(crate) tries: u8,
    answer: Option<Box<dyn FnOnce(Answer) + Send>>,
}

impl Ticket {
    pub(crate) fn new(job: Job, answer: Box<dyn FnOnce(Answer) + Send>) -> Self {
        let mark = mark(&job);
        Self { job, mark, tries: 0, answer: Some(answer) }
    }

    pub(crate) fn answer(mut self: Box<Self>, with: Answer) {
        self.give(with);
    }

    fn give(&mut self, with: Answer) {
        if let Some(answer) = self.answer.take() {
            // A caller's fault must not end the one who writes for all.
            drop(catch_unwind(AssertUnwindSafe(|| answer(with))));
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.give(Err(Refusal::Stopped));
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({})", self.job.key)
    }
}

/// The thread: season after season, until the door is closed and everything that came in has its answer.
pub(crate) fn live(shared: &Shared, mut pack: Arc<Pack>) {
    let mut waiting = VecDeque::new();
    let (mut hands, mut recent) = (Hands::new(&shared.ledger), Recent::default());
    while let Some((next, told)) = season(shared, &pack, &mut hands, &mut recent, &mut waiting) {
        pack = next;
        *shared.pack.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&pack);
        // Who asked may have gone away; the pack is in force all the same.
        let _ = told.send(());
    }
    shared.desk.close();
    let mut unasked = VecDeque::new();
    shared.desk.drain_into(&mut unasked, Duration::ZERO);
    for ask in unasked {
        (ask.see)(Err(Refusal::Stopped));
    }
}

/// The time of one pack; the pack that follows it, or none when the scribe ends.
fn season(
    shared: &Shared,
    pack: &Pack,
    hands: &mut Hands,
    recent: &mut Recent,
    waiting: &mut VecDeque<Message>,
) -> Option<(Arc<Pack>, SyncSender<()>)> {
    let book = RwLock::new(Book::new(pack, shared.growth.size()));
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| read(shared, &book, &over));
        }
        let mut rounds = Rounds { shared, pack, book: &book, hands, recent };
        let next = loop {
            let at_most = if waiting.is_empty() { LOOK_EVERY } else { Duration::ZERO };
            let open = shared.jobs.drain_into(waiting, at_most);
            match waiting.pop_front() {
                Some(Message::Reload(pack, told)) => break Some((pack, told)),
                Some(job) => {
                    waiting.push_front(job);
                    rounds.round(waiting);
                }
                None if !open => break None,
                // What cannot be read now is told to the next job.
                None => drop(rounds.follow()),
            }
        };
        over.store(true, Ordering::Release);
        shared.desk.wake();
        next
    })
}

/// A reader: answers what is asked of the book, until the season is over.
fn read(shared: &Shared, book: &RwLock<Book<'_>>, over: &AtomicBool) {
    while let Some(Ask { registers, see }) = shared.desk.pop(over) {
        let loaded = registers.iter().try_for_each(|register| load(shared, book, register));
        let answer = || match loaded {
            Ok(()) => see(Ok(&book.read().unwrap_or_else(PoisonError::into_inner))),
            Err(error) => see(Err(error.into())),
        };
        // Who asked is told by the loss of his sender; the next question finds a reader.
        drop(catch_unwind(AssertUnwindSafe(answer)));
    }
}

/// Loads a register if it is not.
pub(crate) fn load(shared: &Shared, book: &RwLock<Book<'_>>, register: &str) -> Result<(), IntakeError> {
    if book.read().unwrap_or_else(PoisonError::into_inner).has(register) {
        return Ok(());
    }
    let mut book = book.write().unwrap_or_else(PoisonError::into_inner);
    // What is loaded now is read up to the book's size, so that the rest must not be behind it.
    book.catch_up(&shared.ledger)?;
    book.load(&shared.ledger, register)
}

/// The same job has the same mark. A file is marked by its content: sent again it may lie elsewhere.
fn mark(job: &Job) -> [u8; 32] {
    let mut hash = Sha256::new();
    match &job.work {
        Work::Create { register, form } => state(&mut hash, ("create", register), std::slice::from_ref(form)),
        Work::Rows { register, forms } => state(&mut hash, ("rows", register), forms),
        Work::Amend { record, base, form } => {
            state(&mut hash, ("amend", (record, base)), std::slice::from_ref(form));
        }
        Work::Import { register, file, options } => {
            let shown = format!("import {register:?} {:?} {:?}", options.effective, options.owner);
            let ImportOptions { gcj02, verify, format, mended, .. } = &**options;
            hash.update(shown + &format!("{gcj02} {verify} {format:?} {mended:?}"));
            // A file that cannot be read is refused when it is its turn.
            drop(hash_file(&mut hash, file));
        }
        Work::Acts { .. } | Work::Reorganise { .. } => hash.update(format!("{:?}", job.work)),
    }
    hash.finalize().into()
}

fn state(hash: &mut Sha256, what: impl fmt::Debug, forms: &[super::Form]) {
    hash.update(format!("{what:?}"));
    for super::Form { values, owner, effective, state, evidence, note } in forms {
        hash.update(format!("{values:?}{owner:?}{effective:?}{state:?}{evidence:?}{note:?}"));
    }
}

fn hash_file(hash: &mut Sha256, file: &Path) -> io::Result<()> {
    let mut file = File::open(file)?;
    let mut piece = vec![0; 64 << 10];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(()),
            count => hash.update(&piece[..count]),
        }
    }
}
