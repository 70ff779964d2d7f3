//! C5 to C8: service items across nine cities, the housing fund, arbitration, the port.

use jiff::ToSpan;
use jiff::civil::date;
use rust_decimal::Decimal;

use crate::organisation::unit;
use crate::story::{Handle, Owner, Person};
use crate::values;
use crate::world::World;

/// The cities of the ring, as the pack's choices name them; the first is ours.
const CITIES: [&str; 9] =
    ["jiangcheng", "city2", "city3", "city4", "city5", "city6", "city7", "city8", "city9"];

const APPLICANTS: u32 = 30_000_000;

/// 319 items are handled across cities; 46 are not, and five follow in 2023.
pub(crate) fn items(world: &mut World) {
    const KINDS: [(&str, &str); 4] =
        [("permit", "许可"), ("registration", "登记"), ("payment", "给付"), ("certificate", "证明")];
    const SUBJECTS: [&str; 12] = [
        "企业",
        "社会保险",
        "不动产",
        "户籍",
        "车辆",
        "医疗保障",
        "婚育",
        "建设工程",
        "食品经营",
        "道路运输",
        "人才",
        "养老",
    ];
    let mut random = world.random("service items");
    for index in 0..370_usize {
        let (kind, word) = random.pick(&KINDS);
        let name = format!("{}{word}事项{}", random.pick(&SUBJECTS), index + 1);
        let values = values! { code: format!("S-{:04}", index + 1), name: name, kind: kind };
        let item = world.story.create("service_items", Owner(unit::REFORM), date(2020, 11, 2), values);
        let since = match index {
            0..319 => random.day(date(2021, 3, 1), date(2022, 12, 15)),
            319..324 => random.day(date(2023, 2, 1), date(2023, 3, 15)),
            _ => continue,
        };
        let list = world.file("跨市通办事项清单", since);
        world.story.advance_with(item, "cross_city", since, list);
        // At least six of the nine cities, and all nine for most items.
        let missing = if random.chance(700) { 0 } else { random.index(4) };
        for city in &CITIES[..CITIES.len() - missing] {
            let values = values! { item: item, served_in: *city, since: since };
            world.story.create("service_cities", Owner(unit::REFORM), since, values);
        }
    }
}

/// Matters of the housing fund between the cities.
pub(crate) fn housing_fund(world: &mut World) {
    const KINDS: [&str; 3] = ["recognition", "relocation", "on_the_spot"];
    let mut random = world.random("housing fund");
    for (year, count) in [(2021, 2_900), (2022, 6_480), (2023, 1_210)] {
        let last = if year == 2023 { date(2023, 3, 20) } else { date(year, 12, 20) };
        for number in 1..=world.scale.people(count) {
            let day = random.day(date(year, 1, 5), last);
            // The first matters go round all nine cities, so that each is linked whatever the dice say.
            let from = if number <= 9 { number - 1 } else { random.index(9) };
            let to = (from + 1 + random.index(8)) % 9;
            let values = values! {
                number: format!("GJJ{year}-{number:06}"),
                kind: KINDS[random.weighted(&[30, 45, 25])],
                applicant: Person(APPLICANTS + year as u32 * 10_000 + number as u32),
                from_city: CITIES[from],
                to_city: CITIES[to],
                amount: Decimal::new(random.between(500_000, 28_000_000), 2),
                handled_on: day,
            };
            world.story.create("housing_fund_transfers", Owner(unit::HOUSING_FUND), day, values);
        }
    }
}

/// Cases that the arbitration bodies refer to each other.
pub(crate) fn arbitration(world: &mut World) {
    const SUBJECTS: [&str; 4] = ["trade", "building", "finance", "technology"];
    let mut random = world.random("arbitration");
    for (year, count) in [(2021, 64), (2022, 137), (2023, 29)] {
        let last = if year == 2023 { date(2023, 3, 10) } else { date(year, 12, 20) };
        for number in 1..=count {
            let day = random.day(date(year, 1, 8), last);
            let to = 1 + random.index(8);
            let (from, to) = if random.chance(500) { (0, to) } else { (to, 0) };
            let values = values! {
                number: format!("ZC{year}-{number:03}"),
                from_city: CITIES[from],
                to_city: CITIES[to],
                subject: random.pick(&SUBJECTS),
                referred_on: day,
            };
            let thing = world.story.create("arbitration_referrals", Owner(unit::ARBITRATION), day, values);
            let accepted = day.saturating_add(random.between(3, 15).days());
            let concluded = accepted.saturating_add(random.between(30, 160).days());
            if accepted < date(2023, 3, 20) {
                world.story.advance(thing, "accepted", accepted);
            }
            if concluded < date(2023, 3, 20) {
                world.story.advance(thing, "concluded", concluded);
            }
        }
    }
}

/// Five measures in force at the port, one that has ended, and the ships that were cleared under them.
pub(crate) fn port(world: &mut World) {
    const MEASURES: [(&str, &str); 6] = [
        ("江海直航随到随检", "direct"),
        ("船舶信息一次申报", "m360"),
        ("全时段预约通关", "m360"),
        ("零等待登轮检查", "five_zero"),
        ("零距离咨询服务", "five_zero"),
        ("纸质证件代办", "m360"),
    ];
    let mut random = world.random("port");
    let mut measures: Vec<Handle> = Vec::new();
    for (name, method) in MEASURES {
        let started = random.day(date(2019, 4, 1), date(2021, 3, 31));
        let values = values! { name: name, method: method, started_on: started };
        measures.push(world.story.create("port_measures", Owner(unit::BORDER), started, values));
    }
    world.story.advance(measures[5], "ended", date(2021, 12, 31));
    for (year, count) in [(2021, 610), (2022, 934), (2023, 188)] {
        let last = if year == 2023 { date(2023, 3, 20) } else { date(year, 12, 24) };
        for number in 1..=count {
            let day = random.day(date(year, if year == 2021 { 4 } else { 1 }, 5), last);
            let measure = random.index(if year == 2021 { 6 } else { 5 });
            let values = values! {
                number: format!("TG{year}-{number:04}"),
                measure: measures[measure],
                cleared_on: day,
                hours_saved: Decimal::new(random.between(5, 90), 1),
            };
            world.story.create("port_clearances", Owner(unit::BORDER), day, values);
        }
    }
}
