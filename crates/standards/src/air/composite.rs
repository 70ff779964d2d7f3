//! The composite index (综合指数) and the ranking of cities.

use super::concentration::gcd;
use super::{
    Averaging, Edition, Grade, Item, Items, Ratio, Refusal, Settings, Statistics, daily_limit, limit,
};
use crate::rounding::half_even_wide;

/// The composite index of a period: Σ weight · C / S over the six items, C the mean (CO: 95th percentile of
/// the days; O3: 90th percentile of the daily maximum 8 hours), S the limit of grade II. Smaller is better.
///
/// Source: provincial explanations of the ranking rule of the ministry (城市环境空气质量排名技术规定).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Composite {
    /// The single indices C / S, weighted, each as (numerator, denominator).
    singles: [(i128, i128); Item::COUNT],
}

impl Composite {
    /// The index of a period's statistics; the refusal of the first item that has too few days.
    pub fn of(
        edition: Edition,
        statistics: &[Statistics; Item::COUNT],
        settings: &Settings,
    ) -> Result<Self, (Item, Refusal)> {
        let mut values = [Ratio { numerator: 0, denominator: 1 }; Item::COUNT];
        for (value, item) in values.iter_mut().zip(statistics) {
            *value = item.ranking().map_err(|refusal| (item.item, refusal))?;
        }
        Ok(Self::of_values(edition, values, settings))
    }

    /// The index of six values, rounded as [`Settings::composite_decimals`] says.
    pub fn of_values(edition: Edition, values: [Ratio; Item::COUNT], settings: &Settings) -> Self {
        Self {
            singles: Item::ALL.map(|item| {
                let place = item.index();
                let decimals = u32::from(settings.composite_decimals[place]).min(6);
                let value = i128::from(values[place].rounded(decimals)) * 1000;
                let weight = i128::from(settings.composite_weights[place]);
                let annual = limit(edition, item, Averaging::Year, Grade::II);
                let limit = i128::from(annual.unwrap_or(daily_limit(edition, item, Grade::II)));
                (value * weight, limit * 10_i128.pow(decimals))
            }),
        }
    }

    /// The index in units of 10^−`decimals`, rounded once. Published are 2 decimals.
    pub fn rounded(&self, decimals: u32) -> i64 {
        let (mut numerator, mut denominator) = (0_i128, 1_i128);
        for (n, d) in self.singles {
            let factor = d / gcd(denominator, d);
            numerator = numerator * factor + n * (denominator * factor / d);
            denominator *= factor;
        }
        let scaled = numerator.saturating_mul(10_i128.pow(decimals.min(6)));
        i64::try_from(half_even_wide(scaled, denominator)).unwrap_or(i64::MAX)
    }

    /// The single index of an item in units of 10^−`decimals`.
    pub fn single(&self, item: Item, decimals: u32) -> i64 {
        let (numerator, denominator) = self.singles[item.index()];
        let scaled = numerator.saturating_mul(10_i128.pow(decimals.min(6)));
        i64::try_from(half_even_wide(scaled, denominator)).unwrap_or(i64::MAX)
    }

    /// The main pollutants of the period: those with the largest single index.
    pub fn main(&self) -> Items {
        let larger = |one: (i128, i128), other: (i128, i128)| one.0 * other.1 > other.0 * one.1;
        Item::ALL
            .into_iter()
            .filter(|item| !self.singles.iter().any(|&other| larger(other, self.singles[item.index()])))
            .collect()
    }
}

/// The rank of each value, 1 for the smallest; equal values share a rank, and the next is counted from all
/// before it: 3.08, 3.08, 4.10 → 1, 1, 3.
pub fn ranks(values: &[i64]) -> Vec<usize> {
    let mut rising = values.to_vec();
    rising.sort_unstable();
    values.iter().map(|value| rising.partition_point(|other| other < value) + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::{Composite, ranks};
    use crate::air::{Edition, Item, Ratio, Settings};

    #[test]
    fn the_example_of_the_fact_sheet() {
        let values = [6_000, 22_000, 58_000, 900, 155_000, 30_000]
            .map(|thousandths| Ratio::new(thousandths, 1).expect("one is positive"));
        let check = |edition, expected: i64, main: &str| {
            let composite = Composite::of_values(edition, values, &Settings::default());
            assert_eq!((composite.rounded(3), composite.main().to_string()), (expected, main.to_owned()));
        };
        check(Edition::E2012, 3_529, "O3");
        check(Edition::Transition2026, 3_810, "PM2.5");
        let composite = Composite::of_values(Edition::E2012, values, &Settings::default());
        assert_eq!(composite.single(Item::Pm10, 3), 829);
        // The weights of the doubtful claim.
        let settings = Settings { composite_weights: [1, 2, 1, 1, 2, 3], ..Settings::default() };
        assert_eq!(Composite::of_values(Edition::E2012, values, &settings).rounded(3), 6_762);
    }

    #[test]
    fn equal_values_share_a_rank() {
        assert_eq!(ranks(&[410, 308, 576, 308]), [3, 1, 4, 1]);
        assert_eq!(ranks(&[]), [0_usize; 0]);
    }
}
