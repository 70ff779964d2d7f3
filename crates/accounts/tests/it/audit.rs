//! The audit trail.

use accounts::{AuditFault, Event, Filter, Outcome, Recorded};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::city::City;

fn event(account: i64, action: &str, record: &str) -> Event {
    Event {
        account: Some(account),
        action: action.into(),
        method: "POST".into(),
        route: "/records/{id}".into(),
        register: Some("docks".into()),
        record: Some(record.into()),
        unit: Some("u-17".into()),
        outcome: Outcome::Done,
        from: "10.1.2.3".into(),
        detail: String::new(),
    }
}

fn tamper(city: &City, sql: &str) {
    let db = rusqlite::Connection::open(city.home.path().join("accounts.db")).unwrap();
    db.execute_batch(sql).unwrap();
}

#[test]
fn what_is_recorded_is_on_the_disk_and_what_is_noted_is_soon() {
    let (city, id) = City::with_wang();
    city.accounts.record(event(id, "amend", "r-1")).unwrap();
    for number in 0..1000 {
        city.accounts.note(event(id, "view", &format!("r-{number}")));
    }
    city.accounts.record(event(id, "verify", "r-1")).unwrap();
    let city = city.restart();
    let all = city.accounts.audit(&Filter::default(), None, 2000).unwrap();
    assert_eq!(all.len(), 1002);
    assert_eq!(all[0].event, event(id, "verify", "r-1"));
    assert_eq!(all[1001].event, event(id, "amend", "r-1"));
    assert_eq!(all.iter().map(|one| one.number).collect::<Vec<_>>(), (1..=1002).rev().collect::<Vec<_>>());
    assert_eq!(city.accounts.verify_audit().unwrap().fault, None);
    assert_eq!(city.accounts.audit_actions().unwrap(), ["amend", "verify", "view"]);
}

#[test]
fn many_who_record_at_once_lose_nothing() {
    let (city, id) = City::with_wang();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let accounts = &city.accounts;
            scope.spawn(move || {
                for number in 0..50 {
                    accounts.record(event(id, "amend", &format!("r-{thread}-{number}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(city.accounts.audit_count(&Filter::default(), 1000).unwrap(), 400);
    assert_eq!(city.accounts.verify_audit().unwrap().fault, None);
}

#[test]
fn two_processes_continue_one_chain() {
    let (city, id) = City::with_wang();
    let other = accounts::Accounts::open(city.home.path()).unwrap();
    for number in 0..10 {
        city.accounts.record(event(id, "amend", &format!("r-{number}"))).unwrap();
        other.record(event(id, "invite", &format!("r-{number}"))).unwrap();
    }
    let report = other.verify_audit().unwrap();
    assert_eq!((report.events, report.fault), (20, None));
}

#[test]
fn every_change_of_the_past_shows() {
    fn check(sql: &str, expected: AuditFault) {
        let (city, id) = City::with_wang();
        for number in 0..10 {
            city.accounts.record(event(id, "amend", &format!("r-{number}"))).unwrap();
        }
        assert_eq!(city.accounts.verify_audit().unwrap().fault, None);
        tamper(&city, sql);
        assert_eq!(city.accounts.verify_audit().unwrap().fault, Some(expected), "{sql}");
    }
    check("DELETE FROM audit WHERE number = 4", AuditFault::Missing(5));
    check("DELETE FROM audit WHERE number > 8", AuditFault::Cut(8));
    check("DELETE FROM audit", AuditFault::Cut(0));
    check("UPDATE audit SET account = 9 WHERE number = 4", AuditFault::Changed(4));
    check("UPDATE audit SET account = NULL WHERE number = 4", AuditFault::Changed(4));
    check("UPDATE audit SET at = at + 1 WHERE number = 10", AuditFault::Changed(10));
    check("UPDATE audit SET record = 'r-5' WHERE number = 2", AuditFault::Changed(2));
    check("UPDATE audit SET detail = 'x' WHERE number = 2", AuditFault::Changed(2));
    check("UPDATE audit_word SET word = 'view' WHERE word = 'amend'", AuditFault::Changed(1));
    check("UPDATE audit SET number = 99 WHERE number = 10", AuditFault::Missing(99));
    check("DELETE FROM audit_head", AuditFault::Cut(10));
    check("UPDATE audit_head SET number = 9", AuditFault::Cut(10));
    check(
        "UPDATE audit SET number = -1 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 4;
         UPDATE audit SET number = 4 WHERE number = -1",
        AuditFault::Changed(3),
    );
}

#[test]
fn the_clock_may_go_back_but_the_trail_does_not() {
    let (city, id) = City::with_wang();
    let noon = city.seconds();
    city.accounts.record(event(id, "one", "r")).unwrap();
    city.pass(-3600);
    city.accounts.record(event(id, "two", "r")).unwrap();
    city.pass(7200);
    city.accounts.record(event(id, "three", "r")).unwrap();
    let times: Vec<i64> = city
        .accounts
        .audit(&Filter::default(), None, 10)
        .unwrap()
        .iter()
        .map(|one| one.at.as_second() - noon)
        .collect();
    assert_eq!(times, [3600, 0, 0]);
}

#[test]
fn long_and_odd_texts_are_kept_in_one_short_line() {
    let (city, id) = City::with_wang();
    let odd = Event { detail: "a\nb\u{0}".repeat(1000), action: "很".repeat(1000), ..event(id, "x", "r") };
    city.accounts.record(odd).unwrap();
    let kept = city.accounts.audit(&Filter::default(), None, 1).unwrap().remove(0).event;
    assert_eq!((kept.detail.chars().count(), kept.action.chars().count()), (500, 120));
    assert!(!kept.detail.contains('\n'));
    assert_eq!(city.accounts.verify_audit().unwrap().fault, None);
}

#[derive(Clone, Debug)]
struct Question {
    filter: Filter,
    before: Option<i64>,
    limit: usize,
}

fn some<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Option<T>> {
    prop_oneof![2 => Just(None), 1 => proptest::sample::select(values).prop_map(Some)]
}

fn words(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn question() -> impl Strategy<Value = Question> {
    let time =
        || some((0..70).map(|minute| Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()).collect());
    let filter = (
        some(vec![1, 2, 3]),
        some(words(&["view", "amend", "nothing"])),
        some(words(&["docks", "parks"])),
        some(words(&["r-1", "r-2", "r-9"])),
        some(vec![Outcome::Done, Outcome::Refused, Outcome::Failed]),
        some(words(&["10.0.0.1", "10.0.0.2"])),
        time(),
        time(),
    )
        .prop_map(|(account, action, register, record, outcome, from, since, until)| Filter {
            account,
            action,
            register,
            record,
            unit: None,
            outcome,
            from,
            since,
            until,
        });
    (filter, proptest::option::of(1..200i64), 1..50usize).prop_map(|(filter, before, limit)| Question {
        filter,
        before,
        limit,
    })
}

fn wanted(filter: &Filter, one: &Recorded) -> bool {
    fn same<T: PartialEq>(wanted: &Option<T>, found: Option<&T>) -> bool {
        wanted.as_ref().is_none_or(|wanted| found == Some(wanted))
    }
    same(&filter.account, one.event.account.as_ref())
        && same(&filter.action, Some(&one.event.action))
        && same(&filter.register, one.event.register.as_ref())
        && same(&filter.record, one.event.record.as_ref())
        && same(&filter.outcome, Some(&one.event.outcome))
        && same(&filter.from, Some(&one.event.from))
        && filter.since.is_none_or(|since| one.at >= since)
        && filter.until.is_none_or(|until| one.at < until)
}

/// Whatever is asked, the answer is that of looking at every event.
#[test]
fn a_filter_finds_what_looking_at_every_event_finds() {
    let city = City::new();
    for number in 0..180_usize {
        let pick = |values: &[&str], by: usize| values[number / by % values.len()].to_owned();
        city.accounts.note(Event {
            account: [None, Some(1), Some(2)][number % 3],
            action: pick(&["view", "amend", "view", "verify"], 1),
            method: "GET".into(),
            route: "/registers/{register}".into(),
            register: Some(pick(&["docks", "parks"], 5)).filter(|_| number % 4 != 0),
            record: Some(pick(&["r-1", "r-2", "r-3"], 2)).filter(|_| number % 7 != 0),
            unit: None,
            outcome: if number % 11 == 0 { Outcome::Refused } else { Outcome::Done },
            from: pick(&["10.0.0.1", "10.0.0.2"], 13),
            detail: String::new(),
        });
        if number % 3 == 0 {
            city.pass(60);
        }
    }
    let all = city.accounts.audit(&Filter::default(), None, 1000).unwrap();
    assert_eq!(all.len(), 180);
    proptest!(|(question in question())| {
        let Question { filter, before, limit } = question;
        let expected: Vec<_> = all.iter().filter(|one| wanted(&filter, one)).cloned().collect();
        let count = city.accounts.audit_count(&filter, 20).unwrap();
        prop_assert_eq!(count, expected.len().min(20) as u64);
        let page: Vec<_> = expected
            .into_iter()
            .filter(|one| before.is_none_or(|before| one.number < before))
            .take(limit)
            .collect();
        prop_assert_eq!(city.accounts.audit(&filter, before, limit).unwrap(), page);
    });
}

/// Where every value that is asked for is common, none of their indices is short: what is found stays the same.
#[test]
fn what_is_common_and_meets_often_rarely_or_never_is_found() {
    let city = City::new();
    for number in 0..36_000_usize {
        city.accounts.note(Event {
            account: Some(1),
            action: if number % 3 == 0 { "sign-in" } else { "view" }.to_owned(),
            register: Some(if number % 3 == 1 || number == 12_000 { "docks" } else { "parks" }.to_owned()),
            outcome: if number % 3 == 2 { Outcome::Refused } else { Outcome::Done },
            ..event(1, "", "r-1")
        });
    }
    let of = |action: &str, register: &str, outcome: Outcome| Filter {
        action: Some(action.to_owned()),
        register: Some(register.to_owned()),
        outcome: Some(outcome),
        ..Filter::default()
    };
    for (filter, count) in [
        (of("view", "docks", Outcome::Done), 12_000),
        (of("sign-in", "docks", Outcome::Done), 1),
        (of("sign-in", "docks", Outcome::Refused), 0),
        (of("view", "parks", Outcome::Done), 0),
        (Filter { outcome: None, ..of("sign-in", "parks", Outcome::Done) }, 11_999),
    ] {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = city.accounts.audit(&filter, before, 5_000).unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.number);
            found.extend(page);
        }
        assert_eq!(found.len(), count, "{filter:?}");
        assert!(
            found.iter().all(|one| wanted(&filter, one)) && found.is_sorted_by(|a, b| a.number > b.number)
        );
        assert_eq!(city.accounts.audit_count(&filter, 20_000).unwrap(), count as u64);
    }
}
