//! GCJ-02, the shifted coordinates that web maps in China must show, and back.
//!
//! The shift is the public formula on the Krasovsky 1940 ellipsoid. It has no closed inverse; it is smooth and
//! moves a place by less than a kilometre, so subtracting the shift at the last guess converges by about three
//! decimals a round, to less than a unit of 1e-7 degrees. Places outside the rectangle round China are not shifted.

use std::f64::consts::PI;

use crate::Coordinate;

/// The GCJ-02 place that a map in China shows for a CGCS2000 (or WGS 84) place.
pub fn to_gcj02(at: Coordinate) -> Coordinate {
    let (longitude, latitude) = at.degrees();
    if !is_shifted(longitude, latitude) {
        return at;
    }
    let (east, north) = shift(longitude, latitude);
    Coordinate::from_degrees(longitude + east, latitude + north).unwrap_or(at)
}

/// The CGCS2000 place that a map in China shows at this GCJ-02 place.
pub fn from_gcj02(at: Coordinate) -> Coordinate {
    let (longitude, latitude) = at.degrees();
    if !is_shifted(longitude, latitude) {
        return at;
    }
    let (mut x, mut y) = (longitude, latitude);
    for _ in 0..20 {
        let (east, north) = shift(x, y);
        let (next_x, next_y) = (longitude - east, latitude - north);
        let moved = (next_x - x).abs().max((next_y - y).abs());
        (x, y) = (next_x, next_y);
        if moved < 1e-10 {
            break;
        }
    }
    Coordinate::from_degrees(x, y).unwrap_or(at)
}

fn is_shifted(longitude: f64, latitude: f64) -> bool {
    (72.004..=137.8347).contains(&longitude) && (0.8293..=55.8271).contains(&latitude)
}

/// How far the formula moves a place, in degrees east and north.
fn shift(longitude: f64, latitude: f64) -> (f64, f64) {
    const SEMI_MAJOR_AXIS: f64 = 6_378_245.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
    let (x, y) = (longitude - 105.0, latitude - 35.0);
    let wave = |value: f64, divisor: f64, weight: f64| weight * (value / divisor * PI).sin();
    let short = (wave(x, 1.0 / 6.0, 20.0) + wave(x, 0.5, 20.0)) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + short
        + (wave(y, 1.0, 20.0) + wave(y, 3.0, 40.0)) * 2.0 / 3.0
        + (wave(y, 12.0, 160.0) + wave(y, 30.0, 320.0)) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + short
        + (wave(x, 1.0, 20.0) + wave(x, 3.0, 40.0)) * 2.0 / 3.0
        + (wave(x, 12.0, 150.0) + wave(x, 30.0, 300.0)) * 2.0 / 3.0;
    let radians = latitude.to_radians();
    let magic = 1.0 - ECCENTRICITY_SQUARED * radians.sin() * radians.sin();
    let meridian = SEMI_MAJOR_AXIS * (1.0 - ECCENTRICITY_SQUARED) / (magic * magic.sqrt());
    let parallel = SEMI_MAJOR_AXIS / magic.sqrt() * radians.cos();
    (east * 180.0 / (parallel * PI), north * 180.0 / (meridian * PI))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{from_gcj02, to_gcj02};
    use crate::{Coordinate, distance_mm};

    #[test]
    fn the_public_formula_is_met() {
        // What the open-source converters of the formula (eviltransform and its ports) test against.
        fn check(from: (f64, f64), shown: (f64, f64)) {
            let at = |(latitude, longitude)| Coordinate::from_degrees(longitude, latitude).expect("in range");
            let away = distance_mm(to_gcj02(at(from)), at(shown));
            assert!(away < 50, "{} is {away} mm away", to_gcj02(at(from)));
        }
        check((31.177_427_6, 121.527_210_6), (31.175_303_983_645_97, 121.531_541_859_215));
        check((22.543_847, 113.912_316), (22.540_796_131_694_766, 113.917_176_480_836_3));
        check((39.911_954, 116.377_817), (39.913_345_455_360_69, 116.384_047_224_556_57));
    }

    #[test]
    fn outside_china_nothing_moves() {
        let paris = Coordinate::new(23_500_000, 488_500_000);
        assert_eq!(to_gcj02(paris), paris);
        assert_eq!(from_gcj02(paris), paris);
    }

    proptest! {
        #[test]
        fn there_and_back_is_within_a_tenth_of_a_metre(
            longitude in 730_000_000_i64..1_350_000_000, latitude in 180_000_000_i64..540_000_000,
        ) {
            let at = Coordinate::new(longitude, latitude);
            let moved = distance_mm(at, to_gcj02(at));
            prop_assert!((0..2_000_000).contains(&moved));
            prop_assert!(distance_mm(from_gcj02(to_gcj02(at)), at) < 100);
        }
    }
}
