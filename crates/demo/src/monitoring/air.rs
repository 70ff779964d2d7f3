//! The hours of the air stations, made so that they come to the city's days exactly.
//!
//! ```text
//! city's day ─▶ stations' days (their differences cancel over the valid ones) ─▶ hours (their mean, or ozone's
//!               greatest mean of eight hours, is the station's day)
//! ```
//!
//! All of these are whole numbers of µg/m³ (of CO tenths of mg/m³), so that no rule of rounding in between could matter.

use jiff::civil::Date;
use jiff::{ToSpan, civil::date};

use super::Sample;
use super::days::{CO, Day, NO2, O3, PM2_5, PM10, SO2};
use super::gaps::{self, Hour, Hours};
use super::points::AIR;
use super::settle::settle;
use crate::random::Random;

/// The lake's keys, in the order of a day's pollutants.
pub(crate) const ITEMS: [&str; 6] = ["pm2_5", "pm10", "so2", "no2", "o3", "co"];

/// How the hours of a day differ, in thousandths of the day: dust and exhaust by night and at the rush hours.
const SHAPES: [[i64; 24]; 6] = [
    [
        1080, 1060, 1040, 1020, 1000, 1000, 1020, 1060, 1100, 1090, 1040, 980, 930, 890, 860, 850, 870, 910,
        970, 1020, 1060, 1090, 1100, 1090,
    ],
    [
        1040, 1010, 980, 960, 950, 960, 1010, 1080, 1130, 1110, 1050, 990, 940, 900, 880, 880, 910, 960,
        1020, 1060, 1080, 1080, 1060, 1050,
    ],
    [
        900, 880, 870, 870, 880, 910, 960, 1040, 1130, 1200, 1220, 1190, 1120, 1060, 1010, 980, 960, 960,
        970, 980, 980, 970, 950, 920,
    ],
    [
        1120, 1050, 980, 930, 910, 940, 1030, 1150, 1200, 1100, 950, 820, 740, 690, 680, 710, 790, 920, 1080,
        1200, 1250, 1260, 1240, 1190,
    ],
    // From ten to six the mean is the day's value itself; these are the eight hours of most ozone.
    [
        500, 480, 460, 440, 420, 400, 390, 420, 520, 700, 900, 980, 1040, 1080, 1080, 1040, 980, 900, 780,
        680, 620, 580, 550, 520,
    ],
    [
        1060, 1030, 1000, 980, 970, 970, 1000, 1070, 1120, 1090, 1020, 960, 920, 890, 870, 870, 890, 940,
        1000, 1050, 1080, 1090, 1090, 1080,
    ],
];

/// Where ozone's eight hours usually begin.
const NOON: usize = 10;

/// All rows of a year, day by day.
pub(crate) fn hours(seed: u64, year: i16, days: &[Day]) -> Vec<Sample> {
    let mut random = Random::new(seed, &format!("air hours {year}"));
    let mut samples = Vec::with_capacity(days.len() * AIR.len() * 6 * 24);
    for (number, city) in days.iter().enumerate() {
        let day = date(year, 1, 1).saturating_add((number as i64).days());
        let gaps = gaps::of_a_day(&mut random, day);
        let stations = stations(&mut random, city, &gaps);
        let neighbours = [days[number.saturating_sub(1)], days[(number + 1).min(days.len() - 1)]];
        for (station, (own, gaps)) in stations.iter().zip(&gaps).enumerate() {
            write(&mut random, &mut samples, (station, day), own, &neighbours, gaps);
        }
    }
    samples
}

/// What each station has of a day: over the valid ones the mean is the city's.
fn stations(random: &mut Random, city: &Day, gaps: &[Hours; AIR.len()]) -> [Day; AIR.len()] {
    let mut days = [[0; 6]; AIR.len()];
    for item in [PM2_5, PM10, SO2, NO2, O3, CO] {
        for (day, point) in days.iter_mut().zip(&AIR) {
            let more = point.more[item] + random.between(-40, 40);
            day[item] = (city[item] * (1000 + more) / 1000).max(1);
        }
        let counts =
            |station: &usize| AIR[*station].evaluated && gaps::is_valid_day(item, &gaps[*station][item]);
        let counting: Vec<usize> = (0..AIR.len()).filter(counts).collect();
        let mut values: Vec<i64> = counting.iter().map(|station| days[*station][item]).collect();
        // Whatever is in PM2.5 is in PM10 too.
        let floor = |station: &usize| match item {
            PM10 => (days[*station][PM2_5] + 2).min(city[item]),
            _ => 1,
        };
        let floors: Vec<i64> = counting.iter().map(floor).collect();
        let first = random.index(counting.len());
        settle(&mut values, &floors, city[item] * counting.len() as i64, first);
        for (station, value) in counting.iter().zip(values) {
            days[*station][item] = value;
        }
        if item == O3 {
            // A day with too few windows would be valid all the same if it exceeded the limit.
            let short = (0..AIR.len()).filter(|station| !gaps::is_valid_day(item, &gaps[*station][item]));
            short.for_each(|station| days[station][item] = days[station][item].min(150));
        }
    }
    days
}

/// The rows of a station's day.
fn write(
    random: &mut Random,
    samples: &mut Vec<Sample>,
    (station, day): (usize, Date),
    own: &Day,
    neighbours: &[Day; 2],
    gaps: &Hours,
) {
    let midnight = super::midnight(day);
    let mut dust = [0; 24];
    for item in [PM2_5, PM10, SO2, NO2, O3, CO] {
        let hours = if item == O3 {
            ozone(random, own[O3], &gaps[O3])
        } else {
            let trend = neighbours[1][item] - neighbours[0][item];
            let floors = if item == PM10 { dust.map(|dust: i64| (dust + 1).min(own[PM10])) } else { [1; 24] };
            mean(random, (item, own[item]), trend, &floors, &gaps[item])
        };
        if item == PM2_5 {
            dust = hours;
        }
        for (hour, (value, gap)) in (0_i64..).zip(hours.into_iter().zip(&gaps[item])) {
            let (value, flag) = match gap {
                Hour::Valid => (value, "N"),
                Hour::Absent => continue,
                Hour::Marked(flag) => (marked(flag, value), *flag),
            };
            samples.push(Sample {
                station: AIR[station].code,
                item: ITEMS[item],
                span: super::Span::Hour,
                seconds: midnight + hour * 3600,
                micro: value * if item == CO { 100_000 } else { 1_000_000 },
                flag,
            });
        }
    }
}

/// What a device tells while its values do not count: it would be seen at once if one did.
fn marked(flag: &str, value: i64) -> i64 {
    match flag {
        "C" => 400,
        "D" => value * 4 + 150,
        _ => (value / 3).max(1),
    }
}

/// Hours of which the valid ones have this mean.
fn mean(
    random: &mut Random,
    (item, value): (usize, i64),
    trend: i64,
    floors: &[i64; 24],
    gaps: &[Hour; 24],
) -> [i64; 24] {
    let mut drift = 0;
    let mut hours = [0; 24];
    for (hour, made) in hours.iter_mut().enumerate() {
        drift = (drift * 6 + random.between(-120, 120) * 4) / 10;
        let usual = value * SHAPES[item][hour] * (1000 + drift) / 1_000_000;
        *made = (usual + trend * (2 * hour as i64 - 23) / 96).max(1);
    }
    let valid: Vec<usize> = (0..24).filter(|hour| gaps[*hour] == Hour::Valid).collect();
    let total = value * valid.len() as i64;
    settle_some(random, &mut hours, &valid, floors, total);
    hours
}

/// Hours of which no eight have a greater mean than this, and some eight have it.
fn ozone(random: &mut Random, value: i64, gaps: &[Hour; 24]) -> [i64; 24] {
    let mut hours = [0; 24];
    for (hour, made) in hours.iter_mut().enumerate() {
        *made = (value * SHAPES[O3][hour] * (1000 + random.between(-40, 40)) / 1_000_000).max(1);
    }
    let in_window = |from: usize| (from..from + 8).filter(|hour| gaps[*hour] == Hour::Valid);
    // The eight hours that are complete enough: of the most complete ones those nearest to noon.
    let from = if in_window(NOON).count() >= 6 {
        NOON
    } else {
        (0..=16)
            .max_by_key(|from| (in_window(*from).count(), from.abs_diff(NOON).wrapping_neg()))
            .unwrap_or(NOON)
    };
    let window: Vec<usize> = in_window(from).collect();
    settle_some(random, &mut hours, &window, &[1; 24], value * window.len() as i64);
    let least = window.iter().map(|hour| hours[*hour]).min().unwrap_or(value);
    for hour in (0..24).filter(|hour| !window.contains(hour)) {
        hours[hour] = hours[hour].min(least);
    }
    // Where hours are missing at the edge, fewer and greater ones may make up a window: then the eight are made alike.
    let exceeds = (0..=16).any(|from| {
        let count = in_window(from).count() as i64;
        count >= 6 && in_window(from).map(|hour| hours[hour]).sum::<i64>() > value * count
    });
    if exceeds {
        for (hour, made) in hours.iter_mut().enumerate() {
            *made = if window.contains(&hour) { value } else { (*made).min(value) };
        }
    }
    hours
}

/// Settles some of the hours.
fn settle_some(random: &mut Random, hours: &mut [i64; 24], some: &[usize], floors: &[i64; 24], total: i64) {
    let mut values: Vec<i64> = some.iter().map(|hour| hours[*hour]).collect();
    let floors: Vec<i64> = some.iter().map(|hour| floors[*hour]).collect();
    let first = random.index(some.len());
    settle(&mut values, &floors, total, first);
    for (hour, value) in some.iter().zip(values) {
        hours[*hour] = value;
    }
}
