//! Attainment of functional areas (功能区声环境): point-times that met their limit.

use super::settings::QuarterValue;
use super::{AreaClass, DayNight, Micro, Settings, equivalent, plausible, rounded};
use crate::rounding::half_even;

/// One valid day or night of one point: from every valid one (continuous stations), or one a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointTime {
    /// The class of the point's area.
    pub class: AreaClass,
    /// Day or night.
    pub part: DayNight,
    /// Ld or Ln.
    pub level: Micro,
}

/// Attained point-times of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Point-times within the limit.
    pub attained: u32,
    /// All point-times.
    pub all: u32,
}

impl Rate {
    /// In tenths of a percent, half to even; `None` of nothing.
    pub fn tenths(self) -> Option<i64> {
        (self.all > 0).then(|| half_even(i64::from(self.attained) * 1_000, i64::from(self.all)))
    }

    fn add(&mut self, attained: bool) {
        self.all += 1;
        self.attained += u32::from(attained);
    }
}

/// Rates by day and by night, for each class and in total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attainment {
    rates: [[Rate; 2]; 7],
}

impl Attainment {
    /// The rate of a class.
    pub const fn of(&self, class: AreaClass, part: DayNight) -> Rate {
        self.rates[class as usize][part as usize]
    }

    /// The rate of all classes.
    pub const fn total(&self, part: DayNight) -> Rate {
        self.rates[6][part as usize]
    }
}

/// Compares each point-time with its limit (GB 3096—2008); levels are rounded to [`Settings::decimals`].
pub fn attainment(times: impl IntoIterator<Item = PointTime>, settings: &Settings) -> Attainment {
    let mut found = Attainment::default();
    for time in times.into_iter().filter(|time| plausible(time.level)) {
        let attained = rounded(time.level, settings.decimals) <= time.class.limits(settings).of(time.part);
        for row in [time.class as usize, 6] {
            found.rates[row][time.part as usize].add(attained);
        }
    }
    found
}

/// The point-time of one point's quarter, from the levels of its valid days (or nights) in order of time;
/// see [`Settings::quarter_value`]. `None` without any.
pub fn quarter_point_times(levels: &[Micro], settings: &Settings) -> Option<Micro> {
    match settings.quarter_value {
        QuarterValue::First => levels.iter().copied().find(|&level| plausible(level)),
        QuarterValue::EnergyMean => {
            equivalent(levels.iter().copied()).map(|level| rounded(level, settings.decimals))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::DB;

    #[test]
    fn day_and_night_are_counted_apart() {
        let time = |class, part, level| PointTime { class, part, level };
        let times = [
            time(AreaClass::Class1, DayNight::Day, 55 * DB),
            time(AreaClass::Class1, DayNight::Day, 55_100_000),
            time(AreaClass::Class1, DayNight::Day, 55_040_000), // 55.0 after rounding
            time(AreaClass::Class1, DayNight::Night, 45_100_000),
            time(AreaClass::Class4a, DayNight::Night, 55 * DB),
            time(AreaClass::Class4a, DayNight::Night, -DB),
        ];
        let found = attainment(times, &Settings::default());
        assert_eq!(found.of(AreaClass::Class1, DayNight::Day).tenths(), Some(667));
        assert_eq!(found.of(AreaClass::Class1, DayNight::Night), Rate { attained: 0, all: 1 });
        assert_eq!(found.total(DayNight::Night).tenths(), Some(500));
        assert_eq!(found.of(AreaClass::Class2, DayNight::Day).tenths(), None);
        // The order does not matter.
        let mut turned = times;
        turned.reverse();
        assert_eq!(attainment(turned, &Settings::default()), found);
    }

    #[test]
    fn what_stands_for_a_quarter_is_a_setting() {
        let levels = [50 * DB, 60 * DB, 70 * DB];
        let value =
            |quarter_value| quarter_point_times(&levels, &Settings { quarter_value, ..Settings::default() });
        assert_eq!(value(QuarterValue::First), Some(50 * DB));
        assert_eq!(value(QuarterValue::EnergyMean), Some(65_700_000));
    }
}
