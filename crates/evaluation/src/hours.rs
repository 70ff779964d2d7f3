//! The hours of stations, gathered into days as they come.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use readings::air::{Block, NO_HOUR, Sink, Station, Stations};
use standards::air::{Item, MISSING, OzoneDay, Settings};
use standards::calendar::Date;

use crate::days::{Days, StationDay};

/// Days outside these are told, not evaluated: a clock gone astray must not take memory for a thousand years.
const FIRST_DAY: i32 = Date::new(1980, 1, 1).number();
const LAST_DAY: i32 = Date::new(2099, 12, 31).number();

/// All 24 rows of a day.
const ALL_ROWS: u64 = 0x00ff_ffff;

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
    /// By station, the day that was last looked for and its place among the open ones.
    recent: Vec<(i32, u32)>,
    /// Days whose rows have not all come.
    open: Open,
    /// Days whose 24 rows have come.
    closed: Vec<StationDay>,
    /// Days with more than one row for an hour: they must be looked at row by row.
    pub(crate) suspects: HashSet<(u32, i32)>,
    /// Rows outside 1980 … 2099.
    pub(crate) outside: u64,
    /// Of the block that is being taken, its rows in runs.
    runs: Vec<Run>,
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

/// The days some of whose rows have not come, column by column: what a block adds to an item lies close
/// together in memory, whatever the order of its rows.
#[derive(Debug)]
struct Open {
    /// In the lower half the hours of which a whole row has come, in the upper those of which single values have.
    rows: Vec<u64>,
    /// By item: in the upper half the hours that have a value, in the lower the sum of the values in thousandths
    /// (24 times the most there can be fit). One addition takes a value.
    cells: [Vec<u64>; Item::COUNT],
    /// Ozone by the hour; its windows need the hours themselves.
    ozone: Vec<[i32; 24]>,
    /// Places that are free again.
    free: Vec<u32>,
}

/// The place of rows that count nowhere.
const NOWHERE: u32 = 0;

/// Rows of a block that follow each other in a file sorted either way, so that a column is taken by loops without
/// a search. In a file that is not sorted each row is a run.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The first row, and how many there are.
    row: usize,
    length: usize,
    /// The day and hour of the first row.
    place: usize,
    hour: u32,
    /// What the next row changes.
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The next hour of the same day: a file sorted by station.
    Hour,
    /// The same hour at the next place: a file sorted by time.
    Place,
}

/// Adds a row to the last run, or begins another.
#[inline]
fn add_to(runs: &mut Vec<Run>, row: usize, place: usize, hour: u32) {
    if let Some(run) = runs.last_mut()
        && run.row + run.length == row
    {
        let length = run.length;
        let by_hour = place == run.place && hour as usize == run.hour as usize + length;
        let by_place = hour == run.hour && place == run.place + length;
        if (by_hour && (length == 1 || run.step == Step::Hour))
            || (by_place && (length == 1 || run.step == Step::Place))
        {
            run.step = if by_hour { Step::Hour } else { Step::Place };
            run.length += 1;
            return;
        }
    }
    runs.push(Run { row, length: 1, place, hour, step: Step::Place });
}

impl Hours {
    /// No hours yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            stations: Vec::new(),
            numbers: HashMap::new(),
            slots: Vec::new(),
            recent: Vec::new(),
            open: Open::new(),
            closed: Vec::new(),
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
            self.recent.resize(station + 1, (i32::MIN, NOWHERE));
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
        self.recent[station].0 = i32::MIN;
    }

    /// Joins the hours that another thread has gathered.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.outside += other.outside;
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
                        self.slots[station].set(day, Slot::closed(self.closed.len()));
                        self.closed.push(other.closed[theirs]);
                    }
                    (Where::Open(place), Where::Open(theirs)) => {
                        if !self.open.join(place, &other.open, theirs) {
                            self.suspects.insert((station as u32, day));
                        } else if self.open.rows[place] & ALL_ROWS == ALL_ROWS {
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
            let mut days = (slots.first..)
                .zip(&slots.days)
                .filter(|(_, slot)| self.has_value(**slot))
                .map(|(day, _)| day);
            let Some(its_first) = days.next() else { return false };
            let its_last = days.last().unwrap_or(its_first);
            (first, last) = (first.min(its_first), last.max(its_last));
            true
        });
        let count = usize::try_from(i64::from(last) - i64::from(first) + 1).unwrap_or(0);
        let mut packed = vec![StationDay::NONE; count * order.len()];
        let fill = |(row, &station): (&mut [StationDay], &usize)| {
            let slots = &self.slots[station];
            for (day, slot) in (slots.first..).zip(&slots.days) {
                let Some(place) = usize::try_from(day - first).ok().filter(|place| *place < count) else {
                    continue;
                };
                match slot.place() {
                    Where::Nowhere => {}
                    Where::Open(open) => row[place] = self.open.day(open, &self.settings),
                    Where::Closed(closed) => row[place] = self.closed[closed],
                }
            }
        };
        // Two halves at a time: it is memory that is waited for.
        let half = order.len() / 2;
        let (one, other) = packed.split_at_mut(half * count);
        std::thread::scope(|scope| {
            scope.spawn(|| one.chunks_mut(count.max(1)).zip(&order[..half]).for_each(fill));
            other.chunks_mut(count.max(1)).zip(&order[half..]).for_each(fill);
        });
        let stations = order.into_iter().map(|station| self.stations[station].clone()).collect();
        Days {
            settings: self.settings,
            stations,
            first: if count == 0 { 0 } else { first },
            count,
            packed,
            left_out: Vec::new(),
        }
    }

    /// Whether any hour of the day has a value.
    fn has_value(&self, slot: Slot) -> bool {
        match slot.place() {
            Where::Nowhere => false,
            Where::Open(place) => self.open.cells.iter().any(|cells| cells[place] >> 32 != 0),
            Where::Closed(place) => !self.closed[place].is_empty(),
        }
    }
}

impl Slots {
    fn get(&self, day: i32) -> Slot {
        usize::try_from(day - self.first)
            .ok()
            .and_then(|place| self.days.get(place))
            .copied()
            .unwrap_or_default()
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
    fn new() -> Self {
        let mut open =
            Self { rows: Vec::new(), cells: Default::default(), ozone: Vec::new(), free: Vec::new() };
        // The place that is nowhere.
        open.new_day();
        open
    }

    /// A place for another day.
    fn new_day(&mut self) -> usize {
        match self.free.pop() {
            Some(place) => {
                let place = place as usize;
                self.rows[place] = 0;
                self.cells.iter_mut().for_each(|cells| cells[place] = 0);
                self.ozone[place] = [MISSING; 24];
                place
            }
            None => {
                self.rows.push(0);
                self.cells.iter_mut().for_each(|cells| cells.push(0));
                self.ozone.push([MISSING; 24]);
                self.rows.len() - 1
            }
        }
    }

    /// Takes a value of an hour that has none; false if it has one.
    fn value(&mut self, place: usize, item: usize, hour: u32, value: i32) -> bool {
        let cell = &mut self.cells[item][place];
        if *cell >> (32 + hour) & 1 != 0 {
            return false;
        }
        *cell += 1 << (32 + hour) | value as u64;
        self.rows[place] |= 1 << (32 + hour);
        if item == Item::O3.index() {
            self.ozone[place][hour as usize] = value;
        }
        true
    }

    /// Takes a column of whole rows.
    #[inline]
    fn column(&mut self, item: usize, runs: &[Run], values: &[i32]) {
        let cells = self.cells[item].as_mut_slice();
        for run in runs {
            let values = &values[run.row..run.row + run.length];
            match run.step {
                Step::Place => {
                    for (cell, &value) in cells[run.place..run.place + run.length].iter_mut().zip(values) {
                        *cell += u64::from(value >= 0) << (32 + run.hour) | value.max(0) as u64;
                    }
                }
                Step::Hour => {
                    let (mut present, mut sum) = (0_u32, 0_u32);
                    for (&value, hour) in values.iter().zip(run.hour..) {
                        present |= u32::from(value >= 0) << hour;
                        sum += value.max(0) as u32;
                    }
                    cells[run.place] += u64::from(present) << 32 | u64::from(sum);
                }
            }
        }
        if item == Item::O3.index() {
            for run in runs {
                let (values, hour) = (&values[run.row..run.row + run.length], run.hour as usize);
                match run.step {
                    Step::Place => {
                        for (hours, &value) in
                            self.ozone[run.place..run.place + run.length].iter_mut().zip(values)
                        {
                            hours[hour] = value;
                        }
                    }
                    Step::Hour => self.ozone[run.place][hour..hour + run.length].copy_from_slice(values),
                }
            }
        }
    }

    /// Adds what another has; false if both have a row or a value of the same hour.
    fn join(&mut self, place: usize, other: &Self, theirs: usize) -> bool {
        let both =
            (0..Item::COUNT).any(|item| (self.cells[item][place] & other.cells[item][theirs]) >> 32 != 0);
        if both || self.rows[place] & other.rows[theirs] & ALL_ROWS != 0 {
            return false;
        }
        self.rows[place] |= other.rows[theirs];
        for item in 0..Item::COUNT {
            self.cells[item][place] += other.cells[item][theirs];
        }
        for (mine, theirs) in self.ozone[place].iter_mut().zip(other.ozone[theirs]) {
            *mine = (*mine).max(theirs);
        }
        true
    }

    fn day(&self, place: usize, settings: &Settings) -> StationDay {
        let ozone = OzoneDay::of_hours(&self.ozone[place], settings);
        let mut sums = std::array::from_fn(|item| self.cells[item][place] as u32);
        let (sum, window) = ozone.eight_hours.parts().unwrap_or((0, 0));
        sums[Item::O3.index()] = sum as u32;
        StationDay {
            sums,
            hours: std::array::from_fn(|item| (self.cells[item][place] >> 32).count_ones() as u8),
            window: window as u8,
            windows: ozone.windows,
            ozone_hour: ozone.hour.parts().map_or(MISSING, |(value, _)| value as i32),
        }
    }
}

/// Blocks from a thread of [`readings::air::scan`].
impl Sink for Hours {
    fn block(&mut self, block: &Block<'_>, stations: &Stations) {
        for station in stations.all().iter().skip(self.stations.len()) {
            self.station(&station.name, None);
        }
        if block.whole { self.whole_rows(block) } else { self.values(block) }
    }
}

impl Hours {
    /// Takes rows that each speak of all items: first each row finds its day, then each column adds its
    /// values, then the days that are complete are put away.
    fn whole_rows(&mut self, block: &Block<'_>) {
        let mut runs = std::mem::take(&mut self.runs);
        runs.clear();
        let mut complete = Vec::new();
        let (mut last, mut day, mut hour) = (NO_HOUR, i32::MIN, 0);
        for (row, (&station, &label)) in block.stations.iter().zip(block.hours).enumerate() {
            if label != last {
                (day, hour) = (label.div_euclid(24), label.rem_euclid(24) as u32);
                last = label;
            }
            let recent = self.recent[station as usize];
            let place =
                if recent.0 == day && label != NO_HOUR { recent.1 } else { self.find(station, day, label) };
            let rows = &mut self.open.rows[place as usize];
            if place == NOWHERE || (*rows | *rows >> 32) >> hour & 1 != 0 {
                if label != NO_HOUR && (FIRST_DAY..=LAST_DAY).contains(&day) {
                    self.suspects.insert((station, day));
                }
                continue;
            }
            *rows |= 1 << hour;
            if *rows & ALL_ROWS == ALL_ROWS {
                complete.push((station, day, place));
            }
            add_to(&mut runs, row, place as usize, hour);
        }
        for (item, values) in block.values.iter().enumerate() {
            self.open.column(item, &runs, values);
        }
        // Backwards, so that the places that come free are given out again in their order, and tomorrow's rows
        // are long runs as well.
        for (station, day, place) in complete.into_iter().rev() {
            self.close(station as usize, day, place as usize);
        }
        self.runs = runs;
    }

    /// The place of a station's day among the open ones.
    #[inline(never)]
    fn find(&mut self, station: u32, day: i32, label: i32) -> u32 {
        if label == NO_HOUR {
            return NOWHERE;
        }
        if !(FIRST_DAY..=LAST_DAY).contains(&day) {
            self.outside += 1;
            return NOWHERE;
        }
        match self.slot(station as usize, day) {
            Where::Open(place) => {
                self.recent[station as usize] = (day, place as u32);
                place as u32
            }
            Where::Closed(_) | Where::Nowhere => NOWHERE,
        }
    }

    /// Takes rows that each speak of some item, value by value.
    fn values(&mut self, block: &Block<'_>) {
        for (row, (&station, &label)) in block.stations.iter().zip(block.hours).enumerate() {
            let day = label.div_euclid(24);
            let place = self.find(station, day, label) as usize;
            for (item, values) in block.values.iter().enumerate() {
                let value = values[row];
                if value < 0 || label == NO_HOUR || !(FIRST_DAY..=LAST_DAY).contains(&day) {
                    continue;
                }
                if place == NOWHERE as usize
                    || !self.open.value(place, item, label.rem_euclid(24) as u32, value)
                {
                    self.suspects.insert((station, day));
                }
            }
        }
    }

    /// Takes over the cities that the reader of the files has found.
    pub(crate) fn place(&mut self, stations: &Stations) {
        for station in stations.all() {
            self.station(&station.name, station.city.as_deref());
        }
    }
}

#[cfg(test)]
mod tests;
