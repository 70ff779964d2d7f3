//! The city water quality index CWQI (《城市地表水环境质量排名技术规定（试行）》, 2017).

use super::{Body, Class, Item, ItemSet, Mean, Micro, ONE, Refusal, Sample, Settings, limits};
use crate::rounding::half_even_wide;

/// The index of a city's rivers or of its lakes: the sum of the single indices of the means over sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaterIndex {
    /// The sum, in millionths.
    pub index: i64,
    /// Sections (or points) with data.
    pub sections: u32,
    /// The items that are in the sum.
    pub items: ItemSet,
}

/// The index of a city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CityIndex {
    /// Rivers and lakes, weighted by their sections and points, in millionths.
    pub index: i64,
    /// The rivers' index; none if the city has no river section with data.
    pub rivers: Option<WaterIndex>,
    /// The lakes' index.
    pub lakes: Option<WaterIndex>,
}

/// The single index of an item in millionths: C/Ⅲ; dissolved oxygen Ⅲ/C; pH by its distance from 7.
///
/// No oxygen at all has no finite index: it counts as 0.1 mg/L would (the rule is silent).
pub fn single_index(item: Item, value: Micro, body: Body) -> Option<i64> {
    if item == Item::Ph {
        let from_neutral = value - 7 * ONE;
        return Some(if from_neutral <= 0 {
            -from_neutral
        } else {
            crate::rounding::half_even(from_neutral, 2)
        });
    }
    let limit = limits(item, body).filter(|_| item.participates())?[Class::III as usize];
    let (above, below) =
        if item == Item::DissolvedOxygen { (limit, value.max(ONE / 10)) } else { (value, limit) };
    i64::try_from(half_even_wide(i128::from(above) * i128::from(ONE), i128::from(below))).ok()
}

/// The index of these sections: each item is averaged over them, and the single indices are added.
pub fn water_index(sections: &[Sample], body: Body, settings: &Settings) -> Result<WaterIndex, Refusal> {
    let with_data = sections.iter().filter(|sample| !sample.is_empty()).count();
    if with_data == 0 {
        return Err(Refusal::NoSections);
    }
    let mean = Mean::of(sections, settings);
    let (mut index, mut items, mut lacking) = (0_i64, ItemSet::EMPTY, ItemSet::EMPTY);
    for item in Item::ALL.into_iter().filter(|item| item.participates()) {
        match mean.get(item).and_then(|value| single_index(item, value, body)) {
            Some(single) => {
                index = index.saturating_add(single);
                items = items.with(item);
            }
            None => lacking = lacking.with(item),
        }
    }
    if items.is_empty() {
        return Err(Refusal::Nothing);
    }
    if settings.index_needs_all && !lacking.is_empty() {
        return Err(Refusal::Items(lacking));
    }
    Ok(WaterIndex { index, sections: u32::try_from(with_data).unwrap_or(u32::MAX), items })
}

/// (rivers · M + lakes · N)/(M + N); the better city has the smaller index.
pub fn city_index(rivers: &[Sample], lakes: &[Sample], settings: &Settings) -> Result<CityIndex, Refusal> {
    let optional = |found: Result<WaterIndex, Refusal>| match found {
        Ok(found) => Ok(Some(found)),
        Err(Refusal::NoSections) => Ok(None),
        Err(refusal) => Err(refusal),
    };
    let rivers = optional(water_index(rivers, Body::River, settings))?;
    let lakes = optional(water_index(lakes, Body::Lake, settings))?;
    let parts = || rivers.into_iter().chain(lakes);
    let sections: i128 = parts().map(|part| i128::from(part.sections)).sum();
    if sections == 0 {
        return Err(Refusal::NoSections);
    }
    let sum: i128 = parts().map(|part| i128::from(part.index) * i128::from(part.sections)).sum();
    let index = i64::try_from(half_even_wide(sum, sections)).unwrap_or(i64::MAX);
    Ok(CityIndex { index, rivers, lakes })
}

/// The change of an index in hundredths of a percent, (now − before)/before; negative is better. None if
/// there was nothing before.
pub fn change(before: i64, now: i64) -> Option<i64> {
    if before <= 0 {
        return None;
    }
    i64::try_from(half_even_wide((i128::from(now) - i128::from(before)) * 10_000, i128::from(before))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_indices() {
        fn check(item: Item, value: Micro, body: Body, expected: Option<i64>) {
            assert_eq!(single_index(item, value, body), expected, "{}", item.key());
        }
        check(Item::PermanganateIndex, 3 * ONE, Body::River, Some(500_000));
        check(Item::DissolvedOxygen, 10 * ONE, Body::River, Some(500_000));
        check(Item::DissolvedOxygen, 0, Body::River, Some(50 * ONE));
        check(Item::Ph, 6_500_000, Body::River, Some(500_000));
        check(Item::Ph, 8_000_000, Body::River, Some(500_000));
        check(Item::TotalPhosphorus, 50_000, Body::River, Some(250_000));
        check(Item::TotalPhosphorus, 50_000, Body::Lake, Some(ONE));
        check(Item::TotalNitrogen, ONE, Body::Lake, None);
    }

    #[test]
    fn a_city_weighs_by_sections() {
        let full = |body: Body, share: i64| {
            let mut sample = Sample::EMPTY.with(Item::Ph, 7 * ONE);
            for item in Item::ALL.into_iter().filter(|item| item.participates() && *item != Item::Ph) {
                let limit = limits(item, body).expect("it has limits")[2];
                sample.set(item, limit * share);
            }
            sample
        };
        let settings = Settings::default();
        // Twenty items at their limit make 20; at twice the limit 38 (dissolved oxygen 0.5) + 0.5.
        let found = city_index(&[full(Body::River, 1); 3], &[full(Body::Lake, 2)], &settings).expect("data");
        assert_eq!(found.rivers.map(|part| (part.index, part.sections)), Some((20 * ONE, 3)));
        assert_eq!(found.lakes.map(|part| part.index), Some(38_500_000));
        assert_eq!(found.index, (3 * 20 * ONE + 38_500_000) / 4);
        assert_eq!(change(20 * ONE, 19 * ONE), Some(-500));
        let few = Sample::EMPTY.with(Item::Cod, 20 * ONE);
        assert!(
            matches!(city_index(&[few], &[], &settings), Err(Refusal::Items(items)) if items.len() == 20)
        );
        let lenient = Settings { index_needs_all: false, ..settings };
        assert_eq!(city_index(&[few], &[], &lenient).map(|found| found.index), Ok(ONE));
    }
}
