//! What we send is strict, and what is sent is read back.

use hj212::{
    Device, EncodeError, Frames, Head, Moment, Request, Segment, Settings, Version, encode, encode_split,
    frame,
};
use insta::assert_snapshot;
use proptest::prelude::*;

const DEVICE: Device<'_> =
    Device { version: Version::V2017, st: "22", pw: "100000", mn: "010000A8900016F000169DC0" };

const HEAD: Head<'_> = Head {
    version: Version::V2017,
    qn: None,
    st: "22",
    cn: "2051",
    pw: Some("100000"),
    mn: Some("010000A8900016F000169DC0"),
    answer: true,
    part: None,
};

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a time")
}

fn shown(frame: Result<Vec<u8>, EncodeError>) -> String {
    match frame {
        Ok(frame) => String::from_utf8_lossy(&frame).escape_debug().to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn requests() {
    let asked = |request: Request| shown(request.encode(&DEVICE, moment("20260301080000123")));
    assert_snapshot!(asked(Request::SetTime(moment("20260301080001"))), @r"##0112QN=20260301080000123;ST=22;CN=1012;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&SystemTime=20260301080001&&4400\r\n");
    assert_snapshot!(asked(Request::SetTimeouts { over_time: 10, tries: 3 }), @r"##0108QN=20260301080000123;ST=22;CN=1000;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&OverTime=10;ReCount=3&&E981\r\n");
    assert_snapshot!(asked(Request::SetRealTimeInterval(30)), @r"##0101QN=20260301080000123;ST=22;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&7580\r\n");
    assert_snapshot!(asked(Request::SetRealTimeInterval(29)), @"`RtdInterval` cannot be `29`");
    assert_snapshot!(asked(Request::SetMinuteInterval(10)), @r"##0101QN=20260301080000123;ST=22;CN=1064;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&MinInterval=10&&2700\r\n");
    assert_snapshot!(asked(Request::SetMinuteInterval(7)), @"`MinInterval` cannot be `7`");
    assert_snapshot!(asked(Request::SetPassword("1234567".to_owned())), @"`NewPW` cannot be `1234567`");
    assert_snapshot!(asked(Request::RealTime), @r"##0087QN=20260301080000123;ST=22;CN=2011;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&&&6FC0\r\n");
    assert_snapshot!(asked(Request::Hours(moment("20260301000000"), moment("20260301080000"))), @r"##0134QN=20260301080000123;ST=22;CN=2061;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&BeginTime=20260301000000,EndTime=20260301080000&&AE41\r\n");
    assert_snapshot!(asked(Request::Hours(moment("20260301080000"), moment("20260301000000"))), @"`EndTime` cannot be `20260301000000`");
}

/// The standard's own example, made by us.
#[test]
fn as_the_standard_prints_it() {
    let device = Device { st: "32", ..DEVICE };
    let made = Request::SetRealTimeInterval(30).encode(&device, moment("20160801085857223"));
    assert_eq!(shown(made), super::material::RIGHT[0].escape_debug().to_string());
}

#[test]
fn each_edition_has_its_own_form() {
    let made = |version: Version, qn: Option<Moment>| {
        shown(encode(&Head { version, qn, ..HEAD }, "DataTime=20260301080000"))
    };
    let qn = Some(moment("20260301080000"));
    assert_snapshot!(made(Version::V2005, qn), @r"##0110QN=20260301080000000;ST=22;CN=2051;PW=100000;MN=010000A8900016F000169DC0;Flag=1;CP=&&DataTime=20260301080000&&7F80\r\n");
    assert_snapshot!(made(Version::V2017, qn), @r"##0110QN=20260301080000000;ST=22;CN=2051;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260301080000&&7BC0\r\n");
    assert_snapshot!(made(Version::V2025, qn), @r"##0110QN=20260301080000000;ST=22;CN=2051;PW=100000;MN=010000A8900016F000169DC0;Flag=9;CP=&&DataTime=20260301080000&&7700\r\n");
    assert_snapshot!(made(Version::V2017, None), @"`QN` is needed in this edition");
    assert_snapshot!(made(Version::Unknown(7), qn), @"version 7 of the protocol is not known");
}

#[test]
fn what_is_not_sent() {
    let head = Head { qn: Some(moment("20260301080000")), ..HEAD };
    let made = |head: Head<'_>, data: &str| shown(encode(&head, data));
    assert_snapshot!(made(Head { st: "2", ..head }, ""), @"`ST` cannot be `2`");
    assert_snapshot!(made(Head { cn: "20A1", ..head }, ""), @"`CN` cannot be `20A1`");
    assert_snapshot!(made(Head { pw: Some("12345"), ..head }, ""), @"`PW` cannot be `12345`");
    assert_snapshot!(made(Head { mn: Some("a;b"), ..head }, ""), @"`MN` cannot be `a;b`");
    assert_snapshot!(made(Head { part: Some((3, 2)), ..head }, ""), @"`PNO` cannot be `3 of 2`");
    assert_snapshot!(made(Head { part: Some((1, 10)), version: Version::V2025, ..head }, ""), @"`PNO` cannot be `1 of 10`");
    assert_snapshot!(made(head, "a=1\r\n"), @"
    `CP` cannot be `a=1
    `
    ");
    assert_snapshot!(made(head, "a=1&&"), @"`CP` cannot be `a=1&&`");
    assert_snapshot!(made(head, &"x".repeat(951)), @"the data area has 951 bytes, 950 are allowed");
    assert_snapshot!(shown(frame(&"x".repeat(1025))), @"the data segment has 1025 bytes, 1024 are allowed");
}

#[test]
fn long_uploads_are_split_between_items() {
    let groups: Vec<String> =
        (0..80).map(|number| format!("a{number:05}-Avg=1.5,a{number:05}-Flag=N")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let head = Head { qn: Some(moment("20261231235959999")), ..HEAD };
    let time = moment("20261231230000");
    let frames = encode_split(&head, &time, &groups).expect("frames");
    let mut found = Vec::new();
    for (number, bytes) in (1..).zip(&frames) {
        let outcomes: Vec<_> = Frames::of(bytes, Settings::default()).collect();
        let [Ok(frame)] = outcomes[..] else { panic!("{outcomes:?}") };
        let segment = frame.read().expect("text");
        assert_eq!(segment.part(), Some((number, frames.len() as u16)));
        assert_eq!(segment.data_time(), Some(Ok(time)));
        assert_eq!(segment.flag().0, 7);
        found.extend(segment.groups().skip(1).map(|group| format!("{group:?}")));
    }
    assert_eq!(found, groups);
    assert_eq!(frames.len(), 3);
    let second = String::from_utf8_lossy(&frames[1]).into_owned();
    assert!(second.contains("QN=20270101000000000;"), "{second}");
    assert_eq!(encode_split(&head, &time, &groups[..5]).expect("one").len(), 1);
}

proptest! {
    #[test]
    fn what_is_sent_is_read_back(
        version in prop_oneof![Just(Version::V2005), Just(Version::V2017), Just(Version::V2025)],
        (st, cn, pw, mn) in ("[0-9A-Z]{2}", "[0-9]{4}", "[0-9A-Za-z]{6}", "[0-9A-F]{1,24}"),
        answer: bool,
        part in proptest::option::of((2u16..=9).prop_flat_map(|parts| (1..=parts, Just(parts)))),
        items in proptest::collection::vec(("[a-z][0-9]{5}", "Rtd|Avg|Flag", "[0-9.]{0,9}|[NDB]|汉江"), 0..20),
        (year, month, day) in (1970u16..2100, 1u8..=12, 1u8..=28),
    ) {
        let qn = Moment::new((year, month, day), (23, 59, 59)).expect("a time").with_millisecond(7);
        let head = Head { version, qn: Some(qn), st: &st, cn: &cn, pw: Some(&pw), mn: Some(&mn), answer, part };
        let data: Vec<String> = items.iter().map(|(code, field, value)| format!("{code}-{field}={value}")).collect();
        let bytes = encode(&head, &data.join(";")).expect("a frame");
        let outcomes: Vec<_> = Frames::of(&bytes, Settings::default()).collect();
        let [Ok(frame)] = outcomes[..] else { panic!("{outcomes:?}") };
        let read: Segment<'_> = frame.read().expect("text");
        prop_assert_eq!((read.st, read.cn, read.pw, read.mn), (Some(&*st), Some(&*cn), Some(&*pw), Some(&*mn)));
        prop_assert_eq!(read.qn.map(Moment::parse), Some(Ok(qn)));
        prop_assert_eq!((read.version(), read.wants_answer(), read.part()), (version, answer, part));
        prop_assert!(read.cp_closed);
        let found: Vec<(String, String, String)> = read
            .items()
            .map(|item| (item.code.to_owned(), item.field.to_owned(), item.value.unwrap_or("none").to_owned()))
            .collect();
        prop_assert_eq!(found, items);
    }
}
