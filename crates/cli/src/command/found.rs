//! `qingyuan found`: an empty book, and the pack it is kept by.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use ledger::{Ledger, SystemClock};
use message::Language;

use crate::failure::Failure;
use crate::output::say;
use city::{City, Settings, read_pack};

/// The arguments.
#[derive(Args)]
pub struct Found {
    /// 城市目录，须不存在或为空 | the city's directory; must not exist or be empty
    home: PathBuf,
    /// 城市包目录 | the directory of the pack
    #[arg(long, value_name = "DIR")]
    pack: PathBuf,
}

impl Found {
    /// Founds the city.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let pack = read_pack(&self.pack)?;
        Ledger::found(&self.home, &format!("qingyuan/{}", pack.name), Arc::new(SystemClock))?;
        City::settle(&self.home, &self.pack, &pack, &Settings::default())?;
        let (home, name) = (self.home.display(), pack.label.in_language(language));
        say(
            &message::text!(
                "已建立 {name}：{home}。先导入机构：qingyuan import units 机构.xlsx --home {home}",
                "founded {name} in {home}. Begin with its units: qingyuan import units FILE --home {home}"
            ),
            language,
        );
        Ok(())
    }
}
