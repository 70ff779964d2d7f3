//! Places, lines and surfaces on the CGCS2000 ellipsoid.
//!
//! ```text
//! WKT ─────┐                              ┌─▶ length_mm, area_mm2 (Karney's geodesics)
//! GeoJSON ─┼─▶ Geometry ─▶ validate() ────┼─▶ bounds, centroid
//! GCJ-02 ──┘   (i64, 1e-7 degrees)        └─▶ WKT, GeoJSON
//! ```
//!
//! Why it exists: a length that is computed must be the same length on every machine, and a shape that
//! crosses itself must be refused with the place of the crossing, before anybody adds it up.
//!
//! Invariants:
//! - **No float is stored.** A [`Coordinate`] is two whole numbers of 1e-7 degrees (1.1 cm at the equator),
//!   the precision of the book's WKT. Validation is exact integer arithmetic.
//! - **Nothing here panics or recurses**, whatever it is given, and everything is bounded ([`MAX_POINTS`]).
//! - This crate knows no pack, no record, no file, no clock.
//!
//! Floats do occur while measuring, and here is what that means. Additions, products and square roots are fixed
//! by IEEE 754; `sin`, `cos`, `atan2` and `hypot` come from the platform's C library (glibc, musl, Apple, the
//! Microsoft runtime), and these differ in the last bit. 32-bit x86 without SSE2 would differ in more and is not
//! supported. The last bit is worth about 1e-9 m in a length and, because an area is a difference of two surfaces
//! that reach to the equator, some square millimetres in an area of many square kilometres. Rounding pins both where
//! people see them: a length is rounded to the millimetre here, so that two platforms could disagree only where
//! the true length lies within nanometres of a half millimetre; areas are rounded to the square millimetre here
//! and to the decimals of their field on their way into the book (at most a few decimals of a square metre).
//! What is in the book is never measured again to be believed: the measure taken at intake is itself an entry.

mod coordinate;
mod gcj02;
mod geojson;
mod measure;
mod validity;
mod wkt;

pub use coordinate::{Bounds, Coordinate};
pub use gcj02::{from_gcj02, to_gcj02};
pub use measure::{FLATTENING, SEMI_MAJOR_AXIS, azimuth, destination, distance_mm};
pub use validity::{GeometryFault, Wanted};

/// A geometry has at most this many points: 16 MB, a hundred times the finest city boundary.
pub const MAX_POINTS: usize = 1_000_000;

/// A shape of one or several parts, in CGCS2000 longitude and latitude.
///
/// WGS 84 coordinates are taken as CGCS2000: the two differ by centimetres.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Geometry {
    /// Places.
    Points(Vec<Coordinate>),
    /// Lines, each of at least two places.
    Lines(Vec<Vec<Coordinate>>),
    /// Polygons, each an outer ring followed by its holes; a ring ends where it began.
    Polygons(Vec<Vec<Vec<Coordinate>>>),
}

impl Geometry {
    /// Every coordinate, in order.
    pub fn coordinates(&self) -> Box<dyn Iterator<Item = Coordinate> + '_> {
        match self {
            Self::Points(points) => Box::new(points.iter().copied()),
            Self::Lines(lines) => Box::new(lines.iter().flatten().copied()),
            Self::Polygons(polygons) => Box::new(polygons.iter().flatten().flatten().copied()),
        }
    }

    /// The same shape with every coordinate replaced.
    #[must_use]
    pub fn map(mut self, with: impl Fn(Coordinate) -> Coordinate) -> Self {
        match &mut self {
            Self::Points(points) => points.iter_mut().for_each(|at| *at = with(*at)),
            Self::Lines(lines) => lines.iter_mut().flatten().for_each(|at| *at = with(*at)),
            Self::Polygons(polygons) => {
                polygons.iter_mut().flatten().flatten().for_each(|at| *at = with(*at))
            }
        }
        self
    }

    /// The same shape, read as GCJ-02 (the shifted coordinates of Chinese web maps) and returned in CGCS2000.
    #[must_use]
    pub fn gcj02_to_cgcs2000(self) -> Self {
        self.map(from_gcj02)
    }

    /// The smallest box around it; `None` if it has no point.
    pub fn bounds(&self) -> Option<Bounds> {
        self.coordinates().fold(None, |bounds: Option<Bounds>, at| {
            Some(bounds.map_or(Bounds { least: at, greatest: at }, |bounds| bounds.with(at)))
        })
    }

    /// A place to put a label: the centre of gravity of the points, of the segments by length, or of the
    /// surface, in the plane of longitude and latitude. It may lie outside a curved shape.
    pub fn centroid(&self) -> Option<Coordinate> {
        measure::centroid(self)
    }
}
