//! A file of water readings: its columns, its rows, and what kind of water its sections lie in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use csv::StringRecord;
use message::Text;
use standards::water::{Body, Item, Sample, Settings};

use super::body::{self, By, Evidence};
use super::columns::{Meaning, meaning, reading};
use super::file::{Faults, TableFile, broken_row, folded};
use crate::failure::Failure;

/// Which file, and how to tell rivers from lakes in it.
#[derive(Args, Clone)]
pub struct InputArguments {
    /// CSV 文件（UTF-8 或 GB18030）；- 为标准输入 | a CSV file (UTF-8 or GB18030); - for standard input
    pub file: PathBuf,
    /// 按河流还是湖库的限值；auto 按监测项目和名称判别（规则见输出） | limits of rivers or lakes; auto tells them by what is measured and by name (the rule is printed)
    #[arg(long, value_enum, default_value = "auto")]
    pub body: BodyChoice,
    /// 标明河流或湖库的列 | the column that marks rivers and lakes
    #[arg(long, value_name = "COLUMN")]
    pub body_column: Option<String>,
    /// 状态不是“正常”的行也采用 | use rows too whose status is not normal
    #[arg(long)]
    pub any_status: bool,
}

/// The choice of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BodyChoice {
    /// 自动判别 | told by the rule
    Auto,
    /// 河流 | rivers
    River,
    /// 湖库 | lakes and reservoirs
    Lake,
}

/// A file whose columns are understood and whose sections are told apart.
pub struct Input {
    pub file: TableFile,
    pub headings: StringRecord,
    columns: Columns,
    bodies: BTreeMap<String, (Body, By)>,
    given: Option<Body>,
    any_status: bool,
}

struct Columns {
    items: Vec<(usize, Item, (i64, i64))>,
    algae: Option<usize>,
    section: Option<usize>,
    city: Option<usize>,
    province: Option<usize>,
    basin: Option<usize>,
    water: Option<usize>,
    time: Option<usize>,
    status: Option<usize>,
    published: Option<usize>,
    body: Option<usize>,
}

/// One row, as the judging commands take it.
pub struct Row<'r> {
    pub cells: &'r StringRecord,
    /// The section with its province, basin and water: what tells it from others of its name.
    pub key: String,
    pub section: &'r str,
    pub city: &'r str,
    pub province: &'r str,
    pub basin: &'r str,
    pub water: &'r str,
    pub time: &'r str,
    /// The class that somebody published.
    pub published: &'r str,
    pub body: Body,
    pub by: By,
    /// Whether its status is normal (or is not to be asked).
    pub valid: bool,
    /// Its values; empty if it is not valid.
    pub sample: Sample,
}

impl Input {
    /// Opens the file and, where the kinds of water are to be told, reads it once for that.
    pub fn open(arguments: &InputArguments) -> Result<Self, Failure> {
        let file = TableFile::open(&arguments.file)?;
        let mut headings = StringRecord::new();
        if !file.rows()?.read_record(&mut headings).map_err(|error| broken_row(&file.name, &error))? {
            let name = &file.name;
            return Err(Failure::Broken(message::text!("{name} 是空文件", "{name} is empty")));
        }
        let columns = Columns::of(&file.name, &headings, arguments.body_column.as_deref())?;
        let given = match arguments.body {
            BodyChoice::Auto => None,
            BodyChoice::River => Some(Body::River),
            BodyChoice::Lake => Some(Body::Lake),
        };
        let mut input = Self {
            file,
            headings,
            columns,
            bodies: BTreeMap::new(),
            given,
            any_status: arguments.any_status,
        };
        if given.is_none() {
            input.tell_bodies()?;
        }
        Ok(input)
    }

    /// How many sections are taken for lakes and for rivers.
    pub fn bodies(&self) -> (usize, usize) {
        let lakes = self.bodies.values().filter(|(body, _)| *body == Body::Lake).count();
        (lakes, self.bodies.len() - lakes)
    }

    /// Whether the file says when.
    pub fn has_time(&self) -> bool {
        self.columns.time.is_some()
    }

    /// Calls back with every row in order. Cells that are no value are told, once each.
    pub fn each(
        &self,
        settings: &Settings,
        faults: &mut Faults,
        each: &mut dyn FnMut(Row<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut reader = self.file.rows()?;
        let mut cells = StringRecord::new();
        let mut first = true;
        while reader.read_record(&mut cells).map_err(|error| broken_row(&self.file.name, &error))? {
            if std::mem::take(&mut first) {
                continue;
            }
            let line = cells.position().map_or(0, csv::Position::line);
            each(self.row(&cells, line, settings, faults))?;
        }
        Ok(())
    }

    fn row<'r>(
        &self,
        cells: &'r StringRecord,
        line: u64,
        settings: &Settings,
        faults: &mut Faults,
    ) -> Row<'r> {
        let columns = &self.columns;
        let cell = |column: Option<usize>| column.and_then(|column| cells.get(column)).unwrap_or("").trim();
        let key = columns.key(cells);
        let (mut body, mut by) = match self.given {
            Some(body) => (body, By::Given),
            None => self.bodies.get(&key).copied().unwrap_or((Body::River, By::Else)),
        };
        let mark = cell(columns.body);
        if let Some(marked) = body::marked(mark) {
            (body, by) = (marked, By::Given);
        } else if !mark.is_empty() {
            let words =
                message::text!("“{mark}”既不是河流也不是湖库", "`{mark}` is neither a river nor a lake");
            let heading = columns.body.and_then(|column| self.headings.get(column)).unwrap_or_default();
            faults.cell(&self.file.name, line, heading, &words);
        }
        let valid = self.any_status || normal(cell(columns.status));
        let mut sample = Sample::EMPTY;
        if valid {
            for &(column, item, scale) in &columns.items {
                match reading(cells.get(column).unwrap_or(""), item, scale) {
                    Ok(Some(reading)) => {
                        sample.set(item, reading.effective(settings));
                    }
                    Ok(None) => {}
                    Err(words) => {
                        let heading = self.headings.get(column).unwrap_or_default();
                        faults.cell(&self.file.name, line, heading, &words);
                    }
                }
            }
        }
        Row {
            cells,
            key,
            section: cell(columns.section),
            city: cell(columns.city),
            province: cell(columns.province),
            basin: cell(columns.basin),
            water: cell(columns.water),
            time: cell(columns.time),
            published: cell(columns.published),
            body,
            by,
            valid,
            sample,
        }
    }

    /// Reads the file once and counts what is measured at each section.
    fn tell_bodies(&mut self) -> Result<(), Failure> {
        let columns = &self.columns;
        let chlorophyll = columns.items.iter().find(|(_, item, _)| *item == Item::ChlorophyllA);
        let filled = |cells: &StringRecord, column: Option<usize>| {
            let text = column.and_then(|column| cells.get(column)).unwrap_or("").trim();
            text.bytes().any(|byte| byte.is_ascii_digit())
        };
        let mut sections: BTreeMap<String, (Evidence, [String; 2])> = BTreeMap::new();
        let mut reader = self.file.rows()?;
        let (mut cells, mut first, mut measures) = (StringRecord::new(), true, false);
        while reader.read_record(&mut cells).map_err(|error| broken_row(&self.file.name, &error))? {
            if std::mem::take(&mut first) {
                continue;
            }
            let name =
                |column: Option<usize>| column.and_then(|column| cells.get(column)).unwrap_or("").to_owned();
            let (evidence, _) = sections
                .entry(columns.key(&cells))
                .or_insert_with(|| (Evidence::default(), [name(columns.section), name(columns.water)]));
            let (algae, green) =
                (filled(&cells, columns.algae), filled(&cells, chlorophyll.map(|(column, ..)| *column)));
            let any = columns.items.iter().any(|(column, ..)| filled(&cells, Some(*column)));
            evidence.readings += u32::from(any);
            evidence.algae += u32::from(algae);
            evidence.chlorophyll += u32::from(green);
            measures |= algae || green;
        }
        let told = |(key, (evidence, names)): (String, (Evidence, [String; 2]))| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            (key, body::tell(&names, evidence, measures))
        };
        self.bodies = sections.into_iter().map(told).collect();
        Ok(())
    }
}

impl Columns {
    fn of(file: &str, headings: &StringRecord, body_column: Option<&str>) -> Result<Self, Failure> {
        let meanings: Vec<Option<Meaning>> = headings.iter().map(meaning).collect();
        let find = |wanted: Meaning| meanings.iter().position(|meaning| *meaning == Some(wanted));
        let mut items: Vec<(usize, Item, (i64, i64))> = Vec::new();
        for (column, found) in meanings.iter().enumerate() {
            if let Some(Meaning::Item(item, scale)) = *found
                && !items.iter().any(|(_, taken, _)| *taken == item)
            {
                items.push((column, item, scale));
            }
        }
        if items.is_empty() {
            let shown: Vec<&str> = headings.iter().collect();
            let shown = shown.join("、");
            return Err(Failure::Refused(message::text!(
                "{file} 没有认得的监测项目列；表头为：{shown}",
                "{file} has no column of an item that is known; the headings are: {shown}"
            )));
        }
        let body = match body_column {
            None => None,
            Some(name) => match headings.iter().position(|heading| folded(heading).0 == folded(name).0) {
                Some(column) => Some(column),
                None => {
                    return Err(Failure::Refused(message::text!(
                        "{file} 没有列“{name}”",
                        "{file} has no column `{name}`"
                    )));
                }
            },
        };
        Ok(Self {
            items,
            algae: find(Meaning::Algae),
            section: find(Meaning::Section),
            city: find(Meaning::City),
            province: find(Meaning::Province),
            basin: find(Meaning::Basin),
            water: find(Meaning::Water),
            time: find(Meaning::Time),
            status: find(Meaning::Status),
            published: find(Meaning::Published),
            body,
        })
    }

    /// What tells one section from another of its name.
    fn key(&self, cells: &StringRecord) -> String {
        let parts = [self.province, self.basin, self.water, self.section];
        let parts = parts.map(|column| column.and_then(|column| cells.get(column)).unwrap_or("").trim());
        parts.join("\u{1f}")
    }
}

/// Whether a status says that the station worked; a file without one is believed.
fn normal(status: &str) -> bool {
    matches!(status, "" | "正常" | "normal" | "Normal" | "N" | "n" | "ok" | "OK")
}

/// What was read, for people.
pub fn summary(input: &Input, rows: u64, judged: u64, not_normal: u64) -> Text {
    let name = &input.file.name;
    let (lakes, rivers) = input.bodies();
    let sections = match input.given {
        Some(_) => (String::new(), String::new()),
        None => (
            format!("；判为湖库 {lakes} 个、河流 {rivers} 个"),
            format!("; {lakes} sections are lakes, {rivers} rivers"),
        ),
    };
    let (zh, en) = sections;
    message::text!(
        "{name}：{rows} 行，评价 {judged} 行，状态不正常 {not_normal} 行{zh}",
        "{name}: {rows} rows, {judged} judged, {not_normal} of a status that is not normal{en}"
    )
}
