//! Links: which record each entry of a segment continues. They lie beside a segment's entries, only repeat what these
//! say, and are all that is needed to tell every record's current version ([`crate::versions`]) without reading entries.
//!
//! A link is one number: 0 for a creation, otherwise twice the distance back to the record's creation, plus one if the
//! entry itself withdraws the record (a verification of the withdrawal, which may follow, does not). A segment's links are stored one after the other in LEB128 (seven bits a byte, the lowest
//! first, the high bit set on all but the last); if they are all creations, nothing is stored. Frozen with the layout's
//! number.

use crate::entry::{Entry, EntryNumber, Kind, RecordId};
use crate::segment::{MAX_SEGMENT_ENTRIES, Segment};

/// The link of a creation.
pub(crate) const CREATION: u64 = 0;

/// The link of an entry that continues a record. (The record is before the entry: who calls has checked it, or reads
/// entries that somebody may have forged; for these any link is as wrong as another.)
pub(crate) fn link(number: EntryNumber, record: RecordId, withdraws: bool) -> u64 {
    (number.0.saturating_sub(record.0) << 1) | u64::from(withdraws)
}

/// The link that follows from an entry's contents.
pub(crate) fn link_of(entry: &Entry) -> u64 {
    match entry.kind {
        Kind::Create => CREATION,
        kind => link(entry.number, entry.record, kind == Kind::Withdraw),
    }
}

/// How far back the record's creation is, and whether the entry withdraws the record.
pub(crate) fn split(link: u64) -> (u64, bool) {
    (link >> 1, link & 1 == 1)
}

pub(crate) fn encode(links: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    if links.iter().any(|link| *link != CREATION) {
        out.reserve(links.len() * 4);
        for &link in links {
            let mut rest = link;
            while rest >= 0x80 {
                out.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            out.push(rest as u8);
        }
    }
    out
}

/// Reads the links of `count` entries; false if the bytes are not that.
pub(crate) fn decode(bytes: &[u8], count: u64, links: &mut Vec<u64>) -> bool {
    links.clear();
    let Some(count) = usize::try_from(count).ok().filter(|count| *count <= MAX_SEGMENT_ENTRIES) else {
        return false;
    };
    if bytes.is_empty() {
        links.resize(count, CREATION);
        return true;
    }
    let (mut link, mut shift) = (0, 0);
    for byte in bytes {
        if shift > 63 {
            return false;
        }
        link |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            links.push(link);
            (link, shift) = (0, 0);
        }
    }
    shift == 0 && links.len() == count
}

/// The links of a segment, from its entries. What cannot be read is taken for a creation: verifying names it.
pub(crate) fn of_entries(segment: &Segment<'_>) -> Vec<u64> {
    let link = |(number, bytes): (u64, &[u8])| {
        Entry::decode(EntryNumber(number), bytes).map(|entry| link_of(&entry))
    };
    segment
        .entries()
        .map(|entries| entries.map(|one| link(one).unwrap_or(CREATION)).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn links_come_out_as_they_went_in(links in prop::collection::vec(prop_oneof![Just(0), 0..300_u64, any::<u64>()], 1..257)) {
            let mut out = Vec::new();
            prop_assert!(decode(&encode(&links), links.len() as u64, &mut out));
            prop_assert_eq!(&out, &links);
            prop_assert!(encode(&links).is_empty() || !decode(&encode(&links), links.len() as u64 - 1, &mut out));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), count in any::<u64>(), few in 0..300_u64) {
            let _ = decode(&bytes, count, &mut Vec::new());
            let _ = decode(&bytes, few, &mut Vec::new());
        }
    }
}
