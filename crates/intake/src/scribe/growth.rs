//! How far the book has grown, for those who follow it: lists, caches, whoever waits for his own entry to be seen.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Call = Box<dyn Fn(u64) + Send + Sync>;

/// The book's size with its watchers.
pub(crate) struct Growth {
    size: AtomicU64,
    lock: Mutex<()>,
    grown: Condvar,
    calls: Mutex<Vec<Call>>,
}

impl Growth {
    pub(crate) fn new(size: u64) -> Self {
        Self {
            size: AtomicU64::new(size),
            lock: Mutex::new(()),
            grown: Condvar::new(),
            calls: Mutex::default(),
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size.load(Ordering::Acquire)
    }

    pub(crate) fn on_growth(&self, call: Call) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// Tells everybody that the book has this size now.
    pub(crate) fn grown_to(&self, size: u64) {
        if self.size.fetch_max(size, Ordering::AcqRel) >= size {
            return;
        }
        // Whoever has looked but does not sleep yet holds the lock.
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.grown.notify_all();
        for call in self.calls.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            call(size);
        }
    }

    pub(crate) fn wait_beyond(&self, size: u64, at_most: Duration) -> u64 {
        let end = Instant::now() + at_most;
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.size() <= size {
            let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                break;
            };
            guard = self.grown.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.size()
    }
}
