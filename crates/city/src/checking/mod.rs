//! Any official text against the book and against itself.
//!
//! ```text
//! bytes ──document::read──▶ text, tables, tags ──quantity::read──▶ quantities ─┐
//! pack ──lexicon──▶ wordings ──────────────────────────check::judge──▶ claims ─┼─▶ Outcome ──▶ JSON, HTML, remarks
//! engine ──Book──▶ figures ────────────────────────────────────┘               │
//!                                         check::consistency ──▶ contradictions inside ┘
//! ```

mod book;
mod html;
mod lexicon;
mod outcome;

use std::collections::BTreeMap;
use std::sync::Arc;

use check::consistency::{TableCells, consistency};
use check::{Judged, Lexicon, Tagged, Text as CheckedText};
use document::{Document, Format};
use figure::{Period, Snapshot};
use figures::blocking::Engine;
use jiff::civil::Date;
use message::{Language, Text};
use quantity::read::{Kind as QuantityKind, Quantity, read_all};

use crate::error::CityError;
use crate::home::City;
use book::CityBook;

pub use html::page;
pub use outcome::{
    ORDER, Outcome, Piece, Subject, claim_as_json, computed, computed_parts, quantity_as_json, sign, summary,
    verdict_text,
};

/// What a text is taken to speak of.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    /// The period; else the year that the text names most often, else the year before `today`.
    pub period: Option<Period>,
    /// The day whose state counts; else the period's last.
    pub as_of: Option<Date>,
    /// The day on which it is checked.
    pub today: Date,
}

/// A city made ready for any number of texts. All figures of it are of one snapshot.
pub struct Checker {
    lexicon: Lexicon,
    book: CityBook,
}

impl Checker {
    /// With the engine of the city's pack; `today` tells which places there are.
    pub fn new(city: &City, engine: Arc<Engine>, today: Date) -> Result<Self, CityError> {
        let mut lexicon = lexicon::of(&city.pack);
        lexicon::places_of_the_book(&mut lexicon, &city.pack, &engine, today);
        Ok(Self { lexicon, book: CityBook::new(engine, city.settings.reported())? })
    }

    /// What is known: every figure that texts are compared with is of this state, or of an earlier one that is named.
    pub fn snapshot(&self) -> Snapshot {
        self.book.snapshot()
    }

    /// Compares a document with the book and with itself.
    pub fn check(&mut self, document: Document, spoken: &Spoken) -> Outcome {
        outcome(document, spoken, |document, found, period| {
            let tag =
                |tag: &document::Tagged| Tagged { bytes: tag.bytes.clone(), figure: tag.figure.clone() };
            let tags: Vec<Tagged> = document.tags.iter().map(tag).collect();
            let text = CheckedText { text: &document.text, tags: &tags };
            Some(check::judge(&text, found, &self.lexicon, period, spoken.as_of, &mut self.book))
        })
    }
}

/// Compares a document with itself only, where there is no city.
pub fn check_alone(document: Document, spoken: &Spoken) -> Outcome {
    outcome(document, spoken, |_, _, _| None)
}

/// The same DOCX with a comment at each judged place.
pub fn commented(
    name: &str,
    bytes: &[u8],
    outcome: &Outcome,
    language: Language,
) -> Result<Vec<u8>, CityError> {
    if !matches!(document::format(name, bytes), Ok(Format::Docx)) {
        return Err(CityError::NoDocx);
    }
    let author = Text::new("清源核验", "Qingyuan check");
    Ok(document::comment_docx(bytes, &outcome.remarks(language), &author.in_language(language))?)
}

fn outcome(
    document: Document,
    spoken: &Spoken,
    judge: impl FnOnce(&Document, &[Quantity], Period) -> Option<Vec<Judged>>,
) -> Outcome {
    let found = read_all(&document.text);
    let period = spoken.period.or_else(|| spoken_of(&found)).unwrap_or(Period::Year(spoken.today.year() - 1));
    let tables: Vec<TableCells> = document.tables.iter().map(cells).collect();
    let inconsistencies = consistency(&document.text, &found, &tables);
    let judged = judge(&document, &found, period);
    let starts = document.text.char_indices().map(|(start, _)| start).collect();
    Outcome { text: document.text, starts, found, judged, inconsistencies, period }
}

fn cells(table: &document::Table) -> TableCells {
    let row = |row: &Vec<document::Cell>| row.iter().map(|cell| cell.bytes.clone()).collect();
    TableCells { rows: table.rows.iter().map(row).collect() }
}

/// The year that a text names most often, the later of two alike.
fn spoken_of(found: &[Quantity]) -> Option<Period> {
    let mut counts: BTreeMap<i16, usize> = BTreeMap::new();
    for one in found {
        if let QuantityKind::Date(date) = one.kind
            && let Some(year) = date.year
        {
            *counts.entry(year).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(year, count)| (*count, *year)).map(|(year, _)| Period::Year(year))
}
