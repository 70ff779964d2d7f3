//! A layer: everything of one kind, made ready once so that a tile costs little.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::TileFault;
use crate::cluster::{Level, levels};
use crate::feature::{Feature, Place, Shape, Value};
use crate::index::Index;
use crate::weigh::weigh;
use crate::world::{Area, Spot, UNITS_OF_PIXEL, project};

/// A layer holds at most so many points: 3 GB, far beyond a city.
pub(crate) const MOST_POINTS: usize = 1 << 28;

/// What becomes of a line or a surface that is too small to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Small {
    /// Below a pixel it is left out.
    Drop,
    /// Below so many pixels it is a point, which takes part in clustering.
    Point(u16),
}

/// Near points are drawn as one with their count.
#[derive(Clone, Debug)]
pub struct Clustering {
    /// Up to this zoom; beyond it every point is drawn.
    pub until: u8,
    /// Points nearer than so many pixels to the first of a cluster belong to it.
    pub radius: u16,
    /// At least so many make a cluster.
    pub least: u32,
    /// The names of the classes that are counted apart: a cluster has a property `n_NAME` for each that occurs.
    pub classes: Vec<String>,
}

/// How a layer is drawn.
#[derive(Clone, Debug)]
pub struct Options {
    /// A tile reaches so many units (of 4,096) beyond its edges, at most one tile: what is drawn at a place
    /// near the edge, a circle or a stroke, must be in both tiles.
    pub buffer: u16,
    /// What becomes of shapes that are too small.
    pub small: Small,
    /// Whether points are clustered.
    pub clustering: Option<Clustering>,
    /// A tile has at most so many things of this layer.
    pub most: usize,
    /// A tile has at most so many vertices of this layer.
    pub most_vertices: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { buffer: 128, small: Small::Drop, clustering: None, most: 10_000, most_vertices: 200_000 }
    }
}

/// What kind of shape a thing has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Points,
    Lines,
    Surfaces,
}

/// A thing as it is held.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) id: u64,
    pub(crate) class: usize,
    pub(crate) kind: Kind,
    pub(crate) area: Area,
    pub(crate) parts: Range<usize>,
    pub(crate) tags: Range<usize>,
}

impl Held {
    /// Whether it is shorter than so many pixels on tiles that are so many bits coarser than the world.
    pub(crate) fn below(&self, pixels: u16, shift: u32) -> bool {
        u64::from(self.area.side()) < (u64::from(pixels) * UNITS_OF_PIXEL) << shift
    }
}

/// A run of vertices: the points of a thing, a line, or a ring (without its first point repeated).
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) vertices: Range<usize>,
    /// Whether a ring is a hole of the ring before it.
    pub(crate) hole: bool,
}

/// A place and what it is worth (see `weigh`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vertex {
    pub(crate) at: Spot,
    pub(crate) worth: f32,
}

/// Everything of one kind, ready to be cut into tiles. Never changed: another version of the book is another layer.
#[derive(Debug)]
pub struct Layer {
    pub(crate) name: String,
    pub(crate) options: Options,
    pub(crate) held: Vec<Held>,
    pub(crate) parts: Vec<Part>,
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) keys: Vec<String>,
    pub(crate) values: Vec<Value>,
    pub(crate) tags: Vec<(usize, usize)>,
    pub(crate) index: Index,
    /// One for each zoom at which points are clustered, from zoom 0.
    pub(crate) levels: Vec<Level>,
}

impl Layer {
    /// How it is called in a tile.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many things it has.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether it has nothing.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Roughly how many bytes it occupies: for a cache that has a bound.
    pub fn weight(&self) -> usize {
        let text: usize = self.values.iter().map(|value| size_of_val(value) + text_length(value)).sum();
        size_of_val(self.held.as_slice())
            + size_of_val(self.parts.as_slice())
            + size_of_val(self.vertices.as_slice())
            + size_of_val(self.tags.as_slice())
            + self.held.len() * 24
            + self.levels.iter().map(Level::weight).sum::<usize>()
            + text
    }
}

fn text_length(value: &Value) -> usize {
    if let Value::Text(text) = value { text.len() } else { 0 }
}

/// Takes things and makes a layer of them.
#[derive(Debug)]
pub struct Builder {
    layer: Layer,
    keys: BTreeMap<String, usize>,
    values: BTreeMap<Value, usize>,
}

impl Builder {
    /// An empty layer of this name.
    pub fn new(name: &str, options: Options) -> Self {
        let layer = Layer {
            name: name.to_owned(),
            options,
            held: Vec::new(),
            parts: Vec::new(),
            vertices: Vec::new(),
            keys: Vec::new(),
            values: Vec::new(),
            tags: Vec::new(),
            index: Index::default(),
            levels: Vec::new(),
        };
        Self { layer, keys: BTreeMap::new(), values: BTreeMap::new() }
    }

    /// Takes one thing; one without any place is passed over. Things are drawn in the order in which they come.
    ///
    /// # Errors
    /// If the layer would hold more points than it can.
    pub fn add(&mut self, feature: Feature) -> Result<(), TileFault> {
        let parts = self.layer.parts.len();
        let vertices = self.layer.vertices.len();
        let kind = match &feature.shape {
            Shape::Points(points) => {
                self.part(points, Kind::Points, false);
                Kind::Points
            }
            Shape::Lines(lines) => {
                lines.iter().for_each(|line| self.part(line, Kind::Lines, false));
                Kind::Lines
            }
            Shape::Polygons(polygons) => {
                for polygon in polygons {
                    // Holes without a surface around them would be holes of the polygon before.
                    let Some((outer, holes)) = polygon.split_first().filter(|(outer, _)| !outer.is_empty())
                    else {
                        continue;
                    };
                    self.part(outer, Kind::Surfaces, false);
                    holes.iter().for_each(|hole| self.part(hole, Kind::Surfaces, true));
                }
                Kind::Surfaces
            }
        };
        if self.layer.vertices.len() > MOST_POINTS {
            self.layer.vertices.truncate(vertices);
            self.layer.parts.truncate(parts);
            return Err(TileFault::LayerFull);
        }
        let places = &self.layer.vertices[vertices..];
        let Some(area) = places.iter().map(|vertex| Area::of(vertex.at)).reduce(Area::with) else {
            return Ok(());
        };
        let tags = self.layer.tags.len();
        for (key, value) in feature.properties {
            let key = number(&mut self.keys, &mut self.layer.keys, key);
            let value = number(&mut self.values, &mut self.layer.values, value);
            self.layer.tags.push((key, value));
        }
        self.layer.held.push(Held {
            id: feature.id,
            class: feature.class,
            kind,
            area,
            parts: parts..self.layer.parts.len(),
            tags: tags..self.layer.tags.len(),
        });
        Ok(())
    }

    /// The layer, indexed and clustered.
    #[must_use]
    pub fn build(self) -> Layer {
        let mut layer = self.layer;
        layer.options.buffer = layer.options.buffer.min(4096);
        let areas: Vec<Area> = layer.held.iter().map(|held| held.area).collect();
        layer.index = Index::new(&areas);
        if let Some(clustering) = &layer.options.clustering {
            layer.levels = levels(&layer.held, clustering, layer.options.small);
        }
        layer
    }

    fn part(&mut self, places: &[Place], kind: Kind, hole: bool) {
        if places.is_empty() {
            return;
        }
        let from = self.layer.vertices.len();
        let mut spots: Vec<Spot> = places.iter().copied().map(project).collect();
        let worth = match kind {
            Kind::Points => vec![f32::INFINITY; spots.len()],
            Kind::Lines => weigh(&spots),
            Kind::Surfaces => {
                // Weighed as it is closed, held without the repetition.
                while spots.len() > 1 && spots.first() == spots.last() {
                    spots.pop();
                }
                spots.push(spots[0]);
                let worth = weigh(&spots);
                spots.pop();
                worth
            }
        };
        self.layer.vertices.extend(spots.into_iter().zip(worth).map(|(at, worth)| Vertex { at, worth }));
        self.layer.parts.push(Part { vertices: from..self.layer.vertices.len(), hole });
    }
}

/// The number of a word that may have occurred before.
fn number<T: Clone + Ord>(numbers: &mut BTreeMap<T, usize>, list: &mut Vec<T>, word: T) -> usize {
    if let Some(number) = numbers.get(&word) {
        return *number;
    }
    let number = list.len();
    list.push(word.clone());
    numbers.insert(word, number);
    number
}
