//! What a printed number stands for: an interval, kept with exact decimals.

use quantity::read::{Number, Quantity};
use quantity::{Approximation, Base, Unit, convert, last_place};
use rust_decimal::Decimal;

/// Every value that a printed number may stand for, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) low: Decimal,
    pub(super) high: Decimal,
}

/// Divisions end after 28 digits; a difference that small is nobody's error.
const SLACK: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// 10²².
const MOST: Decimal = Decimal::from_parts(0xb240_0000, 0x19e0_c9ba, 0x21e, false, 0);

impl Span {
    pub(super) fn point(value: Decimal) -> Self {
        Self { low: value, high: value }
    }

    pub(super) fn new(low: Decimal, high: Decimal) -> Self {
        Self { low, high }
    }

    /// What the number stands for by its printed places and its word; `None` where the word leaves one side open
    /// (超, 不足, 以上) or there is no single number.
    pub(super) fn of(quantity: &Quantity) -> Option<Self> {
        let value = match quantity.number {
            // Nobody counts so far, and below it no arithmetic of a few dozen numbers overflows.
            Number::Single(value) | Number::Range(_, value) if value.abs() > MOST => return None,
            Number::Single(value) => value,
            Number::Range(low, high) => return Some(Self::new(low.min(high), low.max(high))),
            Number::Fraction(..) => return Some(Self::point(quantity.number.single()?)),
        };
        let half = if counts_exactly(quantity) { Decimal::ZERO } else { quantity.step / Decimal::TWO };
        let place = if value.is_zero() { quantity.step } else { last_place(value) };
        let tenth = value.abs() * Decimal::new(1, 1);
        match quantity.word {
            Approximation::Exact | Approximation::Reached => Some(Self::new(value - half, value + half)),
            Approximation::Odd | Approximation::More => Some(Self::new(value, value.checked_add(place)?)),
            Approximation::Near => Some(Self::new(value.checked_sub(place.max(tenth))?, value)),
            Approximation::About => {
                let about = place.max(tenth);
                Some(Self::new(value.checked_sub(about)?, value.checked_add(about)?))
            }
            _ => None,
        }
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        Some(Self::new(self.low.checked_add(other.low)?, self.high.checked_add(other.high)?))
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        Some(Self::new(self.low.checked_sub(other.high)?, self.high.checked_sub(other.low)?))
    }

    pub(super) fn times(self, factor: Decimal) -> Option<Self> {
        let (a, b) = (self.low.checked_mul(factor)?, self.high.checked_mul(factor)?);
        Some(Self::new(a.min(b), a.max(b)))
    }

    /// The quotient of two intervals of positive numbers.
    pub(super) fn over(self, other: Self) -> Option<Self> {
        if other.low <= Decimal::ZERO || self.low < Decimal::ZERO {
            return None;
        }
        Some(Self::new(self.low.checked_div(other.high)?, self.high.checked_div(other.low)?))
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.low <= other.high + SLACK && other.low <= self.high + SLACK
    }

    /// The interval in another unit.
    pub(super) fn convert(self, from: &Unit, to: &Unit) -> Option<Self> {
        Some(Self::new(convert(self.low, from, to)?, convert(self.high, from, to)?))
    }
}

/// Whether the number has no word that makes it rounder than its digits.
pub(super) fn is_exact(quantity: &Quantity) -> bool {
    matches!(quantity.word, Approximation::Exact | Approximation::Reached)
        && matches!(quantity.number, Number::Single(_))
}

/// Whether the number counts whole things one by one: 86天 is 86 days, not 85.6.
pub(super) fn counts_exactly(quantity: &Quantity) -> bool {
    if quantity.step != Decimal::ONE {
        return false;
    }
    match quantity.measure() {
        None => !quantity.unit.contains(['/', '元', '米', '吨', '%']),
        Some(unit) => {
            let name = unit.name();
            matches!(name, "天" | "日" | "个月" | "月" | "年" | "周")
                || (name != "度"
                    && unit.dimension().bases().count() > 0
                    && unit.dimension().bases().all(|(base, _)| matches!(base, Base::Count(_))))
        }
    }
}

/// Whether two quantities can be added: the same unit, or units of the same dimension.
pub(super) fn same_kind(a: &Quantity, b: &Quantity) -> bool {
    if a.unit == b.unit {
        return true;
    }
    match (a.measure(), b.measure()) {
        (Some(a), Some(b)) => a.dimension().bases().next().is_some() && a.converts_to(&b),
        _ => false,
    }
}

/// The interval of `quantity` told in the unit of `like`.
pub(super) fn span_in(quantity: &Quantity, like: &Quantity) -> Option<Span> {
    let span = Span::of(quantity)?;
    if quantity.unit == like.unit {
        return Some(span);
    }
    span.convert(&quantity.measure()?, &like.measure()?)
}

/// The value of `quantity` told in the unit of `like`.
pub(super) fn value_in(quantity: &Quantity, like: &Quantity) -> Option<Decimal> {
    let value = quantity.number.single()?;
    if quantity.unit == like.unit {
        return Some(value);
    }
    convert(value, &quantity.measure()?, &like.measure()?)
}

pub(super) fn is_percent(quantity: &Quantity) -> bool {
    quantity.unit == "%"
}

/// A computed amount in the manner of a printed one: `64.5万亩` where the text wrote 万亩.
pub(super) fn amount(value: Decimal, like: &Quantity, surface: &str) -> String {
    let multiplier = ["万亿", "亿", "万", "萬億", "億", "萬"].into_iter().find(|word| surface.contains(word));
    let size = match multiplier {
        Some("万亿" | "萬億") => Decimal::from(1_000_000_000_000_i64),
        Some("亿" | "億") => Decimal::from(100_000_000),
        Some(_) => Decimal::from(10_000),
        None => Decimal::ONE,
    };
    let scaled = value.checked_div(size).unwrap_or(value);
    // Two places more than were printed show the difference and no endless fraction.
    let places = (like.step / size).normalize().scale() + 2;
    let number = scaled.round_dp(places.min(10)).normalize();
    // The unit as the text spells it, unless the number is in Chinese numerals, which are not told from it.
    let behind = surface.trim_start_matches(|character: char| {
        character.is_ascii_digit()
            || matches!(character, '.' | ',' | ' ' | '万' | '萬' | '亿' | '億' | '余' | '餘' | '多')
    });
    let unit =
        if surface.starts_with(|first: char| first.is_ascii_digit()) { behind } else { like.unit.as_str() };
    format!("{number}{}{unit}", multiplier.unwrap_or_default())
}

/// A computed percentage, two places finer than the printed one.
pub(super) fn percent(value: Decimal, step: Decimal) -> String {
    format!("{}%", value.round_dp((step.normalize().scale() + 2).min(10)).normalize())
}

/// The sign between what was computed and what is printed.
pub(super) fn sign(holds: bool, expected: &str, found: &str) -> &'static str {
    match holds {
        false => "≠",
        true if expected == found => "=",
        true => "≈",
    }
}
