//! Water: samples of sections → months → classes.
//!
//! Of an automatic station the hours make days and the days the month; of a section that is sampled by hand the
//! samples make it. Where both are there, the automatic ones are taken (环办监测函〔2020〕82号).

use std::collections::BTreeMap;

use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use lake::Span;
use standards::calendar::Date;
use standards::water::{Body, Class, Item, Mean, Reading, Sample, Settings, judge};

use super::air::end_of_month;
use super::columns::{Cell, Columns};
use super::locator;
use super::schema::{MonitorTable, Theme};
use super::stations::{Station, on};

/// The flag of a value that stands for "below this detection limit".
pub const BELOW: &str = "L";

/// The samples of each section, by span, day and time.
#[derive(Default)]
pub struct Samples(BTreeMap<(String, Span), BTreeMap<i32, BTreeMap<i64, Sample>>>);

impl Samples {
    /// Takes a value, in millionths of the item's unit.
    pub fn push(
        &mut self,
        station: &str,
        span: Span,
        item: &str,
        at: (i32, i64),
        millionths: i64,
        flag: &str,
    ) {
        let Some(item) = Item::ALL.into_iter().find(|known| known.key() == item) else { return };
        let reading = if flag == BELOW { Reading::Below(millionths) } else { Reading::Value(millionths) };
        let times = self.0.entry((station.to_owned(), span)).or_default().entry(at.0).or_default();
        times.entry(at.1).or_insert(Sample::EMPTY).set(item, reading.effective(&Settings::default()));
    }
}

/// A day's number, and its samples by time.
type DayOfSamples<'a> = (i32, &'a BTreeMap<i64, Sample>);

/// Sections by month.
pub fn section_months(samples: &Samples, stations: &[Station], last: i32) -> Result<RecordBatch, ArrowError> {
    let settings = Settings::default();
    let mut columns = Columns::new(MonitorTable::WaterSectionMonths);
    let mut codes: Vec<&str> =
        stations.iter().filter(|one| one.theme == Theme::Water).map(|one| one.code.as_str()).collect();
    codes.dedup();
    for code in codes {
        // Station, month → the span that has most to say, and its days.
        let mut months: BTreeMap<(i16, u8), (Span, Vec<DayOfSamples<'_>>)> = BTreeMap::new();
        for span in [Span::Hour, Span::Day, Span::Moment] {
            let Some(days) = samples.0.get(&(code.to_owned(), span)) else { continue };
            for (&number, times) in days.range(..=last) {
                let date = Date::of_number(number);
                let month = months.entry((date.year, date.month)).or_insert_with(|| (span, Vec::new()));
                if month.0 == span {
                    month.1.push((number, times));
                }
            }
        }
        for ((year, month), (span, days)) in months {
            let (first, end) = (Date::new(year, month, 1).number(), end_of_month(year, month));
            let number = days.first().map_or(first, |(number, _)| *number);
            let Some(station) = stations.iter().find(|one| one.code == code && on(one, number)) else {
                continue;
            };
            let body = if station.water_body == "lake" { Body::Lake } else { Body::River };
            let means: Vec<Sample> =
                days.iter().map(|(_, times)| Mean::of(times.values(), &settings)).collect();
            let mean = Mean::of(&means, &settings);
            let Ok(verdict) = judge(&mean, body, &settings) else { continue };
            let deciding: Vec<&str> = verdict.deciding.iter().map(Item::key).collect();
            let deciding = deciding.join(";");
            let count: usize = days.iter().map(|(_, times)| times.len()).sum();
            let measured = locator("water", span.key(), &[code], first, end.min(last));
            columns.push([
                Cell::Text(Some(code)),
                Cell::Text(Some(&station.name)),
                Cell::Text(Some(&station.city)),
                Cell::Text(Some(if body == Body::Lake { "lake" } else { "river" })),
                Cell::Day(first),
                Cell::Day(end),
                Cell::Whole(Some(verdict.class as i64 + 1)),
                Cell::Text(Some(verdict.class.mark())),
                Cell::Text((!deciding.is_empty()).then_some(deciding.as_str())),
                Cell::Flag(Some(verdict.class <= Class::III)),
                Cell::Whole(i64::try_from(count).ok()),
                Cell::Text(Some(&measured)),
            ]);
        }
    }
    columns.finish()
}
