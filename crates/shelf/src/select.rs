//! Filters and searches → the rows of a part that pass.
//!
//! A filter is read once, against the register; then each part's columns are passed over, a bit a row. What is asked of
//! texts is asked of the dictionary, once for each text that differs.

use std::borrow::Cow;
use std::collections::BTreeSet;

use message::{Language, Text, text};
use pack::{Field, FieldKind, Register};

use crate::bits::Bits;
use crate::column::{Column, Texts};
use crate::dictionary::{Dictionary, NONE, fold_text};
use crate::error::ShelfError;
use crate::label::Labels;
use crate::number::{parse_day, parse_decimal};
use crate::part::{Part, Status};
use crate::query::{By, Filter, Test};

/// A filter that was read against its register.
pub(crate) struct Condition<'a> {
    pub(crate) column: By,
    register: &'a Register,
    field: Option<usize>,
    wanted: Wanted,
}

enum Wanted {
    Empty,
    Filled,
    Texts(BTreeSet<String>),
    Numbers(BTreeSet<i128>),
    Contains(String),
    Range(i128, i128),
}

impl<'a> Condition<'a> {
    /// Reads a filter.
    pub(crate) fn new(register: &'a Register, filter: &Filter) -> Result<Self, ShelfError> {
        let field = match &filter.column {
            By::Field(key) => {
                let found = register.fields.iter().position(|field| field.key == *key);
                Some(found.ok_or_else(|| ShelfError::NoColumn {
                    register: register.key.clone(),
                    column: key.clone(),
                })?)
            }
            _ => None,
        };
        let column = filter.column.clone();
        let number = |value: &str| number(register, &column, field, value);
        let numeric = matches!(column, By::Record | By::Recorded | By::Effective)
            || field.is_some_and(|field| is_numeric(&register.fields[field]));
        let wanted = match &filter.test {
            Test::Empty => Wanted::Empty,
            Test::Filled => Wanted::Filled,
            Test::OneOf(values) if numeric => {
                Wanted::Numbers(values.iter().map(|value| number(value)).collect::<Result<_, _>>()?)
            }
            Test::OneOf(values) => Wanted::Texts(values.iter().cloned().collect()),
            Test::Contains(word) => Wanted::Contains(fold_text(word.trim())),
            Test::Range { from, to } if numeric => {
                let end = |end: &Option<String>, open| end.as_deref().map_or(Ok(open), number);
                Wanted::Range(end(from, i128::MIN)?, end(to, i128::MAX)?)
            }
            Test::Range { from, to } => {
                return Err(ShelfError::Filter {
                    column: column.to_string(),
                    value: from.as_ref().or(to.as_ref()).cloned().unwrap_or_default(),
                    reason: text!("这一列没有大小之分", "its values are not greater or less"),
                });
            }
        };
        Ok(Self { column, register, field, wanted })
    }

    /// The rows of a part that pass.
    pub(crate) fn rows(&self, part: &Part, labels: &Labels<'_>) -> Bits {
        let by_head = |codes: &[bool], code: &dyn Fn(usize) -> u32| {
            Bits::of(&part.of, |head| codes.get(code(head as usize) as usize).copied().unwrap_or(false))
        };
        match (&self.column, self.field) {
            (By::Field(_), Some(field)) => self.field_rows(part, field, labels),
            (By::State, _) => {
                let marks = self.marks(&part.states, |state| state_labels(self.register, state));
                by_code(&marks, part.rows.iter().map(|row| row.state))
            }
            (By::Owner, _) => match self.wanted {
                Wanted::Empty => Bits::from_fn(part.len(), |row| part.rows[row].owner == NONE),
                _ => {
                    let marks = self.marks(&part.owners, |code| vec![Cow::Borrowed(labels.units.name(code))]);
                    by_code(&marks, part.rows.iter().map(|row| row.owner))
                }
            },
            (By::Author, _) => {
                let marks = match &self.wanted {
                    Wanted::Texts(wanted) => part
                        .authors
                        .iter()
                        .map(|names| names.lines().any(|name| wanted.contains(name)))
                        .collect(),
                    _ => self.marks(&part.authors, |_| Vec::new()),
                };
                by_head(&marks, &|head| part.heads[head].authors)
            }
            (By::Status, _) => {
                let marks: Vec<bool> =
                    Status::ALL.iter().map(|status| self.passes_text(status.key())).collect();
                by_head(&marks, &|head| part.heads[head].status as u32)
            }
            (By::Record, _) => {
                Bits::from_fn(part.len(), |row| self.passes(i128::from(part.head(row).record)))
            }
            (By::Effective, _) => {
                Bits::from_fn(part.len(), |row| self.passes(i128::from(part.rows[row].from)))
            }
            (By::Recorded, _) => {
                // Days of recording are days in Shanghai, where the offices are.
                Bits::from_fn(part.len(), |row| self.passes(shanghai_day(part.head(row).recorded)))
            }
            (By::Field(_), None) => Bits::none(part.len()),
        }
    }

    fn field_rows(&self, part: &Part, field: usize, labels: &Labels<'_>) -> Bits {
        let column = &part.columns[field];
        match self.wanted {
            Wanted::Empty => {
                let mut rows = column.filled();
                rows.invert();
                return rows;
            }
            Wanted::Filled => return column.filled(),
            _ => {}
        }
        let field = &self.register.fields[field];
        match column {
            Column::Texts(Texts { codes, dictionary, .. }) => {
                let marks = self.marks(dictionary, |value| value_labels(field, value, labels));
                by_code(&marks, codes.iter().copied())
            }
            Column::References { codes, records } => {
                let marks: Vec<bool> = match (&self.wanted, &field.kind) {
                    (Wanted::Contains(word), FieldKind::Reference { register }) => records
                        .iter()
                        .map(|record| fold_text(&labels.label(register, *record)).contains(word.as_str()))
                        .collect(),
                    _ => records.iter().map(|record| self.passes(i128::from(*record))).collect(),
                };
                by_code(&marks, codes.iter().copied())
            }
            Column::Numbers { values, filled } => {
                let mut rows = match self.wanted {
                    // The compiler makes a loop without branches of this one.
                    Wanted::Range(from, to) => {
                        let bound = |end: i128| {
                            i64::try_from(end).unwrap_or(if end < 0 { i64::MIN } else { i64::MAX })
                        };
                        let (from, to) = (bound(from), bound(to));
                        Bits::of(values, |value| from <= value && value <= to)
                    }
                    _ => Bits::of(values, |value| self.passes(i128::from(value))),
                };
                rows.and(filled);
                rows
            }
            Column::Decimals { values, filled } => {
                let mut rows = Bits::of(values, |value| self.passes(value));
                rows.and(filled);
                rows
            }
        }
    }

    fn passes(&self, value: i128) -> bool {
        match &self.wanted {
            Wanted::Numbers(wanted) => wanted.contains(&value),
            Wanted::Range(from, to) => *from <= value && value <= *to,
            Wanted::Contains(word) => value.to_string().contains(word.as_str()),
            Wanted::Filled => true,
            Wanted::Empty | Wanted::Texts(_) => false,
        }
    }

    fn passes_text(&self, value: &str) -> bool {
        match &self.wanted {
            Wanted::Texts(wanted) => wanted.contains(value),
            Wanted::Contains(word) => fold_text(value).contains(word.as_str()),
            Wanted::Filled => true,
            Wanted::Empty | Wanted::Numbers(_) | Wanted::Range(..) => false,
        }
    }

    /// Which texts of a dictionary pass, themselves or by their labels.
    fn marks<'t>(
        &self,
        dictionary: &'t Dictionary,
        labels: impl Fn(&'t str) -> Vec<Cow<'t, str>>,
    ) -> Vec<bool> {
        match &self.wanted {
            Wanted::Contains(word) => containing(dictionary, word, labels),
            Wanted::Texts(wanted) => dictionary.iter().map(|text| wanted.contains(text)).collect(),
            _ => dictionary.iter().map(|text| self.passes_text(text)).collect(),
        }
    }
}

/// A search, word by word.
pub(crate) struct Search {
    words: Vec<String>,
}

impl Search {
    pub(crate) fn new(search: &str) -> Self {
        Self { words: fold_text(search).split_whitespace().take(8).map(str::to_owned).collect() }
    }

    /// The rows of a part in which every word occurs; none if nothing is searched for.
    pub(crate) fn rows(&self, register: &Register, part: &Part, labels: &Labels<'_>) -> Option<Bits> {
        let mut found: Option<Bits> = None;
        for word in &self.words {
            let rows = word_rows(register, part, labels, word);
            match &mut found {
                Some(found) => found.and(&rows),
                None => found = Some(rows),
            }
        }
        found
    }
}

fn word_rows(register: &Register, part: &Part, labels: &Labels<'_>, word: &str) -> Bits {
    let mut rows = Bits::none(part.len());
    let add = |marks: &[bool], codes: &mut dyn Iterator<Item = u32>, rows: &mut Bits| {
        if marks.contains(&true) {
            rows.or(&by_code(marks, codes));
        }
    };
    // `#123` is a record.
    if let Some(record) = word.strip_prefix('#').and_then(|number| number.parse().ok())
        && let Some(place) = part.find(record)
    {
        part.rows_of(place).for_each(|row| rows.set(row));
    }
    let states = containing(&part.states, word, |state| state_labels(register, state));
    add(&states, &mut part.rows.iter().map(|row| row.state), &mut rows);
    let owners = containing(&part.owners, word, |code| vec![Cow::Borrowed(labels.units.name(code))]);
    add(&owners, &mut part.rows.iter().map(|row| row.owner), &mut rows);
    for (field, column) in register.fields.iter().zip(&part.columns) {
        match (&field.kind, column) {
            (FieldKind::Person | FieldKind::Geometry { .. }, _) => {}
            (_, Column::Texts(Texts { codes, dictionary, .. })) => {
                let marks = containing(dictionary, word, |value| value_labels(field, value, labels));
                add(&marks, &mut codes.iter().copied(), &mut rows);
            }
            (FieldKind::Reference { register }, Column::References { codes, records }) => {
                let contains = |record: &u64| fold_text(&labels.label(register, *record)).contains(word);
                let marks: Vec<bool> = records.iter().map(contains).collect();
                add(&marks, &mut codes.iter().copied(), &mut rows);
            }
            _ => {}
        }
    }
    rows
}

/// Which texts of a dictionary contain a word, themselves or in a label.
fn containing<'t>(
    dictionary: &'t Dictionary,
    word: &str,
    labels: impl Fn(&'t str) -> Vec<Cow<'t, str>>,
) -> Vec<bool> {
    let mut marks = vec![word.is_empty(); dictionary.len()];
    dictionary.containing(word, |code| {
        if let Some(mark) = marks.get_mut(code as usize) {
            *mark = true;
        }
    });
    // Only few columns have labels: those of plain texts would be asked a million times for nothing.
    if dictionary.iter().next().is_some_and(|first| !labels(first).is_empty()) {
        for (mark, text) in marks.iter_mut().zip(dictionary.iter()) {
            *mark = *mark || labels(text).iter().any(|label| fold_text(label).contains(word));
        }
    }
    marks
}

fn by_code(marks: &[bool], codes: impl Iterator<Item = u32>) -> Bits {
    let mut rows = Bits::default();
    codes.for_each(|code| rows.push(marks.get(code as usize).copied().unwrap_or(false)));
    rows
}

/// What people call an option or a unit; nothing for texts that are what they are.
fn value_labels<'t>(field: &'t Field, value: &'t str, labels: &'t Labels<'_>) -> Vec<Cow<'t, str>> {
    match &field.kind {
        FieldKind::Choice { options } => {
            let label = options.iter().find(|option| option.key == value).map(|option| &option.label);
            label.map_or_else(|| vec![Cow::Borrowed(value)], both)
        }
        FieldKind::Unit { .. } => vec![Cow::Borrowed(labels.units.name(value))],
        _ => Vec::new(),
    }
}

fn state_labels<'t>(register: &'t Register, state: &'t str) -> Vec<Cow<'t, str>> {
    let label = register.states.iter().find(|known| known.key == state).map(|known| &known.label);
    label.map_or_else(|| vec![Cow::Borrowed(state)], both)
}

fn both(label: &Text) -> Vec<Cow<'_, str>> {
    // A search in traditional characters is made simplified before it is looked for.
    vec![label.in_language(Language::Simplified), label.in_language(Language::English)]
}

fn is_numeric(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldKind::Whole { .. }
            | FieldKind::Decimal { .. }
            | FieldKind::Date { .. }
            | FieldKind::YesNo
            | FieldKind::Reference { .. }
    )
}

/// A value as columns hold it.
fn number(register: &Register, column: &By, field: Option<usize>, value: &str) -> Result<i128, ShelfError> {
    let value = value.trim();
    let wrong =
        |reason: Text| ShelfError::Filter { column: column.to_string(), value: value.to_owned(), reason };
    let day = || {
        let day = parse_day(value).map(i128::from);
        day.ok_or_else(|| wrong(text!("应为日期，如 2026-03-01", "wanted a date, such as 2026-03-01")))
    };
    let whole = || {
        let whole = value.trim_start_matches('#').parse::<i64>().map(i128::from);
        whole.map_err(|_| wrong(text!("应为整数", "wanted a whole number")))
    };
    match (column, field.map(|field| &register.fields[field].kind)) {
        (By::Recorded | By::Effective, _) | (_, Some(FieldKind::Date { .. })) => day(),
        (_, Some(FieldKind::Decimal { decimals, .. })) => parse_decimal(value, *decimals).ok_or_else(|| {
            wrong(text!("应为至多 {decimals} 位小数的数", "wanted a number of at most {decimals} decimals"))
        }),
        (_, Some(FieldKind::YesNo)) => match value {
            "true" => Ok(1),
            "false" => Ok(0),
            _ => Err(wrong(text!("应为 true 或 false", "wanted true or false"))),
        },
        _ => whole(),
    }
}

fn shanghai_day(microseconds: i64) -> i128 {
    const DAY: i64 = 24 * 3_600_000_000;
    const EIGHT_HOURS: i64 = 8 * 3_600_000_000;
    i128::from((microseconds + EIGHT_HOURS).div_euclid(DAY))
}
