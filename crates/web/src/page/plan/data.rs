//! The state of every target on a day.

use std::sync::Arc;

use assess::{Assessment, Course, Direction, Facts, Settings, State, assess};
use figure::{Figure, Period};
use figures::Request;
use jiff::civil::Date;
use pack::{Definition, Formula, Indicator, MeasureOver, Operator, Pack, Sum, Target};

use crate::fault::Fault;
use crate::page::figures::desk::Desk;
use crate::ui::measured;

/// The plan on a day.
pub struct Progress {
    /// The day.
    pub day: Date,
    /// The targets, in the order of the pack.
    pub targets: Vec<Assessed>,
}

/// A target with its state.
pub struct Assessed {
    /// The target's key.
    pub key: String,
    /// The figure on the day, or on the due day once that has passed.
    pub figure: Option<Figure>,
    /// The figure from which the way is measured, for a state that moves.
    pub baseline: Option<Figure>,
    /// The day from which the way is measured.
    pub since: Date,
    /// The state, and why.
    pub assessment: Assessment,
}

impl Progress {
    /// How many targets are in a state.
    pub fn count(&self, state: State) -> usize {
        self.targets.iter().filter(|one| one.assessment.state == state).count()
    }
}

/// The state of every target, kept from earlier or computed.
pub fn progress(desk: &Desk<'_>, day: Date) -> Result<Arc<Progress>, Fault> {
    let snapshot = desk.snapshot;
    let question = format!("plan {day} {}+{}", snapshot.known_at, snapshot.lake.unwrap_or_default());
    desk.now.kept.answer(&question, || {
        let targets: Vec<(&Target, &Indicator)> = desk
            .pack()
            .plan
            .targets
            .iter()
            .filter_map(|target| Some((target, desk.pack().indicator(&target.indicator)?)))
            .collect();
        let mut requests = Vec::new();
        for (target, indicator) in &targets {
            requests.push(request(desk, indicator, at(target, day)));
            requests.push(request(desk, indicator, since(target, indicator, day)));
        }
        let mut answers = desk.engine().evaluate_each(&requests).into_iter();
        let mut next = || answers.next().and_then(Result::ok).and_then(|figures| figures.into_iter().next());
        let mut assessed = Vec::new();
        for (target, indicator) in targets {
            let (figure, before) = (next(), next());
            let course = course(desk.pack(), indicator);
            let baseline = before.filter(|_| course == Course::Path);
            // What is shown is compared (GB/T 8170, comparing rounded values): nothing that reads as promised is missed.
            let rounded = |figure: &Figure| Figure {
                value: figure
                    .value
                    .map(|value| quantity::round_half_even(value, u32::from(indicator.decimals))),
                ..figure.clone()
            };
            let (now, start) = (figure.as_ref().map(rounded), baseline.as_ref().map(rounded));
            let facts = Facts { today: day, now: now.as_ref(), baseline: start.as_ref() };
            let promise = assess::Target {
                value: target.value,
                by: target.by,
                direction: direction(indicator),
                course,
            };
            let unit = desk.pack().unit(&indicator.unit);
            let said = |unit: &str| {
                let print = |value| measured(quantity::fixed(value, u32::from(indicator.decimals)), unit);
                assess(&promise, &facts, &Settings::default(), &print)
            };
            // The reasons are sentences of each language, with the values and units of that language.
            let mut assessment = said(&unit.simplified);
            for (reason, other) in assessment.reasons.iter_mut().zip(said(&unit.english).reasons) {
                reason.english = other.english;
            }
            let since = since(target, indicator, day);
            assessed.push(Assessed { key: target.key.clone(), figure, baseline, since, assessment });
        }
        let weight = 1 + assessed.len() / 20;
        Ok((Progress { day, targets: assessed }, weight))
    })
}

/// The day whose figure tells of a target: the due day once it has passed.
fn at(target: &Target, day: Date) -> Date {
    day.min(target.by)
}

/// The day from which the way to a target is measured. A target is a year's task unless its pack says otherwise: of a
/// state that moves, the way begins at the end of the year before the due day's, or, while that lies ahead, of the year
/// before the day that is looked at; of a sum, on the first day of the due day's year.
fn since(target: &Target, indicator: &Indicator, day: Date) -> Date {
    if let Some(since) = target.since {
        // Before its way began, a target stands at its beginning.
        return since.min(day);
    }
    let year = target.by.year().min(day.year());
    match indicator.measure {
        MeasureOver::Stock => Period::Year(year.saturating_sub(1).max(1)).last(),
        MeasureOver::Flow => Period::Year(target.by.year()).first(),
    }
}

fn request(desk: &Desk<'_>, indicator: &Indicator, day: Date) -> Request {
    Request {
        as_of: Some(day),
        known_at: Some(desk.snapshot.known_at),
        lake: desk.snapshot.lake,
        ..Request::new(&indicator.key, Period::Year(day.year()))
    }
}

fn direction(indicator: &Indicator) -> Direction {
    match indicator.direction {
        pack::Direction::Higher => Direction::Higher,
        pack::Direction::Lower => Direction::Lower,
        pack::Direction::None => Direction::FromBaseline,
    }
}

/// How an indicator's value comes about: a stock moves, a count or sum grows within its period, and what is divided or
/// averaged is a level.
fn course(pack: &Pack, indicator: &Indicator) -> Course {
    match indicator.measure {
        MeasureOver::Stock => Course::Path,
        MeasureOver::Flow if grows(pack, indicator) => Course::Sum,
        MeasureOver::Flow => Course::Level,
    }
}

fn grows(pack: &Pack, indicator: &Indicator) -> bool {
    match &indicator.definition {
        Definition::Rows { sum, .. } => matches!(sum, Sum::Count | Sum::Sum),
        Definition::Formula(formula) => formula_grows(pack, formula),
    }
}

fn formula_grows(pack: &Pack, formula: &Formula) -> bool {
    match formula {
        Formula::Number(_) => true,
        Formula::Indicator(key) => pack.indicator(key).is_some_and(|one| grows(pack, one)),
        // A ratio, or the product of two things that grow, is nothing that grows evenly.
        Formula::Binary(_, Operator::Divide, right) if !matches!(**right, Formula::Number(_)) => false,
        Formula::Binary(left, Operator::Multiply, right)
            if !matches!(**left, Formula::Number(_)) && !matches!(**right, Formula::Number(_)) =>
        {
            false
        }
        Formula::Binary(left, _, right) => formula_grows(pack, left) && formula_grows(pack, right),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::{Date, date};

    use super::since;

    #[test]
    fn a_way_begins_where_the_pack_says_or_with_the_year() {
        let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jiangcheng");
        let pack = city::read_pack(&pack).expect("the demo pack compiles");
        let check = |target: &str, from: Option<Date>, day: Date, expected: Date| {
            let mut target =
                pack.plan.targets.iter().find(|one| one.key == target).expect("a target").clone();
            target.since = from;
            let indicator = pack.indicator(&target.indicator).expect("an indicator");
            assert_eq!(since(&target, indicator, day), expected, "{} on {day}", target.key);
        };
        // A state of things and a sum, both due on 2022-12-31.
        check("docks-188", None, date(2022, 6, 1), date(2021, 12, 31));
        check("docks-188", None, date(2020, 6, 1), date(2019, 12, 31));
        check("docks-188", None, date(2023, 6, 1), date(2021, 12, 31));
        check("docks-188", Some(date(2018, 12, 31)), date(2022, 6, 1), date(2018, 12, 31));
        check("docks-188", Some(date(2018, 12, 31)), date(2017, 6, 1), date(2017, 6, 1));
        check("contracts-800", None, date(2022, 6, 1), date(2022, 1, 1));
    }
}
