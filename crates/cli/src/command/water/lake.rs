//! `qingyuan water lake`: lakes and reservoirs, their class and trophic state.

use std::collections::BTreeMap;

use clap::Args;
use message::{Language, Text};
use standards::water::{Body, Comparison, Item, Sample, judge, lake_sample, main_items, trophic};

use super::data::{By, Data, Section, refusal};
use super::file::Faults;
use super::input::{Input, InputArguments};
use super::print::{digits, number, print, words};
use super::section::{grade_word, main_words};
use super::settings::SettingArguments;
use crate::failure::Failure;
use crate::output::Format;

/// The arguments.
#[derive(Args)]
pub struct LakeCommand {
    #[command(flatten)]
    input: InputArguments,
    /// 按月、季度还是年 | by month, quarter or year
    #[arg(long, value_enum, default_value = "month")]
    by: By,
    #[command(flatten)]
    settings: SettingArguments,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl LakeCommand {
    /// One row a lake (or, where the file names no lake, a point) and period: the mean over points of the time
    /// means at each.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = self.settings.settings(Comparison::Rounded);
        let input = Input::open(&self.input)?;
        let mut faults = Faults::default();
        let data = Data::read(&input, &settings, &mut faults)?;
        let mut lakes: BTreeMap<&str, Vec<&Section>> = BTreeMap::new();
        for section in data.sections.iter().filter(|section| section.body == Body::Lake) {
            let name = if section.water.is_empty() { &section.name } else { &section.water };
            lakes.entry(name).or_default().push(section);
        }
        let mut rows = Vec::new();
        for (name, points) in &lakes {
            for span in data.spans(self.by) {
                let samples: Vec<Vec<Sample>> = points
                    .iter()
                    .filter_map(|point| point.sample(self.by, span, &settings).ok())
                    .map(|period| vec![period.sample])
                    .collect();
                let mean = lake_sample(&samples, &settings);
                let mut row = vec![(*name).to_owned(), span.to_string(), samples.len().to_string()];
                let index = trophic(&mean, &settings);
                let mut reasons: Vec<String> = Vec::new();
                match judge(&mean, Body::Lake, &settings) {
                    Ok(verdict) => {
                        let told = |item| verdict.class_of(item).map_or("", |class| class.mark()).to_owned();
                        row.extend([
                            verdict.class.mark().to_owned(),
                            grade_word(verdict.grade(), language),
                            main_words(&main_items(&mean, &verdict, &settings), language),
                            told(Item::TotalNitrogen),
                        ]);
                    }
                    Err(reason) => {
                        row.extend(std::iter::repeat_n(String::new(), 4));
                        reasons.push(refusal(&reason).in_language(language).into_owned());
                    }
                }
                match index {
                    Ok(index) => {
                        let grade = Text::new(index.grade.zh(), index.grade.en());
                        row.extend([digits(index.tenths, 1), grade.in_language(language).into_owned()]);
                    }
                    Err(reason) => {
                        row.extend([String::new(), String::new()]);
                        let reason = refusal(&reason);
                        let (zh, en) = (reason.simplified, reason.english);
                        let words = message::text!("TLI {zh}", "TLI {en}");
                        reasons.push(words.in_language(language).into_owned());
                    }
                }
                row.push(reasons.join("; "));
                rows.push(row);
            }
        }
        let columns = [
            words("lake", "湖库", "lake"),
            words("period", "期间", "period"),
            number("points", "点位", "points"),
            words("class", "类别", "class"),
            words("grade", "水质状况", "grade"),
            words("main_items", "主要污染指标", "main pollution items"),
            words("total_nitrogen_class", "总氮", "total nitrogen"),
            number("tli", "TLI(Σ)", "TLI(Σ)"),
            words("trophic_grade", "营养状态", "trophic state"),
            words("refused", "不予评价", "refused"),
        ];
        print(&columns, rows, self.format, language)?;
        faults.end(language)
    }
}
