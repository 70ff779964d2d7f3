//! A copy of the lake, also while devices report and files are merged.
//!
//! The order makes it whole: first the spool, then the table's log, then its files. A segment that is moved into the
//! table meanwhile stands in the copy twice, and the copy will move it once: the log says which segments are in. Files
//! that the copied log names are still there, because replaced ones are kept for a day.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::store::sync_dir;
use crate::verify::Fault;

const LOG: &str = "measurements/_delta_log";

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Batches of the copy.
    pub batches: u64,
    /// Bytes.
    pub bytes: u64,
    /// What is wrong with the copy; nothing, unless the lake was damaged before.
    pub faults: Vec<Fault>,
}

impl Lake {
    /// Copies the lake into another city's directory, which must have none, and verifies the copy.
    pub fn backup(&self, home: &Path) -> Result<Copied, LakeError> {
        let to = home.join("lake");
        if to.exists() {
            return Err(LakeError::Exists(home.to_owned()));
        }
        let mut bytes = 0;
        for part in ["spool", LOG, "measurements", "quarantine"] {
            let from = self.dir.join(part);
            if from.is_dir() {
                // What the log says meanwhile is of no copy: its files may not be there yet.
                let but = (part != LOG).then(|| self.dir.join(LOG));
                bytes += copy_tree(&from, &to.join(part), but.as_deref()).map_err(LakeError::io(&from))?;
            }
        }
        let copy = Lake::open(home)?;
        Ok(Copied { batches: copy.version()?, bytes, faults: copy.verify(&mut |_, _| {})? })
    }
}

/// Copies what is not there yet. A file that vanishes meanwhile was replaced by others, or its rows moved on.
fn copy_tree(from: &Path, to: &Path, but: Option<&Path>) -> io::Result<u64> {
    fs::create_dir_all(to)?;
    let mut bytes = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if but != Some(entry.path().as_path()) {
                bytes += copy_tree(&entry.path(), &target, but)?;
            }
        } else if !target.exists() {
            match fs::copy(entry.path(), &target) {
                Ok(copied) => {
                    fs::File::open(&target)?.sync_all()?;
                    bytes += copied;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    sync_dir(to)?;
    Ok(bytes)
}
