//! What all the commands ask about the files, and how they tell what was wrong with them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use evaluation::{Evaluation, FilesError, Judge, Read, Repeated};
use message::{Language, text};
use readings::{Options, Told, Zone};
use standards::air::{Edition, Settings};

use crate::failure::Failure;
use crate::output::say;

/// The files and how to read them.
#[derive(Args)]
pub struct Input {
    /// 小时数据文件：CSV、XLSX 或 Parquet，宽表或长表 | files of hours: CSV, XLSX or Parquet, wide or long
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 列映射，如 pm2_5=细颗粒物、station=编号，可多次 | which column is what, as pm2_5=COLUMN or station=COLUMN; may be repeated
    #[arg(long, value_name = "ITEM=COLUMN", value_parser = mapping)]
    map: Vec<(String, String)>,
    /// 时间标签的时区：local（北京时间）或 utc | the zone of labels: local (UTC+8) or utc
    #[arg(long, value_enum, default_value = "local")]
    zone: ZoneName,
    /// 小时标签是起始时刻还是结束时刻；缺省按格式：国家网和中文表头为 end，其余为 begin | whether an hour's label is its beginning or its end; by default `end` for the national feed and Chinese headings, else `begin`
    #[arg(long, value_enum)]
    hours: Option<HoursName>,
    /// 文件没有城市列时的城市名 | the city of files that have no column for it
    #[arg(long, value_name = "NAME")]
    city: Option<String>,
    /// 文件没有站点列时的站点名 | the station of files that have no column for it
    #[arg(long, value_name = "NAME")]
    station: Option<String>,
    /// 同一小时有不同的值：refuse 拒绝，last 取最后一个 | where an hour has different values: refuse, or take the last
    #[arg(long, value_enum, default_value = "refuse")]
    repeated: RepeatedName,
    /// 有无法识别的单元格时不作评价 | do not evaluate if any cell cannot be read
    #[arg(long)]
    strict: bool,
    /// 日均值至少需要的小时数（标准为 20） | hours that a daily mean needs (the standard says 20)
    #[arg(long, default_value = "20", value_parser = clap::value_parser!(u8).range(1..=24))]
    hours_of_day: u8,
    /// 不参加城市评价的站点，可多次；对照点本来就不参加 | a station that takes no part in its city, may be repeated; control points take none anyway
    #[arg(long, value_name = "STATION")]
    without: Vec<String>,
    /// 对照点也参加城市评价 | let control points take part in their cities too
    #[arg(long)]
    with_control_points: bool,
    /// 线程数；缺省为处理器数 | threads; by default as many as there are processors
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..))]
    threads: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ZoneName {
    /// UTC+8.
    Local,
    /// UTC.
    Utc,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HoursName {
    /// 01:00 is 01:00–02:00.
    Begin,
    /// 01:00 is 00:00–01:00.
    End,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RepeatedName {
    /// Refuse and name the places.
    Refuse,
    /// The last one wins.
    Last,
}

/// By which edition of the standard.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EditionName {
    /// GB 3095—2012.
    #[value(name = "2012")]
    E2012,
    /// GB 3095—2026, limits of the transition.
    #[value(name = "2026-transition")]
    Transition2026,
    /// GB 3095—2026, final limits.
    #[value(name = "2026")]
    Final2026,
    /// Each day by the edition of its date.
    ByDate,
    /// By each of the three editions.
    All,
}

impl EditionName {
    /// The judgements that are asked for.
    pub fn judges(self) -> Vec<Judge> {
        match self {
            Self::E2012 => vec![Judge::By(Edition::E2012)],
            Self::Transition2026 => vec![Judge::By(Edition::Transition2026)],
            Self::Final2026 => vec![Judge::By(Edition::Final2026)],
            Self::ByDate => vec![Judge::ByDate],
            Self::All => Edition::ALL.map(Judge::By).to_vec(),
        }
    }
}

/// Which edition, for commands that take one or all.
#[derive(Args)]
pub struct EditionChoice {
    /// 标准版本；by-date 按数据日期，all 为三个版本 | the edition of the standard; by-date goes by the date of the data, all is all three
    #[arg(long, value_enum, default_value = "by-date")]
    edition: EditionName,
    /// 同 --edition：all 为三个版本 | the same as --edition: all is all three
    #[arg(long, value_enum, value_name = "EDITION", conflicts_with = "edition")]
    editions: Option<EditionName>,
}

impl EditionChoice {
    /// The judgements that are asked for.
    pub fn judges(&self) -> Vec<Judge> {
        self.editions.unwrap_or(self.edition).judges()
    }
}

fn mapping(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, column)) if !key.trim().is_empty() && !column.trim().is_empty() => {
            Ok((key.trim().to_owned(), column.trim().to_owned()))
        }
        _ => Err("ITEM=COLUMN".to_owned()),
    }
}

impl Input {
    /// How the files are to be read.
    pub fn options(&self) -> Options {
        Options {
            map: self.map.clone(),
            zone: match self.zone {
                ZoneName::Local => Zone::Local,
                ZoneName::Utc => Zone::Utc,
            },
            hours: self.hours.map(|hours| match hours {
                HoursName::Begin => readings::Hours::Begin,
                HoursName::End => readings::Hours::End,
            }),
            city: self.city.clone(),
            station: self.station.clone(),
            moments: false,
        }
    }

    /// The files.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The names of the files, for the foot of a picture.
    pub fn source(&self) -> String {
        let names: Vec<_> = self
            .files
            .iter()
            .filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned()))
            .collect();
        names.join("、")
    }

    /// The rules.
    pub fn settings(&self) -> Settings {
        Settings { hours_of_day: self.hours_of_day, ..Settings::default() }
    }

    /// How many threads to use.
    pub fn threads(&self) -> usize {
        match self.threads {
            Some(threads) => usize::from(threads),
            None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }

    fn is_left_out(&self, station: &str) -> bool {
        self.without.iter().any(|name| name == station)
            || !self.with_control_points && evaluation::is_control_point(station)
    }

    /// Reads and evaluates the files, and says how they were understood.
    pub fn evaluate(&self, language: Language) -> Result<Evaluation, Failure> {
        let repeated = match self.repeated {
            RepeatedName::Refuse => Repeated::Refuse,
            RepeatedName::Last => Repeated::Last,
        };
        let (evaluation, read) = evaluation::evaluate_files(
            &self.files,
            &self.options(),
            repeated,
            self.settings(),
            self.threads(),
            &|station| self.is_left_out(station),
        )
        .map_err(failure)?;
        self.told(&read.told, language)?;
        let left_out: Vec<&str> =
            evaluation.station_days().left_out().map(|station| station.name.as_str()).collect();
        if !left_out.is_empty() {
            let (zh, en) = (left_out.join("、"), left_out.join(", "));
            let note = text!(
                "不参加城市评价的站点：{zh}（对照点可用 --with-control-points 计入）",
                "stations that take no part in their cities: {en} (--with-control-points lets control points)"
            );
            say(&note, language);
        }
        say_of_read(&read, language);
        Ok(evaluation)
    }

    /// Says how the files were understood, and what was wrong with cells.
    pub fn told(&self, told: &Told, language: Language) -> Result<(), Failure> {
        for note in &told.notes {
            say(note, language);
        }
        for fault in told.faults.iter().take(20) {
            say(&fault.text(), language);
        }
        let (count, flagged) = (told.fault_count, told.flagged);
        if count > 20 {
            let more = count - 20;
            say(&text!("……另有{more}处", "… and {more} more"), language);
        }
        if count > 0 {
            say(
                &text!(
                    "共{count}处无法识别，按缺测处理",
                    "{count} cells or rows could not be read; they count as missing"
                ),
                language,
            );
        }
        if flagged > 0 {
            say(
                &text!(
                    "{flagged}个值因标识异常按缺测处理",
                    "{flagged} values count as missing because of their flag"
                ),
                language,
            );
        }
        if self.strict && count > 0 {
            return Err(Failure::refused(text!(
                "有无法识别的单元格，未作评价",
                "not evaluated, since cells could not be read"
            )));
        }
        Ok(())
    }
}

fn say_of_read(read: &Read, language: Language) {
    if read.repeated > 0 {
        let count = read.repeated;
        say(
            &text!(
                "{count}个小时重复出现且数值相同，各计一次",
                "{count} hours are repeated with the same values; each counts once"
            ),
            language,
        );
    }
    for conflict in read.conflicts.iter().take(20) {
        say(&conflict.text(), language);
    }
    if !read.conflicts.is_empty() {
        let count = read.conflicts.len();
        say(&text!("共{count}处不同，取最后一个", "{count} values differ; the last was taken"), language);
    }
    if read.outside > 0 {
        let count = read.outside;
        say(
            &text!(
                "{count}行的日期不在1980至2099年之间，未计入",
                "{count} rows are not between 1980 and 2099; they were left out"
            ),
            language,
        );
    }
}

/// A file that cannot be opened is "could not"; what is wrong in it is "no".
pub fn failure(error: FilesError) -> Failure {
    match &error {
        FilesError::Read(readings::ReadError::Io { .. }) => Failure::Broken(error.text()),
        _ => Failure::Refused(error.text()),
    }
}
