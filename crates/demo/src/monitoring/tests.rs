//! The hours are evaluated back by the standard's rules, which know nothing of how they were made.

use std::collections::BTreeMap;

use jiff::civil::date;
use standards::air::{
    CityDay, Composite, Concentration, Day, Edition, Grade, Item, MISSING, Period, Settings, Statistics,
};

use super::days;
use super::points::AIR;
use super::{Sample, air, late, midnight};

/// The days of each station, in the order of [`AIR`].
fn stations(year: i16, samples: &[Sample]) -> Vec<Vec<Day>> {
    let first = midnight(date(year, 1, 1));
    let mut hours = vec![vec![[[MISSING; 24]; Item::COUNT]; 365]; AIR.len()];
    for sample in samples.iter().filter(|sample| sample.flag == "N") {
        let station = AIR.iter().position(|point| point.code == sample.station).expect("a station");
        let item = Item::parse(sample.item).expect("an item").index();
        let second = sample.seconds - first;
        let (day, hour) = ((second / 86_400) as usize, (second % 86_400 / 3600) as usize);
        hours[station][day][item][hour] = i32::try_from(sample.micro / 1000).expect("thousandths");
    }
    let settings = Settings::default();
    hours.iter().map(|days| days.iter().map(|day| Day::of_hours(day, &settings)).collect()).collect()
}

/// The days of the city.
fn city(year: i16, samples: &[Sample]) -> Vec<Day> {
    let days = stations(year, samples);
    let evaluated: Vec<&Vec<Day>> =
        days.iter().zip(&AIR).filter(|(_, point)| point.evaluated).map(|(days, _)| days).collect();
    let of_day = |day: usize| {
        let mut city = CityDay::default();
        evaluated.iter().for_each(|days| city.push(&days[day]));
        city.day(evaluated.len() as u32, &Settings::default())
    };
    (0..365).map(of_day).collect()
}

/// How many days are good by an edition.
fn good(days: &[Day], edition: Edition) -> usize {
    let aqi = |day: &&Day| day.index(edition, &Settings::default()).aqi().is_some_and(|aqi| aqi <= 100);
    days.iter().filter(aqi).count()
}

#[test]
fn the_hours_come_to_the_days_of_the_city() {
    for seed in [1, 7, 2022] {
        for (year, days) in days::years(seed) {
            let samples = air::hours(seed, year, &days);
            for (number, (made, wanted)) in city(year, &samples).iter().zip(&days).enumerate() {
                for (item, wanted) in air::ITEMS.iter().zip(wanted) {
                    let item = Item::parse(item).expect("an item");
                    // Not only when it is rounded: the value itself.
                    let value = made.value(item).rounded(3);
                    let unit = if item == Item::Co { 100 } else { 1000 };
                    assert_eq!(value, Some(wanted * unit), "{seed} {year}, day {number}, {item:?}");
                }
            }
            let valid = samples.iter().filter(|sample| sample.flag == "N").count();
            let share = valid as f64 / (365 * AIR.len() * 6 * 24) as f64;
            assert!((0.95..0.995).contains(&share), "{share} of the hours are valid");
            assert!(samples.iter().all(|sample| sample.micro > 0));
        }
    }
}

#[test]
fn exact_days_stay_exact_whatever_is_rounded_between() {
    let (year, days) = days::years(2022).remove(1);
    let stations = stations(year, &air::hours(2022, year, &days));
    let mut invalid = 0;
    for (days, point) in stations.iter().zip(&AIR) {
        for (number, item) in (0..365).flat_map(|day| Item::ALL.map(|item| (day, item))) {
            match days[number].value(item).parts() {
                Some((sum, count)) => {
                    let unit = if item == Item::Co { 100 } else { 1000 };
                    assert_eq!(sum % (i64::from(count) * unit), 0, "day {number}, {item:?}, {}", point.code);
                }
                None => invalid += 1,
            }
        }
    }
    assert!((100..1000).contains(&invalid), "{invalid} days of stations and items are not valid");
}

/// As `expected-2022.csv` has it.
#[test]
fn the_years_are_as_the_report_states() {
    let expected = [
        (290, [8, 38, 59, 12, 167, 37], 433, &[Item::O3, Item::Pm2_5][..]),
        (294, [7, 36, 57, 11, 164, 34], 410, &[Item::O3][..]),
    ];
    for seed in [1, 7, 2022] {
        for ((year, days), (good_days, statistics, composite, above)) in
            days::years(seed).iter().zip(expected)
        {
            let city = city(*year, &air::hours(seed, *year, days));
            assert_eq!(good(&city, Edition::E2012), good_days, "{seed} {year}");
            assert!(good(&city, Edition::Transition2026) < good_days, "the later limits are stricter");
            let settings = Settings::default();
            let of_item = |item: Item| {
                let values: Vec<Concentration> = city.iter().map(|day| day.value(item)).collect();
                Statistics::of(item, Period::Year(*year), &values, &settings)
            };
            let found = Item::ALL.map(of_item);
            let rounded = found.map(|one| one.ranking().expect("enough days").rounded(one.item.decimals()));
            assert_eq!(rounded, statistics, "{seed} {year}");
            let index = Composite::of(Edition::E2012, &found, &settings).expect("enough days");
            assert_eq!(index.rounded(2), composite, "{seed} {year}");
            let attains =
                |one: &Statistics| one.judge(Edition::E2012, Grade::II, &settings).is_ok_and(|it| it.attains);
            let failing: Vec<Item> = found.iter().filter(|one| !attains(one)).map(|one| one.item).collect();
            assert_eq!(failing, above, "{seed} {year}");
        }
    }
}

#[test]
fn in_january_one_day_less_was_known_to_be_good() {
    let (year, days) = days::years(2022).remove(1);
    let truth = air::hours(2022, year, &days);
    let (first, later) = late::split(&days, truth.clone());
    let good = |samples: &[Sample]| good(&city(year, samples), Edition::E2012);
    assert_eq!((good(&first), good(&truth)), (293, 294));
    assert!(later.len() > 400, "{}", later.len());
    // What is known in the end is the truth: of two rows about the same hour the later one holds.
    let by_hour = |samples: &[Sample]| -> BTreeMap<_, Sample> {
        samples.iter().map(|one| ((one.station, one.item, one.seconds), *one)).collect()
    };
    assert_eq!(by_hour(&[first, later].concat()), by_hour(&truth));
}

#[test]
fn the_same_seed_gives_the_same_hours() {
    let of = |seed: u64| {
        let (year, days) = days::years(seed).remove(0);
        air::hours(seed, year, &days)
    };
    assert_eq!(of(5), of(5));
    assert_ne!(of(5), of(6));
}
