//! Whose records somebody may see on the map.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Action, Resource};

use super::sheet::Sheet;
use crate::app::App;
use crate::fault::Fault;
use crate::visitor::Visitor;
use crate::when;

/// Whose records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Everybody's.
    All,
    /// Those of these owners; `None` is a record without owner.
    Of(Arc<BTreeSet<Option<String>>>),
}

impl Sight {
    /// Whether an owner's records are seen.
    pub fn sees(&self, owner: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Of(owners) => owners.contains(&owner.map(str::to_owned)),
        }
    }

    /// The owners as a list's question wants them.
    pub fn owners(&self) -> Option<Vec<String>> {
        match self {
            Self::All => None,
            Self::Of(owners) => Some(owners.iter().flatten().cloned().collect()),
        }
    }

    /// What a visitor sees of a register, decided owner by owner by the policies and remembered while neither the book
    /// nor the visitor's rights change.
    pub fn of(app: &App, visitor: &Visitor, register: &str, all: &Sheet) -> Result<Self, Fault> {
        let today = when::today();
        let version = visitor.now.shelf.version(pack::UNITS).map_err(Fault::internal)?;
        let rights = (visitor.actor(), &visitor.grants, &visitor.scopes);
        let of = (register, all.version, version, visitor.now.pack.short_digest(), today);
        app.maps.sight(format!("{rights:?}{of:?}"), || {
            let units = visitor.now.shelf.units(today).map_err(Fault::internal)?;
            let may = |owner: &Option<String>| {
                let chain = owner.as_deref().map(|code| units.upward(code)).unwrap_or_default();
                let resource = Resource { register: Some(register), units: &chain, ..Resource::default() };
                visitor.may(Action::View, &resource)
            };
            let seen: BTreeSet<Option<String>> =
                all.owners.iter().filter(|owner| may(owner)).cloned().collect();
            Ok(if seen.len() == all.owners.len() { Self::All } else { Self::Of(Arc::new(seen)) })
        })
    }
}
