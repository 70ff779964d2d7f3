//! A text's sentences, as wordings are looked for in them.

use std::ops::Range;

use quantity::read::Quantity;

/// A sentence without quotation marks and blanks, in simplified characters: 建成“绿色驿站”400余个 and 建成绿色驿站400余个
/// are the same words.
#[derive(Debug, Default)]
pub(crate) struct Sentence {
    /// The characters.
    pub text: Vec<char>,
    /// Where each stands in the whole text, in characters; one more for the end.
    places: Vec<usize>,
    /// Which paragraph it stands in.
    pub paragraph: usize,
    /// Its quantities, by their index in all that was found.
    pub quantities: Range<usize>,
}

impl Sentence {
    /// The place in this sentence of a place in the text.
    pub(crate) fn inner(&self, place: usize) -> usize {
        self.places.partition_point(|&one| one < place).min(self.text.len())
    }

    /// The place in the text of a place in this sentence.
    pub(crate) fn outer(&self, place: usize) -> usize {
        self.places.get(place).copied().unwrap_or_default()
    }

    /// The place in the text after the character before a place of this sentence.
    pub(crate) fn outer_end(&self, place: usize) -> usize {
        if place == 0 { self.outer(0) } else { self.outer(place - 1) + 1 }
    }

    /// A quantity's stretch.
    pub(crate) fn stretch(&self, quantity: &Quantity) -> Range<usize> {
        self.inner(quantity.chars.start)..self.inner(quantity.chars.end)
    }

    /// Where the clause that holds a place begins.
    pub(crate) fn clause_start(&self, place: usize) -> usize {
        self.text[..place].iter().rposition(|&one| ends_clause(one)).map_or(0, |comma| comma + 1)
    }
}

/// The longest stretch that is taken for one sentence: linking looks at everything in it for each quantity, so a
/// paragraph without punctuation must not be one.
const LONGEST: usize = 1_000;

/// Divides a text; `found` are all of its quantities in order.
pub(crate) fn sentences(text: &str, found: &[Quantity]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut sentence = Sentence::default();
    let (mut next, mut paragraph) = (0, 0);
    let mut end = |sentence: &mut Sentence, place: usize| {
        let first = next;
        next += found[first..].partition_point(|one| one.chars.start < place);
        sentence.places.push(place);
        sentence.quantities = first..next;
        if !sentence.text.is_empty() {
            sentences.push(std::mem::take(sentence));
        } else {
            *sentence = Sentence::default();
        }
    };
    let plain = quantity::read::plain(text);
    for (place, &character) in plain.iter().enumerate() {
        if matches!(character, '。' | '!' | '?' | ';' | '\n' | '\r') {
            end(&mut sentence, place);
            if character == '\n' {
                paragraph += 1;
            }
            sentence.paragraph = paragraph;
            continue;
        }
        if sentence.text.len() >= LONGEST {
            end(&mut sentence, place);
            sentence.paragraph = paragraph;
        }
        if !is_dropped(character) {
            sentence.text.push(character);
            sentence.places.push(place);
        }
    }
    end(&mut sentence, plain.len());
    sentences
}

/// Wordings are compared without these, in the text and in the pack.
pub(crate) fn is_dropped(character: char) -> bool {
    matches!(character, ' ' | '\t' | '“' | '”' | '‘' | '’' | '"' | '\'' | '《' | '》' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a clause ends here; `、` only divides a list.
pub(crate) fn ends_clause(character: char) -> bool {
    matches!(character, '，' | ',' | ':')
}
