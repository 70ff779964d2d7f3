//! What is done with a record that exists: advance, verify, return, withdraw, checked against the pack.
//!
//! A withdrawal is pending until it is verified, like everything else in a register that wants verification, so a
//! verification or a return may follow it and nothing else may. Sending a withdrawal back does not undo it: the record
//! stays withdrawn, its withdrawal stays pending (figures go on counting the record), and a later verification still
//! confirms it. If the record is right after all, it is entered anew, and the withdrawal verified.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ledger::{Draft, EntryNumber, EvidenceHash, Kind, Ledger, RecordId};
use message::{Text, text};
use pack::{Pack, Register};

use crate::book::Book;
use crate::error::{FieldFault, IntakeError};
use crate::rules::{no_state, state_called, transition};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Move to this state: key or label.
    Advance(String),
    /// Confirm everything entered so far, a withdrawal too.
    Verify,
    /// Send back what is not confirmed; a remark must say why. What is sent back stays pending, a withdrawal too.
    Return,
    /// End the record; a remark must say why. Where the register wants verification, figures leave the record out once
    /// this is verified.
    Withdraw,
}

/// With what it is done.
#[derive(Clone, Debug)]
pub struct Act {
    /// What.
    pub action: Action,
    /// From when.
    pub effective: Date,
    /// Evidence in the store.
    pub evidence: Vec<EvidenceHash>,
    /// A remark.
    pub note: Option<String>,
}

impl Act {
    /// An action without evidence or remark.
    pub fn new(action: Action, effective: Date) -> Self {
        Self { action, effective, evidence: Vec::new(), note: None }
    }
}

/// A record as it stands, as far as actions need to know.
#[derive(Clone, Debug)]
pub struct Standing<'p> {
    /// Its register.
    pub register: &'p Register,
    /// The record.
    pub record: RecordId,
    /// Its latest entry.
    pub version: EntryNumber,
    /// Its state's key.
    pub state: String,
    /// Its owner's code.
    pub owner: Option<String>,
    /// The latest date from which anything of it holds.
    pub last: Date,
    /// Whether it was withdrawn, be that verified or not ([`Standing::pending`]).
    pub withdrawn: bool,
    /// Whether anything was entered since it was last verified.
    pub pending: bool,
}

impl<'p> Standing<'p> {
    /// Reads one record's entries: quick, whatever the size of its register.
    pub fn of(pack: &'p Pack, ledger: &Ledger, record: RecordId) -> Result<Self, IntakeError> {
        let mut history = match ledger.history(record) {
            Err(ledger::LedgerError::NoRecord(_)) => Vec::new(),
            other => other?,
        };
        let version = history.iter().map(|entry| entry.number).max();
        let (Some(first), Some(version)) = (history.first(), version) else {
            return Err(IntakeError::NoRecord(record));
        };
        let register = pack
            .register(&first.register)
            .ok_or_else(|| IntakeError::NoRegister { register: first.register.clone(), suggestion: None })?;
        let pending =
            history.iter().rfind(|entry| entry.kind != Kind::Return).is_some_and(|e| e.kind != Kind::Verify);
        let mut standing = Self {
            register,
            record,
            version,
            state: register.initial_state().key.clone(),
            owner: None,
            last: first.effective,
            withdrawn: false,
            pending,
        };
        history.sort_by_key(|entry| (entry.effective, entry.number));
        for entry in history {
            if matches!(entry.kind, Kind::Verify | Kind::Return) {
                continue;
            }
            standing.last = standing.last.max(entry.effective);
            standing.state = entry.state.unwrap_or(standing.state);
            standing.owner = entry.unit.or(standing.owner);
            standing.withdrawn |= entry.kind == Kind::Withdraw;
        }
        Ok(standing)
    }

    /// The same from a loaded book.
    pub fn in_book(book: &Book<'p>, record: RecordId) -> Result<Self, IntakeError> {
        let (loaded, slot) = book.find(record).ok_or(IntakeError::NoRecord(record))?;
        let now = loaded.current.slot(slot);
        let register = loaded.rules.register;
        Ok(Self {
            register,
            record,
            version: EntryNumber(now.version),
            state: register.states.get(now.state as usize).map(|state| state.key.clone()).unwrap_or_default(),
            owner: book.owner_name(now.owner).map(str::to_owned),
            last: now.last,
            withdrawn: now.withdrawn,
            pending: now.pending,
        })
    }

    /// The draft that does it, or everything that speaks against it.
    pub fn act(&self, pack: &Pack, role: &str, act: Act) -> Result<Draft, IntakeError> {
        let mut faults = Vec::new();
        let mut fault =
            |field: &str, found: &str, message: Text| faults.push(FieldFault::new(field, found, message));
        if !pack.roles.iter().any(|known| known.key == role) {
            return Err(IntakeError::NoRole(role.to_owned()));
        }
        let id = self.record;
        // A withdrawal that is not verified yet can be judged. (Why another cannot is said below.)
        if self.withdrawn && !matches!(act.action, Action::Verify | Action::Return) {
            fault("@record", &format!("#{id}"), text!("记录 #{id} 已撤回", "record #{id} is withdrawn"));
        }
        let note = act.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
        let mut state = None;
        match &act.action {
            Action::Advance(word) => match self.transition(pack, role, word) {
                Ok((to, needs_evidence)) => {
                    state = Some(to);
                    if needs_evidence && act.evidence.is_empty() {
                        fault(
                            "@evidence",
                            "",
                            text!("这一状态变更必须附佐证材料", "this change of state needs evidence"),
                        );
                    }
                    if act.effective < self.last {
                        let last = self.last;
                        let message = text!(
                            "这条记录已有自{last}起生效的内容，请用不早于{last}的日期",
                            "the record already has values that hold from {last}; use a date from {last} on"
                        );
                        fault("@effective", &act.effective.to_string(), message);
                    }
                }
                Err(message) => fault("@state", word, message),
            },
            Action::Verify | Action::Return if !self.register.needs_verification => {
                let label = &self.register.label;
                let message = Text::new(
                    format!("台账“{}”不需要核实", label.simplified),
                    format!("records of “{}” need no verification", label.english),
                );
                fault("@record", &format!("#{id}"), message);
            }
            Action::Verify | Action::Return if !self.pending => {
                fault("@record", &format!("#{id}"), text!("没有待核实的内容", "there is nothing to verify"));
            }
            Action::Return | Action::Withdraw if note.is_none() => {
                fault("@note", "", text!("必须说明原因", "a remark must say why"));
            }
            Action::Verify | Action::Return | Action::Withdraw => {}
        }
        if !faults.is_empty() {
            return Err(IntakeError::Record(faults));
        }
        Ok(Draft {
            kind: match act.action {
                Action::Advance(_) => Kind::Advance,
                Action::Verify => Kind::Verify,
                Action::Return => Kind::Return,
                Action::Withdraw => Kind::Withdraw,
            },
            register: self.register.key.clone(),
            record: Some(self.record),
            based_on: Some(self.version),
            effective: act.effective,
            unit: None,
            state,
            fields: BTreeMap::new(),
            evidence: act.evidence,
            note,
        })
    }

    fn transition(&self, pack: &Pack, role: &str, word: &str) -> Result<(String, bool), Text> {
        let to = state_called(self.register, word).ok_or_else(|| no_state(self.register))?;
        let from = state_called(self.register, &self.state).unwrap_or(to);
        if from == to {
            return Err(text!("记录已处于这一状态", "the record is in this state already"));
        }
        let transition = transition(self.register, pack, from, to, role)?;
        Ok((self.register.states[to].key.clone(), transition.evidence))
    }
}
