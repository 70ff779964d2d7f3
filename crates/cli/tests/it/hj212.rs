//! HJ 212 frames: decoding, from outside.

use std::io::Write;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use super::city::{City, Printed, repository};

const CLOCK: &str = "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80";
const HOUR: &str = "##0278QN=20260301080000000;ST=22;CN=2061;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260301070000;a34004-Avg=35,a34004-Flag=N;a34002-Avg=58,a34002-Flag=N;a21026-Avg=6,a21026-Flag=N;a21004-Avg=22,a21004-Flag=N;a21005-Avg=0.6,a21005-Flag=N;a05024-Avg=71,a05024-Flag=N&&C601";
const PART: &str = "##0151QN=20260301080000001;ST=22;CN=2051;PW=100000;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20260301075000;a34004-Avg=35,a34004-Flag=N&&9AC1";
const OLD: &str = "##0125ST=22;CN=2011;PW=123456;MN=120112TJTGGN13;CP=&&DataTime=20150811151200;PM10-Rtd=89.59,PM10-Flag=N;TSP-Rtd=133.71,TSP-Flag=N&&C241";

/// `hj212 decode` of these bytes.
fn decode(bytes: &[u8], more: &[&str]) -> Printed {
    let city = City::nowhere();
    let file = city.file("frames", bytes);
    city.run(&[&["hj212", "decode", &file], more].concat())
}

fn out(text: &str) -> String {
    decode(text.as_bytes(), &[]).out
}

#[test]
fn a_line_of_json_for_each_frame() {
    assert_snapshot!(out(&format!("{CLOCK}\r\n")), @r#"{"ok":true,"line":1,"offset":0,"length":101,"crc":"1C80","version":"2017","qn":"20160801085857223","st":"32","cn":"1062","mn":"010000A8900016F000169DC0","flag":5,"answer_wanted":true,"data_time":null,"parameters":{"RtdInterval":"30"},"items":{}}"#);
    assert_snapshot!(out(&format!("{HOUR}\r\n")), @r#"{"ok":true,"line":1,"offset":0,"length":278,"crc":"C601","version":"2017","qn":"20260301080000000","st":"22","cn":"2061","mn":"010000A8900016F000169DC0","flag":5,"answer_wanted":true,"data_time":"20260301070000","parameters":{"DataTime":"20260301070000"},"items":{"a34004":{"Avg":"35","Flag":"N"},"a34002":{"Avg":"58","Flag":"N"},"a21026":{"Avg":"6","Flag":"N"},"a21004":{"Avg":"22","Flag":"N"},"a21005":{"Avg":"0.6","Flag":"N"},"a05024":{"Avg":"71","Flag":"N"}}}"#);
    assert_snapshot!(out(&format!("{PART}\r\n")), @r#"{"ok":true,"line":1,"offset":0,"length":151,"crc":"9AC1","version":"2017","qn":"20260301080000001","st":"22","cn":"2051","mn":"010000A8900016F000169DC0","flag":7,"answer_wanted":true,"part":1,"parts":2,"data_time":"20260301075000","parameters":{"DataTime":"20260301075000"},"items":{"a34004":{"Avg":"35","Flag":"N"}}}"#);
    assert_snapshot!(out(&format!("{OLD}\r\n")), @r#"{"ok":true,"line":1,"offset":0,"length":125,"crc":"C241","version":"2005","qn":null,"st":"22","cn":"2011","mn":"120112TJTGGN13","flag":null,"answer_wanted":false,"data_time":"20150811151200","parameters":{"DataTime":"20150811151200"},"items":{"PM10":{"Rtd":"89.59","Flag":"N"},"TSP":{"Rtd":"133.71","Flag":"N"}}}"#);
}

#[test]
fn the_reason_in_words_and_as_a_key() {
    let printed = decode(CLOCK.replace("1C80", "1C08\r\n").as_bytes(), &[]);
    assert_snapshot!(printed.out, @r###"{"ok":false,"reason":"crc","detail":"the CRC should be 1C80, found 1C08","line":1,"offset":0,"bytes":113,"expected":"1C80","found":"1C08","mn":"010000A8900016F000169DC0","text":"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C08"}"###);
    assert_eq!((printed.status, &*printed.err), (1, "0 frames decoded, 1 refused\n"));
    assert_snapshot!(out(&CLOCK.replace("1C80", "5907\r\n")), @r###"{"ok":false,"reason":"crc","detail":"the CRC should be 1C80, found 5907 (which is the CRC of Modbus, low byte first)","line":1,"offset":0,"bytes":113,"expected":"1C80","found":"5907","hint":"modbus_swapped","mn":"010000A8900016F000169DC0","text":"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&5907"}"###);
    assert_snapshot!(out(&format!("{CLOCK}\r\n").replace("0101", "0110")), @r###"{"ok":false,"reason":"length","detail":"the length says 110, but it is 101, for which the CRC is right","line":1,"offset":0,"bytes":113,"claimed":110,"found":101,"crc_right":true,"text":"##0110QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80"}"###);
    assert_snapshot!(out(&CLOCK[..60]), @r###"{"ok":false,"reason":"truncated","detail":"cut short: the length says 101, only 54 are there","line":1,"offset":0,"bytes":60,"claimed":101,"found":54,"text":"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000"}"###);
    assert_snapshot!(out("noise"), @r#"{"ok":false,"reason":"garbage","detail":"bytes outside any frame","line":1,"offset":0,"bytes":5,"text":"noise"}"#);
    let chinese = decode(CLOCK.replace("1C80", "0759\r\n").as_bytes(), &["--lang", "zh"]);
    assert_snapshot!(chinese.out, @r###"{"ok":false,"reason":"crc","detail":"CRC 应为 1C80，写的是 0759（所写的是 Modbus 的 CRC）","line":1,"offset":0,"bytes":113,"expected":"1C80","found":"0759","hint":"modbus","mn":"010000A8900016F000169DC0","text":"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&0759"}"###);
    assert_eq!(chinese.err, "解析 0 帧，拒收 1 处\n");
}

#[test]
fn settings_for_devices_and_for_the_letter_of_the_standard() {
    let modbus = CLOCK.replace("1C80", "0759\r\n");
    assert_eq!(decode(modbus.as_bytes(), &[]).status, 1);
    let taken = decode(modbus.as_bytes(), &["--modbus"]);
    assert_eq!((taken.status, taken.out.contains(r#""notes":["modbus_crc"]"#)), (0, true), "{}", taken.out);
    let listing = format!("# a comment\n{CLOCK}\n{HOUR}");
    assert_eq!(decode(listing.as_bytes(), &[]).status, 0);
    assert_eq!(decode(listing.as_bytes(), &["--strict"]).err, "0 frames decoded, 3 refused\n");
}

#[test]
fn values_are_kept_as_they_were_sent() {
    let framed = |segment: &str| {
        format!("##{:04}{segment}{:04X}\r\n", segment.len(), hj212::crc16(segment.as_bytes()))
    };
    assert_snapshot!(out(&framed("QN=1617936069734;ST=21;CN=2011;PW=1;MN=;XX=y;Flag=N;CP=&&DataTime=20230229240000;a-Rtd=1;a-Rtd=2;SB1-RS=1;b-Info=\"汉江\";c&&")), @r#"{"ok":true,"line":1,"offset":0,"length":125,"crc":"3D40","version":"2005","qn":"1617936069734","st":"21","cn":"2011","mn":"","flag":"N","answer_wanted":false,"data_time":"20230229240000","time_faults":{"DataTime":{"reason":"day","detail":"2023-02 has no day 29"}},"parameters":{"DataTime":"20230229240000","c":null},"items":{"a":{"Rtd":"1"},"SB1":{"RS":"1"},"b":{"Info":"\"汉江\""}},"repeated":[{"code":"a","field":"Rtd","value":"2"}],"others":{"XX":"y"},"notes":["flag_is_no_number"]}"#);
    assert_snapshot!(out(&framed("ST=22;CN=2011;MN=1;Flag=9;CP=&&{0xE4,0x3E}&&")), @r#"{"ok":true,"line":1,"offset":0,"length":44,"crc":"CC01","version":"2025","qn":null,"st":"22","cn":"2011","mn":"1","flag":9,"answer_wanted":true,"data_time":null,"encrypted":true}"#);
}

#[test]
fn bytes_that_are_no_text_are_refused_as_such() {
    // The river's name in GBK.
    let segment = b"ST=22;CN=3020;CP=&&a-Info=\xBA\xBA\xBD\xAD&&";
    let mut frame = format!("##{:04}", segment.len()).into_bytes();
    frame.extend_from_slice(segment);
    frame.extend_from_slice(format!("{:04X}\r\n", hj212::crc16(segment)).as_bytes());
    assert_snapshot!(decode(&frame, &[]).out, @r#"{"ok":false,"reason":"not_utf8","detail":"from byte 26 on, the segment is no UTF-8 text","line":1,"offset":0,"bytes":32,"text":"ST=22;CN=3020;CP=&&a-Info=����&&"}"#);
}

#[test]
fn a_stream_is_told_while_it_comes() {
    let city = City::nowhere();
    let mut command = city.command(&["hj212", "decode", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    for piece in [&CLOCK[..50], &format!("{}\r\n{}", &CLOCK[50..], &HOUR[..10])] {
        input.write_all(piece.as_bytes()).and_then(|()| input.flush()).expect("it reads");
    }
    std::io::BufRead::read_line(&mut output, &mut line).expect("a line");
    assert!(line.starts_with(r#"{"ok":true,"#), "{line}");
    drop(input);
    line.clear();
    std::io::BufRead::read_line(&mut output, &mut line).expect("a line");
    assert!(line.starts_with(r#"{"ok":false,"reason":"truncated""#), "{line}");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[test]
fn a_file_that_is_not_there_is_no_answer() {
    let printed = City::nowhere().run(&["hj212", "decode", "nowhere"]);
    assert_eq!(printed.status, 2, "{}", printed.err);
    assert!(printed.err.contains("nowhere cannot be read"), "{}", printed.err);
    assert_eq!(decode(b"", &[]).status, 0);
}

/// The listing of frames found in public code and logs, where it is at hand.
#[test]
fn frames_from_the_field() {
    let shared =
        std::env::var_os("QINGYUAN_SHARED").map_or_else(|| repository().join("../shared"), Into::into);
    let Ok(listing) = std::fs::read(shared.join("data/hj212/frames.txt")) else {
        println!("skipped: {} has no frames", shared.display());
        return;
    };
    let text = String::from_utf8(listing.clone()).expect("text").replace("\r\n", "\n");
    let raw: String =
        text.lines().filter(|line| line.starts_with("##")).map(|line| format!("{line}\r\n")).collect();
    for bytes in [&listing[..], text.trim_end().as_bytes(), raw.as_bytes()] {
        let printed = decode(bytes, &[]);
        let lines: Vec<Value> =
            printed.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!((lines.len(), printed.status), (31, 1));
        assert_eq!(lines.iter().filter(|line| line["ok"] == true).count(), 26);
        assert_eq!(lines.iter().filter(|line| line["reason"] == "crc").count(), 5);
    }
}
