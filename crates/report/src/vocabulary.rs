//! What a template's words mean, as far as reports need to know: the pack's side of the contract.

use message::Text;

/// What a report has to know of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIndicator {
    /// 码头数量.
    pub label: Text,
    /// The unit of its figures.
    pub unit: String,
    /// The decimals its figures are shown with.
    pub decimals: u8,
    /// The dimensions it may be broken down by.
    pub dimensions: Vec<String>,
    /// Whether it sums what happened within a period (a flow), rather than telling the state on a day.
    pub flow: bool,
}

/// The names a pack gives to things. The binary implements it over the pack; tests over a list.
pub trait Vocabulary {
    /// The indicator of this key.
    fn indicator(&self, key: &str) -> Option<KnownIndicator>;

    /// The keys of all indicators, for suggestions.
    fn indicators(&self) -> Vec<String>;

    /// What a dimension is called: 岸别.
    fn dimension(&self, key: &str) -> Option<Text>;

    /// What a value of a dimension of an indicator is called: 左岸 for `left`. `None` where the value
    /// is its own name.
    fn value(&self, indicator: &str, dimension: &str, value: &str) -> Option<Text>;
}
