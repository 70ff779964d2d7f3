//! What of a layer a tile shows: found, simplified, clipped, cleaned, and never more than allowed.

use std::cmp::Reverse;

use crate::clip;
use crate::cluster::{Node, is_point};
use crate::encode::Thinned;
use crate::layer::{Held, Kind, Layer, Part, Small};
use crate::world::{EXTENT, Point, TileId, UNITS_OF_PIXEL};

/// A tile's share of one thing or of one cluster.
#[derive(Debug)]
pub(crate) struct Cut<'a> {
    pub(crate) what: What<'a>,
    pub(crate) drawing: Drawing,
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What<'a> {
    Thing(&'a Held),
    Cluster { id: u64, node: &'a Node },
}

/// In the tile's own units. Rings do not repeat their first point; outer ones have a positive surface, holes
/// follow theirs and have a negative one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Drawing {
    Points(Vec<Point>),
    Lines(Vec<Vec<Point>>),
    Rings(Vec<Vec<Point>>),
}

impl Drawing {
    fn vertices(&self) -> usize {
        match self {
            Self::Points(points) => points.len(),
            Self::Lines(parts) | Self::Rings(parts) => parts.iter().map(Vec::len).sum(),
        }
    }
}

/// Everything of a layer that the tile shows, in the layer's order: clusters first.
pub(crate) fn cut(layer: &Layer, tile: TileId) -> (Vec<Cut<'_>>, Option<Thinned>) {
    let mut found = candidates(layer, tile);
    let of = found.len();
    // Where it might be too much, the largest come first; among equals a mixture of their numbers decides, so
    // that neighbouring tiles leave out the same things and no corner of the city is emptier than another.
    let vertices: usize = found.iter().map(|(_, what)| raw_vertices(layer, *what)).sum();
    if of > layer.options.most || vertices > layer.options.most_vertices {
        found.sort_unstable_by_key(|(order, what)| (rank(*what), *order));
    }
    let mut room = layer.options.most_vertices;
    let mut full = false;
    let mut cuts: Vec<(usize, Cut)> = Vec::new();
    for (order, what) in found {
        if cuts.len() >= layer.options.most {
            full = true;
            break;
        }
        let Some(drawing) = draw(layer, tile, what) else { continue };
        match room.checked_sub(drawing.vertices()) {
            Some(rest) => room = rest,
            None => {
                full = true;
                continue;
            }
        }
        cuts.push((order, Cut { what, drawing }));
    }
    cuts.sort_unstable_by_key(|(order, _)| *order);
    let thinned = full.then_some(Thinned { kept: cuts.len(), of });
    (cuts.into_iter().map(|(_, cut)| cut).collect(), thinned)
}

/// Everything whose box meets the tile and its rim and that is not too small, with its place in the order.
fn candidates(layer: &Layer, tile: TileId) -> Vec<(usize, What<'_>)> {
    let window = tile.window(i64::from(layer.options.buffer));
    let small = layer.options.small;
    let mut found: Vec<What> = Vec::new();
    let held = |number: u32| What::Thing(&layer.held[number as usize]);
    if let Some(level) = layer.levels.get(usize::from(tile.z())) {
        found.extend(level.index.meeting(&window).into_iter().map(|number| {
            let node = &level.nodes[number as usize];
            match node.count {
                1 => held(node.held),
                // Beyond all numbers of things, and a whole number in a browser.
                _ => What::Cluster { id: 1 << 52 | u64::from(tile.z()) << 32 | u64::from(number), node },
            }
        }));
        let shapes = level.shapes.meeting(&window).into_iter();
        found.extend(shapes.map(|number| held(level.shaped[number as usize])));
    } else {
        found.extend(layer.index.meeting(&window).into_iter().map(held));
    }
    let hidden = |what: &What| match what {
        What::Thing(thing) if small == Small::Drop => {
            thing.kind != Kind::Points && thing.below(1, tile.shift())
        }
        _ => false,
    };
    found.retain(|what| !hidden(what));
    found.into_iter().enumerate().collect()
}

fn raw_vertices(layer: &Layer, what: What) -> usize {
    match what {
        What::Cluster { .. } => 1,
        What::Thing(thing) => {
            let parts = &layer.parts[thing.parts.clone()];
            let from = parts.first().map_or(0, |part| part.vertices.start);
            parts.last().map_or(0, |part| part.vertices.end) - from
        }
    }
}

fn rank(what: What) -> (u8, Reverse<u32>, u64) {
    // The finalizer of SplitMix64.
    let mix = |id: u64| {
        let id = (id ^ id >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let id = (id ^ id >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        id ^ id >> 31
    };
    match what {
        What::Cluster { id, node } => (0, Reverse(node.count), id),
        What::Thing(thing) => (1, Reverse(thing.area.side()), mix(thing.id)),
    }
}

fn draw(layer: &Layer, tile: TileId, what: What) -> Option<Drawing> {
    let rim = i64::from(layer.options.buffer);
    let (low, high) = (-rim, EXTENT + rim);
    let point =
        |at| Some(tile.local(at)).filter(|at| holds(*at, low, high)).map(|at| Drawing::Points(vec![at]));
    let thing = match what {
        What::Cluster { node, .. } => return point(node.at),
        What::Thing(thing) => thing,
    };
    let parts = &layer.parts[thing.parts.clone()];
    let several = parts.len() > 1 || parts.first().is_some_and(|part| part.vertices.len() > 1);
    let clustered = usize::from(tile.z()) < layer.levels.len();
    if is_point(thing, layer.options.small, tile.shift())
        && several
        && (clustered || thing.kind != Kind::Points)
    {
        return point(thing.area.middle());
    }
    match thing.kind {
        Kind::Points => {
            let all = parts.iter().flat_map(|part| all(layer, tile, part));
            let points: Vec<Point> = all.filter(|at| holds(*at, low, high)).collect();
            (!points.is_empty()).then_some(Drawing::Points(points))
        }
        Kind::Lines => {
            let mut lines: Vec<Vec<Point>> = Vec::new();
            for line in parts.iter().flat_map(|part| clip::line(&simplified(layer, tile, part), low, high)) {
                // Two that meet are written as one, which the format wants.
                match lines.last_mut().filter(|before| before.last() == line.first()) {
                    Some(before) => before.extend(line.into_iter().skip(1)),
                    None => lines.push(line),
                }
            }
            (!lines.is_empty()).then_some(Drawing::Lines(lines))
        }
        Kind::Surfaces => {
            let rings = surfaces(layer, tile, parts, low, high);
            (!rings.is_empty()).then_some(Drawing::Rings(rings))
        }
    }
}

fn holds(at: Point, low: i64, high: i64) -> bool {
    (low..high).contains(&at.0) && (low..high).contains(&at.1)
}

fn surfaces(layer: &Layer, tile: TileId, parts: &[Part], low: i64, high: i64) -> Vec<Vec<Point>> {
    let mut rings: Vec<Vec<Point>> = Vec::new();
    let mut outer = false;
    for part in parts {
        if part.hole && !outer {
            continue;
        }
        let simple = simplified(layer, tile, part);
        if part.hole && is_tiny(&simple) {
            continue;
        }
        let mut ring = clip::clean(clip::ring(simple, low, high));
        if ring.is_empty() && !part.hole {
            // So narrow that its simplification has no surface: a band is drawn as it is.
            ring = clip::clean(clip::ring(all(layer, tile, part).collect(), low, high));
        }
        if !part.hole {
            outer = !ring.is_empty();
        }
        if ring.is_empty() {
            continue;
        }
        if (clip::surface(&ring) > 0) == part.hole {
            ring.reverse();
        }
        rings.push(ring);
    }
    rings
}

/// Whether a ring is smaller than a pixel.
fn is_tiny(ring: &[Point]) -> bool {
    let side = |key: fn(&Point) -> i64| {
        let (least, greatest) =
            ring.iter().map(key).fold((i64::MAX, i64::MIN), |(a, b), at| (a.min(at), b.max(at)));
        greatest.saturating_sub(least)
    };
    side(|at| at.0) < UNITS_OF_PIXEL as i64 && side(|at| at.1) < UNITS_OF_PIXEL as i64
}

fn all<'a>(layer: &'a Layer, tile: TileId, part: &Part) -> impl Iterator<Item = Point> + 'a {
    layer.vertices[part.vertices.clone()].iter().map(move |vertex| tile.local(vertex.at))
}

/// Without the vertices that make less than half a pixel of difference.
fn simplified(layer: &Layer, tile: TileId, part: &Part) -> Vec<Point> {
    let tolerance = ((UNITS_OF_PIXEL / 2) << tile.shift()) as f32;
    let vertices = layer.vertices[part.vertices.clone()].iter();
    let mut points: Vec<Point> = Vec::new();
    for vertex in vertices.filter(|vertex| vertex.worth >= tolerance * tolerance) {
        let at = tile.local(vertex.at);
        if points.last() != Some(&at) {
            points.push(at);
        }
    }
    points
}
