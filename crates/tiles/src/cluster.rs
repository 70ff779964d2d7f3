//! Near points drawn as one, for a whole layer and zoom by zoom.
//!
//! From the finest zoom to the coarsest: the first thing that belongs to no cluster yet takes everything within
//! the radius, and the clusters of one zoom are the points of the next coarser one. So a cluster of a coarse zoom
//! is a union of clusters of a finer one, and every thing is counted exactly once at every zoom.

use crate::index::Index;
use crate::layer::{Clustering, Held, Kind, Small};
use crate::world::{Area, MOST_ZOOM, Spot, UNITS_OF_PIXEL};

/// A point of the map: one thing, or many.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Spot,
    pub(crate) count: u32,
    /// How many of each class; empty for a single thing.
    pub(crate) classes: Vec<u32>,
    /// The thing, or the first of the cluster's.
    pub(crate) held: u32,
    /// The zoom at which it falls apart.
    pub(crate) expand: u8,
}

/// What one zoom shows.
#[derive(Debug)]
pub(crate) struct Level {
    pub(crate) nodes: Vec<Node>,
    pub(crate) index: Index,
    /// The things that are drawn with their shape.
    pub(crate) shaped: Vec<u32>,
    pub(crate) shapes: Index,
}

impl Level {
    pub(crate) fn weight(&self) -> usize {
        let nodes = self.nodes.iter().map(|node| size_of_val(node) + 24 + node.classes.len() * 4);
        nodes.sum::<usize>() + self.shaped.len() * 24
    }
}

/// The levels from zoom 0 to the last that is clustered.
pub(crate) fn levels(held: &[Held], clustering: &Clustering, small: Small) -> Vec<Level> {
    let until = clustering.until.min(MOST_ZOOM);
    let mut levels = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    let mut taken = vec![false; held.len()];
    for zoom in (0..=until).rev() {
        let shift = u32::from(MOST_ZOOM - zoom);
        let pointed = |thing: &Held| is_point(thing, small, shift);
        for (number, thing) in (0u32..).zip(held) {
            if !taken[number as usize] && pointed(thing) {
                taken[number as usize] = true;
                nodes.push(Node {
                    at: thing.area.middle(),
                    count: 1,
                    classes: Vec::new(),
                    held: number,
                    expand: zoom,
                });
            }
        }
        nodes.sort_unstable_by_key(|node| node.held);
        let radius = (u64::from(clustering.radius.max(1)) * UNITS_OF_PIXEL) << shift;
        nodes = gather(&nodes, radius, zoom, clustering, held);
        let areas: Vec<Area> = nodes.iter().map(|node| Area::of(node.at)).collect();
        let shaped: Vec<u32> =
            (0u32..).zip(&taken).filter(|(_, taken)| !**taken).map(|(number, _)| number).collect();
        let places: Vec<Area> = shaped.iter().map(|number| held[*number as usize].area).collect();
        let (index, shapes) = (Index::new(&areas), Index::new(&places));
        levels.push(Level { nodes: nodes.clone(), index, shaped, shapes });
    }
    levels.reverse();
    levels
}

/// Whether a thing is drawn as a point at this zoom.
pub(crate) fn is_point(thing: &Held, small: Small, shift: u32) -> bool {
    thing.kind == Kind::Points || matches!(small, Small::Point(pixels) if thing.below(pixels, shift))
}

/// One round: the nodes of the next coarser zoom.
fn gather(nodes: &[Node], radius: u64, zoom: u8, clustering: &Clustering, held: &[Held]) -> Vec<Node> {
    let grid = Grid::new(nodes, radius);
    let mut gone = vec![false; nodes.len()];
    let mut gathered = Vec::new();
    for (first, node) in nodes.iter().enumerate() {
        if gone[first] {
            continue;
        }
        gone[first] = true;
        let mut near = Vec::new();
        grid.around(node.at, |other| {
            if !gone[other] && is_near(node.at, nodes[other].at, radius) {
                near.push(other);
            }
        });
        let count = near.iter().fold(node.count, |count, other| count.saturating_add(nodes[*other].count));
        if near.is_empty() || count < clustering.least {
            gathered.push(node.clone());
            continue;
        }
        near.sort_unstable();
        let (mut x, mut y) = (0u64, 0u64);
        let mut classes = vec![0u32; clustering.classes.len()];
        for member in std::iter::once(first).chain(near) {
            gone[member] = true;
            let member = &nodes[member];
            x = x.saturating_add(u64::from(member.at.0) * u64::from(member.count));
            y = y.saturating_add(u64::from(member.at.1) * u64::from(member.count));
            if member.count == 1 {
                if let Some(counted) = classes.get_mut(held[member.held as usize].class) {
                    *counted += 1;
                }
            } else {
                classes.iter_mut().zip(&member.classes).for_each(|(sum, part)| *sum += part);
            }
        }
        let middle = |sum: u64| (sum / u64::from(count)) as u32;
        gathered.push(Node { at: (middle(x), middle(y)), count, classes, held: node.held, expand: zoom + 1 });
    }
    gathered
}

fn is_near(one: Spot, other: Spot, radius: u64) -> bool {
    let (dx, dy) = (u64::from(one.0.abs_diff(other.0)), u64::from(one.1.abs_diff(other.1)));
    dx <= radius
        && dy <= radius
        && u128::from(dx) * u128::from(dx) + u128::from(dy) * u128::from(dy)
            <= u128::from(radius) * u128::from(radius)
}

/// Nodes by the cells of a grid as wide as the radius, in a sorted list.
struct Grid {
    cell: u64,
    nodes: Vec<((u64, u64), usize)>,
}

impl Grid {
    fn new(nodes: &[Node], cell: u64) -> Self {
        let mut sorted: Vec<((u64, u64), usize)> = nodes
            .iter()
            .enumerate()
            .map(|(number, node)| ((u64::from(node.at.1) / cell, u64::from(node.at.0) / cell), number))
            .collect();
        sorted.sort_unstable();
        Self { cell, nodes: sorted }
    }

    /// Everything in the cell of a place and in the eight around it.
    fn around(&self, at: Spot, mut see: impl FnMut(usize)) {
        let (x, y) = (u64::from(at.0) / self.cell, u64::from(at.1) / self.cell);
        for row in y.saturating_sub(1)..=y + 1 {
            let from = self.nodes.partition_point(|(cell, _)| *cell < (row, x.saturating_sub(1)));
            let cells = self.nodes[from..].iter().take_while(|(cell, _)| *cell <= (row, x + 1));
            cells.for_each(|(_, number)| see(*number));
        }
    }
}
