//! What a quantity says: a level, a change, one end of a from–to, a share.

use super::item::Item;
use super::line::{Line, ends_clause};
use super::{Change, Kind};

/// Decides the kind of each quantity of a line from the words before it.
pub(super) fn tell(line: &Line, items: &mut [Item]) {
    for at in 0..items.len() {
        if !items[at].counts {
            continue;
        }
        let before = if at == 0 { 0 } else { items[at - 1].end };
        let kind = of(line, &items[at], before, dated(line, items, at));
        if kind == Kind::To
            && let Some(from) = start_of_change(line, items, at)
        {
            items[from].kind = Kind::From;
        }
        // 分别增长8%、8.4%: what was said of the first is said of the list.
        let listed = at > 0
            && items[at - 1].counts
            && items[at - 1].end + 1 == items[at].start
            && matches!(line.at(items[at - 1].end), '、' | '和' | '与' | '及');
        items[at].kind = match kind {
            Kind::Level if listed && items[at - 1].unit == items[at].unit => items[at - 1].kind,
            other => other,
        };
    }
}

/// Where the words before a quantity end if a date stands between: 减少到2022年末的188个.
fn dated(line: &Line, items: &[Item], at: usize) -> Option<usize> {
    let date =
        at.checked_sub(1).map(|before| &items[before]).filter(|item| matches!(item.kind, Kind::Date(_)))?;
    let between = line.slice(date.end, items[at].word_start);
    (between.len() <= 3 && between.iter().all(|one| matches!(one, '末' | '底' | '的'))).then_some(date.start)
}

fn of(line: &Line, item: &Item, after: usize, dated: Option<usize>) -> Kind {
    let at = item.word_start;
    let verb_end = dated.unwrap_or(at);
    let became = || BECAME.iter().any(|word| line.ends(verb_end, word)) && (dated.is_some() || at >= after);
    // All of them end with one of these three, which is asked first since it is rare.
    if matches!(line.before(verb_end), '到' | '至' | '为') && became() {
        return Kind::To;
    }
    let ratio = matches!(item.unit.as_str(), "%" | "‰" | "个百分点" | "百分点" | "倍" | "成");
    // 增加了6天, 下降了约3%.
    let at_verb = if line.before(at) == '了' || line.before(at) == '约' { at - 1 } else { at };
    let verb = |words: &[&str]| words.iter().any(|word| line.ends(at_verb, word));
    // 关停76个、提升27: the verb of an elided unit is what was done, not a change.
    let elided = !ratio && line.before(item.end).is_ascii_digit();
    if elided {
        return Kind::Level;
    }
    if verb(UP) || (ratio && verb(UP_SHORT)) {
        return Kind::Change(Change::Up);
    }
    if verb(DOWN) || (ratio && verb(DOWN_SHORT)) {
        return Kind::Change(Change::Down);
    }
    let from = line.clause_start(at, 12).max(after);
    let whole = matches!(item.unit.as_str(), "%" | "‰" | "成" | "");
    let of_whole = line.at(item.end) == '的' && whole;
    let share = || ["占", "比重", "占比"].iter().any(|word| line.holds(from, at, word));
    if whole && (of_whole || share()) { Kind::Share } else { Kind::Level }
}

/// The quantity that stands behind 由 or 从 before the one that something became.
fn start_of_change(line: &Line, items: &[Item], to: usize) -> Option<usize> {
    let from = items[..to].iter().rposition(|item| !matches!(item.kind, Kind::Date(_)))?;
    let item = &items[from];
    let between = line.slice(item.end, items[to].start);
    // With another unit it is another thing, unless little more than the verb stands between.
    let same = item.counts && (item.unit == items[to].unit || between.len() <= 6);
    let near = between.len() <= 24
        && !between.iter().any(|&character| matches!(character, '。' | '；' | ';' | '\n'));
    let start = (item.word_start.saturating_sub(12)..item.word_start)
        .rev()
        .take_while(|&place| !ends_clause(line.at(place)))
        .any(|place| matches!(line.at(place), '由' | '从' | '自'));
    (same && near && start).then_some(from)
}

/// Words that lead to what something became.
const BECAME: &[&str] = &[
    "增至",
    "增加到",
    "增加至",
    "增加为",
    "增长到",
    "增长至",
    "增到",
    "提高到",
    "提高至",
    "提升到",
    "提升至",
    "提升为",
    "减少到",
    "减少至",
    "减少为",
    "减至",
    "减到",
    "下降到",
    "下降至",
    "下降为",
    "降至",
    "降到",
    "降为",
    "降低到",
    "降低至",
    "降低为",
    "缩减为",
    "缩减到",
    "缩减至",
    "缩小到",
    "缩小至",
    "缩小为",
    "缩短到",
    "缩短至",
    "缩短为",
    "压减到",
    "压减至",
    "压减为",
    "压缩到",
    "压缩至",
    "压缩为",
    "扩大到",
    "扩大至",
    "扩展到",
    "扩展至",
    "拓展到",
    "拓展至",
    "发展到",
    "上升到",
    "上升至",
    "上升为",
    "升至",
    "升到",
    "变为",
    "改为",
    "减为",
    "增为",
    "跃升至",
    "跃升到",
    "攀升至",
    "回升至",
    "回落到",
    "回落至",
    "收窄到",
    "收窄至",
    "调整为",
    "延长到",
    "延长至",
    "上涨到",
    "上涨至",
    "整合为",
    "合并为",
    "精简到",
    "精简至",
    "精简为",
];

const UP: &[&str] = &[
    "增长",
    "增加",
    "上升",
    "提高",
    "提升",
    "上涨",
    "扩大",
    "增幅",
    "增幅达",
    "涨幅",
    "涨幅达",
    "增速",
    "增长达",
    "增长率",
    "升幅",
    "同比增",
    "多增",
    "偏多",
    "比增",
    "增加值增长",
    "增长超",
    "跃升",
    "攀升",
    "增收",
    "净增",
    "净增加",
    "延长",
    "比原计划多建",
    "增速达",
    "增长约",
    "翻",
];

const DOWN: &[&str] = &[
    "下降",
    "减少",
    "降低",
    "下跌",
    "回落",
    "缩小",
    "缩减",
    "降幅",
    "降幅达",
    "收窄",
    "压减",
    "偏少",
    "缩短",
    "压缩",
    "减排",
    "负增长",
    "同比降",
    "同比减",
    "下滑",
    "放缓",
    "下降达",
    "精简",
];

const UP_SHORT: &[&str] = &["增", "升", "涨", "高", "加快", "快"];
const DOWN_SHORT: &[&str] = &["降", "减", "跌", "低", "慢"];

#[cfg(test)]
mod tests {
    #[test]
    fn what_something_became_stands_behind_three_characters() {
        assert_eq!(super::BECAME.iter().find(|word| !word.ends_with(['到', '至', '为'])), None);
    }
}
