//! Dates and clock times, which are found so that they are not taken for quantities, and because claims need them.

use super::CalendarDate;
use super::line::Line;
use super::number::{Form, numeral};

/// The date that begins at a place, and the place after it.
pub(super) fn date(line: &Line, at: usize) -> Option<(usize, CalendarDate)> {
    let first = part(line, at)?;
    if first.digits == 4 && (1000..=2999).contains(&first.value) {
        return from_year(line, first);
    }
    if first.positional {
        return None;
    }
    // 1—5月, 1月, 十二月; 3个月 has its 个 in between.
    let last = range(line, first);
    if line.at(last.end) == '月' && (1..=12).contains(&last.value) && !line.starts(last.end, "月球") {
        let month = i8::try_from(last.value).ok();
        return Some(with_day(line, last.end + 1, CalendarDate { month, ..CalendarDate::default() }));
    }
    if line.at(last.end) == '日'
        && (1..=31).contains(&last.value)
        && !matches!(line.at(last.end + 1), '均' | '元')
    {
        let day = i8::try_from(last.value).ok();
        return Some((last.end + 1, CalendarDate { day, ..CalendarDate::default() }));
    }
    clock(line, first).map(|end| (end, CalendarDate::default()))
}

fn from_year(line: &Line, first: Part) -> Option<(usize, CalendarDate)> {
    let year = i16::try_from(first.value).ok();
    let date = CalendarDate { year, ..CalendarDate::default() };
    if let Some(end) = by_digits(line, first) {
        return Some((end.0, CalendarDate { month: Some(end.1), day: end.2, ..date }));
    }
    let last = range(line, first);
    // 5000年 of history is a length of time; a year of the calendar is near our own.
    if line.at(last.end) != '年' || !(1800..=2199).contains(&last.value) {
        return None;
    }
    // Of 2015—2024年 the last year is the one that is spoken of.
    let date = CalendarDate { year: i16::try_from(last.value).ok(), ..date };
    let end = last.end + 1;
    let Some(month) = part(line, end).map(|month| range(line, month)) else { return Some((end, date)) };
    if line.at(month.end) != '月' || !(1..=12).contains(&month.value) {
        return Some((end, date));
    }
    Some(with_day(line, month.end + 1, CalendarDate { month: i8::try_from(month.value).ok(), ..date }))
}

fn with_day(line: &Line, end: usize, date: CalendarDate) -> (usize, CalendarDate) {
    let day = part(line, end).map(|day| range(line, day));
    match day.filter(|day| matches!(line.at(day.end), '日' | '号') && (1..=31).contains(&day.value)) {
        Some(day) => (day.end + 1, CalendarDate { day: i8::try_from(day.value).ok(), ..date }),
        None => (end, date),
    }
}

/// `2020-11-17`, `2022/5/4`, `2022.5.4`, `2022-05`.
fn by_digits(line: &Line, year: Part) -> Option<(usize, i8, Option<i8>)> {
    let mark = line.at(year.end);
    if !matches!(mark, '-' | '/' | '.') || line.before(year.start).is_ascii_alphanumeric() {
        return None;
    }
    let month =
        part(line, year.end + 1).filter(|month| month.digits <= 2 && (1..=12).contains(&month.value))?;
    let day = (line.at(month.end) == mark).then(|| part(line, month.end + 1)).flatten();
    let day = day.filter(|day| day.digits <= 2 && (1..=31).contains(&day.value));
    // 2022.5 may be a number; 2022-05 with two digits is a month.
    if day.is_none() && (mark != '-' || month.digits != 2 || line.at(month.end).is_ascii_digit()) {
        return None;
    }
    let end = day.map_or(month.end, |day| day.end);
    Some((end, i8::try_from(month.value).ok()?, day.and_then(|day| i8::try_from(day.value).ok())))
}

/// `10:30`, `8时30分`, `9点`.
fn clock(line: &Line, hour: Part) -> Option<usize> {
    if hour.value > 24 || hour.digits > 2 {
        return None;
    }
    let mark = line.at(hour.end);
    let minute = || part(line, hour.end + 1).filter(|minute| minute.value < 60);
    match mark {
        ':' => minute().filter(|minute| minute.digits == 2).map(|minute| minute.end),
        '时' | '点' if line.at(hour.end + 1) != '位' => match minute() {
            Some(minute) if line.at(minute.end) == '分' => Some(minute.end + 1),
            _ if mark == '时' || matches!(line.at(hour.end + 1), '钟' | '整' | '半' | '至' | '到' | '，') => {
                Some(hour.end + 1)
            }
            _ => None,
        },
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
    value: i64,
    digits: usize,
    positional: bool,
}

/// A whole number without thousands or powers of ten.
fn part(line: &Line, at: usize) -> Option<Part> {
    let at = if line.at(at) == ' ' { at + 1 } else { at };
    let mut end = at;
    let (mut value, mut positional) = (0_i64, false);
    while line.at(end).is_ascii_digit() && end - at < 5 {
        value = value * 10 + i64::from(line.at(end).to_digit(10)?);
        end += 1;
    }
    if end == at {
        let numeral = numeral(line, at).filter(|numeral| numeral.infix.is_none())?;
        positional = numeral.form == Form::Positional;
        if !positional && numeral.form != Form::Chinese {
            return None;
        }
        value = i64::try_from(numeral.value).ok()?;
        end = numeral.end;
    }
    let digits = end - at;
    // 2024 年: a space may stand before the word.
    if line.at(end) == ' ' && matches!(line.at(end + 1), '年' | '月' | '日') {
        end += 1;
    }
    Some(Part { start: at, end, value, digits, positional })
}

/// The second of two numbers that 至, 、 or a dash joins (a 年, 月 or 日 may stand with the first); else the first.
fn range(line: &Line, first: Part) -> Part {
    let mut end = first.end;
    if matches!(line.at(end), '年' | '月' | '日')
        && matches!(line.at(end + 1), '至' | '到' | '-' | '—' | '–' | '~')
    {
        end += 1;
    }
    if !matches!(line.at(end), '至' | '到' | '-' | '—' | '–' | '~' | '、') {
        return first;
    }
    let listed = line.at(end) == '、';
    while matches!(line.at(end), '至' | '到' | '-' | '—' | '–' | '~' | '、') && end < first.end + 4 {
        end += 1;
    }
    match part(line, end) {
        // A list's parts each have their own 月 unless the first lacks it: 1、2月.
        Some(second) if second.digits <= first.digits.max(2) && !(listed && end == first.end + 2) => {
            Part { start: first.start, ..second }
        }
        _ => first,
    }
}
