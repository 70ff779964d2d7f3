//! [`Events`] → versions of records: one row for each stretch of days in which a record did not change.
//!
//! The rule (the same that entry forms use to show a record's present values): the record as it stood
//! on a day is what its entries with an effective date up to that day make of it, applied in the order
//! of (effective date, number). In a register that wants verification only the entries count that a
//! later verification of the record covers; what the record would be if all did is kept beside it.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Array, Date32Builder, Decimal128Builder, DictionaryArray, Int32Array,
    Int64Array, Int64Builder, StringArray, StringViewBuilder, UInt8Array,
};
use arrow::datatypes::{DataType, Int32Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use pack::Register;

use crate::entry::{Cell, Codes, Event, Events, Kind};
use crate::schema::{Standing, field_type, stored_schema};

/// All versions of all records that these entries make, ordered by record, standing and day.
pub fn fold(register: &Register, mut events: Events) -> Result<RecordBatch, ArrowError> {
    let initial = events.states.number(&register.initial_state().key);
    let mut list = std::mem::take(&mut events.list);
    let order = |event: &Event| (event.record, event.effective, event.number);
    if !list.is_sorted_by_key(order) {
        list.sort_unstable_by_key(order);
    }
    let mut rows = Rows::new(register);
    let mut current = Current { cells: vec![Cell::Null; register.fields.len()], ..Current::default() };
    for record in list.chunk_by(|a, b| a.record == b.record) {
        let verifications = verifications(record);
        let covered = verifications.last().map(|&(number, _)| number);
        // A verification covers what came before it; where none is wanted, everything counts.
        let counts =
            |event: &Event| !register.needs_verification || covered.is_some_and(|last| event.number < last);
        let would = record.iter().filter(|event| acts(event));
        if would.clone().all(counts) {
            current.versions(would, initial, &verifications, &events, Standing::Both, &mut rows);
        } else {
            let counted = would.clone().filter(|event| counts(event));
            current.versions(counted, initial, &verifications, &events, Standing::Counted, &mut rows);
            current.versions(would, initial, &verifications, &events, Standing::Would, &mut rows);
        }
    }
    rows.finish(register, events.owners, events.states)
}

/// The numbers and effective dates of a record's verifications, in the order of the book.
fn verifications(record: &[Event]) -> Vec<(u64, i32)> {
    let mut found: Vec<_> = record
        .iter()
        .filter(|event| event.kind == Kind::Verify)
        .map(|event| (event.number, event.effective))
        .collect();
    found.sort_unstable();
    found
}

/// Whether the entry changes what the record is.
fn acts(event: &Event) -> bool {
    !matches!(event.kind, Kind::Verify | Kind::Return)
}

/// A record while its entries are applied.
#[derive(Default)]
struct Current {
    created: bool,
    withdrawn: bool,
    owner: Option<u32>,
    state: u32,
    entered: i32,
    state_since: i32,
    /// The highest number among the entries applied.
    latest: u64,
    cells: Vec<Cell>,
}

impl Current {
    fn versions<'e>(
        &mut self,
        entries: impl Iterator<Item = &'e Event>,
        initial: u32,
        verifications: &[(u64, i32)],
        events: &Events,
        standing: Standing,
        rows: &mut Rows,
    ) {
        self.cells.fill(Cell::Null);
        *self = Self { cells: std::mem::take(&mut self.cells), ..Self::default() };
        let mut entries = entries.peekable();
        while let Some(event) = entries.next() {
            self.apply(event, initial, events);
            let next = entries.peek().map(|next| next.effective);
            if next == Some(event.effective) || !self.created || self.withdrawn {
                continue;
            }
            let covering = verifications.partition_point(|&(number, _)| number <= self.latest);
            let verified = verifications.get(covering).map(|&(_, effective)| effective);
            rows.push(
                event.record,
                event.effective..next.unwrap_or(i32::MAX),
                standing,
                self,
                verified,
                events,
            );
        }
    }

    fn apply(&mut self, event: &Event, initial: u32, events: &Events) {
        self.latest = self.latest.max(event.number);
        match event.kind {
            Kind::Create => {
                self.created = true;
                self.entered = event.effective;
                self.state = event.state.unwrap_or(initial);
                self.state_since = event.effective;
            }
            Kind::Advance => {
                if let Some(state) = event.state {
                    self.state = state;
                    self.state_since = event.effective;
                }
            }
            Kind::Withdraw => self.withdrawn = true,
            Kind::Amend | Kind::Verify | Kind::Return => {}
        }
        if event.owner.is_some() {
            self.owner = event.owner;
        }
        for &(field, cell) in &events.patches[event.patches.0 as usize..event.patches.1 as usize] {
            self.cells[usize::from(field)] = cell;
        }
    }
}

/// The columns while they grow.
struct Rows {
    record: Vec<i64>,
    from: Vec<i32>,
    to: Vec<i32>,
    standing: Vec<u8>,
    owner: Vec<Option<i32>>,
    state: Vec<i32>,
    entered: Vec<i32>,
    state_since: Vec<i32>,
    verified: Vec<Option<i32>>,
    fields: Vec<Column>,
}

enum Column {
    Text(StringViewBuilder),
    Whole(Int64Builder),
    Decimal(Decimal128Builder),
    Day(Date32Builder),
    Flag(BooleanBuilder),
}

impl Rows {
    fn new(register: &Register) -> Self {
        let fields = register
            .fields
            .iter()
            .map(|field| match field_type(field) {
                DataType::Int64 => Column::Whole(Int64Builder::new()),
                DataType::Date32 => Column::Day(Date32Builder::new()),
                DataType::Boolean => Column::Flag(BooleanBuilder::new()),
                kind @ DataType::Decimal128(..) => {
                    Column::Decimal(Decimal128Builder::new().with_data_type(kind))
                }
                _ => Column::Text(StringViewBuilder::new()),
            })
            .collect();
        Self {
            record: Vec::new(),
            from: Vec::new(),
            to: Vec::new(),
            standing: Vec::new(),
            owner: Vec::new(),
            state: Vec::new(),
            entered: Vec::new(),
            state_since: Vec::new(),
            verified: Vec::new(),
            fields,
        }
    }

    fn push(
        &mut self,
        record: u64,
        days: std::ops::Range<i32>,
        standing: Standing,
        current: &Current,
        verified: Option<i32>,
        events: &Events,
    ) {
        // Codes number far fewer than 2³¹ and entries far fewer than 2⁶³: both are counted from zero.
        let code = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        self.record.push(i64::try_from(record).unwrap_or(i64::MAX));
        self.from.push(days.start);
        self.to.push(days.end);
        self.standing.push(standing as u8);
        self.owner.push(current.owner.map(code));
        self.state.push(code(current.state));
        self.entered.push(current.entered);
        self.state_since.push(current.state_since);
        self.verified.push(verified);
        for (column, cell) in self.fields.iter_mut().zip(&current.cells) {
            column.push(*cell, &events.text);
        }
    }

    fn finish(self, register: &Register, owners: Codes, states: Codes) -> Result<RecordBatch, ArrowError> {
        let open = |day: i32| (day != i32::MAX).then_some(day);
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(self.record)),
            Arc::new(Date32Array::from(self.from)),
            Arc::new(self.to.into_iter().map(open).collect::<Date32Array>()),
            Arc::new(UInt8Array::from(self.standing)),
            codes(Int32Array::from(self.owner), owners)?,
            codes(Int32Array::from(self.state), states)?,
            Arc::new(Date32Array::from(self.entered)),
            Arc::new(Date32Array::from(self.state_since)),
            Arc::new(Date32Array::from(self.verified)),
        ];
        columns.extend(self.fields.into_iter().map(Column::finish));
        RecordBatch::try_new(stored_schema(register), columns)
    }
}

fn codes(numbers: Int32Array, names: Codes) -> Result<ArrayRef, ArrowError> {
    let names = Arc::new(StringArray::from(names.names));
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(numbers, names)?))
}

impl Column {
    fn push(&mut self, cell: Cell, text: &str) {
        match (self, cell) {
            (Self::Text(column), Cell::Text(start, length)) => {
                let start = start as usize;
                column.append_value(&text[start..start + length as usize]);
            }
            (Self::Whole(column), Cell::Whole(whole)) => column.append_value(whole),
            (Self::Decimal(column), Cell::Decimal(high, low)) => {
                column.append_value(i128::from(high) << 64 | i128::from(low));
            }
            (Self::Day(column), Cell::Day(day)) => column.append_value(day),
            (Self::Flag(column), Cell::Flag(flag)) => column.append_value(flag),
            // A cell was given its field's type when it was read, so what is left is `Null`.
            (Self::Text(column), _) => column.append_null(),
            (Self::Whole(column), _) => column.append_null(),
            (Self::Decimal(column), _) => column.append_null(),
            (Self::Day(column), _) => column.append_null(),
            (Self::Flag(column), _) => column.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut column) => Arc::new(column.finish()),
            Self::Whole(mut column) => Arc::new(column.finish()),
            Self::Decimal(mut column) => Arc::new(column.finish()),
            Self::Day(mut column) => Arc::new(column.finish()),
            Self::Flag(mut column) => Arc::new(column.finish()),
        }
    }
}
