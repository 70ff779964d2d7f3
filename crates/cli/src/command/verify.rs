//! `qingyuan verify`: re-derive the whole book.

use clap::Args;
use message::{Language, Text};

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::progress::Progress;

/// The arguments.
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    home: HomeArgument,
}

impl Verify {
    /// Prints what was verified, or every fault with the first tampered entry on top.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        // The pack is not needed: a book can be verified by somebody who has nothing else.
        let book = ledger::Ledger::read(&self.home.path())?;
        let stage = Text::new("验证账本", "verifying the book");
        let mut progress = Progress::new(language);
        let faults = book.verify(&mut |done, total| progress.show(&stage, done, total))?;
        progress.finish();
        let size = book.size()?;
        if faults.is_empty() {
            let text = message::text!(
                "账本完好：{size} 条入账、所有检查点和佐证文件均已重新推导，一致",
                "the book is sound: {size} entries, every checkpoint and evidence file re-derived and equal"
            );
            println!("{}", text.in_language(language));
            return Ok(());
        }
        faults.iter().for_each(|fault| println!("{fault}"));
        let count = faults.len();
        Err(Failure::refused(message::text!("账本有 {count} 处不一致", "the book has {count} faults")))
    }
}
