//! Text files: UTF-8 (with or without a byte order mark) or GB18030, divided by commas, tabs or semicolons.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};
use message::text;

use crate::cell::Cell;
use crate::error::{ReadError, io};
use crate::source::Rows;

const CHUNK: usize = 64 << 10;

/// Calls back with the number and the cells of each row, the heading first.
pub(crate) fn rows(path: &Path, each: Rows<'_>) -> Result<(), ReadError> {
    let mut file = File::open(path).map_err(io(path))?;
    let encoding = detect(&mut file, path)?;
    file.seek(SeekFrom::Start(0)).map_err(io(path))?;
    let mut head = String::new();
    let mut decoding = Decoding::new(BufReader::new(&mut file), encoding);
    while !head.contains('\n') && head.len() < 1 << 20 {
        if !decoding.more().map_err(io(path))? {
            break;
        }
        head.push_str(&decoding.text);
        decoding.text.clear();
    }
    let delimiter = delimiter(head.lines().next().unwrap_or_default());
    file.seek(SeekFrom::Start(0)).map_err(io(path))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(Decoding::new(BufReader::new(file), encoding));
    let mut record = csv::StringRecord::new();
    loop {
        let read = reader.read_record(&mut record).map_err(|error| {
            let reason = error.to_string();
            ReadError::file(path, text!("无法读取（{reason}）", "cannot be read ({reason})"))
        })?;
        if !read {
            return Ok(());
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<Cell<'_>> = record
            .iter()
            .map(|cell| if cell.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(cell)) })
            .collect();
        each(line, &cells)?;
    }
}

fn delimiter(heading: &str) -> u8 {
    let count = |delimiter: char| heading.chars().filter(|letter| *letter == delimiter).count();
    let candidates = [(',', b','), ('\t', b'\t'), (';', b';')];
    // The first of the most frequent ones.
    candidates.iter().rev().max_by_key(|(letter, _)| count(*letter)).map_or(b',', |(_, byte)| *byte)
}

/// The encoding of a file, found by decoding all of it once, in chunks.
fn detect(file: &mut File, path: &Path) -> Result<&'static Encoding, ReadError> {
    for encoding in [UTF_8, GB18030] {
        file.seek(SeekFrom::Start(0)).map_err(io(path))?;
        let mut decoding = Decoding::new(BufReader::new(&mut *file), encoding);
        loop {
            decoding.text.clear();
            if !decoding.more().map_err(io(path))? {
                break;
            }
        }
        if !decoding.is_malformed {
            return Ok(encoding);
        }
    }
    Err(ReadError::file(
        path,
        text!(
            "既不是 UTF-8 也不是 GB18030 编码；请另存为“CSV UTF-8”",
            "neither UTF-8 nor GB18030; save the file as “CSV UTF-8”"
        ),
    ))
}

/// Bytes of a known encoding, read as UTF-8.
struct Decoding<R> {
    source: R,
    decoder: encoding_rs::Decoder,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    is_malformed: bool,
    /// Decoded and not yet taken.
    text: String,
    taken: usize,
}

impl<R: Read> Decoding<R> {
    fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            at_end: false,
            is_malformed: false,
            text: String::with_capacity(3 * CHUNK),
            taken: 0,
        }
    }

    /// Decodes some more; false at the end, and where the bytes are not of this encoding.
    fn more(&mut self) -> std::io::Result<bool> {
        if self.is_malformed || (self.at_end && self.start == self.end) {
            return Ok(false);
        }
        if self.start == self.end {
            self.end = self.source.read(&mut self.buffer)?;
            (self.start, self.at_end) = (0, self.end == 0);
        }
        self.text.reserve(3 * CHUNK);
        let input = &self.buffer[self.start..self.end];
        let (result, used) =
            self.decoder.decode_to_string_without_replacement(input, &mut self.text, self.at_end);
        self.start += used;
        if matches!(result, DecoderResult::Malformed(..)) || self.text.contains('\0') {
            self.is_malformed = true;
            return Ok(false);
        }
        Ok(!self.at_end)
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.taken == self.text.len() {
            self.text.clear();
            self.taken = 0;
            let is_more = self.more()?;
            if !is_more && self.text.is_empty() {
                return Ok(0);
            }
        }
        let rest = &self.text.as_bytes()[self.taken..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}
