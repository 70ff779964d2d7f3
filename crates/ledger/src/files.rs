//! Files that are still there after a power cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::LedgerError;

/// Who may read a new file.
#[derive(Clone, Copy)]
pub(crate) enum Readable {
    ByAll,
    ByOwner,
}

/// Writes a new file and waits until its bytes are on the disk. The directory entry is durable after [`sync_dir`].
pub(crate) fn write_new(path: &Path, bytes: &[u8], readable: Readable) -> Result<(), LedgerError> {
    let mut file = create_new(path, readable).map_err(LedgerError::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(LedgerError::io(path))
}

pub(crate) fn create_new(path: &Path, readable: Readable) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if let Readable::ByOwner = readable {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = readable;
    options.open(path)
}

/// Copies a file and waits until the copy's bytes are on the disk.
pub(crate) fn copy_new(from: &Path, to: &Path, readable: Readable) -> Result<u64, LedgerError> {
    let mut source = File::open(from).map_err(LedgerError::io(from))?;
    let mut target = create_new(to, readable).map_err(LedgerError::io(to))?;
    let bytes = io::copy(&mut source, &mut target).map_err(LedgerError::io(to))?;
    target.sync_all().map_err(LedgerError::io(to))?;
    Ok(bytes)
}

/// Makes the names in a directory durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), LedgerError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(LedgerError::io(dir))
}

pub(crate) fn create_dir(dir: &Path) -> Result<(), LedgerError> {
    match fs::create_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        result => result.map_err(LedgerError::io(dir)),
    }
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), LedgerError> {
    fs::rename(from, to).map_err(LedgerError::io(to))
}

/// A small text file; none if it does not exist. A file longer than `limit` is not what we look for.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<Option<String>, LedgerError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        result => result.map_err(LedgerError::io(path))?,
    };
    let mut text = String::new();
    file.take(limit).read_to_string(&mut text).map_err(LedgerError::io(path))?;
    Ok(Some(text))
}
