//! One hour of the national network: the AQI and primary pollutant that it published, station by station.

use std::path::PathBuf;

use standards::air::{Edition, Hour, Item, Level, MISSING, Settings};

/// The file's columns of the six items by hour, in the order of [`Item::ALL`]. In this feed `o3_24h` holds the
/// last hour's ozone.
const COLUMNS: [&str; 6] = ["so2", "no2", "pm10", "co", "o3_24h", "pm2_5"];

#[test]
fn every_station_of_the_national_hour() {
    let file = shared().join("data/air/cnemc-stations-one-hour-2018-02-20.csv");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: the shared data are not here");
        return;
    };
    let mut lines = text.lines().map(fields);
    let header = lines.next().unwrap();
    let column = |name: &str| header.iter().position(|field| field == name).expect(name);
    let places = COLUMNS.map(column);
    let (aqi, quality, primary) = (column("aqi"), column("quality"), column("primarypollutant"));

    let mut compared = 0;
    for row in lines {
        let values = places.map(|place| thousandths(&row[place]));
        let index = Hour::of_thousandths(values).index(Edition::E2012, &Settings::default());
        let Ok(published) = row[aqi].parse::<u16>() else {
            continue;
        };
        compared += 1;
        assert_eq!(index.aqi(), Some(published), "{row:?}");
        assert_eq!(index.level(), Level::parse(&row[quality]), "{row:?}");
        let names: Vec<_> = index.primary().iter().map(name_in_feed).collect();
        let mut expected: Vec<_> = row[primary].split(',').filter(|name| !name.is_empty()).collect();
        expected.sort_by_key(|name| Item::ALL.into_iter().position(|item| name_in_feed(item) == *name));
        assert_eq!(names, expected, "{row:?}");
    }
    assert_eq!(compared, 1_475, "stations with a published AQI");
}

fn name_in_feed(item: Item) -> &'static str {
    match item {
        Item::So2 => "二氧化硫",
        Item::No2 => "二氧化氮",
        Item::Pm10 => "颗粒物(PM10)",
        Item::Co => "一氧化碳",
        Item::O3 => "臭氧1小时",
        Item::Pm2_5 => "细颗粒物(PM2.5)",
    }
}

/// A decimal of at most three places.
fn thousandths(text: &str) -> i32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let Ok(whole) = whole.parse::<i32>() else { return MISSING };
    whole * 1000 + format!("{fraction:0<3}").parse::<i32>().expect("a decimal")
}

/// The fields of a line; a quoted one may hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().expect("it begins with one").push(other),
        }
    }
    fields
}

fn shared() -> PathBuf {
    std::env::var_os("QINGYUAN_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from)
}
