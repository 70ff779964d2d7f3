//! Main pollution items (主要污染指标, 环办〔2011〕22号).

use std::cmp::Ordering;

use super::class::compared;
use super::{Class, Item, Sample, Settings, Verdict, limits};
use crate::rounding::half_even_wide;

/// One of a section's main pollution items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MainItem {
    /// The item.
    pub item: Item,
    /// Its class.
    pub class: Class,
    /// (C − Ⅲ)/Ⅲ in tenths, half to even; none for pH and dissolved oxygen.
    pub multiple: Option<i64>,
}

impl MainItem {
    /// As bulletins print it: `高锰酸盐指数(1.2)`.
    pub fn zh(&self) -> String {
        self.named(self.item.zh())
    }

    /// `permanganate index(1.2)`.
    pub fn en(&self) -> String {
        self.named(self.item.en())
    }

    fn named(&self, name: &str) -> String {
        match self.multiple {
            Some(tenths) => format!("{name}({}.{})", tenths / 10, tenths % 10),
            None => name.to_owned(),
        }
    }
}

/// The section's items worse than Ⅲ: cyanide and heavy metals first, then by class, worst first, within a
/// class by multiple; at most [`Settings::main_items`]. None if the section is 优 or 良好.
///
/// Where the rule says nothing: an item without a multiple follows those of its class that have one, and
/// equal ones keep the order of table 1.
pub fn main_items(sample: &Sample, verdict: &Verdict, settings: &Settings) -> Vec<MainItem> {
    let mut found: Vec<(MainItem, Option<Multiple>)> = Vec::new();
    for item in verdict.judged.iter() {
        let Some(class) = verdict.class_of(item).filter(|&class| class > Class::III) else { continue };
        let multiple = multiple(item, sample, verdict, settings);
        found.push((MainItem { item, class, multiple: multiple.map(|one| one.tenths()) }, multiple));
    }
    let first = |item: Item| !settings.named_first.has(item);
    found.sort_by(|(left, left_multiple), (right, right_multiple)| {
        first(left.item)
            .cmp(&first(right.item))
            .then(right.class.cmp(&left.class))
            .then_with(|| compare(*right_multiple, *left_multiple))
            .then(left.item.cmp(&right.item))
    });
    found.truncate(settings.main_items as usize);
    found.into_iter().map(|(item, _)| item).collect()
}

/// The main items of a river of five and more sections: ranked by the share of sections in which the item
/// is worse than Ⅲ, as (item, sections). Equal ones keep the order of table 1.
pub fn main_items_by_rate(verdicts: &[Verdict], settings: &Settings) -> Vec<(Item, u32)> {
    let exceeded = |item: Item| {
        let worse = verdicts.iter().filter(|verdict| verdict.class_of(item) > Some(Class::III));
        u32::try_from(worse.count()).unwrap_or(u32::MAX)
    };
    let participating = Item::ALL.into_iter().filter(|item| item.participates());
    let mut found: Vec<(Item, u32)> = participating.map(|item| (item, exceeded(item))).collect();
    found.retain(|&(_, sections)| sections > 0);
    found.sort_by_key(|&(item, sections)| (std::cmp::Reverse(sections), item));
    found.truncate(settings.main_items as usize);
    found
}

/// (C − limit)/limit as a ratio, so that order and rounding are exact.
#[derive(Clone, Copy)]
struct Multiple {
    over: i128,
    limit: i128,
}

impl Multiple {
    fn tenths(self) -> i64 {
        i64::try_from(half_even_wide(self.over * 10, self.limit)).unwrap_or(i64::MAX)
    }
}

fn multiple(item: Item, sample: &Sample, verdict: &Verdict, settings: &Settings) -> Option<Multiple> {
    if matches!(item, Item::Ph | Item::DissolvedOxygen) {
        return None;
    }
    let limit = i128::from(limits(item, verdict.body)?[Class::III as usize]);
    let value = i128::from(compared(item, sample.get(item)?, settings));
    Some(Multiple { over: value - limit, limit })
}

/// Greater multiples are greater; none is least.
fn compare(left: Option<Multiple>, right: Option<Multiple>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => (left.over * right.limit).cmp(&(right.over * left.limit)),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::water::{Body, ONE, judge};

    fn check(sample: &Sample, expected: &str) {
        let settings = Settings::default();
        let verdict = judge(sample, Body::River, &settings).expect("there are values");
        let items = main_items(sample, &verdict, &settings);
        assert_eq!(items.iter().map(MainItem::zh).collect::<Vec<_>>().join("、"), expected);
    }

    #[test]
    fn the_worst_come_first_with_their_multiples() {
        let sample = Sample::EMPTY.with(Item::PermanganateIndex, 13_200_000);
        check(&sample, "高锰酸盐指数(1.2)");
        let sample = sample.with(Item::AmmoniaNitrogen, 3 * ONE).with(Item::DissolvedOxygen, 2_500_000);
        check(&sample, "氨氮(2.0)、高锰酸盐指数(1.2)、溶解氧");
        // Ⅴ as well, and further above its limit than the permanganate index.
        let sample = sample.with(Item::TotalPhosphorus, 390_000).with(Item::Petroleum, 900_000);
        check(&sample, "氨氮(2.0)、石油类(17.0)、高锰酸盐指数(1.2)");
        // A heavy metal is named before all, although its class is better.
        check(&sample.with(Item::Mercury, 200), "汞(1.0)、氨氮(2.0)、石油类(17.0)");
        check(&Sample::EMPTY.with(Item::PermanganateIndex, 6 * ONE), "");
    }

    #[test]
    fn a_river_ranks_by_share_of_sections() {
        let settings = Settings::default();
        let cod = Sample::EMPTY.with(Item::Cod, 25 * ONE);
        let both = cod.with(Item::TotalPhosphorus, 900_000);
        let verdicts: Vec<Verdict> = [cod, cod, both, both.with(Item::Bod5, 3 * ONE)]
            .iter()
            .map(|sample| judge(sample, Body::River, &settings).expect("there are values"))
            .collect();
        let found = main_items_by_rate(&verdicts, &settings);
        assert_eq!(found, [(Item::Cod, 4), (Item::TotalPhosphorus, 2)]);
    }
}
