//! Exact coordinates and the boxes around them.

use std::fmt;

/// How many units of a coordinate make a degree.
pub(crate) const PER_DEGREE: i64 = 10_000_000;

/// A place, in whole units of 1e-7 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Coordinate {
    /// East of Greenwich, -180° to 180°.
    pub longitude: i64,
    /// North of the equator, -90° to 90°.
    pub latitude: i64,
}

impl Coordinate {
    /// A place in units of 1e-7 degrees.
    pub const fn new(longitude: i64, latitude: i64) -> Self {
        Self { longitude, latitude }
    }

    /// The nearest place to these degrees (half to even); `None` unless both are finite and in range.
    pub fn from_degrees(longitude: f64, latitude: f64) -> Option<Self> {
        let place = Self::new(units(longitude)?, units(latitude)?);
        place.is_in_range().then_some(place)
    }

    /// Longitude and latitude in degrees.
    pub fn degrees(self) -> (f64, f64) {
        (self.longitude as f64 / PER_DEGREE as f64, self.latitude as f64 / PER_DEGREE as f64)
    }

    /// Whether such a place exists.
    pub fn is_in_range(self) -> bool {
        self.longitude.unsigned_abs() <= 180 * PER_DEGREE as u64
            && self.latitude.unsigned_abs() <= 90 * PER_DEGREE as u64
    }

    /// Appends `114.3000000 30.5000000`.
    pub(crate) fn write(self, between: char, out: &mut String) {
        write_units(self.longitude, out);
        out.push(between);
        write_units(self.latitude, out);
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(24);
        self.write(' ', &mut out);
        f.write_str(&out)
    }
}

/// A box of longitudes and latitudes, its edges included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The south-western corner.
    pub least: Coordinate,
    /// The north-eastern corner.
    pub greatest: Coordinate,
}

impl Bounds {
    /// The box that also holds `at`.
    #[must_use]
    pub fn with(self, at: Coordinate) -> Self {
        Self {
            least: Coordinate::new(
                self.least.longitude.min(at.longitude),
                self.least.latitude.min(at.latitude),
            ),
            greatest: Coordinate::new(
                self.greatest.longitude.max(at.longitude),
                self.greatest.latitude.max(at.latitude),
            ),
        }
    }

    /// Whether the box holds `at`.
    pub fn contains(&self, at: Coordinate) -> bool {
        (self.least.longitude..=self.greatest.longitude).contains(&at.longitude)
            && (self.least.latitude..=self.greatest.latitude).contains(&at.latitude)
    }

    /// Whether the boxes share a place.
    pub fn meets(&self, other: &Self) -> bool {
        self.least.longitude <= other.greatest.longitude
            && other.least.longitude <= self.greatest.longitude
            && self.least.latitude <= other.greatest.latitude
            && other.least.latitude <= self.greatest.latitude
    }
}

fn units(degrees: f64) -> Option<i64> {
    let units = (degrees * PER_DEGREE as f64).round_ties_even();
    // 1e10 units are 1,000 degrees: far inside what converts exactly, far outside what is in range.
    (units.abs() < 1e10).then_some(units as i64)
}

fn write_units(units: i64, out: &mut String) {
    use std::fmt::Write as _;
    let sign = if units < 0 { "-" } else { "" };
    let magnitude = units.unsigned_abs();
    let per_degree = PER_DEGREE as u64;
    // Writing to a String cannot fail.
    let _ = write!(out, "{sign}{}.{:07}", magnitude / per_degree, magnitude % per_degree);
}
