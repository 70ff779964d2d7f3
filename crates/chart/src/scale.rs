//! Where a value stands, and the ticks of an axis: steps of 1, 2 or 5, in exact decimals.

use message::Language;
use quantity::{fixed, grouped};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The least and greatest value, with zero between them.
pub(crate) fn bounds(values: impl IntoIterator<Item = Decimal>) -> (Decimal, Decimal) {
    values.into_iter().fold((Decimal::ZERO, Decimal::ZERO), |(least, greatest), value| {
        (least.min(value), greatest.max(value))
    })
}

/// How far the value lies from the least, of a length that holds the whole range.
pub(crate) fn place(value: Decimal, (least, greatest): (Decimal, Decimal), length: i32) -> i32 {
    let share = greatest
        .checked_sub(least)
        .and_then(|range| value.checked_sub(least)?.checked_div(range))
        .and_then(|share| (share * Decimal::from(length)).round().to_i32());
    share.unwrap_or(0).clamp(0, length)
}

/// An axis of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// From the least to the greatest, evenly spaced; at least two.
    pub ticks: Vec<Decimal>,
    /// What the ticks are written in.
    divisor: Decimal,
    suffix: &'static str,
    decimals: u32,
}

impl Scale {
    /// A scale that holds the values. With `zero`, zero is on it; without, the axis still spans a fifth of the
    /// greatest value, so that a small change does not look like a large one.
    pub fn holding(
        values: impl IntoIterator<Item = Decimal>,
        zero: bool,
        most: usize,
        language: Language,
    ) -> Self {
        let mut values = values.into_iter();
        let first = values.next().unwrap_or_default();
        let (mut least, mut greatest) =
            values.fold((first, first), |(a, b), value| (a.min(value), b.max(value)));
        let wide = |least: Decimal, greatest: Decimal| {
            least > Decimal::ZERO && least > greatest.checked_div(Decimal::TWO).unwrap_or_default()
        };
        if zero || !wide(least, greatest) {
            (least, greatest) = (least.min(Decimal::ZERO), greatest.max(Decimal::ZERO));
        } else {
            let room = greatest / Decimal::from(5);
            let missing = room.saturating_sub(greatest - least);
            if missing > Decimal::ZERO {
                let half = missing / Decimal::TWO;
                least = least.saturating_sub(half).max(Decimal::ZERO);
                greatest = greatest.saturating_add(half);
            }
        }
        if least == greatest {
            greatest = greatest.saturating_add(Decimal::ONE);
        }
        let ticks = ticks(least, greatest, most);
        let (divisor, suffix) =
            abbreviation(ticks.iter().map(Decimal::abs).max().unwrap_or_default(), language);
        let decimals = |tick: &Decimal| (tick / divisor).normalize().scale();
        let decimals = ticks.iter().map(decimals).max().unwrap_or(0).min(6);
        Self { ticks, divisor, suffix, decimals }
    }

    /// The least and the greatest.
    pub fn bounds(&self) -> (Decimal, Decimal) {
        (self.ticks.first().copied().unwrap_or_default(), self.ticks.last().copied().unwrap_or_default())
    }

    /// A tick in words: `1.5亿`.
    pub fn label(&self, tick: Decimal) -> String {
        if tick.is_zero() {
            return "0".to_owned();
        }
        let digits = fixed(tick.checked_div(self.divisor).unwrap_or(tick), self.decimals);
        format!("{}{}", grouped(&digits), self.suffix)
    }
}

/// Large numbers on an axis are read in 万 and 亿, in English in thousands, millions and billions.
fn abbreviation(greatest: Decimal, language: Language) -> (Decimal, &'static str) {
    // From which number on, in what, and its sign.
    let steps: &[(u64, u64, &'static str)] = match language {
        Language::Simplified => &[(100_000_000, 100_000_000, "亿"), (10_000, 10_000, "万")],
        Language::Traditional => &[(100_000_000, 100_000_000, "億"), (10_000, 10_000, "萬")],
        Language::English => {
            &[(1_000_000_000, 1_000_000_000, "bn"), (1_000_000, 1_000_000, "m"), (10_000, 1_000, "k")]
        }
    };
    let step = steps.iter().find(|(from, ..)| greatest >= Decimal::from(*from));
    step.map_or((Decimal::ONE, ""), |&(_, unit, suffix)| (Decimal::from(unit), suffix))
}

/// Ticks from at most `least` to at least `greatest`, about `most` of them, a step of 1, 2 or 5 times a power of ten
/// apart. Where numbers are too large for that, the two bounds themselves.
pub fn ticks(least: Decimal, greatest: Decimal, most: usize) -> Vec<Decimal> {
    let (least, greatest) = (least.min(greatest), least.max(greatest));
    checked_ticks(least, greatest, most.clamp(1, 100)).unwrap_or_else(|| vec![least, greatest])
}

fn checked_ticks(least: Decimal, greatest: Decimal, most: usize) -> Option<Vec<Decimal>> {
    let range = greatest.checked_sub(least)?;
    let step = step(range.checked_div(Decimal::from(most))?)?;
    let first = least.checked_div(step)?.floor().checked_mul(step)?;
    let mut ticks = vec![first.normalize()];
    let mut tick = first;
    // Two more than asked for, for the ends.
    while tick < greatest && ticks.len() <= most + 2 {
        tick = tick.checked_add(step)?;
        ticks.push(tick.normalize());
    }
    (tick >= greatest && ticks.len() > 1).then_some(ticks)
}

/// The least of 1, 2, 5 times a power of ten that is no less than `raw`.
fn step(raw: Decimal) -> Option<Decimal> {
    if raw <= Decimal::ZERO {
        return Some(Decimal::ONE);
    }
    let mut power = Decimal::ONE;
    while power > raw {
        power = power.checked_div(Decimal::TEN).filter(|power| !power.is_zero())?;
    }
    while let Some(next) = power.checked_mul(Decimal::TEN).filter(|next| *next <= raw) {
        power = next;
    }
    [1, 2, 5, 10].iter().find_map(|&factor| {
        let step = power.checked_mul(Decimal::from(factor))?;
        (step >= raw).then_some(step)
    })
}

#[cfg(test)]
mod tests {
    use message::Language;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{Scale, place, ticks};

    fn labels(values: &[&str], zero: bool, language: Language) -> String {
        let values = values.iter().map(|value| value.parse().expect("a number"));
        let scale = Scale::holding(values, zero, 4, language);
        let labels: Vec<String> = scale.ticks.iter().map(|tick| scale.label(*tick)).collect();
        labels.join(" | ")
    }

    #[test]
    fn ticks_are_round_numbers() {
        fn check(values: &[&str], zero: bool, expected: &str) {
            assert_eq!(labels(values, zero, Language::Simplified), expected);
        }
        check(&["583", "188"], true, "0 | 200 | 400 | 600");
        check(&["0.1", "0.3"], true, "0 | 0.1 | 0.2 | 0.3");
        check(&["290", "294"], false, "260 | 280 | 300 | 320 | 340");
        check(&["290", "294"], true, "0 | 100 | 200 | 300");
        check(&["-8.1", "3"], true, "-10 | -5 | 0 | 5");
        check(&["80000000000"], true, "0 | 200亿 | 400亿 | 600亿 | 800亿");
        check(&["7400000"], true, "0 | 200万 | 400万 | 600万 | 800万");
        check(&["0"], true, "0 | 0.5 | 1.0");
        check(&[], true, "0 | 0.5 | 1.0");
        check(&["21400"], true, "0 | 1万 | 2万 | 3万");
        check(&["9000"], true, "0 | 0.5万 | 1.0万");
        check(&["7000"], true, "0 | 2000 | 4000 | 6000 | 8000");
        assert_eq!(labels(&["21400"], true, Language::English), "0 | 10k | 20k | 30k");
        assert_eq!(labels(&["7400000"], true, Language::Traditional), "0 | 200萬 | 400萬 | 600萬 | 800萬");
    }

    proptest! {
        #[test]
        fn ticks_hold_the_range(a: i64, b: i64, scale in 0_u32..20, most in 0_usize..20) {
            let (a, b) = (Decimal::new(a, scale), Decimal::new(b, scale));
            let ticks = ticks(a, b, most);
            prop_assert!(ticks.len() >= 2 && ticks.len() <= most.max(1) + 3);
            prop_assert!(ticks[0] <= a.min(b) && *ticks.last().expect("two") >= a.max(b));
        }

        #[test]
        fn nothing_leaves_its_length(value: i64, a: i64, b: i64, length in 0..100_000) {
            let range = (Decimal::from(a.min(b)), Decimal::from(a.max(b)));
            prop_assert!((0..=length).contains(&place(Decimal::from(value), range, length)));
        }
    }

    #[test]
    fn the_largest_numbers_have_an_axis() {
        assert_eq!(ticks(Decimal::MIN, Decimal::MAX, 4), [Decimal::MIN, Decimal::MAX]);
        let scale = Scale::holding([Decimal::MIN, Decimal::MAX], true, 4, Language::Simplified);
        assert_eq!(scale.bounds(), (Decimal::MIN, Decimal::MAX));
        assert!(!scale.label(Decimal::MAX).is_empty());
    }
}
