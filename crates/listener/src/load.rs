//! Frames for load tests: hours of six items from any number of air stations, by a seed.

use jiff::{SignedDuration, Timestamp};

use crate::simulate::Planned;
use crate::time;

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Stations, each with its device.
    pub stations: u32,
    /// Hours of each.
    pub hours: u32,
    /// The start of the last hour.
    pub last: Timestamp,
    /// Same seed, same values.
    pub seed: u64,
}

/// The code, the least value and the range, in tenths of the unit (CO: in tenths of mg/m³).
const ITEMS: [(&str, u64, u64); 6] = [
    ("a34004", 50, 2_000),
    ("a34002", 100, 3_000),
    ("a21026", 20, 300),
    ("a21004", 50, 900),
    ("a21005", 2, 30),
    ("a05024", 50, 2_000),
];

impl Load {
    /// The identity of a station's device.
    pub fn mn(station: u32) -> String {
        format!("51A000000000000000{station:06}")
    }

    /// The stations file that these devices belong to.
    pub fn stations_file(&self) -> String {
        (0..self.stations)
            .map(|station| {
                let mn = Self::mn(station);
                format!(
                    "[[station]]\nmn = \"{mn}\"\ncode = \"sim{station:06}\"\nkind = \"air\"\n\
                     units = {{ particles = \"µg/m³\", gases = \"µg/m³\", a21005 = \"mg/m³\" }}\n\n"
                )
            })
            .collect()
    }

    /// The frames of some stations, hour by hour.
    pub fn frames(
        self,
        stations: impl Iterator<Item = u32> + Clone + Send,
    ) -> impl Iterator<Item = Planned> + Send {
        (0..self.hours)
            .flat_map(move |hour| stations.clone().filter_map(move |station| self.frame(station, hour)))
    }

    fn frame(self, station: u32, hour: u32) -> Option<Planned> {
        let back = i64::from(self.hours - 1 - hour);
        let start = self.last - SignedDuration::from_hours(back);
        let sent = start + SignedDuration::from_hours(1);
        let mut state = self.seed ^ u64::from(station) << 32 ^ u64::from(hour);
        // One QN a station and hour: the milliseconds tell the stations of a second apart, the MN the rest.
        let mut text = format!(
            "QN={}{:03};ST=22;CN=2061;PW=123456;MN={};Flag=5;CP=&&DataTime={}",
            time::write(sent),
            station % 1000,
            Self::mn(station),
            time::write(start)
        );
        for (code, least, range) in ITEMS {
            let tenths = least + random(&mut state) % range;
            text.push_str(&format!(";{code}-Avg={}.{},{code}-Flag=N", tenths / 10, tenths % 10));
        }
        text.push_str("&&");
        Planned::of(&text)
    }
}

/// Splitmix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::Load;

    #[test]
    fn the_same_seed_gives_the_same_frames() {
        let last = "2026-03-01T00:00:00Z".parse().expect("a timestamp");
        let load = Load { stations: 3, hours: 2, last, seed: 7 };
        let frames: Vec<_> = load.frames(0..3).collect();
        assert_eq!(frames.len(), 6);
        assert_eq!(frames, load.frames(0..3).collect::<Vec<_>>());
        assert_eq!(frames[5].data_time.as_deref(), Some("20260301080000"));
        assert_eq!(frames[0].points, 6);
        let source = message::Source::new("load.toml", load.stations_file());
        assert_eq!(crate::read_stations(&source).expect("right").len(), 3);
    }
}
