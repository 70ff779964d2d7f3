//! Answers in the form of the edition that the device speaks.

use hj212::{Segment, answer_to, execution_result, request_answer};
use insta::assert_snapshot;

use super::material::RIGHT;

fn segment(frame: &str) -> &str {
    &frame[6..frame.len() - 6]
}

fn shown(answer: Option<Vec<u8>>) -> String {
    answer
        .map_or("no answer".to_owned(), |answer| String::from_utf8_lossy(&answer).escape_debug().to_string())
}

fn answer(segment: &str) -> String {
    shown(answer_to(&Segment::of(segment)))
}

#[test]
fn data_are_answered_where_an_answer_is_wanted() {
    // The fact sheet's own 9014, but for the ST of the upload.
    assert_eq!(answer(segment(RIGHT[4])), RIGHT[7].escape_debug().to_string());
    assert_snapshot!(answer(segment(RIGHT[10])), @r"##0087QN=20260301080000001;ST=91;CN=9014;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&5B40\r\n");
    assert_snapshot!(answer("QN=20260301080000000;ST=22;CN=2011;PW=100000;MN=1;Flag=9;CP=&&DataTime=20260301080000&&"), @r"##0064QN=20260301080000000;ST=91;CN=9014;PW=100000;MN=1;Flag=8;CP=&&&&B2C1\r\n");
    assert_snapshot!(answer("QN=20260301080000000;ST=22;CN=2011;PW=100000;MN=1;Flag=4;CP=&&DataTime=20260301080000&&"), @"no answer");
    assert_snapshot!(answer(segment(RIGHT[1])), @"no answer");
}

#[test]
fn notices_are_answered_as_notices() {
    assert_snapshot!(answer("QN=20260301080000000;ST=21;CN=1013;PW=123456;MN=DXCBZ000000005;Flag=5;CP=&&PolId=w01018&&"), @r"##0077QN=20260301080000000;ST=91;CN=9013;PW=123456;MN=DXCBZ000000005;Flag=4;CP=&&&&E381\r\n");
    assert_snapshot!(answer("ST=21;CN=1013;QN=20260301080000000;PW=123456;MN=88888880000001;Flag=1;CP=&&&&"), @r"##0077ST=91;CN=9013;PW=123456;MN=88888880000001;Flag=0;CP=&&QN=20260301080000000;&&A3C1\r\n");
}

#[test]
fn a_device_of_2005_is_answered_in_its_own_form() {
    assert_snapshot!(answer(segment(RIGHT[2])), @r"##0063ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051;PNO=1;PNUM=1;&&2700\r\n");
    assert_snapshot!(answer("ST=32;CN=2051;QN=20040516010101001;PW=123456;MN=88888880000001;PNO=2;PNUM=3;Flag=3;CP=&&DataTime=20040516010000&&"), @r"##0063ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051;PNO=2;PNUM=3;&&5A00\r\n");
    assert_snapshot!(answer("ST=32;CN=2011;PW=123456;MN=88888880000001;Flag=1;CP=&&DataTime=20040516010000&&"), @r"##0042ST=91;CN=9014;CP=&&CN=2011;PNO=1;PNUM=1;&&D081\r\n");
}

#[test]
fn answers_are_not_answered_nor_what_cannot_be_echoed() {
    for sent in &RIGHT[7..10] {
        assert_eq!(answer(&segment(sent).replace("Flag=4", "Flag=5")), "no answer");
    }
    assert_eq!(answer("QN=1\n2;ST=22;CN=2011;PW=1;MN=1;Flag=5;CP=&&&&"), "no answer");
    assert_eq!(
        answer(&format!("QN=1;ST=22;CN=2011;PW=1;MN={};Flag=5;CP=&&&&", "1".repeat(2000))),
        "no answer"
    );
    assert_eq!(answer("QN=1;ST=22;Flag=5;CP=&&&&"), "no answer");
    assert_eq!(answer(""), "no answer");
}

#[test]
fn a_device_answers_requests() {
    let request = Segment::of(segment(RIGHT[0]));
    assert_snapshot!(shown(request_answer(&request, 1)), @r"##0094QN=20160801085857223;ST=91;CN=9011;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&QnRtn=1&&E101\r\n");
    assert_snapshot!(shown(execution_result(&request, 100)), @r"##0097QN=20160801085857223;ST=91;CN=9012;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&ExeRtn=100&&9841\r\n");
    let request = Segment::of(segment(RIGHT[2]));
    assert_snapshot!(shown(request_answer(&request, 1)), @r"##0084ST=91;CN=9011;PW=123456;MN=88888880000001;Flag=0;CP=&&QN=20040516010101001;QnRtn=1&&7200\r\n");
    assert_snapshot!(shown(execution_result(&request, 1)), @r"##0085ST=91;CN=9012;PW=123456;MN=88888880000001;Flag=0;CP=&&QN=20040516010101001;ExeRtn=1&&4100\r\n");
}
