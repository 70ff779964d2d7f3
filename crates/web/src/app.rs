//! What all requests share, and what is in force.

use std::sync::Arc;
use std::time::Instant;

use access::Policies;
use accounts::Accounts;
use arc_swap::ArcSwap;
use city::City;
use figures::blocking::Engine;
use intake::Scribe;
use lake::Lake;
use ledger::Ledger;
use pack::Pack;
use shelf::Shelf;
use tokio::sync::Semaphore;

use crate::fault::Fault;
use crate::kept::Kept;
use crate::limit::Limits;
use crate::mail::Mail;
use crate::metrics::Metrics;
use crate::panics;
use crate::provider::Provider;
use crate::settings::Settings;

/// What all requests share.
pub struct App {
    /// How the server was started.
    pub settings: Settings,
    /// Who may sign in, sessions, tokens, the audit trail.
    pub accounts: Accounts,
    /// The book. It is written through [`App::scribe`] only.
    pub book: Arc<Ledger>,
    /// The measurements, if the city has any.
    pub lake: Option<Arc<Lake>>,
    /// The one who writes into the book.
    pub scribe: Scribe,
    /// What is counted for `/metrics`.
    pub metrics: Metrics,
    /// When the server began.
    pub started: Instant,
    pub(crate) limits: Limits,
    in_force: ArcSwap<InForce>,
    heavy: Semaphore,
    /// What was made of the book for maps.
    pub maps: crate::page::map::Store,
    /// Years of measurements that were evaluated.
    pub years: crate::page::monitoring::Years,
    /// Documents that were checked, in memory for their sessions.
    pub checks: crate::page::check::Kept,
    /// Verifying and copying the book, behind the pages.
    pub tasks: crate::page::book::Tasks,
    /// Where identities come from, if the city has a provider of them.
    pub provider: Option<Provider>,
    /// How mail is sent, if the city sends any.
    pub mail: Option<Mail>,
}

/// The definitions in force, replaced as a whole when another pack is adopted.
pub struct InForce {
    /// The city's home, settings and pack.
    pub city: City,
    /// The pack.
    pub pack: Arc<Pack>,
    /// Who may do what, by the pack.
    pub policies: Policies,
    /// The engine over the book by this pack.
    pub engine: Arc<Engine>,
    /// The lists of records by this pack.
    pub shelf: Arc<Shelf>,
    /// Answers that were computed by these definitions.
    pub kept: Kept,
}

impl App {
    pub(crate) fn new(
        settings: Settings,
        accounts: Accounts,
        book: Arc<Ledger>,
        lake: Option<Arc<Lake>>,
        scribe: Scribe,
        in_force: InForce,
        provider: Option<Provider>,
    ) -> Self {
        Self {
            settings,
            accounts,
            book,
            lake,
            scribe,
            metrics: Metrics::new(),
            started: Instant::now(),
            limits: Limits::default(),
            in_force: ArcSwap::from_pointee(in_force),
            // As many at once as there are cores to do them, and one that waits for the disk.
            heavy: Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from) + 1),
            maps: crate::page::map::Store::default(),
            years: crate::page::monitoring::Years::default(),
            checks: crate::page::check::Kept::default(),
            tasks: crate::page::book::Tasks::default(),
            provider,
            mail: None,
        }
    }

    /// The definitions in force.
    pub fn now(&self) -> Arc<InForce> {
        self.in_force.load_full()
    }

    /// Puts other definitions in force; requests that are being answered keep theirs.
    pub fn put_in_force(&self, next: InForce) {
        self.in_force.store(Arc::new(next));
    }

    /// Does work that waits for the disk or computes, away from the threads that serve connections.
    pub async fn work<T, F>(self: &Arc<Self>, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&App) -> Result<T, Fault> + Send + 'static,
    {
        let app = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || panics::caught(|| work(&app))).await;
        done.map_err(Fault::internal)??
    }

    /// The same for what takes long (a check, a report, an export): only as many at once as the machine can do, so that
    /// pages stay quick beside them.
    pub async fn heavy_work<T, F>(self: &Arc<Self>, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(&App) -> Result<T, Fault> + Send + 'static,
    {
        let _turn = self.heavy.acquire().await.map_err(Fault::internal)?;
        self.work(work).await
    }
}
