//! B3: docks with their life cycle, sand yards, cases of enforcement.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::geography::Bank;
use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Handle, Owner, Raw};
use crate::values;
use crate::world::{BEGINNING, World};

/// Docks in 2016, and how many of them are closed or moved in each year from 2017 to 2022: 188 remain.
const DOCKS: usize = 583;
const CLOSED: [usize; 6] = [41, 96, 118, 74, 43, 23];

/// All docks; the last one that closes in 2022 is left to [`super::corrections`], which enters it late.
pub(crate) fn docks(world: &mut World) -> Handle {
    let mut random = world.random("docks");
    let mut names = Numbering::default();
    let mut docks: Vec<Handle> = Vec::new();
    for (river, along, bank) in world.land.along_banks(&mut random, DOCKS) {
        let values = dock(world, &mut random, &mut names, (river, along, bank));
        let thing = world.story.create("docks", Owner(unit::LAKES), BEGINNING, values);
        world.story.verify(thing);
        docks.push(thing);
    }
    let mut order = docks.clone();
    random.shuffle(&mut order);
    let mut closing = order.iter().copied();
    for (year, count) in (2017..).zip(CLOSED) {
        let late = usize::from(year == 2022);
        for thing in closing.by_ref().take(count - late) {
            let day = random.day(date(year, 1, 4), date(year, 12, 26));
            let state = if random.chance(180) { "moved" } else { "closed" };
            let notice = world.file("码头关停搬迁通告", day);
            world.story.advance_with(thing, state, day, notice);
            world.story.verify(thing);
        }
    }
    let late = closing.next().unwrap_or(order[0]);
    pending_docks(world, &mut random, &mut names, closing.next());
    late
}

/// What must not count: docks that nobody has confirmed, one entered twice and withdrawn, a closing still open.
fn pending_docks(world: &mut World, random: &mut Random, names: &mut Numbering, operating: Option<Handle>) {
    for (index, place) in world.land.along_banks(random, 5).into_iter().enumerate() {
        let values = dock(world, random, names, place);
        let thing = world.story.create("docks", Owner(unit::LAKES), date(2022, 11, 7), values);
        match index {
            0 | 1 => {}
            2 | 3 => world.story.send_back(thing, "缺少岸线使用批复，请补充后再报"),
            _ => world.story.withdraw(thing, date(2022, 11, 20), "重复登记"),
        }
    }
    if let Some(thing) = operating {
        let day = date(2022, 12, 20);
        let notice = world.file("码头关停搬迁通告", day);
        world.story.advance_with(thing, "closed", day, notice);
    }
}

fn dock(
    world: &World,
    random: &mut Random,
    names: &mut Numbering,
    (river, along, bank): (usize, f64, Bank),
) -> Vec<(&'static str, Raw)> {
    const PURPOSES: [&str; 5] = ["cargo", "passenger", "ferry", "official", "sand"];
    let (spot, _) = world.land.rivers[river].at(along, bank, -40.0);
    let district = world.land.district_of(spot);
    values! {
        name: names.next(world.land.districts[district].short(), "号码头"),
        river: world.land.rivers[river].word,
        bank: bank.word(),
        district: world.districts[district],
        purpose: PURPOSES[random.weighted(&[52, 9, 7, 10, 22])],
        berths: random.between(1, 6),
        built: random.day(date(1958, 1, 1), date(2012, 12, 31)),
        geometry: spot.point(),
    }
}

/// The sand yards: all are closed by the end of 2021.
pub(crate) fn sand_yards(world: &mut World) {
    const YARDS: usize = 364;
    let mut random = world.random("sand yards");
    let mut names = Numbering::default();
    for (river, along, bank) in world.land.along_banks(&mut random, YARDS) {
        let (spot, _) = world.land.rivers[river].at(along, bank, 60.0);
        let district = world.land.district_of(spot);
        let values = values! {
            name: names.next(world.land.districts[district].short(), "号堆沙场"),
            river: world.land.rivers[river].word,
            bank: bank.word(),
            district: world.districts[district],
            area: Decimal::new(random.between(120_000, 2_400_000), 2),
            geometry: spot.point(),
        };
        let thing = world.story.create_verified("sand_yards", Owner(unit::LAKES), BEGINNING, values);
        let year = 2016 + random.weighted(&[20, 90, 110, 80, 44, 20]) as i16;
        let day = random.day(date(year, 3, 1), date(year, 12, 26));
        let notice = world.file("堆沙场取缔验收单", day);
        world.story.advance_with(thing, "closed", day, notice);
        world.story.verify(thing);
    }
}

/// Cases of enforcement, found → handled → closed; fewer each year.
pub(crate) fn cases(world: &mut World) {
    let mut random = world.random("cases");
    for (year, count) in (2016..=2023).zip([148, 139, 120, 104, 91, 77, 62, 11]) {
        for number in 1..=count {
            let last = if year == 2023 { date(2023, 3, 24) } else { date(year, 12, 24) };
            let day = random.day(date(year, 1, 3), last);
            case(world, &mut random, number, day);
        }
    }
}

fn case(world: &mut World, random: &mut Random, number: i32, found: Date) {
    const KINDS: [&str; 4] = ["sand_mining", "sand_transport", "dumping", "fishing"];
    let river = random.weighted(&[7, 3]);
    let along = random.real(0.0, world.land.rivers[river].length());
    let (spot, _) = world.land.rivers[river].at(along, Bank::Left, -300.0);
    let district = world.land.district_of(spot);
    let fined = random.chance(700);
    let mut values = values! {
        number: format!("江执〔{}〕{number}号", found.year()),
        kind: KINDS[random.weighted(&[46, 24, 16, 14])],
        river: world.land.rivers[river].word,
        district: world.districts[district],
        found_on: found,
        vessels: random.between(0, 4),
        geometry: spot.point(),
    };
    if fined {
        values.push(("fine", Raw::from(Decimal::new(random.between(20, 3000) * 10_000, 2))));
    }
    let thing = world.story.create_verified("enforcement_cases", Owner(unit::LAKES), found, values);
    let handled = found.saturating_add(random.between(3, 20).days());
    let closed = handled.saturating_add(random.between(15, 150).days());
    let end = date(2023, 3, 24);
    if handled >= end {
        return;
    }
    world.story.advance(thing, "handling", handled);
    if closed < end && random.chance(960) {
        let decision = world.file("行政处罚决定书汇编", closed);
        world.story.advance_with(thing, "closed", closed, decision);
    }
    world.story.verify(thing);
}

/// Counts names up, place by place.
#[derive(Debug, Default)]
pub(crate) struct Numbering(std::collections::BTreeMap<String, u32>);

impl Numbering {
    /// 望江 and 号码头 → 望江17号码头.
    pub(crate) fn next(&mut self, place: &str, ending: &str) -> String {
        let number = self.0.entry(format!("{place}{ending}")).or_default();
        *number += 1;
        format!("{place}{number}{ending}")
    }
}
