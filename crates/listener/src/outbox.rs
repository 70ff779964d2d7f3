//! What waits to be written to one connection.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Answers and requests for one connection: filled by the storing threads, emptied by the connection.
#[derive(Default)]
pub(crate) struct Outbox {
    bytes: Mutex<Vec<u8>>,
    notify: Notify,
    in_flight: AtomicUsize,
    closed: AtomicBool,
}

impl Outbox {
    /// Adds bytes to be written.
    pub(crate) fn push(&self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        }
        self.notify.notify_one();
    }

    /// One more frame is on its way to the disk.
    pub(crate) fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
    }

    /// One frame is done with, and this is its answer.
    pub(crate) fn settled(&self, answer: &[u8]) {
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        self.push(answer);
    }

    /// How many frames are on their way to the disk.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Moves what waits to the end of `out`.
    pub(crate) fn take_into(&self, out: &mut Vec<u8>) {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        if out.is_empty() {
            std::mem::swap(out, &mut bytes);
        } else {
            out.append(&mut bytes);
        }
    }

    /// Waits until something changes.
    pub(crate) async fn changed(&self) {
        self.notify.notified().await;
    }

    /// The connection has to end: it makes room for another.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.notify.notify_one();
    }

    /// Whether it has to end.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}
