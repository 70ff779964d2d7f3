//! What a check found, and its JSON.

use std::ops::Range;

use check::consistency::Inconsistency;
use check::{Judged, Verdict};
use document::Remark;
use figure::Period;
use message::{Language, Text};
use quantity::read::Quantity;
use serde_json::{Value, json};

use crate::command::quantities::in_json;
use crate::output::grouped;

/// What was found in one text.
pub struct Outcome {
    pub text: String,
    /// Where each character begins, in bytes.
    pub starts: Vec<usize>,
    /// Every quantity, date, rank and name with a number.
    pub found: Vec<Quantity>,
    /// The claims; none where there was no city to compare with.
    pub judged: Option<Vec<Judged>>,
    pub inconsistencies: Vec<Inconsistency>,
    /// The period that the text was taken to be about.
    pub period: Period,
}

impl Outcome {
    /// Whether anything is contradicted or inconsistent.
    pub fn wrong(&self) -> bool {
        !self.inconsistencies.is_empty() || self.count(Verdict::Contradicted) > 0
    }

    /// The claims.
    pub fn claims(&self) -> &[Judged] {
        self.judged.as_deref().unwrap_or_default()
    }

    /// How many claims were judged so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.claims().iter().filter(|one| one.verdict == verdict).count()
    }

    /// The places of an inconsistency, in characters.
    pub fn places(&self, one: &Inconsistency) -> Vec<Range<usize>> {
        let char_of = |byte: usize| self.starts.partition_point(|&start| start < byte);
        one.places.iter().map(|place| char_of(place.bytes.start)..char_of(place.bytes.end)).collect()
    }

    /// The contract of `check --format json`.
    pub fn json(&self, language: Language, file: Option<&str>) -> Value {
        let place = |chars: &Range<usize>| json!({ "start": chars.start, "end": chars.end });
        let quantities: Vec<Value> =
            self.found.iter().filter(|one| one.counts()).map(|one| in_json(one, &self.text)).collect();
        let claims: Vec<Value> = self.claims().iter().map(|one| claim(one, language)).collect();
        let inconsistencies: Vec<Value> = self
            .inconsistencies
            .iter()
            .map(|one| {
                json!({
                    "rule": one.rule.key(),
                    "places": self.places(one).iter().map(place).collect::<Vec<_>>(),
                    "expected": one.expected,
                    "found": one.found,
                    "explanation": one.explanation.in_language(language),
                })
            })
            .collect();
        let mut all =
            json!({ "quantities": quantities, "claims": claims, "inconsistencies": inconsistencies });
        if let (Some(file), Value::Object(object)) = (file, &mut all) {
            object.insert("file".to_owned(), json!(file));
        }
        all
    }

    /// What is to be said at places of the document: every verdict but plain ignorance; of a rank even that, for its
    /// writer must know that it stands on nothing.
    pub fn remarks(&self, language: Language) -> Vec<Remark> {
        let byte_of = |place: usize| self.starts.get(place).copied().unwrap_or(self.text.len());
        let at = |chars: &Range<usize>| byte_of(chars.start)..byte_of(chars.end);
        let claims = self.claims().iter().filter(|one| one.verdict != Verdict::Unsupported || one.rank);
        let claims = claims.map(|one| {
            let word = verdict_text(one.verdict);
            let mut lines =
                vec![format!("{}：{}", word.in_language(language), one.reason.in_language(language))];
            lines.extend(one.figure.as_ref().map(|id| format!("qingyuan trace {id}")));
            Remark { bytes: at(&one.chars), comment: lines.join("\n") }
        });
        let inconsistencies = self.inconsistencies.iter().filter_map(|one| {
            let first = one.places.first()?.bytes.clone();
            let word = Text::new("文内不一致", "inconsistent");
            let comment =
                format!("{}：{}", word.in_language(language), one.explanation.in_language(language));
            Some(Remark { bytes: first, comment })
        });
        claims.chain(inconsistencies).collect()
    }
}

fn claim(one: &Judged, language: Language) -> Value {
    let mut claim = json!({
        "start": one.chars.start,
        "end": one.chars.end,
        "indicator": one.indicator,
        "period": one.period.map(|period| period.to_string()),
        "verdict": one.verdict.key(),
        "stated": one.stated,
        "computed": one.computed,
        "figure": one.figure.as_ref().map(ToString::to_string),
        "reason": one.reason.in_language(language),
    });
    if let (false, Value::Object(object)) = (one.candidates.is_empty(), &mut claim) {
        object.insert("candidates".to_owned(), json!(one.candidates));
    }
    claim
}

/// What the book says, its thousands divided: `82 963 000 000.00元`.
pub fn computed(one: &Judged) -> Option<String> {
    let computed = one.computed.as_deref()?;
    let end = computed
        .find(|character: char| !matches!(character, '0'..='9' | '.' | '-'))
        .unwrap_or(computed.len());
    let (number, unit) = computed.split_at(end);
    Some(format!("{}{unit}", grouped(number)))
}

/// A verdict in words.
pub fn verdict_text(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Supported => Text::new("属实", "supported"),
        Verdict::Contradicted => Text::new("不符", "contradicted"),
        Verdict::Outdated => Text::new("已过时", "outdated"),
        Verdict::Ambiguous => Text::new("所指不明", "ambiguous"),
        Verdict::Unsupported => Text::new("无据", "unsupported"),
    }
}

/// The verdicts in the order in which people want to see them.
pub const ORDER: [Verdict; 5] =
    [Verdict::Contradicted, Verdict::Outdated, Verdict::Ambiguous, Verdict::Unsupported, Verdict::Supported];
