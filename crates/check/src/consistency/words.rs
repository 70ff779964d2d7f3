//! Words that several rules look for, and small ways to look.

use quantity::read::{Change, Kind, Quantity};
use quantity::{Base, Unit};

/// Which way a verb of change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// Verbs of change, the longer before their own beginnings.
const WAYS: &[(&str, Way)] = &[
    ("增长", Way::Up),
    ("增加", Way::Up),
    ("增至", Way::Up),
    ("增到", Way::Up),
    ("提高", Way::Up),
    ("提升", Way::Up),
    ("上升", Way::Up),
    ("上涨", Way::Up),
    ("攀升", Way::Up),
    ("升至", Way::Up),
    ("升到", Way::Up),
    ("扩大", Way::Up),
    ("扩展", Way::Up),
    ("拓展", Way::Up),
    ("延长", Way::Up),
    ("发展", Way::Up),
    ("多", Way::Up),
    ("减少", Way::Down),
    ("缩减", Way::Down),
    ("压减", Way::Down),
    ("下降", Way::Down),
    ("降低", Way::Down),
    ("降至", Way::Down),
    ("降到", Way::Down),
    ("降为", Way::Down),
    ("减至", Way::Down),
    ("减到", Way::Down),
    ("减为", Way::Down),
    ("缩小", Way::Down),
    ("缩短", Way::Down),
    ("压缩", Way::Down),
    ("下滑", Way::Down),
    ("下跌", Way::Down),
    ("回落", Way::Down),
    ("收窄", Way::Down),
    ("少", Way::Down),
    ("增", Way::Up),
    ("升", Way::Up),
    ("减", Way::Down),
    ("降", Way::Down),
];

/// The verb of change that a stretch of words ends with, behind 了, 约, 到, 至, 为, 幅度 and the like.
pub(super) fn way_at_end(words: &str) -> Option<Way> {
    let mut rest = words.trim_end();
    loop {
        let shorter = FILLERS.iter().find_map(|filler| rest.strip_suffix(filler));
        match shorter {
            Some(shorter) => rest = shorter.trim_end(),
            None => break,
        }
    }
    if rest.ends_with("增幅") || rest.ends_with("涨幅") || rest.ends_with("增速") {
        return Some(Way::Up);
    }
    if rest.ends_with("降幅") || rest.ends_with("减幅") {
        return Some(Way::Down);
    }
    WAYS.iter().find(|(word, _)| rest.ends_with(word)).map(|(_, way)| *way)
}

const FILLERS: &[&str] = &[
    "了", "约", "达到", "达", "到", "至", "为", "成", "近", "超过", "超", "逾", "共", "共计", "累计", "净",
    "：", ":", "，", ",",
];

/// Which way the change goes: by the verb before the number, else as the reader took it.
pub(super) fn way(before: &str, quantity: &Quantity) -> Option<Way> {
    way_at_end(before).or(match quantity.kind {
        Kind::Change(Change::Up) => Some(Way::Up),
        Kind::Change(Change::Down) => Some(Way::Down),
        _ => None,
    })
}

/// What is left of the words after all of these are taken off the front, again and again.
pub(super) fn without<'w>(words: &'w str, allowed: &[&str]) -> &'w str {
    let mut rest = words.trim();
    loop {
        match allowed.iter().filter_map(|word| rest.strip_prefix(word)).min_by_key(|shorter| shorter.len()) {
            Some(shorter) => rest = shorter.trim_start(),
            None => return rest,
        }
    }
}

/// Whether any of the needles stands in the words.
pub(super) fn has(words: &str, needles: &[&str]) -> bool {
    needles.iter().any(|needle| words.contains(needle))
}

/// A label without the verbs and particles between the noun and its number: 公园面积 of 公园面积已达到.
pub(super) fn noun(label: &str) -> &str {
    let mut rest = label.trim();
    loop {
        let shorter =
            VERBS.iter().filter_map(|verb| rest.strip_suffix(verb)).min_by_key(|shorter| shorter.len());
        match shorter {
            Some(shorter) => rest = shorter.trim_end(),
            None => return rest,
        }
    }
}

const VERBS: &[&str] = &[
    "为", "是", "有", "达", "达到", "达成", "共", "共有", "共计", "已", "已经", "约", "了", "的", "也", "仅",
    "仅有", "就", "均", ":", "则", "分别", "在",
];

/// Whether amounts in the unit can be added up to a total: not percentages, concentrations, temperatures, ages.
pub(super) fn adds_up(quantity: &Quantity) -> bool {
    if matches!(
        quantity.unit.as_str(),
        "" | "%" | "‰" | "倍" | "岁" | "级" | "位" | "名次" | "分" | "届" | "年" | "周年" | "成"
    ) {
        return false;
    }
    let Some(unit) = quantity.measure() else {
        return !quantity.unit.contains(['/', '%', '点', '每']);
    };
    !unit.dimension().bases().any(|(base, power)| {
        matches!(base, Base::Temperature | Base::Sound | Base::PercentagePoint)
            || (power < 0 && !matches!(base, Base::Time | Base::Calendar))
    }) && unit.dimension().bases().next().is_some()
}

/// Whether both are units of one dimension, yet not the same unit.
pub(super) fn other_unit(a: &Quantity, b: &Quantity) -> Option<(Unit, Unit)> {
    let (one, other) = (a.measure()?, b.measure()?);
    (a.unit != b.unit && one.dimension().bases().next().is_some() && one.converts_to(&other))
        .then_some((one, other))
}

/// Words for means and rates, which no sum adds up to.
pub(super) const MEANS: &[&str] = &["人均", "平均", "户均", "日均", "年均", "月均", "每", "均值", "之间"];
