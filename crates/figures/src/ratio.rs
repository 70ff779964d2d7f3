//! Exact fractions: what formulas and means are computed in, so that only printing rounds.

use num_bigint::{BigInt, Sign};
use rust_decimal::Decimal;

/// A fraction in any size. It is kept as it comes, and reduced when it is read: formulas are short.
#[derive(Clone, Debug)]
pub struct Ratio {
    numerator: BigInt,
    /// Never zero.
    denominator: BigInt,
}

impl Ratio {
    /// `value` with `scale` decimals, divided by `parts`; `None` for no parts.
    pub fn new(value: i128, scale: u32, parts: u64) -> Option<Self> {
        (parts > 0).then(|| Self {
            numerator: BigInt::from(value),
            denominator: BigInt::from(10).pow(scale) * BigInt::from(parts),
        })
    }

    /// The same number.
    pub fn of(decimal: Decimal) -> Self {
        Self {
            numerator: BigInt::from(decimal.mantissa()),
            denominator: BigInt::from(10).pow(decimal.scale()),
        }
    }

    /// The sum.
    pub fn add(&self, other: &Self) -> Self {
        Self {
            numerator: &self.numerator * &other.denominator + &other.numerator * &self.denominator,
            denominator: &self.denominator * &other.denominator,
        }
    }

    /// The difference.
    pub fn subtract(&self, other: &Self) -> Self {
        self.add(&Self { numerator: -&other.numerator, denominator: other.denominator.clone() })
    }

    /// The product.
    pub fn multiply(&self, other: &Self) -> Self {
        Self {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
        }
    }

    /// The quotient; `None` if the divisor is zero.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        (other.numerator.sign() != Sign::NoSign).then(|| Self {
            numerator: &self.numerator * &other.denominator,
            denominator: &self.denominator * &other.numerator,
        })
    }

    /// The nearest decimal of at most 28 significant digits (half to even); itself where it has no more.
    /// `None` if it is larger than 28 digits.
    pub fn to_decimal(&self) -> Option<Decimal> {
        let negative = (self.numerator.sign() == Sign::Minus) != (self.denominator.sign() == Sign::Minus);
        let numerator = BigInt::from(self.numerator.magnitude().clone());
        let denominator = BigInt::from(self.denominator.magnitude().clone());
        let limit = BigInt::from(10_u64).pow(28);
        let mut scale = 28_u32;
        let rounded = loop {
            let rounded = divide_half_even(&numerator * BigInt::from(10).pow(scale), &denominator);
            if rounded < limit {
                break rounded;
            }
            scale = scale.checked_sub(1)?;
        };
        let value = i128::try_from(rounded).ok()?;
        crate::decimal::to_decimal(if negative { -value } else { value }, scale)
    }
}

/// Both are positive.
fn divide_half_even(numerator: BigInt, denominator: &BigInt) -> BigInt {
    let quotient = &numerator / denominator;
    let twice: BigInt = (numerator - &quotient * denominator) * 2;
    let up = match twice.cmp(denominator) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient.bit(0),
        std::cmp::Ordering::Greater => true,
    };
    if up { quotient + 1 } else { quotient }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::Ratio;

    fn number(text: &str) -> Ratio {
        Ratio::of(text.parse().expect(text))
    }

    #[test]
    fn quotients_have_28_digits() {
        fn check(a: &str, b: &str, expected: Option<&str>) {
            let quotient = number(a).divide(&number(b)).and_then(|quotient| quotient.to_decimal());
            assert_eq!(quotient.map(|quotient| quotient.to_string()).as_deref(), expected, "{a} / {b}");
        }
        check("1", "3", Some("0.3333333333333333333333333333"));
        check("2", "3", Some("0.6666666666666666666666666667"));
        check("-2", "3", Some("-0.6666666666666666666666666667"));
        check("200", "3", Some("66.66666666666666666666666667"));
        check("7", "4", Some("1.75"));
        check("7", "-4", Some("-1.75"));
        check("0", "4", Some("0"));
        check("7", "0", None);
        check("7900000000000000000000000000", "0.1", None);
    }

    proptest! {
        #[test]
        fn arithmetic_is_exact(a: i64, b: i64, c in 1_i64.., sa in 0_u32..9, sb in 0_u32..9) {
            let (a, b, c) = (Decimal::new(a, sa), Decimal::new(b, sb), Decimal::new(c, 0));
            // (a + b) · c / c - b = a
            let (a_, b_, c_) = (Ratio::of(a), Ratio::of(b), Ratio::of(c));
            let back = a_.add(&b_).multiply(&c_).divide(&c_).map(|x| x.subtract(&b_)).and_then(|x| x.to_decimal());
            prop_assert_eq!(back, Some(a.normalize()));
        }
    }
}
