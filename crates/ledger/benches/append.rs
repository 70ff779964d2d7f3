//! Durable appends against what a bare SQLite insert of the same bytes with the same durability reaches.
//!
//! The bare table has one row an entry, a write-ahead log and `synchronous = full`, prepared statements and one
//! transaction a batch. Both write entries of the same bytes, in turns of a few commits each, so that whatever else
//! the machine does meets both; each round gives a ratio (bare time / ledger time: 1 is equal, more is faster), and the
//! median of the rounds is shown with the middle half of them.
//!
//! `cargo bench -p ledger --bench append`; `TMPDIR` says on which disk, `ROUNDS` how many rounds (default 15), `ONLY`
//! which lines (those whose label has this text).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use ledger::{Batch, Draft, Entry, EntryNumber, Kind, Ledger, RecordId, SystemClock, Value};
use rusqlite::{Connection, params};

fn main() {
    // `cargo test` runs benches too, without `--bench`: then one short round shows that it still works.
    let bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok());
    let rounds = rounds.unwrap_or(if bench { 15 } else { 1 });
    let dir = tempfile::tempdir().expect("a directory for temporary files");
    println!("appends of entries of about 330 bytes, durable; {rounds} rounds on {}", dir.path().display());
    println!("{:<34}{:>14}{:>14}{:>10}{:>16}", "", "bare", "ledger", "ratio", "middle half");
    for (batch, commits) in [(1, 100), (100, 20), (10_000, 2)] {
        let commits = if bench { commits } else { 1 };
        measure(dir.path(), &format!("create, batch of {batch}"), batch, commits, rounds, Kind::Create);
        measure(dir.path(), &format!("amend, batch of {batch}"), batch, commits, rounds, Kind::Amend);
    }
    crowd(dir.path(), rounds, if bench { 25 } else { 1 });
}

/// One kind of batch, in turns.
fn measure(dir: &Path, label: &str, batch: usize, commits: usize, rounds: usize, kind: Kind) {
    if std::env::var("ONLY").is_ok_and(|only| !label.contains(&only)) {
        return;
    }
    let name = label.replace([' ', ','], "-");
    let mut bare = Bare::create(&dir.join(format!("{name}.db")));
    let ledger =
        Ledger::found(&dir.join(name), "bench.example/book", Arc::new(SystemClock)).expect("a new book");
    // Records to amend, and a book that is not empty.
    let mut state = 0x2545_f491_u64;
    for first in (0..20_000_u64).step_by(10_000) {
        let drafts: Vec<Draft> = (first..first + 10_000).map(|number| draft(number, None)).collect();
        bare.insert(&rows(first, &drafts));
        ledger.append(Batch { key: format!("before {first}"), ..batch_of(drafts) }).expect("created");
    }
    let mut versions: Vec<u64> = (0..20_000).collect();
    let mut number = 20_000_u64;
    let mut times = Vec::new();
    for round in 0..rounds {
        let (mut bare_time, mut ledger_time) = (Duration::ZERO, Duration::ZERO);
        let mut bare_batches = Vec::new();
        let mut ledger_batches = Vec::new();
        for commit in 0..commits {
            let drafts: Vec<Draft> = (0..batch as u64)
                .map(|index| {
                    let target = (kind == Kind::Amend).then(|| {
                        // Records in no order, as in life.
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        let record = (state >> 33) as usize % versions.len();
                        (record as u64, std::mem::replace(&mut versions[record], number + index))
                    });
                    draft(number + index, target)
                })
                .collect();
            bare_batches.push(rows(number, &drafts));
            ledger_batches.push(Batch { key: format!("{round}/{commit}"), ..batch_of(drafts) });
            number += batch as u64;
        }
        let mut run_bare = || {
            let begun = Instant::now();
            bare_batches.iter().for_each(|rows| bare.insert(rows));
            bare_time = begun.elapsed();
        };
        let mut run_ledger = || {
            let begun = Instant::now();
            for batch in &ledger_batches {
                ledger.append(batch).expect("appended");
            }
            ledger_time = begun.elapsed();
        };
        if round % 2 == 0 {
            run_bare();
            run_ledger();
        } else {
            run_ledger();
            run_bare();
        }
        times.push((bare_time, ledger_time));
    }
    show(label, commits, times);
}

/// Eight callers with one entry each, against a bare writer that must do one after the other.
fn crowd(dir: &Path, rounds: usize, commits: usize) {
    let mut bare = Bare::create(&dir.join("crowd.db"));
    let ledger =
        Ledger::found(&dir.join("crowd"), "bench.example/book", Arc::new(SystemClock)).expect("a new book");
    let mut times = Vec::new();
    let mut number = 0;
    for round in 0..rounds {
        let begun = Instant::now();
        for _ in 0..8 * commits {
            let rows = rows(number, &[draft(number, None)]);
            bare.insert(&rows);
            number += 1;
        }
        let bare_time = begun.elapsed();
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for caller in 0..8 {
                let ledger = &ledger;
                scope.spawn(move || {
                    for commit in 0..commits {
                        let key = format!("{round}/{caller}/{commit}");
                        ledger.append(Batch { key, ..batch_of(vec![draft(0, None)]) }).expect("appended");
                    }
                });
            }
        });
        times.push((bare_time, begun.elapsed()));
    }
    show("create, 8 callers with one each", 8 * commits, times);
}

fn show(label: &str, commits: usize, mut times: Vec<(Duration, Duration)>) {
    let mut ratios: Vec<f64> =
        times.iter().map(|(bare, ledger)| bare.as_secs_f64() / ledger.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    let at = |part: usize| ratios[(ratios.len() - 1) * part / 4];
    let middle = times.len() / 2;
    times.sort_by_key(|(bare, _)| *bare);
    let bare = times[middle].0 / u32::try_from(commits).unwrap_or(1);
    times.sort_by_key(|(_, ledger)| *ledger);
    let ledger = times[middle].1 / u32::try_from(commits).unwrap_or(1);
    let half = format!("{:.2} to {:.2}", at(1), at(3));
    println!(
        "{label:<34}{:>14}{:>14}{:>10.2}{half:>16}",
        format!("{bare:.1?}"),
        format!("{ledger:.1?}"),
        at(2)
    );
}

fn batch_of(drafts: Vec<Draft>) -> Batch {
    Batch { key: String::new(), actor: "U012-zhang".into(), drafts, expect_size: None }
}

fn draft(number: u64, target: Option<(u64, u64)>) -> Draft {
    let text = |text: String| Value::Text(text);
    let fields = BTreeMap::from([
        ("name".to_owned(), text(format!("江城区第{number}号码头"))),
        ("berths".to_owned(), Value::Whole((number % 9) as i64)),
        ("bank".to_owned(), text("left".into())),
        ("length".to_owned(), text(format!("{}.{:03}", number % 500, number % 1000))),
        (
            "geometry".to_owned(),
            text(format!("POINT (114.{:07} 30.{:07})", number * 7919 % 10_000_000, number)),
        ),
    ]);
    Draft {
        kind: if target.is_some() { Kind::Amend } else { Kind::Create },
        register: "docks".into(),
        record: target.map(|(record, _)| RecordId(record)),
        based_on: target.map(|(_, version)| EntryNumber(version)),
        effective: date(2022, 5, 4),
        unit: Some("U012".into()),
        state: target.is_none().then(|| "operating".into()),
        fields,
        evidence: Vec::new(),
        note: None,
    }
}

/// The bytes that the ledger will write for drafts (but for the head of the batch).
fn rows(first: u64, drafts: &[Draft]) -> Vec<(u64, Vec<u8>)> {
    let entry = |(number, draft): (u64, &Draft)| {
        let draft = draft.clone();
        let entry = Entry {
            number: EntryNumber(number),
            kind: draft.kind,
            register: draft.register,
            record: draft.record.unwrap_or(RecordId(number)),
            based_on: draft.based_on,
            effective: draft.effective,
            recorded: jiff::Timestamp::UNIX_EPOCH,
            actor: "U012-zhang".into(),
            unit: draft.unit,
            state: draft.state,
            fields: draft.fields,
            evidence: draft.evidence,
            note: draft.note,
            batch: None,
        };
        (number, entry.encode())
    };
    (first..).zip(drafts).map(entry).collect()
}

struct Bare(Connection);

impl Bare {
    fn create(file: &Path) -> Bare {
        let connection = Connection::open(file).expect("a new database");
        connection
            .execute_batch(
                "pragma journal_mode = wal; pragma synchronous = full;
                 create table entry (number integer primary key, bytes blob not null) strict",
            )
            .expect("a new table");
        Bare(connection)
    }

    fn insert(&mut self, rows: &[(u64, Vec<u8>)]) {
        let transaction = self.0.transaction().expect("a transaction");
        {
            let mut statement =
                transaction.prepare_cached("insert into entry values (?1, ?2)").expect("a statement");
            for (number, bytes) in rows {
                statement.execute(params![*number as i64, bytes]).expect("inserted");
            }
        }
        transaction.commit().expect("committed");
    }
}
