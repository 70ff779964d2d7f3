//! `qingyuan air`: air quality from files, without any city.

mod calendar;
mod compare;
mod evaluated;
mod input;
mod png;
mod print;
mod realtime;

use clap::{Args, Subcommand};
use message::Language;

use crate::failure::Failure;

/// The arguments.
#[derive(Args)]
pub struct Air {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 逐行计算实时 AQI | the real-time AQI of each row
    Realtime(realtime::Realtime),
    /// 日评价：浓度、AQI、级别、首要污染物 | days: concentrations, AQI, level, primary pollutants
    Daily(evaluated::Daily),
    /// 月评价 | months: means, good days, attainment
    Monthly(evaluated::Periodic),
    /// 年评价：优良天数、年均值、百分位数、达标 | years: good days, means, percentiles, attainment
    Annual(evaluated::Periodic),
    /// 日历图：一年中每天的级别 | a calendar picture: the level of each day of a year
    Calendar(calendar::Calendar),
    /// 各版本标准评价结果对比图 | a picture that compares the editions of the standard
    Compare(compare::Compare),
}

impl Air {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self.what {
            What::Realtime(command) => command.run(language),
            What::Daily(command) => command.run(language),
            What::Monthly(command) => command.run(evaluation::Span::Month, language),
            What::Annual(command) => command.run(evaluation::Span::Year, language),
            What::Calendar(command) => command.run(language),
            What::Compare(command) => command.run(language),
        }
    }
}
