//! The hours of stations, gathered into days as they come.

mod open;
mod rows;
mod slots;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use readings::air::{Station, Stations};
use standards::air::{Item, Settings};
use standards::calendar::Date;

use self::open::{ALL_ROWS, NOWHERE, Open};
use self::rows::Run;
use self::slots::{Closed, Slot, Slots, Where};
use crate::days::{Days, StationDay};
use crate::evaluate::in_threads;

/// Days outside these are told, not evaluated: a clock gone astray must not take memory for a thousand years.
const FIRST_DAY: i32 = Date::new(1980, 1, 1).number();
const LAST_DAY: i32 = Date::new(2099, 12, 31).number();

/// What became of a pushed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It counts.
    Taken,
    /// It is negative or too large: missing.
    NoConcentration,
    /// The hour already has a value; the first stays.
    Again,
    /// The day is not between 1980 and 2099.
    Outside,
}

/// The hours of stations.
#[derive(Debug)]
pub struct Hours {
    settings: Settings,
    stations: Vec<Station>,
    numbers: HashMap<String, u32>,
    /// By station, its days.
    slots: Vec<Slots>,
    /// By station, the day that was last looked for, and its place among the open ones.
    recent_days: Vec<i32>,
    recent_places: Vec<u32>,
    /// Days whose rows have not all come.
    open: Open,
    /// Days whose 24 rows have come.
    closed: Closed,
    /// Days with more than one row for an hour: they must be looked at row by row.
    pub(crate) suspects: HashSet<(u32, i32)>,
    /// Rows outside 1980 … 2099.
    pub(crate) outside: u64,
    /// Of the block that is being taken, its rows in runs.
    runs: Vec<Run>,
}

impl Hours {
    /// No hours yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            stations: Vec::new(),
            numbers: HashMap::new(),
            slots: Vec::new(),
            recent_days: Vec::new(),
            recent_places: Vec::new(),
            open: Open::new(),
            closed: Closed::new(),
            suspects: HashSet::new(),
            outside: 0,
            runs: Vec::new(),
        }
    }

    /// The number of a station for [`Hours::push`]; the same name is the same station. A city that is given
    /// later fills in one that was not given.
    pub fn station(&mut self, name: &str, city: Option<&str>) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            let station = &mut self.stations[number as usize];
            if station.city.is_none() {
                station.city = city.map(str::to_owned);
            }
            return number as usize;
        }
        let number = self.stations.len();
        self.stations.push(Station { name: name.to_owned(), city: city.map(str::to_owned) });
        self.numbers.insert(name.to_owned(), number as u32);
        self.reach(number);
        number
    }

    /// Takes one value: the mean over the hour that begins at `start`, in thousandths of the item's unit.
    ///
    /// # Panics
    ///
    /// Never: a station that [`Hours::station`] has not given out is taken as outside.
    pub fn push(&mut self, station: usize, start: Timestamp, item: Item, thousandths: i64) -> Pushed {
        let hour = start.as_second().div_euclid(3600) + 8;
        let day = hour.div_euclid(24);
        let Some(day) = i32::try_from(day).ok().filter(|day| (FIRST_DAY..=LAST_DAY).contains(day)) else {
            self.outside += 1;
            return Pushed::Outside;
        };
        if station >= self.stations.len() {
            return Pushed::Outside;
        }
        if !(0..=i64::from(readings::air::MOST) * 1000).contains(&thousandths) {
            return Pushed::NoConcentration;
        }
        let place = match self.slot(station, day) {
            Where::Open(place) => place,
            // Only blocks of whole rows close a day.
            Where::Closed(_) | Where::Nowhere => return Pushed::Again,
        };
        if self.open.value(place, item.index(), hour.rem_euclid(24) as u32, thousandths as i32) {
            Pushed::Taken
        } else {
            Pushed::Again
        }
    }

    /// Makes sure that the station has a list of days.
    fn reach(&mut self, station: usize) {
        if self.slots.len() <= station {
            self.slots.resize_with(station + 1, Slots::default);
            self.recent_days.resize(station + 1, i32::MIN);
            self.recent_places.resize(station + 1, NOWHERE);
        }
    }

    /// Where the station's day is; a new one is opened.
    #[inline]
    fn slot(&mut self, station: usize, day: i32) -> Where {
        match self.slots[station].get(day).place() {
            Where::Nowhere => Where::Open(self.open_day(station, day)),
            found => found,
        }
    }

    #[cold]
    fn open_day(&mut self, station: usize, day: i32) -> usize {
        let place = self.open.new_day();
        self.slots[station].set(day, Slot::open(place));
        place
    }

    /// Puts a complete day away.
    fn close(&mut self, station: usize, day: i32, place: usize) {
        let done = self.open.day(place, &self.settings);
        self.slots[station].set(day, Slot::closed(self.closed.len()));
        self.closed.push(done);
        self.open.free.push(place as u32);
        self.recent_days[station] = i32::MIN;
    }

    /// Joins the hours that another thread has gathered.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.outside += other.outside;
        let closed_before = self.closed.len();
        self.closed.append(std::mem::replace(&mut other.closed, Closed::new()));
        let numbers: Vec<usize> = other
            .stations
            .iter()
            .map(|station| self.station(&station.name, station.city.as_deref()))
            .collect();
        for (station, day) in std::mem::take(&mut other.suspects) {
            self.suspects.insert((numbers[station as usize] as u32, day));
        }
        for (theirs, &station) in numbers.iter().enumerate() {
            let slots = std::mem::take(&mut other.slots[theirs]);
            for (day, slot) in (slots.first..).zip(slots.days) {
                match (self.slots[station].get(day).place(), slot.place()) {
                    (_, Where::Nowhere) => {}
                    (Where::Nowhere, Where::Open(theirs)) => {
                        let place = self.open_day(station, day);
                        self.open.join(place, &other.open, theirs);
                    }
                    (Where::Nowhere, Where::Closed(theirs)) => {
                        self.slots[station].set(day, Slot::closed(closed_before + theirs));
                    }
                    (Where::Open(place), Where::Open(theirs)) => {
                        if !self.open.join(place, &other.open, theirs) {
                            self.suspects.insert((station as u32, day));
                        } else if self.open.whole[place] == ALL_ROWS {
                            self.close(station, day, place);
                        }
                    }
                    // All rows had come, and then others.
                    _ => {
                        self.suspects.insert((station as u32, day));
                    }
                }
            }
        }
    }

    /// The stations of the days that must be looked at row by row.
    pub(crate) fn suspect_names(&self) -> HashSet<(String, i32)> {
        self.suspects
            .iter()
            .map(|(station, day)| (self.stations[*station as usize].name.clone(), *day))
            .collect()
    }

    /// Replaces a day by its hours.
    pub(crate) fn replace(&mut self, name: &str, day: i32, hours: &[[i32; 24]; Item::COUNT]) {
        let Some(&station) = self.numbers.get(name) else { return };
        let place = self.open.new_day();
        for (item, hours) in hours.iter().enumerate() {
            for (hour, &value) in hours.iter().enumerate() {
                if value >= 0 {
                    self.open.value(place, item, hour as u32, value);
                }
            }
        }
        self.close(station as usize, day, place);
        self.suspects.remove(&(station, day));
    }

    /// The days, from the first to the last that has a value anywhere, of the stations that have one.
    pub fn finish(self) -> Days {
        let mut order: Vec<usize> = (0..self.stations.len()).collect();
        order.sort_by(|one, other| self.stations[*one].cmp(&self.stations[*other]));
        let (mut first, mut last) = (i32::MAX, i32::MIN);
        order.retain(|&station| {
            let slots = &self.slots[station];
            let Some(its_first) = slots.days.iter().position(|slot| self.has_value(*slot)) else {
                return false;
            };
            let its_last = slots.days.iter().rposition(|slot| self.has_value(*slot)).unwrap_or(its_first);
            (first, last) =
                (first.min(slots.first + its_first as i32), last.max(slots.first + its_last as i32));
            true
        });
        // Two stations at a time: it is memory that is waited for.
        let by_station = in_threads(&order, 2, |&station| {
            let slots = &self.slots[station];
            let day = |day| match slots.get(day).place() {
                Where::Nowhere => StationDay::NONE,
                Where::Open(place) => self.open.day(place, &self.settings),
                Where::Closed(place) => *self.closed.get(place),
            };
            (first..=last).map(day).collect()
        });
        let count = by_station.first().map_or(0, Vec::len);
        let stations = order.into_iter().map(|station| self.stations[station].clone()).collect();
        Days {
            settings: self.settings,
            stations,
            first: if count == 0 { 0 } else { first },
            count,
            by_station,
            left_out: Vec::new(),
        }
    }

    /// Whether any hour of the day has a value.
    fn has_value(&self, slot: Slot) -> bool {
        match slot.place() {
            Where::Nowhere => false,
            Where::Open(place) => self.open.has_value(place),
            Where::Closed(place) => !self.closed.get(place).is_empty(),
        }
    }
}

impl Hours {
    /// Takes over the cities that the reader of the files has found.
    pub(crate) fn place(&mut self, stations: &Stations) {
        for station in stations.all() {
            self.station(&station.name, station.city.as_deref());
        }
    }
}

#[cfg(test)]
mod tests;
