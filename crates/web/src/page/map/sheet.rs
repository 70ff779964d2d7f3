//! One register as a layer: its shapes on a day, or on all days with when each begins and ends.
//!
//! What counts is what figures count: things as they were verified, where the register asks for it. Beside them stand,
//! marked so and counted apart, those that would be there, or otherwise, were everything verified: what a figure tells as
//! pending. So the map never says a number of docks that the indicator does not say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use geodesy::{Coordinate, Geometry};
use jiff::civil::Date;
use ledger::RecordId;
use message::Language;
use shelf::{Placed, Reading, Row, Status, When};
use tiles::{Builder, Clustering, Feature, Layer, Options, Place, Shape, Small, Value};

use super::sight::Sight;
use crate::app::InForce;
use crate::fault::Fault;
use crate::when;

/// Which layer. Whatever it is made of is in its key, so that a kept one is never stale.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SheetKey {
    /// The register.
    pub register: String,
    /// What is drawn of it.
    pub part: Part,
    /// The register's version on the shelf, and the pack.
    pub version: (u64, [u8; 4]),
    /// The day whose names are shown.
    pub today: Date,
    /// Whether only what counts is drawn, as for the public, and nothing that waits for verification.
    pub counted: bool,
    /// Whose records.
    pub sight: Sight,
    /// Only things in these states; none means all.
    pub states: Vec<String>,
}

/// What is drawn of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its things on a day, near ones together.
    On(Date),
    /// Its things on all days, for the slider.
    Ever,
    /// Its shapes as the base map's.
    Base,
    /// A point for each of its names.
    Names,
}

impl SheetKey {
    /// The layer of a register as it stands now.
    pub fn new(now: &InForce, register: &str, part: Part, counted: bool) -> Result<Self, Fault> {
        let version = now.shelf.version(register).map_err(Fault::internal)?;
        Ok(Self {
            register: register.to_owned(),
            part,
            version: (version, now.pack.short_digest()),
            today: when::today(),
            counted,
            sight: Sight::All,
            states: Vec::new(),
        })
    }

    /// The same of some states only.
    #[must_use]
    pub fn in_states(mut self, states: Vec<String>) -> Self {
        self.states = states;
        self
    }

    /// The same for somebody who does not see everything.
    #[must_use]
    pub fn seen_by(mut self, sight: Sight) -> Self {
        self.sight = sight;
        self
    }
}

/// A thing that would be so from one day to another, were everything verified.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// The record.
    pub record: RecordId,
    /// Its state, by place.
    pub state: usize,
    /// From when it would be in that state.
    pub since: Date,
    from: Date,
    until: Option<Date>,
}

/// How many things of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// They count, in figures as here.
    pub counted: usize,
    /// They would as well, were everything verified.
    pub waiting: usize,
}

/// The class of what waits, beside the states: no key of a state has a hyphen.
const WAITS: &str = "not-verified";
/// Added to the number of a thing that waits: its record may be on the layer already, as it counts.
const WAITS_ID: u64 = 1 << 51;

/// A layer and what is counted of it.
pub struct Sheet {
    /// The layer.
    pub layer: Layer,
    /// Stretches of days in which a thing counts in a state: from, until (exclusive), state.
    pub stretches: Vec<(Date, Option<Date>, usize)>,
    /// What waits for verification, in the order of the records.
    pub waiting: Vec<Waiting>,
    /// The owners that occur.
    pub owners: BTreeSet<Option<String>>,
    /// The register's version.
    pub version: u64,
}

impl Sheet {
    /// Makes a layer of what is on the shelf.
    pub fn make(now: &InForce, key: &SheetKey) -> Result<Self, Fault> {
        let register = now.pack.register(&key.register).ok_or(Fault::NotFound)?;
        let mut found: Vec<Found> = Vec::new();
        let mut standing: Standing = BTreeMap::new();
        let when = match key.part {
            Part::On(day) => When::On(day),
            Part::Ever => When::Ever { today: key.today },
            Part::Base | Part::Names => When::On(key.today),
        };
        let is_shown = |row: &Row| {
            (key.states.is_empty() || key.states.contains(&row.state)) && key.sight.sees(row.owner.as_deref())
        };
        let mut see = |Placed { geometry, row }: Placed<'_>| {
            // Only a record of which something waits can wait in another form than it counts.
            if !key.counted && matches!(row.status, Status::Pending | Status::Returned) {
                let stood = (row.effective, row.until, row.state.clone(), Arc::clone(geometry));
                standing.entry(row.record).or_default().push(stood);
            }
            if !is_shown(&row) {
                return;
            }
            let width = if key.part == Part::Base { width(geometry) } else { 0 };
            let shape = if key.part == Part::Names { named_at(geometry) } else { Some(shape(geometry)) };
            if let Some(shape) = shape {
                found.push(Found { shape, row, width, waits: false });
            }
        };
        now.shelf
            .geometries(&key.register, when, Reading::Counted, &[], &mut see)
            .map_err(Fault::internal)?;
        let is_thing = matches!(key.part, Part::On(_) | Part::Ever);
        if is_thing && !key.counted && register.needs_verification {
            let mut see = |Placed { geometry, row }: Placed<'_>| {
                if is_shown(&row) {
                    for row in otherwise(&standing, when, geometry, row) {
                        found.push(Found { shape: shape(geometry), row, width: 0, waits: true });
                    }
                }
            };
            now.shelf.unverified(&key.register, when, &[], &mut see).map_err(Fault::internal)?;
        }
        let records: BTreeSet<RecordId> = found.iter().map(|found| found.row.record).collect();
        let records: Vec<RecordId> = records.into_iter().collect();
        let names = now
            .shelf
            .called(&key.register, &records, key.today, Language::Simplified)
            .map_err(Fault::internal)?;
        let names: BTreeMap<RecordId, String> = records.into_iter().zip(names).collect();

        let states: Vec<String> = register.states.iter().map(|state| state.key.clone()).collect();
        let classes = states.iter().cloned().chain([WAITS.to_owned()]).collect();
        let mut builder = Builder::new(&name(key), options(key, classes, found.len()));
        let mut sheet = (Vec::new(), Vec::new(), BTreeSet::new());
        let (stretches, waiting, owners) = (&mut sheet.0, &mut sheet.1, &mut sheet.2);
        for Found { shape, row, width, waits } in found {
            // A state that the pack no longer has is none of its classes.
            let state = states.iter().position(|state| *state == row.state).unwrap_or(states.len() + 1);
            let (record, from, until) = (row.record, row.effective, row.until);
            let name = names.get(&record).cloned().unwrap_or_default();
            let mut properties = properties(key.part, &row, name, width);
            let (id, class) = if waits {
                properties.push(("waits".to_owned(), Value::Flag(true)));
                waiting.push(Waiting { record, state, since: row.state_since, from, until });
                (record.0 | WAITS_ID, states.len())
            } else {
                stretches.push((from, until, state));
                (record.0, state)
            };
            builder.add(Feature { id, class, shape, properties }).map_err(Fault::internal)?;
            owners.insert(row.owner);
        }
        let (stretches, waiting, owners) = sheet;
        Ok(Self { layer: builder.build(), stretches, waiting, owners, version: key.version.0 })
    }

    /// How many things are in each state on a day.
    pub fn counts(&self, day: Date, states: usize) -> Vec<Count> {
        let mut counts = vec![Count::default(); states];
        for (from, until, state) in &self.stretches {
            if let Some(count) = counts.get_mut(*state).filter(|_| is_within(day, *from, *until)) {
                count.counted += 1;
            }
        }
        for waiting in self.waiting_on(day) {
            if let Some(count) = counts.get_mut(waiting.state) {
                count.waiting += 1;
            }
        }
        counts
    }

    /// What waits for verification on a day.
    pub fn waiting_on(&self, day: Date) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter().filter(move |waiting| is_within(day, waiting.from, waiting.until))
    }

    /// What it occupies, about.
    pub fn weight(&self) -> usize {
        self.layer.weight() + size_of_val(self.stretches.as_slice()) + size_of_val(self.waiting.as_slice())
    }
}

/// A shape to be drawn.
struct Found {
    shape: Shape,
    row: Row,
    width: i64,
    waits: bool,
}

/// As what records count of which something waits: from, until (exclusive), state, shape.
type Standing = BTreeMap<RecordId, Vec<(Date, Option<Date>, String, Arc<Geometry>)>>;

fn is_within(day: Date, from: Date, until: Option<Date>) -> bool {
    from <= day && until.is_none_or(|until| until > day)
}

/// The days in which a record would be in another state or at another place than it counts: a corrected number of berths
/// is no other thing on a map.
fn otherwise(standing: &Standing, when: When, geometry: &Arc<Geometry>, row: Row) -> Vec<Row> {
    let same: Vec<(Date, Date)> = standing
        .get(&row.record)
        .into_iter()
        .flatten()
        .filter(|(_, _, state, shape)| *state == row.state && shape == geometry)
        .map(|(from, until, ..)| (*from, until.unwrap_or(Date::MAX)))
        .collect();
    if let (When::On(_), false) = (when, same.is_empty()) {
        return Vec::new();
    }
    let mut rest = vec![(row.effective, row.until.unwrap_or(Date::MAX))];
    for (from, until) in same {
        let cut = |(first, last): (Date, Date)| [(first, last.min(from)), (first.max(until), last)];
        rest = rest.into_iter().flat_map(cut).filter(|(first, last)| first < last).collect();
    }
    let stretch = |(from, until): (Date, Date)| Row {
        effective: from,
        until: (until != Date::MAX).then_some(until),
        ..row.clone()
    };
    rest.into_iter().map(stretch).collect()
}

/// What the layer is called in a tile.
fn name(key: &SheetKey) -> String {
    match (key.part, key.register.as_str()) {
        (Part::Base, "districts") => "land".to_owned(),
        (Part::Names, "districts") => "land-name".to_owned(),
        (Part::Base, "rivers") => "river".to_owned(),
        (Part::Base, "lakes") => "lake".to_owned(),
        (Part::Names, "lakes") => "lake-name".to_owned(),
        (_, register) => register.to_owned(),
    }
}

fn options(key: &SheetKey, classes: Vec<String>, count: usize) -> Options {
    match key.part {
        // A few hundred things find room on a screen; thousands do not.
        Part::On(_) => {
            let until = if count > 3000 {
                12
            } else if count > 60 {
                10
            } else {
                8
            };
            let clustering = Clustering { until, radius: 34, least: 3, classes };
            Options {
                clustering: Some(clustering),
                small: Small::Point(6),
                buffer: 192,
                ..Options::default()
            }
        }
        Part::Ever => Options { small: Small::Point(6), buffer: 192, ..Options::default() },
        Part::Base => Options { buffer: 256, ..Options::default() },
        // A name must be in every tile that it reaches into.
        Part::Names => Options { buffer: 512, ..Options::default() },
    }
}

fn properties(part: Part, row: &Row, name: String, width: i64) -> Vec<(String, Value)> {
    let day = |day: Date| {
        Value::Whole(i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day()))
    };
    let mut properties = vec![
        ("record".to_owned(), Value::Whole(row.record.0.cast_signed())),
        ("name".to_owned(), Value::Text(name)),
    ];
    if matches!(part, Part::On(_) | Part::Ever) {
        properties.push(("state".to_owned(), Value::Text(row.state.clone())));
    }
    if part == Part::Ever {
        properties.push(("from".to_owned(), day(row.effective)));
        properties.push(("until".to_owned(), row.until.map_or(Value::Whole(99_999_999), day)));
    }
    if width > 0 {
        properties.push(("width".to_owned(), Value::Whole(width)));
    }
    properties
}

/// How wide a river is drawn, in metres: the register has its middle line only, and long rivers are wide.
fn width(geometry: &Geometry) -> i64 {
    match geometry {
        Geometry::Lines(_) => (geometry.length_mm() / 1_000_000 * 8).clamp(60, 1_200),
        _ => 0,
    }
}

fn named_at(geometry: &Geometry) -> Option<Shape> {
    geometry.centroid().map(|at| Shape::Points(vec![place(at)]))
}

fn place(at: Coordinate) -> Place {
    let unit = |value: i64| i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX });
    (unit(at.longitude), unit(at.latitude))
}

/// The book's shape as a map takes it.
pub fn shape(geometry: &Geometry) -> Shape {
    let run = |points: &Vec<Coordinate>| points.iter().copied().map(place).collect::<Vec<_>>();
    match geometry {
        Geometry::Points(points) => Shape::Points(run(points)),
        Geometry::Lines(lines) => Shape::Lines(lines.iter().map(run).collect()),
        Geometry::Polygons(polygons) => {
            Shape::Polygons(polygons.iter().map(|rings| rings.iter().map(run).collect()).collect())
        }
    }
}
