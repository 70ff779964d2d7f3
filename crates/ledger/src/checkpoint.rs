//! Checkpoints: the book's size and root, signed (C2SP tlog-checkpoint in a C2SP signed note).

use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::Hash;

use crate::error::LedgerError;
use crate::merkle::Frontier;

/// A checkpoint whose signature was verified (or just made).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// The book's name.
    pub origin: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
    /// The signed note: text that can be published and that other tlog tools read.
    pub note: String,
}

/// Signs the state of a tree.
pub(crate) fn sign(
    origin: &str,
    tree: &Frontier,
    signer: &StandardSigner,
) -> Result<SignedCheckpoint, LedgerError> {
    let root = tree.root();
    let failed = |reason: String| LedgerError::Store(format!("the checkpoint cannot be signed: {reason}"));
    let checkpoint = tlog_tiles::Checkpoint::new(origin, tree.size(), root, "")
        .map_err(|error| failed(error.to_string()))?;
    let mut note = Note::new(&checkpoint.to_bytes(), &[]).map_err(|error| failed(error.to_string()))?;
    note.add_sigs(&[signer]).map_err(|error| failed(error.to_string()))?;
    let note = String::from_utf8(note.to_bytes()).map_err(|error| failed(error.to_string()))?;
    Ok(SignedCheckpoint { origin: origin.to_owned(), size: tree.size(), root: root.0, note })
}

/// Reads a note and verifies its signature. The reason for a refusal is in English.
pub(crate) fn verify(
    note: &str,
    origin: &str,
    verifier: &StandardVerifier,
) -> Result<SignedCheckpoint, String> {
    let parsed = Note::from_bytes(note.as_bytes()).map_err(|error| error.to_string())?;
    parsed.verify(&VerifierList::new(vec![Box::new(verifier.clone())])).map_err(|error| error.to_string())?;
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(parsed.text()).map_err(|error| error.to_string())?;
    // Only one text for one checkpoint: what the parsers would let pass (say, another line break) is refused here.
    if parsed.to_bytes() != note.as_bytes() || checkpoint.to_bytes() != parsed.text() {
        return Err("its text is not in the standard form".into());
    }
    if checkpoint.origin() != origin {
        return Err(format!("it belongs to the book `{}`", checkpoint.origin()));
    }
    let Hash(root) = *checkpoint.hash();
    Ok(SignedCheckpoint { origin: origin.to_owned(), size: checkpoint.size(), root, note: note.to_owned() })
}
