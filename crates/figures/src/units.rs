//! The organisation tree on a day: from an owner's code to the unit above it at each level.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use pack::Pack;

use crate::schema::stored;
use crate::table::Table;
use crate::view::Sight;

/// A tree deeper than this runs in a circle.
const DEEPEST: usize = 64;

/// The tree as it stood on a day.
#[derive(Debug, Default)]
pub struct Tree {
    /// For each code: the code of its ancestor (or itself) at each of the pack's levels.
    ancestors: HashMap<String, Vec<Option<String>>>,
}

struct Unit {
    record: i64,
    level: Option<usize>,
    parent: Option<String>,
    /// Who follows, if the unit is dissolved.
    successor: Option<String>,
}

impl Tree {
    /// Reads the tree from the register of units.
    pub fn new(pack: &Pack, units: &Table, sight: Sight) -> Result<Self, ArrowError> {
        let mut found: HashMap<String, Unit> = HashMap::new();
        let Some(register) = pack.register(pack::UNITS) else { return Ok(Self::default()) };
        let column = |key: &str| register.fields.iter().position(|field| field.key == key);
        let (Some(code), Some(level), Some(parent), Some(successor)) =
            (column("code"), column("level"), column("parent"), column("successor"))
        else {
            return Ok(Self::default());
        };
        for (view, stretches) in units.seen(sight)? {
            let texts = |field: usize| view.stored(stored::FIELDS + field);
            let (codes, levels, parents, successors) =
                (texts(code)?, texts(level)?, texts(parent)?, texts(successor)?);
            let states = view.spelt(stored::STATE)?;
            let records = view.stored(stored::RECORD)?;
            let records = records.as_primitive::<Int64Type>();
            for row in stretches.into_iter().flat_map(|(start, length)| start..start + length) {
                let Some(code) = text(&codes, row) else { continue };
                let level = text(&levels, row);
                let unit = Unit {
                    record: records.value(row),
                    level: pack.levels.iter().position(|known| Some(known.key.as_str()) == level),
                    parent: text(&parents, row).map(str::to_owned),
                    successor: (text(&states, row) == Some("dissolved"))
                        .then(|| text(&successors, row).map(str::to_owned))
                        .flatten(),
                };
                // Codes are unique; should two units share one all the same, the older keeps it.
                match found.get(code) {
                    Some(known) if known.record <= unit.record => {}
                    _ => drop(found.insert(code.to_owned(), unit)),
                }
            }
        }
        let ancestors =
            found.keys().map(|code| (code.clone(), chain(&found, code, pack.levels.len()))).collect();
        Ok(Self { ancestors })
    }

    /// The code of the ancestor at a level, if there is one.
    pub fn ancestor(&self, code: &str, level: usize) -> Option<&str> {
        self.ancestors.get(code)?.get(level)?.as_deref()
    }
}

fn text(column: &ArrayRef, row: usize) -> Option<&str> {
    let column = column.as_string_view();
    column.is_valid(row).then(|| column.value(row))
}

/// Walks up from a unit; a dissolved one is replaced by its successor wherever it is met.
fn chain(units: &HashMap<String, Unit>, code: &str, levels: usize) -> Vec<Option<String>> {
    let mut ancestors = vec![None; levels];
    let mut at = Some(code.to_owned());
    for _ in 0..DEEPEST {
        let Some(code) = at.take() else { break };
        let Some(unit) = units.get(&code) else { break };
        if let Some(successor) = &unit.successor {
            at = Some(successor.clone());
            continue;
        }
        if let Some(level) = unit.level
            && ancestors[level].is_none()
        {
            ancestors[level] = Some(code);
        }
        at = unit.parent.clone();
    }
    ancestors
}
