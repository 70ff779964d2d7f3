//! What is evaluated from measurements: days, months and years of stations and cities, as tables of SQL.
//!
//! ```text
//! register `stations` (its history) ─┐
//! MeasurementSource (the lake) ──────┴─▶ days of stations ──by an edition──▶ tables of `MonitorTable`
//! ```
//!
//! Reading hours and making days of them is the work, and depends on no edition; so the days are kept, and judging them
//! by another edition costs little.
//!
//! Which values count: those that the station marked as normal (`N`) or did not mark, and that are not negative. All
//! others are missing, as is an hour without a row.

mod air;
mod columns;
mod noise;
mod notes;
mod schema;
mod source;
mod stations;
mod water;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::record_batch::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;
use lake::{Kind, Query, Span};
use standards::air::Edition;

use crate::day;
use crate::error::FigureError;

use air::{Air, Collector, StationDays};
use noise::Levels;
use water::Samples;

pub use notes::{MeasuredChange, MeasuredNote};
pub use schema::{MonitorTable, Theme, decimal};
pub use source::MeasurementSource;

/// The register whose records are the stations.
pub const STATIONS: &str = "stations";

/// The scope by which an edition of a standard is asked for, and the dimension that is all of them.
pub const EDITION: &str = "edition";

/// States of the lake that are kept in memory, of each theme.
const KEPT: usize = 3;

/// Seconds by which official days are ahead of UTC.
const OFFSET: i64 = 8 * 3600;

/// What is known of the measurements, and by which standard they are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasuredAt {
    /// How many batches of measurements are known; none if there is no lake.
    pub lake: Option<u64>,
    /// The edition asked for; none to go by the date of the data.
    pub edition: Option<Edition>,
}

/// The measurements of a city, evaluated as they are asked for.
#[derive(Default)]
pub struct Monitor {
    source: Option<Arc<dyn MeasurementSource>>,
    air: Mutex<Vec<(u64, Arc<StationDays>)>>,
    water: Mutex<Vec<(u64, Arc<Samples>)>>,
    noise: Mutex<Vec<(u64, Arc<Levels>)>>,
}

impl Monitor {
    /// Over a lake, if the city has one.
    pub fn new(source: Option<Arc<dyn MeasurementSource>>) -> Self {
        Self { source, ..Self::default() }
    }

    /// Where measurements come from.
    pub fn source(&self) -> Option<&Arc<dyn MeasurementSource>> {
        self.source.as_ref()
    }

    /// How many batches there are; none if there is no lake.
    pub fn version(&self) -> Result<Option<u64>, FigureError> {
        self.source.as_ref().map(|source| source.version()).transpose()
    }

    /// The tables, up to a day. `register` is the history of the stations until then.
    pub fn evaluate(
        &self,
        tables: &BTreeSet<MonitorTable>,
        register: &[RecordBatch],
        as_of: Date,
        at: MeasuredAt,
    ) -> Result<BTreeMap<MonitorTable, RecordBatch>, FigureError> {
        let engine = |error: arrow::error::ArrowError| FigureError::Engine(error.to_string());
        let last = day::days(as_of);
        let stations = stations::read(register).map_err(engine)?;
        let lake = at.lake.unwrap_or_default();
        let mut evaluated = BTreeMap::new();
        for &table in tables {
            let batch = match table.theme() {
                Theme::Air => {
                    let days = kept(&self.air, lake, || self.air_days(lake))?;
                    Air { days: &days, stations: &stations, edition: at.edition, last }.table(table)
                }
                Theme::Water => {
                    let samples = kept(&self.water, lake, || self.water_samples(lake))?;
                    water::section_months(&samples, &stations, last)
                }
                Theme::Noise => {
                    let levels = kept(&self.noise, lake, || self.noise_levels(lake))?;
                    noise::station_days(&levels, &stations, last)
                }
            };
            evaluated.insert(table, batch.map_err(engine)?);
        }
        Ok(evaluated)
    }

    fn air_days(&self, lake: u64) -> Result<StationDays, FigureError> {
        let mut days = Collector::default();
        self.read(Kind::Air, Span::Hour, lake, &mut |row| {
            let (day, second) = local(row.time);
            // An hour begins on the hour; what does not is no hour's mean.
            if second % 3600 == 0 && is_valid(row.flag) {
                let hour = usize::try_from(second / 3600).unwrap_or_default();
                days.push(row.station, row.item, day, hour, row.value);
            }
        })?;
        Ok(days.finish())
    }

    fn water_samples(&self, lake: u64) -> Result<Samples, FigureError> {
        let mut samples = Samples::default();
        for span in [Span::Hour, Span::Day, Span::Moment] {
            self.read(Kind::Water, span, lake, &mut |row| {
                if is_valid(row.flag) || row.flag == water::BELOW {
                    samples.push(row.station, span, row.item, local(row.time), row.value, row.flag);
                }
            })?;
        }
        Ok(samples)
    }

    fn noise_levels(&self, lake: u64) -> Result<Levels, FigureError> {
        let mut levels = Levels::default();
        self.read(Kind::Noise, Span::Hour, lake, &mut |row| {
            let (day, second) = local(row.time);
            if second % 3600 == 0 && is_valid(row.flag) {
                let hour = u8::try_from(second / 3600).unwrap_or_default();
                levels.push(row.station, row.item, day, hour, row.value);
            }
        })?;
        Ok(levels)
    }

    /// Reads the values that there are.
    fn read(
        &self,
        kind: Kind,
        span: Span,
        lake: u64,
        each: &mut dyn FnMut(Value<'_>),
    ) -> Result<(), FigureError> {
        let Some(source) = &self.source else { return Ok(()) };
        let query = Query { known_at: Some(lake), ..Query::all(kind, span) };
        source.read(&query, &mut |batch| {
            for row in lake::rows(batch).map_err(|error| FigureError::Lake(error.to_string()))? {
                if let Some(value) = row.value {
                    let (station, item, time, flag) = (row.station, row.item, row.time, row.flag);
                    each(Value { station, item, time, value: value.0, flag });
                }
            }
            Ok(())
        })
    }
}

/// A value of the lake.
struct Value<'a> {
    station: &'a str,
    item: &'a str,
    time: Timestamp,
    /// Millionths of the item's unit.
    value: i64,
    flag: &'a str,
}

/// Whether a value with this mark counts.
fn is_valid(flag: &str) -> bool {
    matches!(flag, "" | "N")
}

/// The official day of an instant, counted from 1970, and the second of that day.
fn local(time: Timestamp) -> (i32, i64) {
    let seconds = time.as_second() + OFFSET;
    (i32::try_from(seconds.div_euclid(86_400)).unwrap_or(i32::MAX), seconds.rem_euclid(86_400))
}

/// What was made of a state of the lake, made now if it is not kept.
fn kept<T>(
    place: &Mutex<Vec<(u64, Arc<T>)>>,
    lake: u64,
    make: impl FnOnce() -> Result<T, FigureError>,
) -> Result<Arc<T>, FigureError> {
    // Held while reading: whoever else wants the same waits for it instead of reading it again.
    let mut kept = place.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, made)) = kept.iter().find(|(known, _)| *known == lake) {
        return Ok(Arc::clone(made));
    }
    let made = Arc::new(make()?);
    if kept.len() == KEPT {
        kept.remove(0);
    }
    kept.push((lake, Arc::clone(&made)));
    Ok(made)
}

/// The place of measurements, as [`figure::Measured`] reads it.
fn locator(kind: &str, span: &str, stations: &[&str], first: i32, last: i32) -> String {
    let date = |day: i32| day::date(day).map(|day| day.to_string()).unwrap_or_default();
    format!("{kind}/{span}/{}/{}/{}", stations.join(","), date(first), date(last))
}
