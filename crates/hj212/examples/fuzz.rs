//! Damaged streams without end against everything that bytes from the wire can reach: the decoder whole and in pieces,
//! segments, items, times, answers, the assembler. It knows no coverage; it knows what frames are made of.
//!
//! `fuzz SECONDS [SEED]`: prints how many streams were tried; the promise that was broken, if one was, with its bytes.

#[path = "../tests/it/material.rs"]
mod material;

use std::time::{Duration, Instant};

use material::{Chance, keep_promises, some_settings, some_stream};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |fallback: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(fallback);
    let (seconds, seed) = (number(10), number(1));
    let until = Instant::now() + Duration::from_secs(seconds);
    let (mut streams, mut bytes, mut taken, mut refused) = (0u64, 0u64, 0u64, 0u64);
    while Instant::now() < until {
        for _ in 0..1000 {
            let mut chance = Chance(seed.wrapping_mul(0xA24B_AED4_963E_E407).wrapping_add(streams));
            let stream = some_stream(&mut chance);
            let settings = some_settings(&mut chance);
            let (right, wrong) = keep_promises(&stream, settings, &mut chance);
            (streams, bytes) = (streams + 1, bytes + stream.len() as u64);
            (taken, refused) = (taken + right, refused + wrong);
        }
    }
    println!(
        "seed {seed}: {streams} streams, {bytes} bytes, {taken} frames taken, {refused} refused, no promise broken"
    );
}
