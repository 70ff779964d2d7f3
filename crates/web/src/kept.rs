//! Answers that were computed once, kept in memory while the same definitions are in force.
//!
//! A figure never changes for a snapshot, so a page of figures is computed once and read from here afterwards. Whoever
//! asks for an answer that somebody else is just computing waits for that one instead of computing it again.
//!
//! **What is absent:** time (an answer is named by everything that it depends on, its snapshot above all, so it is never
//! stale) and any claim on memory beyond [`MOST`].

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::fault::Fault;

/// How much is kept, in units that the callers count: about one for a hundred rows or figures.
const MOST: usize = 20_000;

type Answer = Arc<dyn Any + Send + Sync>;
/// Empty while it is being computed.
type Slot = Arc<Mutex<Option<Answer>>>;

/// Answers by their questions.
#[derive(Default)]
pub struct Kept {
    inner: Mutex<Inner>,
}

/// How the kept answers do, since the definitions came into force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Questions whose answer was here.
    pub found: u64,
    /// Questions whose answer had to be computed.
    pub computed: u64,
    /// Answers that are here.
    pub answers: u64,
    /// What they weigh, of at most [`MOST`].
    pub weight: u64,
}

#[derive(Default)]
struct Inner {
    found: u64,
    computed: u64,
    slots: HashMap<String, Held>,
    /// Counts the questions, to know which answer was not asked for longest.
    asked: u64,
    weight: usize,
    at_work: HashSet<String>,
}

struct Held {
    slot: Slot,
    asked: u64,
    weight: usize,
}

impl Kept {
    /// The answer to a question, if it is here.
    pub fn find<T: Any + Send + Sync>(&self, question: &str) -> Option<Arc<T>> {
        let slot = {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            inner.asked += 1;
            let asked = inner.asked;
            let held = inner.slots.get_mut(question)?;
            held.asked = asked;
            Arc::clone(&held.slot)
        };
        // Whoever computes it holds the lock: then it is not here yet.
        let answer = slot.try_lock().ok()?.clone()?;
        answer.downcast().ok()
    }

    /// The answer to a question: the one that is here, or what `make` computes, with its weight.
    pub fn answer<T: Any + Send + Sync>(
        &self,
        question: &str,
        make: impl FnOnce() -> Result<(T, usize), Fault>,
    ) -> Result<Arc<T>, Fault> {
        let slot = self.slot(question);
        let mut place = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = place.clone().and_then(|answer| answer.downcast().ok()) {
            self.counted(|inner| inner.found += 1);
            return Ok(found);
        }
        self.counted(|inner| inner.computed += 1);
        match make() {
            Ok((made, weight)) => {
                let made = Arc::new(made);
                *place = Some(Arc::clone(&made) as Answer);
                drop(place);
                self.weigh(question, weight.max(1));
                Ok(made)
            }
            Err(fault) => {
                drop(place);
                self.forget(question);
                Err(fault)
            }
        }
    }

    /// How the kept answers do.
    pub fn counts(&self) -> Counts {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (answers, weight) = (inner.slots.len() as u64, inner.weight as u64);
        Counts { found: inner.found, computed: inner.computed, answers, weight }
    }

    fn counted(&self, count: impl FnOnce(&mut Inner)) {
        count(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Keeps an answer that was found in another way, in the place of the one that is here.
    pub fn put<T: Any + Send + Sync>(&self, question: &str, answer: T, weight: usize) {
        let slot = self.slot(question);
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(answer) as Answer);
        self.weigh(question, weight.max(1));
    }

    /// Whether nobody else is at work on a question; from now on the caller is, until [`Kept::end`].
    pub fn begin(&self, question: &str) -> bool {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).at_work.insert(question.to_owned())
    }

    /// The work that was begun is done, or failed.
    pub fn end(&self, question: &str) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).at_work.remove(question);
    }

    fn slot(&self, question: &str) -> Slot {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.asked += 1;
        let asked = inner.asked;
        let held = inner.slots.entry(question.to_owned()).or_insert_with(|| Held {
            slot: Slot::default(),
            asked,
            weight: 0,
        });
        held.asked = asked;
        Arc::clone(&held.slot)
    }

    /// Says how heavy an answer is, and lets go of those that were not asked for longest.
    fn weigh(&self, question: &str, weight: usize) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = inner.slots.get_mut(question) else { return };
        let before = std::mem::replace(&mut held.weight, weight);
        inner.weight = inner.weight.saturating_sub(before) + weight;
        while inner.weight > MOST {
            let others =
                inner.slots.iter().filter(|(name, held)| held.weight > 0 && name.as_str() != question);
            let oldest = others.min_by_key(|(_, held)| held.asked).map(|(name, _)| name.clone());
            let Some(gone) = oldest.and_then(|name| inner.slots.remove(&name)) else { break };
            inner.weight = inner.weight.saturating_sub(gone.weight);
        }
    }

    fn forget(&self, question: &str) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gone) = inner.slots.remove(question) {
            inner.weight = inner.weight.saturating_sub(gone.weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{Kept, MOST};
    use crate::fault::Fault;

    #[test]
    fn an_answer_is_computed_once() {
        let (kept, computed) = (Kept::default(), AtomicU32::new(0));
        let ask = || {
            kept.answer("docks", || {
                computed.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(std::time::Duration::from_millis(20));
                Ok((188_u32, 1))
            })
            .map(|answer| *answer)
            .expect("it is computed")
        };
        std::thread::scope(|scope| {
            let waiting: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            for one in waiting {
                assert_eq!(one.join().expect("no panic"), 188);
            }
        });
        assert_eq!(computed.load(Ordering::Relaxed), 1);
        assert_eq!(kept.find::<u32>("docks").as_deref(), Some(&188));
        assert_eq!(kept.find::<String>("docks"), None);
        assert_eq!(kept.find::<u32>("parks"), None);
    }

    #[test]
    fn a_fault_is_not_kept() {
        let kept = Kept::default();
        assert!(kept.answer::<u32>("docks", || Err(Fault::NotFound)).is_err());
        assert_eq!(kept.answer("docks", || Ok((1_u32, 1))).ok().as_deref(), Some(&1));
    }

    #[test]
    fn what_was_not_asked_for_longest_goes_first() {
        let kept = Kept::default();
        for name in ["a", "b", "c"] {
            let _ = kept.answer(name, || Ok((name.to_owned(), MOST / 2)));
            let _ = kept.find::<String>("a");
        }
        let here = ["a", "b", "c"].map(|name| kept.find::<String>(name).is_some());
        assert_eq!(here, [true, false, true]);
    }
}
