//! Labels of time as files write them.

use jiff::civil::{Date, DateTime, Time};
use message::{Text, text};

use crate::cell::Cell;
use crate::options::Zone;

/// Seconds from UTC to the civil time of the country.
pub(crate) const EIGHT_HOURS: i64 = 8 * 3600;

/// The instant that a cell's label names, in seconds since 1970 (UTC).
pub(crate) fn instant(cell: &Cell<'_>, zone: Zone) -> Result<i64, Text> {
    match cell {
        Cell::Text(text) => instant_of_text(text, zone),
        Cell::Moment(moment) => Ok(at(*moment, zone)),
        Cell::Instant(seconds) => Ok(*seconds),
        Cell::Whole(number) => instant_of_text(&number.to_string(), zone),
        // A serial number of Excel that lost its format, or digits such as 2018022007.
        Cell::Number(number) if number.fract() == 0.0 && *number > 1e7 && *number < 1e15 => {
            instant_of_text(&(*number as i64).to_string(), zone)
        }
        Cell::Number(number) => serial(*number).map(|moment| at(moment, zone)).ok_or_else(|| wanted(cell)),
        Cell::Empty | Cell::Micro(_) | Cell::Broken(_) => Err(wanted(cell)),
    }
}

fn wanted(cell: &Cell<'_>) -> Text {
    let shown: String = cell.shown().chars().take(40).collect();
    if shown.trim().is_empty() {
        return text!("没有时间", "there is no time");
    }
    text!("“{shown}”不是时间，应如2018-02-20 07:00", "`{shown}` is no time; write it as 2018-02-20 07:00")
}

fn at(moment: DateTime, zone: Zone) -> i64 {
    let days = i64::from((moment.date() - Date::constant(1970, 1, 1)).get_days());
    let time = moment.time();
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let shift = if zone == Zone::Local { EIGHT_HOURS } else { 0 };
    days * 86_400 + seconds - shift
}

/// The moment of an Excel serial number.
pub(crate) fn serial(serial: f64) -> Option<DateTime> {
    // 10,000 is the year 1927: less is a year or a mistake.
    if !(10_000.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let seconds = (serial * 86_400.0).round() as i64;
    let date = Date::constant(1899, 12, 30);
    let date = date.checked_add(jiff::Span::new().try_days(seconds / 86_400).ok()?).ok()?;
    let of_day = seconds % 86_400;
    let time = Time::new((of_day / 3600) as i8, (of_day / 60 % 60) as i8, (of_day % 60) as i8, 0).ok()?;
    Some(date.to_datetime(time))
}

/// The instant of parts that stand in columns of their own; hour 24 is the first of the next day.
pub(crate) fn of_parts(date: Date, hour: i64, zone: Zone) -> Result<i64, Text> {
    if !(0..=24).contains(&hour) {
        return Err(text!("一天里没有{hour}时", "there is no hour {hour} in a day"));
    }
    Ok(at(date.to_datetime(Time::midnight()), zone) + hour * 3600)
}

/// Reads `2018-02-20T07:00:00`, `2018/2/20 7:00`, `2018-02-20 24:00`, `2018年2月20日7时`, `2018022007`, with or without
/// seconds and offset; a bare day is its midnight.
pub(crate) fn instant_of_text(text: &str, zone: Zone) -> Result<i64, Text> {
    let wrong = || wanted(&Cell::Text(text.into()));
    let no_day = || text!("日历上没有“{text}”这一刻", "there is no `{text}` in the calendar");
    let mut parts = Parts { text: text.trim() };
    let (first, digits) = parts.number().ok_or_else(wrong)?;
    let (year, month, day, hour, minute, second);
    let mut zone_text = None;
    match digits {
        4 => {
            year = first;
            parts.one_of(&['-', '/', '.', '年']).ok_or_else(wrong)?;
            month = parts.short().ok_or_else(wrong)?;
            parts.one_of(&['-', '/', '.', '月']).ok_or_else(wrong)?;
            day = parts.short().ok_or_else(wrong)?;
            let _ = parts.one_of(&['日', '号']);
            parts.text = parts
                .text
                .trim_start_matches(|letter: char| letter.is_whitespace() || letter == 'T' || letter == 't');
            if parts.text.is_empty() {
                (hour, minute, second) = (0, 0, 0);
            } else {
                hour = parts.short().ok_or_else(wrong)?;
                let more = parts.one_of(&[':', '时', '：', '点']).is_some();
                minute = if more { parts.short().unwrap_or(0) } else { 0 };
                let more = parts.one_of(&[':', '分', '：']).is_some();
                second = if more { parts.short().unwrap_or(0) } else { 0 };
                let _ = parts.one_of(&['秒']);
                if parts.one_of(&['.', ',']).is_some() {
                    parts.number().ok_or_else(wrong)?;
                }
                zone_text = Some(parts.text.trim());
            }
        }
        8 | 10 | 12 | 14 => {
            let mut rest = first;
            let mut cut = |unit: u64| {
                let part = rest / unit;
                rest %= unit;
                part
            };
            let scale = 10_u64.pow(digits as u32 - 8);
            (year, month, day) = (cut(10_000 * scale), cut(100 * scale), cut(scale));
            (hour, minute, second) = match digits {
                8 => (0, 0, 0),
                10 => (cut(1), 0, 0),
                12 => (cut(100), cut(1), 0),
                _ => (cut(10_000), cut(100), cut(1)),
            };
            if !parts.text.is_empty() {
                return Err(wrong());
            }
        }
        _ => return Err(wrong()),
    }
    let date = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok().zip(i8::try_from(day).ok()))
        .and_then(|(year, (month, day))| Date::new(year, month, day).ok())
        .ok_or_else(no_day)?;
    // 24:00 is the end of its day; nothing else is beyond 23:59:59.
    let is_end = hour == 24 && minute == 0 && second == 0;
    if (hour > 23 && !is_end) || minute > 59 || second > 59 {
        return Err(no_day());
    }
    let of_day = (hour * 3600 + minute * 60 + second) as i64;
    let civil = at(date.to_datetime(Time::midnight()), Zone::Utc) + of_day;
    match zone_text {
        None | Some("") => Ok(civil - if zone == Zone::Local { EIGHT_HOURS } else { 0 }),
        Some(offset) => Ok(civil - offset_seconds(offset).ok_or_else(wrong)?),
    }
}

fn offset_seconds(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(0);
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|letter| *letter != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i64>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

struct Parts<'a> {
    text: &'a str,
}

impl Parts<'_> {
    fn number(&mut self) -> Option<(u64, usize)> {
        let digits = self.text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 14 {
            return None;
        }
        let number = self.text[..digits].parse().ok()?;
        self.text = &self.text[digits..];
        Some((number, digits))
    }

    fn short(&mut self) -> Option<u64> {
        self.number().filter(|(_, digits)| *digits <= 2).map(|(number, _)| number)
    }

    fn one_of(&mut self, letters: &[char]) -> Option<char> {
        let letter = self.text.chars().next().filter(|letter| letters.contains(letter))?;
        self.text = &self.text[letter.len_utf8()..];
        Some(letter)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Zone, instant_of_text, serial};

    #[test]
    fn labels_are_read_as_files_write_them() {
        fn check(text: &str, zone: Zone, expected: &str) {
            let found = match instant_of_text(text, zone) {
                Ok(seconds) => Timestamp::from_second(seconds).expect("in range").to_string(),
                Err(fault) => fault.english,
            };
            assert_eq!(found, expected, "{text}");
        }
        check("2018-02-20T07:00:00", Zone::Local, "2018-02-19T23:00:00Z");
        check("2018-02-20T07:00:00", Zone::Utc, "2018-02-20T07:00:00Z");
        check("2018-02-20T07:00:00Z", Zone::Local, "2018-02-20T07:00:00Z");
        check("2018-02-20 07:00+08:00", Zone::Utc, "2018-02-19T23:00:00Z");
        check("2018/2/20 7:00", Zone::Local, "2018-02-19T23:00:00Z");
        check("2018年2月20日7时", Zone::Local, "2018-02-19T23:00:00Z");
        check("2018022007", Zone::Local, "2018-02-19T23:00:00Z");
        check("20180220", Zone::Utc, "2018-02-20T00:00:00Z");
        check("201802200730", Zone::Utc, "2018-02-20T07:30:00Z");
        check("2018-02-20 24:00", Zone::Utc, "2018-02-21T00:00:00Z");
        check("2018-02-20 24:00:00.000", Zone::Utc, "2018-02-21T00:00:00Z");
        check("2018-02-20 24:01", Zone::Utc, "there is no `2018-02-20 24:01` in the calendar");
        check("2018-02-29 00:00", Zone::Utc, "there is no `2018-02-29 00:00` in the calendar");
        check("yesterday", Zone::Utc, "`yesterday` is no time; write it as 2018-02-20 07:00");
        check("", Zone::Utc, "there is no time");
        assert_eq!(serial(43_151.291_666_666_7).expect("a moment").to_string(), "2018-02-20T07:00:00");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,30}", near in "[0-9]{0,15}[-/.年]?[0-9]{0,3}[-/.月]?[0-9]{0,3}[ T日]?[0-9]{0,3}[:时]?.{0,8}", bits: u64) {
            let _ = instant_of_text(&text, Zone::Local);
            let _ = instant_of_text(&near, Zone::Utc);
            let _ = serial(f64::from_bits(bits));
        }
    }
}
