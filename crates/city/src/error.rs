//! Why something could not be done with a city, and whether that is an answer.

use std::fmt;
use std::io;
use std::path::PathBuf;

use document::DocumentError;
use figures::FigureError;
use lake::LakeError;
use ledger::LedgerError;
use message::{Diagnostic, Text};

use crate::ledger_words;

/// What went wrong.
#[derive(Debug)]
pub enum CityError {
    /// There is no readable `city.toml`.
    NoCity {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// `city.toml` is not what it has to be.
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A pack's directory cannot be read.
    Pack(pack::ReadError),
    /// A pack or a template is faulty; every fault with its place.
    Faulty(Vec<Diagnostic>),
    /// A figure names a pack that was never in force here.
    UnknownPack(String),
    /// There is no report of this key.
    UnknownReport {
        /// What was asked for.
        key: String,
        /// The reports that there are.
        known: Vec<String>,
    },
    /// The book.
    Ledger(LedgerError),
    /// The measurements.
    Lake(LakeError),
    /// The engine.
    Figures(FigureError),
    /// A document that was handed in.
    Document(DocumentError),
    /// Comments were asked for in a document that is no DOCX.
    NoDocx,
    /// A pack's file would be kept elsewhere than among the pack's own.
    NotPlain(String),
    /// The accounts could not be copied.
    Accounts(Text),
    /// A copy of the measurements does not verify.
    FaultyCopy {
        /// The file.
        file: String,
        /// What is wrong with it.
        what: Text,
    },
    /// The disk.
    Io(io::Error),
}

impl CityError {
    /// What a user sees.
    pub fn text(&self) -> Text {
        match self {
            Self::NoCity { path, source } => {
                let shown = path.display();
                message::text!(
                    "{shown} 打不开（{source}）；用 --home 指明城市目录，或先运行 qingyuan found",
                    "{shown} cannot be opened ({source}); name the city with --home, or run `qingyuan found` first"
                )
            }
            Self::Settings { path, reason } => {
                let shown = path.display();
                message::text!("{shown} 有误：{reason}", "{shown} is faulty: {reason}")
            }
            Self::Pack(error) => error.text(),
            Self::Faulty(diagnostics) => {
                let count = diagnostics.len();
                message::text!("共 {count} 处错误", "{count} faults")
            }
            Self::UnknownPack(name) => message::text!(
                "没有保存过摘要为 {name} 的城市包，无法按当时的定义复算",
                "no pack with the digest {name} was ever in force here, so its definitions cannot be applied"
            ),
            Self::UnknownReport { key, known } => {
                let names = known.join(", ");
                message::text!(
                    "没有汇报模板 `{key}`；有：{names}",
                    "there is no report `{key}`; there are: {names}"
                )
            }
            Self::Ledger(error) => ledger_words::words(error),
            Self::Lake(error) => error.text(),
            Self::Figures(error) => error.text(),
            Self::Document(error) => error.text(),
            Self::NoDocx => Text::new(
                "只有 DOCX 文件可以加批注；其他文件请用 --format html",
                "only a DOCX file can be given comments; use --format html for others",
            ),
            Self::NotPlain(path) => message::text!(
                "文件名 `{path}` 不能使用：城市包的文件名是包内的相对路径",
                "the name `{path}` cannot be used: a pack's files are named by paths inside the pack"
            ),
            Self::Accounts(text) => text.clone(),
            Self::FaultyCopy { file, what } => {
                let (zh, en) = (&what.simplified, &what.english);
                Text::new(
                    format!("监测数据的副本未通过验证：{file}：{zh}"),
                    format!("the copy of the measurements does not verify: {file}: {en}"),
                )
            }
            Self::Io(error) => Text::same(error.to_string()),
        }
    }

    /// Whether the answer is "no" (a fault in what was asked), rather than that it could not be done.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Faulty(_) | Self::UnknownPack(_) | Self::UnknownReport { .. } => true,
            Self::Figures(_) | Self::FaultyCopy { .. } | Self::NotPlain(_) => true,
            Self::Ledger(error) => ledger_words::is_refusal(error),
            Self::NoCity { .. } | Self::Settings { .. } | Self::Pack(_) | Self::Lake(_) => false,
            Self::Document(_) | Self::NoDocx | Self::Accounts(_) | Self::Io(_) => false,
        }
    }
}

impl fmt::Display for CityError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text().english)
    }
}

impl std::error::Error for CityError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoCity { source, .. } | Self::Io(source) => Some(source),
            Self::Pack(error) => Some(error),
            Self::Ledger(error) => Some(error),
            Self::Lake(error) => Some(error),
            Self::Figures(error) => Some(error),
            Self::Document(error) => Some(error),
            _ => None,
        }
    }
}

impl From<pack::ReadError> for CityError {
    fn from(error: pack::ReadError) -> Self {
        Self::Pack(error)
    }
}

impl From<LedgerError> for CityError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<LakeError> for CityError {
    fn from(error: LakeError) -> Self {
        Self::Lake(error)
    }
}

impl From<FigureError> for CityError {
    fn from(error: FigureError) -> Self {
        Self::Figures(error)
    }
}

impl From<DocumentError> for CityError {
    fn from(error: DocumentError) -> Self {
        Self::Document(error)
    }
}

impl From<io::Error> for CityError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
