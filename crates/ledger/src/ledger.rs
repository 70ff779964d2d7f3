//! The ledger: opening and reading a book. Appending, proving, verifying, copying and persons have files of their own.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::append::Appender;
use crate::checkpoint::{self, SignedCheckpoint};
use crate::clock::Clock;
use crate::entry::{Entry, EntryNumber, Kind, RecordId};
use crate::error::LedgerError;
use crate::evidence;
use crate::home::{Home, NewHome, WriterLock};
use crate::keys::Keys;
use crate::merkle::Frontier;
use crate::segment;
use crate::store::sqlite::SqliteStore;
use crate::store::{Checkpoint, Reading, Store};
use crate::versions::SharedVersions;

/// What [`Ledger::for_each`] calls: with an entry's number and bytes.
pub type SeeEntry<'a> = dyn FnMut(EntryNumber, &[u8]) -> Result<(), LedgerError> + 'a;

/// A book, open for reading or for reading and writing. Share it between threads as you like.
pub struct Ledger {
    pub(crate) home: Home,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) appender: Option<Appender>,
    pub(crate) versions: SharedVersions,
    // The store is closed before the lock is given back: fields are dropped in this order.
    pub(crate) store: Box<dyn Store>,
    _lock: Option<WriterLock>,
}

impl Ledger {
    /// Founds a book in a directory that is empty or does not exist, and opens it for writing. The origin names the book
    /// for ever, in every checkpoint and proof; by custom it is a domain and path, such as `jiangcheng.example/book`.
    pub fn found(home: &Path, origin: &str, clock: Arc<dyn Clock>) -> Result<Ledger, LedgerError> {
        let new = NewHome::begin(home)?;
        Keys::generate(new.stage(), origin)?;
        let keys = Keys::load(new.stage())?;
        let signer =
            keys.signer.as_ref().ok_or_else(|| LedgerError::KeyMissing(new.stage().signing_key()))?;
        let tree = Frontier::default();
        let signed = checkpoint::sign(origin, &tree, signer)?;
        let store = SqliteStore::create(&new.stage().book())?;
        let session = store.write()?;
        session.put_checkpoint(&Checkpoint {
            size: 0,
            note: signed.note,
            frontier: Some(tree.to_bytes()),
        })?;
        session.commit()?;
        drop(store);
        new.finish()?;
        Ledger::open(home, clock)
    }

    /// Opens a book for reading and writing. Only one process can have it so; others can [`Ledger::read`] meanwhile.
    /// A book whose tables an earlier version of the program laid out gets the present layout.
    pub fn open(home: &Path, clock: Arc<dyn Clock>) -> Result<Ledger, LedgerError> {
        let home = existing(home)?;
        let lock = WriterLock::take(home.dir())?;
        let keys = Keys::load(&home)?;
        let signer = keys.signer.clone().ok_or_else(|| LedgerError::KeyMissing(home.signing_key()))?;
        let store = SqliteStore::open(&home.book())?;
        evidence::sweep(&home)?;
        let (appender, versions) = (Some(Appender::new(signer)), SharedVersions::default());
        Ok(Ledger { home, keys, clock, appender, versions, store: Box::new(store), _lock: Some(lock) })
    }

    /// Opens a book for reading: any number of processes, also while one writes.
    pub fn read(home: &Path) -> Result<Ledger, LedgerError> {
        let home = existing(home)?;
        let keys = Keys::load(&home)?;
        let store = SqliteStore::open_read_only(&home.book())?;
        Ok(Ledger::reading(home, keys, Box::new(store)))
    }

    pub(crate) fn reading(home: Home, keys: Keys, store: Box<dyn Store>) -> Ledger {
        let clock = Arc::new(crate::clock::SystemClock);
        Ledger { home, keys, clock, appender: None, versions: SharedVersions::default(), store, _lock: None }
    }

    /// Where the book lies.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The book's name.
    pub fn origin(&self) -> &str {
        &self.keys.origin
    }

    /// The public key, as text, with which anybody can verify the book's checkpoints and proofs.
    pub fn verifier_key(&self) -> &str {
        &self.keys.verifier_text
    }

    /// How many entries the book has.
    pub fn size(&self) -> Result<u64, LedgerError> {
        Ok(last_checkpoint(&*self.store.read()?)?.size)
    }

    /// The book's latest checkpoint, its signature verified.
    pub fn checkpoint(&self) -> Result<SignedCheckpoint, LedgerError> {
        let stored = last_checkpoint(&*self.store.read()?)?;
        self.verified(&stored)
    }

    /// Confirms that a signed checkpoint, kept somewhere outside, is of this book: that the book still has, unchanged,
    /// everything that it had then. [`Ledger::verify`] cannot see that a book was cut off or rewritten by somebody who
    /// has its keys; a checkpoint that lay elsewhere shows it. (The stored hashes are used: verify the book as well.)
    pub fn confirm(&self, note: &str) -> Result<SignedCheckpoint, LedgerError> {
        let signed = checkpoint::verify(note, &self.keys.origin, &self.keys.verifier)
            .map_err(LedgerError::Checkpoint)?;
        let mut tree = Frontier::default();
        self.store.read()?.hashes(0..signed.size, &mut |first, count, hashes| {
            let rest = usize::try_from(signed.size - tree.size()).unwrap_or(usize::MAX);
            segment::leaf_hashes(first, count, hashes)?.take(rest).for_each(|leaf| tree.push(leaf));
            Ok(())
        })?;
        if tree.size() < signed.size {
            let reason = format!("it covers {} entries, the book has {}", signed.size, tree.size());
            return Err(LedgerError::Checkpoint(reason));
        }
        if tree.root().0 == signed.root {
            Ok(signed)
        } else {
            Err(LedgerError::Checkpoint(format!(
                "the first {} entries are not those that it covers",
                signed.size
            )))
        }
    }

    pub(crate) fn verified(&self, stored: &Checkpoint) -> Result<SignedCheckpoint, LedgerError> {
        let size = stored.size;
        let damaged =
            |reason: String| LedgerError::Damaged(format!("the checkpoint at {size} entries: {reason}"));
        let signed =
            checkpoint::verify(&stored.note, &self.keys.origin, &self.keys.verifier).map_err(damaged)?;
        if signed.size == size {
            Ok(signed)
        } else {
            Err(damaged(format!("its note is for {}", signed.size)))
        }
    }

    /// One entry; none if the book is not so long.
    pub fn entry(&self, number: EntryNumber) -> Result<Option<Entry>, LedgerError> {
        entry(&*self.store.read()?, number)
    }

    /// Shows the bytes of the entries of a range of numbers, of one register or of all, in order ([`Entry::decode`]
    /// reads them). All come from one state of the book. Only the register's own rows are read. An error that `see`
    /// returns ends it ([`LedgerError::caller`] wraps errors of your own).
    pub fn for_each(
        &self,
        register: Option<&str>,
        range: Range<u64>,
        see: &mut SeeEntry<'_>,
    ) -> Result<(), LedgerError> {
        self.store.read()?.segments(register, range.clone(), &mut |segment| {
            segment
                .entries()?
                .filter(|(number, _)| range.contains(number))
                .try_for_each(|(number, bytes)| see(EntryNumber(number), bytes))
        })
    }

    /// The registers that have entries, by name, and how many entries each has.
    pub fn registers(&self) -> Result<Vec<(String, u64)>, LedgerError> {
        self.store.read()?.registers()
    }

    /// The number of a register's last entry among the first `before` entries of the book. Cheap: it tells whether
    /// something computed from the register earlier still holds.
    pub fn last_entry_of(&self, register: &str, before: u64) -> Result<Option<u64>, LedgerError> {
        let run = self.store.read()?.last_run(register, before)?;
        Ok(run.and_then(|run| run.first.saturating_add(run.count).min(before).checked_sub(1)))
    }

    /// The number of a record's latest entry; none if there is no such record. (Like [`Ledger::history`] and
    /// [`Ledger::prove`], the first call reads which records all entries continue: some 10 ms for a million entries that
    /// came in large batches, 0.2 s if each came alone.)
    pub fn version(&self, record: RecordId) -> Result<Option<EntryNumber>, LedgerError> {
        let (session, version) = self.read_version(record)?;
        Ok(current(&*session, record, version)?.map(|entry| entry.number))
    }

    /// All entries of a record, oldest first; empty if there is no such record.
    pub fn history(&self, record: RecordId) -> Result<Vec<Entry>, LedgerError> {
        let (session, version) = self.read_version(record)?;
        history(&*session, record, version)
    }
}

pub(crate) fn last_checkpoint(session: &dyn Reading) -> Result<Checkpoint, LedgerError> {
    session.last_checkpoint()?.ok_or_else(|| LedgerError::Damaged("there is no checkpoint".into()))
}

pub(crate) fn entry(session: &dyn Reading, number: EntryNumber) -> Result<Option<Entry>, LedgerError> {
    let mut entry = None;
    session.segment_of(number.0, &mut |segment| {
        entry = Some(Entry::decode(number, segment.entry(number.0)?)?);
        Ok(())
    })?;
    Ok(entry)
}

/// The latest entry of a record, whose number was looked up in the same session.
fn current(
    session: &dyn Reading,
    record: RecordId,
    version: Option<u64>,
) -> Result<Option<Entry>, LedgerError> {
    let Some(version) = version.map(EntryNumber) else { return Ok(None) };
    let found = entry(session, version)?.filter(|entry| entry.record == record);
    let damaged = || LedgerError::Damaged(format!("entry {version} is not a version of record {record}"));
    found.ok_or_else(damaged).map(Some)
}

/// The entries of a record, found by going back from version to version: each names the one before it.
pub(crate) fn history(
    session: &dyn Reading,
    record: RecordId,
    version: Option<u64>,
) -> Result<Vec<Entry>, LedgerError> {
    let mut entries: Vec<Entry> = current(session, record, version)?.into_iter().collect();
    while let Some(last) = entries.last()
        && last.kind != Kind::Create
    {
        let broken =
            || LedgerError::Damaged(format!("the versions of record {record} do not follow each other"));
        let before = last.based_on.filter(|before| *before < last.number).ok_or_else(broken)?;
        let previous = entry(session, before)?.filter(|entry| entry.record == record).ok_or_else(broken)?;
        entries.push(previous);
    }
    entries.reverse();
    Ok(entries)
}

fn existing(home: &Path) -> Result<Home, LedgerError> {
    let home = Home::at(home);
    if home.has_book() { Ok(home) } else { Err(LedgerError::NoBook(home.dir().to_owned())) }
}
