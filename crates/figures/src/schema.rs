//! What the tables of SQL look like, and how a register's versions lie in memory.
//!
//! Two shapes belong to a register. The *stored* shape has one row for each version of each record
//! (what [`crate::fold`] makes and [`crate::cache`] keeps). The *seen* shape is what a pack's SQL
//! selects from; its columns are taken from the stored ones, except those of the organisation tree,
//! which are looked up on the day.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef};
use pack::{Field, FieldKind, Pack, Register};

/// The columns that every stored table begins with, in this order; the register's fields follow.
pub mod stored {
    /// The record's id.
    pub const RECORD: usize = 0;
    /// The first day of the version.
    pub const FROM: usize = 1;
    /// The day after the version's last; null while it lasts.
    pub const TO: usize = 2;
    /// Whether it counts: see [`super::Standing`].
    pub const STANDING: usize = 3;
    /// The owner's code.
    pub const OWNER: usize = 4;
    /// The state's key.
    pub const STATE: usize = 5;
    /// The effective date of the record's creation.
    pub const ENTERED: usize = 6;
    /// The day since which the state holds.
    pub const STATE_SINCE: usize = 7;
    /// The effective date of the verification that covers the version.
    pub const VERIFIED: usize = 8;
    /// The first field.
    pub const FIELDS: usize = 9;
}

/// Who counts a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Standing {
    /// It counts, and would if everything were verified.
    Both = 0,
    /// It counts now; it would not if everything were verified.
    Counted = 1,
    /// It would count if everything were verified; it does not now.
    Would = 2,
}

/// The precision of decimals: the most that 128 bits hold, so that arithmetic in SQL has room.
pub const PRECISION: u8 = 38;

/// The type of a field's column, as stored and as seen.
pub fn field_type(field: &Field) -> DataType {
    match &field.kind {
        FieldKind::Whole { .. } | FieldKind::Reference { .. } => DataType::Int64,
        FieldKind::Decimal { decimals, .. } => {
            DataType::Decimal128(PRECISION, i8::try_from(*decimals).unwrap_or(6))
        }
        FieldKind::Date { .. } => DataType::Date32,
        FieldKind::YesNo => DataType::Boolean,
        FieldKind::Text { .. }
        | FieldKind::Choice { .. }
        | FieldKind::Unit { .. }
        | FieldKind::Person
        | FieldKind::Geometry { .. } => DataType::Utf8View,
    }
}

/// Few different texts, many rows.
pub fn code_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The stored shape of a register.
pub fn stored_schema(register: &Register) -> SchemaRef {
    let mut columns = vec![
        ArrowField::new("record", DataType::Int64, false),
        ArrowField::new("valid_from", DataType::Date32, false),
        ArrowField::new("valid_to", DataType::Date32, true),
        ArrowField::new("standing", DataType::UInt8, false),
        ArrowField::new("owner", code_type(), true),
        ArrowField::new("state", code_type(), true),
        ArrowField::new("entered_on", DataType::Date32, false),
        ArrowField::new("state_since", DataType::Date32, false),
        ArrowField::new("verified_on", DataType::Date32, true),
    ];
    columns.extend(register.fields.iter().map(|field| ArrowField::new(&field.key, field_type(field), true)));
    Arc::new(Schema::new(columns))
}

/// Where a seen column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The stored column of this index, as it is.
    Stored(usize),
    /// The stored column of this index, spelt out from its dictionary.
    Spelt(usize),
    /// The owner's ancestor at this level of the pack.
    Level(usize),
    /// The end of a version, open where it ends after the day.
    Until,
}

/// The seen shape of a register: its columns, and where each comes from.
#[derive(Debug)]
pub struct Shape {
    /// The columns' names and types.
    pub schema: SchemaRef,
    /// Where each column comes from.
    pub origins: Vec<Origin>,
}

impl Shape {
    /// The shape of `KEY` or, with `history`, of `KEY_history`.
    pub fn of(pack: &Pack, register: &Register, history: bool) -> Self {
        let mut columns = Vec::new();
        let mut add = |name: &str, kind: DataType, null: bool, origin: Origin| {
            // A field that bears the name of one of ours cannot be seen; `pack` refuses such a field.
            if !columns.iter().any(|(field, _): &(ArrowField, Origin)| field.name() == name) {
                columns.push((ArrowField::new(name, kind, null), origin));
            }
        };
        add("record", DataType::Int64, false, Origin::Stored(stored::RECORD));
        if history {
            add("valid_from", DataType::Date32, false, Origin::Stored(stored::FROM));
            add("valid_to", DataType::Date32, true, Origin::Until);
        }
        add("owner", DataType::Utf8View, true, Origin::Spelt(stored::OWNER));
        for (index, level) in pack.levels.iter().enumerate().skip(1) {
            add(&level.key, DataType::Utf8View, true, Origin::Level(index));
        }
        add("state", DataType::Utf8View, true, Origin::Spelt(stored::STATE));
        add("entered_on", DataType::Date32, false, Origin::Stored(stored::ENTERED));
        add("state_since", DataType::Date32, false, Origin::Stored(stored::STATE_SINCE));
        add("verified_on", DataType::Date32, true, Origin::Stored(stored::VERIFIED));
        for (index, field) in register.fields.iter().enumerate() {
            add(&field.key, field_type(field), true, Origin::Stored(stored::FIELDS + index));
        }
        let (fields, origins): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        Self { schema: Arc::new(Schema::new(fields)), origins }
    }
}

/// What SQL calls a register's versions.
pub const HISTORY: &str = "_history";

/// The register that a table's name means, and whether its versions are meant.
pub fn table<'a>(pack: &'a Pack, name: &str) -> Option<(&'a Register, bool)> {
    if let Some(register) = pack.register(name) {
        return Some((register, false));
    }
    let register = pack.register(name.strip_suffix(HISTORY)?)?;
    Some((register, true))
}
