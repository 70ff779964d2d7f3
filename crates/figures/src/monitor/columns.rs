//! Rows of cells to the columns of a table's schema.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringViewBuilder,
};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::schema::{MonitorTable, SCALE};
use crate::schema::PRECISION;

/// One cell.
pub enum Cell<'a> {
    /// A text.
    Text(Option<&'a str>),
    /// A whole number.
    Whole(Option<i64>),
    /// Yes or no.
    Flag(Option<bool>),
    /// A day, counted from 1970.
    Day(i32),
    /// An exact number in millionths.
    Millionths(Option<i64>),
}

/// Collects the rows of a table.
pub struct Columns {
    schema: SchemaRef,
    builders: Vec<Builder>,
}

enum Builder {
    Text(StringViewBuilder),
    Whole(Int64Builder),
    Flag(BooleanBuilder),
    Day(Date32Builder),
    Millionths(Decimal128Builder),
}

impl Columns {
    /// No rows yet.
    pub fn new(table: MonitorTable) -> Self {
        let schema = table.schema();
        let builders = schema.fields().iter().map(|field| match field.data_type() {
            DataType::Int64 => Builder::Whole(Int64Builder::new()),
            DataType::Boolean => Builder::Flag(BooleanBuilder::new()),
            DataType::Date32 => Builder::Day(Date32Builder::new()),
            DataType::Decimal128(..) => Builder::Millionths(Decimal128Builder::new()),
            _ => Builder::Text(StringViewBuilder::new().with_deduplicate_strings()),
        });
        Self { builders: builders.collect(), schema }
    }

    /// Adds a row: a cell for each column, in their order.
    pub fn push<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        let mut cells = cells.into_iter();
        for builder in &mut self.builders {
            match (builder, cells.next()) {
                (Builder::Text(column), Some(Cell::Text(text))) => column.append_option(text),
                (Builder::Whole(column), Some(Cell::Whole(number))) => column.append_option(number),
                (Builder::Flag(column), Some(Cell::Flag(flag))) => column.append_option(flag),
                (Builder::Day(column), Some(Cell::Day(day))) => column.append_value(day),
                (Builder::Millionths(column), Some(Cell::Millionths(value))) => {
                    column.append_option(value.map(i128::from));
                }
                // Each table's rows are written beside its schema; a slip makes columns of unequal length, which
                // `finish` refuses.
                _ => {}
            }
        }
    }

    /// The table.
    pub fn finish(self) -> Result<RecordBatch, ArrowError> {
        let arrays = self.builders.into_iter().map(|builder| -> Result<ArrayRef, ArrowError> {
            Ok(match builder {
                Builder::Text(mut column) => Arc::new(column.finish()),
                Builder::Whole(mut column) => Arc::new(column.finish()),
                Builder::Flag(mut column) => Arc::new(column.finish()),
                Builder::Day(mut column) => Arc::new(column.finish()),
                Builder::Millionths(mut column) => {
                    Arc::new(column.finish().with_precision_and_scale(PRECISION, SCALE)?)
                }
            })
        });
        RecordBatch::try_new(self.schema, arrays.collect::<Result<Vec<_>, _>>()?)
    }
}
