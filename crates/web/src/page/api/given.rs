//! What programs send to be entered, read into the scribe's words. Whether it is right, the register's rules say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use geodesy::Geometry;
use intake::{Form, RawValue};
use jiff::civil::Date;
use ledger::{EvidenceHash, RecordId};
use message::{Text, text};
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::fault::Fault;

/// What is stated of a record.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The values by field: texts; numbers, or better decimals as text, in the field's unit; days as `2026-03-01`; options
    /// by key or label; `true` and `false`; references as `{"record": 42}` or by natural key; units by code; shapes as
    /// GeoJSON; people as `{"name": …, "phone": …}`, of whom the book keeps a pseudonym only. `null` clears a field.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Json>,
    /// The owner: a unit's code, or its name where that is unambiguous.
    #[serde(default)]
    pub owner: Option<String>,
    /// The day from which it holds; today unless given.
    #[serde(default)]
    #[schema(format = Date)]
    pub effective: Option<String>,
    /// The state that it should be in: key or label.
    #[serde(default)]
    pub state: Option<String>,
    /// Evidence that was uploaded before, by content hash.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// A remark.
    #[serde(default)]
    pub note: Option<String>,
}

impl Stated {
    /// The same as the scribe reads it.
    pub fn form(&self, today: Date) -> Result<Form, Fault> {
        let mut faults = Vec::new();
        let mut values = Vec::new();
        for (key, value) in &self.values {
            match value_of(value) {
                Ok(value) => values.push((key.clone(), value)),
                Err(text) => faults.push((key.clone(), text)),
            }
        }
        let evidence = hashes(&self.evidence, &mut faults);
        let effective = effective(self.effective.as_deref(), today, &mut faults);
        if !faults.is_empty() {
            return Err(refused(faults));
        }
        Ok(Form {
            values,
            owner: self.owner.clone(),
            effective: Some(effective),
            state: self.state.clone(),
            evidence,
            note: self.note.clone(),
        })
    }
}

/// The evidence that is named.
pub fn hashes(given: &[String], faults: &mut Vec<(String, Text)>) -> Vec<EvidenceHash> {
    let mut hashes = Vec::new();
    for hash in given {
        match hash.parse() {
            Ok(hash) => hashes.push(hash),
            Err(_) => faults.push((
                "@evidence".to_owned(),
                text!(
                    "佐证应以 64 位十六进制的内容摘要表示。",
                    "Evidence is named by its hash, 64 hexadecimal digits."
                ),
            )),
        }
    }
    hashes
}

/// The day from which something holds.
pub fn effective(given: Option<&str>, today: Date, faults: &mut Vec<(String, Text)>) -> Date {
    match given.map(super::records::day) {
        None => today,
        Some(Some(day)) => day,
        Some(None) => {
            let wrong = text!("日期应写作 2026-03-01。", "Days are written as 2026-03-01.");
            faults.push(("@effective".to_owned(), wrong));
            today
        }
    }
}

/// What is wrong, field by field.
pub fn refused(faults: Vec<(String, Text)>) -> Fault {
    Fault::Refused { text: text!("有内容须更正。", "Something has to be corrected."), fields: faults }
}

fn value_of(value: &Json) -> Result<RawValue<'static>, Text> {
    Ok(match value {
        Json::Null => RawValue::Clear,
        Json::Bool(yes) => RawValue::Flag(*yes),
        Json::String(text) => RawValue::Text(Cow::Owned(text.clone())),
        // A fraction is taken as it is written, so that it stays exact.
        Json::Number(number) => match number.as_i64() {
            Some(whole) => RawValue::Whole(whole),
            None => RawValue::Text(Cow::Owned(number.to_string())),
        },
        Json::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Json::as_str);
            if let Some(record) = object.get("record").and_then(Json::as_u64) {
                RawValue::Record(RecordId(record))
            } else if object.contains_key("coordinates") {
                let shape = Geometry::from_geojson(value).map_err(|fault| {
                    let why = fault.to_string();
                    text!("图形有误：{why}", "the shape cannot be read: {why}")
                })?;
                RawValue::Geometry(Box::new(shape))
            } else if let Some(code) = text("code") {
                RawValue::Text(Cow::Owned(code.to_owned()))
            } else if let Some(name) = text("name") {
                let phone = text("phone").unwrap_or_default().to_owned();
                RawValue::Person { name: Cow::Owned(name.to_owned()), phone: Cow::Owned(phone) }
            } else {
                return Err(text!("不认识这样的值。", "a value of this form is not read"));
            }
        }
        Json::Array(_) => return Err(text!("不认识这样的值。", "a value of this form is not read")),
    })
}
