//! A scanner that bounds what an XML reader would have to keep in memory, without keeping anything itself.
//!
//! An XML reader keeps one piece of markup, one text or one cell at a time. Hostile files make these gigabytes long.
//! The scanner runs over the inflated bytes first and refuses document types (entities that multiply), pieces that no
//! spreadsheet program writes, and anything longer than a spreadsheet may hold.

use message::{Text, text};

/// The longest piece of markup or text. Excel's cells hold 32,767 characters.
const MAX_PIECE: usize = 2 << 20;

/// The longest cell or shared string, markup included.
const MAX_ITEM: usize = 4 << 20;

/// The most shared strings: each costs the reader some bytes even when it is empty.
const MAX_SHARED_STRINGS: usize = 8 << 20;

/// Only the beginning of a tag's name matters.
const NAME: usize = 64;

/// Where the scanner is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// In a tag, before its name has ended.
    Name,
    Tag,
    Quoted(u8),
    /// `<!` was seen: a comment, CDATA or a document type.
    Bang,
    Comment,
    CData,
    Instruction,
}

/// Scans one part of an archive, in chunks.
pub(super) struct Scanner {
    state: State,
    piece: usize,
    name: [u8; NAME],
    named: usize,
    /// The last bytes, for the ends of comments and the like.
    last: [u8; 2],
    item: Option<usize>,
    shared_strings: usize,
    first: bool,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self {
            state: State::Text,
            piece: 0,
            name: [0; NAME],
            named: 0,
            last: [0; 2],
            item: None,
            shared_strings: 0,
            first: true,
        }
    }

    /// Looks at the next bytes.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Result<(), Text> {
        if std::mem::take(&mut self.first)
            && matches!(bytes, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, ..] | [_, 0, ..])
        {
            return Err(text!("内容不是 UTF-8 编码的 XML", "its content is not XML in UTF-8"));
        }
        let mut rest = bytes;
        while let Some(byte) = rest.first() {
            // Most of a sheet is text and attributes: runs of some bytes, passed over without looking at states.
            let plain = match self.state {
                State::Text => rest.iter().position(|byte| *byte == b'<'),
                State::Tag => rest.iter().position(|byte| matches!(byte, b'>' | b'"' | b'\'')),
                State::Quoted(quote) => rest.iter().position(|byte| *byte == quote),
                _ => Some(0),
            };
            let plain = plain.unwrap_or(rest.len());
            if plain > 0 {
                self.piece += plain;
                if let Some(item) = &mut self.item {
                    *item += plain;
                }
                rest = &rest[plain..];
                continue;
            }
            self.step(*byte)?;
            self.last = [self.last[1], *byte];
            rest = &rest[1..];
        }
        let too_long = self.piece > MAX_PIECE || self.item.is_some_and(|item| item > MAX_ITEM);
        if too_long {
            return Err(text!(
                "单元格或标记过长，不是正常的工作簿",
                "a cell or tag is longer than any spreadsheet's"
            ));
        }
        if self.shared_strings > MAX_SHARED_STRINGS {
            return Err(text!("共享字符串过多", "too many shared strings"));
        }
        Ok(())
    }

    fn step(&mut self, byte: u8) -> Result<(), Text> {
        self.piece += 1;
        if let Some(item) = &mut self.item {
            *item += 1;
        }
        match self.state {
            State::Text if byte == b'<' => {
                self.named = 0;
                self.enter(State::Name);
            }
            State::Text => {}
            State::Name => self.name_step(byte),
            State::Tag => match byte {
                b'>' => self.enter(State::Text),
                b'"' | b'\'' => self.state = State::Quoted(byte),
                _ => {}
            },
            State::Quoted(quote) if byte == quote => self.state = State::Tag,
            State::Quoted(_) => {}
            State::Bang => {
                self.keep(byte);
                match self.name() {
                    b"--" => self.enter(State::Comment),
                    b"[CDATA[" => self.enter(State::CData),
                    name if b"--".starts_with(name) || b"[CDATA[".starts_with(name) => {}
                    _ => {
                        return Err(text!(
                            "含有文档类型声明（DTD），可能是恶意文件",
                            "it contains a document type (DTD), which may be an attack"
                        ));
                    }
                }
            }
            State::Comment if byte == b'>' && self.last == *b"--" => self.enter(State::Text),
            State::CData if byte == b'>' && self.last == *b"]]" => self.enter(State::Text),
            State::Instruction if byte == b'>' && self.last[1] == b'?' => self.enter(State::Text),
            State::Comment | State::CData | State::Instruction => {}
        }
        Ok(())
    }

    fn name(&self) -> &[u8] {
        &self.name[..self.named]
    }

    fn keep(&mut self, byte: u8) {
        if let Some(place) = self.name.get_mut(self.named) {
            *place = byte;
            self.named += 1;
        }
    }

    fn name_step(&mut self, byte: u8) {
        match byte {
            b'!' if self.named == 0 => self.enter(State::Bang),
            b'?' if self.named == 0 => self.enter(State::Instruction),
            b'>' => {
                self.tag();
                self.enter(State::Text);
            }
            b' ' | b'\t' | b'\r' | b'\n' => {
                self.tag();
                self.state = State::Tag;
            }
            b'/' if self.named > 0 => {
                self.tag();
                self.state = State::Tag;
            }
            // Only short names matter; the rest of a long one is not needed.
            _ if self.named < NAME => self.keep(byte),
            _ => self.state = State::Tag,
        }
    }

    /// A tag's name is complete: cells and shared strings begin and end with theirs.
    fn tag(&mut self) {
        let (closes, name) = match self.name().split_first() {
            Some((b'/', rest)) => (true, rest),
            _ => (false, self.name()),
        };
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        if matches!(local, b"c" | b"si" | b"is") {
            let counts = local == b"si" && !closes;
            self.shared_strings += usize::from(counts);
            self.item = if closes { None } else { Some(0) };
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.piece = 0;
        if state == State::Bang {
            self.named = 0;
        }
        self.last = [0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_ITEM, MAX_PIECE, Scanner};

    fn check(text: &str, expected: Result<(), &str>) {
        let mut scanner = Scanner::new();
        let mut found = Ok(());
        // Small chunks: a piece may lie across any number of them.
        for chunk in text.as_bytes().chunks(7) {
            found = found.and_then(|()| scanner.scan(chunk));
        }
        assert_eq!(found.map_err(|fault| fault.english), expected.map_err(str::to_owned), "{:.80}", text);
    }

    #[test]
    fn ordinary_markup_passes() {
        check(
            r#"<?xml version="1.0"?><!-- a > b --><x:row r="1"><c t='s>'><v>1</v></c><c/></x:row><![CDATA[<!DOCTYPE]]>"#,
            Ok(()),
        );
    }

    #[test]
    fn what_would_grow_is_refused() {
        let dtd = Err("it contains a document type (DTD), which may be an attack");
        check(r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><x/>"#, dtd);
        check("<!-- x --><!ENTITY", dtd);
        let long = Err("a cell or tag is longer than any spreadsheet's");
        check(&format!("<t>{}</t>", "x".repeat(MAX_PIECE + 10)), long);
        check(&format!("<c r=\"{}\">", ">".repeat(MAX_PIECE + 10)), long);
        check(&format!("<!--{}-->", "<a>".repeat(MAX_PIECE)), long);
        check(&format!("<c>{}</c>", "<t>x</t>".repeat(MAX_ITEM / 8 + 10)), long);
        check("\u{0}<x>", Err("its content is not XML in UTF-8"));
    }
}
