//! What was typed and not yet sent: nothing that a person has typed is lost with a connection.
//!
//! A draft is a key (the form and its record) and a JSON value, kept for its account alone, bounded, and forgotten with
//! it. It is no record: nothing counts it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::error::AccountError;
use crate::{Accounts, instant};

const MOST_BYTES: usize = 256 * 1024;
const MOST_DRAFTS: i64 = 200;

/// A draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Which form.
    pub key: String,
    /// What was typed.
    pub value: Value,
    /// When it was last saved.
    pub updated: Timestamp,
}

/// A draft in the list of drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftInfo {
    /// Which form.
    pub key: String,
    /// When it was last saved.
    pub updated: Timestamp,
    /// How long its text is.
    pub bytes: usize,
}

impl Accounts {
    /// A draft, if there is one.
    pub fn draft(&self, account: i64, key: &str) -> Result<Option<Draft>, AccountError> {
        self.store.read(|db| {
            let found: Option<(String, i64)> = db
                .prepare_cached("SELECT value, updated FROM draft WHERE account = ?1 AND key = ?2")?
                .query_row(params![account, key], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            found
                .map(|(text, updated)| {
                    let value = serde_json::from_str(&text)
                        .map_err(|error| AccountError::Store(format!("draft: {error}")))?;
                    Ok(Draft { key: key.to_owned(), value, updated: instant(updated) })
                })
                .transpose()
        })
    }

    /// Saves a draft; on the disk when this returns.
    pub fn save_draft(&self, account: i64, key: &str, value: &Value) -> Result<Timestamp, AccountError> {
        let text = value.to_string();
        if key.len() > 200 || text.len() > MOST_BYTES {
            return Err(AccountError::TooLarge { what: "draft", limit: MOST_BYTES });
        }
        let now = self.now();
        self.store.write(|db| {
            db.execute(
                "INSERT INTO draft (account, key, updated, value) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET value = excluded.value, updated = excluded.updated",
                params![account, key, now, text],
            )?;
            let drafts: i64 =
                db.query_row("SELECT count(*) FROM draft WHERE account = ?1", [account], |row| row.get(0))?;
            if drafts > MOST_DRAFTS {
                return Err(AccountError::TooLarge {
                    what: "drafts",
                    limit: MOST_DRAFTS.unsigned_abs() as usize,
                });
            }
            Ok(instant(now))
        })
    }

    /// The drafts of an account, the latest first.
    pub fn drafts(&self, account: i64) -> Result<Vec<DraftInfo>, AccountError> {
        self.store.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT key, updated, octet_length(value) FROM draft WHERE account = ?1
                 ORDER BY updated DESC, key",
            )?;
            let drafts = statement.query_map([account], |row| {
                let bytes: i64 = row.get(2)?;
                Ok(DraftInfo {
                    key: row.get(0)?,
                    updated: instant(row.get(1)?),
                    bytes: usize::try_from(bytes).unwrap_or(0),
                })
            })?;
            Ok(drafts.collect::<Result<_, _>>()?)
        })
    }

    /// Throws a draft away.
    pub fn drop_draft(&self, account: i64, key: &str) -> Result<(), AccountError> {
        self.store.write(|db| {
            db.execute("DELETE FROM draft WHERE account = ?1 AND key = ?2", params![account, key])?;
            Ok(())
        })
    }
}
