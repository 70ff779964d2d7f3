//! Whether a text agrees with itself, without any book.
//!
//! ```text
//! text + quantities + tables ──reading──▶ sentences ──rules──▶ relations ──broken──▶ inconsistencies
//! ```
//!
//! Each rule recognises by grammar a place where the text itself says how its numbers hang together: a list and its
//! total, two levels and their change. What it finds is a [`Relation`], held or broken; [`consistency`] keeps the
//! broken ones. A printed number stands for every value that rounds to it, so a relation is broken only when no such
//! values satisfy it.
//!
//! **What is absent:** guesses. A structure that can be read in two ways gives no relation, for an alarm must be an
//! error in the text. No floats, no book, no clock; time is linear in the text's length but for sorting.

mod air;
mod breakdown;
mod cells;
mod change;
mod conversion;
mod from_to;
mod parts;
mod plain;
mod rate;
mod reading;
mod remainder;
mod repeated;
mod share;
mod span;
mod table_sum;
mod table_text;
mod things;
mod words;
mod years;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::Range;

use message::Text;
use quantity::read::Quantity;

use reading::Reading;

/// A table of the text: its rows of cells, each a range of bytes of the text. A cell over several columns or rows is
/// given once, where it begins; rows may differ in length, and what then cannot be lined up is left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableCells {
    /// The rows from the top, each from the left.
    pub rows: Vec<Vec<Range<usize>>>,
}

/// A way in which numbers of a text hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Parts add up to their total.
    PartsSum,
    /// A share is its part of the whole, and shares of one whole add up to 100 %.
    Share,
    /// A rate of change follows from the levels before and after.
    Rate,
    /// A difference is the difference of the levels, and goes the way the words say.
    FromTo,
    /// A value in brackets is the same in another unit.
    Conversion,
    /// What is said twice is said alike.
    Repeated,
    /// A table's total is the sum of its parts.
    TableSum,
    /// The text says what its table says.
    TableText,
    /// A period has so many days.
    Days,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 9] = [
        Self::PartsSum,
        Self::Share,
        Self::Rate,
        Self::FromTo,
        Self::Conversion,
        Self::Repeated,
        Self::TableSum,
        Self::TableText,
        Self::Days,
    ];

    /// The name for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::PartsSum => "parts-sum",
            Self::Share => "share",
            Self::Rate => "rate",
            Self::FromTo => "from-to",
            Self::Conversion => "conversion",
            Self::Repeated => "repeated",
            Self::TableSum => "table-sum",
            Self::TableText => "table-text",
            Self::Days => "days",
        }
    }
}

/// A number of the text that takes part in a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it stands, in bytes of the text.
    pub bytes: Range<usize>,
    /// Which of the quantities found it is; none for the bare number of a table's cell.
    pub quantity: Option<usize>,
}

/// Numbers that hang together, whether rightly or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The rule that found it.
    pub rule: Rule,
    /// Its numbers, the one judged first: the total, the rate, the number said again.
    pub places: Vec<Place>,
    /// Whether the numbers agree.
    pub holds: bool,
    /// Whether the words demand equality, so that any other number would break it; else only a bound.
    pub equality: bool,
    /// What the other numbers make of the one judged.
    pub expected: String,
    /// The one judged, as printed.
    pub found: String,
    /// The arithmetic.
    pub explanation: Text,
}

/// A place where a text contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inconsistency {
    /// The rule that is broken.
    pub rule: Rule,
    /// The numbers concerned, the one judged first.
    pub places: Vec<Place>,
    /// What the other numbers make of the one judged.
    pub expected: String,
    /// The one judged, as printed.
    pub found: String,
    /// The arithmetic.
    pub explanation: Text,
}

/// Every contradiction of a text with itself, in order of the text. `found` is all that [`quantity::read::read_all`]
/// finds in it, dates included.
pub fn consistency(text: &str, found: &[Quantity], tables: &[TableCells]) -> Vec<Inconsistency> {
    let mut seen = BTreeSet::new();
    relations(text, found, tables)
        .into_iter()
        .filter(|relation| !relation.holds)
        .filter(|relation| {
            // Two rules that read the same numbers alike need not both complain.
            let mut numbers: Vec<usize> = relation.places.iter().map(|place| place.bytes.start).collect();
            numbers.sort_unstable();
            seen.insert(numbers)
        })
        .map(|relation| Inconsistency {
            rule: relation.rule,
            places: relation.places,
            expected: relation.expected,
            found: relation.found,
            explanation: relation.explanation,
        })
        .collect()
}

/// Every relation that the rules see in a text, held or broken, in order of the text.
pub fn relations(text: &str, found: &[Quantity], tables: &[TableCells]) -> Vec<Relation> {
    let reading = Reading::new(text, found, tables);
    let mut out = Vec::new();
    for sentence in reading.sentences() {
        // A cell holds a number of its table; what it says, the tables' rules judge.
        if sentence.in_table() || sentence.len() == 0 {
            continue;
        }
        parts::find(sentence, &mut out);
        remainder::find(sentence, &mut out);
        share::find(sentence, &mut out);
        breakdown::find(sentence, &mut out);
        rate::find(sentence, &mut out);
        from_to::find(sentence, &mut out);
        conversion::find(sentence, &mut out);
    }
    air::find(&reading, &mut out);
    years::find(&reading, &mut out);
    repeated::find(&reading, &mut out);
    table_sum::find(text, tables, &mut out);
    table_text::find(&reading, tables, &mut out);
    out.sort_by_key(|relation| (relation.places.first().map(|place| place.bytes.start), relation.rule));
    out
}
