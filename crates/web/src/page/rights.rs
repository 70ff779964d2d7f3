//! Who may touch which units' records, asked of the policies for whole lists and for the scribe.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Action, Grant, Principal, Resource};
use intake::OwnerGuard;
use shelf::Units;

use crate::visitor::Visitor;

/// In which units somebody may do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nowhere.
    Nowhere,
    /// In these units, by code.
    Units(BTreeSet<String>),
    /// Everywhere.
    Everywhere,
}

impl Reach {
    /// The owners that a list is narrowed to.
    pub(crate) fn owners(&self) -> Option<Vec<String>> {
        match self {
            Self::Everywhere => None,
            Self::Units(units) => Some(units.iter().cloned().collect()),
            Self::Nowhere => Some(Vec::new()),
        }
    }
}

/// Where the visitor may do this to records of a register that nobody in particular has entered.
pub(crate) fn reach(visitor: &Visitor, action: Action, register: &str, units: &Units) -> Reach {
    reach_among(visitor, action, register, units, &[])
}

/// Where the visitor may do this to records of a register that these authors have entered.
pub(crate) fn reach_among(
    visitor: &Visitor,
    action: Action,
    register: &str,
    units: &Units,
    authors: &[String],
) -> Reach {
    let mut found = BTreeSet::new();
    for grant in visitor.grants.iter() {
        let above = grant.unit.as_deref().map(|unit| units.upward(unit)).unwrap_or_default();
        let resource = Resource { register: Some(register), units: &above, authors, state: None };
        if !alone(visitor, grant, action, &resource) {
            continue;
        }
        match &grant.unit {
            None => return Reach::Everywhere,
            Some(unit) => found.extend(units.downward(unit)),
        }
    }
    if found.is_empty() { Reach::Nowhere } else { Reach::Units(found) }
}

/// The roles by which the visitor may do this to that.
pub(crate) fn roles(visitor: &Visitor, action: Action, resource: &Resource<'_>) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    for grant in visitor.grants.iter() {
        if !roles.contains(&grant.role) && alone(visitor, grant, action, resource) {
            roles.push(grant.role.clone());
        }
    }
    roles
}

/// The roles by which the visitor may do this somewhere in a register.
pub(crate) fn roles_anywhere(visitor: &Visitor, action: Action, register: &str) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    for grant in visitor.grants.iter() {
        let principal = principal(visitor, std::slice::from_ref(grant));
        if !roles.contains(&grant.role)
            && visitor.now.policies.may_anywhere(&principal, action, Some(register))
        {
            roles.push(grant.role.clone());
        }
    }
    roles
}

/// What the scribe asks of every owner that a job touches.
pub(crate) fn guard(visitor: &Visitor, action: Action, register: &str, units: Arc<Units>) -> OwnerGuard {
    let (visitor, register) = (visitor.clone(), register.to_owned());
    OwnerGuard::new(move |code| {
        // Who founds a unit enters it as its own owner: the city answers for it then.
        let above = units.upward(code);
        visitor.may(action, &Resource { register: Some(&register), units: &above, ..Resource::default() })
    })
}

fn alone(visitor: &Visitor, grant: &Grant, action: Action, resource: &Resource<'_>) -> bool {
    visitor.now.policies.decide(&principal(visitor, std::slice::from_ref(grant)), action, resource).allowed
}

fn principal<'a>(visitor: &'a Visitor, grants: &'a [Grant]) -> Principal<'a> {
    Principal { account: visitor.actor(), grants, scopes: visitor.scopes.as_deref().map(Vec::as_slice) }
}
