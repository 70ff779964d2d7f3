//! The same value in another unit, in brackets behind it: `21.4万亩（1.43万公顷）`.

use message::text;
use quantity::{Approximation, last_place};

use super::reading::Sentence;
use super::span::{Span, amount, span_in, value_in};
use super::words::{other_unit, without};
use super::{Relation, Rule};

pub(super) fn find(sentence: Sentence<'_>, out: &mut Vec<Relation>) {
    for second in 1..sentence.len() {
        out.extend(pair(sentence, second - 1, second));
    }
}

fn pair(sentence: Sentence<'_>, first: usize, second: usize) -> Option<Relation> {
    let (one, other) = (sentence.quantity(first), sentence.quantity(second));
    other_unit(one, other)?;
    let words = sentence.before(second).trim();
    let after = sentence.after(second).trim_start();
    let same = &["约合", "约", "折合", "合", "即", "相当于", "也就是", "为", "近"][..];
    let inside = words.strip_prefix('(').is_some_and(|words| without(words, same).is_empty())
        && after.starts_with(')');
    let told = words.strip_prefix([',', '、']).unwrap_or(words);
    let told = matches!(told, "合" | "折合" | "约合" | "折合约" | "相当于" | "即" | "折合为");
    // 1.2公里、合3座 is other counting; a bracket that goes on says something else.
    if !inside && !told {
        return None;
    }
    let there = match (other.word, other.number.single()) {
        // 约 of an exact value means no more than that the value was rounded.
        (Approximation::About, Some(value)) => {
            let place = last_place(value);
            Span::new(value.checked_sub(place)?, value.checked_add(place)?)
        }
        _ => Span::of(other)?,
    };
    let here = span_in(one, other)?;
    let holds = here.meets(there);
    let expected = amount(value_in(one, other)?, other, sentence.surface(second));
    let (from, found) = (sentence.surface(first), sentence.surface(second).to_owned());
    let sign = super::span::sign(holds, &expected, &found);
    Some(Relation {
        rule: Rule::Conversion,
        places: sentence.places(&[second, first]),
        holds,
        equality: true,
        explanation: text!(
            "单位换算：{from} = {expected} {sign} {found}",
            "the conversion: {from} = {expected} {sign} {found}"
        ),
        expected,
        found,
    })
}
