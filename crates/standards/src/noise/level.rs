//! Equivalent and percentile levels.

use super::{DB, Micro, plausible};
use crate::rounding::half_even;

/// The equivalent level of equal intervals, `10·lg((1/n)·Σ 10^(0.1·L))`; implausible values are left out.
/// `None` of nothing.
pub fn equivalent(levels: impl IntoIterator<Item = Micro>) -> Option<Micro> {
    let (mut sum, mut count) = (0_i128, 0_u32);
    for level in levels.into_iter().filter(|&level| plausible(level)) {
        sum += energy(level);
        count += 1;
    }
    (count > 0).then(|| level(sum, f64::from(count)))
}

/// The day-night level, `10·lg((16·10^(0.1·Ld) + 8·10^(0.1·(Ln + 10)))/24)`, with so many hours of day and
/// the rest of 24 as night; usually 16.
pub fn ldn(day: Micro, night: Micro, day_hours: u8) -> Option<Micro> {
    if !plausible(day) || !plausible(night) || day_hours > 24 {
        return None;
    }
    let sum = i128::from(day_hours) * energy(day) + i128::from(24 - day_hours) * energy(night + 10 * DB);
    Some(level(sum, 24.0))
}

/// The level that is exceeded in so many percent of the time: 10 for L10, 90 for L90.
///
/// With n equal samples, sorted from loudest to quietest, it is the one at n·percent/100, rounded up: the
/// quietest of those that make up that share. `None` of nothing or outside 1 to 99.
pub fn exceeded(samples: &mut Vec<Micro>, percent: u32) -> Option<Micro> {
    samples.retain(|&sample| plausible(sample));
    if samples.is_empty() || !(1..=99).contains(&percent) {
        return None;
    }
    samples.sort_unstable_by(|left, right| right.cmp(left));
    let position = (samples.len() * percent as usize).div_ceil(100);
    samples.get(position.saturating_sub(1)).copied()
}

/// Rounded to so many decimals, half to even, still in millionths.
pub const fn rounded(level: Micro, decimals: u32) -> Micro {
    let place = 10_i64.pow(6_u32.saturating_sub(decimals));
    half_even(level, place) * place
}

/// 10^(0.1·L) in millionths, as an integer, so that sums do not depend on their order; at most 10²⁷.
fn energy(level: Micro) -> i128 {
    (10_f64.powf(level as f64 / DB as f64 / 10.0) * 1e6).round() as i128
}

/// The level of a mean energy, to a millionth of a dB.
fn level(sum: i128, count: f64) -> Micro {
    let mean = sum as f64 / 1e6 / count;
    // An energy of at least 1 went in, so the logarithm exists and is not negative.
    (10.0 * mean.log10() * DB as f64).round_ties_even() as Micro
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_worked_examples() {
        let tenths = |level: Option<Micro>| level.map(|level| rounded(level, 1) / 100_000);
        assert_eq!(tenths(equivalent([50 * DB, 60 * DB, 70 * DB])), Some(657));
        assert_eq!(tenths(ldn(55 * DB, 45 * DB, 16)), Some(550));
        assert_eq!(ldn(54_300_000, 46_100_000, 16).map(|level| rounded(level, 3)), Some(54_986_000));
        assert_eq!(equivalent([]), None);
        assert_eq!(equivalent([60 * DB, -DB, 500 * DB]), Some(60 * DB));
    }

    #[test]
    fn percentiles_fall_from_l10_to_l90() {
        let mut samples: Vec<Micro> = (1..=100).map(|level| level * DB).collect();
        let found = [10, 50, 90].map(|percent| exceeded(&mut samples, percent));
        assert_eq!(found, [Some(91 * DB), Some(51 * DB), Some(11 * DB)]);
        assert_eq!(exceeded(&mut vec![60 * DB], 10), Some(60 * DB));
        assert_eq!(exceeded(&mut vec![], 10), None);
        assert_eq!(exceeded(&mut samples, 100), None);
    }

    #[test]
    fn a_half_goes_to_the_even_tenth() {
        assert_eq!(rounded(55_050_000, 1), 55_000_000);
        assert_eq!(rounded(55_150_000, 1), 55_200_000);
        // The energy mean of equal levels is that level, exactly.
        assert_eq!(equivalent([55_050_000; 7]), Some(55_050_000));
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_louder_is_louder(
            levels in prop::collection::vec(20_000_000_i64..120_000_000, 1..60), more in 0_i64..20_000_000,
        ) {
            let found = equivalent(levels.iter().copied());
            prop_assert_eq!(found, equivalent(levels.iter().rev().copied()));
            let louder = levels.iter().map(|level| level + more);
            prop_assert!(found <= equivalent(louder));
            let (least, most) = (levels.iter().min().copied(), levels.iter().max().copied());
            prop_assert!(least <= found && found <= most);
            // A broken value changes nothing.
            prop_assert_eq!(found, equivalent(levels.iter().copied().chain([-1])));
        }
    }
}
