//! Nanoseconds for one station and day: means from hours, the AQI from means, a second edition, a city's day.
//!
//! `cargo bench -p standards --bench air`: made-up days with gaps, enough of them (some 40 MB) that they do not stay in the
//! cache; one thread; the median of 9 rounds, and the fastest. `ROUNDS` changes that. Without `--bench` it only shows that it works.

use std::hint::black_box;
use std::time::Instant;

use standards::air::{CityDay, Day, Edition, Hours, Index, Item, MISSING, Settings};

fn main() {
    let bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok());
    let rounds: usize = rounds.unwrap_or(if bench { 9 } else { 1 });
    let count = if bench { 72_000 } else { 100 };
    let settings = black_box(Settings::default());
    let hours = made_up(count);
    let mut days = vec![Day::default(); count];
    let mut indices = vec![Index::EMPTY; count];

    report("day from 24 hours × 6 items", count, rounds, || {
        for (day, hours) in days.iter_mut().zip(&hours) {
            *day = Day::of_hours(hours, &settings);
        }
        black_box(&mut days);
    });
    for edition in Edition::ALL {
        report(&format!("AQI from day, {}", edition.key()), count, rounds, || {
            for (index, day) in indices.iter_mut().zip(&days) {
                *index = day.index(edition, &settings);
            }
            black_box(&mut indices);
        });
    }
    report("day into a city of 10 stations", count, rounds, || {
        for stations in days.chunks(10) {
            let mut city = CityDay::default();
            stations.iter().for_each(|day| city.push(day));
            black_box(city.day(10, &settings));
        }
    });
    let valid = indices.iter().filter(|index| index.aqi().is_some()).count();
    println!("{valid} of {count} station-days have an AQI under the last edition");
}

fn report(what: &str, count: usize, rounds: usize, mut work: impl FnMut()) {
    let mut times: Vec<u128> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    let (median, fastest) = (times[rounds / 2] as f64, times[0] as f64);
    let count = count as f64;
    println!("{:>7.1} ns per station-day (fastest round {:.1})   {what}", median / count, fastest / count);
}

/// Days of plausible values, one hour in forty missing.
fn made_up(count: usize) -> Vec<[Hours; Item::COUNT]> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        // xorshift64*: the bench needs numbers that no compiler foresees, not good ones.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d) % below
    };
    let highest = [60_000, 120_000, 240_000, 2_400, 220_000, 180_000];
    (0..count)
        .map(|_| {
            highest.map(|highest| {
                let level = random(highest) + 1;
                std::array::from_fn(|_| {
                    if random(40) == 0 { MISSING } else { (random(level) + level / 2) as i32 }
                })
            })
        })
        .collect()
}
