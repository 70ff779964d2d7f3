//! Rounding by GB/T 8170—2008 (half to even), exact, on ratios of integers.
//!
//! A value is given as `numerator / denominator`, so that a mean is rounded from what it is, not from a
//! decimal or binary image of it. Round once, from the full value: rounding in steps can go astray.

/// The integer nearest to `numerator / denominator`; a half goes to the even neighbour.
///
/// A denominator that is not positive counts as 1, so that no input panics.
#[inline]
pub const fn half_even(numerator: i64, denominator: i64) -> i64 {
    let denominator = if denominator > 0 { denominator } else { 1 };
    // Days are rounded by the million, and a division of floats is quicker than one of 64-bit integers. It is as
    // exact: with n below 2⁵², n / d is a half or at least 1 / 2d away from it, which is more than half the last bit of
    // n / d; so the quotient is on the same side of the half, or on it. Adding 2⁵² leaves no bit for a fraction:
    // the sum is rounded to an integer, half to even.
    const WIDEST: i64 = 1 << 52;
    if numerator >= 0 && numerator < WIDEST && denominator < WIDEST {
        let sum = numerator as f64 / denominator as f64 + WIDEST as f64;
        return (sum.to_bits() & (WIDEST as u64 - 1)) as i64;
    }
    let quotient = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let up = rest > denominator - rest || (rest == denominator - rest && quotient % 2 != 0);
    quotient + up as i64
}

/// [`half_even`] for numbers that do not fit 64 bits.
pub const fn half_even_wide(numerator: i128, denominator: i128) -> i128 {
    let denominator = if denominator > 0 { denominator } else { 1 };
    let quotient = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let up = rest > denominator - rest || (rest == denominator - rest && quotient % 2 != 0);
    quotient + up as i128
}

/// An integer rounded to so many significant digits (at least one): 2500 → 2000, 3500 → 4000.
///
/// `None` if the result does not fit (only at the very end of the range).
pub const fn significant(value: i64, digits: u32) -> Option<i64> {
    let digits = if digits == 0 { 1 } else { digits };
    let places = match value.unsigned_abs().checked_ilog10() {
        Some(log) => log + 1,
        None => return Some(0),
    };
    if places <= digits {
        return Some(value);
    }
    let unit = 10_i64.pow(places - digits);
    half_even(value, unit).checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::{Decimal, RoundingStrategy};

    use super::{half_even, half_even_wide, significant};

    #[test]
    fn the_examples_of_the_standard() {
        /// A decimal text to so many decimals, as digits in units of the last.
        fn check(text: &str, decimals: u32, expected: i64) {
            let value: Decimal = text.parse().expect(text);
            let denominator = 10_i64.pow(value.scale());
            let scale = 10_i64.pow(decimals);
            let mantissa = i64::try_from(value.mantissa()).expect(text);
            assert_eq!(half_even(mantissa * scale, denominator), expected, "{text} to {decimals}");
        }
        check("12.1498", 0, 12);
        check("12.1498", 1, 121);
        check("10.5002", 0, 11);
        check("1.050", 1, 10);
        check("0.35", 1, 4);
        check("28.175", 2, 2818);
        check("28.165", 2, 2816);
        check("35.5", 0, 36);
        check("60.5", 0, 60);
        // A negative number is rounded by its absolute value.
        check("-35.5", 0, -36);
        check("-60.5", 0, -60);
        check("-0.4", 0, 0);
        // Never in steps: 0.4546 → 0.455 → 0.46 → 0.5 → 0 went astray only by chance of the last.
        check("15.4546", 0, 15);
        assert_eq!(significant(2500, 1), Some(2000));
        assert_eq!(significant(3500, 1), Some(4000));
        assert_eq!(significant(0, 3), Some(0));
        assert_eq!(significant(-1_250, 2), Some(-1_200));
    }

    proptest! {
        #[test]
        fn rounding_agrees_with_decimals(mantissa in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..9, decimals in 0_u32..6) {
            let expected = Decimal::new(mantissa, scale)
                .round_dp_with_strategy(decimals, RoundingStrategy::MidpointNearestEven);
            let units = (expected * Decimal::from(10_i64.pow(decimals))).normalize();
            let rounded = half_even_wide(i128::from(mantissa) * 10_i128.pow(decimals), 10_i128.pow(scale));
            prop_assert_eq!(Decimal::from(rounded), units);
        }

        #[test]
        fn narrow_and_wide_agree(numerator: i64, denominator in 1..i64::MAX) {
            let wide = half_even_wide(i128::from(numerator), i128::from(denominator));
            prop_assert_eq!(i128::from(half_even(numerator, denominator)), wide);
        }

        #[test]
        fn narrow_and_wide_agree_where_measurements_are(
            quotient in 0_i64..1 << 40,
            denominator in 1_i64..1 << 42,
            away in -2_i64..3,
        ) {
            // Around a half, as near as an integer can come.
            let half = (quotient % ((1 << 52) / denominator + 1)) * denominator + denominator / 2 + away;
            let numerator = half.max(0);
            let wide = half_even_wide(i128::from(numerator), i128::from(denominator));
            prop_assert_eq!(i128::from(half_even(numerator, denominator)), wide);
        }

        #[test]
        fn halves_are_found_in_both_widths(half in -3_000_000_000_i64..6_000_000_000, factor in 1_i64..1_000) {
            let expected = if half % 2 == 0 { half / 2 } else { (half + 1).div_euclid(4) * 2 };
            prop_assert_eq!(half_even(half * factor, 2 * factor), expected);
        }
    }
}
