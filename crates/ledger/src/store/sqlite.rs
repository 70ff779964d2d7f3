//! The book in one SQLite file: write-ahead log, `synchronous = full`.
//!
//! One connection writes; readers take connections from a small pool, so that they never wait for the writer nor it
//! for them. A session (`sqlite/session.rs`) is one transaction on one of these connections; what it reads and writes
//! stands there.

mod convert;
mod session;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{Reading, Result, Store, Writing};
use crate::error::LedgerError;
use session::Session;

/// The number of the tables' layout, kept in the file's header.
const LAYOUT: i64 = 2;
/// Marks the file as a book ("Qing"), in the file's header, for tools like file(1).
const APPLICATION: i64 = 0x5169_6e67;
/// Connections kept for reading when they are not in use.
const IDLE_READERS: usize = 8;

/// A book in a SQLite file.
pub struct SqliteStore {
    file: PathBuf,
    writer: Option<Mutex<Connection>>,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteStore {
    /// Makes an empty store in a new file.
    pub fn create(file: &Path) -> Result<SqliteStore> {
        let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        set_up_writer(&connection)?;
        let schema = include_str!("schema.sql");
        connection.execute_batch(&format!(
            "begin immediate; {schema}; pragma application_id = {APPLICATION}; pragma user_version = {LAYOUT}; commit"
        ))?;
        Ok(SqliteStore::with(file, Some(connection)))
    }

    /// Opens a store for reading and writing. If it has an earlier layout, it gets the present one.
    pub fn open(file: &Path) -> Result<SqliteStore> {
        let mut connection = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        convert::from_layout_1(&mut connection)?;
        check_layout(&connection)?;
        set_up_writer(&connection)?;
        Ok(SqliteStore::with(file, Some(connection)))
    }

    /// Opens a store for reading.
    pub fn open_read_only(file: &Path) -> Result<SqliteStore> {
        let store = SqliteStore::with(file, None);
        let connection = store.reader()?;
        check_layout(&connection)?;
        store.give_back(connection);
        Ok(store)
    }

    fn with(file: &Path, writer: Option<Connection>) -> SqliteStore {
        SqliteStore { file: file.to_owned(), writer: writer.map(Mutex::new), idle: Mutex::default() }
    }

    fn reader(&self) -> Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| connect(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY), Ok)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
    }
}

impl Store for SqliteStore {
    fn read(&self) -> Result<Box<dyn Reading + '_>> {
        let connection = self.reader()?;
        connection.prepare_cached("begin")?.execute([])?;
        Ok(Box::new(Session::pooled(self, connection)))
    }

    fn write(&self) -> Result<Box<dyn Writing + '_>> {
        let writer = self.writer.as_ref().ok_or(LedgerError::ReadOnly)?;
        // A panic of an earlier holder rolled its session back; the connection itself is sound.
        let connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
        connection.prepare_cached("begin immediate")?.execute([])?;
        Ok(Box::new(Session::writer(connection)))
    }

    fn copy_to(&self, file: &Path) -> Result<()> {
        let source = self.reader()?;
        let mut target = Connection::open(file)?;
        {
            // All pages in one step: one read transaction, so one state, and no writer can make it begin again.
            let backup = Backup::new(&source, &mut target)?;
            let deadline = std::time::Instant::now() + BUSY;
            while !matches!(backup.step(-1)?, StepResult::Done) {
                if std::time::Instant::now() > deadline {
                    return Err(LedgerError::Store("the database stayed busy while it was copied".into()));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        self.give_back(source);
        Ok(())
    }

    fn scrub(&self) -> Result<bool> {
        let writer = self.writer.as_ref().ok_or(LedgerError::ReadOnly)?;
        let connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
        // Idle readers hold no transaction and so do not hinder it. A waiting reader is waited for, but not for ever.
        let busy: i64 = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        Ok(busy == 0)
    }
}

const BUSY: Duration = Duration::from_secs(10);

fn connect(file: &Path, flags: OpenFlags) -> Result<Connection> {
    // Each connection is used by one thread at a time (mutex or pool), so SQLite need not lock again.
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(32);
    // The file may come from anywhere: do not trust what its schema says, look at pages before believing them.
    connection.execute_batch(
        "pragma trusted_schema = off; pragma cell_size_check = on; pragma cache_size = -8192",
    )?;
    Ok(connection)
}

fn set_up_writer(connection: &Connection) -> Result<()> {
    let mode: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(LedgerError::Store(format!(
            "the database refuses a write-ahead log (its mode is `{mode}`)"
        )));
    }
    // `full`: a commit has reached the disk when it returns. `secure_delete`: erased persons are overwritten.
    connection.execute_batch("pragma synchronous = full; pragma secure_delete = on")?;
    Ok(())
}

fn check_layout(connection: &Connection) -> Result<()> {
    let found = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    if found == LAYOUT { Ok(()) } else { Err(LedgerError::Layout { found, known: LAYOUT }) }
}
