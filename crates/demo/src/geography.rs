//! The stylised land: two rivers that meet, three towns, lakes, thirteen districts.
//!
//! Everything is laid out on a plane of metres whose origin is where the rivers meet, and carried to the ellipsoid
//! by [`geodesy::destination`]. No real place is drawn: the rivers are curves through a dozen points, the districts
//! are rectangles.

use geodesy::{Coordinate, Geometry, destination};

use crate::random::Random;

/// Where the rivers meet.
const ORIGIN: (f64, f64) = (114.3, 30.6);

/// A place on the plane: metres east and north of the origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Spot {
    pub(crate) fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    pub(crate) fn coordinate(self) -> Coordinate {
        let origin = Coordinate::from_degrees(ORIGIN.0, ORIGIN.1).unwrap_or(Coordinate::new(0, 0));
        destination(origin, self.x.atan2(self.y).to_degrees(), self.x.hypot(self.y))
    }

    pub(crate) fn point(self) -> Geometry {
        Geometry::Points(vec![self.coordinate()])
    }
}

/// Which side of a river, looking downstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bank {
    Left,
    Right,
}

impl Bank {
    pub(crate) const BOTH: [Self; 2] = [Self::Left, Self::Right];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// A river: its middle as a fine line.
#[derive(Debug)]
pub(crate) struct River {
    pub(crate) word: &'static str,
    pub(crate) name: &'static str,
    half_width: f64,
    path: Vec<Spot>,
    /// The distance along the path at each of its spots.
    along: Vec<f64>,
}

impl River {
    fn new(word: &'static str, name: &'static str, half_width: f64, kilometres: &[(f64, f64)]) -> Self {
        let points: Vec<Spot> = kilometres.iter().map(|(x, y)| Spot { x: x * 1e3, y: y * 1e3 }).collect();
        let path = smooth(&points, 40);
        let mut along = vec![0.0];
        for pair in path.windows(2) {
            along.push(along.last().copied().unwrap_or(0.0) + pair[0].distance(pair[1]));
        }
        Self { word, name, half_width, path, along }
    }

    pub(crate) fn length(&self) -> f64 {
        self.along.last().copied().unwrap_or(0.0)
    }

    /// The place so far along, so far inland from a bank, and the direction of the stream there in degrees.
    pub(crate) fn at(&self, along: f64, bank: Bank, inland: f64) -> (Spot, f64) {
        let after = self.along.partition_point(|distance| *distance <= along).clamp(1, self.path.len() - 1);
        let (from, to) = (self.path[after - 1], self.path[after]);
        let step = from.distance(to).max(1e-6);
        let (dx, dy) = ((to.x - from.x) / step, (to.y - from.y) / step);
        let share = (along - self.along[after - 1]).clamp(0.0, step);
        let away = (self.half_width + inland) * if bank == Bank::Left { 1.0 } else { -1.0 };
        // The left bank lies a quarter turn against the clock from the stream's direction.
        let spot = Spot { x: from.x + dx * share - dy * away, y: from.y + dy * share + dx * away };
        (spot, dx.atan2(dy).to_degrees())
    }

    /// A line along a bank, whose length on the ellipsoid is as wanted to within centimetres.
    pub(crate) fn line(&self, along: f64, bank: Bank, inland: f64, metres: f64) -> Geometry {
        let count = (metres / 400.0).ceil().max(1.0) as usize;
        let step = metres / count as f64;
        let mut place = self.at(along, bank, inland).0.coordinate();
        let mut line = vec![place];
        for index in 0..count {
            let (_, direction) = self.at(along + step * (index as f64 + 0.5), bank, inland);
            place = destination(place, direction, step);
            line.push(place);
        }
        Geometry::Lines(vec![line])
    }

    /// The middle of the river as a coarse line.
    pub(crate) fn middle(&self) -> Geometry {
        Geometry::Lines(vec![
            self.path.iter().step_by(20).chain(self.path.last()).map(|spot| spot.coordinate()).collect(),
        ])
    }

    fn distance(&self, spot: Spot) -> f64 {
        self.path.iter().step_by(8).map(|other| other.distance(spot)).fold(f64::INFINITY, f64::min)
    }
}

/// A curve through all the points (Catmull and Rom), without any function that platforms round differently.
fn smooth(points: &[Spot], pieces: usize) -> Vec<Spot> {
    let at = |index: isize| points[index.clamp(0, points.len() as isize - 1) as usize];
    let mut path = Vec::new();
    for index in 0..points.len().saturating_sub(1) as isize {
        let (a, b, c, d) = (at(index - 1), at(index), at(index + 1), at(index + 2));
        let blend = |a: f64, b: f64, c: f64, d: f64, t: f64| {
            b + 0.5 * t * ((c - a) + t * ((2.0 * a - 5.0 * b + 4.0 * c - d) + t * (3.0 * (b - c) + d - a)))
        };
        for piece in 0..pieces {
            let t = piece as f64 / pieces as f64;
            path.push(Spot { x: blend(a.x, b.x, c.x, d.x, t), y: blend(a.y, b.y, c.y, d.y, t) });
        }
    }
    path.extend(points.last());
    path
}

/// A district: a rectangle of the plane.
#[derive(Debug)]
pub(crate) struct District {
    pub(crate) name: &'static str,
    pub(crate) town: &'static str,
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    /// Residents at the end of 2022.
    pub(crate) residents: i64,
}

/// West, south, east, north in kilometres; residents at the end of 2022 add up to 13,648,900.
const DISTRICTS: [(&str, &str, f64, f64, f64, f64, i64); 13] = [
    ("望江区", "north", 0.0, 0.0, 20.0, 14.0, 1_462_300),
    ("临湖区", "north", 20.0, 0.0, 45.0, 14.0, 986_400),
    ("长堤区", "north", 0.0, 14.0, 20.0, 40.0, 1_108_700),
    ("北埠区", "north", 20.0, 14.0, 45.0, 40.0, 842_600),
    ("白鹭区", "north", -22.0, 14.0, 0.0, 40.0, 765_200),
    ("西渡区", "west", -45.0, 0.0, -22.0, 14.0, 688_900),
    ("双桥区", "west", -22.0, 0.0, 0.0, 14.0, 1_523_800),
    ("柳岸区", "west", -45.0, 14.0, -22.0, 40.0, 534_100),
    ("荷湾区", "west", -45.0, -18.0, -22.0, 0.0, 612_500),
    ("清波区", "south", -22.0, -18.0, 0.0, 0.0, 1_694_600),
    ("东林区", "south", 0.0, -18.0, 45.0, 0.0, 1_587_200),
    ("云台区", "south", -45.0, -40.0, 0.0, -18.0, 893_400),
    ("石塘区", "south", 0.0, -40.0, 45.0, -18.0, 949_200),
];

/// The land of the city.
#[derive(Debug)]
pub(crate) struct Land {
    pub(crate) rivers: [River; 2],
    pub(crate) districts: Vec<District>,
    /// Circles that are taken by lakes and parks.
    taken: Vec<(Spot, f64)>,
}

impl Land {
    pub(crate) fn new() -> Self {
        let yangtze = [
            (-40.0, -38.0),
            (-33.0, -31.0),
            (-24.0, -32.0),
            (-15.0, -25.0),
            (-9.0, -14.0),
            (-3.0, -6.0),
            (0.0, 0.0),
            (5.0, 6.0),
            (13.0, 8.0),
            (18.0, 15.0),
            (24.0, 23.0),
            (34.0, 25.0),
            (43.0, 32.0),
        ];
        let han = [
            (-44.0, 9.0),
            (-37.0, 15.0),
            (-30.0, 9.0),
            (-24.0, 6.0),
            (-18.0, 11.0),
            (-12.0, 5.0),
            (-6.0, 4.0),
            (-1.0, 0.5),
        ];
        let districts = DISTRICTS
            .iter()
            .map(|&(name, town, west, south, east, north, residents)| District {
                name,
                town,
                west: west * 1e3,
                south: south * 1e3,
                east: east * 1e3,
                north: north * 1e3,
                residents,
            })
            .collect();
        Self {
            rivers: [River::new("yangtze", "长江", 600.0, &yangtze), River::new("han", "汉江", 150.0, &han)],
            districts,
            taken: Vec::new(),
        }
    }

    /// The district in which a place lies: the first whose rectangle holds it, else the nearest corner's.
    pub(crate) fn district_of(&self, spot: Spot) -> usize {
        let clamped = Spot { x: spot.x.clamp(-44_999.0, 44_999.0), y: spot.y.clamp(-39_999.0, 39_999.0) };
        self.districts.iter().position(|district| district.holds(clamped)).unwrap_or(0)
    }

    /// A place anywhere in a district, on dry land.
    pub(crate) fn spot_in(&self, random: &mut Random, district: usize) -> Spot {
        let district = &self.districts[district];
        let mut spot = district.spot(random, 500.0);
        for _ in 0..20 {
            if self.rivers.iter().all(|river| river.distance(spot) > river.half_width + 300.0) {
                break;
            }
            spot = district.spot(random, 500.0);
        }
        spot
    }

    /// A place in a district with so much free land around it; it is taken from now on.
    pub(crate) fn take(&mut self, random: &mut Random, district: usize, radius: f64) -> Spot {
        let mut best = self.districts[district].spot(random, radius + 100.0);
        for _ in 0..200 {
            let free =
                self.rivers.iter().all(|river| river.distance(best) > river.half_width + radius + 200.0)
                    && self.taken.iter().all(|(other, taken)| other.distance(best) > taken + radius);
            if free {
                break;
            }
            best = self.districts[district].spot(random, radius + 100.0);
        }
        self.taken.push((best, radius));
        best
    }

    /// Places along all banks, in order, at even distances with some play: river, distance along, bank.
    pub(crate) fn along_banks(&self, random: &mut Random, count: usize) -> Vec<(usize, f64, Bank)> {
        let total: f64 = self.rivers.iter().map(|river| river.length() * 2.0).sum();
        let step = total / count as f64;
        (0..count)
            .map(|index| {
                let mut rest = (index as f64 + random.real(0.2, 0.8)) * step;
                for (number, river) in self.rivers.iter().enumerate() {
                    for bank in Bank::BOTH {
                        if rest < river.length() {
                            return (number, rest, bank);
                        }
                        rest -= river.length();
                    }
                }
                (0, 0.0, Bank::Left)
            })
            .collect()
    }
}

impl District {
    fn holds(&self, spot: Spot) -> bool {
        (self.west..self.east).contains(&spot.x) && (self.south..self.north).contains(&spot.y)
    }

    fn spot(&self, random: &mut Random, margin: f64) -> Spot {
        Spot {
            x: random.real(self.west + margin, self.east - margin),
            y: random.real(self.south + margin, self.north - margin),
        }
    }

    /// Its border.
    pub(crate) fn border(&self) -> Geometry {
        let corner = |x: f64, y: f64| Spot { x, y }.coordinate();
        let (a, b) = (corner(self.west, self.south), corner(self.east, self.south));
        let (c, d) = (corner(self.east, self.north), corner(self.west, self.north));
        Geometry::Polygons(vec![vec![vec![a, b, c, d, a]]])
    }

    /// Its name without 区, to name things after.
    pub(crate) fn short(&self) -> &'static str {
        self.name.strip_suffix('区').unwrap_or(self.name)
    }
}

/// A four-sided plot: from a corner, so many metres in a direction and so many to the right of it.
pub(crate) fn plot(corner: Coordinate, direction: f64, width: f64, depth: f64) -> Geometry {
    let right = direction + 90.0;
    let along = destination(corner, direction, width);
    let ring =
        vec![corner, along, destination(along, right, depth), destination(corner, right, depth), corner];
    Geometry::Polygons(vec![vec![ring]])
}

/// A rounded shape of six corners with about this area.
pub(crate) fn blob(middle: Spot, area: f64, turn: f64) -> Geometry {
    // A regular hexagon of radius r has the area 3√3/2 · r².
    let radius = (area / 2.598_076_211_353_316).sqrt();
    let centre = middle.coordinate();
    let mut ring: Vec<Coordinate> =
        (0..6).rev().map(|side| destination(centre, turn + 60.0 * f64::from(side), radius)).collect();
    ring.extend(ring.first().copied());
    Geometry::Polygons(vec![vec![ring]])
}
