//! The document model: what all exporters read. Every number in it is already printed.

pub use chart::{ChartKind, Point};

/// A finished report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The language tag for `lang` attributes: `zh-CN`, `zh-TW` or `en`.
    pub language: &'static str,
    /// The title; line breaks in it are kept.
    pub title: String,
    /// The line under the title that says the data are synthetic, when they are.
    pub notice: Option<String>,
    /// The body.
    pub blocks: Vec<Block>,
    /// Who issues it and when; at the end, right.
    pub signature: Signature,
    /// The last line: which snapshot and which definitions every number comes from.
    pub colophon: String,
    /// Every figure the body cites, once each, in the order of first mention.
    pub figures: Vec<CitedFigure>,
    /// What the links to figures begin with (see [`crate::Meta::trace_prefix`]).
    pub trace_prefix: String,
    /// The fixed words of exporters (headings of the appendix and the like), in the report's language.
    pub words: Words,
}

/// Who and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// 发文机关署名.
    pub issuer: Option<String>,
    /// 成文日期, written 2026年3月1日.
    pub date: Option<String>,
}

/// A part of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading, level 1 (一、) to 4 (（1）).
    Heading {
        /// 1 to 4.
        level: u8,
        /// Its text.
        text: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// An item of a list.
    Item {
        /// Its number; `None` for a bullet.
        number: Option<u64>,
        /// Its text.
        text: Vec<Inline>,
    },
    /// A table.
    Table(Table),
    /// A chart, with the table of its data.
    Chart(Chart),
}

/// A run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text.
    Text(String),
    /// Bold.
    Strong(Vec<Inline>),
    /// Italic in Latin scripts, 楷体 in Chinese.
    Emphasis(Vec<Inline>),
    /// A figure as printed, with the index of its identity in [`Document::figures`].
    Figure {
        /// The index.
        figure: usize,
        /// What is printed.
        shown: String,
    },
    /// A line break.
    Break,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The title above it.
    pub caption: Option<String>,
    /// 单位：个; `None` where columns or rows have their own.
    pub unit: Option<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Vec<Inline>>>,
    /// The line under it: source and date.
    pub foot: Option<String>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub head: Vec<Inline>,
    /// Whether it holds numbers, which are right-aligned.
    pub numeric: bool,
}

/// A chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The subject.
    pub title: String,
    /// The unit and the time.
    pub subtitle: String,
    /// The source and the identity of the figures.
    pub foot: String,
    /// Bars or a line.
    pub kind: ChartKind,
    /// The data, in order.
    pub points: Vec<Point>,
    /// The same data, for those who read instead of look.
    pub table: Table,
}

impl Chart {
    /// The picture of the data.
    pub(crate) fn picture(&self) -> chart::Drawing {
        let Self { title, subtitle, foot, kind, points, .. } = self;
        chart::paper(&chart::Paper { title, subtitle, foot, kind: *kind, points })
    }
}

/// A figure that the report cites, as the appendix lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedFigure {
    /// The full identity.
    pub id: String,
    /// What it is the value of: 码头数量（2022年）.
    pub label: String,
    /// The definition's key.
    pub indicator: String,
    /// The value as the indicator shows it, with its unit.
    pub value: String,
    /// The rows counted.
    pub rows: u64,
    /// The rows that would count once verified.
    pub pending: u64,
    /// The number of entries known.
    pub known_at: u64,
}

/// The fixed words of exporters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// 数据溯源.
    pub appendix: String,
    /// One sentence under that heading.
    pub appendix_note: String,
    /// 数值标识.
    pub identity: String,
    /// 数值.
    pub figure: String,
    /// 定义.
    pub definition: String,
    /// 数据行.
    pub rows: String,
    /// 待核验.
    pub pending: String,
    /// 快照.
    pub snapshot: String,
    /// 数据表 (of a chart).
    pub data_table: String,
}
