//! The values of a city from those of its stations.
//!
//! First the concentrations are averaged, then the index is made: neither the mean of the stations' AQIs
//! nor the worst station is the city's (HJ 663).

use super::{Concentration, Day, Item, Settings, Sum};

/// Collects the days of a city's stations; the order does not matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct CityDay {
    sums: [Sum; Item::COUNT],
    ozone_hour: Sum,
}

impl CityDay {
    /// Adds the day of one station. A station without a day need not be added.
    #[inline]
    pub fn push(&mut self, day: &Day) {
        for (sum, &value) in self.sums.iter_mut().zip(&day.values) {
            sum.push(value);
        }
        self.ozone_hour.push(day.ozone_hour);
    }

    /// How many stations had a valid value of the item.
    #[inline]
    pub const fn stations(&self, item: Item) -> u32 {
        self.sums[item.index()].count()
    }

    /// The city's day. `stations` is how many stations take part in the city's evaluation, with or without
    /// data: an item is missing where too few of them are valid.
    #[inline]
    pub fn day(&self, stations: u32, settings: &Settings) -> Day {
        let mean = |sum: &Sum| {
            if enough(sum.count(), stations, settings) {
                sum.mean_concentration()
            } else {
                Concentration::MISSING
            }
        };
        Day { values: self.sums.each_ref().map(mean), ozone_hour: mean(&self.ozone_hour) }
    }
}

/// Whether so many valid stations of so many are enough for the city.
#[inline]
pub const fn enough(valid: u32, stations: u32, settings: &Settings) -> bool {
    let few = stations < settings.few_stations as u32;
    let share = if few { settings.share_of_few_stations } else { settings.share_of_stations };
    valid > 0 && valid as u64 * 100 >= stations as u64 * share as u64
}
