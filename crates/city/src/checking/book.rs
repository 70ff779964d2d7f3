//! The city's book as `check` asks it for figures.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use check::{Ask, Book};
use figure::{Figure, Snapshot};
use figures::Request;
use figures::blocking::Engine;

use crate::error::CityError;
use crate::home::Reported;

/// Figures computed by an engine, each once however often it is asked for.
pub struct CityBook {
    engine: Arc<Engine>,
    /// What is known now: figures asked for without a size are of this state, so that all of a batch agree.
    now: Snapshot,
    /// When the last report was handed out, if that was earlier.
    reported: Option<Reported>,
    known: HashMap<Ask, Option<Figure>>,
}

impl CityBook {
    /// The book as it is; `reported` is what was known when the last report was handed out.
    pub fn new(engine: Arc<Engine>, reported: Option<Reported>) -> Result<Self, CityError> {
        let now = engine.snapshot()?;
        let reported = reported.filter(|reported| reported.entries < now.known_at);
        Ok(Self { engine, now, reported, known: HashMap::new() })
    }

    /// What is known now.
    pub fn snapshot(&self) -> Snapshot {
        self.now
    }
}

impl Book for CityBook {
    fn figures(&mut self, asks: &[Ask]) -> Vec<Option<Figure>> {
        let mut wanted = HashSet::new();
        let missing: Vec<&Ask> =
            asks.iter().filter(|ask| !self.known.contains_key(*ask) && wanted.insert(*ask)).collect();
        let requests: Vec<Request> = missing.iter().map(|ask| self.request(ask)).collect();
        let computed = self.engine.evaluate_each(&requests);
        for (ask, figures) in missing.into_iter().zip(computed) {
            // A figure that cannot be computed (an indicator of another pack) is one that the book does not know.
            let figure = figures.ok().and_then(|figures| figures.into_iter().next());
            self.known.insert(ask.clone(), figure);
        }
        asks.iter().map(|ask| self.known.get(ask).cloned().flatten()).collect()
    }

    fn earlier(&self) -> Vec<u64> {
        self.reported.iter().map(|reported| reported.entries).collect()
    }
}

impl CityBook {
    fn request(&self, ask: &Ask) -> Request {
        let known_at = ask.known_at.unwrap_or(self.now.known_at);
        let then = self.reported.filter(|reported| reported.entries == known_at);
        Request {
            indicator: ask.indicator.clone(),
            period: ask.period,
            as_of: ask.as_of,
            known_at: Some(known_at),
            lake: then.map_or(self.now.lake, |reported| reported.batches),
            by: Vec::new(),
            scope: ask.scope.clone(),
        }
    }
}
