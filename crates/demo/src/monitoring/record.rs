//! Writes the measurements into the lake, in the batches in which the city came to know them.

use std::path::Path;

use jiff::Timestamp;
use lake::{Kind, Lake, LakeError, Measurement, Micro};

use super::{Sample, Span, air, days, late, noise, water};

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// Rows, those included that a later one about the same hour has replaced.
    pub(crate) measurements: u64,
    /// The lake's version before the late hours and the corrections of February 2023.
    pub(crate) known_in_january: u64,
}

/// All measurements of the city.
pub(crate) fn write(home: &Path, seed: u64) -> Result<Recorded, LakeError> {
    let lake = Lake::found(home)?;
    let mut measurements = 0;
    let mut append = |what: &str, kind: Kind, samples: Vec<Sample>| {
        measurements += samples.len() as u64;
        let rows: Vec<Measurement> = samples.into_iter().map(measurement).collect();
        lake.append(&format!("demo/{seed}/{what}"), kind, &rows).map(|_| ())
    };
    let mut corrected = Vec::new();
    for (year, days) in days::years(seed) {
        let mut hours = air::hours(seed, year, &days);
        if year == late::YEAR {
            (hours, corrected) = late::split(&days, hours);
        }
        append(&format!("air/{year}"), Kind::Air, hours)?;
    }
    append("water", Kind::Water, water::samples(seed))?;
    append("noise", Kind::Noise, noise::hours(seed))?;
    let known_in_january = lake.version()?;
    append("air/late", Kind::Air, corrected)?;
    Ok(Recorded { measurements, known_in_january })
}

fn measurement(sample: Sample) -> Measurement {
    Measurement {
        station: sample.station.to_owned(),
        item: sample.item.to_owned(),
        span: match sample.span {
            Span::Moment => lake::Span::Moment,
            Span::Hour => lake::Span::Hour,
            Span::Day => lake::Span::Day,
        },
        time: Timestamp::from_second(sample.seconds).unwrap_or(Timestamp::UNIX_EPOCH),
        value: Some(Micro(sample.micro)),
        flag: sample.flag.to_owned(),
        source: SOURCE.to_owned(),
    }
}

/// Said of every row: nobody shall take these for measured values.
const SOURCE: &str = "synthetic";
