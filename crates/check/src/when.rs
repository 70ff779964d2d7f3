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
    flow: bool,
) -> Option<Period> {
    let year = match default {
        Period::Year(year) | Period::Quarter(year, _) | Period::Month(year, _) => year,
        Period::Day(day) => day.year(),
    };
    let before = chars.start;
    let all = &found[sentence.quantities.clone()];
    let mut named =
        all.iter().enumerate().filter(|(_, one)| one.chars.start < before).filter_map(|(at, one)| match one
            .kind
        {
            Kind::Date(date) if date != CalendarDate::default() => {
                // 由2016年的580余个减到188个: the date is that of the 580 alone. A claim in words may have none beside it.
                let owner = all[at + 1..].iter().find(|one| one.counts());
                owner
                    .is_none_or(|owner| owner.kind != Kind::From || owner.chars == *chars)
                    .then_some((date, one))
            }
            _ => None,
        });
    let stretch = sentence.inner(before);
    let words: String = sentence.text[..stretch].iter().collect();
    let Some((date, one)) = named.next_back() else {
        return part_of_year(&words, year).unwrap_or_else(|| Some(relative(&words, default)));
    };
    if one.surface(text).contains(['—', '–', '-', '~', '至', '到', '、']) {
        return None;
    }
    // 截至6月底 counts from the year's beginning, which no period here does.
    let until = sentence.text[..sentence.inner(one.chars.start)]
        .iter()
        .rev()
        .take(2)
        .any(|one| matches!(one, '至' | '到'));
    if flow && date.month.is_some() && until {
        return None;
    }
    let year = date.year.unwrap_or(year);
    if date.month.is_none()
        && let Some(part) = part_of_year(&words, year)
    {
        return part;
    }
    Some(match (date.month, date.day, date.year) {
        (Some(month), _, _) => Period::Month(year, month),
        (None, None, Some(year)) => Period::Year(year),
        // A day alone (13日) tells when something was said.
        _ => default,
    })
}

/// 第一季度, 上半年, 近五年: a quarter, or (none inside) a stretch that is no period.
fn part_of_year(words: &str, year: i16) -> Option<Option<Period>> {
    const QUARTERS: [&str; 4] = ["一季度", "二季度", "三季度", "四季度"];
    const STRETCHES: [&str; 16] = [
        "上半年",
        "下半年",
        "前三季度",
        "前两季度",
        "近年来",
        "五年来",
        "三年来",
        "两年来",
        "近五年",
        "近三年",
        "近两年",
        "过去五年",
        "过去三年",
        "五年间",
        "十年来",
        "近十年",
    ];
    let stretch = STRETCHES.iter().filter_map(|word| words.rfind(word)).max();
    let quarter =
        QUARTERS.iter().zip(1..).filter_map(|(word, number)| Some((words.rfind(word)?, number))).max();
    match (stretch, quarter) {
        (Some(stretch), Some((quarter, _)))
            if stretch <= quarter && words[stretch..].starts_with("前三季度") =>
        {
            Some(None)
        }
        (stretch, Some((quarter, number))) if stretch.is_none_or(|stretch| stretch < quarter) => {
            Some(Some(Period::Quarter(year, number)))
        }
        (Some(_), _) => Some(None),
        _ => None,
    }
}

/// 去年, 上年: one year earlier. The words of a comparison (比上年) name no period of their own.
fn relative(words: &str, default: Period) -> Period {
    let told = ["去年", "上年"].iter().filter_map(|word| words.rfind(word)).max();
    let compared =
        told.is_some_and(|at| ["比", "较", "与", "同"].iter().any(|word| words[..at].ends_with(word)));
    if told.is_some() && !compared { default.previous() } else { default }
}
