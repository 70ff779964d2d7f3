//! Every way in which the lake refuses or fails, with words for users.

use std::io;
use std::path::PathBuf;

use message::{Text, text};

/// Why the lake did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// There is no lake at this place.
    #[error("there is no lake in `{}`", .0.display())]
    None(PathBuf),
    /// There is a lake at this place already.
    #[error("there is a lake in `{}` already", .0.display())]
    Exists(PathBuf),
    /// Another process writes.
    #[error("`{}` is held by another writer{}", .lock.display(), .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Locked {
        /// The lock's file.
        lock: PathBuf,
        /// The process that holds it, if it left its number.
        pid: Option<u32>,
    },
    /// A row cannot be stored.
    #[error("row {index}: {fault}")]
    Row {
        /// The row's index in the call, from 0.
        index: usize,
        /// Why not.
        fault: RowFault,
    },
    /// An idempotency key is empty, too long or has control characters.
    #[error("a key must be 1 to 200 bytes without control characters")]
    Key,
    /// The idempotency key was used for other rows.
    #[error("the key `{key}` was used for other rows, in batch {batch}")]
    KeyReused {
        /// The key.
        key: String,
        /// The batch that has it.
        batch: u64,
    },
    /// The query asks for what was known at a batch that does not exist yet.
    #[error("batch {asked} does not exist: the last one is {last}")]
    Future {
        /// The batch that was asked for.
        asked: u64,
        /// The last batch.
        last: u64,
    },
    /// What is stored cannot be what the lake has written. [`crate::Lake::verify`] says more.
    #[error("the lake is damaged: {0}")]
    Damaged(String),
    /// The table or its store failed. Nothing of what was being written was acknowledged.
    #[error("the table failed: {0}")]
    Table(String),
    /// A file could not be read or written (disk full …). Nothing of what was being written was acknowledged.
    #[error("`{}`: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A caller's function wants to stop with an error of its own.
    #[error("{0}")]
    Caller(Box<dyn std::error::Error + Send + Sync>),
}

/// Why a row cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// A name is empty, too long or has control characters.
    #[error("`{column}` must be 1 to {max} bytes without control characters")]
    Name {
        /// The column.
        column: &'static str,
        /// The longest that is allowed.
        max: usize,
    },
    /// The flag or source is too long or has control characters.
    #[error("`{column}` must be at most {max} bytes without control characters")]
    Words {
        /// The column.
        column: &'static str,
        /// The longest that is allowed.
        max: usize,
    },
    /// The value has more than twelve places before the point.
    #[error("the value {0} is too great")]
    Value(String),
    /// The time is not between the years 1 and 9998.
    #[error("the time is out of range")]
    Time,
}

impl LakeError {
    /// Wraps an error of the caller's own, so that it can pass through [`crate::Lake::read`].
    pub fn caller(error: impl std::error::Error + Send + Sync + 'static) -> LakeError {
        LakeError::Caller(Box::new(error))
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> LakeError {
        let path = path.into();
        move |source| LakeError::Io { path, source }
    }

    pub(crate) fn table(error: impl std::fmt::Display) -> LakeError {
        LakeError::Table(error.to_string())
    }

    /// The same in a user's words.
    pub fn text(&self) -> Text {
        match self {
            LakeError::None(place) => {
                let place = place.display();
                text!("`{place}` 里没有监测数据湖", "there is no lake in `{place}`")
            }
            LakeError::Exists(place) => {
                let place = place.display();
                text!("`{place}` 里已经有监测数据湖", "there is a lake in `{place}` already")
            }
            LakeError::Locked { lock, pid } => {
                let lock = lock.display();
                match pid {
                    Some(pid) => text!(
                        "另一个进程（{pid}）正在写入 `{lock}`",
                        "another process ({pid}) is writing: `{lock}`"
                    ),
                    None => text!("另一个进程正在写入 `{lock}`", "another process is writing: `{lock}`"),
                }
            }
            LakeError::Row { index, fault } => {
                let (row, fault) = (index + 1, fault.text());
                Text::new(format!("第{row}行：{}", fault.simplified), format!("row {row}: {}", fault.english))
            }
            LakeError::Key => text!(
                "批次键须为1至200个字节，且不含控制字符",
                "a key must be 1 to 200 bytes without control characters"
            ),
            LakeError::KeyReused { key, batch } => text!(
                "键 `{key}` 已用于另外的数据（第{batch}批）",
                "the key `{key}` was used for other rows, in batch {batch}"
            ),
            LakeError::Future { asked, last } => text!(
                "没有第{asked}批：最后一批是第{last}批",
                "batch {asked} does not exist: the last one is {last}"
            ),
            LakeError::Damaged(what) => text!("监测数据湖已损坏：{what}", "the lake is damaged: {what}"),
            LakeError::Table(what) => text!("监测数据表出错：{what}", "the table failed: {what}"),
            LakeError::Io { path, source } => Text::same(format!("`{}`: {source}", path.display())),
            LakeError::Caller(error) => Text::same(error.to_string()),
        }
    }
}

impl RowFault {
    /// The same in a user's words.
    pub fn text(&self) -> Text {
        match self {
            RowFault::Name { column, max } => text!(
                "`{column}` 须为1至{max}个字节，且不含控制字符",
                "`{column}` must be 1 to {max} bytes without control characters"
            ),
            RowFault::Words { column, max } => text!(
                "`{column}` 至多{max}个字节，且不含控制字符",
                "`{column}` must be at most {max} bytes without control characters"
            ),
            RowFault::Value(value) => text!("数值 {value} 过大", "the value {value} is too great"),
            RowFault::Time => text!("时间超出范围", "the time is out of range"),
        }
    }
}
