//! B2: water works projects, dyke gates, pump stations, waterside walks.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::docks::Numbering;
use super::riverside::on_bank;
use crate::geography::Bank;
use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Owner, Raw};
use crate::values;
use crate::world::{BEGINNING, World, near_equal, since};

/// Six demonstration projects are completed in 2022; others before, and some are being built.
pub(crate) fn projects(world: &mut World) {
    const KINDS: [(&str, &str); 5] = [
        ("dyke", "堤防加固工程"),
        ("gate", "闸口综合改造工程"),
        ("pump", "泵站更新工程"),
        ("shore", "江滩整治工程"),
        ("lake", "湖泊治理工程"),
    ];
    let mut random = world.random("water projects");
    let mut names = Numbering::default();
    for index in 0..31_usize {
        let (kind, ending) = random.pick(&KINDS);
        let district = random.index(world.land.districts.len());
        let demonstration = index < 6 || index % 9 == 8;
        // The first six end in 2022, the next fifteen in the years before, the others are not completed.
        let done = match index {
            0..6 => Some(random.day(date(2022, 3, 1), date(2022, 12, 20))),
            6..21 => Some(random.day_of(2017 + (index % 5) as i16)),
            _ => None,
        };
        let begun = since(done.unwrap_or(date(2022, 9, 1)).saturating_sub(random.between(200, 500).days()));
        let values = values! {
            name: names.next(world.land.districts[district].short(), ending),
            kind: kind,
            demonstration: demonstration,
            district: world.districts[district],
            cost: Decimal::new(random.between(80_000, 4_800_000), 2),
            started_on: begun,
        };
        let thing = world.story.create("water_projects", Owner(unit::WATER), begun, values);
        if let Some(done) = done {
            let report = world.file("水务项目竣工验收", done);
            world.story.advance_with(thing, "completed", done.max(begun), report);
        }
        world.story.verify(thing);
    }
}

/// 128 gates; 42 of them are rebuilt in 2022.
pub(crate) fn gates(world: &mut World) {
    let mut random = world.random("gates");
    let mut names = Numbering::default();
    let mut places = world.land.along_banks(&mut random, 128);
    random.shuffle(&mut places);
    for (index, place) in places.into_iter().enumerate() {
        let (mut values, district) = on_bank(world, place, 120.0);
        let (spot, _) = world.land.rivers[place.0].at(place.1, place.2, 120.0);
        values.extend(values! {
            name: names.next(district, "号闸口"), width: Decimal::new(random.between(40, 160), 1), geometry: spot.point(),
        });
        let thing = world.story.create_verified("gates", Owner(unit::WATER), BEGINNING, values);
        let (begun, done) = match index {
            0..42 => (
                random.day(date(2021, 10, 1), date(2022, 4, 30)),
                Some(random.day(date(2022, 5, 20), date(2022, 12, 20))),
            ),
            42..63 => (
                random.day(date(2019, 10, 1), date(2020, 4, 30)),
                Some(random.day(date(2020, 5, 20), date(2021, 9, 20))),
            ),
            63..67 => (date(2022, 9, 20), Some(random.day(date(2023, 1, 10), date(2023, 3, 10)))),
            67..75 => (date(2022, 11, 10), None),
            _ => continue,
        };
        world.story.advance(thing, "rebuilding", begun);
        if let Some(done) = done {
            let report = world.file("闸口改造验收单", done);
            world.story.advance_with(thing, "rebuilt", done, report);
        }
        world.story.verify(thing);
    }
}

/// 96 pump stations, four of them stopped.
pub(crate) fn pump_stations(world: &mut World) {
    let mut random = world.random("pump stations");
    let mut names = Numbering::default();
    for index in 0..96_usize {
        let district = index % world.land.districts.len();
        let spot = world.land.spot_in(&mut random, district);
        let commissioned = random.day(date(1968, 1, 1), date(2021, 12, 31));
        let values = values! {
            name: names.next(world.land.districts[district].short(), "号泵站"),
            district: world.districts[district],
            capacity: Decimal::new(random.between(120, 9_800), 2),
            commissioned: commissioned,
            geometry: spot.point(),
        };
        let thing = world.story.create("pump_stations", Owner(unit::WATER), since(commissioned), values);
        if index % 24 == 7 {
            world.story.advance(thing, "stopped", random.day(date(2022, 1, 5), date(2022, 10, 31)));
        }
    }
}

/// 12 km of waterside walks in 2022, 46 km before, 3 km after.
pub(crate) fn blueways(world: &mut World) {
    let mut random = world.random("blueways");
    let mut names = Numbering::default();
    let mut places = world.land.along_banks(&mut random, 24 + 8 + 2);
    random.shuffle(&mut places);
    let after = places.split_off(32);
    let new = places.split_off(24);
    walks(world, &mut random, &mut names, places, 46_000_000, (date(2017, 1, 10), date(2021, 12, 20)));
    walks(world, &mut random, &mut names, new, 12_000_000, (date(2022, 2, 10), date(2022, 12, 20)));
    walks(world, &mut random, &mut names, after, 3_000_000, (date(2023, 1, 20), date(2023, 3, 10)));
}

fn walks(
    world: &mut World,
    random: &mut Random,
    names: &mut Numbering,
    places: Vec<(usize, f64, Bank)>,
    millimetres: i64,
    (first, last): (Date, Date),
) {
    let lengths = near_equal(random, millimetres, places.len());
    for (place, length) in places.into_iter().zip(lengths) {
        let (mut values, district) = on_bank(world, place, 30.0);
        let line = world.land.rivers[place.0].line(place.1, place.2, 30.0, length as f64 / 1e3);
        values.extend(values! { name: names.next(district, "号碧道") });
        values.push(("geometry", Raw::from(line)));
        let opened = random.day(first, last);
        let begun = since(opened.saturating_sub(random.between(120, 300).days()));
        let thing = world.story.create("blueways", Owner(unit::WATER), begun, values);
        let report = world.file("碧道竣工验收", opened);
        world.story.advance_with(thing, "open", opened, report);
        world.story.verify(thing);
    }
}
