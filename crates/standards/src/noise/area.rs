//! The classes of areas and their limits (GB 3096—2008 table 1).

use super::{DB, DayNight, Micro, Settings};

/// A class of acoustic area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaClass {
    /// Convalescence areas that need special quiet.
    Class0,
    /// Housing, medical care, culture and education, research, offices.
    Class1,
    /// Commerce, markets, or housing mixed with commerce and industry.
    Class2,
    /// Industry and storage.
    Class3,
    /// Strips along motorways, main roads, surface rail transit, inland waterways.
    Class4a,
    /// Strips along main railways.
    Class4b,
}

/// The limits of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// By day.
    pub day: Micro,
    /// By night.
    pub night: Micro,
}

impl AreaClass {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Class0, Self::Class1, Self::Class2, Self::Class3, Self::Class4a, Self::Class4b];

    /// `0`, `1`, `2`, `3`, `4a`, `4b`.
    pub const fn key(self) -> &'static str {
        ["0", "1", "2", "3", "4a", "4b"][self as usize]
    }

    /// Reads `2`, `2类`, `4a`, `4A类区`.
    pub fn from_key(key: &str) -> Option<Self> {
        let key = key.trim();
        let key = key.strip_suffix('区').unwrap_or(key);
        let key = key.strip_suffix('类').unwrap_or(key);
        Self::ALL.into_iter().find(|class| class.key().eq_ignore_ascii_case(key))
    }

    /// The limits of Leq (GB 3096—2008 table 1): 4b along railways approved from 2011-01-01 on; along older
    /// ones the background limit is 70/55, see [`Settings::old_railways`].
    pub const fn limits(self, settings: &Settings) -> Limits {
        let (day, night) = match self {
            Self::Class0 => (50, 40),
            Self::Class1 => (55, 45),
            Self::Class2 => (60, 50),
            Self::Class3 => (65, 55),
            Self::Class4a => (70, 55),
            Self::Class4b => (70, if settings.old_railways { 55 } else { 60 }),
        };
        Limits { day: day * DB, night: night * DB }
    }

    /// Whether a sudden noise at night stays within 15 dB(A) above the night limit.
    pub const fn allows_sudden(self, maximum: Micro, settings: &Settings) -> bool {
        maximum <= self.limits(settings).night + 15 * DB
    }
}

impl Limits {
    /// The limit of a part of the day.
    pub const fn of(self, part: DayNight) -> Micro {
        match part {
            DayNight::Day => self.day,
            DayNight::Night => self.night,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let settings = Settings::default();
        let found: Vec<String> = AreaClass::ALL
            .into_iter()
            .map(|class| {
                let limits = class.limits(&settings);
                format!("{} {}/{}", class.key(), limits.day / DB, limits.night / DB)
            })
            .collect();
        assert_eq!(found.join(", "), "0 50/40, 1 55/45, 2 60/50, 3 65/55, 4a 70/55, 4b 70/60");
        let old = Settings { old_railways: true, ..settings.clone() };
        assert_eq!(AreaClass::Class4b.limits(&old).night, 55 * DB);
        assert!(AreaClass::Class1.allows_sudden(60 * DB, &settings));
        assert!(!AreaClass::Class1.allows_sudden(60 * DB + 1, &settings));
        assert_eq!(AreaClass::from_key("4A类区"), Some(AreaClass::Class4a));
        assert_eq!(AreaClass::from_key("4"), None);
    }
}
