//! Parquet files as rows of cells: for files that [`air::scan`](crate::air::scan) does not read by columns.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, TimeUnit};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::civil::Date;
use message::text;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::cell::Cell;
use crate::error::{ReadError, io};
use crate::source::Rows;

/// A fault of the file as Parquet.
pub(crate) fn unreadable(path: &Path, error: impl std::fmt::Display) -> ReadError {
    ReadError::file(path, text!("不是完好的 Parquet 文件（{error}）", "no sound Parquet file ({error})"))
}

/// Calls back with the number and the cells of each row: number 0 is the heading, the first row is 1.
pub(crate) fn rows(path: &Path, each: Rows<'_>) -> Result<(), ReadError> {
    let file = File::open(path).map_err(io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(path, error))?;
    let schema = builder.schema().clone();
    let headings: Vec<Cell<'_>> =
        schema.fields().iter().map(|field| Cell::Text(Cow::Borrowed(field.name().as_str()))).collect();
    each(0, &headings)?;
    let mut number = 1;
    for batch in builder.build().map_err(|error| unreadable(path, error))? {
        let batch = batch.map_err(|error| unreadable(path, error))?;
        let columns = columns(&batch).map_err(|error| unreadable(path, error))?;
        for row in 0..batch.num_rows() {
            let cells: Vec<Cell<'_>> = columns.iter().map(|column| column.cell(row)).collect();
            each(number, &cells)?;
            number += 1;
        }
    }
    Ok(())
}

/// A column of a batch, ready to give cells.
enum Column<'b> {
    Float(&'b arrow::array::Float64Array),
    Whole(arrow::array::Int64Array),
    Seconds { array: arrow::array::Int64Array, per_second: i64, is_utc: bool },
    Decimal(&'b arrow::array::Decimal128Array, i8),
    Other(&'b dyn Array, ArrayFormatter<'b>),
}

fn columns(batch: &RecordBatch) -> Result<Vec<Column<'_>>, arrow::error::ArrowError> {
    static OPTIONS: FormatOptions<'static> = FormatOptions::new();
    batch
        .columns()
        .iter()
        .map(|array| {
            Ok(match array.data_type() {
                DataType::Float64 => Column::Float(array.as_primitive()),
                kind if kind.is_integer() && *kind != DataType::UInt64 => {
                    Column::Whole(arrow::compute::cast(array, &DataType::Int64)?.as_primitive().clone())
                }
                DataType::Timestamp(unit, zone) => Column::Seconds {
                    array: arrow::compute::cast(array, &DataType::Int64)?.as_primitive().clone(),
                    per_second: match unit {
                        TimeUnit::Second => 1,
                        TimeUnit::Millisecond => 1_000,
                        TimeUnit::Microsecond => 1_000_000,
                        TimeUnit::Nanosecond => 1_000_000_000,
                    },
                    is_utc: zone.is_some(),
                },
                DataType::Decimal128(_, scale) if (0..=30).contains(scale) => {
                    Column::Decimal(array.as_primitive(), *scale)
                }
                _ => Column::Other(array, ArrayFormatter::try_new(array, &OPTIONS)?),
            })
        })
        .collect()
}

impl Column<'_> {
    fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Float(array) if array.is_valid(row) => Cell::Number(array.value(row)),
            Self::Whole(array) if array.is_valid(row) => Cell::Whole(array.value(row)),
            Self::Seconds { array, per_second, is_utc } if array.is_valid(row) => {
                let seconds = array.value(row).div_euclid(*per_second);
                if *is_utc { Cell::Instant(seconds) } else { moment(seconds) }
            }
            Self::Decimal(array, scale) if array.is_valid(row) => decimal(array.value(row), *scale),
            // 32-bit floats as they print: the decimal that was meant.
            Self::Other(array, formatter) if array.is_valid(row) => {
                Cell::Text(Cow::Owned(formatter.value(row).to_string()))
            }
            _ => Cell::Empty,
        }
    }
}

fn moment(seconds: i64) -> Cell<'static> {
    let days = i32::try_from(seconds.div_euclid(86_400)).ok();
    let of_day = seconds.rem_euclid(86_400);
    let moment = days.and_then(|days| {
        let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        date.at((of_day / 3600) as i8, (of_day / 60 % 60) as i8, (of_day % 60) as i8, 0).into()
    });
    moment.map_or(Cell::Broken(Cow::Borrowed("time")), Cell::Moment)
}

fn decimal(value: i128, scale: i8) -> Cell<'static> {
    let places = u32::from(scale.unsigned_abs());
    let micro = if places <= 6 {
        value.checked_mul(10_i128.pow(6 - places))
    } else {
        Some(standards::rounding::half_even_wide(value, 10_i128.pow(places - 6)))
    };
    match micro.and_then(|micro| i64::try_from(micro).ok()) {
        Some(micro) => Cell::Micro(micro),
        None => Cell::Broken(Cow::Owned(value.to_string())),
    }
}
