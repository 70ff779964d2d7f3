//! What an edition says of days and periods.

use standards::air::{
    Composite, Day, DayCount, Edition, Grade, Index, Item, Items, Judgement, Refusal, Settings, SubIndices,
};
use standards::calendar::Date;

use crate::evaluate::{Evaluation, PeriodStatistics, in_threads};

/// By which edition to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// All days by this one.
    By(Edition),
    /// Each day by the edition of its date; a period that mixes editions as the settings say.
    ByDate,
}

impl Judge {
    /// The key of options and columns.
    pub const fn key(self) -> &'static str {
        match self {
            Self::By(edition) => edition.key(),
            Self::ByDate => "by-date",
        }
    }

    /// The edition of a day, by its number.
    pub fn on(self, number: i32) -> Edition {
        match self {
            Self::By(edition) => edition,
            Self::ByDate => {
                let date = Date::of_number(number);
                Edition::on(date.year, date.month, date.day)
            }
        }
    }

    /// The edition of a period; `None` if it mixes editions and the settings refuse that.
    pub fn of_period(self, statistics: &PeriodStatistics, settings: &Settings) -> Option<Edition> {
        match self {
            Self::By(edition) => Some(edition),
            Self::ByDate => settings.edition_of_period(statistics.period.first(), statistics.period.last()),
        }
    }
}

/// A period judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The edition whose limits were applied; `None` if the period mixes editions and the settings refuse that.
    pub edition: Option<Edition>,
    /// Whether the period's days were judged by more than one edition.
    pub is_mixed: bool,
    /// The days by level.
    pub count: DayCount,
    /// On how many days each item was (also) the primary pollutant.
    pub primary_days: [u16; Item::COUNT],
    /// By item: statistics beside the limits of grade II, or why there is no judgement.
    pub items: [Result<Judgement, Refusal>; Item::COUNT],
    /// The composite index, or the first item that has too few days.
    pub composite: Result<Composite, (Item, Refusal)>,
}

impl Judged {
    /// Whether all items attain the standard; `None` if one could not be judged and none fails.
    pub fn attains(&self) -> Option<bool> {
        if self.items.iter().any(|item| item.is_ok_and(|item| !item.attains)) {
            return Some(false);
        }
        self.items.iter().all(Result::is_ok).then_some(true)
    }

    /// The items that do not attain.
    pub fn failing(&self) -> Items {
        Item::ALL
            .into_iter()
            .filter(|item| self.items[item.index()].is_ok_and(|item| !item.attains))
            .collect()
    }
}

/// The daily index of a day.
#[inline]
pub fn judge_day(day: &Day, number: i32, judge: Judge, settings: &Settings) -> Index {
    day.index(judge.on(number), settings)
}

impl Evaluation {
    /// Judges periods; the answers stand in the order of the statistics.
    pub fn judge(&self, statistics: &[PeriodStatistics], judge: Judge, threads: usize) -> Vec<Judged> {
        let by_edition = Edition::ALL.map(|edition| {
            let is_asked = matches!(judge, Judge::ByDate) || judge == Judge::By(edition);
            is_asked.then(|| SubIndices::of_days(edition, self.settings()))
        });
        in_threads(statistics, threads, |period| self.judge_period(period, judge, &by_edition))
    }

    /// The index of a day, by its place.
    pub fn index(&self, scope: crate::Scope, day: usize, judge: Judge) -> Index {
        judge_day(&self.day(scope, day), self.number(day), judge, self.settings())
    }

    fn judge_period(
        &self,
        statistics: &PeriodStatistics,
        judge: Judge,
        by_edition: &[Option<SubIndices>; 3],
    ) -> Judged {
        let settings = self.settings();
        let mut count = DayCount::default();
        let mut primary_days = [0; Item::COUNT];
        let (first, last) = (statistics.period.first().number(), statistics.period.last().number());
        // Editions change between months, never within one of them: the date is looked at once a month.
        let is_mixed = judge.on(first) != judge.on(last);
        let of_all = judge.on(first);
        for number in first..=last {
            let Some(place) =
                usize::try_from(number - self.number(0)).ok().filter(|place| *place < self.len())
            else {
                continue;
            };
            let edition = if is_mixed { judge.on(number) } else { of_all };
            let day = self.day(statistics.scope, place);
            let index = match &by_edition[edition.index()] {
                Some(sub_indices) => day.index_by(sub_indices),
                None => day.index(edition, settings),
            };
            count.push(&index);
            let primary = index.primary();
            for (item, days) in Item::ALL.into_iter().zip(&mut primary_days) {
                *days += u16::from(primary.contains(item));
            }
        }
        let edition = judge.of_period(statistics, settings);
        let judged = |item: Item| match edition {
            Some(edition) => statistics.items[item.index()].judge(edition, Grade::II, settings),
            None => Err(Refusal::NoStatistic),
        };
        Judged {
            edition,
            is_mixed,
            count,
            primary_days,
            items: Item::ALL.map(judged),
            composite: match edition {
                Some(edition) => Composite::of(edition, &statistics.items, settings),
                None => Err((Item::So2, Refusal::NoStatistic)),
            },
        }
    }
}
