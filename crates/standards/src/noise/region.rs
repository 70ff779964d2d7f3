//! The overall level of a region (HJ 640—2012, 城市区域声环境).

use super::{DayNight, Micro, NoiseGrade, plausible, region_grade, rounded};
use crate::rounding::half_even;

/// The **arithmetic** mean of the grid points' levels, rounded once to 0.1 dB(A): the standard does not
/// take an energy mean here. `None` without points.
pub fn region_mean(points: &[Micro]) -> Option<Micro> {
    let valid = || points.iter().filter(|&&level| plausible(level));
    let count = i64::try_from(valid().count()).ok().filter(|&count| count > 0)?;
    let sum: i64 = valid().sum();
    // To tenths in one step, from the exact mean.
    Some(half_even(sum, count.saturating_mul(100_000)) * 100_000)
}

/// How many grid points lie in the band of each grade.
pub fn shares_by_grade(points: &[Micro], part: DayNight) -> [u32; 5] {
    let mut counts = [0; 5];
    for &level in points.iter().filter(|&&level| plausible(level)) {
        counts[region_grade(rounded(level, 1), part) as usize] += 1;
    }
    counts
}

/// The grade of a region's points.
impl NoiseGrade {
    /// The grade of the mean of these grid points.
    pub fn of_region(points: &[Micro], part: DayNight) -> Option<Self> {
        region_mean(points).map(|mean| region_grade(mean, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::DB;

    #[test]
    fn the_mean_is_arithmetic() {
        let points = [50 * DB, 60 * DB, 70 * DB];
        // 60.0, and not the energy mean 65.7.
        assert_eq!(region_mean(&points), Some(60 * DB));
        assert_eq!(NoiseGrade::of_region(&points, DayNight::Day), Some(NoiseGrade::Third));
        assert_eq!(shares_by_grade(&points, DayNight::Day), [1, 0, 1, 0, 1]);
        assert_eq!(region_mean(&[]), None);
        assert_eq!(region_mean(&[55 * DB, 55_100_000]), Some(55 * DB)); // 55.05: a half goes to the even
    }
}
