//! What an evaluated year comes to: days, months, editions, completeness.

use evaluation::picture::{Column, Comparison};
use evaluation::{Evaluation, Judge, Kind, Scope, Span};
use jiff::civil::{Date, date};
use message::Language;
use serde::Serialize;
use standards::air::{Composite, DayCount, Edition, Grade, Index, Item, Level, Period, Refusal};
use utoipa::ToSchema;

use super::view::Point;

/// A month of the calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Month {
    /// `2022-05`.
    pub month: String,
    /// Days by level, best first.
    pub levels: Vec<u32>,
    /// Days with an AQI.
    pub valid: u32,
    /// Days that are good or fair.
    pub good: u32,
    /// Days without an AQI.
    pub without: u32,
    /// Each day: its date, AQI, level from 1, primary pollutants.
    pub days: Vec<(String, Option<u16>, Option<u8>, String)>,
}

/// The year by every edition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Editions {
    /// The picture.
    #[serde(skip)]
    pub picture: String,
    /// A row for each edition, oldest first.
    pub rows: Vec<EditionRow>,
}

/// The year as an edition judges it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditionRow {
    /// The edition's key.
    pub key: String,
    /// The standard in Chinese.
    pub zh: String,
    /// The standard in English.
    pub en: String,
    /// Days with an AQI.
    pub valid: u32,
    /// Days that are good or fair.
    pub good: u32,
    /// Their share in per cent with one decimal; nothing without valid days.
    pub share: Option<String>,
    /// Days by level, best first.
    pub levels: Vec<u32>,
    /// Whether all items attain the annual limits; nothing where too few days say.
    pub attains: Option<bool>,
    /// The items that do not.
    pub failing: String,
    /// The composite index with two decimals.
    pub composite: Option<String>,
}

/// How complete a station's year is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StationCompleteness)]
pub struct Station {
    /// The record.
    pub record: u64,
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// By month: the share of the hours of all six items that have a value, in tenths of a per cent.
    pub months: Vec<Option<u32>>,
    /// Days with an AQI.
    pub valid_days: u32,
    /// Days of the year so far as there are data of anybody.
    pub days: u32,
    /// What stands in the way of a year's judgement, of the first item that has too few valid days.
    pub lacking: Option<Lacking>,
}

/// Too few valid days (GB 3095, table 4).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Lacking {
    /// The item.
    pub item: String,
    /// The month, from 1; the year as a whole where there is none.
    pub month: Option<u8>,
    /// Valid days.
    pub have: u32,
    /// Days needed.
    pub need: u32,
}

/// Every day of a year with its index.
pub fn days(evaluation: &Evaluation, scope: Scope, year: i16, judge: Judge) -> Vec<(Date, Index)> {
    let (first, last) = (date(year, 1, 1), date(year, 12, 31));
    let day = |day: Date| {
        let index = evaluation.place(day).map(|place| evaluation.index(scope, place, judge));
        (day, index.unwrap_or(Index::EMPTY))
    };
    first.series(jiff::ToSpan::day(1)).take_while(|one| *one <= last).map(day).collect()
}

/// The months of a year of days.
pub fn months(days: &[(Date, Index)]) -> Vec<Month> {
    (1..=12)
        .filter_map(|month| {
            let own: Vec<&(Date, Index)> = days.iter().filter(|(day, _)| day.month() == month).collect();
            let count: DayCount = own.iter().map(|(_, index)| *index).collect();
            let first = own.first()?.0;
            Some(Month {
                month: first.strftime("%Y-%m").to_string(),
                levels: count.by_level.to_vec(),
                valid: count.valid(),
                good: count.good(),
                without: count.without,
                days: own
                    .iter()
                    .map(|(day, index)| {
                        (
                            day.to_string(),
                            index.aqi(),
                            index.level().map(Level::number),
                            index.primary().to_string(),
                        )
                    })
                    .collect(),
            })
        })
        .collect()
}

/// A year by every edition; nothing if it has no valid day.
pub fn editions(
    evaluation: &Evaluation,
    scope: Scope,
    year: i16,
    name: &str,
    source: &str,
    language: Language,
) -> Option<Editions> {
    let mut statistics = evaluation.statistics_of(&[scope], Span::Year, 1);
    statistics.retain(|period| period.period == Period::Year(year));
    let mut columns = Vec::new();
    let mut rows = Vec::new();
    for edition in Edition::ALL {
        let judged = evaluation.judge(&statistics, Judge::By(edition), 1).pop()?;
        let (attains, failing) = (judged.attains(), judged.failing().to_string());
        let composite: Option<Composite> = judged.composite.ok();
        rows.push(EditionRow {
            key: edition.key().to_owned(),
            zh: edition.label_zh().to_owned(),
            en: edition.label_en().to_owned(),
            valid: judged.count.valid(),
            good: judged.count.good(),
            share: judged.count.good_share(1).map(|share| decimals(share, 1)),
            levels: judged.count.by_level.to_vec(),
            attains,
            failing,
            composite: composite.as_ref().map(|composite| decimals(composite.rounded(2), 2)),
        });
        columns.push(Column {
            edition,
            count: judged.count,
            days_within_limits: Some(within_limits(evaluation, scope, year, edition)),
            items: judged.items,
            composite,
        });
    }
    let settings = evaluation.settings();
    let picture = Comparison { place: name, year, columns: &columns, settings, source: Some(source) };
    Some(Editions { picture: picture.svg(language), rows })
}

/// `1234` with two decimals is `12.34`.
fn decimals(number: i64, places: u32) -> String {
    let unit = 10_i64.pow(places);
    format!("{}.{:0width$}", number / unit, (number % unit).abs(), width = places as usize)
}

/// Days with an AQI on which no item was above its daily limit of grade II.
fn within_limits(evaluation: &Evaluation, scope: Scope, year: i16, edition: Edition) -> u32 {
    let within = (0..evaluation.len()).filter(|&day| {
        let values = evaluation.day(scope, day);
        evaluation.date(day).year() == year
            && evaluation.index(scope, day, Judge::By(edition)).aqi().is_some()
            && values.exceeding_limits(edition, Grade::II).is_empty()
    });
    u32::try_from(within.count()).unwrap_or(u32::MAX)
}

/// How complete the stations' year is.
pub fn completeness(evaluation: &Evaluation, points: &[Point], year: i16) -> Vec<Station> {
    let last = (0..evaluation.len()).map(|day| evaluation.date(day)).filter(|day| day.year() == year).max();
    let air = points.iter().filter(|point| point.kind == lake::Kind::Air.key());
    air.map(|point| {
        let scope = evaluation.find(Kind::Station, &point.code);
        let mut hours = [(0u32, 0u32); 12];
        let (mut valid_days, mut count) = (0, 0);
        let end = last.unwrap_or(date(year, 1, 1));
        for day in date(year, 1, 1).series(jiff::ToSpan::day(1)).take_while(|day| *day <= end) {
            count += 1;
            let month = &mut hours[usize::try_from(day.month() - 1).unwrap_or(0)];
            month.1 += 24 * Item::COUNT as u32;
            let Some((scope, place)) = scope.zip(evaluation.place(day)) else { continue };
            month.0 +=
                Item::ALL.into_iter().map(|item| evaluation.made_from(scope, place, item)).sum::<u32>();
            valid_days += u32::from(evaluation.index(scope, place, Judge::ByDate).aqi().is_some());
        }
        let share = |(there, all): (u32, u32)| (all > 0).then(|| there * 1000 / all);
        Station {
            record: point.record,
            code: point.code.clone(),
            name: point.name.clone(),
            months: hours.map(share).to_vec(),
            valid_days,
            days: count,
            lacking: scope.map_or_else(nothing, |scope| lacking(evaluation, scope, year)),
        }
    })
    .collect()
}

fn nothing() -> Option<Lacking> {
    Some(Lacking { item: String::new(), month: None, have: 0, need: 1 })
}

fn lacking(evaluation: &Evaluation, scope: Scope, year: i16) -> Option<Lacking> {
    let statistics = evaluation.statistics_of(&[scope], Span::Year, 1);
    let Some(own) = statistics.iter().find(|period| period.period == Period::Year(year)) else {
        return nothing();
    };
    own.items.iter().find_map(|item| {
        let symbol = item.item.symbol().to_owned();
        match item.refusal? {
            Refusal::Year { have, need } => Some(Lacking { item: symbol, month: None, have, need }),
            Refusal::Month { month, have, need } => {
                Some(Lacking { item: symbol, month: Some(month), have, need })
            }
            Refusal::NoDay => Some(Lacking { item: symbol, month: None, have: 0, need: 1 }),
            Refusal::NoStatistic | Refusal::MixedEditions => None,
        }
    })
}
