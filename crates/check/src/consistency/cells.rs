//! The cells of a table as labels and numbers.

use std::ops::Range;

use rust_decimal::Decimal;

use super::TableCells;
use super::plain::plain;

/// A table whose cells are read once.
pub(super) struct Grid {
    pub(super) rows: Vec<Vec<Cell>>,
}

/// One cell.
pub(super) struct Cell {
    pub(super) bytes: Range<usize>,
    /// Its words in plain characters, without spaces.
    pub(super) words: String,
    /// Its number, if it holds nothing else.
    pub(super) number: Option<CellNumber>,
}

/// A number alone in a cell, perhaps with a unit behind it.
#[derive(Clone)]
pub(super) struct CellNumber {
    pub(super) value: Decimal,
    /// One unit of the last place printed.
    pub(super) step: Decimal,
    pub(super) unit: String,
}

impl Grid {
    pub(super) fn new(text: &str, table: &TableCells) -> Self {
        let rows = table
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|bytes| {
                        let raw = text.get(bytes.clone()).unwrap_or_default();
                        let words: String =
                            raw.chars().map(plain).filter(|character| !character.is_whitespace()).collect();
                        Cell { bytes: bytes.clone(), number: number(&words), words }
                    })
                    .collect()
            })
            .collect();
        Self { rows }
    }

    /// The first row that has a number behind its label; those above are headings.
    pub(super) fn body(&self) -> usize {
        self.rows
            .iter()
            .position(|row| {
                row.iter().skip(1).any(|cell| cell.number.as_ref().is_some_and(|number| !is_year(number)))
            })
            .unwrap_or(self.rows.len())
    }

    /// The headings above a column, joined; empty for a ragged table.
    pub(super) fn heading(&self, body: usize, column: usize, width: usize) -> String {
        let mut words = String::new();
        for row in self.rows.iter().take(body).filter(|row| row.len() == width) {
            words.push_str(row.get(column).map_or("", |cell| cell.words.as_str()));
        }
        words
    }
}

fn is_year(number: &CellNumber) -> bool {
    number.unit == "年"
        || (number.unit.is_empty()
            && number.step == Decimal::ONE
            && (Decimal::from(1949)..=Decimal::from(2100)).contains(&number.value))
}

/// `1,234.5`, `12.5%`, `300个`; none for a label that begins with digits.
fn number(words: &str) -> Option<CellNumber> {
    let negative = words.starts_with(['-', '−', '~']);
    let digits_from = words.find(|character: char| character.is_ascii_digit())?;
    if digits_from > usize::from(negative) * words.chars().next().map_or(0, char::len_utf8) {
        return None;
    }
    let rest = &words[digits_from..];
    let end = rest
        .find(|character: char| !(character.is_ascii_digit() || matches!(character, '.' | ',')))
        .unwrap_or(rest.len());
    let (digits, unit) = rest.split_at(end);
    if unit.chars().count() > 5
        || unit.contains(|character: char| character.is_ascii_digit())
        || unit.starts_with(['-', '~', ':', '年', '月'])
    {
        return None;
    }
    let mut groups = digits.split('.').next().unwrap_or_default().split(',');
    let grouped =
        groups.next().is_some_and(|first| !first.is_empty() && (first.len() <= 3 || !digits.contains(',')))
            && groups.all(|group| group.len() == 3);
    if !grouped {
        return None;
    }
    let value: Decimal = digits.replace(',', "").parse().ok()?;
    if value > Decimal::from(1_000_000_000_000_000_i64) || value.scale() > 12 {
        return None;
    }
    let step = Decimal::new(1, value.scale());
    Some(CellNumber { value: if negative { -value } else { value }, step, unit: unit.to_owned() })
}

/// A heading's noun and its unit: `公园面积(公顷)`.
pub(super) fn heading_unit(heading: &str) -> (&str, Option<&str>) {
    match heading.split_once('(') {
        Some((noun, rest)) => (noun, rest.strip_suffix(')').map(|unit| unit.trim_start_matches("单位:"))),
        None => (heading, None),
    }
}
