//! `/api/v1/units`: the organisation as it stands on a day.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::take::{Json, Limit, Query};
use crate::fault::Fault;
use crate::visitor::Visitor;
use crate::when;

/// Units.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitList {
    /// By code.
    pub items: Vec<UnitView>,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
}

/// A unit as it stands on the day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The level's key: `city`, `unit`, `branch`.
    pub level: String,
    /// The code of the unit above it.
    pub parent: Option<String>,
    /// Whether it is dissolved.
    pub dissolved: bool,
    /// The code of the unit that follows it.
    pub successor: Option<String>,
    /// The number of its record.
    pub record: u64,
}

/// Which units.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The day; today unless given. A re-organisation never changes an earlier one.
    #[param(format = Date)]
    day: Option<String>,
    /// The code of a unit: only it and what is below it.
    below: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// How many at most; 100 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
}

/// The organisation as it stands on a day, by code.
#[utoipa::path(
    get,
    path = "/api/v1/units",
    tag = "units",
    operation_id = "list_units",
    params(Asked),
    responses((status = 200, description = "A page of the units", body = UnitList))
)]
pub async fn list(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Json<UnitList>, Fault> {
    let day = match &asked.day {
        None => when::today(),
        Some(text) => super::records::day(text).ok_or_else(|| {
            Fault::Bad(message::Text::new("日期应写作 2026-03-01。", "Days are written as 2026-03-01."))
        })?,
    };
    let app = visitor.app.clone();
    app.work(move |_| {
        let units = visitor.now.shelf.units(day).map_err(Fault::internal)?;
        let below = asked.below.as_ref().map(|code| units.downward(code));
        let mut left = units
            .iter()
            .filter(|unit| below.as_ref().is_none_or(|below| below.contains(&unit.code)))
            .filter(|unit| asked.cursor.as_ref().is_none_or(|cursor| unit.code > *cursor));
        let limit = asked.limit.unwrap_or_default().get();
        let items: Vec<UnitView> = left
            .by_ref()
            .take(limit)
            .map(|unit| UnitView {
                code: unit.code.clone(),
                name: unit.name.clone(),
                level: unit.level.clone(),
                parent: unit.parent.clone(),
                dissolved: unit.dissolved,
                successor: unit.successor.clone(),
                record: unit.record,
            })
            .collect();
        let next = left.next().and_then(|_| items.last()).map(|last| last.code.clone());
        Ok(Json(UnitList { items, next }))
    })
    .await
}
