//! The state file: what the listener knows of its devices, for `qingyuan hj212 state` and whoever else reads JSON.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::device::DeviceReport;

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateFile {
    /// When it was written. Older than a minute: the listener does not run.
    pub written: Timestamp,
    /// About the listener itself.
    pub listener: ListenerReport,
    /// About each device it was told of, in the order of their identities.
    pub devices: Vec<DeviceReport>,
}

/// About the listener itself, since it was started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListenerReport {
    /// When it was started.
    pub started: Option<Timestamp>,
    /// Open connections.
    pub connections: usize,
    /// Rows that became durable.
    pub rows: u64,
    /// In so many writes.
    pub writes: u64,
    /// Nothing can be stored since then; nothing is acknowledged since then.
    pub cannot_store_since: Option<Timestamp>,
    /// Why.
    pub cannot_store_because: Option<String>,
    /// Bytes and frames refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Connections closed by us, by reason.
    pub closed: BTreeMap<String, u64>,
    /// Devices that nobody has told us of: their frames are not stored. At most a thousand are named.
    pub unknown: BTreeMap<String, Unknown>,
}

/// A device that nobody has told us of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// How many frames it sent.
    pub frames: u64,
    /// When the last came.
    pub last_seen: Timestamp,
}

impl StateFile {
    /// Reads a state file; None if there is none.
    pub fn read(path: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes it in one step: a reader sees the old file or the new one.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let draft = path.with_extension("json.new");
        let mut file = File::create(&draft)?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        std::fs::rename(draft, path)
    }
}
