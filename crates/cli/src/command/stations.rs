//! `qingyuan stations`: the points that measure, and what they deliver.
//!
//! A station is a record of the book like any other, in the register `stations`: it is registered once, verified, and
//! its history stays. What it measures is in the lake, under its code.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::{Array, AsArray, StringViewArray};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use clap::{Args, Subcommand};
use intake::{RawRecord, RawValue, Writer};
use jiff::civil::Date;
use message::{Language, Text, text};
use pack::{FieldKind, Pack};
use serde_json::json;

use super::import::ActorArguments;
use super::record::today;
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{Format, say, table};
use city::City;

/// What is done with stations.
#[derive(Subcommand)]
pub enum Stations {
    /// 列出点位及其数据起止 | list the stations, with the first and last hour of their data
    List(List),
    /// 登记一个点位 | register a station
    Add(Add),
    /// 从 XLSX、CSV 或 GeoJSON 登记点位（模板：qingyuan template stations） | register stations from a file
    Import(Import),
}

/// The arguments of `list`.
#[derive(Args)]
pub struct List {
    /// 只列一类：air、water 或 noise | only one kind: air, water or noise
    #[arg(long)]
    kind: Option<String>,
    /// 截止日期；缺省为今天 | the day whose stations are meant; else today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `add`.
#[derive(Args)]
pub struct Add {
    /// 点位编码 | the station's code
    code: String,
    /// 名称 | its name
    #[arg(long)]
    name: String,
    /// 类别：air、water 或 noise | its kind: air, water or noise
    #[arg(long)]
    kind: String,
    /// 所在城市 | the city that it stands for
    #[arg(long)]
    city: Option<String>,
    /// 管理单位代码 | the code of the unit that owns it
    #[arg(long, value_name = "CODE")]
    owner: String,
    /// 启用日期；缺省为今天 | the day since which it measures; else today
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// 参与城市评价 | the city's values are made of it
    #[arg(long)]
    evaluated: bool,
    /// 设备标识 MN | the identity of its device, MN
    #[arg(long)]
    mn: Option<String>,
    /// 项目对应，如 "a34004=pm2_5 ug/m3" | which code of the device is which item, in which unit
    #[arg(long)]
    mapping: Option<String>,
    /// 经度，纬度（CGCS2000） | longitude, latitude (CGCS2000)
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    at: Option<String>,
    /// 其他字段，如 area_class=2 | another field, such as area_class=2
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    #[command(flatten)]
    actor: ActorArguments,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `import`.
#[derive(Args)]
pub struct Import {
    /// XLSX、CSV 或 GeoJSON 文件 | an XLSX, CSV or GeoJSON file
    file: PathBuf,
    /// 只检查，不入账 | check only, enter nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    actor: ActorArguments,
    #[command(flatten)]
    home: HomeArgument,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (field, value) = text.split_once('=').ok_or("字段=值 | field=value")?;
    Ok((field.to_owned(), value.to_owned()))
}

impl Stations {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(language),
            Self::Add(add) => add.run(language),
            Self::Import(import) => import.run(language),
        }
    }
}

impl Import {
    fn run(self, language: Language) -> Result<(), Failure> {
        super::import::Import::of(figures::STATIONS, self.file, self.dry_run, self.actor, self.home)
            .run(language)
    }
}

impl Add {
    fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let book = city.book_for_writing()?;
        let since = self.since.unwrap_or_else(today);
        let mut raw = RawRecord::new(self.owner.as_str(), since)
            .with("code", self.code.as_str())
            .with("name", self.name.as_str())
            .with("kind", self.kind.as_str())
            .with("evaluated", RawValue::Flag(self.evaluated));
        for (field, value) in [("city", &self.city), ("mn", &self.mn), ("mapping", &self.mapping)] {
            if let Some(value) = value {
                raw = raw.with(field, value.as_str());
            }
        }
        let shape = self.at.as_deref().map(|at| format!("POINT ({})", at.replace(',', " ")));
        if let Some(shape) = &shape {
            raw = raw.with("geometry", shape.as_str());
        }
        for (field, value) in &self.set {
            raw = raw.with(field, value.as_str());
        }
        let key = format!("stations-add-{}-{}", self.code, book.size()?);
        let mut writer = Writer::new(&city.pack, &book, &self.actor.actor, &self.actor.role, key)?;
        writer.load(figures::STATIONS)?;
        let record = writer.create(figures::STATIONS, &raw)?;
        writer.finish()?;
        let (code, id) = (&self.code, record.0);
        println!(
            "{}",
            text!(
                "已登记点位 {code}：记录 {id}；核实后参与评价（qingyuan record verify {id}）",
                "station {code} is registered: record {id}; it counts once verified (qingyuan record verify {id})"
            )
            .in_language(language)
        );
        Ok(())
    }
}

/// What is listed of a station.
struct Listed {
    code: String,
    name: String,
    kind: String,
    city: String,
    evaluated: bool,
    mn: String,
    state: String,
}

impl List {
    fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let as_of = self.as_of.unwrap_or_else(today);
        let size = city.book()?.size()?;
        let batches = city.engine()?.export(figures::STATIONS, as_of, size)?;
        let mut stations = Vec::new();
        for batch in &batches {
            read(batch, &mut stations)?;
        }
        stations.retain(|station| self.kind.as_ref().is_none_or(|kind| *kind == station.kind));
        if self.format == Format::Table {
            stations.iter_mut().for_each(|station| in_words(&city.pack, station, language));
        }
        stations.sort_by(|a, b| (&a.kind, &a.code).cmp(&(&b.kind, &b.code)));
        let delivered = delivered(&city)?;
        if let (Some(notice), Format::Table) = (city.notice(), self.format) {
            say(&notice, language);
        }
        self.print(&stations, &delivered, language)
    }

    fn print(
        &self,
        stations: &[Listed],
        delivered: &BTreeMap<String, Delivered>,
        language: Language,
    ) -> Result<(), Failure> {
        let none = Delivered::default();
        let of = |station: &Listed| delivered.get(&station.code).unwrap_or(&none);
        match self.format {
            Format::Json => {
                let all: Vec<_> = stations
                    .iter()
                    .map(|station| {
                        let data = of(station);
                        json!({
                            "code": station.code, "name": station.name, "kind": station.kind, "city": station.city,
                            "evaluated": station.evaluated, "mn": station.mn, "state": station.state,
                            "values": data.values, "first": data.first, "last": data.last,
                        })
                    })
                    .collect();
                println!("{}", serde_json::to_string_pretty(&all).map_err(Failure::broken)?);
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
                let heading =
                    ["code", "name", "kind", "city", "evaluated", "mn", "state", "values", "first", "last"];
                writer.write_record(heading).map_err(Failure::broken)?;
                for station in stations {
                    let cells = cells(station, of(station), station.evaluated.to_string());
                    let escaped = cells.iter().map(|cell| intake::escape_formula(cell).into_owned());
                    writer.write_record(escaped).map_err(Failure::broken)?;
                }
                writer.flush()?;
            }
            Format::Table => {
                let headings = [
                    Text::new("编码", "code"),
                    Text::new("名称", "name"),
                    Text::new("类别", "kind"),
                    Text::new("城市", "city"),
                    Text::new("参与评价", "evaluated"),
                    Text::new("设备", "device"),
                    Text::new("状态", "state"),
                    Text::new("数据", "values"),
                    Text::new("最早", "first"),
                    Text::new("最近", "last"),
                ];
                let yes = Text::new("是", "yes");
                let rows = stations.iter().map(|station| {
                    let evaluated = if station.evaluated {
                        yes.in_language(language).into_owned()
                    } else {
                        String::new()
                    };
                    cells(station, of(station), evaluated)
                });
                println!("{}", table(&headings, &[7], rows.collect(), language));
            }
        }
        Ok(())
    }
}

/// Keys as the pack calls them.
fn in_words(pack: &Pack, station: &mut Listed, language: Language) {
    let Some(register) = pack.register(figures::STATIONS) else { return };
    if let Some(FieldKind::Choice { options }) = register.field("kind").map(|field| &field.kind)
        && let Some(option) = options.iter().find(|option| option.key == station.kind)
    {
        station.kind = option.label.in_language(language).into_owned();
    }
    if let Some(state) = register.states.iter().find(|state| state.key == station.state) {
        station.state = state.label.in_language(language).into_owned();
    }
}

fn cells(station: &Listed, data: &Delivered, evaluated: String) -> Vec<String> {
    let Listed { code, name, kind, city, mn, state, .. } = station;
    let texts = [code, name, kind, city, &evaluated, mn, state].into_iter().cloned();
    texts.chain([data.values.to_string(), data.first.clone(), data.last.clone()]).collect()
}

fn read(batch: &RecordBatch, stations: &mut Vec<Listed>) -> Result<(), Failure> {
    let text = |name: &str| -> Result<StringViewArray, Failure> {
        match batch.column_by_name(name) {
            Some(column) => {
                let column = arrow::compute::cast(column, &DataType::Utf8View).map_err(Failure::broken)?;
                Ok(column.as_string_view().clone())
            }
            None => Ok(StringViewArray::new_null(batch.num_rows())),
        }
    };
    let (code, name, kind, city) = (text("code")?, text("name")?, text("kind")?, text("city")?);
    let (mn, state, evaluated) = (text("mn")?, text("state")?, text("evaluated")?);
    let held = |column: &StringViewArray, row: usize| match column.is_valid(row) {
        true => column.value(row).to_owned(),
        false => String::new(),
    };
    stations.extend((0..batch.num_rows()).map(|row| Listed {
        code: held(&code, row),
        name: held(&name, row),
        kind: held(&kind, row),
        city: held(&city, row),
        evaluated: held(&evaluated, row) == "true",
        mn: held(&mn, row),
        state: held(&state, row),
    }));
    Ok(())
}

/// What a station has delivered.
#[derive(Default)]
struct Delivered {
    values: u64,
    first: String,
    last: String,
}

/// How much each station has delivered, and from when to when. The lake is read through.
fn delivered(city: &City) -> Result<BTreeMap<String, Delivered>, Failure> {
    let Some(lake) = city.lake()? else { return Ok(BTreeMap::new()) };
    let mut found: BTreeMap<String, Delivered> = BTreeMap::new();
    for kind in lake::Kind::ALL {
        for span in lake::Span::ALL {
            let mut each = |batch: RecordBatch| {
                for row in lake::rows(&batch)? {
                    let time = city::wording::local(row.time);
                    let data = found.entry(row.station.to_owned()).or_default();
                    data.values += u64::from(row.value.is_some());
                    if data.first.is_empty() || time < data.first {
                        data.first.clone_from(&time);
                    }
                    if time > data.last {
                        data.last = time;
                    }
                }
                Ok(())
            };
            lake.read(&lake::Query::all(kind, span), &mut each)?;
        }
    }
    Ok(found)
}
