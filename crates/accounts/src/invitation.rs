//! The only way to an account: somebody who may, invites.
//!
//! An invitation is a secret that is handed over as a link, works once and for a week. A forgotten password is mended
//! the same way (`reset`): nobody is ever told a password, and there is none before a person has chosen it.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::account::{self, Account, Grant};
use crate::error::AccountError;
use crate::origin::Origin;
use crate::session::NewSession;
use crate::settings::microseconds;
use crate::sign_in::SignIn;
use crate::{Accounts, attempt, identity, instant, name, secret, strength};

/// A secret that opens an account once. Only its hash is stored: who loses it needs another.
#[derive(Debug)]
pub struct Invitation {
    /// The account.
    pub account: i64,
    /// For the link `/invitation/SECRET`.
    pub secret: String,
    /// Until when.
    pub expires: Timestamp,
}

impl Accounts {
    /// Makes the first account, which nobody could invite. Refused where there are accounts, unless `again`.
    pub fn first(
        &self,
        name: &str,
        display: &str,
        grants: &[Grant],
        again: bool,
    ) -> Result<Invitation, AccountError> {
        self.make(name, display, grants, None, |db| {
            let any: bool = db.query_row("SELECT EXISTS (SELECT 1 FROM account)", [], |row| row.get(0))?;
            if any && !again { Err(AccountError::NotFirst) } else { Ok(()) }
        })
    }

    /// Makes an account that waits for its person to accept.
    pub fn invite(
        &self,
        name: &str,
        display: &str,
        grants: &[Grant],
        by: Option<i64>,
    ) -> Result<Invitation, AccountError> {
        self.make(name, display, grants, by, |_| Ok(()))
    }

    /// A new invitation to an account that exists: the password was forgotten, or the first invitation has expired.
    /// Earlier invitations are void at once; the password and the sessions until now, when it is accepted.
    pub fn reset(&self, account: i64, drop_second_factor: bool) -> Result<Invitation, AccountError> {
        let now = self.now();
        self.store.write(|db| {
            let disabled: Option<bool> = db
                .query_row("SELECT disabled FROM account WHERE id = ?1", [account], |row| row.get(0))
                .optional()?;
            match disabled {
                None | Some(true) => Err(AccountError::NoAccount),
                Some(false) => self.issue(db, account, drop_second_factor, now),
            }
        })
    }

    /// Whose invitation it is, while it can be accepted.
    pub fn invitation(&self, secret: &str) -> Result<Option<Arc<Account>>, AccountError> {
        let now = self.now();
        let found = self.store.read(|db| pending(db, secret, now))?;
        match found {
            Some((account, _)) => self.account(account),
            None => Ok(None),
        }
    }

    /// Accepts an invitation with a password, and signs in.
    ///
    /// A second factor that a reset has not dropped is still asked for.
    pub fn accept(&self, secret: &str, password: &str, from: &Origin) -> Result<SignIn, AccountError> {
        let invited = self.invitation(secret)?.ok_or(AccountError::Invitation)?;
        strength::check(password, &[&invited.name, &invited.display]).map_err(AccountError::Weak)?;
        let hash = self.hasher.hash(password)?;
        let now = self.now();
        self.store.write(|db| {
            let account = self.take(db, secret, from, now)?;
            account::change(db, account, "password = ?2", &hash)?;
            self.after_password(db, account, from, now)
        })
    }

    /// Accepts an invitation with an identity at the provider, and signs in.
    pub fn accept_identity(
        &self,
        secret: &str,
        issuer: &str,
        subject: &str,
        from: &Origin,
    ) -> Result<NewSession, AccountError> {
        let now = self.now();
        self.store.write(|db| {
            let account = self.take(db, secret, from, now)?;
            identity::link(db, account, issuer, subject, now)?;
            self.begin_session(db, account, false, from, now)
        })
    }

    fn make(
        &self,
        name: &str,
        display: &str,
        grants: &[Grant],
        by: Option<i64>,
        allowed: impl FnOnce(&Connection) -> Result<(), AccountError>,
    ) -> Result<Invitation, AccountError> {
        let folded = name::folded(name).ok_or(AccountError::NameUnfit)?;
        let display = account::display_kept(display)?;
        let grants = account::grants_text(grants)?;
        let now = self.now();
        self.store.write(|db| {
            allowed(db)?;
            let made = db.execute(
                "INSERT INTO account (name, folded, display, grants, created, invited_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (folded) DO NOTHING",
                params![name, folded, display, grants, now, by],
            )?;
            if made == 0 {
                return Err(AccountError::NameTaken);
            }
            self.issue(db, db.last_insert_rowid(), false, now)
        })
    }

    fn issue(
        &self,
        db: &Connection,
        account: i64,
        drop_second: bool,
        now: i64,
    ) -> Result<Invitation, AccountError> {
        let secret = secret::base62(32)?;
        let expires = now + microseconds(self.settings.invitation);
        db.execute("DELETE FROM invitation WHERE account = ?1", [account])?;
        db.execute(
            "INSERT INTO invitation (hash, account, drop_second, expires) VALUES (?1, ?2, ?3, ?4)",
            params![secret::hash(&secret), account, drop_second, expires],
        )?;
        Ok(Invitation { account, secret, expires: instant(expires) })
    }

    /// Uses the invitation up; the account is active, and whatever was open of it is closed.
    fn take(&self, db: &Connection, secret: &str, from: &Origin, now: i64) -> Result<i64, AccountError> {
        let (account, drop_second) = pending(db, secret, now)?.ok_or(AccountError::Invitation)?;
        account::change(db, account, "active = 1, last_sign_in = ?2", now)?;
        if drop_second {
            account::change(db, account, "second_secret = ?2, second_begun = NULL", None::<Vec<u8>>)?;
            db.execute("DELETE FROM recovery WHERE account = ?1", [account])?;
        }
        for table in ["invitation", "session", "pending_step"] {
            db.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [account])?;
        }
        attempt::remember_place(db, account, &from.place(), now)?;
        Ok(account)
    }
}

/// The account of an invitation that is good now, and whether its second factor goes.
fn pending(db: &Connection, secret: &str, now: i64) -> Result<Option<(i64, bool)>, AccountError> {
    Ok(db
        .query_row(
            "SELECT invitation.account, drop_second FROM invitation JOIN account ON account.id = invitation.account
             WHERE hash = ?1 AND expires > ?2 AND NOT disabled",
            params![secret::hash(secret), now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?)
}
