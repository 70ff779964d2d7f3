//! `indicators/*.toml`.

use std::sync::Arc;

use message::{Diagnostic, Span, Text};

use crate::compile::Document;
use crate::cross;
use crate::faults::Faults;
use crate::formula;
use crate::model::{Definition, Direction, Formula, Indicator, MeasureOver, Sum};
use crate::names::{Becomes, Names, Seen, known, not_reserved};
use crate::rules;
use crate::shape::is_unquoted;
use crate::tree::{Entry, content};
use crate::wording::{self, Wording};

/// An indicator with the places where its formula names others, and with those of its wordings.
#[derive(Debug)]
pub(crate) struct ReadIndicator {
    pub(crate) indicator: Indicator,
    pub(crate) names: Vec<(String, Span)>,
    pub(crate) wordings: Vec<Wording>,
}

pub(crate) fn read(document: &Document, names: &Names<'_>, faults: &mut Faults) -> Vec<ReadIndicator> {
    // A key that lost its quotes is reported already; what it would have held cannot be told.
    let entries = document.root.entries().iter().filter(|entry| !is_unquoted(entry));
    entries.map(|entry| read_one(document, entry, names, faults)).collect()
}

fn read_one(document: &Document, entry: &Entry, names: &Names<'_>, faults: &mut Faults) -> ReadIndicator {
    let (source, node) = (&document.source, &entry.node);
    let (dimensions, dimension_spans) = dimensions(document, entry, names, faults);
    let wordings = wording::reads(source, node, node.text("unit").unwrap_or_default().trim(), faults);
    let statements = wording::statements(source, node, faults);
    let (definition, names) = definition(document, entry, names, faults);
    let indicator = Indicator {
        key: entry.key.clone(),
        label: node.label("label", &entry.key),
        unit: node.text("unit").unwrap_or_default().to_owned(),
        decimals: node.whole("decimals").and_then(|count| u8::try_from(count).ok()).unwrap_or(0),
        direction: match node.text("direction") {
            Some("higher") => Direction::Higher,
            Some("lower") => Direction::Lower,
            _ => Direction::None,
        },
        measure: match node.text("measure") {
            Some("flow") => MeasureOver::Flow,
            _ => MeasureOver::Stock,
        },
        dimensions,
        reads: wordings.iter().map(|(text, ..)| text.clone()).collect(),
        patterns: wordings.iter().map(|(_, pattern, _)| pattern.clone()).collect(),
        statements,
        definition,
        source: Arc::clone(source),
        span: entry.key_span.clone(),
        dimension_spans,
    };
    ReadIndicator { indicator, names, wordings }
}

fn dimensions(
    document: &Document,
    entry: &Entry,
    names: &Names<'_>,
    faults: &mut Faults,
) -> (Vec<String>, Vec<Span>) {
    let source = &document.source;
    let mut seen = Seen::default();
    let (mut keys, mut spans) = (Vec::new(), Vec::new());
    for item in entry.node.items_of("dimensions") {
        let Some(key) = item.as_text() else { continue };
        seen.declare("dimension", key, source, &item.span, faults);
        known(rules::UNKNOWN_DIMENSION, source, Some((key, item.span.clone())), &names.dimensions, faults);
        not_reserved(source, key, &item.span, Becomes::Dimension, &[], faults);
        keys.push(key.to_owned());
        spans.push(item.span.clone());
    }
    (keys, spans)
}

fn definition(
    document: &Document,
    entry: &Entry,
    names: &Names<'_>,
    faults: &mut Faults,
) -> (Definition, Vec<(String, Span)>) {
    let (source, node, key) = (&document.source, &entry.node, &entry.key);
    match (node.entry("rows"), node.entry("formula")) {
        (Some(_), None) => (rows(document, entry, faults), Vec::new()),
        (None, Some(_)) => {
            for extra in ["sum", "amount_unit"] {
                misplaced(document, entry, extra, Text::new("公式没有行", "a formula has no rows"), faults);
            }
            formula_of(document, entry, names, faults)
        }
        (rows, formula) => {
            let (span, message) = match (rows, formula) {
                (Some(rows), Some(_)) => (
                    rows.key_span.clone(),
                    message::text!("`{key}` 同时有 rows 和 formula", "`{key}` has both rows and a formula"),
                ),
                _ => (
                    entry.key_span.clone(),
                    message::text!(
                        "`{key}` 既没有 rows 也没有 formula",
                        "`{key}` has neither rows nor a formula"
                    ),
                ),
            };
            faults.push(Diagnostic::error(rules::ROWS_OR_FORMULA, source, span, message));
            (rows_of_nothing(), Vec::new())
        }
    }
}

fn rows_of_nothing() -> Definition {
    Definition::Rows { sql: String::new(), sql_span: 0..0, sum: Sum::Count, amount_unit: None }
}

fn rows(document: &Document, entry: &Entry, faults: &mut Faults) -> Definition {
    let (source, node, key) = (&document.source, &entry.node, &entry.key);
    let sum = match node.text("sum") {
        Some("sum") => Sum::Sum,
        Some("mean") => Sum::Mean,
        Some("max") => Sum::Max,
        Some("min") => Sum::Min,
        _ => Sum::Count,
    };
    if node.get("sum").is_none() {
        let message = message::text!("`{key}` 有 rows，却没有 `sum`", "`{key}` has rows but no `sum`");
        let fault = Diagnostic::error(rules::MISSING_KEY, source, entry.key_span.clone(), message);
        faults.push(fault.hint(Text::new("如 sum = \"count\"", "such as sum = \"count\"")));
    }
    if node.text("sum") == Some("count") {
        let reason = Text::new("计行数时不读 amount", "amounts are not read when rows are counted");
        misplaced(document, entry, "amount_unit", reason, faults);
    } else if let (Some((amounts, span)), Some(unit)) = (node.text_at("amount_unit"), node.text("unit")) {
        cross::units_meet(source, &span, amounts, unit, faults);
    }
    let (sql, span) = node.text_at("rows").unwrap_or(("", 0..0));
    Definition::Rows {
        sql: sql.to_owned(),
        sql_span: content(source, &span),
        sum,
        amount_unit: node.text("amount_unit").map(str::to_owned),
    }
}

fn misplaced(document: &Document, entry: &Entry, key: &str, reason: Text, faults: &mut Faults) {
    if let Some(extra) = entry.node.entry(key) {
        let message = Text::new(
            format!("`{key}` 用不上：{}", reason.simplified),
            format!("`{key}` is of no use here: {}", reason.english),
        );
        faults.push(Diagnostic::error(
            rules::MISPLACED_KEY,
            &document.source,
            extra.key_span.clone(),
            message,
        ));
    }
}

fn formula_of(
    document: &Document,
    entry: &Entry,
    names: &Names<'_>,
    faults: &mut Faults,
) -> (Definition, Vec<(String, Span)>) {
    let source = &document.source;
    let nothing = Definition::Formula(Formula::Number(0.into()));
    let Some((text, span)) = entry.node.text_at("formula").filter(|(text, _)| !text.trim().is_empty()) else {
        return (nothing, Vec::new());
    };
    let place = content(source, &span);
    let shift = |span: &Span| place.start + span.start..place.start + span.end;
    match formula::parse(text) {
        Err(wrong) => {
            let mut fault =
                Diagnostic::error(rules::FORMULA_SYNTAX, source, shift(&wrong.span), wrong.message);
            fault.hints.extend(wrong.hint.map(|hint| *hint));
            faults.push(fault);
            (nothing, Vec::new())
        }
        Ok(parsed) => {
            let found: Vec<(String, Span)> =
                parsed.names.iter().map(|(name, span)| (name.clone(), shift(span))).collect();
            for (name, span) in &found {
                known(
                    rules::UNKNOWN_INDICATOR,
                    source,
                    Some((name, span.clone())),
                    &names.indicators,
                    faults,
                );
            }
            for span in &parsed.zero_divisors {
                let message = Text::new("除数是零", "this divides by zero");
                faults.push(Diagnostic::error(rules::DIVISION_BY_ZERO, source, shift(span), message));
            }
            (parsed.formula.map_or(nothing, Definition::Formula), found)
        }
    }
}
