//! `qingyuan lake`.

use clap::Args;
use message::Language;

use crate::failure::Failure;

/// The arguments.
#[derive(Args)]
pub struct Lake {}

impl Lake {
    /// Does it.
    pub fn run(self, _language: Language) -> Result<(), Failure> {
        Ok(())
    }
}
