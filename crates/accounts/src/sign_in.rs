//! Signing in: the name and the password, then the second factor where there is one.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::account;
use crate::attempt::{self, Attempt};
use crate::error::AccountError;
use crate::origin::Origin;
use crate::session::{NewSession, Session};
use crate::settings::microseconds;
use crate::{Accounts, code, instant, name, secret, strength, totp};

/// How far a sign-in has come.
#[derive(Debug)]
pub enum SignIn {
    /// Signed in.
    Done(NewSession),
    /// The password was right; the code of the second factor is wanted.
    SecondStep {
        /// The account, for the audit trail.
        account: i64,
        /// Stands for the first step, until it expires or is used.
        pending: String,
        /// Until when.
        expires: Timestamp,
    },
}

/// What is known of an account when its password is checked.
struct Candidate {
    id: i64,
    password: Option<String>,
    open: bool,
}

impl Accounts {
    /// Checks name and password.
    ///
    /// A name without an account, one that is closed or has not been accepted, and a wrong password: the same answer
    /// after the same work.
    pub fn sign_in(&self, name: &str, password: &str, from: &Origin) -> Result<SignIn, AccountError> {
        let now = self.now();
        // What is no name has no account, and is counted all the same.
        let folded = name::folded(name).unwrap_or_else(|| name.chars().take(100).collect());
        let (candidate, attempt) = self.store.write(|db| {
            let candidate = candidate(db, &folded)?;
            let account = candidate.as_ref().map(|candidate| candidate.id);
            let attempt = Attempt::new(db, "password", &folded, account, &from.place(), now)?;
            attempt.begin(db, now)?;
            Ok((candidate, attempt))
        })?;
        let usable = candidate.filter(|candidate| candidate.open);
        let hash = usable.as_ref().and_then(|candidate| candidate.password.as_deref());
        let right = self.check_password(password, hash, &attempt)?;
        let Some((candidate, hash)) = usable.as_ref().zip(hash).filter(|_| right) else {
            return Err(AccountError::Wrong);
        };
        let renewed = if self.hasher.is_outdated(hash) { Some(self.hasher.hash(password)?) } else { None };
        self.store.write(|db| {
            attempt.succeed(db)?;
            // Between the check and now the account may have been closed, or its password changed.
            let same = db
                .query_row(
                    "SELECT 1 FROM account WHERE id = ?1 AND active AND NOT disabled AND password = ?2",
                    params![candidate.id, hash],
                    |_| Ok(()),
                )
                .optional()?;
            same.ok_or(AccountError::Wrong)?;
            if let Some(renewed) = &renewed {
                account::change(db, candidate.id, "password = ?2", renewed)?;
            }
            self.after_password(db, candidate.id, from, now)
        })
    }

    /// Checks the code of the second factor, or a recovery code, after the password.
    pub fn second_step(&self, pending: &str, given: &str, from: &Origin) -> Result<NewSession, AccountError> {
        let now = self.now();
        let hash = secret::hash(pending);
        let (account, attempt) = self.store.write(|db| {
            let account: Option<i64> = db
                .query_row(
                    "SELECT account FROM pending_step WHERE hash = ?1 AND expires > ?2",
                    params![hash, now],
                    |row| row.get(0),
                )
                .optional()?;
            let account = account.ok_or(AccountError::Expired)?;
            let attempt =
                Attempt::new(db, "second", &account.to_string(), Some(account), &from.place(), now)?;
            attempt.begin(db, now)?;
            Ok((account, attempt))
        })?;
        self.store.write(|db| {
            // Used up by whoever comes first, so that two requests with one code make one session.
            if db.execute("DELETE FROM pending_step WHERE hash = ?1", [hash])? == 0 {
                return Err(AccountError::Expired);
            }
            let right = totp::use_code(&self.sealer, db, account, given, now)?
                || code::use_recovery(db, account, given)?;
            if !right {
                return Err(AccountError::Code);
            }
            attempt.succeed(db)?;
            self.signed_in(db, account, true, from, now)
        })
    }

    /// Signs in with an identity that a provider vouches for; none if it is linked to no open account.
    ///
    /// A second factor is the provider's matter then: it is not asked for twice.
    pub fn sign_in_by_identity(
        &self,
        issuer: &str,
        subject: &str,
        from: &Origin,
    ) -> Result<Option<NewSession>, AccountError> {
        let now = self.now();
        self.store.write(|db| {
            let account: Option<i64> = db
                .query_row(
                    "SELECT account.id FROM identity JOIN account ON account.id = identity.account
                     WHERE issuer = ?1 AND subject = ?2 AND active AND NOT disabled",
                    [issuer, subject],
                    |row| row.get(0),
                )
                .optional()?;
            account.map(|account| self.signed_in(db, account, false, from, now)).transpose()
        })
    }

    /// Asks for the password again, before something grave. Guessing here is slowed like at the sign-in.
    pub fn confirm(&self, account: i64, password: &str, from: &Origin) -> Result<(), AccountError> {
        self.confirmed_hash(account, password, from).map(|_| ())
    }

    /// Changes the password of the account that is signed in. Its other sessions end, this one gets a new token.
    pub fn change_password(
        &self,
        session: &Session,
        old: &str,
        new: &str,
        from: &Origin,
    ) -> Result<NewSession, AccountError> {
        let account = &session.account;
        strength::check(new, &[&account.name, &account.display]).map_err(AccountError::Weak)?;
        let old_hash = self.confirmed_hash(account.id, old, from)?;
        let hash = self.hasher.hash(new)?;
        let now = self.now();
        self.store.write(|db| {
            let changed = db.execute(
                "UPDATE account SET password = ?2, version = version + 1 WHERE id = ?1 AND password = ?3",
                params![account.id, hash, old_hash],
            )?;
            if changed == 0 {
                return Err(AccountError::Wrong);
            }
            self.renew_session(db, session, session.second_factor, from, now)
        })
    }

    /// After a right password: a session, or the second step.
    pub(crate) fn after_password(
        &self,
        db: &Connection,
        account: i64,
        from: &Origin,
        now: i64,
    ) -> Result<SignIn, AccountError> {
        if !account::read(db, account)?.second_factor {
            return Ok(SignIn::Done(self.signed_in(db, account, false, from, now)?));
        }
        let pending = secret::random_token()?;
        let expires = now + microseconds(self.settings.step);
        db.execute(
            "INSERT INTO pending_step (hash, account, expires) VALUES (?1, ?2, ?3)",
            params![secret::hash(&pending), account, expires],
        )?;
        Ok(SignIn::SecondStep { account, pending, expires: instant(expires) })
    }

    fn signed_in(
        &self,
        db: &Connection,
        account: i64,
        second_factor: bool,
        from: &Origin,
        now: i64,
    ) -> Result<NewSession, AccountError> {
        account::change(db, account, "last_sign_in = ?2", now)?;
        attempt::remember_place(db, account, &from.place(), now)?;
        self.begin_session(db, account, second_factor, from, now)
    }

    fn confirmed_hash(&self, account: i64, password: &str, from: &Origin) -> Result<String, AccountError> {
        let now = self.now();
        let (hash, attempt) = self.store.write(|db| {
            let (folded, hash): (String, Option<String>) = db
                .query_row(
                    "SELECT folded, password FROM account WHERE id = ?1 AND NOT disabled",
                    [account],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?
                .ok_or(AccountError::NoAccount)?;
            let attempt = Attempt::new(db, "password", &folded, Some(account), &from.place(), now)?;
            attempt.begin(db, now)?;
            Ok((hash, attempt))
        })?;
        let right = self.check_password(password, hash.as_deref(), &attempt)?;
        let hash = hash.filter(|_| right).ok_or(AccountError::Wrong)?;
        self.store.write(|db| attempt.succeed(db))?;
        Ok(hash)
    }

    /// Checks a password that was counted as a failure already. Where nothing could be checked, that is taken back.
    fn check_password(
        &self,
        password: &str,
        hash: Option<&str>,
        attempt: &Attempt,
    ) -> Result<bool, AccountError> {
        // What is longer than any password is not worth the work of hashing it.
        if password.len() > 4096 {
            return Ok(false);
        }
        self.hasher.verify(password, hash).inspect_err(|_| {
            let _ = self.store.write(|db| attempt.succeed(db));
        })
    }
}

fn candidate(db: &Connection, folded: &str) -> Result<Option<Candidate>, AccountError> {
    Ok(db
        .prepare_cached("SELECT id, password, active AND NOT disabled FROM account WHERE folded = ?1")?
        .query_row([folded], |row| {
            Ok(Candidate { id: row.get(0)?, password: row.get(1)?, open: row.get(2)? })
        })
        .optional()?)
}
