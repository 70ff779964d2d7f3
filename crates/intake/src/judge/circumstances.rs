//! What is said of a record beside its fields: its owner, state, date, evidence and remark.
//!
//! Why it exists: these belong to every register alike and have names of their own (`@owner`, `@state` …), under which
//! their faults are shown; they depend on the book, the role and the date rather than on a field.

use ledger::Value;
use message::{Text, text};
use pack::UNITS;

use super::Judge;
use crate::raw::RawRecord;
use crate::read::Stated;
use crate::rules::{no_state, transition};

impl Judge<'_, '_> {
    /// The owner, if it is to be set.
    pub(super) fn owner(
        &mut self,
        raw: &RawRecord<'_>,
        slot: Option<u32>,
        stated: &[Stated],
    ) -> Option<String> {
        let owner = self.owner_to_be(raw, slot, stated);
        // Whoever hands a record over must be answerable for it before and after.
        if let Some(guard) = self.context.guard {
            let now = slot.and_then(|slot| self.book.owner_name(self.loaded.current.slot(slot).owner));
            let refused = [now, owner.as_deref()].into_iter().flatten().find(|code| !guard.allows(code));
            if let Some(code) = refused.map(str::to_owned) {
                self.fault("@owner", &code, not_yours());
            }
        }
        owner
    }

    fn owner_to_be(&mut self, raw: &RawRecord<'_>, slot: Option<u32>, stated: &[Stated]) -> Option<String> {
        let rules = &self.loaded.rules;
        let named = raw.owner.as_deref().map(str::trim).filter(|owner| !owner.is_empty());
        let own_code = || match rules.field("code").map(|field| &stated[field]) {
            Some(Stated::Value(Value::Text(code))) => Some(code.clone()),
            _ => None,
        };
        let owner = match (named, slot) {
            (Some(owner), _) => owner,
            (None, Some(_)) => return None,
            (None, None) if rules.register.key == UNITS => return own_code(),
            (None, None) => match self.context.owner {
                Some(owner) => owner,
                None => {
                    self.fault("@owner", "", text!("必须填报单位", "the owner unit is required"));
                    return None;
                }
            },
        };
        // A unit may be its own owner from its first entry on.
        if rules.register.key == UNITS && own_code().as_deref() == Some(owner) {
            return slot.is_none().then(|| owner.to_owned());
        }
        match self.book.units().resolve(owner, None, self.effective) {
            Ok(code) => {
                let now = slot.and_then(|slot| self.book.owner_name(self.loaded.current.slot(slot).owner));
                (now != Some(code.as_str())).then_some(code)
            }
            Err(message) => {
                self.fault("@owner", owner, message);
                None
            }
        }
    }

    /// The state to move to, and whether that needs evidence.
    pub(super) fn state(&mut self, raw: &RawRecord<'_>, slot: Option<u32>) -> Option<(String, bool)> {
        let word = raw.state.as_deref().map(str::trim).filter(|state| !state.is_empty())?;
        let rules = &self.loaded.rules;
        let Some(to) = rules.state(word) else {
            self.fault("@state", word, no_state(rules.register));
            return None;
        };
        let from =
            slot.map_or_else(|| rules.initial_state(), |slot| self.loaded.current.slot(slot).state as usize);
        if from == to {
            return None;
        }
        match transition(rules.register, self.book.pack, from, to, self.context.role) {
            Ok(transition) => Some((rules.register.states[to].key.clone(), transition.evidence)),
            Err(message) => {
                self.fault("@state", word, message);
                None
            }
        }
    }

    /// A change must not hold from before its record, nor hide behind a later change.
    pub(super) fn check_date(&mut self, slot: Option<u32>, changes: bool) {
        let Some(effective) = self.effective else {
            self.fault("@effective", "", text!("必须有生效日期", "the effective date is required"));
            return;
        };
        let Some(record) = slot.map(|slot| self.loaded.current.slot(slot)).filter(|_| changes) else {
            return;
        };
        if effective < record.last {
            let (last, version) = (record.last, record.version);
            self.fault(
                "@effective",
                &effective.to_string(),
                text!(
                    "这条记录已有自{last}起生效的内容（入账 {version}），更早的变更会被它遮盖；请用不早于{last}的日期",
                    "the record already has values that hold from {last} (entry {version}) and would hide an earlier change; use a date from {last} on"
                ),
            );
        }
    }

    pub(super) fn check_evidence(&mut self, raw: &RawRecord<'_>, slot: Option<u32>, move_needs_it: bool) {
        let has = !raw.evidence.is_empty() || self.context.evidence_files > 0;
        if has {
            return;
        }
        if slot.is_none() && self.loaded.rules.register.evidence_on_create {
            self.fault("@evidence", "", text!("新增记录必须附佐证材料", "a new record needs evidence"));
        } else if move_needs_it {
            self.fault(
                "@evidence",
                "",
                text!("这一状态变更必须附佐证材料", "this change of state needs evidence"),
            );
        }
    }

    pub(super) fn note(&mut self, raw: &RawRecord<'_>) -> Option<String> {
        let note = raw.note.as_deref().map(str::trim).filter(|note| !note.is_empty())?;
        if note.chars().count() > 500 || note.chars().any(crate::read::is_unprintable) {
            self.fault(
                "@note",
                note,
                text!(
                    "说明应不超过500个字，且不能换行",
                    "wanted a remark of at most 500 characters on one line"
                ),
            );
            return None;
        }
        Some(note.to_owned())
    }
}

/// The fault of a record of a unit for which the actor may not act.
pub(crate) fn not_yours() -> Text {
    text!("您无权办理这个单位的记录", "you have no right to act for this unit")
}
