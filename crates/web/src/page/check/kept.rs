//! What was checked, as long as its session needs it, in memory only.
//!
//! A result is found only by the session that made it. It is forgotten when somebody says so, when the session ends
//! (within a minute), an hour after it was last looked at, when the account checks its sixth document, and when
//! everybody's together outgrow [`MOST_BYTES`]: then the one that was looked at longest ago goes first. A restart
//! forgets all. Nothing is written to the disk.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use accounts::random_token;
use city::checking::Outcome;

use crate::app::App;
use crate::fault::Fault;
use crate::visitor::Visitor;

/// How long a result is kept after it was last looked at.
pub const LONGEST: Duration = Duration::from_secs(3600);
/// How many results an account has at most.
const MOST_EACH: usize = 5;
/// How large all results together are at most, in bytes.
pub const MOST_BYTES: usize = 96 << 20;
/// How often is looked whether a session still lives.
const ROUND: Duration = Duration::from_secs(60);

/// A document that was checked.
pub struct Checked {
    /// What it is called.
    pub name: String,
    /// The DOCX itself, to give it back with comments; nothing for other documents.
    pub docx: Option<Vec<u8>>,
    /// What was found.
    pub outcome: Outcome,
    /// How many entries were known.
    pub known_at: u64,
    /// How long the check took.
    pub took: Duration,
}

impl Checked {
    /// About as many bytes as it takes.
    fn bytes(&self) -> usize {
        let outcome = &self.outcome;
        let each = outcome.found.len() * 256 + outcome.claims().len() * 1024;
        self.docx.as_ref().map_or(0, Vec::len) + outcome.text.len() + outcome.starts.len() * 8 + each
    }
}

struct Entry {
    id: String,
    account: i64,
    session: i64,
    seen: Instant,
    bytes: usize,
    checked: Arc<Checked>,
}

/// Results in memory.
#[derive(Default)]
pub struct Kept {
    entries: Mutex<Vec<Entry>>,
}

/// Who may see a result: an account's session.
fn owner(visitor: &Visitor) -> Result<(i64, i64), Fault> {
    // A token has no session; programs get their answer at once instead.
    Ok((visitor.account()?.id, visitor.session.ok_or(Fault::NotFound)?))
}

/// Keeps a result for the visitor's session; the id to find it by.
pub fn keep(visitor: &Visitor, checked: Checked) -> Result<String, Fault> {
    let (account, session) = owner(visitor)?;
    let id = random_token()?;
    let entry = Entry {
        id: id.clone(),
        account,
        session,
        seen: Instant::now(),
        bytes: checked.bytes(),
        checked: Arc::new(checked),
    };
    visitor.app.checks.insert(entry);
    watch(Arc::clone(&visitor.app), id.clone());
    Ok(id)
}

/// A result of the visitor's session.
pub fn find(visitor: &Visitor, id: &str) -> Result<Arc<Checked>, Fault> {
    let owner = owner(visitor)?;
    visitor.app.checks.find(owner, id).ok_or(Fault::NotFound)
}

/// The results of the visitor's session, latest first: their ids and names.
pub fn list(visitor: &Visitor) -> Vec<(String, Arc<Checked>)> {
    owner(visitor).map(|owner| visitor.app.checks.list(owner)).unwrap_or_default()
}

/// Forgets a result of the visitor's session.
pub fn forget(visitor: &Visitor, id: &str) -> Result<(), Fault> {
    let owner = owner(visitor)?;
    visitor.app.checks.retain(|entry| (entry.account, entry.session) != owner || entry.id != id);
    Ok(())
}

impl Kept {
    fn insert(&self, entry: Entry) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let account = entry.account;
        entries.push(entry);
        let eldest = |entries: &[Entry], of: Option<i64>| {
            let places = entries.iter().enumerate().filter(|(_, one)| of.is_none_or(|of| one.account == of));
            places.min_by_key(|(_, one)| one.seen).map(|(place, _)| place)
        };
        while entries.iter().filter(|one| one.account == account).count() > MOST_EACH
            && let Some(place) = eldest(&entries, Some(account))
        {
            entries.remove(place);
        }
        while entries.iter().map(|one| one.bytes).sum::<usize>() > MOST_BYTES
            && entries.len() > 1
            && let Some(place) = eldest(&entries, None)
        {
            entries.remove(place);
        }
    }

    fn find(&self, owner: (i64, i64), id: &str) -> Option<Arc<Checked>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.iter_mut().find(|one| (one.account, one.session) == owner && one.id == id)?;
        entry.seen = Instant::now();
        Some(Arc::clone(&entry.checked))
    }

    fn list(&self, owner: (i64, i64)) -> Vec<(String, Arc<Checked>)> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = entries.iter().rev().filter(|one| (one.account, one.session) == owner);
        mine.map(|one| (one.id.clone(), Arc::clone(&one.checked))).collect()
    }

    fn retain(&self, keep: impl FnMut(&mut Entry) -> bool) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).retain_mut(keep);
    }

    /// Whose a result is, and when it was last looked at.
    fn state(&self, id: &str) -> Option<(i64, i64, Instant)> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.iter().find(|one| one.id == id)?;
        Some((entry.account, entry.session, entry.seen))
    }

    /// How many results there are.
    pub fn count(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Forgets what a session that has ended brought.
    pub fn session_ended(&self, session: i64) {
        self.retain(|entry| entry.session != session);
    }
}

/// Looks now and then whether a result is still needed, and ends with it.
fn watch(app: Arc<App>, id: String) {
    tokio::spawn(async move {
        while let Some((account, session, seen)) = app.checks.state(&id) {
            let sessions = app.work(move |app| Ok(app.accounts.sessions(account)?)).await;
            // What cannot be asked now is asked again; the hour ends it at the latest.
            let lives = sessions.map_or(true, |all| all.iter().any(|one| one.id == session));
            if !lives || seen.elapsed() > LONGEST {
                app.checks.retain(|entry| entry.id != id);
                return;
            }
            tokio::time::sleep(ROUND).await;
        }
    });
}
