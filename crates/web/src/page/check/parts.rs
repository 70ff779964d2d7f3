//! A text that was checked → its parts: whole paragraphs, as many as a page shows quickly.

use city::checking::{Piece, Subject};

/// A part ends with the paragraph that brings it to so many characters.
const MOST_CHARACTERS: usize = 10_000;
/// … or to so many marks, each of which is a claim beside the text.
const MOST_MARKS: usize = 150;

/// Some paragraphs of the text, each in pieces, and what was found in them.
#[derive(Debug, Default)]
pub struct Part {
    /// The paragraphs; none is empty.
    pub paragraphs: Vec<Vec<Piece>>,
    /// What was found, in the order of the text.
    pub subjects: Vec<Subject>,
    characters: usize,
}

/// The parts of a text, at least one; together they hold every piece once.
pub fn parts(pieces: Vec<Piece>) -> Vec<Part> {
    let mut parts = vec![Part::default()];
    let mut paragraph = Vec::new();
    for piece in pieces {
        if piece.subject.is_some() {
            paragraph.push(piece);
            continue;
        }
        for (place, line) in piece.text.split('\n').enumerate() {
            if place > 0 {
                end(&mut parts, std::mem::take(&mut paragraph));
            }
            if !line.is_empty() {
                paragraph.push(Piece { text: line.to_owned(), subject: None });
            }
        }
    }
    end(&mut parts, paragraph);
    parts
}

/// The paragraph goes into the last part, or into a new one where that is full.
fn end(parts: &mut Vec<Part>, paragraph: Vec<Piece>) {
    if paragraph.is_empty() {
        return;
    }
    let is_full = |part: &Part| part.characters >= MOST_CHARACTERS || part.subjects.len() >= MOST_MARKS;
    if parts.last().is_none_or(is_full) {
        parts.push(Part::default());
    }
    let Some(part) = parts.last_mut() else { return };
    part.characters += paragraph.iter().map(|piece| piece.text.chars().count()).sum::<usize>();
    part.subjects.extend(paragraph.iter().filter_map(|piece| piece.subject));
    part.paragraphs.push(paragraph);
}

#[cfg(test)]
mod tests {
    use super::{MOST_CHARACTERS, MOST_MARKS, parts};
    use city::checking::{Piece, Subject};

    fn words(text: &str) -> Piece {
        Piece { text: text.to_owned(), subject: None }
    }

    fn claim(index: usize) -> Piece {
        Piece { text: "3个".to_owned(), subject: Some(Subject::Claim(index)) }
    }

    /// The characters and marks of each part.
    fn check(pieces: Vec<Piece>, expected: &[(usize, usize)]) {
        let found: Vec<_> = parts(pieces).iter().map(|part| (part.characters, part.subjects.len())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_part_is_whole_paragraphs() {
        check(vec![], &[(0, 0)]);
        check(vec![words("一\n\n二"), claim(0), words("。\n三")], &[(6, 1)]);
        let long = "字".repeat(MOST_CHARACTERS - 1);
        check(vec![words(&format!("{long}\n字\n字"))], &[(MOST_CHARACTERS, 0), (1, 0)]);
        check(vec![words(&format!("{long}字字\n字"))], &[(MOST_CHARACTERS + 1, 0), (1, 0)]);
    }

    #[test]
    fn a_part_has_no_more_marks_than_a_page_shows_quickly() {
        let pieces = (0..=MOST_MARKS).flat_map(|index| [claim(index), words("\n")]).collect();
        check(pieces, &[(MOST_MARKS * 2, MOST_MARKS), (2, 1)]);
    }
}
