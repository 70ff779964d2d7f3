//! `qingyuan water city`: the city water quality index.

use std::collections::BTreeMap;

use clap::Args;
use message::Language;
use standards::rounding::half_even;
use standards::water::{Body, Comparison, Sample, Settings, change, city_index};

use super::data::{By, Data, Section, refusal};
use super::file::Faults;
use super::input::{Input, InputArguments};
use super::print::{digits, number, print, words};
use super::river::{Of, named};
use super::settings::SettingArguments;
use crate::failure::Failure;
use crate::output::Format;

/// The arguments.
#[derive(Args)]
pub struct CityCommand {
    #[command(flatten)]
    input: InputArguments,
    /// 按哪一列归并断面 | by which column sections are put together
    #[arg(long, value_enum, default_value = "city")]
    of: Of,
    /// 按月、季度还是年 | by month, quarter or year
    #[arg(long, value_enum, default_value = "month")]
    by: By,
    /// 只按已测项目求和（缺省要求 21 项齐全） | add up the items that were measured; else all 21 are asked for
    #[arg(long)]
    measured_items: bool,
    #[command(flatten)]
    settings: SettingArguments,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

impl CityCommand {
    /// One row a city and period; the better city has the smaller index.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let settings =
            Settings { index_needs_all: !self.measured_items, ..self.settings.settings(Comparison::Rounded) };
        let input = Input::open(&self.input)?;
        let mut faults = Faults::default();
        let data = Data::read(&input, &settings, &mut faults)?;
        let mut cities: BTreeMap<String, Vec<&Section>> = BTreeMap::new();
        for section in &data.sections {
            cities.entry(self.of.of(section)).or_default().push(section);
        }
        named(self.of, cities.keys(), &input.file.name)?;
        let spans = data.spans(self.by);
        let mut rows = Vec::new();
        for (name, sections) in &cities {
            let mut before: Option<i64> = None;
            for &span in &spans {
                let of = |body: Body| -> Vec<Sample> {
                    let sections = sections.iter().filter(|section| section.body == body);
                    let samples =
                        sections.filter_map(|section| section.sample(self.by, span, &settings).ok());
                    samples.map(|period| period.sample).collect()
                };
                let mut row = vec![name.clone(), span.to_string()];
                match city_index(&of(Body::River), &of(Body::Lake), &settings) {
                    Ok(found) => {
                        let part = |index: i64| digits(half_even(index, 100), 4);
                        let parts = [found.rivers, found.lakes];
                        let items = parts.iter().flatten().map(|part| part.items.len()).min();
                        row.push(part(found.index));
                        for one in parts {
                            row.push(one.map_or("0".to_owned(), |one| one.sections.to_string()));
                            row.push(one.map_or(String::new(), |one| part(one.index)));
                        }
                        row.push(items.unwrap_or(0).to_string());
                        let change = before.and_then(|before| change(before, found.index));
                        row.push(change.map_or(String::new(), |hundredths| digits(hundredths, 2)));
                        row.push(String::new());
                        before = Some(found.index);
                    }
                    Err(reason) => {
                        row.extend(std::iter::repeat_n(String::new(), 7));
                        row.push(refusal(&reason).in_language(language).into_owned());
                        before = None;
                    }
                }
                rows.push(row);
            }
        }
        let columns = [
            words("city", "城市", "city"),
            words("period", "期间", "period"),
            number("cwqi", "水质指数", "CWQI"),
            number("river_sections", "河流断面", "river sections"),
            number("cwqi_rivers", "河流指数", "CWQI of rivers"),
            number("lake_points", "湖库点位", "lake points"),
            number("cwqi_lakes", "湖库指数", "CWQI of lakes"),
            number("items", "项目数", "items"),
            number("change_percent", "与上期相比%", "change %"),
            words("refused", "不予评价", "refused"),
        ];
        print(&columns, rows, self.format, language)?;
        faults.end(language)
    }
}
