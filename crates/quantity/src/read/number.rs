//! Numbers: Arabic with 万 and 亿, Chinese, mixed, fractions.

use rust_decimal::Decimal;

use super::line::{Line, is_chinese_numeral};
use crate::approximation::Approximation;

/// The most digits that a decimal holds.
pub(super) const MOST_DIGITS: u32 = 27;

/// A number as it stands in a line, without its unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numeral {
    /// The place after its last character.
    pub end: usize,
    pub value: Decimal,
    /// One unit of its last place.
    pub step: Decimal,
    /// What its last 万, 亿 … multiplies by; 1 if there is none.
    pub multiplier: Decimal,
    /// 余, 多, 几 inside or behind it.
    pub infix: Option<Approximation>,
    pub form: Form,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `1,210.5`.
    Arabic,
    /// `三百八十`.
    Chinese,
    /// `二〇二二`: Chinese digits by position.
    Positional,
    /// `三四`: from the value to this one.
    Pair(Decimal),
    /// `百`, `千`, `万` without a digit: a class, not a count.
    Power,
    /// `三分之一`.
    Fraction(u64, u64),
    /// `百分之三十`, whose sign it is.
    Percent(&'static str),
}

/// The number that begins at a place.
pub(super) fn numeral(line: &Line, at: usize) -> Option<Numeral> {
    if line.at(at).is_ascii_digit() { arabic(line, at) } else { chinese(line, at) }
}

/// The end of the digits (and what joins them) that begin at a place, for skipping what is no number.
pub(super) fn digits_end(line: &Line, at: usize) -> usize {
    digits_end_within(line, at, line.len())
}

/// The same, or the place where to stop looking.
pub(super) fn digits_end_within(line: &Line, at: usize, most: usize) -> usize {
    let digit = |place: usize| line.at(place).is_ascii_digit();
    let inside = |&place: &usize| digit(place) || (matches!(line.at(place), '.' | ',') && digit(place + 1));
    (at..most).take_while(inside).last().map_or(at, |last| last + 1)
}

fn arabic(line: &Line, at: usize) -> Option<Numeral> {
    let (mut end, mantissa, scale) = arabic_digits(line, at)?;
    let mut value = Decimal::from_i128_with_scale(mantissa, scale);
    let mut step = Decimal::new(1, scale);
    if let Some((end, under)) = divisor(line, end).filter(|_| scale == 0) {
        let fraction = u64::try_from(mantissa).ok().filter(|over| (1..under).contains(over))?;
        let (value, step, multiplier) = (Decimal::ZERO, Decimal::ONE, Decimal::ONE);
        return Some(Numeral {
            end,
            value,
            step,
            multiplier,
            infix: None,
            form: Form::Fraction(fraction, under),
        });
    }
    let mut infix = infix(line, &mut end, false);
    if line.at(end) == ' ' && matches!(line.at(end + 1), '万' | '亿') {
        end += 1;
    }
    let mut multiplier = power(line, &mut end);
    value = value.checked_mul(multiplier)?;
    step = step.checked_mul(multiplier)?;
    if multiplier > Decimal::ONE && infix.is_none() {
        infix = self::infix(line, &mut end, false);
    }
    // 1亿2000万, 3万5千: a smaller part behind the greater one.
    if multiplier > Decimal::ONE && infix.is_none() && line.at(end).is_ascii_digit() {
        let mut next = end;
        if let Some((digits_end, mantissa, 0)) = arabic_digits(line, end) {
            next = next.max(digits_end);
            let digits = digits_end - end;
            let factor = power(line, &mut next);
            let part = Decimal::from_i128_with_scale(mantissa, 0).checked_mul(factor)?;
            let fills = factor == Decimal::ONE
                && multiplier == Decimal::from(10_000)
                && digits == 4
                && line.at(next) != '年';
            if part < multiplier && (factor > Decimal::ONE || fills) {
                value = value.checked_add(part)?;
                (end, step, multiplier) = (next, factor, factor);
                infix = self::infix(line, &mut end, false);
            }
        }
    }
    Some(Numeral { end, value, step, multiplier, infix, form: Form::Arabic })
}

/// The divisor of a fraction in digits: 1/3, but not 24/7, 2022/5 or 8/10万.
fn divisor(line: &Line, at: usize) -> Option<(usize, u64)> {
    if line.at(at) != '/' {
        return None;
    }
    let (end, under, scale) = arabic_digits(line, at + 1)?;
    let next = line.at(end);
    let plain = scale == 0
        && (2..=100).contains(&under)
        && !matches!(next, '/' | '万' | '亿' | '-' | '.')
        && !next.is_ascii_alphanumeric();
    plain.then(|| u64::try_from(under).ok()).flatten().map(|under| (end, under))
}

/// Digits with thousands and decimals: the place after them, the mantissa, its decimals.
fn arabic_digits(line: &Line, at: usize) -> Option<(usize, i128, u32)> {
    let (mut end, mut mantissa, mut digits) = (at, 0_i128, 0_u32);
    line.at(at).is_ascii_digit().then_some(())?;
    let mut take = |character: char| {
        digits += 1;
        mantissa = mantissa * 10 + i128::from(character.to_digit(10).unwrap_or_default());
        digits <= MOST_DIGITS
    };
    while line.at(end).is_ascii_digit() {
        take(line.at(end)).then_some(())?;
        end += 1;
    }
    let mut grouped = (1..=3).contains(&(end - at)) && line.at(at) != '0';
    while grouped {
        let three = (1..=3).all(|step| line.at(end + step).is_ascii_digit());
        grouped = matches!(line.at(end), ',' | ' ') && three && !line.at(end + 4).is_ascii_digit();
        if grouped {
            for step in 1..=3 {
                take(line.at(end + step)).then_some(())?;
            }
            end += 4;
        }
    }
    let mut scale = 0;
    if line.at(end) == '.' && line.at(end + 1).is_ascii_digit() {
        end += 1;
        while line.at(end).is_ascii_digit() {
            take(line.at(end)).then_some(())?;
            (end, scale) = (end + 1, scale + 1);
        }
    }
    Some((end, mantissa, scale))
}

/// 百, 千, 万, 亿 and their combinations, moved over; 1 if there is none.
fn power(line: &Line, end: &mut usize) -> Decimal {
    let mut factor = Decimal::ONE;
    match line.at(*end) {
        '百' if !matches!(line.at(*end + 1), '分' | '日') => {
            (factor, *end) = (Decimal::ONE_HUNDRED, *end + 1)
        }
        '千' if !is_kilo(line.at(*end + 1)) => (factor, *end) = (Decimal::ONE_THOUSAND, *end + 1),
        _ => {}
    }
    if line.at(*end) == '万' {
        (factor, *end) = (factor * Decimal::from(10_000), *end + 1);
    }
    if line.at(*end) == '亿' {
        (factor, *end) = (factor * Decimal::from(100_000_000), *end + 1);
    }
    factor
}

/// 千 before these is part of a unit.
fn is_kilo(next: char) -> bool {
    matches!(next, '瓦' | '米' | '克' | '伏' | '卡' | '焦' | '帕' | '赫' | '兆')
}

/// 余 or 多 (behind Chinese powers also 几 and 来), moved over.
fn infix(line: &Line, end: &mut usize, chinese: bool) -> Option<Approximation> {
    let found = match line.at(*end) {
        '余' => Approximation::Odd,
        // 多 begins words of its own: 5多层, and 多 before a verb is no infix either; a unit or power must follow.
        '多' => Approximation::More,
        '几' => Approximation::More,
        '来' if chinese && line.before(*end) == '十' && !matches!(line.at(*end + 1), '年' | '，') => {
            Approximation::About
        }
        _ => return None,
    };
    *end += 1;
    Some(found)
}

fn chinese(line: &Line, at: usize) -> Option<Numeral> {
    for (word, sign) in [("百分之", "%"), ("千分之", "‰")] {
        if line.starts(at, word) {
            let digits = line.at(at + 3).is_ascii_digit();
            let part = if digits { arabic(line, at + 3) } else { without_sign(line, at + 3) };
            let part = part.filter(|part| part.form != Form::Positional)?;
            let value = if part.form == Form::Power { Decimal::ONE_HUNDRED } else { part.value };
            return Some(Numeral { value, form: Form::Percent(sign), ..part });
        }
    }
    without_sign(line, at)
}

fn without_sign(line: &Line, at: usize) -> Option<Numeral> {
    let run = chinese_run(line, at)?;
    let mut end = run.end;
    let Run { mut value, mut step, form, .. } = run;
    if form == Form::Chinese && line.starts(end, "分之") {
        let over = chinese_run(line, end + 2)?;
        let fraction = (u64::try_from(value).ok()?, u64::try_from(over.value).ok()?);
        return (fraction.1 < fraction.0).then_some(Numeral {
            end: over.end,
            value: Decimal::ZERO,
            step: Decimal::ONE,
            multiplier: Decimal::ONE,
            infix: None,
            form: Form::Fraction(fraction.1, fraction.0),
        });
    }
    if form == Form::Chinese && line.at(end) == '点' && digit(line.at(end + 1)).is_some() {
        end += 1;
        while let Some(next) = digit(line.at(end)) {
            step = step.checked_div(Decimal::TEN)?;
            value = value.checked_add(step.checked_mul(Decimal::from(next))?)?;
            end += 1;
        }
        let factor = power(line, &mut end);
        (value, step) = (value.checked_mul(factor)?, step.checked_mul(factor)?);
    }
    let after_power = matches!(line.before(end), '十' | '百' | '千' | '万' | '亿');
    let infix = if after_power { infix(line, &mut end, true) } else { None };
    let mut multiplier = run.multiplier;
    if infix.is_some() {
        let factor = power(line, &mut end);
        (value, step) = (value.checked_mul(factor)?, step.checked_mul(factor)?);
        multiplier *= factor;
    }
    Some(Numeral { end, value, step, multiplier, infix, form })
}

struct Run {
    end: usize,
    value: Decimal,
    step: Decimal,
    multiplier: Decimal,
    form: Form,
}

/// A Chinese numeral: digits by position, two neighbours (三四), or digits with powers.
fn chinese_run(line: &Line, at: usize) -> Option<Run> {
    let mut end = at;
    while is_chinese_numeral(line.at(end)) && end - at < 40 {
        let next = line.at(end + 1);
        if (line.at(end) == '千' && is_kilo(next)) || (line.at(end) == '百' && next == '分') {
            break;
        }
        end += 1;
    }
    let characters = line.slice(at, end);
    let first = *characters.first()?;
    if characters.iter().all(|&character| digit(character).is_some()) {
        return by_position(characters, end);
    }
    if digit(first) == Some(0) {
        return None;
    }
    let form = if power_of(first).is_some_and(|power| power > 10) { Form::Power } else { Form::Chinese };
    let (value, second, used, multiplier) = with_powers(characters)?;
    let form = second.map_or(form, Form::Pair);
    let step = if multiplier >= Decimal::from(10_000) { multiplier } else { Decimal::ONE };
    Some(Run { end: at + used, value, step, multiplier, form })
}

fn by_position(characters: &[char], end: usize) -> Option<Run> {
    let digits: Vec<u32> = characters.iter().filter_map(|&character| digit(character)).collect();
    let (value, form) = match digits[..] {
        [one] => (Decimal::from(one), Form::Chinese),
        [one, two] if one > 0 && two == one + 1 => (Decimal::from(one), Form::Pair(Decimal::from(two))),
        _ if digits.len() <= 20 => {
            let value = digits.iter().fold(0_i128, |value, &digit| value * 10 + i128::from(digit));
            (Decimal::from_i128_with_scale(value, 0), Form::Positional)
        }
        _ => return None,
    };
    Some(Run { end, value, step: Decimal::ONE, multiplier: Decimal::ONE, form })
}

/// The value of digits with 十, 百, 千, 万, 亿; for 三四十 the second value; how many characters; the last 万 or 亿.
fn with_powers(characters: &[char]) -> Option<(Decimal, Option<Decimal>, usize, Decimal)> {
    // Complete 万 and 亿, the section below, the digit that waits for its power; and 三 of 三四十.
    let (mut total, mut section, mut waiting, mut former) = (0_i128, 0_i128, None::<i128>, None::<i128>);
    let (mut pair, mut multiplier, mut least) = (None, 1_i128, i128::MAX);
    let mut used = characters.len();
    for (index, &character) in characters.iter().enumerate() {
        if let Some(digit) = digit(character) {
            match (waiting, digit) {
                (_, 0) => {}
                (None, _) => waiting = Some(i128::from(digit)),
                (Some(one), two)
                    if i128::from(two) == one + 1 && section == 0 && total == 0 && index == 1 =>
                {
                    (former, waiting) = (Some(one), Some(i128::from(two)));
                }
                (Some(_), _) => {
                    used = index;
                    break;
                }
            }
            continue;
        }
        let power = power_of(character)?;
        if power < 10_000 {
            if power >= least {
                used = index;
                break;
            }
            least = power;
            section += waiting.take().unwrap_or(1).checked_mul(power)?;
            pair = former.map(|one| one * power);
        } else {
            let sum = if power == 10_000 { 0 } else { total } + section + waiting.take().unwrap_or(0);
            let sum = if sum == 0 { 1 } else { sum };
            let kept = if power == 10_000 { total } else { 0 };
            total = kept.checked_add(sum.checked_mul(power)?)?;
            pair = pair.or(former).map(|one| one * power);
            (section, least, multiplier) = (0, i128::MAX, power);
        }
    }
    let rest = section + waiting.unwrap_or(0);
    if rest > 0 {
        multiplier = 1;
    }
    let value = total.checked_add(rest)?;
    if value >= 10_i128.pow(MOST_DIGITS) {
        return None;
    }
    let decimal = |value: i128| Decimal::from_i128_with_scale(value, 0);
    // Of a pair the smaller value comes first.
    let (low, high) = pair.map_or((value, None), |low| (low, Some(decimal(value))));
    Some((decimal(low), high, used, decimal(multiplier)))
}

fn digit(character: char) -> Option<u32> {
    Some(match character {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn power_of(character: char) -> Option<i128> {
    Some(match character {
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}
