//! The file: one connection that writes, a few that read.
//!
//! Changes are on the disk when they are acknowledged (WAL, `synchronous = FULL`). What may be lost in a power cut
//! (that a session was used just now) goes over a second connection that does not wait for the disk.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::AccountError;
use crate::schema;

pub(crate) const FILE: &str = "accounts.db";

/// As many as there may be processor cores that ask at once; a request more waits for microseconds.
const READERS: usize = 8;

#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    writer: Mutex<Writer>,
    readers: [Mutex<Option<Connection>>; READERS],
}

struct Writer {
    sure: Connection,
    quick: Connection,
}

impl Store {
    pub(crate) fn open(path: &Path) -> Result<Store, AccountError> {
        // Made by us, so that it never is readable by others, not even for a moment; SQLite gives its mode to the WAL.
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(AccountError::io(path))?;
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            fs::set_permissions(path, mode).map_err(AccountError::io(path))?;
        }
        let mut sure = connect(path)?;
        sure.pragma_update(None, "journal_mode", "WAL")?;
        sure.pragma_update(None, "synchronous", "FULL")?;
        prepare(&mut sure, path)?;
        let quick = connect(path)?;
        quick.pragma_update(None, "synchronous", "NORMAL")?;
        quick.pragma_update(None, "wal_autocheckpoint", 0)?;
        quick.busy_timeout(Duration::ZERO)?;
        Ok(Store(Arc::new(Inner {
            path: path.to_owned(),
            writer: Mutex::new(Writer { sure, quick }),
            readers: Default::default(),
        })))
    }

    /// Reads. What is read is one state of the file.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let mut slot = self.reader();
        if slot.is_none() {
            let connection = connect(&self.0.path)?;
            connection.pragma_update(None, "query_only", true)?;
            *slot = Some(connection);
        }
        match slot.as_ref() {
            Some(connection) => work(connection),
            None => Err(AccountError::Store("no connection".into())),
        }
    }

    /// Changes, all or nothing; on the disk when this returns.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        transact(&mut self.writer().sure, work)
    }

    /// Writes down what may as well be written down the next time (that a session was used just now): it waits neither
    /// for the disk nor for anybody else who is writing, so that looking a session up never waits.
    pub(crate) fn touch(&self, work: impl FnOnce(&Connection) -> Result<(), AccountError>) {
        if let Ok(mut writer) = self.0.writer.try_lock() {
            // Another process may be writing; the next request tries again.
            let _ = transact(&mut writer.quick, work);
        }
    }

    pub(crate) fn backup(&self, to: &Path) -> Result<(), AccountError> {
        self.read(|db| {
            let mut target = Connection::open(to)?;
            let backup = rusqlite::backup::Backup::new(db, &mut target)?;
            backup.run_to_completion(4096, Duration::ZERO, None)?;
            Ok(())
        })?;
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            fs::set_permissions(to, mode).map_err(AccountError::io(to))?;
        }
        Ok(())
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic between begin and commit has rolled the transaction back, so the connection is good.
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> MutexGuard<'_, Option<Connection>> {
        for slot in &self.0.readers {
            if let Ok(free) = slot.try_lock() {
                return free;
            }
        }
        self.0.readers[0].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn transact<T>(
    db: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, AccountError>,
) -> Result<T, AccountError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

fn connect(path: &Path) -> Result<Connection, AccountError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    // Another process (the command line beside the server) may be writing.
    db.busy_timeout(Duration::from_secs(10))?;
    db.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten: a person who was forgotten is not found in a free page.
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "cache_size", -4_000)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

fn prepare(db: &mut Connection, path: &Path) -> Result<(), AccountError> {
    let version = |db: &Connection| -> Result<i64, AccountError> {
        Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
    };
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match version(&transaction)? {
        0 => {
            transaction.execute_batch(schema::TABLES)?;
            transaction.pragma_update(None, "user_version", schema::VERSION)?;
        }
        schema::VERSION => {}
        found => return Err(AccountError::Newer { path: path.to_owned(), found }),
    }
    transaction.commit()?;
    Ok(())
}
