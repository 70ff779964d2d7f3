//! Requests down to a device, and its answers.

use std::sync::Arc;
use std::time::Duration;

use hj212::{Moment, Request};
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use crate::device::{Device, Gap, Reply};
use crate::shared::Shared;
use crate::time;

/// Why a request came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Nobody has told us of this device.
    #[error("there is no device `{0}`")]
    Unknown(String),
    /// It has no connection now, or has not said anything yet.
    #[error("the device `{0}` is not connected")]
    NotConnected(String),
    /// The request cannot be written as a frame.
    #[error("the request cannot be sent: {0}")]
    Form(String),
    /// No answer, even when asked again.
    #[error("the device did not answer")]
    NoAnswer,
    /// It was refused: QnRtn.
    #[error("the device refused: QnRtn={0}")]
    Refused(u16),
    /// It was taken, but no result came.
    #[error("the device took the request, but reported no result")]
    NoResult,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// ExeRtn: 1 is done, 100 is "no data".
    pub result: u16,
}

/// Sends a request and waits for its end. Data that it brings are stored on their way, like any upload.
pub(crate) async fn ask(shared: &Shared, mn: &str, request: &Request) -> Result<Done, RequestError> {
    let device = shared.devices.get(mn).ok_or_else(|| RequestError::Unknown(mn.to_owned()))?;
    let absent = || RequestError::NotConnected(mn.to_owned());
    if device.spoken().is_none() {
        return Err(absent());
    }
    let (qn, bytes) = encode(shared, device, request)
        .ok_or_else(|| RequestError::Form(format!("{} for `{mn}`", request.command())))?;
    let mut replies = device.await_reply(&qn);
    let settings = &shared.settings;
    let mut asked = 0;
    let first = loop {
        device.connection().ok_or_else(absent)?.push(&bytes);
        asked += 1;
        match timeout(settings.request_timeout, replies.recv()).await {
            Ok(Some(reply)) => break reply,
            Ok(None) => return Err(RequestError::NoAnswer),
            Err(_) if asked > settings.request_retries => return Err(RequestError::NoAnswer),
            Err(_) => {}
        }
    };
    let mut reply = first;
    let end = tokio::time::Instant::now() + settings.execution_timeout;
    loop {
        match reply {
            Reply::Done(result) => return Ok(Done { result }),
            Reply::Noted => return Ok(Done { result: 1 }),
            Reply::Taken(1) => {}
            Reply::Taken(refusal) => return Err(RequestError::Refused(refusal)),
        }
        reply = match tokio::time::timeout_at(end, replies.recv()).await {
            Ok(Some(reply)) => reply,
            _ => return Err(RequestError::NoResult),
        };
    }
}

/// Asks for the hours of a gap, in the background; one gap at a time.
pub(crate) fn fill(shared: &Arc<Shared>, device: &Arc<Device>, gap: Gap) {
    if !device.begin_filling(gap) {
        return;
    }
    let (shared, device) = (Arc::clone(shared), Arc::clone(device));
    tokio::spawn(async move {
        // The hour that showed the gap is acknowledged first: many devices do one thing at a time.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let last = gap.to - SignedDuration::from_hours(1);
        let (Some(from), Some(to)) = (moment(gap.from), moment(last)) else { return };
        let outcome = ask(&shared, &device.station.mn, &Request::Hours(from, to)).await;
        let code = &device.station.code;
        let words = match outcome {
            Ok(done) => format!("ExeRtn={}", done.result),
            Err(error) => error.to_string(),
        };
        let (from, to) = (time::write(gap.from), time::write(last));
        shared.say(|| {
            message::text!(
                "点位 `{code}` 补传 {from} 至 {to}：{words}",
                "asked `{code}` for {from} to {to}: {words}"
            )
        });
        device.end_filling();
    });
}

/// The frame of a request in the form of the device's own version, and its QN.
pub(crate) fn encode(shared: &Shared, device: &Device, request: &Request) -> Option<(String, Vec<u8>)> {
    let spoken = device.spoken()?;
    let qn = time::write_qn(shared.fresh_instant());
    let to =
        hj212::Device { version: spoken.version, st: &spoken.st, pw: &spoken.pw, mn: &device.station.mn };
    let bytes = request.encode(&to, Moment::parse(&qn).ok()?).ok()?;
    Some((qn, bytes))
}

/// An instant as devices write it.
pub(crate) fn moment(instant: Timestamp) -> Option<Moment> {
    Moment::parse(&time::write(instant)).ok()
}
