//! What numbers in a row share: units, ranges, words. 增长5.1、6和3个百分点; 10～15个; 分别超过8万元、4.5万元.

use rust_decimal::Decimal;

use super::Number;
use super::item::Item;
use super::line::Line;
use crate::approximation::Approximation;

/// Gives numbers without a unit the unit of their list, joins ranges, and drops what then still has no unit.
pub(super) fn settle(line: &Line, items: &mut Vec<Item>) {
    ranges(line, items);
    for at in (0..items.len().saturating_sub(1)).rev() {
        if items[at].bare
            && joins(line, &items[at], &items[at + 1])
            && !items[at + 1].bare
            && !numbers_a_list(line, &items[at])
        {
            let (unit, multiplier) = (items[at + 1].unit.clone(), items[at + 1].multiplier);
            let item = &mut items[at];
            item.bare = !items_share(item, multiplier);
            item.unit = unit;
        }
    }
    for at in 1..items.len() {
        if items[at].bare && !items[at - 1].bare && elided(line, &items[at - 1], &items[at]) {
            items[at].unit = items[at - 1].unit.clone();
            items[at].bare = false;
        }
    }
    items.retain(|item| !item.bare);
}

/// Takes over the 万 of the list's last number: 1.2、3.4万亩. False if the numbers grow too large.
fn items_share(item: &mut Item, multiplier: Decimal) -> bool {
    if item.multiplier > Decimal::ONE || multiplier == Decimal::ONE {
        return item.counts;
    }
    let Number::Single(value) = item.number else { return false };
    let (Some(value), Some(step)) = (value.checked_mul(multiplier), item.step.checked_mul(multiplier)) else {
        return false;
    };
    (item.number, item.step, item.multiplier) = (Number::Single(value), step, multiplier);
    item.counts
}

/// Whether only 、, 和, 与, 及 or 或 stands between.
fn joins(line: &Line, one: &Item, other: &Item) -> bool {
    other.counts && one.end + 1 == other.start && matches!(line.at(one.end), '、' | '和' | '与' | '及' | '或')
}

/// `1、` at the start of a sentence numbers it.
fn numbers_a_list(line: &Line, item: &Item) -> bool {
    line.at(item.end) == '、' && matches!(line.before(item.start), '\n' | '。' | '；' | ';' | '(' | ' ')
}

/// 关停76个、提升27: a verb, a number, and the unit of the one before.
fn elided(line: &Line, one: &Item, other: &Item) -> bool {
    let verb =
        ["提升", "改造", "新建", "搬迁", "关停", "转产", "完成", "整治", "取缔", "拆除", "关闭", "改扩建"];
    one.counts
        && line.at(one.end) == '、'
        && verb
            .iter()
            .any(|verb| line.ends(other.start, verb) && one.end + 1 + verb.chars().count() == other.start)
        && matches!(line.at(other.end), '、' | '，' | ',' | '。' | '；' | ';' | '\n')
}

/// 10～15个, 80%~100%, 3至5年 become one.
fn ranges(line: &Line, items: &mut Vec<Item>) {
    let mut after_range = false;
    items.dedup_by(|high, low| {
        // What was joined to the one before joins no third: 1—2—3个.
        let joined = if after_range { None } else { range(line, low, high) };
        after_range = joined.is_some();
        joined.map(|joined| *low = joined).is_some()
    });
}

fn range(line: &Line, low: &Item, high: &Item) -> Option<Item> {
    let mark = line.at(low.end);
    let dash = matches!(mark, '~' | '-' | '—' | '–') && low.end + 1 == high.start;
    let word = matches!(mark, '至' | '到') && low.end + 1 == high.start;
    if !(dash || word) || high.bare || !low.counts || !high.counts {
        return None;
    }
    let from = line.clause_start(low.start, 12);
    let told = line.holds(from, low.start, "从") || line.holds(from, low.start, "由");
    let same = low.bare || low.unit == high.unit || (low.unit.is_empty() && low.multiplier > Decimal::ONE);
    if !same || (word && told && !low.bare) {
        return None;
    }
    let (Number::Single(mut first), Number::Single(last)) = (low.number, high.number) else { return None };
    // 10～15万 shares its 万; 5000～1万 does not.
    let raw = last.checked_div(high.multiplier)?;
    if low.bare && low.multiplier == Decimal::ONE && high.multiplier > Decimal::ONE && first < raw {
        first = first.checked_mul(high.multiplier)?;
    }
    (first < last).then(|| Item {
        start: low.start,
        number: Number::Range(first, last),
        word_start: low.word_start,
        word: if high.word == Approximation::Exact { low.word } else { high.word },
        ..high.clone()
    })
}

/// Words that reach over a list: 分别超过8万元、4.5万元; 分别达到80%、90%以上.
pub(super) fn share_words(line: &Line, items: &mut [Item]) {
    let mut first = 0;
    while first < items.len() {
        let mut last = first;
        while last + 1 < items.len() && joins(line, &items[last], &items[last + 1]) {
            last += 1;
        }
        let each = || {
            let (place, words) = (items[first].word_start, ["分别", "均", "各", "都"]);
            let from = line.clause_start(place, 24);
            words.iter().any(|word| line.holds(from, place, word))
        };
        if last > first && items[first].counts && each() {
            let (head, tail) = (items[first].clone(), items[last].clone());
            if head.word_start < head.start && head.word != Approximation::Exact {
                let rest = items[first + 1..=last].iter_mut();
                rest.filter(|item| item.word == Approximation::Exact).for_each(|item| item.word = head.word);
            } else if tail.word_behind
                && items[first..last].iter().all(|item| item.word == Approximation::Exact)
            {
                items[first..last].iter_mut().for_each(|item| item.word = tail.word);
            }
        }
        first = last + 1;
    }
}
