//! How long a report of 12,000 figures takes, from template text to DOCX bytes.
//!
//! Prints the seconds of the best of several rounds; `bench/docx.sh` compares them with docxtpl on the
//! same sentences. `cargo bench -p report --bench docx -- [FIGURES] [FILE]` also writes the file.

use std::fmt::Write;
use std::time::{Duration, Instant};

use figure::{Figure, FigureId, Snapshot};
use message::{Source, Text};
use report::{KnownIndicator, Meta, Vocabulary, compile, docx, render};
use rust_decimal::Decimal;

const SNAPSHOT: Snapshot = Snapshot { known_at: 1_003_245, lake: None, pack: [0x9f, 0x3c, 0x21, 0xab] };
const ROUNDS: usize = 5;

struct Everything;

impl Vocabulary for Everything {
    fn indicator(&self, _key: &str) -> Option<KnownIndicator> {
        let label = Text::new("码头数量", "docks");
        Some(KnownIndicator {
            label,
            unit: "个".to_owned(),
            decimals: 0,
            dimensions: Vec::new(),
            flow: false,
        })
    }

    fn indicators(&self) -> Vec<String> {
        Vec::new()
    }

    fn dimension(&self, _key: &str) -> Option<Text> {
        None
    }

    fn value(&self, _indicator: &str, _dimension: &str, _value: &str) -> Option<Text> {
        None
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let figures: usize = arguments.first().and_then(|count| count.parse().ok()).unwrap_or(12_000);
    let text = template(figures);
    let mut best = Duration::MAX;
    let mut bytes = Vec::new();
    for _ in 0..ROUNDS {
        let source = Source::new("bench.md", text.clone());
        let began = Instant::now();
        let (template, _) = compile(&source);
        let template = template.expect("the benchmark's template is sound");
        let answers: Vec<Vec<Figure>> = template.requests().iter().enumerate().map(answer).collect();
        let meta = Meta { synthetic: true, ..Meta::new(SNAPSHOT, "bench", [0; 32]) };
        let (document, _) = render(&template, &answers, &Everything, &meta);
        bytes = docx(&document.expect("the benchmark's figures are true"));
        best = best.min(began.elapsed());
    }
    if let Some(path) = arguments.get(1) {
        std::fs::write(path, &bytes).expect("the file given can be written");
    }
    println!("{:.6}", best.as_secs_f64());
}

/// Four figures a paragraph, as the peer has.
fn template(figures: usize) -> String {
    let mut text = String::from("+++\ntitle = \"十二册台账汇报\"\nperiod = \"2022\"\n+++\n");
    for index in 0..figures {
        let _ = write!(text, "第{index}项由台账计算，数量为{{{{ fig(\"i{index:05}\") }}}}，较上年同期平稳；");
        if index % 4 == 3 {
            text.push_str("各单位按月核对。\n\n");
        }
    }
    text
}

fn answer((index, request): (usize, &report::Request)) -> Vec<Figure> {
    let id = FigureId {
        indicator: request.indicator.clone(),
        period: request.period,
        as_of: request.period.last(),
        scope: Vec::new(),
        snapshot: SNAPSHOT,
    };
    let value = Some(Decimal::from(index * 7919 % 100_000));
    vec![Figure { id, value, unit: "个".to_owned(), decimals: 0, rows: 1, pending: 0 }]
}
