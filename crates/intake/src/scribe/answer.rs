//! What the scribe answers.

use ledger::{EntryNumber, LedgerError, RecordId};
use message::{Text, text};

use super::conflict::Conflict;
use crate::error::{Faults, FieldFault, IntakeError};
use crate::options::ImportOutcome;

/// What became of a job.
pub type Answer = Result<Entered, Refusal>;

/// A job that is durably in the book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entered {
    /// The first entry and the number of entries; none if nothing was new.
    pub entries: Option<(EntryNumber, u64)>,
    /// The book's size with them.
    pub size: u64,
    /// The job had been entered before; nothing was entered now.
    pub repeated: bool,
    /// The records, in the order of the forms or acts. (Of an import: none are listed.)
    pub records: Vec<RecordId>,
    /// Acts that were not done, by their places, where each stood on its own.
    pub refused: Vec<(usize, Refusal)>,
    /// What an imported file did.
    pub import: Option<ImportOutcome>,
}

/// Why nothing was entered.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The record has faults: every one, by its field.
    Faults(Vec<FieldFault>),
    /// Some of several forms or acts cannot be entered: which, and why.
    Several(Vec<(usize, Refusal)>),
    /// The file has faults, by its cells.
    Cells(Faults),
    /// Somebody was faster.
    Stale(Box<Conflict>),
    /// The key was used for another job.
    KeyReused,
    /// The key is empty, too long, or holds other characters than letters, digits, `-`, `_`, `.`.
    BadKey,
    /// There is no such record.
    NoRecord(RecordId),
    /// There is no such register.
    NoRegister(String),
    /// It cannot be done, and why.
    Refused(Text),
    /// The book could not be written or read. Nothing is lost by sending the same job again with the same key.
    Failed(Text),
    /// The scribe has stopped.
    Stopped,
}

impl Refusal {
    /// What a user sees.
    pub fn text(&self) -> Text {
        match self {
            Self::Faults(faults) => IntakeError::Record(faults.clone()).text(),
            Self::Several(several) => {
                let count = several.len();
                text!(
                    "有{count}项不能录入，未录入任何内容",
                    "{count} of them cannot be entered; nothing was entered"
                )
            }
            Self::Cells(faults) => IntakeError::Faults(faults.clone()).text(),
            Self::Stale(conflict) => {
                let (record, actor) = (conflict.record, &conflict.current.actor);
                text!(
                    "记录 #{record} 已由“{actor}”先行更改；请对照两个版本后再提交",
                    "`{actor}` changed record #{record} meanwhile; compare both versions and submit again"
                )
            }
            Self::KeyReused => text!(
                "这个提交编号已用于另一次提交；请刷新页面后重试",
                "this submission key was used for another submission; reload the page and try again"
            ),
            Self::BadKey => text!(
                "提交编号应为1至80个字母、数字、`-`、`_`、`.`",
                "a submission key has 1 to 80 letters, digits, `-`, `_`, `.`"
            ),
            Self::NoRecord(record) => IntakeError::NoRecord(*record).text(),
            Self::NoRegister(register) => {
                IntakeError::NoRegister { register: register.clone(), suggestion: None }.text()
            }
            Self::Refused(text) | Self::Failed(text) => text.clone(),
            Self::Stopped => text!(
                "服务正在停止，未录入；请稍后用同一页面重试",
                "the service is stopping and nothing was entered; try again from the same page"
            ),
        }
    }
}

impl From<IntakeError> for Refusal {
    fn from(error: IntakeError) -> Self {
        let text = error.text();
        match error {
            IntakeError::Record(faults) => Self::Faults(faults),
            IntakeError::Faults(faults) => Self::Cells(faults),
            IntakeError::NoRecord(record) => Self::NoRecord(record),
            IntakeError::NoRegister { register, .. } => Self::NoRegister(register),
            IntakeError::NoRole(_) | IntakeError::File(_) | IntakeError::Organisation(_) => {
                Self::Refused(text)
            }
            IntakeError::Ledger(error) => error.into(),
            IntakeError::Io { .. } | IntakeError::Template(_) => Self::Failed(text),
        }
    }
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::KeyReused { .. } => Self::KeyReused,
            LedgerError::Draft { fault: ledger::DraftFault::NoEvidence(hash), .. } => {
                let message = text!(
                    "佐证文件不在库中，请重新上传",
                    "the evidence file is not in the store; upload it again"
                );
                Self::Faults(vec![FieldFault::new("@evidence", hash.to_string(), message)])
            }
            LedgerError::NoRecord(record) => Self::NoRecord(record),
            LedgerError::Batch(_) | LedgerError::Draft { .. } => {
                Self::Refused(IntakeError::Ledger(error).text())
            }
            other => Self::Failed(IntakeError::Ledger(other).text()),
        }
    }
}
