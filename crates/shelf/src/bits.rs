//! One bit a row: which rows a filter lets through.

/// A set of row numbers below a length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    /// No row of so many.
    pub(crate) fn none(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)], length }
    }

    /// The rows for which `holds`.
    pub(crate) fn from_fn(length: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let words = (0..length.div_ceil(64))
            .map(|word| {
                let first = word * 64;
                (first..length.min(first + 64))
                    .fold(0, |bits, row| bits | (u64::from(holds(row)) << (row - first)))
            })
            .collect();
        Self { words, length }
    }

    /// The rows whose item of a list passes.
    pub(crate) fn of<T: Copy>(items: &[T], mut holds: impl FnMut(T) -> bool) -> Self {
        let words = items
            .chunks(64)
            .map(|chunk| {
                chunk.iter().enumerate().fold(0, |bits, (at, item)| bits | (u64::from(holds(*item)) << at))
            })
            .collect();
        Self { words, length: items.len() }
    }

    /// Adds one more row at the end.
    pub(crate) fn push(&mut self, bit: bool) {
        if self.length.is_multiple_of(64) {
            self.words.push(0);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= u64::from(bit) << (self.length % 64);
        }
        self.length += 1;
    }

    pub(crate) fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(crate) fn set(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    pub(crate) fn minus(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    pub(crate) fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        if let Some(last) = self.words.last_mut()
            && !self.length.is_multiple_of(64)
        {
            *last &= (1 << (self.length % 64)) - 1;
        }
    }

    /// The rows of the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    at * 64 + bit
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Bits;

    proptest! {
        #[test]
        fn bits_are_a_set(rows in proptest::collection::vec(any::<(bool, bool)>(), 0..200)) {
            let left = Bits::from_fn(rows.len(), |row| rows[row].0);
            let mut right = Bits::default();
            rows.iter().for_each(|row| right.push(row.1));
            prop_assert_eq!(&right, &Bits::of(&rows, |row| row.1));
            let listed = |holds: &dyn Fn(bool, bool) -> bool| -> Vec<usize> {
                (0..rows.len()).filter(|&row| holds(rows[row].0, rows[row].1)).collect()
            };
            let (mut and, mut or, mut minus, mut not) = (left.clone(), left.clone(), left.clone(), left.clone());
            and.and(&right);
            or.or(&right);
            minus.minus(&right);
            not.invert();
            prop_assert_eq!(and.iter().collect::<Vec<_>>(), listed(&|a, b| a && b));
            prop_assert_eq!(or.iter().collect::<Vec<_>>(), listed(&|a, b| a || b));
            prop_assert_eq!(minus.iter().collect::<Vec<_>>(), listed(&|a, b| a && !b));
            prop_assert_eq!(not.iter().collect::<Vec<_>>(), listed(&|a, _| !a));
            prop_assert_eq!(not.count(), listed(&|a, _| !a).len());
        }
    }
}
