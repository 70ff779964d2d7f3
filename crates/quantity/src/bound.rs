//! How a value lies to a limit.

use rust_decimal::Decimal;

/// How a value must lie to a limit for a statement to be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `≥`: 全部取缔 is a share of at least 100 %.
    AtLeast,
    /// `≤`: a limit value is kept.
    AtMost,
    /// `>`.
    Above,
    /// `<`.
    Below,
    /// `=`.
    Equals,
}

impl Bound {
    /// Whether the value lies so to the limit.
    pub fn holds(self, value: Decimal, limit: Decimal) -> bool {
        match self {
            Self::AtLeast => value >= limit,
            Self::AtMost => value <= limit,
            Self::Above => value > limit,
            Self::Below => value < limit,
            Self::Equals => value == limit,
        }
    }

    /// `≥`, `≤`, `>`, `<`, `=`.
    pub fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => "≥",
            Self::AtMost => "≤",
            Self::Above => ">",
            Self::Below => "<",
            Self::Equals => "=",
        }
    }
}
