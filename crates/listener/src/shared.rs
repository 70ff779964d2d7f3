//! What all connections share: the devices, the way to the disk, the counters.

use std::collections::{BTreeMap, HashMap};
use std::hash::RandomState;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hj212::{Assembler, Limits};
use jiff::Timestamp;
use message::Text;

use crate::device::Device;
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::state::{ListenerReport, StateFile, Unknown};
use crate::store::Store;

/// Shared by the server, its connections and its handles.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) devices: BTreeMap<String, Arc<Device>>,
    pub(crate) store: Store,
    pub(crate) hashers: [RandomState; 2],
    pub(crate) sets: Mutex<Assembler>,
    pub(crate) began: Instant,
    pub(crate) connections: Mutex<Connections>,
    counts: Mutex<ListenerReport>,
    last_qn: AtomicU64,
    said: Mutex<(Instant, u32)>,
    /// Whether any station takes a Modbus CRC: else the decoder need not look for it.
    pub(crate) any_modbus: bool,
}

/// The open connections.
#[derive(Default)]
pub(crate) struct Connections {
    next: u64,
    open: BTreeMap<u64, Arc<Entry>>,
    by_address: HashMap<IpAddr, u32>,
}

/// One open connection.
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) address: IpAddr,
    pub(crate) outbox: Arc<Outbox>,
    /// Whether a known device has spoken on it.
    pub(crate) known: AtomicBool,
}

impl Entry {
    /// Nobody's connection: for what is stored without anybody waiting.
    pub(crate) fn nobody() -> Self {
        Self {
            number: 0,
            address: IpAddr::from([0, 0, 0, 0]),
            outbox: Arc::default(),
            known: AtomicBool::new(true),
        }
    }
}

/// Why a connection is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    /// All places are taken by known devices.
    Full,
    /// This address has enough.
    Address,
}

const MOST_UNKNOWN: usize = 1_000;
const LINES_A_SECOND: u32 = 20;

impl Shared {
    pub(crate) fn new(settings: Settings, devices: BTreeMap<String, Arc<Device>>, store: Store) -> Self {
        let limits = Limits { timeout: settings.split_timeout, ..Limits::default() };
        let counts = ListenerReport { started: Some((settings.clock)()), ..ListenerReport::default() };
        let any_modbus = devices.values().any(|device| device.station.accept_modbus_crc);
        Self {
            settings,
            devices,
            store,
            hashers: [RandomState::new(), RandomState::new()],
            sets: Mutex::new(Assembler::new(limits)),
            began: Instant::now(),
            connections: Mutex::default(),
            counts: Mutex::new(counts),
            last_qn: AtomicU64::new(0),
            said: Mutex::new((Instant::now(), 0)),
            any_modbus,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }

    /// An instant for a QN of our own, no two alike.
    pub(crate) fn fresh_instant(&self) -> Timestamp {
        let now = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
        let mut fresh = now;
        let _ = self.last_qn.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| {
            fresh = now.max(last + 1);
            Some(fresh)
        });
        i64::try_from(fresh)
            .ok()
            .and_then(|fresh| Timestamp::from_millisecond(fresh).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn lock_sets(&self) -> MutexGuard<'_, Assembler> {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counts(&self) -> MutexGuard<'_, ListenerReport> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts bytes or a frame that was refused.
    pub(crate) fn refused(&self, reason: &str) {
        *self.counts().refused.entry(reason.to_owned()).or_default() += 1;
    }

    /// Counts a connection that was closed or not taken.
    pub(crate) fn closed(&self, reason: &str) {
        *self.counts().closed.entry(reason.to_owned()).or_default() += 1;
    }

    /// Counts a frame of a device that nobody has told us of.
    pub(crate) fn unknown(&self, mn: &str) {
        let name: String = mn.chars().filter(|letter| !letter.is_control()).take(32).collect();
        let now = self.now();
        let mut counts = self.counts();
        *counts.refused.entry("unknown-device".to_owned()).or_default() += 1;
        if counts.unknown.len() < MOST_UNKNOWN || counts.unknown.contains_key(&name) {
            let unknown = counts.unknown.entry(name).or_insert(Unknown { frames: 0, last_seen: now });
            unknown.frames += 1;
            unknown.last_seen = now;
        }
    }

    /// Says something in the log; more than a few lines a second are only counted, so that nobody can fill the disk
    /// through it.
    pub(crate) fn say(&self, text: impl FnOnce() -> Text) {
        let unsaid = {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let unsaid = said.1.saturating_sub(LINES_A_SECOND);
            let fresh = said.0.elapsed() >= Duration::from_secs(1);
            if fresh {
                *said = (Instant::now(), 0);
            }
            said.1 += 1;
            if said.1 > LINES_A_SECOND {
                return;
            }
            if fresh { unsaid } else { 0 }
        };
        if unsaid > 0 {
            (self.settings.log)(&message::text!(
                "另有 {unsaid} 条未记",
                "{unsaid} more lines were not written"
            ));
        }
        (self.settings.log)(&text());
    }

    /// Takes a connection, if there is room; an unknown one makes room for it if need be.
    pub(crate) fn enter(&self, address: IpAddr) -> Result<Arc<Entry>, NoRoom> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let here = connections.by_address.get(&address).copied().unwrap_or_default();
        if self.settings.most_by_address.is_some_and(|most| here >= most) {
            return Err(NoRoom::Address);
        }
        if connections.open.len() >= self.settings.most_connections {
            let stranger = connections
                .open
                .values()
                .find(|entry| !entry.known.load(Ordering::Relaxed) && !entry.outbox.is_closed())
                .ok_or(NoRoom::Full)?;
            stranger.outbox.close();
        }
        connections.next += 1;
        let entry = Arc::new(Entry {
            number: connections.next,
            address,
            outbox: Arc::default(),
            known: AtomicBool::new(false),
        });
        connections.open.insert(entry.number, Arc::clone(&entry));
        *connections.by_address.entry(address).or_default() += 1;
        Ok(entry)
    }

    /// A connection is gone.
    pub(crate) fn leave(&self, entry: &Entry) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.open.remove(&entry.number);
        if let Some(count) = connections.by_address.get_mut(&entry.address) {
            *count -= 1;
            if *count == 0 {
                connections.by_address.remove(&entry.address);
            }
        }
    }

    /// How many connections are open.
    pub(crate) fn open_connections(&self) -> usize {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).open.len()
    }

    /// Everything that is known now.
    pub(crate) fn state(&self) -> StateFile {
        let now = self.now();
        let mut listener = self.counts().clone();
        listener.connections = self.open_connections();
        listener.rows = self.store.health.rows.load(Ordering::Relaxed);
        listener.writes = self.store.health.writes.load(Ordering::Relaxed);
        let failing = self.store.health.failing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        listener.cannot_store_since = failing.as_ref().map(|(since, _)| *since);
        listener.cannot_store_because = failing.map(|(_, why)| why);
        StateFile {
            written: now,
            listener,
            devices: self.devices.values().map(|device| device.report(now)).collect(),
        }
    }
}
