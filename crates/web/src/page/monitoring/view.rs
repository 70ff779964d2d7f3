//! Everything that the page says.

use access::{Action, Resource};
use evaluation::picture::Calendar;
use evaluation::{Evaluation, Judge, Kind as Of, Scope};
use jiff::tz::Offset;
use lake::Kind;
use serde::Serialize;
use shelf::{Query, Value};
use standards::air::{Edition, Index};
use utoipa::ToSchema;

use super::Asked;
use super::devices::{self, Device};
use super::tables::{self, Editions, Month, Station as Complete};
use crate::app::App;
use crate::fault::Fault;
use crate::page::map::{Station, latest_of};
use crate::ui::Speak;
use crate::visitor::Visitor;
use crate::when;

/// Which part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Stations and their latest values.
    Now,
    /// The year's days.
    Calendar,
    /// The year by every edition of the standard.
    Editions,
    /// How much of the year there is.
    Completeness,
    /// The devices.
    Devices,
}

impl Part {
    /// All, in the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Now, Self::Calendar, Self::Editions, Self::Completeness, Self::Devices];

    /// The word in the address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Calendar => "calendar",
            Self::Editions => "editions",
            Self::Completeness => "completeness",
            Self::Devices => "devices",
        }
    }
}

/// What the page shows. Only the part that was asked for is there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitoringView {
    /// Which part.
    pub part: Part,
    /// Whether the city keeps measurements.
    pub measured: bool,
    /// The years that have hours of air.
    pub years: Vec<i16>,
    /// The year that is shown.
    pub year: Option<i16>,
    /// The cities and stations that can be shown: what the address calls them, what people do.
    pub places: Vec<(String, String)>,
    /// The one that is shown.
    pub place: String,
    /// The edition's key, or `by-date`.
    pub edition: String,
    /// The stations with their latest values.
    pub stations: Vec<Station>,
    /// The months of the calendar.
    pub months: Vec<Month>,
    /// The calendar as a picture.
    #[serde(skip)]
    pub calendar: Option<String>,
    /// The year by every edition.
    pub editions: Option<Editions>,
    /// How complete the year is, station by station.
    pub completeness: Vec<Complete>,
    /// The devices.
    pub devices: Vec<Device>,
}

/// A station of the register, as far as this page needs it.
#[derive(Clone, Debug)]
pub struct Point {
    pub(super) record: u64,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) city: String,
    pub(super) evaluated: bool,
    pub(super) device: Option<String>,
}

impl MonitoringView {
    /// What a visitor asked for.
    pub fn load(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Self, Fault> {
        let part =
            Part::ALL.into_iter().find(|part| asked.part.as_deref() == Some(part.key())).unwrap_or(Part::Now);
        let judge = judge(asked.edition.as_deref());
        let mut view = Self {
            part,
            measured: app.lake.is_some(),
            years: Vec::new(),
            year: None,
            places: Vec::new(),
            place: String::new(),
            edition: judge.key().to_owned(),
            stations: Vec::new(),
            months: Vec::new(),
            calendar: None,
            editions: None,
            completeness: Vec::new(),
            devices: Vec::new(),
        };
        let points = points(visitor)?;
        let Some(lake) = &app.lake else { return Ok(view) };
        match part {
            Part::Now => {
                view.stations = latest_of(app, &visitor.now, visitor.language)?;
                view.stations.retain(|station| points.iter().any(|point| point.record == station.record));
            }
            Part::Devices => view.devices = devices::load(lake, &points)?,
            Part::Calendar | Part::Editions | Part::Completeness => {
                view.years = years(lake)?;
                let wanted = asked.year.as_deref().and_then(|year| year.parse().ok());
                view.year = wanted.filter(|year| view.years.contains(year)).or(view.years.last().copied());
                if let Some(year) = view.year {
                    let evaluation = app.years.of(lake, &points, year)?;
                    view.fill(visitor, &points, &evaluation, asked, year, judge);
                }
            }
        }
        Ok(view)
    }

    fn fill(
        &mut self,
        visitor: &Visitor,
        points: &[Point],
        evaluation: &Evaluation,
        asked: &Asked,
        year: i16,
        judge: Judge,
    ) {
        let cities = evaluation.scopes(Of::City).into_iter();
        let scopes: Vec<Scope> = cities.chain(evaluation.scopes(Of::Station)).collect();
        let shown = |scope: Scope| {
            let name = evaluation.name(scope);
            match scope {
                Scope::City(_) => name.to_owned(),
                Scope::Station(_) => points
                    .iter()
                    .find(|point| point.code == name)
                    .map_or(name, |point| &point.name)
                    .to_owned(),
            }
        };
        self.places =
            scopes.iter().map(|scope| (evaluation.name(*scope).to_owned(), shown(*scope))).collect();
        let wanted =
            scopes.iter().copied().find(|scope| asked.place.as_deref() == Some(evaluation.name(*scope)));
        if self.part == Part::Completeness {
            self.completeness = tables::completeness(evaluation, points, year);
            return;
        }
        let Some(scope) = wanted.or(scopes.first().copied()) else { return };
        self.place = evaluation.name(scope).to_owned();
        let name = shown(scope);
        let source = visitor.language.t("监测数据库，实时数据", "the city's measurements").to_owned();
        if self.part == Part::Calendar {
            let days = tables::days(evaluation, scope, year, judge);
            let indices: Vec<Index> = days.iter().map(|(_, index)| *index).collect();
            let picture = Calendar { place: &name, year, judge, days: &indices, source: Some(&source) };
            self.calendar = Some(picture.svg(visitor.language));
            self.months = tables::months(&days);
        } else {
            self.editions = tables::editions(evaluation, scope, year, &name, &source, visitor.language);
        }
    }
}

/// The edition of an address.
fn judge(edition: Option<&str>) -> Judge {
    edition.and_then(Edition::parse).map_or(Judge::ByDate, Judge::By)
}

/// The stations that a visitor may view.
fn points(visitor: &Visitor) -> Result<Vec<Point>, Fault> {
    let now = &visitor.now;
    let Some(register) = now.pack.register(figures::STATIONS) else { return Ok(Vec::new()) };
    let mut units_of: Vec<(Option<String>, bool)> = Vec::new();
    let units = now.shelf.units(when::today()).map_err(Fault::internal)?;
    let mut points = Vec::new();
    let query = Query { limit: usize::MAX, ..Query::new(figures::STATIONS, when::today()) };
    let mut see = |row: shelf::Row| {
        let known = units_of.iter().find(|(owner, _)| *owner == row.owner).map(|(_, may)| *may);
        let may = known.unwrap_or_else(|| {
            let chain = row.owner.as_deref().map(|code| units.upward(code)).unwrap_or_default();
            let resource =
                Resource { register: Some(figures::STATIONS), units: &chain, ..Resource::default() };
            let may = visitor.may(Action::View, &resource);
            units_of.push((row.owner.clone(), may));
            may
        });
        let value = |key: &str| {
            let place = register.fields.iter().position(|field| field.key == key)?;
            row.values.get(place)
        };
        let text = |key: &str| match value(key) {
            Some(Value::Text(text) | Value::Choice(text)) => text.clone(),
            _ => String::new(),
        };
        if may {
            points.push(Point {
                record: row.record.0,
                code: text("code"),
                name: text("name"),
                kind: text("kind"),
                city: text("city"),
                evaluated: matches!(value("evaluated"), Some(Value::YesNo(true))),
                device: Some(text("mn")).filter(|device| !device.is_empty()),
            });
        }
        std::ops::ControlFlow::Continue(())
    };
    now.shelf.stream(&query, &mut see).map_err(Fault::internal)?;
    points.sort_by(|one, other| (&one.kind, &one.code).cmp(&(&other.kind, &other.code)));
    Ok(points)
}

/// The years that have hours of air, oldest first.
fn years(lake: &lake::Lake) -> Result<Vec<i16>, Fault> {
    let info = lake.info().map_err(Fault::internal)?;
    let mut years: Vec<i16> = info
        .partitions
        .iter()
        .filter(|part| part.kind == Kind::Air && part.span == lake::Span::Hour)
        .flat_map(|part| [part.first, part.last])
        .map(|time| Offset::constant(8).to_datetime(time).year())
        .collect();
    years.sort_unstable();
    years.dedup();
    Ok(years)
}
