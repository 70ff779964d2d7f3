//! An AQI with what it is made of.

use super::{Edition, Item, Items, Level, Missing, Settings};

/// The sub-indices of an hour or a day and what follows from them: AQI, level, primary and exceeding
/// pollutants. Small and without allocation, so that millions are made in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// By item; [`Index::NONE`] where there is none.
    sub_indices: [u16; Item::COUNT],
    /// The largest; [`Index::NONE`] where there is none at all.
    largest: u16,
    /// What is published as the AQI; [`Index::NONE`] where the rule for missing items forbids one.
    aqi: u16,
}

impl Index {
    const NONE: u16 = u16::MAX;

    /// Brings the sub-indices together by the rules of the edition.
    #[inline]
    pub fn of(edition: Edition, sub_indices: [Option<u16>; Item::COUNT], settings: &Settings) -> Self {
        let mut missing = Items::NONE;
        let mut largest = 0;
        let mut some = false;
        let mut stored = [Self::NONE; Item::COUNT];
        for item in Item::ALL {
            match sub_indices[item.index()] {
                Some(index) => {
                    stored[item.index()] = index;
                    largest = largest.max(index);
                    some = true;
                }
                None => missing = missing.with(item),
            }
        }
        let rule = if edition.is_2012() { settings.missing_2012 } else { settings.missing_2026 };
        let complete = missing.bits() & !settings.exempt.bits() == 0;
        let published = some
            && match rule {
                Missing::Rest => true,
                Missing::RestAbove100 => complete || largest > 100,
                Missing::Refuse => complete,
            };
        let aqi = match (published, largest) {
            (false, _) => Self::NONE,
            (true, 0) if settings.zero_becomes_one_2026 && !edition.is_2012() => 1,
            (true, largest) => largest,
        };
        Self { sub_indices: stored, largest: if some { largest } else { Self::NONE }, aqi }
    }

    /// An hour or day without any value.
    pub const EMPTY: Self =
        Self { sub_indices: [Self::NONE; Item::COUNT], largest: Self::NONE, aqi: Self::NONE };

    /// The AQI; `None` (printed `NA`) where too much is missing.
    #[inline]
    pub const fn aqi(&self) -> Option<u16> {
        Self::some(self.aqi)
    }

    /// The sub-index (IAQI) of an item.
    #[inline]
    pub const fn sub_index(&self, item: Item) -> Option<u16> {
        Self::some(self.sub_indices[item.index()])
    }

    /// The largest sub-index there is, even if it may not be published as the AQI.
    #[inline]
    pub const fn largest(&self) -> Option<u16> {
        Self::some(self.largest)
    }

    /// The level; `None` without an AQI.
    #[inline]
    pub const fn level(&self) -> Option<Level> {
        match self.aqi() {
            Some(aqi) => Some(Level::of(aqi)),
            None => None,
        }
    }

    /// The primary pollutants (首要污染物): those with the largest sub-index, if the AQI is above 50; ties are
    /// named together. None without an AQI.
    #[inline]
    pub fn primary(&self) -> Items {
        match self.aqi() {
            Some(aqi) if aqi > 50 => self.those(|index| index == self.largest),
            _ => Items::NONE,
        }
    }

    /// The exceeding pollutants (超标污染物): those with a sub-index above 100. The term is of 2012; HJ 633—2026
    /// no longer has it, and [`exceeding_limits`](super::Day::exceeding_limits) answers the question of GB
    /// 3095.
    pub fn exceeding(&self) -> Items {
        self.those(|index| index > 100)
    }

    /// The items without a sub-index.
    pub fn missing(&self) -> Items {
        Items::of_bits(!self.those(|_| true).bits())
    }

    #[inline]
    fn those(&self, wanted: impl Fn(u16) -> bool) -> Items {
        Item::ALL.into_iter().fold(Items::NONE, |items, item| {
            let index = self.sub_indices[item.index()];
            items.with_if(item, index != Self::NONE && wanted(index))
        })
    }

    #[inline]
    const fn some(index: u16) -> Option<u16> {
        if index == Self::NONE { None } else { Some(index) }
    }
}
