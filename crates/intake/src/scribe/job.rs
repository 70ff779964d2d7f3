//! What the scribe is asked: jobs to enter, questions to judge.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use jiff::civil::Date;
use ledger::{EntryNumber, EvidenceHash, RecordId, Value};

use crate::actions::Act;
use crate::error::FieldFault;
use crate::judge::Change;
use crate::options::{ImportOptions, OwnerGuard};
use crate::raw::{RawRecord, RawValue};
use crate::reorganise::Reorganisation;

/// Something to be entered.
#[derive(Clone, Debug)]
pub struct Job {
    /// Who enters: an account's name, never personal data.
    pub actor: String,
    /// The actor's roles in the pack; a change of state needs one that may make it.
    pub roles: Vec<String>,
    /// The idempotency key, the actor's own: 1 to 80 letters, digits, `-`, `_`, `.`.
    pub key: String,
    /// Whose records may be touched; none if the caller has made sure.
    pub guard: Option<OwnerGuard>,
    /// What.
    pub work: Work,
}

/// What is to be entered.
#[derive(Clone, Debug)]
pub enum Work {
    /// A new record.
    Create {
        /// Its register.
        register: String,
        /// What is stated of it.
        form: Form,
    },
    /// New records, all or none.
    Rows {
        /// Their register.
        register: String,
        /// What is stated of each.
        forms: Vec<Form>,
    },
    /// Changes of a record.
    Amend {
        /// The record.
        record: RecordId,
        /// The version that the actor has seen.
        base: EntryNumber,
        /// What is stated anew; what is not stated stays.
        form: Form,
    },
    /// Advancing, verifying, returning or withdrawing records.
    Acts {
        /// Each record, the version that the actor has seen, and what is done with it.
        acts: Vec<(RecordId, EntryNumber, Act)>,
        /// All or none; otherwise those that can be, and the others are told why not.
        together: bool,
    },
    /// A file of records, all or nothing. What names it is its content: the same file is entered once.
    Import {
        /// The register.
        register: String,
        /// Where the file lies.
        file: PathBuf,
        /// How it is read; the actor is the job's.
        options: Box<ImportOptions>,
    },
    /// Merging, dividing or moving units.
    Reorganise {
        /// What happens.
        what: Reorganisation,
        /// From when.
        on: Date,
        /// A remark.
        note: Option<String>,
    },
}

impl Work {
    /// One act with one record.
    pub fn act(record: RecordId, base: EntryNumber, act: Act) -> Work {
        Work::Acts { acts: vec![(record, base, act)], together: true }
    }
}

/// What a person states of a record: a [`RawRecord`] that can be sent between threads and kept.
#[derive(Clone, Default, PartialEq)]
pub struct Form {
    /// Field key → value; a field that is not named, or blank, is not stated.
    pub values: Vec<(String, RawValue<'static>)>,
    /// The owner: a unit's code or unambiguous name.
    pub owner: Option<String>,
    /// The business date.
    pub effective: Option<Date>,
    /// The state it should be in: key or label.
    pub state: Option<String>,
    /// Evidence that is already in the store.
    pub evidence: Vec<EvidenceHash>,
    /// A remark.
    pub note: Option<String>,
}

impl Form {
    /// The same as the judge reads it.
    pub fn raw(&self) -> RawRecord<'_> {
        RawRecord {
            values: self.values.iter().map(|(key, value)| (key.as_str(), borrowed(value))).collect(),
            owner: self.owner.as_deref().map(Cow::Borrowed),
            effective: self.effective,
            state: self.state.as_deref().map(Cow::Borrowed),
            evidence: self.evidence.clone(),
            note: self.note.as_deref().map(Cow::Borrowed),
        }
    }
}

/// Only what it speaks of: the values may be personal data, and what is formatted ends in logs.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values.iter().map(|(key, _)| key)).finish()
    }
}

fn borrowed<'a>(value: &'a RawValue<'static>) -> RawValue<'a> {
    match value {
        RawValue::Text(text) => RawValue::Text(Cow::Borrowed(text)),
        RawValue::Person { name, phone } => {
            RawValue::Person { name: Cow::Borrowed(name), phone: Cow::Borrowed(phone) }
        }
        other => other.clone(),
    }
}

/// Forms to be judged without being entered.
#[derive(Clone, Debug)]
pub struct Question {
    /// The register.
    pub register: String,
    /// The record that they would change; none for new ones.
    pub record: Option<RecordId>,
    /// The actor's roles.
    pub roles: Vec<String>,
    /// Whose records may be touched.
    pub guard: Option<OwnerGuard>,
    /// The forms; each is judged by the book and by those before it.
    pub forms: Vec<Form>,
}

/// What became of a form that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Everything that speaks against it.
    pub faults: Vec<FieldFault>,
    /// What entering it would change, if nothing does.
    pub change: Option<Change>,
    /// The values that would be set, as the book would hold them: measures taken from the shape among them.
    pub fields: BTreeMap<String, Value>,
}
