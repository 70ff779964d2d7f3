//! What waits for the visitor: entries to verify where they may, entries of their own that were returned, drafts.

use access::{Action, Resource};
use serde::Serialize;
use shelf::{By, Filter, Query, Status, Test, Units};
use utoipa::ToSchema;

use crate::app::App;
use crate::fault::Fault;
use crate::visitor::Visitor;
use crate::when;

/// How many things wait.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Waiting {
    /// Records whose entries the visitor may verify, by register.
    pub to_verify: Vec<WaitingIn>,
    /// Records with entries of the visitor that were returned, by register.
    pub returned: Vec<WaitingIn>,
    /// Forms begun and not sent.
    pub drafts: usize,
}

/// How many things wait in a register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingIn {
    /// The register's key.
    pub register: String,
    /// What it is called.
    pub label: String,
    /// How many records.
    pub records: usize,
}

impl Waiting {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.to_verify.is_empty() && self.returned.is_empty() && self.drafts == 0
    }

    /// How many records wait for the visitor to do something.
    pub fn records(&self) -> usize {
        self.to_verify.iter().chain(&self.returned).map(|one| one.records).sum()
    }

    /// What waits now.
    pub fn load(app: &App, visitor: &Visitor) -> Result<Self, Fault> {
        let Some(account) = &visitor.account else { return Ok(Self::default()) };
        let now = &visitor.now;
        let units = now.shelf.units(when::today()).map_err(Fault::internal)?;
        let mut waiting = Self { drafts: app.accounts.drafts(account.id)?.len(), ..Self::default() };
        for register in now.pack.registers.iter().filter(|register| register.needs_verification) {
            let label = || visitor.say(&register.label);
            let count = |status: Status, owners: Option<Vec<String>>, author: Option<&str>| {
                let mut filters =
                    vec![Filter { column: By::Status, test: Test::OneOf(vec![status.key().to_owned()]) }];
                if let Some(author) = author {
                    filters.push(Filter { column: By::Author, test: Test::OneOf(vec![author.to_owned()]) });
                }
                let query = Query { owners, filters, ..Query::new(&register.key, when::today()) };
                now.shelf.count(&query).map_err(Fault::internal)
            };
            if visitor.may_anywhere(Action::Verify, Some(&register.key)) {
                let records = match owners(visitor, &units, &register.key) {
                    Some(owners) if owners.is_empty() => 0,
                    owners => count(Status::Pending, owners, None)?,
                };
                if records > 0 {
                    waiting.to_verify.push(WaitingIn {
                        register: register.key.clone(),
                        label: label(),
                        records,
                    });
                }
            }
            if visitor.may_anywhere(Action::Amend, Some(&register.key)) {
                let records = count(Status::Returned, None, Some(visitor.actor()))?;
                if records > 0 {
                    waiting.returned.push(WaitingIn {
                        register: register.key.clone(),
                        label: label(),
                        records,
                    });
                }
            }
        }
        waiting.to_verify.sort_by_key(|one| std::cmp::Reverse(one.records));
        Ok(waiting)
    }
}

/// The units whose entries the visitor may verify; `None` for the whole city.
fn owners(visitor: &Visitor, units: &Units, register: &str) -> Option<Vec<String>> {
    let may = |upward: &[String]| {
        let resource = Resource { register: Some(register), units: upward, authors: &[], state: None };
        visitor.may(Action::Verify, &resource)
    };
    if visitor.grants.iter().any(|grant| grant.unit.is_none()) && may(&[]) {
        return None;
    }
    let mut owners: Vec<String> = visitor
        .grants
        .iter()
        .filter_map(|grant| grant.unit.as_deref())
        .filter(|unit| may(&units.upward(unit)))
        .flat_map(|unit| units.downward(unit))
        .collect();
    owners.sort();
    owners.dedup();
    Some(owners)
}
