//! What is wrong with a geometry, and where.

use thiserror::Error;

use crate::{Bounds, Coordinate, Geometry, MAX_POINTS};

/// What was expected where a text cannot be read: a closed list, so that whoever shows a fault can say it in any language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Wanted {
    /// The name of a kind of geometry.
    #[error("POINT, LINESTRING or POLYGON")]
    Kind,
    /// Nothing more.
    #[error("the end")]
    End,
    /// `(`.
    #[error("`(`")]
    Opening,
    /// `)`.
    #[error("`)`")]
    Closing,
    /// `,` or `)`.
    #[error("`,` or `)`")]
    NextOrClosing,
    /// A number.
    #[error("a number of degrees")]
    Degrees,
    /// A number as people write it.
    #[error("a number without exponent")]
    NoExponent,
    /// A JSON object that says what it is.
    #[error("an object with a `type`")]
    TypedObject,
    /// JSON, and none that is nested beyond measure.
    #[error("JSON that nests at most 128 deep")]
    ShallowJson,
    /// A JSON list.
    #[error("a list of coordinates")]
    Coordinates,
    /// A JSON list of two numbers.
    #[error("a position: [longitude, latitude]")]
    Position,
}

/// Why a geometry is refused. Positions in texts count bytes from 0 and are shown from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GeometryFault {
    /// The text is not WKT.
    #[error("wanted {wanted} at character {}", at + 1)]
    Syntax {
        /// Where, in bytes.
        at: usize,
        /// What was expected there.
        wanted: Wanted,
    },
    /// A number has more decimals than the book holds.
    #[error("more than 7 decimals at character {}", at + 1)]
    TooPrecise {
        /// Where, in bytes.
        at: usize,
    },
    /// The JSON is not a GeoJSON geometry.
    #[error("wanted {wanted}")]
    GeoJson {
        /// What was expected.
        wanted: Wanted,
    },
    /// A kind of geometry, or a third dimension, that registers do not hold.
    #[error("`{what}` is not supported: only points, lines and polygons in longitude and latitude")]
    Unsupported {
        /// Its name.
        what: String,
    },
    /// Nothing there.
    #[error("the geometry is empty")]
    Empty,
    /// More points than a geometry may have.
    #[error("more than {limit} points")]
    TooManyPoints {
        /// The limit.
        limit: usize,
    },
    /// Not a place on earth; often longitude and latitude exchanged.
    #[error("{place} is not a longitude and a latitude")]
    OutOfRange {
        /// The place as it was read.
        place: String,
    },
    /// A line of fewer than two places.
    #[error("a line needs at least 2 places")]
    LineTooShort,
    /// A ring of fewer than four places.
    #[error("a ring needs at least 4 places, the last the same as the first")]
    RingTooShort,
    /// A ring that does not end where it began.
    #[error("the ring that begins at {start} ends at {end} instead of where it began")]
    RingOpen {
        /// Where it begins.
        start: Coordinate,
        /// Where it ends.
        end: Coordinate,
    },
    /// A line whose places are all the same.
    #[error("the line at {at} has no length")]
    ZeroLength {
        /// The place.
        at: Coordinate,
    },
    /// A ring without surface.
    #[error("the ring at {at} has no area")]
    ZeroArea {
        /// Its first place.
        at: Coordinate,
    },
    /// Edges that cross, or touch where they may not.
    #[error("the outline crosses itself at {at}")]
    SelfIntersection {
        /// Where.
        at: Coordinate,
    },
    /// A hole outside its polygon, or one polygon inside another.
    #[error("the ring at {at} lies on the wrong side of another ring of the same shape")]
    Misplaced {
        /// A place of the ring.
        at: Coordinate,
    },
    /// An edge longer than half the earth: the shape crosses the 180th meridian.
    #[error("the edge at {at} crosses the 180th meridian; split the shape there")]
    Antimeridian {
        /// Where the edge begins.
        at: Coordinate,
    },
    /// Too many edges side by side to check in bounded time.
    #[error("the outline is too intricate to be checked; simplify it")]
    TooComplex,
}

/// Pairs of edges looked at before a shape is called too complex: some tenths of a second.
const MAX_PAIRS: usize = 30_000_000;

impl Geometry {
    /// Checks that this is a shape: in range, lines with length, rings closed, simple, with area, holes inside.
    ///
    /// Lines may cross themselves. The check is exact, in the plane of longitude and latitude.
    pub fn validate(&self) -> Result<(), GeometryFault> {
        let mut count = 0;
        for at in self.coordinates() {
            count += 1;
            if !at.is_in_range() {
                return Err(GeometryFault::OutOfRange { place: at.to_string() });
            }
        }
        if count == 0 {
            return Err(GeometryFault::Empty);
        }
        if count > MAX_POINTS {
            return Err(GeometryFault::TooManyPoints { limit: MAX_POINTS });
        }
        match self {
            Self::Points(_) => Ok(()),
            Self::Lines(lines) => lines.iter().try_for_each(|line| check_line(line)),
            Self::Polygons(polygons) => {
                polygons.iter().flatten().try_for_each(|ring| check_ring(ring))?;
                check_crossings(polygons)?;
                check_nesting(polygons)
            }
        }
    }
}

fn check_line(line: &[Coordinate]) -> Result<(), GeometryFault> {
    let [first, rest @ ..] = line else { return Err(GeometryFault::LineTooShort) };
    if rest.is_empty() {
        return Err(GeometryFault::LineTooShort);
    }
    if rest.iter().all(|at| at == first) {
        return Err(GeometryFault::ZeroLength { at: *first });
    }
    check_meridian(line)
}

fn check_ring(ring: &[Coordinate]) -> Result<(), GeometryFault> {
    let (Some(first), Some(last)) = (ring.first(), ring.last()) else {
        return Err(GeometryFault::RingTooShort);
    };
    if first != last {
        return Err(GeometryFault::RingOpen { start: *first, end: *last });
    }
    if ring.len() < 4 {
        return Err(GeometryFault::RingTooShort);
    }
    check_meridian(ring)?;
    let twice_area: i128 = ring.windows(2).map(|pair| cross(*first, pair[0], pair[1])).sum();
    if twice_area == 0 && is_flat(ring) {
        return Err(GeometryFault::ZeroArea { at: *first });
    }
    Ok(())
}

/// Whether all places lie on one straight line. (A figure of eight also sums to nothing, but it crosses itself.)
fn is_flat(ring: &[Coordinate]) -> bool {
    let first = ring[0];
    match ring.iter().find(|at| **at != first) {
        None => true,
        Some(second) => ring.iter().all(|at| cross(first, *second, *at) == 0),
    }
}

fn check_meridian(line: &[Coordinate]) -> Result<(), GeometryFault> {
    match line.windows(2).find(|pair| pair[0].longitude.abs_diff(pair[1].longitude) > 1_800_000_000) {
        Some(pair) => Err(GeometryFault::Antimeridian { at: pair[0] }),
        None => Ok(()),
    }
}

/// An edge of a ring, with where it belongs.
struct Edge {
    from: Coordinate,
    to: Coordinate,
    polygon: usize,
    ring: usize,
    /// Its place among the ring's edges that have length, and how many those are.
    index: usize,
    count: usize,
}

impl Edge {
    fn bounds(&self) -> Bounds {
        Bounds { least: self.from, greatest: self.from }.with(self.to)
    }
}

/// Sweeps the edges by longitude and compares each with those that it overlaps there.
fn check_crossings(polygons: &[Vec<Vec<Coordinate>>]) -> Result<(), GeometryFault> {
    let mut edges = edges_of(polygons);
    edges.sort_by_key(|edge| edge.from.longitude.min(edge.to.longitude));
    let mut active: Vec<usize> = Vec::new();
    let mut pairs = 0;
    for (position, edge) in edges.iter().enumerate() {
        let bounds = edge.bounds();
        active.retain(|other| {
            let other = &edges[*other];
            other.from.longitude.max(other.to.longitude) >= bounds.least.longitude
        });
        pairs += active.len();
        if pairs > MAX_PAIRS {
            return Err(GeometryFault::TooComplex);
        }
        for other in &active {
            let other = &edges[*other];
            if let Some(at) = other.bounds().meets(&bounds).then(|| forbidden_meeting(other, edge)).flatten()
            {
                return Err(GeometryFault::SelfIntersection { at });
            }
        }
        active.push(position);
    }
    Ok(())
}

fn edges_of(polygons: &[Vec<Vec<Coordinate>>]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (polygon, rings) in polygons.iter().enumerate() {
        for (ring, places) in rings.iter().enumerate() {
            // A place given twice in a row makes no edge.
            let long = || places.windows(2).filter(|pair| pair[0] != pair[1]);
            let count = long().count();
            edges.extend(long().enumerate().map(|(index, pair)| Edge {
                from: pair[0],
                to: pair[1],
                polygon,
                ring,
                index,
                count,
            }));
        }
    }
    edges
}

/// Where two edges meet although they may not.
///
/// Neighbours in a ring share their common end and nothing more. Different rings of a polygon may touch in places,
/// not run along each other; different polygons of a shape may share edges, as neighbouring lots do.
fn forbidden_meeting(a: &Edge, b: &Edge) -> Option<Coordinate> {
    let same_ring = a.polygon == b.polygon && a.ring == b.ring;
    if let Some(at) = proper_crossing(a, b) {
        return Some(at);
    }
    let touch = touching(a, b)?;
    let overlap = overlapping(a, b);
    if same_ring {
        let gap = a.index.abs_diff(b.index);
        let neighbours = gap == 1 || gap == a.count - 1;
        return if neighbours { overlap } else { Some(touch) };
    }
    if a.polygon == b.polygon { overlap } else { None }
}

/// Twice the signed area of the triangle: positive when `c` lies to the left of the way from `a` to `b`.
fn cross(a: Coordinate, b: Coordinate, c: Coordinate) -> i128 {
    let difference = |one: i64, other: i64| i128::from(one) - i128::from(other);
    difference(b.longitude, a.longitude) * difference(c.latitude, a.latitude)
        - difference(b.latitude, a.latitude) * difference(c.longitude, a.longitude)
}

/// The place where two edges cross, each strictly between the other's ends.
fn proper_crossing(a: &Edge, b: &Edge) -> Option<Coordinate> {
    let (from_side, to_side) = (cross(b.from, b.to, a.from), cross(b.from, b.to, a.to));
    let crosses = from_side.signum() * to_side.signum() < 0
        && cross(a.from, a.to, b.from).signum() * cross(a.from, a.to, b.to).signum() < 0;
    crosses.then(|| {
        // Products stay below 3e19 × 4e9: well inside 128 bits.
        let along = |from: i64, to: i64| {
            i128::from(from) + (i128::from(to) - i128::from(from)) * from_side / (from_side - to_side)
        };
        let longitude = along(a.from.longitude, a.to.longitude) as i64;
        Coordinate::new(longitude, along(a.from.latitude, a.to.latitude) as i64)
    })
}

fn touching(a: &Edge, b: &Edge) -> Option<Coordinate> {
    let on = |edge: &Edge, at: Coordinate| cross(edge.from, edge.to, at) == 0 && edge.bounds().contains(at);
    [a.from, a.to]
        .into_iter()
        .find(|at| on(b, *at))
        .or_else(|| [b.from, b.to].into_iter().find(|at| on(a, *at)))
}

/// A place inside the stretch that two edges share, if they share more than a place.
fn overlapping(a: &Edge, b: &Edge) -> Option<Coordinate> {
    if cross(a.from, a.to, b.from) != 0 || cross(a.from, a.to, b.to) != 0 {
        return None;
    }
    let (first, second) = (a.bounds(), b.bounds());
    let overlap = |low: fn(&Bounds) -> i64, high: fn(&Bounds) -> i64| {
        (low(&first).max(low(&second)), high(&first).min(high(&second)))
    };
    let (west, east) = overlap(|bounds| bounds.least.longitude, |bounds| bounds.greatest.longitude);
    let (south, north) = overlap(|bounds| bounds.least.latitude, |bounds| bounds.greatest.latitude);
    let shared = west <= east && south <= north && (west < east || south < north);
    let ends = [a.from, a.to, b.from, b.to];
    let within = |edge: &Edge, at: Coordinate| edge.bounds().contains(at);
    shared.then(|| ends.into_iter().find(|at| within(a, *at) && within(b, *at))).flatten()
}

/// Nothing crosses any more, so one place of a ring that is off another ring's edges tells its side.
fn check_nesting(polygons: &[Vec<Vec<Coordinate>>]) -> Result<(), GeometryFault> {
    let mut looked_at = 0;
    let mut side = |ring: &[Coordinate], other: &[Coordinate]| -> Result<Option<bool>, GeometryFault> {
        for at in ring {
            looked_at += other.len();
            if looked_at > MAX_PAIRS {
                return Err(GeometryFault::TooComplex);
            }
            if let Some(inside) = is_inside(*at, other) {
                return Ok(Some(inside));
            }
        }
        Ok(None)
    };
    let bounds = |ring: &[Coordinate]| Geometry::Lines(vec![ring.to_vec()]).bounds();
    for (index, rings) in polygons.iter().enumerate() {
        let [shell, holes @ ..] = rings.as_slice() else { continue };
        for (number, hole) in holes.iter().enumerate() {
            if side(hole, shell)? == Some(false) {
                return Err(GeometryFault::Misplaced { at: hole[0] });
            }
            for other in &holes[..number] {
                if side(hole, other)? == Some(true) || side(other, hole)? == Some(true) {
                    return Err(GeometryFault::Misplaced { at: hole[0] });
                }
            }
        }
        let own = bounds(shell);
        for other in polygons[..index].iter().filter_map(|rings| rings.first()) {
            let apart = match (own, bounds(other)) {
                (Some(a), Some(b)) => !a.meets(&b),
                _ => true,
            };
            if !apart && (side(shell, other)? == Some(true) || side(other, shell)? == Some(true)) {
                return Err(GeometryFault::Misplaced { at: shell[0] });
            }
        }
    }
    Ok(())
}

/// By counting edges to the east; `None` on an edge.
fn is_inside(at: Coordinate, ring: &[Coordinate]) -> Option<bool> {
    let mut inside = false;
    for pair in ring.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let turn = cross(from, to, at);
        if turn == 0 && (Bounds { least: from, greatest: from }).with(to).contains(at) {
            return None;
        }
        if (from.latitude > at.latitude) != (to.latitude > at.latitude)
            && (turn > 0) == (to.latitude > from.latitude)
        {
            inside = !inside;
        }
    }
    Some(inside)
}

#[cfg(test)]
mod tests {
    use crate::{Coordinate, Geometry};

    fn check(wkt: &str, expected: &str) {
        let geometry = Geometry::parse_wkt(wkt).expect("the form is right");
        let found = geometry.validate().map_or_else(|fault| fault.to_string(), |()| "valid".to_owned());
        assert_eq!(found, expected, "{wkt}");
    }

    #[test]
    fn lines_need_length() {
        check("LINESTRING(1 1,2 2)", "valid");
        check("LINESTRING(0 0,2 2,2 0,0 2)", "valid");
        check("LINESTRING(1 1,1 1)", "the line at 1.0000000 1.0000000 has no length");
        check("LINESTRING(1 1)", "a line needs at least 2 places");
        check("POINT(200 1)", "200.0000000 1.0000000 is not a longitude and a latitude");
        check(
            "LINESTRING(179 1,-179 1)",
            "the edge at 179.0000000 1.0000000 crosses the 180th meridian; split the shape there",
        );
    }

    #[test]
    fn rings_are_closed_and_simple() {
        check("POLYGON((0 0,4 0,4 4,0 4,0 0))", "valid");
        check("POLYGON((0 0,4 0,4 0,4 4,0 4,0 0))", "valid");
        check(
            "POLYGON((0 0,4 0,4 4,0 4))",
            "the ring that begins at 0.0000000 0.0000000 ends at 0.0000000 4.0000000 instead of where it began",
        );
        check("POLYGON((0 0,4 0,0 0))", "a ring needs at least 4 places, the last the same as the first");
        check("POLYGON((0 0,4 4,0 4,4 0,0 0))", "the outline crosses itself at 2.0000000 2.0000000");
        check("POLYGON((0 0,2 2,4 4,0 0))", "the ring at 0.0000000 0.0000000 has no area");
        // A spike, and a ring that touches itself.
        check("POLYGON((0 0,4 0,4 4,4 8,4 4,0 4,0 0))", "the outline crosses itself at 4.0000000 4.0000000");
        check("POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))", "the outline crosses itself at 2.0000000 0.0000000");
    }

    #[test]
    fn holes_lie_inside_and_parts_apart() {
        let shell = "(0 0,9 0,9 9,0 9,0 0)";
        check(&format!("POLYGON({shell},(1 1,2 1,2 2,1 1))"), "valid");
        check(&format!("POLYGON({shell},(0 0,2 1,1 2,0 0))"), "valid");
        check(
            &format!("POLYGON({shell},(11 1,12 1,12 2,11 1))"),
            "the ring at 11.0000000 1.0000000 lies on the wrong side of another ring of the same shape",
        );
        check(
            &format!("POLYGON({shell},(8 1,10 1,10 2,8 1))"),
            "the outline crosses itself at 9.0000000 1.0000000",
        );
        check(
            &format!("POLYGON({shell},(2 0,4 0,3 3,2 0))"),
            "the outline crosses itself at 2.0000000 0.0000000",
        );
        check(
            &format!("POLYGON({shell},(1 1,5 1,5 5,1 5,1 1),(2 2,3 2,3 3,2 2))"),
            "the ring at 2.0000000 2.0000000 lies on the wrong side of another ring of the same shape",
        );
        // Neighbouring lots share an edge; one lot inside another would count twice.
        check(&format!("MULTIPOLYGON(({shell}),((9 0,12 0,12 9,9 9,9 0)))"), "valid");
        check(
            &format!("MULTIPOLYGON(({shell}),((1 1,2 1,2 2,1 1)))"),
            "the ring at 1.0000000 1.0000000 lies on the wrong side of another ring of the same shape",
        );
    }

    #[test]
    fn a_large_round_shape_is_checked_and_a_comb_is_bounded() {
        let circle = |count: i64| {
            let mut ring: Vec<_> = (0..count)
                .map(|step| {
                    let angle = step as f64 / count as f64 * std::f64::consts::TAU;
                    Coordinate::from_degrees(114.0 + angle.cos(), 30.0 + angle.sin()).expect("in range")
                })
                .collect();
            ring.push(ring[0]);
            Geometry::Polygons(vec![vec![ring]])
        };
        assert_eq!(circle(100_000).validate(), Ok(()));
        // Long teeth beside each other: every edge overlaps every other in longitude.
        let mut teeth: Vec<_> = (0..40_000)
            .map(|step| {
                Coordinate::new(if step % 2 == 0 { 1_000_000_000 } else { 1_100_000_000 }, step * 1_000)
            })
            .collect();
        teeth.push(Coordinate::new(900_000_000, 20_000_000));
        teeth.push(teeth[0]);
        assert!(Geometry::Polygons(vec![vec![teeth]]).validate().is_err());
    }
}
