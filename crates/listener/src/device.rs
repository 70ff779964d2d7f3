//! What is known of one device: kept in memory, counted under its own lock, written out as [`DeviceReport`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hj212::{Segment, Version};
use jiff::{SignedDuration, Timestamp};
use lake::Span;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::config::StationConfig;
use crate::outbox::Outbox;
use crate::time;

/// One device.
pub(crate) struct Device {
    pub(crate) station: Arc<StationConfig>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    report: DeviceReport,
    /// The last flag of each mapped item, and since when; in the order of the station's mapping.
    flags: Vec<Option<(String, Timestamp)>>,
    connections: Vec<Weak<Outbox>>,
    /// Requests that wait for the device's answers, by QN.
    pending: Vec<(String, mpsc::UnboundedSender<Reply>)>,
    /// How it speaks; never written anywhere, because the password stands in it.
    spoken: Option<Spoken>,
    /// The latest hour that came, stored or on its way.
    latest_hour: Option<Timestamp>,
    /// The gap that it is being asked about, and the last one it was.
    filling: bool,
    filled: Option<Gap>,
}

/// How a device speaks: what a request to it has to look like.
#[derive(Clone)]
pub(crate) struct Spoken {
    pub(crate) version: Version,
    pub(crate) st: String,
    pub(crate) pw: String,
}

/// What a device answers to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// 9011 and its QnRtn.
    Taken(u16),
    /// 9012 and its ExeRtn.
    Done(u16),
    /// 9013 or 9014.
    Noted,
}

/// What is known of a device, as the state file says it. No personal data, no password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceReport {
    /// The device's identity.
    pub mn: String,
    /// The station's code.
    pub station: String,
    /// The kind of station.
    pub kind: String,
    /// How many connections it has now.
    pub connections: u32,
    /// When its last right frame came.
    pub last_seen: Option<Timestamp>,
    /// Unheard of since then (its last frame), if longer than its station allows.
    pub offline_since: Option<Timestamp>,
    /// The start of the latest interval stored, by span.
    pub last_data: BTreeMap<String, Timestamp>,
    /// How long after the end of their interval its last data arrived, in seconds.
    pub delay_seconds: Option<i64>,
    /// How far its clock was ahead of ours at its last frame, in seconds, as its QN says.
    pub clock_ahead_seconds: Option<i64>,
    /// When it said that it was started, the last time it said so.
    pub restarted: Option<String>,
    /// Right frames with data.
    pub frames: u64,
    /// Of these, repeats of what was stored already.
    pub repeated: u64,
    /// Rows stored.
    pub rows: u64,
    /// Values with digits below a millionth of the unit, rounded.
    pub rounded: u64,
    /// Frames whose data came later than the station allows.
    pub late_frames: u64,
    /// The last such: when it came.
    pub late_at: Option<Timestamp>,
    /// Its interval's start.
    pub late_data: Option<Timestamp>,
    /// Hours found missing when a later hour came, and since when the last such gap is.
    pub missing_hours: u64,
    /// The last gap's first hour.
    pub gap_from: Option<Timestamp>,
    /// The hour after its last.
    pub gap_to: Option<Timestamp>,
    /// Frames refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// What was said when the last frame was refused.
    pub last_refusal: Option<String>,
    /// Values and frames kept apart, by reason.
    pub apart: BTreeMap<String, u64>,
    /// Codes that no mapping names.
    pub unmapped: BTreeMap<String, u64>,
    /// The last flag of each item and since when it is so.
    pub flags: BTreeMap<String, ItemFlag>,
}

/// The flag of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFlag {
    /// As the device gave it.
    pub flag: String,
    /// The time of the first data that carried it.
    pub since: Timestamp,
}

/// A gap in a device's hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The first missing hour.
    pub from: Timestamp,
    /// The hour after the last missing one.
    pub to: Timestamp,
}

impl Device {
    /// A device as it was reported before, if it was.
    pub(crate) fn new(station: Arc<StationConfig>, before: Option<DeviceReport>) -> Self {
        let mut report = before.unwrap_or_default();
        report.mn = station.mn.clone();
        report.station = station.code.clone();
        report.kind = station.kind.key().to_owned();
        report.connections = 0;
        let flags = station
            .items
            .iter()
            .map(|item| report.flags.get(&item.item).map(|flag| (flag.flag.clone(), flag.since)))
            .collect();
        let latest_hour = report.last_data.get(Span::Hour.key()).copied();
        let state = State { report, flags, latest_hour, ..State::default() };
        Self { station, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A right frame came over this connection.
    pub(crate) fn seen(&self, now: Timestamp, segment: &Segment<'_>, connection: &Arc<Outbox>) {
        let mut state = self.lock();
        state.report.last_seen = Some(now);
        if let Some(sent) = segment.qn.and_then(|qn| time::read(qn).ok()) {
            state.report.clock_ahead_seconds = Some(sent.duration_since(now).as_secs());
        }
        let (st, pw) = (segment.st.unwrap_or("22"), segment.pw.unwrap_or("123456"));
        // An answer's ST is 91, which is not the device's own.
        let spoken = state.spoken.as_ref();
        let known = spoken
            .is_some_and(|spoken| spoken.version == segment.version() && spoken.st == st && spoken.pw == pw);
        if st != "91" && !known {
            state.spoken = Some(Spoken { version: segment.version(), st: st.to_owned(), pw: pw.to_owned() });
        }
        // The connection it spoke on last stands last: requests go there.
        let here = Arc::downgrade(connection);
        if !state.connections.last().is_some_and(|last| last.ptr_eq(&here)) {
            state.connections.retain(|other| other.strong_count() > 0 && !other.ptr_eq(&here));
            state.connections.push(here);
        }
    }

    /// A frame with data of this time came. Tells a gap between it and the last hour before it.
    pub(crate) fn data(&self, span: Span, start: Timestamp, now: Timestamp) -> Option<Gap> {
        let mut state = self.lock();
        let state = &mut *state;
        let report = &mut state.report;
        report.frames += 1;
        let delay = now.duration_since(start) - time::length(span);
        report.delay_seconds = Some(delay.as_secs());
        if delay > self.station.late_after {
            report.late_frames += 1;
            report.late_at = Some(now);
            report.late_data = Some(start);
        }
        if span != Span::Hour {
            return None;
        }
        let last = state.latest_hour.replace(state.latest_hour.map_or(start, |last| last.max(start)))?;
        let next = last + SignedDuration::from_hours(1);
        let missing = start.duration_since(next).as_hours();
        if missing < 1 {
            return None;
        }
        let gap = Gap { from: next, to: start };
        report.missing_hours += u64::try_from(missing).unwrap_or_default();
        (report.gap_from, report.gap_to) = (Some(gap.from), Some(gap.to));
        Some(gap)
    }

    /// The flag that an item came with.
    pub(crate) fn flags<'f>(&self, time: Timestamp, flags: impl Iterator<Item = (usize, &'f str)>) {
        let mut state = self.lock();
        for (index, flag) in flags {
            match state.flags.get_mut(index) {
                Some(Some((known, _))) if known == flag => {}
                Some(place) => *place = Some((flag.to_owned(), time)),
                None => {}
            }
        }
    }

    /// Rows of this time are on the disk.
    pub(crate) fn stored(&self, span: Span, time: Timestamp, rows: u64) {
        let mut state = self.lock();
        state.report.rows += rows;
        match state.report.last_data.get_mut(span.key()) {
            Some(last) => *last = time.max(*last),
            None => drop(state.report.last_data.insert(span.key().to_owned(), time)),
        }
    }

    /// A frame that had been stored already.
    pub(crate) fn repeated(&self) {
        self.lock().report.repeated += 1;
    }

    /// Values with too many digits.
    pub(crate) fn rounded(&self, values: u64) {
        self.lock().report.rounded += values;
    }

    /// A frame was refused.
    pub(crate) fn refuse(&self, reason: &str, words: &str) {
        let mut state = self.lock();
        count(&mut state.report.refused, reason);
        state.report.last_refusal = Some(words.chars().take(200).collect());
    }

    /// Something was kept apart.
    pub(crate) fn keep_apart(&self, reason: &str) {
        count(&mut self.lock().report.apart, reason);
    }

    /// A code that no mapping names.
    pub(crate) fn unmapped(&self, code: &str) {
        let unmapped = &mut self.lock().report.unmapped;
        if unmapped.len() < 64 || unmapped.contains_key(code) {
            count(unmapped, code);
        }
    }

    /// It said when it was started.
    pub(crate) fn restarted(&self, time: &str) {
        self.lock().report.restarted = Some(time.chars().take(20).collect());
    }

    /// The connection it spoke on last, if it is still there.
    pub(crate) fn connection(&self) -> Option<Arc<Outbox>> {
        self.lock().connections.iter().rev().find_map(Weak::upgrade)
    }

    /// How it speaks, if it has.
    pub(crate) fn spoken(&self) -> Option<Spoken> {
        self.lock().spoken.clone()
    }

    /// Whether a gap should be asked about now: not while another is, and not twice.
    pub(crate) fn begin_filling(&self, gap: Gap) -> bool {
        let mut state = self.lock();
        let begin = !state.filling && state.filled != Some(gap);
        if begin {
            (state.filling, state.filled) = (true, Some(gap));
        }
        begin
    }

    /// The device has been asked.
    pub(crate) fn end_filling(&self) {
        self.lock().filling = false;
    }

    /// Somebody waits for the answers to a request.
    pub(crate) fn await_reply(&self, qn: &str) -> mpsc::UnboundedReceiver<Reply> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut state = self.lock();
        state.pending.retain(|(_, sender)| !sender.is_closed());
        state.pending.push((qn.to_owned(), sender));
        receiver
    }

    /// The device answered a request. Tells whether anybody waited for it.
    pub(crate) fn reply(&self, qn: &str, reply: Reply) -> bool {
        let state = self.lock();
        let waiting = state.pending.iter().find(|(pending, _)| pending == qn);
        waiting.is_some_and(|(_, sender)| sender.send(reply).is_ok())
    }

    /// What is known now.
    pub(crate) fn report(&self, now: Timestamp) -> DeviceReport {
        let state = self.lock();
        let mut report = state.report.clone();
        let connections = state.connections.iter().filter(|connection| connection.strong_count() > 0).count();
        report.connections = u32::try_from(connections).unwrap_or(u32::MAX);
        report.offline_since =
            report.last_seen.filter(|seen| now.duration_since(*seen) > self.station.offline_after);
        report.flags = self
            .station
            .items
            .iter()
            .zip(&state.flags)
            .filter_map(|(item, flag)| {
                let (flag, since) = flag.clone()?;
                Some((item.item.clone(), ItemFlag { flag, since }))
            })
            .collect();
        report
    }
}

fn count(counts: &mut BTreeMap<String, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => drop(counts.insert(key.to_owned(), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lake::Kind;

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_gap_between_hours_is_noticed_once_and_counted() {
        let device = Device::new(Arc::new(StationConfig::new("M", "S", Kind::Air, Vec::new())), None);
        let (first, later) = (instant("2026-03-01T00:00:00Z"), instant("2026-03-01T04:00:00Z"));
        let now = instant("2026-03-01T05:00:10Z");
        assert_eq!(device.data(Span::Hour, first, now), None);
        device.stored(Span::Hour, first, 6);
        assert_eq!(device.data(Span::Hour, first, now), None);
        let gap = Gap { from: instant("2026-03-01T01:00:00Z"), to: later };
        assert_eq!(device.data(Span::Hour, later, now), Some(gap));
        assert_eq!(device.data(Span::Hour, later, now), None);
        let report = device.report(now);
        assert_eq!((report.missing_hours, report.late_frames, report.rows), (3, 2, 6));
        assert_eq!(report.late_data, Some(first));
    }

    #[test]
    fn silence_is_offline_after_a_while() {
        let device = Device::new(Arc::new(StationConfig::new("M", "S", Kind::Air, Vec::new())), None);
        let seen = instant("2026-03-01T00:00:00Z");
        device.seen(seen, &Segment::of("QN=20260301080007000;MN=M"), &Arc::default());
        assert_eq!(device.report(instant("2026-03-01T02:00:00Z")).offline_since, None);
        let report = device.report(instant("2026-03-01T02:00:01Z"));
        assert_eq!((report.offline_since, report.clock_ahead_seconds), (Some(seen), Some(7)));
        // What was known before a restart of the listener is known after it.
        let again = Device::new(Arc::clone(&device.station), Some(report));
        assert_eq!(again.report(instant("2026-03-02T00:00:00Z")).offline_since, Some(seen));
    }
}
