//! The words around a number that say how the true value lies to it: 近300天, 80%以上.

use super::line::{Line, ends_clause};
use crate::approximation::Approximation;

/// The word before a number, and the place where it begins.
pub(super) fn before(line: &Line, at: usize) -> Option<(Approximation, usize)> {
    // 突破了, 约为, 超过到: what may stand between the word and its number.
    let fillers =
        ["", "了", "为", "占", "有", "至", "到", "达", "合", " ", "达到", "人民币", "新台币", "港币"];
    fillers.iter().filter(|filler| line.ends(at, filler)).find_map(|filler| {
        let place = at - filler.chars().count();
        BEFORE.iter().filter(|(word, ..)| line.ends(place, word)).find_map(|(word, meaning, not_after)| {
            let start = place - word.chars().count();
            (!not_after.contains(line.before(start))).then_some((*meaning, start))
        })
    })
}

/// The word before a share's whole: 不足湖面的2%, 超过全省的六成.
pub(super) fn before_whole(line: &Line, at: usize) -> Option<Approximation> {
    if line.before(at) != '的' {
        return None;
    }
    let from = line.clause_start(at, 9);
    (from..at)
        .rev()
        .find_map(|place| before(line, place).filter(|(_, start)| *start >= from))
        .map(|(word, _)| word)
}

/// Whether 控制在 goes before and 以内 stands somewhat later: 控制在560亿元限额以内.
pub(super) fn kept_within(line: &Line, at: usize, end: usize) -> bool {
    let rest = (end..end + 6).take_while(|&place| !ends_clause(line.at(place)));
    line.ends(at, "控制在") && rest.into_iter().any(|place| line.starts(place, "以内"))
}

/// The word behind a unit, and the place after it.
pub(super) fn behind(line: &Line, at: usize) -> Option<(Approximation, usize)> {
    let mut words = BEHIND.iter().filter(|(word, ..)| line.starts(at, word));
    let (word, meaning, _) =
        words.find(|(word, _, not_before)| !not_before.contains(line.at(at + word.chars().count())))?;
    Some((*meaning, at + word.chars().count()))
}

/// Longer words first; the characters after which the word is another one (附近, 节约, 公约).
const BEFORE: &[(&str, Approximation, &str)] = &[
    ("不超过", Approximation::AtMost, ""),
    ("未超过", Approximation::AtMost, ""),
    ("不高于", Approximation::AtMost, ""),
    ("不多于", Approximation::AtMost, ""),
    ("不大于", Approximation::AtMost, ""),
    ("不突破", Approximation::AtMost, ""),
    ("不少于", Approximation::AtLeast, ""),
    ("不低于", Approximation::AtLeast, ""),
    ("不小于", Approximation::AtLeast, ""),
    ("不下于", Approximation::AtLeast, ""),
    ("不超", Approximation::AtMost, ""),
    ("至多", Approximation::AtMost, ""),
    ("最多", Approximation::AtMost, ""),
    ("≤", Approximation::AtMost, ""),
    ("至少", Approximation::AtLeast, ""),
    ("最少", Approximation::AtLeast, ""),
    ("≥", Approximation::AtLeast, ""),
    ("超过", Approximation::Above, "不未"),
    ("超出", Approximation::Above, "不未"),
    ("高于", Approximation::Above, "不"),
    ("大于", Approximation::Above, "不"),
    ("多于", Approximation::Above, "不"),
    ("超", Approximation::Above, "不未"),
    (">", Approximation::Above, ""),
    ("突破", Approximation::Passed, "不未"),
    ("逾", Approximation::Beyond, "不"),
    ("接近", Approximation::Near, ""),
    ("将近", Approximation::Near, ""),
    ("逼近", Approximation::Near, ""),
    ("近", Approximation::Near, "附最靠邻临远亲就相"),
    ("不足", Approximation::Under, ""),
    ("不到", Approximation::Under, ""),
    ("不满", Approximation::Under, ""),
    ("低于", Approximation::Under, "不"),
    ("少于", Approximation::Under, "不"),
    ("小于", Approximation::Under, "不"),
    ("未达", Approximation::Under, ""),
    ("<", Approximation::Under, ""),
    ("大约", Approximation::About, ""),
    ("大概", Approximation::About, ""),
    ("大致", Approximation::About, ""),
    ("约", Approximation::About, "预合节契公制违签条简特婚毁集邀履"),
];

/// The characters before which the word is another one (上下游).
const BEHIND: &[(&str, Approximation, &str)] = &[
    ("及以上", Approximation::AtLeast, ""),
    ("或以上", Approximation::AtLeast, ""),
    ("(含)以上", Approximation::AtLeast, ""),
    // 5家以上市公司 are five listed companies.
    ("以上", Approximation::AtLeast, "市"),
    ("及以下", Approximation::AtMost, ""),
    ("以内", Approximation::AtMost, "陆蒙地外"),
    ("之内", Approximation::AtMost, ""),
    ("以下", Approximation::AtMost, ""),
    ("以里", Approximation::AtMost, ""),
    ("左右", Approximation::About, "两岸手"),
    ("上下", Approximation::About, "游联班级铺贯"),
];
