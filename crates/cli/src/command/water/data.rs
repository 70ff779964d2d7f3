//! A file's readings as months of sections: what section, river, lake and city evaluations start from.
//!
//! Readings of one day are averaged first, then the days of the month, then the months of a quarter or a
//! year, so that a day with more readings does not weigh more.

use std::collections::BTreeMap;
use std::fmt;

use clap::ValueEnum;
use jiff::civil::Date;
use standards::water::{Body, Mean, Period, PeriodSample, Refusal, Sample, Settings, period_sample};

use super::file::Faults;
use super::input::Input;
use super::time;
use crate::failure::Failure;

/// Into what periods the time is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// 月 | months
    Month,
    /// 季度 | quarters
    Quarter,
    /// 年 | years
    Year,
}

/// One period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    year: i16,
    /// Months before it in its year, and how many it has.
    first: i8,
    length: i8,
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            1 => write!(out, "{}-{:02}", self.year, self.first + 1),
            3 => write!(out, "{}-Q{}", self.year, self.first / 3 + 1),
            _ => write!(out, "{}", self.year),
        }
    }
}

impl By {
    fn span(self, date: Date) -> Span {
        let length = match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        };
        Span { year: date.year(), first: (date.month() - 1) / length * length, length }
    }

    fn period(self) -> Period {
        match self {
            Self::Month => Period::Month,
            Self::Quarter => Period::Quarter,
            Self::Year => Period::Year,
        }
    }
}

/// A section of the file.
pub struct Section {
    pub name: String,
    pub city: String,
    pub province: String,
    pub basin: String,
    pub water: String,
    pub body: Body,
    days: BTreeMap<Date, Mean>,
}

/// All of them, in the order of province, basin, water and name.
pub struct Data {
    pub sections: Vec<Section>,
}

impl Data {
    /// Reads the file. Rows whose time cannot be read are told.
    pub fn read(input: &Input, settings: &Settings, faults: &mut Faults) -> Result<Self, Failure> {
        if !input.has_time() {
            let name = &input.file.name;
            return Err(Failure::Refused(message::text!(
                "{name} 没有时间列（时间、日期、月份、time …）",
                "{name} has no column of time (time, date, month, 时间 …)"
            )));
        }
        let mut sections: BTreeMap<String, Section> = BTreeMap::new();
        let mut untimed = Faults::default();
        let name = input.file.name.clone();
        input.each(settings, faults, &mut |row| {
            if row.sample.is_empty() {
                return Ok(());
            }
            let Some(time) = time::parse(row.time) else {
                let (shown, section) = (row.time, row.section);
                untimed.tell(message::text!(
                    "{name}：断面“{section}”的时间“{shown}”无法识别",
                    "{name}: the time `{shown}` of section `{section}` is not understood"
                ));
                return Ok(());
            };
            let section = sections.entry(row.key).or_insert_with(|| Section {
                name: row.section.to_owned(),
                city: row.city.to_owned(),
                province: row.province.to_owned(),
                basin: row.basin.to_owned(),
                water: row.water.to_owned(),
                body: row.body,
                days: BTreeMap::new(),
            });
            section.days.entry(time.date).or_default().add(&row.sample);
            Ok(())
        })?;
        faults.join(untimed);
        Ok(Self { sections: sections.into_values().collect() })
    }

    /// Every period that any section has data in.
    pub fn spans(&self, by: By) -> Vec<Span> {
        let dates = self.sections.iter().flat_map(|section| section.days.keys());
        let spans: std::collections::BTreeSet<Span> = dates.map(|&date| by.span(date)).collect();
        spans.into_iter().collect()
    }
}

impl Section {
    /// The mean of a period, or why there is none.
    pub fn sample(&self, by: By, span: Span, settings: &Settings) -> Result<PeriodSample, Refusal> {
        let mut months: BTreeMap<i8, Mean> = BTreeMap::new();
        for (date, day) in self.days.iter().filter(|(date, _)| by.span(**date) == span) {
            months.entry(date.month()).or_default().add(&day.sample(settings));
        }
        let months: Vec<Sample> = months.values().map(|month| month.sample(settings)).collect();
        period_sample(by.period(), &months, settings)
    }
}

/// A refusal in words.
pub fn refusal(refusal: &Refusal) -> message::Text {
    match refusal {
        Refusal::Nothing => message::Text::new("没有参评项目的数据", "no participating item has a value"),
        Refusal::Months { present, needed } => message::text!(
            "只有 {present} 个月有数据，至少需要 {needed} 个月",
            "months with data: {present}, needed: {needed}"
        ),
        Refusal::Items(items) => {
            let zh: Vec<&str> = items.iter().map(standards::water::Item::zh).collect();
            let en: Vec<&str> = items.iter().map(standards::water::Item::en).collect();
            let (zh, en) = (zh.join("、"), en.join(", "));
            message::text!("缺少：{zh}", "without a value: {en}")
        }
        Refusal::NoSections => message::Text::new("没有有数据的断面", "there is no section with data"),
    }
}
