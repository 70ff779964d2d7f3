//! `qingyuan prove` and `qingyuan check-proof`.

use std::path::PathBuf;

use clap::Args;
use ledger::{RecordId, verify_proof};
use message::Language;

use crate::failure::Failure;
use crate::home::HomeArgument;
use city::write_whole;

/// The arguments of `prove`.
#[derive(Args)]
pub struct Prove {
    /// 记录编号 | the record's number
    record: u64,
    /// 写入文件；缺省输出到屏幕 | write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `check-proof`.
#[derive(Args)]
pub struct CheckProof {
    /// 存在证明文件 | the proof
    file: PathBuf,
    /// 账本的公钥（城市目录 keys 下的 .pub 文件内容） | the book's public key (the text in the city's keys directory)
    #[arg(long, value_name = "KEY")]
    key: String,
}

impl Prove {
    /// Writes the proof.
    pub fn run(self, _language: Language) -> Result<(), Failure> {
        let proof = self.home.open()?.book()?.prove(RecordId(self.record))?;
        match self.out {
            Some(path) => write_whole(&path, proof.as_bytes())?,
            None => print!("{proof}"),
        }
        Ok(())
    }
}

impl CheckProof {
    /// Verifies the proof and prints what it proves.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let proof = std::fs::read_to_string(&self.file)?;
        let proven = verify_proof(&proof, self.key.trim()).map_err(|error| {
            Failure::refused(message::text!("证明不成立：{error}", "the proof does not hold: {error}"))
        })?;
        let (record, size, origin) = (proven.record, proven.size, &proven.origin);
        let entries = proven.entries.len();
        let text = message::text!(
            "证明成立：记录 {record} 的 {entries} 条入账在 {origin} 的账本（共 {size} 条）中",
            "the proof holds: record {record} has {entries} entries in the book of {origin} ({size} entries)"
        );
        println!("{}", text.in_language(language));
        for entry in &proven.entries {
            println!("{}", String::from_utf8_lossy(&entry.encode()));
        }
        Ok(())
    }
}
