//! `air realtime`: the AQI of each hour, row by row.

use std::io::{BufWriter, Write};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::Offset;
use message::{Language, Text};
use readings::{Record, Told};
use serde_json::json;
use standards::air::{Concentration, Edition, Hour, Index, Item, Level, RealTime2012, Settings};

use super::input::Input;
use crate::failure::Failure;
use crate::output::{Format, table};

/// The arguments.
#[derive(Args)]
pub struct Realtime {
    #[command(flatten)]
    input: Input,
    /// 规则：2012-practice 六项小时值（国家网的做法），2012 为文本的九项，2026，by-date 按数据日期 | the rules: 2012-practice takes six hourly values as the national network does, 2012 the nine of the text; 2026; by-date goes by the date of the data
    #[arg(long, value_enum, default_value = "by-date")]
    rules: Rules,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rules {
    /// Six values by the hour, breakpoints of 2012.
    #[value(name = "2012-practice")]
    Practice2012,
    /// The nine values of HJ 633—2012.
    #[value(name = "2012")]
    Text2012,
    /// HJ 633—2026.
    #[value(name = "2026")]
    Rules2026,
    /// The practice of 2012 or the rules of 2026, by the date of the hour.
    ByDate,
}

/// A row as it is printed.
struct Row {
    station: String,
    time: String,
    index: Index,
}

impl Realtime {
    /// Prints the rows in their order.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = Settings {
            real_time_2012: match self.rules {
                Rules::Text2012 => RealTime2012::NineValues,
                _ => RealTime2012::SixByHour,
            },
            ..self.input.settings()
        };
        let options = self.input.options();
        let mut rows = Vec::new();
        let mut told = Told::default();
        for file in self.input.files() {
            let its = readings::read(file, &options, &mut |record| {
                take(record, &mut rows);
                Ok(())
            });
            told.join(its.map_err(|error| super::input::failure(error.into()))?);
        }
        self.input.told(&told, language)?;
        let rows: Vec<Row> = rows.into_iter().map(|gathered| self.judged(gathered, &settings)).collect();
        self.print(&rows, language)
    }

    fn judged(&self, gathered: Gathered, settings: &Settings) -> Row {
        let began = Offset::constant(8).to_datetime(gathered.start);
        let edition = match self.rules {
            Rules::Practice2012 | Rules::Text2012 => Edition::E2012,
            Rules::Rules2026 => Edition::Transition2026,
            Rules::ByDate => Edition::on(began.year(), began.month() as u8, began.day() as u8),
        };
        Row { station: gathered.station, time: gathered.label, index: gathered.hour.index(edition, settings) }
    }

    fn print(&self, rows: &[Row], language: Language) -> Result<(), Failure> {
        let cells = |row: &Row| {
            let level = row.index.level().map_or("", Level::category_zh);
            let aqi = row.index.aqi().map(|aqi| aqi.to_string()).unwrap_or_default();
            vec![
                row.station.clone(),
                row.time.clone(),
                aqi,
                level.to_owned(),
                row.index.primary().to_string(),
            ]
        };
        let mut out = BufWriter::new(std::io::stdout().lock());
        match self.format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(&mut out);
                writer
                    .write_record(["station", "time", "aqi", "level", "primary"])
                    .map_err(Failure::broken)?;
                for row in rows {
                    writer.write_record(cells(row)).map_err(Failure::broken)?;
                }
                writer.flush()?;
            }
            Format::Json => {
                let all: Vec<serde_json::Value> = rows
                    .iter()
                    .map(|row| {
                        json!({
                            "station": row.station,
                            "time": row.time,
                            "aqi": row.index.aqi(),
                            "level": row.index.level().map(Level::category_zh),
                            "primary": row.index.primary().iter().map(Item::symbol).collect::<Vec<_>>(),
                        })
                    })
                    .collect();
                writeln!(out, "{}", serde_json::Value::Array(all))?;
            }
            Format::Table => {
                let headings = [
                    Text::new("站点", "station"),
                    Text::new("时间", "time"),
                    Text::same("AQI"),
                    Text::new("级别", "level"),
                    Text::new("首要污染物", "primary"),
                ];
                writeln!(out, "{}", table(&headings, &[2], rows.iter().map(cells).collect(), language))?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// The values of one hour at one station as they come.
struct Gathered {
    station: String,
    label: String,
    start: Timestamp,
    hour: Hour,
}

impl Gathered {
    fn of(record: &Record<'_>) -> Self {
        Self {
            station: record.station.to_owned(),
            label: record.label_local().to_string(),
            start: record.start,
            hour: Hour::default(),
        }
    }
}

/// Adds what a record says to its hour: to the row before, if a long file goes on about the same hour.
fn take(record: &Record<'_>, rows: &mut Vec<Gathered>) {
    let is_same = |gathered: &Gathered| {
        !record.whole && gathered.start == record.start && gathered.station == record.station
    };
    let mut gathered = match rows.last_mut() {
        Some(last) if is_same(last) => rows.pop().unwrap_or_else(|| Gathered::of(record)),
        _ => Gathered::of(record),
    };
    for value in record.values {
        let Some(micro) = value.micro.filter(|micro| *micro >= 0) else { continue };
        let concentration = Concentration::ratio(micro, 1000);
        let hour = &mut gathered.hour;
        match value.item {
            "o3_8h" => hour.ozone_8h = concentration,
            "so2_24h" => hour.so2_24h = concentration,
            "pm10_24h" => hour.pm10_24h = concentration,
            "pm2_5_24h" => hour.pm2_5_24h = concentration,
            key => {
                if let Some(item) = Item::ALL.into_iter().find(|item| item.key() == key) {
                    hour.means[item.index()] = concentration;
                }
            }
        }
    }
    rows.push(gathered);
}
