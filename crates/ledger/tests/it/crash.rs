//! Killed writers and full disks: what was acknowledged is there, whole, and the book verifies.
//!
//! The victim is this test program again, running only the test `victim`, which appends as fast as it can and says what
//! was acknowledged. `QINGYUAN_LONG=1` kills 200 times instead of 10.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ledger::{Batch, Entry, EntryNumber, Kind, Ledger, Receipt, Value};

use super::common::{ORIGIN, batch, clock, create, next, verify};

const HOME: &str = "LEDGER_VICTIM_HOME";
const RUN: &str = "LEDGER_VICTIM_RUN";

/// The batch of a key: `RUN/CALLER/TURN`. Sizes go from one to a few hundred, over two registers.
fn batch_of(key: &str) -> Batch {
    let turn: usize = key.rsplit('/').next().unwrap().parse().unwrap();
    let count = [1, 1, 2, 30, 1, 300][turn % 6];
    batch(key, (0..count).map(|n| create(if n % 100 < 50 { "docks" } else { "parks" }, key)).collect())
}

/// Amends every third record of a batch that was acknowledged, and withdraws the first.
fn amendments_of(key: &str, receipt: Receipt) -> Batch {
    let records = (0..receipt.count).filter(|n| n % 3 == 0);
    let amend = |n: u64| {
        let (kind, record) = (if n == 0 { Kind::Withdraw } else { Kind::Amend }, receipt.first.0 + n);
        next(kind, if n % 100 < 50 { "docks" } else { "parks" }, record, record)
    };
    batch(&format!("{key} amended"), records.map(amend).collect())
}

/// Not a test: the process that is killed. It does nothing unless it is asked to.
#[test]
fn victim() {
    let (Some(home), Ok(run)) = (std::env::var_os(HOME), std::env::var(RUN)) else { return };
    let ledger = match Ledger::open(Path::new(&home), clock()) {
        Ok(ledger) => ledger,
        Err(error) => return println!("@refused {error}"),
    };
    std::thread::scope(|scope| {
        for caller in 0..3 {
            let (ledger, run) = (&ledger, &run);
            scope.spawn(move || {
                for turn in 0..2_000 {
                    let key = format!("{run}/{caller}/{turn}");
                    if turn % 5 == 0 {
                        let _ = ledger.put_evidence(&mut key.as_bytes());
                    }
                    match ledger.append(batch_of(&key)) {
                        Ok(receipt) => {
                            println!("@ack {key} {}", receipt.first);
                            let _ = ledger.append(amendments_of(&key, receipt));
                        }
                        // A few more tries: the error must not have broken anything.
                        Err(error) => {
                            println!("@refused {error}");
                            if turn > 20 {
                                return;
                            }
                        }
                    }
                }
            });
        }
    });
}

fn command(home: &Path, run: &str, limit: Option<u64>) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = match limit {
        None => Command::new(program),
        Some(blocks) => {
            // No file may grow beyond the limit: for the victim, the disk is full.
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]).arg(program);
            shell
        }
    };
    command.args(["--exact", "it::crash::victim", "--nocapture", "--test-threads=1"]);
    command.env(HOME, home).env(RUN, run).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// (key, first entry) of what was acknowledged. A line that was cut off was not.
fn acknowledged(output: &str) -> Vec<(String, u64)> {
    let whole = output.rfind('\n').map_or("", |end| &output[..end]);
    let lines = whole.lines().filter_map(|line| line.split_once("@ack "));
    lines
        .map(|(_, line)| {
            let (key, first) = line.split_once(' ').unwrap();
            (key.to_owned(), first.parse().unwrap())
        })
        .collect()
}

fn check_book(home: &Path, acknowledged: &[(String, u64)]) {
    let ledger = Ledger::open(home, clock()).unwrap();
    assert_eq!(verify(&ledger), []); // Among others: every batch is whole.
    check_versions(&ledger);
    for (key, first) in acknowledged {
        let sent = batch_of(key);
        let count = sent.drafts.len() as u64;
        let entry = ledger.entry(EntryNumber(*first)).unwrap().expect("acknowledged");
        assert_eq!(entry.fields["name"], Value::Text(key.clone()));
        // Sent again, it is recognised, content and all.
        let again = ledger.append(&sent).unwrap();
        assert_eq!(again, Receipt { first: EntryNumber(*first), count, size: first + count, repeated: true });
    }
    // And the book goes on.
    let key = format!("after {}", ledger.size().unwrap());
    let size = ledger.size().unwrap();
    ledger.append(batch(&key, vec![create("docks", "x"), next(Kind::Verify, "docks", size, size)])).unwrap();
    assert_eq!(
        fs::read_dir(home.join("evidence"))
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().is_file())
            .count(),
        0
    );
}

/// The current versions that the ledger tells are those that follow from the entries.
fn check_versions(ledger: &Ledger) {
    let mut versions = BTreeMap::new();
    let see = &mut |number, bytes: &[u8]| {
        let entry = Entry::decode(number, bytes)?;
        if entry.kind != Kind::Create {
            versions.insert(entry.record, number);
        }
        Ok(())
    };
    ledger.for_each(None, 0..u64::MAX, see).unwrap();
    for (record, version) in versions {
        assert_eq!(ledger.version(record).unwrap(), Some(version));
    }
}

#[test]
fn killed_at_any_moment() {
    let kills = if std::env::var_os("QINGYUAN_LONG").is_some() { 200 } else { 10 };
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    println!("seed {seed}");
    let mut state = seed;
    let mut dir = tempfile::tempdir().unwrap();
    let (mut all, mut acks) = (Vec::new(), 0);
    for kill in 0..kills {
        if kill % 20 == 0 {
            // A new book now and then, so that the long form does not verify one of millions of entries.
            dir = tempfile::tempdir().unwrap();
            Ledger::found(&dir.path().join("home"), ORIGIN, clock()).unwrap();
            all.clear();
        }
        let home = dir.path().join("home");
        let mut victim = command(&home, &kill.to_string(), None).spawn().unwrap();
        let mut output = BufReader::new(victim.stdout.take().unwrap());
        // Some are killed while they open the book, most while they append.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut text = String::new();
        if state >> 61 != 0 {
            while !text.contains("@ack ") && output.read_line(&mut text).unwrap() > 0 {}
        }
        std::thread::sleep(Duration::from_micros((state >> 33) % 60_000));
        victim.kill().unwrap();
        victim.wait().unwrap();
        output.read_to_string(&mut text).unwrap();
        let new = acknowledged(&text);
        acks += new.len();
        all.extend(new.iter().cloned());
        check_book(&home, if kill % 20 == 19 || kill + 1 == kills { &all } else { &new });
    }
    println!("{kills} kills, {acks} batches acknowledged");
    assert!(acks > 0);
}

#[test]
fn the_disk_is_full_at_any_moment() {
    let step = if std::env::var_os("QINGYUAN_LONG").is_some() { 1.1 } else { 1.8 };
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    Ledger::found(&home, ORIGIN, clock()).unwrap();
    let (mut blocks, mut refusals, mut acks) = (1.0_f64, 0, 0);
    while blocks < 8_000.0 {
        let output = command(&home, &format!("full-{blocks}").replace('.', "-"), Some(blocks as u64))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let acknowledged = acknowledged(&text);
        refusals += text.matches("@refused ").count();
        acks += acknowledged.len();
        check_book(&home, &acknowledged);
        blocks = blocks * step + 1.0;
    }
    println!("{refusals} refusals, {acks} batches acknowledged");
    assert!(refusals > 0 && acks > 0);
}
