//! The latest value of every station: the hour's AQI, the last sample's class of water, the hour's level of noise.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use lake::{Kind, Lake, Query, Span, rows};
use message::Language;
use serde::Serialize;
use shelf::{Placed, Reading, Value, When};
use standards::air::{Concentration, Edition, Hour, Item, Level, Settings};
use standards::water;
use utoipa::ToSchema;

use super::sight::Sight;
use crate::app::{App, InForce};
use crate::fault::Fault;
use crate::ui::{Speak, w};

/// A station with what it measured last.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StationNow)]
pub struct Station {
    /// Its record.
    pub record: u64,
    /// Its code, by which measurements belong to it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `air`, `water` or `noise`.
    pub kind: String,
    /// East and north in degrees.
    pub at: (f64, f64),
    /// The start of the hour, or the moment of the sample, in Asia/Shanghai: `2022-12-31 23:00`.
    pub time: Option<String>,
    /// The value: an AQI, a class of water, a level in decibels.
    pub value: Option<String>,
    /// The level's name, where the standard names one.
    pub level: Option<String>,
    /// The official colour of the level as `#rrggbb`; grey where there is none.
    pub colour: String,
}

/// How a value is shown.
struct Shown {
    value: String,
    level: Option<String>,
    colour: String,
}

/// Where nothing was measured, and where the standard gives no colour.
const GREY: &str = "#9aa5ad";

/// Every station that has a place, of those that may be seen.
pub fn load(
    app: &App,
    now: &InForce,
    language: Language,
    sight: &Sight,
    counted: bool,
) -> Result<Vec<Station>, Fault> {
    let Some(register) = now.pack.register(figures::STATIONS) else { return Ok(Vec::new()) };
    let wanted = ["code", "name", "kind", "water_body"];
    let fields: Vec<String> =
        wanted.into_iter().filter(|key| register.field(key).is_some()).map(str::to_owned).collect();
    if fields.len() < 3 || register.geometry().is_none() {
        return Ok(Vec::new());
    }
    let mut stations: Vec<(Station, water::Body)> = Vec::new();
    let today = When::On(crate::when::today());
    let reading = if counted { Reading::Counted } else { Reading::Entered };
    let mut see = |Placed { geometry, row }: Placed<'_>| {
        let text = |place: usize| match row.values.get(place) {
            Some(Value::Text(text) | Value::Choice(text)) => text.clone(),
            _ => String::new(),
        };
        let Some(at) = geometry.centroid().filter(|_| sight.sees(row.owner.as_deref())) else { return };
        let body = if text(3) == "lake" { water::Body::Lake } else { water::Body::River };
        let station = Station {
            record: row.record.0,
            code: text(0),
            name: text(1),
            kind: text(2),
            at: at.degrees(),
            time: None,
            value: None,
            level: None,
            colour: GREY.to_owned(),
        };
        stations.push((station, body));
    };
    now.shelf.geometries(figures::STATIONS, today, reading, &fields, &mut see).map_err(Fault::internal)?;
    stations.sort_by(|(one, _), (other, _)| (&one.kind, &one.code).cmp(&(&other.kind, &other.code)));
    if let Some(lake) = &app.lake {
        for kind in [Kind::Air, Kind::Water, Kind::Noise] {
            let its = stations.iter_mut().filter(|(station, _)| station.kind == kind.key());
            fill(lake, kind, language, its)?;
        }
    }
    Ok(stations.into_iter().map(|(station, _)| station).collect())
}

fn fill<'a>(
    lake: &Lake,
    kind: Kind,
    language: Language,
    stations: impl Iterator<Item = &'a mut (Station, water::Body)>,
) -> Result<(), Fault> {
    let info = lake.info().map_err(Fault::internal)?;
    // Latest first; of water both samples and days of hand-taken values count.
    let mut last: BTreeMap<String, (i64, BTreeMap<String, i64>)> = BTreeMap::new();
    let spans: &[Span] =
        if kind == Kind::Water { &[Span::Hour, Span::Moment, Span::Day] } else { &[Span::Hour] };
    for span in spans {
        let parts = info.partitions.iter().filter(|part| part.kind == kind && part.span == *span);
        let Some(end) = parts.map(|part| part.last).max() else { continue };
        // A day of hours; two months of samples, which are taken once a month.
        let back = if *span == Span::Hour { 24 } else { 24 * 62 };
        let from =
            Timestamp::from_second(end.as_second().saturating_sub(back * 3600)).unwrap_or(Timestamp::MIN);
        let query = Query { from, ..Query::all(kind, *span) };
        lake.read(&query, &mut |batch| {
            for row in rows(&batch)? {
                let (Some(value), time) = (row.value, row.time.as_second()) else { continue };
                let known = last.entry(row.station.to_owned()).or_insert_with(|| (time, BTreeMap::new()));
                if time > known.0 {
                    *known = (time, BTreeMap::new());
                }
                if time == known.0 {
                    known.1.insert(row.item.to_owned(), value.0);
                }
            }
            Ok(())
        })
        .map_err(Fault::internal)?;
    }
    for (station, body) in stations {
        let Some((time, values)) = last.get(&station.code) else { continue };
        let Ok(time) = Timestamp::from_second(*time) else { continue };
        let local = Offset::constant(8).to_datetime(time);
        let shown = match kind {
            Kind::Air => {
                air(values, Edition::on(local.year(), local.month() as u8, local.day() as u8), language)
            }
            Kind::Water => water(values, *body, language),
            _ => noise(values),
        };
        station.time = Some(local.strftime("%Y-%m-%d %H:%M").to_string());
        if let Some(shown) = shown {
            (station.value, station.level, station.colour) = (Some(shown.value), shown.level, shown.colour);
        }
    }
    Ok(())
}

fn air(values: &BTreeMap<String, i64>, edition: Edition, language: Language) -> Option<Shown> {
    let mut hour = Hour::default();
    for item in Item::ALL {
        // An hour's ozone is the hour's; the eight hours are another item.
        let value = values.get(item.key()).copied().filter(|value| *value >= 0);
        if let Some(value) = value {
            hour.means[item.index()] = Concentration::ratio(value, 1000);
        }
    }
    let index = hour.index(edition, &Settings::default());
    let (aqi, level) = (index.aqi()?, index.level()?);
    let (red, green, blue) = level.rgb();
    Some(Shown {
        value: aqi.to_string(),
        level: Some(level_words(level, language)),
        colour: format!("#{red:02x}{green:02x}{blue:02x}"),
    })
}

fn level_words(level: Level, language: Language) -> String {
    language.say(&message::Text::new(level.category_zh(), level.category_en())).into_owned()
}

fn water(values: &BTreeMap<String, i64>, body: water::Body, language: Language) -> Option<Shown> {
    let mut sample = water::Sample::EMPTY;
    for (key, value) in values {
        if let Some(item) = water::Item::from_key(key) {
            sample.set(item, *value);
        }
    }
    let verdict = water::judge(&sample, body, &water::Settings::default()).ok()?;
    let grade = verdict.grade();
    Some(Shown {
        value: format!("{}{}", verdict.class.mark(), language.say(&w("类", ""))),
        level: Some(language.say(&message::Text::new(grade.zh(), grade.en())).into_owned()),
        colour: class_colour(verdict.class).to_owned(),
    })
}

/// The colours of 环办〔2011〕22号, table 1: blue, green, yellow, orange, red.
pub fn class_colour(class: water::Class) -> &'static str {
    match class {
        water::Class::I | water::Class::II => "#0070c0",
        water::Class::III => "#00b050",
        water::Class::IV => "#ffff00",
        water::Class::V => "#ff9900",
        water::Class::Inferior => "#ff0000",
    }
}

fn noise(values: &BTreeMap<String, i64>) -> Option<Shown> {
    let level = values.get("leq")?;
    let tenths = (level + 50_000).div_euclid(100_000);
    Some(Shown { value: format!("{}.{} dB", tenths / 10, tenths % 10), level: None, colour: GREY.to_owned() })
}
