//! The spool: durable calls a second, by the number of threads that call at once.
//!
//! `lake_spool DIR [SECONDS]`: each call stores the 20 values of a device's frame; then everything is flushed.

#![allow(clippy::unwrap_used, reason = "a measurement, not a program")]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use lake::{Kind, Lake, Measurement, Micro, Span};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().expect("lake_spool DIR [SECONDS]");
    let seconds: u64 = arguments.next().map_or(3, |number| number.parse().unwrap());
    let home = Path::new(&dir);
    let lake = Lake::found(home).unwrap();
    let spool = lake.spool().unwrap();
    let start: Timestamp = "2025-12-31T16:00:00Z".parse().unwrap();
    let frame = |station: u64, turn: u64| -> Vec<Measurement> {
        (0..20)
            .map(|item| Measurement {
                station: format!("S{station:04}"),
                item: format!("a{item:05}"),
                span: Span::Minute,
                time: start + SignedDuration::from_mins(turn as i64 % 40_000),
                value: Some(Micro((turn * 1_000 + item) as i64)),
                flag: "N".to_owned(),
                source: "hj212".to_owned(),
            })
            .collect()
    };
    for threads in [1, 4, 16, 64, 256] {
        let calls = AtomicU64::new(0);
        let begun = Instant::now();
        let end = begun + Duration::from_secs(seconds);
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (spool, calls) = (spool.clone(), &calls);
                scope.spawn(move || {
                    let mut turn = 0;
                    while Instant::now() < end {
                        spool.store(Kind::Air, frame(thread, turn)).unwrap();
                        calls.fetch_add(1, Ordering::Relaxed);
                        turn += 1;
                    }
                });
            }
        });
        let (calls, time) = (calls.into_inner(), begun.elapsed().as_secs_f64());
        println!(
            "{threads} threads: {:.0} durable calls/s, {:.0} values/s",
            calls as f64 / time,
            calls as f64 * 20.0 / time
        );
    }
    let begun = Instant::now();
    let rows = lake.flush().unwrap();
    let time = begun.elapsed().as_secs_f64();
    println!("flushed {rows} rows in {time:.2} s, {:.2} million rows/s", rows as f64 / time / 1e6);
}
