//! Days and decimals as whole numbers, which is how columns hold them.

use jiff::civil::Date;
use rust_decimal::Decimal;

/// Reads `2022-05-04` as days since 1970-01-01.
pub(crate) fn parse_day(text: &str) -> Option<i32> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
    let year = digit(y1)? * 1000 + digit(y2)? * 100 + digit(y3)? * 10 + digit(y4)?;
    let (month, day) = (digit(m1)? * 10 + digit(m2)?, digit(d1)? * 10 + digit(d2)?);
    let longest = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=longest).contains(&day).then(|| from_civil(year, month, day))
}

/// Days since 1970-01-01.
pub(crate) fn day_of(date: Date) -> i32 {
    from_civil(i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))
}

/// The date of a day's number; none beyond the years that dates have.
pub(crate) fn date_of(day: i32) -> Option<Date> {
    let z = i64::from(day) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let day = doy - (153 * mp + 2) / 5 + 1;
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// Reads `-1234.5` into an integer with so many decimals; none for anything else, and for what has more decimals.
pub(crate) fn parse_decimal(text: &str, scale: u8) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || (digits.len() > whole.len() && fraction.is_empty()) {
        return None;
    }
    let (fraction, beyond) = fraction.split_at_checked(usize::from(scale)).unwrap_or((fraction, ""));
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
    for _ in fraction.len()..usize::from(scale) {
        value = value.checked_mul(10)?;
    }
    Some(if negative { -value } else { value })
}

/// The decimal of an integer with so many decimals; none beyond 96 bits.
pub(crate) fn to_decimal(value: i128, scale: u8) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(value, u32::from(scale)).ok()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::{date_of, day_of, parse_day, parse_decimal, to_decimal};

    #[test]
    fn days_go_there_and_back() {
        let mut day = date(1895, 1, 1);
        while day < date(2105, 1, 1) {
            assert_eq!(date_of(day_of(day)), Some(day));
            assert_eq!(parse_day(&day.to_string()), Some(day_of(day)));
            day = day.saturating_add(1.day());
        }
        for wrong in ["", "2022-02-29", "2022-13-01", "2022-00-10", "2022-1-01", "2022-04-31", "二〇二二-1"]
        {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn decimals_are_read_exactly() {
        fn check(text: &str, expected: Option<&str>) {
            let read = parse_decimal(text, 3).and_then(|value| to_decimal(value, 3));
            assert_eq!(read.map(|read| read.to_string()).as_deref(), expected, "{text}");
        }
        check("1", Some("1.000"));
        check("-0.001", Some("-0.001"));
        check("1.2340", Some("1.234"));
        check("1.2345", None);
        check("1.", None);
        check(".5", None);
        check("1e3", None);
        check("", None);
    }
}
