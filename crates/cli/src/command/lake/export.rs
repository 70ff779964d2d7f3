//! `qingyuan lake export`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use lake::{Lake, LakeError, Query};
use message::{Language, text};

use super::{KindName, SpanName, failed, instant, open};
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// `qingyuan lake export`.
#[derive(Args)]
pub struct ExportCommand {
    /// 点位类别 | the kind of station
    #[arg(long, value_enum)]
    kind: KindName,
    /// 数值的时间跨度 | how much time a value is about
    #[arg(long, value_enum, default_value = "hour")]
    span: SpanName,
    /// 只要这些点位 | only these stations
    #[arg(long, value_name = "CODE")]
    station: Vec<String>,
    /// 只要这些项目 | only these items
    #[arg(long, value_name = "ITEM")]
    item: Vec<String>,
    /// 起始时间（含），如 2026-01-01 | the first time, such as 2026-01-01
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<Timestamp>,
    /// 结束时间（不含） | the end of the time, exclusive
    #[arg(long, value_name = "TIME", value_parser = instant)]
    to: Option<Timestamp>,
    /// 只计已知的前若干批 | know only the batches up to this one
    #[arg(long, value_name = "BATCH")]
    known_at: Option<u64>,
    /// 文件格式 | the file's format
    #[arg(long, value_enum, default_value = "csv")]
    format: FileFormat,
    /// 写入这个文件；缺省为标准输出（Parquet 必须写文件） | write to this file; else to standard output (Parquet needs a file)
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    home: HomeArgument,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    /// CSV with a heading.
    Csv,
    /// Parquet.
    Parquet,
}

impl ExportCommand {
    /// The file appears only when it is complete.
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let lake = open(&self.home)?;
        let some = |words: Vec<String>| (!words.is_empty()).then_some(words);
        let query = Query {
            stations: some(self.station),
            items: some(self.item),
            from: self.from.unwrap_or(Timestamp::MIN),
            to: self.to.unwrap_or(Timestamp::MAX),
            known_at: self.known_at,
            ..Query::all(self.kind.kind(), self.span.span())
        };
        let rows = match (self.format, &self.out) {
            (FileFormat::Csv, None) => csv_rows(&lake, &query, std::io::stdout().lock())?,
            (FileFormat::Csv, Some(path)) => whole(path, |file| csv_rows(&lake, &query, file))?,
            (FileFormat::Parquet, Some(path)) => {
                whole(path, |file| lake.export_parquet(&query, file).map_err(failed))?
            }
            (FileFormat::Parquet, None) => {
                return Err(Failure::refused(text!(
                    "Parquet 请用 --out 指明文件",
                    "name a file for Parquet with --out"
                )));
            }
        };
        say(&text!("导出{rows}行", "{rows} rows exported"), language);
        Ok(())
    }
}

fn whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<u64, Failure>,
) -> Result<u64, Failure> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let done = (|| {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&part)?);
        let rows = write(&mut file)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&part, path)?;
        Ok(rows)
    })();
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

fn csv_rows(lake: &Lake, query: &Query, to: impl Write) -> Result<u64, Failure> {
    let mut writer = csv::Writer::from_writer(to);
    let headings = ["station", "item", "time", "value", "flag", "source", "batch", "recorded"];
    writer.write_record(headings).map_err(Failure::broken)?;
    let mut count = 0;
    lake.read(query, &mut |batch| {
        for row in lake::rows(&batch)? {
            count += 1;
            let value = row.value.map(|value| value.to_string()).unwrap_or_default();
            let (time, batch, recorded) =
                (row.time.to_string(), row.batch.to_string(), row.recorded.to_string());
            let cells = [row.station, row.item, &time, &value, row.flag, row.source, &batch, &recorded];
            writer.write_record(cells).map_err(LakeError::caller)?;
        }
        Ok(())
    })
    .map_err(failed)?;
    writer.flush()?;
    Ok(count)
}
