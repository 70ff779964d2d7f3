//! Evidence files, named by their content.
//!
//! A file lies at `evidence/ab/cd…` (the hexadecimal SHA-256 of its bytes), so that the same file is stored once, a
//! changed file no longer fits its name, and an entry that names the hash fixes the content for ever.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::error::LedgerError;
use crate::files::{self, Readable};
use crate::home::Home;
use crate::ledger::Ledger;

/// The beginning of the names of files that are not complete.
const TEMPORARY: &str = ".tmp-";
/// Files are read and written in pieces, so that a huge one needs no more memory than a small one.
const PIECE_BYTES: usize = 64 << 10;

/// The SHA-256 of an evidence file: its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceHash(pub [u8; 32]);

impl fmt::Display for EvidenceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EvidenceHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceHash({self})")
    }
}

/// A text that is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an evidence hash has 64 lower-case hexadecimal digits")]
pub struct BadEvidenceHash;

impl FromStr for EvidenceHash {
    type Err = BadEvidenceHash;

    fn from_str(text: &str) -> Result<EvidenceHash, BadEvidenceHash> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            // Upper case is refused, so that one file has one name.
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(BadEvidenceHash),
        };
        let text = text.as_bytes();
        if text.len() != 64 {
            return Err(BadEvidenceHash);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? * 16 + digit(pair[1])?;
        }
        Ok(EvidenceHash(hash))
    }
}

impl Ledger {
    /// Takes a file into the evidence store, whatever its size, and gives its name. It is on the disk when this
    /// returns. Putting the same bytes again changes nothing (and mends a damaged copy).
    pub fn put_evidence(&self, bytes: &mut dyn Read) -> Result<EvidenceHash, LedgerError> {
        if self.appender.is_none() {
            return Err(LedgerError::ReadOnly);
        }
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let evidence = self.home.evidence();
        let name = format!("{TEMPORARY}{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let temporary = evidence.join(name);
        let mut put = || {
            let mut file =
                files::create_new(&temporary, Readable::ByAll).map_err(LedgerError::io(&temporary))?;
            let hash = copy_hashing(bytes, &mut file).map_err(LedgerError::io(&temporary))?;
            file.sync_all().map_err(LedgerError::io(&temporary))?;
            let path = path(&self.home, &hash);
            let shard = path.parent().unwrap_or(&evidence);
            files::create_dir(shard)?;
            files::rename(&temporary, &path)?;
            files::sync_dir(shard)?;
            files::sync_dir(&evidence)?;
            Ok(hash)
        };
        let result = put();
        if result.is_err() {
            // Best effort: what remains is swept away when the book is next opened for writing.
            let _ = fs::remove_file(&temporary);
        }
        result
    }

    /// Where the file lies; none if it is not in the store.
    pub fn evidence_path(&self, hash: &EvidenceHash) -> Result<Option<PathBuf>, LedgerError> {
        let path = path(&self.home, hash);
        let exists = path.try_exists().map_err(LedgerError::io(&path))?;
        Ok(exists.then_some(path))
    }
}

/// Where a file lies if it is in the store.
pub(crate) fn path(home: &Home, hash: &EvidenceHash) -> PathBuf {
    let name = hash.to_string();
    home.evidence().join(&name[..2]).join(&name[2..])
}

/// The hash of a file's bytes as they are now.
pub(crate) fn hash_file(path: &Path) -> io::Result<EvidenceHash> {
    copy_hashing(&mut File::open(path)?, &mut io::sink())
}

fn copy_hashing(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<EvidenceHash> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(EvidenceHash(hasher.finalize().into())),
            Ok(length) => {
                hasher.update(&piece[..length]);
                to.write_all(&piece[..length])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Removes what interrupted puts have left. Only the one writer may do it.
pub(crate) fn sweep(home: &Home) -> Result<(), LedgerError> {
    let dir = home.evidence();
    for entry in fs::read_dir(&dir).map_err(LedgerError::io(&dir))? {
        let entry = entry.map_err(LedgerError::io(&dir))?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_file(entry.path()).map_err(LedgerError::io(entry.path()))?;
        }
    }
    Ok(())
}

/// Copies every complete file of one home to another: their number and bytes.
pub(crate) fn copy_all(from: &Home, to: &Home) -> Result<(u64, u64), LedgerError> {
    let (mut count, mut bytes) = (0, 0);
    for shard in names(&from.evidence())? {
        let (source, target) = (from.evidence().join(&shard), to.evidence().join(&shard));
        if shard.starts_with(TEMPORARY) || !source.is_dir() {
            continue;
        }
        files::create_dir(&target)?;
        for name in names(&source)? {
            bytes += files::copy_new(&source.join(&name), &target.join(&name), Readable::ByAll)?;
            count += 1;
        }
        files::sync_dir(&target)?;
    }
    Ok((count, bytes))
}

fn names(dir: &Path) -> Result<Vec<String>, LedgerError> {
    let entries = fs::read_dir(dir).map_err(LedgerError::io(dir))?;
    entries
        .map(|entry| Ok(entry.map_err(LedgerError::io(dir))?.file_name().to_string_lossy().into_owned()))
        .collect()
}
