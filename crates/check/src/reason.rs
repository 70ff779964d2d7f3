//! Why a claim is judged as it is, in words.

use message::{Text, text};

/// Why no figure can be put beside a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// No wording of the pack fits.
    NoIndicator,
    /// A rank or superlative.
    Rank,
    /// A change whose indicator or base is not told.
    Change,
    /// A change between two numbers of the text.
    OwnNumbers,
    /// A stretch of several periods.
    SeveralPeriods,
    /// A place that the indicator cannot be held to.
    Scope(String),
    /// Another place than the city.
    Elsewhere(&'static str),
    /// Perhaps a part of what the indicator counts; the word that says so.
    Part(&'static str),
    /// One of several numbers told 分别.
    Respectively,
    /// What is planned, not what is.
    Plan,
    /// The book has nothing to compute it from.
    NoFigure,
}

impl Reason {
    pub(crate) fn text(&self) -> Text {
        match self {
            Self::NoIndicator => {
                Text::new("城市包中没有与此说法对应的指标", "no indicator of the pack is worded like this")
            }
            Self::Rank => Text::new(
                "名次和“最”“首”需要其他城市的数据，一个城市的账本不能证明",
                "ranks and superlatives need other cities' data; one city's book cannot prove them",
            ),
            Self::Change => Text::new(
                "增减幅度没有说明是哪个指标、与何时相比",
                "the text does not tell of which indicator this is the change, or since when",
            ),
            Self::OwnNumbers => Text::new(
                "变化幅度由文中前后两数算出，作为文内一致性核对",
                "a change between two numbers of the text; it is checked against these",
            ),
            Self::SeveralPeriods => {
                Text::new("所指时段跨越多个周期", "the words speak of several periods together")
            }
            Self::Scope(word) => {
                text!("该指标不能按“{word}”计算", "the indicator cannot be held to `{word}`")
            }
            Self::Elsewhere(place) => {
                text!("所说的是“{place}”，不是本市", "it speaks of `{place}`, not of this city")
            }
            Self::Part(word) => text!(
                "“{word}”可能使所指范围小于该指标",
                "`{word}` may make this a part of what the indicator counts"
            ),
            Self::Respectively => Text::new(
                "“分别”之后有几个数，不能确定各属哪个指标",
                "several numbers are told respectively; which is which is not certain",
            ),
            Self::Plan => {
                Text::new("所说的是计划或目标，不是已有的事实", "it speaks of a plan or aim, not of what is")
            }
            Self::NoFigure => {
                Text::new("账本中没有可据以计算的记录", "the book has no records to compute it from")
            }
        }
    }
}
