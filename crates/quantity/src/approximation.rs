//! The words around numbers, and when they are true.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;

use crate::rounding::last_place;

/// A word that stands with a number and says how the true value lies to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Approximation {
    /// 为: the value, to the decimals printed.
    #[default]
    Exact,
    /// 余: a little above; stands behind the number (580余个).
    Odd,
    /// 多: as 余.
    More,
    /// 近: a little below.
    Near,
    /// 超: above.
    Above,
    /// 突破: passed.
    Passed,
    /// 逾: above.
    Beyond,
    /// 约: about.
    About,
    /// 不足: below.
    Under,
    /// 达: reached.
    Reached,
    /// 不少于, and 以上 behind the number: the number or more.
    AtLeast,
    /// 不超过, and 以内 behind the number: the number or less.
    AtMost,
}

/// How the true value lies to the number, as the annotators' guide tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// The number, to the places printed.
    Equal,
    /// 约, 左右.
    About,
    /// 余, 多, 超, 突破, 以上.
    Above,
    /// 近, 不足, 以内.
    Below,
}

impl Comparator {
    /// `eq`, `about`, `above`, `below`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::About => "about",
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

impl Approximation {
    /// All words, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Exact,
        Self::Odd,
        Self::More,
        Self::Near,
        Self::Above,
        Self::Passed,
        Self::Beyond,
        Self::About,
        Self::Under,
        Self::Reached,
        Self::AtLeast,
        Self::AtMost,
    ];

    /// Reads the word, in either script.
    pub fn parse(word: &str) -> Option<Self> {
        let word = match word {
            "為" | "爲" => "为",
            "餘" => "余",
            "約" => "约",
            "達" => "达",
            "不少於" => "不少于",
            "不超過" => "不超过",
            other => other,
        };
        Self::ALL.into_iter().find(|approximation| approximation.word() == word)
    }

    /// The word in simplified Chinese.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "为",
            Self::Odd => "余",
            Self::More => "多",
            Self::Near => "近",
            Self::Above => "超",
            Self::Passed => "突破",
            Self::Beyond => "逾",
            Self::About => "约",
            Self::Under => "不足",
            Self::Reached => "达",
            Self::AtLeast => "不少于",
            Self::AtMost => "不超过",
        }
    }

    /// Whether the word stands behind the number: 580余个, but 近300天.
    pub fn follows(self) -> bool {
        matches!(self, Self::Odd | Self::More)
    }

    /// Whether the number is rounder than the value it speaks of (all but 为 and 达).
    pub fn is_approximate(self) -> bool {
        !matches!(self, Self::Exact | Self::Reached)
    }

    /// Which side of the number the value lies on.
    pub fn comparator(self) -> Comparator {
        match self {
            Self::Exact | Self::Reached => Comparator::Equal,
            Self::About => Comparator::About,
            Self::Odd | Self::More | Self::Above | Self::Passed | Self::Beyond | Self::AtLeast => {
                Comparator::Above
            }
            Self::Near | Self::Under | Self::AtMost => Comparator::Below,
        }
    }

    /// The number of this step (10: whole tens) that the word would go with for this value.
    ///
    /// 余, 多, 超, 突破, 逾 and 不少于 look down, 近, 不足 and 不超过 look up, the others to the nearest (half to even).
    /// `None` when the value is not positive, the step is not, or the number grows too large.
    pub fn number(self, value: Decimal, step: Decimal) -> Option<Decimal> {
        if value <= Decimal::ZERO || step <= Decimal::ZERO {
            return None;
        }
        let rest = value.checked_rem(step)?;
        let below = value.checked_sub(rest)?;
        let up = match self {
            Self::Odd | Self::More | Self::Above | Self::Passed | Self::Beyond | Self::AtLeast => false,
            Self::Near | Self::Under | Self::AtMost => !rest.is_zero(),
            Self::Exact | Self::About | Self::Reached => {
                let steps = value.checked_div(step)?;
                steps.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven)
                    > steps.round_dp_with_strategy(0, RoundingStrategy::ToZero)
            }
        };
        Some(if up { below.checked_add(step)? } else { below }.normalize())
    }

    /// Whether the word is true of the value with this number, as a reader would judge it: with
    /// u one unit of the number's last place that is not zero,
    ///
    /// | word | true when |
    /// |---|---|
    /// | 余, 多 | n < v < n + u |
    /// | 近 | n − u ≤ v < n, and not more than 10 % below |
    /// | 超, 突破, 逾 | v > n |
    /// | 不足 | v < n |
    /// | 不少于 | v ≥ n |
    /// | 不超过 | v ≤ n |
    /// | 约 | v − n is at most u/2 or 5 % of n, whichever is more |
    /// | 达 | v ≥ n, and v rounds to n |
    /// | 为 | v rounds to n |
    ///
    /// For 达 and 为 the place that v is rounded to is `step`, which a text shows by its decimals.
    pub fn holds(self, value: Decimal, number: Decimal, step: Decimal) -> bool {
        let place = last_place(number);
        let difference = (value - number).abs();
        let tenth = number * Decimal::new(1, 1);
        match self {
            Self::Odd | Self::More => number < value && difference < place,
            Self::Near => value < number && difference <= place && difference <= tenth,
            Self::Above | Self::Passed | Self::Beyond => value > number,
            Self::Under => value < number,
            Self::AtLeast => value >= number,
            Self::AtMost => value <= number,
            Self::About => difference * Decimal::TWO <= place.max(tenth),
            Self::Reached => value >= number && difference * Decimal::TWO <= step,
            Self::Exact => difference * Decimal::TWO <= step,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::Approximation;
    use crate::rounding::last_place;

    #[test]
    fn a_word_is_true_or_not() {
        fn check(word: &str, value: &str, number: &str, expected: bool) {
            let approximation = Approximation::parse(word).expect(word);
            let number: Decimal = number.parse().expect(number);
            let holds = approximation.holds(value.parse().expect(value), number, last_place(number));
            assert_eq!(holds, expected, "{word} {number} of {value}");
        }
        check("余", "583", "580", true);
        check("余", "580", "580", false);
        check("余", "590", "580", false);
        check("余", "579", "580", false);
        check("多", "423", "400", true);
        check("近", "294", "300", true);
        check("近", "300", "300", false);
        // Within one unit of the last place (100), yet not near: more than a tenth below.
        check("近", "269", "300", false);
        check("近", "270", "300", true);
        // Within a tenth, yet more than one unit of the last place (1) below.
        check("近", "296", "298", false);
        check("超", "300", "300", false);
        check("突破", "10003", "10000", true);
        check("逾", "300.01", "300", true);
        check("不足", "300", "300", false);
        check("不足", "299", "300", true);
        check("约", "583", "600", true);
        check("约", "565", "600", true);
        check("约", "549", "600", false);
        check("约", "2.04", "2", true);
        check("达", "15", "15", true);
        check("达", "15.03", "15", true);
        check("达", "14.98", "15", false);
        check("达", "15.6", "15", false);
        check("为", "14.98", "15", true);
    }

    #[test]
    fn words_are_read_in_both_scripts() {
        for approximation in Approximation::ALL {
            assert_eq!(Approximation::parse(approximation.word()), Some(approximation));
        }
        assert_eq!(Approximation::parse("餘"), Some(Approximation::Odd));
        assert_eq!(Approximation::parse("大概"), None);
    }

    proptest! {
        /// With a step of a power of ten, only a value that is itself round can make these words untrue.
        #[test]
        fn the_number_chosen_is_true(value in 1_i64..10_000_000_000, zeros in 0_u32..4) {
            let step = Decimal::from(10_i64.pow(zeros));
            let value = Decimal::from(value);
            for word in [Approximation::Odd, Approximation::Above, Approximation::Under, Approximation::About] {
                let number = word.number(value, step).expect("both are positive");
                if !number.is_zero() && number != value {
                    prop_assert!(word.holds(value, number, step), "{:?} {} of {}", word, number, value);
                }
            }
        }
    }
}
