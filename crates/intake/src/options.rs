//! What an import is told and what it answers.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An Excel workbook.
    Xlsx,
    /// Comma, tab or semicolon separated text, UTF-8 or GB18030.
    Csv,
    /// A GeoJSON FeatureCollection.
    GeoJson,
}

impl Format {
    /// By the file's name.
    pub fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "geojson" | "json" => Some(Self::GeoJson),
            _ => None,
        }
    }
}

/// Whose records the actor may touch: asked with a unit's code, for what a record is and for what it becomes.
#[derive(Clone)]
pub struct OwnerGuard(Arc<dyn Fn(&str) -> bool + Send + Sync>);

impl OwnerGuard {
    /// A guard that asks this function.
    pub fn new(allows: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(allows))
    }

    /// Whether records of this unit may be touched.
    pub fn allows(&self, unit: &str) -> bool {
        (self.0)(unit)
    }
}

impl fmt::Debug for OwnerGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnerGuard")
    }
}

/// How to import a file.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Say what would be entered, enter nothing.
    pub dry_run: bool,
    /// The file's coordinates are GCJ-02 and become CGCS2000 on the way in.
    pub gcj02: bool,
    /// Who enters: an account's name, never personal data.
    pub actor: String,
    /// The actor's role in the pack, for transitions of state.
    pub role: String,
    /// The business date of rows that state none.
    pub effective: Option<Date>,
    /// The owner of rows that state none: a unit's code.
    pub owner: Option<String>,
    /// Also verify each record that is touched.
    pub verify: bool,
    /// The format; by the file's name and first bytes if not given.
    pub format: Option<Format>,
    /// The idempotency key; by default made of the file's SHA-256, the register and these options.
    pub key: Option<String>,
    /// At most this many faults are listed (all are counted).
    pub max_faults: usize,
    /// Whose records the file may touch; by default everybody's.
    pub guard: Option<OwnerGuard>,
    /// Cells of a table that were mended by hand after a first look, as they should have been typed.
    pub mended: Vec<Mended>,
}

/// A cell that was mended by hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mended {
    /// The row as Excel shows it, from 1.
    pub row: u32,
    /// The column, from 0.
    pub column: usize,
    /// What stands in it now.
    pub text: String,
}

impl ImportOptions {
    /// Defaults for this actor and role.
    pub fn new(actor: impl Into<String>, role: impl Into<String>) -> Self {
        Self {
            dry_run: false,
            gcj02: false,
            actor: actor.into(),
            role: role.into(),
            effective: None,
            owner: None,
            verify: false,
            format: None,
            key: None,
            max_faults: 10_000,
            guard: None,
            mended: Vec::new(),
        }
    }
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Rows with data.
    pub rows: u64,
    /// Records created.
    pub creates: u64,
    /// Records amended.
    pub amends: u64,
    /// Records moved to another state (new ones that do not begin in the initial state included).
    pub advances: u64,
    /// Records verified.
    pub verifies: u64,
    /// Rows that equal their record.
    pub unchanged: u64,
    /// The first entry and the number of entries; nothing if nothing was entered.
    pub entries: Option<(u64, u64)>,
    /// The file had been imported before; nothing was entered now.
    pub repeated: bool,
    /// Nothing was entered because none was asked.
    pub dry_run: bool,
}
