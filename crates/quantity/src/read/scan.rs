//! From a line's characters to its numbers.

use rust_decimal::Decimal;

use super::item::Item;
use super::line::{Line, begins_number, ends_clause};
use super::number::{Form, MOST_DIGITS, Numeral, digits_end, digits_end_within, numeral};
use super::units::{Found, unit};
use super::{Kind, Number, calendar, names, words};
use crate::approximation::Approximation;

/// The longest title (《…》) whose numbers are taken for parts of it.
const LONGEST_TITLE: usize = 60;

/// Every number of a line: quantities, bare numbers that may yet get a unit, and what is told apart.
pub(super) fn scan(line: &Line, items: &mut Vec<Item>) {
    let (mut at, mut title_end) = (0, 0);
    while at < line.len() {
        let character = line.at(at);
        if character == '《' {
            let end = (at + 1..at + LONGEST_TITLE).find(|&place| line.at(place) == '》');
            title_end = end.unwrap_or(title_end);
        }
        if !begins_number(character) {
            at += 1;
            continue;
        }
        let end = match number(line, at) {
            Step::Skip(end) => end,
            Step::Item(mut item) => {
                if at < title_end && item.counts {
                    (item.counts, item.kind) = (false, Kind::Name);
                }
                let end = item.end;
                // A bare number inside a title or name helps nobody.
                if item.counts || !item.bare {
                    items.push(item);
                }
                end
            }
        };
        at = end.max(at + 1);
    }
}

enum Step {
    /// No number of interest up to here.
    Skip(usize),
    Item(Item),
}

fn number(line: &Line, at: usize) -> Step {
    let arabic = line.at(at).is_ascii_digit();
    if arabic && (inside_code(line, at)) {
        return Step::Skip(digits_end(line, at));
    }
    if let Some((end, date)) = calendar::date(line, at) {
        let value = Decimal::from(date.year.unwrap_or_default());
        return Step::Item(Item::apart(at, end, value, String::new(), Kind::Date(date)));
    }
    let Some(numeral) = numeral(line, at) else { return Step::Skip(digits_end(line, at)) };
    // 3.1.2, 2.0.
    if arabic && line.at(numeral.end) == '.' && line.at(numeral.end + 1).is_ascii_digit() {
        return Step::Skip(digits_end(line, numeral.end + 1));
    }
    let found = unit_behind(line, &numeral, arabic);
    let end = found.as_ref().map_or(numeral.end, |found| found.end);
    if let Some(kind) = names::instead(line, at, &numeral, found.as_ref()) {
        let name = found.map(|found| found.name).unwrap_or_default();
        return Step::Item(Item::apart(at, end, numeral.value, name, kind));
    }
    if let Some(kind_of) = (!arabic && found.is_none()).then(|| name_word(line, numeral.end)).flatten() {
        let (end, unit) = kind_of;
        return Step::Item(Item::apart(at, end, numeral.value, unit, Kind::Name));
    }
    if !arabic && found.is_none() && joins_range(line, numeral.end) {
        return Step::Item(Item { bare: true, ..item(line, at, &numeral, None) });
    }
    if !arabic && found.is_none() && !matches!(numeral.form, Form::Fraction(..) | Form::Percent(_)) {
        return Step::Skip(numeral.end);
    }
    // 5G, 3D, A4: a letter that is no unit makes a name.
    if found.is_none() && line.at(numeral.end).is_ascii_alphabetic() {
        return Step::Skip(numeral.end);
    }
    Step::Item(item(line, at, &numeral, found))
}

/// Whether a Chinese number goes on to another: 三至四成.
fn joins_range(line: &Line, at: usize) -> bool {
    matches!(line.at(at), '至' | '到' | '~' | '—' | '–') && begins_number(line.at(at + 1))
}

/// What makes a name with a Chinese numeral although no unit follows: 六大活动, 九城. The name's end and unit.
fn name_word(line: &Line, at: usize) -> Option<(usize, String)> {
    match line.at(at) {
        '大' => Some((at, String::new())),
        unit @ ('城' | '市' | '县' | '区') => Some((at + 1, unit.to_string())),
        _ => None,
    }
}

/// Whether the digits belong to a code: PM2.5, NO2, GB3095, 〔2022〕, 12-34, 1.2.3.
fn inside_code(line: &Line, at: usize) -> bool {
    let before = line.before(at);
    let further = if at >= 2 { line.at(at - 2) } else { '\n' };
    before.is_ascii_alphabetic()
        || before == '_'
        || (matches!(before, '-' | '.' | '/') && further.is_ascii_alphanumeric() && !range_mark(line, at))
        || numbered(line, at)
}

/// 11号, but not 5号召: only so far as a number goes, for this is asked of each number of a list like 1,2,3.
fn numbered(line: &Line, at: usize) -> bool {
    let end = digits_end_within(line, at, at + MOST_DIGITS as usize + 2);
    line.at(end) == '号' && line.at(end + 1) != '召'
}

/// Whether the mark before a place joins two numbers of a range: 5-10个.
fn range_mark(line: &Line, at: usize) -> bool {
    line.before(at) == '-' && matches!(line.at(at.saturating_sub(2)), '0'..='9' | '%')
}

fn unit_behind(line: &Line, numeral: &Numeral, arabic: bool) -> Option<Found> {
    if let Form::Percent(sign) = numeral.form {
        return Some(Found { end: numeral.end, name: sign.to_owned(), sort: super::units::Sort::Ratio });
    }
    let found = unit(line, numeral.end, !arabic);
    // One space may stand between a number in digits and its unit; 亿 was moved over with it already.
    let spaced = arabic && found.is_none() && line.at(numeral.end) == ' ';
    if spaced { unit(line, numeral.end + 1, false) } else { found }
}

fn item(line: &Line, at: usize, numeral: &Numeral, found: Option<Found>) -> Item {
    let mut end = numeral.end;
    let mut unit = String::new();
    let large = numeral.multiplier > Decimal::ONE;
    let whole = matches!(numeral.form, Form::Fraction(..)) || large || numeral.infix.is_some();
    let bare = found.is_none() && !whole;
    match found {
        Some(found) => (end, unit) = (found.end, found.name),
        // 迈上5万亿台阶: money is what has a threshold of this size.
        None if numeral.multiplier >= Decimal::from(100_000_000)
            && ["台阶", "大关", "门槛"].iter().any(|word| line.starts(end, word)) =>
        {
            "元".clone_into(&mut unit);
        }
        None => {}
    }
    let (start, negative) = sign(line, at);
    let number = match numeral.form {
        Form::Fraction(over, under) => Number::Fraction(over, under),
        Form::Pair(high) => Number::Range(numeral.value, high),
        _ => {
            // The zeros of 11.0% are said; those that 亿 would leave behind are not.
            let value = if large { numeral.value.normalize() } else { numeral.value };
            Number::Single(if negative { -value } else { value })
        }
    };
    let (mut word, mut word_start, mut word_behind) = (numeral.infix.unwrap_or_default(), start, false);
    if let Some((before, place)) = words::before(line, start) {
        (word, word_start) = (before, place);
    }
    if let Some((behind, _)) = words::behind(line, end)
        && (word_start == start || behind == Approximation::About)
    {
        (word, word_behind) = (behind, true);
    }
    if word == Approximation::Exact {
        let whole = matches!(unit.as_str(), "%" | "成" | "倍" | "");
        word = whole.then(|| words::before_whole(line, start)).flatten().unwrap_or_default();
        // 历时两年多, 三成多.
        let more = !unit.is_empty()
            && line.at(end) == '多'
            && (ends_clause(line.at(end + 1)) || line.at(end + 1) == '的');
        if more {
            (word, word_behind) = (Approximation::More, true);
        }
        if words::kept_within(line, start, end) {
            (word, word_behind) = (Approximation::AtMost, true);
        }
    }
    let kind = if large && line.at(end) == '级' && unit.is_empty() { Kind::Name } else { Kind::Level };
    let counts = kind == Kind::Level;
    Item {
        start,
        end,
        number,
        step: numeral.step.normalize(),
        multiplier: numeral.multiplier,
        unit,
        bare,
        counts,
        word,
        word_start,
        word_behind,
        kind,
    }
}

/// A minus that belongs to the number: behind nothing that it could join.
fn sign(line: &Line, at: usize) -> (usize, bool) {
    let joins = at >= 2
        && !matches!(line.at(at - 2), '(' | '，' | '、' | '：' | ':' | ' ' | '为' | '达' | '\n' | '\t');
    if line.before(at) == '-' && at > 0 && !joins { (at - 1, true) } else { (at, false) }
}
