//! Who signs in, and who did what.
//!
//! Accounts by invitation, passwords, sessions, second factors, tokens of programs, identities at a provider, what a
//! person prefers and has not finished typing, and the audit trail: one SQLite file beside the book
//! (`HOME/accounts.db`). A secret flows in, an [`Account`] with its grants flows out; what a grant allows is the
//! policies' matter (`access`), not this crate's.
//!
//! What keeps it safe:
//! - No secret is stored that would open anything: passwords by argon2id, every random secret (session, token,
//!   invitation, recovery code) by its SHA-256. What has to be read back (the secrets of second factors, what waits for
//!   a provider's answer) is sealed with the key in `HOME/keys/accounts.key`.
//! - Guessing is slowed in the store, so that a restart forgets nothing (`attempt.rs`).
//! - The audit trail is a keyed chain: a line that is changed or taken out shows (`audit.rs`). It names accounts by
//!   number, never people by name.
//!
//! Every function blocks (SQLite, argon2). A session or token is looked up in some microseconds; the rest belongs on
//! threads that may wait. Two processes may have one home open: nothing is kept in memory that its version in the store
//! does not guard.
//!
//! Absent on purpose: default accounts and passwords, telephone numbers and identity numbers (a sign-in name that looks
//! like one is refused), sending mail (an invitation is handed over as a link), scores or habits of people.

mod account;
mod attempt;
mod audit;
mod code;
mod draft;
mod error;
mod identity;
mod invitation;
mod name;
mod origin;
mod password;
mod preference;
mod schema;
mod seal;
mod secret;
mod session;
mod settings;
mod sign_in;
mod store;
mod strength;
mod token;
mod totp;

pub use account::{Account, Grant, State};
pub use audit::{AuditFault, AuditReport, Event, Filter, Head, Outcome, Recorded};
pub use draft::{Draft, DraftInfo};
pub use error::AccountError;
pub use identity::{Identity, PendingOidc};
pub use invitation::Invitation;
pub use origin::Origin;
pub use secret::{csrf_matches, csrf_of, random_token};
pub use session::{NewSession, Session, SessionInfo};
pub use settings::{Clock, Settings};
pub use sign_in::SignIn;
pub use strength::Weakness;
pub use token::{Bearer, NewToken, Token};
pub use totp::Enrolment;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

use jiff::Timestamp;

/// The accounts of a city.
pub struct Accounts {
    store: store::Store,
    settings: Settings,
    clock: Clock,
    hasher: password::Hasher,
    sealer: seal::Sealer,
    /// Accounts as they were last read; each is used only while its version is still the store's.
    known: RwLock<HashMap<i64, (i64, Arc<Account>)>>,
    trail: audit::Trail,
}

impl Accounts {
    /// Opens the accounts of a city's home, and makes them (empty) where there are none.
    pub fn open(home: &Path) -> Result<Accounts, AccountError> {
        Accounts::open_with(home, Settings::default(), Arc::new(Timestamp::now))
    }

    /// Opens them with other settings, or with a clock that a test moves.
    pub fn open_with(home: &Path, settings: Settings, clock: Clock) -> Result<Accounts, AccountError> {
        let sealer = seal::Sealer::of_home(home)?;
        let store = store::Store::open(&home.join(store::FILE))?;
        let trail = audit::Trail::start(&store, sealer.audit_key(), Arc::clone(&clock))?;
        Ok(Accounts {
            hasher: password::Hasher::new()?,
            store,
            settings,
            clock,
            sealer,
            known: RwLock::default(),
            trail,
        })
    }

    /// Copies everything into a new file, also while it is in use. The key of `HOME/keys` is not in it.
    pub fn backup(&self, to: &Path) -> Result<(), AccountError> {
        self.store.backup(to)
    }

    /// Forgets what has expired: sessions, invitations, unfinished sign-ins, old failures. To be called every hour or so.
    pub fn sweep(&self) -> Result<(), AccountError> {
        let now = self.now();
        self.store.write(|db| {
            for table in ["session", "pending_step", "invitation", "pending_oidc", "token"] {
                db.execute(&format!("DELETE FROM {table} WHERE expires <= ?1"), [now])?;
            }
            attempt::forget_old(db, now)
        })
    }

    /// The present instant as it is stored: microseconds since 1970.
    fn now(&self) -> i64 {
        (self.clock)().as_microsecond()
    }
}

/// An instant as it was stored.
fn instant(microseconds: i64) -> Timestamp {
    // Only instants that a `Timestamp` gave are stored; a file that was tampered with shows 1970, and does no harm.
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
