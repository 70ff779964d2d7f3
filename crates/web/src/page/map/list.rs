//! The things of the chosen layers as a list.

use jiff::civil::Date;
use message::Language;
use serde::Serialize;
use shelf::{By, Filter, Query, Reading, Sort, Test};
use utoipa::ToSchema;

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
    /// How many there are.
    pub total: usize,
    /// The first of them.
    pub things: Vec<Thing>,
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

/// The things of a register that have a place on a day, those whose state changed last first.
pub fn load(
    now: &InForce,
    register: &str,
    day: Date,
    states: &[String],
    sight: &Sight,
    counted: bool,
    language: Language,
) -> Result<Listed, Fault> {
    let mut filters = vec![Filter { column: By::Field("geometry".to_owned()), test: Test::Filled }];
    if !states.is_empty() {
        filters.push(Filter { column: By::State, test: Test::OneOf(states.to_vec()) });
    }
    let query = Query {
        reading: if counted { Reading::Counted } else { Reading::Entered },
        filters,
        owners: sight.owners(),
        sort: Sort { by: By::Effective, descending: true },
        limit: MOST,
        columns: Some(Vec::new()),
        language,
        ..Query::new(register, day)
    };
    let page = now.shelf.list(&query).map_err(Fault::internal)?;
    let records: Vec<_> = page.rows.iter().map(|row| row.record).collect();
    let names = now.shelf.called(register, &records, day, language).map_err(Fault::internal)?;
    let things = page.rows.iter().zip(names).map(|(row, name)| Thing {
        record: row.record.0,
        name,
        state: row.state.clone(),
        since: row.state_since.to_string(),
    });
    Ok(Listed { register: register.to_owned(), total: page.total, things: things.collect() })
}
