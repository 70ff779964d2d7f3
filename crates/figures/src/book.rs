//! Where entries come from: the few questions that figures ask of a book.

use std::ops::Range;

use ledger::{EntryNumber, Ledger, LedgerError, RecordId};

/// A book that failed to answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub Box<dyn std::error::Error + Send + Sync>);

/// What is done with an entry: its number, and its bytes as they stand in the book.
pub type OnEntry<'a> = &'a mut dyn FnMut(u64, &[u8]) -> Result<(), SourceError>;

/// A book as figures see it. The ledger is one; tests have one in memory.
pub trait EntrySource: Send + Sync {
    /// The number of entries.
    fn size(&self) -> Result<u64, SourceError>;
    /// Calls `f` with each entry of the register whose number lies in the range, in order.
    fn for_each(&self, register: &str, range: Range<u64>, f: OnEntry<'_>) -> Result<(), SourceError>;
    /// The number of the register's last entry below `before`.
    fn last_entry_of(&self, register: &str, before: u64) -> Result<Option<u64>, SourceError>;
    /// Calls `f` with each entry of a record, in order.
    fn history(&self, record: u64, f: OnEntry<'_>) -> Result<(), SourceError>;
    /// A digest of all entries of now: two books that have it in common have every entry in common. None where the
    /// book cannot tell one cheaply; then no figure of it is kept.
    fn root(&self) -> Result<Option<[u8; 32]>, SourceError> {
        Ok(None)
    }
}

impl EntrySource for Ledger {
    fn size(&self) -> Result<u64, SourceError> {
        Ledger::size(self).map_err(theirs)
    }

    fn for_each(&self, register: &str, range: Range<u64>, f: OnEntry<'_>) -> Result<(), SourceError> {
        Ledger::for_each(self, Some(register), range, &mut |number: EntryNumber, bytes: &[u8]| {
            f(number.0, bytes).map_err(|error| LedgerError::Caller(error.0))
        })
        .map_err(theirs)
    }

    fn last_entry_of(&self, register: &str, before: u64) -> Result<Option<u64>, SourceError> {
        Ledger::last_entry_of(self, register, before).map_err(theirs)
    }

    fn history(&self, record: u64, f: OnEntry<'_>) -> Result<(), SourceError> {
        for entry in Ledger::history(self, RecordId(record)).map_err(theirs)? {
            f(entry.number.0, &entry.encode())?;
        }
        Ok(())
    }

    fn root(&self) -> Result<Option<[u8; 32]>, SourceError> {
        Ok(Some(self.checkpoint().map_err(theirs)?.root))
    }
}

/// An error of the caller that passed through the ledger is the caller's again.
fn theirs(error: LedgerError) -> SourceError {
    match error {
        LedgerError::Caller(error) => SourceError(error),
        other => SourceError(Box::new(other)),
    }
}
