//! Every fault of a file, each said once and where its author will look for it.
//!
//! Why it exists: a file's faults are counted all and listed up to a limit, those of the headings before those of the
//! rows; and a column that is not there is one fault of the file, not one of each row.

use message::{Text, text};

use super::Table;
use crate::columns::heading_of;
use crate::error::{CellFault, FieldFault, shorten};
use crate::source::column_letters;

/// Where a field's faults are shown: the column's place and its heading, as far as there are any.
pub(super) type Place<'f> = &'f dyn Fn(&str) -> (Option<usize>, Option<String>);

impl Table<'_> {
    pub(super) fn cell_fault(
        &mut self,
        row: u32,
        column: Option<usize>,
        heading: &str,
        found: &str,
        message: Text,
    ) {
        self.total += 1;
        if self.faults.len() < self.options.max_faults {
            self.faults.push(CellFault {
                sheet: self.sheet.clone(),
                row,
                column: column.map(column_letters).unwrap_or_default(),
                heading: heading.to_owned(),
                found: shorten(found),
                message,
            });
        }
    }

    /// A fault of the headings comes before those of the rows, whenever it is found.
    pub(super) fn heading_fault(
        &mut self,
        row: u32,
        column: Option<usize>,
        heading: &str,
        found: &str,
        message: Text,
    ) {
        self.total += 1;
        if self.heading_faults.len() >= self.options.max_faults {
            return;
        }
        self.heading_faults.push(CellFault {
            sheet: self.sheet.clone(),
            row,
            column: column.map(column_letters).unwrap_or_default(),
            heading: shorten(heading),
            found: shorten(found),
            message,
        });
    }

    pub(super) fn place_faults(&mut self, row: u32, faults: Vec<FieldFault>, place: Place<'_>) {
        let mut placed: Vec<_> = faults.into_iter().map(|fault| (place(&fault.field), fault)).collect();
        placed.sort_by_key(|((column, _), _)| column.unwrap_or(usize::MAX));
        for ((column, heading), fault) in placed {
            let label = || heading_of(&self.rules, &fault.field).simplified;
            if column.is_none() && heading.is_none() && fault.found.is_empty() {
                // The file has no such column: said once for the file, not once for each row.
                if !self.absent.iter().any(|(field, _)| *field == fault.field) {
                    let (label, at) = (label(), self.heading_row.unwrap_or(row));
                    self.absent.push((fault.field.clone(), fault.message.clone()));
                    let (chinese, english) = (&fault.message.simplified, &fault.message.english);
                    let message = text!(
                        "缺少这一栏（{chinese}，首见第{row}行）",
                        "this column is missing ({english}; first needed in row {row})"
                    );
                    self.heading_fault(at, None, &label, "", message);
                }
                continue;
            }
            let heading = heading.unwrap_or_else(label);
            self.cell_fault(row, column, &heading, &fault.found, fault.message);
        }
    }
}
