//! Numbers as people write them: `12,345.6`, `１２３`, `−5`, `12 公里`, `2.14万亩`.

use message::{Text, text};
use quantity::{Unit, convert};
use rust_decimal::Decimal;

use crate::words::half_width;

/// A number and the unit written after it, if any.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) value: Decimal,
    pub(crate) unit: String,
}

impl Number {
    /// The number in the field's unit, converted exactly.
    pub(crate) fn in_unit(self, name: Option<&str>, unit: Option<&Unit>) -> Result<Decimal, Text> {
        if self.unit.is_empty() || Some(self.unit.as_str()) == name {
            return Ok(self.value);
        }
        let written = &self.unit;
        let Some(name) = name else {
            return Err(text!(
                "这一项没有单位，却写了“{written}”",
                "this number has no unit, but “{written}” is written"
            ));
        };
        // `1.2万` in a field of metres means ten thousands of them.
        let from = Unit::parse(written).or_else(|| Unit::parse(&format!("{written}{name}")));
        let wanted = unit.zip(from).and_then(|(to, from)| convert(self.value, &from, to));
        wanted
            .ok_or_else(|| text!("“{written}”不能换算为{name}", "“{written}” cannot be converted to {name}"))
    }
}

/// Reads a number with an optional unit behind it; `None` if it is not one or has too many digits to be exact.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    if let Some(value) = plain(text) {
        return Some(Number { value, unit: String::new() });
    }
    let half: String = text.chars().map(simplify).collect();
    let half = half.trim();
    let (negative, rest) = match half.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, half.strip_prefix('+').unwrap_or(half)),
    };
    let end = rest
        .char_indices()
        .find(|(_, letter)| !(letter.is_ascii_digit() || matches!(letter, '.' | ',' | '\u{2009}')))
        .map_or(rest.len(), |(at, _)| at);
    let (digits, unit) = rest.split_at(end);
    let digits = digits.trim_end_matches('\u{2009}');
    let value = Decimal::from_str_exact(&ungrouped(digits)?).ok()?;
    let unit = unit.trim();
    // What follows must look like a unit, not like the rest of a broken number.
    if unit.chars().any(|letter| letter.is_ascii_digit() && !matches!(letter, '2' | '3')) {
        return None;
    }
    Some(Number { value: if negative { -value } else { value }, unit: unit.to_owned() })
}

/// A number cell as Excel shows it: with fifteen significant digits, since the rest is noise of the binary form
/// (0.1 + 0.2 is stored as 0.30000000000000004).
pub(crate) fn from_float(number: f64) -> Option<Decimal> {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return Some(Decimal::from(number as i64));
    }
    if !number.is_finite() {
        return None;
    }
    // Few decimals are the rule. The quotient is rounded correctly, so if it is the number, then the number is the
    // nearest to these decimals, and no other of fifteen digits is.
    for scale in 1..=6 {
        let power = [10.0, 1e2, 1e3, 1e4, 1e5, 1e6][scale - 1];
        let shifted = (number * power).round();
        if shifted.abs() < 1e15 && shifted / power == number {
            return Some(Decimal::new(shifted as i64, scale as u32));
        }
    }
    let written = format!("{number:.14e}");
    let (digits, exponent) = written.split_once('e')?;
    let mut mantissa: i128 = digits.replace('.', "").parse().ok()?;
    let mut scale = 14 - exponent.parse::<i32>().ok()?;
    while scale > 0 && mantissa % 10 == 0 && mantissa != 0 {
        mantissa /= 10;
        scale -= 1;
    }
    if scale < 0 {
        mantissa = mantissa.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
        scale = 0;
    }
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale).ok()?).ok()
}

/// The common case without any copying: at most 18 plain digits.
fn plain(text: &str) -> Option<Decimal> {
    let bytes = text.as_bytes();
    (!bytes.is_empty() && bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit))
        .then(|| Decimal::from(bytes.iter().fold(0_i64, |sum, byte| sum * 10 + i64::from(byte - b'0'))))
}

fn simplify(letter: char) -> char {
    match half_width(letter) {
        '−' | '–' | '﹣' => '-',
        '\u{202f}' | '\u{a0}' => '\u{2009}',
        other => other,
    }
}

/// The digits without the separators of thousands, which must stand where they belong.
fn ungrouped(digits: &str) -> Option<String> {
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    if fraction
        .is_some_and(|fraction| fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let groups: Vec<&str> = whole.split([',', '\u{2009}']).collect();
    let well_grouped = match groups.as_slice() {
        [all] => !all.is_empty(),
        [first, rest @ ..] => (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3),
        [] => false,
    };
    if !well_grouped {
        return None;
    }
    let mut out = groups.concat();
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{from_float, parse_number};

    #[test]
    fn numbers_are_read_as_people_write_them() {
        fn check(text: &str, expected: Option<(&str, &str)>) {
            let found = parse_number(text).map(|number| (number.value.to_string(), number.unit));
            let expected = expected.map(|(value, unit)| (value.to_owned(), unit.to_owned()));
            assert_eq!(found, expected, "{text}");
        }
        check("12", Some(("12", "")));
        check(" 1,234,567.80 ", Some(("1234567.80", "")));
        check("１２，３４５．６", Some(("12345.6", "")));
        check("−5", Some(("-5", "")));
        check("＋7", Some(("7", "")));
        check("12 公里", Some(("12", "公里")));
        check("2.14万亩", Some(("2.14", "万亩")));
        check("30 m2", Some(("30", "m2")));
        check("12\u{2009}345", Some(("12345", "")));
        check("1,23", None);
        check("1,2345", None);
        check(",123", None);
        check("1.", None);
        check(".5", None);
        check("1.2.3", None);
        check("1e5 7", None);
        check("", None);
        check("约12", None);
        check("99999999999999999999999999999999", None);
        check("0.1234567890123456789012345678901234567890", None);
    }

    #[test]
    fn floats_are_read_as_excel_shows_them() {
        fn check(number: f64, expected: Option<&str>) {
            assert_eq!(from_float(number).map(|value| value.to_string()).as_deref(), expected, "{number}");
        }
        check(12.0, Some("12"));
        check(0.1 + 0.2, Some("0.3"));
        check(1234.567, Some("1234.567"));
        check(-0.000_001_5, Some("-0.0000015"));
        check(1e20, Some("100000000000000000000"));
        check(1e40, None);
        check(f64::NAN, None);
        check(f64::INFINITY, None);
        check(1e-40, None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,30}", digits in "[-+]?[0-9０-９,.，]{0,40}[a-z公里万]{0,3}", bits: u64) {
            let _ = parse_number(&text);
            let _ = parse_number(&digits);
            let _ = from_float(f64::from_bits(bits));
        }
    }
}
