//! `qingyuan template`: the Excel form of a register.

use std::path::PathBuf;

use clap::Args;
use message::Language;

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;
use city::write_whole;

/// The arguments.
#[derive(Args)]
pub struct Template {
    /// 台账，如 docks | the register, such as docks
    register: String,
    /// 写入文件；缺省为 台账名.xlsx | the file; by default the register's label
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    home: HomeArgument,
}

impl Template {
    /// Writes the template.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let book = city.book()?;
        let bytes = intake::template(&city.pack, &book, &self.register, language)?;
        let label = city
            .pack
            .register(&self.register)
            .map_or(self.register.as_str().into(), |register| register.label.in_language(language));
        let path = self.out.unwrap_or_else(|| PathBuf::from(format!("{label}.xlsx")));
        write_whole(&path, &bytes)?;
        let shown = path.display();
        say(
            &message::text!(
                "已写入 {shown}；填好后：qingyuan import {} {shown}",
                "written to {shown}; once filled in: qingyuan import {} {shown}",
                self.register
            ),
            language,
        );
        Ok(())
    }
}
