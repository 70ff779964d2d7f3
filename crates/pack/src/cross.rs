//! What no file can show by itself: cycles of formulas, dimensions that formulas share, units that meet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use message::{Diagnostic, Source, Span, Text};
use quantity::Unit;

use crate::faults::{Faults, list};
use crate::indicator::ReadIndicator;
use crate::model::{Definition, Dimension, FieldKind, Indicator, Register, UnitLevel};
use crate::rules;

/// No formula needs itself, and each can be broken down only as all its parts can. Expects the indicators in
/// the order of their keys.
pub(crate) fn formulas(indicators: &[ReadIndicator], faults: &mut Faults) {
    // Keys are declared twice only in a pack that is refused anyway; the first stands for both.
    let mut by_key: BTreeMap<&str, &ReadIndicator> = BTreeMap::new();
    for read in indicators {
        by_key.entry(&read.indicator.key).or_insert(read);
    }
    cycles(&by_key, faults);
    for read in by_key.values() {
        shared_dimensions(read, &by_key, faults);
    }
}

/// Walks the formulas depth first; an indicator met while it is still being walked closes a cycle.
///
/// The walk keeps its own stack, since a pack may chain more formulas than the machine's would hold.
fn cycles(by_key: &BTreeMap<&str, &ReadIndicator>, faults: &mut Faults) {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for &start in by_key.keys() {
        if done.contains(start) {
            continue;
        }
        // The path from `start`, each with the number of its parts already walked.
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_path: BTreeSet<&str> = BTreeSet::from([start]);
        while let Some((key, walked)) = path.last_mut() {
            let key: &str = key;
            let part = by_key.get(key).and_then(|read| read.names.get(*walked));
            *walked += 1;
            match part {
                None => {
                    path.pop();
                    on_path.remove(key);
                    done.insert(key);
                }
                Some((name, _)) if on_path.contains(name.as_str()) => {
                    let from = path.iter().position(|(key, _)| key == name).unwrap_or(0);
                    let cycle: Vec<&str> = path[from..].iter().map(|(key, _)| *key).collect();
                    report_cycle(&cycle, by_key, faults);
                }
                Some((name, _)) => {
                    if let Some((&name, _)) =
                        by_key.get_key_value(name.as_str()).filter(|(name, _)| !done.contains(*name))
                    {
                        path.push((name, 0));
                        on_path.insert(name);
                    }
                }
            }
        }
    }
}

/// Of a longer circle only the beginning is shown.
const SHOWN: usize = 10;

/// Says `a → b → a` at the first formula of the circle, and points to the others.
fn report_cycle(cycle: &[&str], by_key: &BTreeMap<&str, &ReadIndicator>, faults: &mut Faults) {
    let step = |at: usize| {
        let next = cycle[(at + 1) % cycle.len()];
        let read = by_key.get(cycle[at])?;
        let (_, span) = read.names.iter().find(|(name, _)| name == next)?;
        Some((read, span, next))
    };
    let mut circle: Vec<String> = cycle.iter().take(SHOWN).map(|key| format!("`{key}`")).collect();
    if cycle.len() > SHOWN {
        circle.push("…".to_owned());
    }
    circle.extend(cycle.first().map(|key| format!("`{key}`")));
    let circle = circle.join(" → ");
    let Some((first, span, _)) = step(0) else { return };
    let source = &first.indicator.source;
    let message = message::text!("公式循环：{circle}", "formulas go in a circle: {circle}");
    let mut fault = Diagnostic::error(rules::FORMULA_CYCLE, source, span.clone(), message);
    for (read, span, next) in (1..cycle.len().min(SHOWN)).filter_map(step) {
        let key = &read.indicator.key;
        let note = message::text!("`{key}` 在此用到 `{next}`", "`{key}` needs `{next}` here");
        let place = &read.indicator.source;
        fault = if place.path == source.path {
            fault.related(span.clone(), note)
        } else {
            let (line, column) = place.line_column(span.start);
            fault.hint(Text::new(
                format!("{}:{line}:{column}：{}", place.path, note.simplified),
                format!("{}:{line}:{column}: {}", place.path, note.english),
            ))
        };
    }
    faults.push(fault);
}

/// `a / b` by district needs both `a` and `b` by district.
fn shared_dimensions(read: &ReadIndicator, by_key: &BTreeMap<&str, &ReadIndicator>, faults: &mut Faults) {
    let indicator = &read.indicator;
    if !matches!(indicator.definition, Definition::Formula(_)) {
        return;
    }
    for (dimension, span) in indicator.dimensions.iter().zip(&indicator.dimension_spans) {
        let parts: BTreeSet<&str> = read.names.iter().map(|(name, _)| name.as_str()).collect();
        let without: Vec<&str> = parts
            .into_iter()
            .filter_map(|part| by_key.get(part))
            .filter(|part| !part.indicator.dimensions.contains(dimension))
            .map(|part| part.indicator.key.as_str())
            .collect();
        if let Some(parts) = list(&without) {
            let message = message::text!(
                "公式不能按 `{dimension}` 细分：{parts} 没有这个维度",
                "the formula cannot be broken down by `{dimension}`: {parts} cannot"
            );
            faults.push(Diagnostic::error(
                rules::FORMULA_DIMENSION,
                &indicator.source,
                span.clone(),
                message,
            ));
        }
    }
}

/// A warning where amounts in one unit are to be shown in another that they cannot be converted to.
pub(crate) fn units_meet(source: &Arc<Source>, span: &Span, from: &str, to: &str, faults: &mut Faults) {
    let convertible = match (Unit::parse(from), Unit::parse(to)) {
        (Some(from), Some(to)) => from.converts_to(&to),
        // A unit nobody knows is at least itself.
        _ => from == to,
    };
    if !convertible {
        let message = message::text!("`{from}` 不能换算成 `{to}`", "`{from}` cannot be converted to `{to}`");
        faults.push(Diagnostic::warning(rules::UNIT_MISMATCH, source, span.clone(), message));
    }
}

/// What the dimensions in use are called: as `pack.toml` says, else as the level or the choice is.
pub(crate) fn dimensions(
    mut declared: Vec<Dimension>,
    levels: &[UnitLevel],
    registers: &[Register],
    indicators: &[Indicator],
) -> Vec<Dimension> {
    let used: BTreeSet<&str> =
        indicators.iter().flat_map(|indicator| &indicator.dimensions).map(String::as_str).collect();
    for key in used {
        if declared.iter().any(|dimension| dimension.key == key) {
            continue;
        }
        let level = || levels.iter().find(|level| level.key == key).map(|level| level.label.clone());
        let choice = || {
            let mut fields = registers.iter().filter_map(|register| register.field(key));
            fields
                .find(|field| matches!(field.kind, FieldKind::Choice { .. }))
                .map(|field| field.label.clone())
        };
        if let Some(label) = level().or_else(choice) {
            declared.push(Dimension { key: key.to_owned(), label });
        }
    }
    declared.sort_by(|a, b| a.key.cmp(&b.key));
    declared
}
