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

/// A decimal with its thousands divided by thin spaces, as tables of official reports print it.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    if whole.len() <= 4 {
        return number.to_owned();
    }
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_divided() {
        fn check(number: &str, expected: &str) {
            assert_eq!(grouped(number).replace('\u{2009}', "_"), expected);
        }
        check("188", "188");
        check("1210", "1210");
        check("17745", "17_745");
        check("-82963000000.00", "-82_963_000_000.00");
    }
}
