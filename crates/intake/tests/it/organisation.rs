//! Reorganising the units, and doing things with single records.

use insta::assert_snapshot;
use intake::{Act, Action, Book, ImportOptions, NewUnit, Reorganisation, Standing, reorganise};
use jiff::civil::date;
use ledger::{Batch, RecordId};

use crate::city::{City, options, pack, show_error};

fn check(city: &City, what: &Reorganisation) -> String {
    let book = Book::open(pack(), &city.ledger, &["units", "docks", "enterprises"]).expect("a book");
    let before = city.size();
    match reorganise(&book, what, date(2022, 7, 1), "clerk", Some("机构改革")) {
        Ok(drafts) => {
            let key = format!("reorganise/{before}");
            let batch = Batch { key, actor: "office".to_owned(), drafts, expect_size: Some(book.size()) };
            city.ledger.append(batch).expect("the drafts enter");
            city.entries(before)
        }
        Err(error) => show_error(&error),
    }
}

#[test]
fn units_merge() {
    let city = City::new();
    let merge = |from: &[&str], into: &str, new| Reorganisation::Merge {
        from: from.iter().map(|code| (*code).to_owned()).collect(),
        into: into.to_owned(),
        new,
    };
    let new = |code: &str| {
        Some(NewUnit { code: code.to_owned(), name: "交通水务局".to_owned(), level: None, parent: None })
    };
    assert_snapshot!(check(&city, &merge(&["U9"], "U1", None)), @"there is no unit U9");
    assert_snapshot!(check(&city, &merge(&["U1"], "U1", None)), @"a merger needs other units to go into U1");
    assert_snapshot!(check(&city, &merge(&["U1", "U2"], "U3", new("U3"))), @r#"
    8 create units #8 2022-07-01 unit=U3 state=active note=机构改革 code="U3" level="unit" name="交通水务局" parent="C"
    9 amend units #3 2022-07-01 note=机构改革 parent="U3"
    10 amend units #4 2022-07-01 note=机构改革 parent="U3"
    11 amend units #1 2022-07-01 note=机构改革 successor="U3"
    12 advance units #1 2022-07-01 state=dissolved note=机构改革
    13 amend units #5 2022-07-01 note=机构改革 parent="U3"
    14 amend units #2 2022-07-01 note=机构改革 successor="U3"
    15 advance units #2 2022-07-01 state=dissolved note=机构改革
    "#);
    assert_snapshot!(check(&city, &merge(&["U1"], "U3", None)), @"U1 was dissolved on 2022-07-01");
    // From now on a dissolved unit owns nothing new, and the answer names its successor.
    assert_snapshot!(city.docks("a.csv", "码头名称,填报单位,生效日期\n一,U1,2022-07-01\n二,U1,2022-06-30\n".as_bytes()), @r#"
    the file has 1 fault; nothing was entered
    B2 “填报单位”: 交通局 (U1) was dissolved on 2022-07-01; its successor is U3 (found “U1”)
    "#);
}

#[test]
fn units_split_and_move() {
    let city = City::new();
    let split = Reorganisation::Split {
        unit: "U1".to_owned(),
        new: vec![NewUnit { code: "U4".to_owned(), name: "港航局".to_owned(), level: None, parent: None }],
        successor: None,
        records: vec![(RecordId(6), "U4".to_owned())],
        children: vec![("B12".to_owned(), "U4".to_owned())],
    };
    assert_snapshot!(check(&city, &split), @r#"
    8 create units #8 2022-07-01 unit=U4 state=active note=机构改革 code="U4" level="unit" name="港航局" parent="C"
    9 amend units #4 2022-07-01 note=机构改革 parent="U4"
    10 amend enterprises #6 2022-07-01 unit=U4 note=机构改革
    "#);
    let move_to =
        |unit: &str, parent: &str| Reorganisation::Move { unit: unit.to_owned(), parent: parent.to_owned() };
    assert_snapshot!(check(&city, &move_to("B12", "U2")), @r#"11 amend units #4 2022-07-01 note=机构改革 parent="U2""#);
    assert_snapshot!(check(&city, &move_to("B12", "U2")), @"B12 lies below U2 already");
    assert_snapshot!(check(&city, &move_to("C", "U2")), @"U2 lies below C");
    assert_snapshot!(check(&city, &move_to("B12", "B11")), @"B11 is of no higher level than B12");
}

#[test]
fn actions_follow_the_pack() {
    let city = City::new();
    city.docks("a.csv", "码头名称,填报单位,生效日期\n一,U1,2022-01-01\n".as_bytes());
    let record = RecordId(city.size() - 1);
    let act = |role: &str, act: Act| {
        let before = city.size();
        let standing = Standing::of(pack(), &city.ledger, record).expect("the record");
        match standing.act(pack(), role, act) {
            Ok(draft) => {
                let batch = Batch {
                    key: format!("act/{before}"),
                    actor: role.to_owned(),
                    drafts: vec![draft],
                    expect_size: None,
                };
                city.ledger.append(batch).expect("the draft enters");
                city.entries(before)
            }
            Err(error) => show_error(&error),
        }
    };
    let advance = |to: &str| Act::new(Action::Advance(to.to_owned()), date(2022, 2, 1));
    let evidence = city.ledger.put_evidence(&mut b"proof".as_slice()).expect("evidence");
    assert_snapshot!(act("clerk", advance("已关停")), @"this change of state needs evidence");
    assert_snapshot!(act("clerk", advance("moved")), @"“Clerk” may not move a record to “Moved”; that is for: Verifier");
    assert_snapshot!(act("clerk", advance("运营中")), @"the record is in this state already");
    assert_snapshot!(act("clerk", Act { effective: date(2021, 1, 1), evidence: vec![evidence], ..advance("已关停") }), @"the record already has values that hold from 2022-01-01; use a date from 2022-01-01 on");
    assert_snapshot!(act("clerk", Act { evidence: vec![evidence], ..advance("已關停") }), @"9 advance docks #8 2022-02-01 state=closed evidence×1");
    assert_snapshot!(act("verifier", Act::new(Action::Return, date(2022, 2, 2))), @"a remark must say why");
    assert_snapshot!(act("verifier", Act::new(Action::Verify, date(2022, 2, 2))), @"10 verify docks #8 2022-02-02");
    assert_snapshot!(act("verifier", Act::new(Action::Verify, date(2022, 2, 2))), @"there is nothing to verify");
    assert_snapshot!(act("clerk", Act { note: Some("重复".to_owned()), ..Act::new(Action::Withdraw, date(2022, 3, 1)) }), @"11 withdraw docks #8 2022-03-01 note=重复");
    assert_snapshot!(act("clerk", advance("已关停")), @"record #8 is withdrawn; the record is in this state already");
    assert!(Standing::of(pack(), &city.ledger, RecordId(999)).is_err());
}

/// A withdrawal waits for its verification like anything else, and nothing but that may follow it.
#[test]
fn a_withdrawal_is_verified_or_sent_back() {
    let city = City::new();
    city.docks("a.csv", "码头名称,填报单位,生效日期\n一,U1,2022-01-01\n".as_bytes());
    let record = RecordId(city.size() - 1);
    let both = || {
        let read = Standing::of(pack(), &city.ledger, record).expect("the record");
        let book = Book::open(pack(), &city.ledger, &["docks"]).expect("a book");
        let loaded = Standing::in_book(&book, record).expect("the record");
        // However a record is looked at, it stands the same.
        assert_eq!(format!("{read:?}"), format!("{loaded:?}"));
        read
    };
    let act = |action: Action, day: i8, note: Option<&str>| {
        let before = city.size();
        let note = note.map(str::to_owned);
        match both().act(pack(), "verifier", Act { note, ..Act::new(action, date(2022, 3, day)) }) {
            Ok(draft) => {
                let (key, actor) = (format!("act/{before}"), "verifier".to_owned());
                city.ledger
                    .append(Batch { key, actor, drafts: vec![draft], expect_size: None })
                    .expect("it enters");
                let standing = both();
                format!(
                    "{}withdrawn={} pending={}",
                    city.entries(before),
                    standing.withdrawn,
                    standing.pending
                )
            }
            Err(error) => show_error(&error),
        }
    };
    let refused = |judgement: &str| {
        let check = |action, note, expected: &str| assert_eq!(act(action, 9, note).trim_end(), expected);
        check(Action::Withdraw, Some("重复"), "record #8 is withdrawn");
        let both = "record #8 is withdrawn; a record may not move from “Moved” to “Closed”";
        check(Action::Advance("closed".to_owned()), None, both);
        check(Action::Return, None, judgement);
        // A row of a file with the record's key is a new record, whether the withdrawal is verified or not.
        let dry = ImportOptions { dry_run: true, ..options() };
        let row = "码头名称,填报单位,生效日期\n一,U1,2022-04-01\n".as_bytes();
        assert_eq!(city.shown("docks", "b.csv", row, &dry).trim_end(), "create 1");
    };
    assert_snapshot!(act(Action::Advance("moved".to_owned()), 20, None), @"
    9 advance docks #8 2022-03-20 state=moved
    withdrawn=false pending=true
    ");
    assert_snapshot!(act(Action::Verify, 21, None), @"
    10 verify docks #8 2022-03-21
    withdrawn=false pending=false
    ");
    // It holds from an earlier day than the move; its verification has an earlier date still.
    assert_snapshot!(act(Action::Withdraw, 10, Some("重复")), @"
    11 withdraw docks #8 2022-03-10 note=重复
    withdrawn=true pending=true
    ");
    refused("a remark must say why");
    assert_snapshot!(act(Action::Return, 11, Some("请附说明")), @"
    12 return docks #8 2022-03-11 note=请附说明
    withdrawn=true pending=true
    ");
    refused("a remark must say why");
    assert_snapshot!(act(Action::Verify, 5, None), @"
    13 verify docks #8 2022-03-05
    withdrawn=true pending=false
    ");
    refused("there is nothing to verify");
    assert_snapshot!(act(Action::Verify, 12, None), @"there is nothing to verify");
}

#[test]
fn where_nothing_wants_verification_no_withdrawal_does() {
    let city = City::new();
    let record = RecordId(city.size() - 1); // An enterprise.
    let act = |action: Action| {
        let standing = Standing::of(pack(), &city.ledger, record).expect("the record");
        standing.act(
            pack(),
            "clerk",
            Act { note: Some("重复".to_owned()), ..Act::new(action, date(2022, 3, 1)) },
        )
    };
    let draft = act(Action::Withdraw).expect("valid");
    let (key, actor) = ("act".to_owned(), "clerk".to_owned());
    city.ledger.append(Batch { key, actor, drafts: vec![draft], expect_size: None }).expect("it enters");
    assert_snapshot!(show_error(&act(Action::Verify).expect_err("a fault")), @"records of “Enterprises” need no verification");
    assert_snapshot!(show_error(&act(Action::Withdraw).expect_err("a fault")), @"record #7 is withdrawn");
}
