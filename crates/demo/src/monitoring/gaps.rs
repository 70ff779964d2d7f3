//! The hours that a station does not deliver, or that do not count: outages, faults, calibration, maintenance.
//!
//! Nowhere do so many stations fail at once that the city's day would not be valid (three quarters of ten stations).

use jiff::civil::{Date, date};

use super::days::{CO, NO2, O3, PM2_5, PM10, SO2};
use super::points::AIR;
use crate::random::Random;

/// What an hour of an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hour {
    /// A value that counts.
    Valid,
    /// No row at all.
    Absent,
    /// A value with a mark that it does not count (HJ 212: D fault, C calibration, M maintenance).
    Marked(&'static str),
}

/// The hours of a station's day, by item.
pub(crate) type Hours = [[Hour; 24]; 6];

/// So many of the evaluated stations may be without a valid day.
const MOST_INVALID: usize = 2;

/// Whole days on which a station stood still: the station, the first day, the last one.
const OUTAGES: [(&str, Date, Date); 3] = [
    ("J003", date(2021, 3, 11), date(2021, 3, 20)),
    ("J008", date(2022, 8, 8), date(2022, 8, 21)),
    ("J011", date(2022, 2, 20), date(2022, 2, 24)),
];

/// A monitor of CO that was broken for four hours, and told so only later.
pub(crate) const BROKEN: (&str, Date) = ("J006", date(2022, 3, 15));

/// A day of all stations.
pub(crate) fn of_a_day(random: &mut Random, day: Date) -> [Hours; AIR.len()] {
    let mut all = [[[Hour::Valid; 24]; 6]; AIR.len()];
    for (number, (hours, point)) in all.iter_mut().zip(&AIR).enumerate() {
        upkeep(hours, number, day);
        trouble(random, hours);
        if (point.code, day) == BROKEN {
            mark(hours, &[CO], 9..13, Hour::Marked("D"));
        }
        if stands_still(point.code, day) {
            *hours = [[Hour::Absent; 24]; 6];
        }
    }
    for item in 0..6 {
        let invalid: Vec<usize> = (0..AIR.len())
            .filter(|&station| AIR[station].evaluated && !is_valid_day(item, &all[station][item]))
            .collect();
        // Outages stay what they are, and there is never more than one at a time.
        let mended = invalid.iter().filter(|station| !stands_still(AIR[**station].code, day));
        for &station in mended.take(invalid.len().saturating_sub(MOST_INVALID)) {
            all[station] = [[Hour::Valid; 24]; 6];
        }
    }
    all
}

fn stands_still(code: &str, day: Date) -> bool {
    OUTAGES.iter().any(|(out, first, last)| *out == code && (*first..=*last).contains(&day))
}

/// What is done by the calendar: gases are calibrated once a week in the night, filters are changed once a month.
fn upkeep(hours: &mut Hours, number: usize, day: Date) {
    if (day.day_of_year() as usize + number * 3).is_multiple_of(7) {
        mark(hours, &[SO2, NO2], 1..2, Hour::Marked("C"));
        mark(hours, &[CO, O3], 2..3, Hour::Marked("C"));
    }
    if day.day() as usize == 5 + number {
        mark(hours, &[PM2_5, PM10], 10..12, Hour::Marked("M"));
    }
}

/// What happens: lost connections, broken devices, now and then most of a day.
fn trouble(random: &mut Random, hours: &mut Hours) {
    let from = random.index(23);
    if random.chance(60) {
        mark(hours, &[0, 1, 2, 3, 4, 5], from..from + 1 + random.index(2), Hour::Absent);
    }
    if random.chance(9) {
        let from = random.index(10);
        mark(hours, &[0, 1, 2, 3, 4, 5], from..from + 6 + random.index(9), Hour::Absent);
    }
    for item in 0..6 {
        if random.chance(8) {
            let from = random.index(20);
            mark(hours, &[item], from..from + 1 + random.index(6), Hour::Marked("D"));
        }
    }
}

fn mark(hours: &mut Hours, items: &[usize], span: std::ops::Range<usize>, what: Hour) {
    for item in items {
        for hour in span.clone().filter(|hour| *hour < 24) {
            hours[*item][hour] = what;
        }
    }
}

/// Whether the item's day counts: of 24 hours 20; of ozone's 17 windows of eight hours 14 with six hours each.
pub(crate) fn is_valid_day(item: usize, hours: &[Hour; 24]) -> bool {
    if item == O3 {
        hours.windows(8).filter(|window| valid(window) >= 6).count() >= 14
    } else {
        valid(hours) >= 20
    }
}

/// The number of valid hours.
pub(crate) fn valid(hours: &[Hour]) -> usize {
    hours.iter().filter(|hour| **hour == Hour::Valid).count()
}
