//! B5: the air of each day of two years, as the city's evaluated stations together have it.
//!
//! Concentrations come first: a month's usual level, the weather of the day, and that of the days before. Then the
//! days are put in order of their index, and the cleanest become the excellent ones, the next the fair ones, and so on,
//! as many of each as the report states; a day on the wrong side of a limit is moved over it. Whole numbers all the
//! way: the same on every machine. The hours of the stations ([`super::air`]) are made so that they come to these days.

use std::cmp::Reverse;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::random::Random;

/// A year as it is to come out.
pub(crate) struct Year {
    pub(crate) year: i16,
    /// Excellent, fair, lightly, moderately and heavily polluted days: 365 together.
    classes: [usize; 5],
    /// The means over the days, which are whole numbers, so that no rule of rounding matters.
    means: [(usize, i64); 4],
    /// The 90th percentile of ozone and the 95th of CO, alike.
    percentiles: [Percentile; 2],
}

/// The days around the percentile's place are made equal to it.
struct Percentile {
    pollutant: usize,
    /// The two places, of 365 counted from 0, that the percentile lies between (HJ 663: 1 + 364·p).
    places: [usize; 2],
    value: i64,
}

const fn ozone(value: i64) -> Percentile {
    Percentile { pollutant: O3, places: [327, 328], value }
}

const fn monoxide(value: i64) -> Percentile {
    Percentile { pollutant: CO, places: [345, 346], value }
}

pub(crate) const YEARS: [Year; 2] = [
    Year {
        year: 2021,
        classes: [82, 208, 60, 13, 2],
        means: [(PM2_5, 37), (PM10, 59), (NO2, 38), (SO2, 8)],
        percentiles: [ozone(167), monoxide(12)],
    },
    Year {
        year: 2022,
        classes: [86, 208, 59, 11, 1],
        means: [(PM2_5, 34), (PM10, 57), (NO2, 36), (SO2, 7)],
        percentiles: [ozone(164), monoxide(11)],
    },
];

pub(crate) const PM2_5: usize = 0;
pub(crate) const PM10: usize = 1;
pub(crate) const SO2: usize = 2;
pub(crate) const NO2: usize = 3;
pub(crate) const O3: usize = 4;
pub(crate) const CO: usize = 5;

/// A day's concentrations in µg/m³, of CO in tenths of mg/m³; of ozone the greatest mean of eight hours.
pub(crate) type Day = [i64; 6];

/// What is usual in the middle of each month: dust in winter, ozone in summer.
const USUAL: [[i64; 12]; 6] = [
    [57, 48, 41, 35, 29, 22, 17, 18, 25, 36, 44, 53],
    [86, 76, 74, 68, 58, 40, 32, 34, 46, 64, 74, 82],
    [10, 9, 9, 8, 8, 7, 7, 7, 8, 9, 9, 10],
    [48, 40, 39, 35, 30, 23, 19, 21, 31, 41, 47, 50],
    [54, 68, 90, 112, 134, 142, 132, 140, 130, 98, 74, 54],
    [11, 10, 9, 8, 8, 7, 7, 7, 8, 8, 9, 11],
];

/// The days of the years of the city, one list a year.
pub(crate) fn years(seed: u64) -> Vec<(i16, Vec<Day>)> {
    let mut random = Random::new(seed, "air");
    YEARS.iter().map(|year| (year.year, made_up(&mut random, year))).collect()
}

fn made_up(random: &mut Random, year: &Year) -> Vec<Day> {
    let mut days = weather(random, year.year);
    let mut order: Vec<usize> = (0..days.len()).collect();
    order.sort_by_key(|&day| (aqi(&days[day]), day));
    let mut order = order.into_iter();
    for ((least, most), count) in CLASSES.into_iter().zip(year.classes) {
        for day in order.by_ref().take(count) {
            settle(random, &mut days[day], least, most);
        }
    }
    leave_dust_for_few(random, &mut days);
    for percentile in &year.percentiles {
        pin(&mut days, percentile);
    }
    for (pollutant, mean) in year.means {
        let total = mean * days.len() as i64;
        even_out(&mut days, pollutant, total);
    }
    days
}

/// The days of a year before anybody counts them: each a little like the one before.
fn weather(random: &mut Random, year: i16) -> Vec<Day> {
    let first = date(year, 1, 1);
    let count = first.until(date(year, 12, 31)).map_or(0, |span| i64::from(span.get_days())) + 1;
    // How still the air is, and how much the sun shines, in thousandths of the usual.
    let (mut still, mut sun) = (1000, 1000);
    let day = |number: i64| -> Day {
        let today = first.saturating_add(number.days());
        still = (still * 5 + random.between(250, 1800) * 5) / 10;
        sun = (sun * 5 + random.between(450, 1550) * 5) / 10;
        let mut part = |pollutant: usize, factor: i64| {
            (usual(pollutant, today) * factor / 1000 * random.between(900, 1100) / 1000).max(2)
        };
        let pm2_5 = part(PM2_5, still);
        let pm10 = part(PM10, (still * 8 + 2000) / 10).max(pm2_5 * 5 / 4 + 4);
        let calm = (still + 1000) / 2;
        [pm2_5, pm10, part(SO2, calm), part(NO2, calm), part(O3, sun), part(CO, calm)]
    };
    (0..count).map(day).collect()
}

/// The usual level of a day, between those of the middles of two months.
fn usual(pollutant: usize, day: Date) -> i64 {
    let levels = &USUAL[pollutant];
    let (month, from_middle) = (day.month() as usize - 1, i64::from(day.day()) - 15);
    let other = if from_middle < 0 { (month + 11) % 12 } else { (month + 1) % 12 };
    let apart = from_middle.abs().min(15);
    (levels[month] * (30 - apart) + levels[other] * apart) / 30
}

/// Moves a day into a class: what is too much is taken down to the limit, of too little the worst is raised over it.
fn settle(random: &mut Random, day: &mut Day, least: i64, most: i64) {
    for (pollutant, value) in day.iter_mut().enumerate() {
        let limit = concentration(pollutant, most);
        if *value > limit {
            *value = (limit - random.between(0, limit / 9)).max(2);
        }
    }
    if aqi(day) < least {
        let pollutant = worst(day);
        let limit = concentration(pollutant, least - 1);
        day[pollutant] = limit + 1 + random.between(0, limit / 12);
        // Whatever is in PM2.5 is in PM10 too.
        day[PM10] = day[PM10].max(day[PM2_5] + 5);
    }
}

/// So many days may have more PM2.5 than grade II allows a day: then the 95th percentile of the year does not.
const DUSTY_DAYS: usize = 17;

/// Of too many days polluted by dust the least become fair ones; days of much ozone are polluted in their stead.
fn leave_dust_for_few(random: &mut Random, days: &mut [Day]) {
    let limit = concentration(PM2_5, 100);
    let mut dusty: Vec<usize> = (0..days.len()).filter(|&day| days[day][PM2_5] > limit).collect();
    dusty.sort_by_key(|&day| (Reverse(days[day][PM2_5]), day));
    let [_, fair, light, ..] = CLASSES;
    for day in dusty.into_iter().skip(DUSTY_DAYS) {
        let sunny = (0..days.len())
            .filter(|&other| class(&days[other]) == Some(1) && worst(&days[other]) == O3)
            .max_by_key(|&other| (days[other][O3], other));
        if let (Some(2), Some(sunny)) = (class(&days[day]), sunny) {
            settle(random, &mut days[day], fair.0, fair.1);
            settle(random, &mut days[sunny], light.0, light.1);
        }
    }
}

/// Moves the days about the percentile's places to it; no day changes its class.
fn pin(days: &mut [Day], percentile: &Percentile) {
    let Percentile { pollutant, places: [first, last], value } = *percentile;
    let mut order: Vec<usize> = (0..days.len()).collect();
    order.sort_by_key(|&day| (days[day][pollutant], day));
    for (place, day) in order.into_iter().enumerate() {
        let mut moved = days[day];
        if place <= last {
            moved[pollutant] = moved[pollutant].min(value);
        }
        if place >= first {
            moved[pollutant] = moved[pollutant].max(value);
        }
        if class(&moved) == class(&days[day]) {
            days[day] = moved;
        }
    }
}

/// Adds or takes a little of a pollutant, day by day, until the sum is right; no day changes its class.
fn even_out(days: &mut [Day], pollutant: usize, total: i64) {
    let mut missing = total - days.iter().map(|day| day[pollutant]).sum::<i64>();
    // Every pass moves most of the days by one; a year is off by a few per day at most.
    for _ in 0..100 {
        for day in days.iter_mut() {
            let mut moved = *day;
            moved[pollutant] += missing.signum();
            let is_real = moved[pollutant] >= 3 && moved[PM10] >= moved[PM2_5] + 5;
            if missing != 0 && is_real && class(&moved) == class(day) {
                missing -= missing.signum();
                *day = moved;
            }
        }
    }
}

/// The least and the greatest index of each class: excellent, fair, lightly, moderately, heavily polluted.
const CLASSES: [(i64, i64); 5] = [(0, EXCELLENT), (51, 100), (101, 150), (151, 200), (201, 300)];
const EXCELLENT: i64 = 50;

pub(crate) fn class(day: &Day) -> Option<usize> {
    let index = aqi(day);
    CLASSES.iter().position(|(_, most)| index <= *most)
}

/// The indices at which the slope changes, and the concentrations there (HJ 633—2012, daily values).
const INDICES: [i64; 8] = [0, 50, 100, 150, 200, 300, 400, 500];
const BREAKS: [[i64; 8]; 6] = [
    [0, 35, 75, 115, 150, 250, 350, 500],
    [0, 50, 150, 250, 350, 420, 500, 600],
    [0, 50, 150, 475, 800, 1600, 2100, 2620],
    [0, 40, 80, 180, 280, 565, 750, 940],
    // There is no index of eight hours above 300; no day of this city comes near.
    [0, 100, 160, 215, 265, 800, 1600, 2400],
    [0, 20, 40, 140, 240, 360, 480, 600],
];

/// A pollutant's index, rounded up.
fn iaqi(pollutant: usize, value: i64) -> i64 {
    let breaks = &BREAKS[pollutant];
    let upper = breaks.iter().position(|limit| value <= *limit).unwrap_or(breaks.len() - 1).max(1);
    let (low, high) = (breaks[upper - 1], breaks[upper]);
    let (from, to) = (INDICES[upper - 1], INDICES[upper]);
    from + ((to - from) * (value.min(high) - low) + (high - low) - 1) / (high - low)
}

/// The greatest concentration with an index that does not exceed one of [`INDICES`].
pub(crate) fn concentration(pollutant: usize, index: i64) -> i64 {
    let at = INDICES.iter().position(|limit| index <= *limit).unwrap_or(INDICES.len() - 1);
    BREAKS[pollutant][at]
}

pub(crate) fn aqi(day: &Day) -> i64 {
    iaqi(worst(day), day[worst(day)])
}

/// The pollutant with the greatest index, of several the first.
pub(crate) fn worst(day: &Day) -> usize {
    let indices =
        day.iter().enumerate().map(|(pollutant, value)| (iaqi(pollutant, *value), Reverse(pollutant)));
    indices.max().map_or(0, |(_, Reverse(pollutant))| pollutant)
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, NO2, O3, PM2_5, PM10, Percentile, SO2, YEARS, aqi, iaqi, years};

    #[test]
    fn an_index_is_that_of_the_standard() {
        let check = |pollutant, value, expected| {
            assert_eq!(iaqi(pollutant, value), expected, "{pollutant} {value}");
        };
        for (value, expected) in
            [(0, 0), (35, 50), (36, 52), (60, 82), (61, 83), (75, 100), (76, 102), (116, 152)]
        {
            check(PM2_5, value, expected);
        }
        for (value, expected) in [(120, 85), (121, 86), (150, 100), (151, 101)] {
            check(PM10, value, expected);
        }
        for (value, expected) in [(101, 51), (160, 100), (161, 101)] {
            check(O3, value, expected);
        }
        check(NO2, 41, 52);
        check(SO2, 9, 9);
    }

    #[test]
    fn each_seed_gives_the_days_that_the_report_states() {
        for seed in [1, 7, 99, 2022, 20_221_231, u64::MAX] {
            for ((_, days), year) in years(seed).iter().zip(&YEARS) {
                let counted = CLASSES.map(|(least, most)| {
                    days.iter().filter(|day| (least..=most).contains(&aqi(day))).count()
                });
                assert_eq!(counted, year.classes, "{seed}");
                assert_eq!(days.len(), 365);
                assert!(days.iter().all(|day| day[PM10] > day[PM2_5]), "{seed}");
                for (pollutant, mean) in year.means {
                    let sum: i64 = days.iter().map(|day| day[pollutant]).sum();
                    assert_eq!(sum, mean * 365, "{seed} {} {pollutant}", year.year);
                }
                for Percentile { pollutant, places, value } in &year.percentiles {
                    let mut sorted: Vec<i64> = days.iter().map(|day| day[*pollutant]).collect();
                    sorted.sort_unstable();
                    assert_eq!(places.map(|place| sorted[place]), [*value; 2], "{seed} {pollutant}");
                }
                // Ozone in summer, dust in winter.
                let mean = |pollutant: usize, from: usize, to: usize| {
                    days[from..to].iter().map(|day| day[pollutant]).sum::<i64>() / (to - from) as i64
                };
                assert!(2 * mean(O3, 151, 243) > 3 * mean(O3, 0, 59), "{seed}");
                assert!(2 * mean(PM2_5, 0, 59) > 3 * mean(PM2_5, 151, 243), "{seed}");
            }
        }
    }
}
