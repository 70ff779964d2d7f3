//! The water of two years: one sample a month where samples are taken, a value a day where a device stands.
//!
//! Each month of a section has a class beforehand ([`super::points::WATER`]). Phosphorus is what decides it, in the middle
//! of the class's band; everything else is of that class or a better one. So neither rounding nor the mean of the month's
//! days could bring the class over a limit.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::points::{Body, WATER, WaterPoint};
use super::{Sample, Span, midnight};
use crate::random::Random;

/// The years, in the order of a point's classes.
const YEARS: [i16; 2] = [2021, 2022];

/// What is measured of an item.
struct Item {
    key: &'static str,
    /// The decimals of its values.
    decimals: u32,
    /// From where to where it lies in water of class Ⅱ, Ⅲ, Ⅳ, Ⅴ and worse than Ⅴ, in units of the last decimal.
    rivers: [(i64, i64); 5],
    /// The same of lakes.
    lakes: [(i64, i64); 5],
    /// Whether a device tells it, too; everything else is found in the laboratory only.
    by_device: bool,
}

const fn item(key: &'static str, decimals: u32, by_device: bool, bands: [(i64, i64); 5]) -> Item {
    Item { key, decimals, rivers: bands, lakes: bands, by_device }
}

const fn of_lakes(item: Item, lakes: [(i64, i64); 5]) -> Item {
    Item { lakes, ..item }
}

const ITEMS: [Item; 10] = [
    item("ph", 1, true, [(74, 82), (73, 82), (74, 84), (75, 86), (75, 87)]),
    item("permanganate_index", 1, true, [(22, 34), (26, 37), (44, 57), (64, 88), (66, 92)]),
    item("ammonia_nitrogen", 2, true, [(17, 40), (28, 46), (56, 90), (60, 95), (112, 140)]),
    of_lakes(
        item("total_phosphorus", 3, true, [(52, 88), (125, 175), (225, 275), (325, 375), (430, 520)]),
        [(15, 21), (33, 43), (65, 88), (125, 175), (225, 270)],
    ),
    item("cod", 0, false, [(8, 13), (10, 14), (16, 19), (22, 28), (22, 29)]),
    item("bod5", 1, false, [(12, 24), (16, 27), (31, 38), (43, 57), (45, 58)]),
    item("petroleum", 2, false, [(1, 3), (1, 4), (1, 4), (2, 4), (2, 4)]),
    item("total_nitrogen", 2, false, [(45, 90), (60, 96), (90, 140), (120, 185), (150, 240)]),
    item("chlorophyll_a", 1, false, [(40, 90), (80, 180), (160, 380), (300, 620), (420, 800)]),
    item("transparency", 2, false, [(90, 140), (65, 110), (45, 75), (30, 50), (25, 45)]),
];

/// What is told of lakes only.
const LAKES_ONLY: [&str; 3] = ["total_nitrogen", "chlorophyll_a", "transparency"];

/// The temperature of the water in the middle of each month, in tenths of a degree.
const TEMPERATURES: [i64; 12] = [62, 74, 112, 170, 224, 262, 290, 292, 250, 194, 132, 82];

/// All rows of both years.
pub(crate) fn samples(seed: u64) -> Vec<Sample> {
    let mut random = Random::new(seed, "water samples");
    let mut samples = Vec::new();
    for point in &WATER {
        for (year, classes) in YEARS.into_iter().zip(point.classes) {
            for (month, class) in (1_i8..).zip(classes.bytes()) {
                let band = usize::from(class.saturating_sub(b'2')).min(4);
                month_of(&mut random, &mut samples, point, date(year, month, 1), band);
            }
        }
    }
    samples
}

/// The rows of a section's month.
fn month_of(random: &mut Random, samples: &mut Vec<Sample>, point: &WaterPoint, first: Date, band: usize) {
    if !point.automatic {
        let day = first.saturating_add(random.between(2, 8).days());
        let seconds = midnight(day) + random.between(9 * 4, 15 * 4) * 900;
        tell(random, samples, point, band, (Span::Moment, seconds), "N");
        return;
    }
    let mut day = first;
    while day.month() == first.month() {
        // Now and then a device is silent for a day, or it is being looked after.
        let flag = match random.below(1000) {
            0..15 => None,
            15..25 => Some("D"),
            25..40 => Some("M"),
            _ => Some("N"),
        };
        if let Some(flag) = flag {
            tell(random, samples, point, band, (Span::Day, midnight(day)), flag);
        }
        day = day.saturating_add(1.days());
    }
}

/// The values of a sample, or of a day.
fn tell(
    random: &mut Random,
    samples: &mut Vec<Sample>,
    point: &WaterPoint,
    band: usize,
    (span, seconds): (Span, i64),
    flag: &'static str,
) {
    let is_lake = matches!(point.body, Body::Lake(_));
    let mut add = |item: &'static str, decimals: u32, value: i64| {
        // What a broken device tells would make any water foul.
        let value = if flag == "D" { value * 9 } else { value };
        let micro = value * 10_i64.pow(6 - decimals);
        samples.push(Sample { station: point.code, item, span, seconds, micro, flag });
    };
    for item in &ITEMS {
        if (point.automatic && !item.by_device) || (!is_lake && LAKES_ONLY.contains(&item.key)) {
            continue;
        }
        let (least, most) = if is_lake { item.lakes[band] } else { item.rivers[band] };
        add(item.key, item.decimals, random.between(least, most));
    }
    let temperature = temperature(seconds) + random.between(-12, 12);
    add("water_temperature", 1, temperature);
    // Warm water holds less oxygen; there is always enough for class Ⅱ.
    add("dissolved_oxygen", 1, 122 - temperature * 16 / 100 + random.between(-5, 5));
}

/// The temperature at a time, between those of the middles of two months.
fn temperature(seconds: i64) -> i64 {
    // Of the year's 365 days 12 months are made; a day more or less is no matter here.
    let place = (seconds - midnight(date(2021, 1, 1))).rem_euclid(365 * 86_400) / 864 * 12;
    let (month, part) = (place / 36_500, place % 36_500 - 18_250);
    let neighbour = if part < 0 { month + 11 } else { month + 1 };
    let at = |month: i64| TEMPERATURES[(month % 12) as usize];
    (at(month) * (36_500 - part.abs()) + at(neighbour) * part.abs()) / 36_500
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::{Body, ITEMS, Sample, WATER, samples};
    use crate::monitoring::midnight;

    /// Limits of classes Ⅰ to Ⅴ in millionths of mg/L (GB 3838—2002, table 1), of what decides here.
    fn class(item: &str, is_lake: bool, mean: i64) -> Option<usize> {
        let limits: [i64; 5] = match item {
            "permanganate_index" => [2_000_000, 4_000_000, 6_000_000, 10_000_000, 15_000_000],
            "cod" => [15_000_000, 15_000_000, 20_000_000, 30_000_000, 40_000_000],
            "bod5" => [3_000_000, 3_000_000, 4_000_000, 6_000_000, 10_000_000],
            "ammonia_nitrogen" => [150_000, 500_000, 1_000_000, 1_500_000, 2_000_000],
            "total_phosphorus" if is_lake => [10_000, 25_000, 50_000, 100_000, 200_000],
            "total_phosphorus" => [20_000, 100_000, 200_000, 300_000, 400_000],
            "petroleum" => [50_000, 50_000, 50_000, 500_000, 1_000_000],
            _ => return None,
        };
        Some(1 + limits.iter().position(|limit| mean <= *limit).unwrap_or(5))
    }

    #[test]
    fn the_months_have_their_classes() {
        for seed in [1, 7, 2022] {
            let mut means: BTreeMap<(usize, usize, &str), (i64, i64)> = BTreeMap::new();
            for Sample { station, item, seconds, micro, flag, .. } in samples(seed) {
                let point = WATER.iter().position(|point| point.code == station).expect("a section");
                let begun = |month: i8| midnight(date(2021 + i16::from(month / 12), month % 12 + 1, 1));
                let month = (0..24).rfind(|month| begun(*month) <= seconds).expect("a month");
                assert!(item != "dissolved_oxygen" || flag == "D" || micro >= 6_000_000, "{micro}");
                if flag == "N" {
                    let mean = means.entry((point, month as usize, item)).or_default();
                    *mean = (mean.0 + micro, mean.1 + 1);
                }
            }
            for (number, point) in WATER.iter().enumerate() {
                let is_lake = matches!(point.body, Body::Lake(_));
                for (month, wanted) in point.classes.concat().bytes().enumerate() {
                    let of = |key: &'static str| {
                        let (sum, count) = means.get(&(number, month, key))?;
                        class(key, is_lake, sum / count)
                    };
                    let worst = ITEMS.iter().filter_map(|item| of(item.key)).max();
                    assert_eq!(worst, Some(usize::from(wanted - b'0')), "{seed} {} {month}", point.name);
                    assert_eq!(of("total_phosphorus"), worst);
                }
            }
        }
    }
}
