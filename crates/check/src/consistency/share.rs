//! A part, its whole and its share stated together; shares that have one whole in common.

use message::text;
use rust_decimal::Decimal;

use super::reading::Sentence;
use super::span::{Span, is_exact, is_percent, percent, same_kind, span_in, value_in};
use super::words::{adds_up, has, without};
use super::{Relation, Rule};

const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

pub(super) fn find(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    let mut pairs = Vec::new();
    for share in 1..sentence.len() {
        if !is_percent(sentence.quantity(share)) || !is_exact(sentence.quantity(share)) {
            continue;
        }
        if let Some(relation) = of_stated_whole(sentence, share) {
            out.push(relation);
        } else if is_share_of(sentence, share) {
            match whole_before(sentence, share - 1) {
                Some(whole) => out.extend(
                    judge(sentence, share - 1, whole, share)
                        .filter(|relation| relation.holds || meant(sentence, share - 1, whole, share)),
                ),
                None => pairs.push((share - 1, share)),
            }
        } else if let Some(whole) = rate_of(sentence, share) {
            out.extend(judge(sentence, share - 1, whole, share));
        }
    }
    common_whole(sentence, &pairs, out);
}

/// `253公里，占计划365公里的69%`
fn of_stated_whole(sentence: Sentence<'_>, share: usize) -> Option<Relation> {
    if share < 2 || !matches!(sentence.before(share).trim(), "的" | "的比例为" | "的比重为") {
        return None;
    }
    let (part, whole) = (share - 2, share - 1);
    let words = sentence.before(whole);
    let (before, after) = words.rsplit_once('占')?;
    let plain = before.trim().trim_end_matches(['约', ',', ' ', '，']);
    if plain.chars().count() > 12 || plain.contains([';', ':', '。', '、']) || after.chars().count() > 16 {
        return None;
    }
    if before.matches(',').count() > 1 || has(after, &["比", "率"]) {
        return None;
    }
    judge(sentence, part, whole, share)
}

/// Whether the share is said of the number right before it: `152天为臭氧，占53.7%`.
fn is_share_of(sentence: Sentence<'_>, share: usize) -> bool {
    let words = sentence.before(share).trim();
    let Some((before, after)) = words.rsplit_once('占') else { return false };
    let kind = sentence.quantity(share - 1);
    adds_up(kind)
        && is_exact(kind)
        && sentence.depth(share) >= sentence.depth(share - 1)
        && before.chars().count() <= 24
        && before.matches([',', '(']).count() <= 1
        // `，护理型床位占比65%` is of beds.
        && before.rfind([',', '(']).is_none_or(|at| before[at + 1..].trim().is_empty())
        && !before.contains([';', ':', '、', ')'])
        && !has(before, &["增长", "下降", "同比", "比上"])
        && without(after, &["总数", "总量", "总", "全部", "比例", "比重", "比", "其", "为", "约", "达到", "达", "的", "到"]).is_empty()
}

/// Whether a share that is wrong of this whole can only be of it: near what it should be, and right of no other number
/// before (of all people, not of those over sixty).
fn meant(sentence: Sentence<'_>, part: usize, whole: usize, share: usize) -> bool {
    let near = ratio(sentence, part, whole)
        .zip(sentence.quantity(share).number.single())
        .is_some_and(|(computed, stated)| (computed - stated).abs() * Decimal::TWO <= computed);
    let of_another = (part.saturating_sub(24)..part)
        .filter(|other| *other != whole && same_kind(sentence.quantity(*other), sentence.quantity(part)))
        .any(|other| judge(sentence, part, other, share).is_some_and(|relation| relation.holds));
    near && !of_another
}

/// The whole that the part is of: the nearest number before it that a list with 其中 hangs on.
fn whole_before(sentence: Sentence<'_>, part: usize) -> Option<usize> {
    let quantity = sentence.quantity(part);
    for whole in (part.saturating_sub(24)..part).rev() {
        let other = sentence.quantity(whole);
        if is_percent(other) || super::change::is_difference(sentence, whole) {
            continue;
        }
        if !same_kind(other, quantity) {
            return None;
        }
        let words = sentence.after(whole);
        // The list's beginning names the whole; between two of its parts there is no such word.
        let tied = words.contains("其中")
            || has(words, &["包括", "分为"])
            || words.trim_start().split_once('中').is_some_and(|(noun, rest)| {
                noun.chars().count() <= 12
                    && !noun.contains([',', ';'])
                    && rest.trim_start().starts_with([',', ':'])
            });
        if has(words, &["累计", "迄今", "同比", "比上", "新增", "计划", "目标", "截至"]) {
            return None;
        }
        if tied {
            let same = is_exact(other) && super::things::same_things(sentence, whole, part);
            return same.then_some(whole);
        }
    }
    None
}

/// `214个黑臭水体中，完成整治213个，整治率99.5%`: the rate of the very verb that the part is said with.
fn rate_of(sentence: Sentence<'_>, share: usize) -> Option<usize> {
    let part = share.checked_sub(1)?;
    let whole = part.checked_sub(1)?;
    if !same_kind(sentence.quantity(whole), sentence.quantity(part))
        || !is_exact(sentence.quantity(whole))
        || !is_exact(sentence.quantity(part))
    {
        return None;
    }
    if !adds_up(sentence.quantity(part)) {
        return None;
    }
    let words = sentence.before(share).trim_start_matches([',', '(', ' ', '、']);
    let words = super::words::noun(words);
    let stem = words.strip_suffix('率')?;
    let words = sentence.before(part);
    let tied = (has(words, &["中", "已"]) || has(sentence.label(whole), &["共", "应", "计划", "总"]))
        && words.matches(',').count() <= 1;
    let said = stem.chars().count() == 2 && words.contains(stem);
    if !tied
        || !said
        || !super::things::same_things(sentence, whole, part)
        || !near(sentence, part, whole, share)?
    {
        return None;
    }
    Some(whole)
}

/// Whether the share is near part ÷ whole, so that it can be meant.
fn near(sentence: Sentence<'_>, part: usize, whole: usize, share: usize) -> Option<bool> {
    let computed = ratio(sentence, part, whole)?;
    let stated = sentence.quantity(share).number.single()?;
    Some((computed - stated).abs() <= Decimal::from(45))
}

fn ratio(sentence: Sentence<'_>, part: usize, whole: usize) -> Option<Decimal> {
    let value = value_in(sentence.quantity(part), sentence.quantity(whole))?;
    value.checked_div(sentence.quantity(whole).number.single()?)?.checked_mul(HUNDRED)
}

fn judge(sentence: Sentence<'_>, part: usize, whole: usize, share: usize) -> Option<Relation> {
    let (one, all, stated) = (sentence.quantity(part), sentence.quantity(whole), sentence.quantity(share));
    if !same_kind(one, all) || !adds_up(all) {
        return None;
    }
    let span = span_in(one, all)?.over(Span::of(all)?)?.times(HUNDRED)?;
    let holds = span.meets(Span::of(stated)?);
    let expected = percent(ratio(sentence, part, whole)?, stated.step);
    let (numerator, denominator) = (sentence.surface(part), sentence.surface(whole));
    let found = sentence.surface(share).to_owned();
    let sign = super::span::sign(holds, &expected, &found);
    Some(Relation {
        rule: Rule::Share,
        places: sentence.places(&[share, part, whole]),
        holds,
        equality: true,
        explanation: text!(
            "占比：{numerator} ÷ {denominator} = {expected} {sign} {found}",
            "the share: {numerator} ÷ {denominator} = {expected} {sign} {found}"
        ),
        expected,
        found,
    })
}

/// Parts with shares and no whole stated: the wholes that they imply must be the same. If all but one agree (and at
/// least three do), the one is wrong.
fn common_whole(sentence: Sentence<'_>, pairs: &[(usize, usize)], out: &mut Vec<Relation>) {
    let Some((first, _)) = pairs.first() else { return };
    let like = sentence.quantity(*first);
    let mut wholes = Vec::new();
    for (part, share) in pairs.iter().take(40) {
        if !same_kind(sentence.quantity(*part), like) {
            return;
        }
        let whole = span_in(sentence.quantity(*part), like)
            .zip(Span::of(sentence.quantity(*share)))
            .and_then(|(part, share)| part.times(HUNDRED)?.over(share));
        let Some(whole) = whole else { return };
        wholes.push(whole);
    }
    if wholes.len() < 4 {
        return;
    }
    let common = |skip: Option<usize>| {
        let rest = || wholes.iter().enumerate().filter(|(at, _)| Some(*at) != skip).map(|(_, whole)| whole);
        let low = rest().map(|whole| whole.low).max()?;
        let high = rest().map(|whole| whole.high).min()?;
        (low <= high).then(|| Span::new(low, high))
    };
    let outlier = match common(None) {
        Some(_) => None,
        None => {
            let mut alone = (0..wholes.len()).filter(|at| common(Some(*at)).is_some());
            match (alone.next(), alone.next()) {
                (Some(at), None) => Some(at),
                _ => return,
            }
        }
    };
    let Some(whole) = common(outlier) else { return };
    let at = outlier.unwrap_or(0);
    let (part, share) = pairs[at];
    let middle = (whole.low + whole.high) / Decimal::TWO;
    let middle = if (whole.high - whole.low) < Decimal::ONE && super::span::counts_exactly(like) {
        middle.round()
    } else {
        middle
    };
    let Some(computed) = sentence
        .quantity(part)
        .number
        .single()
        .and_then(|value| value.checked_mul(HUNDRED)?.checked_div(middle))
    else {
        return;
    };
    let expected = percent(computed, sentence.quantity(share).step);
    let found = sentence.surface(share).to_owned();
    let (numerator, middle) =
        (sentence.surface(part), super::span::amount(middle, like, sentence.surface(part)));
    let sign = super::span::sign(outlier.is_none(), &expected, &found);
    let mut items = vec![share, part];
    items.extend(pairs.iter().filter(|pair| pair.1 != share).flat_map(|(part, share)| [*part, *share]));
    out.push(Relation {
        rule: Rule::Share,
        places: sentence.places(&items),
        holds: outlier.is_none(),
        equality: true,
        explanation: text!(
            "占比：同列各项的总体为{middle}，{numerator} ÷ {middle} = {expected} {sign} {found}",
            "the share: the others are of {middle}, and {numerator} ÷ {middle} = {expected} {sign} {found}"
        ),
        expected,
        found,
    });
}
