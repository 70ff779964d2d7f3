//! The reader's side of a comparison with another (`bench/quantities.sh`).
//!
//! `read_peer FILE`: for each passage (JSON lines with `text`) one line, the array of what was found.
//! `read_peer FILE ROUNDS`: the seconds that one pass over all passages takes, the median of so many.

use std::hint::black_box;
use std::time::Instant;

use quantity::read::read;
use serde_json::{Value, json};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("the passages, as JSON lines");
    let rounds: Option<usize> = arguments.next().map(|rounds| rounds.parse().expect("how many rounds"));
    let lines = std::fs::read_to_string(&path).expect("the file can be read");
    let passages: Vec<String> = lines.lines().filter(|line| !line.trim().is_empty()).map(text).collect();
    match rounds {
        Some(rounds) => println!("{:.9}", seconds(&passages, rounds)),
        None => passages.iter().for_each(|passage| println!("{}", found(passage))),
    }
}

fn text(line: &str) -> String {
    let passage: Value = serde_json::from_str(line).expect("a JSON object a line");
    passage["text"].as_str().expect("a text").to_owned()
}

fn found(passage: &str) -> Value {
    let one = |one: &quantity::read::Quantity| {
        json!({
            "start": one.chars.start,
            "end": one.chars.end,
            "value": one.number.to_string(),
            "unit": one.unit,
            "comparator": one.comparator().key(),
        })
    };
    read(passage).iter().map(one).collect()
}

fn seconds(passages: &[String], rounds: usize) -> f64 {
    let pass = |_| {
        let begun = Instant::now();
        passages.iter().for_each(|passage| {
            black_box(read(black_box(passage)));
        });
        begun.elapsed().as_secs_f64()
    };
    let mut times: Vec<f64> = (0..rounds.max(1)).map(pass).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
