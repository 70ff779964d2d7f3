//! Entries of one register → [`Events`]: typed cells, texts numbered.
//!
//! Starting reads a million entries, so an entry's JSON is visited and never built; what a list does not show (notes,
//! evidence) is skipped. Histories of single records come decoded, and take the same way through [`Reader::take`].

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use ledger::{Entry, Kind, Value};
use pack::{FieldKind, Register};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::dictionary::{Interner, Records};
use crate::error::ShelfError;
use crate::number::{day_of, parse_day, parse_decimal};

/// A value that an entry gives to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    /// A whole number, a day, or yes (1) or no (0).
    Number(i64),
    /// A decimal in units of the field's last decimal: high and low half, as a 128-bit integer would double the size of
    /// every cell by its alignment.
    Decimal(i64, u64),
    /// A text, or a record's number, in the field's dictionary.
    Code(u32),
}

/// What an entry does to its record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) record: u64,
    pub(crate) number: u64,
    /// Microseconds since 1970.
    pub(crate) recorded: i64,
    pub(crate) effective: i32,
    pub(crate) kind: Kind,
    pub(crate) owner: Option<u32>,
    pub(crate) state: Option<u32>,
    pub(crate) author: u32,
    /// A stretch of [`Events::patches`].
    pub(crate) patches: (u32, u32),
}

/// The entries of one register.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(crate) list: Vec<Event>,
    /// The fields (by place) that entries set.
    pub(crate) patches: Vec<(u16, Cell)>,
    pub(crate) owners: Interner,
    pub(crate) states: Interner,
    pub(crate) authors: Interner,
    /// For each field its texts, or the records that it refers to.
    pub(crate) texts: Vec<Interner>,
    pub(crate) records: Vec<Records>,
}

/// Reads entries of one register.
pub(crate) struct Reader<'a> {
    register: &'a Register,
    fields: HashMap<&'a str, u16>,
    pub(crate) events: Events,
    /// The moment that the last entry was recorded at, as text and number: a batch shares one.
    moment: (String, i64),
}

const TOO_LARGE: &str = "the register is too large";

impl<'a> Reader<'a> {
    pub(crate) fn new(register: &'a Register) -> Self {
        let fields =
            register.fields.iter().zip(0_u16..).map(|(field, at)| (field.key.as_str(), at)).collect();
        let events = Events {
            texts: register.fields.iter().map(|_| Interner::default()).collect(),
            records: register.fields.iter().map(|_| Records::default()).collect(),
            ..Events::default()
        };
        Self { register, fields, events, moment: (String::new(), 0) }
    }

    /// Reads an entry's bytes.
    pub(crate) fn read(&mut self, number: u64, bytes: &[u8]) -> Result<(), ShelfError> {
        let first = self.events.patches.len();
        let mut parser = serde_json::Deserializer::from_slice(bytes);
        let read = Fields { reader: self }.deserialize(&mut parser);
        // The place within the entry's one line says nothing to people.
        let reason = |error: serde_json::Error| {
            error.to_string().split(" at line 1 ").next().unwrap_or_default().to_owned()
        };
        let raw = read.map_err(|error| self.fault(number, reason(error)))?;
        self.keep(number, first, raw)
    }

    /// Takes an entry that was decoded already.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<(), ShelfError> {
        let number = entry.number.0;
        let first = self.events.patches.len();
        let too_large = || TOO_LARGE.to_owned();
        let raw = (|| {
            for (key, value) in &entry.fields {
                let Some(&field) = self.fields.get(key.as_str()) else { continue };
                let cell = match value {
                    Value::Null => Cell::Null,
                    Value::Flag(flag) => self.flag(field, *flag)?,
                    Value::Whole(whole) => self.whole(field, *whole)?,
                    Value::Text(text) => self.text(field, text)?,
                };
                self.events.patches.push((field, cell));
            }
            let events = &mut self.events;
            Ok(Raw {
                kind: Some(entry.kind),
                record: Some(entry.record.0),
                effective: Some(day_of(entry.effective)),
                recorded: Some(entry.recorded.as_microsecond()),
                author: Some(events.authors.code(&entry.actor).ok_or_else(too_large)?),
                owner: match &entry.unit {
                    Some(unit) => Some(events.owners.code(unit).ok_or_else(too_large)?),
                    None => None,
                },
                state: match &entry.state {
                    Some(state) => Some(events.states.code(state).ok_or_else(too_large)?),
                    None => None,
                },
            })
        })();
        let raw = raw.map_err(|reason| self.fault(number, reason))?;
        self.keep(number, first, raw)
    }

    fn keep(&mut self, number: u64, first: usize, raw: Raw) -> Result<(), ShelfError> {
        let missing = |what: &str| self.fault(number, format!("it has no {what}"));
        let patches = (u32::try_from(first), u32::try_from(self.events.patches.len()));
        let (Ok(first), Ok(last)) = patches else { return Err(self.fault(number, TOO_LARGE.to_owned())) };
        let event = Event {
            record: raw.record.unwrap_or(number),
            number,
            recorded: raw.recorded.ok_or_else(|| missing("time"))?,
            effective: raw.effective.ok_or_else(|| missing("effective date"))?,
            kind: raw.kind.ok_or_else(|| missing("kind"))?,
            owner: raw.owner,
            state: raw.state,
            author: raw.author.ok_or_else(|| missing("actor"))?,
            patches: (first, last),
        };
        self.events.list.push(event);
        Ok(())
    }

    fn fault(&self, number: u64, reason: String) -> ShelfError {
        ShelfError::Entry { register: self.register.key.clone(), number, reason }
    }

    fn text(&mut self, field: u16, text: &str) -> Result<Cell, String> {
        let at = usize::from(field);
        let field = &self.register.fields[at];
        let wrong = |what: &str| format!("`{}` is {text:?}, which is no {what}", field.key);
        match &field.kind {
            FieldKind::Date { .. } => {
                parse_day(text).map(|day| Cell::Number(i64::from(day))).ok_or_else(|| wrong("date"))
            }
            FieldKind::Decimal { decimals, .. } => {
                let value =
                    parse_decimal(text, *decimals).ok_or_else(|| wrong("decimal of the field's form"))?;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "the halves are meant"
                )]
                Ok(Cell::Decimal((value >> 64) as i64, value as u64))
            }
            FieldKind::Whole { .. } | FieldKind::Reference { .. } => Err(wrong("whole number")),
            FieldKind::YesNo => Err(wrong("yes or no")),
            _ => self.events.texts[at].code(text).map(Cell::Code).ok_or_else(|| TOO_LARGE.to_owned()),
        }
    }

    fn whole(&mut self, field: u16, whole: i64) -> Result<Cell, String> {
        let at = usize::from(field);
        let field = &self.register.fields[at];
        let wrong = || format!("`{}` is {whole}, where the pack wants something else", field.key);
        match field.kind {
            FieldKind::Whole { .. } => Ok(Cell::Number(whole)),
            FieldKind::Reference { .. } => {
                let record = u64::try_from(whole).map_err(|_| wrong())?;
                self.events.records[at].code(record).map(Cell::Code).ok_or_else(|| TOO_LARGE.to_owned())
            }
            _ => Err(wrong()),
        }
    }

    fn flag(&mut self, field: u16, flag: bool) -> Result<Cell, String> {
        let field = &self.register.fields[usize::from(field)];
        match field.kind {
            FieldKind::YesNo => Ok(Cell::Number(i64::from(flag))),
            _ => Err(format!("`{}` is {flag}, where the pack wants something else", field.key)),
        }
    }

    fn moment(&mut self, text: &str) -> Option<i64> {
        if self.moment.0 != text {
            let moment: Timestamp = text.parse().ok()?;
            self.moment = (text.to_owned(), moment.as_microsecond());
        }
        Some(self.moment.1)
    }
}

#[derive(Default)]
struct Raw {
    kind: Option<Kind>,
    record: Option<u64>,
    effective: Option<i32>,
    recorded: Option<i64>,
    owner: Option<u32>,
    state: Option<u32>,
    author: Option<u32>,
}

/// Visits an entry's object.
struct Fields<'r, 'a> {
    reader: &'r mut Reader<'a>,
}

impl<'de> DeserializeSeed<'de> for Fields<'_, '_> {
    type Value = Raw;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut raw = Raw::default();
        let events = |_: ()| A::Error::custom(TOO_LARGE);
        while let Some(key) = map.next_key_seed(owned(|text| match text {
            "kind" => Ok(Key::Kind),
            "record" => Ok(Key::Record),
            "effective" => Ok(Key::Effective),
            "recorded" => Ok(Key::Recorded),
            "actor" => Ok(Key::Actor),
            "unit" => Ok(Key::Unit),
            "state" => Ok(Key::State),
            "fields" => Ok(Key::Fields),
            _ => Ok(Key::Other),
        }))? {
            let reader = &mut *self.reader;
            match key {
                Key::Kind => raw.kind = map.next_value_seed(owned(|text| Ok(Kind::from_word(text))))?,
                Key::Record => raw.record = map.next_value()?,
                Key::Effective => raw.effective = map.next_value_seed(owned(|text| Ok(parse_day(text))))?,
                Key::Recorded => raw.recorded = map.next_value_seed(owned(|text| Ok(reader.moment(text))))?,
                Key::Actor => {
                    let author = map.next_value_seed(owned(|text| Ok(reader.events.authors.code(text))))?;
                    raw.author = Some(author.ok_or(()).map_err(events)?);
                }
                Key::Unit => {
                    let owner = map.next_value_seed(owned(|text| Ok(reader.events.owners.code(text))))?;
                    raw.owner = Some(owner.ok_or(()).map_err(events)?);
                }
                Key::State => {
                    let state = map.next_value_seed(owned(|text| Ok(reader.events.states.code(text))))?;
                    raw.state = Some(state.ok_or(()).map_err(events)?);
                }
                Key::Fields => map.next_value_seed(Patches { reader })?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(raw)
    }
}

enum Key {
    Kind,
    Record,
    Effective,
    Recorded,
    Actor,
    Unit,
    State,
    Fields,
    Other,
}

/// So that the closure is known to take a text of any lifetime.
fn owned<T, F: FnOnce(&str) -> Result<T, String>>(make: F) -> Owned<F> {
    Owned(make)
}

/// Visits a text and makes something of it at once, whether it stands in the bytes as it is or was unescaped.
struct Owned<F>(F);

impl<'de, T, F: FnOnce(&str) -> Result<T, String>> DeserializeSeed<'de> for Owned<F> {
    type Value = T;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Owned<F> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

/// Visits the object of an entry's fields.
struct Patches<'r, 'a> {
    reader: &'r mut Reader<'a>,
}

impl<'de> DeserializeSeed<'de> for Patches<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Patches<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of an entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.reader;
        while let Some(field) = map.next_key_seed(owned(|text| Ok(reader.fields.get(text).copied())))? {
            match field {
                // A field that the pack no longer has is not lost, only not asked for.
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(field) => {
                    let cell = map.next_value_seed(Content { reader: &mut *reader, field })?;
                    reader.events.patches.push((field, cell));
                }
            }
        }
        Ok(())
    }
}

/// Visits a field's value.
struct Content<'r, 'a> {
    reader: &'r mut Reader<'a>,
    field: u16,
}

impl<'de> DeserializeSeed<'de> for Content<'_, '_> {
    type Value = Cell;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Content<'_, '_> {
    type Value = Cell;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's value")
    }
    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }
    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<Cell, E> {
        self.reader.flag(self.field, flag).map_err(E::custom)
    }
    fn visit_i64<E: serde::de::Error>(self, whole: i64) -> Result<Cell, E> {
        self.reader.whole(self.field, whole).map_err(E::custom)
    }
    fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<Cell, E> {
        let whole = i64::try_from(whole).map_err(|_| E::custom("a whole number is too large"))?;
        self.reader.whole(self.field, whole).map_err(E::custom)
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cell, E> {
        self.reader.text(self.field, text).map_err(E::custom)
    }
}
