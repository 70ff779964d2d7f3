//! Which period a quantity speaks of.

use figure::Period;
use quantity::read::{CalendarDate, Kind, Quantity};

use crate::sentence::Sentence;

/// The period of a claim at a place of a sentence: the last date before it in the sentence, else the period that the
/// whole text is about. None where the words name a stretch that is no period (2012—2021年).
pub(crate) fn period(
    sentence: &Sentence,
    found: &[Quantity],
    chars: &std::ops::Range<usize>,
    text: &str,
    default: Period,
) -> Option<Period> {
    let year = match default {
        Period::Year(year) | Period::Quarter(year, _) | Period::Month(year, _) => year,
        Period::Day(day) => day.year(),
    };
    let before = chars.start;
    let all = &found[sentence.quantities.clone()];
    let named =
        all.iter().enumerate().filter(|(_, one)| one.chars.start < before).filter_map(|(at, one)| match one
            .kind
        {
            Kind::Date(date) if date != CalendarDate::default() => {
                // 由2016年的580余个减到188个: the date is that of the 580 alone.
                let owner = all[at + 1..].iter().find(|one| one.counts())?;
                (owner.kind != Kind::From || owner.chars == *chars).then_some((date, one))
            }
            _ => None,
        });
    let stretch = sentence.inner(before);
    let words: String = sentence.text[..stretch].iter().collect();
    let Some((date, one)) = named.last() else {
        return Some(relative(&words, default));
    };
    if one.surface(text).contains(['—', '–', '-', '~', '至', '到', '、']) {
        return None;
    }
    let year = date.year.unwrap_or(year);
    Some(match (date.month, date.day, date.year) {
        (Some(month), _, _) => Period::Month(year, month),
        (None, None, Some(year)) => Period::Year(year),
        // A day alone (13日) tells when something was said.
        _ => default,
    })
}

/// 去年, 上年: one year earlier. The words of a comparison (比上年) name no period of their own.
fn relative(words: &str, default: Period) -> Period {
    let told = ["去年", "上年"].iter().filter_map(|word| words.rfind(word)).max();
    let compared =
        told.is_some_and(|at| ["比", "较", "与", "同"].iter().any(|word| words[..at].ends_with(word)));
    if told.is_some() && !compared { default.previous() } else { default }
}
