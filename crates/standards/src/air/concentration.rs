//! Concentrations as exact ratios, and their sums.
//!
//! A daily mean is kept as (sum of thousandths, count of hours). The alternative, a decimal of a fixed
//! number of places, would round twice: a city's mean of many stations can come as near to a half as
//! 10⁻¹⁰ without being one, and 60.4999999999 µg/m³ of PM2.5 must not become 60.5. A ratio costs the same
//! 16 bytes as a wide decimal, needs no division until the one rounding, and adds exactly.

use std::cmp::Ordering;

use crate::rounding::{half_even, half_even_wide};

/// Marks a missing value among hourly values. Every negative value counts as missing: there is no
/// concentration below zero, and whether a small negative reading of an instrument is to be kept as zero is
/// decided where readings are validated (HJ 818), not here.
pub const MISSING: i32 = i32::MIN;

/// The least common multiple of 20 … 24 (the hours of a valid day), hence also of 6, 7 and 8 (the hours of
/// an ozone window): the exact sum of any stations' daily values is an integer of this denominator.
const HOURS: u32 = 212_520;
const HOURS_WIDE: u64 = HOURS as u64;

/// How many times so many hours go into [`HOURS`]; 0 if they are no whole part of it, or more than a day's.
#[inline]
const fn hours_in(hours: u32) -> u32 {
    const TIMES: [u32; 25] = {
        let mut times = [0; 25];
        let mut hours = 1;
        while hours < 25 {
            times[hours as usize] = if HOURS.is_multiple_of(hours) { HOURS / hours } else { 0 };
            hours += 1;
        }
        times
    };
    if hours < 25 { TIMES[hours as usize] } else { 0 }
}

/// A concentration: an exact ratio in thousandths of the item's unit, or missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Concentration {
    /// Thousandths of the item's unit; not negative.
    numerator: i64,
    /// What they are divided by; 0 for a missing value.
    denominator: u32,
}

impl Concentration {
    /// A missing or invalid value.
    pub const MISSING: Self = Self { numerator: 0, denominator: 0 };

    /// A value given in thousandths; a negative one is missing.
    #[inline]
    pub const fn thousandths(value: i64) -> Self {
        if value < 0 { Self::MISSING } else { Self { numerator: value, denominator: 1 } }
    }

    /// A value given as thousandths divided by a count; missing if the sum is negative or the count is 0.
    #[inline]
    pub const fn ratio(numerator: i64, denominator: u32) -> Self {
        if numerator < 0 || denominator == 0 { Self::MISSING } else { Self { numerator, denominator } }
    }

    /// Whether there is no value.
    #[inline]
    pub const fn is_missing(self) -> bool {
        self.denominator == 0
    }

    /// The thousandths and what they are divided by; `None` if missing.
    #[inline]
    pub const fn parts(self) -> Option<(i64, u32)> {
        if self.is_missing() { None } else { Some((self.numerator, self.denominator)) }
    }

    /// The value in units of 10^−`decimals`, rounded once, half to even; `None` if missing.
    ///
    /// ```
    /// use standards::air::Concentration;
    /// // 1210 thousandths in 20 hours are 60.5: half goes to the even neighbour.
    /// assert_eq!(Concentration::ratio(1_210_000, 20).rounded(0), Some(60));
    /// assert_eq!(Concentration::ratio(1_210_000, 20).rounded(1), Some(605));
    /// ```
    #[inline]
    pub const fn rounded(self, decimals: u32) -> Option<i64> {
        if self.is_missing() {
            return None;
        }
        Some(match decimals {
            0..=2 => half_even(self.numerator, self.denominator as i64 * 10_i64.pow(3 - decimals)),
            3 => half_even(self.numerator, self.denominator as i64),
            _ => {
                let places = if decimals > 12 { 12 } else { decimals };
                let numerator = self.numerator as i128 * 10_i128.pow(places - 3);
                half_even_wide(numerator, self.denominator as i128) as i64
            }
        })
    }

    /// The same value over the denominator that the means of most hours share, so that values are compared without
    /// multiplying; as it is where there is no such one.
    #[inline]
    #[must_use]
    pub const fn over_hours(self) -> Self {
        match (hours_in(self.denominator), self.numerator) {
            // Larger ones are no concentrations, and would not fit.
            (times @ 1.., 0..=0x1fff_ffff_ffff) => {
                Self { numerator: self.numerator * times as i64, denominator: HOURS }
            }
            _ => self,
        }
    }

    /// The order by value; a missing value comes before all others.
    #[inline]
    pub fn compare(self, other: Self) -> Ordering {
        match (self.parts(), other.parts()) {
            (Some((a, b)), Some((c, d))) if b == d => a.cmp(&c),
            (Some((a, b)), Some((c, d))) => {
                (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)))
            }
            (one, other) => one.is_some().cmp(&other.is_some()),
        }
    }
}

impl Default for Concentration {
    #[inline]
    fn default() -> Self {
        Self::MISSING
    }
}

/// `ratio / 1000`, or `–`; for tests and messages of programmers.
impl std::fmt::Debug for Concentration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.parts() {
            None => f.write_str("–"),
            Some((numerator, 1)) => write!(f, "{numerator}‰"),
            Some((numerator, denominator)) => write!(f, "{numerator}/{denominator}‰"),
        }
    }
}

/// An exact sum of concentrations, and how many took part.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    numerator: i128,
    denominator: i128,
    count: u32,
    /// The denominator of the value before (0 for none), and how many times it goes into the common one: values
    /// mostly follow others of the same denominator, and then nothing is divided.
    last: (u32, u64),
}

impl Default for Sum {
    #[inline]
    fn default() -> Self {
        Self { numerator: 0, denominator: HOURS as i128, count: 0, last: (0, 0) }
    }
}

impl Sum {
    /// Adds a value; a missing one changes nothing.
    #[inline]
    pub fn push(&mut self, value: Concentration) {
        let Some((numerator, denominator)) = value.parts() else { return };
        self.count += 1;
        if denominator != self.last.0 {
            match u64::try_from(self.denominator) {
                // The hours of a day, of which nothing has to be divided.
                Ok(HOURS_WIDE) if hours_in(denominator) > 0 => {
                    self.last = (denominator, u64::from(hours_in(denominator)));
                }
                // Almost always the common denominator already is a multiple: then this is one small division.
                Ok(whole) if whole.is_multiple_of(u64::from(denominator)) => {
                    self.last = (denominator, whole / u64::from(denominator));
                }
                _ => return self.widen(i128::from(numerator), i128::from(denominator)),
            }
        }
        // Below 2⁶³ · 2⁶⁴.
        self.numerator += (u128::from(numerator.unsigned_abs()) * u128::from(self.last.1)) as i128;
    }

    /// Adds `numerator / denominator`, widening the common denominator as needed.
    fn widen(&mut self, numerator: i128, denominator: i128) {
        /// Beyond this the common denominator would endanger the sum's 128 bits. City days of some sixty
        /// differing counts of stations in one year would be needed to come here; the term is then rounded
        /// to the denominator so far, which leaves an error below 10⁻¹⁵ thousandths.
        const WIDEST: i128 = 1_000_000_000_000_000_000_000;
        self.last = (0, 0);
        let factor = denominator / gcd(self.denominator, denominator);
        match self.denominator.checked_mul(factor) {
            Some(wider) if wider <= WIDEST => {
                self.numerator = self.numerator * factor + numerator * (wider / denominator);
                self.denominator = wider;
            }
            _ => {
                let whole = numerator / denominator * self.denominator;
                let rest = numerator % denominator * self.denominator;
                self.numerator += whole + half_even_wide(rest, denominator);
            }
        }
    }

    /// How many values took part.
    #[inline]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The mean of the values; `None` if there was none.
    #[inline]
    pub const fn mean(&self) -> Option<Ratio> {
        if self.count == 0 {
            return None;
        }
        Some(Ratio { numerator: self.numerator, denominator: self.denominator * self.count as i128 })
    }

    /// The mean as a concentration. It is exact wherever its reduced denominator fits 32 bits (a city of up
    /// to 20,000 stations whose days are means of 20 … 24 hours); beyond, it is the nearest ratio of 2³² − 1.
    #[inline]
    pub fn mean_concentration(&self) -> Concentration {
        let Some(Ratio { numerator, denominator }) = self.mean() else { return Concentration::MISSING };
        let (numerator, denominator) = match u32::try_from(denominator) {
            Ok(fits) => (numerator, fits),
            Err(_) => {
                let shared = gcd(numerator, denominator);
                match u32::try_from(denominator / shared) {
                    Ok(fits) => (numerator / shared, fits),
                    Err(_) => {
                        let whole = numerator / denominator * i128::from(u32::MAX);
                        let rest = numerator % denominator * i128::from(u32::MAX);
                        (whole + half_even_wide(rest, denominator), u32::MAX)
                    }
                }
            }
        };
        i64::try_from(numerator).map_or(Concentration::MISSING, |sum| Concentration::ratio(sum, denominator))
    }
}

/// An exact statistic in thousandths of the item's unit: a mean of days, a percentile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Thousandths.
    pub(super) numerator: i128,
    /// What they are divided by; positive.
    pub(super) denominator: i128,
}

impl Ratio {
    /// A ratio of thousandths; `None` if the denominator is not positive.
    pub const fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator > 0 { Some(Self { numerator, denominator }) } else { None }
    }

    /// The value in units of 10^−`decimals` (at most 6), rounded once, half to even.
    pub const fn rounded(self, decimals: u32) -> i64 {
        let decimals = if decimals > 6 { 6 } else { decimals };
        let rounded = if decimals <= 3 {
            half_even_wide(self.numerator, self.denominator * 10_i128.pow(3 - decimals))
        } else {
            half_even_wide(self.numerator * 10_i128.pow(decimals - 3), self.denominator)
        };
        if rounded > i64::MAX as i128 { i64::MAX } else { rounded as i64 }
    }
}

/// The greatest common divisor of two positive numbers.
pub(super) const fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Concentration, Sum};

    /// Fractions added the plain way, reduced at every step.
    fn plain_mean(values: &[(i64, u32)]) -> (i128, i128) {
        let (mut numerator, mut denominator) = (0, 1);
        for &(n, d) in values {
            numerator = numerator * i128::from(d) + i128::from(n) * denominator;
            denominator *= i128::from(d);
            let shared = super::gcd(numerator, denominator).max(1);
            (numerator, denominator) = (numerator / shared, denominator / shared);
        }
        (numerator, denominator * values.len() as i128)
    }

    proptest! {
        #[test]
        fn a_mean_is_exact_in_any_order(mut values in proptest::collection::vec((0_i64..3_000_000, 1_u32..40), 1..12)) {
            let mean = |values: &[(i64, u32)]| {
                let mut sum = Sum::default();
                values.iter().for_each(|&(n, d)| sum.push(Concentration::ratio(n, d)));
                sum.mean().unwrap()
            };
            let (numerator, denominator) = plain_mean(&values);
            let forward = mean(&values);
            values.reverse();
            prop_assert_eq!(forward.rounded(6), mean(&values).rounded(6));
            prop_assert_eq!(forward.numerator * denominator, numerator * forward.denominator);
        }

        #[test]
        fn another_denominator_is_the_same_value(numerator in 0_i64..1 << 47, denominator in 0_u32..40) {
            let value = Concentration::ratio(numerator, denominator);
            prop_assert_eq!(value.over_hours().compare(value), std::cmp::Ordering::Equal);
        }

        #[test]
        fn comparing_is_exact(a in 0_i64..1_000_000, b in 1_u32..30, c in 0_i64..1_000_000, d in 1_u32..30) {
            let order = Concentration::ratio(a, b).compare(Concentration::ratio(c, d));
            prop_assert_eq!(order, (a * i64::from(d)).cmp(&(c * i64::from(b))));
        }
    }

    #[test]
    fn a_city_does_not_round_twice() {
        // Three stations whose exact mean is a hair below 60.5; a decimal of six places would be 60.5 and go
        // to 60 by the rule for halves, as it should; a hair above must go to 61.
        let mut sum = Sum::default();
        for (numerator, denominator) in [(1_452_000, 24), (1_391_500, 23), (1_210_001, 20)] {
            sum.push(Concentration::ratio(numerator, denominator));
        }
        assert_eq!(sum.mean_concentration().rounded(0), Some(61));
        let mut sum = Sum::default();
        for (numerator, denominator) in [(1_452_000, 24), (1_391_500, 23), (1_210_000, 20)] {
            sum.push(Concentration::ratio(numerator, denominator));
        }
        assert_eq!(sum.mean_concentration().rounded(0), Some(60));
    }

    #[test]
    fn the_widest_sums_do_not_overflow() {
        let mut sum = Sum::default();
        for denominator in (u32::MAX - 200..=u32::MAX).chain(1..100) {
            sum.push(Concentration::ratio(i64::from(i32::MAX) * 24, denominator));
        }
        assert_eq!(sum.count(), 300);
        assert!(!sum.mean_concentration().is_missing());
        assert_eq!(Sum::default().mean(), None);
        assert!(Sum::default().mean_concentration().is_missing());
    }

    #[test]
    fn a_negative_value_is_missing() {
        assert!(Concentration::thousandths(-1).is_missing());
        assert!(Concentration::ratio(-1, 3).is_missing());
        assert_eq!(Concentration::thousandths(0).rounded(0), Some(0));
        assert_eq!(Concentration::thousandths(1).rounded(6), Some(1_000));
    }
}
