//! C3: alliances along the chains of industry, investment projects.

use jiff::ToSpan;
use jiff::civil::date;
use rust_decimal::Decimal;

use super::docks::Numbering;
use crate::organisation::unit;
use crate::story::{Handle, Owner};
use crate::values;
use crate::world::World;

/// Five alliances; an enterprise belongs to one at most.
pub(crate) fn alliances(world: &mut World, enterprises: &[Handle]) {
    const CHAINS: [(&str, &str, usize); 5] = [
        ("optics", "光", 86),
        ("chips", "芯", 61),
        ("displays", "屏", 48),
        ("devices", "端", 57),
        ("networks", "网", 92),
    ];
    let mut random = world.random("alliances");
    let mut members = enterprises[..enterprises.len().min(super::enterprises::OLD)].to_vec();
    random.shuffle(&mut members);
    let mut members = members.into_iter();
    for (chain, word, count) in CHAINS {
        let founded = random.day(date(2020, 6, 1), date(2021, 10, 31));
        let values = values! { name: format!("“{word}”产业链党建联盟"), chain: chain, founded_on: founded };
        let alliance = world.story.create("alliances", Owner(unit::INDUSTRY), founded, values);
        for enterprise in members.by_ref().take(count) {
            let joined = random.day(founded, date(2022, 12, 10));
            let values = values! { alliance: alliance, enterprise: enterprise, joined_on: joined };
            let thing = world.story.create("alliance_members", Owner(unit::INDUSTRY), joined, values);
            if random.chance(15) {
                world.story.advance(thing, "left", joined.saturating_add(60.days()));
            }
        }
    }
}

/// Investment projects from first talks to running.
pub(crate) fn investment(world: &mut World) {
    const TEAMS: [&str; 4] = ["circulation", "service", "consumption", "industry"];
    const STATES: [&str; 4] = ["signed", "building", "running", "dropped"];
    let mut random = world.random("investment");
    let mut names = Numbering::default();
    for _ in 0..286 {
        let district = random.index(world.land.districts.len());
        let opened = random.day(date(2020, 1, 10), date(2022, 9, 30));
        let values = values! {
            name: names.next(world.land.districts[district].short(), "号产业项目"),
            team: random.pick(&TEAMS),
            district: world.districts[district],
            amount: Decimal::new(random.between(300_000, 60_000_000), 2),
            opened_on: opened,
        };
        let thing = world.story.create("investment_projects", Owner(unit::COMMERCE), opened, values);
        world.story.verify(thing);
        let mut day = opened;
        for state in &STATES[..random.weighted(&[18, 17, 31, 34])] {
            day = day.saturating_add(random.between(40, 240).days());
            if day > date(2023, 3, 20) {
                break;
            }
            let agreement = world.file("招商签约备忘录", day);
            world.story.advance_with(thing, state, day, agreement);
            world.story.verify(thing);
        }
    }
}
