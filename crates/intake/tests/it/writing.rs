//! The writer: a program's records by the same rules, in batches.

use insta::assert_snapshot;
use intake::{Book, Change, RawRecord, Writer, validate};
use jiff::civil::date;

use crate::city::{City, pack, show_error};

fn record(name: &str) -> RawRecord<'_> {
    RawRecord::new("U1", date(2022, 1, 1)).with("name", name)
}

#[test]
fn records_refer_to_records_of_the_same_batch() {
    let city = City::new();
    let before = city.size();
    let mut writer = Writer::new(pack(), &city.ledger, "demo", "clerk", "demo").expect("a writer");
    let enterprise = writer.create("enterprises", &record("新港公司")).expect("enters");
    let dock = record("一").with("enterprise", enterprise).with("open", true).with("berths", 3);
    let dock = writer.create("docks", &dock).expect("enters");
    let evidence = city.ledger.put_evidence(&mut b"proof".as_slice()).expect("evidence");
    writer.advance("docks", dock, "closed", date(2022, 5, 1), &[evidence]).expect("enters");
    writer.verify("docks", dock, date(2022, 5, 2)).expect("enters");
    let (same, change) = writer.submit("docks", &record("一").with("berths", 3)).expect("enters");
    assert_eq!((same, change), (dock, Change::Unchanged));
    let later = RawRecord { effective: Some(date(2022, 6, 1)), ..RawRecord::default() }.with("berths", 4);
    assert_eq!(writer.amend("docks", dock, &later).expect("enters"), Change::Amend);
    let summary = writer.finish().expect("flushes");
    assert_eq!((summary.entries, summary.batches), (5, 1));
    assert_snapshot!(city.entries(before), @r#"
    8 create enterprises #8 2022-01-01 unit=U1 state=active name="新港公司"
    9 create docks #9 2022-01-01 unit=U1 state=operating berths=3 enterprise=8 name="一" open=true
    10 advance docks #9 2022-05-01 state=closed evidence×1
    11 verify docks #9 2022-05-02
    12 amend docks #9 2022-06-01 berths=4
    "#);
}

#[test]
fn faults_are_all_named_and_the_writer_goes_on() {
    let city = City::new();
    let mut writer =
        Writer::new(pack(), &city.ledger, "demo", "clerk", "demo").expect("a writer").with_batch_size(2);
    let wrong = RawRecord::new("U9", date(2022, 1, 1)).with("berths", 999).with("lenght", "1");
    assert_snapshot!(show_error(&writer.create("docks", &wrong).expect_err("faults")), @"wanted a whole number from 1 to 200; there is no field `lenght`; did you mean `length`?; this is required; there is no such unit");
    for name in ["一", "二", "三"] {
        writer.create("docks", &record(name)).expect("enters");
    }
    assert_snapshot!(show_error(&writer.create("docks", &record("三")).expect_err("a fault")), @"this is already in record #10");
    assert_eq!(writer.finish().expect("flushes").batches, 2);
}

#[test]
fn a_form_is_judged_without_entering_anything() {
    let city = City::new();
    let book = Book::open(pack(), &city.ledger, &["docks"]).expect("a book");
    let judged = validate(&book, "docks", &record("一"), "clerk", None).expect("valid");
    assert_eq!(judged.change(), Change::Create);
    assert!(validate(&book, "docks", &RawRecord::default(), "clerk", None).is_err());
    assert!(validate(&book, "docks", &record("一"), "clerk", Some(ledger::RecordId(0))).is_err());
}
