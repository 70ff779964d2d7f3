//! The rule against worked cases: what is expected of a target on a day, and what its reasons say.

use figure::{Figure, FigureId, Period, Snapshot};
use insta::assert_snapshot;
use jiff::civil::{Date, date};
use message::Language;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Assessment, Course, Direction, Facts, Settings, State, Target, assess};

fn figure(value: Option<Decimal>, as_of: Date) -> Figure {
    let snapshot = Snapshot { known_at: 1, lake: None, pack: [0; 4] };
    let id = FigureId {
        indicator: "docks.operating".to_owned(),
        period: Period::Year(as_of.year()),
        as_of,
        scope: Vec::new(),
        snapshot,
    };
    Figure { id, value, unit: "个".to_owned(), decimals: 0, rows: 0, pending: 0 }
}

/// Assesses a value on a day of 2022, on the way from a baseline at the end of 2021.
fn on(target: &Target, from: Option<i64>, value: Option<Decimal>, today: Date) -> Assessment {
    let baseline = figure(from.map(Decimal::from), date(2021, 12, 31));
    let now = figure(value, today.min(target.by));
    let facts = Facts { today, now: Some(&now), baseline: Some(&baseline) };
    assess(target, &facts, &Settings::default(), &|value| format!("{} 个", value.round_dp(1).normalize()))
}

fn target(value: i64, direction: Direction, course: Course) -> Target {
    Target { value: value.into(), by: date(2022, 12, 31), direction, course }
}

#[test]
fn a_state_follows_from_figures_and_dates() {
    fn check(target: Target, from: Option<i64>, value: Option<i64>, today: (i8, i8), expected: State) {
        let year = if today.0 > 12 { 2023 } else { 2022 };
        let today = date(year, (today.0 - 1) % 12 + 1, today.1);
        let found = on(&target, from, value.map(Decimal::from), today);
        assert_eq!(found.state, expected, "{found:?}");
    }
    // Docks, from 583 down to 188: half of the year, half of the way.
    let docks = target(188, Direction::Lower, Course::Path);
    check(docks, Some(583), Some(188), (6, 30), State::Reached);
    check(docks, Some(583), Some(380), (7, 2), State::OnTrack);
    check(docks, Some(583), Some(420), (7, 2), State::OnTrack);
    check(docks, Some(583), Some(430), (7, 2), State::AtRisk);
    check(docks, Some(583), Some(600), (1, 1), State::OnTrack);
    check(docks, Some(583), Some(189), (12, 31), State::OnTrack);
    check(docks, Some(583), Some(300), (12, 31), State::AtRisk);
    check(docks, Some(583), Some(189), (13, 1), State::Missed);
    check(docks, Some(583), Some(188), (13, 1), State::Reached);
    check(docks, None, Some(300), (7, 2), State::NoData);
    check(docks, None, Some(188), (7, 2), State::Reached);
    check(docks, Some(583), None, (7, 2), State::NoData);
    // It had been met before, and no longer is.
    check(docks, Some(188), Some(189), (7, 2), State::AtRisk);
    check(docks, Some(100), Some(189), (7, 2), State::AtRisk);
    // A direction that only the baseline tells.
    check(target(188, Direction::FromBaseline, Course::Path), Some(583), Some(150), (7, 2), State::Reached);
    check(target(188, Direction::FromBaseline, Course::Path), Some(100), Some(150), (7, 2), State::OnTrack);
    // Eight courses in a year, from none.
    let courses = target(8, Direction::Higher, Course::Sum);
    check(courses, None, Some(0), (1, 10), State::OnTrack);
    check(courses, None, Some(2), (7, 2), State::AtRisk);
    check(courses, None, Some(4), (7, 2), State::OnTrack);
    check(courses, None, Some(8), (7, 2), State::Reached);
    // At most a hundred cases in a year.
    let cases = target(100, Direction::Lower, Course::Sum);
    check(cases, None, Some(40), (7, 2), State::OnTrack);
    check(cases, None, Some(70), (7, 2), State::AtRisk);
    check(cases, None, Some(101), (7, 2), State::Missed);
    check(cases, None, Some(100), (13, 1), State::Reached);
    // Four days in five.
    let rate = target(80, Direction::Higher, Course::Level);
    check(rate, None, Some(85), (7, 2), State::OnTrack);
    check(rate, None, Some(79), (7, 2), State::AtRisk);
    check(rate, None, Some(80), (13, 1), State::Reached);
    check(rate, None, Some(79), (13, 1), State::Missed);
}

#[test]
fn a_state_gives_its_reasons() {
    fn said(found: &Assessment, language: Language) -> String {
        let reasons: Vec<_> = found.reasons.iter().map(|reason| reason.in_language(language)).collect();
        format!("{}\n{}", found.state.label().in_language(language), reasons.join("\n"))
    }
    let docks = target(188, Direction::Lower, Course::Path);
    let found = on(&docks, Some(583), Some(430.into()), date(2022, 7, 2));
    assert_snapshot!(said(&found, Language::Simplified), @r#"
    有风险
    目标188 个，现为430 个，距2022-12-31到期还有182天。
    自583 个起按时间均匀推进，今天应为385 个；差45 个，超过允许的10%。
    按目前进度，到期约为277.8 个。
    "#);
    assert_snapshot!(said(&found, Language::English), @r#"
    At risk
    188 个 is promised, it is 430 个; due on 2022-12-31, in 182 days.
    Moving evenly from 583 个, it should be 385 个 today; it is short by 45 个, more than the 10% allowed.
    At the pace so far, it would be 277.8 个 when due.
    "#);
    let missed = on(&docks, Some(583), Some(189.into()), date(2023, 1, 2));
    assert_snapshot!(said(&missed, Language::Simplified), @r#"
    未完成
    2022-12-31到期，已过2天；目标188 个，到期时为189 个。
    "#);
    let unknown = on(&docks, None, Some(189.into()), date(2022, 1, 2));
    assert_snapshot!(said(&unknown, Language::English), @r#"
    No data
    188 个 was promised, it is 189 个; there is no baseline to measure progress from.
    "#);
}

#[test]
fn the_way_is_told_in_parts() {
    let found =
        on(&target(188, Direction::Lower, Course::Path), Some(588), Some(388.into()), date(2022, 4, 1));
    assert_eq!(found.done, Some(Decimal::new(5, 1)));
    assert_eq!(found.due.map(|due| due.round_dp(3)), Some(Decimal::new(249, 3)));
    assert_eq!(found.days_left, 274);
    assert_eq!(found.forecast.map(|value| value.round_dp(1)), Some(Decimal::new(-2142, 1)));
}

fn any_target() -> impl Strategy<Value = Target> {
    let direction =
        prop_oneof![Just(Direction::Higher), Just(Direction::Lower), Just(Direction::FromBaseline)];
    let course = prop_oneof![Just(Course::Path), Just(Course::Sum), Just(Course::Level)];
    (-1_000..1_000_i64, 0..800_i32, direction, course).prop_map(|(value, after, direction, course)| {
        let by = date(2021, 12, 1).saturating_add(jiff::Span::new().days(after));
        Target { value: value.into(), by, direction, course }
    })
}

proptest! {
    #[test]
    fn a_better_value_is_never_worse(
        target in any_target(),
        from in proptest::option::of(-1_000..1_000_i64),
        a in -1_500..1_500_i64,
        b in -1_500..1_500_i64,
        day in 0..800_i32,
    ) {
        let today = date(2022, 1, 1).saturating_add(jiff::Span::new().days(day));
        let of = |value: i64| on(&target, from, Some(value.into()), today);
        let (less, more) = (of(a.min(b)), of(a.max(b)));
        let begin = if target.course == Course::Path { from } else { Some(0) };
        let from_baseline = begin.is_some_and(|from| target.value < from.into());
        let lower = target.direction == Direction::Lower
            || (target.direction == Direction::FromBaseline && from_baseline);
        let (worse, better) = if lower { (more, less) } else { (less, more) };
        prop_assert!(
            better.state == State::NoData || worse.state <= better.state,
            "{worse:?} {better:?}"
        );
        // Nothing is reached that does not meet its target, and no reached one is called anything else after.
        let met = |found: &Assessment| {
            let value = found.value.expect("given");
            if lower { value <= target.value } else { value >= target.value }
        };
        for found in [&worse, &better] {
            prop_assert!(found.state != State::Reached || met(found));
            prop_assert!(found.state != State::Missed || !met(found));
            prop_assert!(!met(found) || found.state != State::AtRisk || target.course == Course::Sum && lower);
            prop_assert!(!found.reasons.is_empty());
        }
    }

    #[test]
    fn a_larger_tolerance_is_never_worse(
        target in any_target(),
        value in -1_500..1_500_i64,
        day in 0..800_i32,
        strict in 0..100_i64,
        more in 0..100_i64,
    ) {
        let today = date(2022, 1, 1).saturating_add(jiff::Span::new().days(day));
        let (baseline, now) = (figure(Some(500.into()), date(2021, 12, 31)), figure(Some(value.into()), today));
        let facts = Facts { today, now: Some(&now), baseline: Some(&baseline) };
        let of = |tolerance: i64| {
            let settings = Settings { tolerance: tolerance.into() };
            assess(&target, &facts, &settings, &|value| value.to_string()).state
        };
        prop_assert!(of(strict) <= of(strict + more));
    }

    #[test]
    fn no_number_panics(value: i64, from: i64, scale in 0_u32..28, target_value: i64, day in -1_000_000..1_000_000_i32) {
        let today = date(2022, 1, 1).saturating_add(jiff::Span::new().days(day));
        let target = Target {
            value: Decimal::new(target_value, scale),
            by: date(2022, 12, 31),
            direction: Direction::Lower,
            course: Course::Path,
        };
        let _ = on(&target, Some(from), Some(Decimal::new(value, 28 - scale)), today);
    }
}

#[test]
fn the_largest_numbers_are_assessed() {
    for course in [Course::Path, Course::Sum, Course::Level] {
        let target =
            Target { value: Decimal::MAX, by: date(2022, 12, 31), direction: Direction::Higher, course };
        assert_ne!(on(&target, Some(i64::MIN), Some(Decimal::MIN), date(2022, 6, 1)).state, State::Reached);
    }
}
