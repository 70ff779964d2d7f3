//! Text files in UTF-8 or GB18030, decoded strictly and in chunks.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};
use message::text;

use super::io_error;
use crate::error::IntakeError;

const CHUNK: usize = 64 << 10;

/// The encoding of a file, found by decoding all of it once: UTF-8 if it is that, else GB18030 if it is that.
pub(super) fn detect(file: &mut File, path: &Path) -> Result<&'static Encoding, IntakeError> {
    let mut head = [0; 4];
    let count = read_full(file, &mut head).map_err(io_error(path))?;
    if matches!(head[..count], [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
        return Err(IntakeError::File(text!(
            "文件是 UTF-16 编码；请另存为 UTF-8（“CSV UTF-8”）或 GB18030",
            "the file is in UTF-16; save it as UTF-8 (“CSV UTF-8”) or GB18030"
        )));
    }
    let mut failures = Vec::new();
    for encoding in [UTF_8, GB18030] {
        file.seek(SeekFrom::Start(0)).map_err(io_error(path))?;
        let mut decoder = Decoding::new(&mut *file, encoding);
        let mut out = String::with_capacity(2 * CHUNK);
        loop {
            out.clear();
            match decoder.read(&mut out).map_err(io_error(path))? {
                Read1::More => {}
                Read1::End => return Ok(encoding),
                Read1::Malformed { line } => {
                    failures.push(line);
                    break;
                }
                Read1::Nul { line } => {
                    return Err(IntakeError::File(text!(
                        "第{line}行含有空字节（NUL），不是文本文件或已损坏",
                        "line {line} contains a NUL byte: this is no text file, or it is damaged"
                    )));
                }
            }
        }
    }
    let (utf8, gb) = (failures.first().copied().unwrap_or(1), failures.last().copied().unwrap_or(1));
    Err(IntakeError::File(text!(
        "编码有误：按 UTF-8 在第{utf8}行、按 GB18030 在第{gb}行无法解码；请另存为 UTF-8",
        "the encoding is broken: not UTF-8 (line {utf8}), not GB18030 (line {gb}); save the file as UTF-8"
    )))
}

/// What one step of decoding brought.
pub(super) enum Read1 {
    More,
    End,
    Malformed { line: u64 },
    Nul { line: u64 },
}

/// Decodes chunk by chunk.
pub(super) struct Decoding<R> {
    source: R,
    decoder: encoding_rs::Decoder,
    buffer: Vec<u8>,
    /// Bytes read and not yet decoded.
    start: usize,
    end: usize,
    at_end: bool,
    line: u64,
    /// Bytes read from the source.
    pub(super) read: u64,
}

impl<R: Read> Decoding<R> {
    pub(super) fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            at_end: false,
            line: 1,
            read: 0,
        }
    }

    /// Appends the next text to `out`, which must have room for at least a few bytes.
    pub(super) fn read(&mut self, out: &mut String) -> std::io::Result<Read1> {
        if self.start == self.end && !self.at_end {
            self.end = self.source.read(&mut self.buffer)?;
            (self.start, self.at_end) = (0, self.end == 0);
            self.read += self.end as u64;
        }
        let before = out.len();
        let input = &self.buffer[self.start..self.end];
        // A NUL is one byte in both encodings; later it would hide in a cell.
        let nul = input.iter().position(|byte| *byte == 0);
        if let Some(at) = nul {
            let line = self.line + count_lines(&input[..at]);
            return Ok(Read1::Nul { line });
        }
        let (result, used) = self.decoder.decode_to_string_without_replacement(input, out, self.at_end);
        self.start += used;
        self.line += count_lines(&out.as_bytes()[before..]);
        Ok(match result {
            DecoderResult::Malformed(..) => Read1::Malformed { line: self.line },
            DecoderResult::InputEmpty if self.at_end => Read1::End,
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Read1::More,
        })
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn read_full(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match file.read(&mut buffer[count..])? {
            0 => break,
            more => count += more,
        }
    }
    Ok(count)
}
