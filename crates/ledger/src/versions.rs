//! Which entry is each record's current version: an array in memory, read from the segments' links.
//!
//! The book stores no table of current versions. Such a table is written where the records lie, which is anywhere, so
//! that a batch that amends a hundred records rewrites a hundred pages; links ([`crate::links`]) are written at the end
//! of the book, with the entries. What they add up to is kept here, shared by everybody who has this [`Ledger`]:
//!
//! ```text
//!  segments' links ──catch_up──▶ one slot an entry ──of──▶ version, register, withdrawn?
//!                                      ▲
//!  a commit, once it is durable ──extend
//! ```
//!
//! It is filled at the first question (opening a book reads nothing), and from then on takes in only what is new. It
//! costs eight bytes an entry, whatever the entry is: nine megabytes for a book of a million. Filling it costs about 40
//! bytes more for each segment, for a moment.
//!
//! Nobody sees a version that his session lacks: the array is locked *before* a session begins, and takes in what that
//! session sees. So it never runs ahead of a session that begins later, and whoever has looked something up reads it in
//! the session in which he did.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::entry::RecordId;
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::links;
use crate::store::{Reading, Store};

/// Slots are kept in chunks, so that a growing book never copies them.
const CHUNK: usize = 4096;

/// What the first [`Versions::known`] entries of the book say.
#[derive(Default)]
pub(crate) struct Versions {
    known: u64,
    slots: Vec<Vec<Slot>>,
    registers: Registers,
}

/// What is known of an entry. A creation has the number of its record's current version, which is not before it; any
/// other entry has the number of its record, which is. So the number alone tells which of the two it is.
///
/// Forty bits for the number, 23 for the register, one for whether the record is withdrawn: enough for a book of three
/// hundred terabytes, which no engine would take.
#[derive(Clone, Copy)]
struct Slot(u64);

const NUMBER_BITS: u32 = 40;
const REGISTER_BITS: u32 = 23;

/// A segment, on its way from the store: small, as a book of single entries has a million of them.
struct Row {
    first: u64,
    /// Where its links lie.
    begin: usize,
    length: u16,
    count: u16,
    register: u32,
}

/// How a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing<'a> {
    pub version: u64,
    pub register: &'a str,
    pub withdrawn: bool,
}

impl Versions {
    /// How many entries it has taken in.
    pub(crate) fn known(&self) -> u64 {
        self.known
    }

    /// How a record stands after the known entries; none if there is no such record.
    pub(crate) fn of(&self, record: u64) -> Option<Standing<'_>> {
        let slot = self.slot(record).filter(|slot| slot.number() >= record)?;
        let register = self.registers.names.get(slot.register() as usize)?;
        Some(Standing { version: slot.number(), register, withdrawn: slot.withdrawn() })
    }

    /// Takes in what a session sees beyond the known entries.
    pub(crate) fn catch_up(&mut self, session: &dyn Reading) -> Result<(), LedgerError> {
        let result = self.read(session);
        if result.is_err() {
            // Half a commit must not stay: the next question begins anew.
            *self = Versions::default();
        }
        result
    }

    fn read(&mut self, session: &dyn Reading) -> Result<(), LedgerError> {
        let damaged = |first, what| {
            LedgerError::Damaged(format!("the segment of entry {first}: {what}; verify the book"))
        };
        let (mut rows, mut bytes) = (Vec::new(), Vec::new());
        session.links(self.known, &mut |first, count, register, links| {
            let absurd = |_| damaged(first, "its length is absurd");
            let (count, length) =
                (count.try_into().map_err(absurd)?, links.len().try_into().map_err(absurd)?);
            rows.push(Row {
                first,
                begin: bytes.len(),
                length,
                count,
                register: self.registers.id(register)?,
            });
            bytes.extend_from_slice(links);
            Ok(())
        })?;
        // They come register by register, so this merges a few sorted runs.
        rows.sort_by_key(|row| row.first);
        let mut links = Vec::new();
        for Row { first, begin, length, count, register } in rows {
            if first != self.known {
                return Err(damaged(first, "there is not one segment for each entry"));
            }
            if !links::decode(&bytes[begin..begin + usize::from(length)], count.into(), &mut links) {
                return Err(damaged(first, "its links cannot be read"));
            }
            self.push(register, &links).ok_or_else(|| damaged(first, "it continues what is no record"))?;
        }
        Ok(())
    }

    /// Takes in entries of one register that were committed just behind the known ones.
    pub(crate) fn extend(&mut self, register: &str, links: &[u64]) {
        let id = self.registers.id(register);
        if id.ok().and_then(|id| self.push(id, links)).is_none() {
            // It cannot be, as they were checked. If it is, what is stored counts.
            *self = Versions::default();
        }
    }

    fn push(&mut self, register: u32, links: &[u64]) -> Option<()> {
        for &link in links {
            let number = Some(self.known).filter(|number| *number < 1 << NUMBER_BITS)?;
            let target = match links::split(link) {
                (0, false) => number,
                (0, true) => return None,
                (distance, withdraws) => {
                    let record = number.checked_sub(distance)?;
                    let slot = self.slot_mut(record).filter(|slot| slot.number() >= record)?;
                    // What follows a withdrawal judges it and does not undo it.
                    *slot = Slot::new(number, slot.register(), slot.withdrawn() || withdraws);
                    record
                }
            };
            if self.slots.last().is_none_or(|chunk| chunk.len() == CHUNK) {
                self.slots.push(Vec::with_capacity(CHUNK));
            }
            self.slots.last_mut()?.push(Slot::new(target, register, false));
            self.known += 1;
        }
        Some(())
    }

    fn slot(&self, number: u64) -> Option<Slot> {
        let number = usize::try_from(number).ok()?;
        self.slots.get(number / CHUNK)?.get(number % CHUNK).copied()
    }

    fn slot_mut(&mut self, number: u64) -> Option<&mut Slot> {
        let number = usize::try_from(number).ok()?;
        self.slots.get_mut(number / CHUNK)?.get_mut(number % CHUNK)
    }
}

impl Slot {
    fn new(number: u64, register: u32, withdrawn: bool) -> Slot {
        Slot(
            number
                | u64::from(register) << NUMBER_BITS
                | u64::from(withdrawn) << (NUMBER_BITS + REGISTER_BITS),
        )
    }

    fn number(self) -> u64 {
        self.0 & ((1 << NUMBER_BITS) - 1)
    }

    fn register(self) -> u32 {
        (self.0 >> NUMBER_BITS) as u32 & ((1 << REGISTER_BITS) - 1)
    }

    fn withdrawn(self) -> bool {
        self.0 >> (NUMBER_BITS + REGISTER_BITS) == 1
    }
}

/// The registers' names, numbered as they come.
#[derive(Default)]
struct Registers {
    names: Vec<String>,
    ids: HashMap<String, u32>,
}

impl Registers {
    fn id(&mut self, name: &str) -> Result<u32, LedgerError> {
        if let Some(id) = self.ids.get(name) {
            return Ok(*id);
        }
        let id = u32::try_from(self.names.len()).ok().filter(|id| *id < 1 << REGISTER_BITS);
        let id =
            id.ok_or_else(|| LedgerError::Store("the book has more than eight million registers".into()))?;
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        Ok(id)
    }
}

/// The versions that all who have a [`Ledger`] share.
#[derive(Default)]
pub(crate) struct SharedVersions(Mutex<Versions>);

impl SharedVersions {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Versions> {
        self.0.lock().unwrap_or_else(|poisoned| {
            // Somebody panicked while he held them: they may be half changed.
            self.0.clear_poison();
            let mut versions = PoisonError::into_inner(poisoned);
            *versions = Versions::default();
            versions
        })
    }
}

impl Ledger {
    /// Begins a session and looks up a record's current version in it.
    pub(crate) fn read_version(
        &self,
        record: RecordId,
    ) -> Result<(Box<dyn Reading + '_>, Option<u64>), LedgerError> {
        let store: &dyn Store = &*self.store;
        let mut versions = self.versions.lock();
        let session = store.read()?;
        versions.catch_up(&*session)?;
        let version = versions.of(record.0).map(|standing| standing.version);
        Ok((session, version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(version: u64, register: &str, withdrawn: bool) -> Option<Standing<'_>> {
        Some(Standing { version, register, withdrawn })
    }

    #[test]
    fn links_add_up_to_versions() {
        let mut versions = Versions::default();
        versions.extend("docks", &[0, 0, 2 << 1]);
        versions.extend("parks", &[0, (1 << 1) | 1]);
        versions.extend("docks", &[5 << 1]);
        assert_eq!(versions.of(0), standing(5, "docks", false));
        assert_eq!(versions.of(1), standing(1, "docks", false));
        assert_eq!(versions.of(3), standing(4, "parks", true));
        assert_eq!([2, 4, 5, 6, u64::MAX].map(|number| versions.of(number)), [None; 5]);
        // A withdrawn record stays so, whatever is entered about its withdrawal, now or later.
        versions.extend("parks", &[(3 << 1), (4 << 1)]);
        assert_eq!(versions.of(3), standing(7, "parks", true));
        versions.extend("parks", &[(5 << 1)]);
        assert_eq!(versions.of(3), standing(8, "parks", true));
        // A record is not before the book, not an amendment, and no creation withdraws itself.
        for wrong in [4 << 1, u64::MAX, 1 << 1, 1] {
            let mut versions = Versions::default();
            versions.extend("docks", &[0, 0, 2 << 1, wrong]);
            assert_eq!(versions.known(), 0, "{wrong}");
        }
    }

    #[test]
    fn a_slot_holds_the_largest_numbers() {
        let (number, register) = ((1 << NUMBER_BITS) - 1, (1 << REGISTER_BITS) - 1);
        for (number, register, withdrawn) in
            [(number, 0, false), (0, register, false), (0, 0, true), (number, register, true)]
        {
            let slot = Slot::new(number, register, withdrawn);
            assert_eq!((slot.number(), slot.register(), slot.withdrawn()), (number, register, withdrawn));
        }
    }
}
