//! `qingyuan figures`: indicators computed.

use city::CityWords;
use city::wording::{grouped, label, scope_words, shown};
use clap::Args;
use figure::{Figure, Period};
use figures::Request;
use figures::blocking::Engine;
use jiff::civil::Date;
use message::{Language, Text};
use pack::Pack;
use serde_json::json;

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{Format, say, table};

/// The arguments.
#[derive(Args)]
pub struct Figures {
    /// 指标，如 docks.operating；缺省为全部 | indicators, such as docks.operating; all of them if none is named
    keys: Vec<String>,
    /// 期间：2022、2022-Q3、2022-05 或 2022-05-04；缺省为截止日期所在的年 | the period; else the year of --as-of
    #[arg(long)]
    period: Option<Period>,
    /// 截止日期；缺省为期末 | the day whose records count; else the period's last
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// 只计已知的前若干条入账；缺省为全部 | count only what the first so many entries tell; else all
    #[arg(long, value_name = "ENTRIES")]
    known_at: Option<u64>,
    /// 只计已知的前若干批监测数据；缺省为全部 | know only the first so many batches of measurements; else all
    #[arg(long, value_name = "BATCH")]
    lake_at: Option<u64>,
    /// 按哪一版标准评价：2012、2026-transition、2026；缺省按数据日期 | judge by this edition of the standard; else by the date of the data
    #[arg(long, value_name = "EDITION", conflicts_with = "editions")]
    edition: Option<String>,
    /// all：按每一版标准分别评价 | all: one figure for each edition of the standard
    #[arg(long, value_name = "all", value_parser = ["all"])]
    editions: Option<String>,
    /// 按维度分解，如 district | break down by a dimension, such as district
    #[arg(long, value_name = "DIMENSION")]
    by: Vec<String>,
    /// 限定范围，如 district=east | hold a dimension to a value, such as district=east
    #[arg(long, value_name = "DIMENSION=VALUE", value_parser = scope)]
    of: Vec<(String, String)>,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    home: HomeArgument,
}

fn scope(text: &str) -> Result<(String, String), String> {
    let (dimension, value) = text.split_once('=').ok_or("维度=值 | dimension=value")?;
    Ok((dimension.to_owned(), value.to_owned()))
}

impl Figures {
    /// Prints the figures, in the order asked for or else of the pack.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let engine = city.engine()?;
        let period = match (self.period, self.as_of) {
            (Some(period), _) => period,
            (None, Some(day)) => Period::Year(day.year()),
            (None, None) => {
                return Err(Failure::refused(Text::new(
                    "请用 --period 指明期间，如 --period 2022",
                    "name a period, such as --period 2022",
                )));
            }
        };
        let by_edition = self.editions.as_ref().map(|_| figures::EDITION.to_owned());
        let of_edition = self.edition.clone().map(|edition| (figures::EDITION.to_owned(), edition));
        let requests: Vec<Request> = self
            .keys(&engine)
            .into_iter()
            .map(|indicator| Request {
                indicator,
                period,
                as_of: self.as_of,
                known_at: self.known_at,
                lake: self.lake_at,
                by: self.by.iter().cloned().chain(by_edition.clone()).collect(),
                scope: self.of.iter().cloned().chain(of_edition.clone()).collect(),
            })
            .collect();
        let figures: Vec<Figure> = engine.evaluate(&requests)?.into_iter().flatten().collect();
        match self.format {
            Format::Table => {
                if let Some(notice) = city.notice() {
                    say(&notice, language);
                }
                let words = city.words(&city.pack, city.book()?.size()?)?;
                println!("{}", as_table(&city.pack, &words, &figures, language));
            }
            Format::Json => {
                let values: Vec<_> =
                    figures.iter().map(|figure| as_json(&city.pack, figure, language)).collect();
                let notice = city.notice().map(|notice| notice.in_language(language).into_owned());
                let document = json!({ "notice": notice, "figures": values });
                println!("{}", serde_json::to_string_pretty(&document).map_err(Failure::broken)?);
            }
            Format::Csv => print_csv(&city.pack, &figures, city.settings.synthetic_seed.is_some(), language)?,
        }
        Ok(())
    }

    /// What was asked for. Broken down by a dimension, "all" means all that have it; judged by an edition, all
    /// that standards enter.
    fn keys(&self, engine: &Engine) -> Vec<String> {
        if !self.keys.is_empty() {
            return self.keys.clone();
        }
        let wanted = |dimension: &String, has: &[String]| has.contains(dimension);
        let by_standard = self.edition.is_some() || self.editions.is_some();
        engine
            .pack()
            .indicators
            .iter()
            .filter(|one| !by_standard || engine.is_measured(&one.key))
            .filter(|one| self.by.iter().all(|by| wanted(by, &one.dimensions)))
            .filter(|one| self.of.iter().all(|(of, _)| wanted(of, &one.dimensions)))
            .map(|one| one.key.clone())
            .collect()
    }
}

fn as_table(pack: &Pack, words: &CityWords<'_>, figures: &[Figure], language: Language) -> String {
    let headings = [
        Text::new("指标", "indicator"),
        Text::new("范围", "scope"),
        Text::new("数值", "value"),
        Text::new("单位", "unit"),
        Text::new("行数", "rows"),
        Text::new("待核实", "pending"),
        Text::new("编号", "identity"),
    ];
    let rows = figures
        .iter()
        .map(|figure| {
            vec![
                label(pack, figure, language),
                scope_words(words, figure, language),
                shown(figure).map_or_else(|| "—".to_owned(), |value| grouped(&value)),
                figure.unit.clone(),
                figure.rows.to_string(),
                if figure.pending == 0 { String::new() } else { figure.pending.to_string() },
                figure.id.to_string(),
            ]
        })
        .collect();
    table(&headings, &[2, 4, 5], rows, language)
}

fn as_json(pack: &Pack, figure: &Figure, language: Language) -> serde_json::Value {
    let scope: serde_json::Map<_, _> =
        figure.id.scope.iter().map(|(dimension, value)| (dimension.clone(), json!(value))).collect();
    json!({
        "id": figure.id.to_string(),
        "indicator": figure.id.indicator,
        "label": label(pack, figure, language),
        "period": figure.id.period.to_string(),
        "as_of": figure.id.as_of.to_string(),
        "known_at": figure.id.snapshot.known_at,
        "scope": scope,
        "value": shown(figure),
        "exact": figure.value.map(|value| value.normalize().to_string()),
        "unit": figure.unit,
        "rows": figure.rows,
        "pending": figure.pending,
    })
}

fn print_csv(pack: &Pack, figures: &[Figure], synthetic: bool, language: Language) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    let heading = [
        "id",
        "indicator",
        "label",
        "period",
        "as_of",
        "known_at",
        "scope",
        "value",
        "unit",
        "rows",
        "pending",
        "synthetic",
    ];
    writer.write_record(heading).map_err(Failure::broken)?;
    for figure in figures {
        let scope: Vec<String> =
            figure.id.scope.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let record = [
            figure.id.to_string(),
            figure.id.indicator.clone(),
            label(pack, figure, language),
            figure.id.period.to_string(),
            figure.id.as_of.to_string(),
            figure.id.snapshot.known_at.to_string(),
            scope.join(";"),
            shown(figure).unwrap_or_default(),
            figure.unit.clone(),
            figure.rows.to_string(),
            figure.pending.to_string(),
            synthetic.to_string(),
        ];
        // A value such as `=HYPERLINK(...)` in a scope must stay text in a spreadsheet.
        let escaped = record.iter().map(|cell| intake::escape_formula(cell));
        writer.write_record(escaped.map(|cell| cell.to_string())).map_err(Failure::broken)?;
    }
    writer.flush()?;
    Ok(())
}
