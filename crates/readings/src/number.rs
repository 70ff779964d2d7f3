//! Numbers as files write them, exact in millionths of the item's unit.

use message::{Text, text};

/// What files write where there is no value.
pub const MISSING_WORDS: &[&str] = &[
    "", "-", "--", "---", "—", "——", "/", "na", "n/a", "nan", "null", "none", "nil", "\\n", "无", "缺测",
    "无效", "停测",
];

/// More than this is no measurement of anything (100 million units).
const MOST: i64 = 100_000_000_000_000;

/// Millionths of a decimal text; `Ok(None)` for a word that says there is no value. Digits beyond the sixth
/// place are rounded, half to even. No binary number is formed on the way.
pub fn micro_of_text(text: &str) -> Result<Option<i64>, Text> {
    let trimmed = text.trim();
    let wrong = || {
        let shown: String = trimmed.chars().take(40).collect();
        text!("“{shown}”不是数值", "`{shown}` is no number")
    };
    let bytes = trimmed.as_bytes();
    if !bytes.iter().any(u8::is_ascii_digit) {
        let lower = trimmed.to_lowercase();
        return if MISSING_WORDS.contains(&lower.as_str()) { Ok(None) } else { Err(wrong()) };
    }
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let (digits, exponent) = match digits.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => {
            let exponent =
                std::str::from_utf8(&digits[at + 1..]).ok().and_then(|text| text.parse::<i32>().ok());
            (&digits[..at], exponent.filter(|exponent| exponent.abs() <= 30).ok_or_else(wrong)?)
        }
        None => (digits, 0),
    };
    // The place of the last digit taken, as a power of ten; the value is `whole` × 10^place.
    let (mut whole, mut place, mut seen_point) = (0_i128, exponent, false);
    let mut any = false;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                any = true;
                whole = whole.checked_mul(10).ok_or_else(wrong)? + i128::from(byte - b'0');
                place -= i32::from(seen_point);
            }
            b'.' if !seen_point => seen_point = true,
            _ => return Err(wrong()),
        }
    }
    if !any {
        return Err(wrong());
    }
    let shift = place + 6;
    let micro = if shift >= 0 {
        whole.checked_mul(10_i128.checked_pow(shift.unsigned_abs()).ok_or_else(wrong)?).ok_or_else(wrong)?
    } else {
        match 10_i128.checked_pow(shift.unsigned_abs()) {
            Some(unit) => standards::rounding::half_even_wide(whole, unit),
            None => 0,
        }
    };
    let micro = i64::try_from(micro).ok().filter(|micro| *micro <= MOST).ok_or_else(wrong)?;
    Ok(Some(if negative { -micro } else { micro }))
}

/// Millionths of a binary number: of the decimal that is nearest to it, as it would be written with at most
/// 15 digits. `Ok(None)` for NaN.
pub fn micro_of_float(number: f64) -> Result<Option<i64>, Text> {
    if number.is_nan() {
        return Ok(None);
    }
    if number.abs() * 1e6 > MOST as f64 {
        return Err(text!("“{number}”不是数值", "`{number}` is no number"));
    }
    // Below 2⁵³ the product is off by less than half a millionth of a unit for any decimal of six places.
    Ok(Some((number * 1e6).round_ties_even() as i64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{micro_of_float, micro_of_text};

    #[test]
    fn numbers_are_exact() {
        fn check(text: &str, expected: &str) {
            let found = match micro_of_text(text) {
                Ok(Some(micro)) => micro.to_string(),
                Ok(None) => "missing".to_owned(),
                Err(fault) => fault.english,
            };
            assert_eq!(found, expected, "{text}");
        }
        check("38", "38000000");
        check(" 0.7 ", "700000");
        check("-0.5", "-500000");
        check("1e2", "100000000");
        check("1.5E-3", "1500");
        check("27.3333335", "27333334");
        check("27.3333325", "27333332");
        check("0.0000001", "0");
        check("", "missing");
        check("NA", "missing");
        check("—", "missing");
        check("12.3.4", "`12.3.4` is no number");
        check("abc", "`abc` is no number");
        check("1e999", "`1e999` is no number");
        check(
            "9999999999999999999999999999999999999999",
            "`9999999999999999999999999999999999999999` is no number",
        );
        check(".", "`.` is no number");
        check("5.", "5000000");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,40}", near in "[-+]?[0-9.]{0,45}([eE][-+]?[0-9]{0,4})?", bits: u64) {
            let _ = micro_of_text(&text);
            let _ = micro_of_text(&near);
            let _ = micro_of_float(f64::from_bits(bits));
        }

        #[test]
        fn text_and_float_agree(whole in 0_i64..100_000_000, decimals in 0_u32..=4) {
            let text = format!("{}e-{decimals}", whole);
            let number: f64 = text.parse().expect("a number");
            prop_assert_eq!(micro_of_text(&text), micro_of_float(number));
        }
    }
}
