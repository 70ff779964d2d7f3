//! What is written in the book: drafts go in, entries come out.
//!
//! A [`Draft`] is what a caller wants to enter, a [`Batch`] is drafts that are entered together or not at all, an
//! [`Entry`] is a draft that has its place in the book and the time at which it was written there.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::evidence::EvidenceHash;

/// The longest canonical text that one entry may have, in bytes.
pub const MAX_ENTRY_BYTES: usize = 1 << 20;

/// The most drafts that one batch may hold.
pub const MAX_BATCH_DRAFTS: usize = 100_000;

/// An entry's position in the book, counted from 0. It is the entry's name, and its leaf's index in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryNumber(pub u64);

/// A record's name: the number of the entry that created it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<RecordId> for EntryNumber {
    /// The entry that created the record.
    fn from(record: RecordId) -> EntryNumber {
        EntryNumber(record.0)
    }
}

/// What an entry does to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Begins a record.
    Create,
    /// Changes fields, or the owner.
    Amend,
    /// Moves the record to another state.
    Advance,
    /// Confirms everything entered for the record so far.
    Verify,
    /// Sends back what is not yet confirmed.
    Return,
    /// Ends the record; only judgements on that ([`Kind::Verify`], [`Kind::Return`]) can follow.
    Withdraw,
}

impl Kind {
    /// Every kind, in the order of a record's life.
    pub const ALL: [Kind; 6] =
        [Kind::Create, Kind::Amend, Kind::Advance, Kind::Verify, Kind::Return, Kind::Withdraw];

    /// Whether it can follow a withdrawal: it says what is held of the entries before it, not what becomes of the record.
    pub(crate) const fn may_follow_withdrawal(self) -> bool {
        matches!(self, Kind::Verify | Kind::Return)
    }

    /// The word that stands in the entry's bytes. Frozen: these bytes are hashed and signed.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Create => "create",
            Kind::Amend => "amend",
            Kind::Advance => "advance",
            Kind::Verify => "verify",
            Kind::Return => "return",
            Kind::Withdraw => "withdraw",
        }
    }

    /// The kind of which `word` is the word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A field's value. There is no floating point number in the book: decimals are texts, exact to the last digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing; in an amendment: the field is cleared.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A whole number, or a reference to a record (its id).
    Whole(i64),
    /// A text, decimal, date, code, geometry or pseudonym.
    Text(String),
}

/// Something that a caller wants to enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it does.
    pub kind: Kind,
    /// The register that the record belongs to.
    pub register: String,
    /// The record; absent for [`Kind::Create`] and only then.
    pub record: Option<RecordId>,
    /// The record's version that the caller has seen; absent for [`Kind::Create`] and only then.
    pub based_on: Option<EntryNumber>,
    /// The business date from which it holds.
    pub effective: Date,
    /// The owner's code: for a creation, or an amendment that moves the record to another owner.
    pub unit: Option<String>,
    /// The state: for [`Kind::Advance`] and, where the register wants it, [`Kind::Create`].
    pub state: Option<String>,
    /// The fields: all of them when creating, only the changed ones when amending.
    pub fields: BTreeMap<String, Value>,
    /// The files that bear it out. They must already lie in the evidence store.
    pub evidence: Vec<EvidenceHash>,
    /// A remark for people.
    pub note: Option<String>,
}

/// Drafts that enter together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The idempotency key: a batch sent again with the same key and the same content is not entered again.
    pub key: String,
    /// Who enters it: an account's name or a pseudonym, never personal data.
    pub actor: String,
    /// The drafts, in the order in which they get their numbers.
    pub drafts: Vec<Draft>,
    /// The batch is refused unless the book has exactly this size, so that the caller can know the numbers of its
    /// entries (this size + index) and let the drafts of one batch refer to each other.
    pub expect_size: Option<u64>,
}

/// What the caller gets when a batch is durably in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The number of the batch's first entry.
    pub first: EntryNumber,
    /// How many entries it has; they are consecutive.
    pub count: u64,
    /// The size of the book just after the batch: `first + count`.
    pub size: u64,
    /// The batch had already been entered earlier; nothing was entered now.
    pub repeated: bool,
}

/// Stands in the first entry of every batch, so that the book itself tells where batches begin and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchHead {
    /// The batch's idempotency key.
    pub key: String,
    /// How many entries the batch has.
    pub count: u64,
}

/// An entry as it stands in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its position. It is not part of the entry's bytes: the tree fixes it.
    pub number: EntryNumber,
    /// What it does.
    pub kind: Kind,
    /// The register.
    pub register: String,
    /// The record; for a creation it is the entry's own number, which its bytes do not repeat.
    pub record: RecordId,
    /// The record's previous entry; absent for a creation.
    pub based_on: Option<EntryNumber>,
    /// The business date from which it holds.
    pub effective: Date,
    /// When it was handed to the book (UTC, to the microsecond). All entries of a batch have the same time.
    pub recorded: Timestamp,
    /// Who entered it.
    pub actor: String,
    /// The owner's code, where the entry sets it.
    pub unit: Option<String>,
    /// The state, where the entry sets it.
    pub state: Option<String>,
    /// The fields that it sets.
    pub fields: BTreeMap<String, Value>,
    /// The files that bear it out.
    pub evidence: Vec<EvidenceHash>,
    /// A remark for people.
    pub note: Option<String>,
    /// Present in the first entry of a batch.
    pub batch: Option<BatchHead>,
}
