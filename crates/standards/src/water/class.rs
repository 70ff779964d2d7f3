//! The class of one item.

use super::settings::{Comparison, OxygenClassOne, Settings};
use super::{Body, Item, Micro, ONE, Sample, limits};
use crate::rounding::half_even;

/// A water class, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the classes are their names")]
pub enum Class {
    I,
    II,
    III,
    IV,
    V,
    /// Worse than Ⅴ.
    Inferior,
}

impl Class {
    /// All, best first.
    pub const ALL: [Self; 6] = [Self::I, Self::II, Self::III, Self::IV, Self::V, Self::Inferior];

    /// As bulletins print it: Ⅰ … Ⅴ, 劣Ⅴ.
    pub const fn mark(self) -> &'static str {
        ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"][self as usize]
    }

    /// Reads a mark, also in letters (`II`, `Ⅱ类`, `劣V`) and digits.
    pub fn from_mark(mark: &str) -> Option<Self> {
        let mark = mark.trim();
        let mark = mark.strip_suffix('类').unwrap_or(mark);
        Some(match mark {
            "Ⅰ" | "I" | "1" => Self::I,
            "Ⅱ" | "II" | "2" => Self::II,
            "Ⅲ" | "III" | "3" => Self::III,
            "Ⅳ" | "IV" | "4" => Self::IV,
            "Ⅴ" | "V" | "5" => Self::V,
            "劣Ⅴ" | "劣V" | "劣五" | "6" => Self::Inferior,
            _ => return None,
        })
    }

    fn of_position(position: usize) -> Self {
        Self::ALL[position.min(5)]
    }
}

/// The best class whose limit the sample's value of this item meets (GB 3838—2002 table 1).
///
/// `None` where there is no value or no limit. pH outside 6–9 is worse than Ⅴ, both ends are allowed.
pub fn class_of(item: Item, sample: &Sample, body: Body, settings: &Settings) -> Option<Class> {
    let given = sample.get(item)?;
    let value = compared(item, given, settings);
    if item == Item::Ph {
        return Some(if (6 * ONE..=9 * ONE).contains(&value) { Class::I } else { Class::Inferior });
    }
    let limits = limits(item, body)?;
    if item == Item::DissolvedOxygen {
        if settings.oxygen_class_one == OxygenClassOne::SaturationOrFixed
            && sample.get(Item::WaterTemperature).is_some_and(|celsius| saturated(value, celsius))
        {
            return Some(Class::I);
        }
        return Some(Class::of_position(limits.iter().take_while(|&&limit| value < limit).count()));
    }
    Some(Class::of_position(limits.iter().take_while(|&&limit| value > limit).count()))
}

/// The value that is compared with the limits.
pub(super) fn compared(item: Item, value: Micro, settings: &Settings) -> Micro {
    if settings.comparison == Comparison::AsGiven {
        return value;
    }
    let place = 10_i64.pow(6 - settings.decimals[item as usize].min(6));
    let rounded = half_even(value, place) * place;
    if rounded == 0 && value != 0 {
        // “Nothing” would be a better result than was measured: one significant digit stays.
        return crate::rounding::significant(value, 1).unwrap_or(value);
    }
    rounded
}

/// At least 90 % of saturation: `DO ≥ 0.9 · 468 / (31.6 + T)`, without the division.
fn saturated(oxygen: Micro, celsius: Micro) -> bool {
    let below = 31_600_000 + celsius;
    below > 0 && i128::from(oxygen) * i128::from(below) * 10 >= 468 * 9 * i128::from(ONE) * i128::from(ONE)
}

/// Dissolved oxygen at saturation in mg/L, `468 / (31.6 + T)` for a river at sea level (HJ 2.3), in
/// millionths. `None` at temperatures that water does not have.
pub fn oxygen_at_saturation(celsius: Micro) -> Option<Micro> {
    if !Item::WaterTemperature.plausible(celsius) {
        return None;
    }
    let exact = crate::rounding::half_even_wide(
        468 * i128::from(ONE) * i128::from(ONE),
        i128::from(31_600_000 + celsius),
    );
    Micro::try_from(exact).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(item: Item, body: Body, value: Micro, expected: Option<Class>) {
        let sample = Sample::EMPTY.with(item, value);
        assert_eq!(class_of(item, &sample, body, &Settings::default()), expected, "{} {value}", item.key());
    }

    #[test]
    fn a_limit_is_met_at_its_value_and_missed_above_it() {
        for item in Item::ALL {
            for body in [Body::River, Body::Lake] {
                let Some(limits) = limits(item, body) else { continue };
                for (position, &limit) in limits.iter().enumerate() {
                    // Where classes share a limit, the best of them counts.
                    let best = limits.iter().position(|&one| one == limit).expect("it is there");
                    check(item, body, limit, Some(Class::ALL[best]));
                    let last = limits.iter().rposition(|&one| one == limit).expect("it is there");
                    let place = 10_i64.pow(6 - item.decimals());
                    let worse = if item == Item::DissolvedOxygen { limit - place } else { limit + place };
                    check(item, body, worse, Some(Class::ALL[last + 1]));
                    assert!(position <= last);
                }
            }
        }
    }

    #[test]
    fn ph_has_both_ends_and_the_rest_no_class() {
        check(Item::Ph, Body::River, 6 * ONE, Some(Class::I));
        check(Item::Ph, Body::River, 9 * ONE, Some(Class::I));
        check(Item::Ph, Body::River, 9_400_000, Some(Class::I)); // 9 after rounding
        check(Item::Ph, Body::River, 9_600_000, Some(Class::Inferior));
        check(Item::Ph, Body::River, 5_400_000, Some(Class::Inferior));
        check(Item::WaterTemperature, Body::River, 20 * ONE, None);
        check(Item::TotalNitrogen, Body::River, 20 * ONE, None);
        check(Item::TotalNitrogen, Body::Lake, ONE, Some(Class::III));
    }

    #[test]
    fn rounding_comes_before_classification_if_it_is_set() {
        check(Item::AmmoniaNitrogen, Body::River, 505_000, Some(Class::II)); // 0.505 → 0.50
        check(Item::AmmoniaNitrogen, Body::River, 515_000, Some(Class::III)); // 0.515 → 0.52
        check(Item::Mercury, Body::River, 54, Some(Class::I)); // 0.000054 → 0.00005
        check(Item::Petroleum, Body::River, 4_000, Some(Class::I)); // not 0: one digit stays
        let sample = Sample::EMPTY.with(Item::AmmoniaNitrogen, 505_000);
        let class = class_of(Item::AmmoniaNitrogen, &sample, Body::River, &Settings::readings());
        assert_eq!(class, Some(Class::III));
    }

    #[test]
    fn saturation_reaches_class_one_in_warm_water() {
        // HJ 2.3: 468 / (31.6 + 20) = 9.0698 mg/L; 90 % at 30 ℃ are 6.838 mg/L.
        assert_eq!(oxygen_at_saturation(20 * ONE), Some(9_069_767));
        let settings =
            Settings { oxygen_class_one: OxygenClassOne::SaturationOrFixed, ..Settings::readings() };
        let class = |oxygen| {
            let sample =
                Sample::EMPTY.with(Item::DissolvedOxygen, oxygen).with(Item::WaterTemperature, 30 * ONE);
            class_of(Item::DissolvedOxygen, &sample, Body::River, &settings)
        };
        assert_eq!((class(6_840_000), class(6_830_000)), (Some(Class::I), Some(Class::II)));
    }

    #[test]
    fn marks_are_read_back() {
        for class in Class::ALL {
            assert_eq!(Class::from_mark(class.mark()), Some(class));
        }
        assert_eq!(Class::from_mark("III类"), Some(Class::III));
        assert_eq!(Class::from_mark("优"), None);
    }

    proptest! {
        #[test]
        fn a_class_never_improves_when_the_value_worsens(
            item in 1_usize..24, value in 0_i64..100_000_000, more in 0_i64..50_000_000, lake: bool, exact: bool,
        ) {
            let item = Item::ALL[item];
            prop_assume!(item != Item::Ph);
            let body = if lake { Body::Lake } else { Body::River };
            let settings = if exact { Settings::readings() } else { Settings::default() };
            let class = |value| class_of(item, &Sample::EMPTY.with(item, value), body, &settings);
            let (better, worse) = if item == Item::DissolvedOxygen { (value + more, value) } else { (value, value + more) };
            prop_assert!(class(better) <= class(worse));
        }
    }
}
