//! Answers that were given already.
//!
//! A page asks the same of each of its rows. The whole question is the key, so an answer that is found here is the
//! one that would be computed: policies know no clock and no chance.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Mutex;

use crate::action::Action;
use crate::ask::{Decision, Grant};

/// More questions than a busy minute has; then all are forgotten, which costs no more than asking again.
const MOST: usize = 16_384;

/// A question, without the scopes, which are looked at before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Question<'a> {
    /// Whether it is asked of any unit at all.
    pub(crate) anywhere: bool,
    pub(crate) account: &'a str,
    pub(crate) grants: &'a [Grant],
    pub(crate) action: Action,
    pub(crate) register: Option<&'a str>,
    pub(crate) units: &'a [String],
    pub(crate) authors: &'a [String],
    pub(crate) state: Option<&'a str>,
}

struct Asked {
    anywhere: bool,
    account: String,
    grants: Vec<Grant>,
    action: Action,
    register: Option<String>,
    units: Vec<String>,
    authors: Vec<String>,
    state: Option<String>,
    answer: Decision,
}

impl Asked {
    fn question(&self) -> Question<'_> {
        Question {
            anywhere: self.anywhere,
            account: &self.account,
            grants: &self.grants,
            action: self.action,
            register: self.register.as_deref(),
            units: &self.units,
            authors: &self.authors,
            state: self.state.as_deref(),
        }
    }
}

#[derive(Default)]
pub(crate) struct Kept {
    random: RandomState,
    asked: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    by_hash: HashMap<u64, Vec<Asked>>,
    count: usize,
}

impl Kept {
    /// The answer that was given, or the one that `ask` gives.
    pub(crate) fn answer(&self, question: Question<'_>, ask: impl FnOnce() -> Decision) -> Decision {
        let hash = self.random.hash_one(question);
        // Whoever panicked while holding it left a table that is whole: it is changed by single insertions.
        let lock = || self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = lock()
            .by_hash
            .get(&hash)
            .and_then(|asked| asked.iter().find(|asked| asked.question() == question))
            .map(|asked| asked.answer.clone());
        if let Some(answer) = found {
            return answer;
        }
        let answer = ask();
        let asked = Asked {
            anywhere: question.anywhere,
            account: question.account.to_owned(),
            grants: question.grants.to_vec(),
            action: question.action,
            register: question.register.map(str::to_owned),
            units: question.units.to_vec(),
            authors: question.authors.to_vec(),
            state: question.state.map(str::to_owned),
            answer: answer.clone(),
        };
        let mut table = lock();
        if table.count >= MOST {
            *table = Table::default();
        }
        table.count += 1;
        table.by_hash.entry(hash).or_default().push(asked);
        answer
    }
}
