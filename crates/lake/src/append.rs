//! Into the table: imports and the spool's segments. Each batch is one commit.

use std::fs;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use deltalake_core::kernel::Action;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::error::LakeError;
use crate::file::NewFile;
use crate::lake::{Lake, Receipt};
use crate::lock::Lock;
use crate::measurement::{Kind, Measurement};
use crate::pending::Pending;
use crate::rows::check_rows;
use crate::segment::{self, SpooledRow};
use crate::spool::{self, Spool, lock};
use crate::table::{Purpose, SPOOL, Table};

/// So many rows are sorted and written together: what an append holds in memory, about 60 bytes each.
const PENDING_ROWS: usize = 1 << 20;

/// The right to change the table, within this process and among all.
pub(crate) struct Writing<'a> {
    _here: MutexGuard<'a, ()>,
    _everywhere: Lock,
}

/// An append of any size in pieces: one batch, one transaction. What is not committed never was.
pub struct Import<'a> {
    lake: &'a Lake,
    _writing: Writing<'a>,
    key: String,
    /// The batch that has the key, and its rows' fingerprint.
    earlier: Option<(u64, Option<i64>)>,
    fingerprint: Sha256,
    recorded: i64,
    batch: u64,
    pending: Pending,
    actions: Vec<Action>,
    rows: u64,
    scratch: Vec<u8>,
}

impl Lake {
    /// Appends rows as one batch: all of them or nothing, durable on return, and once however often it is called with the
    /// same key and rows.
    pub fn append(&self, key: &str, kind: Kind, rows: &[Measurement]) -> Result<Receipt, LakeError> {
        check_rows(rows)?;
        let mut import = self.import(key)?;
        import.add(kind, rows)?;
        import.commit()
    }

    /// Begins an append of any size. Others who want to write wait until it ends.
    pub fn import(&self, key: &str) -> Result<Import<'_>, LakeError> {
        if key.is_empty() || key.len() > 200 || key.chars().any(char::is_control) {
            return Err(LakeError::Key);
        }
        let writing = self.begin_writing()?;
        let catalog = self.table.catalog()?;
        let [batch_of, content_of] = transactions_of(key);
        let earlier = match self.table.transaction(&batch_of)? {
            Some(batch) => Some((batch.unsigned_abs(), self.table.transaction(&content_of)?)),
            None => None,
        };
        let batch = catalog.batches + 1;
        Ok(Import {
            lake: self,
            _writing: writing,
            key: key.to_owned(),
            earlier,
            fingerprint: Sha256::new(),
            recorded: Timestamp::now().as_microsecond(),
            batch,
            pending: Pending::new(batch),
            actions: Vec::new(),
            rows: 0,
            scratch: Vec::new(),
        })
    }

    /// Opens the spool. One process at a time has it, until the last of its [`Spool`]s is dropped. What an earlier process
    /// left in it is flushed first, if that is possible just now.
    pub fn spool(&self) -> Result<Spool, LakeError> {
        let mut weak = lock(&self.spool);
        if let Some(inner) = weak.upgrade() {
            return Ok(Spool(inner));
        }
        let right = Lock::take(&self.dir.join("spool.lock"), Duration::ZERO)?;
        // If the table cannot be written now (no space, an import is going on), the segments wait: they are safe.
        match self.flush_before(u64::MAX) {
            Ok(_) | Err(LakeError::Table(_) | LakeError::Io { .. } | LakeError::Locked { .. }) => {}
            Err(error) => return Err(error),
        }
        self.table.catalog()?;
        let first = self.table.transaction(SPOOL)?.unwrap_or_default().unsigned_abs();
        let spool = Spool::open(&self.spool_dir(), right, first, self.options.segment_bytes)?;
        *weak = Arc::downgrade(&spool.0);
        Ok(spool)
    }

    /// Moves what stands in the spool into the table, exactly once. Returns the number of rows that were moved. If another
    /// process has the spool, it is for that one to do: [`LakeError::Locked`].
    pub fn flush(&self) -> Result<u64, LakeError> {
        let weak = lock(&self.spool);
        let (_right, before) = match weak.upgrade() {
            Some(inner) => (None, inner.close_segment()?),
            None => (Some(Lock::take(&self.dir.join("spool.lock"), Duration::ZERO)?), u64::MAX),
        };
        self.flush_before(before)
    }

    /// Flushes the segments before a number. The caller has the spool.
    fn flush_before(&self, before: u64) -> Result<u64, LakeError> {
        let mut segments = spool::segments(&self.spool_dir())?;
        segments.retain(|(number, _)| *number < before);
        if segments.is_empty() {
            return Ok(0);
        }
        let _writing = self.begin_writing()?;
        let mut catalog = self.table.catalog()?;
        let flushed = self.table.transaction(SPOOL)?.unwrap_or_default().unsigned_abs();
        let mut rows = 0;
        let mut rest = segments.into_iter().peekable();
        while rest.peek().is_some() {
            let mut pending = Pending::new(catalog.batches + 1);
            let mut group = Vec::new();
            while let Some((number, path)) = rest.next_if(|_| pending.len() < PENDING_ROWS) {
                // In the table already: the process ended between the commit and the file's deletion.
                let mut damaged = false;
                if number >= flushed {
                    let bytes = fs::read(&path).map_err(LakeError::io(&path))?;
                    let reading = segment::read(&bytes, number, &mut |row| {
                        pending.push(&row);
                        Ok::<(), LakeError>(())
                    })?;
                    damaged = !reading.damage.is_empty();
                }
                group.push((number, path, damaged));
            }
            let moved = pending.len();
            if let Some((last, ..)) = group.last().filter(|_| moved > 0) {
                let mut actions = Vec::new();
                pending.write(self.options.file_rows, &mut |file| store(&self.table, file, &mut actions))?;
                let transactions = vec![(SPOOL.to_owned(), *last as i64 + 1)];
                let purpose = Purpose::Batch { number: catalog.batches + 1, transactions };
                catalog = self.table.commit(actions, purpose)?;
            }
            for (_, path, damaged) in group {
                // What could be read of a damaged segment is in the table; the file is kept for whoever wants to look.
                if damaged {
                    spool::set_aside(&path)?;
                } else {
                    fs::remove_file(&path).map_err(LakeError::io(&path))?;
                }
            }
            rows += moved as u64;
        }
        Ok(rows)
    }

    pub(crate) fn begin_writing(&self) -> Result<Writing<'_>, LakeError> {
        let here = lock(&self.writing);
        let patience = Duration::from_millis(self.options.patience_millis);
        Ok(Writing { _here: here, _everywhere: Lock::take(&self.dir.join("table.lock"), patience)? })
    }
}

impl Import<'_> {
    /// Adds rows. After an error nothing of the import can be committed any more; drop it.
    pub fn add(&mut self, kind: Kind, rows: &[Measurement]) -> Result<(), LakeError> {
        check_rows(rows).map_err(|error| match error {
            LakeError::Row { index, fault } => LakeError::Row { index: index + self.rows as usize, fault },
            other => other,
        })?;
        for row in rows {
            self.scratch.clear();
            self.scratch.extend_from_slice(kind.key().as_bytes());
            segment::row_bytes(&mut self.scratch, row);
            self.fingerprint.update(&self.scratch);
            // Only compared with what there is already.
            if self.earlier.is_none() {
                self.pending.push(&SpooledRow {
                    kind,
                    recorded: self.recorded,
                    station: &row.station,
                    item: &row.item,
                    span: row.span,
                    time: row.time.as_microsecond(),
                    value: row.value,
                    flag: &row.flag,
                    source: &row.source,
                });
                if self.pending.len() >= PENDING_ROWS {
                    self.write()?;
                }
            }
        }
        self.rows += rows.len() as u64;
        Ok(())
    }

    fn write(&mut self) -> Result<(), LakeError> {
        let (table, actions) = (&self.lake.table, &mut self.actions);
        self.pending.write(self.lake.options.file_rows, &mut |file| store(table, file, actions))
    }

    /// Makes all that was added a batch.
    pub fn commit(mut self) -> Result<Receipt, LakeError> {
        let digest = std::mem::take(&mut self.fingerprint).finalize();
        // 63 bits, as a transaction's version is a number that is not negative.
        let content =
            digest[..8].iter().fold(0_i64, |number, byte| number << 8 | i64::from(*byte)) & i64::MAX;
        if let Some((batch, before)) = self.earlier {
            return if before == Some(content) {
                Ok(Receipt { batch, rows: self.rows, repeated: true })
            } else {
                Err(LakeError::KeyReused { key: self.key, batch })
            };
        }
        self.write()?;
        let [batch_of, content_of] = transactions_of(&self.key);
        let transactions = vec![(batch_of, self.batch as i64), (content_of, content)];
        let actions = std::mem::take(&mut self.actions);
        self.lake.table.commit(actions, Purpose::Batch { number: self.batch, transactions })?;
        Ok(Receipt { batch: self.batch, rows: self.rows, repeated: false })
    }
}

/// Under which names the log remembers a key: one says the batch, one the rows' fingerprint.
fn transactions_of(key: &str) -> [String; 2] {
    let digest = Sha256::digest(key.as_bytes());
    let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    ["batch", "rows"].map(|what| format!("qingyuan/import/{hex}/{what}"))
}

fn store(table: &Table, file: NewFile, actions: &mut Vec<Action>) -> Result<(), LakeError> {
    actions.push(Action::Add(file.add(true)?));
    table.put(file)
}
