//! How fast the reader is, and that its time grows with the length of the text and no faster.
//!
//! `cargo bench -p quantity --bench read [-- FILE…]`: the passages of the files (JSON lines with `text`; by default
//! those of this crate's tests), a paragraph each, over and over until they are 1, 2, 4 and 8 MB; then one paragraph
//! of a single pattern at 100,000 characters and two, four and eight times as many. One thread; medians of `ROUNDS`
//! rounds (default 9), which take the sizes by turns, so that whatever else the machine does meets all of them.
//! `ONLY` measures only the patterns that hold this text, `CHARACTERS` says how long the first of them is.

use std::hint::black_box;
use std::time::Instant;

use quantity::read::{read, read_all};

/// Times as long as the first.
const SIZES: [usize; 4] = [1, 2, 4, 8];

fn main() {
    // `cargo test --benches` runs benches too, without `--bench`: then small texts show that it still works.
    let bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok());
    let rounds = rounds.unwrap_or(if bench { 9 } else { 1 });
    let (megabyte, characters) = if bench { (1_000_000, 100_000) } else { (10_000, 1_000) };
    let characters =
        std::env::var("CHARACTERS").ok().and_then(|text| text.parse().ok()).unwrap_or(characters);
    prose(megabyte, rounds);
    println!();
    patterns(characters, rounds);
}

/// Real sentences.
fn prose(megabyte: usize, rounds: usize) {
    let passages = passages();
    let texts = SIZES.map(|times| repeated(&passages, times * megabyte));
    let times = medians(&texts, rounds);
    let found = read(&texts[0]).len();
    println!(
        "{} passages, over and over; a quantity every {} bytes",
        passages.len(),
        texts[0].len() / found.max(1)
    );
    println!("{:>12}{:>14}{:>12}{:>12}", "bytes", "ms", "MB/s", "growth");
    for (text, time) in texts.iter().zip(times) {
        let (bytes, growth) = (text.len(), time / times[0]);
        println!("{bytes:>12}{:>14.2}{:>12.1}{growth:>11.2}×", time * 1e3, bytes as f64 / time / 1e6);
    }
}

/// Paragraphs that a reader which looks too far, or twice, would be slow on.
fn patterns(characters: usize, rounds: usize) {
    println!("one paragraph of one pattern; times in ms, and the last in terms of the first (8 is linear)");
    print!("{:<14}", "");
    SIZES.iter().for_each(|times| print!("{:>12}", times * characters));
    println!("{:>10}{:>12}", "growth", "MB/s");
    let only = std::env::var("ONLY").ok();
    for pattern in PATTERNS.iter().filter(|pattern| only.as_ref().is_none_or(|only| pattern.contains(only))) {
        let length = pattern.chars().count();
        let texts = SIZES.map(|times| pattern.repeat(times * characters / length));
        let times = medians(&texts, rounds);
        print!("{pattern:<14}");
        times.iter().for_each(|time| print!("{:>12.2}", time * 1e3));
        println!("{:>9.2}×{:>12.1}", times[3] / times[0], texts[3].len() as f64 / times[3] / 1e6);
    }
}

/// Digits and numerals without an end, lists, ranges, titles, quotations, dates, codes, and words that look far back.
const PATTERNS: &[&str] = &[
    "7",
    "万",
    "一",
    "十",
    "亿",
    "1、",
    "《",
    "“",
    "1至",
    "至",
    "1,",
    "1.",
    "1,234,",
    "1-",
    "1—",
    "1/",
    "1:",
    "1万",
    "1亿",
    "三四",
    "一点",
    "百分之",
    "三分之",
    "2022年",
    "1月",
    "1日",
    "2022-",
    "千",
    "几",
    "余",
    "A1",
    "1号",
    "的1%",
    "1至2个",
    "1个、",
    "1、2个",
    "分别1个、",
    "超1个",
    "由1个增至2个",
    "占1%",
    "《1个",
    "“1个",
    "“1个”",
    "前1名",
    "第1位",
    "5年圈",
    "控制在1个",
    "１",
    " 1",
    "1 ",
    "(1)",
    "關",
    "字",
];

fn medians(texts: &[String; 4], rounds: usize) -> [f64; 4] {
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..rounds {
        for (text, times) in texts.iter().zip(&mut times) {
            let begun = Instant::now();
            black_box(read_all(black_box(text)));
            times.push(begun.elapsed().as_secs_f64());
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

fn repeated(passages: &[String], bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 4096);
    for passage in passages.iter().cycle() {
        if text.len() >= bytes {
            break;
        }
        text.push_str(passage);
        text.push('\n');
    }
    text
}

fn passages() -> Vec<String> {
    let mut files: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if files.is_empty() {
        files.push(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/passages.jsonl").to_owned());
    }
    let mut passages = Vec::new();
    for file in files {
        let lines = std::fs::read_to_string(&file).expect("the passages can be read");
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let passage: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
            passages.push(passage["text"].as_str().expect("a text").to_owned());
        }
    }
    passages
}
