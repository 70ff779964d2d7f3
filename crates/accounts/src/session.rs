//! Sessions: a random token in a cookie, its hash in the store.
//!
//! Each sign-in makes a new token, and so does each change of what the session may do (a new password, a second
//! factor): a token that somebody planted or saw before is worth nothing afterwards.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::account::{self, Account};
use crate::error::AccountError;
use crate::origin::Origin;
use crate::settings::microseconds;
use crate::{Accounts, instant, secret};

/// That a session was used is written down at most so often.
const TOUCH: i64 = 60 * 1_000_000;
/// The oldest of an account's sessions end beyond so many.
const MOST: i64 = 50;

/// Somebody is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its number, for the list of sessions.
    pub id: i64,
    /// Who.
    pub account: Arc<Account>,
    /// The secret that each form carries.
    pub csrf: String,
    /// Since when.
    pub created: Timestamp,
    /// Until when at the latest.
    pub expires: Timestamp,
    /// Was a second factor shown?
    pub second_factor: bool,
}

/// A session with the token that stands for it.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// For the cookie, and nowhere else.
    pub token: String,
    /// The session.
    pub session: Session,
}

/// A session in the list of one's sessions.
#[derive(Clone, Debug)]
pub struct SessionInfo {
    /// Its number.
    pub id: i64,
    /// Since when.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// From where.
    pub address: String,
    /// With which browser.
    pub agent: String,
}

impl Accounts {
    /// The session of a token; none if it has ended, was ended, or the account is closed.
    pub fn session(&self, token: &str) -> Result<Option<Session>, AccountError> {
        let hash = secret::hash(token);
        let now = self.now();
        let idle = microseconds(self.settings.idle);
        let found = self.store.read(|db| {
            let row = db
                .prepare_cached(
                    "SELECT session.id, account, session.created, seen, expires, second, version
                     FROM session JOIN account ON account.id = session.account
                     WHERE hash = ?1 AND expires > ?2 AND seen > ?3 AND NOT disabled",
                )?
                .query_row(params![hash, now, now - idle], |row| {
                    let times: (i64, i64, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
                    Ok((row.get(0)?, row.get(1)?, times, row.get(5)?, row.get(6)?))
                })
                .optional()?;
            let Some((id, account, (created, seen, expires), second_factor, version)) = row else {
                return Ok(None);
            };
            let session = Session {
                id,
                account: self.account_at(db, account, version)?,
                csrf: secret::csrf_of(token),
                created: instant(created),
                expires: instant(expires),
                second_factor,
            };
            Ok(Some((session, seen)))
        })?;
        let Some((session, seen)) = found else { return Ok(None) };
        if now - seen >= TOUCH {
            self.store.touch(|db| {
                // Whoever comes second in the same minute changes nothing.
                db.prepare_cached("UPDATE session SET seen = ?2 WHERE id = ?1 AND seen < ?2")?
                    .execute(params![session.id, now])?;
                Ok(())
            });
        }
        Ok(Some(session))
    }

    /// Ends the session of a token.
    pub fn sign_out(&self, token: &str) -> Result<(), AccountError> {
        self.store.write(|db| {
            db.execute("DELETE FROM session WHERE hash = ?1", [secret::hash(token)])?;
            Ok(())
        })
    }

    /// The sessions of an account, the last used first.
    pub fn sessions(&self, account: i64) -> Result<Vec<SessionInfo>, AccountError> {
        let now = self.now();
        self.store.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, created, seen, address, agent FROM session
                 WHERE account = ?1 AND expires > ?2 AND seen > ?3 ORDER BY seen DESC, id DESC",
            )?;
            let sessions = statement.query_map(
                params![account, now, now - microseconds(self.settings.idle)],
                |row| {
                    Ok(SessionInfo {
                        id: row.get(0)?,
                        created: instant(row.get(1)?),
                        seen: instant(row.get(2)?),
                        address: row.get(3)?,
                        agent: row.get(4)?,
                    })
                },
            )?;
            Ok(sessions.collect::<Result<_, _>>()?)
        })
    }

    /// How many sessions of everybody there are that a token still opens.
    pub fn live_sessions(&self) -> Result<u64, AccountError> {
        let now = self.now();
        let oldest = now - microseconds(self.settings.idle);
        self.store.read(|db| {
            let count: i64 = db
                .prepare_cached(
                    "SELECT count(*) FROM session JOIN account ON account.id = session.account
                     WHERE expires > ?1 AND seen > ?2 AND NOT disabled",
                )?
                .query_row(params![now, oldest], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// Ends one session of an account. Another account's session is not touched.
    pub fn end_session(&self, account: i64, id: i64) -> Result<(), AccountError> {
        self.store.write(|db| {
            db.execute("DELETE FROM session WHERE account = ?1 AND id = ?2", [account, id])?;
            Ok(())
        })
    }

    /// Ends all sessions of an account but one.
    pub fn end_sessions(&self, account: i64, except: Option<i64>) -> Result<(), AccountError> {
        self.store.write(|db| end_sessions(db, account, except))
    }

    /// Begins a session, with a token that never was.
    pub(crate) fn begin_session(
        &self,
        db: &Connection,
        account: i64,
        second_factor: bool,
        from: &Origin,
        now: i64,
    ) -> Result<NewSession, AccountError> {
        let token = secret::random_token()?;
        let expires = now + microseconds(self.settings.absolute);
        db.execute(
            "INSERT INTO session (hash, account, created, seen, expires, second, address, agent)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
            params![
                secret::hash(&token),
                account,
                now,
                expires,
                second_factor,
                from.address.chars().take(64).collect::<String>(),
                from.agent_kept()
            ],
        )?;
        let id = db.last_insert_rowid();
        db.execute(
            "DELETE FROM session WHERE account = ?1 AND id NOT IN
                 (SELECT id FROM session WHERE account = ?1 ORDER BY id DESC LIMIT ?2)",
            [account, MOST],
        )?;
        let session = Session {
            id,
            account: Arc::new(account::read(db, account)?),
            csrf: secret::csrf_of(&token),
            created: instant(now),
            expires: instant(expires),
            second_factor,
        };
        Ok(NewSession { token, session })
    }

    /// A session in the place of another: what it may do has changed. All others of the account end.
    pub(crate) fn renew_session(
        &self,
        db: &Connection,
        session: &Session,
        second_factor: bool,
        from: &Origin,
        now: i64,
    ) -> Result<NewSession, AccountError> {
        end_sessions(db, session.account.id, None)?;
        self.begin_session(db, session.account.id, second_factor, from, now)
    }
}

fn end_sessions(db: &Connection, account: i64, except: Option<i64>) -> Result<(), AccountError> {
    db.execute("DELETE FROM session WHERE account = ?1 AND id IS NOT ?2", params![account, except])?;
    db.execute("DELETE FROM pending_step WHERE account = ?1", [account])?;
    Ok(())
}
