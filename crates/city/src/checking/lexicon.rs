//! The pack's words as `check` looks for them.

use check::{Indicator, Lexicon, ScopeWord, Statement};
use figure::Period;
use figures::Request;
use figures::blocking::Engine;
use jiff::civil::Date;
use pack::{FieldKind, MeasureOver, Pack};

/// Every wording, statement and place name of a pack.
pub fn of(pack: &Pack) -> Lexicon {
    let names = vec![pack.label.simplified.clone(), pack.label.simplified.trim_end_matches('市').to_owned()];
    Lexicon { indicators: pack.indicators.iter().map(indicator).collect(), names, scopes: scopes(pack) }
}

fn indicator(one: &pack::Indicator) -> Indicator {
    Indicator {
        key: one.key.clone(),
        label: one.label.clone(),
        unit: one.unit.clone(),
        flow: one.measure == MeasureOver::Flow,
        dimensions: one.dimensions.clone(),
        wordings: one.patterns.clone(),
        statements: one.statements.iter().map(statement).collect(),
    }
}

fn statement(one: &pack::Statement) -> Statement {
    Statement { words: one.words.clone(), bound: one.bound, limit: one.limit }
}

/// The names of places among the options of choice fields that are dimensions: 汉阳区, 长江, 左岸.
fn scopes(pack: &Pack) -> Vec<ScopeWord> {
    let mut scopes: Vec<ScopeWord> = Vec::new();
    for dimension in &pack.dimensions {
        let fields = pack.registers.iter().filter_map(|register| register.field(&dimension.key));
        for field in fields {
            let FieldKind::Choice { options } = &field.kind else { continue };
            for option in options {
                let word = &option.label.simplified;
                add(&mut scopes, word, &dimension.key, &option.key);
            }
        }
    }
    scopes
}

/// Adds a value of a dimension if its name is that of a place.
fn add(scopes: &mut Vec<ScopeWord>, word: &str, dimension: &str, value: &str) {
    let strict = word.ends_with(['区', '县', '镇', '乡', '岸']) || word.ends_with("街道");
    let place = strict || word.ends_with(['江', '河', '湖']);
    let known = scopes.iter().any(|one| one.word == word && one.dimension == dimension);
    if place && !known && word.chars().count() >= 2 {
        let (word, dimension, value) = (word.to_owned(), dimension.to_owned(), value.to_owned());
        scopes.push(ScopeWord { word, dimension, value, strict });
    }
}

/// The places that no choice field lists because they are records of their own (districts), from the figures of one
/// indicator for each such dimension.
pub fn places_of_the_book(lexicon: &mut Lexicon, pack: &Pack, engine: &Engine, day: Date) {
    let is_choice = |key: &str| {
        pack.registers
            .iter()
            .filter_map(|register| register.field(key))
            .any(|field| matches!(field.kind, FieldKind::Choice { .. }))
    };
    let is_level = |key: &str| pack.levels.iter().any(|level| level.key == key);
    let open =
        pack.dimensions.iter().map(|one| one.key.as_str()).filter(|key| !is_choice(key) && !is_level(key));
    let requests: Vec<Request> = open
        .filter_map(|dimension| {
            let has = |one: &&pack::Indicator| {
                one.measure == MeasureOver::Stock && one.dimensions.iter().any(|key| key == dimension)
            };
            let indicator = pack.indicators.iter().find(has)?;
            let mut request = Request::new(indicator.key.clone(), Period::Day(day));
            request.by = vec![dimension.to_owned()];
            Some(request)
        })
        .collect();
    // What cannot be broken down tells no place; the check goes on without.
    for figure in engine.evaluate_each(&requests).into_iter().flatten().flatten() {
        for (dimension, value) in &figure.id.scope {
            add(&mut lexicon.scopes, value, dimension, value);
        }
    }
}
