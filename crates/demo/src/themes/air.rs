//! B5: the air of each day of two years, as a city publishes it.
//!
//! Concentrations come first: a month's usual level, the weather of the day, and that of the days before. Then the
//! days are put in order of their index, and the cleanest become the excellent ones, the next the fair ones, and so on,
//! as many of each as the report states; a day on the wrong side of a limit is moved over it. Whole numbers all the
//! way: the same on every machine.

use std::cmp::Reverse;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::organisation::unit;
use crate::random::Random;
use crate::story::Owner;
use crate::values;
use crate::world::World;

/// A year as it is to come out.
struct Year {
    year: i16,
    /// Excellent, fair, lightly, moderately and heavily polluted days: 365 together.
    classes: [usize; 5],
    /// The sums over the days that the means come from, per day of the year, in tenths.
    tenths: [(usize, i64); 3],
}

const YEARS: [Year; 2] = [
    Year { year: 2021, classes: [82, 208, 60, 13, 2], tenths: [(PM2_5, 371), (PM10, 592), (NO2, 378)] },
    Year { year: 2022, classes: [86, 208, 59, 11, 1], tenths: [(PM2_5, 342), (PM10, 567), (NO2, 356)] },
];

const PM2_5: usize = 0;
const PM10: usize = 1;
const SO2: usize = 2;
const NO2: usize = 3;
const O3: usize = 4;
const CO: usize = 5;

/// The register's keys, in the order of the numbers above.
const KEYS: [&str; 6] = ["pm2_5", "pm10", "so2", "no2", "o3_8h", "co"];

/// A day's concentrations in µg/m³, of CO in tenths of mg/m³.
type Day = [i64; 6];

/// What is usual in the middle of each month: dust in winter, ozone in summer.
const USUAL: [[i64; 12]; 6] = [
    [62, 50, 40, 34, 28, 20, 15, 16, 23, 35, 45, 57],
    [86, 76, 74, 68, 58, 40, 32, 34, 46, 64, 74, 82],
    [10, 9, 9, 8, 8, 7, 7, 7, 8, 9, 9, 10],
    [48, 40, 39, 35, 30, 23, 19, 21, 31, 41, 47, 50],
    [54, 68, 90, 112, 134, 142, 132, 140, 130, 98, 74, 54],
    [11, 10, 9, 8, 8, 7, 7, 7, 8, 8, 9, 11],
];

/// 365 days of 2021 and of 2022.
pub(crate) fn days(world: &mut World) {
    let mut random = world.random("air");
    for year in &YEARS {
        let first = date(year.year, 1, 1);
        for (number, air) in (0_i64..).zip(made_up(&mut random, year)) {
            let day = first.saturating_add(number.days());
            let index = aqi(&air);
            let mut values = values! {
                day: day, aqi: index, pm2_5: air[PM2_5], pm10: air[PM10], so2: air[SO2], no2: air[NO2],
                o3_8h: air[O3], co: Decimal::new(air[CO], 1),
            };
            if index > EXCELLENT {
                values.extend(values! { primary_pollutant: KEYS[worst(&air)] });
            }
            world.story.create("air_days", Owner(unit::ECOLOGY), day, values);
        }
    }
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
    for (pollutant, tenths) in year.tenths {
        let total = tenths * days.len() as i64 / 10;
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

fn class(day: &Day) -> Option<usize> {
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
fn concentration(pollutant: usize, index: i64) -> i64 {
    let at = INDICES.iter().position(|limit| index <= *limit).unwrap_or(INDICES.len() - 1);
    BREAKS[pollutant][at]
}

fn aqi(day: &Day) -> i64 {
    iaqi(worst(day), day[worst(day)])
}

/// The pollutant with the greatest index, of several the first.
fn worst(day: &Day) -> usize {
    let indices =
        day.iter().enumerate().map(|(pollutant, value)| (iaqi(pollutant, *value), Reverse(pollutant)));
    indices.max().map_or(0, |(_, Reverse(pollutant))| pollutant)
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, NO2, O3, PM2_5, PM10, SO2, YEARS, aqi, iaqi, made_up};
    use crate::random::Random;

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
        for seed in [1, 7, 2022, 20_221_231, u64::MAX] {
            let mut random = Random::new(seed, "air");
            for year in &YEARS {
                let days = made_up(&mut random, year);
                let counted = CLASSES.map(|(least, most)| {
                    days.iter().filter(|day| (least..=most).contains(&aqi(day))).count()
                });
                assert_eq!(counted, year.classes, "{seed}");
                assert_eq!(days.len(), 365);
                assert!(days.iter().all(|day| day[PM10] > day[PM2_5]), "{seed}");
                for (pollutant, tenths) in year.tenths {
                    let sum: i64 = days.iter().map(|day| day[pollutant]).sum();
                    assert_eq!(sum, tenths * 365 / 10, "{seed} {} {pollutant}", year.year);
                }
                // Ozone in summer, dust in winter.
                let mean = |pollutant: usize, from: usize, to: usize| {
                    days[from..to].iter().map(|day| day[pollutant]).sum::<i64>() / (to - from) as i64
                };
                assert!(mean(O3, 151, 243) > 2 * mean(O3, 0, 59) - 20, "{seed}");
                assert!(mean(PM2_5, 0, 59) > 2 * mean(PM2_5, 151, 243), "{seed}");
            }
        }
    }
}
