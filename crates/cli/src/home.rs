//! Which city a command works on.

use std::path::PathBuf;

use city::City;
use clap::Args;

use crate::failure::Failure;

/// Which city a command works on.
#[derive(Args)]
pub struct HomeArgument {
    /// 城市目录；缺省为 QINGYUAN_HOME 或当前目录 | the city's directory; else QINGYUAN_HOME or the current directory
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
}

impl HomeArgument {
    /// The directory meant.
    pub fn path(&self) -> PathBuf {
        self.home
            .clone()
            .or_else(|| std::env::var_os("QINGYUAN_HOME").map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from("."))
    }

    /// The city that lives there.
    pub fn open(&self) -> Result<City, Failure> {
        Ok(City::open(&self.path())?)
    }
}
