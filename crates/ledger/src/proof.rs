//! Proofs: all entries of one record, each shown to be in the book, in one text that anybody can verify offline.
//!
//! ```text
//! qingyuan-record-proof@v1
//! record 12
//! entries 2
//!
//! index 12                                  one block an entry: its place, its bytes (one line),
//! entry {"kind":"create",…}                 and the hashes beside its path to the root, as in
//! <hash in base64> …                        c2sp.org/tlog-proof
//!
//! index 40
//! entry {"kind":"amend","record":12,…}
//! <hash in base64> …
//!
//! jiangcheng.example/book                   the signed checkpoint (c2sp.org/tlog-checkpoint)
//! 57
//! <root in base64>
//!
//! — jiangcheng.example/book <signature>
//! ```
//!
//! It proves that these entries are in the signed book and follow one another. It cannot prove that the record has no
//! entry after these: the checkpoint's size says how far the proof looked.

use std::fmt::Write;

use signed_note::{StandardVerifier, Verifier};
use tlog_tiles::{Hash, check_record, prove_record};

use crate::checkpoint::{self, SignedCheckpoint};
use crate::entry::{Entry, EntryNumber, Kind, RecordId};
use crate::error::LedgerError;
use crate::ledger::{Ledger, history, last_checkpoint};
use crate::merkle::{Frontier, Nodes, leaf_hash};
use crate::segment;

const TITLE: &str = "qingyuan-record-proof@v1";
/// More hashes than the path of an entry in the largest possible tree has.
const MAX_PATH: usize = 64;

/// What a proof proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenRecord {
    /// The record.
    pub record: RecordId,
    /// Its entries, oldest first.
    pub entries: Vec<Entry>,
    /// The book's name.
    pub origin: String,
    /// How many entries the signed checkpoint covers: the proof says nothing about later ones.
    pub size: u64,
    /// The signed root of the tree over them.
    pub root: [u8; 32],
}

/// Why a proof is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The verifier key is not one.
    #[error("the verifier key is not one (expected `name+id+key`)")]
    Key,
    /// The text is not a proof.
    #[error("line {line}: {wanted}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// What was expected.
        wanted: String,
    },
    /// The checkpoint is not signed with this key, or not well formed.
    #[error("the checkpoint is not believed: {0}")]
    Checkpoint(String),
    /// An entry is not in the book that the checkpoint signs.
    #[error("entry {0} is not in the signed book")]
    NotInBook(EntryNumber),
    /// The entries are not the record's, or do not follow one another.
    #[error("entry {0} does not follow from the one before it")]
    NotAHistory(EntryNumber),
}

impl Ledger {
    /// Proves a record: see [`verify_proof`]. Reads all leaf hashes of the book once (some 0.3 s for a million).
    pub fn prove(&self, record: RecordId) -> Result<String, LedgerError> {
        let (session, version) = self.read_version(record)?;
        let signed = self.verified(&last_checkpoint(&*session)?)?;
        let entries = history(&*session, record, version)?;
        if entries.is_empty() {
            return Err(LedgerError::NoRecord(record));
        }
        let numbers: Vec<u64> = entries.iter().map(|entry| entry.number.0).collect();
        let damaged =
            |error: tlog_tiles::Error| LedgerError::Damaged(format!("no proof can be made: {error}"));

        let wanted = Nodes::wanted(signed.size, &numbers).map_err(damaged)?;
        let mut nodes = Nodes::default();
        let mut tree = Frontier::default();
        session.hashes(0..signed.size, &mut |first, count, hashes| {
            for leaf in segment::leaf_hashes(first, count, hashes)? {
                tree.push_seeing(leaf, &mut |level, index, hash| {
                    if wanted.contains(&(level, index)) {
                        nodes.add(level, index, hash);
                    }
                });
            }
            Ok(())
        })?;

        let mut proof = format!("{TITLE}\nrecord {record}\nentries {}\n", entries.len());
        for entry in &entries {
            let path = prove_record(signed.size, entry.number.0, &nodes).map_err(damaged)?;
            let bytes = entry.encode();
            // A proof that does not verify would be worse than none: a damaged book is found here, by its owner.
            check_record(&path, signed.size, Hash(signed.root), entry.number.0, leaf_hash(&bytes))
                .map_err(damaged)?;
            let text = String::from_utf8_lossy(&bytes);
            let _ = write!(proof, "\nindex {}\nentry {text}\n", entry.number);
            for hash in path {
                let _ = writeln!(proof, "{hash}");
            }
        }
        proof.push('\n');
        proof.push_str(&signed.note);
        Ok(proof)
    }
}

/// Verifies a proof, without the book: only the verifier key is believed.
pub fn verify_proof(proof: &str, verifier_key: &str) -> Result<ProvenRecord, ProofError> {
    let verifier = StandardVerifier::new(verifier_key.trim()).map_err(|_| ProofError::Key)?;
    let mut lines = Lines { rest: proof, line: 0 };
    lines.exactly(TITLE)?;
    let record = RecordId(lines.number("record ")?);
    let count = lines.number("entries ")?;
    lines.exactly("")?;

    let mut blocks = Vec::new();
    for _ in 0..count {
        let number = EntryNumber(lines.number("index ")?);
        let bytes = lines.after("entry ", "`entry ` and the entry's bytes")?.as_bytes();
        let mut path = Vec::new();
        loop {
            let line = lines.next("a hash or an empty line")?;
            if line.is_empty() {
                break;
            }
            let hash = Hash::parse_hash(line).map_err(|_| lines.fault("a hash in base64"))?;
            if path.len() == MAX_PATH {
                return Err(lines.fault("an empty line: no path is so long"));
            }
            path.push(hash);
        }
        blocks.push((number, bytes, path));
    }
    let checkpoint =
        checkpoint::verify(lines.rest, verifier.name(), &verifier).map_err(ProofError::Checkpoint)?;

    let mut entries: Vec<Entry> = Vec::new();
    for (number, bytes, path) in blocks {
        check_record(&path, checkpoint.size, Hash(checkpoint.root), number.0, leaf_hash(bytes))
            .map_err(|_| ProofError::NotInBook(number))?;
        let entry = Entry::decode(number, bytes).map_err(|_| ProofError::NotAHistory(number))?;
        let follows = match entries.last() {
            None => entry.kind == Kind::Create,
            Some(before) => entry.based_on == Some(before.number) && entry.register == before.register,
        };
        if !follows || entry.record != record {
            return Err(ProofError::NotAHistory(number));
        }
        entries.push(entry);
    }
    if entries.is_empty() {
        return Err(ProofError::NotAHistory(record.into()));
    }
    let SignedCheckpoint { origin, size, root, .. } = checkpoint;
    Ok(ProvenRecord { record, entries, origin, size, root })
}

struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self, wanted: &str) -> Result<&'a str, ProofError> {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or_else(|| self.fault(wanted))?;
        self.rest = rest;
        Ok(line)
    }

    fn exactly(&mut self, wanted: &str) -> Result<(), ProofError> {
        let words = if wanted.is_empty() { "an empty line" } else { wanted };
        if self.next(words)? == wanted { Ok(()) } else { Err(self.fault(words)) }
    }

    fn after(&mut self, prefix: &str, wanted: &str) -> Result<&'a str, ProofError> {
        self.next(wanted)?.strip_prefix(prefix).ok_or_else(|| self.fault(wanted))
    }

    fn number(&mut self, prefix: &str) -> Result<u64, ProofError> {
        let wanted = format!("`{prefix}` and a number");
        let digits = self.after(prefix, &wanted)?;
        let number: Option<u64> = digits.parse().ok();
        // Only one text for one number: `+1` and `01` are refused.
        number.filter(|number| number.to_string() == digits).ok_or_else(|| self.fault(&wanted))
    }

    fn fault(&self, wanted: &str) -> ProofError {
        ProofError::Form { line: self.line, wanted: format!("expected {wanted}") }
    }
}
