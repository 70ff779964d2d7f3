//! A state in sentences, with the numbers that it follows from.

use message::{Text, text};
use rust_decimal::Decimal;

use crate::rule::{Assessment, Course, Direction, Facts, Settings, State, Target};

/// Why the state is what it is, the plainest reason first.
pub(crate) fn of(
    target: &Target,
    facts: &Facts<'_>,
    settings: &Settings,
    found: &Assessment,
    print: &dyn Fn(Decimal) -> String,
) -> Vec<Text> {
    let mut reasons = vec![state(target, facts, found, print)];
    reasons.extend(expectation(target, settings, found, print));
    if let (Some(forecast), State::OnTrack | State::AtRisk) = (found.forecast, found.state)
        && target.course != Course::Level
    {
        let forecast = print(forecast);
        reasons.push(text!(
            "按目前进度，到期约为{forecast}。",
            "At the pace so far, it would be {forecast} when due."
        ));
    }
    if let Some(pending) = facts.now.map(|figure| figure.pending).filter(|pending| *pending > 0) {
        reasons.push(text!(
            "另有{pending}行待核验，未计入。",
            "{pending} more rows await verification and do not count yet."
        ));
    }
    reasons
}

fn state(target: &Target, facts: &Facts<'_>, found: &Assessment, print: &dyn Fn(Decimal) -> String) -> Text {
    let (promised, by) = (print(target.value), target.by);
    let Some(value) = found.value else {
        return text!("目标{promised}，{by}前；没有数值。", "{promised} by {by}; there is no figure.");
    };
    let value = print(value);
    let days = found.days_left;
    match found.state {
        State::Reached => {
            text!("目标{promised}，现为{value}，已达到。", "{promised} was promised; it is {value}: met.")
        }
        State::Missed if facts.today > target.by => {
            let past = days.saturating_neg();
            text!(
                "{by}到期，已过{past}天；目标{promised}，到期时为{value}。",
                "Due on {by}, {past} days ago; {promised} was promised, {value} was reached."
            )
        }
        State::Missed => {
            text!(
                "上限{promised}，现已为{value}，超过上限。",
                "The limit is {promised}; it is {value} already."
            )
        }
        State::NoData => text!(
            "目标{promised}，现为{value}；没有起点数值，进度无从比较。",
            "{promised} was promised, it is {value}; there is no baseline to measure progress from."
        ),
        State::OnTrack | State::AtRisk => text!(
            "目标{promised}，现为{value}，距{by}到期还有{days}天。",
            "{promised} is promised, it is {value}; due on {by}, in {days} days."
        ),
    }
}

fn expectation(
    target: &Target,
    settings: &Settings,
    found: &Assessment,
    print: &dyn Fn(Decimal) -> String,
) -> Option<Text> {
    if !matches!(found.state, State::OnTrack | State::AtRisk) {
        return None;
    }
    let (value, expected) = (found.value?, found.expected?);
    if target.course == Course::Level {
        return Some(match found.state {
            State::OnTrack => Text::new(
                "目前符合目标，期末才能认定。",
                "It meets the target so far; the period's end decides.",
            ),
            _ => Text::new("目前不符合目标。", "It does not meet the target so far."),
        });
    }
    let baseline = found.baseline?;
    let gap = value.checked_sub(expected)?.abs();
    let lower = match target.direction {
        Direction::Lower => true,
        Direction::Higher => false,
        Direction::FromBaseline => target.value < baseline,
    };
    let behind = if lower { value > expected } else { value < expected };
    let tolerance = settings.tolerance.normalize();
    let (baseline, expected, gap) = (print(baseline), print(expected), print(gap));
    Some(match (behind, found.state) {
        (false, _) => text!(
            "自{baseline}起按时间均匀推进，今天应为{expected}；好于此数{gap}。",
            "Moving evenly from {baseline}, it should be {expected} today; it is better by {gap}."
        ),
        (true, State::OnTrack) => text!(
            "自{baseline}起按时间均匀推进，今天应为{expected}；差{gap}，在允许的{tolerance}%以内。",
            "Moving evenly from {baseline}, it should be {expected} today; it is short by {gap}, within the {tolerance}% allowed."
        ),
        (true, _) => text!(
            "自{baseline}起按时间均匀推进，今天应为{expected}；差{gap}，超过允许的{tolerance}%。",
            "Moving evenly from {baseline}, it should be {expected} today; it is short by {gap}, more than the {tolerance}% allowed."
        ),
    })
}
