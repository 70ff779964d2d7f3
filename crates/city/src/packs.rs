//! A city's packs: checked whole, kept for ever, put in force only when faultless.
//!
//! ```text
//! directory ──read_dir──▶ files ──check──▶ Pack + every fault of TOML, SQL, templates, policies
//!                           │                │ no error
//!                           └──── adopt ─────┴──▶ HOME/packs/DIGEST/ ──▶ city.toml (the one step that switches)
//! ```

use std::fs;
use std::path::{Component, Path};
use std::sync::Arc;

use access::{Policies, RegisterWords, Vocabulary};
use message::{Diagnostic, Severity};
use pack::Pack;

use crate::error::CityError;
use crate::home::{City, Settings, write_whole};
use crate::reporting;

/// A pack's files: paths with `/`, and their texts.
pub type Files = [(String, String)];

/// Reads and compiles a pack directory; warnings are told by [`check_dir`] only.
pub fn read_pack(dir: &Path) -> Result<Pack, CityError> {
    let (compiled, diagnostics) = pack::compile(pack::read_dir(dir)?);
    faultless(compiled, diagnostics).map(|(pack, _)| pack)
}

/// The digest as figure identities write it.
pub fn digest_name(digest: [u8; 4]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a pack's directory and checks it as [`check`] does.
pub fn check_dir(dir: &Path) -> Result<(Option<Pack>, Vec<Diagnostic>), CityError> {
    Ok(check(pack::read_dir(dir)?))
}

/// Compiles a pack and has every language inside it checked in the same run: TOML, SQL, report templates, policies.
///
/// The pack is given where the first of these is faultless; whether all are, the diagnostics say.
pub fn check(files: Vec<(String, String)>) -> (Option<Pack>, Vec<Diagnostic>) {
    let (mut understood, mut diagnostics) = pack::understand(files);
    let broken = |diagnostics: &[Diagnostic], places: &[&str]| {
        let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
        errors.into_iter().any(|one| places.iter().any(|place| one.source.path.starts_with(place)))
    };
    // What a faulty file would have declared is not known, so what names it is not called unknown.
    let names_known = !broken(&diagnostics, &["indicators/", "pack.toml"]);
    let columns_known = !broken(&diagnostics, &["registers/", "organisation.toml", "pack.toml"]);
    let reports: Vec<Diagnostic> = understood
        .reports
        .iter()
        .flat_map(|report| reporting::check(&understood, &report.source))
        .filter(|one| names_known || !ABOUT_NAMES.contains(&one.rule))
        .collect();
    let faultless = !broken(&diagnostics, &[""]);
    let pack = faultless.then(|| understood.clone());
    understood.indicators.retain(|one| match &one.definition {
        pack::Definition::Rows { sql, .. } => !sql.trim().is_empty(),
        pack::Definition::Formula(_) => true,
    });
    let sql = figures::check(&understood);
    diagnostics.extend(sql.into_iter().filter(|one| columns_known || ABOUT_SQL_ALONE.contains(&one.rule)));
    diagnostics.extend(reports);
    if names_known && columns_known {
        diagnostics.extend(policies(&understood).1);
    }
    (pack, diagnostics)
}

/// The pack's policies, against the words of the pack; `None` where they are faulty.
pub fn policies(pack: &Pack) -> (Option<Policies>, Vec<Diagnostic>) {
    let register = |one: &pack::Register| RegisterWords {
        key: one.key.clone(),
        states: one.states.iter().map(|state| state.key.clone()).collect(),
        two_person: one.two_person,
    };
    let words = Vocabulary {
        roles: pack.roles.iter().map(|role| role.key.clone()).collect(),
        registers: pack.registers.iter().map(register).collect(),
    };
    access::compile(&pack.policies, &words)
}

/// Faults of SQL that stand whatever columns the registers have.
const ABOUT_SQL_ALONE: &[&str] = &[
    "sql-syntax",
    "sql-not-a-query",
    "sql-too-long",
    "unknown-table",
    "unknown-function",
    "unsteady-function",
    "limit-without-order",
];

/// Faults of templates that depend on what the indicators are.
const ABOUT_NAMES: &[&str] = &["unknown-indicator", "unknown-dimension", "not-convertible", "flow-on-a-day"];

/// A city whose pack was changed, and the warnings of that pack.
pub struct Adopted {
    /// The city by its new pack.
    pub city: City,
    /// What is allowed but should be looked at.
    pub warnings: Vec<Diagnostic>,
}

impl City {
    /// Checks the pack in a directory and puts it in force; a faulty one changes nothing.
    pub fn adopt_pack(&self, dir: &Path) -> Result<Adopted, CityError> {
        self.adopt_files(pack::read_dir(dir)?)
    }

    /// Checks a pack's files and puts them in force; faulty ones change nothing.
    ///
    /// The very texts that were checked are kept, whatever happens to the directory meanwhile, and `city.toml`
    /// is replaced last and in one step: at every moment one whole pack is in force.
    pub fn adopt_files(&self, files: Vec<(String, String)>) -> Result<Adopted, CityError> {
        let (compiled, diagnostics) = check(files.clone());
        let (pack, warnings) = faultless(compiled, diagnostics)?;
        settle(&self.home, &files, &pack, &self.settings)?;
        let mut city = self.clone();
        city.settings.pack = digest_name(pack.short_digest());
        city.pack = Arc::new(pack);
        Ok(Adopted { city, warnings })
    }
}

/// The pack and its warnings, or its errors.
fn faultless(
    compiled: Option<Pack>,
    diagnostics: Vec<Diagnostic>,
) -> Result<(Pack, Vec<Diagnostic>), CityError> {
    let (errors, warnings): (Vec<_>, Vec<_>) =
        diagnostics.into_iter().partition(|one| one.severity == Severity::Error);
    match compiled {
        Some(pack) if errors.is_empty() => Ok((pack, warnings)),
        _ => Err(CityError::Faulty(errors)),
    }
}

/// Keeps the pack's files and writes the settings, which name it from now on.
pub(crate) fn settle(home: &Path, files: &Files, pack: &Pack, settings: &Settings) -> Result<(), CityError> {
    let digest = digest_name(pack.short_digest());
    keep(files, &home.join("packs").join(&digest))?;
    let mut text = format!("pack = \"{digest}\"\n");
    let mut say = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("{key} = {value}\n"));
        }
    };
    say("synthetic_seed", settings.synthetic_seed.map(|seed| seed.to_string()));
    say("synthetic_until", settings.synthetic_until.map(|day| format!("\"{day}\"")));
    say("reported_at", settings.reported_at.map(|entries| entries.to_string()));
    say("reported_batches", settings.reported_batches.map(|batches| batches.to_string()));
    write_whole(&home.join("city.toml"), text.as_bytes())
}

/// Copies the pack's files into the city, unless they are kept already. Whoever read them, none is written elsewhere.
fn keep(files: &Files, to: &Path) -> Result<(), CityError> {
    if let Some((path, _)) = files.iter().find(|(path, _)| !is_plain(path)) {
        return Err(CityError::NotPlain(path.clone()));
    }
    if to.is_dir() {
        return Ok(());
    }
    let partial = to.with_extension("partial");
    for (path, text) in files {
        let target = partial.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        write_whole(&target, text.as_bytes())?;
    }
    fs::rename(&partial, to)?;
    Ok(())
}

/// A path that leads nowhere else, on any system: names divided by single slashes.
fn is_plain(path: &str) -> bool {
    let named = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    path.split('/').all(named) && Path::new(path).components().all(|one| matches!(one, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::keep;

    #[test]
    fn no_file_of_a_pack_is_kept_outside_of_it() {
        let folder = tempfile::tempdir().expect("a directory");
        let to = folder.path().join("packs/00000000");
        let file = |path: &str| (path.to_owned(), "text".to_owned());
        for path in [
            "../out.md",
            "a/../../out.md",
            "/etc/out.md",
            "./out.md",
            "a//out.md",
            "",
            "a\\..\\out.md",
            "c:out.md",
        ] {
            let kept = keep(&[file("pack.toml"), file(path)], &to);
            assert!(kept.is_err_and(|error| error.is_refusal()), "{path}");
            assert_eq!(fs::read_dir(folder.path()).expect("a directory").count(), 0, "{path}");
        }
        keep(&[file("pack.toml"), file("registers/docks..toml")], &to).expect("kept");
        assert!(to.join("registers/docks..toml").is_file());
    }
}
