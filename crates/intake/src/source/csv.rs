//! Comma, tab or semicolon separated text.
//!
//! Rows count as Excel would show them: a blank line is a row, line breaks inside quotes are not.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use message::text;

use super::encoding::{Decoding, Read1, detect};
use super::{MAX_ROW_BYTES, MAX_ROWS, Sink, io_error, unescape_formula};
use crate::error::IntakeError;
use crate::raw::RawValue;

/// The most columns, as in Excel.
const MAX_COLUMNS: usize = 16_384;

pub(super) fn read(mut file: File, path: &Path, sink: &mut dyn Sink) -> Result<(), IntakeError> {
    let size = file.metadata().map_err(io_error(path))?.len();
    let encoding = detect(&mut file, path)?;
    file.seek(SeekFrom::Start(0)).map_err(io_error(path))?;
    let mut text = Decoding::new(file, encoding);
    let mut rows: Option<Rows> = None;
    let mut chunk = String::with_capacity(128 << 10);
    loop {
        chunk.clear();
        let step = text.read(&mut chunk).map_err(io_error(path))?;
        // The file may have changed since it was looked through.
        if let Read1::Malformed { line } | Read1::Nul { line } = step {
            return Err(IntakeError::File(text!(
                "第{line}行编码有误",
                "line {line} is not properly encoded"
            )));
        }
        let rows = rows.get_or_insert_with(|| Rows::new(delimiter(&chunk)));
        rows.take(chunk.as_bytes(), sink)?;
        sink.progress(text.read, size);
        if matches!(step, Read1::End) {
            return rows.finish(sink);
        }
    }
}

/// The separator that the first line has most of, outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && counts.iter().any(|(_, count)| *count > 0) => break,
            _ if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    let mut best = counts[0];
    for other in counts {
        if other.1 > best.1 {
            best = other;
        }
    }
    best.0
}

struct Rows {
    reader: Reader,
    row: u32,
    output: Vec<u8>,
    ends: Vec<usize>,
    /// How much of `output` and `ends` the present row has filled.
    filled: (usize, usize),
    /// Whether we stand at the beginning of a row, where blank lines are counted.
    at_start: bool,
    after_return: bool,
}

impl Rows {
    fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            row: 0,
            output: vec![0; 64 << 10],
            ends: vec![0; 256],
            filled: (0, 0),
            at_start: true,
            after_return: false,
        }
    }

    fn take(&mut self, mut input: &[u8], sink: &mut dyn Sink) -> Result<(), IntakeError> {
        while !input.is_empty() {
            if self.at_start {
                // csv-core would pass over blank lines without telling.
                match input[0] {
                    b'\n' if self.after_return => {
                        self.after_return = false;
                        input = &input[1..];
                        continue;
                    }
                    byte @ (b'\n' | b'\r') => {
                        self.next_row()?;
                        self.after_return = byte == b'\r';
                        input = &input[1..];
                        continue;
                    }
                    _ => self.at_start = false,
                }
            }
            let used = self.step(input, sink)?;
            // The last byte of a row is its line break; a `\n` right after a `\r` belongs to it.
            self.after_return = self.at_start && used > 0 && input[used - 1] == b'\r';
            input = &input[used..];
        }
        Ok(())
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), IntakeError> {
        if self.at_start {
            return Ok(());
        }
        // An empty input tells the reader that the text has ended; it answers with the last row, then with the end.
        while !self.at_start {
            self.step(&[], sink)?;
        }
        Ok(())
    }

    /// Gives the reader some input; passes a row on when one is complete.
    fn step(&mut self, input: &[u8], sink: &mut dyn Sink) -> Result<usize, IntakeError> {
        let (bytes, fields) = self.filled;
        let (result, used, written, ended) =
            self.reader.read_record(input, &mut self.output[bytes..], &mut self.ends[fields..]);
        self.filled = (bytes + written, fields + ended);
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull => {
                if self.output.len() >= MAX_ROW_BYTES {
                    let row = self.row + 1;
                    return Err(IntakeError::File(text!(
                        "第{row}行过长；可能有引号没有闭合",
                        "row {row} is too long; perhaps a quotation mark is not closed"
                    )));
                }
                self.output.resize(self.output.len() * 2, 0);
            }
            ReadRecordResult::OutputEndsFull => {
                if self.ends.len() >= MAX_COLUMNS {
                    let row = self.row + 1;
                    return Err(IntakeError::File(text!(
                        "第{row}行的列过多",
                        "row {row} has too many columns"
                    )));
                }
                self.ends.resize(self.ends.len() * 2, 0);
            }
            ReadRecordResult::Record => {
                self.next_row()?;
                self.pass_on(sink)?;
                (self.filled, self.at_start) = ((0, 0), true);
            }
            ReadRecordResult::End => self.at_start = true,
        }
        Ok(used)
    }

    fn next_row(&mut self) -> Result<(), IntakeError> {
        self.row += 1;
        if self.row > MAX_ROWS {
            return Err(IntakeError::File(text!(
                "超过 {MAX_ROWS} 行；请分成几个文件",
                "the file has more than {MAX_ROWS} rows; divide it into several files"
            )));
        }
        Ok(())
    }

    fn pass_on(&self, sink: &mut dyn Sink) -> Result<(), IntakeError> {
        let mut cells = Vec::with_capacity(self.filled.1);
        let mut start = 0;
        for end in &self.ends[..self.filled.1] {
            // Fields are cut at separators of one byte, so they stay UTF-8.
            let text = std::str::from_utf8(&self.output[start..*end]).unwrap_or_default();
            let text = unescape_formula(text);
            cells.push(RawValue::Text(Cow::Borrowed(text)));
            start = *end;
        }
        let blank = |cell: &RawValue<'_>| matches!(cell, RawValue::Text(text) if text.trim().is_empty());
        if cells.iter().all(blank) { Ok(()) } else { sink.row(self.row, &cells) }
    }
}
