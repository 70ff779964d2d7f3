//! The lake's upkeep.

use clap::Args;
use lake::{Lake, Options};
use message::{Language, text};

use super::{failed, open};
use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;
use crate::progress::Progress;

/// `qingyuan lake found`.
#[derive(Args)]
pub struct FoundCommand {
    #[command(flatten)]
    home: HomeArgument,
}

impl FoundCommand {
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let home = self.home.path();
        Lake::found(&home).map_err(failed)?;
        let place = home.join("lake").display().to_string();
        say(&text!("已建立 {place}", "made {place}"), language);
        Ok(())
    }
}

/// `qingyuan lake flush`.
#[derive(Args)]
pub struct FlushCommand {
    #[command(flatten)]
    home: HomeArgument,
}

impl FlushCommand {
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let lake = open(&self.home)?;
        let rows = lake.flush().map_err(failed)?;
        let version = lake.version().map_err(failed)?;
        say(
            &text!("写入{rows}行；湖的版本 {version}", "{rows} rows moved; the lake's version is {version}"),
            language,
        );
        Ok(())
    }
}

/// `qingyuan lake compact`.
#[derive(Args)]
pub struct CompactCommand {
    /// 被替换的文件保留多少秒，供正在读取的程序读完；最多七天 | keep replaced files for so many seconds, for programs that still read them; at most seven days
    #[arg(long, value_name = "SECONDS", default_value_t = Options::default().keep_replaced_seconds)]
    keep: u64,
    #[command(flatten)]
    home: HomeArgument,
}

impl CompactCommand {
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let lake = open(&self.home)?.with(Options { keep_replaced_seconds: self.keep, ..Options::default() });
        let lake::Compaction { merged, written, deleted } = lake.compact().map_err(failed)?;
        say(
            &text!(
                "{merged}个文件合并为{written}个，删除早已被替换的{deleted}个",
                "{merged} files merged into {written}, {deleted} replaced files deleted"
            ),
            language,
        );
        Ok(())
    }
}

/// `qingyuan lake verify`.
#[derive(Args)]
pub struct VerifyCommand {
    #[command(flatten)]
    home: HomeArgument,
}

impl VerifyCommand {
    pub(super) fn run(self, language: Language) -> Result<(), Failure> {
        let lake = open(&self.home)?;
        let mut progress = Progress::new(language);
        let stage = text!("检查文件", "checking files");
        let mut checked = 0;
        let faults = lake.verify(&mut |done, total| {
            checked = done;
            progress.show(&stage, done, total);
        });
        progress.finish();
        let faults = faults.map_err(failed)?;
        for fault in &faults {
            println!("{}: {}", fault.file, fault.what.in_language(language));
        }
        let count = faults.len();
        if count > 0 {
            say(
                &text!("检查{checked}个文件，{count}处有误", "{checked} files checked, {count} faults"),
                language,
            );
            return Err(Failure::Told(1));
        }
        say(&text!("检查{checked}个文件，全部完好", "{checked} files checked, all of them sound"), language);
        Ok(())
    }
}
