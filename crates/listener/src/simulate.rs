//! The other end of the line: devices that send frames, wait for answers, send again, and answer requests.
//!
//! For tests, for benchmarks and for `qingyuan hj212 replay`. A simulated device is as patient as the standard says
//! (10 s, three more tries) and keeps a frame until it is answered.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hj212::{Decoder, Frames, Segment, execution_result, request_answer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::tls::{TlsError, connector};

/// A frame to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// As it goes over the line.
    pub bytes: Arc<[u8]>,
    /// The device.
    pub mn: String,
    /// Its QN, if it has one.
    pub qn: Option<String>,
    /// Its command.
    pub cn: String,
    /// Its DataTime, if it has one.
    pub data_time: Option<String>,
    /// Whether the device waits for an answer.
    pub wants_answer: bool,
    /// How many values it carries.
    pub points: u32,
}

impl Planned {
    /// A frame around this segment; None if it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        Some(Self::reading(hj212::frame(text).ok()?, &Segment::of(text)))
    }

    fn reading(bytes: Vec<u8>, segment: &Segment<'_>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let is_value = |field: &str| !field.is_empty() && field != "Flag";
        Self {
            bytes: bytes.into(),
            mn: segment.mn.unwrap_or_default().to_owned(),
            qn: owned(segment.qn.or_else(|| segment.value("QN"))),
            cn: segment.cn.unwrap_or_default().to_owned(),
            data_time: owned(segment.value("DataTime")),
            wants_answer: segment.wants_answer(),
            points: u32::try_from(segment.items().filter(|item| is_value(item.field)).count())
                .unwrap_or_default(),
        }
    }

    /// The frames of a listing, as they stand there: wrong ones too, for which nobody waits, if they are wanted.
    pub fn read(listing: &[u8], with_wrong: bool) -> Vec<Self> {
        Frames::of(listing, hj212::Settings::LISTING)
            .filter_map(|outcome| match outcome {
                Ok(frame) => {
                    let segment = frame.read().ok()?;
                    let mut bytes = format!("##{:04}", frame.segment.len()).into_bytes();
                    bytes.extend_from_slice(frame.segment);
                    bytes.extend_from_slice(format!("{:04X}\r\n", frame.crc).as_bytes());
                    Some(Self::reading(bytes, &segment))
                }
                Err(refused) if with_wrong => {
                    let mut bytes = refused.bytes.to_vec();
                    if !bytes.ends_with(b"\n") {
                        bytes.extend_from_slice(b"\r\n");
                    }
                    Some(Self::reading(bytes, &Segment::of("")))
                }
                Err(_) => None,
            })
            .collect()
    }
}

/// How the devices behave.
#[derive(Clone)]
pub struct Options {
    /// Where to.
    pub address: SocketAddr,
    /// TLS, and the name that the certificate must be for.
    pub tls: Option<(TlsConnector, ServerName<'static>)>,
    /// Frames that may wait for their answers at once, on one connection; real devices: 1.
    pub window: usize,
    /// How long to wait for an answer.
    pub timeout: Duration,
    /// How often a frame is sent again.
    pub retries: u32,
    /// The least time between two frames of one connection.
    pub pace: Option<Duration>,
    /// Bytes sent at once; None: as many as there are. For testing how frames are put together again.
    pub piece: Option<usize>,
    /// Frames that are not sent by themselves, but when the centre asks for their time.
    pub history: Arc<Vec<Planned>>,
    /// Told of each acknowledged frame.
    pub acknowledged: Arc<dyn Fn(&Planned) + Send + Sync>,
}

impl Options {
    /// Devices as the standard has them.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            tls: None,
            window: 1,
            timeout: Duration::from_secs(10),
            retries: 3,
            pace: None,
            piece: None,
            history: Arc::default(),
            acknowledged: Arc::new(|_| {}),
        }
    }
}

impl Options {
    /// Inside TLS, trusting this PEM file alone, which has to be for this name.
    pub fn with_tls(mut self, trusted: &Path, name: &str) -> Result<Self, TlsError> {
        let refused = |_| TlsError::Refused(format!("`{name}` is no name of a server"));
        let name = ServerName::try_from(name.to_owned()).map_err(refused)?;
        self.tls = Some((connector(trusted)?, name));
        Ok(self)
    }
}

/// What became of the frames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Frames sent, each counted once.
    pub sent: u64,
    /// Frames acknowledged.
    pub acknowledged: u64,
    /// The values in them.
    pub points: u64,
    /// Frames that were given up.
    pub unanswered: u64,
    /// How often a frame was sent again.
    pub again: u64,
    /// How often a connection was made anew.
    pub reconnected: u64,
    /// Requests of the centre that were answered.
    pub requests: u64,
    /// Connections that could not be made, and why not, of the last of them.
    pub lost: u64,
    /// Why not.
    pub why_lost: Option<String>,
}

impl Summary {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.points += other.points;
        self.unanswered += other.unanswered;
        self.again += other.again;
        self.reconnected += other.reconnected;
        self.requests += other.requests;
        self.lost += other.lost;
        self.why_lost = other.why_lost.or(self.why_lost.take());
    }
}

/// The frames of one connection.
pub type Source = Box<dyn Iterator<Item = Planned> + Send>;

/// Sends the frames of each source over a connection of its own, and waits until all are answered or given up.
pub async fn run(sources: Vec<Source>, options: &Options) -> Summary {
    let mut tasks = tokio::task::JoinSet::new();
    for source in sources {
        let options = options.clone();
        tasks.spawn(async move { Line::new(options, source).run().await });
    }
    let mut all = Summary::default();
    while let Some(summary) = tasks.join_next().await {
        all.add(summary.unwrap_or_default());
    }
    all
}

/// One connection's state, which outlives the connection.
struct Line {
    options: Options,
    source: Source,
    waiting: VecDeque<Waiting>,
    over: bool,
    next_at: Instant,
    summary: Summary,
}

struct Waiting {
    planned: Planned,
    sent: Instant,
    tries: u32,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Line {
    fn new(options: Options, source: Source) -> Self {
        let waiting = VecDeque::new();
        Self { options, source, waiting, over: false, next_at: Instant::now(), summary: Summary::default() }
    }

    async fn run(mut self) -> Summary {
        let mut failures = 0;
        loop {
            match connect(&self.options).await {
                Ok(stream) => {
                    failures = 0;
                    if self.talk(stream).await.is_ok() {
                        return self.summary;
                    }
                }
                Err(error) if failures > self.options.retries.saturating_mul(20) => {
                    self.summary.unanswered += self.waiting.len() as u64;
                    self.summary.lost += 1;
                    self.summary.why_lost = Some(error.to_string());
                    return self.summary;
                }
                Err(_) => failures += 1,
            }
            self.summary.reconnected += 1;
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ok: everything is sent and answered or given up.
    async fn talk(&mut self, mut stream: Box<dyn Stream>) -> std::io::Result<()> {
        let mut decoder = Decoder::new(hj212::Settings::default());
        let mut buffer = vec![0; 16 << 10];
        let mut out = Vec::new();
        // What waited on the last connection is sent again on this one.
        for waiting in &mut self.waiting {
            out.extend_from_slice(&waiting.planned.bytes);
            waiting.sent = Instant::now();
            self.summary.again += 1;
        }
        loop {
            self.fill(&mut out);
            write(&mut stream, &out, self.options.piece).await?;
            out.clear();
            if self.over && self.waiting.is_empty() {
                stream.shutdown().await.ok();
                return Ok(());
            }
            let due = self.waiting.front().map(|waiting| waiting.sent + self.options.timeout);
            let paced = (!self.over && self.waiting.len() < self.options.window).then_some(self.next_at);
            let until = [due, paced].into_iter().flatten().min().unwrap_or_else(Instant::now);
            match timeout_at(until, stream.read(&mut buffer)).await {
                Ok(Ok(0)) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                Ok(Ok(count)) => {
                    decoder.feed(&buffer[..count]);
                    while let Some(outcome) = decoder.next_outcome() {
                        if let Ok(frame) = outcome
                            && let Ok(segment) = frame.read()
                        {
                            self.heard(&segment, &mut out);
                        }
                    }
                }
                Ok(Err(error)) => return Err(error),
                Err(_) => self.again(&mut out),
            }
        }
    }

    /// Takes new frames as far as the window and the pace allow.
    fn fill(&mut self, out: &mut Vec<u8>) {
        while !self.over && self.waiting.len() < self.options.window {
            let now = Instant::now();
            if let Some(pace) = self.options.pace {
                if now < self.next_at {
                    return;
                }
                self.next_at = self.next_at.max(now - pace) + pace;
            }
            let Some(planned) = self.source.next() else {
                self.over = true;
                return;
            };
            self.summary.sent += 1;
            out.extend_from_slice(&planned.bytes);
            if planned.wants_answer {
                self.waiting.push_back(Waiting { planned, sent: now, tries: 0 });
            }
            // Without a window to hold them back, frames that nobody answers would all be taken at once.
            if out.len() > 256 << 10 {
                return;
            }
        }
    }

    fn heard(&mut self, segment: &Segment<'_>, out: &mut Vec<u8>) {
        match segment.cn {
            Some("9013" | "9014") => {
                let qn = segment.answered_qn();
                let is_it = |waiting: &Waiting| {
                    (qn.is_none() || waiting.planned.qn.as_deref() == qn)
                        && segment.mn.is_none_or(|mn| mn == waiting.planned.mn)
                };
                let Some(at) = self.waiting.iter().position(is_it) else { return };
                let Some(waiting) = self.waiting.remove(at) else { return };
                self.summary.acknowledged += 1;
                self.summary.points += u64::from(waiting.planned.points);
                (self.options.acknowledged)(&waiting.planned);
            }
            Some("2031" | "2051" | "2061") => {
                self.summary.requests += 1;
                out.extend(request_answer(segment, 1).unwrap_or_default());
                let (from, to) =
                    (segment.value("BeginTime").unwrap_or("0"), segment.value("EndTime").unwrap_or("9"));
                let asked: Vec<Planned> = self
                    .options
                    .history
                    .iter()
                    .filter(|one| {
                        let time = one.data_time.as_deref().unwrap_or_default();
                        segment.mn == Some(&one.mn)
                            && segment.cn == Some(&one.cn)
                            && from <= time
                            && time <= to
                    })
                    .cloned()
                    .collect();
                let result = if asked.is_empty() { 100 } else { 1 };
                for planned in asked {
                    out.extend_from_slice(&planned.bytes);
                    self.summary.sent += 1;
                    if planned.wants_answer {
                        self.waiting.push_back(Waiting { planned, sent: Instant::now(), tries: 0 });
                    }
                }
                out.extend(execution_result(segment, result).unwrap_or_default());
            }
            Some("9011" | "9012") | None => {}
            Some(_) => {
                self.summary.requests += 1;
                out.extend(request_answer(segment, 1).unwrap_or_default());
                out.extend(execution_result(segment, 1).unwrap_or_default());
            }
        }
    }

    /// Sends again what has waited too long, or gives it up.
    fn again(&mut self, out: &mut Vec<u8>) {
        let now = Instant::now();
        let (timeout, retries) = (self.options.timeout, self.options.retries);
        let before = self.waiting.len();
        self.waiting.retain(|waiting| now < waiting.sent + timeout || waiting.tries < retries);
        self.summary.unanswered += (before - self.waiting.len()) as u64;
        for waiting in self.waiting.iter_mut().filter(|waiting| now >= waiting.sent + timeout) {
            out.extend_from_slice(&waiting.planned.bytes);
            waiting.sent = now;
            waiting.tries += 1;
            self.summary.again += 1;
        }
    }
}

async fn connect(options: &Options) -> std::io::Result<Box<dyn Stream>> {
    let stream = TcpStream::connect(options.address).await?;
    stream.set_nodelay(true)?;
    Ok(match &options.tls {
        None => Box::new(stream),
        Some((tls, name)) => Box::new(tls.connect(name.clone(), stream).await?),
    })
}

async fn write(stream: &mut Box<dyn Stream>, out: &[u8], piece: Option<usize>) -> std::io::Result<()> {
    match piece {
        None => stream.write_all(out).await?,
        Some(size) => {
            for piece in out.chunks(size.max(1)) {
                stream.write_all(piece).await?;
                stream.flush().await?;
                tokio::task::yield_now().await;
            }
        }
    }
    // TLS keeps what it has not sealed yet.
    stream.flush().await
}
