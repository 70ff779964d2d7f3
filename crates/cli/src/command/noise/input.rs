//! A file of sound levels as points with their days and nights.

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;
use jiff::ToSpan;
use jiff::civil::Date;
use message::Text;
use standards::noise::{
    AreaClass, DayNight, Micro, PeriodLevel, Settings, TooFewHours, equivalent, period_level, plausible,
    rounded, slot,
};

use crate::command::water::file::{Faults, TableFile, broken_row, folded};
use crate::command::water::time;
use crate::failure::Failure;

/// One point (or section of road).
pub struct Point {
    pub name: String,
    pub class: Option<AreaClass>,
    /// Its length in metres, for roads.
    pub metres: Option<u32>,
    /// Levels by date; the date is `None` where the file has no time.
    pub periods: BTreeMap<(Option<Date>, DayNight), Result<PeriodLevel, TooFewHours>>,
}

/// The points in the order of their names.
pub struct Data {
    pub points: Vec<Point>,
}

impl Point {
    /// The valid levels of its days or nights, in order of date.
    pub fn levels(&self, part: DayNight) -> impl Iterator<Item = (Option<Date>, Micro)> {
        self.periods
            .iter()
            .filter(move |((_, of), _)| *of == part)
            .filter_map(|((date, _), level)| Some((*date, level.as_ref().ok()?.level)))
    }
}

const POINT: &[&str] = &[
    "point",
    "station",
    "site",
    "code",
    "road",
    "点位",
    "点位名称",
    "测点",
    "测点名称",
    "监测点",
    "监测点位",
    "站点",
    "站点名称",
    "网格",
    "网格编号",
    "路段",
    "路段名称",
    "道路",
    "道路名称",
];
const TIME: &[&str] = &["time", "datetime", "date", "时间", "日期", "监测时间", "监测日期"];
const LEQ: &[&str] = &["leq", "laeq", "等效声级", "等效连续a声级", "小时等效声级"];
const LD: &[&str] = &["ld", "昼间", "昼间等效声级", "昼间leq"];
const LN: &[&str] = &["ln", "夜间", "夜间等效声级", "夜间leq"];
const CLASS: &[&str] =
    &["class", "areaclass", "zone", "功能区", "功能区类别", "功能区类型", "声功能区", "声功能区类别", "类别"];
const LENGTH: &[&str] = &["length", "metres", "meters", "lengthm", "长度", "路段长度", "路长"];

struct Columns {
    point: usize,
    time: Option<usize>,
    leq: Option<usize>,
    ld: Option<usize>,
    ln: Option<usize>,
    class: Option<usize>,
    /// With how many metres its unit has.
    length: Option<(usize, i64)>,
}

/// Values of one day or night of one point, by hour; several values of an hour are put together first.
type Hours = BTreeMap<u8, Vec<Micro>>;

#[derive(Default)]
struct Raw {
    class: Option<AreaClass>,
    metres: Option<u32>,
    hours: BTreeMap<(Option<Date>, DayNight), Hours>,
    given: BTreeMap<(Option<Date>, DayNight), Vec<Micro>>,
}

/// Reads a file. Hours labelled by their end are moved to their beginning.
pub fn read(
    path: &Path,
    labelled_by_end: bool,
    (from, to): (Option<Date>, Option<Date>),
    settings: &Settings,
    faults: &mut Faults,
) -> Result<Data, Failure> {
    let file = TableFile::open(path)?;
    let mut reader = file.rows()?;
    let mut cells = StringRecord::new();
    let broken = |error: csv::Error| broken_row(&file.name, &error);
    if !reader.read_record(&mut cells).map_err(broken)? {
        let name = &file.name;
        return Err(Failure::Broken(message::text!("{name} 是空文件", "{name} is empty")));
    }
    let headings = cells.clone();
    let columns = Columns::of(&file.name, &headings)?;
    let mut points: BTreeMap<String, Raw> = BTreeMap::new();
    while reader.read_record(&mut cells).map_err(broken)? {
        let line = cells.position().map_or(0, csv::Position::line);
        let mut fault = |column: usize, words: &Text| {
            faults.cell(&file.name, line, headings.get(column).unwrap_or_default(), words);
        };
        let cell = |column: usize| cells.get(column).unwrap_or("").trim();
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let point = points.entry(cell(columns.point).to_owned()).or_default();
        if let Some(column) = columns.class.filter(|&column| !cell(column).is_empty()) {
            match AreaClass::from_key(cell(column)) {
                Some(class) => point.class = Some(class),
                None => {
                    let shown = cell(column);
                    fault(
                        column,
                        &message::text!("“{shown}”不是功能区类别", "`{shown}` is no class of area"),
                    );
                }
            }
        }
        if let Some((column, metres)) = columns.length.filter(|(column, _)| !cell(*column).is_empty()) {
            match readings::micro_of_text(cell(column)) {
                Ok(Some(length)) if length >= 0 => {
                    let exact = standards::rounding::half_even(length.saturating_mul(metres), 1_000_000);
                    point.metres = u32::try_from(exact).ok();
                }
                Ok(None) => {}
                Ok(Some(_)) => fault(column, &Text::new("长度不能为负", "a length is not negative")),
                Err(words) => fault(column, &words),
            }
        }
        let mut level = |column: Option<usize>| -> Option<Micro> {
            let column = column?;
            match readings::micro_of_text(cell(column)) {
                Ok(Some(level)) if plausible(level) => Some(level),
                Ok(None) => None,
                Ok(Some(_)) => {
                    let shown = cell(column);
                    fault(
                        column,
                        &message::text!("“{shown}”不可能是声级", "`{shown}` cannot be a sound level"),
                    );
                    None
                }
                Err(words) => {
                    fault(column, &words);
                    None
                }
            }
        };
        let (leq, ld, ln) = (level(columns.leq), level(columns.ld), level(columns.ln));
        let when = match columns.time {
            None => None,
            Some(column) => match time::parse(cell(column)) {
                Some(time) => Some(time),
                None => {
                    let shown = cell(column);
                    fault(
                        column,
                        &message::text!("时间“{shown}”无法识别", "the time `{shown}` is not understood"),
                    );
                    continue;
                }
            },
        };
        let asked = |date: Option<Date>| {
            date.is_none_or(|date| from.is_none_or(|from| date >= from) && to.is_none_or(|to| date <= to))
        };
        if let Some(leq) = leq {
            // Without an hour it is the level of the day.
            let (date, part, hour) = match when.filter(|time| time.has_hour) {
                None => (when.map(|time| time.date), DayNight::Day, None),
                Some(time) => {
                    let (date, hour) = begin(time, labelled_by_end);
                    let (part, moved) = slot(hour, settings);
                    (date.checked_add(i64::from(moved).days()).ok(), part, Some(hour))
                }
            };
            if asked(date) {
                match hour {
                    Some(hour) => {
                        point.hours.entry((date, part)).or_default().entry(hour).or_default().push(leq)
                    }
                    None => point.given.entry((date, part)).or_default().push(leq),
                }
            }
        }
        for (level, part) in [(ld, DayNight::Day), (ln, DayNight::Night)] {
            let date = when.map(|time| time.date);
            if let Some(level) = level.filter(|_| asked(date)) {
                point.given.entry((date, part)).or_default().push(level);
            }
        }
    }
    let points = points.into_iter().map(|(name, raw)| raw.point(name, settings)).collect();
    Ok(Data { points })
}

/// The date and hour of an hour's beginning.
fn begin(time: time::Time, labelled_by_end: bool) -> (Date, u8) {
    match (labelled_by_end, time.hour) {
        (false, hour) => (time.date, hour),
        (true, 0) => (time.date.yesterday().unwrap_or(time.date), 23),
        (true, hour) => (time.date, hour - 1),
    }
}

impl Raw {
    fn point(self, name: String, settings: &Settings) -> Point {
        let mut periods = BTreeMap::new();
        for (key, hours) in self.hours {
            let hours: Vec<Micro> =
                hours.into_values().filter_map(|levels| equivalent(levels.iter().copied())).collect();
            periods.insert(key, period_level(key.1, &hours, settings));
        }
        // Levels of whole days and nights that the file gives are taken as they are, and win.
        for (key, levels) in self.given {
            if let Some(level) = equivalent(levels) {
                let level = rounded(level, settings.decimals);
                periods.insert(key, Ok(PeriodLevel { level, hours: 0 }));
            }
        }
        Point { name, class: self.class, metres: self.metres, periods }
    }
}

impl Columns {
    fn of(file: &str, headings: &StringRecord) -> Result<Self, Failure> {
        let folded: Vec<(String, String)> =
            headings.iter().map(|heading| folded(heading.trim_start_matches('\u{feff}'))).collect();
        let find = |names: &[&str]| folded.iter().position(|(heading, _)| names.contains(&heading.as_str()));
        let columns = (find(LEQ), find(LD), find(LN));
        let (Some(point), true) =
            (find(POINT), columns.0.is_some() || columns.1.is_some() || columns.2.is_some())
        else {
            let shown: Vec<&str> = headings.iter().collect();
            let shown = shown.join("、");
            return Err(Failure::Refused(message::text!(
                "{file} 需要点位列和声级列（leq 或 ld、ln）；表头为：{shown}",
                "{file} needs a column of points and one of levels (leq, or ld and ln); the headings are: {shown}"
            )));
        };
        let length = find(LENGTH).map(|column| {
            let kilometres = matches!(folded[column].1.as_str(), "km" | "公里" | "千米");
            (column, if kilometres { 1_000 } else { 1 })
        });
        let (leq, ld, ln) = columns;
        Ok(Self { point, time: find(TIME), leq, ld, ln, class: find(CLASS), length })
    }
}
