//! The repository's own checks: what a compiler does not see, but a reviewer would.
//!
//! `cargo xtask arrows`    our crates depend on each other only as ARCHITECTURE.md draws it
//! `cargo xtask licences`  every dependency has a permissive licence
//! `cargo xtask tidy`      every source file says why it exists; no place of this machine is named
//! `cargo xtask check`     all of them

mod arrows;
mod licences;
mod metadata;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    match run(&command) {
        Ok(faults) if faults.is_empty() => {
            println!("xtask {command}: nothing to mend");
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            faults.iter().for_each(|fault| eprintln!("error: {fault}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs one check and returns its faults, one line each.
fn run(command: &str) -> Result<Vec<String>> {
    Ok(match command {
        "arrows" => arrows::check(&metadata::read()?),
        "licences" => licences::check(&metadata::read()?),
        "tidy" => tidy::check()?,
        "check" => {
            let metadata = metadata::read()?;
            [arrows::check(&metadata), licences::check(&metadata), tidy::check()?].concat()
        }
        other => bail!("`{other}` is no check: write arrows, licences, tidy or check"),
    })
}
