//! What `/api/v1/overview` answers.

use assess::State;
use message::{Language, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::Gathered;
use super::waiting::Waiting;
use super::week::Changed;
use crate::page::figures::desk::Desk;
use crate::page::figures::view::FigureView;
use crate::page::plan::view::{StateCount, TargetView};
use crate::ui::Speak;

/// Where the city stands.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// The day.
    pub day: String,
    /// What waits for the visitor.
    pub waiting: Waiting,
    /// How many targets are in each state.
    pub states: Vec<StateCount>,
    /// The targets.
    pub targets: Vec<TargetView>,
    /// The key figures, in the city's order.
    pub figures: Vec<FigureView>,
    /// The first day of the week that `changed` tells of.
    pub since: Option<String>,
    /// What was entered in the week, by register.
    pub changed: Vec<Changed>,
}

impl Overview {
    /// The overview in a language.
    pub(super) fn of(desk: &Desk<'_>, gathered: Gathered, l: Language) -> Self {
        let mut view = Self {
            day: desk.today.to_string(),
            waiting: gathered.waiting,
            states: Vec::new(),
            targets: Vec::new(),
            figures: Vec::new(),
            since: None,
            changed: Vec::new(),
        };
        let Some((progress, courses, week)) = gathered.city else { return view };
        view.states = State::ALL
            .iter()
            .map(|state| StateCount {
                state: state.key().to_owned(),
                label: l.say(&state.label()).into_owned(),
                targets: progress.count(*state) as u64,
            })
            .collect();
        view.targets = progress.targets.iter().map(|one| TargetView::of(desk, one, l)).collect();
        let figures = key_places(desk).into_iter().filter_map(|place| courses.latest(place));
        view.figures = figures.map(|figure| FigureView::of(desk, figure, l)).collect();
        view.since = Some(week.first.to_string());
        let label =
            |key: &str| desk.pack().register(key).map_or_else(|| Text::same(key), |one| one.label.clone());
        let named =
            |one: &Changed| Changed { label: l.say(&label(&one.register)).into_owned(), ..one.clone() };
        view.changed = week.changed.iter().map(named).collect();
        view
    }
}

/// The places, among the pack's indicators, of those that the city shows first: the ones it opens to everybody.
pub(super) fn key_places(desk: &Desk<'_>) -> Vec<usize> {
    let pack = desk.pack();
    let place = |key: &String| pack.indicators.iter().position(|one| one.key == *key);
    pack.public.indicators.iter().filter_map(place).collect()
}
