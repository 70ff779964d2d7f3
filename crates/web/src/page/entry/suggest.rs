//! What may stand in a field that names something else: records of a register, units. Answers while typing.

use access::{Action, Resource};
use axum::Json;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::shelf_fault;
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::visitor::Visitor;

/// How many are offered.
const MOST: usize = 12;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    register: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    level: String,
}

pub(super) async fn records(visitor: Visitor, Path(key): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let asking = visitor.clone();
    let work = move |_: &App| {
        asking.now.pack.register(&key).ok_or(Fault::NotFound)?;
        asking.require_anywhere(Action::View, Some(&key))?;
        let (today, l) = (crate::when::today(), asking.language);
        let mut query = shelf::Query::new(&key, today);
        (query.search, query.limit, query.language) = (asked.q.chars().take(60).collect(), MOST, l);
        query.columns = Some(Vec::new());
        let page = asking.now.shelf.list(&query).map_err(shelf_fault)?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.record).collect();
        let names = asking.now.shelf.called(&key, &ids, today, l).map_err(shelf_fault)?;
        let units = asking.now.shelf.units(today).map_err(shelf_fault)?;
        let found = page.rows.iter().zip(names).map(|(row, name)| {
            let note = row.owner.as_deref().map(|owner| units.name(owner)).unwrap_or_default();
            json!({ "value": format!("#{} {name}", row.record), "label": name, "note": note })
        });
        Ok(Json(found.collect::<Vec<Value>>()).into_response())
    };
    visitor.app.work(work).await
}

pub(super) async fn units(visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let asking = visitor.clone();
    let work = move |_: &App| {
        let units = asking.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        let wanted = asked.q.trim().to_lowercase();
        let action = Action::ALL.iter().copied().find(|action| action.key() == asked.action);
        let may = |code: &str| match action {
            None => true,
            Some(action) => {
                let above = units.upward(code);
                let register = Some(asked.register.as_str()).filter(|register| !register.is_empty());
                asking.may(action, &Resource { register, units: &above, ..Resource::default() })
            }
        };
        let fits = |unit: &&shelf::Unit| {
            !unit.dissolved
                && (asked.level.is_empty() || unit.level == asked.level)
                && (unit.name.to_lowercase().contains(&wanted)
                    || unit.code.to_lowercase().starts_with(&wanted))
        };
        let found = units.iter().filter(fits).filter(|unit| may(&unit.code)).take(MOST);
        let found = found.map(|unit| {
            let above = unit.parent.as_deref().map(|parent| units.name(parent)).unwrap_or_default();
            json!({ "value": format!("{} {}", unit.code, unit.name), "label": unit.name, "note": format!("{} {above}", unit.code) })
        });
        Ok(Json(found.collect::<Vec<Value>>()).into_response())
    };
    visitor.app.work(work).await
}
