//! The second factor: codes of an authenticator (RFC 6238: SHA-1, 6 digits, 30 s, as every authenticator does).
//!
//! A code of the step before and after is taken too; one whose step was used, or an earlier one, never again.

use rusqlite::{Connection, OptionalExtension, params};
use subtle::{Choice, ConstantTimeEq};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::account;
use crate::error::AccountError;
use crate::origin::Origin;
use crate::seal::Sealer;
use crate::session::{NewSession, Session};
use crate::{Accounts, code, secret};

const STEP: i64 = 30;

/// A second factor that waits for its first code.
#[derive(Debug)]
pub struct Enrolment {
    /// For typing it in.
    pub secret_base32: String,
    /// For a QR code: `otpauth://totp/…`.
    pub uri: String,
}

impl Accounts {
    /// Makes a new secret for an authenticator. It counts when a code of it was shown.
    pub fn begin_second_factor(&self, account: i64, issuer: &str) -> Result<Enrolment, AccountError> {
        let plain = secret::random::<20>()?;
        let sealed = self.sealer.seal(&purpose(account), &plain)?;
        let name = self.store.write(|db| {
            account::change(db, account, "second_begun = ?2", sealed)?;
            Ok(account::read(db, account)?.name)
        })?;
        let totp = authenticator(plain.to_vec(), Some(issuer.replace(':', " ")), name.replace(':', " "))?;
        let secret_base32 = Secret::Raw(plain.to_vec()).to_encoded().to_string();
        Ok(Enrolment { secret_base32, uri: totp.get_url() })
    }

    /// Takes the first code of the new secret. From now on the factor is asked for; the session gets a new token and
    /// the recovery codes are given, once.
    pub fn confirm_second_factor(
        &self,
        session: &Session,
        given: &str,
        from: &Origin,
    ) -> Result<(NewSession, Vec<String>), AccountError> {
        let now = self.now();
        let account = session.account.id;
        self.store.write(|db| {
            let begun: Option<Vec<u8>> = db
                .query_row("SELECT second_begun FROM account WHERE id = ?1", [account], |row| row.get(0))
                .optional()?
                .flatten();
            let plain = self.sealer.open(&purpose(account), &begun.ok_or(AccountError::SecondFactor)?)?;
            let step = matching_step(plain, given, 0, now)?.ok_or(AccountError::Code)?;
            db.execute(
                "UPDATE account SET second_secret = second_begun, second_begun = NULL, second_step = ?2,
                     version = version + 1 WHERE id = ?1",
                params![account, step],
            )?;
            let codes = code::renew(db, account)?;
            Ok((self.renew_session(db, session, true, from, now)?, codes))
        })
    }

    /// Asks for no second factor any more.
    pub fn drop_second_factor(&self, account: i64) -> Result<(), AccountError> {
        self.store.write(|db| {
            account::change(db, account, "second_secret = ?2, second_begun = NULL", None::<Vec<u8>>)?;
            db.execute("DELETE FROM recovery WHERE account = ?1", [account])?;
            Ok(())
        })
    }
}

/// Is it a code of the account's second factor that was not used yet? It is used then.
pub(crate) fn use_code(
    sealer: &Sealer,
    db: &Connection,
    account: i64,
    given: &str,
    now: i64,
) -> Result<bool, AccountError> {
    let (sealed, last): (Option<Vec<u8>>, i64) =
        db.query_row("SELECT second_secret, second_step FROM account WHERE id = ?1", [account], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let Some(sealed) = sealed else { return Ok(false) };
    let plain = sealer.open(&purpose(account), &sealed)?;
    let Some(step) = matching_step(plain, given, last, now)? else { return Ok(false) };
    db.execute("UPDATE account SET second_step = ?2 WHERE id = ?1", [account, step])?;
    Ok(true)
}

/// The step, later than the last one used, whose code was given.
fn matching_step(secret: Vec<u8>, given: &str, last: i64, now: i64) -> Result<Option<i64>, AccountError> {
    let given: String = given.chars().filter(|character| !character.is_whitespace()).collect();
    let totp = authenticator(secret, None, String::new())?;
    let present = now / 1_000_000 / STEP;
    let mut found = None;
    // All three are compared, so that the time tells nothing.
    for step in present - 1..=present + 1 {
        let code = totp.generate(u64::try_from(step * STEP).unwrap_or(0));
        let same: Choice = code.as_bytes().ct_eq(given.as_bytes());
        if bool::from(same) && step > last {
            found = Some(step);
        }
    }
    Ok(found)
}

fn authenticator(secret: Vec<u8>, issuer: Option<String>, name: String) -> Result<TOTP, AccountError> {
    TOTP::new(Algorithm::SHA1, 6, 1, STEP.unsigned_abs(), secret, issuer, name)
        .map_err(|error| AccountError::Store(format!("authenticator: {error}")))
}

/// Binds a sealed secret to its account.
fn purpose(account: i64) -> String {
    format!("second factor {account}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use super::matching_step;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of the eight digits.
        fn check(seconds: i64, code: &str, last: i64, expected: Option<i64>) {
            let secret = b"12345678901234567890".to_vec();
            assert_eq!(matching_step(secret, code, last, seconds * 1_000_000).unwrap(), expected);
        }
        check(59, "287082", 0, Some(1));
        check(1_111_111_109, "081804", 0, Some(37_037_036));
        check(1_111_111_109, "081 804", 0, Some(37_037_036));
        // A step early or late is taken, two are not.
        check(1_111_111_109 + 30, "081804", 0, Some(37_037_036));
        check(1_111_111_109 - 30, "081804", 0, Some(37_037_036));
        check(1_111_111_109 + 60, "081804", 0, None);
        // Not twice.
        check(1_111_111_109, "081804", 37_037_036, None);
        check(1_111_111_109, "", 0, None);
        check(1_111_111_109, "081805", 0, None);
    }
}
