//! The open fields of a register as files. Registers that a city opens are lists of things (docks, parks), thousands of
//! records and not millions; a file is made whole before it is sent, so that it is complete or an error.

use std::ops::ControlFlow;

use intake::escape_formula;
use message::Language;
use pack::{FieldKind, PublicRegister, Register};
use serde_json::{Map, Value as Json, json};
use shelf::{Query, Reading, Row, Value};

use crate::app::InForce;
use crate::fault::Fault;
use crate::when;

/// The most records of a file.
const MOST: usize = 100_000;

/// Comma separated, UTF-8 with a byte order mark, as Excel opens it; headings and options as people call them.
pub fn csv(now: &InForce, open: &PublicRegister, language: Language) -> Result<Vec<u8>, Fault> {
    let register = now.pack.register(&open.key).ok_or(Fault::NotFound)?;
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    let headings = open.fields.iter().map(|key| {
        let label = register.field(key).map(|field| field.label.in_language(language).into_owned());
        label.unwrap_or_else(|| key.clone())
    });
    writer.write_record(headings).map_err(Fault::internal)?;
    each(now, open, language, &mut |row| {
        let cells = row.values.iter().zip(&open.fields).map(|(value, key)| {
            let text = text(register, key, value, language);
            escape_formula(&text).into_owned()
        });
        writer.write_record(cells).map_err(Fault::internal)
    })?;
    writer.flush().map_err(Fault::internal)?;
    drop(writer);
    Ok(bytes)
}

/// GeoJSON by keys, for programs.
pub fn geojson(now: &InForce, open: &PublicRegister) -> Result<Vec<u8>, Fault> {
    let mut features = Vec::new();
    each(now, open, Language::Simplified, &mut |row| {
        let mut geometry = Json::Null;
        let mut properties = Map::new();
        properties.insert("record".to_owned(), json!(row.record.0));
        properties.insert("state".to_owned(), json!(row.state));
        for (value, key) in row.values.iter().zip(&open.fields) {
            match value {
                Value::Geometry(shape) => geometry = shape.to_geojson(),
                value => drop(properties.insert(key.clone(), plain(value))),
            }
        }
        features.push(json!({ "type": "Feature", "geometry": geometry, "properties": properties }));
        Ok(())
    })?;
    serde_json::to_vec(&json!({ "type": "FeatureCollection", "features": features })).map_err(Fault::internal)
}

/// Every verified record of today with its open fields.
fn each(
    now: &InForce,
    open: &PublicRegister,
    language: Language,
    see: &mut dyn FnMut(Row) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let query = Query {
        reading: Reading::Counted,
        columns: Some(open.fields.clone()),
        language,
        ..Query::new(&open.key, when::today())
    };
    if now.shelf.count(&query).map_err(Fault::internal)? > MOST {
        return Err(Fault::Busy(message::text!(
            "数据超过 {MOST} 条，请按条件下载",
            "there are more than {MOST} records"
        )));
    }
    let mut outcome = Ok(());
    now.shelf
        .stream(&query, &mut |row| {
            outcome = see(row);
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
        .map_err(Fault::internal)?;
    outcome
}

/// A value as people read it.
fn text(register: &Register, key: &str, value: &Value, language: Language) -> String {
    match value {
        Value::Choice(chosen) => {
            let options = match register.field(key).map(|field| &field.kind) {
                Some(FieldKind::Choice { options }) => options.as_slice(),
                _ => &[],
            };
            let label = options.iter().find(|option| option.key == *chosen).map(|option| &option.label);
            label.map_or_else(|| chosen.clone(), |label| label.in_language(language).into_owned())
        }
        Value::YesNo(yes) => {
            let word = if *yes { message::Text::new("是", "yes") } else { message::Text::new("否", "no") };
            word.in_language(language).into_owned()
        }
        Value::Geometry(shape) => shape.to_wkt(),
        other => match plain(other) {
            Json::String(text) => text,
            Json::Null => String::new(),
            other => other.to_string(),
        },
    }
}

/// A value as programs read it. A person is never open: the pack refuses such a field.
fn plain(value: &Value) -> Json {
    match value {
        Value::Empty | Value::Person(_) | Value::Geometry(_) => Json::Null,
        Value::Text(text) | Value::Choice(text) => json!(text),
        Value::Whole(number) => json!(number),
        Value::Decimal(number) => json!(number.to_string()),
        Value::Date(day) => json!(day.to_string()),
        Value::YesNo(yes) => json!(yes),
        Value::Reference { label, .. } => json!(label),
        Value::Unit { name, .. } => json!(name),
    }
}
