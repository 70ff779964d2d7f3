//! Levels of two years told apart, and the change said of the later: `2021年288天。2022年294天，比2021年增加6天`.

use super::Relation;
use super::change::{Levels, is_level, judge, only_change};
use super::reading::{Reading, Sentence};
use super::span::same_kind;
use super::words::{has, noun, way_at_end};

/// Levels are remembered over so many numbers of a paragraph.
const MEMORY: usize = 24;

/// A level with the year that it is of and what it is said of.
struct Level<'r> {
    sentence: Sentence<'r>,
    item: usize,
    year: i16,
    noun: String,
}

pub(super) fn find(reading: &Reading<'_>, out: &mut Vec<Relation>) {
    let mut levels: Vec<Level<'_>> = Vec::new();
    let mut paragraph = 0;
    for sentence in reading.sentences().filter(|sentence| !sentence.in_table()) {
        if sentence.paragraph() != paragraph {
            paragraph = sentence.paragraph();
            levels.clear();
        }
        for item in 0..sentence.len() {
            let before = sentence.before(item);
            if let (Some(latest), Some(_)) = (levels.last(), way_at_end(before)) {
                let follows = item > 0 && latest.sentence.index(latest.item) == sentence.index(item - 1);
                if follows && only_change(before) {
                    out.extend(against(sentence, item, &levels));
                }
                continue;
            }
            let Some((_, date)) = sentence.date(item) else { continue };
            // A month or a day makes another period of the same year.
            let (Some(year), None) = (date.year, date.month) else { continue };
            if is_level(sentence, item) && !has(before, &["计划", "目标", "累计", "预计", "力争"]) {
                let noun = subject(sentence.label(item));
                levels.push(Level { sentence, item, year, noun });
                if levels.len() > MEMORY {
                    levels.remove(0);
                }
            }
        }
    }
}

/// The change at `item`, said of the last level, against the level of the year that it is compared with.
fn against(sentence: Sentence<'_>, item: usize, levels: &[Level<'_>]) -> Option<Relation> {
    let (latest, earlier) = levels.split_last()?;
    let before = sentence.before(item);
    let said = sentence.dates_before(item).find_map(|date| date.year);
    let year = match said {
        Some(year) => year,
        None if has(before, &["上年", "去年", "同比"]) => latest.year.checked_sub(1)?,
        None => return None,
    };
    if year >= latest.year
        || before.contains("同期") && sentence.dates_before(item).any(|date| date.month.is_some())
    {
        return None;
    }
    let quantity = latest.sentence.quantity(latest.item);
    let mut matching = earlier.iter().filter(|level| {
        level.year == year
            && same_kind(level.sentence.quantity(level.item), quantity)
            && (latest.noun.is_empty() || level.noun == latest.noun)
    });
    let old = matching.next()?;
    // Two candidates are one too many.
    if matching.next().is_some() || old.noun.is_empty() {
        return None;
    }
    judge(Levels {
        old: (old.sentence, old.item),
        new: (latest.sentence, latest.item),
        change: (sentence, item),
    })
}

/// The label's noun without the date before it.
fn subject(label: &str) -> String {
    let rest = match label.rfind(['年', '月', '日']) {
        Some(at) => label[at..].trim_start_matches(['年', '月', '日', '度', '的']),
        None => label,
    };
    noun(rest).trim_start_matches("全市").trim_start_matches("全省").trim_start_matches("我市").to_owned()
}
