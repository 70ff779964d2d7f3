//! `air calendar`: a year of days in the official colours.

use std::path::{Path, PathBuf};

use clap::Args;
use evaluation::picture;
use evaluation::{Evaluation, Scope};
use jiff::civil::Date;
use message::{Language, text};
use standards::air::Index;

use super::evaluated::ScopeChoice;
use super::input::{EditionName, Input};
use super::png;
use crate::failure::Failure;
use crate::output::say;

/// The arguments.
#[derive(Args)]
pub struct Calendar {
    #[command(flatten)]
    input: Input,
    /// 标准版本；by-date 按数据日期 | the edition of the standard; by-date goes by the date of the data
    #[arg(long, value_enum, default_value = "by-date")]
    edition: EditionName,
    #[command(flatten)]
    scope: ScopeChoice,
    /// 哪一年；缺省为数据的最后一年 | which year; by default the last of the data
    #[arg(long)]
    year: Option<i16>,
    /// 图片文件：.svg 或 .png | the picture: .svg or .png
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Calendar {
    /// Draws it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let evaluation = self.input.evaluate(language)?;
        let scope = only_scope(&self.scope, &evaluation)?;
        let year = year(&evaluation, self.year)?;
        let judges = self.edition.judges();
        let [judge] = judges.as_slice() else {
            return Err(Failure::refused(text!(
                "日历图只用一个版本；比较各版本用 qingyuan air compare",
                "a calendar shows one edition; `qingyuan air compare` compares them"
            )));
        };
        let days: Vec<Index> = days_of(&evaluation, year)
            .map(|day| day.map_or(Index::EMPTY, |day| evaluation.index(scope, day, *judge)))
            .collect();
        let source = self.input.source();
        let picture = picture::Calendar {
            place: evaluation.name(scope),
            year,
            judge: *judge,
            days: &days,
            source: Some(&source),
        };
        write(&self.out, &picture.svg(language), language)
    }
}

/// The one scope that a picture shows.
pub fn only_scope(choice: &ScopeChoice, evaluation: &Evaluation) -> Result<Scope, Failure> {
    let scopes = choice.of(evaluation)?;
    match scopes.as_slice() {
        [one] => Ok(*one),
        several => {
            let count = several.len();
            let names: Vec<&str> = several.iter().take(5).map(|scope| evaluation.name(*scope)).collect();
            let names = names.join("、");
            Err(Failure::refused(text!(
                "一张图只画一个站点或城市，这里有{count}个（{names}…）；请用 --scope 指明",
                "a picture shows one station or city, and there are {count} ({names} …); name it with --scope"
            )))
        }
    }
}

/// The year that is asked for, else the last of the data.
pub fn year(evaluation: &Evaluation, asked: Option<i16>) -> Result<i16, Failure> {
    let first = evaluation.first().year();
    let last = evaluation.date(evaluation.len().saturating_sub(1)).year();
    match asked {
        Some(year) if !(first..=last).contains(&year) => Err(Failure::refused(text!(
            "数据里没有{year}年（有{first}至{last}年）",
            "the data have no {year} (they are of {first} to {last})"
        ))),
        Some(year) => Ok(year),
        None => Ok(last),
    }
}

/// The places of a year's days, from 1 January.
fn days_of(evaluation: &Evaluation, year: i16) -> impl Iterator<Item = Option<usize>> + '_ {
    let first = Date::new(year, 1, 1).ok();
    let days = first.into_iter().flat_map(|date| date.series(jiff::Span::new().days(1)));
    days.take_while(move |date| date.year() == year).map(|date| evaluation.place(date))
}

/// Writes a picture as the file's ending says.
pub fn write(path: &Path, svg: &str, language: Language) -> Result<(), Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let shown = path.display();
    let bytes = match ending.as_deref() {
        Some("svg") => svg.as_bytes().to_vec(),
        Some("png") => {
            let png = png::png(svg, 2.0).map_err(Failure::Broken)?;
            if let Some(warning) = png.warning {
                say(&warning, language);
            }
            png.bytes
        }
        _ => {
            return Err(Failure::Broken(text!(
                "{shown} 的后缀应为 .svg 或 .png",
                "{shown} must end in .svg or .png"
            )));
        }
    };
    std::fs::write(path, bytes).map_err(|error| {
        Failure::Broken(text!("{shown} 写不了（{error}）", "{shown} cannot be written ({error})"))
    })
}
