//! One connection: bytes in, frames judged, answers out when the disk has them.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hj212::Decoder;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::exchange::{Conduct, take};
use crate::settings::Settings;
use crate::shared::{Entry, Shared};

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The client is gone.
    Gone,
    /// The listener ends.
    Stopped,
    /// No known device has spoken.
    Hello,
    /// The device has been silent for too long.
    Idle,
    /// A frame was begun and not finished in time.
    SlowFrame,
    /// The client does not take its answers.
    SlowReader,
    /// Too much that is no frame.
    Garbage,
    /// Too many frames of unknown devices or with a wrong password.
    Refused,
    /// It made room for another.
    Evicted,
}

impl End {
    /// The reason's stable name; None where the client went by itself.
    pub(crate) fn key(self) -> Option<&'static str> {
        Some(match self {
            Self::Gone | Self::Stopped => return None,
            Self::Hello => "no-known-device",
            Self::Idle => "idle",
            Self::SlowFrame => "slow-frame",
            Self::SlowReader => "slow-reader",
            Self::Garbage => "garbage",
            Self::Refused => "refused-frames",
            Self::Evicted => "made-room",
        })
    }
}

/// A silent connection's buffer; it grows while data stream in.
const SMALL: usize = 2 << 10;
const LARGE: usize = 16 << 10;
/// Answers that a client has not taken; more is a client that takes none.
const MOST_ANSWERS: usize = 64 << 10;

/// Serves one connection until it ends.
pub(crate) async fn serve<R, W>(
    shared: &Arc<Shared>,
    entry: &Entry,
    mut reader: R,
    mut writer: W,
    mut stop: watch::Receiver<bool>,
) -> End
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let settings = &shared.settings;
    let mut decoder =
        Decoder::new(hj212::Settings { accept_modbus: shared.any_modbus, ..hj212::Settings::default() });
    let mut buffer = vec![0; SMALL];
    let mut out: Vec<u8> = Vec::new();
    let mut written = 0;
    let mut conduct = Conduct::default();
    let mut timing = Timing::new();
    let mut ended = None;
    let alarm = sleep_until(timing.next(settings));
    tokio::pin!(alarm);
    if *stop.borrow() {
        ended = Some(End::Stopped);
    }
    loop {
        if written == out.len() {
            out.clear();
            written = 0;
        }
        entry.outbox.take_into(&mut out);
        let waiting = written < out.len();
        timing.writing = if waiting { timing.writing.or(Some(Instant::now())) } else { None };
        let in_flight = entry.outbox.in_flight();
        if let Some(end) = ended
            && in_flight == 0
            && !waiting
        {
            return end;
        }
        let room = in_flight < settings.in_flight_frames && out.len() < MOST_ANSWERS;
        // Who waits for our disk is not silent.
        timing.held = in_flight > 0;
        let due = timing.next(settings);
        if due < alarm.deadline() {
            alarm.as_mut().reset(due);
        }
        tokio::select! {
            sent = writer.write(&out[written..]), if waiting => match sent {
                Ok(0) | Err(_) => return End::Gone,
                Ok(count) => {
                    written += count;
                    timing.writing = None;
                }
            },
            () = entry.outbox.changed() => {
                if entry.outbox.is_closed() {
                    return End::Evicted;
                }
            }
            read = reader.read(&mut buffer), if room && ended.is_none() => match read {
                Ok(0) | Err(_) => ended = Some(End::Gone),
                Ok(count) => {
                    let end = receive(shared, entry, &mut decoder, &buffer[..count], &mut conduct, &mut timing).await;
                    if let Some(end) = end {
                        return end;
                    }
                    resize(&mut buffer, count);
                }
            },
            () = &mut alarm => {
                if let Some(end) = timing.over(settings) {
                    return end;
                }
                buffer.truncate(SMALL);
                buffer.shrink_to_fit();
                alarm.as_mut().reset(timing.next(settings));
            }
            _ = stop.changed(), if ended != Some(End::Stopped) => ended = Some(End::Stopped),
        }
    }
}

/// Takes bytes; waits until what has to be stored is queued.
async fn receive(
    shared: &Arc<Shared>,
    entry: &Entry,
    decoder: &mut Decoder,
    bytes: &[u8],
    conduct: &mut Conduct,
    timing: &mut Timing,
) -> Option<End> {
    let settings = &shared.settings;
    decoder.feed(bytes);
    let mut progress = false;
    loop {
        let jobs = match decoder.next_outcome() {
            None => break,
            Some(outcome) => take(shared, entry, conduct, outcome),
        };
        progress = true;
        for (kind, job) in jobs {
            shared.store.send(kind, job).await;
        }
        if std::mem::take(&mut conduct.good) {
            timing.good = Instant::now();
        }
        if conduct.garbage > settings.garbage_bytes {
            return Some(End::Garbage);
        }
        if conduct.refused >= settings.refused_frames {
            return Some(End::Refused);
        }
    }
    timing.begun = match (decoder.pending() > 0, timing.begun) {
        (false, _) => None,
        (true, Some(begun)) if !progress => Some(begun),
        (true, _) => Some(Instant::now()),
    };
    timing.known = entry.known.load(Ordering::Relaxed);
    None
}

fn resize(buffer: &mut Vec<u8>, used: usize) {
    if used == buffer.len() && used < LARGE {
        buffer.resize(used * 2, 0);
    }
}

/// When a connection has been too slow.
struct Timing {
    /// When the last right frame of a known device came, or the connection began.
    good: Instant,
    known: bool,
    held: bool,
    begun: Option<Instant>,
    writing: Option<Instant>,
}

impl Timing {
    fn new() -> Self {
        Self { good: Instant::now(), known: false, held: false, begun: None, writing: None }
    }

    fn patience(&self, settings: &Settings) -> Duration {
        if self.known { settings.idle } else { settings.hello }
    }

    /// When to look again.
    fn next(&self, settings: &Settings) -> Instant {
        let mut next = self.good + self.patience(settings);
        if self.held {
            next = next.max(Instant::now() + Duration::from_secs(5));
        }
        if let Some(begun) = self.begun.filter(|_| !self.held) {
            next = next.min(begun + settings.frame);
        }
        if let Some(writing) = self.writing {
            next = next.min(writing + settings.write);
        }
        next
    }

    fn over(&mut self, settings: &Settings) -> Option<End> {
        let now = Instant::now();
        if self.writing.is_some_and(|writing| now >= writing + settings.write) {
            return Some(End::SlowReader);
        }
        if self.held {
            // A frame that is half here waits for us, not for its sender.
            self.begun = self.begun.map(|_| now);
            return None;
        }
        if self.begun.is_some_and(|begun| now >= begun + settings.frame) {
            return Some(End::SlowFrame);
        }
        let silent = now >= self.good + self.patience(settings);
        silent.then_some(if self.known { End::Idle } else { End::Hello })
    }
}
