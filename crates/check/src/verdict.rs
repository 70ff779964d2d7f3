//! Whether a figure makes a claim true.

use figure::Figure;
use quantity::Approximation;
use quantity::read::{Change, Kind, Number, Quantity};
use rust_decimal::Decimal;

use crate::lexicon::Indicator;

/// How a claim is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The book says the same.
    Supported,
    /// The book says something else.
    Contradicted,
    /// It was true at an earlier date or snapshot.
    Outdated,
    /// It fits several indicators alike.
    Ambiguous,
    /// The book does not know.
    Unsupported,
}

impl Verdict {
    /// `supported`, `contradicted`, `outdated`, `ambiguous`, `unsupported`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Outdated => "outdated",
            Self::Ambiguous => "ambiguous",
            Self::Unsupported => "unsupported",
        }
    }
}

/// A figure's value in the unit of the text; none where there is nothing to compare.
pub(crate) fn in_words(
    figure: &Figure,
    indicator: &Indicator,
    wording: Option<usize>,
    quantity: &Quantity,
) -> Option<Decimal> {
    figure.value?.checked_div(factor(indicator, wording, quantity)?)
}

/// How much of the indicator's unit one of a quantity's unit is, as a wording means it; none if it measures something
/// else. Measure words of things stand for each other: 88个企业 are 88家.
pub(crate) fn factor(indicator: &Indicator, wording: Option<usize>, quantity: &Quantity) -> Option<Decimal> {
    let said = wording
        .and_then(|one| indicator.wordings[one].value_in(Decimal::ONE, &quantity.unit, &indicator.unit));
    said.or_else(|| converted(&quantity.unit, &indicator.unit))
}

/// One of a unit in another; measure words stand for each other.
fn converted(unit: &str, of: &str) -> Option<Decimal> {
    let (from, to) = (quantity::Unit::parse(unit)?, quantity::Unit::parse(of)?);
    quantity::convert(Decimal::ONE, &from, &to)
        .or_else(|| (from.counts_things() && to.counts_things()).then_some(Decimal::ONE))
}

/// Whether a quantity is true of a value in its unit.
pub(crate) fn holds(quantity: &Quantity, value: Decimal) -> bool {
    let half = quantity.step / Decimal::TWO;
    match quantity.number {
        Number::Range(low, high) => value >= low - half && value <= high + half,
        number => number.single().is_some_and(|number| quantity.word.holds(value, number, quantity.step)),
    }
}

/// The change from an earlier figure to a later one, in the unit of the text; none where it cannot be told.
pub(crate) fn change(
    now: Decimal,
    before: Decimal,
    quantity: &Quantity,
    indicator: &Indicator,
) -> Option<Decimal> {
    let difference = now.checked_sub(before)?;
    match quantity.unit.as_str() {
        "%" if indicator.unit != "%" => difference.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before),
        "倍" => difference.checked_div(before),
        "个百分点" | "百分点" => (indicator.unit == "%").then_some(difference),
        // 优良率上升2%: of a ratio, a percentage may mean either; it is not judged.
        "%" => None,
        unit => difference.checked_div(converted(unit, &indicator.unit)?),
    }
}

/// Whether a change is what a quantity says, its direction included.
pub(crate) fn change_holds(quantity: &Quantity, change: Decimal) -> bool {
    let change = if quantity.kind == Kind::Change(Change::Down) { -change } else { change };
    holds(quantity, change)
}

/// What a quantity states, as the text prints it with its word: `近300天`.
pub(crate) fn stated(quantity: &Quantity, text: &str) -> String {
    let surface = quantity.surface(text);
    match quantity.word {
        Approximation::Exact | Approximation::Reached | Approximation::Odd | Approximation::More => {
            surface.to_owned()
        }
        Approximation::AtLeast => format!("{surface}以上"),
        Approximation::AtMost => format!("{surface}以内"),
        word => format!("{}{surface}", word.word()),
    }
}
