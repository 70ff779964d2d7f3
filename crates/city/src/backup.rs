//! A city's home copied, with a copy that verifies or none.

use std::fs;
use std::io;
use std::path::Path;

use lake::{Lake, LakeError};
use ledger::{CopyOptions, Ledger};
use message::Text;

use crate::error::CityError;
use crate::home::{City, write_whole};

/// The accounts of a city that has a web application.
const ACCOUNTS: &str = "accounts.db";
/// The book's keys, the one that the accounts' secrets are sealed with, and what the settings below name.
const KEYS: &str = "keys";
/// How a city signs in elsewhere and sends mail. Their secrets stand in files under `keys`, so they go where the keys go: a
/// copy without them, made to be read, signs nobody in and sends nothing.
const BESIDE: [&str; 2] = ["sign-in.toml", "mail.toml"];
/// What makes a directory a city. It is copied last: a directory without it is a copy in the making, or one that broke
/// off.
const SETTINGS: &str = "city.toml";

/// Copies the accounts, which may be in use, into a file. What is inside them is not this crate's business.
pub type CopyAccounts<'a> = &'a dyn Fn(&Path) -> Result<(), Text>;

/// What was copied and verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Entries of the book.
    pub entries: u64,
    /// Batches of measurements, if the city has any.
    pub batches: Option<u64>,
}

/// Whether a directory is a whole copy, not one in the making or one that broke off.
#[must_use]
pub fn is_whole(copy: &Path) -> bool {
    copy.join(SETTINGS).is_file()
}

/// Copies a city into a directory that is not there or empty, and verifies the copy. What breaks off leaves no copy.
pub fn backup(
    city: &City,
    accounts: CopyAccounts<'_>,
    to: &Path,
    options: CopyOptions,
) -> Result<Copied, CityError> {
    backup_over(city, &city.book()?, city.lake()?.as_ref(), accounts, to, options)
}

/// The same over a book and measurements that somebody else has open.
pub fn backup_over(
    city: &City,
    book: &Ledger,
    lake: Option<&Lake>,
    accounts: CopyAccounts<'_>,
    to: &Path,
    options: CopyOptions,
) -> Result<Copied, CityError> {
    let entries = book.backup(to, options)?.size;
    whole_or_nothing(to, || {
        copy_reports(&city.reports(), &to.join("reports"))?;
        copy_accounts(&city.home, accounts, to)?;
        if options.with_keys {
            copy_tree(&city.home.join(KEYS), &to.join(KEYS))?;
            copy_beside(&city.home, to)?;
        }
        let batches = lake.map(|lake| copy_lake(lake, to)).transpose()?;
        copy_settings(&city.home, to)?;
        Ok(Copied { entries, batches })
    })
}

/// The rest of a copy, of which the book's part is there. The directory was empty before that.
fn whole_or_nothing(
    to: &Path,
    rest: impl FnOnce() -> Result<Copied, CityError>,
) -> Result<Copied, CityError> {
    rest().inspect_err(|_| {
        // Whoever asked is told why there is no copy; what is left here is found empty of a city's settings.
        let _ = fs::remove_dir_all(to);
    })
}

/// The accounts, if the city has any.
fn copy_accounts(home: &Path, accounts: CopyAccounts<'_>, to: &Path) -> Result<(), CityError> {
    if !home.join(ACCOUNTS).is_file() {
        return Ok(());
    }
    accounts(&to.join(ACCOUNTS)).map_err(CityError::Accounts)
}

/// Verifies a backup and copies it into a new home.
pub fn restore(from: &Path, home: &Path) -> Result<Copied, CityError> {
    if !is_whole(from) {
        let source = io::ErrorKind::NotFound.into();
        return Err(CityError::NoCity { path: from.join(SETTINGS), source });
    }
    let entries = Ledger::restore(from, home)?.size;
    whole_or_nothing(home, || {
        copy_reports(&from.join("reports"), &home.join("reports"))?;
        if from.join(ACCOUNTS).is_file() {
            fs::copy(from.join(ACCOUNTS), home.join(ACCOUNTS))?;
        }
        if from.join(KEYS).is_dir() {
            copy_tree(&from.join(KEYS), &home.join(KEYS))?;
        }
        copy_beside(from, home)?;
        let batches = match Lake::open(from) {
            Ok(lake) => Some(copy_lake(&lake, home)?),
            Err(LakeError::None(_)) => None,
            Err(error) => return Err(error.into()),
        };
        copy_settings(from, home)?;
        Ok(Copied { entries, batches })
    })
}

/// The measurements; a copy that does not verify is none.
fn copy_lake(lake: &Lake, to: &Path) -> Result<u64, CityError> {
    let copied = lake.backup(to)?;
    match copied.faults.into_iter().next() {
        Some(fault) => Err(CityError::FaultyCopy { file: fault.file, what: fault.what }),
        None => Ok(copied.batches),
    }
}

/// The packs and the settings, which lie beside the book.
fn copy_settings(from: &Path, to: &Path) -> Result<(), CityError> {
    copy_tree(&from.join("packs"), &to.join("packs"))?;
    let text = fs::read(from.join(SETTINGS))?;
    write_whole(&to.join(SETTINGS), &text)
}

fn copy_beside(from: &Path, to: &Path) -> Result<(), CityError> {
    for file in BESIDE.into_iter().filter(|file| from.join(file).is_file()) {
        fs::copy(from.join(file), to.join(file))?;
    }
    Ok(())
}

/// Reports that were written, drafted or signed. Steps are read before the versions and files that they name: those are
/// there before their step is, so that a copy made while somebody signs names nothing that it does not have.
fn copy_reports(from: &Path, to: &Path) -> Result<(), CityError> {
    if !from.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let steps = entry.path().join("steps.jsonl");
        if steps.is_file() {
            let text = fs::read(&steps)?;
            copy_tree(&entry.path(), &to.join(entry.file_name()))?;
            write_whole(&to.join(entry.file_name()).join("steps.jsonl"), &text)?;
        }
    }
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), CityError> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            match fs::copy(entry.path(), target) {
                // What is half written is renamed at any moment.
                Err(_) if entry.path().extension().is_some_and(|one| one == "partial") => {}
                copied => drop(copied?),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::copy_reports;

    #[test]
    fn reports_are_copied_with_everything_that_their_steps_name() {
        let folder = tempfile::tempdir().expect("a directory");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("work-report/signed/00003")).expect("a directory");
        fs::write(from.join("work-report/steps.jsonl"), "{}\n").expect("written");
        fs::write(from.join("work-report/signed/00003/report.md"), "text").expect("written");
        fs::write(from.join("work-report.docx"), "written by a command, and written again by it")
            .expect("written");
        copy_reports(&from, &to).expect("copied");
        assert_eq!(fs::read(to.join("work-report/steps.jsonl")).expect("steps"), b"{}\n");
        assert_eq!(fs::read(to.join("work-report/signed/00003/report.md")).expect("the file"), b"text");
        assert!(!to.join("work-report.docx").exists());
        copy_reports(&folder.path().join("none"), &to).expect("nothing to copy");
    }
}
