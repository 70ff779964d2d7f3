//! Fewer and larger files with the same rows.
//!
//! Every flush leaves a file in each partition it touches. Files of about the same size are merged when there are many of
//! them, so a row is rewritten a few times at most, and a partition never has more than a few files of each size. No row
//! is left out: what was known at a batch stays readable.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use deltalake_core::kernel::Action;

use crate::error::LakeError;
use crate::file::{DataFile, FileWriter, NewFile, Part};
use crate::lake::{Compaction, Lake, Options};
use crate::merge::Sink;
use crate::rows::{Columns, Words};
use crate::scan::Wanted;
use crate::table::Purpose;

/// Rows that are written together.
const CHUNK_ROWS: usize = 1 << 16;

impl Lake {
    /// Merges the small files of partitions that have too many, and deletes files that were replaced long enough ago: to be
    /// called now and then by whoever writes.
    pub fn maintain(&self) -> Result<Compaction, LakeError> {
        let Options { merge_files, file_rows, .. } = self.options;
        self.merge_files(&|mut files| {
            // Full files would only be written again.
            files.retain(|file| file.bounds.rows < file_rows as u64);
            crowded(files, merge_files)
        })
    }

    /// Merges the files of every partition as far as possible.
    pub fn compact(&self) -> Result<Compaction, LakeError> {
        let file_rows = self.options.file_rows as u64;
        self.merge_files(&|files| {
            let rows: u64 = files.iter().map(|file| file.bounds.rows).sum();
            let few = files.len() as u64 <= rows.div_ceil(file_rows);
            if few && apart(&files) { Vec::new() } else { files }
        })
    }

    fn merge_files(
        &self,
        choose: &dyn Fn(Vec<Arc<DataFile>>) -> Vec<Arc<DataFile>>,
    ) -> Result<Compaction, LakeError> {
        let mut done = Compaction::default();
        let parts = self.table.catalog()?.parts();
        for part in parts.into_keys() {
            // For each partition anew: in between others may write, and other partitions are no reason to wait.
            let _writing = self.begin_writing()?;
            let Some(files) = self.table.catalog()?.parts().remove(&part) else { continue };
            let files = choose(files);
            if files.len() > 1 {
                let (merged, written) = self.merge_part(part, files)?;
                done.merged += merged;
                done.written += written;
            }
        }
        let _writing = self.begin_writing()?;
        done.deleted = self.table.vacuum(self.options.keep_replaced_seconds)?;
        Ok(done)
    }

    /// How many files were replaced, and by how many.
    fn merge_part(&self, part: Part, files: Vec<Arc<DataFile>>) -> Result<(u64, u64), LakeError> {
        let expected: u64 = files.iter().map(|file| file.bounds.rows).sum();
        let mut replaced: BTreeMap<_, _> =
            files.iter().map(|file| (file.path.clone(), file.remove())).collect();
        let mut actions = Vec::new();
        let mut rows = 0;
        let mut keep = |file: NewFile| {
            rows += file.bounds.rows;
            // A file with the same rows has the same name: it stays as it is.
            if replaced.remove(&file.path).is_some() {
                return Ok(());
            }
            actions.push(Action::Add(file.add(false)?));
            self.table.put(file)
        };
        let writer = FileWriter::new(part, self.options.file_rows);
        let mut sink = Rewrite { writer, chunk: Columns::default(), keep: &mut keep };
        let mut words = self.scan(files, &Arc::new(Wanted::all()), &mut sink)?;
        sink.finish(&mut words)?;
        if rows != expected {
            return Err(LakeError::Damaged(format!(
                "the files to be merged have {rows} rows, the log says {expected}"
            )));
        }
        let done = (replaced.len() as u64, actions.len() as u64);
        if done != (0, 0) {
            actions.extend(replaced.into_values().map(Action::Remove));
            self.table.commit(actions, Purpose::Merge)?;
        }
        Ok(done)
    }
}

/// Files of about the same size that are too many, and all that are smaller.
fn crowded(mut files: Vec<Arc<DataFile>>, many: usize) -> Vec<Arc<DataFile>> {
    let many = many.max(2);
    files.sort_by_key(|file| file.bounds.rows);
    let size = |file: &DataFile| (file.bounds.rows / 1024).max(1).ilog(8);
    let mut merged = 0;
    let mut from = 0;
    while from < files.len() {
        let class = size(&files[from]);
        let end = from + files[from..].iter().take_while(|file| size(file) == class).count();
        if end - from >= many {
            merged = end;
        }
        from = end;
    }
    files.truncate(merged);
    files
}

/// Do the files follow each other without sharing a station?
fn apart(files: &[Arc<DataFile>]) -> bool {
    let mut bounds: Vec<_> = files.iter().map(|file| &file.bounds.stations).collect();
    bounds.sort();
    bounds.windows(2).all(|pair| pair[0].1 < pair[1].0)
}

struct Rewrite<'a> {
    writer: FileWriter,
    chunk: Columns,
    keep: &'a mut dyn FnMut(NewFile) -> Result<(), LakeError>,
}

impl Sink for Rewrite<'_> {
    fn wants(&mut self, _words: &Words, _station: u32, _item: u32) -> bool {
        true
    }

    fn take(&mut self, words: &mut Words, rows: &Columns, range: Range<usize>) -> Result<(), LakeError> {
        self.chunk.extend(rows, range);
        if self.chunk.len() >= CHUNK_ROWS { self.write(words) } else { Ok(()) }
    }
}

impl Rewrite<'_> {
    fn write(&mut self, words: &mut Words) -> Result<(), LakeError> {
        let full = self.writer.write(words, &self.chunk)?;
        self.chunk.clear();
        full.into_iter().try_for_each(&mut *self.keep)
    }

    fn finish(&mut self, words: &mut Words) -> Result<(), LakeError> {
        self.write(words)?;
        self.writer.finish(words)?.map_or(Ok(()), &mut *self.keep)
    }
}
