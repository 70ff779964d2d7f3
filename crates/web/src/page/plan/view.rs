//! What the pages of the plan show and `/api/v1/plan` answers.

use assess::State;
use message::{Language, Text};
use pack::Target;
use serde::Serialize;
use utoipa::ToSchema;

use super::PlanQuery;
use super::data::{Assessed, Progress};
use crate::page::figures::desk::Desk;
use crate::page::figures::view::{FigureView, NameView};
use crate::ui::Speak;

/// The plan on a day.
#[derive(Serialize, ToSchema)]
pub struct PlanView {
    /// The day.
    pub day: String,
    /// How many targets are in each state.
    pub states: Vec<StateCount>,
    /// The programmes with all that is below them.
    pub programmes: Vec<ProgrammeView>,
}

/// How many targets are in a state.
#[derive(Serialize, ToSchema)]
pub struct StateCount {
    /// The state: `reached`, `on-track`, `at-risk`, `missed`, `no-data`.
    pub state: String,
    /// What it is called.
    pub label: String,
    /// How many targets.
    pub targets: u64,
}

/// A programme.
#[derive(Serialize, ToSchema)]
pub struct ProgrammeView {
    /// The key.
    pub key: String,
    /// The name.
    pub label: String,
    /// The plan that it carries out.
    pub plan: Option<NameView>,
    /// Its projects.
    pub projects: Vec<ProjectView>,
}

/// A project.
#[derive(Serialize, ToSchema)]
pub struct ProjectView {
    /// The key.
    pub key: String,
    /// The name.
    pub label: String,
    /// The unit that answers for it.
    pub lead: NameView,
    /// Its targets.
    pub targets: Vec<TargetView>,
}

/// A target with its state.
#[derive(Serialize, ToSchema)]
pub struct TargetView {
    /// The key.
    pub key: String,
    /// The name.
    pub label: String,
    /// The indicator that measures it.
    pub indicator: NameView,
    /// The value promised.
    pub value: String,
    /// The unit of the value.
    pub unit_of_value: String,
    /// The due day.
    pub by: String,
    /// The unit that promised.
    pub unit: NameView,
    /// What its branches do for it.
    pub measures: Vec<MeasureView>,
    /// The state: `reached`, `on-track`, `at-risk`, `missed`, `no-data`.
    pub state: String,
    /// What the state is called.
    pub state_label: String,
    /// Why, in sentences.
    pub reasons: Vec<String>,
    /// The figure on the day, or on the due day once that has passed.
    pub figure: Option<FigureView>,
    /// The figure from which the way is measured, where it is a state that moves.
    pub baseline: Option<FigureView>,
    /// The value that was to be expected on the day.
    pub expected: Option<String>,
    /// The value that the due day would see if all went on as it has.
    pub forecast: Option<String>,
    /// The part of the way that is done, in per cent.
    pub done: Option<String>,
    /// Days to the due day; less than 0 when it has passed.
    pub days_left: i32,
}

/// A supporting measure.
#[derive(Serialize, ToSchema)]
pub struct MeasureView {
    /// What is done.
    pub label: String,
    /// The unit or branch that does it.
    pub unit: NameView,
}

impl PlanView {
    /// The plan in a language, as far as the query wants it.
    pub fn of(desk: &Desk<'_>, progress: &Progress, query: &PlanQuery, language: Language) -> Self {
        let say = |text: &Text| language.say(text).into_owned();
        let plan = &desk.pack().plan;
        let projects_of = |programme: &str| {
            let projects = plan.projects.iter().filter(|project| project.programme == programme);
            let views = projects.map(|project| ProjectView {
                key: project.key.clone(),
                label: say(&project.label),
                lead: unit(desk, &project.lead),
                targets: targets(desk, progress, query, &project.key)
                    .map(|one| TargetView::of(desk, one, language))
                    .collect(),
            });
            views.filter(|project| !project.targets.is_empty()).collect::<Vec<_>>()
        };
        let programmes = plan.programmes.iter().map(|programme| ProgrammeView {
            key: programme.key.clone(),
            label: say(&programme.label),
            plan: plan
                .plans
                .iter()
                .find(|one| one.key == programme.plan)
                .map(|one| NameView { key: one.key.clone(), label: say(&one.label) }),
            projects: projects_of(&programme.key),
        });
        Self {
            day: progress.day.to_string(),
            states: State::ALL
                .iter()
                .map(|state| StateCount {
                    state: state.key().to_owned(),
                    label: say(&state.label()),
                    targets: progress.count(*state) as u64,
                })
                .collect(),
            programmes: programmes.filter(|programme| !programme.projects.is_empty()).collect(),
        }
    }
}

/// The targets of a project that a query wants.
pub fn targets<'a>(
    desk: &'a Desk<'_>,
    progress: &'a Progress,
    query: &'a PlanQuery,
    project: &'a str,
) -> impl Iterator<Item = &'a Assessed> {
    let given = |value: &'a Option<String>| value.as_deref().filter(|words| !words.is_empty());
    let (state, of) = (given(&query.state), given(&query.unit));
    progress.targets.iter().filter(move |one| {
        let target = target_of(desk, one);
        target.is_some_and(|target| target.project == project && of.is_none_or(|code| target.unit == code))
            && state.is_none_or(|key| one.assessment.state.key() == key)
    })
}

/// The target that was assessed.
pub fn target_of<'a>(desk: &'a Desk<'_>, one: &Assessed) -> Option<&'a Target> {
    desk.pack().plan.targets.iter().find(|target| target.key == one.key)
}

impl TargetView {
    /// A target in a language.
    pub fn of(desk: &Desk<'_>, one: &Assessed, language: Language) -> Self {
        let say = |text: &Text| language.say(text).into_owned();
        let target = target_of(desk, one);
        let indicator = target.and_then(|target| desk.pack().indicator(&target.indicator));
        let decimals = indicator.map_or(0, |one| u32::from(one.decimals));
        let shown = |value: rust_decimal::Decimal| quantity::fixed(value, decimals);
        let found = &one.assessment;
        let percent = |share: rust_decimal::Decimal| {
            share.checked_mul(rust_decimal::Decimal::ONE_HUNDRED).map(|share| quantity::fixed(share, 1))
        };
        Self {
            key: one.key.clone(),
            label: target.map(|target| say(&target.label)).unwrap_or_default(),
            indicator: indicator.map_or_else(
                || NameView { key: String::new(), label: String::new() },
                |one| NameView { key: one.key.clone(), label: say(&one.label) },
            ),
            value: target.map(|target| shown(target.value)).unwrap_or_default(),
            unit_of_value: indicator.map(|one| say(&desk.pack().unit(&one.unit))).unwrap_or_default(),
            by: target.map(|target| target.by.to_string()).unwrap_or_default(),
            unit: unit(desk, target.map_or("", |target| &target.unit)),
            measures: target
                .into_iter()
                .flat_map(|target| &target.measures)
                .map(|measure| MeasureView { label: say(&measure.label), unit: unit(desk, &measure.unit) })
                .collect(),
            state: found.state.key().to_owned(),
            state_label: say(&found.state.label()),
            reasons: found.reasons.iter().map(say).collect(),
            figure: one.figure.as_ref().map(|figure| FigureView::of(desk, figure, language)),
            baseline: one.baseline.as_ref().map(|figure| FigureView::of(desk, figure, language)),
            expected: found.expected.map(shown),
            forecast: found.forecast.map(shown),
            done: found.done.and_then(percent),
            days_left: found.days_left,
        }
    }
}

fn unit(desk: &Desk<'_>, code: &str) -> NameView {
    NameView { key: code.to_owned(), label: desk.unit(code) }
}
