//! A1: courses, sessions and attendance.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Handle, Owner};
use crate::values;
use crate::world::World;

/// A course: name, series, topic, first day, sessions, people in each session.
type Course = (String, &'static str, &'static str, Date, u32, usize);

/// Eight courses for leading officials, the lecture hall, the contest, the discussion and four drives.
pub(crate) fn learning(world: &mut World) {
    let mut random = world.random("learning");
    for course in plan() {
        hold(world, &mut random, course);
    }
    let planned = values! {
        name: "第9期领导干部培训班", series: "leadership", topic: "流域综合治理", starts: date(2023, 4, 17), ends: date(2023, 4, 21),
    };
    world.story.create("courses", Owner(unit::COMMITTEE), date(2023, 2, 20), planned);
    let cancelled = values! {
        name: "2020年春季领导干部培训班", series: "leadership", topic: "长江大保护", starts: date(2020, 2, 17), ends: date(2020, 2, 21),
    };
    let thing = world.story.create("courses", Owner(unit::COMMITTEE), date(2020, 1, 8), cancelled);
    world.story.advance(thing, "cancelled", date(2020, 2, 3));
}

fn plan() -> Vec<Course> {
    let classes = [
        date(2019, 5, 13),
        date(2020, 9, 14),
        date(2021, 3, 15),
        date(2021, 6, 21),
        date(2021, 10, 18),
        date(2022, 3, 14),
        date(2022, 7, 11),
        date(2022, 10, 31),
    ];
    let mut courses: Vec<Course> = (1..)
        .zip(classes)
        .map(|(number, day)| {
            (format!("第{number}期领导干部培训班"), "leadership", "长江经济带发展", day, 5, 129)
        })
        .collect();
    for year in [2021, 2022] {
        let name = format!("“学思悟”机关大讲堂（{year}年）");
        courses.push((name, "lecture_hall", "生态文明建设", date(year, 1, 20), 12, 430));
    }
    courses.push(("“聆听教诲”演讲比赛".to_owned(), "contest", "长江大保护", date(2022, 5, 9), 3, 172));
    courses.push(("“思想破冰”大讨论".to_owned(), "discussion", "高质量发展", date(2022, 2, 14), 4, 344));
    for (index, name) in
        ["学先进提升精神状态", "学理论提升政治能力", "学业务提升专业本领", "学法规提升服务效能"]
            .into_iter()
            .enumerate()
    {
        courses.push((
            format!("四学四提升·{name}"),
            "improvement",
            "作风建设",
            date(2022, 3 + index as i8, 7),
            2,
            258,
        ));
    }
    courses
}

fn hold(world: &mut World, random: &mut Random, (name, series, topic, starts, sessions, seats): Course) {
    // The lecture hall meets monthly, everything else day after day.
    let days_between = if series == "lecture_hall" { 28 } else { 1 };
    let ends = starts.saturating_add((i64::from(sessions - 1) * days_between).days());
    let values = values! { name: name, series: series, topic: topic, starts: starts, ends: ends };
    let announced = starts.saturating_sub(random.between(10, 30).days());
    let course = world.story.create("courses", Owner(unit::COMMITTEE), announced, values);
    for number in 1..=sessions {
        let day = starts.saturating_add((i64::from(number - 1) * days_between).days());
        let values = values! { course: course, number: i64::from(number), held_on: day, hours: Decimal::new(random.pick(&[20, 30, 40, 60]), 1) };
        let session = world.story.create("sessions", Owner(unit::COMMITTEE), day, values);
        attend(world, random, session, day, seats, series);
    }
    let summary = world.file("培训班结业小结", ends);
    world.story.advance_with(course, "held", ends, summary);
}

/// People from every unit in turn, so that each unit is reached; nobody twice in one session.
fn attend(world: &mut World, random: &mut Random, session: Handle, day: Date, seats: usize, series: &str) {
    let seats = if series == "leadership" { seats } else { world.scale.people(seats).max(86) };
    let start = random.index(86);
    let turn = random.below(1000) as u32;
    for seat in 0..seats {
        let branches = world.organisation.branches_of(((start + seat) % 86) as u16 + 1);
        // A unit's n-th seat goes to its n-th branch: different branches, so different people.
        let branch = branches[(turn as usize + seat / 86) % branches.len()];
        let attendee = branch.member(turn);
        let values = values! { session: session, attendee: attendee };
        world.story.create("attendance", branch.owner, day, values);
    }
}
