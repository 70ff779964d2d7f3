//! B5, B6: the points where the city is measured, as the register has them.

use geodesy::Geometry;

use crate::geography::{Bank, Spot};
use crate::monitoring::points::{AIR, Body, NOISE, WATER};
use crate::organisation::unit;
use crate::random::Random;
use crate::story::{Owner, Raw};
use crate::values;
use crate::world::{BEGINNING, World};

/// What the stations' devices send, and in which units.
const AIR_MAPPING: &str = "a34004=pm2_5 μg/m³; a34002=pm10 μg/m³; a21026=so2 μg/m³; a21004=no2 μg/m³; \
                           a05024=o3 μg/m³; a21005=co mg/m³";
const WATER_MAPPING: &str = "w01001=ph; w01009=dissolved_oxygen mg/L; w01010=water_temperature ℃; \
                             w01019=permanganate_index mg/L; w21003=ammonia_nitrogen mg/L; w21011=total_phosphorus mg/L";
const NOISE_MAPPING: &str = "Leq=leq dB(A)";

/// The city that all points stand for.
const CITY: &str = "江城";

/// Every point, with its device where it has one. Returns how many there are.
pub(crate) fn stations(world: &mut World) -> u64 {
    let mut random = world.random("stations");
    for point in &AIR {
        let place = world.land.spot_in(&mut random, point.district).point();
        let mut values = common(world, (point.code, point.name, "air"), point.district, place);
        values.extend(values! { evaluated: point.evaluated });
        values.extend(device("A", point.code, AIR_MAPPING));
        tell(world, values);
    }
    for point in &WATER {
        let (place, water, kind) = match point.body {
            Body::River(river, along) => {
                let river = &world.land.rivers[river];
                let metres = river.length() * along as f64 / 100.0;
                (river.at(metres, Bank::Left, -60.0).0, river.name, "river")
            }
            Body::Lake(name) => (lake(world, &mut random, name), name, "lake"),
        };
        let district = world.land.district_of(place);
        let mut values = common(world, (point.code, point.name, "water"), district, place.point());
        values.extend(values! { evaluated: true, water_body: kind, water: water });
        if point.automatic {
            values.extend(device("W", point.code, WATER_MAPPING));
        }
        tell(world, values);
    }
    for point in &NOISE {
        let place = world.land.spot_in(&mut random, point.district).point();
        let mut values = common(world, (point.code, point.name, "noise"), point.district, place);
        values.extend(values! { evaluated: true, area_class: point.area.key() });
        values.extend(device("N", point.code, NOISE_MAPPING));
        tell(world, values);
    }
    (AIR.len() + WATER.len() + NOISE.len()) as u64
}

fn common(
    world: &World,
    (code, name, kind): (&'static str, &'static str, &'static str),
    district: usize,
    place: Geometry,
) -> Vec<(&'static str, Raw)> {
    values! { code: code, name: name, kind: kind, city: CITY, district: world.districts[district], geometry: place }
}

/// A device that does not exist: nobody's real one begins like this.
fn device(kind: &str, code: &str, mapping: &'static str) -> Vec<(&'static str, Raw)> {
    values! { mn: format!("QYDEMO0000000000{kind}000{code}"), mapping: mapping }
}

fn tell(world: &mut World, values: Vec<(&'static str, Raw)>) {
    world.story.create_verified("stations", Owner(unit::ECOLOGY), BEGINNING, values);
}

/// The middle of a lake; a place in the first district if the city has no lake of this name.
fn lake(world: &World, random: &mut Random, name: &str) -> Spot {
    let known = world.lakes.iter().find(|(lake, _)| *lake == name).map(|(_, middle)| *middle);
    known.unwrap_or_else(|| world.land.spot_in(random, 0))
}
