//! `qingyuan pack`: check a pack, install it, describe its language to editors.

use std::fs;
use std::path::PathBuf;

use city::packs::check_dir;
use city::{City, digest_name};
use clap::{Args, Subcommand};
use message::{Language, Severity, Text};

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// What is done with a pack.
#[derive(Subcommand)]
pub enum Pack {
    /// 检查城市包，一次列出全部错误 | check a pack and list all its faults at once
    Check(Check),
    /// 检查并换用城市包；有错的包不会换上 | check a pack and put it in force; a faulty one never is
    Load(Load),
    /// 输出各类文件的 JSON Schema，供编辑器补全和检查 | write the JSON Schemas by which editors complete and check
    Schema(Schema),
}

/// The arguments of `pack check`.
#[derive(Args)]
pub struct Check {
    /// 城市包目录 | the directory of the pack
    dir: PathBuf,
    /// 每处错误一行：文件:行:列: 规则: 说明 | one line a fault: file:line:column: rule: message
    #[arg(long)]
    concise: bool,
}

/// The arguments of `pack load`.
#[derive(Args)]
pub struct Load {
    /// 城市包目录 | the directory of the pack
    dir: PathBuf,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `pack schema`.
#[derive(Args)]
pub struct Schema {
    /// 城市包目录，或其他目录 | the pack's directory, or another
    to: PathBuf,
}

impl Pack {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self {
            Self::Check(command) => command.run(language),
            Self::Load(command) => command.run(language),
            Self::Schema(command) => command.run(language),
        }
    }
}

impl Check {
    fn run(self, language: Language) -> Result<(), Failure> {
        let (compiled, diagnostics) = check_dir(&self.dir)?;
        let faulty = diagnostics.iter().any(|one| one.severity == Severity::Error) || compiled.is_none();
        if faulty && self.concise {
            print!("{}", message::render_concise(&diagnostics, language));
            let count = diagnostics.len();
            return Err(Failure::refused(message::text!("共 {count} 处错误", "{count} faults")));
        }
        let (Some(pack), false) = (compiled, faulty) else {
            return Err(Failure::Diagnostics(diagnostics));
        };
        eprint!("{}", message::render(&diagnostics, language, false));
        let (registers, indicators) = (pack.registers.len(), pack.indicators.len());
        let (targets, reports) = (pack.plan.targets.len(), pack.reports.len());
        let (name, digest) = (pack.label.in_language(language), digest_name(pack.short_digest()));
        let text = message::text!(
            "{name}（{digest}）：{registers} 个台账、{indicators} 个指标、{targets} 个目标、{reports} 个汇报模板，没有错误",
            "{name} ({digest}): {registers} registers, {indicators} indicators, {targets} targets, {reports} reports, no faults"
        );
        println!("{}", text.in_language(language));
        Ok(())
    }
}

impl Load {
    fn run(self, language: Language) -> Result<(), Failure> {
        let home = self.home.path();
        let city = City::open(&home)?;
        let digest = city.adopt_pack(&self.dir)?.city.settings.pack;
        say(&message::text!("城市包 {digest} 已生效", "the pack {digest} is in force"), language);
        Ok(())
    }
}

impl Schema {
    fn run(self, language: Language) -> Result<(), Failure> {
        let dir = self.to.join("schema");
        fs::create_dir_all(&dir)?;
        for kind in pack::FileKind::TOML {
            if let Some(schema) = pack::json_schema(kind) {
                let text = serde_json::to_string_pretty(&schema).map_err(Failure::broken)?;
                fs::write(dir.join(format!("{}.json", kind.name())), text + "\n")?;
            }
        }
        fs::write(self.to.join(".taplo.toml"), pack::taplo_config())?;
        let to = self.to.display();
        let text: Text = message::text!(
            "已写入 {to}/schema 和 {to}/.taplo.toml；装有 Taplo 的编辑器在此目录下即可补全和检查",
            "written to {to}/schema and {to}/.taplo.toml; an editor with Taplo completes and checks below this directory"
        );
        say(&text, language);
        Ok(())
    }
}
