//! Reading the trail: a page of a million events in milliseconds.
//!
//! Each column that can be asked for has an index that gives its rows newest first; of those that a filter names, the
//! one with the fewest rows is followed, and the others are looked at on the way.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::{Event, Filter, Outcome, Recorded};
use crate::error::AccountError;
use crate::instant;

pub(crate) const COLUMNS: &str =
    "number, at, account, action, method, route, register, unit, outcome, record, address, detail";

/// Beyond so many rows a column is called common, and they are not counted further.
const COMMON: i64 = 10_000;

/// Words that were looked up.
#[derive(Default)]
pub(crate) struct Words(HashMap<i64, String>);

impl Words {
    fn get(&mut self, db: &Connection, id: i64) -> rusqlite::Result<String> {
        if let Some(word) = self.0.get(&id) {
            return Ok(word.clone());
        }
        let word: String = db
            .prepare_cached("SELECT word FROM audit_word WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?
            .unwrap_or_default();
        self.0.insert(id, word.clone());
        Ok(word)
    }
}

pub(crate) fn page(
    db: &Connection,
    filter: &Filter,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Recorded>, AccountError> {
    let Some(wanted) = Wanted::of(db, filter, before)? else { return Ok(Vec::new()) };
    let (source, mut values) = wanted.source();
    values.push(Value::Integer(i64::try_from(limit.min(10_000)).unwrap_or(0)));
    let sql = format!("SELECT {COLUMNS} {source} ORDER BY number DESC LIMIT ?{}", values.len());
    let mut words = Words::default();
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        page.push(recorded(db, &mut words, row)?);
    }
    Ok(page)
}

pub(crate) fn count(db: &Connection, filter: &Filter, at_most: u64) -> Result<u64, AccountError> {
    let Some(wanted) = Wanted::of(db, filter, None)? else { return Ok(0) };
    let (source, mut values) = wanted.source();
    values.push(Value::Integer(i64::try_from(at_most).unwrap_or(i64::MAX)));
    let sql = format!("SELECT count(*) FROM (SELECT 1 {source} LIMIT ?{})", values.len());
    let count: i64 = db.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

pub(crate) fn actions(db: &Connection) -> Result<Vec<String>, AccountError> {
    // Few words are actions, and each is found in the index at once.
    let mut statement = db.prepare_cached(
        "SELECT word FROM audit_word
         WHERE EXISTS (SELECT 1 FROM audit WHERE action = audit_word.id) ORDER BY word",
    )?;
    let actions = statement.query_map([], |row| row.get(0))?;
    Ok(actions.collect::<Result<_, _>>()?)
}

pub(crate) fn recorded(db: &Connection, words: &mut Words, row: &Row<'_>) -> rusqlite::Result<Recorded> {
    let outcome = words.get(db, row.get(8)?)?;
    Ok(Recorded {
        number: row.get(0)?,
        at: instant(row.get(1)?),
        event: Event {
            account: row.get(2)?,
            action: words.get(db, row.get(3)?)?,
            method: words.get(db, row.get(4)?)?,
            route: words.get(db, row.get(5)?)?,
            register: row.get::<_, Option<i64>>(6)?.map(|id| words.get(db, id)).transpose()?,
            unit: row.get::<_, Option<i64>>(7)?.map(|id| words.get(db, id)).transpose()?,
            // A word that is none of the three was put there by somebody else; the chain will say so.
            outcome: Outcome::parse(&outcome).unwrap_or(Outcome::Failed),
            record: row.get(9)?,
            from: row.get(10)?,
            detail: row.get(11)?,
        },
    })
}

/// A filter in the store's terms.
struct Wanted {
    columns: Vec<(&'static str, Value)>,
    /// The column whose index is followed.
    followed: Option<&'static str>,
    from: i64,
    before: i64,
}

impl Wanted {
    /// None, where nothing can be found.
    fn of(db: &Connection, filter: &Filter, before: Option<i64>) -> Result<Option<Wanted>, AccountError> {
        let mut columns: Vec<(&'static str, Value)> = Vec::new();
        let texts = [("record", &filter.record), ("address", &filter.from)];
        columns.extend(
            texts.into_iter().filter_map(|(column, text)| Some((column, Value::Text(text.clone()?)))),
        );
        columns.extend(filter.account.map(|account| ("account", Value::Integer(account))));
        let words = [
            ("unit", filter.unit.as_deref()),
            ("register", filter.register.as_deref()),
            ("action", filter.action.as_deref()),
            ("outcome", filter.outcome.map(Outcome::key)),
        ];
        for (column, word) in words {
            let Some(word) = word else { continue };
            let id: Option<i64> = db
                .prepare_cached("SELECT id FROM audit_word WHERE word = ?1")?
                .query_row([word], |row| row.get(0))
                .optional()?;
            let Some(id) = id else { return Ok(None) };
            columns.push((column, Value::Integer(id)));
        }
        let mut wanted = Wanted { columns, followed: None, from: 1, before: before.unwrap_or(i64::MAX) };
        if let Some(since) = filter.since {
            wanted.from = first_at(db, since)?;
        }
        if let Some(until) = filter.until {
            wanted.before = wanted.before.min(first_at(db, until)?);
        }
        wanted.follow_the_rarest(db)?;
        Ok(Some(wanted))
    }

    fn follow_the_rarest(&mut self, db: &Connection) -> Result<(), AccountError> {
        let mut least = i64::MAX;
        for (column, value) in &self.columns {
            let count = if self.columns.len() == 1 {
                0
            } else {
                db.prepare_cached(&format!(
                    "SELECT count(*) FROM (SELECT 1 FROM audit INDEXED BY audit_{column}
                     WHERE {column} = ?1 AND number >= ?2 AND number < ?3 LIMIT {COMMON})"
                ))?
                .query_row((value, self.from, self.before), |row| row.get(0))?
            };
            if count < least {
                least = count;
                self.followed = Some(column);
            }
        }
        Ok(())
    }

    /// The part of the statement from `FROM` to before `ORDER BY`, and its values.
    fn source(&self) -> (String, Vec<Value>) {
        let mut values = vec![Value::Integer(self.from), Value::Integer(self.before)];
        let mut sql = match self.followed {
            Some(column) => format!("FROM audit INDEXED BY audit_{column} WHERE "),
            None => "FROM audit NOT INDEXED WHERE ".to_owned(),
        };
        sql.push_str("number >= ?1 AND number < ?2");
        for (column, value) in &self.columns {
            values.push(value.clone());
            sql.push_str(&format!(" AND {column} = ?{}", values.len()));
        }
        (sql, values)
    }
}

/// The first event at or after an instant. Times never go back in the trail, so that numbers bound them.
fn first_at(db: &Connection, at: Timestamp) -> Result<i64, AccountError> {
    Ok(db
        .prepare_cached(
            "SELECT number FROM audit INDEXED BY audit_at WHERE at >= ?1 ORDER BY at, number LIMIT 1",
        )?
        .query_row([at.as_microsecond()], |row| row.get(0))
        .optional()?
        .unwrap_or(i64::MAX))
}
