//! Small promises about the text of the repository.

use std::process::Command;

use anyhow::{Context, Result};

/// Words that must stand in no tracked file: places of one machine, and marks of unfinished work.
fn banned() -> Vec<String> {
    // Written in pieces, so that this file does not name them itself.
    [["/work", "/main"], ["/tmp", "/bash_jobs"], ["/ro", "ot/"], ["todo", "!("], ["unimplemented", "!("]]
        .map(|pieces| pieces.concat())
        .to_vec()
}

/// Source files without a head comment, and files that name what they should not.
pub fn check() -> Result<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("git could not be started")?;
    let listed = String::from_utf8(listed.stdout).context("a file name is no UTF-8")?;
    let banned = banned();
    let mut faults = Vec::new();
    for path in listed.lines().filter(|path| !path.ends_with(".lock")) {
        let Ok(text) = std::fs::read_to_string(path) else {
            continue; // Deleted but not yet committed, or no text.
        };
        if path.ends_with(".rs") && !text.trim_start().starts_with("//!") {
            faults.push(format!("{path}: the file does not say why it exists (no `//!` head)"));
        }
        for word in banned.iter().filter(|word| text.contains(word.as_str())) {
            faults.push(format!("{path}: holds `{word}`"));
        }
    }
    Ok(faults)
}
