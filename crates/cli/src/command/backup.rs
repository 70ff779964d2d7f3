//! `qingyuan backup` and `qingyuan restore`.

use std::path::{Path, PathBuf};

use accounts::Accounts;
use city::backup::Copied;
use clap::Args;
use ledger::CopyOptions;
use message::Language;

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// The arguments of `backup`.
#[derive(Args)]
pub struct Backup {
    /// 备份目录，须不存在或为空 | where to; must not exist or be empty
    to: PathBuf,
    /// 连同签名私钥一起备份 | also copy the private key that signs checkpoints
    #[arg(long)]
    with_key: bool,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `restore`.
#[derive(Args)]
pub struct Restore {
    /// 备份目录 | the backup
    from: PathBuf,
    /// 新的城市目录 | the new city's directory
    home: PathBuf,
}

impl Backup {
    /// Copies and verifies the copy.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let accounts = |to: &Path| {
            Accounts::open(&city.home).and_then(|open| open.backup(to)).map_err(|error| error.text())
        };
        let options = CopyOptions { with_keys: self.with_key };
        let copied = city::backup::backup(&city, &accounts, &self.to, options)?;
        say_measurements(copied, language);
        let size = copied.entries;
        let to = self.to.display();
        say(
            &message::text!(
                "已备份 {size} 条入账到 {to}，备份已验证",
                "backed up {size} entries to {to}; the copy verifies"
            ),
            language,
        );
        Ok(())
    }
}

impl Restore {
    /// Verifies the backup and copies it into a new home.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let copied = city::backup::restore(&self.from, &self.home)?;
        say_measurements(copied, language);
        let size = copied.entries;
        let home = self.home.display();
        say(
            &message::text!(
                "已恢复 {size} 条入账到 {home}，账本已验证",
                "restored {size} entries into {home}; the book verifies"
            ),
            language,
        );
        Ok(())
    }
}

fn say_measurements(copied: Copied, language: Language) {
    if let Some(batches) = copied.batches {
        let text =
            message::text!("监测数据 {batches} 批，已验证", "measurements: {batches} batches, verified");
        say(&text, language);
    }
}
