//! Days of stations, packed.

use jiff::civil::Date as CivilDate;
use readings::air::Station;
use standards::air::{Concentration, Day, Item, MISSING, Settings};

/// A station's day in 36 bytes: sums and counts, from which each concentration is an exact ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StationDay {
    /// By item, the sum of the hours in thousandths; for ozone that of the largest valid window.
    pub(crate) sums: [u32; Item::COUNT],
    /// By item, how many hours had a value.
    pub(crate) hours: [u8; Item::COUNT],
    /// Hours of the largest valid window of ozone; 0 if the day of ozone is not valid.
    pub(crate) window: u8,
    /// How many windows of ozone were valid.
    pub(crate) windows: u8,
    /// The daily maximum 1 hour of ozone in thousandths; negative if missing.
    pub(crate) ozone_hour: i32,
}

impl StationDay {
    /// A day without any hour.
    pub(crate) const NONE: Self =
        Self { sums: [0; Item::COUNT], hours: [0; Item::COUNT], window: 0, windows: 0, ozone_hour: MISSING };

    /// How many hours of an item had a value.
    pub const fn hours(&self, item: Item) -> u8 {
        self.hours[item.index()]
    }

    /// How many of the 17 windows of ozone were valid.
    pub const fn windows(&self) -> u8 {
        self.windows
    }

    /// Whether no hour of any item had a value.
    pub fn is_empty(&self) -> bool {
        self.hours == [0; Item::COUNT]
    }

    /// The day's concentrations; what has too few hours is missing.
    #[inline]
    pub fn day(&self, settings: &Settings) -> Day {
        let mut day = Day::default();
        for item in Item::ALL {
            let place = item.index();
            let count = match item {
                Item::O3 => self.window,
                _ if self.hours[place] < settings.hours_of_day => 0,
                _ => self.hours[place],
            };
            day.values[place] = Concentration::ratio(i64::from(self.sums[place]), u32::from(count));
        }
        day.ozone_hour = Concentration::thousandths(i64::from(self.ozone_hour));
        day
    }
}

/// The days of all stations, sorted by the stations' names, from the first day that has a value to the last.
#[derive(Clone, Debug)]
pub struct Days {
    pub(crate) settings: Settings,
    pub(crate) stations: Vec<Station>,
    /// By station, whether it takes no part in its city.
    pub(crate) left_out: Vec<bool>,
    /// The number of the first day, counted from 1970-01-01.
    pub(crate) first: i32,
    pub(crate) count: usize,
    /// By station, its days.
    pub(crate) by_station: Vec<Vec<StationDay>>,
}

impl Days {
    /// Leaves stations out of their cities' values; they keep their own.
    pub fn leave_out(&mut self, is: impl Fn(&str) -> bool) {
        self.left_out = self.stations.iter().map(|station| is(&station.name)).collect();
    }

    /// The stations that take no part in their cities, by name.
    pub fn left_out(&self) -> impl Iterator<Item = &Station> {
        self.stations
            .iter()
            .zip(&self.left_out)
            .filter(|(_, left_out)| **left_out)
            .map(|(station, _)| station)
    }

    /// The stations, by name.
    pub fn stations(&self) -> &[Station] {
        &self.stations
    }

    /// How many days there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no day.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The first day.
    pub fn first(&self) -> CivilDate {
        date(self.first)
    }

    /// The days of a station.
    pub fn of_station(&self, station: usize) -> &[StationDay] {
        self.by_station.get(station).map_or(&[], Vec::as_slice)
    }
}

/// The date of a day's number.
pub(crate) fn date(number: i32) -> CivilDate {
    let date = standards::calendar::Date::of_number(number);
    // Days are kept between 1980 and 2099, all of which are in the calendar.
    CivilDate::new(date.year, date.month as i8, date.day as i8).unwrap_or(CivilDate::ZERO)
}
