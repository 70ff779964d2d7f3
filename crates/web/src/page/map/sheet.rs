//! One register as a layer: its shapes on a day, or on all days with when each begins and ends.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Whether only verified records count, as for the public.
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

/// A layer and what is counted of it.
pub struct Sheet {
    /// The layer.
    pub layer: Layer,
    /// Stretches of days in which a thing is in a state: from, until (exclusive), state.
    pub stretches: Vec<(Date, Option<Date>, usize)>,
    /// The owners that occur.
    pub owners: BTreeSet<Option<String>>,
    /// The register's version.
    pub version: u64,
}

impl Sheet {
    /// Makes a layer of what is on the shelf.
    pub fn make(now: &InForce, key: &SheetKey) -> Result<Self, Fault> {
        let register = now.pack.register(&key.register).ok_or(Fault::NotFound)?;
        let mut found: Vec<(Shape, Row, i64)> = Vec::new();
        let when = match key.part {
            Part::On(day) => When::On(day),
            Part::Ever => When::Ever { today: key.today },
            Part::Base | Part::Names => When::On(key.today),
        };
        let reading = if key.counted { Reading::Counted } else { Reading::Entered };
        let mut see = |Placed { geometry, row }: Placed<'_>| {
            let shown = key.states.is_empty() || key.states.contains(&row.state);
            if !shown || !key.sight.sees(row.owner.as_deref()) {
                return;
            }
            let width = if key.part == Part::Base { width(geometry) } else { 0 };
            let shape = if key.part == Part::Names { named_at(geometry) } else { Some(shape(geometry)) };
            if let Some(shape) = shape {
                found.push((shape, row, width));
            }
        };
        now.shelf.geometries(&key.register, when, reading, &[], &mut see).map_err(Fault::internal)?;
        let records: BTreeSet<RecordId> = found.iter().map(|(_, row, _)| row.record).collect();
        let records: Vec<RecordId> = records.into_iter().collect();
        let names = now
            .shelf
            .called(&key.register, &records, key.today, Language::Simplified)
            .map_err(Fault::internal)?;
        let names: BTreeMap<RecordId, String> = records.into_iter().zip(names).collect();

        let states: Vec<String> = register.states.iter().map(|state| state.key.clone()).collect();
        let mut builder = Builder::new(&name(key), options(key, states.clone(), found.len()));
        let (mut stretches, mut owners) = (Vec::new(), BTreeSet::new());
        for (shape, row, width) in found {
            let class = states.iter().position(|state| *state == row.state).unwrap_or(states.len());
            stretches.push((row.effective, row.until, class));
            let name = names.get(&row.record).cloned().unwrap_or_default();
            let properties = properties(key.part, &row, name, width);
            builder.add(Feature { id: row.record.0, class, shape, properties }).map_err(Fault::internal)?;
            owners.insert(row.owner);
        }
        Ok(Self { layer: builder.build(), stretches, owners, version: key.version.0 })
    }

    /// How many things are in each state on a day.
    pub fn counts(&self, day: Date, states: usize) -> Vec<usize> {
        let mut counts = vec![0; states];
        let there = |from: Date, until: Option<Date>| from <= day && until.is_none_or(|until| until > day);
        for (from, until, state) in &self.stretches {
            if let Some(count) = counts.get_mut(*state).filter(|_| there(*from, *until)) {
                *count += 1;
            }
        }
        counts
    }

    /// What it occupies, about.
    pub fn weight(&self) -> usize {
        self.layer.weight() + size_of_val(self.stretches.as_slice())
    }
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
        if matches!(row.status, Status::Pending | Status::Returned) {
            properties.push(("pending".to_owned(), Value::Flag(true)));
        }
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
