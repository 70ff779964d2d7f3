//! What reports say of an indicator: `reads` (with a number) and `statements` (without one).

use std::collections::BTreeMap;
use std::sync::Arc;

use message::{Diagnostic, Source, Span, Text};
use rust_decimal::Decimal;

use crate::faults::Faults;
use crate::indicator::ReadIndicator;
use crate::model::{Bound, Statement};
use crate::reads::{NUMBER, ReadPattern, words};
use crate::rules;
use crate::tree::{Node, Value};

/// A wording, as it was written and as it is read, with its place.
pub(crate) type Wording = (String, ReadPattern, Span);

/// The wordings of an indicator in this unit.
pub(crate) fn reads(source: &Arc<Source>, node: &Node, unit: &str, faults: &mut Faults) -> Vec<Wording> {
    let texts = node.items_of("reads").iter().filter_map(|item| Some((item.as_text()?, item.span.clone())));
    let wordings = texts.map(|(text, span)| (text.to_owned(), ReadPattern::of(text, unit), span));
    let wordings: Vec<Wording> = wordings.collect();
    for (text, pattern, span) in &wordings {
        if let Some(fault) = fault_of(source, text, pattern, span, unit) {
            faults.push(fault);
        }
    }
    wordings
}

/// The first fault of a wording: what follows from it is not said too.
fn fault_of(
    source: &Arc<Source>,
    text: &str,
    pattern: &ReadPattern,
    span: &Span,
    unit: &str,
) -> Option<Diagnostic> {
    let error = |rule, message| Diagnostic::error(rule, source, span.clone(), message);
    let warning = |rule, message| Diagnostic::warning(rule, source, span.clone(), message);
    // An empty wording is reported by its shape, and an indicator without a unit by what it lacks.
    if text.trim().is_empty() {
        return None;
    }
    match text.matches(NUMBER).count() {
        0 => {
            let message = Text::new("表述中没有 `{n}`", "the wording has no `{n}`");
            return Some(error(rules::READS_WITHOUT_NUMBER, message).hint(Text::new(
                "`{n}` 是数字所在之处，如 `码头…{n}个`；不含数字的表述写在 `statements` 里",
                "`{n}` stands where the number is, as in `码头…{n}个`; what has no number is one of the `statements`",
            )));
        }
        1 => {}
        _ => {
            let message = Text::new("表述中有不止一个 `{n}`", "the wording has more than one `{n}`");
            return Some(error(rules::READS_TWO_NUMBERS, message).hint(Text::new(
                "一条表述只读一个数字，其余的写作 `…`",
                "a wording reads one number; write `…` for the others",
            )));
        }
    }
    if pattern.before.is_empty() && pattern.after.is_empty() {
        return Some(without_words(source, span));
    }
    if unit.is_empty() {
        return None;
    }
    match &pattern.unit {
        None => {
            let message = Text::new("`{n}` 之后没有单位", "no unit follows `{n}`");
            Some(warning(rules::READS_WITHOUT_UNIT, message).hint(message::text!(
                "紧接 `{{n}}` 写单位，如 `{{n}}{unit}`",
                "write it directly behind, as in `{{n}}{unit}`"
            )))
        }
        Some(written) if !pattern.fits(unit) => {
            let message = message::text!(
                "表述的单位 `{written}` 不能换算成指标的 `{unit}`",
                "the wording's `{written}` cannot be converted to the indicator's `{unit}`"
            );
            Some(warning(rules::UNIT_MISMATCH, message).hint(Text::new(
                "人数、人次、件数不可互换；比率可只写分子，如 `人均…{n}平方米`",
                "people, attendances and things do not stand for each other; of a ratio the numerator will do, \
                 as in `人均…{n}平方米`",
            )))
        }
        Some(_) => None,
    }
}

fn without_words(source: &Arc<Source>, span: &Span) -> Diagnostic {
    let message = Text::new("表述中没有文字", "the wording has no words");
    Diagnostic::error(rules::WORDING_WITHOUT_WORDS, source, span.clone(), message).hint(Text::new(
        "没有文字便与任何句子相符；写出所说的是什么，如 `码头{n}个`",
        "without any it would fit every sentence; say what it speaks of, as in `码头{n}个`",
    ))
}

/// The keys of a statement that bound the figure, and what they mean.
const BOUNDS: [(&str, Bound); 5] = [
    ("at_least", Bound::AtLeast),
    ("at_most", Bound::AtMost),
    ("above", Bound::Above),
    ("below", Bound::Below),
    ("equals", Bound::Equals),
];

/// The claims without a number.
pub(crate) fn statements(source: &Arc<Source>, node: &Node, faults: &mut Faults) -> Vec<Statement> {
    node.items_of("statements").iter().filter_map(|item| statement(source, item, faults)).collect()
}

fn statement(source: &Arc<Source>, item: &Node, faults: &mut Faults) -> Option<Statement> {
    if let Some((text, span)) = item.text_at("reads").filter(|(text, _)| !text.trim().is_empty()) {
        if text.contains(NUMBER) {
            let message = Text::new("结论的表述中有 `{n}`", "a statement has `{n}` in its wording");
            let fault = Diagnostic::error(rules::STATEMENT_WITH_NUMBER, source, span, message);
            faults.push(fault.hint(Text::new(
                "含数字的表述写在 `reads` 里；结论由界限判断，如 `at_least = \"100\"`",
                "what has a number is one of the `reads`; a statement is judged by its bound, such as \
                 `at_least = \"100\"`",
            )));
        } else if words(text).is_empty() {
            faults.push(without_words(source, &span));
        }
    }
    let bounds: Vec<_> = BOUNDS.iter().filter_map(|(key, bound)| Some((item.entry(key)?, *bound))).collect();
    let message = match bounds.as_slice() {
        [(entry, bound)] => {
            let limit = decimal(&entry.node)?;
            let text = item.text("reads")?;
            return Some(Statement { reads: text.to_owned(), words: words(text), bound: *bound, limit });
        }
        // A key that is not known was likely meant as one, and is reported as that.
        [] if item.entries().iter().any(|entry| entry.key != "reads") => return None,
        [] => Text::new("结论没有界限", "the statement has no bound"),
        _ => Text::new("结论有不止一个界限", "the statement has more than one bound"),
    };
    let place = bounds.get(1).map_or(item.span.clone(), |(entry, _)| entry.key_span.clone());
    let fault = Diagnostic::error(rules::STATEMENT_BOUND, source, place, message);
    faults.push(fault.hint(Text::new(
        "恰写一个：at_least、at_most、above、below 或 equals",
        "write exactly one of at_least, at_most, above, below and equals",
    )));
    None
}

fn decimal(node: &Node) -> Option<Decimal> {
    match &node.value {
        Value::Text(text) => text.parse().ok(),
        Value::Whole(number) => Some(Decimal::from(*number)),
        _ => None,
    }
}

/// A number that two indicators read alike belongs to neither: each wording is warned of where it stands again.
pub(crate) fn same(indicators: &[ReadIndicator], faults: &mut Faults) {
    let mut seen: BTreeMap<String, (&ReadIndicator, &Span)> = BTreeMap::new();
    for read in indicators {
        for (text, pattern, span) in &read.wordings {
            // A faulty wording is reported as that.
            let has_words = !pattern.before.is_empty() || !pattern.after.is_empty();
            if !has_words || pattern.unit.is_none() || text.matches(NUMBER).count() != 1 {
                continue;
            }
            let Some((first, place)) = seen.get(&shape(pattern)) else {
                seen.insert(shape(pattern), (read, span));
                continue;
            };
            let (source, key) = (&read.indicator.source, &first.indicator.key);
            let message =
                message::text!("`{key}` 已有同样的表述 `{text}`", "`{key}` reads `{text}` just the same");
            let fault = Diagnostic::warning(rules::SAME_WORDING, source, span.clone(), message);
            let place_of_first = &first.indicator.source;
            let fault = if place_of_first.path == source.path {
                fault.related((*place).clone(), Text::new("先在这里", "first here"))
            } else {
                let (line, column) = place_of_first.line_column(place.start);
                let path = &place_of_first.path;
                fault.hint(message::text!("先在 {path}:{line}:{column}", "first at {path}:{line}:{column}"))
            };
            faults.push(fault.hint(Text::new(
                "写得更具体，让每个数字只属于一个指标",
                "write more of the sentence, so that a number belongs to one indicator",
            )));
        }
    }
}

/// Wordings that differ in blanks or in the length of their gaps read the same.
fn shape(pattern: &ReadPattern) -> String {
    let joint = |adjacent: bool| if adjacent { "" } else { "…" };
    let ReadPattern { before, adjacent_before, unit, after, adjacent_after } = pattern;
    let unit = unit.as_deref().unwrap_or_default();
    let (left, right) = (before.join("…"), after.join("…"));
    format!("{left}{}{{n}}{unit}\n{}{right}", joint(*adjacent_before), joint(*adjacent_after))
}
