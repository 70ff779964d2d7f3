//! A city's directory.
//!
//! ```text
//! book.db        the book (store/sqlite.rs)
//! evidence/      files, named by their content (evidence.rs)
//! keys/book.pub  the verifier key, public: give it to whoever shall check proofs
//! keys/book.key  the signing key, secret (0600)
//! keys/person.key  the key under which persons are looked up, secret (0600)
//! writer.lock    held, and marked with its process number, by the one process that writes
//! ```
//!
//! A new home is built in `.incomplete` inside it and moved into place at the end, `book.db` last: a home with a
//! `book.db` is complete.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::LedgerError;
use crate::files;

const INCOMPLETE: &str = ".incomplete";
const WRITER_LOCK: &str = "writer.lock";

/// Where things lie in a city's directory.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

impl Home {
    /// The home at this place, whether it exists or not.
    pub fn at(dir: &Path) -> Home {
        Home(dir.to_owned())
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.0
    }

    /// The database file.
    pub fn book(&self) -> PathBuf {
        self.0.join("book.db")
    }

    /// The directory of evidence files.
    pub fn evidence(&self) -> PathBuf {
        self.0.join("evidence")
    }

    /// The directory of keys.
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// The signing key's file.
    pub fn signing_key(&self) -> PathBuf {
        self.keys().join("book.key")
    }

    /// The verifier key's file.
    pub fn verifier_key(&self) -> PathBuf {
        self.keys().join("book.pub")
    }

    /// The lookup key's file.
    pub fn person_key(&self) -> PathBuf {
        self.keys().join("person.key")
    }

    /// Does a complete book lie here?
    pub fn has_book(&self) -> bool {
        self.book().is_file()
    }
}

/// A home that is being built.
pub(crate) struct NewHome {
    home: Home,
    stage: Home,
    _lock: WriterLock,
}

impl NewHome {
    /// Begins a home in a directory that is empty or does not exist. What an earlier attempt left there is removed.
    pub(crate) fn begin(dir: &Path) -> Result<NewHome, LedgerError> {
        fs::create_dir_all(dir).map_err(LedgerError::io(dir))?;
        for entry in fs::read_dir(dir).map_err(LedgerError::io(dir))? {
            let name = entry.map_err(LedgerError::io(dir))?.file_name();
            if name != INCOMPLETE && name != WRITER_LOCK {
                return Err(LedgerError::NotEmpty(dir.to_owned()));
            }
        }
        let lock = WriterLock::take(dir)?;
        let stage = dir.join(INCOMPLETE);
        if stage.exists() {
            fs::remove_dir_all(&stage).map_err(LedgerError::io(&stage))?;
        }
        let stage = Home(stage);
        for dir in [stage.dir(), &stage.evidence(), &stage.keys()] {
            files::create_dir(dir)?;
        }
        Ok(NewHome { home: Home(dir.to_owned()), stage, _lock: lock })
    }

    /// Where to build it.
    pub(crate) fn stage(&self) -> &Home {
        &self.stage
    }

    /// Moves everything into place. The database must be closed.
    pub(crate) fn finish(self) -> Result<(), LedgerError> {
        for dir in [self.stage.evidence(), self.stage.keys(), self.stage.dir().to_owned()] {
            files::sync_dir(&dir)?;
        }
        for (from, to) in [
            (self.stage.evidence(), self.home.evidence()),
            (self.stage.keys(), self.home.keys()),
            (self.stage.book(), self.home.book()),
        ] {
            files::rename(&from, &to)?;
        }
        fs::remove_dir_all(self.stage.dir()).map_err(LedgerError::io(self.stage.dir()))?;
        files::sync_dir(self.home.dir())?;
        match self.home.dir().canonicalize().ok().as_deref().and_then(Path::parent) {
            Some(parent) => files::sync_dir(parent),
            None => Ok(()),
        }
    }
}

/// The right to write to a home. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct WriterLock(File);

impl Drop for WriterLock {
    fn drop(&mut self) {
        // Closing the file gives the lock back only when no copy of it is left, and a program that is just being started
        // by this process has one for a moment. If it fails, the end of the process does it.
        let _ = self.0.unlock();
    }
}

impl WriterLock {
    pub(crate) fn take(home: &Path) -> Result<WriterLock, LedgerError> {
        let path = home.join(WRITER_LOCK);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(LedgerError::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // Only advice for people: whatever hinders reading it must not hide that the home is locked.
                let _ = file.take(20).read_to_string(&mut pid);
                return Err(LedgerError::Locked { home: home.to_owned(), pid: pid.trim().parse().ok() });
            }
            Err(TryLockError::Error(error)) => return Err(LedgerError::io(path)(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(LedgerError::io(&path))?;
        Ok(WriterLock(file))
    }
}
