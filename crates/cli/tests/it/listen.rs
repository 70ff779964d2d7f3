//! The HJ 212 listener under load, kills and hostile clients, from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lake::{Kind, Lake, Query, Span};
use tempfile::TempDir;

use super::city::{City, long};

/// A listener that is running, and dies with the test.
struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn start(directory: &Path, more: &[&str]) -> Self {
        let stations = directory.join("stations.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_qingyuan"));
        command
            .args(["hj212", "listen", "--lake", "city", "--stations", &stations.to_string_lossy()])
            .args(more)
            .env("QINGYUAN_LANG", "en")
            .current_dir(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where");
        let address = line.trim().to_owned();
        assert!(address.contains(':'), "no address, but `{address}`");
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ended");
    }

    /// SIGTERM, and what it makes of it.
    fn terminate(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there").success());
        self.child.wait().expect("it ended").code().unwrap_or(-1)
    }
}

fn qingyuan(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qingyuan"));
    command.args(arguments).env("QINGYUAN_LANG", "en").current_dir(directory);
    command
}

/// A directory with a stations file for generated devices.
fn prepared(generate: &str) -> TempDir {
    let directory = TempDir::new().expect("a directory");
    let made = qingyuan(
        directory.path(),
        &["hj212", "replay", "--generate", generate, "--write-stations", "stations.toml"],
    );
    assert!({ made }.status().expect("it starts").success());
    directory
}

/// Everything about hours of the air that the lake holds: (station, time) and how many rows; every row once.
fn hours(home: &Path) -> BTreeMap<(String, String), usize> {
    let lake = Lake::open(home).expect("a lake");
    lake.flush().expect("flushed");
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut each = |batch: arrow::record_batch::RecordBatch| {
        for row in lake::rows(&batch)? {
            let key = (row.station.to_owned(), row.time.to_string());
            let fresh = found.entry(key).or_default().insert(row.item.to_owned());
            assert!(fresh, "a row twice: {} {} {}", row.station, row.item, row.time);
        }
        Ok(())
    };
    lake.read(&Query::all(Kind::Air, Span::Hour), &mut each).expect("read");
    found.into_iter().map(|(key, items)| (key, items.len())).collect()
}

/// The (station, time) of each frame that was acknowledged.
fn acknowledged(file: &Path) -> BTreeSet<(String, String)> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .map(|line| {
            let station = format!("sim{}", &line["mn"].as_str().expect("an MN")[18..]);
            let time = listener::time::read(line["data_time"].as_str().expect("a time")).expect("a time");
            (station, time.to_string())
        })
        .collect()
}

/// Splitmix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[test]
fn an_acknowledged_frame_survives_any_number_of_kills() {
    let (kills, generate, expected) = if long() { (100, "200x600", 120_000) } else { (3, "50x100", 5_000) };
    let directory = prepared(generate);
    let path = directory.path();
    let first = Running::start(path, &["--bind", "127.0.0.1:0", "--flush-every", "1"]);
    let address = first.address.clone();
    let rate = if long() { "2000" } else { "2500" };
    let mut devices = qingyuan(
        path,
        &[
            "hj212",
            "replay",
            "--generate",
            generate,
            "--to",
            &address,
            "--connections",
            "25",
            "--window",
            "4",
            "--rate",
            rate,
            "--timeout",
            "1",
            "--retries",
            "1000000",
            "--acks",
            "acks.jsonl",
        ],
    )
    .stdout(Stdio::piped())
    .spawn()
    .expect("it starts");
    let mut state = std::process::id().into();
    let (mut running, mut killed, mut checked) = (first, 0, 0);
    while killed < kills && devices.try_wait().expect("it can be asked").is_none() {
        std::thread::sleep(Duration::from_micros(100_000 + random(&mut state) % 500_000));
        running.kill();
        killed += 1;
        // What was acknowledged up to now is there, before anybody sends it again.
        if killed % 10 == 1 || !long() {
            let promised = acknowledged(&path.join("acks.jsonl"));
            let held = hours(&path.join("city"));
            for frame in &promised {
                assert_eq!(held.get(frame), Some(&6), "kill {killed}: {frame:?} was acknowledged");
            }
            checked += promised.len();
        }
        running = Running::start(path, &["--bind", &address, "--flush-every", "1"]);
    }
    let output = devices.wait_with_output().expect("it ends");
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    eprintln!("{killed} kills, {checked} acknowledged frames looked up in between; {summary}");
    assert_eq!(running.terminate(), 0);
    assert_eq!(killed, kills, "all was sent before the kills were done");
    assert_eq!(summary["acknowledged"], expected);
    let held = hours(&path.join("city"));
    assert_eq!(acknowledged(&path.join("acks.jsonl")).len(), expected);
    assert_eq!(held.len(), expected, "frames lost or made up");
    assert!(held.values().all(|items| *items == 6), "a frame is there in part");
}

#[test]
fn the_state_tells_who_is_silent_and_what_was_refused() {
    let directory = prepared("3x1");
    let path = directory.path();
    let running = Running::start(path, &["--bind", "127.0.0.1:0"]);
    let stranger = "##0087QN=20260301080000000;ST=91;CN=9014;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&4A40\r\n";
    let mut line = TcpStream::connect(&running.address).expect("it takes connections");
    line.write_all(stranger.as_bytes()).expect("written");
    let sent = qingyuan(path, &["hj212", "replay", "--generate", "2x1", "--to", &running.address])
        .output()
        .expect("it starts");
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    assert_eq!(running.terminate(), 0);
    let out = qingyuan(path, &["hj212", "state", "--lake", "city", "--format", "json"])
        .output()
        .expect("it starts");
    let state: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(state["listener"]["unknown"]["010000A8900016F000169DC0"]["frames"], 1);
    assert_eq!(state["devices"][0]["rows"], 6);
    assert_eq!(state["devices"][2]["last_seen"], serde_json::Value::Null);
    let out = qingyuan(path, &["hj212", "state", "--lake", "city", "--trouble"]).output().expect("it starts");
    let (out, err) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(
        out.contains("sim000002") && out.contains("never heard of") && !out.contains("sim000000"),
        "{out}"
    );
    assert!(err.contains("unknown device `010000A8900016F000169DC0`: 1 frames"), "{err}");
}

#[test]
fn a_faulty_stations_file_and_no_stations_are_refused() {
    let city = City::nowhere();
    let file = city.file(
        "stations.toml",
        b"[[station]]\nmn = 'A'\ncode = '1'\nkind = 'air'\nunits = { a34004 = 'ppb' }\n",
    );
    let printed = city.run(&["hj212", "listen", "--stations", &file, "--lake", "l", "--bind", "127.0.0.1:0"]);
    assert_eq!(printed.status, 1);
    assert!(
        printed.err.contains("unknown unit `ppb`") && printed.err.contains("stations.toml:5"),
        "{}",
        printed.err
    );
    let printed = city.run(&["hj212", "listen", "--lake", "l"]);
    assert_eq!(printed.status, 1);
    assert!(printed.err.contains("name the stations file with --stations"), "{}", printed.err);
    let printed = city.run(&["hj212", "state", "--lake", "l"]);
    assert_eq!(printed.status, 1);
    assert!(!city.path().join("l").exists(), "asking makes nothing");
}

/// As many connections as the machine's limit of files allows, up to 10,000: silent, or sending a byte now and then.
#[test]
fn silent_and_dribbling_connections_do_not_keep_devices_out() {
    let wanted = if long() { 10_000 } else { 300 };
    let directory = prepared("20x24");
    let path = directory.path();
    let running = Running::start(path, &["--bind", "127.0.0.1:0"]);
    let mut crowd = Vec::new();
    for _ in 0..wanted {
        match TcpStream::connect(&running.address) {
            Ok(stream) => crowd.push(stream),
            Err(error) => panic!("{} connections, then: {error} (ulimit -n?)", crowd.len()),
        }
    }
    let before = memory(running.child.id());
    let begun = Instant::now();
    let mut devices = qingyuan(
        path,
        &[
            "hj212",
            "replay",
            "--generate",
            "20x24",
            "--to",
            &running.address,
            "--connections",
            "20",
            "--rate",
            "100",
        ],
    )
    .stdout(Stdio::piped())
    .spawn()
    .expect("it starts");
    let mut bytes = b"##0278QN=20260301080000000;ST=22;".iter().cycle();
    while devices.try_wait().expect("it can be asked").is_none() {
        for stream in crowd.iter_mut().step_by(2) {
            let _ = stream.write_all(&[*bytes.next().expect("it never ends")]);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut text = String::new();
    devices.stdout.take().expect("a pipe").read_to_string(&mut text).expect("text");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let after = memory(running.child.id());
    eprintln!(
        "{} connections beside them, {before} → {after} KiB, {:?}; {summary}",
        crowd.len(),
        begun.elapsed()
    );
    assert_eq!((&summary["acknowledged"], &summary["again"]), (&480.into(), &0.into()));
    assert_eq!(running.terminate(), 0);
    assert_eq!(hours(&path.join("city")).len(), 480);
}

/// Resident memory in KiB, where the system tells.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// A disk of a few MiB, where this user may make one: answers stop when it is full, and go on when there is room.
#[test]
fn a_full_disk_stops_the_answers_and_it_recovers() {
    if !long() {
        return;
    }
    let directory = prepared("50x400");
    let path = directory.path();
    let disk = path.join("city");
    std::fs::create_dir(&disk).expect("made");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(&disk).status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("skipped: this user cannot mount a small disk");
        return;
    }
    let outcome = std::panic::catch_unwind(|| {
        std::fs::write(disk.join("ballast"), vec![1; 3 << 20]).expect("there is room");
        let running = Running::start(path, &["--bind", "127.0.0.1:0", "--flush-every", "100000"]);
        let mut devices = qingyuan(
            path,
            &[
                "hj212",
                "replay",
                "--generate",
                "50x400",
                "--to",
                &running.address,
                "--connections",
                "10",
                "--window",
                "8",
                "--timeout",
                "2",
                "--retries",
                "1000",
                "--acks",
                "acks.jsonl",
            ],
        )
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
        let count = || acknowledged(&path.join("acks.jsonl")).len();
        let mut last = usize::MAX;
        for _ in 0..60 {
            std::thread::sleep(Duration::from_secs(2));
            let now = count();
            if now == last {
                break;
            }
            last = now;
        }
        assert!(devices.try_wait().expect("asked").is_none(), "the disk was never full: {last} frames");
        assert!(last > 0, "nothing was ever acknowledged");
        eprintln!("the disk was full after {last} frames");
        std::fs::remove_file(disk.join("ballast")).expect("removed");
        let mut more = 0;
        for _ in 0..30 {
            std::thread::sleep(Duration::from_secs(1));
            more = count();
            if more > last {
                break;
            }
        }
        assert!(more > last, "it did not go on by itself");
        eprintln!("{more} frames a moment after there was room");
        let _ = devices.kill();
        let _ = devices.wait();
        running.kill();
        // On the small disk there may be no room for the table: the spool is read on another.
        let copy = path.join("copy");
        assert!(Command::new("cp").arg("-r").arg(&disk).arg(&copy).status().expect("cp").success());
        let (promised, held) = (acknowledged(&path.join("acks.jsonl")), hours(&copy));
        for frame in &promised {
            assert_eq!(held.get(frame), Some(&6), "{frame:?} was acknowledged");
        }
        eprintln!("{} acknowledged frames are all there", promised.len());
    });
    let _ = Command::new("umount").arg(&disk).status();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}
