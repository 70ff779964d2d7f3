//! What a person prefers: columns of a list, a layout. A key and a JSON value; what they mean is the pages' matter.

use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::Accounts;
use crate::error::AccountError;

const MOST_BYTES: usize = 16 * 1024;
const MOST_KEYS: i64 = 200;

impl Accounts {
    /// A preference, if there is one.
    pub fn preference(&self, account: i64, key: &str) -> Result<Option<Value>, AccountError> {
        self.store.read(|db| {
            let text: Option<String> = db
                .prepare_cached("SELECT value FROM preference WHERE account = ?1 AND key = ?2")?
                .query_row(params![account, key], |row| row.get(0))
                .optional()?;
            Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
        })
    }

    /// What every account prefers under a key, by the account's number.
    pub fn preferences(&self, key: &str) -> Result<Vec<(i64, Value)>, AccountError> {
        self.store.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT account, value FROM preference WHERE key = ?1 ORDER BY account")?;
            let rows = statement.query_map([key], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
            let mut all = Vec::new();
            for row in rows {
                let (account, text) = row?;
                all.extend(serde_json::from_str(&text).ok().map(|value| (account, value)));
            }
            Ok(all)
        })
    }

    /// Sets a preference, or removes it.
    pub fn set_preference(&self, account: i64, key: &str, value: Option<&Value>) -> Result<(), AccountError> {
        let text = value.map(Value::to_string);
        if key.len() > 200 || text.as_ref().is_some_and(|text| text.len() > MOST_BYTES) {
            return Err(AccountError::TooLarge { what: "preference", limit: MOST_BYTES });
        }
        self.store.write(|db| {
            let Some(text) = text else {
                db.execute("DELETE FROM preference WHERE account = ?1 AND key = ?2", params![account, key])?;
                return Ok(());
            };
            db.execute(
                "INSERT INTO preference (account, key, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET value = excluded.value",
                params![account, key, text],
            )?;
            let keys: i64 =
                db.query_row("SELECT count(*) FROM preference WHERE account = ?1", [account], |row| {
                    row.get(0)
                })?;
            if keys > MOST_KEYS {
                return Err(AccountError::TooLarge {
                    what: "preferences",
                    limit: MOST_KEYS.unsigned_abs() as usize,
                });
            }
            Ok(())
        })
    }
}
