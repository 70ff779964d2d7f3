//! The engine: a pack, a book, and the tables of registers as they become known.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use figure::{Figure, FigureId, Measured, Snapshot};
use jiff::civil::Date;
use pack::{Definition, Indicator, Pack, UNITS};

use crate::book::EntrySource;
use crate::cache::Cache;
use crate::day;
use crate::diff::{self, Difference};
use crate::error::FigureError;
use crate::evaluate::{self, Needs};
use crate::formula;
use crate::kept::{self, Kept};
use crate::listing::{self, EntryNumbers, Listing, ListingPart};
use crate::memo::{Memo, MemoCounts};
use crate::monitor::{MeasuredAt, MeasuredNote, MeasurementSource, Monitor, MonitorTable, STATIONS};
use crate::plan::{self, Parsed};
use crate::request::Request;
use crate::rows::{City, Loaded};
use crate::schema::{self, Shape, stored};
use crate::table::{self, Table};
use crate::trace::{self, Trace, TracedRow};
use crate::units::Tree;
use crate::view::Sight;

/// How many tables of a register are kept: the present one, and those of reports that are looked at.
const TABLES: usize = 4;
/// How many organisation trees are kept.
const TREES: usize = 16;

/// Computes figures of one city.
///
/// Cheap to keep, and meant to be kept: what was loaded stays, and entries that are appended meanwhile are
/// added when next a figure is asked for. All methods may be called at once from many tasks.
pub struct Engine {
    inner: Arc<Inner>,
    /// Not in `inner`, so that what traces and compares figures cannot come by it.
    kept: Option<Kept>,
    /// Neither is this, for the same reason.
    memo: Memo,
}

/// What was known of the units, and the day.
type TreeOf = (u64, Date);

/// What tasks share.
pub(crate) struct Inner {
    pub(crate) pack: Arc<Pack>,
    pub(crate) book: Arc<dyn EntrySource>,
    cache: Option<Cache>,
    shapes: BTreeMap<String, (Arc<Shape>, Arc<Shape>)>,
    tables: BTreeMap<String, Mutex<Vec<Arc<Table>>>>,
    /// Organisation trees, by what was known of the units and the day.
    trees: Mutex<Vec<(TreeOf, Arc<Tree>)>>,
    phases: Mutex<Phase>,
    /// The tables that indicators read, once somebody asked: reading their SQL costs as much as running a small one.
    read: Mutex<BTreeMap<String, BTreeSet<String>>>,
    /// What is evaluated from measurements.
    pub(crate) monitor: Monitor,
}

/// Where the time went, since the engine was opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phase {
    /// Reading registers from the book or the cache, added over threads.
    pub load: Duration,
    /// Planning, running and adding up the rows of indicators, added over threads.
    pub evaluate: Duration,
    /// Versions of records that were loaded.
    pub versions: u64,
}

impl Engine {
    /// An engine over a book. Derived files go to `cache`, if one is given; it may be deleted at any time.
    pub fn open(
        pack: Arc<Pack>,
        book: Arc<dyn EntrySource>,
        cache: Option<&Path>,
    ) -> Result<Self, FigureError> {
        let shapes = pack
            .registers
            .iter()
            .map(|register| {
                let shape = |history| Arc::new(Shape::of(&pack, register, history));
                (register.key.clone(), (shape(false), shape(true)))
            })
            .collect();
        let tables = pack.registers.iter().map(|register| (register.key.clone(), Mutex::default())).collect();
        let cache = cache.map(Cache::new);
        Ok(Self {
            inner: Arc::new(Inner {
                pack,
                book,
                cache,
                shapes,
                tables,
                trees: Mutex::default(),
                phases: Mutex::default(),
                read: Mutex::default(),
                monitor: Monitor::new(None),
            }),
            kept: None,
            memo: Memo::default(),
        })
    }

    /// The same engine, which also keeps figures beside the cache and answers with those that the same build of the
    /// program computed by the same pack over the same book. `build` tells a build from all others. Without a cache,
    /// or over a book that has no [`EntrySource::root`], nothing is kept.
    #[must_use]
    pub fn keeping(mut self, build: &[u8]) -> Self {
        self.kept = self.inner.cache.as_ref().map(|cache| Kept::new(cache.directory(), build));
        self
    }

    /// The pack whose indicators are computed.
    pub fn pack(&self) -> &Arc<Pack> {
        &self.inner.pack
    }

    /// The same engine, with the measurements of the city's stations.
    #[must_use]
    pub fn with_measurements(self, source: Arc<dyn MeasurementSource>) -> Self {
        // Nobody else has the engine yet, so nothing was evaluated without them.
        let inner = match Arc::try_unwrap(self.inner) {
            Ok(inner) => Arc::new(Inner { monitor: Monitor::new(Some(source)), ..inner }),
            Err(inner) => inner,
        };
        Self { inner, ..self }
    }

    /// The snapshot that a request means which names none: all entries and measurements of now.
    pub fn snapshot(&self) -> Result<Snapshot, FigureError> {
        self.inner.now()
    }

    /// Whether measurements enter an indicator, so that an edition of a standard may be asked for.
    pub fn is_measured(&self, indicator: &str) -> bool {
        self.inner.is_measured(indicator)
    }

    /// The figures of each request: one, or one for each group in the order of the groups' values.
    ///
    /// Requests without `known_at` all see the same book. The first fault is the answer for all; see
    /// [`Engine::evaluate_each`].
    pub async fn evaluate(&self, requests: &[Request]) -> Result<Vec<Vec<Figure>>, FigureError> {
        self.evaluate_each(requests).await.into_iter().collect()
    }

    /// The figures, or the fault, of each request.
    pub async fn evaluate_each(&self, requests: &[Request]) -> Vec<Result<Vec<Figure>, FigureError>> {
        match &self.kept {
            Some(kept) => kept::evaluate(kept, &self.inner, &self.memo, requests).await,
            None => evaluate::evaluate(&self.inner, Some(&self.memo), requests).await,
        }
    }

    /// A figure with its rows and their entries, computed twice: from loaded columns, and from the book alone.
    pub async fn trace(&self, id: &FigureId) -> Result<Trace, FigureError> {
        trace::trace(self, id).await
    }

    /// All rows of a figure, in a form of which half a million are no burden.
    pub async fn listing(&self, id: &FigureId) -> Result<Listing, FigureError> {
        listing::listing(self, id).await
    }

    /// Some of the rows of a listing, counted over all its parts, each with its indicator and its entries.
    pub fn listed<'a>(
        &self,
        listing: &'a Listing,
        range: Range<usize>,
    ) -> Result<Vec<(&'a str, TracedRow)>, FigureError> {
        listing::rows(&self.inner, listing, range)
    }

    /// The numbers of the entries behind all rows of a listing's part.
    pub fn entry_numbers(&self, part: &ListingPart) -> Result<EntryNumbers, FigureError> {
        listing::numbers(&self.inner, part)
    }

    /// How a figure would read with the entries known `now` (all, unless said otherwise), and what made
    /// the difference.
    pub async fn diff(&self, id: &FigureId, now: Option<u64>) -> Result<Difference, FigureError> {
        diff::diff(self, id, now).await
    }

    /// The measurements behind a row, as known when the lake had so many batches.
    pub fn measurements(&self, place: &Measured, lake: u64) -> Result<Vec<MeasuredNote>, FigureError> {
        self.inner.monitor.notes(place, lake)
    }

    /// Where the time went.
    pub fn phases(&self) -> Phase {
        *self.inner.phases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often sums were found in memory, or computed, and how many are held.
    pub fn memo(&self) -> MemoCounts {
        self.memo.counts()
    }

    /// The tables that an indicator's SQL reads (`docks`, `docks_history`), in alphabetical order.
    pub fn tables_of(&self, indicator: &str) -> Result<Vec<String>, FigureError> {
        self.inner.tables_of(self.inner.indicator(indicator)?).map(|tables| tables.into_iter().collect())
    }

    /// A whole table as SQL sees it on a day, for other programs to compare with.
    pub async fn export(
        &self,
        table: &str,
        as_of: Date,
        known_at: u64,
    ) -> Result<Vec<arrow::record_batch::RecordBatch>, FigureError> {
        let mut needs = Needs::default();
        needs.add(&self.inner, table)?;
        let measured = MeasuredAt { lake: self.inner.monitor.version()?, edition: None };
        let city = self.inner.city(&needs, as_of, known_at, Some(measured)).await?;
        let engine = |error: arrow::error::ArrowError| FigureError::Engine(error.to_string());
        match city.export(table, day::days(as_of)) {
            Some(exported) => exported.map(|(_, batches)| batches).map_err(engine),
            None => Err(FigureError::Engine(format!("there is no table {table}"))),
        }
    }

    /// An engine that believes nothing but the book.
    pub(crate) fn afresh(&self) -> Result<Self, FigureError> {
        let afresh = Self::open(Arc::clone(&self.inner.pack), Arc::clone(&self.inner.book), None)?;
        Ok(match self.inner.monitor.source() {
            Some(source) => afresh.with_measurements(Arc::clone(source)),
            None => afresh,
        })
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// Makes sure that a figure can be computed here.
    pub(crate) fn check_pack(&self, id: &FigureId) -> Result<(), FigureError> {
        let given = self.inner.pack.short_digest();
        if id.snapshot.pack == given {
            return Ok(());
        }
        let hex = |bytes: [u8; 4]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Err(FigureError::OtherPack { wanted: hex(id.snapshot.pack), given: hex(given) })
    }
}

/// Whether measurements enter an indicator of a pack, so that an edition of a standard may be asked for.
pub fn is_measured(pack: &Pack, indicator: &str) -> bool {
    let leaves = formula::leaves(pack, indicator).unwrap_or_default();
    leaves.into_iter().any(|leaf| match &leaf.definition {
        Definition::Rows { sql, .. } => match plan::parse(sql) {
            Parsed::Query(statement) => {
                let tables = plan::tables(&statement).unwrap_or_default();
                tables.iter().any(|table| measured_table(pack, table).is_some())
            }
            _ => false,
        },
        Definition::Formula(_) => false,
    })
}

fn measured_table(pack: &Pack, name: &str) -> Option<MonitorTable> {
    if schema::table(pack, name).is_some() || pack.register(STATIONS).is_none() {
        return None;
    }
    MonitorTable::named(name)
}

impl Inner {
    /// The indicator of this key.
    pub(crate) fn indicator(&self, key: &str) -> Result<&Indicator, FigureError> {
        self.pack.indicator(key).ok_or_else(|| {
            let known = self.pack.indicators.iter().map(|indicator| indicator.key.as_str());
            FigureError::UnknownIndicator {
                key: key.to_owned(),
                near: message::did_you_mean(key, known).map(str::to_owned),
            }
        })
    }

    /// The tables that an indicator's rows come from.
    pub(crate) fn tables_of(&self, indicator: &Indicator) -> Result<BTreeSet<String>, FigureError> {
        let Definition::Rows { sql, .. } = &indicator.definition else { return Ok(BTreeSet::new()) };
        let read = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tables) = read().get(&indicator.key) {
            return Ok(tables.clone());
        }
        let fault = |reason: String| FigureError::Sql { indicator: indicator.key.clone(), reason };
        let statement = match plan::parse(sql) {
            Parsed::Query(statement) => statement,
            Parsed::Fault(fault_) => return Err(fault(fault_.to_string())),
            Parsed::TooLong => return Err(fault("the query is too long".to_owned())),
            Parsed::Forbidden => return Err(fault("only one SELECT query may stand here".to_owned())),
        };
        let tables = plan::tables(&statement).map_err(|error| fault(error.strip_backtrace()))?;
        read().insert(indicator.key.clone(), tables.clone());
        Ok(tables)
    }

    /// Whether measurements enter an indicator.
    pub(crate) fn is_measured(&self, indicator: &str) -> bool {
        let leaves = formula::leaves(&self.pack, indicator).unwrap_or_default();
        leaves.into_iter().any(|leaf| {
            let tables = self.tables_of(leaf).unwrap_or_default();
            tables.iter().any(|table| measured_table(&self.pack, table).is_some())
        })
    }

    /// The register that a table of SQL is of.
    pub(crate) fn register_of(&self, table: &str) -> Result<String, FigureError> {
        match schema::table(&self.pack, table) {
            Some((register, _)) => Ok(register.key.clone()),
            None => Err(FigureError::Engine(format!("there is no table {table}"))),
        }
    }

    /// The table of this name that is evaluated from measurements, unless the pack has a register of that name.
    pub(crate) fn measured_table(&self, name: &str) -> Option<MonitorTable> {
        measured_table(&self.pack, name)
    }

    /// All that is known now.
    pub(crate) fn now(&self) -> Result<Snapshot, FigureError> {
        Ok(Snapshot {
            known_at: self.book.size()?,
            lake: self.monitor.version()?,
            pack: self.pack.short_digest(),
        })
    }

    /// The registers, as known at an entry, with the organisation tree of a day, and what was measured until then.
    pub(crate) async fn city(
        self: &Arc<Self>,
        needs: &Needs,
        as_of: Date,
        known_at: u64,
        measured: Option<MeasuredAt>,
    ) -> Result<City, FigureError> {
        let mut wanted = needs.registers.clone();
        if self.pack.register(UNITS).is_some() {
            wanted.insert(UNITS.to_owned());
        }
        let mut tasks = tokio::task::JoinSet::new();
        for key in wanted {
            let inner = Arc::clone(self);
            tasks.spawn_blocking(move || {
                let table = inner.table(&key, known_at);
                (key, table)
            });
        }
        let mut tables = BTreeMap::new();
        while let Some(done) = tasks.join_next().await {
            let (key, table) = done.map_err(|error| FigureError::Engine(error.to_string()))?;
            let table = table?;
            let Some((shape, history)) = self.shapes.get(&key) else { continue };
            let owner = self.owner_column(&key);
            let loaded = Loaded { table, shape: Arc::clone(shape), history: Arc::clone(history), owner };
            tables.insert(key, loaded);
        }
        let tree = match tables.get(UNITS) {
            Some(units) => self.tree(&units.table, as_of)?,
            None => Arc::default(),
        };
        let mut city = City { tables: Arc::new(tables), tree, measured: Arc::default() };
        if let Some(at) = measured {
            // The history of the stations tells how each stood on each day until then.
            let history = format!("{STATIONS}{}", schema::HISTORY);
            let stations = match city.export(&history, day::days(as_of)) {
                Some(exported) => exported.map_err(|error| FigureError::Engine(error.to_string()))?.1,
                None => Vec::new(),
            };
            let (inner, tables) = (Arc::clone(self), needs.measured.clone());
            let evaluated = tokio::task::spawn_blocking(move || {
                let start = std::time::Instant::now();
                let evaluated = inner.monitor.evaluate(&tables, &stations, as_of, at);
                inner.took_loading(start.elapsed());
                evaluated
            });
            city.measured =
                Arc::new(evaluated.await.map_err(|error| FigureError::Engine(error.to_string()))??);
        }
        Ok(city)
    }

    /// The organisation tree on a day.
    fn tree(&self, units: &Table, as_of: Date) -> Result<Arc<Tree>, FigureError> {
        let key = (units.known, as_of);
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tree)) = trees.iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(tree));
        }
        let sight = Sight { day: day::days(as_of), history: false, would: false };
        let tree =
            Tree::new(&self.pack, units, sight).map_err(|error| FigureError::Engine(error.to_string()))?;
        let tree = Arc::new(tree);
        if trees.len() == TREES {
            trees.remove(0);
        }
        trees.push((key, Arc::clone(&tree)));
        Ok(tree)
    }

    /// A unit stands under itself, whoever entered it; every other record stands under its owner.
    fn owner_column(&self, key: &str) -> usize {
        let code = || self.pack.register(key)?.fields.iter().position(|field| field.key == "code");
        match key {
            UNITS => code().map_or(stored::OWNER, |code| stored::FIELDS + code),
            _ => stored::OWNER,
        }
    }

    /// The table of a register as known at an entry.
    fn table(&self, key: &str, known_at: u64) -> Result<Arc<Table>, FigureError> {
        let start = std::time::Instant::now();
        let (Some(register), Some(tables)) = (self.pack.register(key), self.tables.get(key)) else {
            return Err(FigureError::Engine(format!("there is no register {key}")));
        };
        let known = self.book.last_entry_of(key, known_at)?.map_or(0, |last| last + 1);
        // Held while loading: whoever else wants the register waits for it instead of loading it again.
        let mut tables = tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables.iter().find(|table| table.known == known) {
            return Ok(Arc::clone(table));
        }
        let nearest = tables.iter().filter(|table| table.known < known).max_by_key(|table| table.known);
        let table = table::load(&*self.book, register, known, nearest.map(Arc::as_ref), self.cache.as_ref())?;
        let table = Arc::new(table);
        if tables.len() == TABLES {
            tables.remove(0);
        }
        tables.push(Arc::clone(&table));
        drop(tables);
        let mut phases = self.phases.lock().unwrap_or_else(PoisonError::into_inner);
        phases.load += start.elapsed();
        phases.versions += table.rows() as u64;
        Ok(table)
    }

    fn took_loading(&self, load: Duration) {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner).load += load;
    }

    pub(crate) fn took(&self, evaluate: Duration) {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner).evaluate += evaluate;
    }
}
