//! The heading row: what each place of the rows below it holds.
//!
//! Why it exists: headings are judged once and all together, before any row: each must be known and come once, and
//! the columns that identify a record must be there. Afterwards the layout says where a field's faults are shown.

use std::collections::HashMap;

use message::text;

use super::Table;
use crate::columns::Column;
use crate::raw::RawValue;
use crate::read::display;
use crate::rules::Rules;
use crate::source::column_letters;

/// The heading row.
pub(super) struct Layout {
    pub(super) row: u32,
    /// By place: what the column holds and how it is headed.
    pub(super) columns: Vec<Option<Column>>,
    pub(super) headings: Vec<String>,
    /// For GeoJSON: properties by name, found as they come.
    pub(super) properties: HashMap<String, Option<Column>>,
}

/// A title above the headings: one cell that is no heading, in a register of several columns.
pub(super) fn is_title(table: &Table<'_>, cells: &[RawValue<'_>]) -> bool {
    let mut filled = cells.iter().filter(|cell| !display(cell).trim().is_empty());
    match (filled.next(), filled.next()) {
        (None, _) => true,
        (Some(cell), None) => {
            table.rules.register.fields.len() > 1 && !table.headings.knows(&table.rules, &display(cell))
        }
        _ => false,
    }
}

impl Table<'_> {
    /// Takes the heading row: every heading must be known and come once.
    pub(super) fn read_headings(&mut self, row: u32, cells: &[RawValue<'_>]) {
        let mut columns: Vec<Option<Column>> = Vec::with_capacity(cells.len());
        let mut headings = Vec::with_capacity(cells.len());
        for (place, cell) in cells.iter().enumerate() {
            let heading = display(cell).trim().to_owned();
            let column = if heading.is_empty() {
                None
            } else {
                match self.headings.find(&self.rules, &heading) {
                    Ok(column) => {
                        let same = |other: &Option<Column>| {
                            other.as_ref().is_some_and(|other| same_column(other, &column))
                        };
                        if let Some(first) = columns.iter().position(same) {
                            let first = column_letters(first);
                            let message = text!("与{first}列重复", "this is the same as column {first}");
                            self.heading_fault(row, Some(place), &heading, "", message);
                            None
                        } else {
                            Some(column)
                        }
                    }
                    Err(message) => {
                        self.heading_fault(row, Some(place), &heading, "", message);
                        None
                    }
                }
            };
            columns.push(column);
            headings.push(heading);
        }
        let layout = Layout { row, columns, headings, properties: HashMap::new() };
        self.heading_row = Some(row);
        self.check_key_columns(&layout);
        self.layout = Some(layout);
    }

    /// Without the columns of its natural key no row can be told from another.
    fn check_key_columns(&mut self, layout: &Layout) {
        let key: Vec<usize> = self.rules.unique.first().cloned().unwrap_or_default();
        let missing: Vec<usize> = key.into_iter().filter(|field| !layout.has(*field)).collect();
        for field in missing {
            let field = &self.rules.register.fields[field];
            let (key, label) = (field.key.clone(), field.label.simplified.clone());
            self.absent.push((key, text!("缺少这一栏", "this column is missing")));
            let message =
                text!("缺少这一栏（唯一标识）", "this column is missing (it identifies the records)");
            self.heading_fault(layout.row, None, &label, "", message);
        }
    }
}

impl Layout {
    fn has(&self, field: usize) -> bool {
        self.columns.iter().flatten().any(|column| field_of(column) == Some(field))
    }

    /// Where a field's fault is shown.
    pub(super) fn place(&self, rules: &Rules<'_>, field: &str) -> Option<usize> {
        let wanted = |column: &Column| match (column, field) {
            (Column::Owner, "@owner")
            | (Column::Effective, "@effective")
            | (Column::State, "@state")
            | (Column::Evidence, "@evidence")
            | (Column::Note, "@note") => true,
            _ => field_of(column).is_some_and(|index| rules.register.fields[index].key == field),
        };
        self.columns.iter().position(|column| column.as_ref().is_some_and(wanted))
    }
}

pub(super) fn field_of(column: &Column) -> Option<usize> {
    match column {
        Column::Field { field, .. } | Column::PersonName(field) | Column::PersonPhone(field) => Some(*field),
        _ => None,
    }
}

/// The same column, whatever its unit.
fn same_column(a: &Column, b: &Column) -> bool {
    match (a, b) {
        (Column::Field { field: a, .. }, Column::Field { field: b, .. }) => a == b,
        _ => a == b,
    }
}
