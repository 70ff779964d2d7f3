//! The values of one place at one time (or of one period): what every judgement takes.

use super::settings::{BelowDetection, Settings};
use super::{Item, ItemSet, Micro};

/// One measured value as a laboratory reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A value.
    Value(Micro),
    /// Below this detection limit: `0.01L`, `<0.01`.
    Below(Micro),
}

impl Reading {
    /// The number that calculations take.
    pub fn effective(self, settings: &Settings) -> Micro {
        match (self, settings.below_detection) {
            (Self::Value(value), _) => value,
            (Self::Below(limit), BelowDetection::Half) => crate::rounding::half_even(limit, 2),
            (Self::Below(limit), BelowDetection::Whole) => limit,
            (Self::Below(_), BelowDetection::Zero) => 0,
        }
    }
}

/// At most one value for each item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    values: [Option<Micro>; Item::COUNT],
}

impl Sample {
    /// Without any value.
    pub const EMPTY: Self = Self { values: [None; Item::COUNT] };

    /// The value of an item.
    pub const fn get(&self, item: Item) -> Option<Micro> {
        self.values[item as usize]
    }

    /// Sets a value. One that cannot be (negative, pH beyond 14) leaves the sample as it is and returns
    /// `false`, so that a broken sensor neither improves nor worsens a class.
    pub const fn set(&mut self, item: Item, value: Micro) -> bool {
        let plausible = item.plausible(value);
        if plausible {
            self.values[item as usize] = Some(value);
        }
        plausible
    }

    /// The same with one more value; see [`Self::set`].
    #[must_use]
    pub const fn with(mut self, item: Item, value: Micro) -> Self {
        self.set(item, value);
        self
    }

    /// The items that have a value.
    pub fn present(&self) -> ItemSet {
        let mut present = ItemSet::EMPTY;
        for item in Item::ALL {
            if self.get(item).is_some() {
                present = present.with(item);
            }
        }
        present
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }
}
