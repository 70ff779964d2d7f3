//! Measures the reader against passages annotated by hand.
//!
//! `cargo run --release -p quantity --example read_eval -- dev.jsonl`: one JSON object a line with `text` and
//! `quantities` (`start`, `end` in characters, `value`, `unit`, `comparator`). Prints precision, recall and F1 where
//! span, value, unit and comparator must all be right, and every error. Places that the annotators call doubtful
//! (`doubtful`: pairs of start and end) count neither way.

use std::collections::BTreeMap;

use serde_json::Value;

fn main() {
    let path = std::env::args().nth(1).expect("the annotated passages, as JSON lines");
    let text = std::fs::read_to_string(&path).expect("the file can be read");
    let (mut right, mut found_count, mut wanted_count, mut passages) = (0, 0, 0, 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let passage: Value = serde_json::from_str(line).expect("a JSON object a line");
        let text = passage["text"].as_str().expect("a text");
        let wanted: BTreeMap<(u64, u64), [String; 3]> =
            passage["quantities"].as_array().expect("quantities").iter().map(annotation).collect();
        let doubtful: Vec<(u64, u64)> =
            passage["doubtful"].as_array().into_iter().flatten().map(pair).collect();
        let sure = |chars: &std::ops::Range<usize>| {
            !doubtful.iter().any(|&(start, end)| (chars.start as u64) < end && start < chars.end as u64)
        };
        let found: BTreeMap<(u64, u64), [String; 3]> = quantity::read::read(text)
            .iter()
            .filter(|one| sure(&one.chars))
            .map(|one| {
                let told = [one.number.to_string(), one.unit.clone(), one.comparator().key().to_owned()];
                ((one.chars.start as u64, one.chars.end as u64), told)
            })
            .collect();
        passages += 1;
        wanted_count += wanted.len();
        found_count += found.len();
        right += wanted.iter().filter(|(place, told)| found.get(place) == Some(told)).count();
        report(passage["id"].as_str().unwrap_or("?"), text, &wanted, &found);
    }
    let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let (precision, recall) = (share(right, found_count), share(right, wanted_count));
    let f1 = 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE);
    println!("{passages} passages, {wanted_count} annotated, {found_count} found, {right} right in all");
    println!("precision {precision:.4}  recall {recall:.4}  F1 {f1:.4}");
}

fn pair(one: &Value) -> (u64, u64) {
    (one[0].as_u64().unwrap_or_default(), one[1].as_u64().unwrap_or_default())
}

fn annotation(one: &Value) -> ((u64, u64), [String; 3]) {
    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let place = (one["start"].as_u64().unwrap_or_default(), one["end"].as_u64().unwrap_or_default());
    (place, [text("value"), text("unit"), text("comparator")])
}

type Told = BTreeMap<(u64, u64), [String; 3]>;

fn report(id: &str, text: &str, wanted: &Told, found: &Told) {
    let characters: Vec<char> = text.chars().collect();
    let shown = |&(start, end): &(u64, u64)| -> String {
        let (start, end) = (start as usize, end as usize);
        let part =
            |from: usize, to: usize| characters[from..to.min(characters.len())].iter().collect::<String>();
        format!("{}[{}]{}", part(start.saturating_sub(10), start), part(start, end), part(end, end + 8))
            .replace('\n', "⏎")
    };
    for (place, told) in wanted.iter().filter(|(place, told)| found.get(place) != Some(told)) {
        println!("- {id}: {} wanted {told:?} found {:?}", shown(place), found.get(place));
    }
    for (place, told) in found.iter().filter(|(place, _)| !wanted.contains_key(place)) {
        println!("+ {id}: {} found {told:?}", shown(place));
    }
}
