//! Segments as devices really send them.

use hj212::{Item, Segment};
use insta::assert_snapshot;

fn read(segment: &str) -> String {
    let segment = Segment::of(segment);
    let mut lines = format!(
        "{:?} {:?} {:?} {:?} {:?} flag {:?} = {} part {:?} closed {}\n",
        segment.qn,
        segment.st,
        segment.cn,
        segment.pw,
        segment.mn,
        segment.flag_text,
        segment.version(),
        segment.part(),
        segment.cp_closed
    );
    for Item { code, field, value, group } in segment.items() {
        lines.push_str(&format!("{group} {code} {field} {value:?}\n"));
    }
    lines
}

#[test]
fn as_the_standard_writes_it() {
    assert_snapshot!(read("QN=20260301080000000;ST=22;CN=2061;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260301070000;a34004-Avg=35,a34004-Flag=N;a34002-Avg=58,a34002-Flag=N&&"), @r#"
    Some("20260301080000000") Some("22") Some("2061") Some("100000") Some("010000A8900016F000169DC0") flag Some("5") = 2017 part None closed true
    0 DataTime  Some("20260301070000")
    1 a34004 Avg Some("35")
    1 a34004 Flag Some("N")
    2 a34002 Avg Some("58")
    2 a34002 Flag Some("N")
    "#);
}

#[test]
fn blanks_other_orders_and_unknown_names() {
    assert_snapshot!(read(" ST = 32 ;CN=2011;QN=20040516010101001;PW=;XX=1;MN=1;PNO=1;PNUM=2;CP=&& DataTime = 20040516010101 ; SB1-RS=1 ;;a-b-Rtd=1,=2, c ,d==e;&& "), @r#"
    Some("20040516010101001") Some("32") Some("2011") Some("") Some("1") flag None = 2005 part Some((1, 2)) closed true
    0 DataTime  Some("20040516010101")
    1 SB1 RS Some("1")
    3 a-b Rtd Some("1")
    3   Some("2")
    3 c  None
    3 d  Some("=e")
    "#);
}

#[test]
fn what_is_missing_is_missing() {
    assert_snapshot!(read(""), @"None None None None None flag None = 2005 part None closed false");
    assert_snapshot!(read("ST=22;CN=2011"), @r#"None Some("22") Some("2011") None None flag None = 2005 part None closed false"#);
    assert_snapshot!(read("ST=22;CP=a-Rtd=1"), @r#"
    None Some("22") None None None flag None = 2005 part None closed false
    0 a Rtd Some("1")
    "#);
    assert_snapshot!(read("ST=22;CP=&&a-Rtd=1"), @r#"
    None Some("22") None None None flag None = 2005 part None closed false
    0 a Rtd Some("1")
    "#);
    assert_snapshot!(read("ST=22;CP=&&a-Rtd=1&&b"), @r#"
    None Some("22") None None None flag None = 2005 part None closed false
    0 a Rtd Some("1")
    "#);
    assert_snapshot!(read("ST=22;CP=&&"), @r#"None Some("22") None None None flag None = 2005 part None closed false"#);
    assert_snapshot!(read("ST=22;CP=&&&&"), @r#"None Some("22") None None None flag None = 2005 part None closed true"#);
    // The first counts; a Flag that is no number is none.
    assert_snapshot!(read("ST=22;ST=23;Flag=N;CP=&&&&"), @r#"None Some("22") None None None flag Some("N") = 2005 part None closed true"#);
}

#[test]
fn parts() {
    fn check(head: &str, expected: Option<(u16, u16)>) {
        assert_eq!(Segment::of(&format!("{head};CP=&&&&")).part(), expected, "{head}");
    }
    check("PNUM=2;PNO=1", Some((1, 2)));
    check("PNO=0002;PNUM=0002", Some((2, 2)));
    check("PNUM=1;PNO=1", None);
    check("PNUM=2;PNO=3", None);
    check("PNUM=2;PNO=0", None);
    check("PNUM=2", None);
    check("PNUM=99999;PNO=1", None);
    check("PNUM=x;PNO=1", None);
    check("Flag=7", None);
}

#[test]
fn times_and_both_separators() {
    for separator in [',', ';'] {
        let text = format!("CN=2051;CP=&&BeginTime=20040506111000{separator}EndTime=20040506251000&&");
        let segment = Segment::of(&text);
        assert!(segment.begin_time().is_some_and(|time| time.is_ok()));
        assert_eq!(segment.end_time().map(|time| time.map_err(|fault| fault.key())), Some(Err("hour")));
        assert_eq!(segment.data_time(), None);
    }
}

#[test]
fn which_exchange_is_answered() {
    let in_front = Segment::of("QN=1;ST=91;CN=9011;CP=&&QnRtn=1&&");
    assert_eq!((in_front.answered_qn(), in_front.value("QnRtn")), (Some("1"), Some("1")));
    let inside = Segment::of("ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051;PNO=1;PNUM=1;&&");
    assert_eq!((inside.answered_qn(), inside.cn), (Some("20040516010101001"), Some("9014")));
    assert!(Segment::of("CP=&&DataTime=1;RF=1;a-Rtd=2&&").is_resent());
    assert!(Segment::of("CP=&&{0xE4,0x3E}&&").is_encrypted());
}

#[test]
fn an_item_knows_its_whole_name() {
    let segment = Segment::of("CP=&&a34004-Rtd=1;DataTime=2;x-=3&&");
    assert_eq!(segment.value("a34004-Rtd"), Some("1"));
    assert_eq!(segment.value("a34004"), None);
    assert_eq!(segment.value("Rtd"), None);
    assert_eq!(segment.value("DataTime"), Some("2"));
}
