//! The book's keys: one signs checkpoints, its public half verifies them, one hides what persons are looked up by.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use signed_note::{StandardSigner, StandardVerifier};

use crate::error::LedgerError;
use crate::files::{self, Readable};
use crate::home::Home;

/// The algorithm's number in signed notes: Ed25519.
const ED25519: u8 = 1;
const MAX_KEY_FILE_BYTES: u64 = 4096;

/// The keys that a home has.
pub(crate) struct Keys {
    /// The book's name, which is also the signer's.
    pub origin: String,
    /// The verifier key as text (`name+id+key`).
    pub verifier_text: String,
    pub verifier: StandardVerifier,
    /// Absent where the home is a backup without keys.
    pub signer: Option<StandardSigner>,
    pub person: Option<[u8; 32]>,
}

impl Keys {
    /// Makes the keys of a new book and writes them to its home.
    pub(crate) fn generate(home: &Home, origin: &str) -> Result<(), LedgerError> {
        let acceptable = (1..=200).contains(&origin.len())
            && signed_note::is_key_name_valid(origin)
            && !origin.chars().any(char::is_control);
        if !acceptable {
            return Err(LedgerError::Origin(origin.to_owned()));
        }
        let secret = SigningKey::from_bytes(&random()?);
        let verifier = signed_note::new_ed25519_verifier_key(origin, &secret.verifying_key());
        let public: Vec<u8> = [&[ED25519], &secret.verifying_key().to_bytes()[..]].concat();
        let signer = format!(
            "PRIVATE+KEY+{origin}+{:08x}+{}",
            signed_note::key_id(origin, &public),
            BASE64_STANDARD.encode([&[ED25519], &secret.to_bytes()[..]].concat())
        );
        files::write_new(&home.signing_key(), format!("{signer}\n").as_bytes(), Readable::ByOwner)?;
        files::write_new(&home.verifier_key(), format!("{verifier}\n").as_bytes(), Readable::ByAll)?;
        let person = format!("{}\n", BASE64_STANDARD.encode(random::<32>()?));
        files::write_new(&home.person_key(), person.as_bytes(), Readable::ByOwner)
    }

    /// Reads the keys of a home. Only the verifier key must be there.
    pub(crate) fn load(home: &Home) -> Result<Keys, LedgerError> {
        let path = home.verifier_key();
        let text = files::read_text(&path, MAX_KEY_FILE_BYTES)?
            .ok_or_else(|| LedgerError::KeyMissing(path.clone()))?;
        let verifier_text = text.trim().to_owned();
        let verifier = StandardVerifier::new(&verifier_text).map_err(|_| LedgerError::KeyBroken(path))?;
        let origin = signed_note::Verifier::name(&verifier).to_owned();

        let path = home.signing_key();
        let signer = match files::read_text(&path, MAX_KEY_FILE_BYTES)? {
            None => None,
            Some(text) => {
                let signer = StandardSigner::new(text.trim()).ok().filter(|signer| {
                    use signed_note::{Signer, Verifier};
                    // The id is a hash of name and public key, and `StandardSigner::new` has derived it.
                    signer.name() == verifier.name() && signer.key_id() == verifier.key_id()
                });
                Some(signer.ok_or(LedgerError::KeyBroken(path))?)
            }
        };

        let path = home.person_key();
        let person = match files::read_text(&path, MAX_KEY_FILE_BYTES)? {
            None => None,
            Some(text) => {
                let key = BASE64_STANDARD.decode(text.trim()).ok().and_then(|key| key.try_into().ok());
                Some(key.ok_or(LedgerError::KeyBroken(path))?)
            }
        };
        Ok(Keys { origin, verifier_text, verifier, signer, person })
    }
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], LedgerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| LedgerError::Store(format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

/// HMAC-SHA-256 (RFC 2104) with a key of 32 bytes.
pub(crate) fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let keyed = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        Sha256::new_with_prefix(block)
    };
    let inner = keyed(0x36).chain_update(message).finalize();
    keyed(0x5c).chain_update(inner).finalize().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_that_of_the_standard() {
        // RFC 4231, test case 1; a shorter key is the same key with zeros behind it.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let code = crate::evidence::EvidenceHash(hmac(&key, b"Hi There"));
        assert_eq!(code.to_string(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }
}
