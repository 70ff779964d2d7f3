//! Somebody was faster: what was seen, what stands now, and who has changed it in between.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{Entry, EntryNumber, Kind, Ledger, RecordId, Value};

use crate::error::IntakeError;

/// A change that is based on a version which is no longer the current one.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The record.
    pub record: RecordId,
    /// Its register.
    pub register: String,
    /// What the actor had seen.
    pub base: Version,
    /// What it is now.
    pub current: Version,
    /// What was entered in between, oldest first.
    pub since: Vec<Entry>,
}

/// A record as it stood after one of its entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The entry.
    pub number: EntryNumber,
    /// What the entry did.
    pub kind: Kind,
    /// Who entered it.
    pub actor: String,
    /// When.
    pub recorded: Timestamp,
    /// From when the latest values hold.
    pub effective: Date,
    /// The state's key, if the register has given one.
    pub state: Option<String>,
    /// The owner's code.
    pub owner: Option<String>,
    /// Every field that has a value.
    pub fields: BTreeMap<String, Value>,
    /// Whether it is withdrawn.
    pub withdrawn: bool,
}

impl Conflict {
    /// Looks both versions up. A base that is no version of the record is no conflict but an error of the caller's.
    pub fn find(ledger: &Ledger, record: RecordId, base: EntryNumber) -> Result<Conflict, IntakeError> {
        let history = ledger.history(record)?;
        let found = Version::after(&history, Some(base)).zip(Version::after(&history, None));
        let (Some((base, current)), Some(first)) = (found, history.first()) else {
            return Err(IntakeError::NoRecord(record));
        };
        let register = first.register.clone();
        let since = history.into_iter().filter(|entry| entry.number > base.number).collect();
        Ok(Conflict { record, register, base, current, since })
    }
}

impl Version {
    /// The record as these entries of it make it, up to one of them or to the last.
    pub fn after(history: &[Entry], number: Option<EntryNumber>) -> Option<Version> {
        let last = match number {
            Some(number) => history.iter().find(|entry| entry.number == number)?,
            None => history.last()?,
        };
        let mut known: Vec<&Entry> = history.iter().filter(|entry| entry.number <= last.number).collect();
        known.sort_by_key(|entry| (entry.effective, entry.number));
        let mut version = Version {
            number: last.number,
            kind: last.kind,
            actor: last.actor.clone(),
            recorded: last.recorded,
            effective: known.first()?.effective,
            state: None,
            owner: None,
            fields: BTreeMap::new(),
            withdrawn: false,
        };
        for entry in known {
            if matches!(entry.kind, Kind::Verify | Kind::Return) {
                continue;
            }
            version.effective = version.effective.max(entry.effective);
            version.state = entry.state.clone().or(version.state);
            version.owner = entry.unit.clone().or(version.owner);
            version.withdrawn |= entry.kind == Kind::Withdraw;
            version.fields.extend(entry.fields.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        version.fields.retain(|_, value| *value != Value::Null);
        Some(version)
    }
}
