//! B4: parks, green stations, greenways; 15 square metres of park green for each resident.

use geodesy::{Geometry, destination};
use jiff::ToSpan;
use jiff::civil::date;

use super::docks::Numbering;
use super::riverside::square_metres;
use crate::geography::blob;
use crate::organisation::unit;
use crate::story::{Owner, Raw};
use crate::values;
use crate::world::{World, near_equal, since};

/// Kinds with their number and their area in all; the last number is what 15 square metres per resident leave.
const KINDS: [(&str, &str, usize, i64); 4] = [
    ("comprehensive", "公园", 28, 121_000_000),
    ("special", "专类公园", 46, 47_500_000),
    ("community", "社区公园", 120, 28_600_000),
    ("pocket", "游园", 186, 7_633_500),
];

/// 380 parks that are open, three that are closed, four that nobody has confirmed.
pub(crate) fn parks(world: &mut World) {
    let mut random = world.random("parks");
    let mut names = Numbering::default();
    let residents: i64 = world.land.districts.iter().map(|district| district.residents).sum();
    let weights: Vec<u64> = world.land.districts.iter().map(|district| district.residents as u64).collect();
    let mut left = i128::from(residents * 15) * 1_000_000;
    for (kind, ending, count, total) in KINDS {
        let areas = near_equal(&mut random, total, count);
        for (index, area) in areas.into_iter().enumerate() {
            let district = random.weighted(&weights);
            let opened = random.day(date(1956, 1, 1), date(2022, 12, 20));
            let mut values = values! {
                name: names.next(world.land.districts[district].short(), ending),
                kind: kind,
                district: world.districts[district],
                opened_on: opened,
            };
            if kind == "pocket" && index + 1 == count {
                values.push(("area", Raw::from(square_metres(left))));
            } else {
                let area = area as f64;
                let spot = world.land.take(&mut random, district, (area / 2.598).sqrt());
                let shape = blob(spot, area, random.real(0.0, 60.0));
                left -= shape.area_mm2();
                values.push(("geometry", Raw::from(shape)));
            }
            world.story.create_verified("parks", Owner(unit::GARDENS), since(opened), values);
        }
    }
    for index in 0..7 {
        let district = random.weighted(&weights);
        let spot = world.land.spot_in(&mut random, district);
        let opened = random.day(date(2018, 1, 1), date(2022, 10, 31));
        let values = values! {
            name: names.next(world.land.districts[district].short(), "游园"),
            kind: "pocket",
            district: world.districts[district],
            opened_on: opened,
            geometry: blob(spot, 9_000.0, 10.0),
        };
        let thing = world.story.create("parks", Owner(unit::GARDENS), opened, values);
        if index < 3 {
            world.story.verify(thing);
            world.story.advance(thing, "closed", opened.saturating_add(30.days()));
            world.story.verify(thing);
        }
    }
}

/// 423 stations that are open, two that have closed, two that nobody has confirmed.
pub(crate) fn green_stations(world: &mut World) {
    let mut random = world.random("green stations");
    let mut names = Numbering::default();
    for index in 0..427_usize {
        let district = random.index(world.land.districts.len());
        let spot = world.land.spot_in(&mut random, district);
        let opened = random.day(date(2019, 3, 1), date(2022, 12, 20));
        let values = values! {
            name: names.next(world.land.districts[district].short(), "号绿色驿站"),
            district: world.districts[district],
            opened_on: opened,
            geometry: spot.point(),
        };
        let thing = world.story.create("green_stations", Owner(unit::GARDENS), opened, values);
        match index {
            0..423 => world.story.verify(thing),
            423 | 424 => {
                world.story.advance(thing, "closed", opened.saturating_add(8.days()));
                world.story.verify(thing);
            }
            _ => {}
        }
    }
}

/// 1,210 km of greenways in 305 segments.
pub(crate) fn greenways(world: &mut World) {
    const LEVELS: [&str; 3] = ["regional", "city", "local"];
    let mut random = world.random("greenways");
    let mut names = Numbering::default();
    let lengths = near_equal(&mut random, 1_210_000_000, 305);
    for millimetres in lengths {
        let district = random.index(world.land.districts.len());
        let metres = millimetres as f64 / 1e3;
        let mut place = world.land.spot_in(&mut random, district).coordinate();
        let mut direction = random.real(0.0, 360.0);
        let mut line = vec![place];
        for _ in 0..8 {
            // Only gentle bends, so that a greenway never crosses itself.
            direction += random.real(-18.0, 18.0);
            place = destination(place, direction, metres / 8.0);
            line.push(place);
        }
        let opened = random.day(date(2012, 3, 1), date(2022, 12, 20));
        let values = values! {
            name: names.next(world.land.districts[district].short(), "号绿道"),
            kind: LEVELS[random.weighted(&[15, 45, 40])],
            district: world.districts[district],
            opened_on: opened,
            geometry: Geometry::Lines(vec![line]),
        };
        world.story.create_verified("greenways", Owner(unit::GARDENS), since(opened), values);
    }
}
