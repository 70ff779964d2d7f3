//! C2 and C3: enterprises and their titles, which last three years and are renewed or lapse.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Handle, Owner};
use crate::values;
use crate::world::{World, since};

/// High-tech enterprises at the end of each year from 2016.
const HIGH_TECH: [usize; 7] = [2_140, 2_790, 3_480, 4_390, 6_170, 8_450, 10_003];

/// New little giants of each year from 2019, and of the first quarter of 2023.
const LITTLE_GIANTS: [(i16, usize); 4] = [(2019, 9), (2020, 22), (2021, 47), (2022, 158)];

/// So many enterprises are as old as the book: those that hold or join something before 2022 are chosen among them.
pub(crate) const OLD: usize = 2_140;

/// An enterprise and the day its high-tech title was last granted.
type Holder = (Handle, Date);

/// Enterprises year by year; gives them all.
pub(crate) fn enterprises(world: &mut World) -> Vec<Handle> {
    let mut random = world.random("enterprises");
    let mut all: Vec<Handle> = Vec::new();
    let mut holders: Vec<Holder> = Vec::new();
    for (year, wanted) in (2016..).zip(HIGH_TECH) {
        holders = renewals(world, &mut random, holders, year);
        while holders.len() < wanted {
            let day = random.day(date(year, 2, 1), date(year, 12, 20));
            let enterprise = enterprise(world, &mut random, all.len() + 1, day);
            all.push(enterprise);
            title(world, unit::SCIENCE, enterprise, "high_tech", day, true);
            holders.push((enterprise, day));
        }
    }
    little_giants(world, &mut random, &holders, all[OLD - 1]);
    scaled(world, &mut random, &all);
    all
}

/// Titles of three years ago end: most are renewed on the same day, some lapse.
fn renewals(world: &mut World, random: &mut Random, holders: Vec<Holder>, year: i16) -> Vec<Holder> {
    let mut kept = Vec::with_capacity(holders.len());
    for (enterprise, granted) in holders {
        if granted.year() + 3 > year {
            kept.push((enterprise, granted));
            continue;
        }
        let day = granted.saturating_add(3.years());
        if random.chance(940) {
            title(world, unit::SCIENCE, enterprise, "high_tech", day, true);
            kept.push((enterprise, day));
        }
    }
    kept
}

fn enterprise(world: &mut World, random: &mut Random, number: usize, day: Date) -> Handle {
    const CHAINS: [(&str, &str); 8] = [
        ("optics", "光电"),
        ("chips", "芯片"),
        ("displays", "显示"),
        ("devices", "智能终端"),
        ("networks", "网络"),
        ("life", "生物"),
        ("machines", "装备"),
        ("other", "科技"),
    ];
    let (chain, word) = CHAINS[random.weighted(&[12, 9, 7, 8, 14, 15, 20, 15])];
    let district = random.index(world.land.districts.len());
    let values = values! {
        code: format!("E{number:06}"),
        name: format!("江城{word}企业{number}号"),
        district: world.districts[district],
        chain: chain,
    };
    world.story.create("enterprises", Owner(unit::SCIENCE), since(day.saturating_sub(20.days())), values)
}

/// A title; one that lasts three years ends on its last day if that lies before April 2023.
fn title(
    world: &mut World,
    owner: u16,
    enterprise: Handle,
    kind: &'static str,
    day: Date,
    three_years: bool,
) {
    let mut values = values! { enterprise: enterprise, kind: kind, granted_on: day };
    let end = day.saturating_add(3.years());
    if three_years {
        values.push(("valid_until", end.into()));
    }
    let thing = world.story.create_verified("titles", Owner(owner), day, values);
    if three_years && end <= date(2022, 12, 31) {
        world.story.advance(thing, "lapsed", end);
        world.story.verify(thing);
    }
}

fn little_giants(world: &mut World, random: &mut Random, holders: &[Holder], youngest: Handle) {
    let mut chosen: Vec<Handle> = holders
        .iter()
        .map(|(enterprise, _)| *enterprise)
        .filter(|enterprise| *enterprise <= youngest)
        .collect();
    random.shuffle(&mut chosen);
    let mut chosen = chosen.into_iter();
    for (year, count) in LITTLE_GIANTS {
        for enterprise in chosen.by_ref().take(count) {
            let day = random.day(date(year, 6, 1), date(year, 9, 30));
            title(world, unit::INDUSTRY, enterprise, "little_giant", day, false);
        }
    }
    // Three applications of 2022 were never confirmed.
    for enterprise in chosen.take(3) {
        let day = date(2022, 8, 15);
        let values = values! { enterprise: enterprise, kind: "little_giant", granted_on: day };
        let thing = world.story.create("titles", Owner(unit::INDUSTRY), day, values);
        world.story.send_back(thing, "未附认定文件");
    }
}

fn scaled(world: &mut World, random: &mut Random, all: &[Handle]) {
    // All but those that were founded in 2022.
    let mut chosen = all[..HIGH_TECH[5]].to_vec();
    random.shuffle(&mut chosen);
    for enterprise in chosen.into_iter().take(1_380) {
        let day = random.day(date(2022, 1, 10), date(2022, 12, 20));
        title(world, unit::INDUSTRY, enterprise, "scaled", day, false);
    }
}
