//! Stations to cities, days to periods: everything that needs no edition.

use std::collections::BTreeMap;

use jiff::civil::Date as CivilDate;
use standards::air::{CityDay, Completeness, Concentration, Day, Item, Period, Settings, Statistics};
use standards::calendar::Date;

use crate::days::{Days, StationDay, date};
use crate::tables::Kind;

/// Whose days: a station's or a city's, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A station.
    Station(usize),
    /// A city.
    City(usize),
}

impl Scope {
    /// Station or city.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Station(_) => Kind::Station,
            Self::City(_) => Kind::City,
        }
    }
}

/// Which periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

/// A city and its stations.
#[derive(Clone, Debug)]
struct City {
    name: String,
    stations: Vec<usize>,
}

/// The days of stations and cities.
#[derive(Clone, Debug)]
pub struct Evaluation {
    days: Days,
    cities: Vec<City>,
    /// By city.
    city_days: Vec<CityDays>,
}

/// The days of a city.
#[derive(Clone, Debug)]
struct CityDays {
    days: Vec<Day>,
    /// By day and item: how many stations had a valid value.
    counts: Vec<[u16; Item::COUNT]>,
}

/// The statistics of a scope over a period. No edition takes part.
#[derive(Clone, Debug)]
pub struct PeriodStatistics {
    /// Whose.
    pub scope: Scope,
    /// Of when.
    pub period: Period,
    /// By item.
    pub items: [Statistics; Item::COUNT],
}

impl PeriodStatistics {
    /// The item whose days were fewest, hence what stands in the way of a judgement of all.
    pub fn least(&self) -> Completeness {
        self.items.iter().map(|item| item.completeness).min_by_key(|days| days.valid).unwrap_or_default()
    }
}

impl Evaluation {
    /// Makes the cities' days from those of their stations.
    pub fn of(days: Days, threads: usize) -> Self {
        let mut by_city: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, station) in days.stations.iter().enumerate() {
            let left_out = days.left_out.get(place).copied().unwrap_or_default();
            if let Some(city) = station.city.as_ref().filter(|_| !left_out) {
                by_city.entry(city).or_default().push(place);
            }
        }
        let cities: Vec<City> =
            by_city.into_iter().map(|(name, stations)| City { name: name.to_owned(), stations }).collect();
        let city_days = in_threads(&cities, threads, |city| of_city(&days, city));
        Self { days, cities, city_days }
    }

    /// The settings of the rules.
    pub const fn settings(&self) -> &Settings {
        &self.days.settings
    }

    /// The stations' days.
    pub const fn station_days(&self) -> &Days {
        &self.days
    }

    /// The names of the cities.
    pub fn cities(&self) -> impl ExactSizeIterator<Item = &str> {
        self.cities.iter().map(|city| city.name.as_str())
    }

    /// All scopes of a kind, by name.
    pub fn scopes(&self, kind: Kind) -> Vec<Scope> {
        match kind {
            Kind::Station => (0..self.days.stations.len()).map(Scope::Station).collect(),
            Kind::City => (0..self.cities.len()).map(Scope::City).collect(),
        }
    }

    /// Stations, then cities.
    pub fn all_scopes(&self) -> Vec<Scope> {
        let mut all = self.scopes(Kind::Station);
        all.extend(self.scopes(Kind::City));
        all
    }

    /// The scope of this name.
    pub fn find(&self, kind: Kind, name: &str) -> Option<Scope> {
        self.scopes(kind).into_iter().find(|scope| self.name(*scope) == name)
    }

    /// The name of a station or city.
    pub fn name(&self, scope: Scope) -> &str {
        match scope {
            Scope::Station(place) => self.days.stations.get(place).map_or("", |station| &station.name),
            Scope::City(place) => self.cities.get(place).map_or("", |city| &city.name),
        }
    }

    /// The city of a station, or the city itself.
    pub fn city(&self, scope: Scope) -> Option<&str> {
        match scope {
            Scope::Station(place) => self.days.stations.get(place)?.city.as_deref(),
            Scope::City(_) => Some(self.name(scope)),
        }
    }

    /// How many stations take part: of a city its own, of a station one.
    pub fn station_count(&self, scope: Scope) -> usize {
        match scope {
            Scope::Station(_) => 1,
            Scope::City(place) => self.cities.get(place).map_or(0, |city| city.stations.len()),
        }
    }

    /// The first day of all.
    pub fn first(&self) -> CivilDate {
        self.days.first()
    }

    /// How many days there are; [`Evaluation::day`] counts from 0 to this.
    pub const fn len(&self) -> usize {
        self.days.count
    }

    /// Whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.days.count == 0
    }

    /// The date of a day.
    pub fn date(&self, day: usize) -> CivilDate {
        date(self.number(day))
    }

    /// The place of a date, if it is among the days.
    pub fn place(&self, date: CivilDate) -> Option<usize> {
        let number = Date::new(date.year(), date.month() as u8, date.day() as u8).number();
        usize::try_from(number - self.days.first).ok().filter(|place| *place < self.days.count)
    }

    pub(crate) fn number(&self, day: usize) -> i32 {
        self.days.first + i32::try_from(day).unwrap_or(0)
    }

    /// The concentrations of a day.
    #[inline]
    pub fn day(&self, scope: Scope, day: usize) -> Day {
        match scope {
            Scope::Station(place) => {
                self.days.of_station(place).get(day).unwrap_or(&StationDay::NONE).day(&self.days.settings)
            }
            Scope::City(place) => {
                let day = self.city_days.get(place).and_then(|city| city.days.get(day));
                day.copied().unwrap_or_default()
            }
        }
    }

    /// How many hours (of a station) or valid stations (of a city) a day's value of an item is made from.
    pub fn made_from(&self, scope: Scope, day: usize, item: Item) -> u32 {
        match scope {
            Scope::Station(place) => {
                self.days.of_station(place).get(day).map_or(0, |day| u32::from(day.hours(item)))
            }
            Scope::City(place) => self
                .city_days
                .get(place)
                .and_then(|city| city.counts.get(day))
                .map_or(0, |counts| u32::from(counts[item.index()])),
        }
    }

    /// The statistics of every scope over every period in which it has a valid day of any item; in the order
    /// of [`Evaluation::all_scopes`], then of time.
    pub fn statistics(&self, span: Span, threads: usize) -> Vec<PeriodStatistics> {
        self.statistics_of(&self.all_scopes(), span, threads)
    }

    /// The statistics of some scopes.
    pub fn statistics_of(&self, scopes: &[Scope], span: Span, threads: usize) -> Vec<PeriodStatistics> {
        let periods = self.periods(span);
        let each = in_threads(scopes, threads, |scope| {
            let mut values = [const { Vec::new() }; Item::COUNT];
            periods
                .iter()
                .filter_map(|period| self.of_period(*scope, *period, &mut values))
                .collect::<Vec<_>>()
        });
        each.into_iter().flatten().collect()
    }

    /// The periods that the days touch.
    pub fn periods(&self, span: Span) -> Vec<Period> {
        let mut periods = Vec::new();
        for day in 0..self.len() {
            let date = Date::of_number(self.number(day));
            let period = match span {
                Span::Year => Period::Year(date.year),
                Span::Month => Period::Month(date.year, date.month),
            };
            if periods.last() != Some(&period) {
                periods.push(period);
            }
        }
        periods
    }

    fn of_period(
        &self,
        scope: Scope,
        period: Period,
        values: &mut [Vec<Concentration>; Item::COUNT],
    ) -> Option<PeriodStatistics> {
        values.iter_mut().for_each(Vec::clear);
        let mut some = false;
        for number in period.first().number()..=period.last().number() {
            let day = usize::try_from(number - self.days.first).ok().filter(|day| *day < self.len());
            let day = day.map_or_else(Day::default, |day| self.day(scope, day));
            for (values, value) in values.iter_mut().zip(day.values) {
                some |= !value.is_missing();
                values.push(value.over_hours());
            }
        }
        let settings = &self.days.settings;
        some.then(|| PeriodStatistics {
            scope,
            period,
            items: Item::ALL.map(|item| Statistics::of(item, period, &values[item.index()], settings)),
        })
    }
}

fn of_city(days: &Days, city: &City) -> CityDays {
    let settings = &days.settings;
    let count = u32::try_from(city.stations.len()).unwrap_or(u32::MAX);
    let stations: Vec<&[StationDay]> =
        city.stations.iter().map(|station| days.of_station(*station)).collect();
    let mut of_city =
        CityDays { days: Vec::with_capacity(days.count), counts: Vec::with_capacity(days.count) };
    for day in 0..days.count {
        let mut sums = CityDay::default();
        for of_station in stations.iter().filter_map(|days| days.get(day)) {
            if !of_station.is_empty() {
                sums.push(&of_station.day(settings));
            }
        }
        of_city.counts.push(Item::ALL.map(|item| sums.stations(item) as u16));
        of_city.days.push(sums.day(count, settings));
    }
    of_city
}

/// Does the work for each thing by so many threads; the answers come in the order of the things.
pub(crate) fn in_threads<T: Sync, R: Send>(
    things: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    // Small pieces of work are dealt out in turn, so that a large city does not leave the others waiting.
    let threads = threads.clamp(1, things.len().max(1));
    if threads == 1 {
        return things.iter().map(work).collect();
    }
    let work = &work;
    let mut by_thread: Vec<Vec<R>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|thread| {
                scope.spawn(move || things.iter().skip(thread).step_by(threads).map(work).collect::<Vec<R>>())
            })
            .collect();
        let mut all = vec![things.iter().step_by(threads).map(work).collect()];
        for thread in others {
            match thread.join() {
                Ok(done) => all.push(done),
                // The work is ours and does not panic; if it does, it does so here as well.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    let mut turns: Vec<_> = by_thread.iter_mut().map(|answers| answers.drain(..)).collect();
    (0..things.len()).filter_map(|place| turns[place % threads].next()).collect()
}
