//! `qingyuan noise`: day and night levels, attainment of functional areas, levels of regions and roads.

mod input;
mod report;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use message::Language;
use standards::noise::{NightDate, QuarterValue, Settings};

use super::water::file::Faults;
use crate::failure::Failure;
use crate::output::Format;

/// The arguments.
#[derive(Args)]
pub struct Noise {
    /// CSV 文件（UTF-8 或 GB18030）：每小时 leq，或每日 ld、ln；- 为标准输入 | a CSV file (UTF-8 or GB18030): hourly leq, or ld and ln by day; - for standard input
    file: PathBuf,
    /// 输出什么 | what to print
    #[arg(long, value_enum, default_value = "days")]
    of: Of,
    /// 达标率的点次：每个有效昼间、夜间，或每点每季度一次 | point-times of the attainment: every valid day and night, or one a point and quarter
    #[arg(long, value_enum, default_value = "valid-days")]
    method: Method,
    /// 起始日期（含） | the first date
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// 结束日期（含） | the last date
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// 小时标签为起始或结束时刻 | whether an hour is labelled by its beginning or its end
    #[arg(long, value_enum, default_value = "begin")]
    hours: Label,
    /// 昼间开始的小时 | the hour at which the day begins
    #[arg(long, value_name = "HOUR", default_value_t = 6, value_parser = clap::value_parser!(u8).range(0..=23))]
    day_begins: u8,
    /// 夜间开始的小时 | the hour at which the night begins
    #[arg(long, value_name = "HOUR", default_value_t = 22, value_parser = clap::value_parser!(u8).range(1..=24))]
    night_begins: u8,
    /// 夜间计入哪一天：开始日、结束日或各自日期 | the date of a night: where it begins, where it ends, or each hour's own
    #[arg(long, value_enum, default_value = "begins")]
    night_date: NightOf,
    /// 有效昼间至少的小时数（缺省为四分之三） | hours that a valid day needs (default: three quarters)
    #[arg(long, value_name = "HOURS")]
    day_hours: Option<u8>,
    /// 有效夜间至少的小时数（缺省为四分之三） | hours that a valid night needs (default: three quarters)
    #[arg(long, value_name = "HOURS")]
    night_hours: Option<u8>,
    /// 4b 类为既有铁路，夜间限值 55 dB(A) | class 4b lies along old railways: 55 dB(A) at night
    #[arg(long)]
    old_railways: bool,
    /// 季度点次取首个有效日（缺省为能量平均） | a quarter's point-time is its first valid day; else the energy mean
    #[arg(long)]
    quarter_first: bool,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// 每点每日的昼间、夜间等效声级 | day and night levels of each point and date
    Days,
    /// 功能区达标率 | attainment of functional areas by class
    Attainment,
    /// 区域声环境 | the level of a region, from its grid points
    Region,
    /// 道路交通声环境 | the level of roads, weighted by length
    Roads,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    /// 每个有效昼间、夜间 | every valid day and night
    ValidDays,
    /// 每点每季度一次 | one a point and quarter
    Quarter,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Label {
    /// 起始 | the beginning
    Begin,
    /// 结束 | the end
    End,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NightOf {
    /// 开始日 | the date on which it begins
    Begins,
    /// 结束日 | the date on which it ends
    Ends,
    /// 各自日期 | each hour's own date
    Calendar,
}

impl Noise {
    /// Reads the file and prints what was asked for.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = self.settings()?;
        let mut faults = Faults::default();
        let data =
            input::read(&self.file, self.hours == Label::End, (self.from, self.to), &settings, &mut faults)?;
        match self.of {
            Of::Days => report::days(&data, &settings, self.format, language)?,
            Of::Attainment => {
                let quarterly = self.method == Method::Quarter;
                report::attained(&data, quarterly, &settings, self.format, language, &mut faults)?;
            }
            Of::Region => report::region(&data, self.format, language)?,
            Of::Roads => report::roads(&data, self.format, language, &mut faults)?,
        }
        faults.end(language)
    }

    fn settings(&self) -> Result<Settings, Failure> {
        if self.day_begins >= self.night_begins {
            return Err(Failure::Broken(message::Text::new(
                "昼间应在夜间之前开始",
                "the day must begin before the night",
            )));
        }
        // Three quarters, rounded up.
        let day = self.night_begins - self.day_begins;
        let enough = |hours: u8| (hours * 3).div_ceil(4);
        Ok(Settings {
            day_begins: self.day_begins,
            night_begins: self.night_begins,
            night_date: match self.night_date {
                NightOf::Begins => NightDate::Begins,
                NightOf::Ends => NightDate::Ends,
                NightOf::Calendar => NightDate::Calendar,
            },
            day_hours: self.day_hours.unwrap_or(enough(day)),
            night_hours: self.night_hours.unwrap_or(enough(24 - day)),
            old_railways: self.old_railways,
            quarter_value: if self.quarter_first { QuarterValue::First } else { QuarterValue::EnergyMean },
            ..Settings::default()
        })
    }
}
