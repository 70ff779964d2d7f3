//! Times as the wire writes them: civil fields, no zone, no clock.

use std::fmt;

use thiserror::Error;

/// `YYYYMMDDhhmmss`, or with three digits of milliseconds. Always a day of the calendar and a time of day.
///
/// Ordered by time; a moment without milliseconds comes before the same with `000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    millisecond: Option<u16>,
}

/// What is wrong with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum MomentFault {
    /// Neither 14 nor 17 characters.
    #[error("a time has 14 or 17 digits, not {0}")]
    Length(usize),
    /// A character that is no digit.
    #[error("character {0} of the time is no digit")]
    NotADigit(usize),
    /// The month is not 1 to 12.
    #[error("month {0}")]
    Month(u8),
    /// The month has no such day: 30 February, 29 February of a common year, 31 April, 0.
    #[error("{year:04}-{month:02} has no day {day}")]
    Day {
        /// The year.
        year: u16,
        /// The month.
        month: u8,
        /// The day that it has not.
        day: u8,
    },
    /// The hour is 24 or more. (24 may mean midnight at the day's end; it is told, not guessed.)
    #[error("hour {0}")]
    Hour(u8),
    /// The minute is 60 or more.
    #[error("minute {0}")]
    Minute(u8),
    /// The second is 60 or more.
    #[error("second {0}")]
    Second(u8),
}

/// A time of the calendar that cannot be true of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Implausible {
    /// Before anything could have been measured: a device whose clock has lost its time sends 1970.
    #[error("the time lies before the earliest that is plausible")]
    TooEarly,
    /// Later than the caller's now.
    #[error("the time lies in the future")]
    Future,
}

impl Moment {
    /// Reads 14 or 17 digits.
    pub fn parse(text: &str) -> Result<Self, MomentFault> {
        if let Some(at) = text.chars().position(|character| !character.is_ascii_digit()) {
            return Err(MomentFault::NotADigit(at + 1));
        }
        let bytes = text.as_bytes();
        if bytes.len() != 14 && bytes.len() != 17 {
            return Err(MomentFault::Length(bytes.len()));
        }
        let two = |at: usize| (bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0');
        let millisecond = (bytes.len() == 17).then(|| u16::from(two(14)) * 10 + u16::from(bytes[16] - b'0'));
        Self {
            year: u16::from(two(0)) * 100 + u16::from(two(2)),
            month: two(4),
            day: two(6),
            hour: two(8),
            minute: two(10),
            second: two(12),
            millisecond,
        }
        .checked()
    }

    /// Year, month, day, hour, minute, second.
    pub fn new(
        (year, month, day): (u16, u8, u8),
        (hour, minute, second): (u8, u8, u8),
    ) -> Result<Self, MomentFault> {
        Self { year, month, day, hour, minute, second, millisecond: None }.checked()
    }

    /// The same with milliseconds (at most 999), as a QN needs them.
    pub fn with_millisecond(self, millisecond: u16) -> Self {
        Self { millisecond: Some(millisecond.min(999)), ..self }
    }

    /// The year, 0 to 9999; the month, 1 to 12; the day, 1 to the month's last.
    pub fn date(&self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// The hour, 0 to 23; the minute, 0 to 59; the second, 0 to 59.
    pub fn time(&self) -> (u8, u8, u8) {
        (self.hour, self.minute, self.second)
    }

    /// The milliseconds, where they are written.
    pub fn millisecond(&self) -> Option<u16> {
        self.millisecond
    }

    /// One millisecond later: each frame of a split upload has its own QN.
    pub fn next_millisecond(self) -> Self {
        let mut next = Self { millisecond: Some(self.millisecond.unwrap_or(0) + 1), ..self };
        if next.millisecond < Some(1000) {
            return next;
        }
        (next.millisecond, next.second) = (Some(0), next.second + 1);
        if next.second == 60 {
            (next.second, next.minute) = (0, next.minute + 1);
        }
        if next.minute == 60 {
            (next.minute, next.hour) = (0, next.hour + 1);
        }
        if next.hour == 24 {
            (next.hour, next.day) = (0, next.day + 1);
        }
        if next.day > days_of_month(next.year, next.month) {
            (next.day, next.month) = (1, next.month + 1);
        }
        if next.month == 13 {
            // After the last year that four digits write comes the first.
            (next.month, next.year) = (1, (next.year + 1) % 10_000);
        }
        next
    }

    fn checked(self) -> Result<Self, MomentFault> {
        if self.year > 9999 {
            return Err(MomentFault::Length(usize::from(self.year).to_string().len() + 10));
        }
        if !(1..=12).contains(&self.month) {
            return Err(MomentFault::Month(self.month));
        }
        if self.day == 0 || self.day > days_of_month(self.year, self.month) {
            return Err(MomentFault::Day { year: self.year, month: self.month, day: self.day });
        }
        if self.hour > 23 {
            return Err(MomentFault::Hour(self.hour));
        }
        if self.minute > 59 {
            return Err(MomentFault::Minute(self.minute));
        }
        if self.second > 59 {
            return Err(MomentFault::Second(self.second));
        }
        Ok(self)
    }

    /// Whether it can be true: not before `earliest`, not after `latest` (both the caller's, in the device's own civil
    /// time; `latest` should leave room for clocks that differ a little).
    pub fn plausible(&self, earliest: &Moment, latest: &Moment) -> Result<(), Implausible> {
        let without = |moment: &Moment| Moment { millisecond: None, ..*moment };
        if without(self) < without(earliest) {
            Err(Implausible::TooEarly)
        } else if without(self) > without(latest) {
            Err(Implausible::Future)
        } else {
            Ok(())
        }
    }
}

/// As the wire writes it: 14 digits, 17 with milliseconds.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, millisecond } = self;
        write!(f, "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")?;
        millisecond.map_or(Ok(()), |millisecond| write!(f, "{millisecond:03}"))
    }
}

impl MomentFault {
    /// The stable name of the fault.
    pub fn key(self) -> &'static str {
        match self {
            Self::Length(_) => "length",
            Self::NotADigit(_) => "not_a_digit",
            Self::Month(_) => "month",
            Self::Day { .. } => "day",
            Self::Hour(_) => "hour",
            Self::Minute(_) => "minute",
            Self::Second(_) => "second",
        }
    }

    /// The fault in Chinese.
    pub fn chinese(self) -> String {
        match self {
            Self::Length(length) => format!("时间应为 14 或 17 位数字，现为 {length} 位"),
            Self::NotADigit(at) => format!("时间的第 {at} 个字符不是数字"),
            Self::Month(month) => format!("没有 {month} 月"),
            Self::Day { year, month, day } => format!("{year} 年 {month} 月没有 {day} 日"),
            Self::Hour(hour) => format!("没有 {hour} 时"),
            Self::Minute(minute) => format!("没有 {minute} 分"),
            Self::Second(second) => format!("没有 {second} 秒"),
        }
    }
}

fn days_of_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = match Moment::parse(text) {
            Ok(moment) => {
                assert_eq!(moment.to_string(), text);
                "a time".to_owned()
            }
            Err(fault) => format!("{}: {fault}", fault.key()),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn times_and_what_is_none() {
        check("20160801085857", "a time");
        check("20160801085857223", "a time");
        check("20240229000000", "a time");
        check("20000229235959999", "a time");
        check("19700101080000", "a time");
        check("20230229000000", "day: 2023-02 has no day 29");
        check("21000229000000", "day: 2100-02 has no day 29");
        check("20230431000000", "day: 2023-04 has no day 31");
        check("20230100000000", "day: 2023-01 has no day 0");
        check("20231301000000", "month: month 13");
        check("20230001000000", "month: month 0");
        check("20230101240000", "hour: hour 24");
        check("20230101006000", "minute: minute 60");
        check("20230101000060", "second: second 60");
        check("2023010100000", "length: a time has 14 or 17 digits, not 13");
        check("", "length: a time has 14 or 17 digits, not 0");
        check("2023010100000x", "not_a_digit: character 14 of the time is no digit");
        check("2023年01月01日", "not_a_digit: character 5 of the time is no digit");
        check("1617936069734", "length: a time has 14 or 17 digits, not 13");
    }

    #[test]
    fn a_lost_clock_and_a_fast_one_are_told() {
        fn check(text: &str, expected: Result<(), Implausible>) {
            let [moment, earliest, latest] =
                [text, "20000101000000", "20260301081000"].map(|text| Moment::parse(text).expect("a time"));
            assert_eq!(moment.plausible(&earliest, &latest), expected, "{text}");
        }
        check("19700101080000", Err(Implausible::TooEarly));
        check("20000101000000000", Ok(()));
        check("20260301081000999", Ok(()));
        check("20260301081001", Err(Implausible::Future));
    }
}
