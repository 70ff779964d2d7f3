//! Texts that are kept once and numbered, so that a row holds four bytes and a search looks at each text once.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use hashbrown::{DefaultHashBuilder, HashTable};

use message::simplified;

/// The number of no text.
pub(crate) const NONE: u32 = u32::MAX;

/// Numbered texts, in one piece of memory.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
    /// The same texts as a search reads them, made when first searched: every text lies where it lies in `text`.
    folded: OnceLock<String>,
}

impl Dictionary {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, code: u32) -> &str {
        &self.text[self.range(code as usize)]
    }

    fn range(&self, code: usize) -> std::ops::Range<usize> {
        let end = self.ends.get(code).map_or(0, |end| *end as usize);
        let start =
            code.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        start.min(end)..end
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|code| &self.text[self.range(code)])
    }

    /// Makes ready what searching needs.
    pub(crate) fn fold(&self) {
        self.folded.get_or_init(|| self.text.chars().map(fold_char).collect());
    }

    /// Calls with the number of each text that contains a word, which is folded already.
    pub(crate) fn containing(&self, word: &str, mut found: impl FnMut(u32)) {
        let folded = self.folded.get_or_init(|| self.text.chars().map(fold_char).collect());
        if word.is_empty() {
            return;
        }
        let finder = memchr::memmem::Finder::new(word);
        let mut from = 0;
        while let Some(at) = folded.as_bytes().get(from..).and_then(|rest| finder.find(rest)) {
            let start = from + at;
            let code = self.ends.partition_point(|end| *end as usize <= start);
            let end = self.ends.get(code).map_or(folded.len(), |end| *end as usize);
            if start + word.len() <= end {
                found(u32::try_from(code).unwrap_or(NONE));
                from = end;
            } else {
                // It reaches over into the next text, which may hold it again.
                from = start + 1;
            }
        }
    }
}

/// A text as a search compares it: small letters, simplified characters.
pub(crate) fn fold_text(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Never changes the length in bytes, so that places stay what they are.
fn fold_char(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let plain = simplified(character);
    if plain.len_utf8() == character.len_utf8() { plain } else { character }
}

/// A dictionary while it grows.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    pub(crate) dictionary: Dictionary,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: Option<u32>,
}

impl Interner {
    /// The number of a text; none when there is more text than numbers reach.
    pub(crate) fn code(&mut self, text: &str) -> Option<u32> {
        // Neighbours often agree: a batch has one author and mostly one owner.
        if let Some(last) = self.last
            && self.dictionary.get(last) == text
        {
            return Some(last);
        }
        let Self { dictionary, table, hasher, last } = self;
        let hash = hasher.hash_one(text);
        if let Some(code) = table.find(hash, |code| dictionary.get(*code) == text) {
            *last = Some(*code);
            return Some(*code);
        }
        let code = u32::try_from(dictionary.ends.len()).ok().filter(|code| *code != NONE)?;
        let end = u32::try_from(dictionary.text.len() + text.len()).ok()?;
        dictionary.text.push_str(text);
        dictionary.ends.push(end);
        table.insert_unique(hash, code, |code| hasher.hash_one(dictionary.get(*code)));
        *last = Some(code);
        Some(code)
    }
}

/// Records, numbered as they come.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) list: Vec<u64>,
    codes: HashMap<u64, u32>,
}

impl Records {
    pub(crate) fn code(&mut self, record: u64) -> Option<u32> {
        if let Some(code) = self.codes.get(&record) {
            return Some(*code);
        }
        let code = u32::try_from(self.list.len()).ok().filter(|code| *code != NONE)?;
        self.list.push(record);
        self.codes.insert(record, code);
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Interner, fold_text};

    proptest! {
        #[test]
        fn each_text_is_kept_once_and_found(texts in proptest::collection::vec("[aAb码碼头]{0,4}", 0..40), word in "[ab码头]{1,3}") {
            let mut interner = Interner::default();
            let codes: Vec<u32> = texts.iter().map(|text| interner.code(text).expect("few")).collect();
            let dictionary = interner.dictionary;
            for (text, code) in texts.iter().zip(&codes) {
                prop_assert_eq!(dictionary.get(*code), text.as_str());
            }
            let mut found = Vec::new();
            dictionary.containing(&word, |code| found.push(code));
            let expected: Vec<u32> = (0_u32..).zip(dictionary.iter())
                .filter(|(_, text)| fold_text(text).contains(&word)).map(|(code, _)| code).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn folding_keeps_lengths() {
        assert_eq!(fold_text("碼頭 ABC Ｄ"), "码头 abc Ｄ");
    }
}
