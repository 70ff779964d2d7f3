//! A book in memory, and entries as lines of text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use figures::{EntrySource, SourceError};
use jiff::{SignedDuration, Timestamp};
use ledger::{Entry, EntryNumber, Kind, RecordId, Value};
use pack::Pack;
use sha2::{Digest, Sha256};

type Entries = Vec<(String, u64, Vec<u8>)>;

/// Entries in memory: register, record, bytes.
#[derive(Default)]
pub(crate) struct Book(Mutex<Entries>);

impl Book {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Appends an entry; its number and its record (if it creates one) are set here.
    pub(crate) fn append(&self, mut entry: Entry) -> u64 {
        let mut entries = self.0.lock().expect("no panic");
        let number = entries.len() as u64;
        entry.number = EntryNumber(number);
        if entry.kind == Kind::Create {
            entry.record = RecordId(number);
        }
        entry.recorded = Timestamp::UNIX_EPOCH
            + SignedDuration::from_secs(1_800_000_000 + i64::try_from(number).expect("small"));
        entries.push((entry.register.clone(), entry.record.0, entry.encode()));
        number
    }

    pub(crate) fn appends(&self, lines: &str) {
        lines.lines().filter(|line| !line.is_empty()).for_each(|line| {
            self.append(read_entry(line));
        });
    }
}

impl EntrySource for Book {
    fn size(&self) -> Result<u64, SourceError> {
        Ok(self.0.lock().expect("no panic").len() as u64)
    }

    fn for_each(
        &self,
        register: &str,
        range: Range<u64>,
        f: &mut dyn FnMut(u64, &[u8]) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let entries = self.0.lock().expect("no panic");
        (0_u64..)
            .zip(entries.iter())
            .filter(|(number, (of, _, _))| range.contains(number) && of == register)
            .try_for_each(|(number, (_, _, bytes))| f(number, bytes))
    }

    fn last_entry_of(&self, register: &str, before: u64) -> Result<Option<u64>, SourceError> {
        let entries = self.0.lock().expect("no panic");
        Ok((0_u64..before)
            .zip(entries.iter())
            .filter(|(_, (of, _, _))| of == register)
            .map(|(number, _)| number)
            .last())
    }

    fn history(
        &self,
        record: u64,
        f: &mut dyn FnMut(u64, &[u8]) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let entries = self.0.lock().expect("no panic");
        (0_u64..)
            .zip(entries.iter())
            .filter(|(_, (_, of, _))| *of == record)
            .try_for_each(|(number, (_, _, bytes))| f(number, bytes))
    }

    fn root(&self) -> Result<Option<[u8; 32]>, SourceError> {
        let mut digest = Sha256::new();
        for (_, _, bytes) in self.0.lock().expect("no panic").iter() {
            digest.update(Sha256::digest(bytes));
        }
        Ok(Some(digest.finalize().into()))
    }
}

/// Reads `amend docks 3 2017-05-01 @U2 !closed {"name":"七号"}`: kind, register, record (not for `create`),
/// day, owner, state, fields. A leading number and colon, for the reader's eye, is skipped.
pub(crate) fn read_entry(line: &str) -> Entry {
    let line = line
        .split_once(": ")
        .filter(|(number, _)| number.parse::<u64>().is_ok())
        .map_or(line, |(_, rest)| rest);
    let (head, fields) = line.split_at(line.find('{').unwrap_or(line.len()));
    let mut words = head.split_whitespace();
    let mut next = |what: &str| words.next().unwrap_or_else(|| panic!("no {what} in {line}")).to_owned();
    let kind = Kind::from_word(&next("kind")).unwrap_or_else(|| panic!("no kind in {line}"));
    let register = next("register");
    let record = match kind {
        Kind::Create => RecordId(0),
        _ => RecordId(next("record").parse().unwrap_or_else(|_| panic!("no record in {line}"))),
    };
    let effective = next("day").parse().unwrap_or_else(|_| panic!("no day in {line}"));
    let mut entry = Entry {
        number: EntryNumber(0),
        kind,
        register,
        record,
        based_on: (kind != Kind::Create).then_some(EntryNumber(0)),
        effective,
        recorded: Timestamp::UNIX_EPOCH,
        actor: "clerk".to_owned(),
        unit: None,
        state: None,
        fields: BTreeMap::new(),
        evidence: Vec::new(),
        note: None,
        batch: None,
    };
    for word in words {
        match word.split_at(1) {
            ("@", unit) => entry.unit = Some(unit.to_owned()),
            ("!", state) => entry.state = Some(state.to_owned()),
            _ => panic!("{word} in {line}"),
        }
    }
    if !fields.is_empty() {
        let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(fields).expect(line);
        entry.fields = fields
            .into_iter()
            .map(|(key, value)| {
                let value = match value {
                    serde_json::Value::Null => Value::Null,
                    serde_json::Value::Bool(flag) => Value::Flag(flag),
                    serde_json::Value::Number(number) => Value::Whole(number.as_i64().expect(line)),
                    serde_json::Value::String(text) => Value::Text(text),
                    _ => panic!("{line}"),
                };
                (key, value)
            })
            .collect();
    }
    entry
}

const PACK: &str = r#"name = "tiny"
label = { zh = "小城", en = "Tiny" }
[roles.clerk]
label = { zh = "录入员", en = "Clerk" }
[dimensions.bank]
label = { zh = "岸别", en = "Bank" }
[dimensions.year]
label = { zh = "年度", en = "Year" }
[dimensions.unit]
label = { zh = "单位", en = "Unit" }
[dimensions.branch]
label = { zh = "支部", en = "Branch" }
"#;

const ORGANISATION: &str = r#"[levels.city]
label = { zh = "市", en = "City" }
[levels.unit]
label = { zh = "单位", en = "Unit" }
[levels.branch]
label = { zh = "支部", en = "Branch" }
"#;

/// Compiles a pack of these files; `pack.toml` and `organisation.toml` are those above unless given.
pub(crate) fn pack(files: &[(String, String)]) -> Arc<Pack> {
    let mut files = files.to_vec();
    for (path, text) in [("pack.toml", PACK), ("organisation.toml", ORGANISATION)] {
        if files.iter().all(|(name, _)| name != path) {
            files.push((path.to_owned(), text.to_owned()));
        }
    }
    let (pack, faults) = pack::compile(files);
    let rendered = message::render(&faults, message::Language::English, false);
    Arc::new(pack.unwrap_or_else(|| panic!("{rendered}")))
}
