//! The plane on which tiles are cut: Web Mercator as whole numbers of 32 bits.
//!
//! A place is projected once, in floating point, to a grid of 2^32 × 2^32; from there on, which tile holds it and
//! where in the tile it lies are shifts of whole numbers, so that no place falls between two tiles or into both.

use crate::feature::Place;

/// A tile is so many units wide.
pub const EXTENT: i64 = 4096;

/// The finest zoom that can be asked for: one unit of a tile is then one unit of the world, 9 mm.
pub const MOST_ZOOM: u8 = 20;

/// So many units of a tile are a pixel of the screen, where a tile is drawn at 512 pixels.
pub(crate) const UNITS_OF_PIXEL: u64 = 8;

/// Where the square world of Web Mercator ends.
const MOST_LATITUDE: f64 = 85.051_128_779_806_6;

/// A place of the world's grid: from the west, from the north.
pub(crate) type Spot = (u32, u32);

/// A place in a tile; outside it too.
pub(crate) type Point = (i64, i64);

/// From degrees to the grid. What lies beyond the world is drawn at its edge.
pub(crate) fn project((east, north): Place) -> Spot {
    let latitude = (f64::from(north) / 1e7).clamp(-MOST_LATITUDE, MOST_LATITUDE);
    let sine = latitude.to_radians().sin();
    let x = f64::from(east) / 3.6e9 + 0.5;
    let y = 0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI);
    let world = |share: f64| (share * 4_294_967_296.0).clamp(0.0, 4_294_967_295.0) as u32;
    (world(x), world(y))
}

/// A box of the world's grid, its edges included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) least: Spot,
    pub(crate) greatest: Spot,
}

impl Area {
    pub(crate) fn of(at: Spot) -> Self {
        Self { least: at, greatest: at }
    }

    #[must_use]
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            least: (self.least.0.min(other.least.0), self.least.1.min(other.least.1)),
            greatest: (self.greatest.0.max(other.greatest.0), self.greatest.1.max(other.greatest.1)),
        }
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.least.0 <= other.greatest.0
            && other.least.0 <= self.greatest.0
            && self.least.1 <= other.greatest.1
            && other.least.1 <= self.greatest.1
    }

    /// The longer side.
    pub(crate) fn side(&self) -> u32 {
        (self.greatest.0 - self.least.0).max(self.greatest.1 - self.least.1)
    }

    pub(crate) fn middle(&self) -> Spot {
        (self.least.0.midpoint(self.greatest.0), self.least.1.midpoint(self.greatest.1))
    }
}

/// Which tile: zoom, column from the west, row from the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// `None` if there is no such tile.
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        let count = 1u32.checked_shl(u32::from(z))?;
        (z <= MOST_ZOOM && x < count && y < count).then_some(Self { z, x, y })
    }

    /// The tile of this zoom (at most [`MOST_ZOOM`]) that holds a place.
    pub fn holding(place: Place, z: u8) -> Self {
        let z = z.min(MOST_ZOOM);
        let (x, y) = project(place);
        let column = |at: u32| (u64::from(at) >> (32 - u32::from(z))) as u32;
        Self { z, x: column(x), y: column(y) }
    }

    /// The zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// The column.
    pub fn x(self) -> u32 {
        self.x
    }

    /// The row.
    pub fn y(self) -> u32 {
        self.y
    }

    /// By so many bits a unit of this tile is coarser than one of the world.
    pub(crate) fn shift(self) -> u32 {
        u32::from(MOST_ZOOM - self.z)
    }

    /// Where a place of the world lies in this tile.
    pub(crate) fn local(self, at: Spot) -> Point {
        let width = 32 - u32::from(self.z);
        let from = |number: u32| (u64::from(number) << width) as i64;
        ((i64::from(at.0) - from(self.x)) >> self.shift(), (i64::from(at.1) - from(self.y)) >> self.shift())
    }

    /// The part of the world in this tile and a rim of so many units around it.
    pub(crate) fn window(self, rim: i64) -> Area {
        let width = 32 - u32::from(self.z);
        let edge = |number: u32, units: i64| {
            let at = ((u64::from(number) << width) as i64).saturating_add(units << self.shift());
            at.clamp(0, i64::from(u32::MAX)) as u32
        };
        Area {
            least: (edge(self.x, -rim), edge(self.y, -rim)),
            greatest: (edge(self.x, EXTENT + rim), edge(self.y, EXTENT + rim)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_projected() {
        assert_eq!(project((0, 0)), (1 << 31, 1 << 31));
        assert_eq!(project((-1_800_000_000, 900_000_000)), (0, 0));
        assert_eq!(project((i32::MAX, i32::MIN)), (u32::MAX, u32::MAX));
        // As OpenStreetMap numbers its tiles.
        let tile = TileId::holding((1_143_000_000, 306_000_000), 10);
        assert_eq!((tile.z(), tile.x(), tile.y()), (10, 837, 420));
    }

    #[test]
    fn tiles_that_do_not_exist_are_refused() {
        assert_eq!(TileId::new(21, 0, 0), None);
        assert_eq!(TileId::new(255, 0, 0), None);
        assert_eq!(TileId::new(1, 2, 0), None);
        assert!(TileId::new(20, (1 << 20) - 1, 0).is_some());
    }

    #[test]
    fn a_tile_begins_at_nought_and_ends_below_its_extent() {
        let tile = TileId::new(1, 1, 0).unwrap();
        assert_eq!(tile.local((1 << 31, 0)), (0, 0));
        assert_eq!(tile.local((u32::MAX, (1 << 31) - 1)), (4095, 4095));
        assert_eq!(tile.local(((1 << 31) - 1, 0)).0, -1);
    }
}
