//! The breakpoints of the AQI, and the sub-index of a concentration.

use super::{Edition, Item, Settings};

/// A column of the breakpoint table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// SO₂, 24 hours.
    So2Day,
    /// SO₂, 1 hour.
    So2Hour,
    /// NO₂, 24 hours.
    No2Day,
    /// NO₂, 1 hour.
    No2Hour,
    /// CO, 24 hours.
    CoDay,
    /// CO, 1 hour.
    CoHour,
    /// Ozone, 8 hours.
    OzoneEightHours,
    /// Ozone, 1 hour.
    OzoneHour,
    /// PM10, 24 hours; in practice, and since 2026 by the text, also 1 hour.
    Pm10,
    /// PM2.5, likewise.
    Pm2_5,
}

impl Scale {
    /// All columns, in the order of the table.
    pub const ALL: [Self; 10] = [
        Self::So2Day,
        Self::So2Hour,
        Self::No2Day,
        Self::No2Hour,
        Self::CoDay,
        Self::CoHour,
        Self::OzoneEightHours,
        Self::OzoneHour,
        Self::Pm10,
        Self::Pm2_5,
    ];

    /// The scale of an item's daily value (ozone: the daily maximum 8 hours).
    pub const fn of_day(item: Item) -> Self {
        match item {
            Item::So2 => Self::So2Day,
            Item::No2 => Self::No2Day,
            Item::Pm10 => Self::Pm10,
            Item::Co => Self::CoDay,
            Item::O3 => Self::OzoneEightHours,
            Item::Pm2_5 => Self::Pm2_5,
        }
    }

    /// The scale of an item's 1-hour mean.
    pub const fn of_hour(item: Item) -> Self {
        match item {
            Item::So2 => Self::So2Hour,
            Item::No2 => Self::No2Hour,
            Item::Pm10 => Self::Pm10,
            Item::Co => Self::CoHour,
            Item::O3 => Self::OzoneHour,
            Item::Pm2_5 => Self::Pm2_5,
        }
    }

    /// The item that the scale measures.
    #[inline]
    pub const fn item(self) -> Item {
        match self {
            Self::So2Day | Self::So2Hour => Item::So2,
            Self::No2Day | Self::No2Hour => Item::No2,
            Self::CoDay | Self::CoHour => Item::Co,
            Self::OzoneEightHours | Self::OzoneHour => Item::O3,
            Self::Pm10 => Item::Pm10,
            Self::Pm2_5 => Item::Pm2_5,
        }
    }

    /// The concentrations at the indices of [`INDICES`], in units of the last published decimal (CO: tenths
    /// of mg/m³). A column that ends early repeats its last point.
    ///
    /// Source: HJ 633—2012, table 1; HJ 633—2026, table 3, which differs at the index 100 of the particles.
    const fn points(self) -> [u32; 8] {
        match self {
            Self::So2Day => [0, 50, 150, 475, 800, 1600, 2100, 2620],
            Self::So2Hour => [0, 150, 500, 650, 800, 800, 800, 800],
            Self::No2Day => [0, 40, 80, 180, 280, 565, 750, 940],
            Self::No2Hour => [0, 100, 200, 700, 1200, 2340, 3090, 3840],
            Self::CoDay => [0, 20, 40, 140, 240, 360, 480, 600],
            Self::CoHour => [0, 50, 100, 350, 600, 900, 1200, 1500],
            Self::OzoneEightHours => [0, 100, 160, 215, 265, 800, 800, 800],
            Self::OzoneHour => [0, 160, 200, 300, 400, 800, 1000, 1200],
            // The points at 100 here are those of 2026; `sub_index` puts in those of 2012.
            Self::Pm10 => [0, 50, 120, 250, 350, 420, 500, 600],
            Self::Pm2_5 => [0, 35, 60, 115, 150, 250, 350, 500],
        }
    }
}

/// The indices of the breakpoint table's rows.
pub const INDICES: [u16; 8] = [0, 50, 100, 150, 200, 300, 400, 500];

/// The points of all columns, so that none is built on the way.
const POINTS: [[u32; 8]; 10] = {
    let mut points = [[0; 8]; 10];
    let mut column = 0;
    while column < 10 {
        points[column] = Scale::ALL[column].points();
        column += 1;
    }
    points
};

/// The sub-index (IAQI) of a concentration that has been rounded to [`Item::decimals`] and is given in units
/// of its last decimal (CO: tenths); rounded up to an integer, from exact integers.
///
/// `None` where the edition of 2012 has none: SO₂ by the hour and ozone by 8 hours above 800 µg/m³, which
/// under 2026 count as 200 and 300. A negative concentration counts as 0.
#[inline]
pub fn sub_index(edition: Edition, scale: Scale, rounded: i64, settings: &Settings) -> Option<u16> {
    let concentration = u32::try_from(rounded.max(0)).unwrap_or(u32::MAX);
    let mut points = POINTS[scale as usize];
    // The edition changes one point of two columns.
    match scale {
        Scale::Pm10 => points[2] = at_100(edition, [150, 120, u32::from(settings.final_breakpoints[0])]),
        Scale::Pm2_5 => points[2] = at_100(edition, [75, 60, u32::from(settings.final_breakpoints[1])]),
        Scale::So2Hour if concentration > 800 => return (!edition.is_2012()).then_some(200),
        Scale::OzoneEightHours if concentration > 800 => return (!edition.is_2012()).then_some(300),
        _ => {}
    }
    // The first row whose point is not below the concentration, found without a branch per row.
    let row = points[1..7].iter().map(|&point| usize::from(concentration > point)).sum::<usize>() + 1;
    if concentration > points[7] && settings.cap_at_500 {
        return Some(500);
    }
    let (low, high) = (points[row - 1], points[row]);
    let (from, to) = (u32::from(INDICES[row - 1]), u32::from(INDICES[row]));
    let steps = u64::from(to - from) * u64::from(concentration.saturating_sub(low));
    let width = high.saturating_sub(low).max(1);
    let above = match u32::try_from(steps) {
        Ok(steps) => steps.div_ceil(width),
        Err(_) => u32::try_from(steps.div_ceil(u64::from(width))).unwrap_or(u32::MAX),
    };
    // Saturates only for an index beyond 65,534, which is not a measurement. The largest number is kept apart
    // (see `Index`).
    Some(u16::try_from(from.saturating_add(above)).unwrap_or(u16::MAX).min(u16::MAX - 1))
}

/// The sub-indices of days by an edition, worked out beforehand for every whole concentration up to the end of its
/// scale: for whoever judges many days.
///
/// ```
/// use standards::air::{Concentration, Day, Edition, Settings, SubIndices};
/// let settings = Settings::default();
/// let of_2012 = SubIndices::of_days(Edition::E2012, &settings);
/// let day = Day { values: [Concentration::thousandths(36_000); 6], ..Day::default() };
/// assert_eq!(day.index_by(&of_2012), day.index(Edition::E2012, &settings));
/// ```
#[derive(Clone, Debug)]
pub struct SubIndices {
    pub(super) edition: Edition,
    pub(super) settings: Settings,
    /// By item; [`SubIndices::NONE`] where there is none.
    tables: [Vec<u16>; Item::COUNT],
}

impl SubIndices {
    /// No sub-index is as large.
    const NONE: u16 = u16::MAX;

    /// The sub-indices by this edition.
    pub fn of_days(edition: Edition, settings: &Settings) -> Self {
        let table = |item: Item| {
            let scale = Scale::of_day(item);
            let last = i64::from(scale.points()[7]);
            (0..=last).map(|value| sub_index(edition, scale, value, settings).unwrap_or(Self::NONE)).collect()
        };
        Self { edition, settings: settings.clone(), tables: Item::ALL.map(table) }
    }

    /// [`sub_index`] on the daily scale of an item.
    #[inline]
    pub(super) fn get(&self, item: Item, rounded: i64) -> Option<u16> {
        let table = &self.tables[item.index()];
        match usize::try_from(rounded).ok().and_then(|rounded| table.get(rounded)) {
            Some(&Self::NONE) => None,
            Some(&index) => Some(index),
            None => sub_index(self.edition, Scale::of_day(item), rounded, &self.settings),
        }
    }
}

/// The point at index 100 of this edition.
#[inline]
const fn at_100(edition: Edition, points: [u32; 3]) -> u32 {
    points[edition.index()]
}

#[cfg(test)]
mod tests {
    use super::{INDICES, Scale, SubIndices, sub_index};
    use crate::air::{Edition, Item, Settings};

    fn index(edition: Edition, scale: Scale, rounded: i64) -> Option<u16> {
        sub_index(edition, scale, rounded, &Settings::default())
    }

    /// The same concentration under 2026 and 2012.
    fn check(scale: Scale, rounded: i64, of_2026: impl Into<Option<u16>>, of_2012: impl Into<Option<u16>>) {
        let (of_2026, of_2012) = (of_2026.into(), of_2012.into());
        assert_eq!(index(Edition::Transition2026, scale, rounded), of_2026, "{scale:?} {rounded} 2026");
        assert_eq!(index(Edition::Final2026, scale, rounded), of_2026, "{scale:?} {rounded} final");
        assert_eq!(index(Edition::E2012, scale, rounded), of_2012, "{scale:?} {rounded} 2012");
    }

    #[test]
    fn known_values() {
        check(Scale::Pm2_5, 35, 50, 50);
        check(Scale::Pm2_5, 36, 52, 52);
        check(Scale::Pm2_5, 60, 100, 82);
        check(Scale::Pm2_5, 61, 101, 83);
        check(Scale::Pm2_5, 75, 114, 100);
        check(Scale::Pm2_5, 76, 115, 102);
        check(Scale::Pm2_5, 116, 152, 152);
        check(Scale::Pm10, 120, 100, 85);
        check(Scale::Pm10, 121, 101, 86);
        check(Scale::Pm10, 150, 112, 100);
        check(Scale::Pm10, 151, 112, 101);
        check(Scale::OzoneEightHours, 101, 51, 51);
        check(Scale::OzoneEightHours, 160, 100, 100);
        check(Scale::OzoneEightHours, 161, 101, 101);
        check(Scale::OzoneEightHours, 800, 300, 300);
        check(Scale::OzoneEightHours, 801, 300, None);
        check(Scale::OzoneHour, 201, 101, 101);
        check(Scale::So2Hour, 801, 200, None);
        check(Scale::CoDay, 7, 18, 18);
        check(Scale::CoDay, 41, 101, 101);
        check(Scale::No2Day, 41, 52, 52);
        check(Scale::So2Day, 9, 9, 9);
        // Both ends of the range, and what is no concentration.
        check(Scale::Pm2_5, 0, 0, 0);
        check(Scale::Pm2_5, -3, 0, 0);
        check(Scale::Pm2_5, 501, 500, 500);
        check(Scale::So2Day, i64::MAX, 500, 500);
    }

    #[test]
    fn what_was_worked_out_beforehand_is_the_same() {
        for (edition, cap_at_500) in
            Edition::ALL.into_iter().flat_map(|edition| [(edition, true), (edition, false)])
        {
            let settings = Settings { cap_at_500, ..Settings::default() };
            let beforehand = SubIndices::of_days(edition, &settings);
            for item in Item::ALL {
                for rounded in (-3..4_500).chain([i64::MIN, i64::MAX]) {
                    let expected = sub_index(edition, Scale::of_day(item), rounded, &settings);
                    assert_eq!(beforehand.get(item, rounded), expected, "{edition:?} {item:?} {rounded}");
                }
            }
        }
    }

    #[test]
    fn without_the_cap_the_last_segment_goes_on() {
        let settings = Settings { cap_at_500: false, ..Settings::default() };
        assert_eq!(sub_index(Edition::E2012, Scale::Pm2_5, 650, &settings), Some(600));
        assert_eq!(sub_index(Edition::E2012, Scale::Pm2_5, i64::MAX, &settings), Some(u16::MAX - 1));
    }

    /// The rows as printed, index by index: typed a second time, by rows instead of columns, `-1` where the
    /// table has a dash.
    #[rustfmt::skip]
    const ROWS: [[i128; 10]; 8] = [
        // SO2 d, 1h, NO2 d, 1h, CO d, 1h, O3 8h, 1h, PM10, PM2.5
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [50, 150, 40, 100, 20, 50, 100, 160, 50, 35],
        [150, 500, 80, 200, 40, 100, 160, 200, 120, 60],
        [475, 650, 180, 700, 140, 350, 215, 300, 250, 115],
        [800, 800, 280, 1200, 240, 600, 265, 400, 350, 150],
        [1600, -1, 565, 2340, 360, 900, 800, 800, 420, 250],
        [2100, -1, 750, 3090, 480, 1200, -1, 1000, 500, 350],
        [2620, -1, 940, 3840, 600, 1500, -1, 1200, 600, 500],
    ];

    /// The sub-index from the definition: the smallest whole number that is not below the rational
    /// (hi − lo)/(BP hi − BP lo)·(C − BP lo) + lo, found by trying.
    fn by_definition(edition: Edition, column: usize, concentration: i128) -> Option<u16> {
        let point = |row: usize| match (edition, column, row) {
            (Edition::E2012, 8, 2) => 150,
            (Edition::E2012, 9, 2) => 75,
            _ => ROWS[row][column],
        };
        let Some(row) = (1..8).find(|&row| point(row) >= concentration) else {
            return match (edition, column) {
                (Edition::E2012, 1 | 6) => None,
                (_, 1) => Some(200),
                (_, 6) => Some(300),
                _ => Some(500),
            };
        };
        let (low, high) = (point(row - 1), point(row));
        let (from, to) = (i128::from(INDICES[row - 1]), i128::from(INDICES[row]));
        let whole = (from..=to).find(|n| (n - from) * (high - low) >= (to - from) * (concentration - low));
        whole.and_then(|n| u16::try_from(n).ok())
    }

    #[test]
    fn every_whole_concentration_agrees_with_the_definition() {
        for edition in Edition::ALL {
            for (column, scale) in Scale::ALL.into_iter().enumerate() {
                for concentration in 0..=4_500 {
                    assert_eq!(
                        index(edition, scale, concentration),
                        by_definition(edition, column, i128::from(concentration)),
                        "{edition:?} {scale:?} {concentration}"
                    );
                }
            }
        }
    }

    /// Only two scales of 2012 end: above them, there is no index to compare.
    #[test]
    fn the_index_never_falls() {
        for edition in Edition::ALL {
            for scale in Scale::ALL {
                let indices: Vec<_> = (0..5_000).map_while(|value| index(edition, scale, value)).collect();
                assert!(indices.is_sorted(), "{edition:?} {scale:?}");
            }
        }
    }
}
