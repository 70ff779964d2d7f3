//! Air: hours of stations → their days → tables of stations and cities by day, month and year.

use std::collections::{BTreeMap, BTreeSet};

use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use standards::air::{
    CityDay, Composite, Concentration, Day, DayCount, Edition, Grade, Hours, Index, Item, MISSING, Period,
    Settings, Statistics,
};
use standards::calendar::{Date, days_of_month};

use super::columns::{Cell, Columns};
use super::locator;
use super::schema::{MonitorTable, Theme};
use super::stations::{Station, on};

/// A day of a station: its values, which no edition enters, and how many hours they rest on.
#[derive(Clone, Copy, Debug)]
pub struct StationDay {
    /// The values.
    pub day: Day,
    /// Valid values of an hour, of all items together.
    pub valid: u32,
}

/// The days of each station, by code and by the day's number.
pub type StationDays = BTreeMap<String, BTreeMap<i32, StationDay>>;

/// Makes days of hours that come sorted by station.
#[derive(Default)]
pub struct Collector {
    station: String,
    hours: BTreeMap<i32, [Hours; Item::COUNT]>,
    days: StationDays,
}

impl Collector {
    /// Takes the value of an hour, in millionths of the item's unit, that begins in this hour of this day. A value
    /// that does not count need not be given: what is absent is missing.
    pub fn push(&mut self, station: &str, item: &str, day: i32, hour: usize, millionths: i64) {
        if station != self.station {
            self.close();
            station.clone_into(&mut self.station);
        }
        let Some(item) = Item::parse(item) else { return };
        let Ok(thousandths) = i32::try_from(standards::rounding::half_even(millionths, 1000)) else { return };
        let hours = self.hours.entry(day).or_insert([[MISSING; 24]; Item::COUNT]);
        if let Some(place) = hours[item.index()].get_mut(hour) {
            *place = thousandths;
        }
    }

    fn close(&mut self) {
        let settings = Settings::default();
        let hours = std::mem::take(&mut self.hours);
        if hours.is_empty() {
            return;
        }
        let days = self.days.entry(std::mem::take(&mut self.station)).or_default();
        days.extend(hours.into_iter().map(|(day, hours)| {
            let valid = hours.iter().flatten().filter(|&&value| value >= 0).count();
            let valid = u32::try_from(valid).unwrap_or(u32::MAX);
            (day, StationDay { day: Day::of_hours(&hours, &settings), valid })
        }));
    }

    /// The days.
    pub fn finish(mut self) -> StationDays {
        self.close();
        self.days
    }
}

/// A place that has days: a station, or a city with its stations.
struct Place<'a> {
    name: &'a str,
    city: &'a str,
    days: BTreeMap<i32, PlaceDay>,
}

#[derive(Clone)]
struct PlaceDay {
    day: Day,
    valid: u32,
    /// The stations that take part in the evaluation, with or without data.
    stations: Vec<usize>,
}

/// What is needed to make the tables.
pub struct Air<'a> {
    /// The stations' days.
    pub days: &'a StationDays,
    /// The stations' history.
    pub stations: &'a [Station],
    /// The edition that judges; none to go by the date of the data.
    pub edition: Option<Edition>,
    /// The last day to tell of.
    pub last: i32,
}

impl<'a> Air<'a> {
    /// A table.
    pub fn table(&self, table: MonitorTable) -> Result<RecordBatch, ArrowError> {
        let by_city = matches!(
            table,
            MonitorTable::AirCityDays | MonitorTable::AirCityMonths | MonitorTable::AirCityYears
        );
        let places = if by_city { self.cities() } else { self.places() };
        let mut columns = Columns::new(table);
        for place in &places {
            match table {
                MonitorTable::AirStationDays | MonitorTable::AirCityDays => {
                    self.days_of(place, by_city, &mut columns);
                }
                MonitorTable::AirStationMonths | MonitorTable::AirCityMonths => {
                    let months: BTreeSet<_> = place.days.keys().map(|&day| Date::of_number(day)).collect();
                    let months: BTreeSet<_> = months.into_iter().map(|day| (day.year, day.month)).collect();
                    for (year, month) in months {
                        self.period_of(place, by_city, Period::Month(year, month), &mut columns);
                    }
                }
                _ => {
                    let years: BTreeSet<_> =
                        place.days.keys().map(|&day| Date::of_number(day).year).collect();
                    for year in years {
                        self.period_of(place, by_city, Period::Year(year), &mut columns);
                    }
                }
            }
        }
        columns.finish()
    }

    /// The stations, each as a place of its own.
    fn places(&self) -> Vec<Place<'a>> {
        let known: BTreeMap<&str, &Station> = self
            .stations
            .iter()
            .filter(|station| station.theme == Theme::Air)
            .map(|station| (station.code.as_str(), station))
            .collect();
        self.days
            .iter()
            .filter_map(|(code, days)| {
                let station = known.get(code.as_str())?;
                let place = self.stations.iter().position(|other| other.code == *code)?;
                let days = days.range(..=self.last).map(|(&number, day)| {
                    (number, PlaceDay { day: day.day, valid: day.valid, stations: vec![place] })
                });
                Some(Place { name: &station.code, city: &station.city, days: days.collect() })
            })
            .collect()
    }

    /// The cities: first the concentrations of the evaluated stations are averaged, then the index is made.
    fn cities(&self) -> Vec<Place<'a>> {
        let settings = Settings::default();
        let mut names: Vec<&'a str> = self
            .stations
            .iter()
            .filter(|station| station.theme == Theme::Air && station.evaluated)
            .map(|station| station.city.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        let numbers: BTreeSet<i32> =
            self.days.values().flat_map(|days| days.range(..=self.last).map(|(&number, _)| number)).collect();
        names
            .into_iter()
            .map(|city| {
                let days = numbers.iter().filter_map(|&number| {
                    let taking_part: Vec<usize> = (0..self.stations.len())
                        .filter(|&place| {
                            let station = &self.stations[place];
                            station.theme == Theme::Air
                                && station.evaluated
                                && station.city == city
                                && on(station, number)
                        })
                        .collect();
                    let (mut sum, mut valid) = (CityDay::default(), 0);
                    for &place in &taking_part {
                        let day =
                            self.days.get(&self.stations[place].code).and_then(|days| days.get(&number));
                        if let Some(day) = day {
                            sum.push(&day.day);
                            valid += day.valid;
                        }
                    }
                    let count = u32::try_from(taking_part.len()).unwrap_or(u32::MAX);
                    let day = sum.day(count, &settings);
                    (valid > 0).then_some((number, PlaceDay { day, valid, stations: taking_part }))
                });
                Place { name: city, city, days: days.collect() }
            })
            .collect()
    }

    /// By which edition a day is judged.
    fn edition_of(&self, number: i32) -> Edition {
        let Date { year, month, day } = Date::of_number(number);
        self.edition.unwrap_or(Edition::on(year, month, day))
    }

    fn codes(&self, places: impl IntoIterator<Item = usize>) -> Vec<&'a str> {
        let codes: BTreeSet<&str> =
            places.into_iter().map(|place| self.stations[place].code.as_str()).collect();
        codes.into_iter().collect()
    }

    fn days_of(&self, place: &Place<'_>, by_city: bool, columns: &mut Columns) {
        let settings = Settings::default();
        for (&number, found) in &place.days {
            let edition = self.edition_of(number);
            let index = found.day.index(edition, &settings);
            let primary = index.primary();
            let primary: Vec<&str> = primary.iter().map(key).collect();
            let primary = primary.join(",");
            let aqi = index.aqi().map(i64::from);
            let measured =
                locator("air", "hour", &self.codes(found.stations.iter().copied()), number, number);
            let names = [Cell::Text(Some(place.name)), Cell::Text(Some(place.city))];
            let values = Item::ALL.map(|item| Cell::Millionths(found.day.value(item).rounded(6)));
            let tail = [
                Cell::Whole(aqi),
                Cell::Whole(index.level().map(|level| i64::from(level.number()))),
                Cell::Text(index.level().map(|level| level.category_zh())),
                Cell::Text((!primary.is_empty()).then_some(primary.as_str())),
                Cell::Flag(aqi.map(|aqi| aqi <= 100)),
            ];
            let count = Cell::Whole(i64::try_from(found.stations.len()).ok());
            let end = [
                Cell::Whole(Some(i64::from(found.valid))),
                Cell::Text(Some(edition.key())),
                Cell::Text(Some(&measured)),
            ];
            let names = names.into_iter().skip(usize::from(by_city));
            let counts = by_city.then_some(count);
            columns.push(names.chain([Cell::Day(number)]).chain(values).chain(tail).chain(counts).chain(end));
        }
    }

    fn period_of(&self, place: &Place<'_>, by_city: bool, period: Period, columns: &mut Columns) {
        let settings = Settings::default();
        let (first, last) = (period.first().number(), period.last().number());
        let missing = Day::default();
        let day = |number| place.days.get(&number).map_or(&missing, |found: &PlaceDay| &found.day);
        let statistics = Item::ALL.map(|item| {
            let values: Vec<Concentration> = (first..=last).map(|number| day(number).value(item)).collect();
            Statistics::of(item, period, &values, &settings)
        });
        let count: DayCount = place
            .days
            .range(first..=last)
            .map(|(&number, found)| -> Index { found.day.index(self.edition_of(number), &settings) })
            .collect();
        let edition = self.edition.or_else(|| settings.edition_of_period(period.first(), period.last()));
        let mean = |item: Item| statistics[item.index()].mean().ok().map(|mean| mean.rounded(6));
        let percentile =
            |item: Item| statistics[item.index()].percentile().ok().map(|value| value.rounded(6));
        let composite = edition
            .and_then(|edition| Composite::of(edition, &statistics, &settings).ok())
            .map(|index| index.rounded(6));
        let stations = place.days.range(first..=last).flat_map(|(_, found)| found.stations.iter().copied());
        let known = last.min(self.last);
        let measured = locator("air", "hour", &self.codes(stations), first, known);
        let names = [Cell::Text(Some(place.name)), Cell::Text(Some(place.city))];
        let names = names.into_iter().skip(usize::from(by_city));
        let numbers = [
            Cell::Whole(Some(i64::from(count.valid()))),
            Cell::Whole(Some(i64::from(count.good()))),
            Cell::Millionths(mean(Item::So2)),
            Cell::Millionths(mean(Item::No2)),
            Cell::Millionths(mean(Item::Pm10)),
            Cell::Millionths(mean(Item::Pm2_5)),
            Cell::Millionths(percentile(Item::Co)),
            Cell::Millionths(percentile(Item::O3)),
            Cell::Millionths(composite),
        ];
        let end = [Cell::Text(edition.map(Edition::key)), Cell::Text(Some(&measured))];
        if let Period::Year(year) = period {
            let attained = Item::ALL.map(|item| {
                let judged =
                    edition.map(|edition| statistics[item.index()].judge(edition, Grade::II, &settings));
                judged.and_then(Result::ok).map(|judgement| judgement.attains)
            });
            // One item that does not attain decides; without all six nothing else can be said.
            let all = if attained.contains(&Some(false)) {
                Some(false)
            } else {
                attained.iter().all(Option::is_some).then_some(true)
            };
            let begin = [Cell::Whole(Some(i64::from(year))), Cell::Day(first), Cell::Day(last)];
            let judged = attained.map(Cell::Flag).into_iter().chain([Cell::Flag(all)]);
            columns.push(names.chain(begin).chain(numbers).chain(judged).chain(end));
        } else {
            let begin = [Cell::Day(first), Cell::Day(last)];
            columns.push(names.chain(begin).chain(numbers).chain(end));
        }
    }
}

/// The item's column: ozone's day is its greatest eight hours.
fn key(item: Item) -> &'static str {
    match item {
        Item::O3 => "o3_8h",
        other => other.key(),
    }
}

/// The last day of a month.
pub fn end_of_month(year: i16, month: u8) -> i32 {
    Date::new(year, month, days_of_month(year, month)).number()
}
