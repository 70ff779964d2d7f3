//! How the listener behaves, towards slow, silent and hostile clients above all.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use message::Text;

/// A clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Where lines for the log go.
pub type Log = Arc<dyn Fn(&Text) + Send + Sync>;

/// The settings. What they bound: a connection costs a task and some four KiB while it is silent, 16 KiB and
/// `in_flight_frames` frames while it sends.
#[derive(Clone)]
pub struct Settings {
    /// Open connections at once. The process needs that many file descriptors and a few dozen more.
    pub most_connections: usize,
    /// Open connections from one address; None: any number (devices behind one mobile carrier share an address).
    pub most_by_address: Option<u32>,
    /// A connection on which no known device has spoken yet is closed after this.
    pub hello: Duration,
    /// A connection whose device is silent is closed after this. Longer than the interval in which devices report.
    pub idle: Duration,
    /// A frame that has begun must be complete after this: the least rate is 1,036 bytes in that time.
    pub frame: Duration,
    /// A client that does not take our answers is closed after this.
    pub write: Duration,
    /// Bytes that belong to no right frame, in a row, before a connection is closed.
    pub garbage_bytes: u64,
    /// Frames of unknown devices or with a wrong password, in a row, before a connection is closed.
    pub refused_frames: u32,
    /// Frames of one connection that may wait for the disk; then it is not read any further.
    pub in_flight_frames: usize,
    /// Rows of all connections that may wait for the disk.
    pub waiting_rows: usize,
    /// Rows stored in one write, at most (a frame is never cut).
    pub batch_rows: usize,
    /// How many frames of each kind of stations are remembered, to know repeats cheaply. About 100 bytes each.
    pub recent_frames: usize,
    /// How long the parts of a split upload are waited for.
    pub split_timeout: Duration,
    /// How long a device may take to answer a request.
    pub request_timeout: Duration,
    /// How often a request is sent again.
    pub request_retries: u32,
    /// How long a device may take to carry a request out.
    pub execution_timeout: Duration,
    /// Whether a device whose hours have a gap is asked for the missing ones.
    pub fill_gaps: bool,
    /// How long connections may take to finish when the listener ends.
    pub grace: Duration,
    /// How often the state file is written.
    pub state_every: Duration,
    /// Where.
    pub state_file: Option<PathBuf>,
    /// Where what is kept apart goes.
    pub apart: PathBuf,
    /// What time it is.
    pub clock: Clock,
    /// Where the log goes.
    pub log: Log,
}

impl Settings {
    /// The usual settings; what is kept apart goes into this directory.
    pub fn new(apart: impl Into<PathBuf>) -> Self {
        Self {
            most_connections: 20_000,
            most_by_address: None,
            hello: Duration::from_secs(120),
            idle: Duration::from_secs(2 * 3600),
            frame: Duration::from_secs(30),
            write: Duration::from_secs(30),
            garbage_bytes: 64 << 10,
            refused_frames: 20,
            in_flight_frames: 64,
            waiting_rows: 200_000,
            batch_rows: 50_000,
            recent_frames: 200_000,
            split_timeout: Duration::from_secs(120),
            request_timeout: Duration::from_secs(10),
            request_retries: 3,
            execution_timeout: Duration::from_secs(600),
            fill_gaps: false,
            grace: Duration::from_secs(10),
            state_every: Duration::from_secs(10),
            state_file: None,
            apart: apart.into(),
            clock: Arc::new(Timestamp::now),
            log: Arc::new(|_| {}),
        }
    }
}
