//! A feature of GeoJSON: named properties and a geometry.
//!
//! Why it exists: features have no heading row. Each property carries its own name, any feature may bring a new one,
//! and its faults are shown by that name instead of a column.

use std::borrow::Cow;
use std::collections::HashMap;

use geodesy::Geometry;
use message::{Text, text};
use serde_json::{Map, Value};

use super::Table;
use super::cells::{Collected, is_example};
use super::headings::{Layout, field_of};
use crate::columns::Column;
use crate::error::{FieldFault, IntakeError};
use crate::raw::RawValue;
use crate::read::display;

pub(super) fn data_feature(
    table: &mut Table<'_>,
    layout: &mut Layout,
    number: u32,
    properties: &Map<String, Value>,
    geometry: Option<Result<Geometry, Text>>,
) -> Result<(), IntakeError> {
    let mut cells: Vec<(Column, RawValue<'_>)> = Vec::with_capacity(properties.len());
    for (name, value) in properties {
        if !layout.properties.contains_key(name) {
            let column = match table.headings.find(&table.rules, name) {
                Ok(column) => Some(column),
                Err(message) => {
                    table.heading_fault(number, None, name, "", message);
                    None
                }
            };
            layout.properties.insert(name.clone(), column);
            if layout.properties.len() > 16_384 {
                return Err(IntakeError::File(text!("属性名过多", "too many different properties")));
            }
        }
        let Some(Some(column)) = layout.properties.get(name) else { continue };
        let cell = match value {
            Value::Null => RawValue::Empty,
            Value::Bool(flag) => RawValue::Flag(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => RawValue::Whole(whole),
                None => RawValue::Number(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => RawValue::Text(Cow::Borrowed(text)),
            Value::Array(_) | Value::Object(_) => {
                let message = text!("应为单个的值", "wanted a single value");
                table.cell_fault(number, None, name, &value.to_string(), message);
                continue;
            }
        };
        if *column == Column::Serial && is_example(&display(&cell)) {
            return Ok(());
        }
        cells.push((column.clone(), cell));
    }
    let mut collected = Collected::default();
    for (column, cell) in &cells {
        collected.take(table, column, cell);
    }
    let place_of_geometry = table.rules.geometry.map(|field| table.rules.register.fields[field].key.as_str());
    match (geometry, place_of_geometry) {
        (None, _) => {}
        (Some(Ok(geometry)), Some(key)) => collected.raw.values.push((key, geometry.into())),
        (Some(Err(message)), Some(key)) => collected.faults.push(FieldFault::new(key, "geometry", message)),
        (Some(_), None) => {
            let message = text!("这个台账没有图形", "this register has no geometry");
            table.cell_fault(number, None, "geometry", "", message);
        }
    }
    let Collected { raw, files, faults, .. } = collected.finish(table);
    let shown: HashMap<String, String> = layout
        .properties
        .iter()
        .filter_map(|(name, column)| {
            let field = match column.as_ref()? {
                Column::Owner => "@owner",
                Column::Effective => "@effective",
                Column::State => "@state",
                Column::Evidence => "@evidence",
                Column::Note => "@note",
                Column::Serial => return None,
                column => &table.rules.register.fields[field_of(column)?].key,
            };
            Some((field.to_owned(), name.clone()))
        })
        .collect();
    let place = |field: &str| {
        let own = (Some(field) == place_of_geometry).then(|| "geometry".to_owned());
        (None, shown.get(field).cloned().or(own))
    };
    table.take(number, &raw, files, faults, &place)
}
