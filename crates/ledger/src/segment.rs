//! How entries lie in the store: runs of consecutive entries of one register, so that a batch of thousands is a few
//! dozen rows, and reading one register touches only its own rows.
//!
//! A segment's entries are each a little-endian 32-bit length and that many bytes, one after the other; its hashes are
//! their leaf hashes, 32 bytes each. Both are frozen with the layout's number.

use tlog_tiles::Hash;

use crate::error::LedgerError;
use crate::merkle::leaf_hash;

/// A segment is closed when it has so many entries …
pub(crate) const MAX_SEGMENT_ENTRIES: usize = 256;
/// … or its entries have so many bytes.
pub(crate) const MAX_SEGMENT_BYTES: usize = 64 << 10;

/// A run of consecutive entries of one register, borrowed from wherever it lies.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The number of its first entry.
    pub first: u64,
    /// The number of its entries.
    pub count: u64,
    /// The register of all of them.
    pub register: &'a str,
    /// Which record each of them continues (`links.rs`). This only repeats what the entries say.
    pub links: &'a [u8],
    /// Their leaf hashes.
    pub hashes: &'a [u8],
    /// Their bytes, each with its length before it.
    pub entries: &'a [u8],
}

impl<'a> Segment<'a> {
    /// The number after its last entry; saturates where a damaged row has an absurd count.
    pub(crate) fn end(&self) -> u64 {
        self.first.saturating_add(self.count)
    }

    /// The stored leaf hashes, if there are as many as entries.
    pub(crate) fn leaf_hashes(&self) -> Result<impl Iterator<Item = Hash> + 'a, LedgerError> {
        leaf_hashes(self.first, self.count, self.hashes)
    }

    /// The entries' bytes with their numbers. The count and lengths are checked first, so that a damaged segment gives
    /// an error and not half of its entries.
    pub(crate) fn entries(&self) -> Result<impl Iterator<Item = (u64, &'a [u8])> + 'a, LedgerError> {
        let mut found = 0_u64;
        let mut rest = self.entries;
        while let Some(next) = split_entry(rest) {
            (_, rest) = next;
            found += 1;
        }
        if !rest.is_empty() || found != self.count {
            return Err(damaged(self.first, self.count, "its entries' lengths do not add up"));
        }
        let mut rest = self.entries;
        Ok((self.first..).map_while(move |number| {
            let (entry, after) = split_entry(rest)?;
            rest = after;
            Some((number, entry))
        }))
    }

    /// For a segment whose lengths do not add up: the first entry that is not what its stored hash says.
    pub(crate) fn first_broken(&self) -> u64 {
        let mut rest = self.entries;
        let whole = self.hashes.as_chunks::<32>().0.iter().take_while(|&&hash| {
            let next = split_entry(rest);
            rest = next.map_or(&[], |(_, after)| after);
            next.is_some_and(|(entry, _)| leaf_hash(entry) == Hash(hash))
        });
        self.first.saturating_add(whole.count() as u64)
    }

    /// The bytes of one entry.
    pub(crate) fn entry(&self, number: u64) -> Result<&'a [u8], LedgerError> {
        let index = number.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        let entry = index.and_then(|index| self.entries().ok()?.nth(index));
        entry
            .map(|(_, bytes)| bytes)
            .ok_or_else(|| damaged(self.first, self.count, &format!("it lacks entry {number}")))
    }
}

pub(crate) fn leaf_hashes(
    first: u64,
    count: u64,
    hashes: &[u8],
) -> Result<impl Iterator<Item = Hash> + '_, LedgerError> {
    let (hashes, rest) = hashes.as_chunks::<32>();
    if !rest.is_empty() || hashes.len() as u64 != count {
        return Err(damaged(first, count, "it has not one hash for each entry"));
    }
    Ok(hashes.iter().map(|&hash| Hash(hash)))
}

pub(crate) fn push_entry(entries: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> usize {
    let start = entries.len();
    entries.extend_from_slice(&[0; 4]);
    write(entries);
    let length = entries.len() - start - 4;
    // Entries are at most MAX_ENTRY_BYTES long; a longer one is refused by the caller and taken off again.
    entries[start..start + 4].copy_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    length
}

fn split_entry(entries: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = entries.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

fn damaged(first: u64, count: u64, what: &str) -> LedgerError {
    LedgerError::Damaged(format!(
        "the segment of entries {first} to {}: {what}",
        first.saturating_add(count).saturating_sub(1)
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn entries_come_out_as_they_went_in(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..20)) {
            let mut bytes = Vec::new();
            for entry in &entries {
                push_entry(&mut bytes, |out| out.extend_from_slice(entry));
            }
            let count = entries.len() as u64;
            let segment = Segment { first: 5, count, register: "r", links: &[], hashes: &[], entries: &bytes };
            let out: Vec<_> = segment.entries().unwrap().map(|(_, entry)| entry.to_vec()).collect();
            prop_assert_eq!(&out, &entries);
            for (index, entry) in entries.iter().enumerate() {
                prop_assert_eq!(segment.entry(5 + index as u64).unwrap(), &entry[..]);
            }
            prop_assert!(segment.entry(5 + count).is_err());
            prop_assert!(segment.entry(4).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), count in any::<u64>(), first in any::<u64>()) {
            let segment = Segment { first, count, register: "r", links: &[], hashes: &bytes, entries: &bytes };
            let _ = segment.entries().map(Iterator::count);
            let _ = segment.leaf_hashes().map(Iterator::count);
            let _ = (segment.entry(first), segment.end());
        }
    }
}
