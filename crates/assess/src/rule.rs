//! The rule.

use figure::Figure;
use jiff::civil::Date;
use message::Text;
use rust_decimal::Decimal;

use crate::reasons;

/// What was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The value, in the unit of its figures.
    pub value: Decimal,
    /// The due day; what is done on it still counts.
    pub by: Date,
    /// Which way is better.
    pub direction: Direction,
    /// How its value comes about.
    pub course: Course,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better: the target is met from its value up.
    Higher,
    /// Less is better: the target is met from its value down.
    Lower,
    /// The indicator does not say; the way from the baseline to the target does.
    FromBaseline,
}

/// How a value comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The state of things on a day, which moves from a baseline to the target: docks from 583 to 188.
    Path,
    /// A sum over a period, which grows from zero: eight courses in a year.
    Sum,
    /// A rate or mean over a period, which should meet the target all the time.
    Level,
}

/// What is known.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Today.
    pub today: Date,
    /// The figure as at today, or as at the due day once that has passed.
    pub now: Option<&'a Figure>,
    /// For [`Course::Path`]: the figure as at the day on which the way began.
    pub baseline: Option<&'a Figure>,
}

/// What a city may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How much of the whole way a figure may fall short of what is expected and still be on track, in per cent.
    pub tolerance: Decimal,
}

impl Default for Settings {
    fn default() -> Self {
        Self { tolerance: Decimal::TEN }
    }
}

/// The state of a target. The order is from bad to good, for all but [`State::NoData`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nothing can be said.
    NoData,
    /// The due day has passed, or a limit was.
    Missed,
    /// Behind what was to be expected by more than the tolerance.
    AtRisk,
    /// As expected, or better.
    OnTrack,
    /// Met.
    Reached,
}

impl State {
    /// All, from good to bad.
    pub const ALL: [Self; 5] = [Self::Reached, Self::OnTrack, Self::AtRisk, Self::Missed, Self::NoData];

    /// `on-track`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::OnTrack => "on-track",
            Self::AtRisk => "at-risk",
            Self::Missed => "missed",
            Self::NoData => "no-data",
        }
    }

    /// 按期推进.
    pub fn label(self) -> Text {
        match self {
            Self::Reached => Text::new("已完成", "Met"),
            Self::OnTrack => Text::new("按期推进", "On track"),
            Self::AtRisk => Text::new("有风险", "At risk"),
            Self::Missed => Text::new("未完成", "Missed"),
            Self::NoData => Text::new("暂无数据", "No data"),
        }
    }
}

/// A state with everything that it follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The state.
    pub state: State,
    /// The figure's value.
    pub value: Option<Decimal>,
    /// Where the way began.
    pub baseline: Option<Decimal>,
    /// What was to be expected today.
    pub expected: Option<Decimal>,
    /// What the due day would see if all went on as it has so far; only before that day.
    pub forecast: Option<Decimal>,
    /// The part of the way that is done: 1 is all of it. Less than 0 where things went the wrong way.
    pub done: Option<Decimal>,
    /// The part of the way that was to be done by today.
    pub due: Option<Decimal>,
    /// The days to the due day; less than 0 when it has passed.
    pub days_left: i32,
    /// Why, in sentences.
    pub reasons: Vec<Text>,
}

/// Assesses a target. `print` writes a value as the target's indicator shows it, with its unit.
pub fn assess(
    target: &Target,
    facts: &Facts<'_>,
    settings: &Settings,
    print: &dyn Fn(Decimal) -> String,
) -> Assessment {
    let way = Way::of(target, facts);
    let value = facts.now.and_then(|figure| figure.value);
    let days_left = days(facts.today, target.by);
    let expected = way.as_ref().and_then(|way| way.expected(target));
    let state = match value {
        None => State::NoData,
        Some(value) => state(target, facts, settings, way.as_ref(), value),
    };
    let forecast = match (&way, value) {
        (Some(way), Some(value)) if days_left > 0 => way.forecast(target.course, value),
        _ => None,
    };
    let share = |of: Option<Decimal>| way.as_ref().and_then(|way| way.share(target, of?));
    let mut assessment = Assessment {
        state,
        value,
        baseline: way.as_ref().map(|way| way.from),
        expected,
        forecast,
        done: share(value),
        due: share(expected),
        days_left,
        reasons: Vec::new(),
    };
    assessment.reasons = reasons::of(target, facts, settings, &assessment, print);
    assessment
}

fn state(
    target: &Target,
    facts: &Facts<'_>,
    settings: &Settings,
    way: Option<&Way>,
    value: Decimal,
) -> State {
    let passed = facts.today > target.by;
    let direction = resolved(target, way);
    // A sum below its limit, and a rate that is right so far, may still turn out wrong.
    let open =
        target.course == Course::Level || (target.course == Course::Sum && direction == Direction::Lower);
    match (meets(target, direction, value), passed) {
        (true, true) => return State::Reached,
        (true, false) if !open => return State::Reached,
        (false, true) => return State::Missed,
        // A limit that was passed cannot be met again.
        (false, false) if target.course == Course::Sum && direction == Direction::Lower => {
            return State::Missed;
        }
        (meets, false) if target.course == Course::Level => {
            return if meets { State::OnTrack } else { State::AtRisk };
        }
        _ => {}
    }
    let Some(way) = way else { return State::NoData };
    let Some(expected) = way.expected(target) else { return State::NoData };
    let short = match direction {
        Direction::Lower => value.saturating_sub(expected),
        _ => expected.saturating_sub(value),
    };
    let length = target.value.saturating_sub(way.from).abs();
    let tolerance =
        settings.tolerance.max(Decimal::ZERO).checked_div(Decimal::ONE_HUNDRED).unwrap_or_default();
    // A baseline that already met the target leaves no way to be on.
    if length.is_zero() || short > length.saturating_mul(tolerance) { State::AtRisk } else { State::OnTrack }
}

/// Whether a value is as good as promised.
fn meets(target: &Target, direction: Direction, value: Decimal) -> bool {
    match direction {
        Direction::Lower => value <= target.value,
        _ => value >= target.value,
    }
}

/// The direction, taken from the way where the indicator does not say it.
pub(crate) fn resolved(target: &Target, way: Option<&Way>) -> Direction {
    match (target.direction, way) {
        (Direction::FromBaseline, Some(way)) if target.value < way.from => Direction::Lower,
        (Direction::FromBaseline, _) => Direction::Higher,
        (direction, _) => direction,
    }
}

/// From where, and how much of the time has gone.
pub(crate) struct Way {
    pub(crate) from: Decimal,
    /// Days since the beginning, and to the due day.
    gone: i32,
    whole: i32,
}

impl Way {
    fn of(target: &Target, facts: &Facts<'_>) -> Option<Self> {
        let (from, start) = match target.course {
            Course::Path => {
                let baseline = facts.baseline?;
                (baseline.value?, baseline.id.as_of)
            }
            // The day before the first: on the first day's evening, a day of the period is gone.
            Course::Sum | Course::Level => {
                let first = facts.now?.id.period.first();
                (Decimal::ZERO, first.yesterday().unwrap_or(first))
            }
        };
        let whole = days(start, target.by).max(0);
        Some(Self { from, gone: days(start, facts.today).clamp(0, whole), whole })
    }

    /// What was to be expected by now.
    fn expected(&self, target: &Target) -> Option<Decimal> {
        if target.course == Course::Level || self.gone == self.whole {
            return Some(target.value);
        }
        let way = target.value.checked_sub(self.from)?;
        let gone = way.checked_mul(Decimal::from(self.gone))?.checked_div(Decimal::from(self.whole))?;
        self.from.checked_add(gone)
    }

    /// What the whole time would bring at the pace so far.
    fn forecast(&self, course: Course, value: Decimal) -> Option<Decimal> {
        if course == Course::Level {
            return Some(value);
        }
        let change = value.checked_sub(self.from)?;
        let whole = change.checked_mul(Decimal::from(self.whole))?.checked_div(Decimal::from(self.gone))?;
        self.from.checked_add(whole)
    }

    /// Which part of the way a value has behind it.
    fn share(&self, target: &Target, value: Decimal) -> Option<Decimal> {
        let way = target.value.checked_sub(self.from)?;
        value.checked_sub(self.from)?.checked_div(way)
    }
}

pub(crate) fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests;
