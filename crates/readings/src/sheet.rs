//! Workbooks: the first worksheet.

use std::borrow::Cow;
use std::path::Path;

use calamine::{DataRef, Reader, SheetType, Xlsx, open_workbook};
use jiff::civil::Date;
use message::text;

use crate::cell::Cell;
use crate::error::ReadError;
use crate::moment::serial;
use crate::source::Rows;

/// Calls back with the number and the cells of each row, the heading first.
pub(crate) fn rows(path: &Path, each: Rows<'_>) -> Result<(), ReadError> {
    let unreadable = |reason: String| {
        ReadError::file(
            path,
            text!(
                "无法读取工作簿（{reason}）；请用 Excel 打开并重新保存",
                "the workbook cannot be read ({reason}); open it in Excel and save it again"
            ),
        )
    };
    let mut workbook: Xlsx<_> =
        open_workbook(path).map_err(|error: calamine::XlsxError| unreadable(error.to_string()))?;
    let name = workbook
        .sheets_metadata()
        .iter()
        .find(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone());
    let Some(name) = name else {
        return Err(unreadable("no worksheet".to_owned()));
    };
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(|error| unreadable(error.to_string()))?;
    let mut row: Vec<Cell<'static>> = Vec::new();
    let mut number = 0;
    while let Some(cell) = reader.next_cell().map_err(|error| unreadable(error.to_string()))? {
        let (at, column) = (u64::from(cell.get_position().0), cell.get_position().1 as usize);
        if at != number {
            if !row.iter().all(Cell::is_empty) {
                each(number + 1, &row)?;
            }
            row.clear();
            number = at;
        }
        // Excel has no more columns than this.
        if column < 16_384 {
            if row.len() <= column {
                row.resize(column + 1, Cell::Empty);
            }
            row[column] = value(cell.get_value());
        }
    }
    if !row.iter().all(Cell::is_empty) {
        each(number + 1, &row)?;
    }
    Ok(())
}

fn value(data: &DataRef<'_>) -> Cell<'static> {
    match data {
        DataRef::Empty => Cell::Empty,
        DataRef::SharedString(text) => Cell::Text(Cow::Owned((*text).to_owned())),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cell::Text(Cow::Owned(text.clone()))
        }
        DataRef::Int(number) => Cell::Whole(*number),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(flag) => Cell::Broken(Cow::Owned(flag.to_string())),
        DataRef::DateTime(moment) => match serial(moment.as_f64()) {
            Some(moment) => Cell::Moment(moment),
            // A time of day without a day.
            None => Cell::Moment(Date::constant(1900, 1, 1).to_datetime(jiff::civil::Time::midnight())),
        },
        DataRef::Error(error) => Cell::Broken(Cow::Owned(error.to_string())),
    }
}
