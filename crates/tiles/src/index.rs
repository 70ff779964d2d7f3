//! Which boxes meet a window: a packed Hilbert R-tree.
//!
//! Boxes are put in the order in which a Hilbert curve over the layer visits their middles, and every
//! [`FAN`] neighbours get a box around them, level by level. Built once, never changed, four numbers a box.

use crate::world::{Area, Spot};

/// So many boxes under one.
const FAN: usize = 16;

#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The numbers of the boxes, in the order of the lowest level.
    items: Vec<u32>,
    /// From the boxes themselves to the one around all.
    levels: Vec<Vec<Area>>,
}

impl Index {
    pub(crate) fn new(areas: &[Area]) -> Self {
        let Some(bounds) = areas.iter().copied().reduce(Area::with) else { return Self::default() };
        let side = u64::from(bounds.side()).max(1);
        let place = |(x, y): Spot| {
            let scale = |at: u32, from: u32| (u64::from(at - from) * 65_535 / side) as u32;
            hilbert(scale(x, bounds.least.0), scale(y, bounds.least.1))
        };
        let mut order: Vec<(u32, u32)> =
            areas.iter().zip(0u32..).map(|(area, item)| (place(area.middle()), item)).collect();
        order.sort_unstable();
        let items: Vec<u32> = order.into_iter().map(|(_, item)| item).collect();
        let mut levels: Vec<Vec<Area>> = vec![items.iter().map(|item| areas[*item as usize]).collect()];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let above = below.chunks(FAN).filter_map(|few| few.iter().copied().reduce(Area::with)).collect();
            levels.push(above);
        }
        Self { items, levels }
    }

    /// The numbers of all boxes that meet the window, ascending.
    pub(crate) fn meeting(&self, window: &Area) -> Vec<u32> {
        let mut found = Vec::new();
        let Some(top) = self.levels.len().checked_sub(1) else { return found };
        let mut waiting: Vec<(usize, usize)> = (0..self.levels[top].len()).map(|at| (top, at)).collect();
        while let Some((level, at)) = waiting.pop() {
            if !self.levels[level][at].meets(window) {
                continue;
            }
            match level.checked_sub(1) {
                None => found.push(self.items[at]),
                Some(below) => {
                    let until = ((at + 1) * FAN).min(self.levels[below].len());
                    waiting.extend((at * FAN..until).map(|child| (below, child)));
                }
            }
        }
        found.sort_unstable();
        found
    }
}

/// How far along the Hilbert curve of 65,536 × 65,536 cells a cell lies.
fn hilbert(mut x: u32, mut y: u32) -> u32 {
    let (mut along, mut side) = (0u32, 1u32 << 15);
    while side > 0 {
        let (right, down) = (u32::from(x & side > 0), u32::from(y & side > 0));
        along = along.wrapping_add(side * side * ((3 * right) ^ down));
        if down == 0 {
            if right == 1 {
                (x, y) = (65_535 - x, 65_535 - y);
            }
            (x, y) = (y, x);
        }
        side /= 2;
    }
    along
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_curve_goes_from_neighbour_to_neighbour() {
        let mut cells: Vec<(u32, (u32, u32))> =
            (0..64).flat_map(|x| (0..64).map(move |y| (hilbert(x, y), (x, y)))).collect();
        cells.sort_unstable();
        for pair in cells.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0].1, pair[1].1);
            assert_eq!(ax.abs_diff(bx) + ay.abs_diff(by), 1, "{pair:?}");
        }
    }

    fn area() -> impl Strategy<Value = Area> {
        (any::<u32>(), any::<u32>(), 0u32..1 << 28, 0u32..1 << 28).prop_map(|(x, y, width, height)| Area {
            least: (x, y),
            greatest: (x.saturating_add(width), y.saturating_add(height)),
        })
    }

    proptest! {
        #[test]
        fn it_finds_what_a_scan_finds(areas in prop::collection::vec(area(), 0..200), window in area()) {
            let scan: Vec<u32> = (0u32..).zip(&areas).filter(|(_, area)| area.meets(&window)).map(|(item, _)| item).collect();
            prop_assert_eq!(Index::new(&areas).meeting(&window), scan);
        }
    }
}
