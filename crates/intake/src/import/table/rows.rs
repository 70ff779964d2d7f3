//! A row of a workbook or of separated text.
//!
//! Why it exists: in these formats a cell's meaning is its place under the headings, so that what can go wrong is a
//! matter of places: a cell under no heading, a row that is too short, a row that is blank or only an example.

use std::rc::Rc;

use message::text;

use super::Table;
use super::cells::{Collected, is_example};
use super::headings::Layout;
use crate::columns::Column;
use crate::error::IntakeError;
use crate::raw::RawValue;
use crate::read::display;

pub(super) fn data_row(
    table: &mut Table<'_>,
    layout: &Layout,
    row: u32,
    cells: &[RawValue<'_>],
) -> Result<(), IntakeError> {
    let mut collected = Collected::default();
    let mut blank = true;
    for (place, cell) in cells.iter().enumerate() {
        let column = layout.columns.get(place).and_then(Option::as_ref);
        let shown = display(cell);
        if shown.trim().is_empty() {
            continue;
        }
        match column {
            Some(Column::Serial) if is_example(&shown) => return Ok(()),
            Some(Column::Serial) => {}
            Some(column) => {
                blank = false;
                collected.take(table, column, cell);
            }
            // A heading that is not known has its own fault.
            None if layout.headings.get(place).is_some_and(|heading| !heading.is_empty()) => blank = false,
            None => {
                blank = false;
                let message = text!("这一格上方没有标题", "there is no heading above this cell");
                table.cell_fault(row, Some(place), "", &shown, message);
            }
        }
    }
    if blank {
        return Ok(());
    }
    // In separated text a short row means that a separator or quotation mark is missing.
    if table.sheet.is_none() && cells.len() < layout.columns.len() {
        let (found, wanted) = (cells.len(), layout.columns.len());
        let message =
            text!("这一行有{found}格，应有{wanted}格", "this row has {found} cells; wanted {wanted}");
        table.cell_fault(row, None, "", "", message);
    }
    let Collected { raw, files, faults, .. } = collected.finish(table);
    let rules = Rc::clone(&table.rules);
    let place = |field: &str| {
        let place = layout.place(&rules, field);
        (place, place.and_then(|place| layout.headings.get(place).cloned()))
    };
    table.take(row, &raw, files, faults, &place)
}
