//! The storage contract, on one screen. The ledger's rules (checks, tree, signatures) stand above it and know no
//! engine; an engine knows no rule. SQLite is in [`sqlite`]; PostgreSQL fits the same four traits.
//!
//! What an engine promises:
//! - a [`Reading`] sees one state of the book, whatever is committed meanwhile;
//! - there is at most one [`Writing`] at a time; it sees its own puts;
//! - when [`Writing::commit`] returns `Ok`, everything put survives a power cut; when it returns an error, or is never
//!   called, nothing of it is ever seen;
//! - stored rows of entries, requests and checkpoints are never changed or removed.

pub mod sqlite;

use std::ops::Range;
use std::path::Path;

use crate::error::LedgerError;
use crate::segment::Segment;

type Result<T> = std::result::Result<T, LedgerError>;

/// What [`Reading::hashes`] calls: with a segment's first entry, its number of entries, their leaf hashes.
pub type SeeHashes<'a> = dyn FnMut(u64, u64, &[u8]) -> Result<()> + 'a;

/// What [`Reading::links`] calls: with a segment's first entry, its number of entries, their register and their links.
pub type SeeLinks<'a> = dyn FnMut(u64, u64, &str, &[u8]) -> Result<()> + 'a;

/// A place where a book is kept.
pub trait Store: Send + Sync {
    /// Begins to read one state.
    fn read(&self) -> Result<Box<dyn Reading + '_>>;
    /// Begins to write; waits for another writing of this process to end.
    fn write(&self) -> Result<Box<dyn Writing + '_>>;
    /// Copies one state of the whole store into a new file, while others read and write.
    fn copy_to(&self, file: &Path) -> Result<()>;
    /// Makes sure that no deleted bytes of persons remain in the store's files; false if a reader hinders it for now.
    fn scrub(&self) -> Result<bool>;
}

/// One state of the book.
pub trait Reading {
    /// The latest checkpoint; there is one as soon as the book is founded. Its size is the book's size.
    fn last_checkpoint(&self) -> Result<Option<Checkpoint>>;
    /// The latest checkpoint that has a frontier.
    fn last_frontier(&self) -> Result<Option<Checkpoint>>;
    /// Every checkpoint, by size.
    fn checkpoints(&self, see: &mut dyn FnMut(Checkpoint) -> Result<()>) -> Result<()>;
    /// The segment that holds an entry; false if there is none.
    fn segment_of(&self, entry: u64, see: &mut dyn FnMut(&Segment<'_>) -> Result<()>) -> Result<bool>;
    /// The segments, of one register or of all, that hold entries of the range, by number.
    fn segments(
        &self,
        register: Option<&str>,
        range: Range<u64>,
        see: &mut dyn FnMut(&Segment<'_>) -> Result<()>,
    ) -> Result<()>;
    /// The stored leaf hashes of the segments that hold entries of the range: first entry, number of entries, hashes.
    fn hashes(&self, range: Range<u64>, see: &mut SeeHashes<'_>) -> Result<()>;
    /// Which records the entries of the segments that begin at an entry or after it continue, without reading entries,
    /// in whatever order is quickest.
    fn links(&self, from: u64, see: &mut SeeLinks<'_>) -> Result<()>;
    /// The last segment of a register that begins before an entry.
    fn last_run(&self, register: &str, before: u64) -> Result<Option<Run>>;
    /// The registers that have entries, by name, and how many.
    fn registers(&self) -> Result<Vec<(String, u64)>>;
    /// The entries of the batch that was entered with this key.
    fn request(&self, key: &str) -> Result<Option<Run>>;
    /// Every (key, entries), by key.
    fn requests(&self, see: &mut dyn FnMut(&str, Run) -> Result<()>) -> Result<()>;
    /// The pseudonym of the person with this lookup code.
    fn person_by_lookup(&self, lookup: &[u8; 32]) -> Result<Option<String>>;
    /// What is kept of a person.
    fn person(&self, pseudonym: &str) -> Result<Option<String>>;
    /// What the engine itself finds wrong with its files; empty if nothing.
    fn damages(&self) -> Result<Vec<String>>;
}

/// A transaction.
pub trait Writing: Reading {
    /// Adds a segment of entries.
    fn put_segment(&self, segment: &Segment<'_>) -> Result<()>;
    /// Adds a batch's key.
    fn put_request(&self, key: &str, run: Run) -> Result<()>;
    /// Adds a checkpoint.
    fn put_checkpoint(&self, checkpoint: &Checkpoint) -> Result<()>;
    /// Adds a person.
    fn put_person(&self, pseudonym: &str, lookup: &[u8; 32], data: &str) -> Result<()>;
    /// Deletes a person; false if there is none.
    fn delete_person(&self, pseudonym: &str) -> Result<bool>;
    /// Makes everything put durable.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// Consecutive entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first.
    pub first: u64,
    /// How many.
    pub count: u64,
}

/// A checkpoint as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many entries it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
    /// The tree's frontier, where it was worth storing.
    pub frontier: Option<Vec<u8>>,
}
