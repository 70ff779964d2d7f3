//! The ledger's refusals, in the words of its users.
//!
//! `ledger` knows nothing of languages, so that a copy of the book can be verified by a program
//! that has nothing else of ours; what it refuses is put into words here.

use ledger::{Entry, LedgerError};
use message::{Text, text};

/// What a user sees.
pub fn words(error: &LedgerError) -> Text {
    match error {
        LedgerError::NoBook(home) => {
            let home = home.display();
            text!("{home} 中没有账本", "there is no book in {home}")
        }
        LedgerError::NotEmpty(path) => {
            let path = path.display();
            text!("{path} 不是空目录", "{path} is not empty")
        }
        LedgerError::Locked { home, pid } => {
            let (home, pid) = (home.display(), pid.map(|pid| pid.to_string()).unwrap_or_default());
            text!(
                "账本 {home} 正由另一进程（{pid}）写入，请待其结束后重试",
                "the book in {home} is being written by another process ({pid}); try again when it has ended"
            )
        }
        LedgerError::Stale { record, based_on, current, .. } => {
            let (seen, now) = (version(based_on), version(current));
            text!(
                "记录 {record} 已被他人修改，未覆盖。\n您看到的：{seen}\n现在的：　{now}",
                "record {record} was changed by somebody else; nothing was overwritten.\nyou saw: {seen}\nit is now: {now}"
            )
        }
        LedgerError::KeyReused { key, first, count } => text!(
            "请求编号 `{key}` 已用于另一批内容（第 {first} 条起 {count} 条）",
            "the key `{key}` was used for another batch ({count} entries from {first})"
        ),
        LedgerError::NoRecord(record) => text!("没有记录 {record}", "there is no record {record}"),
        LedgerError::Store(reason) => {
            text!("存储失败，本次未入账：{reason}", "the storage failed and nothing was entered: {reason}")
        }
        LedgerError::Damaged(reason) => text!(
            "账本已损坏（{reason}）；请运行 qingyuan verify",
            "the book is damaged ({reason}); run `qingyuan verify`"
        ),
        LedgerError::Io { path, source } => {
            let path = path.display();
            text!("{path}：{source}", "{path}: {source}")
        }
        other => text!("账本：{other}", "the book: {other}"),
    }
}

/// Whether the answer is "no" (a record that moved on, a lock, a missing record), rather than that it could not be done.
pub fn is_refusal(error: &LedgerError) -> bool {
    matches!(
        error,
        LedgerError::Stale { .. }
            | LedgerError::Locked { .. }
            | LedgerError::NoRecord(_)
            | LedgerError::Batch(_)
            | LedgerError::Draft { .. }
            | LedgerError::KeyReused { .. }
            | LedgerError::NotEmpty(_)
            | LedgerError::CopyFaulty(_)
    )
}

/// An entry as one line: number, kind, date, and what it states.
pub fn version(entry: &Entry) -> String {
    format!("#{} {}", entry.number, String::from_utf8_lossy(&entry.encode()))
}
