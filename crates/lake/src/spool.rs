//! The durable spool in front of the table.
//!
//! A device wants its answer at once, and a Delta commit a frame would be absurd. So what arrives is appended to a segment
//! file and synced before the answer; whole segments are moved into the table later, by [`crate::Lake::flush`].
//!
//! Group commit without a thread of its own: every caller puts its record into the queue. If nobody leads, it leads: it
//! writes everything that has queued up as one frame, syncs, wakes those whose records were in it, and hands the lead to
//! the first of those who came meanwhile. (Waiting for a mutex in turn instead would wake the callers one after the other,
//! each by the one before: many threads would be slower than one.)

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

use jiff::Timestamp;

use crate::error::LakeError;
use crate::lock::Lock;
use crate::measurement::{Kind, Measurement};
use crate::rows::check_rows;
use crate::segment;
use crate::store::sync_dir;

/// One frame holds at most so many bytes of records, unless one record alone is longer.
const FRAME_BYTES: usize = 4 << 20;

/// The way in for what arrives all the time: durable when [`Spool::store`] returns. Clones are the same spool.
#[derive(Clone)]
pub struct Spool(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    dir: PathBuf,
    segment_bytes: u64,
    queue: Mutex<Queue>,
    tail: Mutex<Tail>,
    _lock: Lock,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Somebody leads, or was asked to.
    led: bool,
}

struct Waiting {
    record: Vec<u8>,
    caller: Arc<Caller>,
}

/// A thread that waits for its answer, and what it is to do next.
struct Caller {
    thread: Thread,
    next: Mutex<Option<Next>>,
}

enum Next {
    Lead,
    Return(Result<(), Failure>),
}

impl Caller {
    fn wake(&self, next: Next) {
        *lock(&self.next) = Some(next);
        self.thread.unpark();
    }

    fn wait(&self) -> Next {
        loop {
            if let Some(next) = lock(&self.next).take() {
                return next;
            }
            thread::park();
        }
    }
}

/// One failure is told to everybody whose record was in the frame.
#[derive(Clone)]
struct Failure {
    path: PathBuf,
    kind: io::ErrorKind,
    code: Option<i32>,
    words: String,
}

impl Failure {
    fn new(path: &Path, error: &io::Error) -> Failure {
        let path = path.to_owned();
        Failure { path, kind: error.kind(), code: error.raw_os_error(), words: error.to_string() }
    }

    fn into_error(self) -> LakeError {
        let source = match self.code {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(self.kind, self.words),
        };
        LakeError::Io { path: self.path, source }
    }
}

/// The end of the spool.
struct Tail {
    /// The number of the next segment.
    next: u64,
    open: Option<Open>,
}

/// The segment that is being written.
struct Open {
    path: PathBuf,
    file: File,
    /// What is safe ends here.
    end: u64,
    /// There may be bytes behind the end that must not be taken for a frame: a write or sync failed, and so did taking
    /// them away.
    dirty: bool,
}

impl Spool {
    /// Opens a spool for writing. Segments that are there already stay closed.
    pub(crate) fn open(dir: &Path, lock: Lock, first: u64, segment_bytes: u64) -> Result<Spool, LakeError> {
        let last = segments(dir)?.last().map_or(0, |(number, _)| number + 1);
        let tail = Tail { next: last.max(first), open: None };
        Ok(Spool(Arc::new(Inner {
            dir: dir.to_owned(),
            segment_bytes,
            queue: Mutex::default(),
            tail: Mutex::new(tail),
            _lock: lock,
        })))
    }

    /// Stores rows, all of them or none. They are on the disk when this returns Ok; many threads at once share an fsync.
    /// After an Err nothing of them will appear (unless the process is killed before it could take back what it had
    /// written), and the same call can be made again.
    ///
    /// This waits for the disk: from async code call it where blocking is allowed.
    pub fn store(&self, kind: Kind, rows: Vec<Measurement>) -> Result<(), LakeError> {
        check_rows(&rows)?;
        if rows.is_empty() {
            return Ok(());
        }
        let record = segment::record(kind, Timestamp::now().as_microsecond(), &rows);
        drop(rows);
        let caller = Arc::new(Caller { thread: thread::current(), next: Mutex::new(None) });
        let leads = {
            let mut queue = lock(&self.0.queue);
            queue.waiting.push_back(Waiting { record, caller: Arc::clone(&caller) });
            !std::mem::replace(&mut queue.led, true)
        };
        if leads {
            self.0.lead();
        }
        loop {
            match caller.wait() {
                Next::Return(outcome) => return outcome.map_err(Failure::into_error),
                Next::Lead => self.0.lead(),
            }
        }
    }
}

/// Records that are written together. However the writing ends, everybody is answered and somebody leads on.
struct Group<'a> {
    inner: &'a Inner,
    waiting: Vec<Waiting>,
    outcome: Result<(), Failure>,
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        for one in self.waiting.drain(..) {
            one.caller.wake(Next::Return(self.outcome.clone()));
        }
        let mut queue = lock(&self.inner.queue);
        match queue.waiting.front() {
            Some(first) => first.caller.wake(Next::Lead),
            None => queue.led = false,
        }
    }
}

impl Inner {
    /// Writes what waits, which begins with the caller's own record.
    fn lead(&self) {
        let mut tail = lock(&self.tail);
        let stopped = Failure::new(&self.dir, &io::Error::other("the writer stopped"));
        let mut group = Group { inner: self, waiting: self.next_group(), outcome: Err(stopped) };
        let frame = segment::frame(group.waiting.iter().map(|one| &one.record[..]));
        group.outcome = self.write(&mut tail, &frame);
    }

    fn next_group(&self) -> Vec<Waiting> {
        let mut queue = lock(&self.queue);
        let mut bytes = 0;
        let fitting = queue.waiting.iter().take_while(|one| {
            let first = bytes == 0;
            bytes += one.record.len();
            first || bytes <= FRAME_BYTES
        });
        let fitting = fitting.count();
        queue.waiting.drain(..fitting).collect()
    }

    /// Closes the segment that is being written, so that it can be flushed: all segments before the number returned can.
    pub(crate) fn close_segment(&self) -> Result<u64, LakeError> {
        let mut tail = lock(&self.tail);
        if let Some(open) = &mut tail.open {
            open.clean().map_err(|error| Failure::new(&open.path, &error).into_error())?;
            tail.open = None;
        }
        Ok(tail.next)
    }

    /// Writes a frame and waits until it is on the disk.
    fn write(&self, tail: &mut Tail, frame: &[u8]) -> Result<(), Failure> {
        if tail.open.as_ref().is_some_and(|open| open.end >= self.segment_bytes && !open.dirty) {
            tail.open = None;
        }
        let mut open = match tail.open.take() {
            Some(open) => open,
            None => self.new_segment(tail)?,
        };
        let written = open.clean().and_then(|()| open.append(frame));
        let outcome = written.map_err(|error| {
            // After a failed sync nobody knows what the disk has: nothing is written behind it before the file was cut
            // back to what was safe, here or at the next call.
            let _ = open.clean();
            Failure::new(&open.path, &error)
        });
        tail.open = Some(open);
        outcome
    }

    fn new_segment(&self, tail: &mut Tail) -> Result<Open, Failure> {
        let path = self.dir.join(name(tail.next));
        let failed = |error: io::Error| Failure::new(&path, &error);
        let mut file = File::options().write(true).create_new(true).open(&path).map_err(failed)?;
        let number = tail.next;
        tail.next += 1;
        let begun = file
            .write_all(&segment::header(number))
            .and_then(|()| file.sync_data())
            .and_then(|()| sync_dir(&self.dir));
        if let Err(error) = begun {
            // It holds nothing, so nothing is lost if it stays.
            let _ = fs::remove_file(&path);
            return Err(failed(error));
        }
        Ok(Open { path, file, end: segment::HEADER as u64, dirty: false })
    }
}

impl Open {
    fn append(&mut self, frame: &[u8]) -> io::Result<()> {
        self.dirty = true;
        self.file.write_all(frame)?;
        self.file.sync_data()?;
        self.dirty = false;
        self.end += frame.len() as u64;
        Ok(())
    }

    /// Takes away what may stand behind the end.
    fn clean(&mut self) -> io::Result<()> {
        if self.dirty {
            self.file.set_len(self.end)?;
            self.file.seek(SeekFrom::Start(self.end))?;
            self.file.sync_data()?;
            self.dirty = false;
        }
        Ok(())
    }
}

/// The name of a segment's file.
fn name(number: u64) -> String {
    format!("{number:016}.segment")
}

/// The segments of a spool, in order.
pub(crate) fn segments(dir: &Path) -> Result<Vec<(u64, PathBuf)>, LakeError> {
    listed(dir, ".segment")
}

/// Segments that were set aside because a part of them could not be read.
pub(crate) fn damaged_segments(dir: &Path) -> Result<Vec<(u64, PathBuf)>, LakeError> {
    listed(dir, ".damaged")
}

fn listed(dir: &Path, ending: &str) -> Result<Vec<(u64, PathBuf)>, LakeError> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(dir).map_err(LakeError::io(dir))? {
        let path = entry.map_err(LakeError::io(dir))?.path();
        let number =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(ending));
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            segments.push((number, path));
        }
    }
    segments.sort();
    Ok(segments)
}

/// Sets a segment aside.
pub(crate) fn set_aside(path: &Path) -> Result<(), LakeError> {
    let aside = path.with_extension("damaged");
    fs::rename(path, &aside).map_err(LakeError::io(&aside))
}

/// Locks a mutex. What our mutexes guard is replaced as a whole, so a panic elsewhere leaves nothing half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
