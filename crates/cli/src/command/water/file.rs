//! A table as a text file, read as often as needed without being held: UTF-8 (with or without a byte order
//! mark) or GB18030, divided by commas, tabs or semicolons.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use message::Text;

use crate::failure::Failure;

const CHUNK: usize = 64 << 10;

/// A file (or standard input, which is held) that is known to be a text.
pub struct TableFile {
    source: Source,
    encoding: &'static Encoding,
    delimiter: u8,
    /// As the user named it.
    pub name: String,
}

enum Source {
    Path(PathBuf),
    Held(Vec<u8>),
}

impl TableFile {
    /// Opens a file; `-` is standard input. All of it is decoded once, so that no later row can fail to be text.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let source = if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes)?;
            Source::Held(bytes)
        } else {
            Source::Path(path.to_owned())
        };
        let mut file = Self { source, encoding: UTF_8, delimiter: b',', name };
        let mut head = [0; 4];
        let read = file.bytes()?.read(&mut head)?;
        if head[..read].starts_with(b"PK") {
            let name = &file.name;
            return Err(Failure::Broken(message::text!(
                "{name} 是 Excel 文件，请另存为“CSV UTF-8”",
                "{name} is an Excel file; save it as “CSV UTF-8”"
            )));
        }
        let encodings = [UTF_8, GB18030];
        let Some(head) = encodings.into_iter().find_map(|encoding| {
            file.encoding = encoding;
            file.head().transpose()
        }) else {
            let name = &file.name;
            return Err(Failure::Broken(message::text!(
                "{name} 既不是 UTF-8 也不是 GB18030 编码的文本",
                "{name} is neither UTF-8 nor GB18030 text"
            )));
        };
        file.delimiter = delimiter(&head?);
        Ok(file)
    }

    /// A reader of its rows, the heading first; rows may be shorter or longer than the heading.
    pub fn rows(&self) -> Result<csv::Reader<Decoded<'_>>, Failure> {
        let decoded = Decoded::new(self.bytes()?, self.encoding);
        Ok(csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(decoded))
    }

    fn bytes(&self) -> Result<Box<dyn Read + '_>, Failure> {
        match &self.source {
            Source::Held(bytes) => Ok(Box::new(Cursor::new(bytes))),
            Source::Path(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(BufReader::with_capacity(CHUNK, file))),
                Err(error) => {
                    let name = &self.name;
                    Err(Failure::Broken(message::text!(
                        "{name} 打不开（{error}）",
                        "{name} cannot be opened ({error})"
                    )))
                }
            },
        }
    }

    /// The first line, if all of the file is of this encoding; `None` if it is not.
    fn head(&self) -> Result<Option<String>, Failure> {
        let mut decoded = Decoded::new(self.bytes()?, self.encoding);
        let (mut head, mut complete) = (String::new(), false);
        loop {
            decoded.text.clear();
            let more = decoded.more()?;
            if decoded.malformed {
                return Ok(None);
            }
            if !complete {
                head.push_str(&decoded.text);
                complete = head.contains('\n') || head.len() > 1 << 20;
            }
            if !more {
                return Ok(Some(head.lines().next().unwrap_or_default().to_owned()));
            }
        }
    }
}

/// The most frequent of the three in the heading; a comma where none is.
fn delimiter(heading: &str) -> u8 {
    let count = |byte: u8| heading.bytes().filter(|&other| other == byte).count();
    // The last of equal ones wins, so the comma stands last.
    [b';', b'\t', b','].into_iter().max_by_key(|&byte| count(byte)).unwrap_or(b',')
}

/// Bytes of a known encoding as UTF-8.
pub struct Decoded<'a> {
    source: Box<dyn Read + 'a>,
    decoder: Decoder,
    buffer: Vec<u8>,
    left: std::ops::Range<usize>,
    at_end: bool,
    malformed: bool,
    text: String,
    taken: usize,
}

impl<'a> Decoded<'a> {
    fn new(source: Box<dyn Read + 'a>, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            buffer: vec![0; CHUNK],
            left: 0..0,
            at_end: false,
            malformed: false,
            text: String::with_capacity(3 * CHUNK),
            taken: 0,
        }
    }

    /// Decodes some more into `text`; `false` when there is no more to come.
    fn more(&mut self) -> std::io::Result<bool> {
        if self.malformed || self.at_end {
            return Ok(false);
        }
        if self.left.is_empty() {
            let read = self.source.read(&mut self.buffer)?;
            (self.left, self.at_end) = (0..read, read == 0);
        }
        self.text.reserve(3 * CHUNK);
        let input = &self.buffer[self.left.clone()];
        let (result, used) =
            self.decoder.decode_to_string_without_replacement(input, &mut self.text, self.at_end);
        self.left.start += used;
        self.malformed = matches!(result, DecoderResult::Malformed(..));
        Ok(!self.malformed && !self.at_end)
    }
}

impl Read for Decoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.taken == self.text.len() {
            self.text.clear();
            self.taken = 0;
            if !self.more()? && self.text.is_empty() {
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

/// What is wrong with cells: the first ones with their places, all of them counted.
#[derive(Default)]
pub struct Faults {
    shown: Vec<Text>,
    count: u64,
}

impl Faults {
    const MOST: usize = 20;

    /// A cell that is no value. The row is the line as an editor counts it.
    pub fn cell(&mut self, file: &str, row: u64, column: &str, words: &Text) {
        let (zh, en) = (&words.simplified, &words.english);
        self.tell(message::text!(
            "{file} 第{row}行，列“{column}”：{zh}",
            "{file}, row {row}, column `{column}`: {en}"
        ));
    }

    /// Something else.
    pub fn tell(&mut self, text: Text) {
        self.count += 1;
        if self.shown.len() < Self::MOST {
            self.shown.push(text);
        }
    }

    /// Adds what another has.
    pub fn join(&mut self, other: Self) {
        self.count += other.count;
        let room = Self::MOST.saturating_sub(self.shown.len());
        self.shown.extend(other.shown.into_iter().take(room));
    }

    /// Says them on standard error; the exit status 1 tells that there were some.
    pub fn end(self, language: message::Language) -> Result<(), Failure> {
        for text in &self.shown {
            crate::output::say(text, language);
        }
        if self.count == 0 {
            return Ok(());
        }
        let (count, left) = (self.count, self.count - self.shown.len() as u64);
        let rest = if left == 0 {
            Text::new(String::new(), String::new())
        } else {
            message::text!("，另有 {left} 处未列出", ", {left} more are not listed")
        };
        let (zh, en) = (rest.simplified, rest.english);
        crate::output::say(
            &message::text!(
                "共有 {count} 处数据无法采用，均按缺失处理{zh}",
                "{count} values could not be used and count as missing{en}"
            ),
            language,
        );
        Err(Failure::Told(1))
    }
}

/// A heading without what does not matter: case, width, spaces, `_ - .`; and the unit in its brackets.
pub fn folded(heading: &str) -> (String, String) {
    let (mut name, mut unit, mut depth) = (String::new(), String::new(), 0_u32);
    for letter in heading.trim().chars() {
        let letter = match letter {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
            'µ' | 'μ' => 'u',
            'α' => 'a',
            other => other,
        };
        match letter {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if letter.is_whitespace() => {}
            _ if depth > 0 => unit.extend(letter.to_lowercase()),
            '_' | '-' | '.' => {}
            _ => name.extend(letter.to_lowercase()),
        }
    }
    (name, unit)
}

/// Where standard output was closed, there is nobody left to write for.
pub fn unless_closed(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::Told(0)),
        other => other.map_err(Failure::from),
    }
}

/// The error of a row that is no CSV.
pub fn broken_row(file: &str, error: &csv::Error) -> Failure {
    Failure::Broken(message::text!("{file} 无法读取（{error}）", "{file} cannot be read ({error})"))
}
