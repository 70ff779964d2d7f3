//! B1: working brands, applied for, reviewed, published, re-assessed each year by outcomes.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::organisation::unit;
use crate::story::{Handle, Owner};
use crate::values;
use crate::world::World;

/// A brand: name, unit, goal, and the indicators it is re-assessed by.
type Brand = (&'static str, u16, &'static str, &'static [&'static str]);

const PUBLISHED: [Brand; 11] = [
    (
        "千里江堤绿映红",
        unit::WATER,
        "waterfront",
        &["corridor.length", "water.gates_rebuilt", "blueways.new_length"],
    ),
    ("党旗下的泵管家", unit::WATER, "waterfront", &["water.pump_stations", "water.pump_capacity"]),
    ("大江滩的微治理", unit::WATER, "waterfront", &["riverside_parks.area"]),
    ("强化红色引领争当治水先锋", unit::WATER, "waterfront", &["water.demonstrations"]),
    (ECOLOGY, unit::ECOLOGY, "river", &["volunteers.people", "volunteers.turnouts"]),
    ("长江主轴党旗红", unit::LAKES, "river", &["docks.operating", "sand_yards.share_closed", "cases.closed"]),
    ("红润公园", unit::GARDENS, "civilisation", &["parks.count", "park_area.per_person", "greenways.length"]),
    ("红橙先锋队", unit::URBAN, "civilisation", &["green_stations.count"]),
    ("降噪先锋", unit::ECOLOGY, "civilisation", &["campaigns.participations"]),
    ("风雨中的红色堡垒", unit::EMERGENCY, "civilisation", &["water.pump_stations"]),
    ("金彩先锋", unit::HOUSING_FUND, "civilisation", &["housing_fund.matters", "housing_fund.cities"]),
];

/// The brand that has twelve activities of its own.
pub(crate) const ECOLOGY: &str = "党旗红引领生态绿";

/// Brands that were applied for but are not published.
const OTHERS: [(&str, u16, &str); 6] = [
    ("科创摆渡人", unit::SCIENCE, "civilisation"),
    ("链上先锋", unit::INDUSTRY, "civilisation"),
    ("红色航标", unit::TRANSPORT, "river"),
    ("绿道骑士", unit::GARDENS, "waterfront"),
    ("清波卫士", unit::LAKES, "river"),
    ("国门红帆", unit::BORDER, "river"),
];

/// All brands; gives the one of the environment bureau, to which campaigns belong.
pub(crate) fn brands(world: &mut World) -> Handle {
    let mut random = world.random("brands");
    let mut ecology = None;
    for (name, owner, goal, outcomes) in PUBLISHED {
        let applied = random.day(date(2019, 3, 1), date(2020, 6, 30));
        let brand = begin(world, name, owner, goal, applied);
        let reviewed = applied.saturating_add(40.days());
        world.story.advance(brand, "reviewed", reviewed);
        let published = reviewed.saturating_add(random.between(20, 60).days());
        let decision = world.file("党建品牌发布通知", published);
        world.story.advance_with(brand, "published", published, decision);
        world.story.verify(brand);
        for outcome in outcomes {
            let values = values! { brand: brand, indicator: *outcome };
            world.story.create("brand_outcomes", Owner(owner), published, values);
        }
        for year in [2021, 2022] {
            let day = random.day(date(year, 11, 20), date(year, 12, 20));
            let grade = if random.chance(850) { "kept" } else { "improve" };
            let values = values! { brand: brand, year: i64::from(year), grade: grade, assessed_on: day };
            world.story.create("brand_assessments", Owner(unit::COMMITTEE), day, values);
        }
        if name == ECOLOGY {
            ecology = Some(brand);
        }
    }
    for (index, (name, owner, goal)) in OTHERS.into_iter().enumerate() {
        let applied = random.day(date(2022, 1, 10), date(2022, 10, 31));
        let brand = begin(world, name, owner, goal, applied);
        if index > 2 {
            world.story.advance(brand, "reviewed", applied.saturating_add(40.days()));
        }
        match index {
            0 | 3 => world.story.verify(brand),
            1 => world.story.send_back(brand, "品牌内涵与业务指标的关联不够清楚"),
            _ => {}
        }
    }
    ecology.unwrap_or(Handle(0))
}

fn begin(world: &mut World, name: &'static str, owner: u16, goal: &'static str, applied: Date) -> Handle {
    let values = values! { name: name, goal: goal, motto: "以业务实绩检验党建成效", applied_on: applied };
    world.story.create("brands", Owner(owner), applied, values)
}
