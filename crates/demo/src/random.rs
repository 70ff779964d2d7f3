//! Random numbers that are the same on every machine and for every version of every library.
//!
//! The generator is xoshiro256** (Blackman and Vigna, public domain), seeded by SplitMix64. Each theme of the city
//! draws from a stream of its own, so that a change in one theme does not shift the numbers of the others.

use jiff::ToSpan;
use jiff::civil::Date;

/// One step of SplitMix64: a bijection of 64-bit numbers, so different numbers stay different.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random([u64; 4]);

impl Random {
    /// The stream of one theme of one city.
    pub(crate) fn new(seed: u64, theme: &str) -> Self {
        let mut state = theme.bytes().fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
        Self([(); 4].map(|()| {
            state = mix(state);
            state
        }))
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number from 0 to below `limit`; 0 if `limit` is 0.
    ///
    /// The high half of a product (Lemire) without the rejection step: the bias is below 2⁻³² for limits of this
    /// program, and a fixed number of draws is worth more here than the last digit of uniformity.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (u128::from(self.next()) * u128::from(limit)).wrapping_shr(64) as u64
    }

    /// As [`Random::below`], for indices.
    pub(crate) fn index(&mut self, limit: usize) -> usize {
        self.below(limit as u64) as usize
    }

    /// A number from `least` to `greatest`, both possible.
    pub(crate) fn between(&mut self, least: i64, greatest: i64) -> i64 {
        least + self.below((greatest - least + 1).max(1) as u64) as i64
    }

    /// A real number from `least` to below `greatest`, in 2³² steps.
    pub(crate) fn real(&mut self, least: f64, greatest: f64) -> f64 {
        least + (greatest - least) * (self.below(1 << 32) as f64 / (1_u64 << 32) as f64)
    }

    /// True so many times in a thousand.
    pub(crate) fn chance(&mut self, per_thousand: u64) -> bool {
        self.below(1000) < per_thousand
    }

    /// One of the choices.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    /// An index, by weights.
    pub(crate) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Puts things in a random order.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.index(last + 1));
        }
    }

    /// A day from `first` to `last`, both possible.
    pub(crate) fn day(&mut self, first: Date, last: Date) -> Date {
        let days = first.until(last).map_or(0, |span| i64::from(span.get_days()));
        first.saturating_add(self.between(0, days).days())
    }

    /// A day of a year.
    pub(crate) fn day_of(&mut self, year: i16) -> Date {
        self.day(jiff::civil::date(year, 1, 1), jiff::civil::date(year, 12, 31))
    }

    /// Whole numbers that add up to `total` exactly, spread as widely as `spread` (1 = nearly equal).
    pub(crate) fn parts(&mut self, total: i64, count: usize, spread: u64) -> Vec<i64> {
        let weights: Vec<i128> = (0..count)
            .map(|_| 1000 + i128::from(self.below(1000) * self.below(spread * 1000).max(1) / 1000))
            .collect();
        let sum: i128 = weights.iter().sum();
        let mut parts: Vec<i64> =
            weights.iter().map(|weight| (i128::from(total) * weight / sum.max(1)) as i64).collect();
        let missing = total - parts.iter().sum::<i64>();
        // Cutting lost less than one for each part.
        for part in parts.iter_mut().take(missing.max(0) as usize) {
            *part += 1;
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn a_stream_is_the_same_for_ever() {
        let mut random = Random::new(2022, "docks");
        let drawn: Vec<u64> = (0..4).map(|_| random.below(1000)).collect();
        let mut again = Random::new(2022, "docks");
        assert_eq!(drawn, (0..4).map(|_| again.below(1000)).collect::<Vec<_>>());
        let mut other = Random::new(2022, "parks");
        assert_ne!(drawn, (0..4).map(|_| other.below(1000)).collect::<Vec<_>>());
    }

    #[test]
    fn parts_add_up() {
        for (total, count, spread) in [(82_963, 7, 1), (8_296_300_000_000, 17_745, 40), (5, 9, 3)] {
            let parts = Random::new(1, "parts").parts(total, count, spread);
            assert_eq!((parts.len(), parts.iter().sum::<i64>()), (count, total));
        }
    }
}
