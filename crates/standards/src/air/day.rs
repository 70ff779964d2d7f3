//! A natural day: its values from 24 hours, and its AQI.

use super::{
    Concentration, Edition, Grade, Index, Item, Items, OzoneDay2012, Scale, Settings, SubIndices,
    daily_limit, sub_index,
};
use crate::rounding::half_even;

/// The hourly means of an item over a natural day, 00–01 o'clock first, in thousandths of its unit; a
/// negative value (such as [`MISSING`](super::MISSING)) is missing.
pub type Hours = [i32; 24];

/// The values of one natural day at a station or in a city.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// By item: the daily mean; for ozone the daily maximum 8 hours.
    pub values: [Concentration; Item::COUNT],
    /// The daily maximum 1 hour of ozone.
    pub ozone_hour: Concentration,
}

impl Day {
    /// The values of a day from its hours, by item; what has too few hours is missing.
    #[inline]
    pub fn of_hours(hours: &[Hours; Item::COUNT], settings: &Settings) -> Self {
        let mut day = Self::default();
        for item in Item::ALL {
            let hours = &hours[item.index()];
            if matches!(item, Item::O3) {
                let ozone = OzoneDay::of_hours(hours, settings);
                day.values[item.index()] = ozone.eight_hours;
                day.ozone_hour = ozone.hour;
            } else {
                day.values[item.index()] = mean(hours, settings.hours_of_day);
            }
        }
        day
    }

    /// The value of an item.
    #[inline]
    pub const fn value(&self, item: Item) -> Concentration {
        self.values[item.index()]
    }

    /// Whether no item has a value.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(|value| value.is_missing()) && self.ozone_hour.is_missing()
    }

    /// The daily AQI by the rules of the edition.
    #[inline]
    pub fn index(&self, edition: Edition, settings: &Settings) -> Index {
        // Written out, so that each scale is known where its index is made.
        let of = |scale: Scale| {
            let item = scale.item();
            sub_index(edition, scale, self.values[item.index()].rounded(item.decimals())?, settings)
        };
        let indices = [
            of(Scale::So2Day),
            of(Scale::No2Day),
            of(Scale::Pm10),
            of(Scale::CoDay),
            of(Scale::OzoneEightHours),
            of(Scale::Pm2_5),
        ];
        self.index_of(indices, edition, settings)
    }

    /// [`Day::index`] by sub-indices that were worked out beforehand.
    #[inline]
    pub fn index_by(&self, by: &SubIndices) -> Index {
        // Written out, so that each item's decimals are known where its index is looked up.
        let of = |item: Item| by.get(item, self.values[item.index()].rounded(item.decimals())?);
        let indices =
            [of(Item::So2), of(Item::No2), of(Item::Pm10), of(Item::Co), of(Item::O3), of(Item::Pm2_5)];
        self.index_of(indices, by.edition, &by.settings)
    }

    #[inline]
    fn index_of(
        &self,
        mut indices: [Option<u16>; Item::COUNT],
        edition: Edition,
        settings: &Settings,
    ) -> Index {
        // Only the edition of 2012 looks at the hour of ozone: as a value of its own, or where the eight
        // hours have no index of their own. If the hour is not known then, it was no lower than the mean of
        // its eight hours, whose index on the scale of the hour says what is certain.
        if edition.is_2012() {
            let ozone = &mut indices[Item::O3.index()];
            let of_hour = |value: Concentration| {
                value.rounded(0).and_then(|hour| sub_index(edition, Scale::OzoneHour, hour, settings))
            };
            if ozone.is_none() && !self.value(Item::O3).is_missing() {
                *ozone = of_hour(self.ozone_hour).max(of_hour(self.value(Item::O3)));
            } else if settings.ozone_day_2012 == OzoneDay2012::HourAndEightHours {
                *ozone = (*ozone).max(of_hour(self.ozone_hour));
            }
        }
        Index::of(edition, indices, settings)
    }

    /// The items whose daily value, rounded, exceeds the daily limit of GB 3095 (ozone: of the daily maximum
    /// 8 hours). Under the final limits this is stricter than an AQI above 100.
    pub fn exceeding_limits(&self, edition: Edition, grade: Grade) -> Items {
        Item::ALL.into_iter().fold(Items::NONE, |items, item| {
            let decimals = item.decimals();
            let limit = daily_limit(edition, item, grade) / 10_i64.pow(3 - decimals);
            items.with_if(item, self.value(item).rounded(decimals).is_some_and(|value| value > limit))
        })
    }
}

/// The mean of the hours there are, if at least so many; also of a sliding window of any length.
#[inline]
pub fn mean(hours: &[i32], at_least: u8) -> Concentration {
    let (mut sum, mut count) = (0_i64, 0_u32);
    for hours in hours.chunks(MOST_AT_ONCE) {
        // In 32 bits and without a branch, so that the compiler takes four hours at a time; the halves of a
        // value are added apart, so that nothing overflows.
        let (mut low, mut high, mut missing) = (0_u32, 0_u32, 0_u32);
        for &value in hours {
            let sign = value >> 31;
            let value = (value & !sign) as u32;
            low += value & 0xffff;
            high += value >> 16;
            missing += sign.unsigned_abs();
        }
        sum += i64::from(low) + (i64::from(high) << 16);
        count += hours.len() as u32 - missing;
    }
    if count < u32::from(at_least) { Concentration::MISSING } else { Concentration::ratio(sum, count) }
}

/// So many halves of 16 bits fit a sum of 32.
const MOST_AT_ONCE: usize = 65_536;

/// A natural day of ozone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OzoneDay {
    /// The daily maximum 8 hours; missing if the day is not valid.
    pub eight_hours: Concentration,
    /// The daily maximum 1 hour; missing with too few hours.
    pub hour: Concentration,
    /// How many of the 17 windows were valid.
    pub windows: u8,
    /// The largest valid window, whether or not the day is valid.
    pub largest: Concentration,
}

impl OzoneDay {
    /// The first window ends at 08:00, the last at 24:00; none reaches into another day (HJ 663).
    const WINDOWS: usize = 17;

    /// The day's ozone from its hours.
    #[inline]
    pub fn of_hours(hours: &Hours, settings: &Settings) -> Self {
        // Means of windows with different counts are compared as integers of this common denominator.
        const COMMON: i64 = 840;
        const FACTORS: [i64; 9] = [0, 840, 420, 280, 210, 168, 140, 120, 105];
        let needed = settings.hours_of_window.clamp(1, 8);

        let mut highest = -1;
        let mut all = 0_u8;
        // Sums and counts of the hours before each o'clock; a window is the difference of two.
        let (mut sums, mut counts) = ([0_i64; 25], [0_u8; 25]);
        for (place, &value) in hours.iter().enumerate() {
            highest = highest.max(value);
            all += u8::from(value >= 0);
            sums[place + 1] = sums[place] + i64::from(value.max(0));
            counts[place + 1] = all;
        }
        let (mut best, mut best_count, mut windows) = (-1, 1, 0_u8);
        if usize::from(all) == hours.len() {
            // The usual day has all its hours: then the sums compare as they are.
            let largest = (0..Self::WINDOWS).map(|first| sums[first + 8] - sums[first]).max().unwrap_or(0);
            (best, best_count, windows) = (largest * FACTORS[8], 8, Self::WINDOWS as u8);
        } else {
            for first in 0..Self::WINDOWS {
                let count = counts[first + 8] - counts[first];
                let valid = count >= needed;
                let mean = (sums[first + 8] - sums[first]) * FACTORS[usize::from(count.min(8))];
                windows += u8::from(valid);
                let better = valid && mean > best;
                best = if better { mean } else { best };
                best_count = if better { count } else { best_count };
            }
        }
        let largest = if windows > 0 {
            Concentration::ratio(best * i64::from(best_count) / COMMON, u32::from(best_count))
        } else {
            Concentration::MISSING
        };
        let saved = settings
            .ozone_saved_above
            .is_some_and(|limit| windows > 0 && half_even(best, COMMON * 1000) > i64::from(limit));
        let valid = windows >= settings.ozone_windows || saved;
        let enough = all >= settings.hours_of_ozone_maximum.max(1);
        Self {
            eight_hours: if valid { largest } else { Concentration::MISSING },
            hour: if enough {
                Concentration::thousandths(i64::from(highest))
            } else {
                Concentration::MISSING
            },
            windows,
            largest,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Day, Hours, OzoneDay, mean};
    use crate::air::{CityDay, Concentration, Edition, Grade, Item, Items, MISSING, OzoneDay2012, Settings};

    /// The hours of a day from whole µg/m³; hours that are not listed are missing.
    fn hours(values: &[i32]) -> Hours {
        let mut hours = [MISSING; 24];
        for (hour, &value) in hours.iter_mut().zip(values) {
            *hour = if value < 0 { MISSING } else { value * 1000 };
        }
        hours
    }

    /// A day of concentrations in thousandths, in the order of [`Item::ALL`].
    fn day(values: [i64; 6]) -> Day {
        Day { values: values.map(Concentration::thousandths), ozone_hour: Concentration::MISSING }
    }

    #[test]
    fn a_day_needs_twenty_hours() {
        fn check(count: usize, expected: Option<i64>) {
            assert_eq!(mean(&hours(&vec![7; count]), 20).rounded(0), expected, "{count} hours");
        }
        check(24, Some(7));
        check(20, Some(7));
        check(19, None);
        check(0, None);
    }

    #[test]
    fn the_largest_values_add_up() {
        assert_eq!(mean(&[i32::MAX; 24], 20).rounded(3), Some(i64::from(i32::MAX)));
        assert_eq!(mean(&[65_535; 200_001], 20).rounded(3), Some(65_535));
        assert_eq!(mean(&[], 0).rounded(3), None);
    }

    #[test]
    fn a_half_is_rounded_once_and_to_even() {
        fn check(values: &[i32], expected: u16) {
            let mut day = Day::default();
            day.values[Item::Pm2_5.index()] = mean(&hours(values), 20);
            let index = day.index(Edition::E2012, &Settings::default());
            assert_eq!(index.sub_index(Item::Pm2_5), Some(expected), "{values:?}");
        }
        // 35.5 → 36 → 52; 60.5 → 60 → 82 (HJ 633—2012).
        check(&[&[35; 12][..], &[36; 12]].concat(), 52);
        check(&[&[60; 12][..], &[61; 12]].concat(), 82);
        // One hour of 62 lifts 60.54 above the half.
        check(&[&[60; 12][..], &[61; 11], &[62]].concat(), 83);
    }

    #[test]
    fn ozone_windows_stay_within_the_day() {
        fn check(values: &[i32], eight_hours: Option<i64>, windows: u8) {
            let day = OzoneDay::of_hours(&hours(values), &Settings::default());
            assert_eq!((day.eight_hours.rounded(0), day.windows), (eight_hours, windows), "{values:?}");
        }
        check(&[50; 24], Some(50), 17);
        // The best window is the first, 00–08, and the last, 16–24.
        check(&[&[100; 8][..], &[20; 16]].concat(), Some(100), 17);
        check(&[&[20; 16][..], &[100; 8]].concat(), Some(100), 17);
        // A window of six hours is enough, one of five is not.
        check(&[&[-1; 2][..], &[90; 6], &[10; 16]].concat(), Some(90), 17);
        check(&[&[-1; 3][..], &[90; 5], &[10; 16]].concat(), Some(77), 16);
        // Thirteen windows are too few …
        check(&[&[50; 18][..], &[-1; 6]].concat(), None, 13);
        check(&[&[50; 19][..], &[-1; 5]].concat(), Some(50), 14);
        // … unless the maximum exceeds 160.
        check(&[&[160; 18][..], &[-1; 6]].concat(), None, 13);
        check(&[&[161; 18][..], &[-1; 6]].concat(), Some(161), 13);
        check(&[], None, 0);
    }

    #[test]
    fn the_rules_for_missing_items() {
        let settings = Settings::default();
        let check = |values: [i64; 6], edition: Edition, aqi: Option<u16>, primary: &str| {
            let index = day(values).index(edition, &settings);
            assert_eq!((index.aqi(), index.primary().to_string()), (aqi, primary.to_owned()), "{values:?}");
        };
        let full = [9_000, 41_000, 60_000, 700, 101_000, 36_000];
        check(full, Edition::E2012, Some(55), "PM10");
        check(full, Edition::Transition2026, Some(58), "PM10");
        // Ties are named together: 52 and 52; nothing is primary at 50 and below.
        check([0, 41_000, 0, 0, 0, 36_000], Edition::E2012, Some(52), "NO2,PM2.5");
        check([50_000, 40_000, 50_000, 2_000, 100_000, 35_000], Edition::E2012, Some(50), "");
        // One missing: 2012 goes on, 2026 publishes only above 100.
        check([9_000, 41_000, 60_000, 700, 101_000, -1], Edition::E2012, Some(55), "PM10");
        check([9_000, 41_000, 60_000, 700, 101_000, -1], Edition::Transition2026, None, "");
        check([9_000, 41_000, 121_000, 700, 101_000, -1], Edition::Transition2026, Some(101), "PM10");
        // Nothing but zeros, and nothing at all.
        check([0; 6], Edition::E2012, Some(0), "");
        check([0; 6], Edition::Transition2026, Some(1), "");
        check([-1; 6], Edition::E2012, None, "");
        let exempt = Settings { exempt: Items::NONE.with(Item::Pm2_5), ..Settings::default() };
        let index = day([9_000, 41_000, 60_000, 700, 101_000, -1]).index(Edition::Final2026, &exempt);
        assert_eq!((index.aqi(), index.missing().to_string()), (Some(58), "PM2.5".to_owned()));
    }

    #[test]
    fn ozone_by_the_hour_counts_in_2012_alone() {
        let seven = Settings { ozone_day_2012: OzoneDay2012::HourAndEightHours, ..Settings::default() };
        let check = |eight: i64, hour: i64, settings: &Settings, expected: [u16; 2]| {
            let mut day = day([0, 0, 0, 0, eight * 1000, 0]);
            day.ozone_hour = Concentration::thousandths(hour * 1000);
            let of = |edition| day.index(edition, settings).sub_index(Item::O3).expect("there is ozone");
            assert_eq!([of(Edition::E2012), of(Edition::Transition2026)], expected, "{eight} {hour}");
        };
        check(150, 250, &Settings::default(), [92, 92]);
        check(150, 250, &seven, [125, 92]);
        // Above its scale the eight hours have no index of their own.
        check(801, 900, &Settings::default(), [350, 300]);
        check(801, -1, &Settings::default(), [301, 300]);
    }

    #[test]
    fn limits_of_the_day() {
        let check = |values, edition, grade, expected: &str| {
            assert_eq!(day(values).exceeding_limits(edition, grade).to_string(), expected);
        };
        let values = [60_000, 60_000, 110_000, 4_050, 160_400, 60_500];
        check(values, Edition::E2012, Grade::II, "");
        check(values, Edition::E2012, Grade::I, "SO2,PM10,O3,PM2.5");
        check(values, Edition::Transition2026, Grade::II, "");
        check(values, Edition::Final2026, Grade::II, "SO2,NO2,PM10,PM2.5");
    }

    prop_compose! {
        fn any_hours()(values in proptest::array::uniform24(prop_oneof![4 => 0..1_000_000_i32, 1 => Just(MISSING)])) -> Hours {
            values
        }
    }

    /// Ozone by the definition: every window written out, its mean a fraction.
    fn ozone_by_definition(hours: &Hours) -> Option<(i64, i64)> {
        let means: Vec<(i64, i64)> = (8..=24)
            .filter_map(|end| {
                let valid: Vec<i64> =
                    hours[end - 8..end].iter().filter(|v| **v >= 0).map(|v| i64::from(*v)).collect();
                (valid.len() >= 6).then(|| (valid.iter().sum(), valid.len() as i64))
            })
            .collect();
        let best = means.iter().copied().reduce(|a, b| if b.0 * a.1 > a.0 * b.1 { b } else { a })?;
        let rounded = crate::rounding::half_even(best.0, best.1 * 1000);
        (means.len() >= 14 || rounded > 160).then_some(best)
    }

    proptest! {
        #[test]
        fn ozone_agrees_with_the_definition(hours in any_hours()) {
            let day = OzoneDay::of_hours(&hours, &Settings::default());
            let expected = ozone_by_definition(&hours)
                .map_or(Concentration::MISSING, |(sum, count)| Concentration::ratio(sum, count as u32));
            prop_assert_eq!(day.eight_hours, expected);
        }

        #[test]
        fn an_invalid_hour_changes_nothing(hours in any_hours(), any_negative in i32::MIN..0) {
            let other = hours.map(|value| if value < 0 { any_negative } else { value });
            let settings = Settings::default();
            prop_assert_eq!(mean(&hours, 20), mean(&other, 20));
            prop_assert_eq!(OzoneDay::of_hours(&hours, &settings), OzoneDay::of_hours(&other, &settings));
            let mut longer = hours.to_vec();
            longer.insert(7, any_negative);
            prop_assert_eq!(mean(&hours, 20), mean(&longer, 20));
        }

        #[test]
        fn the_order_of_hours_and_stations_does_not_matter(
            days in proptest::collection::vec(proptest::array::uniform6(any_hours()), 1..9), turn in 0_usize..24,
        ) {
            let settings = Settings::default();
            let mut turned = days[0][0];
            turned.rotate_left(turn);
            prop_assert_eq!(mean(&days[0][0], 20), mean(&turned, 20));
            let city = |order: &mut dyn Iterator<Item = &[Hours; 6]>| {
                let mut city = CityDay::default();
                order.for_each(|hours| city.push(&Day::of_hours(hours, &settings)));
                city.day(days.len() as u32, &settings)
            };
            let (forward, backward) = (city(&mut days.iter()), city(&mut days.iter().rev()));
            for item in Item::ALL {
                let (one, other) = (forward.value(item), backward.value(item));
                prop_assert_eq!(one.compare(other), std::cmp::Ordering::Equal);
                prop_assert_eq!(one.rounded(6), other.rounded(6));
            }
        }

        #[test]
        fn the_aqi_rises_with_every_concentration(
            values in proptest::array::uniform6(0_i64..1_300_000), item in 0_usize..6, more in 1_i64..800_000,
        ) {
            for edition in Edition::ALL {
                let settings = Settings::default();
                let mut more_polluted = values;
                more_polluted[item] += more;
                let (one, other) = (day(values).index(edition, &settings), day(more_polluted).index(edition, &settings));
                prop_assert!(one.aqi() <= other.aqi(), "{:?} {:?}", one, other);
            }
        }
    }
}
