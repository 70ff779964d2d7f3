//! `qingyuan lake import`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lake::{Kind, Lake, LakeError, Measurement, Micro, Span};
use message::{Language, text};
use readings::{Hours, Options, ReadError, Told, Zone};
use sha2::{Digest, Sha256};

use super::{KindName, SpanName, failed};
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// Rows that are handed over together.
const ROWS: usize = 10_000;
/// Faults that are told with their places.
const TOLD: usize = 20;

/// `qingyuan lake import`.
#[derive(Args)]
pub struct ImportCommand {
    /// 数据文件：CSV、Parquet 或 XLSX，宽表或长表 | files of measurements: CSV, Parquet or XLSX, wide or long
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 点位类别 | the kind of station
    #[arg(long, value_enum)]
    kind: KindName,
    /// 数值的时间跨度 | how much time a value is about
    #[arg(long, value_enum, default_value = "hour")]
    span: SpanName,
    /// 列映射，如 pm2_5=细颗粒物、station=编号，可多次 | which column is what, as pm2_5=COLUMN or station=COLUMN; may be repeated
    #[arg(long, alias = "mapping", value_name = "ITEM=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// 时间标签的时区：local（北京时间）或 utc | the zone of labels: local (UTC+8) or utc
    #[arg(long, value_enum, default_value = "local")]
    zone: ZoneName,
    /// 小时标签是起始时刻还是结束时刻；缺省按格式 | whether an hour's label is its beginning or its end; else by the layout
    #[arg(long, value_enum)]
    hours: Option<HoursName>,
    /// 文件没有站点列时的站点编码 | the station of files that have no column for it
    #[arg(long, value_name = "CODE")]
    station: Option<String>,
    /// 来源；缺省为文件名 | where the rows come from; else the file's name
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// 批次键：同一个键只计一次；缺省由文件内容和选项算出 | the batch's key: the same key counts once; else made of the files' contents and the options
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// 有无法识别的单元格或行时略过它们，而不是拒绝整批 | leave out cells and rows that cannot be read, instead of refusing everything
    #[arg(long)]
    skip_faults: bool,
    #[command(flatten)]
    home: HomeArgument,
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

fn pair(text: &str) -> Result<(String, String), String> {
    let (item, column) = text.split_once('=').ok_or("项目=列 | item=column")?;
    Ok((item.to_owned(), column.to_owned()))
}

impl ImportCommand {
    /// All files are one batch.
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let key = match &self.key {
            Some(key) => key.clone(),
            None => self.fingerprint()?,
        };
        let home = self.home.path();
        let lake = match Lake::open(&home) {
            Err(LakeError::None(_)) if home.is_dir() => Lake::found(&home),
            opened => opened,
        }
        .map_err(failed)?;
        let mut import = lake.import(&key).map_err(failed)?;
        let mut told = Told::default();
        for path in &self.files {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let mut rows = Rows {
                import: &mut import,
                kind: self.kind.kind(),
                span: self.span.span(),
                source: self.source.clone().unwrap_or(name),
                waiting: Vec::with_capacity(ROWS),
            };
            let read = readings::read(path, &self.options(), &mut |record| rows.take(record));
            told.join(read.map_err(|error| Failure::Refused(error.text()))?);
            rows.hand_over().map_err(failed)?;
        }
        for note in &told.notes {
            say(note, language);
        }
        if told.fault_count > 0 {
            for fault in told.faults.iter().take(TOLD) {
                say(&fault.text(), language);
            }
            let count = told.fault_count;
            if !self.skip_faults {
                return Err(Failure::Refused(text!(
                    "共{count}处无法识别，没有导入；改正后重来，或用 --skip-faults 略过它们",
                    "{count} faults, nothing was imported; mend them, or leave them out with --skip-faults"
                )));
            }
            say(&text!("略过{count}处无法识别的内容", "{count} faults left out"), language);
        }
        let receipt = import.commit().map_err(failed)?;
        let (rows, batch) = (receipt.rows, receipt.batch);
        let said = if receipt.repeated {
            text!("同样的{rows}行早已是第{batch}批", "the same {rows} rows are batch {batch} already")
        } else {
            text!("导入{rows}行，第{batch}批", "{rows} rows imported as batch {batch}")
        };
        say(&said, language);
        Ok(())
    }

    fn options(&self) -> Options {
        Options {
            map: self.map.clone(),
            zone: if self.zone == ZoneName::Utc { Zone::Utc } else { Zone::Local },
            hours: self.hours.map(|hours| if hours == HoursName::End { Hours::End } else { Hours::Begin }),
            city: None,
            station: self.station.clone(),
            moments: self.span != SpanName::Hour,
        }
    }

    /// The same files read in the same way have the same key, wherever they lie.
    fn fingerprint(&self) -> Result<String, Failure> {
        let mut digest = Sha256::new();
        digest.update(format!("{:?} {:?}", self.kind.kind(), self.span.span()));
        digest.update(format!("{:?} {:?} {}", self.options(), self.source, self.skip_faults));
        for path in &self.files {
            let shown = path.display();
            let broken = |error: std::io::Error| {
                Failure::Broken(text!("{shown} 打不开（{error}）", "{shown} cannot be read ({error})"))
            };
            let mut file = File::open(path).map_err(broken)?;
            let mut of_file = Sha256::new();
            let mut bytes = vec![0; 1 << 20];
            loop {
                let count = file.read(&mut bytes).map_err(broken)?;
                if count == 0 {
                    break;
                }
                of_file.update(&bytes[..count]);
            }
            digest.update(of_file.finalize());
            digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        }
        let hex: String = digest.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("file {hex}"))
    }
}

/// Records on their way into the lake.
struct Rows<'a, 'l> {
    import: &'a mut lake::Import<'l>,
    kind: Kind,
    span: Span,
    source: String,
    waiting: Vec<Measurement>,
}

impl Rows<'_, '_> {
    fn take(&mut self, record: &readings::Record<'_>) -> Result<(), ReadError> {
        self.waiting.extend(record.values.iter().map(|value| Measurement {
            station: record.station.to_owned(),
            item: value.item.to_owned(),
            span: self.span,
            time: record.start,
            value: value.micro.map(Micro),
            flag: record.flag.to_owned(),
            source: self.source.clone(),
        }));
        if self.waiting.len() >= ROWS {
            self.hand_over().map_err(|error| ReadError::Refused(error.text()))?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), LakeError> {
        self.import.add(self.kind, &self.waiting)?;
        self.waiting.clear();
        Ok(())
    }
}
