//! Tables for people, and the say-function for what is no data.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};
use message::{Language, Text};

/// How a command prints its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// One JSON document.
    Json,
    /// CSV with a heading.
    Csv,
}

/// Says something on standard error.
pub fn say(text: &Text, language: Language) {
    eprintln!("{}", text.in_language(language));
}

/// A plain table: headings, no frame, columns aligned; `right` names the columns of numbers.
pub fn table(headings: &[Text], right: &[usize], rows: Vec<Vec<String>>, language: Language) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
    table.remove_style(TableComponent::HorizontalLines).remove_style(TableComponent::MiddleIntersections);
    table.set_header(headings.iter().map(|heading| heading.in_language(language).into_owned()));
    for &column in right {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.add_rows(rows);
    let lines: Vec<String> = table.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}
