//! Months and years: means, percentiles, completeness, attainment.

use super::{
    Attaining, Averaging, Concentration, DaysOfStatistics, Edition, Grade, Item, Ratio, Settings, Sum,
    daily_limit, limit,
};
use crate::calendar::{Date, days_of_month, days_of_year};

/// A span of natural days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A calendar year.
    Year(i16),
    /// A calendar month.
    Month(i16, u8),
    /// Any days, first and last included. No rule says how many of them must be valid.
    Days(Date, Date),
}

impl Period {
    /// The first day.
    pub const fn first(self) -> Date {
        match self {
            Self::Year(year) => Date::new(year, 1, 1),
            Self::Month(year, month) => Date::new(year, month, 1),
            Self::Days(first, _) => first,
        }
    }

    /// The last day.
    pub const fn last(self) -> Date {
        match self {
            Self::Year(year) => Date::new(year, 12, 31),
            Self::Month(year, month) => Date::new(year, month, days_of_month(year, month)),
            Self::Days(_, last) => last,
        }
    }

    /// How many days there are.
    pub const fn days(self) -> u32 {
        match self {
            Self::Year(year) => days_of_year(year) as u32,
            Self::Month(year, month) => days_of_month(year, month) as u32,
            Self::Days(first, last) => {
                let days = last.number() - first.number() + 1;
                if days < 0 { 0 } else { days as u32 }
            }
        }
    }
}

/// How many days of a period had a valid value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Days with a valid value.
    pub valid: u32,
    /// Days of the period.
    pub expected: u32,
    /// Valid days by month of the year (of all years, if the period has more than one).
    pub by_month: [u16; 12],
}

/// Why a statistic is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There is no valid day at all.
    NoDay,
    /// The year has too few valid days.
    Year {
        /// Valid days.
        have: u32,
        /// Days needed.
        need: u32,
    },
    /// A month has too few valid days.
    Month {
        /// The month, from 1: the first that has too few.
        month: u8,
        /// Valid days.
        have: u32,
        /// Days needed.
        need: u32,
    },
    /// The item has no such statistic in the standard.
    NoStatistic,
    /// The period mixes editions, and the settings refuse to judge it by one.
    MixedEditions,
}

/// English, for logs.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoDay => f.write_str("no valid day"),
            Self::Year { have, need } => write!(f, "{have} valid days in the year, {need} needed"),
            Self::Month { month, have, need } => {
                write!(f, "{have} valid days in month {month}, {need} needed")
            }
            Self::NoStatistic => f.write_str("the standard has no such statistic"),
            Self::MixedEditions => f.write_str("the period mixes editions of the standard"),
        }
    }
}

impl std::error::Error for Refusal {}

/// The statistics of one item over a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// The item.
    pub item: Item,
    /// How complete its days were.
    pub completeness: Completeness,
    /// Why nothing may be judged by them; `None` if they are enough.
    pub refusal: Option<Refusal>,
    mean: Option<Ratio>,
    percentile: Option<Ratio>,
}

impl Statistics {
    /// The statistics of an item from its daily values: one for each day of the period in order, missing
    /// ones [`Concentration::MISSING`]. A slice that ends early misses the rest.
    pub fn of(item: Item, period: Period, days: &[Concentration], settings: &Settings) -> Self {
        let first = period.first().number();
        let expected = period.days();
        let mut completeness = Completeness { expected, ..Completeness::default() };
        let mut sum = Sum::default();
        let mut values = Vec::with_capacity(days.len());
        // Month by month, so that no day's date has to be worked out.
        let mut date = Date::of_number(first);
        let mut rest = &days[..days.len().min(expected as usize)];
        while !rest.is_empty() {
            let left = days_of_month(date.year, date.month).saturating_sub(date.day) + 1;
            let (of_month, later) = rest.split_at(rest.len().min(usize::from(left)));
            let before = values.len();
            for &value in of_month {
                let value = match settings.days_of_statistics {
                    DaysOfStatistics::Exact => value,
                    DaysOfStatistics::Rounded => rounded(value, item),
                };
                if !value.is_missing() {
                    sum.push(value);
                    values.push(value);
                }
            }
            completeness.by_month[usize::from(date.month - 1)] += (values.len() - before) as u16;
            rest = later;
            date = match date.month {
                12 => Date::new(date.year.wrapping_add(1), 1, 1),
                month => Date::new(date.year, month + 1, 1),
            };
        }
        completeness.valid = values.len() as u32;
        Self {
            item,
            completeness,
            refusal: refusal(item, period, &completeness, settings),
            mean: sum.mean(),
            percentile: percentile_of(&mut values, settings.percentiles[item.index()]),
        }
    }

    /// The mean of the daily values; a refusal where the rule asks for more of them.
    pub fn mean(&self) -> Result<Ratio, Refusal> {
        self.judgeable(self.mean)
    }

    /// The percentile of the daily values; a refusal where the rule asks for more of them.
    pub fn percentile(&self) -> Result<Ratio, Refusal> {
        self.judgeable(self.percentile)
    }

    /// The mean of what there is, enough or not: to be shown with its completeness, never to be judged by.
    pub const fn mean_of_what_there_is(&self) -> Option<Ratio> {
        self.mean
    }

    /// The percentile of what there is, enough or not: to be shown with its completeness, never to be judged
    /// by.
    pub const fn percentile_of_what_there_is(&self) -> Option<Ratio> {
        self.percentile
    }

    /// The one statistic that rankings and the composite index take: the mean; for CO and O3 the percentile.
    pub fn ranking(&self) -> Result<Ratio, Refusal> {
        if has_annual_limit(self.item) { self.mean() } else { self.percentile() }
    }

    /// Compares the statistics with the limits of an edition and grade.
    pub fn judge(&self, edition: Edition, grade: Grade, settings: &Settings) -> Result<Judgement, Refusal> {
        let decimals = settings.decimals(edition, self.item);
        let compared =
            |value: Ratio, limit: i64| Compared { value: value.rounded(decimals), decimals, limit };
        let annual = limit(edition, self.item, Averaging::Year, grade);
        let mean = match annual {
            Some(limit) => Some(compared(self.mean()?, limit)),
            None => None,
        };
        let percentile = compared(self.percentile()?, daily_limit(edition, self.item, grade));
        let attains = match settings.attaining {
            Attaining::Ranking => mean.unwrap_or(percentile).attains(),
            Attaining::MeanAndPercentile => mean.is_none_or(Compared::attains) && percentile.attains(),
        };
        Ok(Judgement { mean, percentile, attains })
    }

    fn judgeable(&self, value: Option<Ratio>) -> Result<Ratio, Refusal> {
        match self.refusal {
            Some(refusal) => Err(refusal),
            None => value.ok_or(Refusal::NoDay),
        }
    }
}

/// Whether the item has an annual limit, hence an annual mean that counts.
const fn has_annual_limit(item: Item) -> bool {
    limit(Edition::E2012, item, Averaging::Year, Grade::II).is_some()
}

/// A daily value as it is published.
fn rounded(value: Concentration, item: Item) -> Concentration {
    let decimals = item.decimals();
    value.rounded(decimals).map_or(Concentration::MISSING, |rounded| {
        Concentration::thousandths(rounded * 10_i64.pow(3 - decimals))
    })
}

/// Why the days are too few, if they are.
fn refusal(item: Item, period: Period, days: &Completeness, settings: &Settings) -> Option<Refusal> {
    if days.valid == 0 {
        return Some(Refusal::NoDay);
    }
    if !has_annual_limit(item) && !settings.percentiles_need_validity {
        return None;
    }
    let of_month = |month: u8| {
        let have = u32::from(days.by_month[usize::from(month) - 1]);
        let rule = if month == 2 { settings.validity.february } else { settings.validity.month };
        let need = u32::from(rule);
        (have < need).then_some(Refusal::Month { month, have, need })
    };
    match period {
        Period::Year(_) if settings.year_needs_validity => {
            let (have, need) = (days.valid, u32::from(settings.validity.year));
            if have < need { Some(Refusal::Year { have, need }) } else { (1..=12).find_map(of_month) }
        }
        Period::Month(_, month @ 1..=12) if settings.month_needs_validity => of_month(month),
        _ => None,
    }
}

/// The percentile of values in rising order: X(s) + (X(s+1) − X(s))·(k − s) with k = 1 + (n − 1)·p % and s
/// its integer part (HJ 663, annex A, as two implementations have it). Exact. `None` without values.
pub fn percentile(rising: &[Concentration], per_cent: u8) -> Option<Ratio> {
    let (low, part) = place(rising.len(), per_cent)?;
    let high = rising.get(low + 1).unwrap_or(&rising[low]);
    between(rising[low], *high, part)
}

/// [`percentile`] of values in any order; they are put into another one. Only the two neighbours are looked for:
/// that is a fraction of the work of a full sort.
fn percentile_of(values: &mut [Concentration], per_cent: u8) -> Option<Ratio> {
    let (low, part) = place(values.len(), per_cent)?;
    let (_, &mut low, above) = values.select_nth_unstable_by(low, |one, other| one.compare(*other));
    let high = above.iter().copied().min_by(|one, other| one.compare(*other)).unwrap_or(low);
    between(low, high, part)
}

/// The place of the lower neighbour, and k − s in hundredths; `None` without values.
fn place(count: usize, per_cent: u8) -> Option<(usize, u64)> {
    let last = count.checked_sub(1)?;
    // k − 1 in hundredths.
    let place = last as u64 * u64::from(per_cent.min(100));
    Some((usize::try_from(place / 100).unwrap_or(last).min(last), place % 100))
}

/// The value so many hundredths of the way from one to the other.
fn between(low: Concentration, high: Concentration, part: u64) -> Option<Ratio> {
    let (low_numerator, low_denominator) = low.parts()?;
    let (high_numerator, high_denominator) = high.parts()?;
    let part = i128::from(part);
    let (a, b) = (i128::from(low_numerator), i128::from(low_denominator));
    let (c, d) = (i128::from(high_numerator), i128::from(high_denominator));
    // a/b·(1 − part) + c/d·part over the common denominator 100·b·d. Numerators below 2⁶³, denominators
    // below 2³²: below 2¹⁰³.
    Ratio::new(a * d * (100 - part) + c * b * part, 100 * b * d)
}

/// A statistic beside its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The statistic in units of its last decimal.
    pub value: i64,
    /// How many decimals it was rounded to.
    pub decimals: u32,
    /// The limit in thousandths.
    pub limit: i64,
}

impl Compared {
    /// Whether the statistic is not above the limit.
    pub const fn attains(self) -> bool {
        let (value, limit, _) = self.common();
        value <= limit
    }

    /// The multiple by which it is above the limit, (C − S) / S, in units of 10^−`decimals`; `None` if it is
    /// not above.
    pub const fn exceedance_multiple(self, decimals: u32) -> Option<i64> {
        let (value, limit, _) = self.common();
        if value <= limit || limit <= 0 {
            return None;
        }
        let scale = 10_i128.pow(if decimals > 9 { 9 } else { decimals });
        let multiple = crate::rounding::half_even_wide((value - limit) * scale, limit);
        if multiple > i64::MAX as i128 { None } else { Some(multiple as i64) }
    }

    /// Value and limit in the same unit, and how many of it are one of the item's unit.
    const fn common(self) -> (i128, i128, i128) {
        let decimals = if self.decimals > 9 { 9 } else { self.decimals };
        (self.value as i128 * 1000, self.limit as i128 * 10_i128.pow(decimals), 1000 * 10_i128.pow(decimals))
    }
}

/// The statistics of an item beside their limits, and whether it attains the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The annual mean; `None` for CO and O3, which have no annual limit.
    pub mean: Option<Compared>,
    /// The percentile of the daily values beside the daily limit.
    pub percentile: Compared,
    /// Whether the statistics that [`Settings::attaining`] asks for attain.
    pub attains: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Completeness, Period, Refusal, Statistics, percentile};
    use crate::air::{Attaining, Concentration, Edition, Grade, Item, Settings};
    use crate::calendar::Date;

    fn whole(values: impl IntoIterator<Item = i64>) -> Vec<Concentration> {
        values.into_iter().map(|value| Concentration::thousandths(value * 1000)).collect()
    }

    #[test]
    fn percentiles_of_counted_days() {
        fn check(last: i64, per_cent: u8, expected_hundredths: i64) {
            let value = percentile(&whole(1..=last), per_cent).map(|value| value.rounded(2));
            assert_eq!(value, Some(expected_hundredths), "P{per_cent} of 1…{last}");
        }
        check(365, 90, 32_860);
        check(365, 95, 34_680);
        check(365, 98, 35_772);
        check(366, 90, 32_950);
        check(1, 90, 100);
        check(2, 50, 150);
        check(7, 100, 700);
        assert_eq!(percentile(&[], 90), None);
    }

    #[test]
    fn too_few_days_are_refused_and_counted() {
        fn check(period: Period, item: Item, valid: impl Fn(Date) -> bool, expected: Option<Refusal>) {
            let first = period.first().number();
            let days: Vec<_> = (first..=period.last().number())
                .map(|number| if valid(Date::of_number(number)) { 10 } else { -1 })
                .collect();
            let statistics = Statistics::of(item, period, &whole(days), &Settings::default());
            assert_eq!(statistics.refusal, expected);
            assert_eq!(statistics.mean().err(), expected);
        }
        let year = Period::Year(2023);
        check(year, Item::So2, |_| true, None);
        check(year, Item::So2, |_| false, Some(Refusal::NoDay));
        check(year, Item::So2, |date| date.month < 12, Some(Refusal::Month { month: 12, have: 0, need: 27 }));
        let short = Some(Refusal::Year { have: 323, need: 324 });
        check(year, Item::So2, |date| date.number() - Date::new(2023, 1, 1).number() < 323, short);
        check(year, Item::No2, |date| date.month != 2 || date.day <= 25, None);
        let february = Some(Refusal::Month { month: 2, have: 24, need: 25 });
        check(year, Item::Co, |date| date.month != 2 || date.day <= 24, february);
        check(Period::Month(2023, 2), Item::O3, |date| date.day <= 24, february);
        check(Period::Month(2024, 2), Item::O3, |date| date.day <= 25, None);
        let april = Some(Refusal::Month { month: 4, have: 26, need: 27 });
        check(Period::Month(2024, 4), Item::Pm10, |date| date.day <= 26, april);
        check(
            Period::Days(Date::new(2024, 4, 1), Date::new(2024, 4, 3)),
            Item::Pm10,
            |date| date.day == 2,
            None,
        );
    }

    #[test]
    fn absent_days_count_as_missing() {
        let days = whole(std::iter::repeat_n(10, 300));
        let statistics = Statistics::of(Item::So2, Period::Year(2024), &days, &Settings::default());
        let by_month = [31, 29, 31, 30, 31, 30, 31, 31, 30, 26, 0, 0];
        assert_eq!(statistics.completeness, Completeness { valid: 300, expected: 366, by_month });
        assert_eq!(statistics.refusal, Some(Refusal::Year { have: 300, need: 324 }));
        assert_eq!(statistics.mean_of_what_there_is().map(|mean| mean.rounded(0)), Some(10));
    }

    #[test]
    fn attainment_by_edition() {
        let judged = |item, value, edition, settings: &Settings| {
            let days = vec![Concentration::thousandths(value); 365];
            let statistics = Statistics::of(item, Period::Year(2025), &days, settings);
            statistics.judge(edition, Grade::II, settings).expect("the year is complete")
        };
        let check = |item, value, expected: [bool; 3]| {
            let attains =
                Edition::ALL.map(|edition| judged(item, value, edition, &Settings::default()).attains);
            assert_eq!(attains, expected, "{item:?} {value}");
        };
        check(Item::Pm2_5, 35_000, [true, false, false]);
        // 35.4 is 35 before it meets its limit, and 30.5 is 30.
        check(Item::Pm2_5, 35_400, [true, false, false]);
        check(Item::Pm2_5, 30_500, [true, true, false]);
        check(Item::Pm10, 50_000, [true, true, true]);
        check(Item::So2, 21_000, [true, true, false]);
        check(Item::No2, 40_000, [true, true, false]);
        check(Item::O3, 160_500, [true, true, true]);
        check(Item::O3, 161_000, [false, false, false]);
        check(Item::Co, 4_050, [true, true, true]);
        check(Item::Co, 4_051, [false, false, false]);
        // (49 − 35) / 35 and, at the limit, none.
        let judgement = judged(Item::Pm2_5, 49_000, Edition::E2012, &Settings::default());
        assert_eq!(judgement.mean.and_then(|mean| mean.exceedance_multiple(2)), Some(40));
        assert_eq!(judgement.percentile.exceedance_multiple(2), None);
    }

    #[test]
    fn which_statistics_must_attain() {
        // 30 days of 90 and the rest 20: the mean is 25.75, but the 95th percentile 90.
        let days = whole((0..365).map(|day| if day < 30 { 90 } else { 20 }));
        let attains = |attaining| {
            let settings = Settings { attaining, ..Settings::default() };
            let statistics = Statistics::of(Item::Pm2_5, Period::Year(2025), &days, &settings);
            statistics.judge(Edition::E2012, Grade::II, &settings).expect("complete").attains
        };
        assert!(!attains(Attaining::MeanAndPercentile));
        assert!(attains(Attaining::Ranking));
    }

    proptest! {
        #[test]
        fn a_percentile_lies_between_its_neighbours(mut values in proptest::collection::vec(0_i64..900, 1..400), per_cent in 0_u8..=100) {
            values.sort_unstable();
            let found = percentile(&whole(values.clone()), per_cent).expect("there are values").rounded(6);
            let place = (values.len() - 1) * usize::from(per_cent) / 100;
            let next = (place + 1).min(values.len() - 1);
            prop_assert!(values[place] * 1_000_000 <= found && found <= values[next] * 1_000_000);
        }

        #[test]
        fn the_order_of_days_does_not_matter(values in proptest::collection::vec(-200_i64..900, 365), turn in 0_usize..365) {
            let mut turned = values.clone();
            turned.rotate_left(turn);
            let of = |values: Vec<i64>| {
                let statistics = Statistics::of(Item::O3, Period::Year(2025), &whole(values), &Settings::default());
                let place = |value: Option<super::Ratio>| value.map(|value| value.rounded(6));
                (place(statistics.mean_of_what_there_is()), place(statistics.percentile_of_what_there_is()))
            };
            prop_assert_eq!(of(values), of(turned));
        }
    }
}
