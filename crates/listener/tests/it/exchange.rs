//! What is answered, in which form, and what is not.

use std::time::Duration;

use hj212::{Moment, Request};
use insta::assert_snapshot;
use listener::simulate::{self, Options, Planned};

use super::support::{NOW, Running, at, frame, hour, until};

#[tokio::test]
async fn an_upload_is_answered_in_its_own_version() {
    let running = Running::start(|_| {}).await;
    let mut line = running.connect().await;
    let head = "ST=22;CN=2011;PW=100000;MN=010000A8900016F000169DC0";
    let data = "a34004-Rtd=35,a34004-Flag=N";
    line.say(&format!("QN=20260301080000000;{head};Flag=5;CP=&&DataTime=20260301080000;{data}&&")).await;
    assert_snapshot!(line.answer().await, @"QN=20260301080000000;ST=91;CN=9014;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&");
    line.say(&format!("QN=20260301080000001;{head};Flag=9;CP=&&DataTime=20260301075930;{data}&&")).await;
    assert_snapshot!(line.answer().await, @"QN=20260301080000001;ST=91;CN=9014;PW=100000;MN=010000A8900016F000169DC0;Flag=8;CP=&&&&");
    line.say(&format!("{head};Flag=1;CP=&&QN=20260301080000002;DataTime=20260301075900;{data}&&")).await;
    assert_snapshot!(line.answer().await, @"ST=91;CN=9014;CP=&&QN=20260301080000002;CN=2011;PNO=1;PNUM=1;&&");
    // No Flag, or no bit A: nobody waits.
    line.say(&format!("{head};CP=&&DataTime=20260301075830;{data}&&")).await;
    line.say(&format!("QN=20260301080000003;{head};Flag=4;CP=&&DataTime=20260301075800;{data}&&")).await;
    assert_eq!(line.hear().await, Vec::<String>::new());
    assert_eq!(running.disk.count(), 5);
    assert_eq!(running.stop().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_notice_is_answered_and_the_time_is_set() {
    let running = Running::start(|_| {}).await;
    let mut line = running.connect().await;
    line.say("QN=20260301070000000;ST=22;CN=1013;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&&&").await;
    assert_snapshot!(line.hear().await.join("\n"), @r"
    QN=20260301070000000;ST=91;CN=9013;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&
    QN=20260301080001000;ST=22;CN=1012;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&SystemTime=20260301080001&&
    ");
    line.say("QN=20260301070000001;ST=22;CN=9015;PW=100000;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&").await;
    assert_snapshot!(line.hear().await.join("\n"), @"QN=20260301070000001;ST=91;CN=9013;PW=100000;MN=010000A8900016F000169DC0;Flag=8;CP=&&&&");
    assert_eq!(running.state()["devices"][0]["clock_ahead_seconds"], -3601);
    running.stop().await;
}

#[tokio::test]
async fn strangers_and_wrong_passwords_are_refused_and_told() {
    let running = Running::start(|settings| settings.refused_frames = 3).await;
    let mut line = running.connect().await;
    line.say("QN=1;ST=22;CN=2011;PW=100000;MN=NOBODY;Flag=5;CP=&&DataTime=20260301080000;a34004-Rtd=35&&")
        .await;
    line.say("QN=1;ST=22;CN=2011;PW=100000;Flag=5;CP=&&DataTime=20260301080000;a34004-Rtd=35&&").await;
    assert_eq!(line.hear().await, Vec::<String>::new());
    line.say(
        "QN=1;ST=21;CN=2011;PW=123456;MN=88888880000001;Flag=5;CP=&&DataTime=20260301080000;w01001-Rtd=7&&",
    )
    .await;
    assert!(line.is_closed().await, "three in a row are enough");
    let mut line = running.connect().await;
    line.say(
        "QN=1;ST=21;CN=2011;PW=654321;MN=88888880000001;Flag=5;CP=&&DataTime=20260301080000;w01001-Rtd=7&&",
    )
    .await;
    assert!(line.answer().await.contains("CN=9014"));
    assert_eq!(running.disk.lines(), ["S2 ph moment 2026-03-01T00:00:00Z 7 "]);
    let state = running.state();
    assert_eq!(state["listener"]["refused"], serde_json::json!({ "password": 1, "unknown-device": 2 }));
    assert_eq!(state["listener"]["closed"], serde_json::json!({ "refused-frames": 1 }));
    assert_eq!(state["listener"]["unknown"]["NOBODY"]["frames"], 1);
    assert_eq!(state["devices"][1]["refused"]["password"], 1);
    let text = serde_json::to_string(&state).expect("JSON");
    assert!(!text.contains("654321") && !text.contains("123456"), "a password in the state");
    running.stop().await;
}

#[tokio::test]
async fn a_wrong_crc_is_not_answered_and_the_line_goes_on() {
    let running = Running::start(|_| {}).await;
    let mut line = running.connect().await;
    let mut bytes = frame(&hour(6, "35", 5));
    bytes[100] ^= 1;
    line.send(&bytes).await;
    line.send(b"##00zz garbage ##").await;
    line.say(&hour(7, "36", 5)).await;
    let heard = line.hear().await;
    assert_eq!(heard.len(), 1);
    assert!(heard[0].starts_with("QN=20260301080000007;ST=91;CN=9014"));
    assert_eq!(running.disk.lines(), ["S1 pm2_5 hour 2026-02-28T23:00:00Z 36 N"]);
    assert_eq!(running.state()["listener"]["refused"]["crc"], 1);
    running.stop().await;
}

#[tokio::test]
async fn a_modbus_crc_is_taken_from_whom_the_settings_say_and_from_nobody_else() {
    fn modbus(segment: &str) -> Vec<u8> {
        format!("##{:04}{segment}{:04X}\r\n", segment.len(), hj212::crc16_modbus(segment.as_bytes()))
            .into_bytes()
    }
    let running = Running::start(|_| {}).await;
    let mut line = running.connect().await;
    line.send(&modbus(&hour(7, "36", 5))).await;
    assert_eq!(line.hear().await, Vec::<String>::new());
    line.send(&modbus(
        "QN=1;ST=23;CN=2011;PW=1;MN=MODBUS;Flag=5;CP=&&DataTime=20260301080000;LA-Rtd=50.5,LA-Flag=N&&",
    ))
    .await;
    assert!(line.answer().await.contains("CN=9014"));
    assert_eq!(running.disk.lines(), ["S3 la moment 2026-03-01T00:00:00Z 50.5 N"]);
    running.stop().await;
}

#[tokio::test]
async fn clock_trouble_is_acknowledged_kept_apart_and_never_mixed_in() {
    let running = Running::start(|_| {}).await;
    let mut line = running.connect().await;
    for (number, time) in [
        "20260228240000",
        "20260229000000",
        "19700101080000",
        "20260301090000",
        "20260301080000",
        "20200301000000",
    ]
    .iter()
    .enumerate()
    {
        line.say(&format!(
            "QN=2026030108000000{number};ST=22;CN=2061;PW=secret;MN=010000A8900016F000169DC0;Flag=5;CP=&&\
             DataTime={time};a34004-Avg=35,a34004-Flag=N&&"
        ))
        .await;
        assert!(line.answer().await.contains("CN=9014"), "{time}");
    }
    line.say("QN=20260301080000009;ST=22;CN=2021;PW=secret;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20260301080000;SB1-RS=1&&").await;
    assert!(line.answer().await.contains("CN=9014"));
    assert_eq!(running.disk.count(), 0);
    let state = running.state();
    assert_eq!(
        state["devices"][0]["apart"],
        serde_json::json!({
            "interval-not-over": 1, "not-measurements": 1, "time-future": 1, "time-invalid": 2, "time-too-old": 2
        })
    );
    let lines = running.stop().await;
    assert_eq!(lines.len(), 7);
    assert_snapshot!(lines[0], @r#"{"received":"2026-03-01T00:00:01Z","station":"S1","mn":"010000A8900016F000169DC0","cn":"2061","data_time":"20260228240000","reason":"time-invalid","cp":"DataTime=20260228240000;a34004-Avg=35,a34004-Flag=N"}"#);
    assert!(lines.iter().all(|line| !line.contains("secret")));
}

#[tokio::test]
async fn a_repeat_is_acknowledged_and_counted_once_and_a_correction_is_news() {
    let running = Running::start(|_| {}).await;
    let mut line = running.connect().await;
    let resent = hour(7, "35", 9).replace("CP=&&", "CP=&&RF=1;");
    for segment in [hour(7, "35", 9), hour(7, "35", 9), resent, hour(7, "36", 9), hour(7, "35", 9)] {
        line.say(&segment).await;
        assert!(line.answer().await.contains("CN=9014"));
    }
    let values: Vec<_> =
        running.disk.lines().iter().map(|line| line.split(' ').nth(4).expect("a value").to_owned()).collect();
    assert_eq!(values, ["35", "36", "35"]);
    assert_eq!(running.state()["devices"][0]["repeated"], 2);
    running.stop().await;
}

fn part(number: u32, flag: u8, code: &str) -> String {
    format!(
        "QN=2026030108000000{number};ST=22;CN=2051;PW=100000;MN=010000A8900016F000169DC0;Flag={flag};PNUM=2;PNO={number};\
         CP=&&DataTime=20260301075000;{code}-Avg=35,{code}-Flag=N&&"
    )
}

#[tokio::test]
async fn a_split_upload_is_acknowledged_part_by_part_or_stored_as_a_whole() {
    let running = Running::start(|settings| settings.split_timeout = Duration::from_millis(1500)).await;
    let mut line = running.connect().await;
    // With bit A each part is durable before its own answer: the device sends the next one only then.
    line.say(&part(1, 7, "a34004")).await;
    assert!(line.answer().await.starts_with("QN=20260301080000001;"));
    assert_eq!(running.disk.count(), 1);
    line.say(&part(2, 7, "a34002")).await;
    assert!(line.answer().await.starts_with("QN=20260301080000002;"));
    assert_eq!(running.disk.count(), 2);
    // Without it, the parts are stored together, in any order.
    line.say(&part(2, 6, "a21026")).await;
    assert_eq!(line.hear().await, Vec::<String>::new());
    assert_eq!(running.disk.count(), 2);
    line.say(&part(1, 6, "a21004")).await;
    until("the set is stored", || running.disk.count() == 4).await;
    // A set that never gets whole is told, and kept apart.
    line.say(&part(1, 6, "a05024").replace("075000", "074000")).await;
    until("the set is given up", || running.state()["devices"][0]["refused"]["split-incomplete"] == 1).await;
    let lines = running.stop().await;
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("\"reason\":\"split-incomplete\"") && lines[0].contains("a05024-Avg=35"));
}

#[tokio::test]
async fn history_is_asked_for_and_stored() {
    let running = Running::start(|_| {}).await;
    let history: Vec<_> = (1..=5).map(|at| Planned::of(&hour(at, "20", 5)).expect("a frame")).collect();
    let mut options = Options::new(running.address);
    options.history = history.into();
    options.pace = Some(Duration::from_millis(1500));
    let sent = vec![
        Planned::of(&hour(0, "10", 5)).expect("a frame"),
        Planned::of(&hour(7, "10", 5)).expect("a frame"),
    ];
    let simulated =
        tokio::spawn(async move { simulate::run(vec![Box::new(sent.into_iter())], &options).await });
    until("the first hour", || running.disk.count() == 1).await;
    let moment = |hour| Moment::new((2026, 3, 1), (hour, 0, 0)).expect("a moment");
    let done = running
        .handle
        .request("010000A8900016F000169DC0", &Request::Hours(moment(1), moment(3)))
        .await
        .expect("it answers");
    assert_eq!(done.result, 1);
    until("the hours asked for", || running.disk.count() == 4).await;
    let none =
        running.handle.request("010000A8900016F000169DC0", &Request::Minutes(moment(1), moment(3))).await;
    assert_eq!(none.expect("it answers").result, 100);
    let unknown = running.handle.request("NOBODY", &Request::AskTime).await;
    assert_eq!(unknown.expect_err("nobody").to_string(), "there is no device `NOBODY`");
    let absent = running.handle.request("MODBUS", &Request::AskTime).await;
    assert_eq!(absent.expect_err("absent").to_string(), "the device `MODBUS` is not connected");
    let summary = simulated.await.expect("it ends");
    assert_eq!((summary.acknowledged, summary.requests, summary.unanswered), (5, 2, 0));
    running.stop().await;
}

#[tokio::test]
async fn a_gap_is_filled_by_asking_the_device() {
    let running = Running::start(|settings| settings.fill_gaps = true).await;
    let history: Vec<_> = (1..=6).map(|at| Planned::of(&hour(at, "20", 5)).expect("a frame")).collect();
    let mut options = Options::new(running.address);
    options.history = history.into();
    options.pace = Some(Duration::from_millis(1000));
    let sent: Vec<_> = [0, 7, 7, 7].map(|at| Planned::of(&hour(at, "10", 5)).expect("a frame")).into();
    let simulated =
        tokio::spawn(async move { simulate::run(vec![Box::new(sent.into_iter())], &options).await });
    until("all hours", || running.disk.count() == 8).await;
    let device = running.state()["devices"][0].clone();
    assert_eq!(device["missing_hours"], 6);
    assert_eq!(
        (&device["gap_from"], &device["gap_to"]),
        (&"2026-02-28T17:00:00Z".into(), &"2026-02-28T23:00:00Z".into())
    );
    assert_eq!(device["late_frames"], 7);
    assert_eq!(simulated.await.expect("it ends").requests, 1, "it is asked once");
    assert_eq!(at(NOW).to_string(), device["last_seen"].as_str().expect("a time"));
    running.stop().await;
}
