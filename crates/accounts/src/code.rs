//! Recovery codes: for who has lost the authenticator. Ten, each works once.

use rusqlite::{Connection, params};

use crate::error::AccountError;
use crate::{Accounts, secret};

const CODES: usize = 10;
/// 12 letters and digits: 71 bits, and guessing is slowed.
const LENGTH: usize = 12;

impl Accounts {
    /// New recovery codes in the place of all earlier ones. They are shown once.
    pub fn new_recovery_codes(&self, account: i64) -> Result<Vec<String>, AccountError> {
        self.store.write(|db| {
            let has: bool = db.query_row(
                "SELECT EXISTS (SELECT 1 FROM account WHERE id = ?1 AND second_secret IS NOT NULL)",
                [account],
                |row| row.get(0),
            )?;
            if has { renew(db, account) } else { Err(AccountError::SecondFactor) }
        })
    }

    /// How many recovery codes are left.
    pub fn recovery_codes_left(&self, account: i64) -> Result<u32, AccountError> {
        self.store.read(|db| {
            Ok(db
                .query_row("SELECT count(*) FROM recovery WHERE account = ?1", [account], |row| row.get(0))?)
        })
    }
}

/// Makes the codes anew.
pub(crate) fn renew(db: &Connection, account: i64) -> Result<Vec<String>, AccountError> {
    db.execute("DELETE FROM recovery WHERE account = ?1", [account])?;
    let mut codes = Vec::with_capacity(CODES);
    while codes.len() < CODES {
        // Lower case only is easier to copy; what looks alike is left out.
        let code: String = secret::base62(200)?
            .chars()
            .filter(|letter| matches!(letter, '2'..='9' | 'a'..='k' | 'm' | 'n' | 'p'..='z'))
            .take(LENGTH)
            .collect();
        if code.len() < LENGTH {
            continue;
        }
        db.execute(
            "INSERT INTO recovery (account, hash) VALUES (?1, ?2)",
            params![account, stored(account, &code)],
        )?;
        codes.push(format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]));
    }
    Ok(codes)
}

/// Is it a code that was not used yet? It is used then.
pub(crate) fn use_recovery(db: &Connection, account: i64, given: &str) -> Result<bool, AccountError> {
    let code: String = given.to_lowercase().chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    let used = db.execute(
        "DELETE FROM recovery WHERE account = ?1 AND hash = ?2",
        params![account, stored(account, &code)],
    )?;
    Ok(used > 0)
}

fn stored(account: i64, code: &str) -> [u8; 32] {
    secret::hash(&format!("recovery {account} {code}"))
}
