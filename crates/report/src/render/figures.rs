//! The figures a report cites, once each.

use std::collections::BTreeMap;

use figure::{Figure, FigureId};
use quantity::Form;

use super::{Meta, with_decimals, words};
use crate::document::CitedFigure;
use crate::vocabulary::Vocabulary;

/// The list, and where each identity stands in it.
#[derive(Default)]
pub(super) struct Cited {
    pub(super) list: Vec<CitedFigure>,
    places: BTreeMap<String, usize>,
}

impl Cited {
    /// The figure's index in the list.
    pub(super) fn cite(&mut self, figure: &Figure, vocabulary: &dyn Vocabulary, meta: &Meta) -> usize {
        let id = figure.id.to_string();
        let next = self.list.len();
        let place = *self.places.entry(id.clone()).or_insert(next);
        if place != next {
            return place;
        }
        self.list.push(CitedFigure {
            id,
            label: label(&figure.id, vocabulary, meta),
            indicator: figure.id.indicator.clone(),
            value: value(figure),
            rows: figure.rows,
            pending: figure.pending,
            known_at: figure.id.snapshot.known_at,
        });
        place
    }
}

/// The value as the indicator itself shows it.
fn value(figure: &Figure) -> String {
    let Some(value) = figure.value else { return "—".to_owned() };
    let form = with_decimals(&Form::default(), figure);
    // A unit that `quantity` does not know still has its name.
    quantity::print(value, &figure.unit, &form)
        .unwrap_or_else(|_| format!("{}{}", quantity::fixed(value, u32::from(figure.decimals)), figure.unit))
}

/// 码头数量（2022年，左岸）.
fn label(id: &FigureId, vocabulary: &dyn Vocabulary, meta: &Meta) -> String {
    let name = vocabulary
        .indicator(&id.indicator)
        .map_or_else(|| id.indicator.clone(), |known| words::say(&known.label, meta.language));
    let mut parts = vec![words::period(id.period, meta.language)];
    if id.as_of != id.period.last() {
        parts.push(words::date(id.as_of, meta.language));
    }
    for (dimension, value) in &id.scope {
        parts.push(value_label(&id.indicator, dimension, value, vocabulary, meta));
    }
    match meta.language {
        message::Language::English => format!("{name} ({})", parts.join(", ")),
        _ => format!("{name}（{}）", parts.join("，")),
    }
}

/// What a group is called; a row that belongs to none is said to.
pub(super) fn value_label(
    indicator: &str,
    dimension: &str,
    value: &str,
    vocabulary: &dyn Vocabulary,
    meta: &Meta,
) -> String {
    if value.is_empty() {
        return words::say(&message::Text::new("未分", "none"), meta.language);
    }
    match vocabulary.value(indicator, dimension, value) {
        Some(label) => words::say(&label, meta.language),
        None => value.to_owned(),
    }
}
