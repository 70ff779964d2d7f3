//! `qingyuan evidence`: a file into the evidence store.

use std::path::PathBuf;

use clap::Args;
use message::Language;

use crate::failure::Failure;
use crate::home::HomeArgument;

/// The arguments.
#[derive(Args)]
pub struct Evidence {
    /// 佐证文件 | the file
    file: PathBuf,
    #[command(flatten)]
    home: HomeArgument,
}

impl Evidence {
    /// Stores it and prints its hash.
    pub fn run(self, _language: Language) -> Result<(), Failure> {
        let city = self.home.open()?;
        let mut file = std::fs::File::open(&self.file)?;
        println!("{}", city.book_for_writing()?.put_evidence(&mut file)?);
        Ok(())
    }
}
