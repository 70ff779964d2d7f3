//! What the listener knows of its stations: plain data, whoever supplies it.

mod builtin;
mod file;
mod mapping;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use lake::{Kind, Micro};
use message::Text;

use crate::time::Tolerance;
use crate::value::Ratio;

pub use file::read_stations;
pub use mapping::{MappingFault, known_items, parse_mapping};

/// One device and the station it reports for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationConfig {
    /// The device's identity, as its frames carry it.
    pub mn: String,
    /// The station's code in the lake.
    pub code: String,
    /// The kind of station.
    pub kind: Kind,
    /// Which values of its frames are kept, as what.
    pub items: Vec<ItemMapping>,
    /// The password that its frames must carry; None: any.
    pub password: Option<String>,
    /// Whether frames with a Modbus CRC are taken: a mistake of some makers.
    pub accept_modbus_crc: bool,
    /// What becomes of codes that `items` does not name.
    pub unmapped: Unmapped,
    /// How far its clock may be off.
    pub tolerance: Tolerance,
    /// Unheard of for so long, it counts as offline.
    pub offline_after: SignedDuration,
    /// Data that arrive so long after the end of their interval count as late.
    pub late_after: SignedDuration,
}

impl StationConfig {
    /// A station with the usual tolerances.
    pub fn new(mn: impl Into<String>, code: impl Into<String>, kind: Kind, items: Vec<ItemMapping>) -> Self {
        Self {
            mn: mn.into(),
            code: code.into(),
            kind,
            items,
            password: None,
            accept_modbus_crc: false,
            unmapped: Unmapped::Keep,
            tolerance: Tolerance::default(),
            offline_after: SignedDuration::from_hours(2),
            late_after: SignedDuration::from_hours(1),
        }
    }
}

impl StationConfig {
    /// What the lake is told about where a row came from.
    pub(crate) fn source(&self) -> String {
        format!("hj212:{}", self.mn)
    }
}

/// One value of a frame and what it is in the lake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemMapping {
    /// The code, such as `a34004`.
    pub code: String,
    /// The field, such as `Avg`. None: `Rtd` of real-time data; of other data `Avg`, else `Data`, and for a day's Ld and
    /// Ln `DayData` and `NightData`.
    pub field: Option<String>,
    /// The item's key in the lake.
    pub item: String,
    /// What one unit of the device is in the item's unit.
    pub factor: Ratio,
    /// What can be true, both ends included; None: anything.
    pub plausible: Option<(Micro, Micro)>,
}

/// What becomes of values that no mapping names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmapped {
    /// They are told and kept apart: nothing that was acknowledged is gone.
    Keep,
    /// They are counted and let go, because somebody said so.
    Drop,
}

/// All stations, found by their device's identity.
#[derive(Clone, Debug, Default)]
pub struct Stations {
    by_mn: BTreeMap<String, Arc<StationConfig>>,
}

/// Two stations that cannot both be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StationsError {
    /// One device for two stations.
    #[error("the device `{mn}` is given twice")]
    Twice {
        /// The device.
        mn: String,
    },
    /// A name that no frame can carry, or no path and no log should.
    #[error("`{name}` is no name: 1 to 64 visible characters other than `;`, `=` and `&`")]
    Name {
        /// The name.
        name: String,
    },
}

impl StationsError {
    /// In words for users.
    pub fn text(&self) -> Text {
        let chinese = match self {
            Self::Twice { mn } => format!("设备 `{mn}` 对应了两个点位"),
            Self::Name { name } => format!("`{name}` 不能作名称：应为 1 至 64 个可见字符，不含 ; = & ,"),
        };
        Text::new(chinese, self.to_string())
    }
}

impl Stations {
    /// Checks that devices are named once and names are names.
    pub fn new(stations: impl IntoIterator<Item = StationConfig>) -> Result<Self, StationsError> {
        let mut by_mn = BTreeMap::new();
        for station in stations {
            for name in [&station.mn, &station.code] {
                if !is_name(name) {
                    return Err(StationsError::Name { name: name.escape_debug().to_string() });
                }
            }
            if by_mn.contains_key(&station.mn) {
                return Err(StationsError::Twice { mn: station.mn });
            }
            by_mn.insert(station.mn.clone(), Arc::new(station));
        }
        Ok(Self { by_mn })
    }

    /// The station that a device reports for.
    pub fn get(&self, mn: &str) -> Option<&Arc<StationConfig>> {
        self.by_mn.get(mn)
    }

    /// All of them, in the order of their devices' identities.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<StationConfig>> {
        self.by_mn.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_mn.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_mn.is_empty()
    }
}

/// A name that frames can carry.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.chars().count())
        && name
            .chars()
            .all(|letter| !letter.is_control() && !letter.is_whitespace() && !";=&,".contains(letter))
}
