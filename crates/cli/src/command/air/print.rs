//! Tables of an evaluation as text, CSV, JSON or Parquet.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use evaluation::tables::{self, Value};
use message::{Language, Text, text};

use crate::failure::Failure;
use crate::output::table as plain_table;

/// How to print, and where to.
#[derive(Args)]
pub struct Output {
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    pub format: Kind,
    /// 写入文件而不是标准输出（Parquet 必需） | write to a file instead of standard output (Parquet needs it)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The forms.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A table for people.
    Table,
    /// CSV with a heading.
    Csv,
    /// One JSON array of objects.
    Json,
    /// A Parquet file.
    Parquet,
}

/// A table of Arrow, whose crate the program does not see.
pub type Table = tables::Table;

impl Output {
    /// Decimals of concentrations: for people one, for programs three, in Parquet six.
    pub fn scale(&self) -> i8 {
        match self.format {
            Kind::Table => 1,
            Kind::Csv | Kind::Json => 3,
            Kind::Parquet => tables::SCALE,
        }
    }

    /// Prints tables of one schema as one; a table for people shows only these columns.
    pub fn print(&self, all: &[Table], shown: &[&str], language: Language) -> Result<(), Failure> {
        if self.format == Kind::Parquet {
            let Some(path) = &self.out else {
                return Err(Failure::Broken(text!(
                    "--format parquet 需要 --out FILE",
                    "--format parquet needs --out FILE"
                )));
            };
            return tables::write_parquet(path, all).map_err(|error| cannot_write(path, &error));
        }
        let mut bytes: Box<dyn Write> = match &self.out {
            Some(path) => Box::new(std::fs::File::create(path).map_err(|error| cannot_write(path, &error))?),
            None => Box::new(std::io::stdout().lock()),
        };
        let mut writer = BufWriter::with_capacity(64 << 10, &mut bytes);
        match self.format {
            Kind::Json => json(all, &mut writer),
            Kind::Csv => csv(all, &mut writer),
            Kind::Table | Kind::Parquet => for_people(all, shown, language, &mut writer),
        }?;
        writer.flush()?;
        Ok(())
    }
}

fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    let path = path.display();
    Failure::Broken(text!("{path} 写不了（{error}）", "{path} cannot be written ({error})"))
}

fn headings(all: &[Table]) -> Vec<String> {
    all.first().map(tables::headings).unwrap_or_default()
}

fn csv(all: &[Table], out: &mut dyn Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(headings(all))?;
    for row in all.iter().flat_map(tables::rows) {
        writer.write_record(row.iter().map(shown))?;
    }
    writer.flush()
}

fn json(all: &[Table], out: &mut dyn Write) -> std::io::Result<()> {
    let headings = headings(all);
    let mut first = true;
    write!(out, "[")?;
    for row in all.iter().flat_map(tables::rows) {
        let object: serde_json::Map<String, serde_json::Value> = headings
            .iter()
            .zip(row)
            .map(|(heading, value)| {
                let value = match value {
                    Value::Null => serde_json::Value::Null,
                    Value::Text(text) => text.into(),
                    Value::Count(count) => count.into(),
                    Value::Flag(flag) => flag.into(),
                    // A decimal of a few digits is the same number when it is read back.
                    Value::Decimal(decimal) => {
                        serde_json::from_str(&decimal).unwrap_or(serde_json::Value::Null)
                    }
                };
                (heading.clone(), value)
            })
            .collect();
        write!(out, "{}\n{}", if first { "" } else { "," }, serde_json::Value::Object(object))?;
        first = false;
    }
    writeln!(out, "{}]", if first { "" } else { "\n" })
}

fn for_people(
    all: &[Table],
    columns: &[&str],
    language: Language,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let headings = headings(all);
    let places: Vec<usize> =
        columns.iter().filter_map(|column| headings.iter().position(|heading| heading == column)).collect();
    let names: Vec<Text> = places.iter().map(|place| name(&headings[*place])).collect();
    let mut right = Vec::new();
    let mut lines = Vec::new();
    for row in all.iter().flat_map(tables::rows) {
        for (column, place) in places.iter().enumerate() {
            let is_number = matches!(row[*place], Value::Count(_) | Value::Decimal(_));
            if is_number && !right.contains(&column) {
                right.push(column);
            }
        }
        lines.push(places.iter().map(|place| for_a_person(&row[*place], language)).collect());
    }
    writeln!(out, "{}", plain_table(&names, &right, lines, language))
}

fn for_a_person(value: &Value, language: Language) -> String {
    match value {
        Value::Flag(flag) => {
            let word = if *flag { Text::new("达标", "yes") } else { Text::new("不达标", "no") };
            word.in_language(language).into_owned()
        }
        // What there is not is seen to be not there.
        Value::Null => "–".to_owned(),
        other => shown(other),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) | Value::Decimal(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}

/// A column's name for people.
fn name(heading: &str) -> Text {
    let (chinese, english) = match heading {
        "scope" => ("名称", "scope"),
        "date" => ("日期", "date"),
        "year" => ("年", "year"),
        "month" => ("月", "month"),
        "edition" => ("标准", "edition"),
        "expected_days" => ("应有天数", "days"),
        "valid_days" => ("有效天数", "valid days"),
        "good_days" => ("优良天数", "good days"),
        "good_share" => ("优良率%", "good %"),
        "composite_index" => ("综合指数", "composite"),
        "attained" => ("达标", "attains"),
        "aqi" => ("AQI", "AQI"),
        "level" => ("级别", "level"),
        "primary_pollutants" => ("首要污染物", "primary"),
        "so2" | "so2_mean" => ("SO2", "SO2"),
        "no2" | "no2_mean" => ("NO2", "NO2"),
        "pm10" | "pm10_mean" => ("PM10", "PM10"),
        "pm2_5" | "pm2_5_mean" => ("PM2.5", "PM2.5"),
        "co" => ("CO", "CO"),
        "co_p95" => ("CO-95per", "CO p95"),
        "o3_8h" => ("O3-8h", "O3 8h"),
        "o3_8h_p90" => ("O3-8h-90per", "O3 8h p90"),
        other => (other, other),
    };
    Text::new(chinese, english)
}
