//! The Flag: six bits of version, one for "split", one for "answer wanted".

use std::fmt;

/// An edition of the protocol, as the Flag names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// HJ/T 212-2005; also a segment without a Flag.
    V2005,
    /// HJ 212-2017.
    V2017,
    /// HJ 212-2025.
    V2025,
    /// Version bits that no known edition uses.
    Unknown(u8),
}

impl Version {
    /// The six version bits.
    pub fn bits(self) -> u8 {
        match self {
            Self::V2005 => 0,
            Self::V2017 => 1,
            Self::V2025 => 2,
            Self::Unknown(bits) => bits & 0x3F,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V2005 => f.write_str("2005"),
            Self::V2017 => f.write_str("2017"),
            Self::V2025 => f.write_str("2025"),
            Self::Unknown(bits) => write!(f, "unknown ({bits})"),
        }
    }
}

/// The value of `Flag`. A segment without one counts as 0: edition 2005, no answer wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flag(pub u8);

impl Flag {
    /// Puts one together.
    pub fn new(version: Version, split: bool, answer: bool) -> Self {
        Self(version.bits() << 2 | u8::from(split) << 1 | u8::from(answer))
    }

    /// Reads one to three digits up to 255; anything else is no Flag.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten().map(Self)
    }

    /// The edition.
    pub fn version(self) -> Version {
        match self.0 >> 2 {
            0 => Version::V2005,
            1 => Version::V2017,
            2 => Version::V2025,
            bits => Version::Unknown(bits),
        }
    }

    /// Bit A: the sender waits for an answer.
    pub fn wants_answer(self) -> bool {
        self.0 & 1 != 0
    }

    /// Bit D: the segment says that it carries PNUM and PNO.
    pub fn is_split(self) -> bool {
        self.0 & 2 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(Version, bool, bool)>) {
        let found = Flag::parse(text).map(|flag| (flag.version(), flag.is_split(), flag.wants_answer()));
        assert_eq!(found, expected, "{text}");
        if let Some((version, split, answer)) = expected {
            assert_eq!(Some(Flag::new(version, split, answer)), Flag::parse(text));
        }
    }

    #[test]
    fn each_flag_of_the_three_editions() {
        for (first, version) in [(0, Version::V2005), (4, Version::V2017), (8, Version::V2025)] {
            check(&first.to_string(), Some((version, false, false)));
            check(&(first + 1).to_string(), Some((version, false, true)));
            check(&(first + 2).to_string(), Some((version, true, false)));
            check(&(first + 3).to_string(), Some((version, true, true)));
        }
        check("255", Some((Version::Unknown(63), true, true)));
    }

    #[test]
    fn what_is_no_flag() {
        for text in ["", "256", "-1", "+5", "5 ", "0005", "N"] {
            check(text, None);
        }
    }
}
