//! A level, an earlier level and their change, told one after the other.

use super::Relation;
use super::change::{Levels, is_level, judge, judge_pair, only_change};
use super::reading::Sentence;
use super::span::{is_percent, same_kind};
use super::words::{has, noun, way_at_end, without};

pub(super) fn find(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    let mut seen = Vec::new();
    for level in 0..sentence.len().saturating_sub(2) {
        at_level(sentence, level, &mut seen);
        // Behind a list of parts a change may be that of their total: if it is not of the last, who knows.
        let listed =
            sentence.own(sentence.lead(level, 400)).contains("其中") || sentence.before(level).contains('、');
        out.extend(seen.drain(..).filter(|relation| relation.holds || !listed));
    }
    planned(sentence, out);
}

/// What is said of one level and the two numbers after it.
fn at_level(sentence: Sentence<'_>, level: usize, out: &mut Vec<Relation>) {
    let (second, third) = (level + 1, level + 2);
    if !is_level(sentence, level) {
        return;
    }
    if same_kind(sentence.quantity(level), sentence.quantity(second)) {
        // 294天，比2021年的288天增加6天
        if compared(sentence.before(second)) && is_level(sentence, second) {
            for change in third..sentence.len().min(third + 2) {
                if !only_change(sentence.before(change)) {
                    break;
                }
                out.extend(judge(Levels {
                    old: (sentence, second),
                    new: (sentence, level),
                    change: (sentence, change),
                }));
            }
        }
        // 100亿元，比上年增加20亿元，增长25%
        if is_percent(sentence.quantity(third))
                && only_change(sentence.before(second))
                && only_change(sentence.before(third))
                // 减少为15个 is a level, no difference.
                && !sentence.before(second).trim_end().ends_with(['到', '至', '为', '成'])
                && !has(sentence.label(level), &["新增", "增加", "减少", "净增", "增长", "下降"])
        {
            out.extend(judge_pair(sentence, level, second, third));
        }
    }
    if same_kind(sentence.quantity(level), sentence.quantity(second))
        && this_and_last(sentence, level, second)
        && is_level(sentence, second)
        && only_change(sentence.before(third))
    {
        out.extend(judge(Levels {
            old: (sentence, level),
            new: (sentence, second),
            change: (sentence, third),
        }));
    }
    // 100亿元，增长25%（上年80亿元）
    if only_change(sentence.before(second))
        && way_at_end(sentence.before(second)).is_some()
        && same_kind(sentence.quantity(level), sentence.quantity(third))
        && last_year(sentence.before(third))
    {
        out.extend(judge(Levels {
            old: (sentence, third),
            new: (sentence, level),
            change: (sentence, second),
        }));
    }
}

/// `去年完成80亿元，今年完成100亿元，增长25%`
fn this_and_last(sentence: Sentence<'_>, old: usize, new: usize) -> bool {
    let said = |item: usize, words: &[&'static str]| {
        let label = sentence.label(item);
        words.iter().find_map(|word| label.split_once(word)).map(|(_, rest)| noun(rest).to_owned())
    };
    match (said(old, &["去年", "上年"]), said(new, &["今年", "本年", "当年"])) {
        (Some(before), Some(after)) => after.is_empty() || before == after,
        _ => false,
    }
}

/// `，比2021年的`, `，较上年同期的`: a comparison with a level that follows, and no verb of change yet.
fn compared(words: &str) -> bool {
    let bare: String =
        words.chars().filter(|character| !character.is_ascii_digit() && *character != ' ').collect();
    let rest = bare.trim_start_matches([',', '(']);
    let Some(rest) = ["同比", "相比", "比", "较"].iter().find_map(|word| rest.strip_prefix(word))
    else {
        return false;
    };
    let rest = without(
        rest,
        &[
            "上年",
            "去年",
            "年",
            "月",
            "同期",
            "初",
            "末",
            "底",
            "的",
            "原来",
            "此前",
            "原有",
            "上一",
            "前一",
            "历史同期",
            "(",
        ],
    );
    rest.is_empty()
}

/// `（上年80亿元`, `，去年同期为80亿元`.
fn last_year(words: &str) -> bool {
    let rest = words.trim_start_matches([',', '(', ' ']);
    let Some(rest) = ["上年", "去年", "上一年", "前一年"].iter().find_map(|word| rest.strip_prefix(word))
    else {
        return false;
    };
    without(rest, &["同期", "为", "是", "末", "底", "的", "数", "水平"]).is_empty()
}

/// `计划建设100公里，实际完成134公里，比原计划多建34公里`
fn planned(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    for change in 2..sentence.len() {
        let words = sentence.before(change);
        let Some(at) =
            words.find("比原计划").or_else(|| words.find("比计划")).or_else(|| words.find("较计划"))
        else {
            continue;
        };
        let verbs = words[at..].trim_start_matches(['比', '较', '原']).trim_start_matches("计划");
        let verbs = verbs.trim_end_matches(['建', '完', '成', '做', '种', '植', '出', '了']);
        let (done, plan) = (change - 1, change - 2);
        if !matches!(verbs, "多" | "少" | "增加" | "减少" | "超" | "超额")
            || !sentence.label(plan).contains("计划")
            || !has(sentence.label(done), &["实际", "完成", "实建"])
            || has(sentence.label(done), &["计划"])
        {
            continue;
        }
        out.extend(judge(Levels {
            old: (sentence, plan),
            new: (sentence, done),
            change: (sentence, change),
        }));
    }
}
