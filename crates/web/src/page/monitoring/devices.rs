//! The devices: when each station was last heard of.

use std::collections::BTreeMap;

use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use lake::{Kind, Lake, Query, Span, rows};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::Point;
use crate::fault::Fault;

/// A station's device.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Device {
    /// The station's record.
    pub record: u64,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it measures.
    pub kind: String,
    /// The device's identity in its messages; nothing where samples are taken by hand.
    pub device: Option<String>,
    /// The last time that was measured, in Asia/Shanghai.
    pub measured: Option<String>,
    /// When that was received.
    pub received: Option<String>,
    /// How many hours ago that was.
    pub silent_hours: Option<i64>,
    /// How it stands: `online`, `late`, `silent`, `by-hand`, `never`.
    pub state: String,
}

/// An hour's value is there within two hours; a device that is silent for a day is looked after.
const LATE: i64 = 2;
const SILENT: i64 = 24;

/// Every station with the last that came from it.
pub fn load(lake: &Lake, points: &[Point]) -> Result<Vec<Device>, Fault> {
    let info = lake.info().map_err(Fault::internal)?;
    let now = Timestamp::now();
    let mut last: BTreeMap<String, (Timestamp, Timestamp)> = BTreeMap::new();
    for kind in Kind::ALL {
        for span in Span::ALL {
            let parts = info.partitions.iter().filter(|part| part.kind == kind && part.span == span);
            let Some(end) = parts.map(|part| part.last).max() else { continue };
            // What was silent for longer than this before the last of its kind is told as never heard of.
            let back = if kind == Kind::Water { 24 * 62 } else { 48 };
            let from = end.checked_sub(back.hours()).unwrap_or(Timestamp::MIN);
            lake.read(&Query { from, ..Query::all(kind, span) }, &mut |batch| {
                for row in rows(&batch)? {
                    let known = last.entry(row.station.to_owned()).or_insert((row.time, row.recorded));
                    if row.time >= known.0 {
                        *known = (row.time, known.1.max(row.recorded));
                    }
                }
                Ok(())
            })
            .map_err(Fault::internal)?;
        }
    }
    let local =
        |time: Timestamp| Offset::constant(8).to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string();
    Ok(points
        .iter()
        .map(|point| {
            let heard = last.get(&point.code);
            let hours = heard.map(|(time, _)| now.duration_since(*time).as_secs().div_euclid(3600));
            let state = match (&point.device, hours) {
                (None, _) if point.kind == Kind::Water.key() => "by-hand",
                (_, None) => "never",
                // An hour is labelled by its beginning.
                (_, Some(hours)) if hours <= LATE + 1 => "online",
                (_, Some(hours)) if hours <= SILENT => "late",
                _ => "silent",
            };
            Device {
                record: point.record,
                code: point.code.clone(),
                name: point.name.clone(),
                kind: point.kind.clone(),
                device: point.device.clone(),
                measured: heard.map(|(time, _)| local(*time)),
                received: heard.map(|(_, received)| local(*received)),
                silent_hours: hours,
                state: state.to_owned(),
            }
        })
        .collect())
}
