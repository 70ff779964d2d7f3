//! What figures are called: the caller fills this from its pack, so that this crate sees no pack.

use message::Text;
use quantity::{Bound, ReadPattern};
use rust_decimal::Decimal;

/// The indicators that texts may speak of, and the words that narrow them down.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    /// The indicators.
    pub indicators: Vec<Indicator>,
    /// The city's own names.
    pub names: Vec<String>,
    /// The values of dimensions: `汉阳区` is `district` = `hanyang`.
    pub scopes: Vec<ScopeWord>,
}

/// An indicator as texts speak of it.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// `docks.operating`.
    pub key: String,
    /// 码头数量.
    pub label: Text,
    /// The unit of its figures.
    pub unit: String,
    /// Of a period (what happened in it), not of a date.
    pub flow: bool,
    /// The dimensions it may be held to.
    pub dimensions: Vec<String>,
    /// How texts say its number.
    pub wordings: Vec<ReadPattern>,
    /// What texts say of it without a number.
    pub statements: Vec<Statement>,
}

/// A claim in words: 全部取缔, 达到国家二级标准.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The words, divided by gaps.
    pub words: Vec<String>,
    /// How the figure must lie to the limit.
    pub bound: Bound,
    /// The limit, in the indicator's unit.
    pub limit: Decimal,
}

/// A word that holds a dimension to a value.
#[derive(Clone, Debug)]
pub struct ScopeWord {
    /// `汉阳区`.
    pub word: String,
    /// `district`.
    pub dimension: String,
    /// `hanyang`.
    pub value: String,
    /// Whether it always narrows a number down (a district), so that an indicator without the dimension cannot
    /// answer; a river's name stands in too many other names for that.
    pub strict: bool,
}
