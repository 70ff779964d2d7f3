//! The civil calendar, as far as the rules need it: lengths of months and years, and a number for a day.
//!
//! The crate sees no other, so it brings these few lines instead of a date library; a caller converts its
//! own dates by year, month and day.

/// A civil date. The parts are trusted to be a real date; nothing here panics if they are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year.
    pub year: i16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// The date of these parts.
    pub const fn new(year: i16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// The number of the day, counted from 1970-01-01 (= 0).
    pub const fn number(self) -> i32 {
        // Years begin in March here, so that the leap day is the last of its year.
        let month = self.month as i32;
        let year = self.year as i32 - (month <= 2) as i32;
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + self.day as i32 - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The date of a day's number; the inverse of [`Date::number`].
    pub const fn of_number(number: i32) -> Self {
        let days = number + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + (month <= 2) as i32;
        Self { year: year as i16, month: month as u8, day: day as u8 }
    }

    /// The day of the week, 0 = Monday.
    pub const fn weekday(self) -> u8 {
        (self.number() + 3).rem_euclid(7) as u8
    }
}

/// Whether the year has a 29 February.
pub const fn is_leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The number of days of a year.
pub const fn days_of_year(year: i16) -> u16 {
    365 + is_leap(year) as u16
}

/// The number of days of a month (from 1); 0 for a month that there is not.
pub const fn days_of_month(year: i16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + is_leap(year) as u8,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, days_of_month, days_of_year};

    #[test]
    fn numbers_count_every_day_once() {
        let mut expected = Date::new(1970, 1, 1);
        for number in 0..60_000 {
            assert_eq!(expected.number(), number);
            assert_eq!(Date::of_number(number), expected);
            assert_eq!(i32::from(expected.weekday()), (number + 3) % 7, "1970-01-01 was a Thursday");
            expected.day += 1;
            if expected.day > days_of_month(expected.year, expected.month) {
                (expected.day, expected.month) = (1, expected.month + 1);
            }
            if expected.month > 12 {
                (expected.month, expected.year) = (1, expected.year + 1);
            }
        }
        assert_eq!((days_of_year(2024), days_of_year(2026), days_of_year(2100)), (366, 365, 365));
    }
}
