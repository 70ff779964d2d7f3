//! `qingyuan report` and `qingyuan tags`: figures into documents, and out of them again.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use figures::Request;
use jiff::civil::Date;
use message::{Diagnostic, Language, Severity, Source, Text};
use pack::{Pack, ReportTemplate};
use report::{Document, Meta};

use crate::city::{City, HomeArgument, write_whole};
use crate::failure::Failure;
use crate::output::{say, table};
use crate::vocabulary::CityWords;

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
        let pack = &city.pack;
        let source = pack.report(&self.key).ok_or_else(|| unknown(pack, &self.key))?;
        let faults = check(pack, source);
        let (Some(template), false) = (report::compile(&source.source).0, has_errors(&faults)) else {
            return Err(Failure::Diagnostics(faults));
        };
        let engine = city.engine()?;
        let mut snapshot = engine.snapshot()?;
        snapshot.known_at = self.known_at.unwrap_or(snapshot.known_at);
        let requests: Vec<Request> = template
            .requests()
            .iter()
            .map(|wanted| Request {
                indicator: wanted.indicator.clone(),
                period: wanted.period,
                as_of: wanted.as_of,
                known_at: Some(snapshot.known_at),
                lake: snapshot.lake,
                by: wanted.by.clone(),
                scope: wanted.scope.clone(),
            })
            .collect();
        let answers = engine.evaluate(&requests)?;
        let vocabulary = city.words(pack, snapshot.known_at)?;
        let mut meta = Meta::new(snapshot, pack.name.clone(), pack.digest);
        meta.language = language;
        meta.date = self.date;
        meta.synthetic = city.settings.synthetic_seed.is_some();
        let (document, faults) = report::render(&template, &answers, &vocabulary, &meta);
        document.ok_or(Failure::Diagnostics(faults))
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

/// Every fault of a template that can be found before any figure is computed.
pub fn check(pack: &Pack, template: &ReportTemplate) -> Vec<Diagnostic> {
    let source: &Arc<Source> = &template.source;
    let (compiled, mut diagnostics) = report::compile(source);
    if let Some(compiled) = compiled {
        diagnostics.extend(report::check(&compiled, &CityWords::of(pack)));
    }
    diagnostics
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|one| one.severity == Severity::Error)
}

fn unknown(pack: &Pack, key: &str) -> Failure {
    let names: Vec<&str> = pack.reports.iter().map(|report| report.key.as_str()).collect();
    let names = names.join(", ");
    Failure::refused(message::text!(
        "没有汇报模板 `{key}`；有：{names}",
        "there is no report `{key}`; there are: {names}"
    ))
}
