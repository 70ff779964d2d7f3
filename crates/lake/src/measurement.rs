//! What the lake holds: one value of one item at one station over one span of time, and where it came from.

use std::fmt;

use jiff::Timestamp;

/// A value that a station delivered, or the statement that it delivered none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// The station's code.
    pub station: String,
    /// What was measured: `pm2_5`, `ammonia_nitrogen`, `leq` …
    pub item: String,
    /// How much time the value is about.
    pub span: Span,
    /// The start of that time (or the moment). Kept to the microsecond.
    pub time: Timestamp,
    /// The value. None: the station says that it has none.
    pub value: Option<Micro>,
    /// The source's mark: `N` for normal …, empty if it gave none.
    pub flag: String,
    /// Where the row came from: a file's name, a device's identity.
    pub source: String,
}

/// A value in millionths of the item's unit. Exact: measurements are decimal numbers on the wire and in files, and the
/// lake's column is decimal(18,6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micro(pub i64);

impl Micro {
    /// The greatest magnitude that decimal(18,6) holds: just under a million million.
    pub const MAX: Micro = Micro(999_999_999_999_999_999);

    /// Reads a plain decimal number: `-12.5`. None for anything else, for more than six decimals that are not zeros, and
    /// for what is too great: a value is never rounded on its way in.
    pub fn parse(text: &str) -> Option<Micro> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = if fraction.len() > 6 { fraction.trim_end_matches('0') } else { fraction };
        let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || fraction.len() > 6 || !plain(whole) || !plain(fraction) {
            return None;
        }
        let number = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i64>().ok() };
        let scale = 10_i64.pow(6 - fraction.len() as u32);
        let micro = number(whole)?.checked_mul(1_000_000)?.checked_add(number(fraction)? * scale)?;
        let value = Micro(if negative { -micro } else { micro });
        value.fits().then_some(value)
    }

    /// Does the lake's column hold it?
    pub fn fits(self) -> bool {
        self.0.unsigned_abs() <= Micro::MAX.0.unsigned_abs()
    }
}

/// The shortest plain decimal: `12.5`, `0.000001`, `-3`.
impl fmt::Display for Micro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (magnitude / 1_000_000, magnitude % 1_000_000);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// How much time a value is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// A reading at a moment.
    Moment,
    /// The minutes' data of a device, whatever number of minutes its station uses (mostly ten).
    Minute,
    /// An hour.
    Hour,
    /// A natural day.
    Day,
}

impl Span {
    /// All of them.
    pub const ALL: [Span; 4] = [Span::Moment, Span::Minute, Span::Hour, Span::Day];

    /// The word in the table's column.
    pub fn key(self) -> &'static str {
        match self {
            Span::Moment => "moment",
            Span::Minute => "minute",
            Span::Hour => "hour",
            Span::Day => "day",
        }
    }

    /// The span of a key.
    pub fn of(key: &str) -> Option<Span> {
        Span::ALL.into_iter().find(|span| span.key() == key)
    }
}

/// What kind of station: a partition of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Ambient air.
    Air,
    /// Surface water.
    Water,
    /// Noise.
    Noise,
    /// Anything else.
    Other,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Air, Kind::Water, Kind::Noise, Kind::Other];

    /// The word in the table's column.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Air => "air",
            Kind::Water => "water",
            Kind::Noise => "noise",
            Kind::Other => "other",
        }
    }

    /// The kind of a key.
    pub fn of(key: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_exact() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(Micro::parse(text).map(|value| value.to_string()).as_deref(), expected, "{text}");
        };
        check("12.50", Some("12.5"));
        check("-0.000001", Some("-0.000001"));
        check(".5", Some("0.5"));
        check("5.", Some("5"));
        check("0.0000010", Some("0.000001"));
        check("0.0000011", None);
        check("999999999999.999999", Some("999999999999.999999"));
        check("1000000000000", None);
        check("1e3", None);
        check("", None);
        check(".", None);
        check("-", None);
        check("1.-1", None);
        check("99999999999999999999", None);
    }
}
