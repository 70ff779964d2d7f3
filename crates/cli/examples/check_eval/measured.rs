//! Hours corrected in the lake: to figures that are measured this is what changing a record is to others.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::Offset;
use lake::{Kind, Lake, Measurement, Micro, Span};

use crate::bench::{Bench, Outcome};

/// The air stations of the demo city.
const STATIONS: [&str; 11] =
    ["J001", "J002", "J003", "J004", "J005", "J006", "J007", "J008", "J009", "J010", "J011"];

/// Air as it is on a pleasant day: in µg/m³, of CO in mg/m³.
const PLEASANT: [(&str, i64); 6] =
    [("so2", 10), ("no2", 20), ("pm10", 40), ("co", 1), ("o3", 90), ("pm2_5", 20)];

impl Bench {
    /// All hours of these days (`2022-07-04`) turn out not to count.
    pub fn days_do_not_count(&mut self, days: &[String]) -> Outcome<Option<String>> {
        let days = days.iter().map(|day| day.parse()).collect::<Result<Vec<Date>, _>>()?;
        self.measure(&days, &PLEASANT, "D")
    }

    /// All hours of the first days of June turn out to have had so much dust and NO2.
    pub fn dusty_june(&mut self, days: i8, dust: i64) -> Outcome<Option<String>> {
        let days: Vec<Date> = (1..=days).map(|day| jiff::civil::date(2022, 6, day)).collect();
        let air = PLEASANT.map(|(item, usual)| match item {
            "pm2_5" | "pm10" => (item, dust),
            "no2" => (item, dust.min(900)),
            _ => (item, usual),
        });
        self.measure(&days, &air, "N")
    }

    /// Every station tells the same of all hours of the days; what is refused.
    fn measure(&mut self, days: &[Date], air: &[(&str, i64)], flag: &str) -> Outcome<Option<String>> {
        self.count += 1;
        let mut rows = Vec::new();
        for day in days {
            let midnight = Offset::constant(8).to_timestamp(day.at(0, 0, 0, 0))?;
            for hour in 0..24_i64 {
                let time = midnight.checked_add(hour.hours())?;
                for (station, (item, value)) in
                    STATIONS.iter().flat_map(|one| air.iter().map(move |air| (one, air)))
                {
                    rows.push(Measurement {
                        station: (*station).to_owned(),
                        item: (*item).to_owned(),
                        span: Span::Hour,
                        time,
                        value: Some(Micro(value * 1_000_000)),
                        flag: flag.to_owned(),
                        source: "evaluation".to_owned(),
                    });
                }
            }
        }
        let key = format!("evaluation/{}", self.count);
        let appended = Lake::open(&self.city).and_then(|lake| lake.append(&key, Kind::Air, &rows));
        Ok(appended.err().map(|error| format!("measuring is refused: {error}")))
    }
}
