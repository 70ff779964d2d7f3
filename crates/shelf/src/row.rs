//! Rows of columns → [`Row`]s with typed values.

use std::sync::Arc;

use geodesy::Geometry;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{EntryNumber, RecordId};
use pack::{FieldKind, Register};

use crate::dictionary::NONE;
use crate::error::ShelfError;
use crate::label::Labels;
use crate::number::{date_of, to_decimal};
use crate::part::Part;
use crate::query::{Row, Value};

/// The fields that are shown.
pub(crate) struct Shown<'a> {
    register: &'a Register,
    fields: Vec<usize>,
    labels: &'a Labels<'a>,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(
        register: &'a Register,
        columns: Option<&[String]>,
        labels: &'a Labels<'a>,
    ) -> Result<Self, ShelfError> {
        let place = |key: &String| {
            let found = register.fields.iter().position(|field| field.key == *key);
            found.ok_or_else(|| ShelfError::NoColumn { register: register.key.clone(), column: key.clone() })
        };
        let fields = match columns {
            None => (0..register.fields.len()).collect(),
            Some(columns) => columns.iter().map(place).collect::<Result<_, _>>()?,
        };
        Ok(Self { register, fields, labels })
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        self.fields.iter().map(|field| self.register.fields[*field].key.clone()).collect()
    }

    pub(crate) fn row(&self, part: &Part, row: usize) -> Row {
        let (head, stretch) = (part.head(row), &part.rows[row]);
        // Dates came from dates, so they are within their years.
        let date = |day: i32| date_of(day).unwrap_or(Date::MAX);
        let authors = Some(head.authors).filter(|code| *code != NONE).map(|code| part.authors.get(code));
        Row {
            record: RecordId(head.record),
            version: EntryNumber(head.version),
            state: part.state(row).to_owned(),
            state_since: date(stretch.state_since),
            owner: part.owner(row).map(str::to_owned),
            effective: date(stretch.from),
            until: (stretch.to != i32::MAX).then(|| date(stretch.to)),
            entered: date(stretch.entered),
            recorded: Timestamp::from_microsecond(head.recorded).unwrap_or(Timestamp::UNIX_EPOCH),
            status: head.status,
            withdrawn: stretch.withdrawn,
            authors: authors.into_iter().flat_map(str::lines).map(str::to_owned).collect(),
            values: self.fields.iter().map(|field| self.value(part, row, *field)).collect(),
        }
    }

    fn value(&self, part: &Part, row: usize, field: usize) -> Value {
        let column = &part.columns[field];
        let value = match &self.register.fields[field].kind {
            FieldKind::Text { .. } => column.text(row).map(|text| Value::Text(text.to_owned())),
            FieldKind::Choice { .. } => column.text(row).map(|key| Value::Choice(key.to_owned())),
            FieldKind::Person => column.text(row).map(|pseudonym| Value::Person(pseudonym.to_owned())),
            FieldKind::Unit { .. } => column.text(row).map(|code| Value::Unit {
                code: code.to_owned(),
                name: self.labels.units.name(code).to_owned(),
            }),
            FieldKind::Geometry { .. } => {
                // Single shapes are read as they are shown: a page needs fifty of a million.
                column
                    .text(row)
                    .and_then(|wkt| Geometry::parse_wkt(wkt).ok())
                    .map(|shape| Value::Geometry(Arc::new(shape)))
            }
            FieldKind::Reference { register } => column.record(row).map(|record| Value::Reference {
                record: RecordId(record),
                label: self.labels.label(register, record),
            }),
            FieldKind::Whole { .. } => {
                column.number(row).and_then(|number| i64::try_from(number).ok()).map(Value::Whole)
            }
            FieldKind::YesNo => column.number(row).map(|number| Value::YesNo(number == 1)),
            FieldKind::Date { .. } => {
                column.number(row).and_then(|day| date_of(i32::try_from(day).ok()?)).map(Value::Date)
            }
            FieldKind::Decimal { decimals, .. } => column.number(row).map(|number| {
                to_decimal(number, *decimals).map_or_else(|| Value::Text(number.to_string()), Value::Decimal)
            }),
        };
        value.unwrap_or(Value::Empty)
    }
}
