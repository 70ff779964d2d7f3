//! Blocks of rows: each row finds its day, then each column adds its values.

use readings::air::{Block, NO_HOUR, Sink, Stations};

use super::open::{ALL_ROWS, NOWHERE};
use super::slots::Where;
use super::{FIRST_DAY, Hours, LAST_DAY};

/// Rows of a block that follow each other in a file sorted either way, so that a column is taken by loops without
/// a search. In a file that is not sorted each row is a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The first row, and how many there are.
    pub(super) row: usize,
    pub(super) length: usize,
    /// The day and hour of the first row.
    pub(super) place: usize,
    pub(super) hour: u32,
    /// What the next row changes.
    pub(super) step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next hour of the same day: a file sorted by station.
    Hour,
    /// The same hour at the next place: a file sorted by time.
    Place,
}

/// A day that a block completed: station, day and place.
type Complete = (u32, i32, u32);

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
    /// Takes rows that each speak of all items: first the rows find their days, then each column adds its
    /// values, then the days that are complete are put away.
    fn whole_rows(&mut self, block: &Block<'_>) {
        let mut runs = std::mem::take(&mut self.runs);
        runs.clear();
        let mut complete = Vec::new();
        let mut row = 0;
        while row < block.stations.len() {
            row += self.run(row, &block.stations[row..], &block.hours[row..], &mut runs, &mut complete);
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

    /// Finds the day of the first of these rows, and of those that follow it one way or the other; the answer is
    /// how many rows these are.
    fn run(
        &mut self,
        row: usize,
        stations: &[u32],
        hours: &[i32],
        runs: &mut Vec<Run>,
        complete: &mut Vec<Complete>,
    ) -> usize {
        let (station, label) = (stations[0], hours[0]);
        let (day, hour) = (label.div_euclid(24), label.rem_euclid(24) as u32);
        let is_recent = self.recent_days[station as usize] == day && label != NO_HOUR;
        let place =
            if is_recent { self.recent_places[station as usize] } else { self.find(station, day, label) };
        let at = place as usize;
        if place == NOWHERE || (self.open.whole[at] | self.open.single[at]) >> hour & 1 != 0 {
            if label != NO_HOUR && (FIRST_DAY..=LAST_DAY).contains(&day) {
                self.suspects.insert((station, day));
            }
            return 1;
        }
        let (length, step) = match (stations.get(1), hours.get(1)) {
            (Some(&next), Some(&its)) if next == station && its == label.wrapping_add(1) => {
                (self.along_hours(stations, hours, at), Step::Hour)
            }
            (Some(_), Some(&its)) if its == label => {
                (self.along_places(stations, hours, day, place), Step::Place)
            }
            _ => (1, Step::Place),
        };
        match step {
            Step::Hour => {
                self.open.whole[at] |= ((1_u32 << length) - 1) << hour;
                if self.open.whole[at] == ALL_ROWS {
                    complete.push((station, day, place));
                }
            }
            Step::Place => {
                let whole = &mut self.open.whole[at..at + length];
                let mut some = false;
                for rows in &mut *whole {
                    *rows |= 1 << hour;
                    some |= *rows == ALL_ROWS;
                }
                if some {
                    let all = whole.iter().zip(station..).zip(place..);
                    complete.extend(
                        all.filter(|((rows, _), _)| **rows == ALL_ROWS)
                            .map(|((_, station), place)| (station, day, place)),
                    );
                }
            }
        }
        add_to(runs, Run { row, length, place: at, hour, step });
        length
    }

    /// How many of the rows go on through the day of the first, hour by hour, and are its only ones.
    fn along_hours(&self, stations: &[u32], hours: &[i32], place: usize) -> usize {
        let (station, label) = (stations[0], hours[0]);
        let hour = label.rem_euclid(24) as u32;
        // No row has come of the hours up to the next that is taken, the end of the day being one.
        let taken = (self.open.whole[place] | self.open.single[place] | !ALL_ROWS) >> hour;
        let most = stations.len().min(taken.trailing_zeros() as usize);
        let rows = stations[..most].iter().zip(&hours[..most]).zip(label..);
        rows.take_while(|((its, hour), label)| **its == station && *hour == label).count()
    }

    /// How many of the rows are the only ones of this hour at one station after the other, whose days lie one
    /// after the other as well.
    fn along_places(&self, stations: &[u32], hours: &[i32], day: i32, place: u32) -> usize {
        /// So many rows are looked at together, by a few instructions.
        const TOGETHER: usize = 16;
        let (first, label, at) = (stations[0], hours[0], place as usize);
        let hour = label.rem_euclid(24) as u32;
        let days = &self.recent_days[first as usize..];
        let places = &self.recent_places[first as usize..];
        let (whole, single) = (&self.open.whole[at..], &self.open.single[at..]);
        let most = stations.len().min(days.len()).min(whole.len());
        let (stations, hours, days) = (&stations[..most], &hours[..most], &days[..most]);
        let (places, whole, single) = (&places[..most], &whole[..most], &single[..most]);
        let differs = |row: usize| {
            let number = row as u32;
            let elsewhere = (hours[row] ^ label) as u32
                | (stations[row] ^ (first + number))
                | (days[row] ^ day) as u32
                | (places[row] ^ (place + number));
            elsewhere | ((whole[row] | single[row]) >> hour & 1)
        };
        let mut length = 0;
        while length + TOGETHER <= most
            && (length..length + TOGETHER).fold(0, |so_far, row| so_far | differs(row)) == 0
        {
            length += TOGETHER;
        }
        while length < most && differs(length) == 0 {
            length += 1;
        }
        length
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
                self.recent_days[station as usize] = day;
                self.recent_places[station as usize] = place as u32;
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
}

/// Adds a run, to the one before if it goes on from there.
fn add_to(runs: &mut Vec<Run>, run: Run) {
    if let Some(last) = runs.last_mut()
        && last.row + last.length == run.row
        && last.hour == run.hour
        && last.place + last.length == run.place
        && (last.step == Step::Place || last.length == 1)
        && (run.step == Step::Place || run.length == 1)
    {
        last.step = Step::Place;
        last.length += run.length;
        return;
    }
    runs.push(run);
}
