//! The fixed words of reports, and how dates and periods read in them.

use figure::Period;
use jiff::civil::Date;
use message::{Language, Text, text};

use super::Meta;
use crate::document::Words;

/// The text in the report's language.
pub(super) fn say(text: &Text, language: Language) -> String {
    text.in_language(language).into_owned()
}

/// The language's tag.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::Simplified => "zh-CN",
        Language::Traditional => "zh-TW",
        Language::English => "en",
    }
}

pub(super) fn synthetic() -> Text {
    Text::new("演示数据：由种子生成的虚构城市", "Synthetic data: an invented city, generated from a seed")
}

/// The last line: which snapshot, whose definitions.
pub(super) fn colophon(meta: &Meta) -> Text {
    let digest: String = meta.pack_digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (known_at, pack) = (meta.snapshot.known_at, &meta.pack);
    text!(
        "文中数值由台账快照{known_at}按指标定义{pack}（{digest}）计算。",
        "The figures are computed from snapshot {known_at} of the book by the definitions {pack} ({digest})."
    )
}

pub(super) fn fixed(language: Language) -> Words {
    let word = |simplified: &str, english: &str| say(&Text::new(simplified, english), language);
    Words {
        appendix: word("数值来源", "Where the figures come from"),
        appendix_note: word(
            "正文中每个带点线的数值都由台账记录计算得出，其标识、定义和快照如下。",
            "Every underlined figure is computed from the records of the book. Its identity, definition and snapshot:",
        ),
        identity: word("数值标识", "Identity"),
        figure: word("数值", "Value"),
        definition: word("指标", "Indicator"),
        rows: word("计入行数", "Rows"),
        pending: word("待核验", "Not yet verified"),
        snapshot: word("快照", "Snapshot"),
        data_table: word("图表数据", "The data of the chart"),
    }
}

/// 2026年3月1日.
pub(super) fn date(date: Date, language: Language) -> String {
    match language {
        Language::English => date.to_string(),
        // These few characters are the same in both scripts.
        _ => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
    }
}

/// 2022年第三季度.
pub(super) fn period(period: Period, language: Language) -> String {
    match (period, language) {
        (Period::Day(day), _) => date(day, language),
        (Period::Quarter(year, quarter), Language::English) => format!("{year} Q{quarter}"),
        (period, Language::English) => period.to_string(),
        (Period::Year(year), _) => format!("{year}年"),
        (Period::Month(year, month), _) => format!("{year}年{month}月"),
        (Period::Quarter(year, quarter), _) => {
            let ordinal = ["一", "二", "三", "四"]
                .get(usize::from(quarter.unsigned_abs()).wrapping_sub(1))
                .unwrap_or(&"");
            format!("{year}年第{ordinal}季度")
        }
    }
}
