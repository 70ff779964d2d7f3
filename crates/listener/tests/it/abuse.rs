//! Slow, silent and hostile clients.

use std::time::Duration;

use super::support::{Running, frame, hour, until};

#[tokio::test]
async fn each_kind_of_bad_client_is_closed_with_its_reason() {
    let running = Running::start(|settings| {
        settings.hello = Duration::from_millis(1500);
        settings.idle = Duration::from_millis(1500);
        settings.frame = Duration::from_millis(700);
        settings.garbage_bytes = 4_000;
    })
    .await;
    let mut silent = running.connect().await;
    let mut slow = running.connect().await;
    let mut rubbish = running.connect().await;
    let mut idle = running.connect().await;
    slow.send(b"##0278QN=2026").await;
    rubbish.send(&[b'x'; 5_000]).await;
    idle.say(&hour(7, "35", 5)).await;
    assert!(idle.answer().await.contains("CN=9014"));
    assert!(rubbish.is_closed().await);
    assert!(slow.is_closed().await);
    assert!(silent.is_closed().await);
    assert!(idle.is_closed().await);
    let expected = serde_json::json!({ "garbage": 1, "idle": 1, "no-known-device": 1, "slow-frame": 1 });
    until("all are counted", || running.state()["listener"]["closed"] == expected).await;
    assert_eq!(running.state()["listener"]["connections"], 0);
    running.stop().await;
}

#[tokio::test]
async fn a_client_that_takes_no_answers_is_closed() {
    let running = Running::start(|settings| settings.write = Duration::from_millis(500)).await;
    let mut line = running.connect().await;
    let frames: Vec<u8> = (0..2_000).flat_map(|_| frame(&hour(7, "35", 5))).collect();
    let closed = tokio::time::timeout(Duration::from_secs(60), async {
        use tokio::io::AsyncWriteExt;
        while line.0.write_all(&frames).await.is_ok() {}
    });
    assert!(closed.await.is_ok());
    until("it is counted", || running.state()["listener"]["closed"]["slow-reader"] == 1).await;
    running.stop().await;
}

#[tokio::test]
async fn strangers_make_room_for_newcomers_and_devices_keep_their_place() {
    let running = Running::start(|settings| settings.most_connections = 3).await;
    let mut device = running.connect().await;
    device.say(&hour(6, "35", 5)).await;
    assert!(device.answer().await.contains("CN=9014"));
    let mut first = running.connect().await;
    let _second = running.connect().await;
    let mut newcomer = running.connect().await;
    assert!(first.is_closed().await, "the stranger that waited longest goes");
    newcomer.say("QN=20260301080000000;ST=21;CN=9015;PW=654321;MN=88888880000001;Flag=9;CP=&&&&").await;
    assert!(newcomer.answer().await.contains("CN=9013"));
    device.say(&hour(7, "35", 5)).await;
    assert!(device.answer().await.contains("CN=9014"));
    running.stop().await;
}

#[tokio::test]
async fn one_address_can_be_held_to_a_number_of_connections() {
    let running = Running::start(|settings| settings.most_by_address = Some(2)).await;
    let (mut one, two) = (running.connect().await, running.connect().await);
    let mut three = running.connect().await;
    assert!(three.is_closed().await);
    drop(two);
    until("a place is free", || running.state()["listener"]["connections"] == 1).await;
    let mut four = running.connect().await;
    for line in [&mut one, &mut four] {
        line.say(&hour(7, "35", 5)).await;
        assert!(line.answer().await.contains("CN=9014"));
    }
    running.stop().await;
}

#[tokio::test]
async fn any_bytes_are_survived() {
    let running = Running::start(|_| {}).await;
    let right = frame(&hour(7, "35", 5));
    let mut state = 42u64;
    for round in 0..30 {
        let mut line = running.connect().await;
        let mut bytes = Vec::new();
        for _ in 0..100 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut one = right.clone();
            let at = (state >> 33) as usize % one.len();
            match round % 3 {
                0 => one[at] = (state >> 20) as u8,
                1 => one.truncate(at),
                _ => one = (0..at).map(|byte| (state >> (byte % 50)) as u8).collect(),
            }
            bytes.extend(one);
        }
        use tokio::io::AsyncWriteExt;
        let _ = line.0.write_all(&bytes).await;
    }
    let mut line = running.connect().await;
    line.say(&hour(6, "35", 5)).await;
    assert!(line.answer().await.contains("CN=9014"));
    running.stop().await;
}
