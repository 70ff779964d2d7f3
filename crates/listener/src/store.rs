//! From judged frames to the disk: everybody's rows in one write, and only then the answers.
//!
//! One thread a kind of station takes whatever has gathered while the last write ran, stores it in one call, and hands
//! the answers back. When the sink fails nothing is answered; the same rows are tried again until they are stored, the
//! queue fills, and the connections stop reading: the devices feel it as a slow line and keep their data.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use lake::{Kind, Measurement, Span};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::apart::Apart;
use crate::device::Device;
use crate::outbox::Outbox;
use crate::recent::{Contents, Key, Recent};
use crate::sink::{Sink, SinkError};

/// What one frame (or a whole split upload) wants stored, and who waits for it.
pub(crate) struct Job {
    pub(crate) device: Arc<Device>,
    pub(crate) span: Option<(Span, Timestamp)>,
    pub(crate) rows: Vec<Measurement>,
    /// JSON lines to keep apart.
    pub(crate) apart: Vec<String>,
    pub(crate) remember: Option<(Key, Contents)>,
    pub(crate) outbox: Arc<Outbox>,
    /// What the device gets once everything above is durable; empty: nothing.
    pub(crate) answer: Vec<u8>,
    /// This job's share of the memory that may wait.
    pub(crate) share: Option<OwnedSemaphorePermit>,
}

impl Job {
    fn weight(&self) -> usize {
        1 + self.rows.len() + self.apart.len()
    }
}

/// The way to the disk.
pub(crate) struct Store {
    /// None when closed: then nothing more is taken, and the threads end.
    queues: Mutex<Option<[UnboundedSender<Job>; 4]>>,
    recent: Arc<[Mutex<Recent>; 4]>,
    /// How many rows may wait; the queues themselves have no other bound.
    room: Arc<Semaphore>,
    most: usize,
    pub(crate) health: Arc<Health>,
}

/// How storing goes.
#[derive(Default)]
pub(crate) struct Health {
    /// Since when and why nothing can be stored.
    pub(crate) failing: Mutex<Option<(Timestamp, String)>>,
    pub(crate) rows: AtomicU64,
    pub(crate) writes: AtomicU64,
    closing: AtomicBool,
    woken: (Mutex<()>, Condvar),
}

/// What the storing threads need.
pub(crate) struct Parts {
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) apart: Arc<Apart>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) waiting_rows: usize,
    pub(crate) batch_rows: usize,
    pub(crate) recent_frames: usize,
}

impl Store {
    /// Starts the storing threads.
    pub(crate) fn start(parts: Parts) -> std::io::Result<(Self, Vec<JoinHandle<()>>)> {
        let parts = Arc::new(parts);
        let recent = Arc::new(std::array::from_fn(|_| Mutex::new(Recent::new(parts.recent_frames))));
        let health = Arc::new(Health::default());
        let mut threads = Vec::new();
        let mut senders = Vec::new();
        for kind in Kind::ALL {
            let (sender, receiver) = unbounded_channel();
            let worker = Worker {
                kind,
                parts: Arc::clone(&parts),
                recent: Arc::clone(&recent),
                health: Arc::clone(&health),
            };
            let name = format!("store-{}", kind.key());
            threads.push(std::thread::Builder::new().name(name).spawn(move || worker.run(receiver))?);
            senders.push(sender);
        }
        let queues: [_; 4] = senders.try_into().map_err(|_| std::io::Error::other("there are four kinds"))?;
        let queues = Mutex::new(Some(queues));
        let most = parts.waiting_rows.clamp(1, Semaphore::MAX_PERMITS);
        let store = Self { queues, recent, room: Arc::new(Semaphore::new(most)), most, health };
        Ok((store, threads))
    }

    /// Whether a frame's contents are what was stored last for it. If not, whatever was is forgotten, because it is about
    /// to be overtaken.
    pub(crate) fn is_repeat(&self, kind: Kind, key: Key, contents: Contents) -> bool {
        let mut recent = lock(&self.recent[index(kind)]);
        recent.holds(key, contents) || {
            recent.forget(key);
            false
        }
    }

    /// Queues a job; waits while too much is waiting already.
    pub(crate) async fn send(&self, kind: Kind, mut job: Job) {
        let weight = u32::try_from(job.weight().min(self.most)).unwrap_or(u32::MAX);
        job.share = Arc::clone(&self.room).acquire_many_owned(weight).await.ok();
        // When it is closed or the thread is gone nothing is answered, which is right.
        if let Some(queues) = &*lock(&self.queues) {
            let _ = queues[index(kind)].send(job);
        }
    }

    /// Takes nothing more; the threads end when they have stored what they have.
    pub(crate) fn close(&self) {
        lock(&self.queues).take();
    }

    /// Gives up waiting for a sink that fails: what is not stored by now stays unanswered.
    pub(crate) fn give_up(health: &Health) {
        health.closing.store(true, Ordering::SeqCst);
        health.woken.1.notify_all();
    }
}

struct Worker {
    kind: Kind,
    parts: Arc<Parts>,
    recent: Arc<[Mutex<Recent>; 4]>,
    health: Arc<Health>,
}

impl Worker {
    fn run(self, mut queue: UnboundedReceiver<Job>) {
        let mut jobs = Vec::new();
        while let Some(job) = queue.blocking_recv() {
            let mut weight = job.weight();
            jobs.push(job);
            while weight < self.parts.batch_rows {
                let Ok(job) = queue.try_recv() else { break };
                weight += job.weight();
                jobs.push(job);
            }
            self.settle(std::mem::take(&mut jobs));
        }
    }

    /// Stores the jobs and answers them; tries until it works or everything ends.
    fn settle(&self, mut jobs: Vec<Job>) {
        let mut pause = Duration::from_millis(50);
        let mut apart_done = false;
        loop {
            match self.store(&mut jobs, &mut apart_done) {
                Ok(()) => break self.answer(jobs),
                Err(SinkError::Never(_)) if jobs.len() > 1 => {
                    // One frame's rows will never be taken; the others must not suffer.
                    for job in jobs {
                        self.settle_alone(job, apart_done);
                    }
                    return;
                }
                Err(SinkError::Never(why)) => {
                    for job in jobs {
                        job.device.refuse("store-refused", &why);
                        job.outbox.settled(&[]);
                    }
                    return;
                }
                Err(SinkError::Later(why)) => {
                    lock(&self.health.failing).get_or_insert_with(|| ((self.parts.clock)(), why));
                    if self.health.closing.load(Ordering::SeqCst) {
                        return;
                    }
                    let guard = lock(&self.health.woken.0);
                    drop(self.health.woken.1.wait_timeout(guard, pause));
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
            }
        }
    }

    fn settle_alone(&self, mut job: Job, apart_done: bool) {
        if apart_done {
            job.apart.clear();
        }
        self.settle(vec![job]);
    }

    fn store(&self, jobs: &mut [Job], apart_done: &mut bool) -> Result<(), SinkError> {
        if !*apart_done {
            let lines = jobs.iter().flat_map(|job| &job.apart).map(String::as_str);
            let now = (self.parts.clock)();
            self.parts.apart.append(now, lines).map_err(|error| SinkError::Later(error.to_string()))?;
            *apart_done = true;
        }
        // Cloned, not moved, because a failed write needs them again.
        let rows: Vec<Measurement> = jobs.iter().flat_map(|job| &job.rows).cloned().collect();
        if rows.is_empty() {
            return Ok(());
        }
        let count = rows.len() as u64;
        self.parts.sink.store(self.kind, rows)?;
        self.health.rows.fetch_add(count, Ordering::Relaxed);
        self.health.writes.fetch_add(1, Ordering::Relaxed);
        *lock(&self.health.failing) = None;
        Ok(())
    }

    fn answer(&self, jobs: Vec<Job>) {
        {
            let mut recent = lock(&self.recent[index(self.kind)]);
            for (key, contents) in jobs.iter().filter_map(|job| job.remember) {
                recent.stored(key, contents);
            }
        }
        for job in jobs {
            if let Some((span, time)) = job.span {
                job.device.stored(span, time, job.rows.len() as u64);
            }
            job.outbox.settled(&job.answer);
        }
    }
}

fn index(kind: Kind) -> usize {
    match kind {
        Kind::Air => 0,
        Kind::Water => 1,
        Kind::Noise => 2,
        Kind::Other => 3,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
