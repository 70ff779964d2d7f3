//! The rows of a figure as CSV and XLSX: all of them, with the identity by which they can be found again.
//!
//! ```text
//! FigureId ─▶ engine's Listing (columns) ─▶ row by row, with its entries' numbers ─▶ stream::streamed
//! ```
//!
//! What can be wrong with the question is said before the file begins; the listing has as many rows as the figure says,
//! or there is no file. Memory does not grow with the file: half a million rows are the listing's columns, which the
//! page of rows uses too.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use access::Action;
use axum::extract::{Path, Query};
use city::CityWords;
use figure::Row;
use figures::{EntryNumbers, Listing, ListingPart};
use jiff::civil::Date;
use message::{Language, Text};

use super::ask::{Ask, AskQuery};
use super::desk::Desk;
use crate::fault::{Answer, Fault};
use crate::sheet::{Cell, MOST_ROWS, Notes, Sheet};
use crate::stream::{self, File, Pieces};
use crate::visitor::Visitor;

/// How many names of dimensions' values are remembered while a file is written.
const MOST_NAMES: usize = 10_000;

/// The rows as CSV (UTF-8 with a mark, so that Excel reads Chinese).
pub async fn csv(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    deliver(visitor, key, query, Kind::Csv).await
}

/// The rows as XLSX, with a second sheet that says what they are.
pub async fn xlsx(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    deliver(visitor, key, query, Kind::Xlsx).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Xlsx,
}

impl Kind {
    fn file(self, key: &str, listing: &Listing) -> File {
        let (ending, media_type, route) = match self {
            Self::Csv => ("csv", "text/csv; charset=utf-8", "/figures/{indicator}/rows.csv"),
            Self::Xlsx => (
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "/figures/{indicator}/rows.xlsx",
            ),
        };
        let id = &listing.figure.id;
        File {
            name: format!("{key}-{}-{}.{ending}", id.period, id.snapshot.known_at),
            media_type,
            route,
            register: None,
            subject: Some(key.to_owned()),
        }
    }
}

async fn deliver(visitor: Visitor, key: String, query: AskQuery, kind: Kind) -> Answer {
    visitor.require_anywhere(Action::Export, None)?;
    let app = Arc::clone(&visitor.app);
    let (now, asked, language) = (Arc::clone(&visitor.now), key.clone(), visitor.language);
    let listing = app
        .heavy_work(move |app| {
            let desk = Desk::open(app, &now)?;
            desk.indicator(&asked)?;
            let ask = Ask::read(&asked, &query, desk.usual_period()?)?;
            let listing = desk.listing(&desk.identity(&ask)?)?;
            check_fits(kind, &listing)?;
            Ok(listing)
        })
        .await?;
    let (file, of) = (kind.file(&key, &listing), visitor.clone());
    Ok(stream::streamed(&visitor, file, move |out| {
        let desk = Desk::open(&of.app, &of.now).map_err(io::Error::other)?;
        let table = Table {
            desk: &desk,
            words: desk.words(),
            dimensions: listing.dimensions(),
            listing: &listing,
            notice: of.now.city.notice(),
            language,
        };
        match kind {
            Kind::Csv => table.write_csv(out),
            Kind::Xlsx => table.write_xlsx(out),
        }
    }))
}

fn check_fits(kind: Kind, listing: &Listing) -> Result<(), Fault> {
    let count = listing.len();
    if kind == Kind::Csv || count < MOST_ROWS {
        return Ok(());
    }
    Err(Fault::Refused {
        text: message::text!(
            "共 {count} 行，超过 Excel 一张表的上限，请导出 CSV",
            "{count} rows are more than a sheet of Excel holds; export them as CSV"
        ),
        fields: Vec::new(),
    })
}

/// What is written.
struct Table<'a> {
    desk: &'a Desk<'a>,
    words: CityWords<'a>,
    listing: &'a Listing,
    /// The dimensions of all parts, in order, each once.
    dimensions: Vec<&'a str>,
    notice: Option<Text>,
    language: Language,
}

/// A row of the table; what is absent is empty.
struct Line<'a> {
    indicator: &'a str,
    key: String,
    amount: String,
    unit: &'a str,
    day: Option<Date>,
    dimensions: Vec<String>,
    record: Option<u64>,
    entries: String,
    measured: String,
}

impl Table<'_> {
    fn say(&self, chinese: &'static str, english: &'static str) -> String {
        Text::new(chinese, english).in_language(self.language).into_owned()
    }

    fn heads(&self) -> Vec<String> {
        let mut heads = vec![
            self.say("指标", "Indicator"),
            self.say("数据行", "Row"),
            self.say("量", "Amount"),
            self.say("单位", "Unit"),
            self.say("日期", "Day"),
        ];
        heads.extend(self.dimensions.iter().map(|key| self.desk.dimension(key, self.language)));
        heads.extend([
            self.say("记录", "Record"),
            self.say("入账", "Entries"),
            self.say("监测数据", "Measurements"),
        ]);
        heads
    }

    /// Calls `write` with each row, in the order of the keys, and makes sure that these were all.
    fn each(&self, mut write: impl FnMut(Line<'_>) -> io::Result<()>) -> io::Result<()> {
        let mut written = 0_u64;
        for part in &self.listing.parts {
            let unit = self.desk.pack().unit(&part.amount_unit).in_language(self.language).into_owned();
            let numbers = self.desk.engine().engine().entry_numbers(part).map_err(io::Error::other)?;
            let mut names = HashMap::new();
            for at in 0..part.len() {
                let row = part.row(at).map_err(io::Error::other)?;
                write(self.line(part, &unit, &numbers, &mut names, row))?;
                written += 1;
            }
        }
        let counted = self.listing.figure.rows;
        if written == counted {
            return Ok(());
        }
        Err(io::Error::other(format!("{written} of {counted} rows were written")))
    }

    fn line<'a>(
        &self,
        part: &'a ListingPart,
        unit: &'a str,
        numbers: &EntryNumbers,
        names: &mut HashMap<(usize, String), String>,
        row: Row,
    ) -> Line<'a> {
        let mut held: Vec<Option<String>> = vec![None; self.dimensions.len()];
        for (name, value) in row.dimensions {
            if let Some(place) = self.dimensions.iter().position(|key| *key == name) {
                held[place] = value;
            }
        }
        let dimensions = held.into_iter().enumerate().map(|(place, value)| match value {
            None => String::new(),
            Some(value) => self.name(part, names, place, value),
        });
        let dimensions = dimensions.collect();
        let entries: Vec<String> =
            row.record.into_iter().flat_map(|record| numbers.of(record)).map(|one| one.to_string()).collect();
        Line {
            indicator: &part.indicator,
            key: row.key,
            amount: row.amount.normalize().to_string(),
            unit,
            day: row.occurred,
            dimensions,
            record: row.record,
            entries: entries.join(" "),
            measured: row.measured.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// What a value of a dimension is called; looked up once, as most rows share it.
    fn name(
        &self,
        part: &ListingPart,
        names: &mut HashMap<(usize, String), String>,
        place: usize,
        value: String,
    ) -> String {
        let question = (place, value);
        if let Some(name) = names.get(&question) {
            return name.clone();
        }
        let dimension = self.dimensions[place];
        let name = self.words.value_label(&part.indicator, dimension, &question.1, self.language);
        if names.len() < MOST_NAMES {
            names.insert(question, name.clone());
        }
        name
    }

    /// What the rows are: name and value of each line of the second sheet.
    fn about(&self) -> Vec<(String, String)> {
        let figure = &self.listing.figure;
        let value = city::wording::shown(figure).unwrap_or_default();
        let unit = self.desk.pack().unit(&figure.unit);
        let mut about = vec![
            (self.say("指标", "Indicator"), city::wording::label(self.desk.pack(), figure, self.language)),
            (self.say("数值", "Value"), format!("{value} {}", unit.in_language(self.language))),
            (self.say("数值标识", "Identity"), figure.id.to_string()),
            (self.say("数据行", "Rows"), figure.rows.to_string()),
            (self.say("待核验", "Awaiting verification"), figure.pending.to_string()),
        ];
        if let Some(notice) = &self.notice {
            about.push((self.say("提示", "Note"), notice.in_language(self.language).into_owned()));
        }
        about
    }

    fn write_csv(&self, mut out: Pieces) -> io::Result<()> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::Writer::from_writer(out);
        let id = self.listing.figure.id.to_string();
        let mut heads = self.heads();
        heads.push(self.say("数值标识", "Identity"));
        heads.extend(self.notice.is_some().then(|| self.say("提示", "Note")));
        csv.write_record(&heads)?;
        let notice = self.notice.as_ref().map(|notice| notice.in_language(self.language).into_owned());
        self.each(|line| {
            // A value such as `=HYPERLINK(…)` must stay text in a spreadsheet; a negative amount is a number.
            let mut text = |text: &str| csv.write_field(&*intake::escape_formula(text));
            text(line.indicator)?;
            text(&line.key)?;
            csv.write_field(&line.amount)?;
            let mut text = |text: &str| csv.write_field(&*intake::escape_formula(text));
            text(line.unit)?;
            text(&line.day.map(|day| day.to_string()).unwrap_or_default())?;
            for value in &line.dimensions {
                text(value)?;
            }
            text(&line.record.map(|record| record.to_string()).unwrap_or_default())?;
            text(&line.entries)?;
            text(&line.measured)?;
            text(&id)?;
            if let Some(notice) = &notice {
                text(notice)?;
            }
            csv.write_record(None::<&[u8]>)?;
            Ok(())
        })?;
        csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?.flush()
    }

    fn write_xlsx(&self, out: Pieces) -> io::Result<()> {
        let notes = Notes { title: self.say("说明", "About"), lines: self.about() };
        let mut sheet = Sheet::begin(out, &self.say("数据行", "Rows"), &self.heads(), Some(&notes))?;
        let mut cells = Vec::new();
        self.each(|line| {
            cells.clear();
            cells.push(Cell::Text(line.indicator.to_owned()));
            cells.push(text(line.key));
            // Amounts that a spreadsheet's number holds exactly are numbers; all else is text, as it is in the book.
            cells.push(if is_exact(&line.amount) { Cell::Number(line.amount) } else { text(line.amount) });
            cells.push(text(line.unit.to_owned()));
            cells.push(line.day.map_or(Cell::Empty, Cell::day));
            cells.extend(line.dimensions.into_iter().map(text));
            cells.push(line.record.map_or(Cell::Empty, |record| Cell::Number(record.to_string())));
            cells.push(text(line.entries));
            cells.push(text(line.measured));
            sheet.row(&cells)
        })?;
        sheet.end()
    }
}

fn text(text: String) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

/// Whether fifteen digits hold the number.
fn is_exact(number: &str) -> bool {
    number.bytes().filter(u8::is_ascii_digit).count() <= 15
}
