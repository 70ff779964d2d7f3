//! The book in one SQLite file: write-ahead log, `synchronous = full`.
//!
//! One connection writes; readers take connections from a small pool, so that they never wait for the writer nor it
//! for them. A `Session` is one transaction on one of these connections and is rolled back unless committed.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::FromSql;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, OptionalExtension, Row, params};

use super::{Checkpoint, Kinds, Reading, Result, Run, SeeHashes, Store, Writing};
use crate::error::LedgerError;
use crate::segment::Segment;

/// The number of the tables' layout, kept in the file's header.
const LAYOUT: i64 = 1;
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

    /// Opens a store for reading and writing.
    pub fn open(file: &Path) -> Result<SqliteStore> {
        let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
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
        Ok(Box::new(Session { connection: Held::Pooled(self, Some(connection)), open: true }))
    }

    fn write(&self) -> Result<Box<dyn Writing + '_>> {
        let writer = self.writer.as_ref().ok_or(LedgerError::ReadOnly)?;
        // A panic of an earlier holder rolled its session back; the connection itself is sound.
        let connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
        connection.prepare_cached("begin immediate")?.execute([])?;
        Ok(Box::new(Session { connection: Held::Writer(connection), open: true }))
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

enum Held<'s> {
    Pooled(&'s SqliteStore, Option<Connection>),
    Writer(MutexGuard<'s, Connection>),
}

/// A transaction.
struct Session<'s> {
    connection: Held<'s>,
    open: bool,
}

impl Session<'_> {
    fn connection(&self) -> &Connection {
        match &self.connection {
            Held::Pooled(_, connection) => {
                connection.as_ref().expect("it is taken only when the session is dropped")
            }
            Held::Writer(connection) => connection,
        }
    }

    fn sql(&self, sql: &str) -> Result<CachedStatement<'_>> {
        Ok(self.connection().prepare_cached(sql)?)
    }

    fn one_checkpoint(&self, sql: &str) -> Result<Option<Checkpoint>> {
        let mut statement = self.sql(sql)?;
        let mut rows = statement.query([])?;
        rows.next()?.map(checkpoint).transpose()
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if self.open
            && let Ok(mut statement) = self.connection().prepare_cached("rollback")
        {
            // It fails only where SQLite has already rolled back by itself.
            let _ = statement.execute([]);
        }
        if let Held::Pooled(store, connection) = &mut self.connection
            && let Some(connection) = connection.take()
        {
            store.give_back(connection);
        }
    }
}

impl Reading for Session<'_> {
    fn last_checkpoint(&self) -> Result<Option<Checkpoint>> {
        self.one_checkpoint("select size, note, frontier from checkpoint order by size desc limit 1")
    }

    fn last_frontier(&self) -> Result<Option<Checkpoint>> {
        self.one_checkpoint(
            "select size, note, frontier from checkpoint where frontier is not null order by size desc limit 1",
        )
    }

    fn checkpoints(&self, see: &mut dyn FnMut(Checkpoint) -> Result<()>) -> Result<()> {
        let mut statement = self.sql("select size, note, frontier from checkpoint order by size")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            see(checkpoint(row)?)?;
        }
        Ok(())
    }

    fn segment_of(&self, entry: u64, see: &mut dyn FnMut(&Segment<'_>) -> Result<()>) -> Result<bool> {
        let mut statement = self.sql(
            "select first, count, register, kinds, hashes, entries from segment where first <= ?1 order by first desc limit 1",
        )?;
        let mut rows = statement.query(params![whole(entry)])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let segment = segment(row)?;
        if entry >= segment.end() {
            return Ok(false);
        }
        see(&segment)?;
        Ok(true)
    }

    fn kinds_of(&self, entry: u64) -> Result<Option<Kinds>> {
        let mut statement = self.sql(
            "select first, register, kinds from segment where first <= ?1 order by first desc limit 1",
        )?;
        let mut rows = statement.query(params![whole(entry)])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let found = Kinds { first: number(row, 0)?, register: get(row, 1)?, kinds: get(row, 2)? };
        Ok((entry - found.first < found.kinds.len() as u64).then_some(found))
    }

    fn segments(
        &self,
        register: Option<&str>,
        range: Range<u64>,
        see: &mut dyn FnMut(&Segment<'_>) -> Result<()>,
    ) -> Result<()> {
        let (start, end) = (whole(range.start), whole(range.end));
        // The segment in which the range begins may begin before it.
        let mut statement = self.sql(match register {
            None => {
                "select first, count, register, kinds, hashes, entries from segment
                 where first >= ifnull((select max(first) from segment where first <= ?1), 0) and first < ?2
                   and first + count > ?1
                 order by first"
            }
            Some(_) => {
                "select first, count, register, kinds, hashes, entries from segment
                 where register = ?3
                   and first >= ifnull((select max(first) from segment where register = ?3 and first <= ?1), 0)
                   and first < ?2 and first + count > ?1
                 order by first"
            }
        })?;
        let mut rows = match register {
            None => statement.query(params![start, end])?,
            Some(register) => statement.query(params![start, end, register])?,
        };
        while let Some(row) = rows.next()? {
            see(&segment(row)?)?;
        }
        Ok(())
    }

    fn hashes(&self, range: Range<u64>, see: &mut SeeHashes<'_>) -> Result<()> {
        let mut statement = self.sql(
            "select first, count, hashes from segment
             where first >= ifnull((select max(first) from segment where first <= ?1), 0) and first < ?2
               and first + count > ?1
             order by first",
        )?;
        let mut rows = statement.query(params![whole(range.start), whole(range.end)])?;
        while let Some(row) = rows.next()? {
            see(number(row, 0)?, number(row, 1)?, row.get_ref(2)?.as_blob().map_err(wrong)?)?;
        }
        Ok(())
    }

    fn last_run(&self, register: &str, before: u64) -> Result<Option<Run>> {
        let mut statement = self.sql(
            "select first, count from segment where register = ?1 and first < ?2 order by first desc limit 1",
        )?;
        let mut rows = statement.query(params![register, whole(before)])?;
        rows.next()?.map(|row| run(row, 0)).transpose()
    }

    fn registers(&self) -> Result<Vec<(String, u64)>> {
        let mut statement =
            self.sql("select sum(count), register from segment group by register order by register")?;
        let mut rows = statement.query([])?;
        let mut registers = Vec::new();
        while let Some(row) = rows.next()? {
            registers.push((get(row, 1)?, number(row, 0)?));
        }
        Ok(registers)
    }

    fn head(&self, record: u64) -> Result<Option<u64>> {
        let mut statement = self.sql("select version from head where record = ?1")?;
        let mut rows = statement.query(params![whole(record)])?;
        rows.next()?.map(|row| number(row, 0)).transpose()
    }

    fn heads(&self, see: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
        let mut statement = self.sql("select record, version from head order by record")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            see(number(row, 0)?, number(row, 1)?)?;
        }
        Ok(())
    }

    fn request(&self, key: &str) -> Result<Option<Run>> {
        let mut statement = self.sql("select first, count from request where key = ?1")?;
        let mut rows = statement.query(params![key])?;
        rows.next()?.map(|row| run(row, 0)).transpose()
    }

    fn requests(&self, see: &mut dyn FnMut(&str, Run) -> Result<()>) -> Result<()> {
        let mut statement = self.sql("select first, count, key from request order by key")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            see(text(row, 2)?, run(row, 0)?)?;
        }
        Ok(())
    }

    fn person_by_lookup(&self, lookup: &[u8; 32]) -> Result<Option<String>> {
        let mut statement = self.sql("select pseudonym from person where lookup = ?1")?;
        Ok(statement.query_row(params![&lookup[..]], |row| row.get(0)).optional()?)
    }

    fn person(&self, pseudonym: &str) -> Result<Option<String>> {
        let mut statement = self.sql("select data from person where pseudonym = ?1")?;
        Ok(statement.query_row(params![pseudonym], |row| row.get(0)).optional()?)
    }

    fn damages(&self) -> Result<Vec<String>> {
        let mut statement = self.sql("pragma integrity_check(20)")?;
        let mut rows = statement.query([])?;
        let mut damages = Vec::new();
        while let Some(row) = rows.next()? {
            let line: String = get(row, 0)?;
            if line != "ok" {
                damages.push(line);
            }
        }
        Ok(damages)
    }
}

impl Writing for Session<'_> {
    fn put_segment(&self, segment: &Segment<'_>) -> Result<()> {
        let mut statement =
            self.sql("insert into segment (first, register, count, kinds, hashes, entries) values (?1, ?2, ?3, ?4, ?5, ?6)")?;
        let Segment { first, count, register, kinds, hashes, entries } = *segment;
        statement.execute(params![whole(first), register, whole(count), kinds, hashes, entries])?;
        Ok(())
    }

    fn put_head(&self, record: u64, version: u64) -> Result<()> {
        let mut statement = self.sql(
            "insert into head (record, version) values (?1, ?2)
             on conflict (record) do update set version = excluded.version",
        )?;
        statement.execute(params![whole(record), whole(version)])?;
        Ok(())
    }

    fn put_request(&self, key: &str, run: Run) -> Result<()> {
        let mut statement = self.sql("insert into request (key, first, count) values (?1, ?2, ?3)")?;
        statement.execute(params![key, whole(run.first), whole(run.count)])?;
        Ok(())
    }

    fn put_checkpoint(&self, checkpoint: &Checkpoint) -> Result<()> {
        let mut statement = self.sql("insert into checkpoint (size, note, frontier) values (?1, ?2, ?3)")?;
        statement.execute(params![whole(checkpoint.size), checkpoint.note, checkpoint.frontier])?;
        Ok(())
    }

    fn put_person(&self, pseudonym: &str, lookup: &[u8; 32], data: &str) -> Result<()> {
        let mut statement = self.sql("insert into person (pseudonym, lookup, data) values (?1, ?2, ?3)")?;
        statement.execute(params![pseudonym, &lookup[..], data])?;
        Ok(())
    }

    fn delete_person(&self, pseudonym: &str) -> Result<bool> {
        Ok(self.sql("delete from person where pseudonym = ?1")?.execute(params![pseudonym])? > 0)
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        self.connection().prepare_cached("commit")?.execute([])?;
        self.open = false;
        Ok(())
    }
}

fn checkpoint(row: &Row<'_>) -> Result<Checkpoint> {
    Ok(Checkpoint { size: number(row, 0)?, note: get(row, 1)?, frontier: get(row, 2)? })
}

fn segment<'r>(row: &'r Row<'_>) -> Result<Segment<'r>> {
    Ok(Segment {
        first: number(row, 0)?,
        count: number(row, 1)?,
        register: text(row, 2)?,
        kinds: text(row, 3)?,
        hashes: row.get_ref(4)?.as_blob().map_err(wrong)?,
        entries: row.get_ref(5)?.as_blob().map_err(wrong)?,
    })
}

fn run(row: &Row<'_>, column: usize) -> Result<Run> {
    Ok(Run { first: number(row, column)?, count: number(row, column + 1)? })
}

fn get<T: FromSql>(row: &Row<'_>, column: usize) -> Result<T> {
    Ok(row.get(column)?)
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str> {
    row.get_ref(column)?.as_str().map_err(wrong)
}

fn number(row: &Row<'_>, column: usize) -> Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(wrong)
}

/// SQLite's integers are signed. A number beyond them is beyond every entry too.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn wrong(error: impl std::fmt::Display) -> LedgerError {
    LedgerError::Damaged(format!("a value in the database cannot be read: {error}"))
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> LedgerError {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _)
                if matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) =>
            {
                LedgerError::Damaged(format!("the database file: {error}"))
            }
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => wrong(error),
            _ => LedgerError::Store(error.to_string()),
        }
    }
}
