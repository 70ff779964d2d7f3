//! The lake itself.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, Weak};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::error::LakeError;
use crate::lock::Lock;
use crate::measurement::{Kind, Span};
use crate::scan::Insides;
use crate::spool;
use crate::store::create_dirs;
use crate::table::{self, Place, Table};

/// How a lake behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// A spool segment is closed when it is so long, in bytes.
    pub segment_bytes: u64,
    /// So many files of about the same size in one partition are merged by [`Lake::maintain`].
    pub merge_files: usize,
    /// A data file's rows; one station's rows are not divided, so a file can have more.
    pub file_rows: usize,
    /// Files that a compaction replaced are deleted after so many seconds (at most seven days), so that whoever reads them
    /// can finish.
    pub keep_replaced_seconds: u64,
    /// How long a writer waits for another process that writes, in milliseconds.
    pub patience_millis: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            segment_bytes: 16 << 20,
            merge_files: 8,
            file_rows: 8_000_000,
            keep_replaced_seconds: 24 * 3600,
            patience_millis: 10_000,
        }
    }
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The batch's number.
    pub batch: u64,
    /// How many rows it has.
    pub rows: u64,
    /// Had the same rows been appended with the same key before?
    pub repeated: bool,
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compaction {
    /// Files that were merged.
    pub merged: u64,
    /// Files that they were merged into.
    pub written: u64,
    /// Replaced files (and remains of interrupted writes) that were old enough to be deleted.
    pub deleted: u64,
}

/// The files and rows of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The kind of station.
    pub kind: Kind,
    /// The span.
    pub span: Span,
    /// The month (UTC+8): `2026-03`.
    pub month: String,
    /// The number of files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The number of rows, replaced values included.
    pub rows: u64,
    /// The first time, to the millisecond.
    pub first: Timestamp,
    /// The last time, to the millisecond.
    pub last: Timestamp,
}

/// What a lake holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The lake's version: the number of the last batch, 0 if there is none.
    pub version: u64,
    /// The Delta table's version.
    pub delta_version: u64,
    /// The partitions, in order.
    pub partitions: Vec<Partition>,
    /// The spool's segments that were not flushed yet.
    pub spool_segments: u64,
    /// Their bytes.
    pub spool_bytes: u64,
}

/// A city's measurements. Open it as often as you like: reading needs no right, and each call that writes takes the right
/// for as long as it needs it. All its functions wait for the disk: from async code call them where blocking is allowed.
pub struct Lake {
    pub(crate) dir: PathBuf,
    pub(crate) options: Options,
    pub(crate) table: Table,
    /// Held with the table's lock, which only keeps other processes out.
    pub(crate) writing: Mutex<()>,
    pub(crate) spool: Mutex<Weak<spool::Inner>>,
    pub(crate) insides: Mutex<Insides>,
}

impl Lake {
    /// Makes a lake in a city's directory: `lake/measurements` is the table, `lake/spool` the spool.
    pub fn found(home: &Path) -> Result<Lake, LakeError> {
        Lake::found_at(home, table::local(&home.join("lake/measurements"))?)
    }

    /// Opens a city's lake. [`LakeError::None`] if it has none; creates nothing.
    pub fn open(home: &Path) -> Result<Lake, LakeError> {
        Lake::open_at(home, table::local(&home.join("lake/measurements"))?)
    }

    /// The same with the table elsewhere. The spool is always on the local disk. The store must refuse to create what
    /// exists already, as S3, GCS and Azure do.
    pub fn found_at(home: &Path, place: Place) -> Result<Lake, LakeError> {
        let dir = home.join("lake");
        let spool = dir.join("spool");
        create_dirs(&spool).map_err(LakeError::io(&spool))?;
        let _right = Lock::take(&dir.join("table.lock"), std::time::Duration::ZERO)?;
        if Table::open(place.clone())?.is_some() {
            return Err(LakeError::Exists(home.to_owned()));
        }
        Ok(Lake::with_table(dir, Table::create(place)?))
    }

    /// The same with the table elsewhere.
    pub fn open_at(home: &Path, place: Place) -> Result<Lake, LakeError> {
        let none = || LakeError::None(home.to_owned());
        let dir = home.join("lake");
        if !dir.join("spool").is_dir() {
            return Err(none());
        }
        Ok(Lake::with_table(dir, Table::open(place)?.ok_or_else(none)?))
    }

    fn with_table(dir: PathBuf, table: Table) -> Lake {
        Lake {
            dir,
            options: Options::default(),
            table,
            writing: Mutex::new(()),
            spool: Mutex::default(),
            insides: Mutex::default(),
        }
    }

    /// The same with other than the usual options.
    pub fn with(self, options: Options) -> Lake {
        Lake { options, ..self }
    }

    /// The lake's version: the number of the last batch, 0 if there is none. What is read with `known_at` = this number
    /// will always be the same.
    pub fn version(&self) -> Result<u64, LakeError> {
        Ok(self.table.catalog()?.batches)
    }

    /// What the lake holds.
    pub fn info(&self) -> Result<Info, LakeError> {
        let catalog = self.table.catalog()?;
        let instant = |micros: i64| Timestamp::from_millisecond(micros.div_euclid(1000)).unwrap_or_default();
        let partitions = catalog.parts().into_iter().map(|(part, files)| Partition {
            kind: part.kind,
            span: part.span,
            month: part.month.to_string(),
            files: files.len() as u64,
            bytes: files.iter().map(|file| file.bytes).sum(),
            rows: files.iter().map(|file| file.bounds.rows).sum(),
            first: files.iter().map(|file| instant(file.bounds.times.0)).min().unwrap_or_default(),
            last: files.iter().map(|file| instant(file.bounds.times.1)).max().unwrap_or_default(),
        });
        let segments = spool::segments(&self.spool_dir())?;
        let bytes = segments.iter().filter_map(|(_, path)| path.metadata().ok()).map(|meta| meta.len());
        Ok(Info {
            version: catalog.batches,
            delta_version: catalog.delta_version,
            partitions: partitions.collect(),
            spool_segments: segments.len() as u64,
            spool_bytes: bytes.sum(),
        })
    }

    /// A digest of the table as it is: it pins every row, for the names of the files that the table consists of tell the
    /// digests of their bytes. Merging files changes it, though not what is read.
    pub fn fingerprint(&self) -> Result<[u8; 32], LakeError> {
        let catalog = self.table.catalog()?;
        let mut digest = Sha256::new();
        for file in &catalog.files {
            digest.update(file.path.as_bytes());
            digest.update(b"\n");
        }
        Ok(digest.finalize().into())
    }

    pub(crate) fn spool_dir(&self) -> PathBuf {
        self.dir.join("spool")
    }
}
