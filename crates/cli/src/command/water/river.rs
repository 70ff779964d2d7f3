//! `qingyuan water river`: rivers, basins, provinces: their sections together.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use message::{Language, Text};
use standards::water::{
    Body, Change, Class, Comparison, Method, Reach, Sample, combined_change, grade_change, reach,
};

use super::data::{By, Data, Section, refusal};
use super::file::Faults;
use super::input::{Input, InputArguments};
use super::print::{digits, number, print, words};
use super::section::{change_word, grade_word, main_words};
use super::settings::SettingArguments;
use crate::failure::Failure;
use crate::output::Format;

/// The arguments.
#[derive(Args)]
pub struct RiverCommand {
    #[command(flatten)]
    input: InputArguments,
    /// 按哪一列归并断面 | by which column sections are put together
    #[arg(long, value_enum, default_value = "water")]
    of: Of,
    /// 按月、季度还是年 | by month, quarter or year
    #[arg(long, value_enum, default_value = "month")]
    by: By,
    #[command(flatten)]
    settings: SettingArguments,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What sections are put together by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Of {
    /// 河流 | the river
    Water,
    /// 流域 | the basin
    Basin,
    /// 城市 | the city
    City,
    /// 省份 | the province
    Province,
    /// 全部 | all of the file
    All,
}

impl Of {
    /// What a section belongs to.
    pub fn of(self, section: &Section) -> String {
        match self {
            Self::Water => section.water.clone(),
            Self::Basin => section.basin.clone(),
            Self::City => section.city.clone(),
            Self::Province => section.province.clone(),
            Self::All => String::new(),
        }
    }
}

impl RiverCommand {
    /// One row a river and period. Sections of lakes are left to `water lake`.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = self.settings.settings(Comparison::Rounded);
        let input = Input::open(&self.input)?;
        let mut faults = Faults::default();
        let data = Data::read(&input, &settings, &mut faults)?;
        let mut rivers: BTreeMap<String, Vec<&Section>> = BTreeMap::new();
        for section in data.sections.iter().filter(|section| section.body == Body::River) {
            rivers.entry(self.of.of(section)).or_default().push(section);
        }
        named(self.of, rivers.keys(), &input.file.name)?;
        let spans = data.spans(self.by);
        let mut rows = Vec::new();
        for (name, sections) in &rivers {
            let mut before: Option<Reach> = None;
            for &span in &spans {
                // A section with too few months counts as one without data: it is told, not guessed.
                let samples: Vec<Sample> = sections
                    .iter()
                    .map(|section| {
                        section.sample(self.by, span, &settings).map_or(Sample::EMPTY, |period| period.sample)
                    })
                    .collect();
                let mut row = vec![name.clone(), span.to_string(), sections.len().to_string()];
                match reach(&samples, Body::River, &settings) {
                    Ok(found) => {
                        let change = before.as_ref().map(|before| change(before, &found, &settings));
                        row.extend(cells(&found, change, language));
                        before = Some(found);
                    }
                    Err(reason) => {
                        row.extend(std::iter::repeat_n(String::new(), 12));
                        row.push(refusal(&reason).in_language(language).into_owned());
                        before = None;
                    }
                }
                rows.push(row);
            }
        }
        let mut columns = vec![
            words("river", "河流", "river"),
            words("period", "期间", "period"),
            number("sections", "断面", "sections"),
            number("judged", "参评", "judged"),
            words("method", "方法", "method"),
            words("class", "类别", "class"),
            words("grade", "水质状况", "grade"),
            words("main_items", "主要污染指标", "main pollution items"),
            words("change", "与上期相比", "change"),
        ];
        let shares = ["share_1", "share_2", "share_3", "share_4", "share_5", "share_6"];
        columns.extend(
            Class::ALL.into_iter().zip(shares).map(|(class, key)| number(key, class.mark(), class.mark())),
        );
        columns.push(words("refused", "不予评价", "refused"));
        print(&columns, rows, self.format, language)?;
        faults.end(language)
    }
}

/// Refuses to put sections together by a column that the file does not have.
pub fn named<'n>(of: Of, mut names: impl Iterator<Item = &'n String>, file: &str) -> Result<(), Failure> {
    if of == Of::All || names.any(|name| !name.is_empty()) {
        return Ok(());
    }
    Err(Failure::Refused(message::text!(
        "{file} 没有用来归并断面的列；请用 --of 另选 water、basin、city、province 或 all",
        "{file} has no column to put sections together by; choose another with --of: water, basin, city, province or all"
    )))
}

/// The rule for many sections where both periods have many; the grade rule otherwise.
fn change(before: &Reach, now: &Reach, settings: &standards::water::Settings) -> Change {
    match (&before.method, &now.method) {
        (Method::Proportions { .. }, Method::Proportions { .. }) => combined_change(before, now, settings),
        _ => grade_change(before.grade, now.grade),
    }
}

fn cells(found: &Reach, change: Option<Change>, language: Language) -> Vec<String> {
    let (method, class, main) = match &found.method {
        Method::Means { verdict, main, .. } => {
            (Text::new("均值", "means"), verdict.class.mark().to_owned(), main_words(main, language))
        }
        Method::Proportions { main } => {
            let named = |(item, sections): &(standards::water::Item, u32)| {
                let share = digits(found.share(*sections), 1);
                let (zh, en) = (item.zh(), item.en());
                message::text!("{zh}({share}%)", "{en}({share} %)").in_language(language).into_owned()
            };
            let between = if language == Language::English { ", " } else { "、" };
            let main = main.iter().map(named).collect::<Vec<_>>().join(between);
            (Text::new("比例", "proportions"), String::new(), main)
        }
    };
    let mut cells = vec![
        found.judged().to_string(),
        method.in_language(language).into_owned(),
        class,
        grade_word(found.grade, language),
        main,
        change.map_or(String::new(), |change| change_word(change, language)),
    ];
    cells.extend(found.counts.iter().map(|&count| digits(found.share(count), 1)));
    cells.push(String::new());
    cells
}
