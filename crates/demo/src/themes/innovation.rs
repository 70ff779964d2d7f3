//! C2: science commissioners and technology contracts.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::Scale;
use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Handle, Owner, Person};
use crate::values;
use crate::world::World;

const FIRST: u32 = 20_000_000;

/// A cohort of 210 whose time is over, 320 who are posted, six whom nobody has confirmed, twelve posted in 2023.
pub(crate) fn commissioners(world: &mut World) {
    let mut random = world.random("commissioners");
    for index in 0..548_u32 {
        let posted = match index {
            0..210 => random.day(date(2020, 3, 1), date(2020, 6, 30)),
            210..536 => random.day(date(2021, 9, 1), date(2022, 11, 30)),
            _ => random.day(date(2023, 1, 10), date(2023, 3, 10)),
        };
        let (kind, host) = [("university", "高校"), ("firm", "企业"), ("institute", "研究院")]
            [random.weighted(&[30, 55, 15])];
        let district = random.index(world.land.districts.len());
        let values = values! {
            commissioner: Person(FIRST + index),
            host_kind: kind,
            host: format!("江城{}{host}", random.between(1, 90)),
            district: world.districts[district],
            posted_on: posted,
            until: posted.saturating_add(730.days()),
        };
        let thing = world.story.create("science_commissioners", Owner(unit::SCIENCE), posted, values);
        if (530..536).contains(&index) {
            continue;
        }
        world.story.verify(thing);
        if index < 210 {
            world.story.advance(thing, "finished", posted.saturating_add(730.days()));
            world.story.verify(thing);
        }
    }
}

/// Contracts by year: how many, and their sum in fen.
const CONTRACTS: [(i16, usize, i64); 4] = [
    (2020, 8_930, 3_984_000_000_000),
    (2021, 13_260, 5_721_000_000_000),
    (2022, 17_745, 8_296_300_000_000),
    (2023, 3_120, 1_530_000_000_000),
];

/// All contracts. Gives one of December 2022 with its right amount: it was entered wrongly, and
/// [`super::corrections`] mends it in March 2023.
pub(crate) fn contracts(world: &mut World) -> (Handle, Decimal) {
    let mut random = world.random("contracts");
    let mut wrong = None;
    for (year, count, total) in CONTRACTS {
        if world.scale == Scale::Small && year < 2022 {
            continue;
        }
        let last = if year == 2023 { date(2023, 3, 20) } else { date(year, 12, 28) };
        let amounts = random.parts(total, count, 60);
        for (index, fen) in amounts.into_iter().enumerate() {
            let right = Decimal::new(fen, 2);
            let erroneous = year == 2022 && index == 17_000;
            let day = if erroneous { date(2022, 12, 6) } else { random.day(date(year, 1, 4), last) };
            let amount = if erroneous { right * Decimal::TEN } else { right };
            let thing = contract(world, &mut random, (year, index + 1), day, amount);
            world.story.verify(thing);
            if erroneous {
                wrong = Some((thing, right));
            }
        }
    }
    unconfirmed(world, &mut random);
    wrong.unwrap_or((Handle(0), Decimal::ZERO))
}

/// What must not count: contracts that wait, were sent back, cancelled, or withdrawn.
fn unconfirmed(world: &mut World, random: &mut Random) {
    for index in 0..96_usize {
        let day = random.day(date(2022, 9, 1), date(2022, 12, 20));
        let amount = Decimal::new(random.between(1_000_000, 900_000_000), 2);
        let thing = contract(world, random, (2022, 90_001 + index), day, amount);
        match index {
            0..40 => {}
            40..64 => world.story.send_back(thing, "合同文本缺少签章页"),
            64..80 => {
                world.story.verify(thing);
                world.story.advance(thing, "cancelled", day.saturating_add(6.days()));
                world.story.verify(thing);
            }
            _ => world.story.withdraw(thing, day.saturating_add(3.days()), "重复登记"),
        }
    }
}

fn contract(
    world: &mut World,
    random: &mut Random,
    (year, number): (i16, usize),
    day: Date,
    amount: Decimal,
) -> Handle {
    const KINDS: [&str; 5] = ["development", "transfer", "licence", "consulting", "service"];
    let district = random.index(world.land.districts.len());
    let values = values! {
        number: format!("JS{year}-{number:06}"),
        kind: KINDS[random.weighted(&[34, 6, 4, 16, 40])],
        district: world.districts[district],
        amount: amount,
        registered_on: day,
    };
    world.story.create("contracts", Owner(unit::SCIENCE), day, values)
}
