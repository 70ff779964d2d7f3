//! Why there is no figure.

use jiff::civil::Date;
use message::{Text, text};

use crate::book::SourceError;

/// Why there is no figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// The pack has no such indicator.
    #[error("there is no indicator `{key}`")]
    UnknownIndicator {
        /// What was asked for.
        key: String,
        /// What was probably meant.
        near: Option<String>,
    },
    /// The indicator cannot be broken down, or held, by this.
    #[error("`{indicator}` has no dimension `{dimension}`")]
    UnknownDimension {
        /// The indicator.
        indicator: String,
        /// What was asked for.
        dimension: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A dimension is named twice in one request.
    #[error("the dimension `{dimension}` is named twice")]
    DimensionTwice {
        /// The dimension.
        dimension: String,
    },
    /// The day lies after the period.
    #[error("the day {as_of} lies after the period's last, {last}")]
    DayAfterPeriod {
        /// The day asked for.
        as_of: Date,
        /// The period's last day.
        last: Date,
    },
    /// The book is not that long yet.
    #[error("the book has {size} entries, not {known_at}")]
    BeyondBook {
        /// What was asked for.
        known_at: u64,
        /// What there is.
        size: u64,
    },
    /// There are not so many batches of measurements yet.
    #[error("there are {batches} batches of measurements, not {known_at}")]
    BeyondLake {
        /// What was asked for.
        known_at: u64,
        /// What there is.
        batches: u64,
    },
    /// No edition of a standard has this key.
    #[error("there is no edition `{key}`")]
    UnknownEdition {
        /// What was asked for.
        key: String,
    },
    /// The measurements cannot be read.
    #[error("the measurements cannot be read: {0}")]
    Lake(String),
    /// The figure was computed by another pack.
    #[error("the figure was defined by the pack {wanted}, this is {given}")]
    OtherPack {
        /// The digest that the figure carries.
        wanted: String,
        /// The digest of the pack at hand.
        given: String,
    },
    /// Two rows have the same key: whatever was added up would be counted twice.
    #[error("two rows of `{indicator}` have the key `{key}`")]
    DuplicateKey {
        /// The indicator.
        indicator: String,
        /// The key.
        key: String,
        /// The records of the two rows, where the rows name them.
        records: [Option<u64>; 2],
    },
    /// A row has no key.
    #[error("a row of `{indicator}` has no key")]
    NullKey {
        /// The indicator.
        indicator: String,
        /// The row's record, if it names one.
        record: Option<u64>,
    },
    /// A row has no amount.
    #[error("the row `{key}` of `{indicator}` has no amount")]
    NullAmount {
        /// The indicator.
        indicator: String,
        /// The row's key.
        key: String,
    },
    /// A sum that no exact number of ours can hold.
    #[error("the sum of `{indicator}` is too large")]
    Overflow {
        /// The indicator.
        indicator: String,
    },
    /// The amounts cannot be brought to the indicator's unit.
    #[error("`{indicator}` cannot be converted from {from} to {to}")]
    Unit {
        /// The indicator.
        indicator: String,
        /// The amounts' unit.
        from: String,
        /// The indicator's unit.
        to: String,
    },
    /// An entry says what the pack does not allow.
    #[error("entry {number} of `{register}` cannot be read: {reason}")]
    Entry {
        /// The register.
        register: String,
        /// The entry.
        number: u64,
        /// Why not.
        reason: String,
    },
    /// The rows' SQL does not run; `check` shows the place.
    #[error("the rows of `{indicator}` cannot be computed: {reason}")]
    Sql {
        /// The indicator.
        indicator: String,
        /// What the engine said.
        reason: String,
    },
    /// An indicator is defined by itself.
    #[error("`{indicator}` is defined by itself")]
    Cycle {
        /// The indicator.
        indicator: String,
    },
    /// The book failed to answer.
    #[error("the book cannot be read: {0}")]
    Book(String),
    /// A part of the program failed that should not.
    #[error("the figure engine failed: {0}")]
    Engine(String),
}

impl FigureError {
    /// What a user sees.
    pub fn text(&self) -> Text {
        match self {
            Self::UnknownIndicator { key, near: Some(near) } => {
                text!(
                    "没有指标 `{key}`；是否想写 `{near}`",
                    "there is no indicator `{key}`; did you mean `{near}`?"
                )
            }
            Self::UnknownIndicator { key, near: None } => {
                text!("没有指标 `{key}`", "there is no indicator `{key}`")
            }
            Self::UnknownDimension { indicator, dimension, known } if known.is_empty() => text!(
                "指标 `{indicator}` 没有维度 `{dimension}`：它不能分组",
                "`{indicator}` has no dimension `{dimension}`: it has none at all"
            ),
            Self::UnknownDimension { indicator, dimension, known } => {
                let (zh, en) = (known.join("、"), known.join(", "));
                Text::new(
                    format!("指标 `{indicator}` 没有维度 `{dimension}`；可用的有：{zh}"),
                    format!("`{indicator}` has no dimension `{dimension}`; it has {en}"),
                )
            }
            Self::DimensionTwice { dimension } => {
                text!("维度 `{dimension}` 写了两次", "the dimension `{dimension}` is named twice")
            }
            Self::DayAfterPeriod { as_of, last } => text!(
                "日期 {as_of} 晚于时期的最后一天 {last}",
                "the day {as_of} lies after the period's last day, {last}"
            ),
            Self::BeyondBook { known_at, size } => text!(
                "账本只有 {size} 条入账，不能按已知 {known_at} 条计算",
                "the book has {size} entries; nothing can be known at {known_at}"
            ),
            Self::BeyondLake { known_at, batches } => text!(
                "监测数据只有 {batches} 批，不能按已知 {known_at} 批计算",
                "there are {batches} batches of measurements; nothing can be known at {known_at}"
            ),
            Self::UnknownEdition { key } => {
                let known: Vec<_> =
                    standards::air::Edition::ALL.iter().map(|edition| edition.key()).collect();
                let (zh, en) = (known.join("、"), known.join(", "));
                Text::new(
                    format!("没有标准版本 `{key}`；可用的有：{zh}"),
                    format!("there is no edition `{key}`; there are {en}"),
                )
            }
            Self::Lake(reason) => {
                text!("监测数据无法读取：{reason}", "the measurements cannot be read: {reason}")
            }
            Self::OtherPack { wanted, given } => text!(
                "该数值由城市包 {wanted} 定义，当前城市包是 {given}：请换用当时的城市包",
                "the figure was defined by the pack {wanted}, the pack at hand is {given}: use the pack of that time"
            ),
            Self::DuplicateKey { indicator, key, records: [Some(first), Some(second)] }
                if first == second =>
            {
                text!(
                    "指标 `{indicator}` 有两行的键同为 `{key}`，都来自记录 {first}：同一事物会被计两次，请检查关联条件",
                    "two rows of `{indicator}` have the key `{key}`, both from record {first}: it would be counted twice; look at the joins"
                )
            }
            Self::DuplicateKey { indicator, key, records: [Some(first), Some(second)] } => text!(
                "指标 `{indicator}` 有两行的键同为 `{key}`（记录 {first} 和记录 {second}）：同一事物会被计两次",
                "two rows of `{indicator}` have the key `{key}` (records {first} and {second}): it would be counted twice"
            ),
            Self::DuplicateKey { indicator, key, .. } => text!(
                "指标 `{indicator}` 有两行的键同为 `{key}`：同一事物会被计两次",
                "two rows of `{indicator}` have the key `{key}`: it would be counted twice"
            ),
            Self::NullKey { indicator, record: Some(record) } => text!(
                "指标 `{indicator}` 中记录 {record} 的行没有键（key）",
                "the row of record {record} in `{indicator}` has no key"
            ),
            Self::NullKey { indicator, record: None } => {
                text!("指标 `{indicator}` 有一行没有键（key）", "a row of `{indicator}` has no key")
            }
            Self::NullAmount { indicator, key } => text!(
                "指标 `{indicator}` 中键为 `{key}` 的行没有数量（amount）",
                "the row `{key}` of `{indicator}` has no amount"
            ),
            Self::Overflow { indicator } => text!(
                "指标 `{indicator}` 的数值过大，无法精确表示",
                "the value of `{indicator}` is too large to be held exactly"
            ),
            Self::Unit { indicator, from, to } => text!(
                "指标 `{indicator}` 的单位不能由“{from}”换算为“{to}”",
                "`{indicator}` cannot be converted from {from} to {to}"
            ),
            Self::Entry { register, number, reason } => text!(
                "台账 `{register}` 的第 {number} 条入账与城市包不符：{reason}",
                "entry {number} of `{register}` does not fit the pack: {reason}"
            ),
            Self::Sql { indicator, reason } => text!(
                "指标 `{indicator}` 的查询无法执行：{reason}",
                "the rows of `{indicator}` cannot be computed: {reason}"
            ),
            Self::Cycle { indicator } => {
                text!(
                    "指标 `{indicator}` 的公式引用了它自己",
                    "the formula of `{indicator}` leads back to itself"
                )
            }
            Self::Book(reason) => text!("无法读取账本：{reason}", "the book cannot be read: {reason}"),
            Self::Engine(reason) => text!("计算引擎出错：{reason}", "the figure engine failed: {reason}"),
        }
    }
}

impl From<SourceError> for FigureError {
    fn from(error: SourceError) -> Self {
        match error.0.downcast::<FigureError>() {
            Ok(ours) => *ours,
            Err(theirs) => Self::Book(theirs.to_string()),
        }
    }
}

impl From<FigureError> for SourceError {
    fn from(error: FigureError) -> Self {
        Self(Box::new(error))
    }
}
