//! The values of one field, a row each.

use std::sync::{Arc, OnceLock};

use geodesy::Geometry;
use pack::{Field, FieldKind};

use crate::bits::Bits;
use crate::dictionary::{Dictionary, Interner, NONE, Records};
use crate::read::{Cell, Events};

/// A column.
#[derive(Debug)]
pub(crate) enum Column {
    /// Texts, keys of options, codes of units, pseudonyms, shapes.
    Texts(Texts),
    /// Whole numbers, days, yes and no.
    Numbers { values: Vec<i64>, filled: Bits },
    /// Decimals in units of their last decimal.
    Decimals { values: Vec<i128>, filled: Bits },
    /// Records of another register.
    References { codes: Vec<u32>, records: Vec<u64> },
}

/// Rows of numbered texts.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) codes: Vec<u32>,
    pub(crate) dictionary: Dictionary,
    /// The shapes that the texts mean, read when first asked for.
    shapes: OnceLock<Vec<Option<Arc<Geometry>>>>,
}

impl Texts {
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        self.codes.get(row).filter(|code| **code != NONE).map(|code| self.dictionary.get(*code))
    }

    /// The shape of a row. Intake let only readable shapes in; what is not is no shape.
    pub(crate) fn shape(&self, row: usize) -> Option<&Arc<Geometry>> {
        let code = self.codes.get(row).filter(|code| **code != NONE)?;
        let shapes = self.shapes.get_or_init(|| {
            let read = |text: &str| Geometry::parse_wkt(text).ok().map(Arc::new);
            self.dictionary.iter().map(read).collect()
        });
        shapes.get(*code as usize)?.as_ref()
    }
}

impl Column {
    /// What a row holds, with codes of this column's own dictionary.
    pub(crate) fn number(&self, row: usize) -> Option<i128> {
        match self {
            Self::Numbers { values, filled } => filled.get(row).then(|| i128::from(values[row])),
            Self::Decimals { values, filled } => filled.get(row).then(|| values[row]),
            Self::Texts(_) | Self::References { .. } => None,
        }
    }

    pub(crate) fn record(&self, row: usize) -> Option<u64> {
        match self {
            Self::References { codes, records } => records.get(*codes.get(row)? as usize).copied(),
            _ => None,
        }
    }

    pub(crate) fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Texts(texts) => texts.get(row),
            _ => None,
        }
    }

    /// The rows that hold something.
    pub(crate) fn filled(&self) -> Bits {
        match self {
            Self::Texts(Texts { codes, .. }) | Self::References { codes, .. } => {
                Bits::of(codes, |code| code != NONE)
            }
            Self::Numbers { filled, .. } | Self::Decimals { filled, .. } => filled.clone(),
        }
    }
}

/// A column while it grows: cells bring codes of their own dictionary along, or are copied from another column.
#[derive(Debug)]
pub(crate) enum Growing {
    Texts { codes: Vec<u32>, interner: Interner },
    Numbers { values: Vec<i64>, filled: Bits },
    Decimals { values: Vec<i128>, filled: Bits },
    References { codes: Vec<u32>, records: Records },
}

impl Growing {
    /// An empty column for a field.
    pub(crate) fn new(field: &Field) -> Self {
        match field.kind {
            FieldKind::Whole { .. } | FieldKind::Date { .. } | FieldKind::YesNo => {
                Self::Numbers { values: Vec::new(), filled: Bits::default() }
            }
            FieldKind::Decimal { .. } => Self::Decimals { values: Vec::new(), filled: Bits::default() },
            FieldKind::Reference { .. } => {
                Self::References { codes: Vec::new(), records: Records::default() }
            }
            FieldKind::Text { .. }
            | FieldKind::Choice { .. }
            | FieldKind::Unit { .. }
            | FieldKind::Person
            | FieldKind::Geometry { .. } => Self::Texts { codes: Vec::new(), interner: Interner::default() },
        }
    }

    /// A column for a field, with the numbered texts and records that entries gave to it.
    pub(crate) fn of_events(field: &Field, at: usize, events: &mut Events) -> Self {
        let mut column = Self::new(field);
        match &mut column {
            Self::Texts { interner, .. } => *interner = std::mem::take(&mut events.texts[at]),
            Self::References { records, .. } => *records = std::mem::take(&mut events.records[at]),
            Self::Numbers { .. } | Self::Decimals { .. } => {}
        }
        column
    }

    /// Adds a row with a cell whose code is of this column's dictionary. A cell was given its field's type when it was
    /// read, so whatever does not fit is nothing.
    pub(crate) fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Texts { codes, .. } | Self::References { codes, .. }, Cell::Code(code)) => {
                codes.push(code)
            }
            (Self::Texts { codes, .. } | Self::References { codes, .. }, _) => codes.push(NONE),
            (Self::Numbers { values, filled }, cell) => {
                let value = if let Cell::Number(value) = cell { Some(value) } else { None };
                values.push(value.unwrap_or_default());
                filled.push(value.is_some());
            }
            (Self::Decimals { values, filled }, cell) => {
                let value = match cell {
                    Cell::Decimal(high, low) => Some(i128::from(high) << 64 | i128::from(low)),
                    _ => None,
                };
                values.push(value.unwrap_or_default());
                filled.push(value.is_some());
            }
        }
    }

    /// Adds a row of another column of the same field.
    pub(crate) fn copy(&mut self, from: &Column, row: usize) {
        match self {
            Self::Texts { codes, interner } => {
                codes.push(from.text(row).and_then(|text| interner.code(text)).unwrap_or(NONE));
            }
            Self::References { codes, records } => {
                codes.push(from.record(row).and_then(|record| records.code(record)).unwrap_or(NONE));
            }
            Self::Numbers { values, filled } => {
                let value = from.number(row).and_then(|value| i64::try_from(value).ok());
                values.push(value.unwrap_or_default());
                filled.push(value.is_some());
            }
            Self::Decimals { values, filled } => {
                values.push(from.number(row).unwrap_or_default());
                filled.push(from.number(row).is_some());
            }
        }
    }

    pub(crate) fn finish(self) -> Column {
        match self {
            Self::Texts { codes, interner } => {
                Column::Texts(Texts { codes, dictionary: interner.dictionary, shapes: OnceLock::new() })
            }
            Self::Numbers { values, filled } => Column::Numbers { values, filled },
            Self::Decimals { values, filled } => Column::Decimals { values, filled },
            Self::References { codes, records } => Column::References { codes, records: records.list },
        }
    }
}
