//! Identities at a provider (OpenID Connect), and sign-ins that wait for its answer.
//!
//! An identity is (issuer, subject) and nothing else: a provider's e-mail address or name never finds an account, or
//! whoever may choose those there could be anybody here. It is linked by accepting an invitation, or by its person.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::error::AccountError;
use crate::settings::microseconds;
use crate::{Accounts, instant, secret};

/// An identity that is linked to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its number.
    pub id: i64,
    /// The provider.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// Since when.
    pub created: Timestamp,
}

/// What has to be known when the provider's answer comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingOidc {
    /// Comes back with the answer, once.
    pub state: String,
    /// Must stand in the provider's token.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// The cookie of the browser that began: the answer counts in no other.
    pub browser: String,
    /// The invitation that is being accepted, if one is.
    pub invitation: Option<String>,
    /// The account that links an identity to itself, if one does.
    pub link: Option<i64>,
    /// Where to go afterwards.
    pub return_to: String,
}

impl Accounts {
    /// Links an identity to an account.
    pub fn link_identity(&self, account: i64, issuer: &str, subject: &str) -> Result<(), AccountError> {
        let now = self.now();
        self.store.write(|db| link(db, account, issuer, subject, now))
    }

    /// The identities of an account.
    pub fn identities(&self, account: i64) -> Result<Vec<Identity>, AccountError> {
        self.store.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, issuer, subject, created FROM identity WHERE account = ?1 ORDER BY id",
            )?;
            let identities = statement.query_map([account], |row| {
                Ok(Identity {
                    id: row.get(0)?,
                    issuer: row.get(1)?,
                    subject: row.get(2)?,
                    created: instant(row.get(3)?),
                })
            })?;
            Ok(identities.collect::<Result<_, _>>()?)
        })
    }

    /// Takes an identity from an account.
    pub fn unlink_identity(&self, account: i64, id: i64) -> Result<(), AccountError> {
        self.store.write(|db| {
            db.execute("DELETE FROM identity WHERE account = ?1 AND id = ?2", [account, id])?;
            Ok(())
        })
    }

    /// Keeps what has to be known when the answer comes, sealed and for some minutes.
    pub fn begin_oidc(&self, pending: &PendingOidc) -> Result<(), AccountError> {
        let plain = serde_json::to_vec(pending).map_err(|error| AccountError::Store(error.to_string()))?;
        let sealed = self.sealer.seal("oidc", &plain)?;
        let now = self.now();
        self.store.write(|db| {
            db.execute("DELETE FROM pending_oidc WHERE expires <= ?1", [now])?;
            // Whoever begins sign-ins without end fills a table of this size, and not the disk.
            db.execute(
                "DELETE FROM pending_oidc WHERE hash IN
                     (SELECT hash FROM pending_oidc ORDER BY expires DESC LIMIT -1 OFFSET 10000)",
                [],
            )?;
            db.execute(
                "INSERT INTO pending_oidc (hash, sealed, expires) VALUES (?1, ?2, ?3)",
                params![secret::hash(&pending.state), sealed, now + microseconds(self.settings.step)],
            )?;
            Ok(())
        })
    }

    /// What was kept for a state, once, and only for the browser that began.
    pub fn take_oidc(&self, state: &str, browser: &str) -> Result<Option<PendingOidc>, AccountError> {
        let now = self.now();
        let sealed: Option<Vec<u8>> = self.store.write(|db| {
            Ok(db
                .query_row(
                    "DELETE FROM pending_oidc WHERE hash = ?1 AND expires > ?2 RETURNING sealed",
                    params![secret::hash(state), now],
                    |row| row.get(0),
                )
                .optional()?)
        })?;
        let Some(sealed) = sealed else { return Ok(None) };
        let plain = self.sealer.open("oidc", &sealed)?;
        let pending: PendingOidc =
            serde_json::from_slice(&plain).map_err(|error| AccountError::Store(error.to_string()))?;
        let same = secret::csrf_matches(browser, &secret::csrf_of(&pending.browser));
        Ok(Some(pending).filter(|_| same))
    }
}

pub(crate) fn link(
    db: &Connection,
    account: i64,
    issuer: &str,
    subject: &str,
    now: i64,
) -> Result<(), AccountError> {
    let owner: Option<i64> = db
        .query_row(
            "SELECT account FROM identity WHERE issuer = ?1 AND subject = ?2",
            [issuer, subject],
            |row| row.get(0),
        )
        .optional()?;
    match owner {
        Some(owner) if owner == account => Ok(()),
        Some(_) => Err(AccountError::IdentityTaken),
        None => {
            db.execute(
                "INSERT INTO identity (issuer, subject, account, created) VALUES (?1, ?2, ?3, ?4)",
                params![issuer, subject, account, now],
            )?;
            Ok(())
        }
    }
}
