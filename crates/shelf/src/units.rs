//! The organisation tree on a day.

use std::collections::BTreeMap;

use pack::{Pack, UNITS};

use crate::part::Sight;
use crate::table::{Table, next_generation};

/// A tree deeper than this runs in a circle.
const DEEPEST: usize = 64;

/// A unit as it stands on the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its record.
    pub record: u64,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level's key.
    pub level: String,
    /// The code of the unit above it.
    pub parent: Option<String>,
    /// The code of the unit that follows it, once it is dissolved.
    pub successor: Option<String>,
    /// Whether it is dissolved.
    pub dissolved: bool,
}

/// The tree of units as it stands on a day.
#[derive(Debug, Default)]
pub struct Units {
    /// No two trees share it.
    pub(crate) generation: u64,
    by_code: BTreeMap<String, Unit>,
    children: BTreeMap<String, Vec<String>>,
}

impl Units {
    /// Reads the tree.
    pub(crate) fn new(pack: &Pack, table: &Table, day: i32) -> Self {
        let mut units = Self { generation: next_generation(), ..Self::default() };
        let Some(register) = pack.register(UNITS) else { return units };
        let place = |key: &str| register.fields.iter().position(|field| field.key == key);
        let (Some(code), Some(name), Some(level), Some(parent), Some(successor)) =
            (place("code"), place("name"), place("level"), place("parent"), place("successor"))
        else {
            return units;
        };
        for (part, chosen) in table.present(Sight { day, counted: false }) {
            for row in chosen.iter() {
                let text = |field: usize| part.columns[field].text(row).map(str::to_owned);
                let Some(code) = text(code) else { continue };
                let unit = Unit {
                    record: part.head(row).record,
                    name: text(name).unwrap_or_else(|| code.clone()),
                    level: text(level).unwrap_or_default(),
                    parent: text(parent),
                    successor: text(successor),
                    dissolved: part.state(row) == "dissolved",
                    code: code.clone(),
                };
                // Codes are unique; should two units share one all the same, the older keeps it.
                match units.by_code.get(&code) {
                    Some(known) if known.record <= unit.record => {}
                    _ => drop(units.by_code.insert(code, unit)),
                }
            }
        }
        for unit in units.by_code.values() {
            if let Some(parent) = &unit.parent {
                units.children.entry(parent.clone()).or_default().push(unit.code.clone());
            }
        }
        units
    }

    /// The unit of a code.
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code)
    }

    /// Every unit, dissolved ones included, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.by_code.values()
    }

    /// What a unit is called; its code if there is none.
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.by_code.get(code).map_or(code, |unit| unit.name.as_str())
    }

    /// The units directly under one, by code.
    pub fn children(&self, code: &str) -> impl Iterator<Item = &Unit> {
        self.children.get(code).into_iter().flatten().filter_map(|code| self.by_code.get(code))
    }

    /// The codes of a unit and all units above it, itself first, the city last; a dissolved unit is followed by its
    /// successor. Empty if there is no such unit.
    pub fn upward(&self, code: &str) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        let mut at = self.by_code.get(code);
        while let Some(unit) = at.take() {
            if codes.len() == DEEPEST || codes.contains(&unit.code) {
                break;
            }
            codes.push(unit.code.clone());
            let above = if unit.dissolved {
                unit.successor.as_ref().or(unit.parent.as_ref())
            } else {
                unit.parent.as_ref()
            };
            at = above.and_then(|code| self.by_code.get(code));
        }
        codes
    }

    /// The codes of a unit and of all units under it (and of those that it succeeded, with theirs), by code.
    pub fn downward(&self, code: &str) -> Vec<String> {
        let mut successors: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for unit in self.by_code.values().filter(|unit| unit.dissolved) {
            if let Some(successor) = &unit.successor {
                successors.entry(successor).or_default().push(&unit.code);
            }
        }
        let mut found: std::collections::BTreeSet<&str> = std::collections::BTreeSet::new();
        let mut next = vec![code];
        while let Some(code) = next.pop() {
            if found.insert(code) {
                next.extend(self.children.get(code).into_iter().flatten().map(String::as_str));
                next.extend(successors.get(code).into_iter().flatten());
            }
        }
        found.into_iter().map(str::to_owned).collect()
    }
}
