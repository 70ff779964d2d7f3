//! Rounding by GB/T 8170 (half to even) and the decimal places of a number.

use rust_decimal::{Decimal, RoundingStrategy};

/// The value rounded to so many decimals; a half goes to the even neighbour (GB/T 8170).
///
/// Round once, from the exact value: 0.4546 is 0, although 0.4546 → 0.455 → 0.46 → 0.5 → 0 shows how
/// rounding in steps could have gone astray.
pub fn round_half_even(value: Decimal, decimals: u32) -> Decimal {
    let rounded = value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointNearestEven);
    // A small negative value becomes zero, and a zero has no sign.
    if rounded.is_zero() { Decimal::ZERO } else { rounded }
}

/// The value with exactly so many decimals, as digits: `47.0`.
pub fn fixed(value: Decimal, decimals: u32) -> String {
    let mut digits = round_half_even(value, decimals).normalize().to_string();
    let present = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let missing = (decimals as usize).saturating_sub(present);
    if missing > 0 && present == 0 {
        digits.push('.');
    }
    digits.extend(std::iter::repeat_n('0', missing));
    digits
}

/// The digits in groups of three, divided by thin spaces, as tables show numbers of five and more digits.
pub fn grouped(digits: &str) -> String {
    let (sign, rest) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, rest)| (whole, Some(rest)));
    if whole.len() <= 4 {
        return digits.to_owned();
    }
    let mut out = String::with_capacity(digits.len() * 2);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// One unit of the last place of a number that is not zero: 10 for 580, 0.1 for 2.5, 10000 for 20000.
pub fn last_place(number: Decimal) -> Decimal {
    let normal = number.normalize();
    let mut mantissa = normal.mantissa();
    let mut zeros = 0;
    // `normalize` strips zeros behind the point only; those before it are counted here.
    while mantissa != 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        zeros += 1;
    }
    power_of_ten(zeros - i64::from(normal.scale()))
}

/// One unit of the first place of a number that is not zero: 100 for 583, 0.01 for 0.025.
pub fn leading_place(number: Decimal) -> Decimal {
    let normal = number.normalize();
    let digits = normal.mantissa().unsigned_abs().checked_ilog10().unwrap_or(0);
    power_of_ten(i64::from(digits) - i64::from(normal.scale()))
}

/// 10 to the power of `exponent`, which both callers keep within what a decimal can hold (−28 to 28).
fn power_of_ten(exponent: i64) -> Decimal {
    let size = u32::try_from(exponent.unsigned_abs()).unwrap_or(0).min(28);
    if exponent < 0 { Decimal::new(1, size) } else { Decimal::from_i128_with_scale(10_i128.pow(size), 0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{fixed, grouped, last_place, leading_place, round_half_even};

    fn number(text: &str) -> Decimal {
        text.parse().expect(text)
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        fn check(value: &str, decimals: u32, expected: &str) {
            assert_eq!(fixed(number(value), decimals), expected, "{value}");
        }
        // The examples of GB/T 8170—2008, section 3.2.
        check("12.1498", 0, "12");
        check("12.1498", 1, "12.1");
        check("10.5002", 0, "11");
        check("1.050", 1, "1.0");
        check("0.35", 1, "0.4");
        check("2500", 0, "2500");
        check("-0.4", 0, "0");
        check("47", 2, "47.00");
        check("0.5", 0, "0");
        check("1.5", 0, "2");
    }

    #[test]
    fn places_of_a_number() {
        fn check(value: &str, last: &str, leading: &str) {
            assert_eq!(
                (last_place(number(value)), leading_place(number(value))),
                (number(last), number(leading))
            );
        }
        check("580", "10", "100");
        check("20000", "10000", "10000");
        check("2.50", "0.1", "1");
        check("0.025", "0.001", "0.01");
        check("1", "1", "1");
    }

    #[test]
    fn long_numbers_are_grouped() {
        fn check(digits: &str, expected: &str) {
            assert_eq!(grouped(digits).replace('\u{2009}', "_"), expected);
        }
        check("1234", "1234");
        check("17745", "17_745");
        check("-1234567.891", "-1_234_567.891");
        check("123456", "123_456");
    }

    proptest! {
        #[test]
        fn rounding_is_never_off_by_more_than_half(mantissa: i64, scale in 0_u32..12, decimals in 0_u32..12) {
            let value = Decimal::new(mantissa, scale);
            let difference = (round_half_even(value, decimals) - value).abs();
            prop_assert!(difference * Decimal::TWO <= Decimal::new(1, decimals));
        }

        #[test]
        fn places_never_panic(bytes: [u8; 16]) {
            let value = Decimal::deserialize(bytes_of_a_decimal(bytes));
            let _ = (last_place(value), leading_place(value), fixed(value, 28));
        }
    }

    /// Any 96-bit mantissa with a scale that a decimal allows.
    fn bytes_of_a_decimal(mut bytes: [u8; 16]) -> [u8; 16] {
        (bytes[0], bytes[1], bytes[2]) = (0, 0, bytes[2] % 29);
        bytes[3] &= 0x80;
        bytes
    }
}
