//! Small books for tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use ledger::{Batch, Draft, EntryNumber, Fault, FixedClock, Kind, Ledger, Receipt, RecordId, Value};
use tempfile::TempDir;

pub const ORIGIN: &str = "test.example/book";

pub struct City {
    pub dir: TempDir,
    pub ledger: Ledger,
}

impl City {
    pub fn found() -> City {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::found(&dir.path().join("home"), ORIGIN, clock()).unwrap();
        City { dir, ledger }
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn append(&self, key: &str, drafts: Vec<Draft>) -> Receipt {
        self.ledger.append(batch(key, drafts)).unwrap()
    }

    pub fn refusal(&self, key: &str, drafts: Vec<Draft>) -> String {
        self.ledger.append(batch(key, drafts)).unwrap_err().to_string()
    }

    /// Closes the book, lets something happen to its files, and tells what verifying finds then.
    pub fn after(self, damage: impl FnOnce(&Path)) -> Vec<String> {
        let City { dir, ledger } = self;
        drop(ledger);
        damage(&dir.path().join("home"));
        faults(&dir.path().join("home"))
    }
}

pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock(Timestamp::from_second(1_767_323_045).unwrap()))
}

pub fn verify(ledger: &Ledger) -> Vec<Fault> {
    ledger.verify(&mut |_, _| {}).unwrap()
}

pub fn faults(home: &Path) -> Vec<String> {
    match Ledger::read(home).and_then(|ledger| ledger.verify(&mut |_, _| {})) {
        Ok(faults) => faults.iter().map(|fault| format!("{:?}: {fault}", fault.what)).collect(),
        Err(error) => vec![format!("error: {error}")],
    }
}

pub fn batch(key: &str, drafts: Vec<Draft>) -> Batch {
    Batch { key: key.into(), actor: "zhang".into(), drafts, expect_size: None }
}

pub fn create(register: &str, name: &str) -> Draft {
    Draft {
        kind: Kind::Create,
        register: register.into(),
        record: None,
        based_on: None,
        effective: date(2022, 5, 4),
        unit: Some("U012".into()),
        state: Some("operating".into()),
        fields: [("name".to_owned(), Value::Text(name.into()))].into(),
        evidence: Vec::new(),
        note: None,
    }
}

pub fn next(kind: Kind, register: &str, record: u64, based_on: u64) -> Draft {
    Draft {
        kind,
        record: Some(RecordId(record)),
        based_on: Some(EntryNumber(based_on)),
        unit: None,
        state: (kind == Kind::Advance).then(|| "closed".into()),
        fields: match kind {
            Kind::Amend => [("berths".to_owned(), Value::Whole(based_on as i64))].into(),
            _ => Default::default(),
        },
        ..create(register, "")
    }
}

/// A book with every kind of entry, in three commits: 0–2, 3–6, 7.
pub fn small_book() -> City {
    let city = City::found();
    city.append("one", vec![create("docks", "一"), create("docks", "二"), create("parks", "a \"b\"\n")]);
    let hash = city.ledger.put_evidence(&mut &b"closing order"[..]).unwrap();
    let mut closing = next(Kind::Advance, "docks", 0, 3);
    closing.evidence.push(hash);
    city.append(
        "two",
        vec![
            next(Kind::Amend, "docks", 0, 0),
            closing,
            next(Kind::Verify, "docks", 1, 1),
            create("docks", "三"),
        ],
    );
    city.append("three", vec![next(Kind::Withdraw, "parks", 2, 2)]);
    city
}
