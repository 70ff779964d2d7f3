//! Change from period to period (环办〔2011〕22号).

use super::{Grade, Reach, Settings};

/// How the water changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// 无明显变化.
    None,
    /// 有所好转.
    Better,
    /// 明显好转.
    MuchBetter,
    /// 有所变差.
    Worse,
    /// 明显变差.
    MuchWorse,
}

impl Change {
    /// As bulletins print it.
    pub const fn zh(self) -> &'static str {
        ["无明显变化", "有所好转", "明显好转", "有所变差", "明显变差"][self as usize]
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        ["no marked change", "somewhat better", "markedly better", "somewhat worse", "markedly worse"]
            [self as usize]
    }
}

/// The grade rule: one grade apart is some change, two and more a marked one.
pub const fn grade_change(before: Grade, now: Grade) -> Change {
    match now as i8 - before as i8 {
        0 => Change::None,
        -1 => Change::Better,
        1 => Change::Worse,
        ..-1 => Change::MuchBetter,
        _ => Change::MuchWorse,
    }
}

/// The rule for rivers of five and more sections: the grades first; where they are equal, ΔG − ΔD, with ΔG
/// the change of the Ⅰ–Ⅲ share and ΔD that of the 劣Ⅴ share, exact, in tenths of a percentage point against
/// [`Settings::change_points`].
pub fn combined_change(before: &Reach, now: &Reach, settings: &Settings) -> Change {
    if before.grade != now.grade {
        return grade_change(before.grade, now.grade);
    }
    let (was, is) = (i128::from(before.judged()), i128::from(now.judged()));
    // (good − inferior)/judged of each, brought to one denominator: ΔG − ΔD in tenths of a point.
    let balance = |reach: &Reach| i128::from(reach.good()) - i128::from(reach.inferior());
    let difference = 1_000 * (balance(now) * was - balance(before) * is);
    let whole = was * is;
    let (some, marked) = settings.change_points;
    let size = difference.abs();
    match (size <= i128::from(some) * whole, size <= i128::from(marked) * whole, difference > 0) {
        (true, ..) => Change::None,
        (false, true, true) => Change::Better,
        (false, true, false) => Change::Worse,
        (false, false, true) => Change::MuchBetter,
        (false, false, false) => Change::MuchWorse,
    }
}

/// Spearman's rank correlation of yearly values with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spearman {
    /// The coefficient in thousandths, half to even: positive rises.
    pub thousandths: i64,
    /// The critical value W_p for so many years.
    pub critical: i64,
    /// Whether |r| is above it.
    pub significant: bool,
}

/// `r = 1 − 6·Σd²/(N³ − N)` of values in the order of their years; equal values share their mean rank.
///
/// `None` below five years (or below the first year of [`Settings::critical`]). Significance is decided on
/// the exact coefficient.
pub fn spearman(values: &[i64], settings: &Settings) -> Option<Spearman> {
    let n = u32::try_from(values.len()).ok()?;
    let (_, critical) = settings.critical.iter().rev().find(|(years, _)| *years <= n)?;
    let n = i128::from(n);
    // Twice the rank, so that a shared rank is whole: those below, plus half of those equal.
    let twice_rank = |value: &i64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        2 * below as i128 + equal as i128 + 1
    };
    let squares: i128 = values
        .iter()
        .zip(1_i128..)
        .map(|(value, year)| {
            let apart = twice_rank(value) - 2 * year;
            apart * apart
        })
        .sum();
    // 6·Σd² with d² counted fourfold is 6·squares/4 = 3·squares/2.
    let (numerator, denominator) = (2 * (n * n * n - n) - 3 * squares, 2 * (n * n * n - n));
    let thousandths = crate::rounding::half_even_wide(1_000 * numerator, denominator);
    Some(Spearman {
        thousandths: i64::try_from(thousandths).ok()?,
        critical: *critical,
        significant: 1_000 * numerator.abs() > i128::from(*critical) * denominator,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::water::{Body, Item, ONE, Sample, reach};

    #[test]
    fn grades_apart() {
        use Grade::{Excellent, Good, HeavilyPolluted, LightlyPolluted};
        assert_eq!(grade_change(Good, Good), Change::None);
        assert_eq!(grade_change(Good, Excellent), Change::Better);
        assert_eq!(grade_change(LightlyPolluted, Excellent).zh(), "明显好转");
        assert_eq!(grade_change(Good, LightlyPolluted).zh(), "有所变差");
        assert_eq!(grade_change(Good, HeavilyPolluted), Change::MuchWorse);
    }

    #[test]
    fn equal_grades_are_told_apart_by_shares() {
        let settings = Settings::default();
        // Of ten sections so many are Ⅰ–Ⅲ and so many worse than Ⅴ; the rest is Ⅳ.
        let of = |good: usize, inferior: usize| {
            let value = |index| {
                if index < good {
                    10
                } else if index < good + inferior {
                    90
                } else {
                    25
                }
            };
            let samples: Vec<Sample> =
                (0..10).map(|index| Sample::EMPTY.with(Item::Cod, value(index) * ONE)).collect();
            reach(&samples, Body::River, &settings).expect("sections")
        };
        let check = |before: (usize, usize), now: (usize, usize), expected: Change| {
            let found = combined_change(&of(before.0, before.1), &of(now.0, now.1), &settings);
            assert_eq!(found, expected, "{before:?} {now:?}");
        };
        check((5, 1), (6, 1), Change::None); // exactly 10 points
        check((5, 1), (6, 0), Change::Better); // 20
        check((4, 1), (6, 0), Change::MuchBetter); // 30
        check((6, 0), (5, 1), Change::Worse);
        check((7, 0), (4, 0), Change::MuchWorse);
        check((7, 2), (7, 1), Change::Better); // moderately to lightly polluted: the grades decide
    }

    #[test]
    fn spearman_of_years() {
        let settings = Settings::default();
        let found = |values: &[i64]| spearman(values, &settings);
        assert_eq!(
            found(&[1, 2, 3, 4, 5]),
            Some(Spearman { thousandths: 1000, critical: 900, significant: true })
        );
        // d = 0, 1, −1, 0, 0: r = 1 − 6·2/120 = 0.9, which is not above 0.900.
        assert_eq!(
            found(&[1, 3, 2, 4, 5]),
            Some(Spearman { thousandths: 900, critical: 900, significant: false })
        );
        assert_eq!(found(&[6, 5, 4, 3, 2, 1]).map(|found| found.thousandths), Some(-1000));
        // All equal: every rank is the middle one, and the formula gives 1 − 6·10/120 = 0.5.
        assert_eq!(found(&[7; 5]).map(|found| found.significant), Some(false));
        assert_eq!(found(&[1, 2, 3, 4]), None);
        // Eleven years are held to the ten years' value.
        assert_eq!(found(&[1; 11]).map(|found| found.critical), Some(564));
    }
}
