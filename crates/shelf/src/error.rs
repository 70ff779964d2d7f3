//! What can go wrong between the book and a list.

use ledger::LedgerError;
use message::{Text, text};

/// Why a list cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The book cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An entry is not what the pack says its register holds.
    #[error("entry {number} of `{register}` cannot be shown: {reason}")]
    Entry {
        /// The register.
        register: String,
        /// The entry's number.
        number: u64,
        /// Why.
        reason: String,
    },
    /// The pack has no such register.
    #[error("there is no register `{0}`")]
    NoRegister(String),
    /// The register has no such column.
    #[error("`{register}` has no column `{column}`")]
    NoColumn {
        /// The register.
        register: String,
        /// What was asked for.
        column: String,
    },
    /// A filter asks for what its column cannot hold.
    #[error("`{column}` cannot be compared with {value:?}: {reason}")]
    Filter {
        /// The column.
        column: String,
        /// What it was to be compared with.
        value: String,
        /// Why it cannot.
        reason: Text,
    },
    /// A cursor that this list never handed out.
    #[error("the cursor is not of this list")]
    Cursor,
}

impl ShelfError {
    /// The same for people.
    pub fn text(&self) -> Text {
        match self {
            Self::Ledger(error) => text!("账册无法读取：{error}", "the book cannot be read: {error}"),
            Self::Entry { register, number, reason } => text!(
                "台账 `{register}` 的第 {number} 条入账无法显示：{reason}",
                "entry {number} of `{register}` cannot be shown: {reason}"
            ),
            Self::NoRegister(key) => text!("没有台账 `{key}`", "there is no register `{key}`"),
            Self::NoColumn { register, column } => {
                text!("台账 `{register}` 没有 `{column}` 这一列", "`{register}` has no column `{column}`")
            }
            Self::Filter { column, value, reason } => Text::new(
                format!("`{column}` 不能与“{value}”比较：{}", reason.simplified),
                format!("`{column}` cannot be compared with “{value}”: {}", reason.english),
            ),
            Self::Cursor => text!("翻页标记不属于这个列表", "the cursor is not of this list"),
        }
    }

    /// Whether what was asked is at fault, and not the book.
    pub fn is_asked_wrongly(&self) -> bool {
        matches!(self, Self::NoRegister(_) | Self::NoColumn { .. } | Self::Filter { .. } | Self::Cursor)
    }
}
