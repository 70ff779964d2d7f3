//! Days counted by level: good days and their share.

use super::{Index, Level};
use crate::rounding::half_even;

/// Counts the days of a period by level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCount {
    /// Days by level, best first.
    pub by_level: [u32; 6],
    /// Days without an AQI that were pushed.
    pub without: u32,
}

impl DayCount {
    /// Counts a day.
    #[inline]
    pub fn push(&mut self, index: &Index) {
        match index.level() {
            Some(level) => self.by_level[level.index()] += 1,
            None => self.without += 1,
        }
    }

    /// Days with an AQI.
    pub fn valid(&self) -> u32 {
        self.by_level.iter().sum()
    }

    /// Good days (优良天数): an AQI up to 100.
    pub fn good(&self) -> u32 {
        Level::ALL.into_iter().filter(|level| level.is_good()).map(|level| self.by_level[level.index()]).sum()
    }

    /// The share of good days among the valid ones (优良天数比例), per cent in units of 10^−`decimals`;
    /// `None` without a valid day.
    pub fn good_share(&self, decimals: u32) -> Option<i64> {
        let valid = self.valid();
        let scale = 100 * 10_i64.pow(decimals.min(6));
        (valid > 0).then(|| half_even(i64::from(self.good()) * scale, i64::from(valid)))
    }
}

impl FromIterator<Index> for DayCount {
    fn from_iter<I: IntoIterator<Item = Index>>(days: I) -> Self {
        let mut count = Self::default();
        days.into_iter().for_each(|day| count.push(&day));
        count
    }
}

#[cfg(test)]
mod tests {
    use super::DayCount;
    use crate::air::{Edition, Index, Settings};

    #[test]
    fn good_days_and_their_share() {
        let day = |index| Index::of(Edition::E2012, [index; 6], &Settings::default());
        let count: DayCount =
            [Some(50), Some(51), Some(100), Some(101), Some(301), None].map(day).into_iter().collect();
        assert_eq!(count, DayCount { by_level: [1, 2, 1, 0, 0, 1], without: 1 });
        assert_eq!((count.good(), count.valid(), count.good_share(1)), (3, 5, Some(600)));
        assert_eq!(DayCount::default().good_share(1), None);
    }
}
