//! One line of a text, its characters normalised one for one.

/// The characters of a line: simplified, half width, so that one grammar reads every spelling. Each stands where its
/// original stands, so places in the line are places in the text; but for a line with characters that nobody sees
/// (direction marks, zero-width spaces), which are left out so that they part no number from its unit.
pub(super) struct Line {
    chars: Vec<char>,
    /// How many characters the text has.
    length: usize,
    /// The place in the text of each character, if some were left out.
    places: Vec<usize>,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { chars: Vec::new(), length: 0, places: Vec::new() }
    }

    /// Takes the next line, reusing the memory of the last; says whether anything in it can be a number.
    pub(super) fn fill(&mut self, text: &str) -> bool {
        self.chars.clear();
        self.chars.extend(text.chars().map(normal));
        self.length = self.chars.len();
        self.places.clear();
        if self.chars.iter().any(|&character| is_invisible(character)) {
            let seen = self.chars.iter().enumerate().filter(|(_, one)| !is_invisible(**one));
            self.places.extend(seen.map(|(place, _)| place));
            self.chars.retain(|&character| !is_invisible(character));
        }
        self.chars.iter().any(|&character| begins_number(character))
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// How many characters the line has in the text.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The stretch in the text of a stretch of this line that is not empty.
    pub(super) fn in_text(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        match (self.places.get(start), self.places.get(end.saturating_sub(1))) {
            (Some(&first), Some(&last)) => first..last + 1,
            _ => start..end,
        }
    }

    /// The character at a place; a line feed outside of the line, which no grammar asks for.
    pub(super) fn at(&self, place: usize) -> char {
        self.chars.get(place).copied().unwrap_or('\n')
    }

    /// The character before a place.
    pub(super) fn before(&self, place: usize) -> char {
        if place == 0 { '\n' } else { self.at(place - 1) }
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &[char] {
        let to = to.min(self.chars.len());
        &self.chars[from.min(to)..to]
    }

    /// Whether a word stands at a place.
    pub(super) fn starts(&self, place: usize, word: &str) -> bool {
        let mut place = place;
        word.chars().all(|character| {
            place += 1;
            self.chars.get(place - 1) == Some(&character)
        })
    }

    /// Whether a word ends right before a place.
    pub(super) fn ends(&self, place: usize, word: &str) -> bool {
        // From the last character, which is nearly always another one.
        let before = self.chars.get(..place).unwrap_or_default();
        let mut rest = before.iter().rev();
        word.chars().rev().all(|character| rest.next() == Some(&character))
    }

    /// Whether a word stands somewhere in a stretch.
    pub(super) fn holds(&self, from: usize, to: usize, word: &str) -> bool {
        let length = word.chars().count();
        (from..(to + 1).saturating_sub(length)).any(|place| self.starts(place, word))
    }

    /// Where the clause that holds a place begins: after the last `，。；：？！` or bracket, at most so far back.
    pub(super) fn clause_start(&self, place: usize, most: usize) -> usize {
        let least = place.saturating_sub(most);
        (least..place).rev().find(|&at| ends_clause(self.at(at))).map_or(least, |at| at + 1)
    }
}

/// Direction marks, zero-width characters and the like.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Whether a number may begin with this character.
pub(super) fn begins_number(character: char) -> bool {
    character.is_ascii_digit() || is_chinese_numeral(character)
}

/// The digits and powers of Chinese numerals.
pub(super) fn is_chinese_numeral(character: char) -> bool {
    matches!(
        character,
        '一' | '二'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '两'
            | '百'
            | '千'
            | '〇'
            | '零'
            | '万'
            | '亿'
    )
}

/// Punctuation that ends a clause; `、` and spaces do not, for lists go over them.
pub(super) fn ends_clause(character: char) -> bool {
    matches!(
        character,
        '，' | ',' | '。' | '；' | ';' | '：' | ':' | '？' | '！' | '?' | '!' | '(' | ')' | '\n' | '\t'
    )
}

/// Simplified and half width. The full comma stays: a half one may divide thousands, a full one never does.
pub(super) fn normal(character: char) -> char {
    match character {
        '\0'..='\u{7f}' | '，' | '。' | '、' => character,
        '！'..='～' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' | '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        '〜' | '∼' => '~',
        '−' | '‐' | '‑' => '-',
        '〔' | '﹝' => '[',
        '〕' | '﹞' => ']',
        'µ' => 'μ',
        '「' => '“',
        '」' => '”',
        '\u{3400}'..='\u{9fff}' => message::simplified(character),
        _ => character,
    }
}
