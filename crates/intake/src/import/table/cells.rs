//! Cells to one raw record: each goes where its column says.
//!
//! Why it exists: a record's values, its owner, date, state, evidence and remark, and the two halves of a person all
//! lie side by side in a row, whether of a sheet or of a map; here they part, before the rules see them.

use std::borrow::Cow;

use jiff::civil::Date;
use message::{Text, text};
use pack::FieldKind;

use super::Table;
use crate::columns::Column;
use crate::error::FieldFault;
use crate::raw::{RawRecord, RawValue};
use crate::read::{display, from_number_cell, parse_date};

/// The cells of a row, sorted by what they say.
#[derive(Default)]
pub(super) struct Collected<'a> {
    pub(super) raw: RawRecord<'a>,
    pub(super) files: Vec<usize>,
    pub(super) faults: Vec<FieldFault>,
    people: Vec<(usize, Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Collected<'a> {
    pub(super) fn take<'p: 'a>(&mut self, table: &mut Table<'p>, column: &Column, cell: &'a RawValue<'_>) {
        let broken = matches!(cell, RawValue::Broken(_));
        let mut misread = |field: &str, message: Text| {
            self.faults.push(FieldFault::new(field, display(cell), message));
        };
        match column {
            Column::Serial => {}
            Column::Field { field, unit } => {
                let key = table.rules.register.fields[*field].key.as_str();
                self.raw.values.push((key, with_unit(cell, unit.as_deref())));
            }
            Column::PersonName(field) => self.person(*field).1 = display(cell),
            Column::PersonPhone(field) => self.person(*field).2 = display(cell),
            _ if broken => misread(
                system_key(column),
                text!(
                    "单元格是错误值，或公式没有计算结果",
                    "the cell holds an error, or a formula without a computed result"
                ),
            ),
            Column::Owner => self.raw.owner = Some(display(cell)),
            Column::State => self.raw.state = Some(display(cell)),
            Column::Note => self.raw.note = Some(display(cell)),
            Column::Effective => match read_day(cell) {
                Ok(date) => self.raw.effective = Some(date),
                Err(message) => misread("@effective", message),
            },
            Column::Evidence => match table.evidence.find(&display(cell)) {
                Ok(files) => self.files = files,
                Err(message) => misread("@evidence", message),
            },
        }
    }

    fn person(&mut self, field: usize) -> &mut (usize, Cow<'a, str>, Cow<'a, str>) {
        let place = self.people.iter().position(|(known, ..)| *known == field).unwrap_or_else(|| {
            self.people.push((field, Cow::Borrowed(""), Cow::Borrowed("")));
            self.people.len() - 1
        });
        &mut self.people[place]
    }

    pub(super) fn finish<'p: 'a>(mut self, table: &Table<'p>) -> Self {
        for (field, name, phone) in std::mem::take(&mut self.people) {
            let key = table.rules.register.fields[field].key.as_str();
            debug_assert!(table.rules.register.fields[field].kind == FieldKind::Person);
            self.raw.values.push((key, RawValue::Person { name, phone }));
        }
        self
    }
}

fn system_key(column: &Column) -> &'static str {
    match column {
        Column::Owner => "@owner",
        Column::Effective => "@effective",
        Column::State => "@state",
        Column::Evidence => "@evidence",
        _ => "@note",
    }
}

/// The cell without a copy; a number in a column of another unit gets that unit written behind it.
fn with_unit<'a>(cell: &'a RawValue<'_>, unit: Option<&str>) -> RawValue<'a> {
    let bare = |text: &str| crate::read::parse_number(text).is_some_and(|number| number.unit.is_empty());
    match (cell, unit) {
        (RawValue::Number(_) | RawValue::Whole(_), Some(unit)) => {
            RawValue::Text(Cow::Owned(format!("{}{unit}", display(cell))))
        }
        (RawValue::Text(text), Some(unit)) if bare(text) => {
            RawValue::Text(Cow::Owned(format!("{text}{unit}")))
        }
        (RawValue::Text(text), _) => RawValue::Text(Cow::Borrowed(text)),
        (RawValue::Broken(text), _) => RawValue::Broken(Cow::Borrowed(text)),
        (RawValue::Empty, _) => RawValue::Empty,
        (RawValue::Clear, _) => RawValue::Clear,
        (RawValue::Number(number), None) => RawValue::Number(*number),
        (RawValue::Whole(number), None) => RawValue::Whole(*number),
        (RawValue::Decimal(number), _) => RawValue::Decimal(*number),
        (RawValue::Flag(flag), _) => RawValue::Flag(*flag),
        (RawValue::Date(date), _) => RawValue::Date(*date),
        (RawValue::Moment(date, seconds), _) => RawValue::Moment(*date, *seconds),
        (RawValue::Record(record), _) => RawValue::Record(*record),
        (RawValue::Geometry(geometry), _) => RawValue::Geometry(geometry.clone()),
        (RawValue::Pseudonym(text), _) => RawValue::Pseudonym(Cow::Borrowed(text)),
        (RawValue::Person { name, phone }, _) => {
            RawValue::Person { name: Cow::Borrowed(name), phone: Cow::Borrowed(phone) }
        }
    }
}

fn read_day(cell: &RawValue<'_>) -> Result<Date, Text> {
    match cell {
        RawValue::Date(date) => Ok(*date),
        RawValue::Number(number) => from_number_cell(*number),
        RawValue::Whole(number) => from_number_cell(*number as f64),
        cell => parse_date(&display(cell)),
    }
}

/// Templates mark their example row in the column of serial numbers.
pub(super) fn is_example(serial: &str) -> bool {
    let serial = serial.trim();
    ["示例", "範例", "Example", "example"].iter().any(|word| serial.starts_with(word))
}
