//! `qingyuan backup` and `qingyuan restore`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use lake::{Lake, LakeError};
use ledger::{CopyOptions, Ledger};
use message::{Language, Text};

use crate::city::HomeArgument;
use crate::failure::Failure;
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
        let size = city.book()?.backup(&self.to, CopyOptions { with_keys: self.with_key })?.size;
        copy_settings(&city.home, &self.to)?;
        if let Some(lake) = city.lake()? {
            copy_lake(&lake, &self.to, language)?;
        }
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
        let size = Ledger::restore(&self.from, &self.home)?.size;
        copy_settings(&self.from, &self.home)?;
        match Lake::open(&self.from) {
            Ok(lake) => copy_lake(&lake, &self.home, language)?,
            Err(LakeError::None(_)) => {}
            Err(error) => return Err(error.into()),
        }
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

/// The measurements; a copy that does not verify is none.
fn copy_lake(lake: &Lake, to: &Path, language: Language) -> Result<(), Failure> {
    let copied = lake.backup(to)?;
    if let Some(fault) = copied.faults.first() {
        let (file, zh, en) = (&fault.file, &fault.what.simplified, &fault.what.english);
        return Err(Failure::refused(Text::new(
            format!("监测数据的副本未通过验证：{file}：{zh}"),
            format!("the copy of the measurements does not verify: {file}: {en}"),
        )));
    }
    let batches = copied.batches;
    say(
        &message::text!("监测数据 {batches} 批，已验证", "measurements: {batches} batches, verified"),
        language,
    );
    Ok(())
}

/// The packs and the settings, which lie beside the book.
fn copy_settings(from: &Path, to: &Path) -> Result<(), Failure> {
    copy_tree(&from.join("packs"), &to.join("packs"))?;
    fs::copy(from.join("city.toml"), to.join("city.toml"))?;
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
