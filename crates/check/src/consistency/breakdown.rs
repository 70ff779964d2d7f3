//! Percentages of one whole that are all there are: they add up to 100 %.

use message::text;
use rust_decimal::Decimal;

use super::reading::Sentence;
use super::span::{Span, is_exact, is_percent, percent};
use super::words::{has, noun};
use super::{Relation, Rule};

pub(super) fn find(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    let list: Vec<usize> = (0..sentence.len())
        .filter(|item| is_percent(sentence.quantity(*item)) && is_exact(sentence.quantity(*item)))
        .take(40)
        .collect();
    if list.len() < 2 {
        return;
    }
    out.extend(
        water_classes(sentence, &list)
            .or_else(|| air_levels(sentence, &list))
            .or_else(|| with_rest(sentence, &list)),
    );
}

/// `Ⅰ～Ⅲ类占85.2%，Ⅳ类占10%，Ⅴ类占3%，劣Ⅴ类占1.8%`
fn water_classes(sentence: Sentence<'_>, list: &[usize]) -> Option<Relation> {
    let mut seen = [0_u8; 4];
    let mut items = Vec::new();
    for item in list {
        let label = sentence.clause(*item).replace("III", "Ⅲ").replace("II", "Ⅱ").replace("IV", "Ⅳ");
        let label = label.replace('V', "Ⅴ").replace('I', "Ⅰ");
        let Some(at) = label.rfind('类') else { continue };
        let after = &label[at + '类'.len_utf8()..];
        let stem = &label[..at];
        if has(after, &["上升", "下降", "提高", "增", "减", "比去", "比上"]) {
            return None;
        }
        let class = match () {
            () if stem.ends_with("劣Ⅴ") => 3,
            () if stem.ends_with('Ⅴ') && !stem.contains('Ⅳ') => 2,
            () if stem.ends_with('Ⅳ') && !stem.contains('Ⅰ') => 1,
            () if stem.ends_with(['Ⅰ', 'Ⅱ', 'Ⅲ']) => 0,
            () => return None,
        };
        seen[class] += 1;
        items.push(*item);
    }
    // Ⅰ, Ⅱ and Ⅲ may be told one by one, the others once; a second round is of other waters.
    let once = seen[1] == 1 && seen[2] == 1 && seen[3] == 1 && (1..=3).contains(&seen[0]);
    once.then(|| sum(sentence, &items))?
}

/// `优良天数比例92.4%，轻度污染6.9%，中度污染0.6%，重度及以上污染0.1%`
fn air_levels(sentence: Sentence<'_>, list: &[usize]) -> Option<Relation> {
    use super::air::Level::{Excellent, Fine, Good, Heavy, HeavyAndWorse, Light, Moderate, Severe};
    let mut items = Vec::new();
    let mut seen = Vec::new();
    for item in list {
        if let Some(level) = super::air::level(sentence.label(*item)) {
            if seen.contains(&level) {
                return None;
            }
            seen.push(level);
            items.push(*item);
        }
    }
    let fine = seen.contains(&Fine) != (seen.contains(&Excellent) && seen.contains(&Good));
    let heavy = seen.contains(&HeavyAndWorse) != (seen.contains(&Heavy) && seen.contains(&Severe));
    (fine && heavy && seen.contains(&Light) && seen.contains(&Moderate)).then(|| sum(sentence, &items))?
}

/// `甲占50%，乙占30%，其余占20%`
fn with_rest(sentence: Sentence<'_>, list: &[usize]) -> Option<Relation> {
    let (last, others) = list.split_last()?;
    let label = sentence.label(*last);
    if !["其余", "其他", "其它", "剩余"].iter().any(|word| label.starts_with(word))
        || !label.contains('占') && noun(label).chars().count() > 4
    {
        return None;
    }
    let shares = list.iter().all(|item| has(sentence.label(*item), &["占"]));
    let near = others.windows(2).all(|pair| pair[1] - pair[0] <= 2) && last - others.last()? <= 2;
    (shares && near).then(|| sum(sentence, list))?
}

fn sum(sentence: Sentence<'_>, items: &[usize]) -> Option<Relation> {
    let (mut span, mut exact) = (Span::point(Decimal::ZERO), Decimal::ZERO);
    for item in items {
        span = span.plus(Span::of(sentence.quantity(*item))?)?;
        exact = exact.checked_add(sentence.quantity(*item).number.single()?)?;
    }
    // Far off, the shares are of different wholes.
    if (exact - Decimal::ONE_HUNDRED).abs() > Decimal::from(60) {
        return None;
    }
    let holds = span.meets(Span::point(Decimal::ONE_HUNDRED));
    let terms: Vec<&str> = items.iter().map(|item| sentence.surface(*item)).collect();
    let (terms, total) = (terms.join(" + "), percent(exact, Decimal::ONE));
    let sign = super::span::sign(holds, &total, "100%");
    Some(Relation {
        rule: Rule::Share,
        places: sentence.places(items),
        holds,
        equality: true,
        expected: "100%".to_owned(),
        explanation: text!(
            "各项占比之和：{terms} = {total} {sign} 100%",
            "the shares add up to {terms} = {total} {sign} 100%"
        ),
        found: total,
    })
}
