//! Road traffic noise (HJ 640—2012, 道路交通声环境).

use super::{DB, Micro, plausible};
use crate::rounding::half_even_wide;

/// A section of road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoadSection {
    /// Its level.
    pub level: Micro,
    /// Its length in metres.
    pub metres: u32,
}

/// The level of a city's roads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoadLevel {
    /// The mean weighted by length, rounded once to 0.1 dB(A).
    pub mean: Micro,
    /// Metres measured.
    pub metres: u64,
    /// Metres above 70.0 dB(A).
    pub metres_above_70: u64,
}

impl RoadLevel {
    /// The share of road above 70 dB(A), in tenths of a percent.
    pub fn share_above_70(&self) -> i64 {
        let share = half_even_wide(i128::from(self.metres_above_70) * 1_000, i128::from(self.metres.max(1)));
        i64::try_from(share).unwrap_or(i64::MAX)
    }
}

/// `(1/Σl)·Σ l·L`: dB values weighted by length. `None` without any length.
pub fn road_level(sections: &[RoadSection]) -> Option<RoadLevel> {
    let valid = || sections.iter().filter(|section| plausible(section.level));
    let metres: u64 = valid().map(|section| u64::from(section.metres)).sum();
    if metres == 0 {
        return None;
    }
    let sum: i128 = valid().map(|section| i128::from(section.level) * i128::from(section.metres)).sum();
    let tenths = half_even_wide(sum, i128::from(metres) * 100_000);
    let loud = valid().filter(|section| section.level > 70 * DB);
    Some(RoadLevel {
        mean: i64::try_from(tenths).ok()?.saturating_mul(100_000),
        metres,
        metres_above_70: loud.map(|section| u64::from(section.metres)).sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_roads_weigh_more() {
        let sections = [
            RoadSection { level: 66 * DB, metres: 3_000 },
            RoadSection { level: 71 * DB, metres: 1_000 },
            RoadSection { level: 300 * DB, metres: 9_000 },
        ];
        let found = road_level(&sections).expect("there is road");
        // (3·66 + 71)/4 = 67.25 → 67.2; the broken section changes nothing.
        assert_eq!((found.mean, found.metres, found.share_above_70()), (67_200_000, 4_000, 250));
        assert_eq!(road_level(&[RoadSection { level: 66 * DB, metres: 0 }]), None);
    }
}
