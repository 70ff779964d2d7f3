//! What the book holds, as JSON shows it.

use ledger::RecordId;
use message::Language;
use pack::Register;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use shelf::{Row, Units, Value};
use utoipa::ToSchema;

use access::Resource;

use crate::app::InForce;
use crate::fault::Fault;
use crate::when;

/// A record as it stands on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordView {
    /// The record's number, which it keeps for ever.
    pub id: u64,
    /// The register's key.
    pub register: String,
    /// The number of its latest entry: what a change must be based on.
    pub version: u64,
    /// The state's key.
    pub state: String,
    /// The day from which it is in that state.
    #[schema(format = Date)]
    pub state_since: String,
    /// The owner: its code, and its name on the day.
    pub owner: Option<UnitName>,
    /// The day from which it is as shown.
    #[schema(format = Date)]
    pub effective: String,
    /// The first day on which it no longer is, where that is known already.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// When its latest entry was recorded.
    #[schema(format = DateTime)]
    pub recorded: String,
    /// How it stands with its verifiers: `entered`, `pending`, `returned`, `verified`.
    pub status: &'static str,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// The accounts whose entries wait for verification; if none waits, the one of its latest entry.
    pub authors: Vec<String>,
    /// The values by field: texts, whole numbers, `true` and `false`, decimals as text in the field's unit, days as
    /// `2026-03-01`, options by key, references as `{record, label}`, units as `{code, name}`, people as pseudonyms,
    /// shapes as GeoJSON; `null` where there is none.
    #[schema(value_type = Object)]
    pub values: Map<String, Json>,
}

/// A unit by code and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitName {
    /// Its code.
    pub code: String,
    /// Its name on the day.
    pub name: String,
}

impl RecordView {
    /// A row of a register's list with its columns.
    pub fn of(register: &str, row: &Row, columns: &[String], units: &Units) -> Self {
        let values = columns.iter().cloned().zip(row.values.iter().map(shown)).collect();
        Self {
            id: row.record.0,
            register: register.to_owned(),
            version: row.version.0,
            state: row.state.clone(),
            state_since: row.state_since.to_string(),
            owner: row.owner.as_ref().map(|code| unit_name(units, code)),
            effective: row.effective.to_string(),
            until: row.until.map(|day| day.to_string()),
            recorded: row.recorded.to_string(),
            status: row.status.key(),
            withdrawn: row.withdrawn,
            authors: row.authors.clone(),
            values,
        }
    }
}

/// A unit's code with its name.
pub fn unit_name(units: &Units, code: &str) -> UnitName {
    UnitName { code: code.to_owned(), name: units.name(code).to_owned() }
}

/// A value as programs read it.
fn shown(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Text(text) | Value::Choice(text) | Value::Person(text) => json!(text),
        Value::Whole(number) => json!(number),
        Value::Decimal(number) => json!(number.to_string()),
        Value::Date(day) => json!(day.to_string()),
        Value::YesNo(yes) => json!(yes),
        Value::Reference { record, label } => json!({ "record": record.0, "label": label }),
        Value::Unit { code, name } => json!({ "code": code, "name": name }),
        Value::Geometry(shape) => shape.to_geojson(),
    }
}

/// A record with what rights are asked about.
pub struct Found {
    /// The register.
    pub register: Register,
    /// The record as it stands today.
    pub row: Row,
    /// The owner, then the units above it, the city last, as they are today.
    pub units: Vec<String>,
}

impl Found {
    /// The record of this number, today.
    pub fn today(now: &InForce, record: u64, language: Language) -> Result<Self, Fault> {
        let today = when::today();
        let key = now.shelf.find(RecordId(record)).map_err(Fault::internal)?.ok_or(Fault::NotFound)?;
        let register = now.pack.register(&key).ok_or(Fault::NotFound)?.clone();
        let row = now.shelf.record(&key, RecordId(record), today, language).map_err(Fault::internal)?;
        let row = row.ok_or(Fault::NotFound)?;
        let tree = now.shelf.units(today).map_err(Fault::internal)?;
        let units = row.owner.as_ref().map_or_else(Vec::new, |owner| upward(&tree, owner));
        Ok(Self { register, row, units })
    }

    /// What rights are asked about.
    pub fn resource(&self) -> Resource<'_> {
        Resource {
            register: Some(&self.register.key),
            units: &self.units,
            // Of a record that is verified nobody's entries wait.
            authors: if self.row.status == shelf::Status::Verified { &[] } else { &self.row.authors },
            state: Some(&self.row.state),
        }
    }
}

/// A unit and those above it; one that the tree does not have stands alone.
pub fn upward(tree: &Units, code: &str) -> Vec<String> {
    match tree.upward(code) {
        none if none.is_empty() => vec![code.to_owned()],
        units => units,
    }
}
