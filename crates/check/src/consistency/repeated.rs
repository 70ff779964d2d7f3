//! The same thing said twice with different values.
//!
//! What differs in subject, unit, period, place or scope is not the same thing, and most of what looks alike differs
//! in one of them. So the words before both numbers must be the same from the clause's beginning, after the same
//! period, place and scope; and a value far from the other is of something else that the words do not show.

use std::collections::BTreeMap;

use message::text;
use quantity::read::{CalendarDate, Kind};
use rust_decimal::Decimal;

use super::reading::{Reading, Sentence};
use super::span::{Span, is_exact, is_percent, same_kind, span_in, value_in};
use super::words::{adds_up, has, noun, way_at_end};
use super::{Relation, Rule};

/// What a number is said of, as far as the words tell.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    noun: String,
    unit: String,
    date: Option<(Option<i16>, Option<i8>, Option<i8>)>,
    /// Words of period and scope in the sentence before the number.
    scope: Vec<&'static str>,
    /// The last place named before it.
    place: String,
    /// None where the words are of the whole and long enough to be known again anywhere in the text.
    paragraph: Option<usize>,
}

pub(super) fn find(reading: &Reading<'_>, out: &mut Vec<Relation>) {
    let mut said: BTreeMap<Subject, Vec<(Sentence<'_>, usize)>> = BTreeMap::new();
    for sentence in reading.sentences().filter(|sentence| !sentence.in_table()) {
        for item in 0..sentence.len() {
            if let Some(subject) = subject(sentence, item) {
                said.entry(subject).or_default().push((sentence, item));
            }
        }
    }
    for statements in said.values() {
        compare(statements, out);
    }
}

fn subject(sentence: Sentence<'_>, item: usize) -> Option<Subject> {
    let quantity = sentence.quantity(item);
    let level = matches!(quantity.kind, Kind::Level | Kind::Share);
    if !level
        || !is_exact(quantity)
        || !(adds_up(quantity) || is_percent(quantity))
        || sentence.depth(item) > 0
    {
        return None;
    }
    let before = sentence.before(item);
    // In the middle of a clause the number is said of what stands before the last one as well.
    if item > 0 && !before.contains([',', ';', ':']) {
        return None;
    }
    let clause = sentence.clause(item);
    if clause.contains('、') || way_at_end(clause).is_some() || has(noun(clause), PARTIAL) {
        return None;
    }
    let after = sentence.after(item).trim_start();
    if after.starts_with(['的', '以', '左', '多', '余', '-', '~', '/']) {
        return None;
    }
    let (whole, words) = without_scope(noun(clause));
    let length = words.chars().count();
    if length < 4 || words.chars().any(|character| character.is_ascii_digit() && !clause.contains("PM")) {
        return None;
    }
    let lead = sentence.lead(item, 400);
    let own = sentence.own(lead);
    let date = sentence.date(item).map(|(_, CalendarDate { year, month, day })| (year, month, day));
    let far = whole && length >= 6;
    Some(Subject {
        noun: words.to_owned(),
        unit: quantity.unit.clone(),
        date,
        scope: SCOPES.iter().copied().filter(|scope| own.contains(scope)).collect(),
        place: if whole { String::new() } else { place(lead, words) },
        paragraph: (!far).then(|| sentence.paragraph()),
    })
}

/// The words without time and 全市 at their front, and whether they are said of the whole.
fn without_scope(words: &str) -> (bool, &str) {
    let mut rest = words.trim();
    let mut whole = false;
    loop {
        if let Some(shorter) = WHOLE.iter().find_map(|word| rest.strip_prefix(word)) {
            whole = true;
            rest = shorter;
        } else if let Some(shorter) = [
            "目前", "年末", "年底", "末", "底", "截至", "至", "到", "年", "月", "日", "今", "我们", "已",
            "共", "的",
        ]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        {
            rest = shorter;
        } else if rest.starts_with(|first: char| first.is_ascii_digit()) {
            rest = rest.trim_start_matches(|first: char| first.is_ascii_digit());
        } else {
            return (whole, rest.trim());
        }
    }
}

const WHOLE: &[&str] =
    &["全市", "我市", "本市", "全省", "我省", "本省", "全国", "我国", "全区", "我区", "全县", "我县"];

/// Words that make a number one of several or no fact.
const PARTIAL: &[&str] = &[
    "其中", "分别", "各", "每", "均", "计划", "目标", "预计", "力争", "拟", "将", "比", "较", "增", "减",
    "降", "升", "超", "以上", "以下", "第", "另", "还", "又", "再", "等", "要", "任务", "确保", "不", "到",
    "由", "从", "若", "如", "例", "某", "之一", "标准", "规定", "应", "前", "后", "上年", "去年", "同期",
    "分", "首", "一批", "提高", "扩大",
];

/// Words of period and scope; two numbers said with different ones are of different things.
const SCOPES: &[&str] = &[
    "今年",
    "去年",
    "上年",
    "本年",
    "上半年",
    "下半年",
    "季度",
    "月",
    "全年",
    "年度",
    "累计",
    "新增",
    "目前",
    "五年",
    "三年",
    "近年",
    "十三五",
    "十四五",
    "十五五",
    "年底",
    "年末",
    "年初",
    "以来",
    "全市",
    "全省",
    "全国",
    "全区",
    "全县",
    "城区",
    "农村",
    "城镇",
    "市级",
    "省级",
    "国家级",
    "区级",
    "县级",
    "其中",
    "计划",
    "目标",
    "原",
    "一期",
    "二期",
    "三期",
    "新建",
    "改造",
    "总",
    "本次",
    "此次",
    "当年",
    "一是",
    "二是",
    "三是",
    "四是",
    "五是",
    "六是",
    "七是",
];

/// The last district, street, river, firm or the like named before a number.
fn place(lead: &str, words: &str) -> String {
    let lead = lead.strip_suffix(words).unwrap_or(lead);
    let marks = [
        '区', '县', '镇', '乡', '村', '局', '委', '办', '司', '校', '院', '站', '河', '湖', '段', '线', '路',
        '库', '厂', '港', '桥', '江', '海', '家',
    ];
    let Some(at) = lead.rfind(marks) else { return String::new() };
    let name: Vec<char> = lead[..at].chars().rev().take(3).collect();
    let mut name: String = name.into_iter().rev().collect();
    name.extend(lead[at..].chars().next());
    name
}

fn compare(statements: &[(Sentence<'_>, usize)], out: &mut Vec<Relation>) {
    let Some(((first, item), others)) = statements.split_first() else { return };
    let one = first.quantity(*item);
    let Some(span) = Span::of(one) else { return };
    // Three times and never alike is a list, not a repetition.
    let distinct =
        others.iter().filter(|(sentence, other)| sentence.quantity(*other).number != one.number).count();
    if others.len() >= 2 && distinct == others.len() {
        return;
    }
    for (sentence, other) in others {
        let again = sentence.quantity(*other);
        let same_sentence = std::ptr::eq(sentence.plain(), first.plain());
        let (Some(here), Some(value), Some(before)) =
            (span_in(again, one), value_in(again, one), one.number.single())
        else {
            continue;
        };
        if !same_kind(one, again) || same_sentence {
            continue;
        }
        // Printed alike, they are alike or not; printed otherwise, one may be the other rounded.
        let holds = if again.step == one.step { value == before } else { here.meets(span) };
        let far =
            (value - before).abs().checked_mul(Decimal::from(3)).is_none_or(|triple| triple > before.abs());
        if !holds && far && !permuted(value, before) {
            continue;
        }
        let (expected, found) = (first.surface(*item).to_owned(), sentence.surface(*other).to_owned());
        let words = noun(sentence.clause(*other));
        let sign = super::span::sign(holds, &expected, &found);
        out.push(Relation {
            rule: Rule::Repeated,
            places: vec![sentence.place(*other), first.place(*item)],
            holds,
            equality: true,
            explanation: text!(
                "“{words}”前后两次所写：{expected} {sign} {found}",
                "`{words}` is said twice: {expected} {sign} {found}"
            ),
            expected,
            found,
        });
    }
}

/// Whether the numbers have the same digits in another order: a slip of the pen however far apart.
fn permuted(one: Decimal, other: Decimal) -> bool {
    let digits = |value: Decimal| {
        let mut digits: Vec<u8> = value.to_string().bytes().filter(u8::is_ascii_digit).collect();
        digits.sort_unstable();
        digits
    };
    one.scale() == other.scale() && digits(one) == digits(other) && digits(one).len() > 1
}
