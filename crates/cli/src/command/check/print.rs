//! A check's outcome for a terminal.

use check::Judged;
use city::checking::{ORDER, Outcome, computed, summary, verdict_text};
use message::{Language, Text};

use crate::output::table as columns;

/// What is wrong first, then what is not known, then what is true; a line only for each of many files.
pub fn table(outcome: &Outcome, name: &str, short: bool, language: Language) -> String {
    let summary = summary(outcome).in_language(language).into_owned();
    if short {
        return format!("{name}  {summary}");
    }
    let mut parts = Vec::new();
    if !outcome.claims().is_empty() {
        let headings = [
            Text::new("结论", "verdict"),
            Text::new("原文", "stated"),
            Text::new("账本", "book"),
            Text::new("指标", "indicator"),
            Text::new("期间", "period"),
            Text::new("说明", "reason"),
        ];
        let rows = ORDER
            .iter()
            .flat_map(|verdict| outcome.claims().iter().filter(move |one| one.verdict == *verdict));
        let rows = rows.map(|one| row(one, language)).collect();
        parts.push(columns(&headings, &[2], rows, language));
    }
    if !outcome.inconsistencies.is_empty() {
        let headings = [
            Text::new("文内不一致", "inconsistent"),
            Text::new("应为", "expected"),
            Text::new("写作", "found"),
            Text::new("说明", "explanation"),
        ];
        let rows = outcome.inconsistencies.iter().map(|one| {
            vec![
                one.rule.key().to_owned(),
                one.expected.clone(),
                one.found.clone(),
                one.explanation.in_language(language).into_owned(),
            ]
        });
        parts.push(columns(&headings, &[1, 2], rows.collect(), language));
    }
    parts.push(summary);
    parts.join("\n\n")
}

fn row(one: &Judged, language: Language) -> Vec<String> {
    vec![
        verdict_text(one.verdict).in_language(language).into_owned(),
        one.stated.clone(),
        computed(one).unwrap_or_default(),
        one.indicator.clone().unwrap_or_default(),
        one.period.map(|period| period.to_string()).unwrap_or_default(),
        one.reason.in_language(language).into_owned(),
    ]
}
