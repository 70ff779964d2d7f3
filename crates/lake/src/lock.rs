//! The right to write: one process at a time. The system takes it back when the process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::LakeError;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file gives the lock back only when no copy of it is left, and a program that is just being started
        // by this process has one for a moment. If it fails, the end of the process does it.
        let _ = self.0.unlock();
    }
}

impl Lock {
    /// Takes a lock, waiting for it at most so long.
    pub(crate) fn take(path: &Path, patience: Duration) -> Result<Lock, LakeError> {
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(LakeError::io(path))?;
        let end = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < end => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => {
                    let mut pid = String::new();
                    // Only advice for people: whatever hinders reading it must not hide that the lock is held.
                    let _ = file.take(20).read_to_string(&mut pid);
                    return Err(LakeError::Locked { lock: path.to_owned(), pid: pid.trim().parse().ok() });
                }
                Err(TryLockError::Error(error)) => return Err(LakeError::io(path)(error)),
            }
        }
        // The number is advice; a full disk must not hinder whoever only wants to flush or delete.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Lock(file))
    }
}
