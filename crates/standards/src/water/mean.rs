//! Means of samples: arithmetic for every item, by H⁺ for pH.

use super::settings::{PhMean, Settings};
use super::{Item, Micro, ONE, Sample};
use crate::rounding::half_even_wide;

/// Adds samples up. Sums are integers, also that of H⁺, so the order of samples changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Mean {
    sums: [i128; Item::COUNT],
    counts: [u32; Item::COUNT],
    /// Σ 10^(14 − pH), in millionths.
    hydrogen: i128,
}

impl Mean {
    /// Adds every value that the sample has.
    pub fn add(&mut self, sample: &Sample) {
        for item in Item::ALL {
            let Some(value) = sample.get(item) else { continue };
            self.sums[item as usize] += i128::from(value);
            self.counts[item as usize] += 1;
            if item == Item::Ph {
                self.hydrogen += hydrogen(value);
            }
        }
    }

    /// Adds what another has added, so that parts of the data can be summed apart.
    pub fn merge(&mut self, other: &Self) {
        for index in 0..Item::COUNT {
            self.sums[index] += other.sums[index];
            self.counts[index] += other.counts[index];
        }
        self.hydrogen += other.hydrogen;
    }

    /// How many values an item had.
    pub const fn count(&self, item: Item) -> u32 {
        self.counts[item as usize]
    }

    /// The means, each rounded once to a millionth of the unit (half to even).
    pub fn sample(&self, settings: &Settings) -> Sample {
        let mut mean = Sample::EMPTY;
        for item in Item::ALL {
            let count = self.counts[item as usize];
            if count == 0 {
                continue;
            }
            let value = match (item, settings.ph_mean) {
                (Item::Ph, PhMean::Hydrogen) => ph_of_hydrogen(self.hydrogen, count),
                _ => micro(half_even_wide(self.sums[item as usize], i128::from(count))),
            };
            mean.set(item, value);
        }
        mean
    }

    /// The mean of these samples.
    pub fn of<'a>(samples: impl IntoIterator<Item = &'a Sample>, settings: &Settings) -> Sample {
        let mut mean = Self::default();
        samples.into_iter().for_each(|sample| mean.add(sample));
        mean.sample(settings)
    }
}

/// 10^(14 − pH) in millionths: floating point by nature, then an integer, at most 10²⁰.
fn hydrogen(ph: Micro) -> i128 {
    (10_f64.powf(14.0 - ph as f64 / ONE as f64) * ONE as f64).round() as i128
}

/// −lg of the mean of 10^−pH, rounded once to a millionth.
fn ph_of_hydrogen(sum: i128, count: u32) -> Micro {
    let mean = sum as f64 / ONE as f64 / f64::from(count);
    if mean > 0.0 { ((14.0 - mean.log10()) * ONE as f64).round_ties_even() as Micro } else { 14 * ONE }
}

/// Within the range, since a mean lies between its values.
fn micro(value: i128) -> Micro {
    Micro::try_from(value).unwrap_or(Micro::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_mean_of_ph_is_that_of_hydrogen() {
        fn check(values: &[Micro], ph_mean: PhMean, expected: Micro) {
            let samples: Vec<Sample> =
                values.iter().map(|&value| Sample::EMPTY.with(Item::Ph, value)).collect();
            let settings = Settings { ph_mean, ..Settings::default() };
            assert_eq!(Mean::of(&samples, &settings).get(Item::Ph), Some(expected), "{values:?}");
        }
        // (10⁻⁶ + 10⁻⁸) / 2 = 5.05·10⁻⁷, −lg = 6.296709.
        check(&[6 * ONE, 8 * ONE], PhMean::Hydrogen, 6_296_709);
        check(&[6 * ONE, 8 * ONE], PhMean::Arithmetic, 7 * ONE);
        check(&[7_210_000], PhMean::Hydrogen, 7_210_000);
    }

    #[test]
    fn a_missing_value_is_not_zero() {
        let with = Sample::EMPTY.with(Item::Cod, 20 * ONE);
        let mean = Mean::of([&with, &Sample::EMPTY, &with], &Settings::default());
        assert_eq!(mean.get(Item::Cod), Some(20 * ONE));
        assert_eq!(mean.get(Item::Bod5), None);
    }

    proptest! {
        #[test]
        fn order_and_parts_do_not_matter(
            values in prop::collection::vec((0_i64..14_000_001, 0_i64..100_000_000), 1..40), cut in 0_usize..40,
        ) {
            let sample = |&(ph, cod): &(i64, i64)| Sample::EMPTY.with(Item::Ph, ph).with(Item::Cod, cod);
            let samples: Vec<Sample> = values.iter().map(sample).collect();
            let settings = Settings::default();
            let whole = Mean::of(&samples, &settings);
            prop_assert_eq!(whole, Mean::of(samples.iter().rev(), &settings));
            let (left, right) = samples.split_at(cut.min(samples.len()));
            let mut parts = Mean::default();
            left.iter().for_each(|sample| parts.add(sample));
            let mut rest = Mean::default();
            right.iter().for_each(|sample| rest.add(sample));
            parts.merge(&rest);
            prop_assert_eq!(whole, parts.sample(&settings));
            // An empty sample changes nothing.
            parts.add(&Sample::EMPTY.with(Item::Cod, -1));
            prop_assert_eq!(whole, parts.sample(&settings));
        }
    }
}
