//! Lengths, areas and destinations on the CGCS2000 ellipsoid, by Karney's algorithms (GeographicLib).

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic, PolygonArea, Winding};

use crate::coordinate::PER_DEGREE;
use crate::{Coordinate, Geometry};

/// The equatorial radius of the CGCS2000 ellipsoid, in metres (GB 22021—2008).
pub const SEMI_MAJOR_AXIS: f64 = 6_378_137.0;

/// The flattening of the CGCS2000 ellipsoid.
pub const FLATTENING: f64 = 1.0 / 298.257_222_101;

static CGCS2000: LazyLock<Geodesic> = LazyLock::new(|| Geodesic::new(SEMI_MAJOR_AXIS, FLATTENING));

impl Geometry {
    /// The length of the lines in millimetres, rounded once, half to even; 0 for points and polygons.
    pub fn length_mm(&self) -> i64 {
        match self {
            Self::Lines(lines) => millimetres(lines.iter().map(|line| length(&CGCS2000, line)).sum()),
            Self::Points(_) | Self::Polygons(_) => 0,
        }
    }

    /// The length of all rings of the polygons in millimetres, holes included; 0 for points and lines.
    pub fn perimeter_mm(&self) -> i64 {
        match self {
            Self::Polygons(polygons) => {
                millimetres(polygons.iter().flatten().map(|ring| length(&CGCS2000, ring)).sum())
            }
            Self::Points(_) | Self::Lines(_) => 0,
        }
    }

    /// The area of the polygons less their holes in square millimetres, rounded once, half to even; 0 for points and
    /// lines. The direction of the rings does not matter; a ring that crosses itself has no meaningful area.
    pub fn area_mm2(&self) -> i128 {
        let Self::Polygons(polygons) = self else { return 0 };
        let square_metres: f64 = polygons
            .iter()
            .map(|rings| {
                let mut areas = rings.iter().map(|ring| area(&CGCS2000, ring));
                areas.next().unwrap_or(0.0) - areas.sum::<f64>()
            })
            .sum();
        (square_metres * 1e6).round_ties_even() as i128
    }
}

/// The geodesic distance between two places in millimetres.
pub fn distance_mm(from: Coordinate, to: Coordinate) -> i64 {
    millimetres(distance(&CGCS2000, from, to))
}

/// The direction of the shortest way from one place to another, at its beginning: degrees clockwise from north.
pub fn azimuth(from: Coordinate, to: Coordinate) -> f64 {
    let ((x1, y1), (x2, y2)) = (from.degrees(), to.degrees());
    let (azimuth, _, _): (f64, f64, f64) = CGCS2000.inverse(y1, x1, y2, x2);
    azimuth
}

/// Where one arrives who walks so many metres in this direction (degrees clockwise from north).
///
/// `from` itself if the numbers are not finite.
pub fn destination(from: Coordinate, azimuth_degrees: f64, metres: f64) -> Coordinate {
    let (longitude, latitude) = from.degrees();
    let (latitude, longitude): (f64, f64) = CGCS2000.direct(latitude, longitude, azimuth_degrees, metres);
    Coordinate::from_degrees(longitude, latitude).unwrap_or(from)
}

fn millimetres(metres: f64) -> i64 {
    (metres * 1e3).round_ties_even() as i64
}

fn distance(ellipsoid: &Geodesic, from: Coordinate, to: Coordinate) -> f64 {
    let ((x1, y1), (x2, y2)) = (from.degrees(), to.degrees());
    ellipsoid.inverse(y1, x1, y2, x2)
}

fn length(ellipsoid: &Geodesic, line: &[Coordinate]) -> f64 {
    line.windows(2).map(|pair| distance(ellipsoid, pair[0], pair[1])).sum()
}

fn area(ellipsoid: &Geodesic, ring: &[Coordinate]) -> f64 {
    let open = match ring {
        [first, rest @ .., last] if first == last && !rest.is_empty() => &ring[..ring.len() - 1],
        _ => ring,
    };
    let mut polygon = PolygonArea::new(ellipsoid, Winding::CounterClockwise);
    for at in open {
        let (longitude, latitude) = at.degrees();
        polygon.add_point(latitude, longitude);
    }
    // Without a point there is no area; the library would measure from its own origin.
    if open.is_empty() { 0.0 } else { polygon.compute(true).1.abs() }
}

/// Exact until the last division, so that the same shape has the same centre everywhere.
pub(crate) fn centroid(geometry: &Geometry) -> Option<Coordinate> {
    let first = geometry.coordinates().next()?;
    let middle = match geometry {
        Geometry::Points(_) => None,
        Geometry::Lines(lines) => {
            // Weights need not be exact lengths: planar ones in 1e-7 degrees, cut to whole numbers, will do.
            let mut sum = (0_i128, 0_i128, 0_i128);
            for pair in lines.iter().flat_map(|line| line.windows(2)) {
                let (dx, dy) = (pair[1].longitude - pair[0].longitude, pair[1].latitude - pair[0].latitude);
                let weight = i128::from(dx.unsigned_abs()).pow(2) + i128::from(dy.unsigned_abs()).pow(2);
                let weight = weight.isqrt();
                sum.0 += weight * i128::from(pair[0].longitude + pair[1].longitude);
                sum.1 += weight * i128::from(pair[0].latitude + pair[1].latitude);
                sum.2 += 2 * weight;
            }
            (sum.2 > 0).then(|| (sum.0 / sum.2, sum.1 / sum.2))
        }
        Geometry::Polygons(polygons) => {
            // Coordinates relative to the first point keep the cubic sums inside 128 bits:
            // (3.6e9)² × 7.2e9 × 1e6 points < 1e35.
            let mut sum = (0_i128, 0_i128, 0_i128);
            for rings in polygons {
                for (index, ring) in rings.iter().enumerate() {
                    let (x, y, twice_area) = ring_moments(ring, first);
                    // Outer rings count positively and holes negatively, whichever way they run.
                    let sign = if (twice_area < 0) == (index == 0) { -1 } else { 1 };
                    sum = (sum.0 + sign * x, sum.1 + sign * y, sum.2 + sign * twice_area);
                }
            }
            (sum.2 != 0).then(|| {
                let (x, y) = (sum.0 / (3 * sum.2), sum.1 / (3 * sum.2));
                (x + i128::from(first.longitude), y + i128::from(first.latitude))
            })
        }
    };
    let (x, y) = middle.unwrap_or_else(|| {
        let (mut x, mut y, mut count) = (0_i128, 0_i128, 0_i128);
        for at in geometry.coordinates() {
            (x, y, count) = (x + i128::from(at.longitude), y + i128::from(at.latitude), count + 1);
        }
        (x / count, y / count)
    });
    let limit = i128::from(180 * PER_DEGREE);
    Some(Coordinate::new(x.clamp(-limit, limit) as i64, y.clamp(-limit, limit) as i64))
}

fn ring_moments(ring: &[Coordinate], origin: Coordinate) -> (i128, i128, i128) {
    let relative = |at: Coordinate| {
        (
            i128::from(at.longitude) - i128::from(origin.longitude),
            i128::from(at.latitude) - i128::from(origin.latitude),
        )
    };
    ring.windows(2).fold((0, 0, 0), |(x, y, area), pair| {
        let ((x1, y1), (x2, y2)) = (relative(pair[0]), relative(pair[1]));
        let cross = x1 * y2 - x2 * y1;
        (x + (x1 + x2) * cross, y + (y1 + y2) * cross, area + cross)
    })
}

#[cfg(test)]
mod tests {
    use geographiclib_rs::Geodesic;

    use super::{area, azimuth, destination, distance, distance_mm};
    use crate::{Coordinate, Geometry};

    fn at(longitude: f64, latitude: f64) -> Coordinate {
        Coordinate::from_degrees(longitude, latitude).expect("in range")
    }

    /// GeographicLib's published examples are on WGS 84; CGCS2000's ellipsoid differs from it in the ninth digit
    /// of the flattening (0.1 mm in the polar radius), so both must be met at once.
    #[test]
    fn published_distances_are_met() {
        fn check(from: (f64, f64), to: (f64, f64), metres: f64) {
            let (from, to) = (at(from.1, from.0), at(to.1, to.0));
            let found = distance(&Geodesic::wgs84(), from, to);
            assert!((found - metres).abs() < 1e-3, "{found}");
            // Relative difference of the two ellipsoids' lengths: below 2e-11.
            let ours = distance_mm(from, to) as f64 / 1e3;
            assert!((ours - found).abs() < 1e-3 + 2e-11 * found, "{ours} {found}");
        }
        // GeodSolve's manual: JFK to LHR.
        check((40.6, -73.8), (51.6, -0.5), 5_551_759.400);
        // GeographicLib's Python guide: Wellington to Salamanca.
        check((-41.32, 174.81), (40.96, -5.50), 19_959_679.267);
        // A quarter of the equator.
        check((0.0, 0.0), (0.0, 90.0), 10_018_754.171);
        // A quarter of a meridian of WGS 84 (CGCS2000: 10 001 965.729 31, i.e. 0.0 mm away).
        check((0.0, 0.0), (90.0, 0.0), 10_001_965.729);
    }

    #[test]
    fn published_areas_are_met() {
        // GeographicLib's Planimeter tests: a degree square at the equator, a polar triangle.
        let square = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0), at(0.0, 0.0)];
        let found = area(&Geodesic::wgs84(), &square);
        assert!((found - 12_308_778_361.469_452).abs() < 0.1, "{found}");
        let polar = [at(0.0, 89.0), at(90.0, 89.0), at(180.0, 89.0), at(-90.0, 89.0), at(0.0, 89.0)];
        let found = area(&Geodesic::wgs84(), &polar);
        assert!((found - 24_952_305_678.0).abs() < 1.0, "{found}");
        let ours = Geometry::Polygons(vec![square.to_vec()].into_iter().map(|ring| vec![ring]).collect());
        assert!((ours.area_mm2() as f64 / 1e6 - 12_308_778_361.469).abs() < 1.0, "{}", ours.area_mm2());
    }

    #[test]
    fn holes_are_taken_away_whichever_way_rings_run() {
        let ring = |size: f64| {
            vec![
                at(114.0, 30.0),
                at(114.0 + size, 30.0),
                at(114.0 + size, 30.0 + size),
                at(114.0, 30.0 + size),
                at(114.0, 30.0),
            ]
        };
        let alone = |ring: Vec<Coordinate>| Geometry::Polygons(vec![vec![ring]]).area_mm2();
        let backwards = |mut ring: Vec<Coordinate>| {
            ring.reverse();
            ring
        };
        let (outer, hole) = (alone(ring(0.1)), alone(ring(0.05)));
        assert_eq!(alone(backwards(ring(0.1))), outer);
        let both = Geometry::Polygons(vec![vec![ring(0.1), backwards(ring(0.05))]]).area_mm2();
        // Rounded once, not ring by ring.
        assert!((both - (outer - hole)).abs() <= 1, "{both} {outer} {hole}");
        let same_way = Geometry::Polygons(vec![vec![ring(0.1), ring(0.05)]]).area_mm2();
        assert!((same_way - both).abs() <= 64, "{same_way} {both}");
    }

    #[test]
    fn a_walk_arrives_where_it_is_measured() {
        let start = at(114.3, 30.5);
        for direction in [0.0, 45.0, 90.0, 200.0, 359.0] {
            let end = destination(start, direction, 47_000.0);
            assert!((distance_mm(start, end) - 47_000_000).abs() < 20);
            assert!((azimuth(start, end).rem_euclid(360.0) - direction).abs() < 1e-4);
        }
        assert_eq!(destination(start, f64::NAN, 1.0), start);
        assert_eq!(destination(start, 0.0, f64::INFINITY), start);
    }

    #[test]
    fn kinds_measure_only_what_they_have() {
        let line = Geometry::parse_wkt("LINESTRING(114.3 30.5,114.4 30.5)").expect("reads");
        assert_eq!((line.length_mm(), line.area_mm2()), (9_599_892, 0));
        let point = Geometry::parse_wkt("POINT(114.3 30.5)").expect("reads");
        assert_eq!((point.length_mm(), point.area_mm2()), (0, 0));
    }

    #[test]
    fn centres() {
        fn check(wkt: &str, expected: &str) {
            let centre = Geometry::parse_wkt(wkt).expect("reads").centroid().expect("has points");
            assert_eq!(centre.to_string(), expected, "{wkt}");
        }
        check("MULTIPOINT(1 1,3 5)", "2.0000000 3.0000000");
        check("LINESTRING(0 0,2 0,2 0)", "1.0000000 0.0000000");
        check("LINESTRING(7 7,7 7)", "7.0000000 7.0000000");
        check("POLYGON((10 10,14 10,14 14,10 14,10 10))", "12.0000000 12.0000000");
        check(
            "POLYGON((10 10,14 10,14 14,10 14,10 10),(10 10,10 14,12 14,12 10,10 10))",
            "13.0000000 12.0000000",
        );
    }
}
