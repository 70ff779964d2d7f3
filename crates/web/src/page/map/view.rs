//! Everything that the map's page says.

use std::collections::BTreeMap;

use access::Action;
use jiff::civil::{Date, date};
use message::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::Asked;
use super::latest::{self, Station};
use super::list::{self, Listed};
use super::panel::Panel;
use super::sheet::{Count, Part, Sheet, SheetKey};
use super::sight::Sight;
use super::theme::{self, Choice, Theme};
use super::tiles::{has_shapes, is_base, seen};
use crate::app::{App, InForce};
use crate::fault::Fault;
use crate::visitor::Visitor;
use crate::when;

/// The slider goes back so many years.
const YEARS: i16 = 10;

/// What the map shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MapView {
    /// The day as of which it is shown.
    pub at: String,
    /// The days of the slider: ends of years, and today.
    pub days: Vec<String>,
    /// Every layer that can be shown.
    pub layers: Vec<LayerView>,
    /// The first things of each layer that is shown.
    pub lists: Vec<Listed>,
    /// The indicators that can colour the districts.
    pub themes: Vec<Choice>,
    /// The one that does.
    pub theme: Option<Theme>,
    /// The stations' latest values, if asked for.
    pub stations: Option<Vec<Station>>,
    /// Whether the city has measurements at all.
    pub measured: bool,
    /// The record that is told of.
    pub panel: Option<Panel>,
    /// West, south, east, north of the city in degrees.
    pub bounds: (f64, f64, f64, f64),
}

/// A layer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LayerView {
    /// The register's key.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// Whether it is shown.
    pub shown: bool,
    /// Its colour among those that are shown, from 1.
    pub colour: usize,
    /// Its states, in the order of the pack, with how many things there are on the day.
    pub states: Vec<StateView>,
    /// How many things count in each state on each day of the slider.
    pub counts: BTreeMap<String, BTreeMap<String, usize>>,
    /// How many would as well, were everything verified.
    pub waiting: BTreeMap<String, BTreeMap<String, usize>>,
    /// Whether the register asks for verification, so that not everything entered counts.
    pub verified: bool,
    /// What changes when its tiles do.
    pub version: String,
}

/// A state of a layer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LayerState)]
pub struct StateView {
    /// The state's key.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// The form of its symbol: 0 a disc, 1 a ring, 2 a diamond, 3 a square, 4 a triangle.
    pub form: usize,
    /// How many things are in it and count: what an indicator that counts them says.
    pub count: usize,
    /// How many would be as well, were everything verified.
    pub waiting: usize,
    /// How many count and have no place, so that they are in the indicator and not on the map; of layers that are shown.
    pub placeless: usize,
    /// Whether they are shown.
    pub shown: bool,
}

/// Who looks: somebody with rights, or everybody at what is open.
pub(super) enum Who<'a> {
    /// Somebody who signed in.
    Visitor(&'a Visitor),
    /// Everybody.
    Public(&'a InForce, Language),
}

impl Who<'_> {
    fn now(&self) -> &InForce {
        match self {
            Self::Visitor(visitor) => &visitor.now,
            Self::Public(now, _) => now,
        }
    }

    fn language(&self) -> Language {
        match self {
            Self::Visitor(visitor) => visitor.language,
            Self::Public(_, language) => *language,
        }
    }

    fn is_public(&self) -> bool {
        matches!(self, Self::Public(..))
    }

    fn may_see(&self, register: &str) -> bool {
        match self {
            Self::Visitor(visitor) => visitor.may_anywhere(Action::View, Some(register)),
            Self::Public(now, _) => now.pack.public.layers.iter().any(|layer| layer == register),
        }
    }

    /// The layer of a register as it may be seen.
    fn key(&self, app: &App, register: &str, part: Part, counted: bool) -> Result<SheetKey, Fault> {
        match self {
            Self::Visitor(visitor) => seen(app, visitor, register, part, counted),
            Self::Public(now, _) => SheetKey::new(now, register, part, true),
        }
    }
}

impl MapView {
    /// The map that a visitor asked for.
    pub fn load(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Self, Fault> {
        let mut view = Self::of(app, &Who::Visitor(visitor), asked)?;
        if let Some(record) = asked.record {
            let at = view.at.parse().unwrap_or_else(|_| when::today());
            view.panel = Panel::load(visitor, record, at)?;
        }
        Ok(view)
    }

    pub(super) fn of(app: &App, who: &Who<'_>, asked: &Asked) -> Result<Self, Fault> {
        let (now, language) = (who.now(), who.language());
        let today = when::today();
        let at = asked.at.unwrap_or(today);
        let mut days = days(when::last_written(app)?, today);
        let possible: Vec<&pack::Register> = now
            .pack
            .registers
            .iter()
            .filter(|register| {
                has_shapes(now, &register.key) && !is_base(&register.key) && who.may_see(&register.key)
            })
            .collect();
        let shown: Vec<&str> = if asked.chosen || asked.latest || asked.theme.is_some() {
            asked.layers.iter().map(String::as_str).collect()
        } else {
            let open = now.pack.public.layers.iter().map(String::as_str);
            open.filter(|key| possible.iter().any(|register| register.key == *key)).take(2).collect()
        };
        let (mut layers, mut lists) = (Vec::new(), Vec::new());
        for register in possible {
            let place = shown.iter().position(|key| *key == register.key);
            let key = who.key(app, &register.key, Part::Ever, asked.counted)?;
            let sheet = app.maps.sheet(&key, || Sheet::make(now, &key))?;
            let states = asked.states_of(&register.key);
            let sight: &Sight = &key.sight;
            let mut layer = layer(register, place, &states, &sheet, (at, &days), language);
            if place.is_some() {
                let mut without = list::placeless(now, &register.key, at, sight)?;
                for state in &mut layer.states {
                    state.placeless = without.remove(&state.key).unwrap_or_default();
                }
            }
            layers.push(layer);
            if place.is_some() {
                lists.push((place, list::load(now, register, at, &states, (sight, &sheet), language)?));
            }
        }
        lists.sort_by_key(|(place, _)| *place);
        // The slider begins where there is something to see.
        let empty = |day: &Date| {
            let counts = layers.iter().filter_map(|layer: &LayerView| layer.counts.get(&day.to_string()));
            let waits = layers.iter().filter_map(|layer: &LayerView| layer.waiting.get(&day.to_string()));
            counts.chain(waits).flat_map(BTreeMap::values).all(|count| *count == 0)
        };
        let first = days.iter().position(|day| !empty(day)).unwrap_or(days.len().saturating_sub(1));
        days.drain(..first);
        let year = asked.at.map_or_else(|| when::year_spoken_of(app), |at| Ok(at.year()))?;
        let only = who.is_public().then_some(now.pack.public.indicators.as_slice());
        let themes = theme::choices(now, language, only);
        let chosen = asked.theme.as_deref().filter(|key| themes.iter().any(|choice| choice.key == *key));
        let theme = chosen.map(|key| Theme::load(now, language, key, year, asked.at)).transpose()?.flatten();
        let open = who.may_see(figures::STATIONS);
        let measured = app.lake.is_some() && open;
        let stations = (asked.latest && open).then(|| {
            let sight = who.key(app, figures::STATIONS, Part::Ever, asked.counted)?.sight;
            latest::load(app, now, language, &sight, asked.counted || who.is_public())
        });
        Ok(Self {
            at: at.to_string(),
            days: days.iter().map(Date::to_string).collect(),
            layers,
            lists: lists.into_iter().map(|(_, list)| list).collect(),
            themes,
            theme,
            stations: stations.transpose()?,
            measured,
            panel: None,
            bounds: bounds(now)?,
        })
    }
}

fn layer(
    register: &pack::Register,
    place: Option<usize>,
    shown: &[String],
    sheet: &Sheet,
    (at, days): (Date, &[Date]),
    language: Language,
) -> LayerView {
    let count = register.states.len();
    let on = |day: Date| sheet.counts(day, count);
    let on_days: Vec<(String, Vec<Count>)> = match place {
        Some(_) => days.iter().map(|day| (day.to_string(), on(*day))).collect(),
        None => Vec::new(),
    };
    let by_day = |number: fn(&Count) -> usize| {
        let named = |counts: &Vec<Count>| {
            let keys = register.states.iter().map(|state| state.key.clone());
            keys.zip(counts.iter().map(number)).collect::<BTreeMap<String, usize>>()
        };
        on_days.iter().map(|(day, counts)| (day.clone(), named(counts))).collect()
    };
    let others = register.states.iter().filter(|state| !state.initial).map(|state| state.key.as_str());
    let forms: Vec<&str> = std::iter::once(register.initial_state().key.as_str()).chain(others).collect();
    let states = register.states.iter().zip(on(at)).map(|(state, count)| StateView {
        key: state.key.clone(),
        label: state.label.in_language(language).into_owned(),
        form: forms.iter().position(|key| *key == state.key).unwrap_or_default().min(4),
        count: count.counted,
        waiting: count.waiting,
        placeless: 0,
        shown: shown.is_empty() || shown.contains(&state.key),
    });
    LayerView {
        key: register.key.clone(),
        label: register.label.in_language(language).into_owned(),
        shown: place.is_some(),
        colour: place.map_or(0, |place| place % super::asked::MOST_LAYERS + 1),
        states: states.collect(),
        counts: by_day(|count| count.counted),
        waiting: by_day(|count| count.waiting),
        verified: register.needs_verification,
        version: sheet.version.to_string(),
    }
}

/// The ends of the last years of the book, and today.
fn days(last: Date, today: Date) -> Vec<Date> {
    let last_year = last.year();
    let ends = (last_year - YEARS..=last_year).map(|year| date(year, 12, 31));
    let mut days: Vec<Date> = ends.filter(|day| *day <= last && *day < today).collect();
    days.push(today);
    days
}

/// The box around the land; without districts, around whatever has a shape first.
fn bounds(now: &InForce) -> Result<(f64, f64, f64, f64), Fault> {
    let mut around: Option<geodesy::Bounds> = None;
    let own = now.pack.registers.iter().map(|register| register.key.as_str());
    for register in std::iter::once("districts").chain(own).filter(|register| has_shapes(now, register)) {
        let mut see = |placed: shelf::Placed<'_>| {
            if let Some(bounds) = placed.geometry.bounds() {
                around = Some(around.map_or(bounds, |all| all.with(bounds.least).with(bounds.greatest)));
            }
        };
        let today = shelf::When::On(when::today());
        now.shelf
            .geometries(register, today, shelf::Reading::Entered, &[], &mut see)
            .map_err(Fault::internal)?;
        if around.is_some() {
            break;
        }
    }
    Ok(around.map_or((73.0, 18.0, 135.0, 54.0), |bounds| {
        let ((west, south), (east, north)) = (bounds.least.degrees(), bounds.greatest.degrees());
        (west, south, east, north)
    }))
}
