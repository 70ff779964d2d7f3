//! Any kind of file as rows of cells.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cell::Cell;
use crate::error::{ReadError, io};
use crate::{parquet, sheet, text};

/// Takes the number of a row, as the user counts it, and its cells.
pub(crate) type Rows<'r> = &'r mut dyn FnMut(u64, &[Cell<'_>]) -> Result<(), ReadError>;

/// The kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Sheet,
    Parquet,
}

/// What kind a file is, by its first bytes.
pub(crate) fn kind(path: &Path) -> Result<Kind, ReadError> {
    let mut head = Vec::new();
    File::open(path).map_err(io(path))?.take(4).read_to_end(&mut head).map_err(io(path))?;
    Ok(match head.as_slice() {
        b"PAR1" => Kind::Parquet,
        [b'P', b'K', ..] => Kind::Sheet,
        _ => Kind::Text,
    })
}

/// Every row of a file, the heading first.
pub(crate) fn rows(path: &Path, each: Rows<'_>) -> Result<(), ReadError> {
    match kind(path)? {
        Kind::Text => text::rows(path, each),
        Kind::Sheet => sheet::rows(path, each),
        Kind::Parquet => parquet::rows(path, each),
    }
}
