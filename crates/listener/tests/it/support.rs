//! A listener on a port of its own, a disk in memory, and a line to speak over.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use lake::{Kind, Measurement};
use listener::{Handle, Listener, Settings, Sink, SinkError, Stations};
use message::Source;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A disk: what stands on it, and whether it takes more.
#[derive(Default)]
pub struct Disk {
    pub rows: Mutex<Vec<Measurement>>,
    pub writes: Mutex<u64>,
    pub full: Mutex<bool>,
    pub slow: Mutex<Duration>,
    pub never: Mutex<Option<String>>,
}

impl Sink for Disk {
    fn store(&self, _kind: Kind, rows: Vec<Measurement>) -> Result<(), SinkError> {
        std::thread::sleep(*self.slow.lock().expect("sound"));
        if *self.full.lock().expect("sound") {
            return Err(SinkError::Later("no space left on device".into()));
        }
        if let Some(item) = &*self.never.lock().expect("sound")
            && rows.iter().any(|row| row.item == *item)
        {
            return Err(SinkError::Never("this item is not taken".into()));
        }
        *self.writes.lock().expect("sound") += 1;
        self.rows.lock().expect("sound").extend(rows);
        Ok(())
    }
}

impl Disk {
    pub fn count(&self) -> usize {
        self.rows.lock().expect("sound").len()
    }

    pub fn lines(&self) -> Vec<String> {
        let rows = self.rows.lock().expect("sound");
        rows.iter()
            .map(|row| {
                let value = row.value.map_or("-".to_owned(), |value| value.to_string());
                format!("{} {} {} {} {value} {}", row.station, row.item, row.span.key(), row.time, row.flag)
            })
            .collect()
    }
}

pub const STATIONS: &str = "
    [[station]]
    mn = '010000A8900016F000169DC0'
    code = 'S1'
    kind = 'air'
    units = { particles = 'µg/m³', gases = 'µg/m³', a21005 = 'mg/m³' }
    [[station]]
    mn = '88888880000001'
    code = 'S2'
    kind = 'water'
    password = '654321'
    [[station]]
    mn = 'MODBUS'
    code = 'S3'
    kind = 'noise'
    accept_modbus_crc = true
";

pub struct Running {
    pub address: SocketAddr,
    pub disk: Arc<Disk>,
    pub handle: Handle,
    pub directory: tempfile::TempDir,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

/// One second past eight o'clock in China, on 1 March 2026.
pub const NOW: &str = "2026-03-01T00:00:01Z";

impl Running {
    pub async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_with(STATIONS, tempfile::tempdir().expect("a directory"), None, change).await
    }

    pub async fn start_with(
        stations: &str,
        directory: tempfile::TempDir,
        tls: Option<tokio_rustls::TlsAcceptor>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let stations = match listener::read_stations(&Source::new("stations.toml", stations)) {
            Ok(stations) => stations,
            Err(faults) => panic!("{}", message::render_concise(&faults, message::Language::English)),
        };
        Self::start_stations(&stations, directory, tls, change).await
    }

    pub async fn start_stations(
        stations: &Stations,
        directory: tempfile::TempDir,
        tls: Option<tokio_rustls::TlsAcceptor>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let disk = Arc::new(Disk::default());
        let mut settings = Settings::new(directory.path().join("quarantine"));
        settings.clock = Arc::new(|| at(NOW));
        settings.state_file = Some(directory.path().join("devices.json"));
        change(&mut settings);
        let any = "127.0.0.1:0".parse().expect("an address");
        let listener =
            Listener::bind(any, settings, stations, Arc::clone(&disk) as _, tls).await.expect("it listens");
        let (address, handle) = (listener.address().expect("it has one"), listener.handle());
        let (end, ended) = oneshot::channel();
        let task = tokio::spawn(listener.run(async {
            let _ = ended.await;
        }));
        Self { address, disk, handle, directory, end: Some(end), task }
    }

    pub async fn connect(&self) -> Line {
        Line(TcpStream::connect(self.address).await.expect("it takes connections"))
    }

    /// Ends in order; what was kept apart, by its lines.
    pub async fn stop(mut self) -> Vec<String> {
        self.end.take().expect("it runs").send(()).expect("it waits");
        self.task.await.expect("it ends").expect("without an error");
        let path = self.directory.path().join("quarantine/2026-03-01.jsonl");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Ends in order; copies the state file out of the test's directory.
    pub async fn stop_keeping(mut self, to: &std::path::Path) {
        self.end.take().expect("it runs").send(()).expect("it waits");
        self.task.await.expect("it ends").expect("without an error");
        std::fs::copy(self.directory.path().join("devices.json"), to.join("devices.json")).expect("copied");
    }

    pub fn state(&self) -> serde_json::Value {
        serde_json::to_value(self.handle.state().expect("it runs")).expect("JSON")
    }
}

/// A line to the listener.
pub struct Line(pub TcpStream);

impl Line {
    pub async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("it can be written");
    }

    /// Sends a segment in its frame.
    pub async fn say(&mut self, segment: &str) {
        self.send(&frame(segment)).await;
    }

    /// The segments of everything that comes within a moment.
    pub async fn hear(&mut self) -> Vec<String> {
        self.hear_for(Duration::from_millis(300)).await
    }

    pub async fn hear_for(&mut self, time: Duration) -> Vec<String> {
        let mut bytes = Vec::new();
        let _ = tokio::time::timeout(time, async {
            let mut buffer = [0; 4096];
            loop {
                match self.0.read(&mut buffer).await {
                    Ok(0) | Err(_) => break,
                    Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                }
            }
        })
        .await;
        segments(&bytes)
    }

    /// Waits for one frame, whatever it takes.
    pub async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        while segments(&bytes).is_empty() {
            match self.0.read(&mut buffer).await {
                Ok(0) | Err(_) => return "closed".to_owned(),
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            }
        }
        segments(&bytes).join("\n")
    }

    /// Whether the listener has closed it.
    pub async fn is_closed(&mut self) -> bool {
        let mut buffer = [0; 64];
        let end = async { while matches!(self.0.read(&mut buffer).await, Ok(1..)) {} };
        tokio::time::timeout(Duration::from_secs(20), end).await.is_ok()
    }
}

pub fn frame(segment: &str) -> Vec<u8> {
    hj212::frame(segment).expect("short enough")
}

pub fn segments(bytes: &[u8]) -> Vec<String> {
    hj212::Frames::of(bytes, hj212::Settings::default())
        .map(|outcome| String::from_utf8_lossy(outcome.expect("a right frame").segment).into_owned())
        .collect()
}

/// An hour of the first station.
pub fn hour(hour: u32, value: &str, flag: u8) -> String {
    format!(
        "QN=202603010800000{hour:02};ST=22;CN=2061;PW=100000;MN=010000A8900016F000169DC0;Flag={flag};CP=&&\
         DataTime=20260301{hour:02}0000;a34004-Avg={value},a34004-Flag=N&&"
    )
}

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}
