//! Passwords: argon2id.
//!
//! 19 MiB of memory, two passes, one lane: the first of the equivalent settings that OWASP's Password Storage Cheat
//! Sheet names. It is some 20 ms of a core; the settings stand in every stored hash, so that raising them later harms
//! nobody (a hash of other settings is renewed at the next sign-in).
//!
//! A name that does not exist costs the same work as one that does. Only as many hashes are made at once as there are
//! cores, and who waits in a long queue is sent away, so that sign-ins cannot take the whole machine.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::error::AccountError;
use crate::secret;

/// KiB of memory, passes, lanes.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// So many may wait for each core.
const QUEUE: usize = 32;

pub(crate) struct Hasher {
    argon2: Argon2<'static>,
    /// The hash that a name without an account is checked against; nobody knows its password.
    nobody: String,
    cores: usize,
    /// How many are at work, and how many wait.
    gate: Mutex<(usize, usize)>,
    freed: Condvar,
}

impl Hasher {
    pub(crate) fn new() -> Result<Hasher, AccountError> {
        let params = Params::new(MEMORY, PASSES, LANES, None).map_err(broken)?;
        let mut hasher = Hasher {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobody: String::new(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            gate: Mutex::new((0, 0)),
            freed: Condvar::new(),
        };
        hasher.nobody = hasher.hash(&secret::random_token()?)?;
        Ok(hasher)
    }

    /// The hash of a password, with its settings and a new salt.
    pub(crate) fn hash(&self, password: &str) -> Result<String, AccountError> {
        let salt = SaltString::encode_b64(&secret::random::<16>()?).map_err(broken)?;
        let _turn = self.turn()?;
        Ok(self.argon2.hash_password(password.as_bytes(), &salt).map_err(broken)?.to_string())
    }

    /// Is it the password? Without a hash, the same work is done and the answer is no.
    pub(crate) fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, AccountError> {
        let parsed = PasswordHash::new(hash.unwrap_or(&self.nobody)).map_err(broken)?;
        let _turn = self.turn()?;
        let right = self.argon2.verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(right && hash.is_some())
    }

    /// Was the hash made with other settings than today's?
    pub(crate) fn is_outdated(&self, hash: &str) -> bool {
        let settings = |hash: &str| {
            PasswordHash::new(hash).ok().map(|hash| (hash.algorithm.to_string(), hash.params.to_string()))
        };
        settings(hash) != settings(&self.nobody)
    }

    fn turn(&self) -> Result<Turn<'_>, AccountError> {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        if gate.1 >= self.cores * QUEUE {
            return Err(AccountError::Busy);
        }
        gate.1 += 1;
        while gate.0 >= self.cores {
            gate = self.freed.wait(gate).unwrap_or_else(PoisonError::into_inner);
        }
        gate.1 -= 1;
        gate.0 += 1;
        Ok(Turn(self))
    }
}

/// The right to be one of those at work.
struct Turn<'a>(&'a Hasher);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.gate.lock().unwrap_or_else(PoisonError::into_inner).0 -= 1;
        self.0.freed.notify_one();
    }
}

fn broken(error: impl std::fmt::Display) -> AccountError {
    AccountError::Store(format!("password hash: {error}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_states_its_settings() {
        let hasher = Hasher::new().unwrap();
        let hash = hasher.hash("长江 白鹭 竹筏 月亮").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify("长江 白鹭 竹筏 月亮", Some(&hash)).unwrap());
        assert!(!hasher.verify("长江 白鹭 竹筏 月光", Some(&hash)).unwrap());
        assert!(!hasher.verify("长江 白鹭 竹筏 月亮", None).unwrap());
        assert_ne!(hash, hasher.hash("长江 白鹭 竹筏 月亮").unwrap());
        assert!(!hasher.is_outdated(&hash));
        assert!(hasher.is_outdated(&hash.replace("t=2", "t=1")));
    }

    #[test]
    fn all_who_wait_get_their_turn() {
        let hasher = Hasher::new().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| assert!(!hasher.verify("x", None).unwrap()));
            }
        });
        assert_eq!(*hasher.gate.lock().unwrap(), (0, 0));
    }
}
