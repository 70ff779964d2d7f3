//! What was made of the book for maps, kept while it holds: bounded tables that forget what was least asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

use super::sheet::{Sheet, SheetKey};
use super::sight::Sight;

/// Bytes of encoded tiles that are kept.
const TILES: usize = 64 << 20;
/// Bytes of layers that are kept.
const SHEETS: usize = 256 << 20;
/// Rights that are remembered.
const SIGHTS: usize = 512;

/// What the map keeps between requests.
#[derive(Default)]
pub struct Store {
    sheets: Mutex<Kept<SheetKey, Arc<Sheet>>>,
    tiles: Mutex<Kept<TileKey, Tile>>,
    sights: Mutex<Kept<String, Sight>>,
}

/// Which encoded tile: of which layers, which tile.
pub(super) type TileKey = (Vec<SheetKey>, (u8, u32, u32));

/// An encoded tile and how much had to be left out of it.
#[derive(Clone)]
pub(super) struct Tile {
    pub(super) bytes: Bytes,
    pub(super) thinned: Option<(usize, usize)>,
}

impl Store {
    /// The layer of this key, made if it is not there. Two who ask at once may both make it; one of them is kept.
    pub(super) fn sheet<E>(
        &self,
        key: &SheetKey,
        make: impl FnOnce() -> Result<Sheet, E>,
    ) -> Result<Arc<Sheet>, E> {
        if let Some(sheet) = lock(&self.sheets).get(key) {
            return Ok(sheet);
        }
        let sheet = Arc::new(make()?);
        lock(&self.sheets).put(key.clone(), Arc::clone(&sheet), sheet.weight(), SHEETS);
        Ok(sheet)
    }

    /// The tile of this key, made if it is not there.
    pub(super) fn tile<E>(&self, key: TileKey, make: impl FnOnce() -> Result<Tile, E>) -> Result<Tile, E> {
        if let Some(tile) = lock(&self.tiles).get(&key) {
            return Ok(tile);
        }
        let tile = make()?;
        lock(&self.tiles).put(key, tile.clone(), tile.bytes.len() + 200, TILES);
        Ok(tile)
    }

    /// What is remembered of somebody's rights.
    pub(super) fn sight<E>(&self, key: String, make: impl FnOnce() -> Result<Sight, E>) -> Result<Sight, E> {
        if let Some(sight) = lock(&self.sights).get(&key) {
            return Ok(sight);
        }
        let sight = make()?;
        lock(&self.sights).put(key, sight.clone(), 1, SIGHTS);
        Ok(sight)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A table with a bound on the weight of what it keeps.
struct Kept<K, V> {
    values: BTreeMap<K, (V, usize, u64)>,
    /// The keys by when they were last asked for.
    order: BTreeMap<u64, K>,
    turn: u64,
    weight: usize,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { values: BTreeMap::new(), order: BTreeMap::new(), turn: 0, weight: 0 }
    }
}

impl<K: Ord + Clone, V: Clone> Kept<K, V> {
    fn get(&mut self, key: &K) -> Option<V> {
        let (value, _, last) = self.values.get_mut(key)?;
        self.turn += 1;
        if let Some(key) = self.order.remove(last) {
            self.order.insert(self.turn, key);
        }
        *last = self.turn;
        Some(value.clone())
    }

    fn put(&mut self, key: K, value: V, weight: usize, most: usize) {
        self.turn += 1;
        if let Some((_, old, turn)) = self.values.insert(key.clone(), (value, weight, self.turn)) {
            self.order.remove(&turn);
            self.weight -= old;
        }
        self.order.insert(self.turn, key);
        self.weight += weight;
        // What was just put stays, even if it is heavier than all that may be kept.
        while self.weight > most && self.order.len() > 1 {
            let Some((_, key)) = self.order.pop_first() else { return };
            if let Some((_, weight, _)) = self.values.remove(&key) {
                self.weight -= weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn what_is_least_asked_for_is_forgotten() {
        let mut kept: Kept<u8, char> = Kept::default();
        kept.put(1, 'a', 40, 100);
        kept.put(2, 'b', 40, 100);
        assert_eq!(kept.get(&1), Some('a'));
        kept.put(3, 'c', 40, 100);
        assert_eq!((kept.get(&1), kept.get(&2), kept.get(&3)), (Some('a'), None, Some('c')));
        kept.put(3, 'd', 90, 100);
        assert_eq!((kept.get(&1), kept.get(&3), kept.weight), (None, Some('d'), 90));
        kept.put(4, 'e', 500, 100);
        assert_eq!((kept.get(&3), kept.get(&4)), (None, Some('e')));
    }
}
