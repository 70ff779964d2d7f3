//! What the first question for a record's current version costs: it reads the links of the whole book, once for each
//! process that asks. Also opening, which must not pay for it, and the memory it takes.
//!
//! Two books of a million entries, half of them creations and half amendments of records in no order: one entered in
//! batches of 10,000, as imports do, and one, the worst case, an entry at a time in two registers by turns. The files are
//! in the system's cache. Medians of seven openings. `cargo bench -p ledger --bench lookup`; `BOOK` names the home of another book to measure instead.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use ledger::{Batch, Draft, EntryNumber, Kind, Ledger, RecordId, SystemClock, Value};

fn main() {
    // `cargo test` runs benches too, without `--bench`: then small books show that it still works.
    let bench = std::env::args().any(|argument| argument == "--bench");
    if let Some(book) = std::env::var_os("BOOK") {
        return measure(Path::new(&book));
    }
    println!(
        "{:>12}{:>12}{:>14}{:>14}{:>12}{:>12}",
        "entries", "open", "first lookup", "next lookup", "memory", "peak"
    );
    let dir = tempfile::tempdir().expect("a directory for temporary files");
    let size = if bench { 1_000_000 } else { 2_000 };
    for (label, batch) in
        [("batches of 10,000", 10_000), ("one entry a commit, in two registers by turns", 1)]
    {
        let home = dir.path().join(label);
        found(&home, size, batch);
        println!("{label}");
        // In a process of its own, whose memory is only the reader's.
        let program = std::env::current_exe().expect("this program");
        std::process::Command::new(program).env("BOOK", &home).status().expect("measured");
    }
}

/// Opens the book several times, as new processes would; the medians, and the growth of this process's memory.
fn measure(home: &Path) {
    let mut times: Vec<[Duration; 3]> = Vec::new();
    let (mut memory, mut peak, mut size) = (0, 0, 0);
    for _ in 0..7 {
        let begun = Instant::now();
        let ledger = Ledger::read(home).expect("opened");
        size = ledger.size().expect("a size");
        let open = begun.elapsed();
        let before = resident("VmRSS:");
        let begun = Instant::now();
        ledger.version(RecordId(0)).expect("looked up");
        let first = begun.elapsed();
        // Later rounds reuse memory that the allocator has kept.
        memory = memory.max(resident("VmRSS:").saturating_sub(before));
        peak = peak.max(resident("VmHWM:").saturating_sub(before));
        let begun = Instant::now();
        (0..100).for_each(|turn| {
            ledger.version(RecordId(turn * size / 100)).expect("looked up");
        });
        times.push([open, first, begun.elapsed() / 100]);
    }
    let mut median = |column: usize| {
        times.sort_by_key(|row| row[column]);
        times[times.len() / 2][column]
    };
    let (open, first, next) = (median(0), median(1), median(2));
    println!(
        "{size:>12}{:>12}{:>14}{:>14}{:>12}{:>12}",
        format!("{open:.1?}"),
        format!("{first:.1?}"),
        format!("{next:.1?}"),
        format!("{:.1} MB", memory as f64 / 1e3),
        format!("{:.1} MB", peak as f64 / 1e3),
    );
}

/// The process's memory, now or at its most, in thousands of bytes; 0 where the system does not tell.
fn resident(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) * 1024 / 1000
}

fn found(home: &Path, size: u64, batch: u64) {
    let ledger = Ledger::found(home, "bench.example/book", Arc::new(SystemClock)).expect("a new book");
    let creations = (0..size / 2).collect::<Vec<_>>();
    let append = |numbers: &[u64], draft: &dyn Fn(u64) -> Draft| {
        let key = format!("{}", numbers[0]);
        let drafts = numbers.iter().map(|number| draft(*number)).collect();
        let batch = Batch { key, actor: "U012-zhang".into(), drafts, expect_size: None };
        ledger.append(batch).expect("appended");
    };
    for numbers in creations.chunks(batch as usize) {
        append(numbers, &|number| draft(number, batch, None));
    }
    let mut versions = creations;
    let amendments = (size / 2..size).collect::<Vec<_>>();
    let mut state = 0x2545_f491_u64;
    let mut targets = amendments.iter().map(|number| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let record = (state >> 33) % (size / 2);
        (record, std::mem::replace(&mut versions[record as usize], *number))
    });
    for numbers in amendments.chunks(batch as usize) {
        let targets: Vec<_> = targets.by_ref().take(numbers.len()).collect();
        let target = |number: u64| targets[(number - numbers[0]) as usize];
        append(numbers, &|number| draft(number, batch, Some(target(number))));
    }
}

fn draft(number: u64, batch: u64, target: Option<(u64, u64)>) -> Draft {
    let record = target.map_or(number, |(record, _)| record);
    Draft {
        kind: if target.is_some() { Kind::Amend } else { Kind::Create },
        register: if batch == 1 && record % 2 == 1 { "parks" } else { "docks" }.into(),
        record: target.map(|(record, _)| RecordId(record)),
        based_on: target.map(|(_, version)| EntryNumber(version)),
        effective: date(2022, 5, 4),
        unit: None,
        state: None,
        fields: [("name".to_owned(), Value::Text(format!("江城区第{number}号码头")))].into(),
        evidence: Vec::new(),
        note: None,
    }
}
