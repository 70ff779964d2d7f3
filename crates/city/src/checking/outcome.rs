//! What a check found, in the shapes in which it is handed on: JSON, remarks for a document, pieces of marked text.

use std::ops::Range;

use check::consistency::Inconsistency;
use check::{Judged, Verdict};
use document::Remark;
use figure::Period;
use message::{Language, Text};
use quantity::read::Quantity;
use serde_json::{Value, json};

use crate::wording::grouped;

/// What was found in one text.
pub struct Outcome {
    /// The text that was read.
    pub text: String,
    /// Where each character begins, in bytes.
    pub starts: Vec<usize>,
    /// Every quantity, date, rank and name with a number.
    pub found: Vec<Quantity>,
    /// The claims; none where there was no city to compare with.
    pub judged: Option<Vec<Judged>>,
    /// Where the text contradicts itself.
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
        let quantities: Vec<Value> = self
            .found
            .iter()
            .filter(|one| one.counts())
            .map(|one| quantity_as_json(one, &self.text))
            .collect();
        let claims: Vec<Value> = self.claims().iter().map(|one| claim_as_json(one, language)).collect();
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

    /// The text in pieces, each judged place one; of places that overlap the first wins and the others are empty.
    pub fn pieces(&self) -> Vec<Piece> {
        let claims = self.claims().iter().enumerate();
        let claims = claims.map(|(index, one)| (one.chars.clone(), Subject::Claim(index)));
        let inside = self.inconsistencies.iter().enumerate().flat_map(|(index, one)| {
            let places = self.places(one).into_iter().enumerate();
            places.map(move |(place, chars)| (chars, Subject::Inconsistency { index, place }))
        });
        let mut marks: Vec<(Range<usize>, Subject)> = inside.chain(claims).collect();
        // What is wrong is marked before what is right stands in the same place.
        marks.sort_by_key(|(chars, subject)| (chars.start, self.is_calm(*subject)));
        let mut pieces = Vec::new();
        let mut at = 0;
        for (chars, subject) in marks {
            if chars.start < at {
                pieces.push(Piece { text: String::new(), subject: Some(subject) });
                continue;
            }
            pieces.push(Piece { text: self.characters(at..chars.start), subject: None });
            at = chars.end;
            pieces.push(Piece { text: self.characters(chars), subject: Some(subject) });
        }
        pieces.push(Piece { text: self.characters(at..self.starts.len()), subject: None });
        pieces
    }

    /// Whether nobody has to look there.
    fn is_calm(&self, subject: Subject) -> bool {
        let Subject::Claim(index) = subject else { return false };
        let verdict = self.claims().get(index).map(|one| one.verdict);
        matches!(verdict, Some(Verdict::Supported | Verdict::Unsupported))
    }

    fn characters(&self, chars: Range<usize>) -> String {
        let byte_of = |place: usize| self.starts.get(place).copied().unwrap_or(self.text.len());
        self.text.get(byte_of(chars.start)..byte_of(chars.end)).unwrap_or_default().to_owned()
    }
}

/// A piece of the text that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text; empty for a place that another one covers, which still has to be found by links.
    pub text: String,
    /// What was found there.
    pub subject: Option<Subject>,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The claim of this index.
    Claim(usize),
    /// A place of a contradiction inside the text.
    Inconsistency {
        /// Which contradiction.
        index: usize,
        /// Which of its places.
        place: usize,
    },
}

/// The contract of `quantities --format json` and of `quantities` in `check --format json`.
pub fn quantity_as_json(quantity: &Quantity, text: &str) -> Value {
    json!({
        "start": quantity.chars.start,
        "end": quantity.chars.end,
        "surface": quantity.surface(text),
        "value": quantity.number.to_string(),
        "unit": quantity.unit,
        "comparator": quantity.comparator().key(),
        "kind": quantity.kind.key(),
    })
}

/// A claim as JSON.
pub fn claim_as_json(one: &Judged, language: Language) -> Value {
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
    let (number, unit) = computed_parts(one)?;
    Some(format!("{}{unit}", grouped(number)))
}

/// What the book says: the number as it is printed, and its unit.
pub fn computed_parts(one: &Judged) -> Option<(&str, &str)> {
    let computed = one.computed.as_deref()?;
    let end = computed
        .find(|character: char| !matches!(character, '0'..='9' | '.' | '-'))
        .unwrap_or(computed.len());
    Some(computed.split_at(end))
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

/// The sign of a verdict: colour is never the only one.
pub fn sign(verdict: Verdict) -> char {
    match verdict {
        Verdict::Supported => '✓',
        Verdict::Contradicted => '✗',
        Verdict::Outdated => '↺',
        Verdict::Ambiguous => '?',
        Verdict::Unsupported => '–',
    }
}

/// `共 36 个数量：属实 34，无据 2；文内不一致 0`.
pub fn summary(outcome: &Outcome) -> Text {
    let quantities = outcome.found.iter().filter(|one| one.counts()).count();
    let wrong = outcome.inconsistencies.len();
    if outcome.judged.is_none() {
        return message::text!(
            "共 {quantities} 个数量，文内不一致 {wrong} 处（未给 --home，未与账本比对）",
            "quantities {quantities}; inconsistencies {wrong} (no --home given, so not compared with a book)"
        );
    }
    let of = |chinese: bool| {
        let parts = ORDER
            .iter()
            .rev()
            .map(|&verdict| (verdict, outcome.count(verdict)))
            .filter(|(_, count)| *count > 0);
        let parts = parts.map(|(verdict, count)| {
            let word = verdict_text(verdict);
            format!("{} {count}", if chinese { word.simplified } else { word.english })
        });
        parts.collect::<Vec<_>>().join(if chinese { "，" } else { ", " })
    };
    let period = outcome.period;
    let (chinese, english) = (of(true), of(false));
    message::text!(
        "按 {period} 核验，共 {quantities} 个数量：{chinese}；文内不一致 {wrong} 处",
        "checked for {period}: quantities {quantities}; {english}; inconsistencies {wrong}"
    )
}
