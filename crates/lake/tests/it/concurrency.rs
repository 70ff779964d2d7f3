//! Many at once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use lake::{Kind, Lake, LakeError, Options};

use super::common::{City, air, lines, row};

#[test]
fn two_threads_append_and_the_same_key_counts_once() {
    let City { dir: _dir, lake } = City::found();
    let start = Barrier::new(4);
    let receipts: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4_i64)
            .map(|thread| {
                let (lake, start) = (&lake, &start);
                scope.spawn(move || {
                    start.wait();
                    (0..5_i64)
                        .map(|turn| {
                            // Threads 2 and 3 send what 0 and 1 send.
                            let (thread, key) = (thread % 2, format!("{} {turn}", thread % 2));
                            lake.append(
                                &key,
                                Kind::Air,
                                &[row(&format!("S{thread}"), "so2", turn, Some(turn))],
                            )
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).map(Result::unwrap).collect()
    });
    assert_eq!(receipts.iter().filter(|receipt| receipt.repeated).count(), 10);
    assert_eq!(lake.version().unwrap(), 10);
    assert_eq!(lines(&lake, &air()).len(), 10);
}

#[test]
fn readers_see_whole_batches_while_others_write_flush_and_merge() {
    let City { dir, lake } = City::found();
    let lake = lake.with(Options { merge_files: 2, ..Options::default() });
    let spool = lake.spool().unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for thread in 0..3 {
            let spool = spool.clone();
            scope.spawn(move || {
                for turn in 0..40 {
                    // One call brings two rows: both or none.
                    let rows = [0, 1000].map(|at| row(&format!("S{thread}"), "so2", turn + at, Some(turn)));
                    spool.store(Kind::Air, rows.to_vec()).unwrap();
                }
            });
        }
        let writer = scope.spawn(|| {
            for turn in 0..8 {
                lake.flush().unwrap();
                if turn % 3 == 2 {
                    lake.maintain().unwrap();
                }
            }
            done.store(true, Ordering::Release);
        });
        // A reader of its own, as in another process.
        let reader = Lake::open(dir.path()).unwrap();
        let mut before = 0;
        while !done.load(Ordering::Acquire) {
            let rows = lines(&reader, &air());
            assert_eq!(rows.len() % 2, 0);
            assert!(rows.len() >= before);
            before = rows.len();
        }
        writer.join().unwrap();
    });
    lake.flush().unwrap();
    assert_eq!(lines(&lake, &air()).len(), 240);
}

#[test]
fn one_writes_and_the_other_is_told() {
    let City { dir, lake } = City::found();
    let impatient = Options { patience_millis: 30, ..Options::default() };
    let other = Lake::open(dir.path()).unwrap().with(impatient);
    let import = lake.import("long").unwrap();
    let refused = other.append("short", Kind::Air, &[row("A", "so2", 0, Some(1))]);
    assert!(
        matches!(refused, Err(LakeError::Locked { pid, .. }) if pid == Some(std::process::id())),
        "{refused:?}"
    );
    drop(import);
    other.append("short", Kind::Air, &[row("A", "so2", 0, Some(1))]).unwrap();
    // What the other wrote is seen here, and numbered after.
    assert_eq!(lake.append("long", Kind::Air, &[row("A", "so2", 1, Some(1))]).unwrap().batch, 2);
    // The spool can be stored to while another process writes to the table.
    let spool = lake.spool().unwrap();
    let import = other.import("longer").unwrap();
    spool.store(Kind::Air, vec![row("A", "so2", 2, Some(1))]).unwrap();
    drop(import);
    assert_eq!(lake.flush().unwrap(), 1);
}
