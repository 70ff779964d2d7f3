//! What things are called, as tables and reports need it: the pack's names, and the units' of the book.

use std::collections::BTreeMap;
use std::sync::Arc;

use figures::EDITION;
use ledger::{Entry, Ledger, LedgerError, Value};
use message::{Language, Text};
use pack::{FieldKind, MeasureOver, Pack, UNITS};
use report::{KnownIndicator, Vocabulary};
use standards::air::Edition;

/// The names of units by their codes, as far as the first entries of a book tell them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Units(Arc<BTreeMap<String, String>>);

impl Units {
    /// The names as the first `known_at` entries of the book tell them.
    pub fn of(book: &Ledger, known_at: u64) -> Result<Self, LedgerError> {
        let mut by_record: BTreeMap<u64, (String, String)> = BTreeMap::new();
        book.for_each(Some(UNITS), 0..known_at, &mut |number, bytes| {
            let entry = Entry::decode(number, bytes)?;
            let unit = by_record.entry(entry.record.0).or_default();
            for (key, value) in entry.fields {
                match (key.as_str(), value) {
                    ("code", Value::Text(code)) => unit.0 = code,
                    ("name", Value::Text(name)) => unit.1 = name,
                    _ => {}
                }
            }
            Ok(())
        })?;
        Ok(Self(Arc::new(by_record.into_values().collect())))
    }

    /// The name of a unit.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(String::as_str)
    }
}

/// The names of a city.
pub struct CityWords<'a> {
    pack: &'a Pack,
    units: Units,
}

impl<'a> CityWords<'a> {
    /// The names of a pack alone, before there is a book.
    pub fn of(pack: &'a Pack) -> Self {
        Self::with(pack, Units::default())
    }

    /// With the units' names.
    pub fn with(pack: &'a Pack, units: Units) -> Self {
        Self { pack, units }
    }

    /// What a value of a dimension is called: the option's label where a choice field of that name has it.
    pub fn value_label(&self, indicator: &str, dimension: &str, value: &str, language: Language) -> String {
        self.value(indicator, dimension, value)
            .map_or_else(|| value.to_owned(), |text| text.in_language(language).into_owned())
    }
}

impl Vocabulary for CityWords<'_> {
    fn indicator(&self, key: &str) -> Option<KnownIndicator> {
        let editions = figures::is_measured(self.pack, key).then(|| EDITION.to_owned());
        self.pack.indicator(key).map(|indicator| KnownIndicator {
            label: indicator.label.clone(),
            unit: indicator.unit.clone(),
            decimals: indicator.decimals,
            dimensions: indicator.dimensions.iter().cloned().chain(editions).collect(),
            flow: indicator.measure == MeasureOver::Flow,
        })
    }

    fn indicators(&self) -> Vec<String> {
        self.pack.indicators.iter().map(|indicator| indicator.key.clone()).collect()
    }

    fn dimension(&self, key: &str) -> Option<Text> {
        if key == EDITION {
            return Some(Text::new("标准版本", "Edition of the standard"));
        }
        let declared =
            self.pack.dimensions.iter().find(|dimension| dimension.key == key).map(|one| &one.label);
        let level = self.pack.levels.iter().find(|level| level.key == key).map(|level| &level.label);
        let field =
            || self.pack.registers.iter().find_map(|register| register.field(key)).map(|field| &field.label);
        declared.or(level).or_else(field).cloned()
    }

    fn value(&self, _indicator: &str, dimension: &str, value: &str) -> Option<Text> {
        if self.pack.levels.iter().any(|level| level.key == dimension) {
            return self.units.name(value).map(Text::same);
        }
        if dimension == EDITION {
            return Edition::parse(value).map(|edition| Text::new(edition.label_zh(), edition.label_en()));
        }
        self.pack
            .registers
            .iter()
            .flat_map(|register| {
                let states = register.states.iter().filter(|_| dimension == "state");
                let states = states.map(|state| (&state.key, &state.label));
                let options = register.field(dimension).into_iter().flat_map(|field| match &field.kind {
                    FieldKind::Choice { options } => options.as_slice(),
                    _ => &[],
                });
                options.map(|option| (&option.key, &option.label)).chain(states)
            })
            .find_map(|(key, label)| (key == value).then(|| label.clone()))
    }
}
