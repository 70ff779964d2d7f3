//! Accounts and their grants.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use message::Language;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::error::AccountError;
use crate::{Accounts, attempt, instant, name};

/// A role of the pack in a unit and its descendants; without a unit, in the whole city.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The role's key in the pack.
    pub role: String,
    /// The unit's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The invitation has not been accepted.
    Invited,
    /// It can be signed in to.
    Active,
    /// An administrator has closed it.
    Disabled,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number: what the audit trail names it by.
    pub id: i64,
    /// What is typed to sign in.
    pub name: String,
    /// What others see.
    pub display: String,
    /// The roles it has.
    pub grants: Vec<Grant>,
    /// The language chosen, if any.
    pub language: Option<Language>,
    /// The theme chosen, if any.
    pub theme: Option<String>,
    /// Is a second factor asked for?
    pub second_factor: bool,
    /// Can it be signed in to with a password? Not where only a provider's identity was linked.
    pub has_password: bool,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last signed in to.
    pub last_sign_in: Option<Timestamp>,
}

pub(crate) const COLUMNS: &str = "account.id, account.name, account.display, account.grants, account.language, \
     account.theme, account.second_secret IS NOT NULL, account.password IS NOT NULL, account.active, \
     account.disabled, account.created, account.last_sign_in, account.version";

impl Account {
    /// What stands for the account in the book and wherever else nothing may be changed later: its number. A sign-in
    /// name is often a person's, and could not be taken out of the book when the person is forgotten.
    pub fn actor(&self) -> String {
        format!("account-{}", self.id)
    }
}

impl Accounts {
    /// Is there no account yet?
    pub fn is_empty(&self) -> Result<bool, AccountError> {
        self.store.read(|db| {
            Ok(!db.query_row("SELECT EXISTS (SELECT 1 FROM account)", [], |row| row.get::<_, bool>(0))?)
        })
    }

    /// The account of a number.
    pub fn account(&self, id: i64) -> Result<Option<Arc<Account>>, AccountError> {
        self.store.read(|db| {
            let version: Option<i64> = db
                .prepare_cached("SELECT version FROM account WHERE id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            version.map(|version| self.account_at(db, id, version)).transpose()
        })
    }

    /// The account of a sign-in name, in whatever case it is typed.
    pub fn account_named(&self, name: &str) -> Result<Option<Arc<Account>>, AccountError> {
        let Some(folded) = name::folded(name) else { return Ok(None) };
        self.store.read(|db| {
            db.prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE folded = ?1"))?
                .query_row([folded], |row| Ok(Arc::new(from_row(row)?)))
                .optional()
                .map_err(Into::into)
        })
    }

    /// All accounts, by name.
    pub fn accounts(&self) -> Result<Vec<Arc<Account>>, AccountError> {
        self.store.read(|db| {
            let mut statement =
                db.prepare_cached(&format!("SELECT {COLUMNS} FROM account ORDER BY folded"))?;
            let accounts = statement.query_map([], |row| Ok(Arc::new(from_row(row)?)))?;
            Ok(accounts.collect::<Result<_, _>>()?)
        })
    }

    /// Gives an account other roles. They are in force at once; its sessions end, so that a new token stands for them.
    pub fn set_grants(&self, account: i64, grants: &[Grant]) -> Result<(), AccountError> {
        let grants = grants_text(grants)?;
        self.store.write(|db| {
            change(db, account, "grants = ?2", grants)?;
            db.execute("DELETE FROM session WHERE account = ?1", [account])?;
            db.execute("DELETE FROM pending_step WHERE account = ?1", [account])?;
            Ok(())
        })
    }

    /// Closes an account, or opens it again. Closing ends its sessions and makes its tokens and invitations useless.
    pub fn set_disabled(&self, account: i64, disabled: bool) -> Result<(), AccountError> {
        self.store.write(|db| {
            change(db, account, "disabled = ?2", disabled)?;
            if disabled {
                for table in ["session", "pending_step", "invitation"] {
                    db.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [account])?;
                }
            }
            Ok(())
        })
    }

    /// Changes what others see as the name.
    pub fn set_display(&self, account: i64, display: &str) -> Result<(), AccountError> {
        let display = display_kept(display)?;
        self.store.write(|db| change(db, account, "display = ?2", display))
    }

    /// Remembers the language chosen.
    pub fn set_language(&self, account: i64, language: Option<Language>) -> Result<(), AccountError> {
        self.store.write(|db| change(db, account, "language = ?2", language.map(tag)))
    }

    /// Remembers the theme chosen.
    pub fn set_theme(&self, account: i64, theme: Option<&str>) -> Result<(), AccountError> {
        if theme.is_some_and(|theme| theme.len() > 20) {
            return Err(AccountError::TooLarge { what: "theme", limit: 20 });
        }
        self.store.write(|db| change(db, account, "theme = ?2", theme))
    }

    /// Erases who an account was: name, display name, password, factors, identities, tokens, drafts, preferences and
    /// places. Its number stays, closed, because the audit trail and the book name it.
    pub fn forget(&self, account: i64) -> Result<(), AccountError> {
        self.store.write(|db| {
            let name = format!("former-{account}");
            let changed = db.execute(
                "UPDATE account SET name = ?2, folded = ?2, display = '', grants = '[]', language = NULL, theme = NULL,
                     password = NULL, second_secret = NULL, second_begun = NULL, disabled = 1, active = 0,
                     invited_by = NULL, last_sign_in = NULL, version = version + 1
                 WHERE id = ?1",
                params![account, name],
            )?;
            if changed == 0 {
                return Err(AccountError::NoAccount);
            }
            for table in [
                "session",
                "pending_step",
                "invitation",
                "recovery",
                "token",
                "identity",
                "preference",
                "draft",
                "known_place",
            ] {
                db.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [account])?;
            }
            Ok(())
        })
    }

    /// Lets an account be tried again at once, whatever has failed before.
    pub fn unlock(&self, account: i64) -> Result<(), AccountError> {
        self.store.write(|db| {
            let folded: Option<String> = db
                .query_row("SELECT folded FROM account WHERE id = ?1", [account], |row| row.get(0))
                .optional()?;
            attempt::forgive(db, "password", &folded.ok_or(AccountError::NoAccount)?)?;
            attempt::forgive(db, "second", &account.to_string())
        })
    }

    /// Until when an attempt on the account waits, from some place at least.
    pub fn locked(&self, account: i64) -> Result<Option<Timestamp>, AccountError> {
        let now = self.now();
        self.store.read(|db| {
            let folded: Option<String> = db
                .query_row("SELECT folded FROM account WHERE id = ?1", [account], |row| row.get(0))
                .optional()?;
            let password =
                attempt::waits_until(db, "password", &folded.ok_or(AccountError::NoAccount)?, now)?;
            let second = attempt::waits_until(db, "second", &account.to_string(), now)?;
            Ok(password.max(second).map(instant))
        })
    }

    /// The account as of a version that was just read: the one in memory while it is still that.
    pub(crate) fn account_at(
        &self,
        db: &Connection,
        id: i64,
        version: i64,
    ) -> Result<Arc<Account>, AccountError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some((_, account)) = known.filter(|(known, _)| *known == version) {
            return Ok(account);
        }
        let (version, account) = db
            .prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE id = ?1"))?
            .query_row([id], |row| Ok((row.get(12)?, Arc::new(from_row(row)?))))?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // A city has some thousand accounts; whoever makes more has the memory of these.
        if known.len() > 20_000 {
            known.clear();
        }
        known.insert(id, (version, Arc::clone(&account)));
        Ok(account)
    }
}

/// An account as it is inside a transaction. What is not committed yet is never kept in memory.
pub(crate) fn read(db: &Connection, id: i64) -> Result<Account, AccountError> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE id = ?1"))?
        .query_row([id], from_row)
        .optional()?
        .ok_or(AccountError::NoAccount)
}

/// Changes one column of an account, and its version.
pub(crate) fn change(
    db: &Connection,
    account: i64,
    assignment: &str,
    value: impl rusqlite::ToSql,
) -> Result<(), AccountError> {
    let sql = format!("UPDATE account SET {assignment}, version = version + 1 WHERE id = ?1");
    match db.execute(&sql, params![account, value])? {
        0 => Err(AccountError::NoAccount),
        _ => Ok(()),
    }
}

/// Grants as they are stored.
pub(crate) fn grants_text(grants: &[Grant]) -> Result<String, AccountError> {
    const MOST: usize = 100;
    if grants.len() > MOST {
        return Err(AccountError::TooLarge { what: "grants", limit: MOST });
    }
    let mut grants = grants.to_vec();
    grants.sort();
    grants.dedup();
    serde_json::to_string(&grants).map_err(|error| AccountError::Store(error.to_string()))
}

/// A display name without what would break a line or a page.
pub(crate) fn display_kept(display: &str) -> Result<String, AccountError> {
    const MOST: usize = 60;
    let kept: String = display.chars().filter(|character| !character.is_control()).collect();
    let kept = kept.trim();
    match kept.chars().count() {
        0 => Err(AccountError::NameUnfit),
        length if length > MOST => Err(AccountError::TooLarge { what: "display name", limit: MOST }),
        _ => Ok(kept.to_owned()),
    }
}

pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Account> {
    let grants: String = row.get(3)?;
    let language: Option<String> = row.get(4)?;
    let (active, disabled): (bool, bool) = (row.get(8)?, row.get(9)?);
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        display: row.get(2)?,
        // Grants that cannot be read are none: what is not understood allows nothing.
        grants: serde_json::from_str(&grants).unwrap_or_default(),
        language: language.as_deref().and_then(Language::parse),
        theme: row.get(5)?,
        second_factor: row.get(6)?,
        has_password: row.get(7)?,
        state: match (disabled, active) {
            (true, _) => State::Disabled,
            (false, true) => State::Active,
            (false, false) => State::Invited,
        },
        created: instant(row.get(10)?),
        last_sign_in: row.get::<_, Option<i64>>(11)?.map(instant),
    })
}

fn tag(language: Language) -> &'static str {
    match language {
        Language::Simplified => "zh-Hans",
        Language::Traditional => "zh-Hant",
        Language::English => "en",
    }
}
