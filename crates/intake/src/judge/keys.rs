//! Unique keys: which record is meant, and whether another has the key already.
//!
//! Why it exists: people name records by what identifies them, not by their numbers. The first key of a register
//! decides between a new record and a change; every key must belong to one record only, in the book and in the file.

use message::{Text, text};

use super::Judge;
use crate::book::Loaded;
use crate::current::{ValueRef, key_of};
use crate::read::Stated;

impl Judge<'_, '_> {
    pub(super) fn by_natural_key(&self, stated: &[Stated]) -> Option<u32> {
        let group = self.loaded.rules.unique.first()?;
        let key = key_of(group.iter().map(|field| value_of(&stated[*field], None)))?;
        self.loaded.current.by_key(0, &key)
    }

    pub(super) fn check_unique(
        &mut self,
        stated: &[Stated],
        slot: Option<u32>,
        current: Option<&[ValueRef<'_>]>,
    ) {
        let rules = &self.loaded.rules;
        for (group, fields) in rules.unique.iter().enumerate() {
            let values =
                fields.iter().map(|field| value_of(&stated[*field], current.map(|values| values[*field])));
            let Some(key) = key_of(values) else { continue };
            let Some(other) = self.loaded.current.by_key(group, &key).filter(|other| Some(*other) != slot)
            else {
                continue;
            };
            let field = &rules.register.fields[fields[0]].key;
            self.fault(field, &key.replace('\u{1f}', " / "), already(self.loaded, other));
        }
    }
}

/// What the value will be once the record has entered.
fn value_of<'a>(stated: &'a Stated, current: Option<ValueRef<'a>>) -> ValueRef<'a> {
    match stated {
        Stated::Nothing => current.unwrap_or(ValueRef::Null),
        Stated::Clear | Stated::Person { .. } => ValueRef::Null,
        Stated::Value(value) => ValueRef::from(value),
    }
}

/// Names the record or row that already has a unique key.
fn already(loaded: &Loaded<'_>, other: u32) -> Text {
    let (row, id) = (loaded.current.slot(other).row, loaded.current.id(other));
    if row > 0 {
        text!("与第{row}行重复", "this is already in row {row}")
    } else {
        text!("与记录 #{id} 重复", "this is already in record #{id}")
    }
}

/// The fault of a row whose record an earlier row of the same file has created or changed.
pub(crate) fn repeated_row(row: u32) -> Text {
    text!("与第{row}行是同一条记录", "this is the same record as row {row}")
}
