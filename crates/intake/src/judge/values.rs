//! The values of a record: read by their fields, complete, and in the end only those that are new.
//!
//! Why it exists: a value is stated, cleared or not mentioned, and these three must stay apart from the first reading
//! to the draft, since blank means “not stated”.

use std::collections::BTreeMap;

use ledger::Value;
use message::{did_you_mean, text};

use super::{Judge, NamedPerson};
use crate::current::ValueRef;
use crate::error::FieldFault;
use crate::raw::RawRecord;
use crate::read::{Stated, Surroundings, display, read_value};

impl Judge<'_, '_> {
    /// Every value of the record, by the places of the fields.
    pub(super) fn read_values(&mut self, raw: &RawRecord<'_>) -> Vec<Stated> {
        let rules = &self.loaded.rules;
        let around = Surroundings {
            book: self.book,
            rules,
            gcj02: self.context.gcj02,
            effective: self.effective,
            in_file: self.context.in_file,
        };
        let mut stated = vec![Stated::Nothing; rules.register.fields.len()];
        for (key, value) in &raw.values {
            let Some(field) = rules.field(key) else {
                let near = did_you_mean(key, rules.register.fields.iter().map(|field| field.key.as_str()));
                let message = match near {
                    Some(near) => text!(
                        "没有字段 `{key}`；是否想写 `{near}`",
                        "there is no field `{key}`; did you mean `{near}`?"
                    ),
                    None => text!("没有字段 `{key}`", "there is no field `{key}`"),
                };
                self.faults.push(FieldFault::new(*key, display(value), message));
                continue;
            };
            match read_value(&around, field, value) {
                Ok(Stated::Nothing) => {}
                Ok(_) if stated[field] != Stated::Nothing => {
                    self.faults.push(FieldFault::new(
                        *key,
                        display(value),
                        text!("这一项填了两次", "this is stated twice"),
                    ));
                }
                Ok(value) => stated[field] = value,
                Err(message) => self.faults.push(FieldFault::new(*key, display(value), message)),
            }
        }
        stated
    }

    pub(super) fn check_required(&mut self, stated: &[Stated], slot: Option<u32>) {
        for (field, value) in self.loaded.rules.register.fields.iter().zip(stated) {
            let missing = match value {
                Stated::Nothing => slot.is_none(),
                Stated::Clear => true,
                Stated::Value(_) | Stated::Person { .. } => false,
            };
            // A value that could not be read has its own fault.
            if field.required && missing && !self.faults.iter().any(|fault| fault.field == field.key) {
                self.fault(&field.key, "", text!("必填", "this is required"));
            }
        }
    }

    /// Only what differs from the record as it stands.
    pub(super) fn changed(
        &self,
        stated: Vec<Stated>,
        current: Option<&[ValueRef<'_>]>,
    ) -> (BTreeMap<String, Value>, Vec<NamedPerson>) {
        let (mut fields, mut people) = (BTreeMap::new(), Vec::new());
        let register = self.loaded.rules.register;
        for (index, value) in stated.into_iter().enumerate() {
            let key = &register.fields[index].key;
            let now = current.map_or(ValueRef::Null, |values| values[index]);
            match value {
                Stated::Nothing => {}
                Stated::Clear if now == ValueRef::Null => {}
                Stated::Clear => drop(fields.insert(key.clone(), Value::Null)),
                Stated::Value(value) if ValueRef::from(&value) == now => {}
                Stated::Value(value) => drop(fields.insert(key.clone(), value)),
                Stated::Person { name, phone } => {
                    people.push(NamedPerson { field: key.clone(), name, phone })
                }
            }
        }
        (fields, people)
    }
}
