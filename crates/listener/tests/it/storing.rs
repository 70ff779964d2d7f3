//! Durable first: full disks, slow disks, ends.

use std::time::Duration;

use listener::load::Load;
use listener::simulate::{self, Options, Source};

use super::support::{NOW, Running, at, frame, hour, until};

#[tokio::test]
async fn nothing_is_acknowledged_while_the_disk_is_full_and_it_recovers_by_itself() {
    let running = Running::start(|_| {}).await;
    let mut line = running.connect().await;
    *running.disk.full.lock().expect("sound") = true;
    line.say(&hour(6, "35", 5)).await;
    line.say(&hour(7, "36", 5)).await;
    assert_eq!(line.hear_for(Duration::from_millis(800)).await, Vec::<String>::new());
    let state = running.state();
    assert_eq!(state["listener"]["cannot_store_because"], "no space left on device");
    assert_eq!(running.disk.count(), 0);
    *running.disk.full.lock().expect("sound") = false;
    let heard = line.hear_for(Duration::from_secs(3)).await;
    assert_eq!(heard.len(), 2, "the connection stayed, and both are answered now");
    assert_eq!(running.disk.count(), 2);
    assert_eq!(running.state()["listener"]["cannot_store_because"], serde_json::Value::Null);
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_kept_apart_is_not_acknowledged_either() {
    let running = Running::start(|_| {}).await;
    // A file stands where the directory should be.
    std::fs::write(running.directory.path().join("quarantine"), "in the way").expect("written");
    let mut line = running.connect().await;
    line.say(&hour(7, "not a number", 5)).await;
    assert_eq!(line.hear_for(Duration::from_millis(500)).await, Vec::<String>::new());
    std::fs::remove_file(running.directory.path().join("quarantine")).expect("removed");
    assert!(line.answer().await.contains("CN=9014"));
    let lines = running.stop().await;
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains(r#""value":"not a number","flag":"N","reason":"value-bad""#), "{}", lines[0]);
}

#[tokio::test]
async fn rows_that_are_never_taken_do_not_stop_the_others() {
    let running = Running::start(|_| {}).await;
    *running.disk.never.lock().expect("sound") = Some("pm10".into());
    *running.disk.slow.lock().expect("sound") = Duration::from_millis(100);
    let mut line = running.connect().await;
    let mut bytes = frame(&hour(5, "1", 5));
    bytes.extend(frame(&hour(6, "2", 5).replace("a34004", "a34002")));
    bytes.extend(frame(&hour(7, "3", 5)));
    line.send(&bytes).await;
    assert_eq!(line.hear_for(Duration::from_millis(900)).await.len(), 2);
    assert_eq!(running.disk.count(), 2);
    assert_eq!(running.state()["devices"][0]["refused"]["store-refused"], 1);
    running.stop().await;
}

#[tokio::test]
async fn memory_is_bounded_by_not_reading_while_the_disk_is_slow() {
    let running = Running::start(|settings| settings.in_flight_frames = 8).await;
    *running.disk.full.lock().expect("sound") = true;
    let line = running.connect().await;
    let (_reader, mut writer) = line.0.into_split();
    let frames: Vec<u8> = (0..40_000u32).flat_map(|number| frame(&hour(7, &number.to_string(), 5))).collect();
    let length = frames.len();
    let written = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let progress = std::sync::Arc::clone(&written);
    let sender = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        for piece in frames.chunks(4096) {
            if writer.write_all(piece).await.is_err() {
                return;
            }
            progress.fetch_add(piece.len(), std::sync::atomic::Ordering::SeqCst);
        }
    });
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let taken = written.load(std::sync::atomic::Ordering::SeqCst);
    assert!(taken < length, "all of {length} bytes were taken though none could be stored");
    sender.abort();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_share_a_write_and_every_answer_is_durable() {
    let load = Load { stations: 40, hours: 50, last: at("2026-02-28T20:00:00Z"), seed: 7 };
    let stations = load.stations_file();
    let running =
        Running::start_with(&stations, tempfile::tempdir().expect("a directory"), None, |_| {}).await;
    *running.disk.slow.lock().expect("sound") = Duration::from_millis(3);
    let sources: Vec<Source> =
        (0..20).map(|line| Box::new(load.frames(line * 2..line * 2 + 2)) as Source).collect();
    let mut options = Options::new(running.address);
    let disk = std::sync::Arc::clone(&running.disk);
    options.window = 4;
    options.acknowledged = std::sync::Arc::new(move |planned| {
        let station = format!("sim{}", &planned.mn[18..]);
        let rows = disk.rows.lock().expect("sound");
        assert!(rows.iter().rev().any(|row| row.station == station), "acknowledged before it is stored");
    });
    let summary = simulate::run(sources, &options).await;
    assert_eq!((summary.acknowledged, summary.points, summary.unanswered), (2_000, 12_000, 0));
    assert_eq!(running.disk.count(), 12_000);
    let writes = *running.disk.writes.lock().expect("sound");
    assert!(writes < 1_000, "{writes} writes for 2,000 frames: they were not joined");
    running.stop().await;
}

#[tokio::test]
async fn frames_cut_anywhere_are_put_together() {
    let load = Load { stations: 2, hours: 10, last: at("2026-02-28T20:00:00Z"), seed: 7 };
    let stations = load.stations_file();
    let running =
        Running::start_with(&stations, tempfile::tempdir().expect("a directory"), None, |_| {}).await;
    let mut options = Options::new(running.address);
    options.piece = Some(7);
    let summary = simulate::run(vec![Box::new(load.frames(0..2))], &options).await;
    assert_eq!((summary.acknowledged, summary.again), (20, 0));
    assert_eq!(running.disk.count(), 120);
    running.stop().await;
}

#[tokio::test]
async fn the_end_finishes_what_was_received() {
    let running = Running::start(|_| {}).await;
    *running.disk.slow.lock().expect("sound") = Duration::from_millis(400);
    let mut line = running.connect().await;
    line.say(&hour(7, "35", 5)).await;
    until("it is on its way", || running.state()["devices"][0]["frames"] == 1).await;
    let disk = std::sync::Arc::clone(&running.disk);
    let directory = running.directory.path().join("devices.json");
    let hearing = tokio::spawn(async move { line.answer().await });
    let state = {
        // The state file is written at the end, and read back at the next start.
        let copy = tempfile::tempdir().expect("a directory");
        running.stop_keeping(copy.path()).await;
        std::fs::read_to_string(copy.path().join("devices.json")).expect("it was written")
    };
    assert!(!directory.exists(), "the directory is gone with the test");
    assert!(hearing.await.expect("heard").contains("CN=9014"));
    assert_eq!(disk.count(), 1);
    assert!(state.contains(&format!("\"last_seen\": \"{NOW}\"")), "{state}");
}
