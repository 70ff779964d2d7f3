//! A killed scribe: every receipt that a client got is in the book, and a client that sends again never doubles.
//!
//! The victim is this test program again, running only `victim`: clients that each create docks one after the other,
//! beginning anew at every start with the keys they had, as browsers do that have not heard an answer.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use intake::Scribe;
use ledger::{Entry, EntryNumber, Ledger, SystemClock, Value};

use crate::city::{City, pack};
use crate::scribe::{create, job};

const HOME: &str = "INTAKE_VICTIM_HOME";

/// Not a test: the process that is killed. It does nothing unless it is asked to.
#[test]
fn victim() {
    let Some(home) = std::env::var_os(HOME) else { return };
    let ledger = Arc::new(Ledger::open(Path::new(&home), Arc::new(SystemClock)).expect("opens"));
    let scribe = Scribe::start(ledger, Arc::new(pack().clone())).expect("starts");
    std::thread::scope(|scope| {
        for client in 0..6 {
            let scribe = scribe.clone();
            scope.spawn(move || {
                for turn in 0..400 {
                    let name = format!("{client}-{turn}");
                    match scribe.enter(job(&format!("key-{name}"), create(&name))) {
                        Ok(entered) => println!("@ack {name} {}", entered.records[0]),
                        Err(refusal) => println!("@refused {name} {refusal:?}"),
                    }
                }
            });
        }
    });
}

#[test]
fn killed_at_any_moment_loses_and_doubles_nothing() {
    let kills = if std::env::var_os("QINGYUAN_LONG").is_some() { 100 } else { 8 };
    let mut state = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_nanos() as u64;
    let City { folder, ledger } = City::new();
    drop(ledger);
    let home = folder.path().join("home");
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for _ in 0..kills {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.args(["--exact", "scribe_crash::victim", "--nocapture", "--test-threads=1"]).env(HOME, &home);
        let mut victim = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut output = BufReader::new(victim.stdout.take().expect("its words"));
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut text = String::new();
        while !text.contains("@ack ") && output.read_line(&mut text).expect("reads") > 0 {}
        std::thread::sleep(Duration::from_micros((state >> 33) % 80_000));
        victim.kill().expect("kills");
        victim.wait().expect("ends");
        output.read_to_string(&mut text).expect("reads");
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        assert!(!whole.contains("@refused"), "{whole}");
        for line in whole.lines().filter_map(|line| line.split_once("@ack ")) {
            let (name, record) = line.1.split_once(' ').expect("a name and a number");
            let record: u64 = record.parse().expect("a number");
            assert_eq!(*all.entry(name.to_owned()).or_insert(record), record, "{name} has two receipts");
        }
        check(&home, &all);
    }
    println!("{kills} kills, {} records acknowledged", all.len());
    assert!(!all.is_empty());
}

fn check(home: &Path, acknowledged: &BTreeMap<String, u64>) {
    let ledger = Ledger::read(home).expect("opens");
    assert_eq!(ledger.verify(&mut |_, _| {}).expect("verifies"), []);
    for (name, record) in acknowledged {
        let entry = ledger.entry(EntryNumber(*record)).expect("reads").expect("acknowledged");
        assert_eq!(entry.fields["name"], Value::Text(name.clone()));
    }
    let mut names = BTreeMap::new();
    let see = &mut |number: EntryNumber, bytes: &[u8]| {
        let entry = Entry::decode(number, bytes)?;
        assert_eq!(names.insert(entry.fields["name"].clone(), number), None, "twice in the book");
        Ok(())
    };
    ledger.for_each(Some("docks"), 0..u64::MAX, see).expect("reads");
}
