//! `qingyuan lake`: the measurements of a city.

mod export;
mod import;
mod show;
mod work;

use clap::{Args, Subcommand, ValueEnum};
use lake::{Kind, LakeError, Span};
use message::Language;

use crate::failure::Failure;
use crate::home::HomeArgument;

/// The arguments.
#[derive(Args)]
pub struct Lake {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 在城市目录里建立监测数据湖 | make a lake in the city's directory
    Found(work::FoundCommand),
    /// 导入监测数据文件：CSV、Parquet 或 XLSX，宽表或长表；全部成功或全部不入，重复导入只计一次 | import files of measurements: CSV, Parquet or XLSX, wide or long; all or nothing, and once however often
    Import(import::ImportCommand),
    /// 湖里有什么：分区、行数、起止时间、版本 | what the lake holds: partitions, rows, first and last time, version
    Info(show::InfoCommand),
    /// 一个数值的全部版本：何时收到、来自哪里 | all versions of one value: when they came, and from where
    History(show::HistoryCommand),
    /// 导出：CSV 或 Parquet，每个点位、项目、时间一行 | export: CSV or Parquet, one row for each station, item and time
    Export(export::ExportCommand),
    /// 把暂存的数据写入表 | move what stands in the spool into the table
    Flush(work::FlushCommand),
    /// 合并小文件，删除早已被替换的文件 | merge small files, delete files that were replaced long ago
    Compact(work::CompactCommand),
    /// 检查每个文件是否齐全、与写入时相同 | check that every file is there and is what was written
    Verify(work::VerifyCommand),
}

impl Lake {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self.what {
            What::Found(command) => command.run(language),
            What::Import(command) => command.run(language),
            What::Info(command) => command.run(language),
            What::History(command) => command.run(language),
            What::Export(command) => command.run(language),
            What::Flush(command) => command.run(language),
            What::Compact(command) => command.run(language),
            What::Verify(command) => command.run(language),
        }
    }
}

/// A kind of station, as an argument.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindName {
    /// 空气 | air
    Air,
    /// 地表水 | surface water
    Water,
    /// 声环境 | noise
    Noise,
    /// 其他 | anything else
    Other,
}

impl KindName {
    fn kind(self) -> Kind {
        match self {
            KindName::Air => Kind::Air,
            KindName::Water => Kind::Water,
            KindName::Noise => Kind::Noise,
            KindName::Other => Kind::Other,
        }
    }
}

/// How much time a value is about, as an argument.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SpanName {
    /// 时刻 | a moment
    Moment,
    /// 分钟数据 | minutes
    Minute,
    /// 小时 | an hour
    Hour,
    /// 日 | a day
    Day,
}

impl SpanName {
    fn span(self) -> Span {
        match self {
            SpanName::Moment => Span::Moment,
            SpanName::Minute => Span::Minute,
            SpanName::Hour => Span::Hour,
            SpanName::Day => Span::Day,
        }
    }
}

/// Opens the lake. A lock or a key that was used is a "no"; everything else "could not".
fn open(home: &HomeArgument) -> Result<lake::Lake, Failure> {
    lake::Lake::open(&home.path()).map_err(failed)
}

fn failed(error: LakeError) -> Failure {
    match error {
        LakeError::Locked { .. }
        | LakeError::KeyReused { .. }
        | LakeError::Key
        | LakeError::Row { .. }
        | LakeError::Exists(_)
        | LakeError::Future { .. } => Failure::Refused(error.text()),
        _ => Failure::Broken(error.text()),
    }
}

/// Reads an instant: with an offset (`2026-01-01T00:00+08:00`), or China's time without one; a date is its midnight.
fn instant(text: &str) -> Result<jiff::Timestamp, String> {
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    let civil = text
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| text.parse::<jiff::civil::Date>().map(|date| date.at(0, 0, 0, 0)));
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    civil.ok().and_then(|civil| zone.to_timestamp(civil).ok()).ok_or_else(|| {
        "时间如 2026-01-01、2026-01-01T08:00（北京时间）或 2026-01-01T00:00Z | a time such as 2026-01-01, 2026-01-01T08:00 (UTC+8) or 2026-01-01T00:00Z".to_owned()
    })
}

/// An instant in China's time, as tables show it.
fn shown(instant: jiff::Timestamp) -> String {
    let local = jiff::tz::offset(8).to_datetime(instant);
    local.strftime("%Y-%m-%d %H:%M").to_string()
}
