//! A6: chemical works, shoreline, afforestation, the ecological corridor, riverside parks.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::docks::Numbering;
use crate::geography::{Bank, plot};
use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Owner, Raw};
use crate::values;
use crate::world::{World, near_equal, since};

type Place = (usize, f64, Bank);

/// The fields that everything on a bank has.
pub(crate) fn on_bank(
    world: &World,
    (river, along, bank): Place,
    inland: f64,
) -> (Vec<(&'static str, Raw)>, &'static str) {
    let (spot, _) = world.land.rivers[river].at(along, bank, inland);
    let district = world.land.district_of(spot);
    let fields = values! { river: world.land.rivers[river].word, bank: bank.word(), district: world.districts[district] };
    (fields, world.land.districts[district].short())
}

/// 88 works: closed, converted, moved or transformed, all by the end of 2022; what was listed later does not count yet.
pub(crate) fn chemicals(world: &mut World) {
    const WAYS: [(&str, usize); 4] = [("close", 31), ("convert", 12), ("move", 34), ("transform", 11)];
    const PRODUCTS: [&str; 8] =
        ["化肥厂", "农药厂", "染料厂", "涂料厂", "树脂厂", "溶剂厂", "助剂厂", "化工厂"];
    const PARKS: [&str; 3] = ["城北化工园", "城东新材料园", "外市化工园区"];
    let mut random = world.random("chemicals");
    let mut ways: Vec<&'static str> =
        WAYS.iter().flat_map(|(way, count)| std::iter::repeat_n(*way, *count)).collect();
    random.shuffle(&mut ways);
    let mut names = Numbering::default();
    let places = world.land.along_banks(&mut random, ways.len() + 4);
    for (index, place) in places.into_iter().enumerate() {
        let inland = random.real(80.0, 950.0);
        let (mut values, district) = on_bank(world, place, inland);
        let way = ways.get(index).copied().unwrap_or("move");
        let late = index >= ways.len();
        let decided = if late { date(2023, 2, 10) } else { random.day(date(2016, 6, 1), date(2018, 12, 31)) };
        let (spot, _) = world.land.rivers[place.0].at(place.1, place.2, inland);
        values.extend(values! {
            name: names.next(district, random.pick(&PRODUCTS)),
            way: way,
            distance: Decimal::new((inland * 10.0) as i64, 1),
            workers: random.between(25, 1900),
            decided_on: decided,
            geometry: spot.point(),
        });
        if way == "move" {
            values.push(("destination", Raw::from(random.pick(&PARKS))));
        }
        let thing = world.story.create("chemical_enterprises", Owner(unit::INDUSTRY), decided, values);
        if late {
            // Listed in 2023: two confirmed, two still waiting.
            if index % 2 == 0 {
                world.story.verify(thing);
            }
            continue;
        }
        world.story.verify(thing);
        let begun = decided.saturating_add(random.between(60, 300).days());
        world.story.advance(thing, "working", begun);
        let year = 2017 + random.weighted(&[8, 18, 26, 24, 14, 10]) as i16;
        let done = random.day(date(year, 1, 10), date(year, 12, 24)).max(begun.saturating_add(30.days()));
        let report = world.file("关改搬转验收意见", done);
        world.story.advance_with(thing, "completed", done, report);
        world.story.verify(thing);
    }
}

/// 47 km of shoreline in 62 segments, most of them planted again.
pub(crate) fn shoreline(world: &mut World) {
    const USES: [&str; 4] = ["dock", "yard", "works", "other"];
    let mut random = world.random("shoreline");
    let mut names = Numbering::default();
    let places = world.land.along_banks(&mut random, 62);
    let lengths = near_equal(&mut random, 47_000_000, places.len());
    for (place, millimetres) in places.into_iter().zip(lengths) {
        let (mut values, district) = on_bank(world, place, 0.0);
        values.extend(values! {
            name: names.next(district, "号腾退岸线"),
            former_use: USES[random.weighted(&[45, 30, 17, 8])],
            geometry: world.land.rivers[place.0].line(place.1, place.2, 0.0, millimetres as f64 / 1e3),
        });
        let thing = world.story.create_verified(
            "shoreline_segments",
            Owner(unit::TRANSPORT),
            since(date(2016, 5, 1)),
            values,
        );
        let returned = random.day(date(2017, 3, 1), date(2022, 11, 30));
        let report = world.file("岸线腾退验收单", returned);
        world.story.advance_with(thing, "returned", returned, report);
        let restored = returned.saturating_add(random.between(120, 420).days());
        if restored < date(2022, 12, 20) {
            world.story.advance(thing, "restored", restored);
        }
        world.story.verify(thing);
    }
}

/// 21,400 亩 in 428 accepted plots; the last has no shape and its area is entered by hand.
pub(crate) fn afforestation(world: &mut World) {
    const SPECIES: [&str; 5] = ["cypress", "willow", "camphor", "redwood", "poplar"];
    /// 21,400 亩 in square millimetres, cut.
    const TOTAL: i128 = 21_400 * 2_000_000_000 / 3;
    let mut random = world.random("afforestation");
    let mut names = Numbering::default();
    let places = world.land.along_banks(&mut random, 428 + 15);
    let areas = near_equal(&mut random, (TOTAL / 1_000_000) as i64, 428);
    let mut left = TOTAL;
    for (index, place) in places.into_iter().enumerate() {
        let inland = random.real(150.0, 700.0);
        let (mut values, district) = on_bank(world, place, inland);
        let planted = random.day(date(2017, 2, 10), date(2022, 11, 20));
        values.extend(values! {
            name: names.next(district, "号造林地块"), species: SPECIES[random.weighted(&[30, 18, 14, 26, 12])], planted_on: planted,
        });
        let (spot, direction) = world.land.rivers[place.0].at(place.1, place.2, inland);
        let area = areas.get(index).copied().unwrap_or(30_000) as f64;
        if index == 427 {
            values.push(("area", Raw::from(square_metres(left))));
        } else {
            let width = area.sqrt() * random.real(0.7, 1.6);
            let shape = plot(spot.coordinate(), direction, width, area / width);
            left -= if index < 428 { shape.area_mm2() } else { 0 };
            values.push(("geometry", Raw::from(shape)));
        }
        let thing = world.story.create("afforestation_plots", Owner(unit::GARDENS), planted, values);
        let judged = planted.saturating_add(random.between(10, 35).days());
        if index < 428 {
            let report = world.file("造林验收报告", judged);
            world.story.advance_with(thing, "accepted", judged, report);
            world.story.verify(thing);
        } else if index < 437 {
            world.story.advance(thing, "failed", judged);
            world.story.verify(thing);
        }
        // The last six were never confirmed.
    }
}

/// 284 km of the corridor in 96 segments, and what is still being built.
pub(crate) fn corridor(world: &mut World) {
    const SEGMENTS: usize = 96;
    let mut random = world.random("corridor");
    let mut names = Numbering::default();
    let places = world.land.along_banks(&mut random, SEGMENTS + 6);
    let lengths = near_equal(&mut random, 284_000_000, SEGMENTS);
    for (index, place) in places.into_iter().enumerate() {
        let metres = lengths.get(index).map_or(2_000.0, |millimetres| *millimetres as f64 / 1e3);
        let (mut values, district) = on_bank(world, place, 90.0);
        values.extend(values! {
            name: names.next(district, "号生态廊道段"),
            geometry: world.land.rivers[place.0].line(place.1, place.2, 90.0, metres),
        });
        let planned = since(random.day(date(2016, 4, 1), date(2018, 6, 30)));
        let thing = world.story.create_verified("corridor_segments", Owner(unit::WATER), planned, values);
        let begun = planned.saturating_add(random.between(90, 500).days());
        world.story.advance(thing, "building", begun);
        if index < SEGMENTS {
            let done = random.day(begun.saturating_add(120.days()), date(2022, 12, 10));
            let report = world.file("生态廊道竣工验收", done);
            world.story.advance_with(thing, "completed", done, report);
        }
        world.story.verify(thing);
    }
}

/// 7.4 million square metres of riverside parks; 10 km and 138 ha of them were opened in 2022.
pub(crate) fn parks(world: &mut World) {
    let mut random = world.random("riverside parks");
    let mut names = Numbering::default();
    let mut places = world.land.along_banks(&mut random, 38 + 9 + 4);
    random.shuffle(&mut places);
    let later = places.split_off(47);
    let new = places.split_off(38);
    let older = (date(2016, 1, 1), date(2021, 12, 20));
    let recent = (date(2022, 1, 10), date(2022, 12, 20));
    sections(world, &mut random, &mut names, places, (6_020_000, 48_300), Some(older));
    sections(world, &mut random, &mut names, new, (1_380_000, 10_000), Some(recent));
    sections(world, &mut random, &mut names, later, (420_000, 3_600), None);
}

/// Sections with so many square metres and metres of waterfront in all, opened between two days, or still being built.
fn sections(
    world: &mut World,
    random: &mut Random,
    names: &mut Numbering,
    places: Vec<Place>,
    (square, waterfront): (i64, i64),
    opened: Option<(Date, Date)>,
) {
    let areas = near_equal(random, square, places.len());
    let lengths = near_equal(random, waterfront * 1000, places.len());
    let mut left = i128::from(square) * 1_000_000;
    let last = places.len() - 1;
    for (index, place) in places.into_iter().enumerate() {
        let (mut values, district) = on_bank(world, place, 10.0);
        values.extend(
            values! { name: names.next(district, "号江滩"), waterfront: Decimal::new(lengths[index], 3) },
        );
        if index == last {
            values.push(("area", Raw::from(square_metres(left))));
        } else {
            let (spot, direction) = world.land.rivers[place.0].at(place.1, place.2, 10.0);
            let width = lengths[index] as f64 / 1e3;
            // Land lies to the left of the left bank, to the right of the right one: the plot begins at its far end.
            let depth = areas[index] as f64 / width * if place.2 == Bank::Left { -1.0 } else { 1.0 };
            let shape = plot(spot.coordinate(), direction, width, depth);
            left -= shape.area_mm2();
            values.push(("geometry", Raw::from(shape)));
        }
        let day = opened.map(|(first, last)| random.day(first, last));
        let begun = since(day.unwrap_or(date(2023, 1, 1)).saturating_sub(random.between(200, 500).days()));
        let thing = world.story.create("riverside_parks", Owner(unit::WATER), begun, values);
        if let Some(day) = day {
            let report = world.file("江滩公园竣工验收", day);
            world.story.advance_with(thing, "open", day.max(begun), report);
        }
        world.story.verify(thing);
    }
}

/// Square millimetres as the book has them: square metres with six decimals.
pub(crate) fn square_metres(square_millimetres: i128) -> Decimal {
    Decimal::from_i128_with_scale(square_millimetres, 6)
}
