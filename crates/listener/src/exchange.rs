//! One frame after the other: who sent it, may he, what is it, what has to be stored, what is answered.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hj212::{Assembled, CrcKind, Frame, Outcome, Refused, Request, Segment, answer_to};
use jiff::Timestamp;
use lake::{Kind, Span};

use crate::device::{Device, Reply};
use crate::judge::{self, Judged, judge, span_of, whole_apart};
use crate::recent::digest;
use crate::request;
use crate::shared::{Entry, Shared};
use crate::store::Job;
use crate::time::{self, TimeFault};

/// What a connection has sent lately that was no good.
#[derive(Default)]
pub(crate) struct Conduct {
    /// Bytes that belong to no right frame, in a row.
    pub(crate) garbage: u64,
    /// Frames that were refused, in a row.
    pub(crate) refused: u32,
    /// Whether the last outcome was a right frame of a known device.
    pub(crate) good: bool,
}

/// What has to be stored because of an outcome, with its kind of station.
pub(crate) fn take(
    shared: &Arc<Shared>,
    entry: &Entry,
    conduct: &mut Conduct,
    outcome: Outcome<'_>,
) -> Vec<(Kind, Job)> {
    match outcome {
        Ok(frame) => take_frame(shared, entry, conduct, &frame),
        Err(refused) => {
            refuse(shared, conduct, &refused);
            Vec::new()
        }
    }
}

/// Bytes that are no frame: counted, never answered. A wrong CRC is told of the device it seems to come from.
fn refuse(shared: &Shared, conduct: &mut Conduct, refused: &Refused<'_>) {
    let reason = refused.reason.key();
    conduct.garbage += refused.bytes.len() as u64;
    shared.refused(reason);
    let device = refused
        .segment
        .and_then(|bytes| Segment::read(bytes).ok())
        .and_then(|segment| shared.devices.get(segment.mn?));
    if let Some(device) = device {
        device.refuse(reason, &refused.reason.to_string());
    }
}

fn take_frame(
    shared: &Arc<Shared>,
    entry: &Entry,
    conduct: &mut Conduct,
    frame: &Frame<'_>,
) -> Vec<(Kind, Job)> {
    let segment = match frame.read() {
        Ok(segment) => segment,
        Err(_) => {
            shared.refused("not_utf8");
            conduct.garbage += frame.segment.len() as u64;
            return Vec::new();
        }
    };
    let Some(device) = admit(shared, conduct, frame, &segment) else { return Vec::new() };
    *conduct = Conduct { good: true, ..Conduct::default() };
    entry.known.store(true, Ordering::Relaxed);
    let now = shared.now();
    device.seen(now, &segment, &entry.outbox);
    let command = segment.cn.unwrap_or_default();
    if let Some(span) = span_of(command) {
        return take_data(shared, entry, &device, &segment, span, now);
    }
    let number = |name: &str| segment.value(name).and_then(|text| text.parse().ok()).unwrap_or(100);
    let reply = match command {
        "9011" => Some(Reply::Taken(number("QnRtn"))),
        "9012" => Some(Reply::Done(number("ExeRtn"))),
        "9013" | "9014" => Some(Reply::Noted),
        _ => None,
    };
    if let Some(reply) = reply {
        device.reply(segment.answered_qn().unwrap_or_default(), reply);
        return Vec::new();
    }
    match command {
        // The heartbeat of 2025 and the call for the time bring nothing that could be lost.
        "9015" => {
            entry.outbox.push(&answer_to(&segment).unwrap_or_default());
            Vec::new()
        }
        "1013" => {
            entry.outbox.push(&answer_to(&segment).unwrap_or_default());
            let set = request::moment(now).map(Request::SetTime);
            if let Some((_, bytes)) = set.and_then(|set| request::encode(shared, &device, &set)) {
                entry.outbox.push(&bytes);
            }
            Vec::new()
        }
        _ => {
            if let Some(time) = segment.value("RestartTime") {
                device.restarted(time);
            }
            // Facility states, device data, whatever else: no measurement, but acknowledged only when it is kept.
            let judged = whole_apart(&segment, "not-measurements", &device.station, now);
            device.keep_apart("not-measurements");
            vec![job(entry, &device, &segment, None, judged)]
        }
    }
}

/// The frame's device, if it is known and may speak.
fn admit(
    shared: &Shared,
    conduct: &mut Conduct,
    frame: &Frame<'_>,
    segment: &Segment<'_>,
) -> Option<Arc<Device>> {
    let Some(device) = segment.mn.and_then(|mn| shared.devices.get(mn)) else {
        let name = segment.mn.unwrap_or("-");
        shared.unknown(name);
        let name: String = name.chars().take(32).collect();
        let name = name.escape_debug();
        shared.say(|| {
            message::text!("拒收未登记设备 `{name}` 的报文", "refused a frame of the unknown device `{name}`")
        });
        conduct.refused += 1;
        return None;
    };
    let station = &device.station;
    let refusal = if frame.crc_kind == CrcKind::Modbus && !station.accept_modbus_crc {
        Some(("crc", "the CRC is that of Modbus, which this station's settings do not take"))
    } else if station
        .password
        .as_deref()
        .is_some_and(|password| !same(password, segment.pw.unwrap_or_default()))
    {
        Some(("password", "the password is wrong"))
    } else {
        None
    };
    if let Some((reason, words)) = refusal {
        device.refuse(reason, words);
        shared.refused(reason);
        let code = &station.code;
        shared.say(|| {
            message::text!(
                "拒收点位 `{code}` 的报文：{reason}",
                "refused a frame of the station `{code}`: {words}"
            )
        });
        conduct.refused += 1;
        return None;
    }
    Some(Arc::clone(device))
}

/// Compares without telling by the time it takes how much is right.
fn same(password: &str, given: &str) -> bool {
    let (password, given) = (password.as_bytes(), given.as_bytes());
    let mut difference = u8::from(password.len() != given.len());
    for (at, right) in password.iter().enumerate() {
        let byte = given.get(at).copied().unwrap_or_default();
        difference |= std::hint::black_box(right ^ byte);
    }
    std::hint::black_box(difference) == 0
}

/// A frame with measurements. With an answer wanted it is stored at once, part or not, because the device sends the next
/// part only after the answer; without one, the parts of an upload are stored together.
fn take_data(
    shared: &Arc<Shared>,
    entry: &Entry,
    device: &Arc<Device>,
    segment: &Segment<'_>,
    span: Span,
    now: Timestamp,
) -> Vec<(Kind, Job)> {
    if segment.part().is_some() {
        let assembled = shared.lock_sets().push(segment, shared.elapsed());
        if !segment.wants_answer() {
            return match assembled {
                Assembled::Complete(parts) => {
                    let parts: Vec<_> = parts.iter().map(|part| Segment::of(part)).collect();
                    together(shared, entry, device, &parts, span, now).into_iter().collect()
                }
                _ => Vec::new(),
            };
        }
    }
    let (key, contents) = identity(shared, segment);
    if shared.store.is_repeat(device.station.kind, key, contents) {
        device.repeated();
        entry.outbox.push(&answer_to(segment).unwrap_or_default());
        return Vec::new();
    }
    let judged = judge(segment, span, &device.station, now);
    note(shared, device, span, &judged, now);
    // What came too early is judged anew when it comes again: by then it may be true.
    let early = judged.reasons.iter().any(|&reason| is_early(reason));
    let mut job = job(entry, device, segment, Some(span), judged);
    job.1.remember = (!early).then_some((key, contents));
    vec![job]
}

fn is_early(reason: &str) -> bool {
    [TimeFault::NotOver, TimeFault::Future].iter().any(|fault| fault.key() == reason)
}

/// The parts of one upload as one job.
fn together(
    shared: &Arc<Shared>,
    entry: &Entry,
    device: &Arc<Device>,
    parts: &[Segment<'_>],
    span: Span,
    now: Timestamp,
) -> Option<(Kind, Job)> {
    let mut all = Judged::default();
    let mut apart = Vec::new();
    for segment in parts {
        let judged = judge(segment, span, &device.station, now);
        all.start = all.start.or(judged.start);
        all.rows.extend(judged.rows);
        all.mapped.extend(judged.mapped);
        apart.extend(judged.apart);
        all.reasons.extend(judged.reasons);
        all.unmapped.extend(judged.unmapped);
        all.rounded += judged.rounded;
    }
    note(shared, device, span, &all, now);
    let (kind, mut job) = job(entry, device, parts.first()?, Some(span), all);
    job.apart = apart;
    Some((kind, job))
}

/// Which frame this is, and what stands in it. A frame that says that it is sent again (`RF=1`) says the same as the
/// first time.
fn identity(shared: &Shared, segment: &Segment<'_>) -> (u128, u128) {
    let part = segment.pno.filter(|_| segment.part().is_some()).unwrap_or_default();
    let key = [segment.mn, segment.cn, segment.value("DataTime"), Some(part)];
    let key = key.map(|text| text.unwrap_or_default().as_bytes());
    let cp = segment.cp.unwrap_or_default();
    let contents = if segment.is_resent() {
        let kept: Vec<&str> = cp.split(';').filter(|group| group.trim() != "RF=1").collect();
        digest(&shared.hashers, &[kept.join(";").as_bytes()])
    } else {
        digest(&shared.hashers, &[cp.as_bytes()])
    };
    (digest(&shared.hashers, &key), contents)
}

/// Tells the device's state what was judged.
fn note(shared: &Arc<Shared>, device: &Arc<Device>, span: Span, judged: &Judged, now: Timestamp) {
    if let Some(start) = judged.start {
        let gap = device.data(span, start, now);
        let flags = judged.mapped.iter().zip(&judged.rows).map(|(&index, row)| (index, row.flag.as_str()));
        device.flags(start, flags);
        if let Some(gap) = gap.filter(|_| shared.settings.fill_gaps) {
            request::fill(shared, device, gap);
        }
    }
    for reason in &judged.reasons {
        device.keep_apart(reason);
    }
    for code in &judged.unmapped {
        device.unmapped(code);
    }
    if judged.rounded > 0 {
        device.rounded(judged.rounded);
    }
}

/// What is stored and answered for one frame. From here on the connection waits for it.
fn job(
    entry: &Entry,
    device: &Arc<Device>,
    segment: &Segment<'_>,
    span: Option<Span>,
    judged: Judged,
) -> (Kind, Job) {
    entry.outbox.begin();
    let job = Job {
        device: Arc::clone(device),
        span: span.zip(judged.start),
        rows: judged.rows,
        apart: judged.apart.into_iter().collect(),
        remember: None,
        outbox: Arc::clone(&entry.outbox),
        answer: answer_to(segment).unwrap_or_default(),
        share: None,
    };
    (device.station.kind, job)
}

/// The uploads that were given up because parts are missing: told, and what came unacknowledged is kept apart.
pub(crate) fn give_up_sets(shared: &Arc<Shared>) -> Vec<(Kind, Job)> {
    let given_up = shared.lock_sets().expire(shared.elapsed());
    let now = shared.now();
    let mut jobs = Vec::new();
    for set in given_up {
        let Some(device) = shared.devices.get(&set.key.mn) else { continue };
        let (have, of) = (set.parts.len(), set.key.parts);
        let when = time::read(&set.key.data_time).map_or_else(|_| "-".to_owned(), time::write);
        device.refuse("split-incomplete", &format!("{have} of {of} parts of {} for {when} came", set.key.cn));
        for (_, text) in &set.parts {
            let segment = Segment::of(text);
            if segment.wants_answer() {
                continue;
            }
            device.keep_apart("split-incomplete");
            let judged = judge::whole_apart(&segment, "split-incomplete", &device.station, now);
            let nobody = Entry::nobody();
            jobs.push(job(&nobody, device, &segment, None, judged));
        }
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn passwords_are_compared() {
        assert!(same("123456", "123456"));
        assert!(!same("123456", "123457"));
        assert!(!same("123456", "12345"));
        assert!(!same("123456", "1234567"));
        assert!(!same("123456", ""));
        assert!(same("", ""));
    }
}
