//! What one transaction reads and writes: the SQL of the storage contract.

use std::ops::Range;
use std::sync::MutexGuard;

use rusqlite::types::FromSql;
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, Row, params};

use super::SqliteStore;
use crate::error::LedgerError;
use crate::segment::Segment;
use crate::store::{Checkpoint, Reading, Result, Run, SeeHashes, SeeLinks, Writing};

/// A transaction, rolled back unless committed. The connection has begun it already.
pub(super) struct Session<'s> {
    connection: Held<'s>,
    open: bool,
}

enum Held<'s> {
    Pooled(&'s SqliteStore, Option<Connection>),
    Writer(MutexGuard<'s, Connection>),
}

impl<'s> Session<'s> {
    /// A transaction on a reader's connection, which goes back to the store's pool.
    pub(super) fn pooled(store: &'s SqliteStore, connection: Connection) -> Session<'s> {
        Session { connection: Held::Pooled(store, Some(connection)), open: true }
    }

    /// A transaction on the writer's connection.
    pub(super) fn writer(connection: MutexGuard<'s, Connection>) -> Session<'s> {
        Session { connection: Held::Writer(connection), open: true }
    }

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
            "select first, count, register, links, hashes, entries from segment where first <= ?1 order by first desc limit 1",
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
                "select first, count, register, links, hashes, entries from segment
                 where first >= ifnull((select max(first) from segment where first <= ?1), 0) and first < ?2
                   and first + count > ?1
                 order by first"
            }
            Some(_) => {
                "select first, count, register, links, hashes, entries from segment
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
            see(number(row, 0)?, number(row, 1)?, blob(row, 2)?)?;
        }
        Ok(())
    }

    fn links(&self, from: u64, see: &mut SeeLinks<'_>) -> Result<()> {
        // For the whole book the engine reads the index, which holds just these columns; for its end, the rows.
        let mut statement = self.sql(if from == 0 {
            "select first, count, register, links from segment"
        } else {
            "select first, count, register, links from segment where first >= ?1 order by first"
        })?;
        let mut rows =
            if from == 0 { statement.query([])? } else { statement.query(params![whole(from)])? };
        while let Some(row) = rows.next()? {
            see(number(row, 0)?, number(row, 1)?, text(row, 2)?, blob(row, 3)?)?;
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
            self.sql("insert into segment (first, register, count, links, hashes, entries) values (?1, ?2, ?3, ?4, ?5, ?6)")?;
        let Segment { first, count, register, links, hashes, entries } = *segment;
        statement.execute(params![whole(first), register, whole(count), links, hashes, entries])?;
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

pub(super) fn segment<'r>(row: &'r Row<'_>) -> Result<Segment<'r>> {
    Ok(Segment {
        first: number(row, 0)?,
        count: number(row, 1)?,
        register: text(row, 2)?,
        links: blob(row, 3)?,
        hashes: blob(row, 4)?,
        entries: blob(row, 5)?,
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

fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8]> {
    row.get_ref(column)?.as_blob().map_err(wrong)
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
