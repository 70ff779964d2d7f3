//! The tree over the entries (RFC 6962, RFC 9162): hashing, and the compact range that lets it grow without being read.

use std::collections::{BTreeMap, BTreeSet};

use tlog_tiles::{Hash, HashReader, node_hash, split_stored_hash_index};

/// The hash of an entry's bytes as a leaf.
pub(crate) fn leaf_hash(entry: &[u8]) -> Hash {
    tlog_tiles::record_hash(entry)
}

/// The roots of the largest complete subtrees of a tree, from left to right: all that is needed to append leaves and
/// to tell the root. A tree of `size` leaves has as many of them as `size` has 1 bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn push(&mut self, leaf: Hash) {
        self.push_seeing(leaf, &mut |_, _, _| {});
    }

    /// Appends a leaf and shows every node that it completes: its level, its index in that level, its hash.
    pub(crate) fn push_seeing(&mut self, leaf: Hash, see: &mut dyn FnMut(u8, u64, Hash)) {
        let (mut level, mut index, mut hash) = (0, self.size, leaf);
        see(level, index, hash);
        // While this node is a right child, its left sibling is the last root: they become one.
        while index & 1 == 1
            && let Some(left) = self.roots.pop()
        {
            hash = node_hash(left, hash);
            level += 1;
            index >>= 1;
            see(level, index, hash);
        }
        self.roots.push(hash);
        self.size += 1;
    }

    pub(crate) fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(&last) = roots.next() else { return tlog_tiles::EMPTY_HASH };
        roots.fold(last, |right, &left| node_hash(left, right))
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.roots.iter().flat_map(|root| root.0).collect()
    }

    /// The frontier of a tree of `size` leaves, unless the bytes have the wrong length for one.
    pub(crate) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Frontier> {
        let (roots, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && roots.len() == size.count_ones() as usize)
            .then(|| Frontier { size, roots: roots.iter().map(|&root| Hash(root)).collect() })
    }
}

/// Answers the proof functions of `tlog_tiles` from leaf hashes only, in one pass for any number of proofs.
///
/// The book stores no inner nodes: they would double its hashes for the sake of a rare question. So the proofs are
/// asked for twice: first [`Nodes::wanted`] notes which nodes they read, then a pass over all leaf hashes collects
/// these, then the proofs are computed.
#[derive(Default)]
pub(crate) struct Nodes {
    found: BTreeMap<u64, Hash>,
}

impl Nodes {
    /// The nodes that the inclusion proofs of `leaves` in a tree of `size` leaves read.
    pub(crate) fn wanted(size: u64, leaves: &[u64]) -> Result<BTreeSet<(u8, u64)>, tlog_tiles::Error> {
        struct Noting(std::cell::RefCell<BTreeSet<(u8, u64)>>);
        impl HashReader for Noting {
            fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
                self.0.borrow_mut().extend(indexes.iter().map(|&index| split_stored_hash_index(index)));
                Ok(vec![Hash::default(); indexes.len()])
            }
        }
        let noting = Noting(Default::default());
        for &leaf in leaves {
            tlog_tiles::prove_record(size, leaf, &noting)?;
        }
        Ok(noting.0.into_inner())
    }

    pub(crate) fn add(&mut self, level: u8, index: u64, hash: Hash) {
        self.found.insert(tlog_tiles::stored_hash_index(level, index), hash);
    }
}

impl HashReader for Nodes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        indexes
            .iter()
            .map(|index| self.found.get(index).copied().ok_or(tlog_tiles::Error::IndexesNotInTree))
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_tlog_tiles_at_every_small_size() {
        let mut frontier = Frontier::default();
        let mut nodes = Nodes::default();
        for size in 0..130_u64 {
            assert_eq!(frontier.root(), tlog_tiles::tree_hash(size, &nodes).unwrap());
            assert_eq!(Frontier::from_bytes(size, &frontier.to_bytes()), Some(frontier.clone()));
            for leaf in 0..size {
                let wanted = Nodes::wanted(size, &[leaf]).unwrap();
                let proof = tlog_tiles::prove_record(size, leaf, &nodes).unwrap();
                assert!(wanted.len() <= 64 && proof.len() <= wanted.len());
                tlog_tiles::check_record(&proof, size, frontier.root(), leaf, leaf_hash(&leaf.to_be_bytes()))
                    .unwrap();
            }
            frontier.push_seeing(leaf_hash(&size.to_be_bytes()), &mut |level, index, hash| {
                nodes.add(level, index, hash)
            });
            assert_eq!(frontier.size(), size + 1);
        }
    }

    #[test]
    fn bytes_of_the_wrong_length_are_no_frontier() {
        assert_eq!(Frontier::from_bytes(3, &[0; 32]), None);
        assert_eq!(Frontier::from_bytes(3, &[0; 65]), None);
        assert_eq!(Frontier::from_bytes(0, &[]), Some(Frontier::default()));
    }
}
