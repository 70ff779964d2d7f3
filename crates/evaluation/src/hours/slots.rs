//! Where a station's days are kept.

use super::FIRST_DAY;
use crate::days::StationDay;

/// A station's days, as places among the open or the closed ones.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) first: i32,
    pub(super) days: Vec<Slot>,
}

/// Nothing, or a place among the open or closed days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slot(u32);

pub(super) enum Where {
    Nowhere,
    Open(usize),
    Closed(usize),
}

impl Slot {
    const CLOSED: u32 = 1 << 31;

    pub(super) fn open(place: usize) -> Self {
        Self(place as u32 + 1)
    }

    pub(super) fn closed(place: usize) -> Self {
        Self((place as u32 + 1) | Self::CLOSED)
    }

    #[inline]
    pub(super) fn place(self) -> Where {
        match self.0 {
            0 => Where::Nowhere,
            place if place & Self::CLOSED == 0 => Where::Open(place as usize - 1),
            place => Where::Closed((place & !Self::CLOSED) as usize - 1),
        }
    }
}

impl Slots {
    #[inline]
    pub(super) fn get(&self, day: i32) -> Slot {
        usize::try_from(day - self.first)
            .ok()
            .and_then(|place| self.days.get(place))
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn set(&mut self, day: i32, slot: Slot) {
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

/// Days that are complete, in the lists of the threads that completed them: joined without being moved.
#[derive(Debug)]
pub(super) struct Closed {
    /// Each list after the place of its first day among all.
    lists: Vec<(usize, Vec<StationDay>)>,
}

impl Closed {
    pub(super) fn new() -> Self {
        Self { lists: vec![(0, Vec::new())] }
    }

    /// How many days there are; the place of the next.
    pub(super) fn len(&self) -> usize {
        self.lists.last().map_or(0, |(first, list)| first + list.len())
    }

    pub(super) fn push(&mut self, day: StationDay) {
        if let Some((_, list)) = self.lists.last_mut() {
            list.push(day);
        }
    }

    /// Takes over the days of another: their places begin at what was [`Closed::len`].
    pub(super) fn append(&mut self, other: Self) {
        for (_, list) in other.lists {
            self.lists.push((self.len(), list));
        }
    }

    #[inline]
    pub(super) fn get(&self, place: usize) -> &StationDay {
        let list = self.lists.iter().rev().find(|(first, _)| *first <= place);
        list.and_then(|(first, list)| list.get(place - first)).unwrap_or(&StationDay::NONE)
    }
}
