//! Random secrets, and the hashes by which they are known.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::AccountError;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 256 random bits as text that fits into cookies and addresses.
pub fn random_token() -> Result<String, AccountError> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// The CSRF secret that belongs to a cookie: that of a session, or the one that a visitor has before signing in.
///
/// It is derived, so that nothing needs to be stored and who knows it does not know the cookie.
pub fn csrf_of(cookie: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::new_with_prefix("qingyuan csrf\0").chain_update(cookie).finalize())
}

/// Does the secret of a form belong to the cookie? Takes the same time whatever the answer.
pub fn csrf_matches(cookie: &str, given: &str) -> bool {
    csrf_of(cookie).as_bytes().ct_eq(given.as_bytes()).into()
}

/// What is stored of a random secret. It needs no salt and no slowness: nobody guesses 128 random bits or more.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Random letters and digits.
pub(crate) fn base62(length: usize) -> Result<String, AccountError> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in random::<64>()? {
            // 248 = 4 × 62: what lies above would make some letters likelier.
            if byte < 248 && text.len() < length {
                text.push(char::from(BASE62[usize::from(byte) % 62]));
            }
        }
    }
    Ok(text)
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], AccountError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| AccountError::Store(format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use super::*;

    #[test]
    fn a_forms_secret_belongs_to_one_cookie() {
        let (one, other) = (random_token().unwrap(), random_token().unwrap());
        assert_ne!(one, other);
        assert!(csrf_matches(&one, &csrf_of(&one)));
        assert!(!csrf_matches(&one, &csrf_of(&other)));
        assert!(!csrf_matches(&one, ""));
        assert!(!csrf_matches(&one, &one));
    }

    #[test]
    fn every_letter_of_base62_occurs() {
        let text = base62(20_000).unwrap();
        assert_eq!(text.len(), 20_000);
        assert!(BASE62.iter().all(|&letter| text.contains(char::from(letter))));
    }
}
