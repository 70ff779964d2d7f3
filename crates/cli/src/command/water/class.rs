//! `qingyuan water class`: the class of every row of a file.

use std::io::{BufWriter, Write};

use clap::{Args, ValueEnum};
use message::{Language, Text};
use standards::water::{Class, Comparison, Item, ItemSet, judge};

use super::body;
use super::file::{Faults, unless_closed};
use super::input::{BodyChoice, Input, InputArguments, Row, summary};
use super::settings::SettingArguments;
use crate::failure::Failure;
use crate::output::{say, table};

/// The arguments.
#[derive(Args)]
pub struct ClassCommand {
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    settings: SettingArguments,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "csv")]
    format: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// 原样各行加评价结果 | the rows as they are, with the result added
    Csv,
    /// 一个 JSON 数组 | one JSON array
    Json,
    /// 供阅读的表 | a table for people
    Table,
}

/// The columns that are added to each row; a contract.
const ADDED: [&str; 4] = ["computed_class", "deciding", "body", "body_by"];

impl ClassCommand {
    /// Streams the rows through; single readings are compared as given unless rounding is asked for.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings = self.settings.settings(Comparison::AsGiven);
        let input = Input::open(&self.input)?;
        if let Some(column) = input.headings.iter().find(|heading| ADDED[..2].contains(heading)) {
            return Err(Failure::Refused(message::text!(
                "文件已有列“{column}”，请先去掉",
                "the file already has a column `{column}`; take it out first"
            )));
        }
        let mut sink = Sink::new(self.format, &input)?;
        let mut faults = Faults::default();
        let (mut rows, mut judged, mut not_normal) = (0_u64, 0_u64, 0_u64);
        input.each(&settings, &mut faults, &mut |row| {
            let verdict = judge(&row.sample, row.body, &settings).ok();
            rows += 1;
            judged += u64::from(verdict.is_some());
            not_normal += u64::from(!row.valid);
            let added = match verdict {
                Some(verdict) => (Some(verdict.class), verdict.deciding),
                None => (None, ItemSet::EMPTY),
            };
            sink.row(&input, &row, added)
        })?;
        sink.end(language)?;
        say(&summary(&input, rows, judged, not_normal), language);
        if self.input.body == BodyChoice::Auto {
            say(&body::rule(), language);
        }
        faults.end(language)
    }
}

/// `total_phosphorus;ammonia_nitrogen`.
pub fn keys(items: ItemSet) -> String {
    items.iter().map(Item::key).collect::<Vec<_>>().join(";")
}

/// `总磷、氨氮`.
pub fn names(items: ItemSet, language: Language) -> String {
    let name = |item: Item| Text::new(item.zh(), item.en()).in_language(language).into_owned();
    let names: Vec<String> = items.iter().map(name).collect();
    names.join(if language == Language::English { ", " } else { "、" })
}

enum Sink {
    Csv(Box<csv::Writer<BufWriter<std::io::Stdout>>>),
    Json { out: BufWriter<std::io::Stdout>, first: bool },
    Table(Vec<Vec<String>>),
}

impl Sink {
    fn new(kind: Kind, input: &Input) -> Result<Self, Failure> {
        let out = || BufWriter::with_capacity(256 << 10, std::io::stdout());
        Ok(match kind {
            Kind::Csv => {
                let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out());
                let headings = input.headings.iter().map(|heading| heading.trim_start_matches('\u{feff}'));
                written(writer.write_record(headings.chain(ADDED)))?;
                Self::Csv(Box::new(writer))
            }
            Kind::Json => Self::Json { out: out(), first: true },
            Kind::Table => Self::Table(Vec::new()),
        })
    }

    fn row(
        &mut self,
        input: &Input,
        row: &Row<'_>,
        (class, deciding): (Option<Class>, ItemSet),
    ) -> Result<(), Failure> {
        let mark = class.map_or("", Class::mark);
        let added = [mark, &keys(deciding), row.body.key(), row.by.key()];
        match self {
            Self::Csv(writer) => {
                // A row shorter than the heading is filled up, so that what is added stands under its heading.
                let missing = input.headings.len().saturating_sub(row.cells.len());
                let cells = row.cells.iter().chain(std::iter::repeat_n("", missing));
                written(writer.write_record(cells.chain(added)))
            }
            Self::Json { out, first } => {
                let mut line = String::from(if std::mem::take(first) { "[\n" } else { ",\n" });
                let headings = input.headings.iter().chain(ADDED);
                let missing = input.headings.len().saturating_sub(row.cells.len());
                let cells = row.cells.iter().take(input.headings.len());
                let cells = cells.chain(std::iter::repeat_n("", missing)).chain(added);
                for (index, (heading, cell)) in headings.zip(cells).enumerate() {
                    line.push(if index == 0 { '{' } else { ',' });
                    line.push_str(&serde_json::Value::from(heading).to_string());
                    line.push(':');
                    line.push_str(&serde_json::Value::from(cell).to_string());
                }
                line.push('}');
                unless_closed(out.write_all(line.as_bytes()))
            }
            Self::Table(rows) => {
                rows.push(vec![
                    row.section.to_owned(),
                    row.time.to_owned(),
                    mark.to_owned(),
                    keys(deciding),
                    row.body.key().to_owned(),
                    row.by.key().to_owned(),
                ]);
                Ok(())
            }
        }
    }

    fn end(self, language: Language) -> Result<(), Failure> {
        match self {
            Self::Csv(mut writer) => unless_closed(writer.flush()),
            Self::Json { mut out, first } => {
                let end = if first { "[]\n" } else { "\n]\n" };
                unless_closed(out.write_all(end.as_bytes()).and_then(|()| out.flush()))
            }
            Self::Table(rows) => {
                let headings = [
                    Text::new("断面", "section"),
                    Text::new("时间", "time"),
                    Text::new("类别", "class"),
                    Text::new("决定项目", "deciding"),
                    Text::new("限值", "limits"),
                    Text::new("依据", "by"),
                ];
                println!("{}", table(&headings, &[], rows, language));
                Ok(())
            }
        }
    }
}

fn written(result: csv::Result<()>) -> Result<(), Failure> {
    match result {
        Ok(()) => Ok(()),
        Err(error) => match error.into_kind() {
            csv::ErrorKind::Io(error) => unless_closed(Err(error)),
            other => Err(Failure::broken(format!("{other:?}"))),
        },
    }
}
