//! One round after the other: what waits and does not depend on each other is judged, appended at once, and answered.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{PoisonError, RwLock};

use ledger::{Batch, EntryNumber, LedgerError, Receipt};
use message::text;
use pack::{Pack, UNITS};

use super::Shared;
use super::again::{Recent, earlier, key_of};
use super::answer::{Answer, Entered, Refusal};
use super::hands::Hands;
use super::job::{Job, Work};
use super::prepare::{Claim, Prepared, Ready, prepare, register_of};
use super::room::{Message, Ticket, load};
use crate::book::Book;
use crate::error::IntakeError;
use crate::import::import;
use crate::options::ImportOptions;

/// The most jobs that share a round.
const MOST: usize = 256;
/// How often a job begins anew because others wrote into the book.
const TRIES: u8 = 3;

/// What rounds work with.
pub(crate) struct Rounds<'r, 'p> {
    pub(crate) shared: &'r Shared,
    pub(crate) pack: &'p Pack,
    pub(crate) book: &'r RwLock<Book<'p>>,
    pub(crate) hands: &'r mut Hands,
    pub(crate) recent: &'r mut Recent,
}

/// What is to become of a job in this round.
enum Turn {
    Answer(Answer),
    /// It depends on another of this round.
    Later,
    Together(Ready),
    /// It needs the book for itself: its entries name each other by their numbers, or it is a file.
    Alone(Option<Ready>),
}

/// What the jobs of a round touch.
#[derive(Default)]
struct Touched {
    keys: HashSet<String>,
    claims: HashSet<Claim>,
}

impl Rounds<'_, '_> {
    /// Answers some of what waits, at least one; what follows a change of the pack stays.
    pub(crate) fn round(&mut self, waiting: &mut VecDeque<Message>) {
        let followed = self.follow();
        let (mut group, mut later) = (Vec::new(), Vec::new());
        let mut touched = Touched::default();
        while group.len() < MOST {
            let ticket = match waiting.pop_front() {
                Some(Message::Job(ticket)) => ticket,
                Some(control) => {
                    waiting.push_front(control);
                    break;
                }
                None => break,
            };
            if let Err(error) = &followed {
                ticket.answer(Err(Refusal::Failed(error.text())));
                continue;
            }
            match self.consider(&ticket.job, &ticket.mark, &mut touched) {
                Turn::Answer(answer) => ticket.answer(answer),
                Turn::Later => later.push(Message::Job(ticket)),
                Turn::Together(ready) => group.push((ticket, ready)),
                Turn::Alone(ready) if group.is_empty() && later.is_empty() => {
                    self.enter_alone(ticket, ready, &mut later);
                    break;
                }
                Turn::Alone(_) => {
                    waiting.push_front(Message::Job(ticket));
                    break;
                }
            }
        }
        self.enter(group, &mut later);
        later.into_iter().rev().for_each(|job| waiting.push_front(job));
    }

    /// Lets the book follow the ledger, and everybody know.
    pub(crate) fn follow(&self) -> Result<(), IntakeError> {
        let size = self.shared.ledger.size()?;
        if self.read(|book| book.size()) < size {
            self.book.write().unwrap_or_else(PoisonError::into_inner).catch_up(&self.shared.ledger)?;
        }
        self.shared.growth.grown_to(size);
        Ok(())
    }

    fn consider(&mut self, job: &Job, mark: &[u8; 32], touched: &mut Touched) -> Turn {
        let Some(key) = key_of(job, mark) else { return Turn::Answer(Err(Refusal::BadKey)) };
        if let Some(answer) = self.recent.answer(&key, mark) {
            return Turn::Answer(answer);
        }
        if touched.keys.contains(&key) {
            return Turn::Later;
        }
        if let Work::Import { .. } = job.work {
            return Turn::Alone(None);
        }
        // Whatever a job brings, the one who writes for all goes on.
        let judged = catch_unwind(AssertUnwindSafe(|| {
            self.load_for(job)?;
            self.read(|book| prepare(book, &self.shared.ledger, job, &key))
        }));
        let refused = match judged {
            Ok(Ok(Prepared::Ready(ready))) if ready.alone => return Turn::Alone(Some(ready)),
            Ok(Ok(Prepared::Ready(ready))) => {
                if ready.claims.iter().any(|claim| touched.claims.contains(claim)) {
                    return Turn::Later;
                }
                touched.claims.extend(ready.claims.iter().cloned());
                touched.keys.insert(key);
                return Turn::Together(ready);
            }
            Ok(Ok(Prepared::Nothing(entered))) => Ok(entered),
            Ok(Err(refusal)) => Err(refusal),
            Err(_) => {
                Err(Refusal::Refused(text!("系统内部错误，未录入", "an internal fault; nothing was entered")))
            }
        };
        // What was entered before a restart is stale, or there already, when it is sent again.
        let known = self.read(|book| earlier(book, &self.shared.ledger, job, &key));
        Turn::Answer(known.unwrap_or(refused))
    }

    fn load_for(&self, job: &Job) -> Result<(), Refusal> {
        let mut registers: Vec<String> = Vec::new();
        let mut of = |record| {
            let register = self.read(|book| register_of(book, &self.shared.ledger, record))?;
            registers.push(register);
            Ok::<_, Refusal>(())
        };
        match &job.work {
            Work::Create { register, .. } | Work::Rows { register, .. } => registers.push(register.clone()),
            Work::Amend { record, .. } => of(*record)?,
            Work::Reorganise { what, .. } => {
                if let crate::Reorganisation::Split { records, .. } = what {
                    records.iter().try_for_each(|(record, _)| of(*record))?;
                }
                registers.push(UNITS.to_owned());
            }
            // An act needs to know no more than its record.
            Work::Acts { .. } | Work::Import { .. } => {}
        }
        registers.dedup();
        registers.iter().try_for_each(|register| Ok(load(self.shared, self.book, register)?))
    }

    fn enter(&mut self, group: Vec<(Box<Ticket>, Ready)>, later: &mut Vec<Message>) {
        let (tickets, mut ready): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        if let Err(refusal) = self.name_people(&mut ready) {
            tickets.into_iter().for_each(|ticket| ticket.answer(Err(refusal.clone())));
            return;
        }
        let batches: Vec<Batch> = ready.iter_mut().map(Ready::take_batch).collect();
        // A change that turned out to be none, once its persons were known, has no drafts left.
        let (places, batches): (Vec<usize>, Vec<Batch>) =
            batches.into_iter().enumerate().filter(|(_, batch)| !batch.drafts.is_empty()).unzip();
        let mut receipts: Vec<Option<Result<Receipt, LedgerError>>> = ready.iter().map(|_| None).collect();
        for (place, receipt) in places.into_iter().zip(self.hands.append(batches)) {
            receipts[place] = Some(receipt);
        }
        // The book is followed before anybody is answered, so that what he asks next knows what he has entered. If it
        // cannot be read now, what is durable is so all the same.
        drop(self.follow());
        for ((ticket, ready), receipt) in tickets.into_iter().zip(ready).zip(receipts) {
            self.close(ticket, ready, receipt, later);
        }
    }

    fn enter_alone(&mut self, ticket: Box<Ticket>, ready: Option<Ready>, later: &mut Vec<Message>) {
        match ready {
            Some(ready) => self.enter(vec![(ticket, ready)], later),
            None => {
                let answer = catch_unwind(AssertUnwindSafe(|| self.import(&ticket.job)));
                let answer = answer.unwrap_or_else(|_| {
                    Err(Refusal::Refused(text!(
                        "系统内部错误，未录入",
                        "an internal fault; nothing was entered"
                    )))
                });
                drop(self.follow());
                self.remember(&ticket, &answer);
                ticket.answer(answer);
            }
        }
    }

    fn import(&self, job: &Job) -> Answer {
        let Work::Import { register, file, options } = &job.work else { return Err(Refusal::Stopped) };
        let mut options = ImportOptions { actor: job.actor.clone(), ..(**options).clone() };
        options.guard = job.guard.clone().or(options.guard);
        let outcome = import(self.pack, &self.shared.ledger, register, file, &options, &mut |_, _| {})?;
        let entries = outcome.entries.map(|(first, count)| (EntryNumber(first), count));
        let size = entries.map_or_else(|| self.shared.growth.size(), |(first, count)| first.0 + count);
        let repeated = outcome.repeated;
        Ok(Entered { entries, size, repeated, import: Some(outcome), ..Entered::default() })
    }

    /// Asks for the pseudonyms of all people of a round in one transaction.
    fn name_people(&self, ready: &mut [Ready]) -> Result<(), Refusal> {
        let asked: Vec<(&str, &str)> = ready
            .iter()
            .flat_map(|ready| &ready.people)
            .map(|person| (person.lookup.as_str(), person.data.as_str()))
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let mut pseudonyms = self.shared.ledger.persons(&asked)?.into_iter();
        ready.iter_mut().for_each(|ready| ready.name_people(&mut pseudonyms));
        Ok(())
    }

    fn close(
        &mut self,
        mut ticket: Box<Ticket>,
        ready: Ready,
        receipt: Option<Result<Receipt, LedgerError>>,
        later: &mut Vec<Message>,
    ) {
        let answer = match receipt {
            None => Ok(ready.entered(None, self.shared.growth.size())),
            Some(Ok(receipt)) => Ok(ready.entered(Some(receipt), receipt.size)),
            // Somebody else of this process wrote: the job is judged anew, and then finds its conflict.
            Some(Err(LedgerError::Stale { .. } | LedgerError::Moved { .. })) if ticket.tries < TRIES => {
                ticket.tries += 1;
                later.push(Message::Job(ticket));
                return;
            }
            Some(Err(LedgerError::KeyReused { .. })) => {
                let key = key_of(&ticket.job, &ticket.mark).unwrap_or_default();
                let known = self.read(|book| earlier(book, &self.shared.ledger, &ticket.job, &key));
                known.unwrap_or(Err(Refusal::KeyReused))
            }
            Some(Err(error)) => Err(error.into()),
        };
        self.remember(&ticket, &answer);
        ticket.answer(answer);
    }

    fn remember(&mut self, ticket: &Ticket, answer: &Answer) {
        if let (Ok(entered), Some(key)) = (answer, key_of(&ticket.job, &ticket.mark))
            && entered.entries.is_some()
        {
            self.recent.remember(key, ticket.mark, entered.clone());
        }
    }

    fn read<T>(&self, with: impl FnOnce(&Book<'_>) -> T) -> T {
        with(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }
}
