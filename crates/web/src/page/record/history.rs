//! A record's entries → what happened, with the differences that each made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{Entry, Kind, RecordId, Value as Stored};
use message::Text;
use pack::{FieldKind, Register};
use shelf::Units;

use crate::app::App;
use crate::fault::Fault;
use crate::page::registers::{fault, value};
use crate::visitor::Visitor;
use crate::when;

/// One entry, told.
pub struct Happened {
    pub number: u64,
    pub kind: Kind,
    pub recorded: Timestamp,
    pub effective: Date,
    /// Who entered it: the account's name as people know it, else as the book has it.
    pub who: String,
    /// What it changed.
    pub changes: Vec<Change>,
    pub note: Option<String>,
    /// The hashes of its files.
    pub evidence: Vec<String>,
    /// Whether a later verification covers it.
    pub verified: bool,
}

/// A field before and after.
pub struct Change {
    pub field: String,
    pub label: Text,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// What happened, the oldest first.
pub fn history(
    app: &App,
    visitor: &Visitor,
    register: &Register,
    units: &Units,
    entries: &[Entry],
) -> Result<Vec<Happened>, Fault> {
    let l = visitor.language;
    let names = names(visitor, register, entries)?;
    let called = |register: &str, record: u64| {
        names.get(&(register.to_owned(), record)).cloned().unwrap_or_else(|| format!("#{record}"))
    };
    let verified = entries.iter().filter(|entry| entry.kind == Kind::Verify).map(|entry| entry.number).max();
    let mut fields: BTreeMap<&str, &Stored> = BTreeMap::new();
    let mut state = register.initial_state().key.clone();
    let mut owner: Option<&str> = None;
    let mut people: HashMap<&str, String> = HashMap::new();
    let mut told = Vec::new();
    for entry in entries {
        let mut changes = Vec::new();
        for field in &register.fields {
            let Some(new) = entry.fields.get(&field.key) else { continue };
            let old = fields.insert(&field.key, new);
            let say = |value: &Stored| value::stored(l, field, value, units, &called);
            let (old, new) =
                (old.map(say).filter(|old| !old.is_empty()), Some(say(new)).filter(|new| !new.is_empty()));
            if old != new {
                changes.push(Change { field: field.key.clone(), label: field.label.clone(), old, new });
            }
        }
        if let Some(unit) = entry.unit.as_deref() {
            if owner != Some(unit) {
                let name = |code: &str| units.name(code).to_owned();
                changes.push(Change {
                    field: "@owner".to_owned(),
                    label: Text::new("责任单位", "Owner"),
                    old: owner.map(name),
                    new: Some(name(unit)),
                });
            }
            owner = Some(unit);
        }
        let next = entry.state.as_ref().filter(|next| **next != state || entry.kind == Kind::Create);
        if let Some(next) = next {
            let old = (entry.kind != Kind::Create).then(|| value::state_words(l, register, &state));
            let new = Some(value::state_words(l, register, next));
            changes
                .push(Change { field: "@state".to_owned(), label: Text::new("状态", "State"), old, new });
            state.clone_from(next);
        }
        if !people.contains_key(entry.actor.as_str()) {
            let account = app.accounts.account_named(&entry.actor)?;
            people.insert(
                &entry.actor,
                account.map_or_else(|| entry.actor.clone(), |account| account.display.clone()),
            );
        }
        told.push(Happened {
            number: entry.number.0,
            kind: entry.kind,
            recorded: entry.recorded,
            effective: entry.effective,
            who: people.get(entry.actor.as_str()).cloned().unwrap_or_default(),
            changes,
            note: entry.note.clone(),
            evidence: entry.evidence.iter().map(ToString::to_string).collect(),
            verified: verified.is_some_and(|verified| entry.number < verified),
        });
    }
    Ok(told)
}

/// What the records are called that any entry refers to.
fn names(
    visitor: &Visitor,
    register: &Register,
    entries: &[Entry],
) -> Result<HashMap<(String, u64), String>, Fault> {
    let mut wanted: BTreeMap<&str, BTreeSet<RecordId>> = BTreeMap::new();
    for field in &register.fields {
        let FieldKind::Reference { register } = &field.kind else { continue };
        for entry in entries {
            if let Some(Stored::Whole(record)) = entry.fields.get(&field.key)
                && let Ok(record) = u64::try_from(*record)
            {
                wanted.entry(register).or_default().insert(RecordId(record));
            }
        }
    }
    let mut names = HashMap::new();
    for (register, records) in wanted {
        let records: Vec<RecordId> = records.into_iter().collect();
        let called =
            visitor.now.shelf.called(register, &records, when::today(), visitor.language).map_err(fault)?;
        names.extend(
            records.into_iter().zip(called).map(|(record, name)| ((register.to_owned(), record.0), name)),
        );
    }
    Ok(names)
}

/// An instant as the offices' clocks have it.
pub fn clock(moment: Timestamp) -> String {
    moment.to_zoned(when::calendar()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// What a kind of entry is called.
pub fn kind_words(kind: Kind) -> crate::ui::Label {
    use crate::ui::w;
    match kind {
        Kind::Create => w("新增", "Created"),
        Kind::Amend => w("修改", "Amended"),
        Kind::Advance => w("变更状态", "Moved to another state"),
        Kind::Verify => w("核验通过", "Verified"),
        Kind::Return => w("退回", "Returned"),
        Kind::Withdraw => w("撤回", "Withdrawn"),
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn instants_are_shown_in_shanghai() {
        assert_eq!(clock("2022-12-31T20:05:59Z".parse().expect("an instant")), "2023-01-01 04:05");
    }
}
