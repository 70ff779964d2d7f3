//! The things of the chosen layers as a list.

use std::collections::BTreeMap;

use jiff::civil::Date;
use message::Language;
use serde::Serialize;
use shelf::{By, Filter, Query, Reading, Sort, Test};
use utoipa::ToSchema;

use super::sheet::Sheet;
use super::sight::Sight;
use crate::app::InForce;
use crate::fault::Fault;

/// So many things of a layer are listed beside the map; all of them are in the register's list.
const MOST: usize = 15;

/// The first things of a layer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LayerList)]
pub struct Listed {
    /// The register's key.
    pub register: String,
    /// How many there are that count.
    pub total: usize,
    /// The first of them.
    pub things: Vec<Thing>,
    /// How many wait for verification: things that would be there, in another state or at another place.
    pub waiting: usize,
    /// The first of those.
    pub waiting_things: Vec<Thing>,
}

/// A thing in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Thing {
    /// The record.
    pub record: u64,
    /// What it is called.
    pub name: String,
    /// The state's key.
    pub state: String,
    /// From when it is in that state.
    pub since: String,
}

/// How many things of each state count on a day and have no place, so that no map can show them: in figures they are.
pub fn placeless(
    now: &InForce,
    register: &str,
    day: Date,
    sight: &Sight,
) -> Result<BTreeMap<String, usize>, Fault> {
    let query = Query {
        reading: Reading::Counted,
        filters: vec![Filter { column: By::Field("geometry".to_owned()), test: Test::Empty }],
        owners: sight.owners(),
        ..Query::new(register, day)
    };
    let facets = now.shelf.facets(&query, &[By::State], 0).map_err(Fault::internal)?;
    let values = facets.into_iter().flat_map(|facet| facet.values);
    Ok(values.map(|value| (value.key, value.count)).collect())
}

/// The things of a register that have a place on a day, those whose state changed last first; and what the sheet has
/// waiting on that day.
pub fn load(
    now: &InForce,
    register: &pack::Register,
    day: Date,
    states: &[String],
    (sight, sheet): (&Sight, &Sheet),
    language: Language,
) -> Result<Listed, Fault> {
    let key = &register.key;
    let mut filters = vec![Filter { column: By::Field("geometry".to_owned()), test: Test::Filled }];
    if !states.is_empty() {
        filters.push(Filter { column: By::State, test: Test::OneOf(states.to_vec()) });
    }
    let query = Query {
        reading: Reading::Counted,
        filters,
        owners: sight.owners(),
        sort: Sort { by: By::Effective, descending: true },
        limit: MOST,
        columns: Some(Vec::new()),
        language,
        ..Query::new(key, day)
    };
    let page = now.shelf.list(&query).map_err(Fault::internal)?;
    let records: Vec<_> = page.rows.iter().map(|row| row.record).collect();
    let names = now.shelf.called(key, &records, day, language).map_err(Fault::internal)?;
    let things = page.rows.iter().zip(names).map(|(row, name)| Thing {
        record: row.record.0,
        name,
        state: row.state.clone(),
        since: row.state_since.to_string(),
    });
    let state = |place: usize| register.states.get(place).map(|state| state.key.as_str());
    let is_shown = |place: usize| {
        state(place).is_some_and(|key| states.is_empty() || states.iter().any(|one| one == key))
    };
    let mut waiting: Vec<_> = sheet.waiting_on(day).filter(|waiting| is_shown(waiting.state)).collect();
    waiting.sort_by(|one, other| (other.since, one.record).cmp(&(one.since, other.record)));
    let count = waiting.len();
    waiting.truncate(MOST);
    let records: Vec<_> = waiting.iter().map(|waiting| waiting.record).collect();
    let names = now.shelf.called(key, &records, day, language).map_err(Fault::internal)?;
    let waits = waiting.iter().zip(names).map(|(waiting, name)| Thing {
        record: waiting.record.0,
        name,
        state: state(waiting.state).unwrap_or_default().to_owned(),
        since: waiting.since.to_string(),
    });
    Ok(Listed {
        register: key.clone(),
        total: page.total,
        things: things.collect(),
        waiting: count,
        waiting_things: waits.collect(),
    })
}
