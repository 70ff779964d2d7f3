//! The records of a register as they stand now, lean enough for hundreds of thousands.
//!
//! Values lie packed in one small block of bytes a record; a map leads from each unique key to its record.

use std::collections::HashMap;

use jiff::civil::Date;
use ledger::{Kind, Value};

use crate::rules::Rules;

/// The records of a register, by the order of their creation.
#[derive(Default)]
pub(crate) struct Current {
    ids: Vec<u64>,
    pub(crate) slots: Vec<Slot>,
    /// One map for each unique group.
    keys: Vec<HashMap<Box<str>, u32>>,
    /// Whether the maps exist; while loading they do not, since they are cheaper built once.
    indexed: bool,
    /// Records whose entries did not come in the order of their dates, while loading.
    disordered: Vec<u64>,
}

/// A record as it stands.
#[derive(Clone)]
pub(crate) struct Slot {
    /// Its latest entry.
    pub(crate) version: u64,
    /// From when it exists.
    pub(crate) created: Date,
    /// The latest date from which anything of it holds.
    pub(crate) last: Date,
    pub(crate) state_since: Date,
    /// Its owner, as the book's list of owners numbers it.
    pub(crate) owner: u32,
    /// The row of the present file that created it; 0 if it is in the book.
    pub(crate) row: u32,
    pub(crate) state: u16,
    pub(crate) withdrawn: bool,
    /// Whether anything was entered since it was last verified.
    pub(crate) pending: bool,
    values: Box<[u8]>,
}

/// An entry or draft, as far as it changes a record.
pub(crate) struct Step<'a> {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    pub(crate) record: u64,
    pub(crate) effective: Date,
    pub(crate) owner: Option<u32>,
    pub(crate) state: Option<usize>,
    pub(crate) fields: &'a [(usize, ValueRef<'a>)],
    pub(crate) row: u32,
}

/// A value without its own memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueRef<'a> {
    Null,
    Flag(bool),
    Whole(i64),
    Text(&'a str),
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Whole(number) => Self::Whole(*number),
            Value::Text(text) => Self::Text(text),
        }
    }
}

impl ValueRef<'_> {
    fn write_key(self, out: &mut String) -> bool {
        use std::fmt::Write as _;
        match self {
            Self::Null => return false,
            // Writing to a String cannot fail.
            Self::Flag(flag) => drop(write!(out, "{flag}")),
            Self::Whole(number) => drop(write!(out, "{number}")),
            Self::Text(text) => out.push_str(text),
        }
        true
    }
}

impl Current {
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn id(&self, slot: u32) -> u64 {
        self.ids[slot as usize]
    }

    pub(crate) fn slot_of(&self, record: u64) -> Option<u32> {
        // Records come in the order of their numbers, so the list is sorted.
        self.ids.binary_search(&record).ok().map(|slot| slot as u32)
    }

    pub(crate) fn slot(&self, slot: u32) -> &Slot {
        &self.slots[slot as usize]
    }

    /// The record with this key in a unique group.
    pub(crate) fn by_key(&self, group: usize, key: &str) -> Option<u32> {
        self.keys.get(group)?.get(key).copied()
    }

    /// The record's values, by the places of its fields.
    pub(crate) fn values(&self, slot: u32, fields: usize) -> Vec<ValueRef<'_>> {
        let mut values = vec![ValueRef::Null; fields];
        for (field, value) in Unpack(&self.slots[slot as usize].values) {
            if let Some(place) = values.get_mut(field) {
                *place = value;
            }
        }
        values
    }

    /// Applies an entry. A step for an unknown record is left out: the ledger vouches that there is none.
    pub(crate) fn apply(&mut self, rules: &Rules<'_>, step: &Step<'_>) {
        if step.kind == Kind::Create {
            self.create(rules, step);
            return;
        }
        let Some(slot) = self.slot_of(step.record) else { return };
        let changes_meaning = !matches!(step.kind, Kind::Verify | Kind::Return);
        if self.indexed && changes_meaning {
            self.forget_keys(rules, slot);
        }
        let record = &mut self.slots[slot as usize];
        record.version = record.version.max(step.number);
        record.pending = match step.kind {
            Kind::Verify => false,
            Kind::Return => record.pending,
            _ => true,
        };
        if changes_meaning {
            if step.effective < record.last && !self.indexed {
                self.disordered.push(step.record);
            }
            record.last = record.last.max(step.effective);
        }
        match step.kind {
            Kind::Amend => {
                record.owner = step.owner.unwrap_or(record.owner);
                record.values = amended(&record.values, step.fields);
            }
            Kind::Advance => {
                if let Some(state) = step.state {
                    record.state = state as u16;
                    record.state_since = step.effective;
                }
            }
            Kind::Withdraw => record.withdrawn = true,
            Kind::Create | Kind::Verify | Kind::Return => {}
        }
        if self.indexed && changes_meaning {
            self.learn_keys(rules, slot);
        }
    }

    fn create(&mut self, rules: &Rules<'_>, step: &Step<'_>) {
        let slot = self.slots.len() as u32;
        self.ids.push(step.number);
        self.slots.push(Slot {
            version: step.number,
            created: step.effective,
            last: step.effective,
            state_since: step.effective,
            owner: step.owner.unwrap_or(u32::MAX),
            row: step.row,
            state: step.state.unwrap_or_else(|| rules.initial_state()) as u16,
            withdrawn: false,
            pending: true,
            values: amended(&[], step.fields),
        });
        if self.indexed {
            self.learn_keys(rules, slot);
        }
    }

    /// Whether something of a record is pending; none if there is no such record.
    pub(crate) fn pending_mut(&mut self, record: u64) -> Option<&mut bool> {
        let slot = self.slot_of(record)?;
        Some(&mut self.slots[slot as usize].pending)
    }

    /// Records whose entries must be applied again in the order of their dates; asked once, after loading.
    pub(crate) fn take_disordered(&mut self) -> Vec<u64> {
        let mut records = std::mem::take(&mut self.disordered);
        records.sort_unstable();
        records.dedup();
        records
    }

    /// Begins a record anew, so that its entries can be applied in the order of their dates.
    pub(crate) fn reset(&mut self, rules: &Rules<'_>, step: &Step<'_>) {
        let Some(slot) = self.slot_of(step.record) else { return };
        let record = &mut self.slots[slot as usize];
        *record = Slot {
            created: step.effective,
            last: step.effective,
            state_since: step.effective,
            owner: step.owner.unwrap_or(u32::MAX),
            state: step.state.unwrap_or_else(|| rules.initial_state()) as u16,
            values: amended(&[], step.fields),
            ..record.clone()
        };
    }

    /// Builds the maps of unique keys.
    pub(crate) fn index(&mut self, rules: &Rules<'_>) {
        self.keys = rules.unique.iter().map(|_| HashMap::with_capacity(self.slots.len())).collect();
        self.indexed = true;
        for slot in 0..self.slots.len() as u32 {
            self.learn_keys(rules, slot);
        }
    }

    fn learn_keys(&mut self, rules: &Rules<'_>, slot: u32) {
        if self.slots[slot as usize].withdrawn {
            return;
        }
        for (group, key) in self.keys_of(rules, slot) {
            self.keys[group].entry(key.into_boxed_str()).or_insert(slot);
        }
    }

    fn forget_keys(&mut self, rules: &Rules<'_>, slot: u32) {
        for (group, key) in self.keys_of(rules, slot) {
            if self.keys[group].get(key.as_str()) == Some(&slot) {
                self.keys[group].remove(key.as_str());
            }
        }
    }

    fn keys_of(&self, rules: &Rules<'_>, slot: u32) -> Vec<(usize, String)> {
        if rules.unique.is_empty() {
            return Vec::new();
        }
        let values = self.values(slot, rules.register.fields.len());
        let groups = rules.unique.iter().enumerate();
        groups
            .filter_map(|(group, fields)| Some((group, key_of(fields.iter().map(|field| values[*field]))?)))
            .collect()
    }
}

/// The key that values make; none if one of them is missing.
pub(crate) fn key_of<'a>(values: impl Iterator<Item = ValueRef<'a>>) -> Option<String> {
    let mut key = String::new();
    for (index, value) in values.enumerate() {
        if index > 0 {
            key.push('\u{1f}');
        }
        if !value.write_key(&mut key) {
            return None;
        }
    }
    Some(key)
}

/// Packs the old values with the changes laid over them.
fn amended(old: &[u8], changes: &[(usize, ValueRef<'_>)]) -> Box<[u8]> {
    let mut out = Vec::with_capacity(old.len() + 16 * changes.len());
    for (field, value) in Unpack(old) {
        if !changes.iter().any(|(changed, _)| *changed == field) {
            pack_value(field, value, &mut out);
        }
    }
    for (field, value) in changes {
        pack_value(*field, *value, &mut out);
    }
    out.into_boxed_slice()
}

fn pack_value(field: usize, value: ValueRef<'_>, out: &mut Vec<u8>) {
    let begin = |tag: u8, out: &mut Vec<u8>| {
        pack_number(field as u64, out);
        out.push(tag);
    };
    match value {
        ValueRef::Null => {}
        ValueRef::Flag(flag) => begin(u8::from(flag), out),
        ValueRef::Whole(number) => {
            begin(2, out);
            pack_number((number.wrapping_shl(1) ^ (number >> 63)) as u64, out);
        }
        ValueRef::Text(text) => {
            begin(3, out);
            pack_number(text.len() as u64, out);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn pack_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads what [`amended`] packed, and nothing else ever.
struct Unpack<'a>(&'a [u8]);

impl Unpack<'_> {
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }
}

impl<'a> Iterator for Unpack<'a> {
    type Item = (usize, ValueRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let field = self.number()? as usize;
        let (tag, rest) = self.0.split_first()?;
        self.0 = rest;
        let value = match tag {
            0 | 1 => ValueRef::Flag(*tag == 1),
            2 => {
                let number = self.number()?;
                ValueRef::Whole((number >> 1) as i64 ^ -((number & 1) as i64))
            }
            _ => {
                let length = self.number()? as usize;
                let (text, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                ValueRef::Text(std::str::from_utf8(text).ok()?)
            }
        };
        Some((field, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Unpack, ValueRef, amended};

    proptest! {
        #[test]
        fn values_are_packed_and_unpacked(
            number: i64, flag: bool, text in "\\PC{0,40}", field in 0_usize..400, over in "\\PC{0,4}",
        ) {
            let first = amended(&[], &[
                (field, ValueRef::Whole(number)), (field + 1, ValueRef::Flag(flag)), (field + 2, ValueRef::Text(&text)),
            ]);
            let second = amended(&first, &[(field, ValueRef::Null), (field + 2, ValueRef::Text(&over))]);
            let found: Vec<_> = Unpack(&first).map(|(_, value)| value).collect();
            prop_assert_eq!(found, vec![ValueRef::Whole(number), ValueRef::Flag(flag), ValueRef::Text(&text)]);
            let found: Vec<_> = Unpack(&second).collect();
            prop_assert_eq!(found, vec![(field + 1, ValueRef::Flag(flag)), (field + 2, ValueRef::Text(&over))]);
        }
    }
}
