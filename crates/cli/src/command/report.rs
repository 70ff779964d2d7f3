//! `qingyuan report` and `qingyuan tags`: figures into documents, and out of them again.

use std::path::PathBuf;

use city::reporting::{self, Edition};
use city::{City, Units, write_whole};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use message::{Language, Severity, Text};
use report::Document;

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{say, table};

/// The arguments of `report`.
#[derive(Args)]
pub struct Report {
    /// 汇报模板，如 work-report | the template, such as work-report
    key: String,
    /// 输出形式，可多选 | what to write; several may be named
    #[arg(long, value_enum, value_delimiter = ',', default_value = "docx")]
    format: Vec<Kind>,
    /// 输出目录；缺省为城市目录下的 reports | where to; else the city's `reports`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 落款日期；缺省取自模板 | the date under the report; else the template's
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// 只计已知的前若干条入账；缺省为全部 | count only what the first so many entries tell; else all
    #[arg(long, value_name = "ENTRIES")]
    known_at: Option<u64>,
    #[command(flatten)]
    home: HomeArgument,
}

/// A kind of document.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Docx,
    Html,
    Md,
}

/// The arguments of `tags`.
#[derive(Args)]
pub struct Tags {
    /// 由 qingyuan report 生成的 DOCX | a DOCX that `qingyuan report` wrote
    file: PathBuf,
}

impl Report {
    /// Writes the report, or says at which line and column it would be untrue.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let document = self.document(&city, language)?;
        let dir = self.out.clone().unwrap_or_else(|| city.home.join("reports"));
        std::fs::create_dir_all(&dir)?;
        for kind in &self.format {
            let (extension, bytes) = match kind {
                Kind::Docx => ("docx", report::docx(&document)),
                Kind::Html => ("html", report::html(&document).into_bytes()),
                Kind::Md => ("md", report::markdown(&document).into_bytes()),
            };
            let path = dir.join(format!("{}.{extension}", self.key));
            write_whole(&path, &bytes)?;
            let shown = path.display();
            say(&message::text!("已写入 {shown}", "written: {shown}"), language);
        }
        Ok(())
    }

    fn document(&self, city: &City, language: Language) -> Result<Document, Failure> {
        let source = &reporting::find(&city.pack, &self.key)?.source;
        // A template that cannot be one is refused before the book is opened.
        let faults = reporting::check(&city.pack, source);
        if faults.iter().any(|one| one.severity == Severity::Error) {
            return Err(Failure::Diagnostics(faults));
        }
        let engine = city.engine()?;
        let mut snapshot = engine.snapshot()?;
        snapshot.known_at = self.known_at.unwrap_or(snapshot.known_at);
        let units = Units::of(&city.book()?, snapshot.known_at)?;
        let synthetic = city.settings.synthetic_seed.is_some();
        let edition = Edition { snapshot, language, date: self.date, synthetic, trace_prefix: None };
        Ok(reporting::write(&engine, units, source, &edition)?.document)
    }
}

impl Tags {
    /// Lists identity and text of each tagged figure.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let bytes = std::fs::read(&self.file)?;
        let document = document::read(&self.file.to_string_lossy(), &bytes)
            .map_err(|error| Failure::refused(error.text()))?;
        let shown = |tag: &document::Tagged| document.text[tag.bytes.clone()].to_owned();
        let rows = document.tags.iter().map(|tag| vec![tag.figure.clone(), shown(tag)]).collect();
        println!(
            "{}",
            table(&[Text::new("编号", "identity"), Text::new("现有文字", "shown")], &[], rows, language)
        );
        Ok(())
    }
}
