//! `qingyuan person`: what is known of a pseudonym, and erasing it.

use clap::{Args, Subcommand};
use ledger::Pseudonym;
use message::{Language, Text};

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// What is done with personal data.
#[derive(Subcommand)]
pub enum Person {
    /// 查看一个化名对应的个人信息 | show the personal data of a pseudonym
    Show(One),
    /// 删除个人信息；账本和证明不受影响 | erase the personal data; the book and its proofs stay as they are
    Erase(One),
}

/// The arguments.
#[derive(Args)]
pub struct One {
    /// 账本中的化名，如 p-0123456789abcdef | the pseudonym in the book, such as p-0123456789abcdef
    pseudonym: String,
    #[command(flatten)]
    home: HomeArgument,
}

impl Person {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self {
            Self::Show(one) => {
                let data = one.home.open()?.book()?.person_data(&one.pseudonym()?)?;
                println!("{}", data.ok_or_else(|| one.unknown())?);
            }
            Self::Erase(one) => {
                if !one.home.open()?.book_for_writing()?.erase_person(&one.pseudonym()?)? {
                    return Err(one.unknown());
                }
                let text = Text::new(
                    "个人信息已删除；此前的备份中可能仍有，请按规定处理",
                    "the personal data is erased; earlier backups may still hold it and are to be dealt with",
                );
                say(&text, language);
            }
        }
        Ok(())
    }
}

impl One {
    fn pseudonym(&self) -> Result<Pseudonym, Failure> {
        Pseudonym::parse(&self.pseudonym).ok_or_else(|| {
            let given = &self.pseudonym;
            Failure::refused(message::text!("`{given}` 不是化名", "`{given}` is no pseudonym"))
        })
    }

    fn unknown(&self) -> Failure {
        let given = &self.pseudonym;
        Failure::refused(message::text!("没有 {given} 的个人信息", "there is no personal data of {given}"))
    }
}
