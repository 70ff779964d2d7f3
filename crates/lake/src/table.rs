//! The Delta table: its log, its files, its commits.

use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, DataType, StructField, Transaction};
use deltalake_core::logstore::LogStoreRef;
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTable, DeltaTableBuilder};
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use url::Url;

use crate::error::LakeError;
use crate::file::{Bounds, DataFile, NewFile, Part};
use crate::runtime::Runtime;
use crate::spool::lock;

/// The partition columns.
const PARTITION: [&str; 3] = ["kind", "span", "month"];
/// The application transaction that numbers the batches.
const BATCHES: &str = "qingyuan/batches";
/// The application transaction that says which segments of the spool are in the table: those before its version.
pub(crate) const SPOOL: &str = "qingyuan/spool";
/// Tombstones are kept in the log for so long; replaced files must not be kept longer.
pub(crate) const TOMBSTONES_SECONDS: u64 = 7 * 24 * 3600;

/// Where a lake's table is.
#[derive(Clone, Debug)]
pub struct Place {
    /// The store; its root is the URL's root.
    pub store: Arc<dyn ObjectStore>,
    /// The table's URL.
    pub url: Url,
}

/// The table.
pub(crate) struct Table {
    runtime: Runtime,
    place: Place,
    state: Mutex<State>,
}

struct State {
    table: DeltaTable,
    catalog: Option<Arc<Catalog>>,
}

/// What the table holds at one version.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) delta_version: u64,
    /// The number of the last batch; 0 if there is none.
    pub(crate) batches: u64,
    /// Sorted by partition and path.
    pub(crate) files: Vec<Arc<DataFile>>,
}

impl Catalog {
    pub(crate) fn parts(&self) -> BTreeMap<Part, Vec<Arc<DataFile>>> {
        let mut parts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for file in &self.files {
            parts.entry(file.part).or_default().push(Arc::clone(file));
        }
        parts
    }
}

/// What a commit is for.
pub(crate) enum Purpose {
    /// A new batch, with further application transactions.
    Batch { number: u64, transactions: Vec<(String, i64)> },
    /// The same rows in other files.
    Merge,
}

impl Table {
    /// Makes the table.
    pub(crate) fn create(place: Place) -> Result<Table, LakeError> {
        Table::with(place, |log_store| {
            Box::pin(async move {
                let words = || DataType::STRING;
                let column =
                    |name: &str, kind: DataType, nullable| StructField::new(name.to_owned(), kind, nullable);
                CreateBuilder::new()
                .with_log_store(log_store)
                .with_table_name("measurements")
                .with_comment(
                    "Qingyuan's measurements. Of several rows about the same station, item, span and time the one with \
                     the greatest (batch, revision) holds.",
                )
                .with_columns([
                    column("kind", words(), false),
                    column("span", words(), false),
                    column("month", words(), false),
                    column("station", words(), false),
                    column("item", words(), false),
                    column("time", DataType::TIMESTAMP, false),
                    column("value", DataType::decimal(18, 6).map_err(LakeError::table)?, true),
                    column("flag", words(), false),
                    column("source", words(), false),
                    column("batch", DataType::LONG, false),
                    column("revision", DataType::LONG, false),
                    column("recorded", DataType::TIMESTAMP, false),
                ])
                .with_partition_columns(PARTITION)
                .with_configuration(
                    [
                        ("delta.deletedFileRetentionDuration", "interval 7 days"),
                        ("delta.logRetentionDuration", "interval 30 days"),
                        ("delta.checkpointInterval", "50"),
                    ]
                    .map(|(key, value)| (key, Some(value))),
                )
                .await
                .map_err(LakeError::table)
            })
        })
    }

    /// Opens the table. None if there is none.
    pub(crate) fn open(place: Place) -> Result<Option<Table>, LakeError> {
        let opened = Table::with(place, |log_store| {
            Box::pin(async move {
                let mut table = DeltaTable::new(log_store);
                if !table.verify_deltatable_existence().await.map_err(LakeError::table)? {
                    return Err(LakeError::None(Default::default()));
                }
                table.load().await.map_err(LakeError::table)?;
                Ok(table)
            })
        });
        match opened {
            Ok(table) => Ok(Some(table)),
            Err(LakeError::None(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn with(
        place: Place,
        make: impl FnOnce(LogStoreRef) -> BoxFuture<'static, Result<DeltaTable, LakeError>>,
    ) -> Result<Table, LakeError> {
        let runtime = Runtime::new()?;
        let table = {
            let _entered = runtime.handle().enter();
            let store = Arc::clone(&place.store);
            let built = DeltaTableBuilder::from_url(place.url.clone())
                .map_err(LakeError::table)?
                .with_storage_backend(store, place.url.clone())
                .build()
                .map_err(LakeError::table)?;
            runtime.wait(make(built.log_store()))?
        };
        Ok(Table { runtime, place, state: Mutex::new(State { table, catalog: None }) })
    }

    /// Waits for something of the store's. Works wherever blocking is allowed, inside somebody's runtime as well.
    pub(crate) fn wait<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        self.runtime.wait(future)
    }

    pub(crate) fn runtime(&self) -> &Handle {
        self.runtime.handle()
    }

    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.place.store
    }

    /// A file's place in the store.
    pub(crate) fn path(&self, file: &str) -> Result<Path, LakeError> {
        let root = Path::from_url_path(self.place.url.path()).map_err(LakeError::table)?;
        Path::parse(format!("{root}/{file}")).map_err(LakeError::table)
    }

    /// What the table holds now.
    pub(crate) fn catalog(&self) -> Result<Arc<Catalog>, LakeError> {
        let state = &mut *lock(&self.state);
        self.wait(refresh(state))
    }

    /// The version of an application transaction, as of the last catalog.
    pub(crate) fn transaction(&self, name: &str) -> Result<Option<i64>, LakeError> {
        let state = &*lock(&self.state);
        self.wait(transaction(&state.table, name))
    }

    /// Stores a new file, durably. It is no part of the table before a commit says so.
    pub(crate) fn put(&self, file: NewFile) -> Result<(), LakeError> {
        let path = self.path(&file.path)?;
        let payload = Bytes::from(file.bytes).into();
        self.wait(self.place.store.put(&path, payload)).map_err(LakeError::table)?;
        Ok(())
    }

    /// A file's bytes.
    pub(crate) fn get(&self, file: &str) -> Result<Bytes, LakeError> {
        let path = self.path(file)?;
        self.wait(async { self.place.store.get(&path).await?.bytes().await }).map_err(LakeError::table)
    }

    /// One transaction.
    pub(crate) fn commit(&self, actions: Vec<Action>, purpose: Purpose) -> Result<Arc<Catalog>, LakeError> {
        let state = &mut *lock(&self.state);
        self.wait(async {
            let before = refresh(state).await?;
            let mut transactions = Vec::new();
            let now = Timestamp::now().as_millisecond();
            let transaction =
                |name: String, version| Transaction::new_with_last_update(name, version, Some(now));
            let operation = match purpose {
                Purpose::Batch { number, transactions: more } => {
                    if number != before.batches + 1 {
                        return Err(LakeError::Damaged(format!("batch {number} after {}", before.batches)));
                    }
                    transactions.push(transaction(BATCHES.to_owned(), number as i64));
                    transactions.extend(more.into_iter().map(|(name, version)| transaction(name, version)));
                    DeltaOperation::Write {
                        mode: SaveMode::Append,
                        partition_by: Some(PARTITION.map(str::to_owned).to_vec()),
                        predicate: None,
                    }
                }
                Purpose::Merge => DeltaOperation::Optimize { predicate: None, target_size: 0 },
            };
            let snapshot = state.table.snapshot().map_err(LakeError::table)?;
            // We hold the lock: another writer is one that does not keep to it, and what it wrote must be looked at first.
            let properties = CommitProperties::default().with_max_retries(0);
            let committed = CommitBuilder::from(properties.with_application_transactions(transactions))
                .with_actions(actions)
                .build(Some(snapshot), state.table.log_store(), operation)
                .await;
            let after = refresh(state).await?;
            match committed {
                Ok(_) => Ok(after),
                // What follows a commit (a checkpoint, the log's cleaning) can fail after the commit was made.
                Err(_) if after.delta_version > before.delta_version => Ok(after),
                Err(error) => Err(LakeError::table(error)),
            }
        })
    }

    /// Deletes files that are no part of the table: those that were replaced more than `keep` seconds ago, and what
    /// interrupted writes left. To be called with the right to write, so that nobody is about to commit them.
    pub(crate) fn vacuum(&self, keep: u64) -> Result<u64, LakeError> {
        let state = &mut *lock(&self.state);
        let root = self.path("")?;
        self.wait(async {
            let catalog = refresh(state).await?;
            let end = Timestamp::now().as_millisecond() - keep.min(TOMBSTONES_SECONDS) as i64 * 1000;
            let log_store = state.table.log_store();
            let snapshot = state.table.snapshot().map_err(LakeError::table)?;
            let mut kept: std::collections::HashSet<String> =
                catalog.files.iter().map(|file| file.path.clone()).collect();
            let mut tombstones = snapshot.all_tombstones(log_store.as_ref());
            while let Some(tombstone) = tombstones.next().await {
                let tombstone = tombstone.map_err(LakeError::table)?;
                if tombstone.deletion_timestamp().is_none_or(|deleted| deleted > end) {
                    kept.insert(tombstone.path().into_owned());
                }
            }
            let prefix = format!("{root}/");
            let listed: Vec<_> =
                self.place.store.list(Some(&root)).try_collect().await.map_err(LakeError::table)?;
            let mut deleted = 0;
            for object in listed {
                let name = object.location.as_ref().strip_prefix(&prefix).unwrap_or_default().to_owned();
                if name.ends_with(".parquet") && name.starts_with("kind=") && !kept.contains(&name) {
                    self.place.store.delete(&object.location).await.map_err(LakeError::table)?;
                    deleted += 1;
                }
            }
            Ok(deleted)
        })
    }
}

async fn refresh(state: &mut State) -> Result<Arc<Catalog>, LakeError> {
    // A table changes by a commit of the next version and in no other way, and the log keeps each for days: asking for
    // that one file costs a fiftieth of reading the log again, and servers ask all the time.
    if let Some(catalog) = &state.catalog {
        let log = state.table.log_store();
        let next = log.read_commit_entry(catalog.delta_version + 1).await.map_err(LakeError::table)?;
        if next.is_none() {
            return Ok(Arc::clone(catalog));
        }
    }
    state.table.update_state().await.map_err(LakeError::table)?;
    let version = state.table.version().unwrap_or_default();
    if let Some(catalog) = &state.catalog
        && catalog.delta_version == version
    {
        return Ok(Arc::clone(catalog));
    }
    let batches = transaction(&state.table, BATCHES).await?.unwrap_or_default();
    let snapshot = state.table.snapshot().map_err(LakeError::table)?;
    let mut files = Vec::new();
    for view in snapshot.log_data().iter() {
        let path = view.path().into_owned();
        let unreadable = || LakeError::Damaged(format!("the log's entry of `{path}` cannot be read"));
        files.push(Arc::new(DataFile {
            part: Part::parse(&view.partition_values_map()).ok_or_else(unreadable)?,
            bounds: view.stats().as_deref().and_then(Bounds::from_stats).ok_or_else(unreadable)?,
            bytes: view.size().unsigned_abs(),
            path,
        }));
    }
    files.sort_by(|a, b| (a.part, &a.path).cmp(&(b.part, &b.path)));
    let catalog = Arc::new(Catalog { delta_version: version, batches: batches.unsigned_abs(), files });
    state.catalog = Some(Arc::clone(&catalog));
    Ok(catalog)
}

async fn transaction(table: &DeltaTable, name: &str) -> Result<Option<i64>, LakeError> {
    let snapshot = table.snapshot().map_err(LakeError::table)?;
    snapshot.transaction_version(table.log_store().as_ref(), name).await.map_err(LakeError::table)
}

/// The usual place: a directory of the local disk.
pub(crate) fn local(dir: &FilePath) -> Result<Place, LakeError> {
    let absolute = std::path::absolute(dir).map_err(LakeError::io(dir))?;
    let url = Url::from_directory_path(&absolute)
        .map_err(|()| LakeError::Table(format!("`{}` is no place for a table", dir.display())))?;
    Ok(Place { store: Arc::new(crate::store::DurableDisk::new()), url })
}
