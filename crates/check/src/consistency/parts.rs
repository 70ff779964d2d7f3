//! A total and the parts listed after it: `294天（优86天，良208天）`, `10个，其中甲4个、乙6个`.
//!
//! How much is demanded is decided by the words. A list in brackets that adds up, from its first part to some later
//! one, is right; one that nearly does is wrong; one that is far from it lists something else. 其中 alone lists some
//! of the parts, and only demands that no part be more than the whole, unless the last is 其余.

use message::text;
use rust_decimal::Decimal;

use super::reading::Sentence;
use super::span::{Span, amount, is_exact, is_percent, same_kind, span_in, value_in};
use super::words::{MEANS, adds_up, has, noun};
use super::{Relation, Rule};

/// A list longer than this is no list of parts.
const MOST_PARTS: usize = 60;

/// How the text ties the list to the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    /// `294天(优86天，…)`
    Bracket,
    /// 分为, 分别为.
    Divided,
    /// 其中, 包括.
    Among,
    /// `162个湖泊中，…`
    Of,
    /// Nothing: `72项已完成12项，…，未开工的30项`.
    Bare,
}

/// One part: an item of the sentence, said of so many things at once (`甲区、乙区各2个`).
struct Part {
    item: usize,
    times: u32,
}

pub(super) fn find(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    for total in 0..sentence.len() {
        if let Some(relation) = list_after(sentence, total) {
            out.push(relation);
        }
    }
}

fn list_after(sentence: Sentence<'_>, total: usize) -> Option<Relation> {
    let whole = sentence.quantity(total);
    let first = total + 1;
    if first >= sentence.len() || !adds_up(whole) || !is_exact(whole) || has(sentence.label(total), MEANS) {
        return None;
    }
    if super::change::is_difference(sentence, total) {
        return None;
    }
    let words = sentence.between(total, first);
    let tie = tie(words, sentence.label(total), sentence.depth(total), sentence.depth(first))?;
    if tie != Tie::Bracket && !super::things::same_things(sentence, total, first) {
        return None;
    }
    let mut parts = run(sentence, total, first, tie);
    if let Some(rest) = parts.iter().position(|part| has(sentence.label(part.item), REST)) {
        // The rest is the last.
        parts.truncate(rest + 1);
    }
    let last = parts.last()?.item;
    let demand =
        if is_open(sentence, last) || parts.len() < 2 { None } else { demand(sentence, tie, &parts) };
    if let Some(demand) = demand {
        equality(sentence, total, &parts, demand)
    } else {
        bound(sentence, total, &parts, tie)
    }
}

fn tie(words: &str, label: &str, depth: u8, next_depth: u8) -> Option<Tie> {
    let words = words.trim();
    if next_depth > depth {
        let (noun, inside) = words.rsplit_once('(')?;
        if noun.contains([',', ';', ':', '、', ')', '(']) || noun.chars().count() > 10 {
            return None;
        }
        let among = inside.trim_start().starts_with("其中") || inside.trim_start().starts_with('含');
        return Some(if among { Tie::Among } else { Tie::Bracket });
    }
    if next_depth < depth || words.chars().count() > 60 {
        return None;
    }
    if let Some((before, after)) = words.split_once("其中") {
        let near = before.chars().count() <= 16 && before.matches([',', ';']).count() <= 1;
        return (near && after.chars().count() <= 25).then_some(Tie::Among);
    }
    let clauses = words.matches([',', ';']).count();
    if has(words, &["分为", "分成", "分别为", "分别是"]) {
        return (clauses <= 2).then_some(Tie::Divided);
    }
    if has(words, &["包括", "包含"]) {
        return (clauses <= 2).then_some(Tie::Among);
    }
    if let Some((noun, rest)) = words.split_once('中')
        && noun.chars().count() <= 12
        && !noun.contains([',', ';', '、', '('])
        && rest.trim_start().starts_with([',', ':', '已', '有'])
    {
        return Some(Tie::Of);
    }
    // Without a tie the total must be near (`72项工程已完成12项`) or said of all (`全市72项，已完成12项`).
    let near = clauses == 0 || (clauses == 1 && has(label, &["共", "总", "全"]));
    (near && !words.contains('、')).then_some(Tie::Bare)
}

/// The parts: quantities of the total's kind, one after the other, until the words turn to something else.
fn run(sentence: Sentence<'_>, total: usize, first: usize, tie: Tie) -> Vec<Part> {
    let whole = sentence.quantity(total);
    let depth = sentence.depth(first);
    let bracket = depth > sentence.depth(total);
    let known = [sentence.label(total), sentence.label(first)];
    let mut parts: Vec<Part> = Vec::new();
    for item in first..sentence.len().min(first + MOST_PARTS) {
        let quantity = sentence.quantity(item);
        if sentence.depth(item) < depth || (bracket && item > first && closes(sentence.before(item), depth)) {
            break;
        }
        // Details of a part, in their own brackets, are not parts; neither are its shares.
        if sentence.depth(item) > depth || is_percent(quantity) {
            continue;
        }
        if !same_kind(quantity, whole) {
            if bracket {
                continue;
            }
            break;
        }
        let before = sentence.before(item);
        let turned = item > first
            && (BREAKS
                .iter()
                .any(|word| before.contains(word) && !known.iter().any(|label| label.contains(word)))
                || sentence.dates_before(item).next().is_some());
        if turned || (tie != Tie::Bare && before.contains("其中") && item > first) {
            break;
        }
        if !is_exact(quantity) || has(before, CHANGES) {
            // A part that is not told exactly leaves the sum unknown.
            parts.clear();
            break;
        }
        parts.push(Part { item, times: times(before) });
    }
    parts
}

/// Whether the bracket of this depth is closed (and another opened) within the words.
fn closes(words: &str, depth: u8) -> bool {
    let mut level = i32::from(depth);
    let opened = words.matches('(').count();
    let closed = words.matches(')').count();
    // The words end at this depth again: closed and opened anew, unless a deeper pair lies between.
    level -= i32::try_from(closed).unwrap_or(i32::MAX);
    opened > 0 && closed > 0 && level < i32::from(depth) && words.find(')') < words.find('(')
}

/// Words that begin something that is no part of the list before.
const BREAKS: &[&str] = &[
    "累计", "迄今", "截至", "截止", "至此", "全年", "全市", "全省", "全国", "全区", "今年", "去年", "上年",
    "同比", "环比", "比上", "较上", "新增", "计划", "总数", "合计", "总计", "共计", "此外", "另外", "同时",
    "平均", "人均", "达到", "超过", "增至", "每", "目标", "任务", "还有", "涉及", "比例", "共",
];

/// Words that tell of a change, not of a part.
const CHANGES: &[&str] =
    &["增长", "下降", "上升", "提高", "提升", "减少", "由原来", "至少", "多于", "少于", "同比"];

/// How many things the number is said of: two in `、东湖区、西湖区各2个`.
fn times(before: &str) -> u32 {
    let before = before.trim_end_matches(['有', '建', '设', ' ']);
    let Some(names) = before.strip_suffix('各') else { return 1 };
    let start = names.rfind([',', ';', ':', '(', ')']).map_or(0, |at| at + 1);
    let names = names.get(start..).unwrap_or(names).trim_matches(['、', ' ']);
    let count = names.matches(['、', '和', '与', '及']).count() + 1;
    u32::try_from(count).unwrap_or(1)
}

/// Whether the list says that it goes on: `…各1个等`.
fn is_open(sentence: Sentence<'_>, last: usize) -> bool {
    let after = sentence.after(last);
    let clause = after.split([',', ';', '。', ')', '(', '、']).next().unwrap_or_default();
    clause.contains('等') || after.contains("……") || after.contains("...")
}

/// Words for what is left of a whole.
const REST: &[&str] = &["其余", "剩余", "余下", "剩下", "其他", "其它"];

/// What a list that says that it is all there is must satisfy.
#[derive(Clone, Copy)]
struct Demand {
    /// Whether the parts may end before the list does: what follows 优 and 良 is no part of 优良.
    prefix: bool,
    /// How far below the total, as a part of it, a sum may be and still be meant as the sum; and how far above.
    below: Decimal,
    above: Decimal,
}

/// The demand, if the words say that the list is all there is.
fn demand(sentence: Sentence<'_>, tie: Tie, parts: &[Part]) -> Option<Demand> {
    let labels: Vec<&str> = parts.iter().map(|part| sentence.label(part.item)).collect();
    let rest = labels.last().is_some_and(|last| has(last, REST));
    // 已完成 … 未完成: done and not done are all.
    let undone = labels.iter().any(|label| has(label, &["未", "尚"]));
    let done =
        labels.iter().any(|label| has(label, &["已", "完成", "建成", "开工"]) && !has(label, &["未", "尚"]));
    if rest || (undone && done) {
        return Some(Demand { prefix: false, below: Decimal::TWO, above: Decimal::from(9) });
    }
    let classes = labels.iter().all(|label| noun(label).ends_with(['类', '级', '型', '档']));
    // Of places none is counted twice, so that they cannot be more than the whole.
    let above = if all_places(&labels) { Decimal::from(9) } else { Decimal::TWO };
    let (prefix, below, above) = match tie {
        Tie::Bracket if parallel(&labels) => (!all_places(&labels), Decimal::new(5, 1), above),
        Tie::Bracket => (true, Decimal::new(3, 1), Decimal::new(5, 1)),
        Tie::Divided => (false, Decimal::new(6, 1), above),
        Tie::Of if parts.len() >= 4 && parallel(&labels) && classes => (false, Decimal::new(3, 1), above),
        Tie::Of if parts.len() >= 3 && parallel(&labels) && classes => {
            (false, Decimal::new(15, 2), Decimal::ONE)
        }
        _ => return None,
    };
    Some(Demand { prefix, below, above })
}

fn all_places(labels: &[&str]) -> bool {
    labels.iter().all(|label| label.trim_end_matches('各').ends_with(['区', '县', '市', '镇', '乡', '州']))
}

/// Whether the labels are of one series: 一级, 二级, 三级; 水质达Ⅱ类的有, 水质为Ⅲ类的有.
fn parallel(labels: &[&str]) -> bool {
    let nouns: Vec<&str> = labels.iter().map(|label| noun(label)).collect();
    let last = |label: &str| label.chars().next_back();
    let overlapping = nouns.iter().any(|label| has(label, &["以上", "以下", "以内"]));
    !overlapping
        && nouns.first().is_some_and(|first| {
            last(first).is_some() && nouns.iter().all(|other| last(other) == last(first))
        })
}

fn equality(sentence: Sentence<'_>, total: usize, parts: &[Part], demand: Demand) -> Option<Relation> {
    let whole = sentence.quantity(total);
    let span = Span::of(whole)?;
    let value = whole.number.single()?;
    let (mut sum, mut exact) = (Span::point(Decimal::ZERO), Decimal::ZERO);
    let mut best: Option<(usize, Decimal)> = None;
    for (count, part) in parts.iter().enumerate() {
        let quantity = sentence.quantity(part.item);
        let factor = Decimal::from(part.times);
        sum = sum.plus(span_in(quantity, whole)?.times(factor)?)?;
        exact = exact.checked_add(value_in(quantity, whole)?.checked_mul(factor)?)?;
        if count == 0 || (!demand.prefix && count + 1 < parts.len()) {
            continue;
        }
        if sum.meets(span) {
            return Some(relation(sentence, total, &parts[..=count], exact, true, true));
        }
        if best.is_none_or(|(_, other)| (exact - value).abs() <= (other - value).abs()) {
            best = Some((count, exact));
        }
    }
    let (count, exact) = best?;
    let off = exact - value;
    let near = if off.is_sign_negative() { demand.below } else { demand.above };
    if off.abs() > value.checked_mul(near)? {
        return None;
    }
    Some(relation(sentence, total, &parts[..=count], exact, false, true))
}

/// No part may be more than the whole; and parts of one series not together.
fn bound(sentence: Sentence<'_>, total: usize, parts: &[Part], tie: Tie) -> Option<Relation> {
    if !matches!(tie, Tie::Among | Tie::Bracket | Tie::Of) {
        return None;
    }
    let whole = sentence.quantity(total);
    let span = Span::of(whole)?;
    let first = parts.first()?;
    let one = span_in(sentence.quantity(first.item), whole)?;
    let label = sentence.label(first.item);
    if label.chars().count() > 16
        || has(label, &["达到", "增至", "累计", "总", "已有", "达"])
        || has(label, MEANS)
    {
        return None;
    }
    // 甲145公里，乙62公里，其中…: of which of them, or of both?
    let of_several = total > 0 && same_kind(sentence.quantity(total - 1), whole);
    if of_several && one.low > span.high {
        return None;
    }
    if tie != Tie::Bracket && one.low > span.high {
        let exact = value_in(sentence.quantity(first.item), whole)?;
        return Some(relation(sentence, total, &parts[..1], exact, false, false));
    }
    let labels: Vec<&str> =
        parts.iter().map(|part| sentence.label(part.item).trim_end_matches('各')).collect();
    // Only of places is it sure that none is counted twice: a national model is a provincial one, too.
    if parts.len() < 2 || tie == Tie::Of || !all_places(&labels) || !parallel(&labels) {
        return None;
    }
    let (mut sum, mut exact) = (Span::point(Decimal::ZERO), Decimal::ZERO);
    for part in parts {
        let factor = Decimal::from(part.times);
        sum = sum.plus(span_in(sentence.quantity(part.item), whole)?.times(factor)?)?;
        exact = exact.checked_add(value_in(sentence.quantity(part.item), whole)?.checked_mul(factor)?)?;
    }
    // Far more than the whole: the list is of something else, or its members overlap.
    if exact > whole.number.single()?.checked_mul(Decimal::new(13, 1))? {
        return None;
    }
    Some(relation(sentence, total, parts, exact, sum.low <= span.high, false))
}

fn relation(
    sentence: Sentence<'_>,
    total: usize,
    parts: &[Part],
    sum: Decimal,
    holds: bool,
    equality: bool,
) -> Relation {
    let whole = sentence.quantity(total);
    let terms: Vec<String> = parts
        .iter()
        .map(|part| match part.times {
            1 => sentence.surface(part.item).to_owned(),
            times => format!("{} × {times}", sentence.surface(part.item)),
        })
        .collect();
    let items: Vec<usize> = std::iter::once(total).chain(parts.iter().map(|part| part.item)).collect();
    let (terms, expected) = (terms.join(" + "), amount(sum, whole, sentence.surface(total)));
    let found = sentence.surface(total).to_owned();
    let sign = match (equality, holds) {
        (true, _) => super::span::sign(holds, &expected, &found),
        (false, true) => "≤",
        (false, false) => ">",
    };
    let explanation = match (equality, terms.contains('+')) {
        (true, _) => text!(
            "各部分之和：{terms} = {expected} {sign} {found}",
            "the parts add up to {terms} = {expected} {sign} {found}"
        ),
        (false, true) => {
            text!(
                "各部分之和不应超过总数：{terms} = {expected} {sign} {found}",
                "parts are at most their total: {terms} = {expected} {sign} {found}"
            )
        }
        (false, false) => {
            text!(
                "部分不应超过总数：{expected} {sign} {found}",
                "a part is at most its total: {expected} {sign} {found}"
            )
        }
    };
    Relation {
        rule: Rule::PartsSum,
        places: sentence.places(&items),
        holds,
        equality,
        expected,
        found,
        explanation,
    }
}
