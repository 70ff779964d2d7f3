//! The hours of stations, gathered into days as they come.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use readings::air::{Block, NO_HOUR, Sink, Station, Stations};
use standards::air::{Item, OzoneDay, Settings};
use standards::calendar::Date;

use crate::days::{Days, StationDay};

/// Days outside these are told, not evaluated: a clock gone astray must not take memory for a thousand years.
const FIRST_DAY: i32 = Date::new(1980, 1, 1).number();
const LAST_DAY: i32 = Date::new(2099, 12, 31).number();

/// All 24 rows of a day.
const ALL_ROWS: u32 = 0x00ff_ffff;

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
    /// Days whose rows have not all come.
    open: Vec<Open>,
    free: Vec<u32>,
    /// Days whose 24 rows have come.
    closed: Vec<StationDay>,
    /// Days with more than one row for an hour: they must be looked at row by row.
    pub(crate) suspects: HashSet<(u32, i32)>,
    /// Rows outside 1980 … 2099.
    pub(crate) outside: u64,
}

/// A station's days, as places among the open or the closed ones.
#[derive(Debug, Default)]
struct Slots {
    first: i32,
    days: Vec<Slot>,
}

/// Nothing, or a place among the open or closed days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slot(u32);

enum Where {
    Nowhere,
    Open(usize),
    Closed(usize),
}

impl Slot {
    const CLOSED: u32 = 1 << 31;

    fn open(place: usize) -> Self {
        Self(place as u32 + 1)
    }

    fn closed(place: usize) -> Self {
        Self((place as u32 + 1) | Self::CLOSED)
    }

    fn place(self) -> Where {
        match self.0 {
            0 => Where::Nowhere,
            place if place & Self::CLOSED == 0 => Where::Open(place as usize - 1),
            place => Where::Closed((place & !Self::CLOSED) as usize - 1),
        }
    }
}

/// A day some of whose rows have not come.
#[derive(Clone, Debug)]
struct Open {
    /// The hours of which a whole row has come.
    rows: u32,
    /// By item, the hours that have a value.
    present: [u32; Item::COUNT],
    /// By item, the sum of the values in thousandths; 24 times the most there can be fit.
    sums: [u32; Item::COUNT],
    /// Ozone by the hour; its windows need the hours themselves.
    ozone: [i32; 24],
}

const EMPTY: Open =
    Open { rows: 0, present: [0; Item::COUNT], sums: [0; Item::COUNT], ozone: [standards::air::MISSING; 24] };

impl Hours {
    /// No hours yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            stations: Vec::new(),
            numbers: HashMap::new(),
            slots: Vec::new(),
            open: Vec::new(),
            free: Vec::new(),
            closed: Vec::new(),
            suspects: HashSet::new(),
            outside: 0,
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
        if self.open[place].value(item.index(), hour.rem_euclid(24) as u32, thousandths as i32) {
            Pushed::Taken
        } else {
            Pushed::Again
        }
    }

    /// Makes sure that the station has a list of days.
    fn reach(&mut self, station: usize) {
        if self.slots.len() <= station {
            self.slots.resize_with(station + 1, Slots::default);
        }
    }

    /// Where the station's day is; a new one is opened.
    #[inline]
    fn slot(&mut self, station: usize, day: i32) -> Where {
        let slots = &mut self.slots[station];
        let place = usize::try_from(day - slots.first).ok().and_then(|place| slots.days.get(place)).copied();
        match place.unwrap_or_default().place() {
            Where::Nowhere => Where::Open(self.open_day(station, day)),
            found => found,
        }
    }

    #[cold]
    fn open_day(&mut self, station: usize, day: i32) -> usize {
        let place = match self.free.pop() {
            Some(place) => {
                self.open[place as usize] = EMPTY;
                place as usize
            }
            None => {
                self.open.push(EMPTY);
                self.open.len() - 1
            }
        };
        self.slots[station].set(day, Slot::open(place));
        place
    }

    /// Puts a complete day away.
    fn close(&mut self, station: usize, day: i32, place: usize) {
        let done = self.open[place].day(&self.settings);
        self.slots[station].set(day, Slot::closed(self.closed.len()));
        self.closed.push(done);
        self.free.push(place as u32);
    }

    /// Joins the hours that another thread has gathered.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.outside += other.outside;
        let numbers: Vec<usize> =
            other.stations.iter().map(|station| self.station(&station.name, station.city.as_deref())).collect();
        for (station, day) in std::mem::take(&mut other.suspects) {
            self.suspects.insert((numbers[station as usize] as u32, day));
        }
        for (theirs, &station) in numbers.iter().enumerate() {
            let slots = std::mem::take(&mut other.slots[theirs]);
            for (day, slot) in (slots.first..).zip(slots.days) {
                let its_open = match slot.place() {
                    Where::Nowhere => continue,
                    Where::Open(place) => Ok(&other.open[place]),
                    Where::Closed(place) => Err(&other.closed[place]),
                };
                let mine = self.slots[station].get(day);
                match (mine.place(), its_open) {
                    (Where::Nowhere, Ok(open)) => {
                        self.slots[station].set(day, Slot::open(self.open.len()));
                        self.open.push(open.clone());
                    }
                    (Where::Nowhere, Err(closed)) => {
                        self.slots[station].set(day, Slot::closed(self.closed.len()));
                        self.closed.push(*closed);
                    }
                    (Where::Open(place), Ok(open)) => {
                        if !self.open[place].join(open) {
                            self.suspects.insert((station as u32, day));
                        } else if self.open[place].rows == ALL_ROWS {
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
        self.suspects.iter().map(|(station, day)| (self.stations[*station as usize].name.clone(), *day)).collect()
    }

    /// Replaces a day by its hours.
    pub(crate) fn replace(&mut self, name: &str, day: i32, hours: &[[i32; 24]; Item::COUNT]) {
        let Some(&station) = self.numbers.get(name) else { return };
        let mut open = EMPTY;
        for (item, hours) in hours.iter().enumerate() {
            for (hour, &value) in hours.iter().enumerate() {
                if value >= 0 {
                    open.value(item, hour as u32, value);
                }
            }
        }
        let place = self.closed.len();
        self.closed.push(open.day(&self.settings));
        self.slots[station as usize].set(day, Slot::closed(place));
        self.suspects.remove(&(station, day));
    }

    /// The days, from the first to the last that has a value anywhere, of the stations that have one.
    pub fn finish(self) -> Days {
        let mut stations = Vec::new();
        for (station, slots) in self.stations.iter().zip(&self.slots) {
            let days: Vec<(i32, StationDay)> = (slots.first..)
                .zip(&slots.days)
                .filter_map(|(day, slot)| match slot.place() {
                    Where::Nowhere => None,
                    Where::Open(place) => Some((day, self.open[place].day(&self.settings))),
                    Where::Closed(place) => Some((day, self.closed[place])),
                })
                .filter(|(_, day)| !day.is_empty())
                .collect();
            if !days.is_empty() {
                stations.push((station.clone(), days));
            }
        }
        Days::of(stations, self.settings)
    }
}

impl Slots {
    fn get(&self, day: i32) -> Slot {
        usize::try_from(day - self.first).ok().and_then(|place| self.days.get(place)).copied().unwrap_or_default()
    }

    fn set(&mut self, day: i32, slot: Slot) {
        if self.days.is_empty() {
            self.first = day;
        }
        if day < self.first {
            // In steps, so that a file that runs backwards does not move everything for each day.
            let step = (self.first - day).max(64).min(day - FIRST_DAY + 1).max(self.first - day);
            self.days.splice(0..0, std::iter::repeat_n(Slot::default(), step as usize));
            self.first -= step;
        }
        let place = (day - self.first) as usize;
        if place >= self.days.len() {
            self.days.resize(place + 1, Slot::default());
        }
        self.days[place] = slot;
    }
}

impl Open {
    /// Takes a value of an hour that has none; false if it has one.
    #[inline]
    fn value(&mut self, item: usize, hour: u32, value: i32) -> bool {
        if self.present[item] >> hour & 1 != 0 {
            return false;
        }
        self.present[item] |= 1 << hour;
        self.sums[item] += value as u32;
        if item == Item::O3.index() {
            self.ozone[hour as usize] = value;
        }
        true
    }

    /// Takes a whole row; false if the hour has one.
    #[inline]
    fn row(&mut self, hour: u32, values: [i32; Item::COUNT]) -> bool {
        if self.rows >> hour & 1 != 0 {
            return false;
        }
        self.rows |= 1 << hour;
        for (item, value) in values.into_iter().enumerate() {
            self.present[item] |= u32::from(value >= 0) << hour;
            self.sums[item] += value.max(0) as u32;
        }
        self.ozone[hour as usize] = values[Item::O3.index()];
        true
    }

    /// Adds what another has; false if both have a row or a value of the same hour.
    fn join(&mut self, other: &Self) -> bool {
        let both = self.present.iter().zip(&other.present).any(|(mine, theirs)| mine & theirs != 0);
        if both || self.rows & other.rows != 0 {
            return false;
        }
        self.rows |= other.rows;
        for item in 0..Item::COUNT {
            self.present[item] |= other.present[item];
            self.sums[item] += other.sums[item];
        }
        for (mine, theirs) in self.ozone.iter_mut().zip(other.ozone) {
            *mine = (*mine).max(theirs);
        }
        true
    }

    fn day(&self, settings: &Settings) -> StationDay {
        let ozone = OzoneDay::of_hours(&self.ozone, settings);
        let mut sums = self.sums;
        let (sum, window) = ozone.eight_hours.parts().unwrap_or((0, 0));
        sums[Item::O3.index()] = sum as u32;
        StationDay {
            sums,
            hours: self.present.map(|hours| hours.count_ones() as u8),
            window: window as u8,
            windows: ozone.windows,
            ozone_hour: ozone.hour.parts().map_or(standards::air::MISSING, |(value, _)| value as i32),
        }
    }
}

/// Blocks of whole rows, from a thread of [`readings::air::scan`].
impl Sink for Hours {
    fn block(&mut self, block: &Block<'_>, stations: &Stations) {
        for station in &stations.all()[self.stations.len().min(stations.all().len())..] {
            self.station(&station.name, None);
        }
        let values = block.values;
        let (mut last, mut place) = ((u32::MAX, i32::MIN), None);
        for (row, (&station, &hour)) in block.stations.iter().zip(block.hours).enumerate() {
            if hour == NO_HOUR {
                continue;
            }
            let (day, hour) = (hour.div_euclid(24), hour.rem_euclid(24) as u32);
            if last != (station, day) {
                if !(FIRST_DAY..=LAST_DAY).contains(&day) {
                    self.outside += 1;
                    continue;
                }
                last = (station, day);
                place = match self.slot(station as usize, day) {
                    Where::Open(place) => Some(place),
                    Where::Closed(_) | Where::Nowhere => None,
                };
            }
            let of_row: [i32; Item::COUNT] = std::array::from_fn(|item| values[item][row]);
            let is_new = match place {
                // The day is complete already.
                None => of_row.iter().all(|value| *value < 0) && !block.whole,
                Some(place) if block.whole => {
                    let open = &mut self.open[place];
                    let is_new = open.row(hour, of_row);
                    if open.rows == ALL_ROWS {
                        self.close(station as usize, day, place);
                        last = (u32::MAX, i32::MIN);
                    }
                    is_new
                }
                Some(place) => {
                    let open = &mut self.open[place];
                    let mut is_new = true;
                    for (item, value) in of_row.into_iter().enumerate().filter(|(_, value)| *value >= 0) {
                        is_new &= open.value(item, hour, value);
                    }
                    is_new
                }
            };
            if !is_new {
                self.suspects.insert((station, day));
            }
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
