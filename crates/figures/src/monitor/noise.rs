//! Noise: hourly levels of points → their days and nights.

use std::collections::BTreeMap;

use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use standards::noise::{AreaClass, DayNight, Micro, Settings, period_level, slot};

use super::columns::{Cell, Columns};
use super::locator;
use super::schema::{MonitorTable, Theme};
use super::stations::{Station, on};

/// The item of hourly equivalent levels.
const LEQ: &str = "leq";

/// The levels of each point, by the date that they count to: by day, by night.
#[derive(Default)]
pub struct Levels(BTreeMap<String, BTreeMap<i32, [Vec<Micro>; 2]>>);

impl Levels {
    /// Takes the level of an hour, in millionths of a dB(A).
    pub fn push(&mut self, station: &str, item: &str, day: i32, hour: u8, level: Micro) {
        if item != LEQ {
            return;
        }
        let (part, moved) = slot(hour, &Settings::default());
        let days = self.0.entry(station.to_owned()).or_default();
        days.entry(day + i32::from(moved)).or_default()[part as usize].push(level);
    }
}

/// Points by day. A night counts to the date on which it began, so it is known a morning later.
pub fn station_days(levels: &Levels, stations: &[Station], last: i32) -> Result<RecordBatch, ArrowError> {
    let settings = Settings::default();
    let mut columns = Columns::new(MonitorTable::NoiseStationDays);
    for (code, days) in &levels.0 {
        for (&number, parts) in days.range(..=last) {
            let known = |one: &&Station| one.code == *code && one.theme == Theme::Noise && on(one, number);
            let Some(station) = stations.iter().find(known) else { continue };
            let level = |part: DayNight| {
                period_level(part, &parts[part as usize], &settings).ok().map(|one| one.level)
            };
            let (day, night) = (level(DayNight::Day), level(DayNight::Night));
            let limits = AreaClass::from_key(&station.area_class).map(|class| class.limits(&settings));
            let attained = |part, level: Option<Micro>| Some(level? <= limits?.of(part));
            let measured = locator("noise", "hour", &[code], number, number + 1);
            columns.push([
                Cell::Text(Some(code)),
                Cell::Text(Some(&station.name)),
                Cell::Text(Some(&station.city)),
                Cell::Text(Some(&station.area_class)),
                Cell::Day(number),
                Cell::Millionths(day),
                Cell::Millionths(night),
                Cell::Flag(attained(DayNight::Day, day)),
                Cell::Flag(attained(DayNight::Night, night)),
                Cell::Whole(i64::try_from(parts[0].len() + parts[1].len()).ok()),
                Cell::Text(Some(&measured)),
            ]);
        }
    }
    columns.finish()
}
