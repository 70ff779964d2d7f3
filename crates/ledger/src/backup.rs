//! Backup and restore. A backup is a home like any other, so it can be read, verified and even opened in place; what it
//! lacks, unless asked for, are the secret keys, so that who finds it can read it but not write in the city's name.

use std::path::Path;

use crate::error::LedgerError;
use crate::evidence;
use crate::files::{self, Readable};
use crate::home::{Home, NewHome};
use crate::keys::Keys;
use crate::ledger::Ledger;
use crate::store::sqlite::SqliteStore;

/// What a copy of a book takes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyOptions {
    /// The secret keys too. Without them the restored book can be read and verified, but not continued: keep a copy of
    /// the `keys` directory in a safe place.
    pub with_keys: bool,
}

/// What was copied, and verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The book's size in the copy.
    pub size: u64,
    /// How many evidence files.
    pub evidence_files: u64,
    /// Their bytes, and the database's.
    pub bytes: u64,
    /// Does the copy have the keys, so that it can be continued?
    pub with_keys: bool,
}

impl Ledger {
    /// Copies the book, as it stands now, to an empty or new directory, while others read and write it. The copy is
    /// verified before anything appears there.
    pub fn backup(&self, to: &Path, options: CopyOptions) -> Result<Copied, LedgerError> {
        let new = NewHome::begin(to)?;
        let stage = new.stage();
        // The database first: every evidence file that it names was on the disk before it was named.
        self.store.copy_to(&stage.book())?;
        let (evidence_files, evidence_bytes) = evidence::copy_all(&self.home, stage)?;
        files::copy_new(&self.home.verifier_key(), &stage.verifier_key(), Readable::ByAll)?;
        if options.with_keys {
            files::copy_new(&self.home.signing_key(), &stage.signing_key(), Readable::ByOwner)?;
            files::copy_new(&self.home.person_key(), &stage.person_key(), Readable::ByOwner)?;
        }
        let size = check_copy(stage)?;
        let book_bytes = std::fs::metadata(stage.book()).map_err(LedgerError::io(stage.book()))?.len();
        new.finish()?;
        Ok(Copied { size, evidence_files, bytes: evidence_bytes + book_bytes, with_keys: options.with_keys })
    }

    /// Makes a new home from a backup: verified before it is declared usable. It has keys if the backup has.
    pub fn restore(from: &Path, home: &Path) -> Result<Copied, LedgerError> {
        let backup = Ledger::read(from)?;
        let with_keys = backup.keys.signer.is_some() && backup.keys.person.is_some();
        backup.backup(home, CopyOptions { with_keys })
    }
}

fn check_copy(copy: &Home) -> Result<u64, LedgerError> {
    // Opened as a writer would, so that closing it leaves one complete file and no log beside it.
    let store = SqliteStore::open(&copy.book())?;
    let copy = Ledger::reading(copy.clone(), Keys::load(copy)?, Box::new(store));
    let faults = copy.verify(&mut |_, _| {})?;
    if faults.is_empty() { copy.size() } else { Err(LedgerError::CopyFaulty(faults)) }
}
