//! A panic of a handler is a fault like any other of ours: told to whoever asks with the number of the request, logged by
//! its place in our source, and counted.
//!
//! What a panic says stays out of the log: it may hold what a person typed. So the standard hook, which prints it, is
//! passed over for panics that are caught here, and goes on for all others.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::pin::{Pin, pin};
use std::sync::Once;
use std::task::Poll;

use crate::fault::Fault;

thread_local! {
    /// Whether a panic of this thread is caught by us.
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    /// Where the last one was.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on, panics that are caught here leave their place and print nothing.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            if !WATCHED.get() {
                return before(info);
            }
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            PLACE.with(|last| *last.borrow_mut() = place);
        }));
    });
}

/// What the work gives, or the fault that a panic is.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    let before = WATCHED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    WATCHED.set(before);
    done.map_err(|_: Box<dyn Any + Send>| {
        let place = PLACE.with(|last| std::mem::take(&mut *last.borrow_mut()));
        Fault::Internal(format!("{PANIC} at {place}"))
    })
}

/// The same for work that waits in between.
pub(crate) async fn caught_async<F: Future>(work: F) -> Result<F::Output, Fault> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let mut polled: Pin<&mut F> = work.as_mut();
        match caught(|| polled.as_mut().poll(context)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Err(fault) => Poll::Ready(Err(fault)),
        }
    })
    .await
}

const PANIC: &str = "a panic";

/// Whether a fault is a panic that was caught.
pub(crate) fn is_panic(fault: &Fault) -> bool {
    matches!(fault, Fault::Internal(words) if words.starts_with(PANIC))
}

#[cfg(test)]
mod tests {
    use super::{caught, caught_async, is_panic, listen};

    #[test]
    fn a_panic_leaves_its_place_and_not_its_words() {
        listen();
        let fault = caught(|| -> u32 { panic!("张三 13800000000") }).expect_err("it panics");
        let words = fault.to_string();
        assert!(is_panic(&fault) && words.contains("panics.rs:") && !words.contains("张三"), "{words}");
        assert_eq!(caught(|| 3).expect("no panic"), 3);
    }

    #[tokio::test]
    async fn a_panic_after_waiting_is_caught_too() {
        listen();
        let work = async {
            tokio::task::yield_now().await;
            assert!(std::hint::black_box(1) > 1, "later");
        };
        assert!(is_panic(&caught_async(work).await.expect_err("it panics")));
    }
}
