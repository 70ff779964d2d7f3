//! From one level to another: which way, by how much, by what rate.

use message::text;
use quantity::Base;
use quantity::read::Kind;

use super::change::{Levels, judge, only_change};
use super::reading::Sentence;
use super::span::{Span, same_kind, span_in};
use super::words::{Way, has, way_at_end};
use super::{Relation, Rule};

pub(super) fn find(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    for old in 0..sentence.len().saturating_sub(1) {
        let new = old + 1;
        let Some(way) = way_between(sentence, old, new) else { continue };
        out.extend(direction(sentence, old, new, way));
        // 增加52个，由39个增加到91个
        if old > 0
            && matches!(sentence.before(old).trim_start_matches([',', '(', ' ']).trim_end(), "由" | "从")
        {
            let change = old - 1;
            if way_at_end(sentence.before(change)).is_some()
                && !has(sentence.before(change), &["年均", "平均", "由", "从"])
            {
                out.extend(judge(Levels {
                    old: (sentence, old),
                    new: (sentence, new),
                    change: (sentence, change),
                }));
            }
        }
        for change in new + 1..sentence.len().min(new + 4) {
            if !only_change(sentence.before(change)) {
                break;
            }
            out.extend(judge(Levels {
                old: (sentence, old),
                new: (sentence, new),
                change: (sentence, change),
            }));
        }
    }
}

/// The way of `由153艘减少到36艘`; `None` if the two are no from–to.
fn way_between(sentence: Sentence<'_>, old: usize, new: usize) -> Option<Way> {
    let (from, to) = (sentence.quantity(old), sentence.quantity(new));
    if !same_kind(from, to) || matches!(from.unit.as_str(), "位" | "名" | "级" | "类" | "代" | "名次")
    {
        return None;
    }
    let before = sentence.before(old).trim_end();
    let start = before.rfind(['由', '从'])?;
    let lead = &before[start + '由'.len_utf8()..];
    let lead: String =
        lead.chars().filter(|character| !character.is_ascii_digit() && !character.is_whitespace()).collect();
    // Nothing but a time may stand between 由 and the level.
    let lead = super::words::without(
        &lead,
        &[
            "年",
            "月",
            "日",
            "末",
            "底",
            "初",
            "的",
            "原来",
            "原先",
            "原有",
            "原",
            "过去",
            "此前",
            "上",
            "去",
            "前",
            "最初",
            "最高",
            "当",
            "时",
            "约",
            "同期",
            "整治",
            "治理",
            "实施",
            "“十二五”",
            "“十三五”",
            "“十四五”",
        ],
    );
    if !lead.is_empty() {
        return None;
    }
    let words = sentence.between(old, new);
    let target = words.contains(['到', '至', '为', '成']) && words.chars().count() <= 24;
    if !target
        || words.contains([',', ';', ':', '、', '(', ')', '每', '均', '转', '/', '-', '~'])
        || words.contains("再")
    {
        return None;
    }
    if matches!(from.kind, Kind::Change(_)) {
        return None;
    }
    if has(sentence.label(old), &["每", "均"]) && has(words, &["每", "均"]) {
        return None;
    }
    let way = first_way(words)?;
    // Better may be less: a rank, a resolution, a time.
    let better = has(words, &["提升", "提高", "优化", "改善", "升"]);
    let time = from.measure().is_some_and(|unit| {
        unit.dimension().bases().any(|(base, _)| matches!(base, Base::Time | Base::Calendar))
    });
    let lead = sentence.before(old);
    (!(better && (time || has(lead, BETTER_IS_LESS)))).then_some(way)
}

const BETTER_IS_LESS: &[&str] = &[
    "排名",
    "位次",
    "名次",
    "排位",
    "精度",
    "分辨率",
    "等级",
    "误差",
    "级别",
    "效率",
    "时限",
    "速度",
    "标准",
    "限值",
    "质量",
    "水质",
];

/// The first verb of change in the words, if no verb of the other way follows.
fn first_way(words: &str) -> Option<Way> {
    let up = has(words, &["增", "提高", "提升", "升", "扩", "拓展", "延长", "涨", "发展"]);
    let down = has(words, &["减", "缩", "降", "下滑", "下跌", "回落", "收窄"]);
    match (up, down) {
        (true, false) => Some(Way::Up),
        (false, true) => Some(Way::Down),
        _ => None,
    }
}

fn direction(sentence: Sentence<'_>, old: usize, new: usize, way: Way) -> Option<Relation> {
    let before = Span::of(sentence.quantity(old))?;
    let after = span_in(sentence.quantity(new), sentence.quantity(old))?;
    let (holds, sign, zh, en) = match way {
        Way::Up => {
            (after.high >= before.low, if after.low > before.high { ">" } else { "≤" }, "增加", "more")
        }
        Way::Down => {
            (after.low <= before.high, if after.high < before.low { "<" } else { "≥" }, "减少", "less")
        }
    };
    let (from, found) = (sentence.surface(old), sentence.surface(new).to_owned());
    let bound = if way == Way::Up { "> " } else { "< " };
    Some(Relation {
        rule: Rule::FromTo,
        places: sentence.places(&[new, old]),
        holds,
        equality: false,
        expected: format!("{bound}{from}"),
        explanation: text!(
            "文字说{zh}，数字却是：{found} {sign} {from}",
            "the words say {en}, the numbers say {found} {sign} {from}"
        ),
        found,
    })
}
