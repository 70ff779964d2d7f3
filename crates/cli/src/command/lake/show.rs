//! What the lake holds, and the versions of one value.

use clap::Args;
use message::{Language, Text, text};
use serde_json::json;

use super::{SpanName, failed, instant, open, shown};
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{Format, say, table};

/// `qingyuan lake info`.
#[derive(Args)]
pub struct InfoCommand {
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    home: HomeArgument,
}

impl InfoCommand {
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let info = open(&self.home)?.info().map_err(failed)?;
        match self.format {
            Format::Json => {
                let partitions: Vec<_> = info
                    .partitions
                    .iter()
                    .map(|part| {
                        json!({
                            "kind": part.kind.key(), "span": part.span.key(), "month": part.month, "files": part.files,
                            "bytes": part.bytes, "rows": part.rows, "first": part.first.to_string(),
                            "last": part.last.to_string(),
                        })
                    })
                    .collect();
                let document = json!({
                    "version": info.version, "delta_version": info.delta_version, "partitions": partitions,
                    "spool_segments": info.spool_segments, "spool_bytes": info.spool_bytes,
                });
                println!("{}", serde_json::to_string_pretty(&document).map_err(Failure::broken)?);
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
                let headings = ["kind", "span", "month", "files", "bytes", "rows", "first", "last"];
                writer.write_record(headings).map_err(Failure::broken)?;
                for part in &info.partitions {
                    let (files, bytes, rows) =
                        (part.files.to_string(), part.bytes.to_string(), part.rows.to_string());
                    let (first, last) = (part.first.to_string(), part.last.to_string());
                    let cells =
                        [part.kind.key(), part.span.key(), &part.month, &files, &bytes, &rows, &first, &last];
                    writer.write_record(cells).map_err(Failure::broken)?;
                }
                writer.flush()?;
            }
            Format::Table => {
                let headings = [
                    Text::new("类别", "kind"),
                    Text::new("跨度", "span"),
                    Text::new("月份", "month"),
                    Text::new("文件", "files"),
                    Text::new("字节", "bytes"),
                    Text::new("行数", "rows"),
                    Text::new("最早", "first"),
                    Text::new("最晚", "last"),
                ];
                let rows = info.partitions.iter().map(|part| {
                    vec![
                        part.kind.key().to_owned(),
                        part.span.key().to_owned(),
                        part.month.clone(),
                        part.files.to_string(),
                        part.bytes.to_string(),
                        part.rows.to_string(),
                        shown(part.first),
                        shown(part.last),
                    ]
                });
                println!("{}", table(&headings, &[3, 4, 5], rows.collect(), language));
                let (version, delta) = (info.version, info.delta_version);
                let (segments, bytes) = (info.spool_segments, info.spool_bytes);
                say(
                    &text!(
                        "湖的版本 {version}（Delta 版本 {delta}）；暂存{segments}段，{bytes}字节",
                        "lake version {version} (Delta version {delta}); {segments} segments in the spool, {bytes} bytes"
                    ),
                    language,
                );
            }
        }
        Ok(())
    }
}

/// `qingyuan lake history`.
#[derive(Args)]
pub struct HistoryCommand {
    /// 点位编码 | the station's code
    station: String,
    /// 项目，如 pm2_5 | the item, such as pm2_5
    item: String,
    /// 时段的起点，如 2026-01-01T08:00（北京时间） | the beginning of the time, such as 2026-01-01T08:00 (UTC+8)
    #[arg(value_parser = instant)]
    time: jiff::Timestamp,
    /// 数值的时间跨度 | how much time the value is about
    #[arg(long, value_enum, default_value = "hour")]
    span: SpanName,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    home: HomeArgument,
}

impl HistoryCommand {
    /// Exit status 1 if nothing was ever stored about it.
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let lake = open(&self.home)?;
        let versions =
            lake.history(&self.station, &self.item, self.span.span(), self.time).map_err(failed)?;
        let rows: Vec<Vec<String>> = versions
            .iter()
            .map(|version| {
                vec![
                    version.batch.to_string(),
                    version.recorded.to_string(),
                    version.value.map(|value| value.to_string()).unwrap_or_default(),
                    version.flag.clone(),
                    version.source.clone(),
                    version.kind.key().to_owned(),
                ]
            })
            .collect();
        let keys = ["batch", "recorded", "value", "flag", "source", "kind"];
        match self.format {
            Format::Json => {
                let versions: Vec<_> = versions
                    .iter()
                    .map(|version| {
                        json!({
                            "batch": version.batch, "recorded": version.recorded.to_string(),
                            "value": version.value.map(|value| value.to_string()), "flag": version.flag,
                            "source": version.source, "kind": version.kind.key(),
                        })
                    })
                    .collect();
                println!("{}", serde_json::to_string_pretty(&versions).map_err(Failure::broken)?);
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
                writer.write_record(keys).map_err(Failure::broken)?;
                rows.iter().try_for_each(|row| writer.write_record(row)).map_err(Failure::broken)?;
                writer.flush()?;
            }
            Format::Table if !rows.is_empty() => {
                let headings = [
                    Text::new("批次", "batch"),
                    Text::new("收到", "received"),
                    Text::new("数值", "value"),
                    Text::new("标记", "flag"),
                    Text::new("来源", "source"),
                    Text::new("类别", "kind"),
                ];
                println!("{}", table(&headings, &[0, 2], rows, language));
            }
            Format::Table => {}
        }
        if versions.is_empty() {
            say(&Text::new("没有这个点位、项目、时间的数据", "nothing was ever stored about it"), language);
            return Err(Failure::Told(1));
        }
        Ok(())
    }
}
