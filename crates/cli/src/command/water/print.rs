//! Results as a table, JSON or CSV: one heading, rows of cells, each cell a number, a word or nothing.

use message::{Language, Text};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::output::{Format, table};

/// A column: its key in JSON and CSV, and its heading in the table.
pub struct Column {
    pub key: &'static str,
    pub heading: Text,
    pub is_number: bool,
}

/// A column of words.
pub fn words(key: &'static str, zh: &str, en: &str) -> Column {
    Column { key, heading: Text::new(zh, en), is_number: false }
}

/// A column of numbers.
pub fn number(key: &'static str, zh: &str, en: &str) -> Column {
    Column { key, heading: Text::new(zh, en), is_number: true }
}

/// Prints rows. An empty cell is `null` in JSON; numbers are written as they are, digits and all.
pub fn print(
    columns: &[Column],
    rows: Vec<Vec<String>>,
    format: Format,
    language: Language,
) -> Result<(), Failure> {
    match format {
        Format::Table => {
            let headings: Vec<Text> = columns.iter().map(|column| column.heading.clone()).collect();
            let right: Vec<usize> = (0..columns.len()).filter(|&index| columns[index].is_number).collect();
            println!("{}", table(&headings, &right, rows, language));
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(std::io::stdout());
            writer.write_record(columns.iter().map(|column| column.key)).map_err(Failure::broken)?;
            for row in rows {
                writer.write_record(row).map_err(Failure::broken)?;
            }
            writer.flush()?;
        }
        Format::Json => {
            let rows: Vec<Value> = rows.into_iter().map(|row| object(columns, row)).collect();
            println!("{}", serde_json::to_string_pretty(&rows).map_err(Failure::broken)?);
        }
    }
    Ok(())
}

fn object(columns: &[Column], row: Vec<String>) -> Value {
    let mut object = Map::new();
    for (column, cell) in columns.iter().zip(row) {
        let value = match cell {
            empty if empty.is_empty() => Value::Null,
            cell if column.is_number => serde_json::from_str(&cell).unwrap_or(Value::String(cell)),
            cell => Value::String(cell),
        };
        object.insert(column.key.to_owned(), value);
    }
    Value::Object(object)
}

/// A whole number of parts as digits: 985 tenths are 98.5.
pub fn digits(parts: i64, decimals: usize) -> String {
    let unit = 10_i64.pow(u32::try_from(decimals).unwrap_or(0));
    let sign = if parts < 0 { "-" } else { "" };
    let (whole, rest) =
        (parts.unsigned_abs() / unit.unsigned_abs(), parts.unsigned_abs() % unit.unsigned_abs());
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0decimals$}") }
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn parts_are_printed_with_their_decimals() {
        assert_eq!(digits(985, 1), "98.5");
        assert_eq!(digits(-5, 2), "-0.05");
        assert_eq!(digits(1_000, 1), "100.0");
        assert_eq!(digits(7, 0), "7");
    }
}
