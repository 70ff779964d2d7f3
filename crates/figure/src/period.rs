//! Years, quarters, months and days, as figures are asked for.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A stretch of calendar days in Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// `2022`.
    Year(i16),
    /// `2022-Q3`.
    Quarter(i16, i8),
    /// `2022-05`.
    Month(i16, i8),
    /// `2022-05-04`.
    Day(Date),
}

/// A text that is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period: write 2022, 2022-Q3, 2022-05 or 2022-05-04")]
pub struct PeriodError(pub String);

impl Period {
    /// The first day.
    pub fn first(self) -> Date {
        match self {
            Self::Year(year) => date(year, 1, 1),
            Self::Quarter(year, quarter) => date(year, quarter * 3 - 2, 1),
            Self::Month(year, month) => date(year, month, 1),
            Self::Day(day) => day,
        }
    }

    /// The last day.
    pub fn last(self) -> Date {
        match self {
            Self::Year(year) => date(year, 12, 31),
            Self::Quarter(year, quarter) => date(year, quarter * 3, 1).last_of_month(),
            Self::Month(year, month) => date(year, month, 1).last_of_month(),
            Self::Day(day) => day,
        }
    }

    /// The period of the same length just before.
    pub fn previous(self) -> Self {
        match self {
            Self::Year(year) => Self::Year(year - 1),
            Self::Quarter(year, 1) => Self::Quarter(year - 1, 4),
            Self::Quarter(year, quarter) => Self::Quarter(year, quarter - 1),
            Self::Month(year, 1) => Self::Month(year - 1, 12),
            Self::Month(year, month) => Self::Month(year, month - 1),
            Self::Day(day) => Self::Day(day.saturating_sub(1.day())),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => write!(f, "{day}"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        parse(text).ok_or_else(|| PeriodError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Period> {
    let (year, rest) = text.split_at_checked(4)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i16 = year.parse().ok().filter(|year| (1..=9998).contains(year))?;
    let two_digits =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u8>().ok())?;
    match rest.strip_prefix('-') {
        None if rest.is_empty() => Some(Period::Year(year)),
        Some(rest) if rest.starts_with('Q') => match rest {
            "Q1" => Some(Period::Quarter(year, 1)),
            "Q2" => Some(Period::Quarter(year, 2)),
            "Q3" => Some(Period::Quarter(year, 3)),
            "Q4" => Some(Period::Quarter(year, 4)),
            _ => None,
        },
        Some(rest) if rest.len() == 2 => {
            let month = two_digits(rest).filter(|month| (1..=12).contains(month))?;
            Some(Period::Month(year, i8::try_from(month).ok()?))
        }
        Some(_) => text.parse().ok().map(Period::Day),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn periods_are_read_and_printed() {
        fn check(text: &str, first: &str, last: &str) {
            let period: Period = text.parse().expect(text);
            assert_eq!(period.to_string(), text);
            assert_eq!(
                (period.first().to_string().as_str(), period.last().to_string().as_str()),
                (first, last)
            );
        }
        check("2022", "2022-01-01", "2022-12-31");
        check("2022-Q1", "2022-01-01", "2022-03-31");
        check("2022-Q4", "2022-10-01", "2022-12-31");
        check("2024-02", "2024-02-01", "2024-02-29");
        check("2022-05-04", "2022-05-04", "2022-05-04");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "22",
            "2022-",
            "2022-Q5",
            "2022-13",
            "2022-00",
            "2022-5",
            "2022-02-30",
            "两千二",
            "2022-+1",
            "0000",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_previous_period_ends_the_day_before() {
        for (text, expected) in
            [("2022", "2021"), ("2022-Q1", "2021-Q4"), ("2022-01", "2021-12"), ("2022-03-01", "2022-02-28")]
        {
            assert_eq!(text.parse::<Period>().expect(text).previous().to_string(), expected);
        }
    }
}
