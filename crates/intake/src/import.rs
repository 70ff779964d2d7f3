//! Importing a file: all of it, or nothing and every fault.
//!
//! ```text
//! file ─ source::read ─▶ heading row ─▶ columns
//!                   └──▶ rows ─ judge ─▶ creates, changes ──┐  (faults: go on, list them, enter nothing)
//!                                         evidence, people ─┴─▶ put evidence, ask pseudonyms ─▶ one batch
//! ```
//!
//! New records come first in the batch, so that their numbers, which later rows may refer to, do not depend on what
//! the changes turn out to be.

mod assemble;
mod evidence;
mod table;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use ledger::{Ledger, LedgerError};
use pack::Pack;
use sha2::{Digest, Sha256};

use crate::book::{Book, IMPORT_KEY};
use crate::error::IntakeError;
use crate::options::{ImportOptions, ImportOutcome};
use crate::source;
use crate::words::forms;
use table::Table;

/// How often an import begins anew when others entered into the book meanwhile.
const ATTEMPTS: usize = 3;

/// Imports a file into a register. `progress` is told how much of how much is done (bytes or rows).
///
/// With [`ImportOptions::dry_run`] nothing at all is written: no entry, no evidence, no person.
pub fn import(
    pack: &Pack,
    ledger: &Ledger,
    register: &str,
    file: &Path,
    options: &ImportOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ImportOutcome, IntakeError> {
    if !pack.roles.iter().any(|role| role.key == options.role) {
        return Err(IntakeError::NoRole(options.role.clone()));
    }
    let key = match &options.key {
        Some(key) => format!("{IMPORT_KEY}{key}"),
        None => key_of(file, register, options)?,
    };
    let mut attempt = 0;
    loop {
        attempt += 1;
        let book = Book::open(pack, ledger, &[register])?;
        if let Some(entries) = book.imported(register, &key) {
            return Ok(ImportOutcome { repeated: true, entries: Some(entries), ..ImportOutcome::default() });
        }
        let table = read_table(book, register, file, options, progress)?;
        match assemble::enter(table, ledger, register, options, &key) {
            Err(IntakeError::Ledger(LedgerError::Moved { .. } | LedgerError::Stale { .. }))
                if attempt < ATTEMPTS => {}
            result => return result,
        }
    }
}

/// Reads and judges all rows; an error if any has a fault.
pub(crate) fn read_table<'p>(
    book: Book<'p>,
    register: &str,
    file: &Path,
    options: &ImportOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Table<'p>, IntakeError> {
    let index = book.index_of(register)?;
    let declared = &book.pack.registers[index];
    let mut sheets: Vec<String> = forms(&declared.label).into();
    sheets.push(declared.key.clone());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut table = Table::new(book, index, folder, options);
    let mut sink = table::TableSink { table: &mut table, progress };
    source::read(file, options.format, &sheets, &mut sink)?;
    table.finish()?;
    Ok(table)
}

/// The file's own key: the same file with the same options is the same import.
fn key_of(file: &Path, register: &str, options: &ImportOptions) -> Result<String, IntakeError> {
    let io = |source| IntakeError::Io { path: file.to_owned(), source };
    let mut hash = Sha256::new();
    let ImportOptions { gcj02, effective, owner, verify, mended, .. } = options;
    hash.update(format!("{register}\n{gcj02}\n{effective:?}\n{owner:?}\n{verify}\n"));
    if !mended.is_empty() {
        hash.update(format!("{mended:?}\n"));
    }
    let mut reader = BufReader::with_capacity(1 << 20, File::open(file).map_err(io)?);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = reader.read(&mut buffer).map_err(io)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
    }
    let digest = hash.finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{IMPORT_KEY}{hex}"))
}
