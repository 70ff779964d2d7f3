//! Exact decimals between texts, 128-bit columns and [`rust_decimal::Decimal`].

use rust_decimal::Decimal;

/// Reads `-1234.5` into an integer of `scale` decimals; `None` for anything else, for more decimals
/// than that (unless they are zeros), and for what no 128 bits hold.
pub fn parse(text: &str, scale: u8) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || (digits.len() > whole.len() && fraction.is_empty()) {
        return None;
    }
    let scale = usize::from(scale);
    let (fraction, beyond) = fraction.split_at_checked(scale).unwrap_or((fraction, ""));
    if beyond.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let mut value: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
    }
    for _ in fraction.len()..scale {
        value = value.checked_mul(10)?;
    }
    // What a column of 38 digits cannot hold would be refused later, with less to say.
    (value < 10_i128.pow(38)).then_some(if negative { -value } else { value })
}

/// The decimal of an integer with `scale` decimals, without trailing zeros; `None` beyond 96 bits.
pub fn to_decimal(mut value: i128, mut scale: u32) -> Option<Decimal> {
    while scale > 0 && value % 10 == 0 {
        value /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(value, scale).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, to_decimal};

    #[test]
    fn decimals_are_read_exactly() {
        fn check(text: &str, expected: Option<i128>) {
            assert_eq!(parse(text, 3), expected, "{text}");
        }
        check("1", Some(1000));
        check("1.5", Some(1500));
        check("-0.001", Some(-1));
        check("1.2340", Some(1234));
        check("1.2345", None);
        check("", None);
        check("-", None);
        check("1.", None);
        check(".5", None);
        check("1e3", None);
        check("+1", None);
        check(
            "99999999999999999999999999999999999",
            Some(99_999_999_999_999_999_999_999_999_999_999_999_000),
        );
        check("999999999999999999999999999999999999", None);
    }

    proptest! {
        #[test]
        fn what_rust_decimal_prints_is_read(mantissa: i64, scale in 0_u32..=6) {
            let decimal = rust_decimal::Decimal::new(mantissa, scale);
            let value = parse(&decimal.to_string(), 6).expect("it has at most six decimals");
            prop_assert_eq!(to_decimal(value, 6), Some(decimal.normalize()));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = parse(&text, 3);
        }
    }
}
