//! How fast a stream of uploads is decoded on one core: frames found, length and CRC checked, every field of the segment
//! and every item of the data area walked and its value looked at.
//!
//! `throughput [MEGABYTES [RUNS]]`: the uploads of air, water and noise stations in turn (invented data). The best run
//! counts; the same work with the CRC as the standard prints it stands beside it.

#[path = "../tests/it/material.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod material;

use std::hint::black_box;
use std::time::Instant;

use hj212::{Decoder, Frames, Settings, crc16};
use material::{Chance, RIGHT, crc_by_definition, framed};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number =
        |fallback: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(fallback);
    let (megabytes, runs) = (number(128), number(5));
    let stream = uploads(megabytes * 1_000_000);
    let frames = Frames::of(&stream, Settings::default()).filter(Result::is_ok).count();
    println!("{} bytes, {frames} frames of {} bytes in the mean", stream.len(), stream.len() / frames);
    let segments: Vec<&[u8]> =
        Frames::of(&stream, Settings::default()).filter_map(Result::ok).map(|frame| frame.segment).collect();

    let rate = |name: &str, work: &dyn Fn() -> u64| {
        let mut best = f64::INFINITY;
        let mut sum = 0;
        for _ in 0..runs {
            let began = Instant::now();
            sum = black_box(work());
            best = best.min(began.elapsed().as_secs_f64());
        }
        let rate = stream.len() as f64 / best / 1e6;
        let nanoseconds = best * 1e9 / frames as f64;
        println!("{name:<58} {rate:>8.0} MB/s {nanoseconds:>8.0} ns a frame   ({sum})");
    };
    rate("frames, CRC and every item, whole buffer", &|| {
        Frames::of(&stream, Settings::default()).flatten().map(|frame| walk(frame.segment)).sum()
    });
    rate("frames, CRC and every item, stream in pieces of 64 KiB", &|| {
        let mut decoder = Decoder::new(Settings::default());
        let mut sum = 0;
        for piece in stream.chunks(65_536) {
            decoder.feed(piece);
            while let Some(outcome) = decoder.next_outcome() {
                sum += outcome.map_or(0, |frame| walk(frame.segment));
            }
        }
        sum
    });
    rate("frames and CRC", &|| {
        Frames::of(&stream, Settings::default()).flatten().map(|frame| u64::from(frame.crc)).sum()
    });
    rate("the items alone", &|| segments.iter().map(|segment| walk(segment)).sum());
    rate("the CRC alone", &|| segments.iter().map(|segment| u64::from(crc16(segment))).sum());
    rate("the CRC alone, byte by byte with a table", &|| {
        segments.iter().map(|segment| u64::from(crc_by_bytes(segment))).sum()
    });
    rate("the CRC alone, as the standard prints it", &|| {
        segments.iter().map(|segment| u64::from(crc_by_definition(segment))).sum()
    });
}

/// Looks at every field and value; the sum keeps the compiler from leaving it out.
fn walk(segment: &[u8]) -> u64 {
    let Ok(segment) = hj212::Segment::read(segment) else { return 0 };
    let length = |text: Option<&str>| text.map_or(0, |text| text.len() as u64);
    let head = length(segment.qn) + length(segment.mn) + length(segment.cn) + u64::from(segment.flag().0);
    segment.items().fold(head, |sum, item| {
        sum + item.code.len() as u64 + item.field.len() as u64 + length(item.value) + u64::from(item.group)
    })
}

/// The usual way: one table, a dependent load for each byte.
fn crc_by_bytes(segment: &[u8]) -> u16 {
    static TABLE: std::sync::LazyLock<[u16; 256]> = std::sync::LazyLock::new(|| {
        std::array::from_fn(|index| {
            let mut register = index as u16;
            for _ in 0..8 {
                register = if register & 1 == 1 { (register >> 1) ^ 0xA001 } else { register >> 1 };
            }
            register
        })
    });
    segment.iter().fold(0xFFFF, |register, byte| TABLE[usize::from((register >> 8) as u8 ^ byte)])
}

/// Hourly and minute uploads with values that change.
fn uploads(size: usize) -> Vec<u8> {
    let mut chance = Chance(212);
    let mut stream = Vec::with_capacity(size + 2000);
    while stream.len() < size {
        for template in &RIGHT[4..7] {
            let mut segment = template.as_bytes()[6..template.len() - 6].to_vec();
            for byte in segment.iter_mut().skip(110) {
                if byte.is_ascii_digit() && chance.one_in(2) {
                    *byte = b'0' + chance.below(10) as u8;
                }
            }
            stream.extend_from_slice(&framed(&segment));
        }
    }
    stream
}
