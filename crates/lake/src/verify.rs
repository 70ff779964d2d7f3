//! Is everything there, and is it what was written?

use std::fs;
use std::ops::Range;
use std::sync::Arc;

use message::{Text, text};

use crate::error::LakeError;
use crate::file::DataFile;
use crate::lake::Lake;
use crate::merge::Sink;
use crate::month::Month;
use crate::rows::{Columns, Words};
use crate::scan::Wanted;
use crate::segment;
use crate::spool;

/// What is wrong with which file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, from the lake's directory or in the table's.
    pub file: String,
    /// What is wrong.
    pub what: Text,
}

impl Lake {
    /// Reads everything: every data file must be there with the bytes it was written with, hold as many rows as the log
    /// says, sorted, each in its partition and of a batch that exists; and the spool's segments must be whole. `progress`
    /// is called with the files that were checked and their number.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<Fault>, LakeError> {
        let catalog = self.table.catalog()?;
        let mut faults = Vec::new();
        let total = catalog.files.len() as u64;
        for (index, file) in catalog.files.iter().enumerate() {
            if let Some(what) = self.check_file(file, catalog.batches) {
                faults.push(Fault { file: file.path.clone(), what });
            }
            progress(index as u64 + 1, total);
        }
        let dir = self.spool_dir();
        for (number, path) in spool::segments(&dir)? {
            let bytes = match fs::read(&path) {
                // It was flushed just now.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                result => result.map_err(LakeError::io(&path))?,
            };
            let reading = segment::read(&bytes, number, &mut |_| Ok::<(), LakeError>(()))?;
            for place in reading.damage {
                let what =
                    text!("第{place}字节起有一段无法读取", "a part from byte {place} on cannot be read");
                faults.push(Fault { file: self.name(&path), what });
            }
        }
        for (_, path) in spool::damaged_segments(&dir)? {
            let what = text!(
                "这个暂存段曾有一部分无法读取；能读的部分已入湖",
                "a part of this segment could not be read; the rest is in the table"
            );
            faults.push(Fault { file: self.name(&path), what });
        }
        Ok(faults)
    }

    fn name(&self, path: &std::path::Path) -> String {
        path.strip_prefix(&self.dir).unwrap_or(path).display().to_string()
    }

    fn check_file(&self, file: &Arc<DataFile>, batches: u64) -> Option<Text> {
        let bytes = match self.table.get(&file.path) {
            Ok(bytes) => bytes,
            Err(error) => return Some(text!("无法读取：{error}", "it cannot be read: {error}")),
        };
        let (size, expected) = (bytes.len() as u64, file.bytes);
        if size != expected {
            return Some(text!(
                "有{size}字节，日志说有{expected}字节",
                "it has {size} bytes, the log says {expected}"
            ));
        }
        if !file.is_named_after(&bytes) {
            return Some(text!("内容与写入时不同", "its bytes are not those that were written"));
        }
        drop(bytes);
        let mut sink = Check { file, batches: batches as i64, rows: 0, last: None, fault: None };
        if let Err(error) = self.scan(vec![Arc::clone(file)], &Arc::new(Wanted::all()), &mut sink) {
            return Some(text!("无法解读：{error}", "it cannot be decoded: {error}"));
        }
        let (rows, expected) = (sink.rows, file.bounds.rows);
        if sink.fault.is_none() && rows != expected {
            return Some(text!(
                "有{rows}行，日志说有{expected}行",
                "it has {rows} rows, the log says {expected}"
            ));
        }
        sink.fault
    }
}

struct Check<'a> {
    file: &'a DataFile,
    batches: i64,
    rows: u64,
    last: Option<(String, String)>,
    fault: Option<Text>,
}

impl Sink for Check<'_> {
    fn wants(&mut self, words: &Words, station: u32, item: u32) -> bool {
        // Called once for each station and item, when its rows begin: a second beginning is not seen here, but then the
        // stations are not in their order.
        let next = (words.word(station).to_owned(), words.word(item).to_owned());
        let bounds = &self.file.bounds;
        if self.last.as_ref().is_some_and(|last| *last > next) {
            self.fault = Some(text!("各行次序不对", "its rows are not in order"));
        }
        if next.0 < bounds.stations.0
            || next.0 > bounds.stations.1
            || next.1 < bounds.items.0
            || next.1 > bounds.items.1
        {
            self.fault = Some(text!(
                "有日志所说范围之外的点位或项目",
                "it has stations or items that the log does not say"
            ));
        }
        self.last = Some(next);
        true
    }

    fn take(&mut self, _words: &mut Words, rows: &Columns, range: Range<usize>) -> Result<(), LakeError> {
        self.rows += range.len() as u64;
        let bounds = &self.file.bounds;
        let fits = range.clone().all(|index| {
            let (time, batch) = (rows.time[index], rows.batch[index]);
            (bounds.times.0..=bounds.times.1).contains(&time)
                && Month::of(time) == self.file.part.month
                && (1..=self.batches).contains(&batch)
        });
        if !fits {
            self.fault = Some(text!(
                "有不属于这个文件的时间或批次",
                "it has rows of times or batches that do not belong there"
            ));
        }
        let place = |index: usize| (rows.time[index], rows.batch[index], rows.revision[index]);
        if range.clone().skip(1).any(|index| place(index - 1) >= place(index)) {
            self.fault = Some(text!("各行次序不对", "its rows are not in order"));
        }
        Ok(())
    }
}
