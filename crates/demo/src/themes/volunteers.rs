//! A2: volunteers who sign up and turn out. People are distinct, turn-outs are not.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::random::Random;
use crate::story::{Handle, Person};
use crate::values;
use crate::world::World;

/// Volunteers are people of their own, apart from the staff.
const FIRST: u32 = 10_000_000;

/// Distinct volunteers at the end of 2022, and turn-outs in 2020, 2021, 2022 and the first quarter of 2023.
const VOLUNTEERS: usize = 200_000;
const TURNOUTS: [(i16, usize); 4] = [(2020, 36_000), (2021, 84_000), (2022, 512_000), (2023, 26_000)];

/// People at an event, about.
const CROWD: usize = 230;

/// Who turns out when: the events with their days, and the volunteers of each.
struct Event {
    day: Date,
    crowd: Vec<u32>,
}

/// Sign-ups first, then event by event.
pub(crate) fn volunteers(world: &mut World) {
    let mut random = world.random("volunteers");
    let people = world.scale.people(VOLUNTEERS);
    let mut events = Vec::new();
    for (year, turnouts) in TURNOUTS {
        events.extend(year_of_events(&mut random, year, world.scale.people(turnouts), people));
    }
    events.sort_by_key(|event| event.day);
    sign_up(world, &mut random, &events, people);
    let mut number = (0, 0);
    for event in &events {
        number = if number.0 == event.day.year() { (number.0, number.1 + 1) } else { (event.day.year(), 1) };
        turn_out(world, &mut random, event, number.1);
    }
}

/// The events of a year. In 2022 everybody comes at least once: the volunteers are dealt out like a pack of cards,
/// again and again; in other years the cards are those who are most eager.
fn year_of_events(random: &mut Random, year: i16, turnouts: usize, people: usize) -> Vec<Event> {
    let eager = if year == 2022 { people } else { people / 4 };
    let last = if year == 2023 { date(2023, 3, 19) } else { date(year, 12, 20) };
    let mut cards: Vec<u32> = Vec::new();
    let mut left = turnouts;
    let mut events = Vec::new();
    while left > 0 {
        let size = (CROWD / 2 + random.index(CROWD)).min(left);
        let mut crowd: Vec<u32> = Vec::with_capacity(size);
        while crowd.len() < size {
            if cards.is_empty() {
                cards = (0..eager as u32).collect();
                random.shuffle(&mut cards);
            }
            // Where one pack ends and the next begins, somebody could come twice: that card goes under the pack.
            match cards.pop() {
                Some(card) if crowd.contains(&card) => cards.insert(0, card),
                Some(card) => crowd.push(card),
                None => break,
            }
        }
        left -= crowd.len();
        events.push(Event { day: random.day(date(year, 1, 8), last), crowd });
    }
    events
}

/// Everybody signs up some days before the first event; a few leave in 2023.
fn sign_up(world: &mut World, random: &mut Random, events: &[Event], people: usize) {
    let mut first: Vec<Option<Date>> = vec![None; people];
    for event in events {
        for &person in &event.crowd {
            first[person as usize].get_or_insert(event.day);
        }
    }
    let weights: Vec<u64> = world.land.districts.iter().map(|district| district.residents as u64).collect();
    for (person, day) in first.into_iter().enumerate() {
        let Some(day) = day else { continue };
        let signed = day.saturating_sub(random.between(12, 90).days());
        let district = random.weighted(&weights);
        let branch = world.organisation.branches[random.index(world.organisation.branches.len())];
        let values = values! {
            volunteer: Person(FIRST + person as u32), district: world.districts[district], signed_up: signed,
        };
        let thing = world.story.create("volunteers", branch.owner, signed, values);
        if random.chance(4) {
            world.story.advance(thing, "left", random.day(date(2023, 2, 1), date(2023, 3, 20)));
        }
    }
}

fn turn_out(world: &mut World, random: &mut Random, event: &Event, number: u32) {
    const THEMES: [(&str, &str); 5] = [
        ("river_walk", "巡河护岸"),
        ("clean_up", "净滩行动"),
        ("planting", "植绿护绿"),
        ("wetland", "湿地守护"),
        ("lesson", "生态讲堂"),
    ];
    let (theme, name) = random.pick(&THEMES);
    let district = random.index(world.land.districts.len());
    let spot = world.land.spot_in(random, district);
    let branch = world.organisation.branches[random.index(world.organisation.branches.len())];
    let day = event.day;
    let values = values! {
        code: format!("V{}-{number:05}", day.year()),
        name: format!("{}{name}", world.land.districts[district].short()),
        theme: theme,
        district: world.districts[district],
        held_on: day,
        geometry: spot.point(),
    };
    let thing: Handle = world.story.create("volunteer_events", branch.owner, day, values);
    for &person in &event.crowd {
        let values = values! {
            event: thing, volunteer: Person(FIRST + person), hours: Decimal::new(random.pick(&[10, 15, 20, 20, 25, 30, 40]), 1),
        };
        world.story.create("turnouts", branch.owner, day, values);
    }
}
