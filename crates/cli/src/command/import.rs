//! `qingyuan import`: a file into a register, all or nothing.

use std::path::PathBuf;

use clap::Args;
use intake::{Format, ImportOptions, ImportOutcome, IntakeError};
use jiff::civil::Date;
use message::{Language, Text};

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::progress::Progress;

/// The arguments.
#[derive(Args)]
pub struct Import {
    /// 台账，如 docks | the register, such as docks
    register: String,
    /// XLSX、CSV 或 GeoJSON 文件 | an XLSX, CSV or GeoJSON file
    file: PathBuf,
    /// 只检查，不入账 | check only, enter nothing
    #[arg(long)]
    dry_run: bool,
    /// 文件坐标为 GCJ-02，入账时换算为 CGCS2000 | the file's coordinates are GCJ-02 and become CGCS2000
    #[arg(long)]
    gcj02: bool,
    /// 未填生效日期的行用此日期 | the effective date of rows that state none
    #[arg(long, value_name = "DATE")]
    effective: Option<Date>,
    /// 未填填报单位的行用此单位代码 | the owner's code of rows that state none
    #[arg(long, value_name = "CODE")]
    owner: Option<String>,
    /// 入账的同时核实（须有权） | also verify what is entered
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    actor: ActorArguments,
    #[command(flatten)]
    home: HomeArgument,
}

/// Who acts. Accounts come with the web application; until then the operator of the command line says who it is.
#[derive(Args)]
pub struct ActorArguments {
    /// 经办账号（不写个人信息） | the account that acts (no personal data)
    #[arg(long, value_name = "NAME", default_value = "cli")]
    pub actor: String,
    /// 经办角色 | the role in which it acts
    #[arg(long, value_name = "ROLE", default_value = "clerk")]
    pub role: String,
}

impl Import {
    /// The same for a register that another command names.
    pub fn of(
        register: &str,
        file: PathBuf,
        dry_run: bool,
        actor: ActorArguments,
        home: HomeArgument,
    ) -> Self {
        let register = register.to_owned();
        Self {
            register,
            file,
            dry_run,
            gcj02: false,
            effective: None,
            owner: None,
            verify: false,
            actor,
            home,
        }
    }

    /// Imports, or lists every fault of the file.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let book = city.book_for_writing()?;
        let mut options = ImportOptions::new(self.actor.actor, self.actor.role);
        options.dry_run = self.dry_run;
        options.gcj02 = self.gcj02;
        options.effective = self.effective;
        options.owner = self.owner;
        options.verify = self.verify;
        options.format = Format::of(&self.file);
        let stage = message::text!("导入 {}", "importing {}", self.file.display());
        let mut progress = Progress::new(language);
        let outcome =
            intake::import(&city.pack, &book, &self.register, &self.file, &options, &mut |done, total| {
                progress.show(&stage, done, total);
            });
        progress.finish();
        match outcome {
            Ok(outcome) => {
                println!("{}", told(&outcome).in_language(language));
                Ok(())
            }
            Err(error) => {
                if let IntakeError::Faults(faults) = &error {
                    faults.listed.iter().for_each(|fault| println!("{}", fault.text().in_language(language)));
                }
                Err(error.into())
            }
        }
    }
}

/// What was entered, in one line.
fn told(outcome: &ImportOutcome) -> Text {
    let ImportOutcome { rows, creates, amends, advances, verifies, unchanged, .. } = outcome;
    if outcome.repeated {
        return Text::new(
            "此文件已导入过，未重复入账",
            "this file was imported before; nothing was entered twice",
        );
    }
    let counts = message::text!(
        "共 {rows} 行：新增 {creates}，变更 {amends}，状态变更 {advances}，核实 {verifies}，不变 {unchanged}",
        "{rows} rows: {creates} created, {amends} amended, {advances} advanced, {verifies} verified, {unchanged} unchanged"
    );
    let end = match outcome.entries {
        Some((first, count)) => {
            let last = first + count.saturating_sub(1);
            message::text!("；入账第 {first}—{last} 条", "; entries {first} to {last}")
        }
        None if outcome.dry_run => Text::new("；仅检查，未入账", "; checked only, nothing was entered"),
        None => Text::new("；无需入账", "; nothing to enter"),
    };
    Text::new(counts.simplified + &end.simplified, counts.english + &end.english)
}
