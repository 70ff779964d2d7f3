//! What was stored lately, so that a frame sent again is acknowledged without being stored again.
//!
//! Only a saving: the lake holds one row for each station, item, span and time whatever is stored twice. So forgetting is
//! harmless, and remembering must be exact: the last contents stored for a device, command and time are kept, not all that
//! ever were, because after a correction the first contents are news again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Which frame: device, command, time.
pub type Key = u128;
/// What stood in it.
pub type Contents = u128;

/// The last contents of the frames stored lately; about 64 bytes a frame, and never more than `most` frames.
pub struct Recent {
    young: HashMap<Key, Contents>,
    old: HashMap<Key, Contents>,
    most: usize,
}

impl Recent {
    /// Remembers at least `most / 2` and at most `most` frames.
    pub fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), most: most.max(2) }
    }

    /// Whether the last contents stored under this key are these.
    pub fn holds(&self, key: Key, contents: Contents) -> bool {
        self.young.get(&key).or_else(|| self.old.get(&key)) == Some(&contents)
    }

    /// Something else is about to be stored under this key.
    pub fn forget(&mut self, key: Key) {
        self.young.remove(&key);
        self.old.remove(&key);
    }

    /// These contents have been stored: to be called in the order of storing.
    pub fn stored(&mut self, key: Key, contents: Contents) {
        if self.young.len() >= self.most / 2 && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, contents);
    }
}

/// 128 bits of some bytes. The hashers have keys that nobody outside knows: nobody can make two frames that look alike.
pub fn digest(hashers: &[RandomState; 2], parts: &[&[u8]]) -> u128 {
    let [high, low] = hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(parts)));
    high << 64 | low
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn only_the_last_contents_are_held() {
        let mut recent = Recent::new(10);
        recent.stored(1, 100);
        assert!(recent.holds(1, 100));
        recent.stored(1, 200);
        assert!(!recent.holds(1, 100), "after a correction the first value is news again");
        assert!(recent.holds(1, 200));
    }

    #[test]
    fn memory_is_bounded() {
        let mut recent = Recent::new(10);
        for key in 0..1000 {
            recent.stored(key, 7);
            assert!(recent.young.len() + recent.old.len() <= 10);
            assert!(recent.holds(key, 7));
        }
        assert!(recent.holds(996, 7));
        assert!(!recent.holds(0, 7));
    }
}
