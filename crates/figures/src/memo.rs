//! What rows added up to, kept in memory for as long as nothing was entered that they could come from.
//!
//! A book grows all day, and most entries have nothing to do with most figures: what an indicator's rows add up to
//! depends on the registers that its SQL reads and on the organisation tree, not on how long the book is. So an answer
//! is kept under the last entry of each of those, and a figure of a longer book that finds it there gets the identity of
//! the longer book and the value that computing it again would give.
//!
//! Like [`crate::kept`], it is not asked by [`crate::trace`] and [`crate::diff`].
//!
//! **What is absent:** faults, and any clock. There are two generations: what was not asked for while as much again came
//! in is let go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::aggregate::{Ask, Groups};
use crate::evaluate::Leaf;

/// How many groups a generation holds, an answer counting as one more; some 100 bytes each.
const MOST: usize = 100_000;

/// What an ask of a leaf came to, with the decimals of its amounts.
pub type Sums = Arc<(Groups, u32)>;

/// What the rows of a leaf come from: for each register that it reads, in their order, the number just after its last
/// entry that is known. It stands in the place of the leaf's `known_at`.
pub type State = Vec<u64>;

type Generation = HashMap<(Leaf, State), Vec<(Ask, Sums)>>;

/// Answers by leaf, state and ask.
#[derive(Default)]
pub struct Memo {
    inner: Mutex<Inner>,
}

/// How an engine's memory does, since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoCounts {
    /// Indicators' sums that were found here.
    pub found: u64,
    /// Those that had to be computed.
    pub computed: u64,
    /// Groups that are held now, an answer counting as one more.
    pub held: u64,
}

#[derive(Default)]
struct Inner {
    found: u64,
    computed: u64,
    /// What `old` weighs.
    old_weight: usize,
    young: Generation,
    old: Generation,
    weight: usize,
}

impl Memo {
    /// What all these asks came to, if everything is here.
    pub fn find(&self, leaf: &Leaf, state: &State, asks: &[Ask]) -> Option<Vec<Sums>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let found = inner.find(leaf, state, asks);
        match found {
            Some(_) => inner.found += 1,
            None => inner.computed += 1,
        }
        found
    }

    /// How it does.
    pub fn counts(&self) -> MemoCounts {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let held = (inner.weight + inner.old_weight) as u64;
        MemoCounts { found: inner.found, computed: inner.computed, held }
    }

    /// Keeps what asks came to.
    pub fn keep(&self, leaf: &Leaf, state: State, answers: Vec<(Ask, Sums)>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.put((Leaf { known_at: 0, ..leaf.clone() }, state), answers);
    }
}

impl Inner {
    fn find(&mut self, leaf: &Leaf, state: &State, asks: &[Ask]) -> Option<Vec<Sums>> {
        let key = (Leaf { known_at: 0, ..leaf.clone() }, state.clone());
        if let Some(known) = self.old.remove(&key) {
            self.old_weight = self.old_weight.saturating_sub(weight(&known));
            self.put(key.clone(), known);
        }
        let known = self.young.get(&key)?;
        let sums = |ask: &Ask| known.iter().find(|(one, _)| one == ask).map(|(_, sums)| Arc::clone(sums));
        asks.iter().map(sums).collect()
    }

    fn put(&mut self, key: (Leaf, State), answers: Vec<(Ask, Sums)>) {
        let weight = weight(&answers);
        if self.weight + weight > MOST {
            self.old = std::mem::take(&mut self.young);
            self.old_weight = std::mem::take(&mut self.weight);
        }
        self.weight += weight;
        let known = self.young.entry(key).or_default();
        for (ask, sums) in answers {
            if !known.iter().any(|(one, _)| *one == ask) {
                known.push((ask, sums));
            }
        }
    }
}

fn weight(answers: &[(Ask, Sums)]) -> usize {
    answers.iter().map(|(_, sums)| 1 + sums.0.len()).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use figure::Period;

    use super::{MOST, Memo};
    use crate::aggregate::{Ask, Groups, Tally};
    use crate::evaluate::Leaf;

    fn leaf(known_at: u64) -> Leaf {
        let period = Period::Year(2022);
        let as_of = period.last();
        Leaf { indicator: "docks.operating".to_owned(), period, as_of, known_at, measured: None }
    }

    fn ask(by: usize) -> Ask {
        Ask { scope: Vec::new(), by: vec![by] }
    }

    fn groups(count: usize) -> super::Sums {
        let group = |number: usize| (vec![number.to_string()], Tally::default());
        Arc::new(((0..count).map(group).collect::<Groups>(), 0))
    }

    #[test]
    fn an_answer_holds_while_its_registers_stand_still() {
        let memo = Memo::default();
        memo.keep(&leaf(100), vec![90, 7], vec![(ask(0), groups(2)), (ask(1), groups(3))]);
        let found = |known_at: u64, state: &[u64], asks: &[Ask]| {
            memo.find(&leaf(known_at), &state.to_vec(), asks)
                .map(|sums| sums.iter().map(|sums| sums.0.len()).collect::<Vec<_>>())
        };
        assert_eq!(found(250, &[90, 7], &[ask(1), ask(0)]), Some(vec![3, 2]), "the book is longer");
        assert_eq!(found(250, &[90, 7], &[ask(1), ask(2)]), None, "one was never asked");
        assert_eq!(found(250, &[91, 7], &[ask(1)]), None, "a register has changed");
        assert_eq!(memo.counts(), super::MemoCounts { found: 1, computed: 2, held: 7 });
    }

    #[test]
    fn what_nobody_asks_for_is_let_go() {
        let memo = Memo::default();
        let keep = |state: u64| memo.keep(&leaf(1), vec![state], vec![(ask(0), groups(MOST / 4))]);
        let here = |state: u64| memo.find(&leaf(1), &vec![state], &[ask(0)]).is_some();
        keep(1);
        for state in 2..20 {
            keep(state);
            assert!(here(1), "asked for all the time");
        }
        assert!(!here(2));
    }
}
