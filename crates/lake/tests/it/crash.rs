//! Killed writers and full disks: what was acknowledged is there, once and whole.
//!
//! The victim is this test program again, running only the test `victim`, which stores, appends, flushes and merges as
//! fast as it can and says what was acknowledged. `QINGYUAN_LONG=1` kills 200 times instead of 8.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lake::{Kind, Lake, Measurement, Options, Span};

use super::common::{City, air, row};

const HOME: &str = "LAKE_VICTIM_HOME";
const RUN: &str = "LAKE_VICTIM_RUN";

fn options() -> Options {
    // Small segments and files: everything happens often.
    Options { segment_bytes: 20_000, merge_files: 3, keep_replaced_seconds: 0, ..Options::default() }
}

/// What a key brings: its own station, some hours in two months, so that it can be half there if anything is wrong.
fn rows_of(key: &str) -> Vec<Measurement> {
    let turn: i64 = key.rsplit('/').next().unwrap().parse().unwrap();
    let count = [1, 2, 30, 1, 200][turn as usize % 5];
    (0..count)
        .map(|n| Measurement {
            flag: key.to_owned(),
            ..row(&key.replace('/', "-"), "so2", n * 37 + turn, Some(n))
        })
        .collect()
}

/// Not a test: the process that is killed. It does nothing unless it is asked to.
#[test]
fn victim() {
    let (Some(home), Ok(run)) = (std::env::var_os(HOME), std::env::var(RUN)) else { return };
    let limited = run.starts_with("full");
    let lake = Lake::open(Path::new(&home)).unwrap().with(options());
    let spool = lake.spool().unwrap();
    println!("@ready");
    let end = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let (spool, run, end) = (spool.clone(), &run, &end);
            scope.spawn(move || {
                for turn in 0.. {
                    let key = format!("{run}/s{thread}/{turn}");
                    match spool.store(Kind::Air, rows_of(&key)) {
                        Ok(()) => println!("@ack {key}"),
                        Err(error) => {
                            println!("@refused {error}");
                            if turn > 200 {
                                end.store(true, Ordering::Relaxed);
                            }
                        }
                    }
                    if end.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
        for turn in 0.. {
            let key = format!("{run}/a/{turn}");
            match lake.append(&key, Kind::Air, &rows_of(&key)) {
                Ok(_) => println!("@ack {key}"),
                Err(error) => println!("@refused {error}"),
            }
            let done = if limited { Ok(0) } else { lake.flush() };
            done.and_then(|_| if turn % 4 == 3 { lake.maintain().map(|_| ()) } else { Ok(()) })
                .unwrap_or_else(|error| println!("@refused {error}"));
            if end.load(Ordering::Relaxed) {
                return;
            }
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

/// The keys that were acknowledged. A line that was cut off was not.
fn acknowledged(output: &str) -> Vec<String> {
    let whole = output.rfind('\n').map_or("", |end| &output[..end]);
    // Threads print at once, but a line is printed whole.
    whole.lines().filter_map(|line| Some(line.split_once("@ack ")?.1.to_owned())).collect()
}

/// Every acknowledged key's rows are there once; of no other key there is a half; and the lake goes on.
fn check_lake(home: &Path, acknowledged: &[String]) {
    let lake = Lake::open(home).unwrap().with(options());
    lake.flush().unwrap();
    assert_eq!(lake.verify(&mut |_, _| {}).unwrap(), []);
    let mut found: BTreeMap<String, Vec<(jiff::Timestamp, Option<lake::Micro>)>> = BTreeMap::new();
    lake.read(&air(), &mut |batch| {
        for row in lake::rows(&batch)? {
            found.entry(row.flag.to_owned()).or_default().push((row.time, row.value));
        }
        Ok(())
    })
    .unwrap();
    for (key, rows) in &found {
        let expected: Vec<_> = rows_of(key).iter().map(|row| (row.time, row.value)).collect();
        assert_eq!(*rows, expected, "{key}");
    }
    for key in acknowledged {
        assert!(found.contains_key(key), "{key} was acknowledged");
    }
    // Not only once to see: the table has each row once. All are looked at in the end of a run, some here.
    for key in acknowledged.iter().rev().take(5) {
        for row in rows_of(key) {
            assert_eq!(lake.history(&row.station, "so2", Span::Hour, row.time).unwrap().len(), 1, "{key}");
        }
    }
    let physical: u64 = lake.info().unwrap().partitions.iter().map(|part| part.rows).sum();
    assert_eq!(physical, found.values().map(|rows| rows.len() as u64).sum::<u64>(), "a row is there twice");
}

#[test]
fn a_killed_writer_loses_and_doubles_nothing() {
    let kills = if std::env::var_os("QINGYUAN_LONG").is_some() { 200 } else { 8 };
    let mut dir = City::found().dir;
    let mut seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let (mut all, mut told_in_all) = (Vec::new(), 0);
    for kill in 0..kills {
        // Everything is looked at after each kill, so a lake must not grow without end.
        if kill % 20 == 19 {
            told_in_all += all.len();
            all.clear();
            dir = City::found().dir;
        }
        let mut child = command(dir.path(), &format!("k{kill}"), None).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("@ready") {
            assert!(output.read_line(&mut told).unwrap() > 0, "{told}");
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_millis((seed >> 33) % 400));
        child.kill().unwrap();
        child.wait().unwrap();
        output.read_to_string(&mut told).unwrap();
        all.extend(acknowledged(&told));
        check_lake(dir.path(), &all);
    }
    told_in_all += all.len();
    println!("{kills} kills, {told_in_all} acknowledged");
    assert!(told_in_all > kills * 2);
}

#[test]
fn a_full_disk_acknowledges_nothing_and_recovers() {
    let City { dir, lake } = City::found();
    drop(lake);
    // 8 KiB a file: the spool's first segment is full after a few frames, and so is a larger data file.
    let output = command(dir.path(), "full", Some(16)).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let acknowledged = acknowledged(&told);
    let refused = told.matches("@refused").count();
    assert!(refused > 10 && acknowledged.iter().any(|key| key.contains("/s")), "{told}");
    check_lake(dir.path(), &acknowledged);
    // With space again all goes on, also in the same process.
    let mut child = command(dir.path(), "after", None).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    child.kill().unwrap();
    let after = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let mut all = acknowledged;
    all.extend(self::acknowledged(&after));
    check_lake(dir.path(), &all);
    assert!(after.contains("@ack after/s"), "{after}");
}
