//! Entry bytes → [`Events`]: what entries of one register do to its records, in typed cells.
//!
//! This is the hot path of a cold start, so an entry's JSON is visited, never built: texts go into one
//! arena, codes become numbers, and what figures do not need (actors, notes, evidence) is skipped.

use std::fmt;

use hashbrown::HashMap;
use pack::{FieldKind, Register};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::{day, decimal, error::FigureError};

/// What an entry does. The words are the ledger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Begins a record.
    Create,
    /// Sets fields, or the owner.
    Amend,
    /// Sets the state.
    Advance,
    /// Makes everything before it count.
    Verify,
    /// Changes nothing that counts.
    Return,
    /// Ends the record.
    Withdraw,
}

/// A value that an entry gives to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A whole number or a reference.
    Whole(i64),
    /// A decimal, as the high and low half of an integer with the field's decimals. (Halves, because
    /// a 128-bit integer would double the size of every cell by its alignment.)
    Decimal(i64, u64),
    /// A day.
    Day(i32),
    /// A text in [`Events::text`].
    Text(u32, u32),
}

/// What an entry does to its record.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The record.
    pub record: u64,
    /// The entry's number.
    pub number: u64,
    /// The day from which it holds.
    pub effective: i32,
    /// What it does.
    pub kind: Kind,
    /// The owner it sets, in [`Events::owners`].
    pub owner: Option<u32>,
    /// The state it sets, in [`Events::states`].
    pub state: Option<u32>,
    /// The fields it sets: a stretch of [`Events::patches`].
    pub patches: (u32, u32),
}

/// The entries of one register.
#[derive(Debug, Default)]
pub struct Events {
    /// In the order of the book.
    pub list: Vec<Event>,
    /// The fields (by index) that entries set.
    pub patches: Vec<(u16, Cell)>,
    /// The texts of cells.
    pub text: String,
    /// The owners' codes.
    pub owners: Codes,
    /// The states' keys.
    pub states: Codes,
}

/// Texts that occur often, numbered as they come.
#[derive(Debug, Default)]
pub struct Codes {
    /// The texts.
    pub names: Vec<String>,
    numbers: HashMap<String, u32>,
    last: Option<u32>,
}

impl Codes {
    /// The number of a text.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(last) = self.last
            && self.names[last as usize] == name
        {
            return last;
        }
        let number = match self.numbers.get(name) {
            Some(&number) => number,
            None => {
                let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
                self.names.push(name.to_owned());
                self.numbers.insert(name.to_owned(), number);
                number
            }
        };
        self.last = Some(number);
        number
    }
}

/// Reads entries of one register.
pub struct Reader<'a> {
    register: &'a Register,
    fields: HashMap<&'a str, u16>,
    /// What was read so far.
    pub events: Events,
}

impl<'a> Reader<'a> {
    /// A reader for the entries of this register.
    pub fn new(register: &'a Register) -> Self {
        let fields =
            register.fields.iter().zip(0_u16..).map(|(field, index)| (field.key.as_str(), index)).collect();
        Self { register, fields, events: Events::default() }
    }

    /// Reads one more entry.
    pub fn read(&mut self, number: u64, bytes: &[u8]) -> Result<(), FigureError> {
        let first = self.events.patches.len();
        let mut parser = serde_json::Deserializer::from_slice(bytes);
        let raw = Fields { reader: self }.deserialize(&mut parser).map_err(|error| FigureError::Entry {
            register: self.register.key.clone(),
            number,
            // The place within the entry's one line says nothing to people.
            reason: error.to_string().split(" at line 1 ").next().unwrap_or_default().to_owned(),
        })?;
        let fault = |reason: &str| FigureError::Entry {
            register: self.register.key.clone(),
            number,
            reason: reason.to_owned(),
        };
        let too_large = || fault("the register is too large");
        let first = u32::try_from(first).map_err(|_| too_large())?;
        let last = u32::try_from(self.events.patches.len()).map_err(|_| too_large())?;
        self.events.list.push(Event {
            record: raw.record.unwrap_or(number),
            number,
            effective: raw.effective.ok_or_else(|| fault("it has no effective date"))?,
            kind: raw.kind.ok_or_else(|| fault("it has no kind"))?,
            owner: raw.owner,
            state: raw.state,
            patches: (first, last),
        });
        Ok(())
    }

    /// The cell that a text means in a field.
    fn cell_of_text(&mut self, field: u16, text: &str) -> Result<Cell, String> {
        let field = &self.register.fields[usize::from(field)];
        let wrong = |what: &str| format!("`{}` is {text:?}, which is no {what}", field.key);
        match &field.kind {
            FieldKind::Date { .. } => day::parse_days(text).map(Cell::Day).ok_or_else(|| wrong("date")),
            FieldKind::Decimal { decimals, .. } => {
                let value =
                    decimal::parse(text, *decimals).ok_or_else(|| wrong("decimal of the field's form"))?;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "the halves are meant"
                )]
                Ok(Cell::Decimal((value >> 64) as i64, value as u64))
            }
            FieldKind::Whole { .. } | FieldKind::Reference { .. } => Err(wrong("whole number")),
            FieldKind::YesNo => Err(wrong("yes or no")),
            _ => {
                let start = u32::try_from(self.events.text.len());
                self.events.text.push_str(text);
                let (Ok(start), Ok(length)) = (start, u32::try_from(text.len())) else {
                    return Err("the register is too large".to_owned());
                };
                Ok(Cell::Text(start, length))
            }
        }
    }

    fn cell_of_whole(&self, field: u16, whole: i64) -> Result<Cell, String> {
        let field = &self.register.fields[usize::from(field)];
        match field.kind {
            FieldKind::Whole { .. } | FieldKind::Reference { .. } => Ok(Cell::Whole(whole)),
            _ => Err(format!("`{}` is {whole}, where the pack wants no whole number", field.key)),
        }
    }

    fn cell_of_flag(&self, field: u16, flag: bool) -> Result<Cell, String> {
        let field = &self.register.fields[usize::from(field)];
        match field.kind {
            FieldKind::YesNo => Ok(Cell::Flag(flag)),
            _ => Err(format!("`{}` is {flag}, where the pack wants no yes or no", field.key)),
        }
    }
}

#[derive(Default)]
struct Raw {
    kind: Option<Kind>,
    record: Option<u64>,
    effective: Option<i32>,
    owner: Option<u32>,
    state: Option<u32>,
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
        while let Some(key) = map.next_key_seed(Word)? {
            match key {
                Key::Kind => raw.kind = Some(map.next_value_seed(KindWord)?),
                Key::Record => raw.record = map.next_value()?,
                Key::Effective => raw.effective = Some(map.next_value_seed(Day)?),
                Key::Unit => raw.owner = map.next_value_seed(Code(&mut self.reader.events.owners))?,
                Key::State => raw.state = map.next_value_seed(Code(&mut self.reader.events.states))?,
                Key::Fields => map.next_value_seed(Patches { reader: self.reader })?,
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(raw)
    }
}

#[derive(Clone, Copy)]
enum Key {
    Kind,
    Record,
    Effective,
    Unit,
    State,
    Fields,
    Other,
}

/// A visitor of one text, whether borrowed from the entry's bytes or unescaped.
macro_rules! text_seed {
    ($seed:ty, $value:ty, $what:literal, |$self:ident, $text:ident| $body:expr) => {
        impl<'de> DeserializeSeed<'de> for $seed {
            type Value = $value;
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<$value, D::Error> {
                deserializer.deserialize_str(self)
            }
        }
        impl<'de> Visitor<'de> for $seed {
            type Value = $value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($what)
            }
            fn visit_str<E: serde::de::Error>($self, $text: &str) -> Result<$value, E> {
                ($body).ok_or_else(|| E::custom(format!("{:?} is no {}", $text, $what)))
            }
        }
    };
}

struct Word;
text_seed!(Word, Key, "key", |self, text| Some(match text {
    "kind" => Key::Kind,
    "record" => Key::Record,
    "effective" => Key::Effective,
    "unit" => Key::Unit,
    "state" => Key::State,
    "fields" => Key::Fields,
    _ => Key::Other,
}));

struct KindWord;
text_seed!(KindWord, Kind, "kind of entry", |self, text| match text {
    "create" => Some(Kind::Create),
    "amend" => Some(Kind::Amend),
    "advance" => Some(Kind::Advance),
    "verify" => Some(Kind::Verify),
    "return" => Some(Kind::Return),
    "withdraw" => Some(Kind::Withdraw),
    _ => None,
});

struct Day;
text_seed!(Day, i32, "date", |self, text| day::parse_days(text));

/// Visits a code that may be null.
struct Code<'c>(&'c mut Codes);

impl<'de> DeserializeSeed<'de> for Code<'_> {
    type Value = Option<u32>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u32>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Code<'_> {
    type Value = Option<u32>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code")
    }
    fn visit_str<E>(self, text: &str) -> Result<Option<u32>, E> {
        Ok(Some(self.0.number(text)))
    }
    fn visit_unit<E>(self) -> Result<Option<u32>, E> {
        Ok(None)
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
        while let Some(field) = map.next_key_seed(FieldName { reader: &*self.reader })? {
            match field {
                // A field that the pack no longer has is not lost, only not asked for.
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(field) => {
                    let cell = map.next_value_seed(Content { reader: &mut *self.reader, field })?;
                    self.reader.events.patches.push((field, cell));
                }
            }
        }
        Ok(())
    }
}

struct FieldName<'r, 'a> {
    reader: &'r Reader<'a>,
}

impl<'de> DeserializeSeed<'de> for FieldName<'_, '_> {
    type Value = Option<u16>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u16>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for FieldName<'_, '_> {
    type Value = Option<u16>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's key")
    }
    fn visit_str<E>(self, text: &str) -> Result<Option<u16>, E> {
        Ok(self.reader.fields.get(text).copied())
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
        self.reader.cell_of_flag(self.field, flag).map_err(E::custom)
    }
    fn visit_i64<E: serde::de::Error>(self, whole: i64) -> Result<Cell, E> {
        self.reader.cell_of_whole(self.field, whole).map_err(E::custom)
    }
    fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<Cell, E> {
        let whole = i64::try_from(whole).map_err(|_| E::custom("a whole number is too large"))?;
        self.reader.cell_of_whole(self.field, whole).map_err(E::custom)
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cell, E> {
        self.reader.cell_of_text(self.field, text).map_err(E::custom)
    }
}
