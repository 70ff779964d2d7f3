//! What waits for the visitor: entries to verify where they may, entries of their own that were returned, drafts.

use access::Action;
use serde::Serialize;
use shelf::Status;
use utoipa::ToSchema;

use crate::app::App;
use crate::fault::Fault;
use crate::page::waiting::{self, Waits};
use crate::visitor::Visitor;

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
        let named = |one: &Waits<'_>| WaitingIn {
            register: one.register.key.clone(),
            label: visitor.say(&one.register.label),
            records: one.records,
        };
        let to_verify = waiting::within_reach(visitor, Status::Pending, Action::Verify)?;
        let mut to_verify: Vec<_> = to_verify.iter().filter(|one| one.records > 0).map(named).collect();
        to_verify.sort_by_key(|one| std::cmp::Reverse(one.records));
        Ok(Self {
            to_verify,
            returned: waiting::sent_back(visitor)?.iter().map(named).collect(),
            drafts: app.accounts.drafts(account.id)?.len(),
        })
    }
}
