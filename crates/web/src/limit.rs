//! How often one visitor may ask: a bucket each, refilled as time goes by.
//!
//! It keeps one client, broken or hostile, from using up what all share. Guessing passwords is slowed elsewhere, in the
//! store (`accounts`), where a restart does not forget it; this here is about load, so memory is enough.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many requests a second are answered for long, and how many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// For long.
    pub a_second: u32,
    /// At once, after a pause.
    pub at_once: u32,
}

/// The buckets.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of a request that are left.
    left: u64,
    seen: Instant,
}

/// More visitors than this are not remembered; those who have a full bucket are forgotten first.
const MOST: usize = 100_000;

impl Limits {
    /// Takes one request out of the visitor's bucket; else how many seconds to wait.
    pub(crate) fn take(&self, visitor: &str, rate: Rate, now: Instant) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(visitor) {
            let idle = Duration::from_secs(u64::from(rate.at_once / rate.a_second.max(1)) + 1);
            buckets.retain(|_, bucket| now.saturating_duration_since(bucket.seen) < idle);
            if buckets.len() >= MOST {
                return Err(1);
            }
        }
        let full = u64::from(rate.at_once) * 1_000;
        let bucket = buckets.entry(visitor.to_owned()).or_insert(Bucket { left: full, seen: now });
        let passed =
            u64::try_from(now.saturating_duration_since(bucket.seen).as_millis()).unwrap_or(u64::MAX);
        // Whole milliseconds are counted; the rest of one stays on the clock.
        if passed > 0 {
            bucket.left =
                bucket.left.saturating_add(passed.saturating_mul(u64::from(rate.a_second))).min(full);
            bucket.seen = now;
        }
        if bucket.left >= 1_000 {
            bucket.left -= 1_000;
            return Ok(());
        }
        Err(((1_000 - bucket.left) / (u64::from(rate.a_second.max(1)) * 1_000)) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { a_second: 10, at_once: 20 };

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limits = Limits::default();
        let begin = Instant::now();
        let taken = |visitor: &str, at: u64| {
            (0..100).filter(|_| limits.take(visitor, RATE, begin + Duration::from_millis(at)).is_ok()).count()
        };
        assert_eq!(taken("one", 0), 20);
        assert_eq!(taken("two", 0), 20);
        assert_eq!(taken("one", 500), 5);
        assert_eq!(taken("one", 60_000), 20);
        assert_eq!(limits.take("one", RATE, begin + Duration::from_millis(60_001)), Err(1));
    }
}
