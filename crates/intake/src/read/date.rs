//! Days as people write them, and Excel's serial numbers.

use jiff::civil::Date;
use message::{Text, text};

use crate::words::half_width;

/// Reads `2022-05-04`, `2022/5/4`, `2022.5.4`, `2022年5月4日`, `20220504`, with at most a midnight behind it.
pub(crate) fn parse_date(text: &str) -> Result<Date, Text> {
    let half: String = text.trim().chars().take(40).map(half_width).collect();
    let half = half.trim();
    let mut parts = Parts { text: half };
    let found = (|| {
        let (year, digits) = parts.number()?;
        if digits == 8 && parts.is_done() {
            return Some((year / 10_000, year / 100 % 100, year % 100));
        }
        if digits != 4 {
            return None;
        }
        let separator = parts.take()?;
        let after_month = match separator {
            '-' | '/' | '.' => separator,
            '年' => '月',
            _ => return None,
        };
        let (month, _) = parts.number().filter(|(_, digits)| *digits <= 2)?;
        if parts.take()? != after_month {
            return None;
        }
        let (day, _) = parts.number().filter(|(_, digits)| *digits <= 2)?;
        if separator == '年' && !matches!(parts.take(), Some('日' | '号' | '號')) {
            return None;
        }
        Some((year, month, day))
    })();
    let (year, month, day) = found.ok_or_else(wanted)?;
    let date = Date::new(year as i16, month as i8, day as i8)
        .map_err(|_| text!("日历上没有这一天", "there is no such day in the calendar"))?;
    match parts.text.trim_matches(|letter: char| letter.is_whitespace() || letter == 'T') {
        "" | "00:00" | "0:00" | "00:00:00" | "0:00:00" | "00:00:00.000" | "00:00:00Z" => Ok(date),
        rest if rest.contains(':') => Err(has_time()),
        _ => Err(wanted()),
    }
}

pub(crate) fn has_time() -> Text {
    text!("应为日期，不带时刻", "wanted a day without a time of day")
}

fn wanted() -> Text {
    text!("不是日期，应如2022-05-04或2022年5月4日", "not a date; write it as 2022-05-04")
}

/// The day and the seconds of an Excel serial number; `None` outside Excel's calendar.
pub(crate) fn from_serial(serial: f64, is_1904: bool) -> Option<(Date, u32)> {
    let serial = if is_1904 { serial + 1462.0 } else { serial };
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let mut days = serial.floor() as i64;
    // Seconds are rounded, since a time such as 08:00 is not exact in binary.
    let mut seconds = ((serial - serial.floor()) * 86_400.0).round() as u32;
    if seconds == 86_400 {
        (days, seconds) = (days + 1, 0);
    }
    // Excel counts a 29 February 1900 that never was.
    if days == 60 {
        return None;
    }
    let epoch = if days < 60 { Date::constant(1899, 12, 31) } else { Date::constant(1899, 12, 30) };
    let date = epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some((date, seconds))
}

/// A bare number in a date column: `20220504`, or a serial number that lost its format.
pub(crate) fn from_number(number: f64) -> Result<Date, Text> {
    if number.fract() == 0.0 && (19_000_101.0..=99_991_231.0).contains(&number) {
        return parse_date(&format!("{}", number as u64));
    }
    // Below 10,000 (the year 1927) it is more likely a year or a mistake than a day.
    match from_serial(number, false) {
        Some((date, 0)) if number >= 10_000.0 => Ok(date),
        Some((_, _)) if number >= 10_000.0 => Err(has_time()),
        _ => Err(wanted()),
    }
}

struct Parts<'a> {
    text: &'a str,
}

impl Parts<'_> {
    fn number(&mut self) -> Option<(u32, usize)> {
        let digits = self.text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 8 {
            return None;
        }
        let number = self.text[..digits].parse().ok()?;
        self.text = &self.text[digits..];
        Some((number, digits))
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.text.chars().next()?;
        self.text = &self.text[letter.len_utf8()..];
        Some(letter)
    }

    fn is_done(&self) -> bool {
        self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{from_number, from_serial, parse_date};

    #[test]
    fn days_are_read_as_people_write_them() {
        fn check(text: &str, expected: &str) {
            let found = parse_date(text).map_or_else(|fault| fault.english, |date| date.to_string());
            assert_eq!(found, expected, "{text}");
        }
        check("2022-05-04", "2022-05-04");
        check(" 2022/5/4 ", "2022-05-04");
        check("2022.5.4", "2022-05-04");
        check("2022年5月4日", "2022-05-04");
        check("２０２２年０５月０４日", "2022-05-04");
        check("20220504", "2022-05-04");
        check("2022-05-04 00:00:00", "2022-05-04");
        check("2022-05-04T00:00:00", "2022-05-04");
        check("2022-05-04 13:20", "wanted a day without a time of day");
        check("2022-02-30", "there is no such day in the calendar");
        check("2022年5月", "not a date; write it as 2022-05-04");
        check("22-5-4", "not a date; write it as 2022-05-04");
        check("5/4/2022", "not a date; write it as 2022-05-04");
        check("2022-5/4", "not a date; write it as 2022-05-04");
        check("2022-05-04abc", "not a date; write it as 2022-05-04");
        check("", "not a date; write it as 2022-05-04");
    }

    #[test]
    fn serial_numbers_are_days() {
        fn check(serial: f64, is_1904: bool, expected: Option<(&str, u32)>) {
            let found = from_serial(serial, is_1904).map(|(date, seconds)| (date.to_string(), seconds));
            assert_eq!(found, expected.map(|(date, seconds)| (date.to_owned(), seconds)), "{serial}");
        }
        check(44_685.0, false, Some(("2022-05-04", 0)));
        check(43_223.0, true, Some(("2022-05-04", 0)));
        check(44_685.5, false, Some(("2022-05-04", 43_200)));
        check(1.0, false, Some(("1900-01-01", 0)));
        check(59.0, false, Some(("1900-02-28", 0)));
        check(60.0, false, None);
        check(61.0, false, Some(("1900-03-01", 0)));
        check(2_958_465.0, false, Some(("9999-12-31", 0)));
        check(2_958_466.0, false, None);
        check(f64::NAN, false, None);
        check(-1.0, false, None);
        assert_eq!(from_number(20_220_504.0).expect("a date").to_string(), "2022-05-04");
        assert_eq!(from_number(44_685.0).expect("a date").to_string(), "2022-05-04");
        assert!(from_number(2022.0).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,30}", near in "[0-9]{0,9}[-/.年]?[0-9]{0,3}[-/.月]?[0-9]{0,3}.{0,3}", bits: u64) {
            let _ = parse_date(&text);
            let _ = parse_date(&near);
            let number = f64::from_bits(bits);
            let _ = (from_serial(number, false), from_serial(number, true), from_number(number));
        }

        #[test]
        fn every_day_reads_back(days in 0_i64..100_000) {
            let date = jiff::civil::date(1850, 1, 1) + jiff::Span::new().days(days);
            prop_assert_eq!(parse_date(&date.to_string()).expect("reads"), date);
            let written = format!("{}年{}月{}日", date.year(), date.month(), date.day());
            prop_assert_eq!(parse_date(&written).expect("reads"), date);
        }
    }
}
