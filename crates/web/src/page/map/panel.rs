//! What is told of one record beside the map.

use std::sync::Arc;

use access::{Action, Resource};
use geodesy::Geometry;
use ledger::RecordId;
use message::Language;
use pack::{FieldKind, Register};
use serde::Serialize;
use shelf::{By, Filter, Query, Reading, Status, Test, Value};
use utoipa::ToSchema;

use crate::fault::Fault;
use crate::ui::{Speak, measured, w};
use crate::visitor::Visitor;

/// A record, as it is told of beside the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Panel {
    /// The record.
    pub record: u64,
    /// The register's key.
    pub register: String,
    /// What the register is called.
    pub kind: String,
    /// What the record is called.
    pub name: String,
    /// The state in words.
    pub state: String,
    /// From when it is in that state.
    pub since: String,
    /// Whether something of it waits for verification.
    pub pending: bool,
    /// The state in which it counts, in words; nothing if it does not count.
    pub counts: Option<String>,
    /// Its owner.
    pub owner: Option<String>,
    /// Its fields in words.
    pub fields: Vec<(String, String)>,
    /// Where it is, in degrees; nothing if it has no place.
    pub at: Option<(f64, f64)>,
    /// Its shape, for the picture.
    #[serde(skip)]
    pub geometry: Option<Arc<Geometry>>,
}

impl Panel {
    /// What a visitor may know of a record on a day; nothing if there is no such record.
    pub fn load(visitor: &Visitor, record: u64, day: jiff::civil::Date) -> Result<Option<Self>, Fault> {
        let (now, l) = (&visitor.now, visitor.language);
        let record = RecordId(record);
        let Some(key) = now.shelf.find(record).map_err(Fault::internal)? else { return Ok(None) };
        let Some(register) = now.pack.register(&key) else { return Ok(None) };
        let Some(row) = now.shelf.record(&key, record, day, l).map_err(Fault::internal)? else {
            return Ok(None);
        };
        let units = now.shelf.units(crate::when::today()).map_err(Fault::internal)?;
        let chain = row.owner.as_deref().map(|code| units.upward(code)).unwrap_or_default();
        let resource =
            Resource { register: Some(&key), units: &chain, state: Some(&row.state), ..Resource::default() };
        visitor.require(Action::View, &resource)?;
        let name = now.shelf.called(&key, &[record], day, l).map_err(Fault::internal)?;
        let pending = matches!(row.status, Status::Pending | Status::Returned);
        let counts = if pending { counted(visitor, &key, record, day)? } else { Some(row.state.clone()) };
        let in_words = |key: &str| {
            let state = register.states.iter().find(|state| state.key == key);
            state.map_or_else(|| key.to_owned(), |state| l.say(&state.label).into_owned())
        };
        let (mut at, mut geometry) = (None, None);
        let mut fields = Vec::new();
        for (field, value) in register.fields.iter().zip(&row.values) {
            if let Value::Geometry(shape) = value {
                at = shape.centroid().map(geodesy::Coordinate::degrees);
                geometry = Some(Arc::clone(shape));
                continue;
            }
            if let Some(words) = words(&now.pack, register, &field.key, value, l) {
                fields.push((l.say(&field.label).into_owned(), words));
            }
        }
        Ok(Some(Self {
            record: record.0,
            register: key.clone(),
            kind: l.say(&register.label).into_owned(),
            name: name.into_iter().next().unwrap_or_default(),
            state: in_words(&row.state),
            since: row.state_since.to_string(),
            pending,
            counts: counts.as_deref().map(in_words),
            owner: row.owner.as_deref().map(|code| units.name(code).to_owned()),
            fields,
            at,
            geometry,
        }))
    }
}

/// The state in which a record counts on a day, by key; nothing if it does not.
fn counted(
    visitor: &Visitor,
    register: &str,
    record: RecordId,
    day: jiff::civil::Date,
) -> Result<Option<String>, Fault> {
    let query = Query {
        reading: Reading::Counted,
        filters: vec![Filter { column: By::Record, test: Test::OneOf(vec![record.to_string()]) }],
        columns: Some(Vec::new()),
        limit: 1,
        ..Query::new(register, day)
    };
    let page = visitor.now.shelf.list(&query).map_err(Fault::internal)?;
    Ok(page.rows.into_iter().next().map(|row| row.state))
}

/// A value as people read it; nothing where there is none, and never a person.
fn words(pack: &pack::Pack, register: &Register, key: &str, value: &Value, l: Language) -> Option<String> {
    let kind = register.field(key).map(|field| &field.kind);
    let unit = match kind {
        Some(FieldKind::Whole { unit: Some(unit), .. }) => unit.as_str(),
        Some(FieldKind::Decimal { unit, .. }) => unit.as_str(),
        _ => "",
    };
    let unit = pack.unit(unit).in_language(l).into_owned();
    Some(match value {
        Value::Empty | Value::Person(_) | Value::Geometry(_) => return None,
        Value::Text(text) => text.clone(),
        Value::Whole(number) => measured(number, &unit),
        Value::Decimal(number) => measured(number.normalize(), &unit),
        Value::Date(day) => day.to_string(),
        Value::Choice(chosen) => {
            let options = match kind {
                Some(FieldKind::Choice { options }) => options.as_slice(),
                _ => &[],
            };
            let label = options.iter().find(|option| option.key == *chosen).map(|option| &option.label);
            label.map_or_else(|| chosen.clone(), |label| l.say(label).into_owned())
        }
        Value::YesNo(true) => l.say(&w("是", "Yes")).into_owned(),
        Value::YesNo(false) => l.say(&w("否", "No")).into_owned(),
        Value::Reference { label, .. } => label.clone(),
        Value::Unit { name, .. } => name.clone(),
    })
}
