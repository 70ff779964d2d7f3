//! Names of editions and reasons for a missing judgement.

use message::{Text, text};
use standards::air::{Edition, Refusal};

/// Why there is no judgement.
pub(super) fn reason(refusal: Refusal) -> Text {
    match refusal {
        Refusal::NoDay => text!("没有有效天", "no valid day"),
        Refusal::Year { have, need } => {
            text!(
                "数据不足：全年有效{have}天，应不少于{need}天",
                "too few data: {have} valid days, {need} needed"
            )
        }
        Refusal::Month { month, have, need } => text!(
            "数据不足：{month}月有效{have}天，应不少于{need}天",
            "too few data: {have} valid days in month {month}, {need} needed"
        ),
        Refusal::NoStatistic => text!("标准无此统计值", "no such statistic in the standard"),
        Refusal::MixedEditions => text!("跨标准版本，不评价", "mixes editions, not judged"),
    }
}

/// An edition's name.
pub(super) fn name(edition: Edition) -> Text {
    match edition {
        Edition::E2012 => text!("2012年版", "2012"),
        Edition::Transition2026 => text!("2026年版（过渡阶段）", "2026, transition"),
        Edition::Final2026 => text!("2026年版（最终限值）", "2026, final limits"),
    }
}

/// The same at the head of a narrow column.
pub(super) fn short_name(edition: Edition) -> Text {
    match edition {
        Edition::E2012 => text!("2012年版", "2012"),
        Edition::Transition2026 => text!("2026过渡", "2026 transition"),
        Edition::Final2026 => text!("2026最终", "2026 final"),
    }
}
