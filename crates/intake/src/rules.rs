//! A register made ready for reading many records: words looked up once, not once a row.

use std::collections::HashMap;

use message::{Text, text};
use pack::{ChoiceOption, FieldKind, Measure, Pack, Register, Transition};
use quantity::Unit;

use crate::words::{fold, forms};

/// A register with its lookup tables.
pub(crate) struct Rules<'p> {
    pub(crate) register: &'p Register,
    /// For each choice field: the option's place, by every form of its label and by its key.
    choices: Vec<HashMap<String, usize>>,
    states: HashMap<String, usize>,
    /// For each field with a unit that `quantity` knows.
    pub(crate) units: Vec<Option<Unit>>,
    /// The unique groups, as places of fields.
    pub(crate) unique: Vec<Vec<usize>>,
    pub(crate) geometry: Option<usize>,
    /// The fields that are measured from the geometry.
    pub(crate) measured: Vec<(usize, Measure)>,
    fields: HashMap<&'p str, usize>,
}

impl<'p> Rules<'p> {
    pub(crate) fn new(register: &'p Register) -> Self {
        let choice = |kind: &FieldKind| match kind {
            FieldKind::Choice { options } => choice_words(options),
            _ => HashMap::new(),
        };
        let unit = |kind: &FieldKind| match kind {
            FieldKind::Decimal { unit, .. } | FieldKind::Whole { unit: Some(unit), .. } => Unit::parse(unit),
            _ => None,
        };
        let measured = |(index, kind): (usize, &FieldKind)| match kind {
            FieldKind::Decimal { measures: Some(measure), .. } => Some((index, *measure)),
            _ => None,
        };
        let mut states = HashMap::new();
        for (index, state) in register.states.iter().enumerate() {
            for form in forms(&state.label).into_iter().chain([fold(&state.key)]) {
                states.entry(form).or_insert(index);
            }
        }
        let kinds = || register.fields.iter().map(|field| &field.kind);
        let place = |key: &String| register.fields.iter().position(|field| field.key == *key);
        Self {
            choices: kinds().map(choice).collect(),
            states,
            units: kinds().map(unit).collect(),
            unique: register
                .unique
                .iter()
                .map(|group| group.iter().filter_map(place).collect::<Vec<_>>())
                .filter(|group| !group.is_empty())
                .collect(),
            geometry: kinds().position(|kind| matches!(kind, FieldKind::Geometry { .. })),
            measured: kinds().enumerate().filter_map(measured).collect(),
            fields: register
                .fields
                .iter()
                .enumerate()
                .map(|(index, field)| (field.key.as_str(), index))
                .collect(),
            register,
        }
    }

    pub(crate) fn field(&self, key: &str) -> Option<usize> {
        // A few comparisons are quicker than a hash.
        if self.register.fields.len() <= 16 {
            return self.register.fields.iter().position(|field| field.key == key);
        }
        self.fields.get(key).copied()
    }

    /// The place of the option that is called so.
    pub(crate) fn choice(&self, field: usize, word: &str) -> Option<usize> {
        let words = self.choices.get(field)?;
        words.get(word).or_else(|| words.get(&fold(word))).copied()
    }

    /// The place of the state that is called so.
    pub(crate) fn state(&self, word: &str) -> Option<usize> {
        self.states.get(word).or_else(|| self.states.get(&fold(word))).copied()
    }

    pub(crate) fn initial_state(&self) -> usize {
        self.register.states.iter().position(|state| state.initial).unwrap_or(0)
    }
}

/// The state of a register that is called so, for a single question: a [`Rules`] would cost more.
pub(crate) fn state_called(register: &Register, word: &str) -> Option<usize> {
    let by_key = register.states.iter().position(|state| state.key == word);
    by_key.or_else(|| {
        let word = fold(word);
        register
            .states
            .iter()
            .position(|state| fold(&state.key) == word || forms(&state.label).contains(&word))
    })
}

/// The transition between two states, or why there is none for this role.
pub(crate) fn transition<'p>(
    register: &'p Register,
    pack: &Pack,
    from: usize,
    to: usize,
    role: &str,
) -> Result<&'p Transition, Text> {
    let (from, to) = (&register.states[from], &register.states[to]);
    let mut by = Vec::new();
    for transition in register.transitions.iter().filter(|step| step.from == from.key && step.to == to.key) {
        if transition.by.iter().any(|allowed| allowed == role) {
            return Ok(transition);
        }
        by.extend(transition.by.iter());
    }
    if by.is_empty() {
        let (from, to) = (&from.label, &to.label);
        return Err(Text::new(
            format!("不允许从“{}”变为“{}”", from.simplified, to.simplified),
            format!("a record may not move from “{}” to “{}”", from.english, to.english),
        ));
    }
    let label = |key: &str| {
        pack.roles
            .iter()
            .find(|role| role.key == key)
            .map_or_else(|| Text::same(key), |role| role.label.clone())
    };
    let allowed: Vec<Text> = by.into_iter().map(|key| label(key)).collect();
    let allowed = crate::words::listed(allowed.iter());
    let (own, to) = (label(role), &to.label);
    Err(Text::new(
        format!("“{}”不能把记录变为“{}”，应由{}办理", own.simplified, to.simplified, allowed.simplified),
        format!(
            "“{}” may not move a record to “{}”; that is for: {}",
            own.english, to.english, allowed.english
        ),
    ))
}

fn choice_words(options: &[ChoiceOption]) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    // Keys first: a label of one option that equals the key of another must not hide it.
    for (index, option) in options.iter().enumerate() {
        words.entry(option.key.clone()).or_insert(index);
        words.entry(fold(&option.key)).or_insert(index);
    }
    for (index, option) in options.iter().enumerate() {
        for form in forms(&option.label) {
            words.entry(form).or_insert(index);
        }
    }
    words
}

/// The fault of a state that the register does not have.
pub(crate) fn no_state(register: &Register) -> Text {
    let states = crate::words::listed(register.states.iter().map(|state| &state.label));
    let (chinese, english) = (&states.simplified, &states.english);
    text!("没有这种状态，应为以下之一：{chinese}", "there is no such state; wanted one of: {english}")
}
