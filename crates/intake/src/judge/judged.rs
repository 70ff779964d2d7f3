//! What the judge lets through: a change, and the drafts that it becomes.
//!
//! Why it exists: between the judgement and the book a caller shows, counts or completes a change; it holds only what
//! is new of the record, and knows which entries that takes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ledger::{Draft, EntryNumber, EvidenceHash, Kind, RecordId, Value};

/// What entering a record would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new record.
    Create,
    /// New values of a record that exists.
    Amend,
    /// No new values (though perhaps another state).
    Unchanged,
}

/// A record that may enter, and what of it is new.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The register's key.
    pub register: String,
    /// The record that it changes; none for a new one.
    pub record: Option<RecordId>,
    /// Its latest entry, for [`Draft::based_on`].
    pub version: Option<EntryNumber>,
    /// From when.
    pub effective: Date,
    /// The owner, if it is set or changes.
    pub owner: Option<String>,
    /// The fields that are set or change. Persons are not among them until their pseudonyms are known.
    pub fields: BTreeMap<String, Value>,
    /// The state that a new record begins in.
    pub begins: String,
    /// The state it moves to, if it does, and whether the move needs evidence.
    pub advance: Option<(String, bool)>,
    /// Evidence in the store.
    pub evidence: Vec<EvidenceHash>,
    /// A remark.
    pub note: Option<String>,
    /// Persons whose pseudonyms are asked for when the record enters.
    pub(crate) people: Vec<NamedPerson>,
}

/// A person as a file or form names them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedPerson {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) phone: String,
}

impl Judged {
    /// What entering it would change.
    pub fn change(&self) -> Change {
        match self.record {
            None => Change::Create,
            Some(_) if self.owner.is_some() || !self.fields.is_empty() || !self.people.is_empty() => {
                Change::Amend
            }
            Some(_) => Change::Unchanged,
        }
    }

    /// The draft that creates or amends; none if nothing changes.
    pub fn into_draft(self) -> Option<Draft> {
        let create = self.record.is_none();
        (self.change() != Change::Unchanged).then_some(Draft {
            kind: if create { Kind::Create } else { Kind::Amend },
            register: self.register,
            record: self.record,
            based_on: self.version,
            effective: self.effective,
            unit: self.owner,
            state: create.then_some(self.begins),
            fields: self.fields,
            evidence: self.evidence,
            note: self.note,
        })
    }

    /// The draft that moves `record` to its new state; none if it stays where it is.
    pub fn advance_draft(&self, record: RecordId, based_on: EntryNumber) -> Option<Draft> {
        let (state, needs_evidence) = self.advance.as_ref()?;
        // Evidence and remark go with the values where there are any, and with the move where the move needs them.
        let alone = self.change() == Change::Unchanged;
        Some(Draft {
            kind: Kind::Advance,
            register: self.register.clone(),
            record: Some(record),
            based_on: Some(based_on),
            effective: self.effective,
            unit: None,
            state: Some(state.clone()),
            fields: BTreeMap::new(),
            evidence: if alone || *needs_evidence { self.evidence.clone() } else { Vec::new() },
            note: self.note.clone().filter(|_| alone),
        })
    }
}
