//! The engine for programs that wait: the same methods, with a runtime of their own.

use std::path::Path;
use std::sync::Arc;

use figure::{Figure, FigureId, Measured, Snapshot};
use pack::Pack;
use tokio::runtime::{Builder, Runtime};

use crate::book::EntrySource;
use crate::diff::Difference;
use crate::engine::Phase;
use crate::error::FigureError;
use crate::listing::Listing;
use crate::monitor::{MeasuredNote, MeasurementSource};
use crate::request::Request;
use crate::trace::Trace;

/// [`crate::Engine`] without `async`. Not for use inside of an asynchronous task.
pub struct Engine {
    engine: crate::Engine,
    runtime: Rest,
}

/// A runtime that may end anywhere, also where nobody may wait: a server drops an engine when it adopts another pack.
struct Rest(Option<Runtime>);

impl Rest {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.as_ref().expect("only dropping takes the runtime").block_on(future)
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Engine {
    /// See [`crate::Engine::open`].
    pub fn open(
        pack: Arc<Pack>,
        book: Arc<dyn EntrySource>,
        cache: Option<&Path>,
    ) -> Result<Self, FigureError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            // As much as a program's first thread has: plans are walked recursively.
            .thread_stack_size(8 << 20)
            .build()
            .map_err(|error| FigureError::Engine(error.to_string()))?;
        Ok(Self { engine: crate::Engine::open(pack, book, cache)?, runtime: Rest(Some(runtime)) })
    }

    /// See [`crate::Engine::with_measurements`].
    #[must_use]
    pub fn with_measurements(self, source: Arc<dyn MeasurementSource>) -> Self {
        Self { engine: self.engine.with_measurements(source), ..self }
    }

    /// See [`crate::Engine::is_measured`].
    pub fn is_measured(&self, indicator: &str) -> bool {
        self.engine.is_measured(indicator)
    }

    /// See [`crate::Engine::keeping`].
    #[must_use]
    pub fn keeping(mut self, build: &[u8]) -> Self {
        self.engine = self.engine.keeping(build);
        self
    }

    /// The engine itself, for what this facade does not offer.
    pub fn engine(&self) -> &crate::Engine {
        &self.engine
    }

    /// See [`crate::Engine::pack`].
    pub fn pack(&self) -> &Arc<Pack> {
        self.engine.pack()
    }

    /// See [`crate::Engine::snapshot`].
    pub fn snapshot(&self) -> Result<Snapshot, FigureError> {
        self.engine.snapshot()
    }

    /// See [`crate::Engine::evaluate`].
    pub fn evaluate(&self, requests: &[Request]) -> Result<Vec<Vec<Figure>>, FigureError> {
        self.runtime.block_on(self.engine.evaluate(requests))
    }

    /// See [`crate::Engine::evaluate_each`].
    pub fn evaluate_each(&self, requests: &[Request]) -> Vec<Result<Vec<Figure>, FigureError>> {
        self.runtime.block_on(self.engine.evaluate_each(requests))
    }

    /// See [`crate::Engine::trace`].
    pub fn trace(&self, id: &FigureId) -> Result<Trace, FigureError> {
        self.runtime.block_on(self.engine.trace(id))
    }

    /// See [`crate::Engine::listing`].
    pub fn listing(&self, id: &FigureId) -> Result<Listing, FigureError> {
        self.runtime.block_on(self.engine.listing(id))
    }

    /// See [`crate::Engine::diff`].
    pub fn diff(&self, id: &FigureId, now: Option<u64>) -> Result<Difference, FigureError> {
        self.runtime.block_on(self.engine.diff(id, now))
    }

    /// See [`crate::Engine::export`].
    pub fn export(
        &self,
        table: &str,
        as_of: jiff::civil::Date,
        known_at: u64,
    ) -> Result<Vec<arrow::record_batch::RecordBatch>, FigureError> {
        self.runtime.block_on(self.engine.export(table, as_of, known_at))
    }

    /// See [`crate::Engine::measurements`].
    pub fn measurements(&self, place: &Measured, lake: u64) -> Result<Vec<MeasuredNote>, FigureError> {
        self.engine.measurements(place, lake)
    }

    /// See [`crate::Engine::phases`].
    pub fn phases(&self) -> Phase {
        self.engine.phases()
    }
}
