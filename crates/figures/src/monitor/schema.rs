//! The tables that are evaluated from measurements, as a pack's SQL sees them.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::schema::PRECISION;

/// The decimals of concentrations and levels in these tables.
pub const SCALE: i8 = 6;

/// A table that is evaluated from measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonitorTable {
    /// The air of a station on a day.
    AirStationDays,
    /// The air of a city on a day, from its evaluated stations.
    AirCityDays,
    /// The air of a station in a month.
    AirStationMonths,
    /// The air of a city in a month.
    AirCityMonths,
    /// The air of a station in a year.
    AirStationYears,
    /// The air of a city in a year.
    AirCityYears,
    /// The class of a section's water in a month.
    WaterSectionMonths,
    /// The noise at a point by day and by night.
    NoiseStationDays,
}

/// What measurements a table is evaluated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Theme {
    /// Hours of air stations.
    Air,
    /// Samples and hours of water stations.
    Water,
    /// Hours of noise stations.
    Noise,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Air, Self::Water, Self::Noise];

    /// As the register `stations` and the lake write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::Water => "water",
            Self::Noise => "noise",
        }
    }
}

impl MonitorTable {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AirStationDays,
        Self::AirCityDays,
        Self::AirStationMonths,
        Self::AirCityMonths,
        Self::AirStationYears,
        Self::AirCityYears,
        Self::WaterSectionMonths,
        Self::NoiseStationDays,
    ];

    /// The table of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// What SQL calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AirStationDays => "air_station_days",
            Self::AirCityDays => "air_city_days",
            Self::AirStationMonths => "air_station_months",
            Self::AirCityMonths => "air_city_months",
            Self::AirStationYears => "air_station_years",
            Self::AirCityYears => "air_city_years",
            Self::WaterSectionMonths => "water_section_months",
            Self::NoiseStationDays => "noise_station_days",
        }
    }

    /// What it is evaluated from.
    pub fn theme(self) -> Theme {
        match self {
            Self::WaterSectionMonths => Theme::Water,
            Self::NoiseStationDays => Theme::Noise,
            _ => Theme::Air,
        }
    }

    /// Its columns.
    pub fn schema(self) -> SchemaRef {
        static SCHEMAS: LazyLock<Vec<SchemaRef>> =
            LazyLock::new(|| MonitorTable::ALL.into_iter().map(columns).collect());
        let place = Self::ALL.into_iter().position(|table| table == self).unwrap_or_default();
        Arc::clone(&SCHEMAS[place])
    }
}

/// An exact number.
pub fn decimal() -> DataType {
    DataType::Decimal128(PRECISION, SCALE)
}

const ITEMS: [&str; 6] = ["so2", "no2", "pm10", "co", "o3_8h", "pm2_5"];

fn columns(table: MonitorTable) -> SchemaRef {
    let mut fields: Vec<Field> = Vec::new();
    let mut add = |kind: DataType, names: &[&str]| {
        fields.extend(names.iter().map(|name| Field::new(*name, kind.clone(), true)));
    };
    let (text, whole, flag, day) = (DataType::Utf8View, DataType::Int64, DataType::Boolean, DataType::Date32);
    match table {
        MonitorTable::AirStationDays | MonitorTable::AirCityDays => {
            let by_city = table == MonitorTable::AirCityDays;
            add(text.clone(), if by_city { &["city"] } else { &["station", "city"] });
            add(day, &["day"]);
            add(decimal(), &ITEMS);
            add(whole.clone(), &["aqi", "level"]);
            add(text.clone(), &["level_name", "primary_pollutant"]);
            add(flag, &["good"]);
            add(whole, if by_city { &["stations", "valid_hours"] } else { &["valid_hours"] });
            add(text, &["edition", "measured"]);
        }
        MonitorTable::AirStationMonths | MonitorTable::AirCityMonths => {
            let by_city = table == MonitorTable::AirCityMonths;
            add(text.clone(), if by_city { &["city"] } else { &["station", "city"] });
            add(day, &["month", "last_day"]);
            statistics(&mut add);
            add(text, &["edition", "measured"]);
        }
        MonitorTable::AirStationYears | MonitorTable::AirCityYears => {
            let by_city = table == MonitorTable::AirCityYears;
            add(text.clone(), if by_city { &["city"] } else { &["station", "city"] });
            add(whole, &["year"]);
            add(day, &["first_day", "last_day"]);
            statistics(&mut add);
            for item in ITEMS {
                add(flag.clone(), &[&format!("{item}_attained")]);
            }
            add(flag, &["attained"]);
            add(text, &["edition", "measured"]);
        }
        MonitorTable::WaterSectionMonths => {
            add(text.clone(), &["station", "name", "city", "body"]);
            add(day, &["month", "last_day"]);
            add(whole.clone(), &["class"]);
            add(text.clone(), &["class_name", "deciding"]);
            add(flag, &["good"]);
            add(whole, &["samples"]);
            add(text, &["measured"]);
        }
        MonitorTable::NoiseStationDays => {
            add(text.clone(), &["station", "name", "city", "area_class"]);
            add(day, &["day"]);
            add(decimal(), &["ld", "ln"]);
            add(flag, &["day_attained", "night_attained"]);
            add(whole, &["valid_hours"]);
            add(text, &["measured"]);
        }
    }
    Arc::new(Schema::new(fields))
}

/// What is said of a month and of a year alike.
fn statistics(add: &mut dyn FnMut(DataType, &[&str])) {
    add(DataType::Int64, &["valid_days", "good_days"]);
    add(
        decimal(),
        &["so2_mean", "no2_mean", "pm10_mean", "pm2_5_mean", "co_p95", "o3_8h_p90", "composite_index"],
    );
}
