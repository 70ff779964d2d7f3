//! What records are called, and what units are: everything in a list that another register knows.
//!
//! A record is called by its field `name` where it has one, with its natural key behind it unless the name alone is
//! unique; otherwise by its natural key; otherwise by its number.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use message::Language;
use pack::{FieldKind, Pack, Register, UNITS};

use crate::number::{date_of, to_decimal};
use crate::part::{Part, Sight};
use crate::table::Table;
use crate::units::Units;

/// A natural key of references of references … is followed so far.
const DEEPEST: u8 = 3;

/// The registers that a register's labels come from, all as of one moment.
pub(crate) struct Labels<'a> {
    pack: &'a Pack,
    tables: BTreeMap<&'a str, Arc<Table>>,
    pub(crate) units: Arc<Units>,
    day: i32,
    pub(crate) language: Language,
}

impl<'a> Labels<'a> {
    pub(crate) fn new(
        pack: &'a Pack,
        tables: BTreeMap<&'a str, Arc<Table>>,
        units: Arc<Units>,
        day: i32,
        language: Language,
    ) -> Self {
        Self { pack, tables, units, day, language }
    }

    /// Takes one more register in.
    pub(crate) fn add(&mut self, register: &'a str, table: Arc<Table>) {
        self.tables.insert(register, table);
    }

    /// The registers whose records a register's own fields lead to.
    pub(crate) fn reach<'p>(pack: &'p Pack, register: &'p Register) -> Vec<&'p str> {
        let mut reached: Vec<&str> = Vec::new();
        let mut next: Vec<&str> = references(register, &|_| true);
        for _ in 0..DEEPEST {
            let fresh: Vec<&str> = std::mem::take(&mut next);
            for key in fresh {
                if !reached.contains(&key)
                    && let Some(register) = pack.register(key)
                {
                    reached.push(key);
                    let named = naming(register);
                    next.extend(references(register, &|field| named.contains(&field)));
                }
            }
        }
        reached
    }

    /// What tells whether labels may have changed.
    pub(crate) fn stamp(&self) -> Vec<u64> {
        let day = u64::from(self.day.cast_unsigned());
        self.tables.values().map(|table| table.generation).chain([day, self.units.generation]).collect()
    }

    /// What a record is called.
    pub(crate) fn label(&self, register: &str, record: u64) -> String {
        self.called(register, record, self.language, DEEPEST)
    }

    /// What a record is sorted by.
    pub(crate) fn sorted_label(&self, register: &str, record: u64) -> String {
        self.called(register, record, Language::Simplified, DEEPEST)
    }

    fn called(&self, key: &str, record: u64, language: Language, depth: u8) -> String {
        let number = || format!("#{record}");
        let (Some(register), Some(table)) = (self.pack.register(key), self.tables.get(key)) else {
            return number();
        };
        let Some((part, place)) = table.find(record) else { return number() };
        // What it is called now; of a record that ended or begins later, the nearest to now.
        let sight = Sight { day: self.day, counted: false };
        let row = part.row_on(place, sight).or_else(|| part.rows_of(place).last());
        let Some(row) = row else { return number() };
        let text = |field: usize| self.part_of_name(register, part, row, field, language, depth);
        let (name, key) = name_and_key(register);
        let key: Vec<String> = key.into_iter().filter_map(text).collect();
        match (name.and_then(text), key.is_empty()) {
            (Some(name), true) => name,
            (Some(name), false) if language == Language::English => format!("{name} ({})", key.join(" · ")),
            (Some(name), false) => format!("{name}（{}）", key.join(" · ")),
            (None, false) => key.join(" · "),
            (None, true) => number(),
        }
    }

    fn part_of_name(
        &self,
        register: &Register,
        part: &Part,
        row: usize,
        field: usize,
        language: Language,
        depth: u8,
    ) -> Option<String> {
        let column = &part.columns[field];
        match &register.fields[field].kind {
            FieldKind::Choice { options } => {
                let key = column.text(row)?;
                let label = options
                    .iter()
                    .find(|option| option.key == key)
                    .map(|option| option.label.in_language(language));
                Some(label.unwrap_or(Cow::Borrowed(key)).into_owned())
            }
            FieldKind::Unit { .. } => column.text(row).map(|code| self.units.name(code).to_owned()),
            FieldKind::Reference { register } => {
                let record = column.record(row)?;
                if depth == 0 {
                    return Some(format!("#{record}"));
                }
                Some(self.called(register, record, language, depth - 1))
            }
            FieldKind::Date { .. } => Some(date_of(i32::try_from(column.number(row)?).ok()?)?.to_string()),
            FieldKind::Decimal { decimals, .. } => {
                Some(to_decimal(column.number(row)?, *decimals)?.normalize().to_string())
            }
            FieldKind::Whole { .. } | FieldKind::YesNo => Some(column.number(row)?.to_string()),
            FieldKind::Text { .. } | FieldKind::Person | FieldKind::Geometry { .. } => {
                column.text(row).map(str::to_owned)
            }
        }
    }
}

/// The field `name`, and the fields of the natural key that are to be shown beside it.
fn name_and_key(register: &Register) -> (Option<usize>, Vec<usize>) {
    let place = |key: &str| register.fields.iter().position(|field| field.key == key);
    let is_text = |at: &usize| matches!(register.fields[*at].kind, FieldKind::Text { .. });
    let name = place("name").filter(is_text);
    let unique = register.unique.iter().any(|group| matches!(group.as_slice(), [only] if only == "name"));
    if name.is_some() && (unique || register.key == UNITS) {
        return (name, Vec::new());
    }
    let key = register.unique.first().map(|group| group.iter().filter_map(|key| place(key)).collect());
    (name, key.unwrap_or_default())
}

fn naming(register: &Register) -> Vec<usize> {
    let (name, mut fields) = name_and_key(register);
    fields.extend(name);
    fields
}

fn references<'p>(register: &'p Register, wanted: &dyn Fn(usize) -> bool) -> Vec<&'p str> {
    let fields = register.fields.iter().enumerate().filter(|(at, _)| wanted(*at));
    fields
        .filter_map(|(_, field)| match &field.kind {
            FieldKind::Reference { register } => Some(register.as_str()),
            _ => None,
        })
        .collect()
}
