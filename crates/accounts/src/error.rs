//! What can go wrong, said to programmers (`Display`) and to people (`text`).

use std::path::{Path, PathBuf};

use message::Text;
use thiserror::Error;

use crate::strength::Weakness;

/// Why an account could not be used or changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Name, password or both; which of them is not told.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many failures; this much later it can be tried again.
    #[error("too many failed attempts, wait {wait_seconds} s")]
    TooMany {
        /// Seconds until the next attempt is looked at.
        wait_seconds: u64,
    },
    /// More passwords wait to be checked than the machine can.
    #[error("too many sign-ins at once")]
    Busy,
    /// The password is too easy to guess.
    #[error("the password is too weak: {0:?}")]
    Weak(Weakness),
    /// The invitation was used, has expired, or never was.
    #[error("the invitation is not valid")]
    Invitation,
    /// The code of the second factor is wrong or was used.
    #[error("the code is wrong")]
    Code,
    /// The unfinished sign-in has expired.
    #[error("the sign-in has expired")]
    Expired,
    /// Another account has the name.
    #[error("another account has this name")]
    NameTaken,
    /// The name is no sign-in name.
    #[error("unfit as a sign-in name")]
    NameUnfit,
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// There are accounts already, and a first one was asked for.
    #[error("there are accounts already")]
    NotFirst,
    /// The identity at the provider belongs to another account.
    #[error("the identity belongs to another account")]
    IdentityTaken,
    /// The account has a second factor already, or none.
    #[error("the second factor is not in the state that this needs")]
    SecondFactor,
    /// A draft, a preference or a list is larger than is kept.
    #[error("larger than is kept: {what}, at most {limit}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The key file is not a key.
    #[error("{} is not a key; take it from a backup", .0.display())]
    KeyBroken(PathBuf),
    /// Something sealed with another key.
    #[error("sealed with another key than the one in HOME/keys/accounts.key")]
    Sealed,
    /// The file was made by a newer program.
    #[error("{} was written by a newer program (version {found})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The store does not work.
    #[error("accounts.db: {0}")]
    Store(String),
}

impl AccountError {
    /// What is said to the person.
    pub fn text(&self) -> Text {
        match self {
            Self::Wrong => Text::new("用户名或密码不正确", "the name or the password is wrong"),
            Self::TooMany { wait_seconds } => {
                let (chinese, english) = wait(*wait_seconds);
                message::text!(
                    "失败次数过多，请在{chinese}后再试",
                    "too many failed attempts; try again in {english}"
                )
            }
            Self::Busy => {
                Text::new("登录人数过多，请稍后再试", "too many people are signing in; try again shortly")
            }
            Self::Weak(weakness) => weakness.text(),
            Self::Invitation => Text::new(
                "邀请链接无效：已使用或已过期，请向管理员索取新的链接",
                "the invitation is not valid: it was used or has expired; ask for a new one",
            ),
            Self::Code => Text::new("验证码不正确或已使用", "the code is wrong or was used already"),
            Self::Expired => {
                Text::new("登录已超时，请重新登录", "the sign-in took too long; please begin again")
            }
            Self::NameTaken => Text::new("用户名已被使用", "the name is taken"),
            Self::NameUnfit => Text::new(
                "用户名须为2至40个汉字、字母、数字或 . _ -，不得含手机号、证件号",
                "a name has 2 to 40 letters, digits or . _ - and is no telephone or identity number",
            ),
            Self::NoAccount => Text::new("没有此账号", "there is no such account"),
            Self::NotFirst => Text::new("已有账号", "there are accounts already"),
            Self::IdentityTaken => {
                Text::new("该统一身份已绑定其他账号", "this identity belongs to another account")
            }
            Self::SecondFactor => Text::new(
                "两步验证的状态已改变，请刷新页面",
                "the second factor has changed meanwhile; reload the page",
            ),
            Self::TooLarge { limit, .. } => {
                message::text!("内容过多（上限{limit}）", "too much to keep (the limit is {limit})")
            }
            Self::KeyBroken(_) | Self::Sealed => Text::new(
                "账号密钥文件不正确，请从备份恢复",
                "the key file of the accounts is not the right one; take it from the backup",
            ),
            Self::Newer { .. } => {
                Text::new("账号库由较新版本写入", "the accounts were written by a newer program")
            }
            Self::Io { .. } | Self::Store(_) => {
                Text::new("账号库无法读写", "the accounts cannot be read or written")
            }
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> AccountError + '_ {
        move |cause| AccountError::Io { path: path.to_owned(), cause }
    }
}

impl From<rusqlite::Error> for AccountError {
    fn from(error: rusqlite::Error) -> Self {
        AccountError::Store(error.to_string())
    }
}

/// A wait, rounded up to what people count in.
fn wait(seconds: u64) -> (String, String) {
    if seconds < 60 {
        (format!("{seconds}秒"), format!("{seconds} s"))
    } else {
        let minutes = seconds.div_ceil(60);
        (format!("{minutes}分钟"), format!("{minutes} min"))
    }
}
