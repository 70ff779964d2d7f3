//! `air compare`: what a year looks like by each edition.

use std::path::PathBuf;

use clap::Args;
use evaluation::picture::{Column, Comparison};
use evaluation::{Evaluation, Judge, Scope, Span};
use message::{Language, text};
use standards::air::{Edition, Grade, Item, Period};

use super::calendar::{only_scope, write, year};
use super::evaluated::ScopeChoice;
use super::input::Input;
use crate::failure::Failure;

/// The arguments.
#[derive(Args)]
pub struct Compare {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    scope: ScopeChoice,
    /// 哪一年；缺省为数据的最后一年 | which year; by default the last of the data
    #[arg(long)]
    year: Option<i16>,
    /// 图片文件：.svg 或 .png | the picture: .svg or .png
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Compare {
    /// Draws it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let evaluation = self.input.evaluate(language)?;
        let scope = only_scope(&self.scope, &evaluation)?;
        let year = year(&evaluation, self.year)?;
        let mut statistics = evaluation.statistics_of(&[scope], Span::Year, 1);
        statistics.retain(|period| period.period == Period::Year(year));
        let mut columns = Vec::new();
        for edition in Edition::ALL {
            let Some(judged) = evaluation.judge(&statistics, Judge::By(edition), 1).pop() else {
                let name = evaluation.name(scope);
                return Err(Failure::refused(text!(
                    "{name} 在{year}年没有有效数据",
                    "{name} has no valid day in {year}"
                )));
            };
            columns.push(Column {
                edition,
                count: judged.count,
                days_within_limits: Some(days_within_limits(&evaluation, scope, year, edition)),
                items: judged.items,
                composite: judged.composite.ok(),
            });
        }
        let source = self.input.source();
        let picture = Comparison {
            place: evaluation.name(scope),
            year,
            columns: &columns,
            settings: evaluation.settings(),
            source: Some(&source),
        };
        write(&self.out, &picture.svg(language), language)
    }
}

/// Days with an AQI on which no item was above its daily limit of grade II.
fn days_within_limits(evaluation: &Evaluation, scope: Scope, year: i16, edition: Edition) -> u32 {
    let within = (0..evaluation.len()).filter(|&day| {
        let values = evaluation.day(scope, day);
        evaluation.date(day).year() == year
            && Item::ALL.iter().any(|item| !values.value(*item).is_missing())
            && evaluation.index(scope, day, Judge::By(edition)).aqi().is_some()
            && values.exceeding_limits(edition, Grade::II).is_empty()
    });
    u32::try_from(within.count()).unwrap_or(u32::MAX)
}
