//! Guessing is slowed, in the store, so that a restart forgets nothing.
//!
//! Failures are counted by three keys, each with its own patience:
//!
//! | counted by | free | then wait | at most | one forgotten in |
//! |---|---|---|---|---|
//! | account and place | 5 | 15 s, doubling | 15 min | 1 h |
//! | place (an office shares one address) | 50 | 2 s, doubling | 1 min | 1 min |
//! | account, over all places where it never signed in | 20 | 15 s, doubling | 5 min | 10 min |
//!
//! So one attacker tries a hundred passwords a day on an account, a net of a thousand machines three hundred; and
//! neither locks anybody out for long: a place from which the account has signed in within 90 days is not touched by
//! what others fail elsewhere, no wait is longer than a quarter of an hour, an attempt made while waiting is not counted,
//! and an administrator can unlock at once.
//!
//! An attempt is counted before the password is looked at and taken back when it was right: a hundred attempts at the
//! same moment are a hundred, not one. A name that does not exist is counted like one that does.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::AccountError;
use crate::secret;

const SECOND: i64 = 1_000_000;
const KNOWN_FOR: i64 = 90 * 86_400 * SECOND;
const FORGOTTEN_AFTER: i64 = 2 * 86_400 * SECOND;

struct Patience {
    free: i64,
    first_wait: i64,
    longest_wait: i64,
    forgets_one_in: i64,
}

const PAIR: Patience = Patience { free: 5, first_wait: 15, longest_wait: 900, forgets_one_in: 3600 };
const PLACE: Patience = Patience { free: 50, first_wait: 2, longest_wait: 60, forgets_one_in: 60 };
const ACCOUNT: Patience = Patience { free: 20, first_wait: 15, longest_wait: 300, forgets_one_in: 600 };

impl Patience {
    /// The failures that are still held against the key.
    fn remembered(&self, failures: i64, last: i64, now: i64) -> i64 {
        (failures - (now - last).max(0) / (self.forgets_one_in * SECOND)).max(0)
    }

    /// The seconds after the last failure in which nothing is looked at.
    fn wait(&self, failures: i64) -> i64 {
        if failures < self.free {
            return 0;
        }
        let doublings = u32::try_from(failures - self.free).unwrap_or(u32::MAX).min(20);
        (self.first_wait << doublings).min(self.longest_wait)
    }
}

/// What is tried: the password of a name, or the second factor of an account.
pub(crate) struct Attempt {
    /// The account's part of the key; a hash, so that a mistyped name (or a password typed as a name) is stored nowhere.
    subject: String,
    place: String,
    known: bool,
}

impl Attempt {
    /// An attempt on what `kind` and `subject` name, from a place.
    pub(crate) fn new(
        db: &Connection,
        kind: &str,
        subject: &str,
        account: Option<i64>,
        place: &str,
        now: i64,
    ) -> Result<Attempt, AccountError> {
        let known = match account {
            None => false,
            Some(account) => db
                .prepare_cached("SELECT last FROM known_place WHERE account = ?1 AND place = ?2")?
                .query_row(params![account, place_hash(place)], |row| row.get::<_, i64>(0))
                .optional()?
                .is_some_and(|last| now - last < KNOWN_FOR),
        };
        Ok(Attempt { subject: subject_key(kind, subject), place: place.to_owned(), known })
    }

    /// Counts the attempt as a failure, or says how long to wait.
    pub(crate) fn begin(&self, db: &Connection, now: i64) -> Result<(), AccountError> {
        let mut wait = 0;
        for (key, patience) in self.keys() {
            let (failures, last) = stored(db, &key)?;
            let due = last + patience.wait(patience.remembered(failures, last, now)) * SECOND;
            wait = wait.max(due - now);
        }
        if wait > 0 {
            return Err(AccountError::TooMany {
                wait_seconds: u64::try_from((wait + SECOND - 1) / SECOND).unwrap_or(1),
            });
        }
        for (key, patience) in self.keys() {
            let (failures, last) = stored(db, &key)?;
            store(db, &key, patience.remembered(failures, last, now) + 1, now)?;
        }
        Ok(())
    }

    /// It was right: the pair's failures are forgotten, the others' count is as before.
    pub(crate) fn succeed(&self, db: &Connection) -> Result<(), AccountError> {
        for (key, patience) in self.keys() {
            let (failures, last) = stored(db, &key)?;
            let left = if std::ptr::eq(patience, &PAIR) { 0 } else { failures - 1 };
            store(db, &key, left, last)?;
        }
        Ok(())
    }

    fn keys(&self) -> Vec<(String, &'static Patience)> {
        let mut keys = vec![
            (format!("pair {} {}", self.subject, self.place), &PAIR),
            (format!("place {}", self.place), &PLACE),
        ];
        if !self.known {
            keys.push((format!("account {}", self.subject), &ACCOUNT));
        }
        keys
    }
}

/// Remembers that an account has signed in from a place.
pub(crate) fn remember_place(
    db: &Connection,
    account: i64,
    place: &str,
    now: i64,
) -> Result<(), AccountError> {
    db.prepare_cached(
        "INSERT INTO known_place (account, place, last) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET last = excluded.last",
    )?
    .execute(params![account, place_hash(place), now])?;
    Ok(())
}

/// Forgets all failures on what `kind` and `subject` name.
pub(crate) fn forgive(db: &Connection, kind: &str, subject: &str) -> Result<(), AccountError> {
    let subject = subject_key(kind, subject);
    db.execute("DELETE FROM attempt WHERE key = ?1", [format!("account {subject}")])?;
    let [first, behind] = pairs(&subject);
    db.execute("DELETE FROM attempt WHERE key >= ?1 AND key < ?2", [first, behind])?;
    Ok(())
}

/// Until when everybody from a new place waits, if so.
pub(crate) fn waits_until(
    db: &Connection,
    kind: &str,
    subject: &str,
    now: i64,
) -> Result<Option<i64>, AccountError> {
    let subject = subject_key(kind, subject);
    let mut until = None;
    let [first, behind] = pairs(&subject);
    let mut statement = db.prepare_cached(
        "SELECT key, failures, last FROM attempt WHERE key = ?1 OR (key >= ?2 AND key < ?3)",
    )?;
    let mut rows = statement.query([format!("account {subject}"), first, behind])?;
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        let patience = if key.starts_with("pair ") { &PAIR } else { &ACCOUNT };
        let last: i64 = row.get(2)?;
        let due = last + patience.wait(patience.remembered(row.get(1)?, last, now)) * SECOND;
        if due > now {
            until = until.max(Some(due));
        }
    }
    Ok(until)
}

/// Forgets what does not slow anybody any more.
pub(crate) fn forget_old(db: &Connection, now: i64) -> Result<(), AccountError> {
    db.execute("DELETE FROM attempt WHERE last < ?1", [now - FORGOTTEN_AFTER])?;
    db.execute("DELETE FROM known_place WHERE last < ?1", [now - KNOWN_FOR])?;
    Ok(())
}

fn subject_key(kind: &str, subject: &str) -> String {
    hex(&secret::hash(&format!("{kind}\0{subject}"))[..16])
}

/// The first of the keys of a subject and its places, and what comes behind the last.
fn pairs(subject: &str) -> [String; 2] {
    [format!("pair {subject} "), format!("pair {subject}!")]
}

fn place_hash(place: &str) -> Vec<u8> {
    secret::hash(place)[..16].to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn stored(db: &Connection, key: &str) -> Result<(i64, i64), AccountError> {
    Ok(db
        .prepare_cached("SELECT failures, last FROM attempt WHERE key = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or((0, i64::MIN / 2)))
}

fn store(db: &Connection, key: &str, failures: i64, last: i64) -> Result<(), AccountError> {
    if failures <= 0 {
        db.prepare_cached("DELETE FROM attempt WHERE key = ?1")?.execute([key])?;
    } else {
        db.prepare_cached(
            "INSERT INTO attempt (key, failures, last) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET failures = excluded.failures, last = excluded.last",
        )?
        .execute(params![key, failures, last])?;
    }
    Ok(())
}
