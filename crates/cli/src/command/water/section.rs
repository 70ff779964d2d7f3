//! `qingyuan water section`: every section, period by period.

use clap::Args;
use message::{Language, Text};
use standards::water::{Change, Comparison, Grade, Item, MainItem, grade_change, judge, main_items};

use super::class::{keys, names};
use super::data::{By, Data, refusal};
use super::file::Faults;
use super::input::{Input, InputArguments};
use super::print::{number, print, words};
use super::settings::SettingArguments;
use crate::failure::Failure;
use crate::output::Format;

/// The arguments.
#[derive(Args)]
pub struct SectionCommand {
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

impl SectionCommand {
    /// One row a section and period; where the data are too few, the reason stands in the class's place.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = self.settings.settings(Comparison::Rounded);
        let input = Input::open(&self.input)?;
        let mut faults = Faults::default();
        let data = Data::read(&input, &settings, &mut faults)?;
        let spans = data.spans(self.by);
        let mut rows = Vec::new();
        for section in &data.sections {
            let mut before: Option<Grade> = None;
            for &span in &spans {
                let found = section.sample(self.by, span, &settings).and_then(|period| {
                    judge(&period.sample, section.body, &settings).map(|verdict| (period, verdict))
                });
                let mut row = vec![section.name.clone(), span.to_string(), section.body.key().to_owned()];
                match found {
                    Ok((period, verdict)) => {
                        let items = main_items(&period.sample, &verdict, &settings);
                        let grade = verdict.grade();
                        let change = before.map(|before| grade_change(before, grade));
                        let told = |item| verdict.class_of(item).map_or("", |class| class.mark()).to_owned();
                        row.extend([
                            verdict.class.mark().to_owned(),
                            grade_word(grade, language),
                            if self.format == Format::Table {
                                names(verdict.deciding, language)
                            } else {
                                keys(verdict.deciding)
                            },
                            main_words(&items, language),
                            change.map_or(String::new(), |change| change_word(change, language)),
                            told(Item::TotalNitrogen),
                            told(Item::FaecalColiforms),
                            verdict.judged.len().to_string(),
                            period.present.to_string(),
                            String::new(),
                        ]);
                        before = Some(grade);
                    }
                    Err(reason) => {
                        row.extend(std::iter::repeat_n(String::new(), 9));
                        row.push(refusal(&reason).in_language(language).into_owned());
                        before = None;
                    }
                }
                rows.push(row);
            }
        }
        let columns = [
            words("section", "断面", "section"),
            words("period", "期间", "period"),
            words("body", "限值", "limits"),
            words("class", "类别", "class"),
            words("grade", "水质状况", "grade"),
            words("deciding", "决定项目", "deciding"),
            words("main_items", "主要污染指标", "main pollution items"),
            words("change", "与上期相比", "change"),
            words("total_nitrogen_class", "总氮", "total nitrogen"),
            words("faecal_coliforms_class", "粪大肠菌群", "faecal coliforms"),
            number("items", "参评项目", "items"),
            number("months", "月数", "months"),
            words("refused", "不予评价", "refused"),
        ];
        print(&columns, rows, self.format, language)?;
        faults.end(language)
    }
}

/// The grade in the user's language.
pub fn grade_word(grade: Grade, language: Language) -> String {
    Text::new(grade.zh(), grade.en()).in_language(language).into_owned()
}

/// The change in the user's language.
pub fn change_word(change: Change, language: Language) -> String {
    Text::new(change.zh(), change.en()).in_language(language).into_owned()
}

/// `氨氮(2.0)、高锰酸盐指数(1.2)`.
pub fn main_words(items: &[MainItem], language: Language) -> String {
    let join = |items: Vec<String>, between: &str| items.join(between);
    let zh = join(items.iter().map(MainItem::zh).collect(), "、");
    let en = join(items.iter().map(MainItem::en).collect(), ", ");
    Text::new(zh, en).in_language(language).into_owned()
}
