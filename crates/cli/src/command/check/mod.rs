//! `qingyuan check`: any official text against the book and against itself.
//!
//! What is found is the work of [`city::checking`]; here it is asked for and delivered.

mod print;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use city::checking::{Checker, Spoken, check_alone, commented, page};
use city::{City, write_whole};
use clap::{Args, ValueEnum};
use figure::Period;
use jiff::civil::Date;
use message::{Language, Text};

use crate::command::quantities::read_document;
use crate::failure::Failure;
use crate::output::say;
use crate::progress::Progress;

/// The arguments.
#[derive(Args)]
pub struct Check {
    /// 文本、Markdown、HTML 或 DOCX 文件，可多个；- 为标准输入 | text, Markdown, HTML or DOCX files; - for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 所述期间；缺省为文中提得最多的年份 | the period spoken of; else the year that the text names most often
    #[arg(long)]
    period: Option<Period>,
    /// 时点数据的截止日期；缺省为期末 | the day whose state counts; else the period's last
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// 输出形式；docx 只用于 DOCX 文件，加批注 | how to print; docx adds comments to a DOCX file
    #[arg(long, value_enum, default_value = "table")]
    format: Kind,
    /// 输出到文件；html、docx 缺省为原文件名加 .check | where to; for html and docx else the file's name with `.check`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// 城市目录；不给则只核对文内一致性 | the city; without one, only the text against itself is checked
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A summary for people.
    Table,
    /// One JSON document; a line a file where there are several.
    Json,
    /// The text with marks.
    Html,
    /// The same document with comments.
    Docx,
}

impl Check {
    /// Checks each file; 1 if anything is contradicted or inconsistent, 2 if a file cannot be read.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        if self.out.is_some() && self.files.len() > 1 {
            return Err(Failure::Broken(Text::new("--out 只能用于一个文件", "--out is for one file")));
        }
        let city = self
            .home
            .as_deref()
            .map(City::open)
            .transpose()
            .map_err(|error| Failure::from(error).into_broken())?;
        let mut checker = city.as_ref().map(open).transpose().map_err(Failure::into_broken)?;
        if let (Some(notice), Kind::Table) = (city.as_ref().and_then(City::notice), self.format) {
            say(&notice, language);
        }
        let mut progress = (self.files.len() > 1).then(|| Progress::new(language));
        let stage = Text::new("核验", "checking");
        let (mut wrong, mut broken, mut first) = (false, None, 0.0);
        let begun = std::time::Instant::now();
        for (done, file) in self.files.iter().enumerate() {
            if let Some(progress) = &mut progress {
                progress.show(&stage, done as u64, self.files.len() as u64);
            }
            match self.file(file, city.as_ref(), checker.as_mut(), language) {
                Ok(found) => wrong |= found,
                // Of many files one that cannot be read must not keep the others from being checked.
                Err(failure) if self.files.len() > 1 => {
                    failure.print(language);
                    broken = Some(Failure::Told(2));
                }
                Err(failure) => return Err(failure.into_broken()),
            }
            if done == 0 {
                first = begun.elapsed().as_secs_f64();
            }
        }
        if let Some(progress) = progress {
            progress.finish();
            let (count, seconds) = (self.files.len(), begun.elapsed().as_secs_f64());
            say(
                &message::text!(
                    "共 {count} 个文件，首个用时 {first:.3} 秒，全部 {seconds:.3} 秒",
                    "{count} files; the first took {first:.3} s, all of them {seconds:.3} s"
                ),
                language,
            );
        }
        match (broken, wrong) {
            (Some(failure), _) => Err(failure),
            (None, true) => Err(Failure::Told(1)),
            (None, false) => Ok(()),
        }
    }

    /// Checks one file and prints what was found; whether anything is wrong.
    fn file(
        &self,
        file: &Path,
        city: Option<&City>,
        checker: Option<&mut Checker>,
        language: Language,
    ) -> Result<bool, Failure> {
        let (document, bytes) = read_document(file)?;
        let name = file.to_string_lossy();
        let spoken = Spoken { period: self.period, as_of: self.as_of, today: today() };
        let outcome = match checker {
            Some(checker) => checker.check(document, &spoken),
            None => check_alone(document, &spoken),
        };
        let several = self.files.len() > 1;
        match self.format {
            Kind::Json => {
                self.deliver(&outcome.json(language, several.then_some(&*name)).to_string(), None)?
            }
            Kind::Table => self.deliver(&print::table(&outcome, &name, several, language), None)?,
            Kind::Html => {
                let page = page(&outcome, &name, city, language);
                self.deliver(&page, Some(&beside(file, "html")))?;
            }
            Kind::Docx => {
                let commented = commented(&name, &bytes, &outcome, language)?;
                let path = self.out.clone().unwrap_or_else(|| beside(file, "docx"));
                write_whole(&path, &commented)?;
                self.written(&path, language);
            }
        }
        if self.format == Kind::Html {
            self.written(self.out.as_deref().unwrap_or(&beside(file, "html")), language);
        }
        Ok(outcome.wrong())
    }

    /// Writes to the file asked for, the usual one, or standard output.
    fn deliver(&self, content: &str, usual: Option<&Path>) -> Result<(), Failure> {
        match self.out.as_deref().or(usual) {
            Some(path) => Ok(write_whole(path, content.as_bytes())?),
            None => {
                println!("{content}");
                Ok(())
            }
        }
    }

    fn written(&self, path: &Path, language: Language) {
        let shown = path.display();
        say(&message::text!("已写入 {shown}", "written: {shown}"), language);
    }
}

fn open(city: &City) -> Result<Checker, Failure> {
    let engine = Arc::new(city.engine()?);
    Ok(Checker::new(city, engine, today())?)
}

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// `report.docx` → `report.check.html`.
fn beside(file: &Path, extension: &str) -> PathBuf {
    let stem = file.file_stem().map_or_else(|| "check".into(), |stem| stem.to_string_lossy().into_owned());
    let stem = if stem == "-" { "check".to_owned() } else { stem };
    file.with_file_name(format!("{stem}.check.{extension}"))
}
