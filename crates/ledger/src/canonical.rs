//! An entry's bytes: canonical JSON, one text for one entry.
//!
//! **Frozen.** These bytes are the leaves of the signed tree. The order of the keys below, which keys are left out
//! (absent options, empty lists and maps), the escapes and the shape of dates and times can never change, because every
//! checkpoint ever signed and every proof ever handed out was computed from them. What a later version must add, it
//! adds as a new key at the end, absent in entries that do not need it. The test `bytes_are_frozen` pins them.
//!
//! ```text
//! {"kind":…,"register":…,"record":…,"based_on":…,"effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000000Z",
//!  "actor":…,"unit":…,"state":…,"fields":{…sorted…},"evidence":[…],"note":…,"batch":{"key":…,"count":…}}   (one line)
//! ```
//!
//! The number is not among them: the leaf's place in the tree is the number. A creation has no `record`: it is its own
//! number.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::entry::{BatchHead, Draft, Entry, EntryNumber, Kind, RecordId, Value};
use crate::error::LedgerError;
use crate::evidence::EvidenceHash;

/// What the ledger adds to a draft when it writes it down.
pub(crate) struct Stamp<'a> {
    /// The time, already as text: all entries of a commit share it.
    pub recorded: &'a str,
    pub actor: &'a str,
    /// The batch's key and length, for the first entry of a batch.
    pub batch: Option<(&'a str, u64)>,
}

/// Appends the bytes of a draft, as it will stand in the book, to `out`.
pub(crate) fn write_draft(out: &mut Vec<u8>, draft: &Draft, stamp: &Stamp<'_>) {
    write(
        out,
        &Parts {
            kind: draft.kind,
            register: &draft.register,
            record: draft.record,
            based_on: draft.based_on,
            effective: draft.effective,
            unit: draft.unit.as_deref(),
            state: draft.state.as_deref(),
            fields: &draft.fields,
            evidence: &draft.evidence,
            note: draft.note.as_deref(),
        },
        stamp,
    );
}

/// The text of an instant. Always six decimals, so that equal instants have equal bytes.
pub(crate) fn recorded_text(recorded: Timestamp) -> String {
    format!("{recorded:.6}")
}

impl Entry {
    /// Reads an entry from its bytes. Never panics, whatever the bytes are.
    ///
    /// ```
    /// # use ledger::{Entry, EntryNumber, RecordId};
    /// let bytes = br#"{"kind":"create","register":"docks","effective":"2016-12-31","recorded":"2026-01-02T03:04:05.000000Z","actor":"zhang","fields":{"name":"7"}}"#;
    /// let entry = Entry::decode(EntryNumber(12), bytes)?;
    /// assert_eq!(entry.record, RecordId(12)); // A creation's record is the entry's own number.
    /// assert_eq!(entry.encode(), bytes);
    /// # Ok::<(), ledger::LedgerError>(())
    /// ```
    pub fn decode(number: EntryNumber, bytes: &[u8]) -> Result<Entry, LedgerError> {
        let damaged = |reason: &dyn fmt::Display| {
            LedgerError::Damaged(format!("entry {number} cannot be read: {reason}"))
        };
        let wire: Wire<'_> = serde_json::from_slice(bytes).map_err(|error| damaged(&error))?;
        let kind = Kind::from_word(&wire.kind).ok_or_else(|| damaged(&format!("no kind `{}`", wire.kind)))?;
        let record = match (kind, wire.record) {
            (Kind::Create, None) => RecordId(number.0),
            (Kind::Create, Some(_)) => return Err(damaged(&"a creation names a record")),
            (_, Some(record)) => RecordId(record),
            (_, None) => return Err(damaged(&"it names no record")),
        };
        if (kind == Kind::Create) != wire.based_on.is_none() {
            return Err(damaged(&"`based_on` does not fit its kind"));
        }
        Ok(Entry {
            number,
            kind,
            register: wire.register,
            record,
            based_on: wire.based_on.map(EntryNumber),
            effective: wire.effective,
            recorded: wire.recorded,
            actor: wire.actor,
            unit: wire.unit,
            state: wire.state,
            fields: wire.fields,
            evidence: wire.evidence,
            note: wire.note,
            batch: wire.batch.map(|head| BatchHead { key: head.key, count: head.count }),
        })
    }

    /// The entry's bytes, as they are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        self.encode_to(&mut out);
        out
    }

    pub(crate) fn encode_to(&self, out: &mut Vec<u8>) {
        write(
            out,
            &Parts {
                kind: self.kind,
                register: &self.register,
                record: (self.kind != Kind::Create).then_some(self.record),
                based_on: self.based_on,
                effective: self.effective,
                unit: self.unit.as_deref(),
                state: self.state.as_deref(),
                fields: &self.fields,
                evidence: &self.evidence,
                note: self.note.as_deref(),
            },
            &Stamp {
                recorded: &recorded_text(self.recorded),
                actor: &self.actor,
                batch: self.batch.as_ref().map(|head| (head.key.as_str(), head.count)),
            },
        );
    }
}

struct Parts<'a> {
    kind: Kind,
    register: &'a str,
    record: Option<RecordId>,
    based_on: Option<EntryNumber>,
    effective: Date,
    unit: Option<&'a str>,
    state: Option<&'a str>,
    fields: &'a BTreeMap<String, Value>,
    evidence: &'a [EvidenceHash],
    note: Option<&'a str>,
}

fn write(out: &mut Vec<u8>, parts: &Parts<'_>, stamp: &Stamp<'_>) {
    raw(out, "{\"kind\":\"");
    raw(out, parts.kind.word());
    raw(out, "\",\"register\":");
    text(out, parts.register);
    if let Some(record) = parts.record {
        raw(out, ",\"record\":");
        whole(out, record.0);
    }
    if let Some(based_on) = parts.based_on {
        raw(out, ",\"based_on\":");
        whole(out, based_on.0);
    }
    raw(out, ",\"effective\":\"");
    date(out, parts.effective);
    raw(out, "\",\"recorded\":\"");
    raw(out, stamp.recorded);
    raw(out, "\",\"actor\":");
    text(out, stamp.actor);
    for (key, value) in [(",\"unit\":", parts.unit), (",\"state\":", parts.state)] {
        if let Some(value) = value {
            raw(out, key);
            text(out, value);
        }
    }
    if !parts.fields.is_empty() {
        raw(out, ",\"fields\":{");
        for (index, (key, value)) in parts.fields.iter().enumerate() {
            if index > 0 {
                raw(out, ",");
            }
            text(out, key);
            raw(out, ":");
            match value {
                Value::Null => raw(out, "null"),
                Value::Flag(true) => raw(out, "true"),
                Value::Flag(false) => raw(out, "false"),
                Value::Whole(number) => whole(out, number),
                Value::Text(value) => text(out, value),
            }
        }
        raw(out, "}");
    }
    if !parts.evidence.is_empty() {
        raw(out, ",\"evidence\":[");
        for (index, hash) in parts.evidence.iter().enumerate() {
            raw(out, if index > 0 { ",\"" } else { "\"" });
            write!(out, "{hash}").expect("writing to a Vec cannot fail");
            raw(out, "\"");
        }
        raw(out, "]");
    }
    if let Some(note) = parts.note {
        raw(out, ",\"note\":");
        text(out, note);
    }
    if let Some((key, count)) = stamp.batch {
        raw(out, ",\"batch\":{\"key\":");
        text(out, key);
        raw(out, ",\"count\":");
        whole(out, count);
        raw(out, "}");
    }
    raw(out, "}");
}

fn raw(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// A JSON string: `"`, `\` and the characters below U+0020 are escaped, nothing else is.
fn text(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.push(b'"');
        raw(out, text);
        out.push(b'"');
    } else {
        serde_json::to_writer(out, text).expect("writing a string to a Vec cannot fail");
    }
}

fn whole(out: &mut Vec<u8>, number: impl serde::Serialize) {
    serde_json::to_writer(out, &number).expect("writing a number to a Vec cannot fail");
}

/// `2022-05-04`. Drafts with years outside 1 to 9999 are refused before they come here.
fn date(out: &mut Vec<u8>, date: Date) {
    let digit = |number: u16| b'0' + (number % 10) as u8;
    let (year, month, day) =
        (date.year().unsigned_abs(), date.month().unsigned_abs().into(), date.day().unsigned_abs().into());
    out.extend([digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), b'-']);
    out.extend([digit(month / 10), digit(month), b'-', digit(day / 10), digit(day)]);
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    register: String,
    record: Option<u64>,
    based_on: Option<u64>,
    effective: Date,
    recorded: Timestamp,
    actor: String,
    unit: Option<String>,
    state: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
    #[serde(default)]
    evidence: Vec<EvidenceHash>,
    note: Option<String>,
    batch: Option<WireBatch>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct WireBatch {
    key: String,
    count: u64,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        struct ValueVisitor;
        impl Visitor<'_> for ValueVisitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, true, false, a whole number or a text")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Flag(value))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Whole(value))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
                i64::try_from(value).map(Value::Whole).map_err(E::custom)
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
                Ok(Value::Text(value.to_owned()))
            }
            fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
                Ok(Value::Text(value))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for EvidenceHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EvidenceHash, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Flag),
            any::<i64>().prop_map(Value::Whole),
            any::<String>().prop_map(Value::Text),
        ]
    }

    prop_compose! {
        fn entry()(
            kind in prop::sample::select(&Kind::ALL[..]),
            number in any::<u64>(), record in any::<u64>(), based_on in any::<u64>(),
            texts in prop::array::uniform4(any::<String>()),
            options in prop::array::uniform3(prop::option::of(any::<String>())),
            fields in prop::collection::btree_map(any::<String>(), value(), 0..5),
            evidence in prop::collection::vec(any::<[u8; 32]>().prop_map(EvidenceHash), 0..3),
            days in 0..3_000_000_i32, micros in -1_000_000_000_000_000..1_000_000_000_000_000_i64,
            count in prop::option::of(any::<u64>()),
        ) -> Entry {
            let [register, actor, key, _] = texts;
            let [unit, state, note] = options;
            let create = kind == Kind::Create;
            Entry {
                number: EntryNumber(number),
                kind,
                register,
                record: RecordId(if create { number } else { record }),
                based_on: (!create).then_some(EntryNumber(based_on)),
                effective: jiff::civil::date(1, 1, 1) + jiff::Span::new().days(days),
                recorded: Timestamp::from_microsecond(micros).unwrap(),
                actor,
                unit,
                state,
                fields,
                evidence,
                note,
                batch: count.map(|count| BatchHead { key, count }),
            }
        }
    }

    proptest! {
        #[test]
        fn decoding_is_the_inverse_of_encoding(entry in entry()) {
            let bytes = entry.encode();
            prop_assert!(!bytes.contains(&b'\n'));
            let decoded = Entry::decode(entry.number, &bytes).unwrap();
            prop_assert_eq!(decoded.encode(), bytes);
            prop_assert_eq!(decoded, entry);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Entry::decode(EntryNumber(0), &bytes);
        }

        #[test]
        fn no_altered_entry_makes_it_panic(entry in entry(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = entry.encode();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = Entry::decode(entry.number, &bytes);
        }
    }

    #[test]
    fn bytes_are_frozen() {
        let entry = Entry {
            number: EntryNumber(7),
            kind: Kind::Amend,
            register: "docks".into(),
            record: RecordId(3),
            based_on: Some(EntryNumber(5)),
            effective: jiff::civil::date(2022, 5, 4),
            recorded: Timestamp::from_microsecond(1_767_323_045_000_120).unwrap(),
            actor: "zhang".into(),
            unit: Some("U012".into()),
            state: Some("closed".into()),
            fields: BTreeMap::from([
                ("name".into(), Value::Text("七码头 \"A\"\n".into())),
                ("berths".into(), Value::Whole(-3)),
                ("open".into(), Value::Flag(false)),
                ("bank".into(), Value::Null),
            ]),
            evidence: vec![EvidenceHash([0xab; 32])],
            note: Some("更正".into()),
            batch: Some(BatchHead { key: "k-1".into(), count: 2 }),
        };
        insta::assert_snapshot!(String::from_utf8(entry.encode()).unwrap(), @r#"{"kind":"amend","register":"docks","record":3,"based_on":5,"effective":"2022-05-04","recorded":"2026-01-02T03:04:05.000120Z","actor":"zhang","unit":"U012","state":"closed","fields":{"bank":null,"berths":-3,"name":"七码头 \"A\"\n","open":false},"evidence":["abababababababababababababababababababababababababababababababab"],"note":"更正","batch":{"key":"k-1","count":2}}"#);
    }

    #[test]
    fn what_is_not_an_entry_is_refused() {
        let check = |text: &str, expected: &str| {
            let error = Entry::decode(EntryNumber(4), text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        let rest = r#""register":"r","effective":"2022-05-04","recorded":"2026-01-02T03:04:05Z","actor":"a""#;
        check("", "EOF");
        check("[]", "entry 4 cannot be read");
        check(&format!(r#"{{"kind":"erase",{rest}}}"#), "no kind `erase`");
        check(&format!(r#"{{"kind":"create","record":4,{rest}}}"#), "a creation names a record");
        check(&format!(r#"{{"kind":"amend",{rest}}}"#), "names no record");
        check(&format!(r#"{{"kind":"amend","record":1,{rest}}}"#), "`based_on`");
        check(&format!(r#"{{"kind":"create",{rest},"colour":1}}"#), "unknown field `colour`");
        check(&format!(r#"{{"kind":"create",{rest},"fields":{{"a":1.5}}}}"#), "floating point");
        check(&format!(r#"{{"kind":"create",{rest},"fields":{{"a":9223372036854775808}}}}"#), "out of range");
        check(
            &format!(r#"{{"kind":"create",{rest},"fields":{{"a":{}"#, "[".repeat(500)),
            "invalid type: sequence",
        );
    }
}
