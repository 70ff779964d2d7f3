//! Which hours are day, which are night, and to which date a night belongs.

use super::{Micro, Settings, equivalent, plausible, rounded};

/// Day or night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayNight {
    /// 昼间.
    Day,
    /// 夜间.
    Night,
}

impl DayNight {
    /// `day` or `night`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Night => "night",
        }
    }
}

/// To which date the hours after midnight count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NightDate {
    /// To the date on which the night began: the night of the 3rd is 22:00 on the 3rd to 06:00 on the 4th.
    Begins,
    /// To the date on which it ends.
    Ends,
    /// To their own date: its first and its last hours are one night, as in 24 hours from midnight.
    Calendar,
}

/// The part of the day that an hour (0–23, labelled by its beginning) belongs to, and how many days its
/// date is moved to get the date that it counts to (−1, 0 or 1).
pub const fn slot(hour: u8, settings: &Settings) -> (DayNight, i8) {
    if hour >= settings.day_begins && hour < settings.night_begins {
        return (DayNight::Day, 0);
    }
    let before_dawn = hour < settings.day_begins;
    let moved = match settings.night_date {
        NightDate::Begins if before_dawn => -1,
        NightDate::Ends if !before_dawn => 1,
        _ => 0,
    };
    (DayNight::Night, moved)
}

/// The level of one day or night, and how complete it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodLevel {
    /// Leq of the period, rounded to [`Settings::decimals`].
    pub level: Micro,
    /// Hours with a value.
    pub hours: u8,
}

/// A day or night that is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFewHours {
    /// Hours with a value.
    pub present: u8,
    /// Hours that a valid one needs.
    pub needed: u8,
}

/// Ld or Ln from the hourly levels of the period; absent hours and empty ones are the same.
pub fn period_level(
    part: DayNight,
    hours: &[Micro],
    settings: &Settings,
) -> Result<PeriodLevel, TooFewHours> {
    let present = hours.iter().filter(|&&level| plausible(level)).count();
    let present = u8::try_from(present).unwrap_or(u8::MAX);
    let needed = match part {
        DayNight::Day => settings.day_hours,
        DayNight::Night => settings.night_hours,
    };
    match equivalent(hours.iter().copied()) {
        Some(level) if present >= needed => {
            Ok(PeriodLevel { level: rounded(level, settings.decimals), hours: present })
        }
        _ => Err(TooFewHours { present, needed }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::DB;

    #[test]
    fn a_night_counts_to_one_date() {
        let check = |night_date, expected: [(DayNight, i8); 4]| {
            let settings = Settings { night_date, ..Settings::default() };
            assert_eq!([5, 6, 21, 22].map(|hour| slot(hour, &settings)), expected);
        };
        use DayNight::{Day, Night};
        check(NightDate::Begins, [(Night, -1), (Day, 0), (Day, 0), (Night, 0)]);
        check(NightDate::Ends, [(Night, 0), (Day, 0), (Day, 0), (Night, 1)]);
        check(NightDate::Calendar, [(Night, 0), (Day, 0), (Day, 0), (Night, 0)]);
    }

    #[test]
    fn a_day_with_too_few_hours_is_refused() {
        let settings = Settings::default();
        let found = period_level(DayNight::Day, &[60 * DB; 11], &settings);
        assert_eq!(found, Err(TooFewHours { present: 11, needed: 12 }));
        let found = period_level(DayNight::Night, &[50 * DB; 6], &settings);
        assert_eq!(found, Ok(PeriodLevel { level: 50 * DB, hours: 6 }));
        // A broken hour is a missing one.
        let broken = [60 * DB, 60 * DB, 60 * DB, 60 * DB, 60 * DB, -DB];
        assert_eq!(
            period_level(DayNight::Night, &broken, &settings),
            Err(TooFewHours { present: 5, needed: 6 })
        );
    }
}
