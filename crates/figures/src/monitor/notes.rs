//! The measurements behind a row, one by one; and those by which two states of the lake differ.

use std::collections::BTreeMap;

use figure::Measured;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use lake::{Kind, Query, Span, rows};
use rust_decimal::Decimal;

use super::{MeasurementSource, Monitor};
use crate::error::FigureError;

/// A measurement, as far as a trace tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredNote {
    /// The station's code.
    pub station: String,
    /// What was measured.
    pub item: String,
    /// When it began.
    pub time: Timestamp,
    /// The value, if the station gave one.
    pub value: Option<Decimal>,
    /// What the station said of it: `N` is normal.
    pub flag: String,
    /// Where it came from.
    pub source: String,
    /// The batch by which it became known.
    pub batch: u64,
}

/// A measurement that reads otherwise, or was not known before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredChange {
    /// What was known then.
    pub then: Option<MeasuredNote>,
    /// What is known now.
    pub now: Option<MeasuredNote>,
}

/// The first instant of a day of local time, UTC+8, which official air, water and noise data count by.
pub fn midnight(day: Date) -> Timestamp {
    let offset = Offset::constant(8);
    offset.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

impl Monitor {
    /// The measurements that a locator names, as known at a state of the lake.
    pub fn notes(&self, place: &Measured, lake: u64) -> Result<Vec<MeasuredNote>, FigureError> {
        let Some(source) = &self.source else { return Ok(Vec::new()) };
        let Some(query) = query(place, lake) else { return Ok(Vec::new()) };
        let mut notes = Vec::new();
        read(&**source, &query, &mut |note| notes.push(note))?;
        Ok(notes)
    }

    /// By what two states of the lake differ in the place.
    pub fn changes(&self, place: &Measured, then: u64, now: u64) -> Result<Vec<MeasuredChange>, FigureError> {
        let key = |note: &MeasuredNote| (note.station.clone(), note.item.clone(), note.time);
        let mut before: BTreeMap<_, _> =
            self.notes(place, then)?.into_iter().map(|note| (key(&note), note)).collect();
        let mut changes = BTreeMap::new();
        for note in self.notes(place, now)? {
            let then = before.remove(&key(&note));
            if then.as_ref() != Some(&note) {
                changes.insert(key(&note), MeasuredChange { then, now: Some(note) });
            }
        }
        changes.extend(
            before.into_iter().map(|(key, note)| (key, MeasuredChange { then: Some(note), now: None })),
        );
        Ok(changes.into_values().collect())
    }
}

fn query(place: &Measured, lake: u64) -> Option<Query> {
    let next = place.last.checked_add(1.day()).ok()?;
    Some(Query {
        kind: Kind::of(&place.kind)?,
        span: Span::of(&place.span)?,
        stations: Some(place.stations.clone()),
        items: None,
        from: midnight(place.first),
        to: midnight(next),
        known_at: Some(lake),
    })
}

fn read(
    source: &dyn MeasurementSource,
    query: &Query,
    each: &mut dyn FnMut(MeasuredNote),
) -> Result<(), FigureError> {
    source.read(query, &mut |batch| {
        for row in rows(batch).map_err(|error| FigureError::Lake(error.to_string()))? {
            each(MeasuredNote {
                station: row.station.to_owned(),
                item: row.item.to_owned(),
                time: row.time,
                value: row.value.map(|value| Decimal::new(value.0, 6)),
                flag: row.flag.to_owned(),
                source: row.source.to_owned(),
                batch: row.batch,
            });
        }
        Ok(())
    })
}
