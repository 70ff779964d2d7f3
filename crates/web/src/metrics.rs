//! What is counted for Prometheus. Labels are route templates and statuses, never addresses, names or records.
//!
//! | name | kind | what |
//! |---|---|---|
//! | `qingyuan_requests_total{route,method,status}` | counter | requests answered |
//! | `qingyuan_request_seconds{route}` | histogram | seconds until the answer began |
//! | `qingyuan_connections` | gauge | open connections |
//! | `qingyuan_sessions` | gauge | sessions in which somebody is signed in |
//! | `qingyuan_book_entries` | gauge | entries of the book |
//! | `qingyuan_broken_files_total` | counter | downloads that failed midway |
//! | `qingyuan_panics_total` | counter | handlers that panicked |
//! | `qingyuan_mails_sent_total`, `qingyuan_mails_failed_total` | counter | mails that a mail server took, or that came to nothing |
//! | `qingyuan_kept_found_total`, `qingyuan_kept_computed_total` | counter | page answers found in memory, or computed |
//! | `qingyuan_kept_answers`, `qingyuan_kept_weight` | gauge | page answers in memory, and what they weigh of at most 20,000 |
//! | `qingyuan_engine_found_total`, `qingyuan_engine_computed_total` | counter | sums of indicators found in memory, or computed |
//! | `qingyuan_engine_held` | gauge | groups of such sums in memory |
//!
//! The last six are of the definitions in force: they begin anew when a pack is adopted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::app::App;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// The counters.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    /// Entries of the book.
    pub entries: Gauge<u64, AtomicU64>,
    /// Connections that are open.
    pub connections: Gauge<i64>,
    /// Files that broke off while they were sent.
    pub broken_files: Counter,
    /// Handlers that panicked; each was told as an error of ours.
    pub panics: Counter,
    mails_sent: Counter,
    mails_failed: Counter,
    sessions: Gauge<u64, AtomicU64>,
    kept: Cache,
    engine: Cache,
    kept_weight: Gauge<u64, AtomicU64>,
}

/// What is told of answers in memory.
#[derive(Default)]
struct Cache {
    found: Counter,
    computed: Counter,
    held: Gauge<u64, AtomicU64>,
}

impl Cache {
    /// What was counted elsewhere.
    fn set(&self, found: u64, computed: u64, held: u64) {
        self.found.inner().store(found, Ordering::Relaxed);
        self.computed.inner().store(computed, Ordering::Relaxed);
        self.held.set(held);
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("qingyuan");
        let answered = Family::<Answered, Counter>::default();
        let seconds = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(buckets);
        let (entries, connections) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Requests answered", answered.clone());
        registry.register("request_seconds", "Seconds until the answer began", seconds.clone());
        registry.register("book_entries", "Entries of the book", entries.clone());
        registry.register("connections", "Open connections", connections.clone());
        let broken_files = Counter::default();
        let help = "Downloads that failed midway; the client saw a broken transfer";
        registry.register("broken_files", help, broken_files.clone());
        let panics = Counter::default();
        registry.register(
            "panics",
            "Handlers that panicked; each was told as an error of ours",
            panics.clone(),
        );
        let (mails_sent, mails_failed) = (Counter::default(), Counter::default());
        registry.register("mails_sent", "Mails that a mail server took", mails_sent.clone());
        registry.register("mails_failed", "Mails that came to nothing", mails_failed.clone());
        let (sessions, kept_weight) = (Gauge::default(), Gauge::default());
        let (kept, engine) = (Cache::default(), Cache::default());
        registry.register("sessions", "Sessions in which somebody is signed in", sessions.clone());
        registry.register("kept_found", "Answers of pages found in memory", kept.found.clone());
        registry.register("kept_computed", "Answers of pages that were computed", kept.computed.clone());
        registry.register("kept_answers", "Answers of pages in memory", kept.held.clone());
        registry.register("kept_weight", "What these weigh, of at most 20,000", kept_weight.clone());
        registry.register("engine_found", "Sums of indicators found in memory", engine.found.clone());
        registry.register(
            "engine_computed",
            "Sums of indicators that were computed",
            engine.computed.clone(),
        );
        registry.register("engine_held", "Groups of such sums in memory", engine.held.clone());
        Self {
            registry,
            answered,
            seconds,
            entries,
            connections,
            broken_files,
            panics,
            mails_sent,
            mails_failed,
            sessions,
            kept,
            engine,
            kept_weight,
        }
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, method: &axum::http::Method, status: u16, took: Duration) {
        let method = match method.as_str() {
            "GET" => "GET",
            "POST" => "POST",
            "PUT" => "PUT",
            "PATCH" => "PATCH",
            "DELETE" => "DELETE",
            "HEAD" => "HEAD",
            _ => "other",
        };
        self.answered.get_or_create(&Answered { route: route.to_owned(), method, status }).inc();
        self.seconds.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// A mail was handed to a mail server, or was not.
    pub fn mailed(&self, taken: bool) {
        if taken {
            self.mails_sent.inc()
        } else {
            self.mails_failed.inc()
        };
    }

    /// Takes over what is counted elsewhere. What cannot be read keeps its last number: `/readyz` tells of that, and the
    /// other counters are wanted most when something is broken.
    pub fn look_at(&self, app: &App) {
        let now = app.now();
        let (kept, engine) = (now.kept.counts(), now.engine.engine().memo());
        self.kept.set(kept.found, kept.computed, kept.answers);
        self.kept_weight.set(kept.weight);
        self.engine.set(engine.found, engine.computed, engine.held);
        let _ = app.accounts.live_sessions().map(|sessions| self.sessions.set(sessions));
        let _ = app.book.size().map(|entries| self.entries.set(entries));
    }

    /// As Prometheus reads it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// From half a millisecond to half a minute.
fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.000_5, 2.0, 16))
}
