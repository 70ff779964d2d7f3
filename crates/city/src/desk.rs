//! Reports at work: every version that was saved, every step that was taken, and what was signed, for ever.
//!
//! ```text
//! HOME/reports/KEY/versions/00003.md     a version's whole text; never changed
//! HOME/reports/KEY/steps.jsonl           one step a line: saved, reviewed, returned, signed; only ever added to
//! HOME/reports/KEY/signed/00007/report.* what was signed in step 7, byte by byte
//!
//! saved ──▶ drafted ──review──▶ reviewed ──sign──▶ signed
//!              ▲                   │ return            │ review (the same text at a later snapshot)
//!              └───────────────────┘◀──────────────────┘
//! ```
//!
//! Whoever reviews or signs a version is not the one who wrote it. Nobody overwrites: saving names the version
//! it is based on, and a stale one is refused. A step is the replacement of one small file, so that it is taken
//! whole or not at all. One process writes at a time, as for the book.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use figure::Snapshot;
use jiff::Timestamp;
use jiff::civil::Date;
use message::{Language, Text, text};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::CityError;
use crate::home::write_whole;
use crate::packs::digest_name;

/// The most bytes of a version's text.
pub const MOST_TEXT: usize = 2 << 20;

/// Steps are rare and small; one at a time in this process is plenty.
static WRITING: Mutex<()> = Mutex::new(());

/// The reports of a home.
pub struct Desk {
    root: PathBuf,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    /// A version was saved.
    Saved,
    /// Somebody else read it and found it right.
    Reviewed,
    /// It was given back to its writer.
    Returned,
    /// It was signed and handed out.
    Signed,
}

/// A step, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From 1, without gaps.
    pub number: u32,
    /// What was done.
    pub done: Done,
    /// To which version.
    pub version: u32,
    /// By whom: the sign-in name, as for entries of the book.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What was known then.
    pub snapshot: Pinned,
    /// Why it was returned, or what was changed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// By which request, so that one that is sent twice counts once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signed>,
}

/// What a signed report is, beside its text and snapshot: enough to render it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The language's tag.
    pub language: String,
    /// The date under it; else the template's.
    pub date: Option<Date>,
    /// Whether the records were generated.
    pub synthetic: bool,
    /// SHA-256 of each file, by its extension.
    pub sha256: BTreeMap<String, String>,
}

/// A snapshot as it is kept in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// Entries of the book.
    pub entries: u64,
    /// Batches of measurements.
    pub batches: Option<u64>,
    /// The pack's digest, in hex.
    #[serde(with = "hex")]
    pub pack: [u8; 4],
}

impl From<Snapshot> for Pinned {
    fn from(snapshot: Snapshot) -> Self {
        Self { entries: snapshot.known_at, batches: snapshot.lake, pack: snapshot.pack }
    }
}

impl From<Pinned> for Snapshot {
    fn from(pinned: Pinned) -> Self {
        Self { known_at: pinned.entries, lake: pinned.batches, pack: pinned.pack }
    }
}

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As the pack has it; nobody has saved anything.
    Template,
    /// The latest version waits for review.
    Drafted,
    /// It waits for a signature.
    Reviewed,
    /// It was given back.
    Returned,
    /// It is signed.
    Signed,
}

/// Everything that happened to a report.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// In order.
    pub steps: Vec<Step>,
}

impl Standing {
    /// The latest version; 0 while there is none.
    pub fn version(&self) -> u32 {
        self.steps.iter().map(|step| step.version).max().unwrap_or(0)
    }

    /// The step that saved a version.
    pub fn saved(&self, version: u32) -> Option<&Step> {
        self.steps.iter().find(|step| step.done == Done::Saved && step.version == version)
    }

    /// Where the latest version stands.
    pub fn state(&self) -> State {
        match self.steps.last().map(|step| step.done) {
            None => State::Template,
            Some(Done::Saved) => State::Drafted,
            Some(Done::Reviewed) => State::Reviewed,
            Some(Done::Returned) => State::Returned,
            Some(Done::Signed) => State::Signed,
        }
    }

    /// What was signed, latest first.
    pub fn signed(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().rev().filter(|step| step.done == Done::Signed)
    }

    /// A step by its number.
    pub fn step(&self, number: u32) -> Option<&Step> {
        self.steps.iter().find(|step| step.number == number)
    }
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Somebody else saved meanwhile.
    #[error("version {latest} was saved meanwhile")]
    Stale {
        /// The latest version.
        latest: u32,
    },
    /// The report does not stand where this step begins.
    #[error("this step cannot be taken now")]
    NotNow,
    /// Who wrote it cannot review or sign it.
    #[error("who wrote a version cannot review or sign it")]
    SamePerson,
    /// A reason is missing.
    #[error("a reason is needed")]
    NoReason,
    /// The text is too long.
    #[error("a report has at most {MOST_TEXT} bytes")]
    TooLong,
    /// What is on the disk is not what was signed.
    #[error("the file is not the one that was signed")]
    Damaged,
    /// There is no such report, version or step.
    #[error("there is no such thing")]
    Unknown,
    /// The disk.
    #[error(transparent)]
    City(#[from] CityError),
}

impl DeskError {
    /// What a user sees.
    pub fn text(&self) -> Text {
        match self {
            Self::Stale { latest } => text!(
                "他人已保存第 {latest} 稿，您的改动没有覆盖它",
                "version {latest} was saved by somebody else; yours has not overwritten it"
            ),
            Self::NotNow => Text::new(
                "该稿现在不能办理这一步，请刷新查看最新状态",
                "the version does not stand where this step begins; reload to see where it stands",
            ),
            Self::SamePerson => {
                Text::new("起草人不能复核、签发自己的稿件", "who wrote a version cannot review or sign it")
            }
            Self::NoReason => Text::new("请写明退回理由", "say why it is returned"),
            Self::TooLong => Text::new("文稿过长", "the text is too long"),
            Self::Damaged => Text::new(
                "保存的文件与签发时不一致，请从备份恢复",
                "the file that is kept is not the one that was signed; restore it from a backup",
            ),
            Self::Unknown => Text::new("没有这份文稿", "there is no such version"),
            Self::City(error) => error.text(),
        }
    }
}

impl From<std::io::Error> for DeskError {
    fn from(error: std::io::Error) -> Self {
        Self::City(error.into())
    }
}

/// A step to be taken.
pub struct Taking<'a> {
    /// Which report.
    pub report: &'a str,
    /// The version that the person saw.
    pub version: u32,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// What is known.
    pub snapshot: Snapshot,
    /// What was changed, or why it is returned.
    pub note: &'a str,
    /// By which request; empty if the request has no key.
    pub key: &'a str,
}

impl Desk {
    /// The reports of a home (see [`crate::City::reports`]).
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// The reports that anybody ever worked on.
    pub fn reports(&self) -> Result<Vec<String>, DeskError> {
        let Ok(entries) = fs::read_dir(&self.root) else { return Ok(Vec::new()) };
        let mut keys = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.path().join("steps.jsonl").is_file()
                && let Ok(key) = entry.file_name().into_string()
            {
                keys.push(key);
            }
        }
        keys.sort();
        Ok(keys)
    }

    /// Everything that happened to a report.
    pub fn standing(&self, report: &str) -> Result<Standing, DeskError> {
        let path = self.folder(report)?.join("steps.jsonl");
        let lines = match fs::read_to_string(&path) {
            Ok(lines) => lines,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Standing::default()),
            Err(error) => return Err(error.into()),
        };
        let steps = lines.lines().map(serde_json::from_str).collect::<Result<Vec<Step>, _>>();
        steps.map(|steps| Standing { steps }).map_err(|_| DeskError::Damaged)
    }

    /// A version's text.
    pub fn text(&self, report: &str, version: u32) -> Result<String, DeskError> {
        match fs::read_to_string(self.version_file(report, version)?) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(DeskError::Unknown),
            Err(error) => Err(error.into()),
        }
    }

    /// Saves the next version; `taking.version` is the one that it is based on, 0 for the pack's template.
    pub fn save(&self, taking: &Taking<'_>, text: &str) -> Result<Step, DeskError> {
        if text.len() > MOST_TEXT {
            return Err(DeskError::TooLong);
        }
        self.take(taking, |standing| {
            let latest = standing.version();
            if latest != taking.version {
                return Err(DeskError::Stale { latest });
            }
            let path = self.version_file(taking.report, latest + 1)?;
            make_parent(&path)?;
            write_whole(&path, text.as_bytes())?;
            Ok(next(standing, taking, Done::Saved, latest + 1))
        })
    }

    /// Somebody who did not write it has read it and found it right.
    pub fn review(&self, taking: &Taking<'_>) -> Result<Step, DeskError> {
        self.take(taking, |standing| {
            by_another(standing, taking, &[State::Drafted, State::Returned, State::Signed])?;
            Ok(next(standing, taking, Done::Reviewed, taking.version))
        })
    }

    /// It is given back to its writer, with a reason.
    pub fn give_back(&self, taking: &Taking<'_>) -> Result<Step, DeskError> {
        if taking.note.trim().is_empty() {
            return Err(DeskError::NoReason);
        }
        self.take(taking, |standing| {
            by_another(standing, taking, &[State::Drafted, State::Reviewed])?;
            Ok(next(standing, taking, Done::Returned, taking.version))
        })
    }

    /// It is signed: the files (by extension) are kept as they are, with their digests.
    pub fn sign(
        &self,
        taking: &Taking<'_>,
        edition: (Language, Option<Date>, bool),
        files: &[(&str, Vec<u8>)],
    ) -> Result<Step, DeskError> {
        self.take(taking, |standing| {
            by_another(standing, taking, &[State::Reviewed])?;
            let mut step = next(standing, taking, Done::Signed, taking.version);
            let folder = self.signed_folder(taking.report, step.number)?;
            fs::create_dir_all(&folder)?;
            for (extension, bytes) in files {
                write_whole(&folder.join(format!("report.{extension}")), bytes)?;
            }
            let (language, date, synthetic) = edition;
            let language = language_tag(language).to_owned();
            let sha256 = files.iter().map(|(extension, bytes)| ((*extension).to_owned(), sha256(bytes)));
            step.signed = Some(Signed { language, date, synthetic, sha256: sha256.collect() });
            Ok(step)
        })
    }

    /// A file that was signed, proven to be the one.
    pub fn file(&self, report: &str, step: &Step, extension: &str) -> Result<Vec<u8>, DeskError> {
        let signed = step.signed.as_ref().ok_or(DeskError::Unknown)?;
        let digest = signed.sha256.get(extension).ok_or(DeskError::Unknown)?;
        let bytes = fs::read(self.signed_folder(report, step.number)?.join(format!("report.{extension}")))?;
        if sha256(&bytes) == *digest { Ok(bytes) } else { Err(DeskError::Damaged) }
    }

    /// Adds the step that `decide` answers with, unless the same request added it before.
    fn take(
        &self,
        taking: &Taking<'_>,
        decide: impl FnOnce(&Standing) -> Result<Step, DeskError>,
    ) -> Result<Step, DeskError> {
        let _turn = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut standing = self.standing(taking.report)?;
        let again = |step: &&Step| !step.key.is_empty() && step.key == taking.key && step.by == taking.by;
        if let Some(before) = standing.steps.iter().find(again) {
            return Ok(before.clone());
        }
        let step = decide(&standing)?;
        standing.steps.push(step.clone());
        let lines = standing.steps.iter().map(|step| serde_json::to_string(step).map(|line| line + "\n"));
        let lines = lines.collect::<Result<String, _>>().map_err(|_| DeskError::Damaged)?;
        let path = self.folder(taking.report)?.join("steps.jsonl");
        make_parent(&path)?;
        write_whole(&path, lines.as_bytes())?;
        Ok(step)
    }

    /// A report's folder. Keys come from addresses: what is not a plain name is no report.
    fn folder(&self, report: &str) -> Result<PathBuf, DeskError> {
        let plain = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        let fits = (1..=100).contains(&report.len()) && report.chars().all(plain);
        if fits { Ok(self.root.join(report)) } else { Err(DeskError::Unknown) }
    }

    fn version_file(&self, report: &str, version: u32) -> Result<PathBuf, DeskError> {
        Ok(self.folder(report)?.join("versions").join(format!("{version:05}.md")))
    }

    fn signed_folder(&self, report: &str, step: u32) -> Result<PathBuf, DeskError> {
        Ok(self.folder(report)?.join("signed").join(format!("{step:05}")))
    }
}

/// The latest version, where it has to stand, and by another person than its writer.
fn by_another(standing: &Standing, taking: &Taking<'_>, from: &[State]) -> Result<(), DeskError> {
    if standing.version() != taking.version {
        return Err(DeskError::Stale { latest: standing.version() });
    }
    if !from.contains(&standing.state()) {
        return Err(DeskError::NotNow);
    }
    match standing.saved(taking.version) {
        Some(saved) if saved.by == taking.by => Err(DeskError::SamePerson),
        Some(_) => Ok(()),
        None => Err(DeskError::Unknown),
    }
}

fn next(standing: &Standing, taking: &Taking<'_>, done: Done, version: u32) -> Step {
    Step {
        number: standing.steps.last().map_or(1, |step| step.number + 1),
        done,
        version,
        by: taking.by.to_owned(),
        at: taking.at,
        snapshot: taking.snapshot.into(),
        note: taking.note.trim().to_owned(),
        key: taking.key.to_owned(),
        signed: None,
    }
}

fn make_parent(path: &Path) -> Result<(), DeskError> {
    path.parent().map(fs::create_dir_all).transpose()?;
    Ok(())
}

/// The language's tag as it is kept.
pub fn language_tag(language: Language) -> &'static str {
    match language {
        Language::Simplified => "zh",
        Language::Traditional => "zh-Hant",
        Language::English => "en",
    }
}

/// SHA-256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Four bytes as eight hexadecimal digits.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 4], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::digest_name(*bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 4], D::Error> {
        let text = String::deserialize(from)?;
        let number = u32::from_str_radix(&text, 16).map_err(D::Error::custom)?;
        Ok(number.to_be_bytes())
    }
}

#[cfg(test)]
mod tests;
