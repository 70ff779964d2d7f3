//! Encryption of what has to be read back, with a key that lies beside the other keys of the home.
//!
//! Who has only `accounts.db` (a copy on a stick, a backup without keys) cannot make the codes of anybody's second
//! factor, nor write an audit trail that verifies. ChaCha20-Poly1305 with random nonces; what is sealed is bound to its
//! purpose and its account, so that nothing can be moved to another place.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::error::AccountError;
use crate::secret;

pub(crate) struct Sealer {
    key: LessSafeKey,
    audit: hmac::Key,
}

impl Sealer {
    /// Reads the key of a home, or makes it.
    pub(crate) fn of_home(home: &Path) -> Result<Sealer, AccountError> {
        let folder = home.join("keys");
        let path = folder.join("accounts.key");
        if !path.exists() {
            make_key(&folder, &path)?;
        }
        let text = fs::read_to_string(&path).map_err(AccountError::io(&path))?;
        let master: [u8; 32] = BASE64_STANDARD
            .decode(text.trim())
            .ok()
            .and_then(|key| key.try_into().ok())
            .ok_or_else(|| AccountError::KeyBroken(path.clone()))?;
        // One key a purpose.
        let master = hmac::Key::new(hmac::HMAC_SHA256, &master);
        let derived = |purpose: &str| hmac::sign(&master, purpose.as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, derived("qingyuan accounts seal").as_ref())
            .map_err(|_| AccountError::KeyBroken(path))?;
        let audit = hmac::Key::new(hmac::HMAC_SHA256, derived("qingyuan accounts audit").as_ref());
        Ok(Sealer { key: LessSafeKey::new(key), audit })
    }

    /// The key of the audit trail's chain.
    pub(crate) fn audit_key(&self) -> hmac::Key {
        self.audit.clone()
    }

    /// Seals bytes for a purpose.
    pub(crate) fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, AccountError> {
        let nonce = secret::random::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| AccountError::Sealed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for the same purpose.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, AccountError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(AccountError::Sealed)?;
        let mut plain = sealed.to_vec();
        let length = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(purpose.as_bytes()), &mut plain)
            .map_err(|_| AccountError::Sealed)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

/// Writes a new key, whole or not at all; where two processes do it at once, the first one's stays.
fn make_key(folder: &Path, path: &Path) -> Result<(), AccountError> {
    fs::create_dir_all(folder).map_err(AccountError::io(folder))?;
    let stage = folder.join(format!("accounts.key.{}", secret::base62(8)?));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&stage).map_err(AccountError::io(&stage))?;
    writeln!(file, "{}", BASE64_STANDARD.encode(secret::random::<32>()?))
        .map_err(AccountError::io(&stage))?;
    file.sync_all().map_err(AccountError::io(&stage))?;
    let linked = fs::hard_link(&stage, path);
    fs::remove_file(&stage).map_err(AccountError::io(&stage))?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(AccountError::io(path)(error)),
        _ => File::open(folder).and_then(|folder| folder.sync_all()).map_err(AccountError::io(folder)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only_and_with_its_key_only() {
        let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealer = Sealer::of_home(home.path()).unwrap();
        let sealed = sealer.seal("second factor 7", b"secret").unwrap();
        assert_eq!(sealer.open("second factor 7", &sealed).unwrap(), b"secret");
        assert_eq!(
            Sealer::of_home(home.path()).unwrap().open("second factor 7", &sealed).unwrap(),
            b"secret"
        );
        assert!(sealer.open("second factor 8", &sealed).is_err());
        assert!(Sealer::of_home(other.path()).unwrap().open("second factor 7", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open("second factor 7", &changed).is_err());
            assert!(sealer.open("second factor 7", &sealed[..at]).is_err());
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        Sealer::of_home(home.path()).unwrap();
        let mode = fs::metadata(home.path().join("keys/accounts.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
