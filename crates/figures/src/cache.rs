//! The cache: folded registers as Arrow IPC files, so that a city opens without reading all its entries.
//!
//! It is derived and disposable. A file is believed only if every byte of it is as it was written
//! (SHA-256), it was made for a register of this very shape, and the entry it ends with is, byte for
//! byte, the entry of that number in the book at hand. Anything else is passed over in silence: the
//! book is the truth, and reading it only takes longer.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use arrow::buffer::{Buffer, MutableBuffer};
use arrow::ipc::reader::StreamDecoder;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::RecordBatch;
use pack::Register;
use sha2::{Digest, Sha256};

use crate::book::EntrySource;
use crate::schema::stored_schema;
use crate::table::Table;

/// The first bytes of a cache file; the digits are the format's version. They also change whenever the
/// folding rule does, since files made by the old rule would still look right.
const MAGIC: &[u8; 8] = b"QYFIGC01";
/// magic · known · length of the body · shape · last entry · padding · digest of all the rest.
const HEADER: usize = 128;
const DIGEST_AT: usize = HEADER - 32;
/// Smaller registers are read from the book as quickly.
const SMALLEST: usize = 2_000;

/// A directory of cache files.
#[derive(Debug)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// A cache in this directory, which is made when the first file is written.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Where the files are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The latest table of the register that is known at `known` or earlier, if a file of it can be believed.
    pub fn load(&self, book: &dyn EntrySource, register: &Register, known: u64) -> Option<Table> {
        let mut files = self.files(register);
        files.retain(|&(at, _)| at <= known);
        files.sort_unstable_by(|a, b| b.cmp(a));
        files.into_iter().find_map(|(at, path)| {
            let (at, batch) = read(&path, book, register, at)?;
            Some(Table::of(at, batch))
        })
    }

    /// Writes a table. A failure is not reported: without the file the next start is slower, no more.
    pub fn save(&self, book: &dyn EntrySource, register: &Register, known: u64, batch: &RecordBatch) {
        if batch.num_rows() < SMALLEST {
            return;
        }
        let Some(bytes) = encode(book, register, known, batch) else { return };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&self.directory)?;
            let path = self.directory.join(format!("{}.{known}.arrow", register.key));
            // Under a name of its own first, so that no reader meets half a file.
            let draft = self.directory.join(format!("{}.{known}.{}.draft", register.key, std::process::id()));
            let mut file = fs::File::create(&draft)?;
            file.write_all(&bytes)?;
            drop(file);
            fs::rename(&draft, &path)
        };
        if write().is_ok() {
            // Only the latest is kept; history asked for is read from the book.
            for (at, path) in self.files(register) {
                if at < known {
                    let _ = fs::remove_file(path);
                }
            }
        }
    }

    fn files(&self, register: &Register) -> Vec<(u64, PathBuf)> {
        let Ok(entries) = fs::read_dir(&self.directory) else { return Vec::new() };
        entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name();
                let known =
                    name.to_str()?.strip_prefix(&register.key)?.strip_prefix('.')?.strip_suffix(".arrow")?;
                Some((known.parse().ok()?, entry.path()))
            })
            .collect()
    }
}

/// What the stored columns of a register depend on, besides its entries.
fn shape(register: &Register) -> [u8; 32] {
    let schema = stored_schema(register);
    let columns: Vec<_> = schema.fields().iter().map(|field| (field.name(), field.data_type())).collect();
    let text = format!("{columns:?} {} {}", register.needs_verification, register.initial_state().key);
    Sha256::digest(text).into()
}

/// The digest of the register's entry just before `known`.
fn last_entry(book: &dyn EntrySource, register: &Register, known: u64) -> Option<[u8; 32]> {
    let mut digest = None;
    book.for_each(register.key.as_str(), known.checked_sub(1)?..known, &mut |_, bytes| {
        digest = Some(Sha256::digest(bytes).into());
        Ok(())
    })
    .ok()?;
    digest
}

fn encode(book: &dyn EntrySource, register: &Register, known: u64, batch: &RecordBatch) -> Option<Vec<u8>> {
    let mut bytes = vec![0; HEADER];
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).ok()?;
    writer.write(batch).ok()?;
    writer.finish().ok()?;
    drop(writer);
    let length = u64::try_from(bytes.len() - HEADER).ok()?;
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..16].copy_from_slice(&known.to_le_bytes());
    bytes[16..24].copy_from_slice(&length.to_le_bytes());
    bytes[24..56].copy_from_slice(&shape(register));
    bytes[56..88].copy_from_slice(&last_entry(book, register, known)?);
    let digest = digest(&bytes);
    bytes[DIGEST_AT..HEADER].copy_from_slice(&digest);
    Some(bytes)
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(&bytes[..DIGEST_AT]);
    digest.update(&bytes[HEADER..]);
    digest.finalize().into()
}

fn read(path: &Path, book: &dyn EntrySource, register: &Register, known: u64) -> Option<(u64, RecordBatch)> {
    let length = usize::try_from(fs::metadata(path).ok()?.len()).ok()?;
    // Arrow's own allocation, aligned for its columns, so that nothing is copied afterwards.
    let mut bytes = MutableBuffer::from_len_zeroed(length);
    std::io::Read::read_exact(&mut fs::File::open(path).ok()?, bytes.as_slice_mut()).ok()?;
    Some((known, believe(bytes, book, register, known)?))
}

/// The table in the bytes of a file, if every one of them is as it was written for this book.
fn believe(
    bytes: MutableBuffer,
    book: &dyn EntrySource,
    register: &Register,
    known: u64,
) -> Option<RecordBatch> {
    let length = bytes.len();
    if length < HEADER {
        return None;
    }
    let header = &bytes.as_slice()[..HEADER];
    let body = u64::try_from(length - HEADER).ok()?;
    let believed = header[..8] == *MAGIC
        && header[8..16] == known.to_le_bytes()
        && header[16..24] == body.to_le_bytes()
        && header[24..56] == shape(register)
        && header[56..88] == last_entry(book, register, known)?
        && header[DIGEST_AT..] == digest(bytes.as_slice());
    if !believed {
        return None;
    }
    let mut bytes = Buffer::from(bytes).slice(HEADER);
    let mut decoder = StreamDecoder::new();
    let batch = decoder.decode(&mut bytes).ok()??;
    (*batch.schema() == *stored_schema(register)).then_some(batch)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use arrow::buffer::MutableBuffer;
    use pack::{Field, FieldKind, Register, State};

    use super::{believe, encode};
    use crate::book::{EntrySource, OnEntry, SourceError};
    use crate::entry::Reader;
    use crate::fold::fold;

    /// A book of three entries.
    struct Three;

    impl EntrySource for Three {
        fn size(&self) -> Result<u64, SourceError> {
            Ok(3)
        }
        fn for_each(&self, _: &str, range: Range<u64>, f: OnEntry<'_>) -> Result<(), SourceError> {
            range.filter(|number| *number < 3).try_for_each(|number| {
                let entry = format!(
                    r#"{{"kind":"create","register":"docks","effective":"2020-01-01","unit":"U{number}","fields":{{"name":"第{number}号码头，名字长一些"}}}}"#
                );
                f(number, entry.as_bytes())
            })
        }
        fn last_entry_of(&self, _: &str, _: u64) -> Result<Option<u64>, SourceError> {
            Ok(Some(2))
        }
        fn history(&self, _: u64, _: OnEntry<'_>) -> Result<(), SourceError> {
            Ok(())
        }
    }

    fn docks() -> Register {
        let label = message::Text::same("x");
        Register {
            key: "docks".to_owned(),
            label: label.clone(),
            fields: vec![Field {
                key: "name".to_owned(),
                label: label.clone(),
                help: None,
                kind: FieldKind::Text { max_chars: 60 },
                required: false,
                example: None,
            }],
            unique: Vec::new(),
            states: vec![State { key: "active".to_owned(), label, initial: true }],
            transitions: Vec::new(),
            evidence_on_create: false,
            needs_verification: false,
            two_person: false,
            verify_within: pack::VERIFY_WITHIN,
            source: message::Source::new("docks.toml", ""),
            span: 0..0,
        }
    }

    /// Every truncation and every changed byte, one after the other.
    #[test]
    fn only_the_bytes_that_were_written_are_believed() {
        let register = docks();
        let mut reader = Reader::new(&register);
        Three
            .for_each("docks", 0..3, &mut |number, bytes| Ok(reader.read(number, bytes)?))
            .expect("it is there");
        let batch = fold(&register, reader.events).expect("it folds");
        let bytes = encode(&Three, &register, 3, &batch).expect("it is encoded");
        let buffer = |bytes: &[u8]| {
            let mut buffer = MutableBuffer::new(bytes.len());
            buffer.extend_from_slice(bytes);
            buffer
        };
        let believed = |bytes: &[u8]| believe(buffer(bytes), &Three, &register, 3);
        assert_eq!(believed(&bytes), Some(batch));
        for length in 0..bytes.len() {
            assert_eq!(believed(&bytes[..length]), None, "cut at {length}");
        }
        let mut changed = bytes.clone();
        for at in 0..bytes.len() {
            changed[at] ^= 1 << (at % 8);
            // The padding after the digests is digested too, so nothing at all may differ.
            assert_eq!(believed(&changed), None, "changed at {at}");
            changed[at] = bytes[at];
        }
        assert_eq!(believe(buffer(&bytes), &Three, &register, 2), None, "a file says itself what it knows");
        let mut other = docks();
        other.needs_verification = true;
        assert_eq!(believe(buffer(&bytes), &Three, &other, 3), None, "another shape");
    }
}
