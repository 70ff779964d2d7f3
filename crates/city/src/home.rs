//! A city's home on disk, and how it is opened.
//!
//! ```text
//! HOME/city.toml         current pack, whether the records are synthetic
//! HOME/book.db           the ledger            (crate `ledger`)
//! HOME/lake/             measurements          (crate `lake`)
//! HOME/evidence/         files by content hash (crate `ledger`)
//! HOME/keys/             the book's signing key (crate `ledger`)
//! HOME/packs/9f3c21ab/   every pack that figures were ever computed by, named by its digest
//! HOME/cache/            columns and figures derived from the book; may be deleted at any time
//! HOME/reports/          reports that were written, drafted or signed
//! ```
//!
//! Old packs are kept because a figure's identity names the pack that defines it: what was reported
//! last year stays computable after the definitions have changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use figures::blocking::Engine;
use jiff::civil::Date;
use lake::{Lake, LakeError};
use ledger::{Ledger, SystemClock};
use message::Text;
use pack::Pack;
use serde::Deserialize;

use crate::error::CityError;
use crate::packs::{self, digest_name, read_pack};
use crate::vocabulary::{CityWords, Units};

/// `city.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Settings {
    /// The digest of the pack in force, as in figure identities.
    pub pack: String,
    /// Whether the records were generated, and from which seed; every output says so.
    #[serde(default)]
    pub synthetic_seed: Option<u64>,
    /// The day on which an invented city ends: what is "today" there, whenever somebody looks at it or tries an entry.
    #[serde(default)]
    pub synthetic_until: Option<Date>,
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

/// A city whose pack has been read. Cheap to clone: the pack is shared.
#[derive(Clone)]
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
    pub fn open(home: &Path) -> Result<Self, CityError> {
        let path = home.join("city.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(CityError::NoCity { path, source }),
        };
        let settings: Settings = match toml::from_str(&text) {
            Ok(settings) => settings,
            Err(error) => return Err(CityError::Settings { path, reason: error.message().to_owned() }),
        };
        let pack = Arc::new(read_pack(&home.join("packs").join(&settings.pack))?);
        Ok(Self { home: home.to_owned(), settings, pack })
    }

    /// Writes the settings, naming this pack, and keeps the pack's files, in a home whose book exists.
    pub fn settle(home: &Path, pack_dir: &Path, pack: &Pack, settings: &Settings) -> Result<(), CityError> {
        let files = pack::read_dir(pack_dir)?;
        packs::settle(home, &files, pack, settings)
    }

    /// The pack of a digest: the one in force, or one that was in force once.
    pub fn pack_of(&self, digest: [u8; 4]) -> Result<Arc<Pack>, CityError> {
        if digest == self.pack.short_digest() {
            return Ok(Arc::clone(&self.pack));
        }
        let name = digest_name(digest);
        let dir = self.home.join("packs").join(&name);
        if !dir.is_dir() {
            return Err(CityError::UnknownPack(name));
        }
        read_pack(&dir).map(Arc::new)
    }

    /// The book, for reading.
    pub fn book(&self) -> Result<Ledger, CityError> {
        Ok(Ledger::read(&self.home)?)
    }

    /// The book, for writing; refused while another process writes.
    pub fn book_for_writing(&self) -> Result<Ledger, CityError> {
        Ok(Ledger::open(&self.home, Arc::new(SystemClock))?)
    }

    /// The measurements, if the city has any.
    pub fn lake(&self) -> Result<Option<Lake>, CityError> {
        match Lake::open(&self.home) {
            Ok(lake) => Ok(Some(lake)),
            Err(LakeError::None { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The engine over the book as it is, by the definitions in force.
    pub fn engine(&self) -> Result<Engine, CityError> {
        self.engine_by(Arc::clone(&self.pack))
    }

    /// The engine, by the definitions of a pack.
    pub fn engine_by(&self, pack: Arc<Pack>) -> Result<Engine, CityError> {
        let book = Arc::new(self.book()?);
        let lake = self.lake()?.map(Arc::new);
        self.engine_by_over(pack, book, lake)
    }

    /// The engine by the definitions of a pack, over a book and measurements that somebody else has open.
    pub fn engine_by_over(
        &self,
        pack: Arc<Pack>,
        book: Arc<Ledger>,
        lake: Option<Arc<Lake>>,
    ) -> Result<Engine, CityError> {
        let engine = self.serving_engine_by(pack, book, lake)?;
        Ok(match crate::program::identity() {
            Some(build) => engine.keeping(build.as_bytes()),
            None => engine,
        })
    }

    /// An engine that lives long over a book that grows: what it computed it keeps in memory only, for a file of figures
    /// of each state of the book would be written for nobody.
    pub fn serving_engine(&self, book: Arc<Ledger>, lake: Option<Arc<Lake>>) -> Result<Engine, CityError> {
        self.serving_engine_by(Arc::clone(&self.pack), book, lake)
    }

    /// The same by the definitions of a pack.
    pub fn serving_engine_by(
        &self,
        pack: Arc<Pack>,
        book: Arc<Ledger>,
        lake: Option<Arc<Lake>>,
    ) -> Result<Engine, CityError> {
        let engine = Engine::open(pack, book, Some(&self.cache()))?;
        Ok(match lake {
            Some(lake) => engine.with_measurements(lake),
            None => engine,
        })
    }

    /// What things are called here, as the first `known_at` entries tell it.
    pub fn words<'a>(&self, pack: &'a Pack, known_at: u64) -> Result<CityWords<'a>, CityError> {
        Ok(CityWords::with(pack, Units::of(&self.book()?, known_at)?))
    }

    /// Where derived columns and computed figures are kept.
    pub fn cache(&self) -> PathBuf {
        self.home.join("cache")
    }

    /// Where reports are.
    pub fn reports(&self) -> PathBuf {
        self.home.join("reports")
    }

    /// The label that every output of a synthetic city carries.
    pub fn notice(&self) -> Option<Text> {
        self.settings.synthetic_seed.map(|seed| {
            message::text!(
                "演示数据：由种子 {seed} 生成的虚构城市",
                "Demonstration data: an invented city, generated from the seed {seed}"
            )
        })
    }
}

/// Writes a file so that it is there whole or not at all.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CityError> {
    let partial = path.with_extension("partial");
    let mut file = fs::File::create(&partial)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    Ok(())
}
