//! Two levels and what is said of their change: a difference, a rate or a multiple.

use message::text;
use rust_decimal::Decimal;

use super::reading::Sentence;
use super::span::{Span, amount, is_exact, is_percent, percent, same_kind, span_in, value_in};
use super::words::{Way, has, way, way_at_end, without};
use super::{Relation, Rule};

const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

/// The levels before and after, and the change stated of them.
#[derive(Clone, Copy)]
pub(super) struct Levels<'r> {
    pub(super) old: (Sentence<'r>, usize),
    pub(super) new: (Sentence<'r>, usize),
    pub(super) change: (Sentence<'r>, usize),
}

/// Judges the change against the levels; `None` if the change is of no kind that follows from them.
pub(super) fn judge(levels: Levels<'_>) -> Option<Relation> {
    let (old, new) = (levels.old.0.quantity(levels.old.1), levels.new.0.quantity(levels.new.1));
    let (sentence, item) = levels.change;
    let change = sentence.quantity(item);
    if !same_kind(old, new) {
        return None;
    }
    let before = Span::of(old)?;
    let after = span_in(new, old)?;
    let (old_value, new_value) = (old.number.single()?, value_in(new, old)?);
    let way = way(sentence.before(item), change)?;
    let stated = Span::of(change)?;
    let signed = if way == Way::Up { stated } else { stated.times(Decimal::NEGATIVE_ONE)? };
    let sign = if way == Way::Up { "" } else { "-" };
    let (old_text, new_text) = (levels.old.0.surface(levels.old.1), levels.new.0.surface(levels.new.1));
    let found = sentence.surface(item).to_owned();
    let points = change.unit == "个百分点" || change.unit == "百分点";

    if points || (!is_percent(change) && same_kind(change, old)) {
        if points && !is_percent(old) {
            return None;
        }
        let step = if points {
            signed
        } else {
            span_in(change, old)?.times(if way == Way::Up { Decimal::ONE } else { Decimal::NEGATIVE_ONE })?
        };
        let holds = after.minus(before)?.meets(step);
        let difference = new_value.checked_sub(old_value)?;
        let expected = if points {
            format!("{}个百分点", difference.normalize())
        } else {
            amount(difference, old, sentence.surface(item))
        };
        let mark = super::span::sign(holds, &expected, &format!("{sign}{found}"));
        let explanation = text!(
            "两数之差：{new_text} − {old_text} = {expected} {mark} {sign}{found}",
            "the difference: {new_text} − {old_text} = {expected} {mark} {sign}{found}"
        );
        return Some(relation(Rule::FromTo, levels, holds, expected, found, explanation));
    }
    if old_value <= Decimal::ZERO || before.low <= Decimal::ZERO || new_value < Decimal::ZERO {
        return None;
    }
    let ratio = new_value.checked_div(old_value)?;
    let ratios = Span::new(after.low.max(Decimal::ZERO), after.high).over(before)?;
    let one = Span::point(Decimal::ONE);
    if is_percent(change) {
        if old.unit == "元" && has(sentence.own(sentence.lead(item, 400)), REAL) {
            return None;
        }
        let rates = ratios.minus(one)?.times(HUNDRED)?;
        // Of percentages, 提高23% is said of the points as well.
        let lenient = is_percent(old) && after.minus(before)?.meets(signed);
        let holds = rates.meets(signed) || lenient;
        let rate = (ratio - Decimal::ONE).checked_mul(HUNDRED)?;
        let expected = percent(rate, change.step);
        let mark = super::span::sign(holds, &expected, &format!("{sign}{found}"));
        let explanation = text!(
            "变化率：（{new_text} − {old_text}）÷ {old_text} = {expected} {mark} {sign}{found}",
            "the rate of change: ({new_text} − {old_text}) ÷ {old_text} = {expected} {mark} {sign}{found}"
        );
        return Some(relation(Rule::Rate, levels, holds, expected, found, explanation));
    }
    if change.unit == "倍" && way == Way::Up {
        // 增长2倍 should be threefold; many mean twofold, and neither is counted as an error.
        let holds = ratios.meets(stated) || ratios.minus(one)?.meets(stated);
        let expected = format!("{}倍", (ratio - Decimal::ONE).round_dp(4).normalize());
        let mark = super::span::sign(holds, &expected, &found);
        let explanation = text!(
            "增长倍数：（{new_text} − {old_text}）÷ {old_text} = {expected} {mark} {found}",
            "the growth: ({new_text} − {old_text}) ÷ {old_text} = {expected} {mark} {found}"
        );
        return Some(relation(Rule::Rate, levels, holds, expected, found, explanation));
    }
    None
}

/// The difference and the rate stated of one level: `100亿元，比上年增加20亿元，增长25%`.
pub(super) fn judge_pair(
    sentence: Sentence<'_>,
    level: usize,
    difference: usize,
    rate: usize,
) -> Option<Relation> {
    let (new, step, change) =
        (sentence.quantity(level), sentence.quantity(difference), sentence.quantity(rate));
    if !is_percent(change) || is_percent(new) || !same_kind(new, step) {
        return None;
    }
    if new.unit == "元" && has(sentence.own(sentence.lead(rate, 400)), REAL) {
        return None;
    }
    let way = way_at_end(sentence.before(difference))?;
    if way_at_end(sentence.before(rate))? != way {
        return None;
    }
    let (now, by) = (Span::of(new)?, span_in(step, new)?);
    let old = if way == Way::Up { now.minus(by)? } else { now.plus(by)? };
    if old.low <= Decimal::ZERO || by.low < Decimal::ZERO {
        return None;
    }
    // by ÷ (now ∓ by) is greatest where by is greatest and now is least.
    let ends = |by: Decimal, now: Decimal| {
        let old = if way == Way::Up { now.checked_sub(by)? } else { now.checked_add(by)? };
        by.checked_div(old)?.checked_mul(HUNDRED)
    };
    let rates = Span::new(ends(by.low, now.high)?, ends(by.high, now.low)?);
    let holds = rates.meets(Span::of(change)?);
    let value = ends(value_in(step, new)?, new.number.single()?)?;
    let expected = percent(value, change.step);
    let (level_text, step_text) = (sentence.surface(level), sentence.surface(difference));
    let found = sentence.surface(rate).to_owned();
    let mark = super::span::sign(holds, &expected, &found);
    let operator = if way == Way::Up { "−" } else { "+" };
    let explanation = text!(
        "变化率：{step_text} ÷（{level_text} {operator} {step_text}）= {expected} {mark} {found}",
        "the rate of change: {step_text} ÷ ({level_text} {operator} {step_text}) = {expected} {mark} {found}"
    );
    Some(Relation {
        rule: Rule::Rate,
        places: sentence.places(&[rate, level, difference]),
        holds,
        equality: true,
        expected,
        found,
        explanation,
    })
}

fn relation(
    rule: Rule,
    levels: Levels<'_>,
    holds: bool,
    expected: String,
    found: String,
    explanation: message::Text,
) -> Relation {
    let places =
        [levels.change, levels.old, levels.new].map(|(sentence, item)| sentence.place(item)).to_vec();
    Relation { rule, places, holds, equality: true, expected, found, explanation }
}

/// Growth of these is told at constant prices, which the levels beside it are not.
const REAL: &[&str] = &[
    "生产总值",
    "增加值",
    "GDP",
    "可比",
    "不变价",
    "实际增",
    "名义",
    "总产值",
    "同口径",
    "扣除",
    "剔除",
    "年均",
    "年平均",
];

/// Whether the words hold nothing but a comparison and a verb of change: `，比上年增加`, `（同比下降`.
pub(super) fn only_change(words: &str) -> bool {
    let bare: String = words
        .chars()
        .filter(|character| !character.is_ascii_digit() && !matches!(character, '年' | '月' | '日' | ' '))
        .collect();
    without(&bare, COMPARING).is_empty()
}

#[rustfmt::skip]
const COMPARING: &[&str] = &[
    ",", "(", ")", "、", ";", "同比", "环比", "相比", "比", "较", "与", "上", "去", "同期", "上期", "前", "的", "了", "净", "则", "也", "原来", "此前", "初", "末",
    "底", "达到", "达", "为", "约", "共", "增长", "增加", "增幅", "增", "提高", "提升", "上升", "上涨", "扩大", "攀升", "减少", "缩减", "压减", "下降", "降低", "缩小",
    "缩短", "压缩", "下滑", "下跌", "回落", "收窄", "降幅", "减幅", "降", "减", "升", "幅度", "涨幅", "多", "少", "同", "有所", "实现", "实际",
];

/// Whether the item can stand as a level: exact or rounded, but not open to one side.
pub(super) fn is_level(sentence: Sentence<'_>, item: usize) -> bool {
    is_exact(sentence.quantity(item)) || Span::of(sentence.quantity(item)).is_some()
}

/// Whether the item tells by how much something changed, and so is no total of what follows: `，比上年减少85万人`.
pub(super) fn is_difference(sentence: Sentence<'_>, item: usize) -> bool {
    let before = sentence.before(item).trim_end();
    way_at_end(before).is_some()
        && !before.ends_with(['到', '至', '为', '成'])
        && !before.ends_with("达到")
        && !before.ends_with("新增")
}
