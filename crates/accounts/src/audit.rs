//! The audit trail: who did what, when, from where, and with what outcome.
//!
//! Lines are only ever added. Each carries a keyed hash over itself and the line before (`chain.rs`), so that a line
//! that is changed, moved or taken out shows, and nobody without `HOME/keys/accounts.key` can mend the chain. A whole
//! older copy of file and key together cannot be told from inside: [`Accounts::audit_head`] is what to write down
//! elsewhere against that.
//!
//! One thread writes (`write.rs`): whoever waits at the same moment shares one write to the disk. What changes
//! something is on the disk before it is acknowledged ([`Accounts::record`]); that somebody has looked at something is
//! there within half a second ([`Accounts::note`]).
//!
//! People stand here as the numbers of their accounts; an address is kept because "from where" is asked for.

mod chain;
mod read;
mod write;

use jiff::Timestamp;

pub use chain::{AuditFault, AuditReport, Head};
pub(crate) use write::Trail;

use crate::Accounts;
use crate::error::AccountError;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    #[default]
    Done,
    /// It was refused: no right, a wrong password, a stale version.
    Refused,
    /// It could not be done.
    Failed,
}

impl Outcome {
    /// All, in order.
    pub const ALL: [Outcome; 3] = [Outcome::Done, Outcome::Refused, Outcome::Failed];

    /// Its name in filters and exports.
    pub fn key(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
        }
    }

    /// Reads the name.
    pub fn parse(key: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.key() == key)
    }
}

/// Something that somebody did. No names of people, no typed text: numbers, keys and patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The account; none before somebody has signed in.
    pub account: Option<i64>,
    /// What: an action's key, or `sign-in`, `sign-out`, `invite` …
    pub action: String,
    /// The HTTP method; empty on the command line.
    pub method: String,
    /// The route's pattern, such as `/records/{id}`: an address can contain what somebody searched for.
    pub route: String,
    /// The register.
    pub register: Option<String>,
    /// The record, or what else was acted on.
    pub record: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// The network address.
    pub from: String,
    /// What else is needed to understand it, in at most 500 characters.
    pub detail: String,
}

/// An event in the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, from 1 without gaps.
    pub number: i64,
    /// When. Never earlier than the event before, whatever the clock did.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// Which events are wanted; what is not given is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// By whom.
    pub account: Option<i64>,
    /// Which action.
    pub action: Option<String>,
    /// In which register.
    pub register: Option<String>,
    /// On which record.
    pub record: Option<String>,
    /// In which unit.
    pub unit: Option<String>,
    /// With which outcome.
    pub outcome: Option<Outcome>,
    /// From which address.
    pub from: Option<String>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

impl Accounts {
    /// Writes an event down; on the disk when this returns. For everything that changes something, before it is
    /// acknowledged.
    pub fn record(&self, event: Event) -> Result<(), AccountError> {
        self.trail.record(event, self.now())
    }

    /// Writes an event down soon. For looking: a crash within half a second loses it.
    pub fn note(&self, event: Event) {
        self.trail.note(event, self.now());
    }

    /// Events, the newest first, at most `limit` of them; before the one of a number, for the next page.
    pub fn audit(
        &self,
        filter: &Filter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Recorded>, AccountError> {
        self.trail.flush()?;
        self.store.read(|db| read::page(db, filter, before, limit))
    }

    /// How many events there are, counted up to a limit.
    pub fn audit_count(&self, filter: &Filter, at_most: u64) -> Result<u64, AccountError> {
        self.trail.flush()?;
        self.store.read(|db| read::count(db, filter, at_most))
    }

    /// The actions that occur in the trail, for a filter to choose from.
    pub fn audit_actions(&self) -> Result<Vec<String>, AccountError> {
        self.trail.flush()?;
        self.store.read(read::actions)
    }

    /// Derives the whole chain again, and names the first line that is not as it was written.
    pub fn verify_audit(&self) -> Result<AuditReport, AccountError> {
        self.trail.flush()?;
        let key = self.sealer.audit_key();
        self.store.read(|db| chain::verify(db, &key))
    }

    /// The last line's number and chain: written down elsewhere, they prove later that nothing was taken back.
    pub fn audit_head(&self) -> Result<Head, AccountError> {
        self.trail.flush()?;
        self.store.read(chain::head)
    }
}
