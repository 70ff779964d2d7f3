//! Cases that the rule's words leave no doubt about.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::date;
use ledger::{Kind, RecordId, Value as Stored};
use message::Language;
use shelf::{At, By, Filter, Presence, Query, Reading, Shelf, ShelfError, Sort, Status, Test, When};

use crate::model::{Book, pack};

fn dock(book: &Book, name: &str) -> ledger::Draft {
    let mut draft = book.draft(Kind::Create, "docks", None, date(2020, 1, 1));
    draft.unit = Some("U1".to_owned());
    draft.fields = BTreeMap::from([("name".to_owned(), Stored::Text(name.to_owned()))]);
    draft
}

fn names(shelf: &Shelf, query: &Query) -> Vec<String> {
    let page = shelf.list(query).expect("it is answered");
    page.rows
        .iter()
        .map(|row| match &row.values[0] {
            shelf::Value::Text(text) => text.clone(),
            other => format!("{other:?}"),
        })
        .collect()
}

fn by_name() -> Query {
    let sort = Sort { by: By::Field("name".to_owned()), descending: false };
    Query { sort, limit: 2, ..Query::new("docks", date(2026, 1, 1)) }
}

#[test]
fn a_cursor_survives_new_entries() {
    let book = Book::new();
    let shelf = Shelf::new(pack(), book.ledger.clone());
    book.append("ann", ["1号", "3号", "5号", "7号"].iter().map(|name| dock(&book, name)).collect());
    let first = shelf.list(&by_name()).expect("a page");
    // Before the cursor and after it, in another part of the table.
    book.append("ann", vec![dock(&book, "2号"), dock(&book, "4号")]);
    let next = Query { at: At::After(first.next.expect("there is more")), ..by_name() };
    assert_eq!(names(&shelf, &next), ["4号", "5号"]);
    assert_eq!(shelf.list(&next).expect("a page").first, 3);
    let wrong = Query { at: At::After("!".to_owned()), ..by_name() };
    assert!(matches!(shelf.list(&wrong), Err(ShelfError::Cursor)));
}

#[test]
fn what_takes_effect_later_shows_later() {
    let book = Book::new();
    let shelf = Shelf::new(pack(), book.ledger.clone());
    let first = book.append("ann", vec![dock(&book, "1号")]);
    let mut closing = book.draft(Kind::Advance, "docks", Some(first), date(2026, 6, 1));
    closing.state = Some("closed".to_owned());
    book.append("bo", vec![closing]);
    let state = |day| shelf.list(&Query::new("docks", day)).expect("a page").rows[0].state.clone();
    assert_eq!(state(date(2026, 5, 31)), "operating");
    assert_eq!(state(date(2026, 6, 1)), "closed");
    assert_eq!(shelf.count(&Query::new("docks", date(2019, 12, 31))).expect("counted"), 0);
    let upcoming = Query { presence: Presence::Upcoming, ..Query::new("docks", date(2019, 12, 31)) };
    assert_eq!(names(&shelf, &upcoming), ["1号"]);
    let row = shelf
        .record("docks", RecordId(first), date(2026, 1, 1), Language::English)
        .expect("read")
        .expect("there");
    assert_eq!(
        (row.until, row.status, row.authors),
        (Some(date(2026, 6, 1)), Status::Pending, vec!["ann".to_owned(), "bo".to_owned()])
    );
    assert_eq!(shelf.find(RecordId(first)).expect("read").as_deref(), Some("docks"));
    assert_eq!(shelf.find(RecordId(first + 1)).expect("read"), None);
}

#[test]
fn a_withdrawal_that_waits_takes_nothing_away() {
    let book = Book::new();
    let shelf = Shelf::new(pack(), book.ledger.clone());
    let first = book.append("ann", vec![dock(&book, "1号")]);
    book.append("bo", vec![book.draft(Kind::Verify, "docks", Some(first), date(2020, 2, 1))]);
    book.append("ann", vec![book.draft(Kind::Withdraw, "docks", Some(first), date(2021, 1, 1))]);
    let row = &shelf.list(&by_name()).expect("a page").rows[0];
    assert!(row.withdrawn && row.status == Status::Pending);
    let counted = Query { reading: Reading::Counted, ..by_name() };
    assert!(!shelf.list(&counted).expect("a page").rows[0].withdrawn);
    book.append("bo", vec![book.draft(Kind::Verify, "docks", Some(first), date(2021, 1, 2))]);
    assert_eq!(shelf.count(&by_name()).expect("counted"), 0);
    assert_eq!(names(&shelf, &Query { presence: Presence::Withdrawn, ..by_name() }), ["1号"]);
}

#[test]
fn what_waits_is_told_apart_from_what_counts() {
    let book = Book::new();
    let shelf = Shelf::new(pack(), book.ledger.clone());
    let placed = |name: &str| {
        let mut draft = dock(&book, name);
        draft.fields.insert("geometry".to_owned(), Stored::Text("POINT (114.3000000 30.5000000)".to_owned()));
        draft
    };
    let first = book.append("ann", vec![placed("1号")]);
    book.append("bo", vec![book.draft(Kind::Verify, "docks", Some(first), date(2020, 2, 1))]);
    let mut closing = book.draft(Kind::Advance, "docks", Some(first), date(2022, 6, 1));
    closing.state = Some("closed".to_owned());
    book.append("ann", vec![closing]);
    book.append("ann", vec![placed("2号")]);
    // Entered and withdrawn before anybody verified it: it would not be there either way.
    let third = book.append("ann", vec![placed("3号")]);
    book.append("ann", vec![book.draft(Kind::Withdraw, "docks", Some(third), date(2021, 1, 1))]);
    let when = When::On(date(2026, 1, 1));
    let said = |placed: shelf::Placed<'_>| format!("{:?} {}", placed.row.values[0], placed.row.state);
    let name = ["name".to_owned()];
    let (mut counted, mut waiting) = (Vec::new(), Vec::new());
    shelf
        .geometries("docks", when, Reading::Counted, &name, &mut |placed| counted.push(said(placed)))
        .expect("they are read");
    shelf.unverified("docks", when, &name, &mut |placed| waiting.push(said(placed))).expect("they are read");
    assert_eq!(counted, ["Text(\"1号\") operating"]);
    assert_eq!(waiting, ["Text(\"1号\") closed", "Text(\"2号\") operating"]);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let book = Book::new();
    let shelf = Shelf::new(pack(), book.ledger.clone());
    let asked = |column: &str, test: Test| {
        let filters = vec![Filter { column: By::parse(column), test }];
        shelf.list(&Query { filters, ..by_name() }).map(|_| ()).expect_err("refused").text().english
    };
    let from = |from: &str| Test::Range { from: Some(from.to_owned()), to: None };
    assert_eq!(asked("nothing", Test::Empty), "`docks` has no column `nothing`");
    assert_eq!(
        asked("built", from("soon")),
        "`built` cannot be compared with “soon”: wanted a date, such as 2026-03-01"
    );
    assert_eq!(
        asked("length", from("1.234")),
        "`length` cannot be compared with “1.234”: wanted a number of at most 2 decimals"
    );
    assert_eq!(
        asked("name", from("a")),
        "`name` cannot be compared with “a”: its values are not greater or less"
    );
    assert!(matches!(shelf.list(&Query::new("piers", date(2026, 1, 1))), Err(ShelfError::NoRegister(_))));
}

#[test]
fn shapes_come_with_their_days() {
    let book = Book::new();
    let shelf = Shelf::new(pack(), book.ledger.clone());
    let mut draft = dock(&book, "1号");
    draft.fields.insert("geometry".to_owned(), Stored::Text("POINT (114.3000000 30.5000000)".to_owned()));
    let first = book.append("ann", vec![draft]);
    let mut closing = book.draft(Kind::Advance, "docks", Some(first), date(2022, 6, 1));
    closing.state = Some("closed".to_owned());
    book.append("bo", vec![closing]);
    let mut seen = Vec::new();
    let when = When::Ever { today: date(2026, 1, 1) };
    shelf
        .geometries("docks", when, Reading::Entered, &["name".to_owned()], &mut |placed| {
            let at = placed.geometry.coordinates().next().expect("a point").to_string();
            seen.push(format!("{} {} {} {:?}", at, placed.row.state, placed.row.effective, placed.row.until));
        })
        .expect("they are read");
    assert_eq!(
        seen,
        [
            "114.3000000 30.5000000 operating 2020-01-01 Some(2022-06-01)",
            "114.3000000 30.5000000 closed 2022-06-01 None",
        ]
    );
}

#[test]
fn parts_are_merged_beside_readers() {
    let book = Book::new();
    let shelf = Shelf::new(pack(), book.ledger.clone());
    assert_eq!(shelf.count(&by_name()).expect("counted"), 0);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut last = 0;
            while !done.load(Ordering::Acquire) {
                let page = shelf.list(&by_name()).expect("a page");
                assert!(page.total >= last, "nothing goes away");
                last = page.total;
            }
        });
        for round in 0..12_u32 {
            let drafts = (0..1000).map(|at| dock(&book, &format!("{}号", round * 1000 + at))).collect();
            let first = book.append("ann", drafts);
            let mut amended = book.draft(Kind::Amend, "docks", Some(first), date(2021, 1, 1));
            amended.fields = BTreeMap::from([("berths".to_owned(), Stored::Whole(7))]);
            book.append("ann", vec![amended]);
        }
        done.store(true, Ordering::Release);
        reader.join().expect("it read");
    });
    let query = Query { limit: 20_000, ..by_name() };
    let expected: Vec<String> = (0..12_000).map(|at| format!("{at}号")).collect();
    assert_eq!(names(&shelf, &query), expected);
    let seven = Filter { column: By::parse("berths"), test: Test::OneOf(vec!["7".to_owned()]) };
    assert_eq!(shelf.count(&Query { filters: vec![seven], ..by_name() }).expect("counted"), 12);
}
