//! Every way in which the ledger refuses or fails. A caller that speaks to users matches on the variants and puts them
//! into its own words and languages; `Display` is for logs and developers.

use std::io;
use std::path::PathBuf;

use crate::entry::{Entry, EntryNumber, RecordId};
use crate::evidence::EvidenceHash;
use crate::verify::Fault;

/// Why the ledger did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    // The home.
    /// There is no book at this place.
    #[error("there is no book in `{}`", .0.display())]
    NoBook(PathBuf),
    /// A new book, a backup or a restored book wants an empty place.
    #[error("`{}` is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// Another process has the book open for writing.
    #[error("`{}` is already open for writing{}", .home.display(), pid_words(*.pid))]
    Locked {
        /// The home.
        home: PathBuf,
        /// The process that holds it, if it left its number.
        pid: Option<u32>,
    },
    /// The book was made by a later version of the program, or by an earlier one and has not been opened for writing
    /// since, which converts it.
    #[error("the book has layout {found}, this program knows {known}")]
    Layout {
        /// The layout's number in the book.
        found: i64,
        /// The layout's number that this program writes.
        known: i64,
    },
    /// The origin cannot be a signer's name.
    #[error(
        "`{0}` cannot be a book's origin: it must be 1 to 200 bytes without spaces, `+` and control characters"
    )]
    Origin(String),
    /// The book is open for reading only.
    #[error("the book is open for reading only")]
    ReadOnly,
    /// A key file is absent (a backup without keys can be read, not written).
    #[error("the key file `{}` is missing", .0.display())]
    KeyMissing(PathBuf),
    /// A key file does not hold a key, or not the key of this book.
    #[error("the key file `{}` does not hold this book's key", .0.display())]
    KeyBroken(PathBuf),

    // The batch.
    /// The batch as a whole is not acceptable.
    #[error("the batch cannot be entered: {0}")]
    Batch(BatchFault),
    /// One draft of the batch is not acceptable.
    #[error("draft {index} of the batch cannot be entered: {fault}")]
    Draft {
        /// The draft's index in the batch, from 0.
        index: usize,
        /// Why not.
        fault: DraftFault,
    },
    /// The record has changed since the caller looked at it. Both versions are shown; nothing is overwritten.
    #[error("draft {index}: record {record} was changed by entry {} since entry {}", .current.number, .based_on.number)]
    Stale {
        /// The draft's index in the batch, from 0.
        index: usize,
        /// The record.
        record: RecordId,
        /// The version that the caller had seen.
        based_on: Box<Entry>,
        /// The version that it has now.
        current: Box<Entry>,
    },
    /// The book has not the size that the caller expected.
    #[error("the book has {actual} entries, the batch expected {expected}")]
    Moved {
        /// What the batch expected.
        expected: u64,
        /// The book's size.
        actual: u64,
    },
    /// The idempotency key has been used for another content.
    #[error("the key `{key}` was used for another batch (entries {first} to {})", first + count - 1)]
    KeyReused {
        /// The key.
        key: String,
        /// The first entry of the batch that has it.
        first: u64,
        /// The number of that batch's entries.
        count: u64,
    },

    // The rest.
    /// A checkpoint from outside is not one of this book.
    #[error("the checkpoint does not belong to this book: {0}")]
    Checkpoint(String),
    /// There is no such record.
    #[error("there is no record {0}")]
    NoRecord(RecordId),
    /// The person's data is deleted, but a reader still holds old pages of the file. Erasing again finishes it.
    #[error("the person is erased, but another process still reads the old file: close it and erase again")]
    EraseUnfinished,
    /// A copy of the book was made, but it does not verify. Nothing was put in place.
    #[error("the copy does not verify: {}", .0.first().map(ToString::to_string).unwrap_or_default())]
    CopyFaulty(Vec<Fault>),
    /// What is stored cannot be what the ledger has written. [`crate::Ledger::verify`] says more.
    #[error("the book is damaged: {0}")]
    Damaged(String),
    /// The storage engine failed (disk full, I/O error …). Nothing of the batch was acknowledged.
    #[error("the storage failed: {0}")]
    Store(String),
    /// A file could not be read or written.
    #[error("`{}`: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A caller's function, called for each entry, wants to stop with an error of its own.
    #[error("{0}")]
    Caller(Box<dyn std::error::Error + Send + Sync>),
}

/// Why a batch cannot be entered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchFault {
    /// It has no drafts.
    #[error("it is empty")]
    Empty,
    /// It has too many drafts.
    #[error("it has {0} drafts, more than {max}", max = crate::entry::MAX_BATCH_DRAFTS)]
    TooMany(usize),
    /// Its key is not usable.
    #[error("its key must be 1 to 200 bytes without control characters")]
    Key,
    /// Its actor is not usable.
    #[error("its actor must be 1 to 200 bytes without control characters")]
    Actor,
}

/// Why a draft cannot be entered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftFault {
    /// A creation names a record or a version.
    #[error("a creation names no record and no version")]
    CreateNamesRecord,
    /// Something other than a creation names no record.
    #[error("it names no record")]
    NamesNoRecord,
    /// Something other than a creation names no version.
    #[error("it does not say which version of the record it is based on")]
    NamesNoVersion,
    /// A field's, state's or register's presence does not fit the kind.
    #[error("{0}")]
    Shape(&'static str),
    /// The record does not exist.
    #[error("there is no record {0}")]
    NoRecord(RecordId),
    /// The record is in another register.
    #[error("record {record} is in the register `{register}`")]
    OtherRegister {
        /// The record.
        record: RecordId,
        /// Its register.
        register: String,
    },
    /// The version named is not an entry of the record.
    #[error("entry {based_on} is not a version of record {record}")]
    NotAVersion {
        /// The record.
        record: RecordId,
        /// The version that was named.
        based_on: EntryNumber,
    },
    /// The record was withdrawn: all that may follow is a verification or a return.
    #[error("record {record} was withdrawn by entry {by}")]
    Withdrawn {
        /// The record.
        record: RecordId,
        /// The entry that withdrew it.
        by: EntryNumber,
    },
    /// The entry would be too long.
    #[error("the entry would have {0} bytes, more than {max}", max = crate::entry::MAX_ENTRY_BYTES)]
    TooLong(usize),
    /// The register's name is not usable.
    #[error("the register's name must be 1 to 100 bytes without control characters")]
    Register,
    /// The evidence is not in the store.
    #[error("the evidence {0} is not in the store")]
    NoEvidence(EvidenceHash),
}

impl LedgerError {
    /// Wraps an error of the caller's own, so that it can pass through [`crate::Ledger::for_each`].
    pub fn caller(error: impl std::error::Error + Send + Sync + 'static) -> LedgerError {
        LedgerError::Caller(Box::new(error))
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> LedgerError {
        let path = path.into();
        move |source| LedgerError::Io { path, source }
    }
}

fn pid_words(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" by process {pid}")).unwrap_or_default()
}
