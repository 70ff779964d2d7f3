//! The pack's words as `check` looks for them.

use check::{Indicator, Lexicon, ScopeWord, Statement};
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
                let strict = word.ends_with(['区', '县', '镇', '乡', '岸']) || word.ends_with("街道");
                let place = strict || word.ends_with(['江', '河', '湖']);
                let known = scopes.iter().any(|one| one.word == *word && one.dimension == dimension.key);
                if place && !known && word.chars().count() >= 2 {
                    let (dimension, value) = (dimension.key.clone(), option.key.clone());
                    scopes.push(ScopeWord { word: word.clone(), dimension, value, strict });
                }
            }
        }
    }
    scopes
}
