//! The partition's month: a month of China's time (UTC+8, no summer time), since that is what years and months of
//! monitoring are evaluated by.

use std::fmt;

/// Months since the year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Month(i32);

const DAY: i64 = 86_400_000_000;
const AHEAD: i64 = 8 * 3_600_000_000;

impl Month {
    /// The month of an instant in microseconds since 1970.
    pub(crate) fn of(micros: i64) -> Month {
        let days = micros.saturating_add(AHEAD).div_euclid(DAY);
        // The civil date from days since 1970-01-01, by eras of 400 years that begin in March.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = (from_march + 2) % 12;
        let year = year + era * 400 + i64::from(month < 2);
        Month((year * 12 + month) as i32)
    }

    /// Reads `2026-03`.
    pub(crate) fn parse(text: &str) -> Option<Month> {
        let (year, month) = text.split_once('-')?;
        let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
        ((0..=9999).contains(&year) && (1..=12).contains(&month)).then_some(Month(year * 12 + month - 1))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_month_is_chinas() {
        let check = |instant: &str, expected: &str| {
            let micros = instant.parse::<Timestamp>().unwrap().as_microsecond();
            assert_eq!(Month::of(micros).to_string(), expected, "{instant}");
            assert_eq!(Month::parse(expected), Some(Month::of(micros)));
        };
        check("2025-12-31T15:59:59.999999Z", "2025-12");
        check("2025-12-31T16:00:00Z", "2026-01");
        check("2024-02-29T15:59:59Z", "2024-02");
        check("2024-02-29T16:00:00Z", "2024-03");
        check("1970-01-01T00:00:00Z", "1970-01");
        check("1969-12-31T15:00:00Z", "1969-12");
        check("0001-01-01T00:00:00Z", "0001-01");
    }

    #[test]
    fn months_agree_with_the_calendar() {
        for day in 0..80_000_i64 {
            let second = (day - 20_000) * 86_400;
            let civil = Timestamp::from_second(second + 8 * 3600).unwrap().to_string();
            assert_eq!(Month::of(second * 1_000_000).to_string(), &civil[..7]);
        }
    }
}
