//! A runtime of the lake's own, so that its functions can be called from anywhere that may wait.

use tokio::runtime::Handle;

use crate::error::LakeError;

/// Waits for the store's asynchronous answers.
pub(crate) struct Runtime(Option<tokio::runtime::Runtime>, Handle);

impl Runtime {
    pub(crate) fn new() -> Result<Runtime, LakeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("lake")
            .enable_all()
            .build()
            .map_err(LakeError::io("tokio"))?;
        let handle = runtime.handle().clone();
        Ok(Runtime(Some(runtime), handle))
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.1
    }

    /// Waits, also inside somebody else's runtime: such a thread must not drive ours, but a thread of its own can.
    pub(crate) fn wait<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        if Handle::try_current().is_err() {
            return self.1.block_on(future);
        }
        std::thread::scope(|scope| match scope.spawn(|| self.1.block_on(future)).join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // Everything that was begun has been waited for. (To wait here would panic inside somebody else's runtime.)
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
