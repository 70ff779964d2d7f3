//! Rows of a file as records: who, when, what.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use message::{Text, text};

use crate::cell::Cell;
use crate::columns::{Role, item_of, role};
use crate::error::{ReadError, Told};
use crate::layout::{Layout, Shape};
use crate::number::{micro_of_float, micro_of_text};
use crate::options::{Hours, Options};
use crate::source;

/// A value of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'r> {
    /// The key of the item, such as `pm2_5`; in a long file an item that is not known keeps its name.
    pub item: &'r str,
    /// The value in millionths of the item's unit; `None` where the file says there is none, and where the
    /// cell was at fault.
    pub micro: Option<i64>,
}

/// What one row says of one station and time.
#[derive(Debug)]
pub struct Record<'r> {
    /// The row as the user counts it.
    pub row: u64,
    /// The station.
    pub station: &'r str,
    /// Its city, if the file or the options name one.
    pub city: Option<&'r str>,
    /// The START of the interval (or the moment).
    pub start: Timestamp,
    /// The label as the file has it, in seconds since 1970 (UTC); an hour later than the start where hours are
    /// labelled by their end.
    pub label: i64,
    /// The flag of the row as the file has it; empty if it has none.
    pub flag: &'r str,
    /// The values, each item once.
    pub values: &'r [Value<'r>],
    /// Whether the row speaks of all items of its station and hour (a wide file), so that a second row of the
    /// same hour repeats it.
    pub whole: bool,
}

impl Record<'_> {
    /// The label in the civil time of the country.
    pub fn label_local(&self) -> DateTime {
        let label = Timestamp::from_second(self.label).unwrap_or(self.start);
        Offset::constant(8).to_datetime(label)
    }
}

/// Takes a record.
pub type Each<'e> = &'e mut dyn FnMut(&Record<'_>) -> Result<(), ReadError>;

/// Reads a file row by row. Rows that have no place (no station, no time) and cells that are no values are told
/// in the answer, not passed on. An error of the callback ends the reading.
pub fn read(path: &Path, options: &Options, each: Each<'_>) -> Result<Told, ReadError> {
    let mut told = Told::default();
    let file = path.display().to_string();
    let mut layout: Option<Layout> = None;
    source::rows(path, &mut |number, cells| {
        let Some(layout) = &layout else {
            let headings: Vec<String> = cells.iter().map(|cell| cell.shown().trim().to_owned()).collect();
            let found = Layout::of(&headings, options).map_err(|fault| ReadError::file(path, fault))?;
            told.notes.push(note(&file, &found, options));
            layout = Some(found);
            return Ok(());
        };
        if cells.iter().all(Cell::is_empty) {
            return Ok(());
        }
        told.rows += 1;
        row(layout, options, &file, number, cells, &mut told, each)
    })?;
    if layout.is_none() {
        return Err(ReadError::file(path, text!("文件是空的", "the file is empty")));
    }
    Ok(told)
}

/// How a file was understood.
pub(crate) fn note(file: &str, layout: &Layout, options: &Options) -> Text {
    let how = layout.text(options);
    let (chinese, english) = (how.simplified, how.english);
    text!("{file}：{chinese}", "{file}: {english}")
}

fn row(
    layout: &Layout,
    options: &Options,
    file: &str,
    number: u64,
    cells: &[Cell<'_>],
    told: &mut Told,
    each: Each<'_>,
) -> Result<(), ReadError> {
    let cell = |column: usize| cells.get(column).unwrap_or(&Cell::Empty);
    let label = match layout.label(cells, options) {
        Ok(label) => label,
        Err((column, fault)) => {
            told.fault(file, number, layout.heading(column), fault);
            return Ok(());
        }
    };
    let start = match start_of(label, layout.hours, options) {
        Ok(start) => start,
        Err(fault) => {
            told.fault(file, number, "", fault);
            return Ok(());
        }
    };
    let city = layout.city.map(|column| cell(column).shown()).filter(|city| !city.trim().is_empty());
    let city = city.as_deref().map(str::trim).or(options.city.as_deref());
    let flag = layout.flag.map(|column| cell(column).shown());
    let flag = flag.as_deref().map_or("", str::trim);
    let mut value_of = |column: usize, item: &str| match micro(cell(column)) {
        Ok(value) => value,
        Err(fault) => {
            let heading = layout.heading(column);
            let heading = if role(heading) == Some(Role::Value) { item } else { heading };
            told.fault(file, number, heading, fault);
            None
        }
    };
    if let Shape::Across { item, stations } = &layout.shape {
        let name = cell(*item).shown();
        // Such files carry running means and indices in the same columns; they are no measurements of the hour.
        let Some(item) = item_of(&name) else { return Ok(()) };
        for (column, station) in stations {
            let values = [Value { item, micro: value_of(*column, item) }];
            each(&Record { row: number, station, city, start, label, flag, values: &values, whole: false })?;
        }
        return Ok(());
    }
    let station = layout.station.map(|column| cell(column).shown());
    let station =
        station.as_deref().map(str::trim).filter(|name| !name.is_empty()).or(options.station.as_deref());
    let Some(station) = station else {
        let heading = layout.station.map_or("", |column| layout.heading(column));
        told.fault(file, number, heading, text!("没有站点", "there is no station"));
        return Ok(());
    };
    match &layout.shape {
        Shape::Long { item, value } => {
            let name = cell(*item).shown();
            let name = name.trim();
            if name.is_empty() {
                told.fault(file, number, layout.heading(*item), text!("没有监测项目", "there is no item"));
                return Ok(());
            }
            let key = item_of(name).unwrap_or(name);
            let values = [Value { item: key, micro: value_of(*value, key) }];
            each(&Record { row: number, station, city, start, label, flag, values: &values, whole: false })
        }
        Shape::Wide(columns) => {
            let values: Vec<Value<'_>> =
                columns.iter().map(|(column, item)| Value { item, micro: value_of(*column, item) }).collect();
            each(&Record { row: number, station, city, start, label, flag, values: &values, whole: true })
        }
        Shape::Across { .. } => Ok(()),
    }
}

/// The beginning of the interval that a label names.
pub(crate) fn start_of(label: i64, hours: Hours, options: &Options) -> Result<Timestamp, Text> {
    let seconds = match (options.moments, hours) {
        (true, _) | (false, Hours::Begin) => label,
        (false, Hours::End) => label - 3600,
    };
    if !options.moments && seconds.rem_euclid(3600) != 0 {
        return Err(text!("时间不是整点", "the time is no full hour"));
    }
    Timestamp::from_second(seconds).map_err(|_| text!("时间超出日历", "the time is outside the calendar"))
}

/// The exact value of a cell.
pub(crate) fn micro(cell: &Cell<'_>) -> Result<Option<i64>, Text> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) => micro_of_text(text),
        Cell::Number(number) => micro_of_float(*number),
        Cell::Whole(number) => match number.checked_mul(1_000_000) {
            Some(micro) => Ok(Some(micro)),
            None => Err(text!("“{number}”不是数值", "`{number}` is no number")),
        },
        Cell::Micro(micro) => Ok(Some(*micro)),
        Cell::Moment(_) | Cell::Instant(_) | Cell::Broken(_) => {
            let shown = cell.shown();
            Err(text!("“{shown}”不是数值", "`{shown}` is no number"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::options::Options;

    /// Every record of a file, a line each, and what was told.
    fn lines(path: &std::path::Path, options: &Options) -> String {
        let mut lines = Vec::new();
        let told = read(path, options, &mut |record| {
            let values: Vec<String> = record
                .values
                .iter()
                .map(|value| {
                    format!(
                        "{}={}",
                        value.item,
                        value.micro.map_or("-".to_owned(), |micro| micro.to_string())
                    )
                })
                .collect();
            let city = record.city.unwrap_or("-");
            lines.push(format!(
                "{} {} {city} {} `{}` {}",
                record.row,
                record.station,
                record.start,
                record.flag,
                values.join(" ")
            ));
            Ok(())
        });
        match told {
            Ok(told) => lines.extend(
                told.faults
                    .iter()
                    .map(|fault| format!("row {} {}: {}", fault.row, fault.column, fault.words.1)),
            ),
            Err(error) => lines.push(error.text().english.replace(&path.display().to_string(), "FILE")),
        }
        lines.join("\n")
    }

    #[test]
    fn a_workbook_gives_the_same_records_as_text() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("hours.xlsx");
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, heading) in ["站点", "时间", "PM2.5", "CO", "标识"].iter().enumerate() {
            sheet.write(0, column as u16, *heading).expect("written");
        }
        let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
        let moment = rust_xlsxwriter::ExcelDateTime::parse_from_str("2022-05-04 01:00").expect("a moment");
        sheet
            .write(1, 0, "S1")
            .and_then(|sheet| sheet.write_with_format(1, 1, &moment, &format))
            .expect("written");
        sheet
            .write(1, 2, 35.5)
            .and_then(|sheet| sheet.write(1, 3, "0.7"))
            .and_then(|sheet| sheet.write(1, 4, "N"))
            .expect("written");
        sheet.write(2, 0, "S1").and_then(|sheet| sheet.write(2, 1, "2022-05-04 02:00")).expect("written");
        sheet.write(2, 2, "坏").expect("written");
        workbook.save(&path).expect("saved");
        insta::assert_snapshot!(lines(&path, &Options::default()), @r"
        2 S1 - 2022-05-03T16:00:00Z `N` pm2_5=35500000 co=700000
        3 S1 - 2022-05-03T17:00:00Z `` pm2_5=- co=-
        row 3 PM2.5: `坏` is no number
        ");
        let text = dir.path().join("hours.csv");
        let gb = encoding_rs::GB18030.encode("站点\t时间\tPM2.5\tCO\t标识\nS1\t2022-05-04 01:00\t35.5\t0.7\tN\nS1\t2022-05-04 02:00\t坏\t\t\n").0;
        std::fs::write(&text, gb).expect("written");
        assert_eq!(lines(&text, &Options::default()), lines(&path, &Options::default()));
    }

    #[test]
    fn moments_are_taken_as_they_are_and_hours_must_be_full() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("water.csv");
        std::fs::write(&path, "section,time,ph,mystery\nA,2021-04-01 12:10,7.99,1\n,2021-04-01 13:00,7,1\n")
            .expect("written");
        let moments = Options { moments: true, ..Options::default() };
        insta::assert_snapshot!(lines(&path, &moments), @r"
        2 A - 2021-04-01T04:10:00Z `` ph=7990000
        row 3 section: there is no station
        ");
        insta::assert_snapshot!(lines(&path, &Options::default()), @r"
        row 2 : the time is no full hour
        row 3 section: there is no station
        ");
    }
}
