//! The class of a section: the worst of its participating items (环办〔2011〕22号, single-factor method).

use super::{Body, Class, Grade, Item, ItemSet, Refusal, Sample, Settings, class_of};

/// What a section is judged to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// By which limits.
    pub body: Body,
    /// The section's class.
    pub class: Class,
    /// The participating items that have this class; none for class Ⅰ, which nothing holds back.
    pub deciding: ItemSet,
    /// The participating items that had a value. The rule has 21; how many there were is told, not guessed.
    pub judged: ItemSet,
    classes: [Option<Class>; Item::COUNT],
}

impl Verdict {
    /// The class of one item; also of total nitrogen (lakes) and faecal coliforms, which take no part.
    pub const fn class_of(&self, item: Item) -> Option<Class> {
        self.classes[item as usize]
    }

    /// The grade in words.
    pub const fn grade(&self) -> Grade {
        Grade::of_class(self.class)
    }

    /// The participating items that had no value.
    pub fn missing(&self) -> ItemSet {
        let absent = Item::ALL.into_iter().filter(|&item| item.participates() && !self.judged.has(item));
        absent.fold(ItemSet::EMPTY, ItemSet::with)
    }
}

/// Judges a sample by the single-factor method. Refused if no participating item has a value.
pub fn judge(sample: &Sample, body: Body, settings: &Settings) -> Result<Verdict, Refusal> {
    let classes = Item::ALL.map(|item| class_of(item, sample, body, settings));
    let participating = || {
        let items = Item::ALL.into_iter().filter(|item| item.participates());
        items.filter_map(|item| Some((item, classes[item as usize]?)))
    };
    let class = participating().map(|(_, class)| class).max().ok_or(Refusal::Nothing)?;
    let set = |items: &mut dyn Iterator<Item = Item>| items.fold(ItemSet::EMPTY, ItemSet::with);
    let deciding = if class == Class::I {
        ItemSet::EMPTY
    } else {
        set(&mut participating().filter(|&(_, one)| one == class).map(|(item, _)| item))
    };
    let judged = set(&mut participating().map(|(item, _)| item));
    Ok(Verdict { body, class, deciding, judged, classes })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::water::ONE;

    #[test]
    fn the_worst_participating_item_decides() {
        let sample = Sample::EMPTY
            .with(Item::Ph, 7_500_000)
            .with(Item::DissolvedOxygen, 8 * ONE)
            .with(Item::TotalPhosphorus, 60_000)
            .with(Item::TotalNitrogen, 9 * ONE)
            .with(Item::AmmoniaNitrogen, 450_000);
        let judged = |body| judge(&sample, body, &Settings::default()).expect("there are values");
        let keys = |verdict: &Verdict| verdict.deciding.iter().map(Item::key).collect::<Vec<_>>().join(";");
        let river = judged(Body::River);
        assert_eq!((river.class, keys(&river).as_str()), (Class::II, "ammonia_nitrogen;total_phosphorus"));
        let lake = judged(Body::Lake);
        // Total nitrogen is told (劣Ⅴ) and takes no part.
        assert_eq!((lake.class, keys(&lake).as_str()), (Class::IV, "total_phosphorus"));
        assert_eq!(lake.class_of(Item::TotalNitrogen), Some(Class::Inferior));
        assert_eq!((lake.judged.len(), lake.missing().len()), (4, 17));
        assert_eq!(lake.grade(), Grade::LightlyPolluted);
    }

    #[test]
    fn there_is_no_class_for_nothing() {
        let only = Sample::EMPTY.with(Item::WaterTemperature, 20 * ONE).with(Item::TotalNitrogen, ONE);
        assert_eq!(judge(&only, Body::Lake, &Settings::default()), Err(Refusal::Nothing));
        // An impossible value is none.
        let broken = only.with(Item::AmmoniaNitrogen, -ONE).with(Item::Ph, 15 * ONE);
        assert_eq!(broken, only);
    }

    proptest! {
        #[test]
        fn a_section_never_improves_when_one_item_worsens(
            values in prop::collection::vec(prop::option::of(0_i64..50_000_000), Item::COUNT),
            item in 0_usize..Item::COUNT, more in 0_i64..20_000_000, lake: bool,
        ) {
            let body = if lake { Body::Lake } else { Body::River };
            let item = Item::ALL[item];
            prop_assume!(!matches!(item, Item::Ph | Item::WaterTemperature));
            let mut sample = Sample::EMPTY;
            for (item, value) in Item::ALL.into_iter().zip(values) {
                if let Some(value) = value {
                    sample.set(item, value);
                }
            }
            let value = sample.get(item).unwrap_or(0);
            let (better, worse) = match item {
                Item::DissolvedOxygen => (value + more, value),
                _ => (value, value + more),
            };
            let class = |value| judge(&sample.with(item, value), body, &Settings::default()).map(|verdict| verdict.class);
            if let (Ok(better), Ok(worse)) = (class(better), class(worse)) {
                prop_assert!(better <= worse);
            }
            // A value that cannot be changes nothing, and what takes no part decides nothing.
            prop_assert_eq!(sample.with(item, -1), sample);
            if let Ok(verdict) = judge(&sample, body, &Settings::default()) {
                prop_assert!(verdict.deciding.iter().all(|item| item.participates() && verdict.class_of(item) == Some(verdict.class)));
            }
        }
    }
}
