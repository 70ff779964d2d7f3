//! A total after its parts (`甲3个、乙4个，共7个`) and a rest after the others (`其余91个`).

use message::text;
use rust_decimal::Decimal;

use super::reading::Sentence;
use super::span::{Span, amount, is_exact, is_percent, same_kind, span_in, value_in};
use super::words::{adds_up, has, noun};
use super::{Relation, Rule};

/// Sums are looked for among so many numbers before.
const MOST_PARTS: usize = 30;

pub(super) fn find(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    for item in 1..sentence.len() {
        let quantity = sentence.quantity(item);
        if !adds_up(quantity) || !is_exact(quantity) {
            continue;
        }
        let label = sentence.label(item);
        if ["共", "共计", "合计", "总计", "总共", "一共", "共有", "共为", "合计为", "合计达", "总计为"]
            .iter()
            .any(|word| label.ends_with(word))
            && !label.ends_with("公共")
            && sentence.before(item).contains([',', ';', ':'])
        {
            out.extend(total_after(sentence, item));
        } else if ["其余", "剩余", "余下", "剩下"].iter().any(|word| label.starts_with(word)) {
            out.extend(rest(sentence, item));
        }
    }
}

/// The items before this one that are of its kind, the last first, as long as they are of one list.
fn run_before(sentence: Sentence<'_>, item: usize) -> Vec<usize> {
    let quantity = sentence.quantity(item);
    let mut run = Vec::new();
    for earlier in (item.saturating_sub(MOST_PARTS)..item).rev() {
        let other = sentence.quantity(earlier);
        if sentence.depth(earlier) > sentence.depth(item) || is_percent(other) {
            continue;
        }
        if sentence.depth(earlier) < sentence.depth(item) || !same_kind(other, quantity) || !is_exact(other) {
            break;
        }
        run.push(earlier);
        if has(
            sentence.before(earlier),
            &["。", "累计", "迄今", "同比", "其中", "截至", "比上", "较上", "目标", "计划"],
        ) {
            break;
        }
    }
    run
}

fn total_after(sentence: Sentence<'_>, total: usize) -> Option<Relation> {
    let whole = sentence.quantity(total);
    let span = Span::of(whole)?;
    let value = whole.number.single()?;
    let (mut sum, mut exact) = (Span::point(Decimal::ZERO), Decimal::ZERO);
    let run = run_before(sentence, total);
    for (count, part) in run.iter().enumerate() {
        sum = sum.plus(span_in(sentence.quantity(*part), whole)?)?;
        exact = exact.checked_add(value_in(sentence.quantity(*part), whole)?)?;
        if count > 0 && sum.meets(span) {
            return Some(relation(sentence, total, &run[..=count], exact, true));
        }
    }
    let plain = run.iter().all(|part| !has(sentence.before(*part), &["增长", "下降", "增加", "减少"]));
    // 合计 sums up what is before it; 共 may count something else.
    let label = sentence.label(total);
    let sums_up = has(label, &["计"]);
    let near = if sums_up { Decimal::TWO } else { Decimal::from(4) };
    // More may have been summed up than stands here, but not less.
    let far = !(sums_up && exact > value) && (exact - value).abs().checked_mul(near)? > value.max(exact);
    if run.len() < 2 || !plain || far {
        return None;
    }
    Some(relation(sentence, total, &run, exact, false))
}

/// `72个，…12个，…30个，其余30个`, the total either the first of the numbers or said before of the same noun.
fn rest(sentence: Sentence<'_>, item: usize) -> Option<Relation> {
    let quantity = sentence.quantity(item);
    let things: String = sentence.after(item).trim_start().chars().take(2).collect();
    let run = run_before(sentence, item);
    // The numbers of the list and, if the first of them is the total, it.
    let (total, parts) = match run.split_last() {
        Some((first, parts)) if !parts.is_empty() && of_all(sentence, *first, &run) => (*first, parts),
        _ => return None,
    };
    let whole = sentence.quantity(total);
    let mut sum = span_in(quantity, whole)?;
    let mut exact = value_in(quantity, whole)?;
    for part in parts {
        sum = sum.plus(span_in(sentence.quantity(*part), whole)?)?;
        exact = exact.checked_add(value_in(sentence.quantity(*part), whole)?)?;
    }
    let value = whole.number.single()?;
    let holds = sum.meets(Span::of(whole)?);
    let doubtful = things.chars().count() < 2 && parts.len() > 4;
    if !holds && (doubtful || (exact - value).abs() * Decimal::from(5) > value) {
        return None;
    }
    let mut all: Vec<usize> = parts.iter().rev().copied().collect();
    all.push(item);
    all.reverse();
    Some(relation(sentence, total, &all, exact, holds))
}

/// Whether an item is the total of those that follow it: more than each, and said of all.
fn of_all(sentence: Sentence<'_>, item: usize, run: &[usize]) -> bool {
    let value = sentence.quantity(item).number.single();
    let greatest = run.iter().filter(|other| **other != item).all(|other| {
        value_in(sentence.quantity(*other), sentence.quantity(item)).is_some_and(|other| Some(other) < value)
    });
    let label = noun(sentence.label(item));
    greatest && (has(label, &["共", "总", "全", "这"]) || has(sentence.after(item), &["中", "其中"]))
}

fn relation(sentence: Sentence<'_>, total: usize, parts: &[usize], sum: Decimal, holds: bool) -> Relation {
    let whole = sentence.quantity(total);
    let terms: Vec<&str> = parts.iter().rev().map(|part| sentence.surface(*part)).collect();
    let items: Vec<usize> = std::iter::once(total).chain(parts.iter().rev().copied()).collect();
    let (terms, expected) = (terms.join(" + "), amount(sum, whole, sentence.surface(total)));
    let found = sentence.surface(total).to_owned();
    let sign = super::span::sign(holds, &expected, &found);
    Relation {
        rule: Rule::PartsSum,
        places: sentence.places(&items),
        holds,
        equality: true,
        explanation: text!(
            "各部分之和：{terms} = {expected} {sign} {found}",
            "the parts add up to {terms} = {expected} {sign} {found}"
        ),
        expected,
        found,
    }
}
