//! `qingyuan quantities`: every quantity of a text.

use std::io::Read;
use std::path::{Path, PathBuf};

use city::checking::quantity_as_json;
use clap::{Args, ValueEnum};
use document::Document;
use message::{Language, Text};
use quantity::read::{Quantity, read, read_all};
use serde_json::Value;

use crate::failure::Failure;
use crate::output::table;

/// The arguments.
#[derive(Args)]
pub struct Quantities {
    /// 文本、Markdown、HTML 或 DOCX 文件；- 为标准输入 | a text, Markdown, HTML or DOCX file; - for standard input
    file: PathBuf,
    /// 日期、名次和名称中的数也列出 | list dates, ranks and numbers inside names too
    #[arg(long)]
    all: bool,
    /// 输出形式 | how to print
    #[arg(long, value_enum, default_value = "table")]
    format: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A table for people.
    Table,
    /// One JSON array.
    Json,
}

impl Quantities {
    /// Prints them in the order of the text.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let (document, _) = read_document(&self.file)?;
        let found = if self.all { read_all(&document.text) } else { read(&document.text) };
        match self.format {
            Kind::Json => {
                let all: Vec<Value> = found.iter().map(|one| quantity_as_json(one, &document.text)).collect();
                println!("{}", Value::Array(all));
            }
            Kind::Table => {
                let rows = found.iter().map(|one| row(one, &document.text)).collect();
                let headings = [
                    Text::new("位置", "at"),
                    Text::new("原文", "text"),
                    Text::new("数值", "value"),
                    Text::new("单位", "unit"),
                    Text::new("比较", "comparator"),
                    Text::new("性质", "kind"),
                ];
                println!("{}", table(&headings, &[0, 2], rows, language));
            }
        }
        Ok(())
    }
}

fn row(quantity: &Quantity, text: &str) -> Vec<String> {
    vec![
        quantity.chars.start.to_string(),
        quantity.surface(text).to_owned(),
        quantity.number.to_string(),
        quantity.unit.clone(),
        quantity.comparator().key().to_owned(),
        quantity.kind.key().to_owned(),
    ]
}

/// A document and the bytes it was read from; what is wrong with it is told with its name.
pub fn read_document(path: &Path) -> Result<(Document, Vec<u8>), Failure> {
    let bytes = read_bytes(path)?;
    let shown = path.display().to_string();
    let name = if shown == "-" { "" } else { &shown };
    let document = document::read(name, &bytes).map_err(|error| {
        let (chinese, english) = (error.text().simplified, error.text().english);
        Failure::Broken(message::text!("{shown}：{chinese}", "{shown}: {english}"))
    })?;
    Ok((document, bytes))
}

/// A file's bytes, or standard input's; never more than a document may have.
fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let most = document::MOST_FILE as u64 + 1;
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        let shown = path.display();
        let told = |error: std::io::Error| {
            Failure::Broken(message::text!("{shown} 打不开（{error}）", "{shown} cannot be opened ({error})"))
        };
        std::fs::File::open(path).map_err(told)?.take(most).read_to_end(&mut bytes).map_err(told)?;
    }
    Ok(bytes)
}
