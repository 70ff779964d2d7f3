//! A city's home on disk, and how it is opened.
//!
//! ```text
//! HOME/city.toml         name, current pack, whether the records are synthetic
//! HOME/book.db           the ledger            (crate `ledger`)
//! HOME/lake/             measurements          (crate `lake`)
//! HOME/evidence/         files by content hash (crate `ledger`)
//! HOME/keys/             the book's signing key (crate `ledger`)
//! HOME/packs/9f3c21ab/   every pack that figures were ever computed by, named by its digest
//! HOME/cache/            columns and figures derived from the book; may be deleted at any time
//! HOME/reports/          what `qingyuan report` wrote
//! ```
//!
//! Old packs are kept because a figure's identity names the pack that defines it: what was reported
//! last year stays computable after the definitions have changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use figures::blocking::Engine;
use lake::{Lake, LakeError};
use ledger::{Ledger, SystemClock};
use message::{Severity, Text};
use pack::Pack;
use serde::Deserialize;

use crate::failure::Failure;
use crate::vocabulary::CityWords;

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
        City::open(&self.path())
    }
}

/// `city.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct Settings {
    /// The digest of the pack in force, as in figure identities.
    pub pack: String,
    /// Whether the records were generated, and from which seed; every output says so.
    #[serde(default)]
    pub synthetic_seed: Option<u64>,
    /// How many entries the last report knew that was handed out, where the demo city tells of one.
    #[serde(default)]
    pub reported_at: Option<u64>,
    /// How many batches of measurements it knew.
    #[serde(default)]
    pub reported_batches: Option<u64>,
}

impl Settings {
    /// What the last report knew that was handed out.
    pub fn reported(&self) -> Option<Reported> {
        Some(Reported { entries: self.reported_at?, batches: self.reported_batches })
    }
}

/// What was known when a report was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Entries of the book.
    pub entries: u64,
    /// Batches of measurements.
    pub batches: Option<u64>,
}

/// A city whose pack has been read.
pub struct City {
    /// The directory.
    pub home: PathBuf,
    /// Its settings.
    pub settings: Settings,
    /// The pack in force.
    pub pack: Arc<Pack>,
}

impl City {
    /// Opens a city that was founded before.
    pub fn open(home: &Path) -> Result<Self, Failure> {
        let path = home.join("city.toml");
        let text = fs::read_to_string(&path).map_err(|error| {
            let shown = path.display();
            Failure::Broken(message::text!(
                "{shown} 打不开（{error}）；用 --home 指明城市目录，或先运行 qingyuan found",
                "{shown} cannot be opened ({error}); name the city with --home, or run `qingyuan found` first"
            ))
        })?;
        let settings: Settings = toml::from_str(&text).map_err(|error| {
            let (shown, reason) = (path.display(), error.message());
            Failure::Broken(message::text!("{shown} 有误：{reason}", "{shown} is faulty: {reason}"))
        })?;
        let pack = Arc::new(read_pack(&home.join("packs").join(&settings.pack))?);
        Ok(Self { home: home.to_owned(), settings, pack })
    }

    /// Writes the settings and keeps the pack's files, in a home whose book exists.
    pub fn settle(
        home: &Path,
        pack_dir: &Path,
        pack: &Pack,
        synthetic_seed: Option<u64>,
        reported: Option<Reported>,
    ) -> Result<(), Failure> {
        let digest = digest_name(pack.short_digest());
        keep_pack(pack_dir, &home.join("packs").join(&digest))?;
        let seed = synthetic_seed.map(|seed| format!("synthetic_seed = {seed}\n")).unwrap_or_default();
        let entries = reported.map(|one| format!("reported_at = {}\n", one.entries)).unwrap_or_default();
        let batches = reported.and_then(|one| one.batches);
        let batches = batches.map(|count| format!("reported_batches = {count}\n")).unwrap_or_default();
        let text = format!("pack = \"{digest}\"\n{seed}{entries}{batches}");
        write_whole(&home.join("city.toml"), text.as_bytes())
    }

    /// The pack of a digest: the one in force, or one that was in force once.
    pub fn pack_of(&self, digest: [u8; 4]) -> Result<Arc<Pack>, Failure> {
        if digest == self.pack.short_digest() {
            return Ok(Arc::clone(&self.pack));
        }
        let name = digest_name(digest);
        let dir = self.home.join("packs").join(&name);
        if !dir.is_dir() {
            return Err(Failure::refused(message::text!(
                "没有保存过摘要为 {name} 的城市包，无法按当时的定义复算",
                "no pack with the digest {name} was ever in force here, so its definitions cannot be applied"
            )));
        }
        read_pack(&dir).map(Arc::new)
    }

    /// The book, for reading.
    pub fn book(&self) -> Result<Ledger, Failure> {
        Ok(Ledger::read(&self.home)?)
    }

    /// The book, for writing; refused while another process writes.
    pub fn book_for_writing(&self) -> Result<Ledger, Failure> {
        Ok(Ledger::open(&self.home, Arc::new(SystemClock))?)
    }

    /// The measurements, if the city has any.
    pub fn lake(&self) -> Result<Option<Lake>, Failure> {
        match Lake::open(&self.home) {
            Ok(lake) => Ok(Some(lake)),
            Err(LakeError::None { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The engine over the book as it is, by the definitions in force.
    pub fn engine(&self) -> Result<Engine, Failure> {
        self.engine_by(Arc::clone(&self.pack))
    }

    /// The engine, by the definitions of a pack.
    pub fn engine_by(&self, pack: Arc<Pack>) -> Result<Engine, Failure> {
        let engine = Engine::open(pack, Arc::new(self.book()?), Some(&self.cache()))?;
        let engine = match crate::program::identity() {
            Some(build) => engine.keeping(build.as_bytes()),
            None => engine,
        };
        Ok(match self.lake()? {
            Some(lake) => engine.with_measurements(Arc::new(lake)),
            None => engine,
        })
    }

    /// What things are called here, as the first `known_at` entries tell it.
    pub fn words<'a>(&self, pack: &'a Pack, known_at: u64) -> Result<CityWords<'a>, Failure> {
        Ok(CityWords::with_units(pack, &self.book()?, known_at)?)
    }

    /// Where derived columns and computed figures are kept.
    pub fn cache(&self) -> PathBuf {
        self.home.join("cache")
    }

    /// The label that every output of a synthetic city carries.
    pub fn notice(&self) -> Option<Text> {
        self.settings.synthetic_seed.map(|seed| {
            message::text!(
                "演示数据：由种子 {seed} 生成的虚构城市",
                "demonstration data: an invented city, generated from the seed {seed}"
            )
        })
    }
}

/// Reads and compiles a pack directory; warnings are printed by `pack check` only.
pub fn read_pack(dir: &Path) -> Result<Pack, Failure> {
    let files = pack::read_dir(dir).map_err(|error| Failure::Broken(error.text()))?;
    let (compiled, diagnostics) = pack::compile(files);
    let errors: Vec<_> = diagnostics.into_iter().filter(|one| one.severity == Severity::Error).collect();
    match compiled {
        Some(pack) if errors.is_empty() => Ok(pack),
        _ => Err(Failure::Diagnostics(errors)),
    }
}

/// The digest as figure identities write it.
pub fn digest_name(digest: [u8; 4]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file so that it is there whole or not at all.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let partial = path.with_extension("partial");
    let mut file = fs::File::create(&partial)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    Ok(())
}

/// Copies the pack's files into the city, unless they are kept already.
fn keep_pack(from: &Path, to: &Path) -> Result<(), Failure> {
    if to.is_dir() {
        return Ok(());
    }
    let partial = to.with_extension("partial");
    for (path, text) in pack::read_dir(from).map_err(|error| Failure::Broken(error.text()))? {
        let target = partial.join(&path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        write_whole(&target, text.as_bytes())?;
    }
    fs::rename(&partial, to)?;
    Ok(())
}
