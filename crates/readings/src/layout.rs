//! Which column holds what, found from the headings and from what the user maps.

use jiff::civil::Date;
use message::{Text, did_you_mean, text};

use crate::cell::Cell;
use crate::columns::{COLUMNS, Role, fold, item_of, role};
use crate::moment;
use crate::options::{Hours, Options};

/// A family of files, for what their headings do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The feed of the national network: `stationcode … timepoint … o3_24h …`. Hours are labelled by their end; the
    /// hour's ozone stands in `o3_24h`, and `o3` holds the day's maximum.
    NationalFeed,
    /// Days in rows, stations in columns: `date,hour,type,1001A,1002A,…`; hours are labelled by their end.
    StationsAcross,
    /// Chinese headings: hours are labelled by their end, as the national network does.
    Chinese,
    /// Anything else, such as the Parquet file of Beijing's 12 stations: hours are labelled by their
    /// beginning. (That those labels run from 00:00 to 23:00 of the first and the last day says so, and
    /// the published numbers of good days come out of no other reading as near.)
    Plain,
}

impl Profile {
    /// How hours are labelled unless the user says otherwise.
    pub const fn hours(self) -> Hours {
        match self {
            Self::NationalFeed | Self::StationsAcross | Self::Chinese => Hours::End,
            Self::Plain => Hours::Begin,
        }
    }
}

/// Where the time of a row stands.
#[derive(Clone, Debug)]
pub(crate) enum TimeColumns {
    Whole(usize),
    DateAndHour(usize, usize),
    Parts { year: usize, month: usize, day: usize, hour: usize },
}

/// The shape of the table.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// An item in each of these columns.
    Wide(Vec<(usize, String)>),
    /// One value a row.
    Long { item: usize, value: usize },
    /// One item a row, a station in each of these columns.
    Across { item: usize, stations: Vec<(usize, String)> },
}

/// How the columns of a file are understood.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(crate) headings: Vec<String>,
    pub(crate) station: Option<usize>,
    pub(crate) city: Option<usize>,
    pub(crate) flag: Option<usize>,
    pub(crate) time: TimeColumns,
    pub(crate) shape: Shape,
    /// The family it belongs to.
    pub profile: Profile,
    /// How its hours are labelled.
    pub hours: Hours,
}

impl Layout {
    /// Understands the headings; what is missing is told with the names that are there.
    pub fn of(headings: &[String], options: &Options) -> Result<Self, Text> {
        let mapped = mapped(headings, options)?;
        let find = |wanted: Role, key: &str| {
            let by_map = mapped.iter().find(|(role, _)| role == key).map(|(_, column)| *column);
            by_map.or_else(|| headings.iter().position(|heading| role(heading) == Some(wanted)))
        };
        let time = match (find(Role::Time, "time"), find(Role::Date, "date"), find(Role::Hour, "hour")) {
            (Some(time), ..) => TimeColumns::Whole(time),
            (None, Some(date), Some(hour)) => TimeColumns::DateAndHour(date, hour),
            (None, Some(date), None) => TimeColumns::Whole(date),
            (None, None, hour) => {
                let parts =
                    (find(Role::Year, "year"), find(Role::Month, "month"), find(Role::Day, "day"), hour);
                let (Some(year), Some(month), Some(day), Some(hour)) = parts else {
                    return Err(lacks(
                        "时间（time、时间、timepoint …）",
                        "a time (time, timepoint, 时间 …)",
                        "time",
                        headings,
                    ));
                };
                TimeColumns::Parts { year, month, day, hour }
            }
        };
        let station = find(Role::Station, "station").or_else(|| find(Role::StationName, "station"));
        let item = find(Role::Item, "item");
        let value = find(Role::Value, "value");
        let profile = profile(headings, station, item);
        let city = find(Role::City, "city");
        let flag = find(Role::Flag, "flag");
        let shape = match (item, value) {
            (Some(item), Some(value)) => Shape::Long { item, value },
            (Some(item), None) if profile == Profile::StationsAcross => Shape::Across {
                item,
                stations: stations_across(headings)
                    .map(|column| (column, headings[column].trim().to_owned()))
                    .collect(),
            },
            _ => Shape::Wide(wide(headings, &mapped, profile)),
        };
        if matches!(&shape, Shape::Wide(columns) if columns.is_empty()) {
            return Err(lacks(
                "监测项目（so2、PM2.5、臭氧 …）",
                "an item (so2, PM2.5, 臭氧 …)",
                "item",
                headings,
            ));
        }
        if station.is_none() && options.station.is_none() && !matches!(shape, Shape::Across { .. }) {
            return Err(lacks(
                "站点（station、站点、stationcode …）",
                "a station (station, stationcode, 站点 …)",
                "station",
                headings,
            ));
        }
        let hours = options.hours.unwrap_or(profile.hours());
        Ok(Self { headings: headings.to_vec(), station, city, flag, time, shape, profile, hours })
    }

    /// How the file is understood, for the user.
    pub fn text(&self, options: &Options) -> Text {
        let (chinese, english) = match self.hours {
            Hours::Begin => ("起始时刻", "beginning"),
            Hours::End => ("结束时刻", "end"),
        };
        let (by_zh, by_en) = match options.hours {
            Some(_) => ("按声明", "as declared"),
            None => ("缺省", "the default for this layout"),
        };
        if options.moments {
            return text!("时间标签按原样读取", "labels of time are taken as they are");
        }
        text!("小时标签为小时的{chinese}（{by_zh}）", "an hour's label is its {english} ({by_en})")
    }

    /// The instant of the label in a row, in seconds; the fault names its column.
    pub(crate) fn label(&self, cells: &[Cell<'_>], options: &Options) -> Result<i64, (usize, Text)> {
        let cell = |column: usize| cells.get(column).unwrap_or(&Cell::Empty);
        match self.time {
            TimeColumns::Whole(column) => {
                moment::instant(cell(column), options.zone).map_err(|text| (column, text))
            }
            TimeColumns::DateAndHour(date, hour) => {
                let midnight = moment::instant(cell(date), options.zone).map_err(|text| (date, text))?;
                let hour_number = whole(cell(hour)).filter(|number| (0..=24).contains(number));
                let number = hour_number.ok_or_else(|| (hour, no_hour(cell(hour))))?;
                Ok(midnight + number * 3600)
            }
            TimeColumns::Parts { year, month, day, hour } => {
                let part = |column: usize| whole(cell(column)).ok_or_else(|| (column, no_hour(cell(column))));
                let date = Date::new(
                    i16::try_from(part(year)?).unwrap_or(i16::MAX),
                    i8::try_from(part(month)?).unwrap_or(0),
                    i8::try_from(part(day)?).unwrap_or(0),
                );
                let date = date
                    .map_err(|_| (day, text!("日历上没有这一天", "there is no such day in the calendar")))?;
                moment::of_parts(date, part(hour)?, options.zone).map_err(|text| (hour, text))
            }
        }
    }

    /// A column's heading.
    pub(crate) fn heading(&self, column: usize) -> &str {
        self.headings.get(column).map_or("", String::as_str)
    }
}

fn no_hour(cell: &Cell<'_>) -> Text {
    let shown = cell.shown();
    text!("“{shown}”不是整数", "`{shown}` is no whole number")
}

fn whole(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Whole(number) => Some(*number),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e9 => Some(*number as i64),
        Cell::Text(text) => text.trim().trim_end_matches(['时', '点']).parse().ok(),
        Cell::Micro(micro) if micro % 1_000_000 == 0 => Some(micro / 1_000_000),
        _ => None,
    }
}

/// The columns that the user maps, by what they are mapped to.
fn mapped(headings: &[String], options: &Options) -> Result<Vec<(String, usize)>, Text> {
    let mut found = Vec::new();
    for (key, column) in &options.map {
        let exact = headings.iter().position(|heading| heading.trim() == column.trim());
        let place = exact.or_else(|| headings.iter().position(|heading| fold(heading) == fold(column)));
        let Some(place) = place else {
            let near = did_you_mean(column, headings.iter().map(String::as_str));
            let (zh, en) = near.map_or_else(
                || (String::new(), String::new()),
                |near| (format!("，是不是“{near}”？"), format!("; did you mean `{near}`?")),
            );
            return Err(text!(
                "没有列“{column}”（映射给“{key}”）{zh}",
                "there is no column `{column}` (mapped to `{key}`){en}"
            ));
        };
        const ROLES: &[&str] =
            &["station", "city", "time", "date", "hour", "year", "month", "day", "item", "value", "flag"];
        let key = match item_of(key) {
            Some(item) => item.to_owned(),
            None if ROLES.contains(&key.as_str()) => key.clone(),
            // An item of the caller's own is taken by the name that it is given.
            None if key
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') =>
            {
                key.clone()
            }
            None => {
                let items = COLUMNS
                    .iter()
                    .filter_map(|(_, role)| if let Role::Of(item) = role { Some(*item) } else { None });
                let near = did_you_mean(key, items.chain(ROLES.iter().copied())).unwrap_or("so2");
                return Err(text!(
                    "不认识“{key}”，是不是 {near}？",
                    "`{key}` is not known; did you mean `{near}`?"
                ));
            }
        };
        found.push((key, place));
    }
    Ok(found)
}

fn profile(headings: &[String], station: Option<usize>, item: Option<usize>) -> Profile {
    let has = |name: &str| headings.iter().any(|heading| fold(heading) == name);
    if has("stationcode") && has("timepoint") && has("o324h") {
        Profile::NationalFeed
    } else if item.is_some() && station.is_none() && stations_across(headings).next().is_some() {
        Profile::StationsAcross
    } else if headings.iter().any(|heading| role(heading).is_some() && !heading.is_ascii()) {
        Profile::Chinese
    } else {
        Profile::Plain
    }
}

/// Columns whose heading is a station's code in the national network: four digits and a letter.
fn stations_across(headings: &[String]) -> impl Iterator<Item = usize> {
    headings
        .iter()
        .enumerate()
        .filter(|(_, heading)| {
            let code = heading.trim().as_bytes();
            code.len() == 5 && code[..4].iter().all(u8::is_ascii_digit) && code[4].is_ascii_uppercase()
        })
        .map(|(column, _)| column)
}

fn wide(headings: &[String], mapped: &[(String, usize)], profile: Profile) -> Vec<(usize, String)> {
    const NO_ITEM: &[&str] =
        &["station", "city", "time", "date", "hour", "year", "month", "day", "item", "value", "flag"];
    let mut columns: Vec<(usize, String)> = mapped
        .iter()
        .filter(|(key, _)| !NO_ITEM.contains(&key.as_str()))
        .map(|(key, column)| (*column, key.clone()))
        .collect();
    for (column, heading) in headings.iter().enumerate() {
        let item = match (profile, fold(heading).as_str()) {
            // See `Profile::NationalFeed`; `o3_8h_24h` is its running mean of 8 hours.
            (Profile::NationalFeed, "o3") => None,
            (Profile::NationalFeed, "o324h") => Some("o3"),
            (Profile::NationalFeed, "o38h") => None,
            (Profile::NationalFeed, "o38h24h") => Some("o3_8h"),
            _ => item_of(heading),
        };
        if let Some(item) = item
            && !columns.iter().any(|(taken, key)| *taken == column || key == item)
        {
            columns.push((column, item.to_owned()));
        }
    }
    columns.sort();
    columns
}

fn lacks(chinese: &str, english: &str, key: &str, headings: &[String]) -> Text {
    let shown: Vec<&str> = headings.iter().map(|heading| heading.trim()).take(40).collect();
    let shown = shown.join("、");
    text!(
        "没有{chinese}列；表头是：{shown}。可用 --map {key}=列名 指明",
        "there is no column for {english}; the headings are: {shown}. Name one with --map {key}=COLUMN"
    )
}

#[cfg(test)]
mod tests {
    use super::{Layout, Shape};
    use crate::options::Options;

    fn of(headings: &str, map: &[(&str, &str)]) -> String {
        let headings: Vec<String> = headings.split(',').map(str::to_owned).collect();
        let map = map.iter().map(|(key, column)| ((*key).to_owned(), (*column).to_owned())).collect();
        match Layout::of(&headings, &Options { map, ..Options::default() }) {
            Err(fault) => fault.english,
            Ok(layout) => {
                let shape = match &layout.shape {
                    Shape::Wide(columns) => columns
                        .iter()
                        .map(|(column, item)| format!("{item}={column}"))
                        .collect::<Vec<_>>()
                        .join(" "),
                    Shape::Long { item, value } => format!("long {item} {value}"),
                    Shape::Across { item, stations } => format!("across {item} {}", stations.len()),
                };
                format!(
                    "{:?} station {:?} city {:?} {} hours: {shape}",
                    layout.profile,
                    layout.station,
                    layout.city,
                    layout.hours.key()
                )
            }
        }
    }

    #[test]
    fn known_layouts_are_understood_as_they_are() {
        insta::assert_snapshot!(of("stationcode,area,positionname,timepoint,aqi,pm2_5,pm2_5_24h,pm10,so2,so2_24h,no2,co,o3,o3_24h,o3_8h,o3_8h_24h", &[]), @"NationalFeed station Some(0) city Some(1) end hours: pm2_5=5 pm2_5_24h=6 pm10=7 so2=8 so2_24h=9 no2=10 co=11 o3=13 o3_8h=15");
        insta::assert_snapshot!(of("time,station,city,so2,no2,co,o3,pm10,pm2_5", &[]), @"Plain station Some(1) city Some(2) begin hours: so2=3 no2=4 co=5 o3=6 pm10=7 pm2_5=8");
        insta::assert_snapshot!(of("城市,站点名称,时间,PM2.5,PM10,二氧化硫,NO₂,CO(mg/m³),臭氧浓度", &[]), @"Chinese station Some(1) city Some(0) end hours: pm2_5=3 pm10=4 so2=5 no2=6 co=7 o3=8");
        insta::assert_snapshot!(of("站点,监测项目,时间,浓度", &[]), @"Chinese station Some(0) city None end hours: long 1 3");
        insta::assert_snapshot!(of("date,hour,type,1001A,1002A", &[]), @"StationsAcross station None city None end hours: across 2 2");
        insta::assert_snapshot!(of("No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,station", &[]), @"Plain station Some(12) city None begin hours: pm2_5=5 pm10=6 so2=7 no2=8 co=9 o3=10");
    }

    #[test]
    fn mapping_wins_and_what_is_missing_is_named() {
        insta::assert_snapshot!(of("编号,时刻,甲,乙", &[("station", "编号"), ("time", "时刻"), ("so2", "甲"), ("PM2.5", "乙")]), @"Plain station Some(0) city None begin hours: so2=2 pm2_5=3");
        insta::assert_snapshot!(of("station,time,wind", &[]), @"there is no column for an item (so2, PM2.5, 臭氧 …); the headings are: station、time、wind. Name one with --map item=COLUMN");
        insta::assert_snapshot!(of("station,so2", &[]), @"there is no column for a time (time, timepoint, 时间 …); the headings are: station、so2. Name one with --map time=COLUMN");
        insta::assert_snapshot!(of("time,so2", &[]), @"there is no column for a station (station, stationcode, 站点 …); the headings are: time、so2. Name one with --map station=COLUMN");
        insta::assert_snapshot!(of("time,station,so2", &[("no2", "statoin")]), @"there is no column `statoin` (mapped to `no2`); did you mean `station`?");
        insta::assert_snapshot!(of("time,station,so2", &[("PM3", "so2")]), @"`PM3` is not known; did you mean `so2`?");
    }
}
