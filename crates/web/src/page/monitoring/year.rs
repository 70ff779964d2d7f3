//! A year of the air stations' hours, evaluated.

use std::sync::{Arc, Mutex, PoisonError};

use evaluation::{Evaluation, Hours};
use jiff::Timestamp;
use jiff::civil::date;
use lake::{Kind, Lake, Query, Span, rows};
use standards::air::{Item, Settings};

use super::view::Point;
use crate::fault::Fault;
use crate::when;

/// So many years are kept.
const MOST: usize = 6;

/// Which evaluation: the lake's version, the stations as they were, the year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    lake: u64,
    stations: Vec<(String, String, bool)>,
    year: i16,
}

/// The years that were evaluated last.
#[derive(Default)]
pub struct Years(Mutex<Vec<(Key, Arc<Evaluation>)>>);

impl Years {
    /// The evaluation of a year.
    pub(super) fn of(&self, lake: &Lake, points: &[Point], year: i16) -> Result<Arc<Evaluation>, Fault> {
        let stations: Vec<_> = points
            .iter()
            .filter(|point| point.kind == Kind::Air.key())
            .map(|point| (point.code.clone(), point.city.clone(), point.evaluated))
            .collect();
        let key = Key { lake: lake.version().map_err(Fault::internal)?, stations, year };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.iter().position(|(known, _)| *known == key) {
            let found = kept.remove(place);
            let evaluation = Arc::clone(&found.1);
            kept.push(found);
            return Ok(evaluation);
        }
        // Whoever asks for the same year meanwhile asks after this one and finds it.
        let evaluation = Arc::new(evaluate(lake, &key)?);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&evaluation)));
        Ok(evaluation)
    }
}

fn evaluate(lake: &Lake, key: &Key) -> Result<Evaluation, Fault> {
    let mut hours = Hours::new(Settings::default());
    // A station that is not evaluated has days of its own and no part in its city's.
    let known: Vec<(&str, usize)> = key
        .stations
        .iter()
        .map(|(code, city, evaluated)| {
            (code.as_str(), hours.station(code, evaluated.then_some(city.as_str())))
        })
        .collect();
    let start = |year: i16| -> Timestamp {
        let first = date(year, 1, 1).at(0, 0, 0, 0);
        when::calendar().to_ambiguous_zoned(first).compatible().map_or(Timestamp::MAX, |day| day.timestamp())
    };
    let query = Query {
        from: start(key.year),
        to: start(key.year.saturating_add(1)),
        ..Query::all(Kind::Air, Span::Hour)
    };
    lake.read(&query, &mut |batch| {
        // Rows come station by station and item by item.
        let mut last: (&str, Option<usize>) = ("", None);
        for row in rows(&batch)? {
            if row.station != last.0 {
                last = (
                    row.station,
                    known.iter().find(|(code, _)| *code == row.station).map(|(_, place)| *place),
                );
            }
            let (Some(station), Some(value)) = (last.1, row.value) else { continue };
            let Some(item) = Item::ALL.into_iter().find(|item| item.key() == row.item) else { continue };
            if value.0 >= 0 {
                let _ = hours.push(station, row.time, item, standards::rounding::half_even(value.0, 1000));
            }
        }
        Ok(())
    })
    .map_err(Fault::internal)?;
    Ok(Evaluation::of(hours.finish(), 1))
}
