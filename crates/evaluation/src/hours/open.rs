//! Days some of whose rows have not come.

use standards::air::{Item, MISSING, OzoneDay, Settings};

use super::rows::{Run, Step};
use crate::days::StationDay;

/// All 24 rows of a day.
pub(super) const ALL_ROWS: u32 = 0x00ff_ffff;

/// The place of rows that count nowhere.
pub(super) const NOWHERE: u32 = 0;

/// Days whose hours of ozone lie together.
const TOGETHER: usize = 64;

/// The days some of whose rows have not come, column by column: what a block adds to an item lies close
/// together in memory, whatever the order of its rows, and several days are added to by one instruction.
#[derive(Debug)]
pub(super) struct Open {
    /// The hours of which a whole row has come.
    pub(super) whole: Vec<u32>,
    /// The hours of which single values have come.
    pub(super) single: Vec<u32>,
    /// By item, the hours that have a value.
    present: [Vec<u32>; Item::COUNT],
    /// By item, the sum of the values in thousandths; 24 times the most there can be fit.
    sums: [Vec<u32>; Item::COUNT],
    /// Ozone by the hour, whose windows need the hours themselves: so many days together, hour by hour. What is not
    /// present means nothing.
    ozone: Vec<[[i32; TOGETHER]; 24]>,
    /// Places that are free again.
    pub(super) free: Vec<u32>,
}

impl Open {
    pub(super) fn new() -> Self {
        let mut open = Self {
            whole: Vec::new(),
            single: Vec::new(),
            present: Default::default(),
            sums: Default::default(),
            ozone: Vec::new(),
            free: Vec::new(),
        };
        // The place that is nowhere.
        open.new_day();
        open
    }

    /// A place for another day.
    pub(super) fn new_day(&mut self) -> usize {
        match self.free.pop() {
            Some(place) => {
                let place = place as usize;
                (self.whole[place], self.single[place]) = (0, 0);
                for (present, sums) in self.present.iter_mut().zip(&mut self.sums) {
                    (present[place], sums[place]) = (0, 0);
                }
                place
            }
            None => {
                self.whole.push(0);
                self.single.push(0);
                self.present.iter_mut().chain(&mut self.sums).for_each(|column| column.push(0));
                let place = self.whole.len() - 1;
                if place / TOGETHER == self.ozone.len() {
                    self.ozone.push([[MISSING; TOGETHER]; 24]);
                }
                place
            }
        }
    }

    /// Takes a value of an hour that has none; false if it has one.
    pub(super) fn value(&mut self, place: usize, item: usize, hour: u32, value: i32) -> bool {
        let present = &mut self.present[item][place];
        if *present >> hour & 1 != 0 {
            return false;
        }
        *present |= 1 << hour;
        self.sums[item][place] += value as u32;
        self.single[place] |= 1 << hour;
        if item == Item::O3.index() {
            self.ozone[place / TOGETHER][hour as usize][place % TOGETHER] = value;
        }
        true
    }

    /// Takes a column of whole rows.
    pub(super) fn column(&mut self, item: usize, runs: &[Run], values: &[i32]) {
        let (present, sums) = (self.present[item].as_mut_slice(), self.sums[item].as_mut_slice());
        for run in runs {
            let values = &values[run.row..run.row + run.length];
            match run.step {
                Step::Place => {
                    let (places, bit) = (run.place..run.place + run.length, 1 << run.hour);
                    let cells = present[places.clone()].iter_mut().zip(&mut sums[places]);
                    for ((present, sum), &value) in cells.zip(values) {
                        // All ones for a value that is there, without a branch.
                        let there = !(value >> 31) as u32;
                        *present |= there & bit;
                        *sum += there & value as u32;
                    }
                }
                Step::Hour => {
                    let (mut its_present, mut its_sum) = (0_u32, 0_u32);
                    for (&value, hour) in values.iter().zip(run.hour..) {
                        its_present |= u32::from(value >= 0) << hour;
                        its_sum += value.max(0) as u32;
                    }
                    present[run.place] |= its_present;
                    sums[run.place] += its_sum;
                }
            }
        }
        if item == Item::O3.index() {
            for run in runs {
                let values = &values[run.row..run.row + run.length];
                let hour = run.hour as usize;
                match run.step {
                    Step::Place => {
                        let (mut place, mut rest) = (run.place, values);
                        while !rest.is_empty() {
                            let within = place % TOGETHER;
                            let (these, later) = rest.split_at(rest.len().min(TOGETHER - within));
                            self.ozone[place / TOGETHER][hour][within..within + these.len()]
                                .copy_from_slice(these);
                            (place, rest) = (place + these.len(), later);
                        }
                    }
                    Step::Hour => {
                        let hours = &mut self.ozone[run.place / TOGETHER][hour..];
                        hours.iter_mut().zip(values).for_each(|(hour, &value)| {
                            hour[run.place % TOGETHER] = value;
                        });
                    }
                }
            }
        }
    }

    /// Adds what another has; false if both have a row or a value of the same hour.
    pub(super) fn join(&mut self, place: usize, other: &Self, theirs: usize) -> bool {
        let both = (0..Item::COUNT).any(|item| self.present[item][place] & other.present[item][theirs] != 0);
        if both || self.whole[place] & other.whole[theirs] != 0 {
            return false;
        }
        self.whole[place] |= other.whole[theirs];
        self.single[place] |= other.single[theirs];
        for item in 0..Item::COUNT {
            self.present[item][place] |= other.present[item][theirs];
            self.sums[item][place] += other.sums[item][theirs];
        }
        let present = other.present[Item::O3.index()][theirs];
        for hour in (0..24).filter(|hour| present >> hour & 1 != 0) {
            self.ozone[place / TOGETHER][hour][place % TOGETHER] =
                other.ozone[theirs / TOGETHER][hour][theirs % TOGETHER];
        }
        true
    }

    /// Whether any hour of the day has a value.
    pub(super) fn has_value(&self, place: usize) -> bool {
        self.present.iter().any(|present| present[place] != 0)
    }

    /// The day as it is.
    pub(super) fn day(&self, place: usize, settings: &Settings) -> StationDay {
        let present = self.present[Item::O3.index()][place];
        let together = &self.ozone[place / TOGETHER];
        let mut hours = std::array::from_fn(|hour| together[hour][place % TOGETHER]);
        if present != ALL_ROWS {
            for (hour, value) in hours.iter_mut().enumerate() {
                *value = if present >> hour & 1 != 0 { *value } else { MISSING };
            }
        }
        let ozone = OzoneDay::of_hours(&hours, settings);
        let mut sums = std::array::from_fn(|item| self.sums[item][place]);
        let (sum, window) = ozone.eight_hours.parts().unwrap_or((0, 0));
        sums[Item::O3.index()] = sum as u32;
        StationDay {
            sums,
            hours: std::array::from_fn(|item| self.present[item][place].count_ones() as u8),
            window: window as u8,
            windows: ozone.windows,
            ozone_hour: ozone.hour.parts().map_or(MISSING, |(value, _)| value as i32),
        }
    }
}
