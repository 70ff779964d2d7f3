//! Hands that append: several batches at once, so that the ledger lets them share one sync of the disk.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use ledger::{Batch, Ledger, LedgerError, Receipt};

type Appended = Result<Receipt, LedgerError>;
type Task = (usize, Batch, Sender<(usize, Appended)>);

/// How many append at once. More jobs than this in one round share a few more syncs.
const HANDS: usize = 48;

/// Threads that wait for batches; they end when this is dropped.
pub(crate) struct Hands {
    ledger: Arc<Ledger>,
    /// None only while they are sent home.
    tasks: Option<Sender<Task>>,
    source: Arc<Mutex<Receiver<Task>>>,
    hired: Vec<JoinHandle<()>>,
}

impl Hands {
    pub(crate) fn new(ledger: &Arc<Ledger>) -> Self {
        let (tasks, source) = channel();
        Self {
            ledger: Arc::clone(ledger),
            tasks: Some(tasks),
            source: Arc::new(Mutex::new(source)),
            hired: Vec::new(),
        }
    }

    /// Appends batches that do not depend on each other, in any order; answers in theirs.
    pub(crate) fn append(&mut self, mut batches: Vec<Batch>) -> Vec<Appended> {
        if batches.len() < 2 {
            // A lone batch pays for no change of threads.
            return batches.drain(..).map(|batch| self.ledger.append(&batch)).collect();
        }
        self.hire(batches.len());
        let lost = || Err(LedgerError::Store("the writer stopped before the batch was entered".into()));
        let mut answers: Vec<Appended> = batches.iter().map(|_| lost()).collect();
        let (give, take) = channel();
        for (index, batch) in batches.into_iter().enumerate() {
            match self.tasks.as_ref().filter(|_| !self.hired.is_empty()) {
                // The receiver lives as long as this does, so sending cannot fail.
                Some(tasks) => drop(tasks.send((index, batch, give.clone()))),
                None => answers[index] = self.ledger.append(&batch),
            }
        }
        drop(give);
        for (index, answer) in take {
            answers[index] = answer;
        }
        answers
    }

    /// Sees to it that there are enough hands; fewer do as well, only slower.
    fn hire(&mut self, wanted: usize) {
        while self.hired.len() < wanted.min(HANDS) {
            let (ledger, source) = (Arc::clone(&self.ledger), Arc::clone(&self.source));
            let work = move || {
                loop {
                    let task = source.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((index, batch, answer)) = task else { break };
                    // If nobody waits any more, the batch is in the book all the same.
                    drop(answer.send((index, ledger.append(&batch))));
                }
            };
            match std::thread::Builder::new().name("scribe-hand".to_owned()).spawn(work) {
                Ok(hand) => self.hired.push(hand),
                Err(_) => break,
            }
        }
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.tasks = None;
        // Whoever stops the scribe may open the book again: nobody must still hold it.
        self.hired.drain(..).for_each(|hand| drop(hand.join()));
    }
}
