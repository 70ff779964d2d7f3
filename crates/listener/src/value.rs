//! A number as a device writes it, exactly: text → millionths of the item's unit.

use lake::Micro;

/// One unit in another: `numerator / denominator`, never a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Above the line.
    pub numerator: u64,
    /// Below the line; never 0.
    pub denominator: u64,
}

impl Ratio {
    /// The same unit.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// A ratio in its lowest terms; `None` if either side is 0.
    pub fn new(numerator: u64, denominator: u64) -> Option<Self> {
        if numerator == 0 || denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// Reads `1000`, `0.001` or `1/1000`.
    pub fn parse(text: &str) -> Option<Self> {
        let (above, below) = text.split_once('/').unwrap_or((text, "1"));
        let (above, below) = (Decimal::parse(above.trim())?, Decimal::parse(below.trim())?);
        let numerator = u64::try_from(above.mantissa).ok()?.checked_mul(10u64.checked_pow(below.scale)?)?;
        let denominator = u64::try_from(below.mantissa).ok()?.checked_mul(10u64.checked_pow(above.scale)?)?;
        Self::new(numerator, denominator)
    }
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// What is left of a text that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    /// The value.
    pub value: Micro,
    /// Whether the text had digits below a millionth, which were rounded half to even.
    pub rounded: bool,
}

/// The value in millionths of the item's unit; `None` if the text is no plain decimal number, or too large to keep.
pub fn exact(text: &str, factor: Ratio) -> Option<Exact> {
    let number = Decimal::parse(text)?;
    // At most 18 digits × u64 × 10⁶ stays below 2¹²⁷: 10¹⁸ × 1.9·10¹⁹ × 10⁶ would not, so it is checked.
    let above =
        i128::from(number.mantissa).checked_mul(i128::from(factor.numerator))?.checked_mul(1_000_000)?;
    let below = i128::from(factor.denominator).checked_mul(10i128.checked_pow(number.scale)?)?;
    let (whole, rest) = (above.div_euclid(below), above.rem_euclid(below));
    let up = match (rest * 2).cmp(&below) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => whole & 1,
        std::cmp::Ordering::Greater => 1,
    };
    let value = i64::try_from(whole + up).ok().filter(|value| value.unsigned_abs() < MOST)?;
    Some(Exact { value: Micro(value), rounded: rest != 0 })
}

/// The lake keeps decimal(18, 6).
const MOST: u64 = 1_000_000_000_000_000_000;

/// Digits, perhaps a sign, perhaps a point.
struct Decimal {
    mantissa: i64,
    scale: u32,
}

impl Decimal {
    /// `None` for anything but `[+-]digits[.digits]`; at most 18 digits count.
    fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            all => (false, all),
        };
        let (mut mantissa, mut scale, mut point, mut any, mut counted) = (0i64, 0u32, false, false, 0);
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    any = true;
                    counted += u32::from(mantissa != 0 || byte != b'0');
                    if counted > 18 || scale >= 18 {
                        return None;
                    }
                    mantissa = mantissa * 10 + i64::from(byte - b'0');
                    scale += u32::from(point);
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        any.then_some(Self { mantissa: if negative { -mantissa } else { mantissa }, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::{Ratio, exact};
    use proptest::prelude::*;

    fn check(text: &str, factor: &str, expected: Option<(i64, bool)>) {
        let factor = Ratio::parse(factor).expect("a ratio");
        assert_eq!(
            exact(text, factor).map(|exact| (exact.value.0, exact.rounded)),
            expected,
            "{text} × {factor:?}"
        );
    }

    #[test]
    fn a_number_is_read_exactly() {
        check("35", "1", Some((35_000_000, false)));
        check("0.6", "1", Some((600_000, false)));
        check("75600.000", "1/1000", Some((75_600_000, false)));
        check("0.035", "1000", Some((35_000_000, false)));
        check("-0.5", "1", Some((-500_000, false)));
        check(".5", "1", Some((500_000, false)));
        check("5.", "1", Some((5_000_000, false)));
        check("0.0000005", "1", Some((0, true)));
        check("0.0000015", "1", Some((2, true)));
        check("-0.0000015", "1", Some((-2, true)));
        check("1", "1/3", Some((333_333, true)));
        check("999999999999.999999", "1", Some((999_999_999_999_999_999, false)));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1e3", "NaN", "--", "1,5", "0x10", " 1", "１", "1000000000000", "1.2.3"] {
            check(text, "1", None);
        }
        check("9999999999999", "999999999999999999", None);
        assert_eq!(Ratio::parse("0"), None);
        assert_eq!(Ratio::parse("1/0"), None);
        assert_eq!(Ratio::parse("-1"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,40}", above in 1u64.., below in 1u64..) {
            let _ = exact(&text, Ratio::new(above, below).expect("neither is 0"));
            let _ = Ratio::parse(&text);
        }

        #[test]
        fn six_decimals_come_back(micro in -999_999_999_999_999i64..=999_999_999_999_999) {
            let text = format!("{}{}.{:06}", if micro < 0 { "-" } else { "" }, micro.abs() / 1_000_000, micro.abs() % 1_000_000);
            let read = exact(&text, Ratio::ONE).expect("a number");
            prop_assert_eq!((read.value.0, read.rounded), (micro, false));
        }
    }
}
