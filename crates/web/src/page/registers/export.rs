//! A list as a file: exactly the rows and columns that it shows, all pages of it, written while it is read.
//!
//! ```text
//! Asked ─▶ shelf::stream ─▶ rows ─▶ csv · xlsx · geojson ─▶ stream::streamed ─▶ chunks of the answer
//! ```
//!
//! Memory does not grow with the list. If anything fails on the way, the connection is broken off ([`crate::stream`]): no
//! client takes what came for the whole file.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use access::Action;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use message::text;
use pack::{Field, FieldKind, Register};
use serde_json::{Map, Value as Json, json};
use shelf::{By, Row, Units, Value};

use super::ask::Asked;
use super::{fault, value};
use crate::fault::{Answer, Fault};
use crate::sheet::{Cell, MOST_ROWS, Sheet};
use crate::stream::{self, File, Pieces};
use crate::ui::Speak;
use crate::visitor::Visitor;
use crate::when;

type Pairs = Query<Vec<(String, String)>>;

/// Comma-separated values in UTF-8, with the mark that makes Excel read it so.
pub async fn csv(
    visitor: Visitor,
    Path(key): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Answer {
    file(visitor, key, pairs, headers, Kind::Csv).await
}

/// A spreadsheet.
pub async fn xlsx(
    visitor: Visitor,
    Path(key): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Answer {
    file(visitor, key, pairs, headers, Kind::Xlsx).await
}

/// Shapes with the shown columns as properties, in longitude and latitude.
pub async fn geojson(
    visitor: Visitor,
    Path(key): Path<String>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Answer {
    file(visitor, key, pairs, headers, Kind::GeoJson).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Xlsx,
    GeoJson,
}

impl Kind {
    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::GeoJson => "geojson",
        }
    }

    fn route(self) -> &'static str {
        match self {
            Self::Csv => "/registers/{register}/export.csv",
            Self::Xlsx => "/registers/{register}/export.xlsx",
            Self::GeoJson => "/registers/{register}/export.geojson",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// Everything that a file is made of.
struct Export {
    visitor: Visitor,
    register: Register,
    asked: Asked,
    units: Arc<Units>,
    kind: Kind,
}

async fn file(
    visitor: Visitor,
    key: String,
    pairs: Vec<(String, String)>,
    headers: HeaderMap,
    kind: Kind,
) -> Answer {
    let register = visitor.now.pack.register(&key).ok_or(Fault::NotFound)?.clone();
    visitor.require_anywhere(Action::View, Some(&key))?;
    visitor.require_anywhere(Action::Export, Some(&key))?;
    if kind == Kind::GeoJson && register.geometry().is_none() {
        return Err(Fault::NotFound);
    }
    let asked = Asked::read(&visitor, &register, pairs, &headers)?;
    let app = Arc::clone(&visitor.app);
    // What can be wrong with the question is said before the file begins.
    let export = app.work(move |_| prepare(visitor, register, asked, kind)).await?;
    let file = File {
        name: format!("{}-{}.{}", export.register.key, when::today(), kind.ending()),
        media_type: kind.media_type(),
        route: kind.route(),
        register: Some(export.register.key.clone()),
        subject: None,
    };
    Ok(stream::streamed(&export.visitor.clone(), file, move |out| export.write(out)))
}

fn prepare(visitor: Visitor, register: Register, mut asked: Asked, kind: Kind) -> Result<Export, Fault> {
    asked.allow(&visitor, Action::Export)?;
    if kind == Kind::GeoJson
        && let (Some(columns), Some(shape)) = (&mut asked.query.columns, register.geometry())
        && !columns.contains(&shape.key)
    {
        columns.push(shape.key.clone());
    }
    let shelf = &visitor.now.shelf;
    let rows = shelf.count(&asked.query).map_err(fault)?;
    if kind == Kind::Xlsx && rows >= MOST_ROWS {
        return Err(Fault::Refused {
            text: text!(
                "列表有 {rows} 条记录，一张工作表最多 1048575 条。请缩小范围，或导出 CSV。",
                "The list has {rows} records, a sheet at most 1,048,575. Narrow it down, or export CSV."
            ),
            fields: Vec::new(),
        });
    }
    // The order of columns is looked up now too: an unknown one is an error of the question.
    let one = shelf::Query { limit: 1, at: shelf::At::Row(0), ..asked.query.clone() };
    shelf.list(&one).map_err(fault)?;
    let units = shelf.units(asked.query.day).map_err(fault)?;
    Ok(Export { visitor, register, asked, units, kind })
}

impl Export {
    fn write(&self, out: Pieces) -> io::Result<()> {
        match self.kind {
            Kind::Csv => self.write_csv(out),
            Kind::Xlsx => self.write_xlsx(out),
            Kind::GeoJson => self.write_geojson(out),
        }
    }

    /// Hands every row of the list over; stops at the first error.
    fn rows(&self, mut each: impl FnMut(&Row) -> io::Result<()>) -> io::Result<()> {
        let mut outcome = Ok(());
        let streamed = self.visitor.now.shelf.stream(&self.asked.query, &mut |row| match each(&row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                outcome = Err(error);
                ControlFlow::Break(())
            }
        });
        outcome.and(streamed.map(drop).map_err(io::Error::other))
    }

    fn write_csv(&self, mut out: Pieces) -> io::Result<()> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        csv.write_record(self.headings().iter().map(|heading| intake::escape_formula(heading).into_owned()))?;
        self.rows(|row| {
            for name in &self.asked.columns {
                csv.write_field(&*intake::escape_formula(&self.plain(row, name)))?;
            }
            csv.write_record(None::<&[u8]>)?;
            Ok(())
        })?;
        csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?.flush()
    }

    fn write_xlsx(&self, out: Pieces) -> io::Result<()> {
        let l = self.visitor.language;
        let mut sheet = Sheet::begin(out, &l.say(&self.register.label), &self.headings(), None)?;
        let mut cells = Vec::new();
        self.rows(|row| {
            cells.clear();
            cells.extend(self.asked.columns.iter().map(|name| self.cell(row, name)));
            sheet.row(&cells)
        })?;
        sheet.end()
    }

    fn write_geojson(&self, mut out: Pieces) -> io::Result<()> {
        out.write_all(br#"{"type":"FeatureCollection","features":["#)?;
        let mut first = true;
        self.rows(|row| {
            out.write_all(if std::mem::take(&mut first) { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut out, &self.feature(row)).map_err(io::Error::other)
        })?;
        out.write_all(b"\n]}\n")?;
        out.flush()
    }

    fn headings(&self) -> Vec<String> {
        let l = self.visitor.language;
        let heading = |name: &String| match By::parse(name) {
            By::Field(key) => match self.register.field(&key) {
                Some(field) => {
                    let label = l.say(&field.label);
                    value::unit(&self.visitor.now.pack, l, field).map_or_else(
                        || label.to_string(),
                        |unit| crate::page::figures::draw::with_unit(&label, &l.say(&unit)),
                    )
                }
                None => key,
            },
            By::State => l.t("状态", "State").to_owned(),
            By::Owner => l.t("责任单位", "Owner").to_owned(),
            By::Status => l.t("核验", "Verification").to_owned(),
            By::Effective => l.t("生效日期", "In effect from").to_owned(),
            By::Recorded => l.t("最近入账", "Last entry").to_owned(),
            By::Author => l.t("录入", "Entered by").to_owned(),
            By::Record => l.t("编号", "Number").to_owned(),
        };
        self.asked.columns.iter().map(heading).collect()
    }

    fn field<'a>(&'a self, row: &'a Row, key: &str) -> Option<(&'a Field, &'a Value)> {
        let columns = self.asked.query.columns.as_deref().unwrap_or_default();
        let place = columns.iter().position(|column| column == key)?;
        Some((self.register.field(key)?, row.values.get(place)?))
    }

    /// A cell as a text for programs and people: numbers without separators, days as 2026-03-01.
    fn plain(&self, row: &Row, name: &str) -> String {
        let l = self.visitor.language;
        match By::parse(name) {
            By::Field(key) => match self.field(row, &key) {
                Some((_, Value::Whole(number))) => number.to_string(),
                Some((_, Value::Decimal(number))) => number.to_string(),
                Some((_, Value::Geometry(shape))) => shape.to_wkt(),
                Some((field, value)) => value::text(l, field, value),
                None => String::new(),
            },
            By::State => value::state_words(l, &self.register, &row.state),
            By::Owner => {
                row.owner.as_deref().map(|owner| self.units.name(owner).to_owned()).unwrap_or_default()
            }
            By::Status => l.say(&value::status_words(row.status)).into_owned(),
            By::Effective => row.effective.to_string(),
            By::Recorded => when::day_of(row.recorded).to_string(),
            By::Author => row.authors.join("、"),
            By::Record => row.record.to_string(),
        }
    }

    fn cell(&self, row: &Row, name: &str) -> Cell {
        let by = By::parse(name);
        match &by {
            By::Effective => return Cell::day(row.effective),
            By::Recorded => return Cell::day(when::day_of(row.recorded)),
            By::Field(key) => match self.field(row, key) {
                Some((_, Value::Date(date))) => return Cell::day(*date),
                // A spreadsheet keeps fifteen digits: what has more would be changed, so it is a text.
                Some((_, Value::Whole(number))) if number.unsigned_abs() < 1_000_000_000_000_000 => {
                    return Cell::Number(number.to_string());
                }
                Some((_, Value::Decimal(number)))
                    if number.mantissa().unsigned_abs() < 1_000_000_000_000_000 =>
                {
                    return Cell::Number(number.to_string());
                }
                _ => {}
            },
            _ => {}
        }
        match self.plain(row, name) {
            text if text.is_empty() => Cell::Empty,
            text => Cell::Text(text),
        }
    }

    fn feature(&self, row: &Row) -> Json {
        let shape = self.register.geometry().and_then(|field| self.field(row, &field.key));
        let geometry = match shape {
            Some((_, Value::Geometry(shape))) => shape.to_geojson(),
            _ => Json::Null,
        };
        let mut properties = Map::new();
        for name in &self.asked.columns {
            let property = match By::parse(name) {
                By::Field(key) => match self.field(row, &key) {
                    Some((field, _)) if matches!(field.kind, FieldKind::Geometry { .. }) => continue,
                    Some((_, Value::Empty)) => Json::Null,
                    Some((_, Value::Whole(number))) => json!(number),
                    Some((_, Value::YesNo(yes))) => json!(yes),
                    // Decimals stay exact, as text.
                    _ => json!(self.plain(row, name)),
                },
                _ => json!(self.plain(row, name)),
            };
            properties.insert(name.trim_start_matches('@').to_owned(), property);
        }
        json!({ "type": "Feature", "id": row.record.0, "geometry": geometry, "properties": properties })
    }
}
