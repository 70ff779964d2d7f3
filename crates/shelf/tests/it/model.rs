//! The rule, told plainly: entries → fold → filter → sort, with nothing kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use ledger::{Batch, Clock, Draft, Entry, Kind, Ledger, RecordId, SystemClock, Value};
use pack::Pack;

pub(crate) const PACK: &[(&str, &str)] = &[
    (
        "pack.toml",
        "name = \"tiny\"\nlabel = { zh = \"小城\", en = \"Tiny\" }\n[roles.clerk]\nlabel = { zh = \"经办人\", en = \"Clerk\" }\n",
    ),
    (
        "organisation.toml",
        "[levels.city]\nlabel = { zh = \"市\", en = \"City\" }\n[levels.unit]\nlabel = { zh = \"单位\", en = \"Unit\" }\n",
    ),
    (
        "registers/docks.toml",
        r#"
label = { zh = "码头", en = "Docks" }
verification = true
[fields.name]
label = { zh = "名称", en = "Name" }
type = "text"
unique = true
[fields.bank]
label = { zh = "岸别", en = "Bank" }
type = "choice"
options = [{ key = "right", label = { zh = "右岸", en = "Right" } }, { key = "left", label = { zh = "左岸", en = "Left" } }]
[fields.berths]
label = { zh = "泊位数", en = "Berths" }
type = "whole"
unit = "个"
range = [0, 200]
[fields.length]
label = { zh = "长度", en = "Length" }
type = "decimal"
unit = "米"
decimals = 2
range = ["0", "1000"]
[fields.built]
label = { zh = "建成日期", en = "Built" }
type = "date"
range = [1950-01-01, 2035-12-31]
[fields.lit]
label = { zh = "有照明", en = "Lit" }
type = "yes-no"
[fields.neighbour]
label = { zh = "相邻码头", en = "Neighbour" }
type = "reference"
register = "docks"
[fields.geometry]
label = { zh = "位置", en = "Place" }
type = "geometry"
shape = "point"
[states.operating]
label = { zh = "运营中", en = "Operating" }
initial = true
[states.closed]
label = { zh = "已关停", en = "Closed" }
[[transitions]]
from = "operating"
to = "closed"
by = ["clerk"]
"#,
    ),
];

pub(crate) fn pack() -> Arc<Pack> {
    pack_of(PACK)
}

pub(crate) fn pack_of(files: &[(&str, &str)]) -> Arc<Pack> {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let (pack, faults) = pack::compile(files);
    Arc::new(pack.unwrap_or_else(|| panic!("{faults:?}")))
}

/// A book in a directory that goes away with it.
pub(crate) struct Book {
    pub(crate) ledger: Arc<Ledger>,
    next: std::cell::Cell<u64>,
    _home: tempfile::TempDir,
}

impl Book {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ledger = Ledger::found(&home.path().join("city"), "example/tiny", clock).expect("a book");
        Self { ledger: Arc::new(ledger), next: std::cell::Cell::default(), _home: home }
    }

    pub(crate) fn append(&self, actor: &str, drafts: Vec<Draft>) -> u64 {
        let key = format!("batch {}", self.next.replace(self.next.get() + 1));
        let batch = Batch { key, actor: actor.to_owned(), drafts, expect_size: None };
        self.ledger.append(&batch).expect("it is appended").first.0
    }

    pub(crate) fn entries(&self, register: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        let size = self.ledger.size().expect("a size");
        let mut see = |number, bytes: &[u8]| {
            entries.push(Entry::decode(number, bytes)?);
            Ok(())
        };
        self.ledger.for_each(Some(register), 0..size, &mut see).expect("it is read");
        entries
    }

    pub(crate) fn draft(&self, kind: Kind, register: &str, record: Option<u64>, effective: Date) -> Draft {
        let record = record.map(RecordId);
        let based_on = record.and_then(|record| self.ledger.version(record).expect("it is read"));
        Draft {
            kind,
            register: register.to_owned(),
            record,
            based_on,
            effective,
            unit: None,
            state: None,
            fields: BTreeMap::new(),
            evidence: Vec::new(),
            note: None,
        }
    }
}

/// A record as the rule has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plain {
    pub(crate) record: u64,
    pub(crate) version: u64,
    pub(crate) state: String,
    pub(crate) owner: Option<String>,
    pub(crate) effective: Date,
    pub(crate) status: &'static str,
    pub(crate) authors: Vec<String>,
    /// Present, withdrawn or upcoming.
    pub(crate) presence: &'static str,
    pub(crate) fields: BTreeMap<String, Value>,
}

/// What entries of a register that asks for verification make of its records on a day.
pub(crate) fn fold(entries: &[Entry], day: Date, counted: bool) -> Vec<Plain> {
    let mut records: BTreeMap<u64, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        records.entry(entry.record.0).or_default().push(entry);
    }
    let judges = |entry: &&Entry| matches!(entry.kind, Kind::Verify | Kind::Return);
    let mut folded = Vec::new();
    for (record, entries) in records {
        let verified =
            entries.iter().rev().find(|entry| entry.kind == Kind::Verify).map(|entry| entry.number);
        let covered = |entry: &&Entry| verified.is_some_and(|verified| entry.number < verified);
        let acting: Vec<&Entry> = entries.iter().filter(|entry| !judges(entry)).copied().collect();
        let mut waiting: Vec<String> =
            acting.iter().filter(|entry| !covered(entry)).map(|entry| entry.actor.clone()).collect();
        waiting.sort();
        waiting.dedup();
        let status = match (waiting.is_empty(), entries.last().expect("one").kind) {
            (true, _) => "verified",
            (false, Kind::Return) => "returned",
            (false, _) => "pending",
        };
        let authors =
            if waiting.is_empty() { vec![acting.last().expect("one").actor.clone()] } else { waiting };
        let mut applied: Vec<&Entry> =
            acting.iter().filter(|entry| !counted || covered(entry)).copied().collect();
        applied.sort_by_key(|entry| (entry.effective, entry.number));
        // What is dated before the creation holds from the creation on.
        let created = applied.iter().find(|entry| entry.kind == Kind::Create).map(|entry| entry.effective);
        let Some(first) = created else { continue };
        let upto = day.max(first);
        let mut plain = Plain {
            record,
            version: entries.last().expect("one").number.0,
            state: "operating".to_owned(),
            owner: None,
            effective: first,
            status,
            authors,
            presence: if first > day { "upcoming" } else { "present" },
            fields: BTreeMap::new(),
        };
        let mut withdrawn = false;
        for entry in applied.iter().filter(|entry| entry.effective <= upto) {
            plain.effective = entry.effective.max(first);
            if entry.kind == Kind::Create {
                plain.state = "operating".to_owned();
            }
            plain.state = entry.state.clone().unwrap_or(plain.state);
            plain.owner = entry.unit.clone().or(plain.owner);
            plain.fields.extend(entry.fields.clone());
            withdrawn |= entry.kind == Kind::Withdraw;
        }
        plain.fields.retain(|_, value| *value != Value::Null);
        if withdrawn && plain.presence == "present" && (counted || status == "verified") {
            plain.presence = "withdrawn";
        }
        folded.push(plain);
    }
    folded
}
