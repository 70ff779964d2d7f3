//! How well consistency does on real passages: alarms on them as they are, and errors planted in them that are found.
//!
//! ```text
//! cargo run --release -p check --example consistency_eval -- PASSAGES.jsonl… [--seed 1] [--rounds 200] [--unchanged]
//! ```
//!
//! A file holds one passage a line, `{"id": …, "text": …}`; any other file is one passage. Three tables:
//!
//! 1. the passages unchanged: what was checked, and every alarm;
//! 2. each checked relation of the passages, every number of it altered in turn. An alteration that leaves the
//!    relation true within the printed places is no error and is not counted. This recall is of what the rules see in
//!    the unchanged text: what they never saw, the table cannot miss;
//! 3. sentences made from templates, right and wrong, set into the passages: found errors and false alarms.
//!
//! `--unchanged` stops after the first.

mod alter;
mod made;
mod random;
mod set_in;
mod templates;

use std::collections::BTreeMap;
use std::process::ExitCode;

use check::consistency::{Inconsistency, Relation, Rule, consistency, relations};
use quantity::read::read_all;

use random::Random;

struct Passage {
    id: String,
    text: String,
}

fn main() -> ExitCode {
    let mut files = Vec::new();
    let (mut seed, mut rounds, mut only_unchanged) = (1, 200, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seed" => seed = arguments.next().and_then(|value| value.parse().ok()).unwrap_or(seed),
            "--rounds" => rounds = arguments.next().and_then(|value| value.parse().ok()).unwrap_or(rounds),
            "--unchanged" => only_unchanged = true,
            _ => files.push(argument),
        }
    }
    let mut passages = Vec::new();
    for file in &files {
        match load(file) {
            Ok(more) => passages.extend(more),
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::from(2);
            }
        }
    }
    if passages.is_empty() {
        eprintln!("name at least one file of passages");
        return ExitCode::from(2);
    }
    let alarms = unchanged(&passages);
    if only_unchanged {
        return if alarms == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    altered(&passages);
    let false_alarms = planted(&passages, seed, rounds);
    if alarms + false_alarms == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn load(file: &str) -> Result<Vec<Passage>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    if !file.ends_with(".jsonl") {
        return Ok(vec![Passage { id: file.to_owned(), text }]);
    }
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let value: serde_json::Value =
                serde_json::from_str(line).map_err(|error| format!("line {}: {error}", number + 1))?;
            let field = |name: &str| value.get(name).and_then(|field| field.as_str()).map(str::to_owned);
            let text = field("text").ok_or(format!("line {}: no text", number + 1))?;
            Ok(Passage { id: field("id").unwrap_or_else(|| (number + 1).to_string()), text })
        })
        .collect()
}

fn alarms_of(text: &str) -> Vec<Inconsistency> {
    consistency(text, &read_all(text), &[])
}

fn relations_of(text: &str) -> Vec<Relation> {
    relations(text, &read_all(text), &[])
}

/// The first table; returns the number of alarms.
fn unchanged(passages: &[Passage]) -> usize {
    let mut checked: BTreeMap<Rule, usize> = BTreeMap::new();
    let mut alarms = 0;
    let characters: usize = passages.iter().map(|passage| passage.text.chars().count()).sum();
    println!("## {} passages unchanged, {characters} characters\n", passages.len());
    for passage in passages {
        for relation in relations_of(&passage.text) {
            *checked.entry(relation.rule).or_default() += 1;
            if relation.equality || !relation.holds {
                let mark = if relation.holds { "  " } else { "! " };
                println!(
                    "{mark}{}  {}  {}",
                    passage.id,
                    relation.rule.key(),
                    relation.explanation.simplified
                );
            }
        }
        alarms += alarms_of(&passage.text).len();
    }
    println!();
    for rule in Rule::ALL {
        println!("{:<12} {:>5} checked", rule.key(), checked.get(&rule).copied().unwrap_or(0));
    }
    println!("\nalarms: {alarms}\n");
    alarms
}

/// What became of planted errors.
#[derive(Default)]
struct Score {
    found: usize,
    missed: usize,
    true_still: usize,
    right: usize,
    false_alarms: usize,
}

impl Score {
    fn recall(&self) -> String {
        let all = self.found + self.missed;
        match (self.found * 1000).checked_div(all) {
            None => "-".to_owned(),
            Some(permille) => format!("{}.{} %", permille / 10, permille % 10),
        }
    }
}

/// The second table.
fn altered(passages: &[Passage]) {
    let mut scores: BTreeMap<Rule, Score> = BTreeMap::new();
    let mut misses = Vec::new();
    for passage in passages {
        for relation in
            relations_of(&passage.text).iter().filter(|relation| relation.holds && relation.equality)
        {
            for (at, place) in relation.places.iter().enumerate() {
                for (name, surface) in alter::alterations(&passage.text[place.bytes.clone()]) {
                    let mut text = passage.text.clone();
                    text.replace_range(place.bytes.clone(), &surface);
                    let score = scores.entry(relation.rule).or_default();
                    // The relation in the altered text: the same numbers, found by where the first of them begins.
                    let begin = |place: &check::consistency::Place, moved: &std::ops::Range<usize>| {
                        let shift = if place.bytes.start > moved.start {
                            surface.len() as isize - moved.len() as isize
                        } else {
                            0
                        };
                        place.bytes.start.checked_add_signed(shift)
                    };
                    let starts: Vec<_> =
                        relation.places.iter().map(|other| begin(other, &place.bytes)).collect();
                    let after = relations_of(&text);
                    let alarmed = after.iter().any(|other| {
                        !other.holds && other.places.iter().any(|other| Some(other.bytes.start) == starts[at])
                    });
                    let same = after.iter().find(|other| {
                        other.rule == relation.rule
                            && other.places.first().map(|place| place.bytes.start) == starts[0]
                    });
                    if alarmed {
                        score.found += 1;
                    } else if same.is_some_and(|same| same.holds) {
                        score.true_still += 1;
                    } else {
                        score.missed += 1;
                        misses.push(format!(
                            "{} {name}: {} → {surface}: {}",
                            passage.id,
                            &passage.text[place.bytes.clone()],
                            relation.explanation.simplified
                        ));
                    }
                }
            }
        }
    }
    println!("## numbers of the passages' own relations altered (+1, +10 %, −10 %, two digits swapped)\n");
    println!("{:<12} {:>7} {:>7} {:>12} {:>9}", "rule", "found", "missed", "true still", "recall");
    for (rule, score) in &scores {
        println!(
            "{:<12} {:>7} {:>7} {:>12} {:>9}",
            rule.key(),
            score.found,
            score.missed,
            score.true_still,
            score.recall()
        );
    }
    for miss in misses.iter().take(20) {
        println!("  missed: {miss}");
    }
    println!();
}

/// The third table; returns the number of false alarms.
fn planted(passages: &[Passage], seed: u64, rounds: usize) -> usize {
    let mut random = Random::new(seed);
    // Where a passage speaks of the same things, a template's numbers would contradict it.
    let passages: Vec<&Passage> = passages
        .iter()
        .filter(|passage| !relations_of(&passage.text).iter().any(|relation| relation.equality))
        .collect();
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    let mut examples: Vec<String> = Vec::new();
    for template in templates::ALL {
        for round in 0..rounds {
            let passage = passages[random.below(passages.len())];
            let made = (template.make)(&mut random);
            let script: fn(&str) -> String =
                if round % 5 == 4 { message::traditional } else { str::to_owned };
            let score = scores.entry(template.rule.key()).or_default();

            let (text, tables) =
                set_in::set_in(&passage.text, &script(&made.right), made.tables, &mut random.clone());
            let before = alarms_of(&passage.text).len();
            let found = read_all(&text);
            score.right += 1;
            let alarms = consistency(&text, &found, &tables);
            if alarms.len() > before {
                score.false_alarms += 1;
                examples.push(format!(
                    "false alarm: {}\n      {}",
                    made.right,
                    alarms
                        .iter()
                        .map(|alarm| alarm.explanation.simplified.clone())
                        .collect::<Vec<_>>()
                        .join(" | ")
                ));
            }
            for wrong in &made.wrong {
                let (text, tables) =
                    set_in::set_in(&passage.text, &script(wrong), made.tables, &mut random.clone());
                let alarms = consistency(&text, &read_all(&text), &tables);
                if alarms.len() > before {
                    score.found += 1;
                } else {
                    score.missed += 1;
                    examples.push(format!("missed: {}: {wrong}", template.rule.key()));
                }
            }
            random.next();
        }
    }
    println!("## template sentences set into the passages, seed {seed}, {rounds} rounds a template\n");
    println!(
        "{:<12} {:>7} {:>7} {:>9} {:>7} {:>13}",
        "rule", "found", "missed", "recall", "right", "false alarms"
    );
    for (rule, score) in &scores {
        let recall = score.recall();
        println!(
            "{rule:<12} {:>7} {:>7} {recall:>9} {:>7} {:>13}",
            score.found, score.missed, score.right, score.false_alarms
        );
    }
    examples.sort();
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    for example in examples {
        let words: String =
            example.chars().filter(|character| !character.is_ascii_digit() && *character != '.').collect();
        let times = shown.entry(words.chars().take(30).collect()).or_default();
        *times += 1;
        if *times <= 2 {
            println!("  {example}");
        }
    }
    scores.values().map(|score| score.false_alarms).sum()
}
