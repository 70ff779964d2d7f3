//! Values of months, quarters and years (环办〔2011〕22号).

use super::{Item, Mean, Refusal, Sample, Settings};

/// What the months are averaged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// One month: the mean of its samples, or its one sample.
    Month,
    /// The mean of the months, at least two of them.
    Quarter,
    /// The mean of the months, at least eight of them.
    Year,
}

impl Period {
    /// So many months it has.
    pub const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// So many of them must have data.
    pub const fn needed(self, settings: &Settings) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => settings.quarter_months,
            Self::Year => settings.year_months,
        }
    }
}

/// The mean of a period, and how complete its data were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodSample {
    /// The means of the months' means.
    pub sample: Sample,
    /// Months with at least one value.
    pub present: u32,
    /// Months that the period has.
    pub months: u32,
    /// For each item, the months that had it: metals are often measured in fewer.
    pub item_months: [u32; Item::COUNT],
}

/// The mean of the months. A month that is absent and one that is empty are the same: missing.
pub fn period_sample(
    period: Period,
    months: &[Sample],
    settings: &Settings,
) -> Result<PeriodSample, Refusal> {
    let mut mean = Mean::default();
    let mut present = 0;
    for month in months.iter().filter(|month| !month.is_empty()) {
        mean.add(month);
        present += 1;
    }
    let needed = period.needed(settings).max(1);
    if present < needed {
        return Err(Refusal::Months { present, needed });
    }
    Ok(PeriodSample {
        sample: mean.sample(settings),
        present,
        months: period.months(),
        item_months: Item::ALL.map(|item| mean.count(item)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::water::ONE;

    #[test]
    fn too_few_months_are_refused_with_their_number() {
        let month = |value| Sample::EMPTY.with(Item::Cod, value * ONE);
        let settings = Settings::default();
        let check = |period, months: &[Sample], expected: Result<i64, Refusal>| {
            let found = period_sample(period, months, &settings);
            assert_eq!(found.map(|found| found.sample.get(Item::Cod).unwrap_or(0)), expected);
        };
        check(Period::Month, &[month(12)], Ok(12 * ONE));
        check(Period::Month, &[Sample::EMPTY], Err(Refusal::Months { present: 0, needed: 1 }));
        check(Period::Quarter, &[month(12)], Err(Refusal::Months { present: 1, needed: 2 }));
        check(Period::Quarter, &[month(12), Sample::EMPTY, month(13)], Ok(12_500_000));
        check(Period::Year, &[month(9); 7], Err(Refusal::Months { present: 7, needed: 8 }));
        check(Period::Year, &[month(9); 8], Ok(9 * ONE));
    }
}
