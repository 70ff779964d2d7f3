//! A queue that many fill and some empty, all that waits at once or one by one.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Things that wait. After [`Queue::close`] nothing more comes in; what is in comes out.
pub(crate) struct Queue<T> {
    state: Mutex<(VecDeque<T>, bool)>,
    news: Condvar,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { state: Mutex::new((VecDeque::new(), false)), news: Condvar::new() }
    }
}

impl<T> Queue<T> {
    /// Puts something in; gives it back if the queue is closed.
    pub(crate) fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.1 {
            return Err(item);
        }
        state.0.push_back(item);
        drop(state);
        self.news.notify_one();
        Ok(())
    }

    /// Takes in nothing more.
    pub(crate) fn close(&self) {
        self.lock().1 = true;
        self.news.notify_all();
    }

    /// Wakes all who wait, so that they look at what else they must heed.
    pub(crate) fn wake(&self) {
        // Whoever has looked but does not sleep yet holds the lock.
        drop(self.lock());
        self.news.notify_all();
    }

    /// Moves all that waits to `into`; waits so long for something. False if nothing will ever come again.
    pub(crate) fn drain_into(&self, into: &mut VecDeque<T>, at_most: Duration) -> bool {
        let mut state = self.lock();
        if state.0.is_empty() && !state.1 && !at_most.is_zero() {
            state = self.news.wait_timeout(state, at_most).unwrap_or_else(PoisonError::into_inner).0;
        }
        into.append(&mut state.0);
        !state.1
    }

    /// Takes one; waits for it. None once `over`, or when the queue is closed and empty.
    pub(crate) fn pop(&self, over: &AtomicBool) -> Option<T> {
        let mut state = self.lock();
        loop {
            if over.load(Ordering::Acquire) {
                return None;
            }
            if let Some(item) = state.0.pop_front() {
                return Some(item);
            }
            if state.1 {
                return None;
            }
            state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, (VecDeque<T>, bool)> {
        // Moving items in and out leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
