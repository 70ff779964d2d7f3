//! Reads what an official text claims, and judges it.
//!
//! ```text
//! text ──quantity::read──▶ quantities ──wordings of the pack──▶ claims ──figures of the book──▶ verdicts
//!   └────────────────────────────────────consistency──────────────────────────────────────────▶ inconsistencies
//! ```
//!
//! Each quantity of a text becomes a claim: it speaks of one indicator, of several alike (ambiguous), or of none that
//! the pack words (unsupported). A claim is judged by the precision and the words that the text uses: 近300天 is true
//! of 294 and not of 301. What the text says about itself is checked without any book.
//!
//! **What is absent:** guesses (a tie is told as one), floats, files, the pack and the engine: wordings come in as a
//! [`Lexicon`], figures through [`Book`].

mod circumstances;
mod claim;
pub mod consistency;
mod judge;
mod lexicon;
mod rank;
mod reason;
mod scope;
mod sentence;
mod verdict;
mod when;
mod wording;

use std::ops::Range;

use figure::Period;
use jiff::civil::Date;
use quantity::read::Quantity;

pub use judge::{Ask, Book, Judged};
pub use lexicon::{Indicator, Lexicon, ScopeWord, Statement};
pub use verdict::Verdict;

/// A text to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The text, a line a paragraph.
    pub text: &'a str,
    /// The figures that the document itself names.
    pub tags: &'a [Tagged],
}

/// A figure that a document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Where its number stands, in bytes of the text.
    pub bytes: Range<usize>,
    /// Its identity.
    pub figure: String,
}

/// Judges every claim of a text against a book. `default` is the period that the text is about; `as_of` holds what
/// stands at a date to an earlier one.
pub fn judge(
    text: &Text<'_>,
    found: &[Quantity],
    lexicon: &Lexicon,
    default: Period,
    as_of: Option<Date>,
    book: &mut dyn Book,
) -> Vec<Judged> {
    let claims = claim::claims(text, found, lexicon, default);
    let starts = text.text.char_indices().map(|(start, _)| start).collect();
    judge::judge(&judge::Bench { text: text.text, found, lexicon, as_of, default, starts }, &claims, book)
}
