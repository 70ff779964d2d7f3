//! A2: named activities and who took part in them.

use jiff::civil::{Date, date};

use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Handle, Owner, Person};
use crate::values;
use crate::world::World;

/// Distinct members of staff in publicity campaigns.
const STAFF: usize = 20_314;

/// Name, kind, theme, unit, first year of running, participants.
const OTHERS: [(&str, &str, &str, u16, i16, usize); 13] = [
    ("“两山”宣讲队", "preaching", "green", unit::PUBLICITY, 2021, 2_600),
    ("长江大保护主题宣讲", "preaching", "river", unit::PUBLICITY, 2021, 1_900),
    ("大河对话", "practice", "river", unit::ECOLOGY, 2020, 1_200),
    ("湿地小卫士", "practice", "green", unit::GARDENS, 2021, 2_100),
    ("双循环战略链接先锋", "team", "business", unit::COMMERCE, 2022, 420),
    ("招商服务先锋", "team", "business", unit::COMMERCE, 2022, 510),
    ("国际消费城市建设先锋", "team", "business", unit::COMMERCE, 2022, 380),
    ("产业招商先锋", "team", "business", unit::COMMERCE, 2022, 460),
    ("光电子突破性发展行动", "team", "business", unit::INDUSTRY, 2022, 640),
    ("金彩先锋主题实践", "team", "region", unit::HOUSING_FUND, 2022, 350),
    ("仲裁先锋队", "team", "region", unit::ARBITRATION, 2022, 120),
    ("新港红色国门党建圈", "team", "region", unit::BORDER, 2021, 180),
    ("科技创新排头兵", "team", "business", unit::SCIENCE, 2022, 900),
];

/// The six activities of the first series of the environment bureau's brand, and the six of the second.
const SERIES: [(&str, &str); 12] = [
    ("红印初心·信仰课堂", "spirit"),
    ("红印初心·足迹寻访", "spirit"),
    ("红印初心·故事分享", "spirit"),
    ("红印初心·光影展映", "spirit"),
    ("红印初心·基因传承", "spirit"),
    ("红印初心·文化展演", "spirit"),
    ("绿照我心·理念宣讲", "green"),
    ("绿照我心·绿色发展", "green"),
    ("绿照我心·绿色创建", "green"),
    ("绿照我心·绿色文化", "green"),
    ("绿照我心·绿色精神", "green"),
    ("绿照我心·绿色惠民", "green"),
];

/// All campaigns with their participants.
pub(crate) fn campaigns(world: &mut World, ecology: Handle) {
    let mut random = world.random("campaigns");
    let mut people: Vec<(Owner, Person)> = world.organisation.people().collect();
    random.shuffle(&mut people);
    let staff = world.scale.people(STAFF);
    let voices = [
        ("全城好声音", "spirit", 0, staff),
        ("全城好声音·长江大保护", "river", 0, staff / 2),
        ("全城好声音·四水共治", "water", staff / 3, staff / 4),
    ];
    for (name, theme, from, count) in voices {
        let thing = begin(world, name, "publicity", theme, unit::COMMITTEE, date(2021, 6, 1), None);
        join(world, &mut random, thing, &people[from..from + count], (date(2021, 6, 10), date(2022, 12, 15)));
    }
    for (name, kind, theme, owner, year, count) in OTHERS {
        let thing = begin(world, name, kind, theme, owner, date(year, 3, 1), None);
        let count = world.scale.people(count);
        let from = random.index(people.len() - count);
        join(world, &mut random, thing, &people[from..from + count], (date(year, 3, 10), date(2022, 12, 15)));
    }
    for (index, (name, theme)) in SERIES.into_iter().enumerate() {
        let starts = date(2021 + (index as i16 / 6), 4 + (index as i8 % 6), 10);
        let thing = begin(world, name, "series", theme, unit::ECOLOGY, starts, Some(ecology));
        let count = world.scale.people(random.between(240, 620) as usize);
        let from = random.index(people.len() - count);
        join(world, &mut random, thing, &people[from..from + count], (starts, date(starts.year(), 12, 1)));
        world.story.advance(thing, "closed", date(starts.year(), 12, 15));
    }
}

fn begin(
    world: &mut World,
    name: &'static str,
    kind: &'static str,
    theme: &'static str,
    owner: u16,
    starts: Date,
    brand: Option<Handle>,
) -> Handle {
    let mut values = values! { name: name, kind: kind, theme: theme, starts: starts };
    values.extend(brand.map(|brand| ("brand", brand.into())));
    world.story.create("campaigns", Owner(owner), starts, values)
}

fn join(
    world: &mut World,
    random: &mut Random,
    campaign: Handle,
    people: &[(Owner, Person)],
    (first, last): (Date, Date),
) {
    for (owner, person) in people {
        let day = random.day(first, last);
        let values = values! { campaign: campaign, participant: *person, joined_on: day };
        world.story.create("participation", *owner, day, values);
    }
}
