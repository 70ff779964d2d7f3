//! Tokens of programs: `qy_` and forty letters and digits. A token can do what its scopes name and its account may.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::account::Account;
use crate::error::AccountError;
use crate::{Accounts, instant, secret};

const PREFIX: &str = "qy_";
const LENGTH: usize = 40;
const TOUCH: i64 = 60 * 1_000_000;
const MOST: i64 = 50;

/// A token in the list of an account's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// What it is for.
    pub label: String,
    /// The actions and registers it is good for.
    pub scopes: Vec<String>,
    /// Since when.
    pub created: Timestamp,
    /// Until when, if it ends.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
}

/// A token just made.
#[derive(Debug)]
pub struct NewToken {
    /// Shown once, never stored.
    pub secret: String,
    /// The token.
    pub token: Token,
}

/// Who bears a token.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The account.
    pub account: Arc<Account>,
    /// The token's number.
    pub token: i64,
    /// What it is good for.
    pub scopes: Vec<String>,
}

impl Accounts {
    /// Makes a token for an account.
    pub fn create_token(
        &self,
        account: i64,
        label: &str,
        scopes: &[String],
        expires: Option<Timestamp>,
    ) -> Result<NewToken, AccountError> {
        let label = crate::account::display_kept(label)?;
        if scopes.len() > 200 || scopes.iter().any(|scope| scope.len() > 100) {
            return Err(AccountError::TooLarge { what: "scopes", limit: 200 });
        }
        let scopes_text =
            serde_json::to_string(scopes).map_err(|error| AccountError::Store(error.to_string()))?;
        let secret = format!("{PREFIX}{}", secret::base62(LENGTH)?);
        let now = self.now();
        let id = self.store.write(|db| {
            let count: i64 =
                db.query_row("SELECT count(*) FROM token WHERE account = ?1", [account], |row| row.get(0))?;
            if count >= MOST {
                return Err(AccountError::TooLarge { what: "tokens", limit: MOST.unsigned_abs() as usize });
            }
            db.execute(
                "INSERT INTO token (hash, account, label, scopes, created, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    secret::hash(&secret),
                    account,
                    label,
                    scopes_text,
                    now,
                    expires.map(Timestamp::as_microsecond)
                ],
            )?;
            Ok(db.last_insert_rowid())
        })?;
        let token = Token { id, label, scopes: scopes.to_vec(), created: instant(now), expires, used: None };
        Ok(NewToken { secret, token })
    }

    /// Who bears the token; none if it has expired, was revoked, or the account is not open.
    pub fn token(&self, given: &str) -> Result<Option<Bearer>, AccountError> {
        let fits = given.strip_prefix(PREFIX).is_some_and(|rest| rest.len() == LENGTH);
        if !fits {
            return Ok(None);
        }
        let now = self.now();
        let found = self.store.read(|db| {
            let row: Option<(i64, i64, String, Option<i64>, i64)> = db
                .prepare_cached(
                    "SELECT token.id, account, scopes, used, version
                     FROM token JOIN account ON account.id = token.account
                     WHERE hash = ?1 AND (expires IS NULL OR expires > ?2) AND active AND NOT disabled",
                )?
                .query_row(params![secret::hash(given), now], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
                })
                .optional()?;
            let Some((token, account, scopes, used, version)) = row else { return Ok(None) };
            let account = self.account_at(db, account, version)?;
            // Scopes that cannot be read are none, and allow nothing.
            let scopes = serde_json::from_str(&scopes).unwrap_or_default();
            Ok(Some((Bearer { account, token, scopes }, used)))
        })?;
        let Some((bearer, used)) = found else { return Ok(None) };
        if used.is_none_or(|used| now - used >= TOUCH) {
            self.store.touch(|db| {
                db.execute("UPDATE token SET used = ?2 WHERE id = ?1", [bearer.token, now])?;
                Ok(())
            });
        }
        Ok(Some(bearer))
    }

    /// The tokens of an account, the newest first.
    pub fn tokens(&self, account: i64) -> Result<Vec<Token>, AccountError> {
        self.store.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, label, scopes, created, expires, used FROM token WHERE account = ?1 ORDER BY id DESC",
            )?;
            let tokens = statement.query_map([account], |row| {
                let scopes: String = row.get(2)?;
                Ok(Token {
                    id: row.get(0)?,
                    label: row.get(1)?,
                    scopes: serde_json::from_str(&scopes).unwrap_or_default(),
                    created: instant(row.get(3)?),
                    expires: row.get::<_, Option<i64>>(4)?.map(instant),
                    used: row.get::<_, Option<i64>>(5)?.map(instant),
                })
            })?;
            Ok(tokens.collect::<Result<_, _>>()?)
        })
    }

    /// Makes a token of an account useless.
    pub fn revoke_token(&self, account: i64, id: i64) -> Result<(), AccountError> {
        self.store.write(|db| {
            db.execute("DELETE FROM token WHERE account = ?1 AND id = ?2", [account, id])?;
            Ok(())
        })
    }
}
