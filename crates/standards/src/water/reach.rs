//! Rivers, basins and water systems: several sections together (环办〔2011〕22号).

use super::{
    Body, Class, Grade, Item, MainItem, Mean, Refusal, Sample, Settings, Verdict, judge, main_items,
    main_items_by_rate,
};
use crate::rounding::half_even;

/// By which method the sections were put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Fewer than five sections: the means over the sections are judged like one section.
    Means {
        /// The means.
        mean: Box<Sample>,
        /// Their verdict.
        verdict: Box<Verdict>,
        /// Their main pollution items.
        main: Vec<MainItem>,
    },
    /// Five and more: the shares of the classes. There is no one class for the whole.
    Proportions {
        /// The main pollution items with the number of sections in which they are worse than Ⅲ.
        main: Vec<(Item, u32)>,
    },
}

/// Several sections together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The method, with what it gives.
    pub method: Method,
    /// The grade.
    pub grade: Grade,
    /// The sections' own verdicts, in the order given; a section without data has none.
    pub sections: Vec<Option<Verdict>>,
    /// How many sections have each class.
    pub counts: [u32; 6],
}

impl Reach {
    /// Sections that were judged.
    pub fn judged(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// Sections of classes Ⅰ–Ⅲ.
    pub fn good(&self) -> u32 {
        self.counts[..=Class::III as usize].iter().sum()
    }

    /// Sections worse than Ⅴ.
    pub fn inferior(&self) -> u32 {
        self.counts[Class::Inferior as usize]
    }

    /// So many of the judged sections, in tenths of a percent (half to even). Printed shares need not add
    /// up to 100.0, and are not repaired.
    pub fn share(&self, sections: u32) -> i64 {
        half_even(i64::from(sections) * 1_000, i64::from(self.judged()))
    }
}

/// Judges several sections together; refused if none of them has data.
///
/// Sections without data are counted neither in shares nor towards the five, but are told.
pub fn reach(samples: &[Sample], body: Body, settings: &Settings) -> Result<Reach, Refusal> {
    let sections: Vec<Option<Verdict>> =
        samples.iter().map(|sample| judge(sample, body, settings).ok()).collect();
    let verdicts: Vec<Verdict> = sections.iter().copied().flatten().collect();
    let mut counts = [0; 6];
    verdicts.iter().for_each(|verdict| counts[verdict.class as usize] += 1);
    let judged = u32::try_from(verdicts.len()).unwrap_or(u32::MAX);
    let good = counts[..=Class::III as usize].iter().sum();
    let by_shares =
        Grade::of_shares(good, counts[Class::Inferior as usize], judged).ok_or(Refusal::NoSections)?;
    if judged >= settings.proportion_from {
        let main = main_items_by_rate(&verdicts, settings);
        return Ok(Reach { method: Method::Proportions { main }, grade: by_shares, sections, counts });
    }
    let mean = Mean::of(samples, settings);
    let verdict = judge(&mean, body, settings)?;
    let main = main_items(&mean, &verdict, settings);
    let grade = verdict.grade();
    let method = Method::Means { mean: Box::new(mean), verdict: Box::new(verdict), main };
    Ok(Reach { method, grade, sections, counts })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::water::ONE;

    fn cod(values: &[i64]) -> Vec<Sample> {
        values.iter().map(|&value| Sample::EMPTY.with(Item::Cod, value * ONE)).collect()
    }

    #[test]
    fn few_sections_are_judged_by_their_means_and_many_by_their_shares() {
        let settings = Settings::default();
        let judged = |values: &[i64]| reach(&cod(values), Body::River, &settings).expect("sections");
        // 10, 10, 25, 50: the mean 23.75 is Ⅳ (23.8 after rounding).
        let few = judged(&[10, 10, 25, 50]);
        assert_eq!((few.grade, few.counts), (Grade::LightlyPolluted, [2, 0, 0, 1, 0, 1]));
        let Method::Means { main, .. } = &few.method else { panic!("{few:?}") };
        assert_eq!(main.iter().map(MainItem::zh).collect::<Vec<_>>(), ["化学需氧量(0.2)"]);
        // One more section, and it is shares: 3 of 5 are Ⅰ–Ⅲ, 1 of 5 worse than Ⅴ = 20 %.
        let many = judged(&[10, 10, 25, 50, 18]);
        assert_eq!((many.grade, many.share(many.good())), (Grade::ModeratelyPolluted, 600));
        let Method::Proportions { main } = &many.method else { panic!("{many:?}") };
        assert_eq!(main, &[(Item::Cod, 2)]);
        assert_eq!(judged(&[10, 10, 10]).share(1), 333);
    }

    #[test]
    fn a_section_without_data_is_told_and_not_counted() {
        let settings = Settings::default();
        let mut samples = cod(&[10, 10, 10, 10]);
        samples.push(Sample::EMPTY);
        let found = reach(&samples, Body::River, &settings).expect("sections");
        assert!(matches!(found.method, Method::Means { .. }));
        assert_eq!((found.judged(), found.sections.len()), (4, 5));
        assert_eq!(reach(&[Sample::EMPTY], Body::River, &settings), Err(Refusal::NoSections));
    }

    proptest! {
        #[test]
        fn the_order_of_sections_does_not_matter(values in prop::collection::vec(0_i64..60, 1..12)) {
            let settings = Settings::default();
            let mut samples = cod(&values);
            let found = reach(&samples, Body::River, &settings).expect("sections");
            samples.reverse();
            let turned = reach(&samples, Body::River, &settings).expect("sections");
            prop_assert_eq!((found.method, found.grade, found.counts), (turned.method, turned.grade, turned.counts));
        }
    }
}
