//! Why something does not enter, in the words of who gave it.

use std::fmt;

use ledger::{LedgerError, RecordId};
use message::{Text, text};

/// What is wrong with one field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's key; for what is not a field: `@owner`, `@effective`, `@state`, `@evidence`, `@note`, `@record`.
    pub field: String,
    /// What was found, shortened.
    pub found: String,
    /// What was wanted.
    pub message: Text,
}

impl FieldFault {
    pub(crate) fn new(field: impl Into<String>, found: impl AsRef<str>, message: Text) -> Self {
        Self { field: field.into(), found: shorten(found.as_ref()), message }
    }
}

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// What is wrong with one cell of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The sheet, for workbooks.
    pub sheet: Option<String>,
    /// The row as Excel shows it, from 1; the feature's number in GeoJSON; 0 for the file as a whole.
    pub row: u32,
    /// The column's letters as Excel shows them; empty for a row as a whole and in GeoJSON.
    pub column: String,
    /// The column's heading, or what the heading should have been.
    pub heading: String,
    /// What was found, shortened.
    pub found: String,
    /// What was wanted.
    pub message: Text,
}

impl CellFault {
    /// One line: place, heading, found, wanted.
    pub fn text(&self) -> Text {
        let sheet = self.sheet.as_ref().map(|sheet| format!("{sheet}!")).unwrap_or_default();
        let place = match (self.row, self.column.as_str()) {
            (0, "") => Text::same(sheet),
            (0, column) => text!("{sheet}{column}列", "{sheet}column {column}"),
            (row, "") => text!("{sheet}第{row}行", "{sheet}row {row}"),
            (row, column) => Text::same(format!("{sheet}{column}{row}")),
        };
        let heading = match self.heading.as_str() {
            "" => Text::same(""),
            heading => text!("“{heading}”", " “{heading}”"),
        };
        let found = match self.found.as_str() {
            "" => Text::same(""),
            found => text!("（现为“{found}”）", " (found “{found}”)"),
        };
        let message = &self.message;
        let mut line = Text::new(
            format!("{}{}：{}{}", place.simplified, heading.simplified, message.simplified, found.simplified),
            format!("{}{}: {}{}", place.english, heading.english, message.english, found.english),
        );
        // Where a message gives its own traditional form, it is kept.
        if let Some(own) = &message.traditional {
            let derive = |text: &Text| text.in_language(message::Language::Traditional).into_owned();
            line.traditional =
                Some(format!("{}{}：{own}{}", derive(&place), derive(&heading), derive(&found)));
        }
        line
    }
}

/// All faults of a file, in the order of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The first of them, as many as the options allow.
    pub listed: Vec<CellFault>,
    /// How many there are.
    pub total: u64,
}

/// Why an import, a submission or an action entered nothing.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The register does not exist.
    #[error("there is no register `{register}`{}", .suggestion.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    NoRegister {
        /// What was asked for.
        register: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// The pack has no such role.
    #[error("there is no role `{0}` in the pack")]
    NoRole(String),
    /// The file as a whole cannot be read: what is wrong with it and how to mend it.
    #[error("{0}")]
    File(Text),
    /// The file was read and has faults.
    #[error("the file has {} faults; nothing was entered", .0.total)]
    Faults(Faults),
    /// A record given by a program or a form has faults.
    #[error("{}", .0.first().map(ToString::to_string).unwrap_or_default())]
    Record(Vec<FieldFault>),
    /// The record does not exist.
    #[error("there is no record #{0}")]
    NoRecord(RecordId),
    /// What is asked of the organisation cannot be done.
    #[error("{0}")]
    Organisation(Text),
    /// The file could not be opened or read.
    #[error("`{}`: {source}", .path.display())]
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The template could not be written.
    #[error("the template could not be made: {0}")]
    Template(String),
    /// The ledger refused or failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl IntakeError {
    /// What a user sees.
    pub fn text(&self) -> Text {
        match self {
            Self::NoRegister { register, suggestion } => match suggestion {
                Some(name) => text!(
                    "没有台账 `{register}`；是否想写 `{name}`",
                    "there is no register `{register}`; did you mean `{name}`?"
                ),
                None => text!("没有台账 `{register}`", "there is no register `{register}`"),
            },
            Self::NoRole(role) => text!("城市包里没有角色 `{role}`", "there is no role `{role}` in the pack"),
            Self::File(text) | Self::Organisation(text) => text.clone(),
            Self::Faults(faults) => {
                let (total, listed) = (faults.total, faults.listed.len());
                let noun = if total == 1 { "fault" } else { "faults" };
                if total > listed as u64 {
                    text!(
                        "文件有{total}处错误（列出前{listed}处），未录入任何内容",
                        "the file has {total} {noun} (the first {listed} are listed); nothing was entered"
                    )
                } else {
                    text!(
                        "文件有{total}处错误，未录入任何内容",
                        "the file has {total} {noun}; nothing was entered"
                    )
                }
            }
            Self::Record(faults) => Text::new(
                faults.iter().map(|fault| fault.message.simplified.as_str()).collect::<Vec<_>>().join("；"),
                faults.iter().map(|fault| fault.message.english.as_str()).collect::<Vec<_>>().join("; "),
            ),
            Self::NoRecord(record) => text!("没有记录 #{record}", "there is no record #{record}"),
            Self::Io { path, source } => {
                let path = path.display();
                text!("无法读取“{path}”：{source}", "cannot read `{path}`: {source}")
            }
            Self::Template(reason) => {
                text!("无法生成模板：{reason}", "the template could not be made: {reason}")
            }
            Self::Ledger(LedgerError::Moved { expected, actual }) => text!(
                "录入期间账本有新的入账（第{expected}条之后已到第{actual}条），请重试",
                "others entered into the book meanwhile ({actual} entries instead of {expected}); try again"
            ),
            Self::Ledger(error) => text!("账本拒绝录入：{error}", "the book refused: {error}"),
        }
    }
}

/// At most 60 characters of what was found, without line breaks, so that a fault stays one line.
pub(crate) fn shorten(found: &str) -> String {
    let mut out: String = found
        .chars()
        .take(60)
        .map(|letter| if crate::read::is_unprintable(letter) { '␣' } else { letter })
        .collect();
    if found.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}
