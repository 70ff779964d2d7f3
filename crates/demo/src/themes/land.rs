//! Districts, residents, rivers and lakes.

use geodesy::Geometry;
use jiff::civil::date;

use crate::geography::{Spot, blob};
use crate::organisation::unit;
use crate::story::Owner;
use crate::values;
use crate::world::{BEGINNING, World};

/// The districts, which other records name.
pub(crate) fn districts(world: &mut World) {
    for (index, district) in world.land.districts.iter().enumerate() {
        let values = values! {
            code: format!("D{:02}", index + 1), name: district.name, town: district.town, geometry: district.border(),
        };
        world.districts.push(world.story.create("districts", Owner(unit::STATISTICS), BEGINNING, values));
    }
}

/// The residents at the end of each year: they grow by about one in a hundred.
pub(crate) fn residents(world: &mut World) {
    for year in 2015..=2022_i16 {
        for (index, district) in world.land.districts.iter().enumerate() {
            let people = district.residents * (1000 - 11 * i64::from(2022 - year)) / 1000;
            let values = values! { district: world.districts[index], year: i64::from(year), people: people };
            let day = date(year, 12, 31).max(BEGINNING);
            world.story.create_verified("residents", Owner(unit::STATISTICS), day, values);
        }
    }
}

/// The two rivers and the lakes.
pub(crate) fn waters(world: &mut World) {
    const LAKES: [&str; 12] = [
        "镜湖",
        "鸥湖",
        "芦湖",
        "菱角湖",
        "半月湖",
        "澄湖",
        "雁湖",
        "莲塘湖",
        "星子湖",
        "墨湖",
        "竹簰湖",
        "落霞湖",
    ];
    let mut random = world.random("waters");
    for river in &world.land.rivers {
        let values = values! { name: river.name, geometry: river.middle() };
        world.story.create("rivers", Owner(unit::LAKES), BEGINNING, values);
    }
    for (index, name) in LAKES.iter().enumerate() {
        let district = index % world.land.districts.len();
        let area = random.real(1.2e6, 14e6);
        let spot: Spot = world.land.take(&mut random, district, (area / 2.0).sqrt());
        world.lakes.push((*name, spot));
        let shape: Geometry = blob(spot, area, random.real(0.0, 60.0));
        let values = values! { name: *name, district: world.districts[district], geometry: shape };
        world.story.create("lakes", Owner(unit::LAKES), BEGINNING, values);
    }
}
