//! What a printed number says, by rules of a few lines of this program's own.

use rust_decimal::Decimal;

use crate::stated::STATED;

/// A quantity as it is printed, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// 近, 突破, 達 or nothing, directly before the digits.
    pub word: &'static str,
    pub digits: String,
    /// 萬, 億 or nothing.
    pub multiplier: &'static str,
    /// 餘 or nothing.
    pub odd: &'static str,
    pub unit: String,
}

/// Words before a number, longer ones first.
const WORDS: &[&str] = &["突破", "不足", "不少於", "近", "達", "超", "約"];

/// Units whose quantities can be told in one another: how much of the first is one of the second.
pub const UNITS: &[(&str, &str, Fraction)] = &[
    ("公里", "米", (1, 1000)),
    ("畝", "公頃", (15, 1)),
    ("公頃", "畝", (1, 15)),
    ("平方米", "公頃", (10_000, 1)),
    ("平方米", "畝", (2000, 3)),
];

/// Measure words of things: they stand for each other.
pub const MEASURE_WORDS: &[(&str, &str)] = &[("家", "個"), ("名", "人"), ("處", "個"), ("項", "個")];

type Fraction = (i64, i64);

impl Printed {
    pub fn read(text: &[char], place: usize, surface: &str) -> Self {
        let before: String = text[..place].iter().collect();
        let word = WORDS.iter().copied().find(|word| before.ends_with(word)).unwrap_or_default();
        let is_digit = |character: char| {
            character.is_ascii_digit() || character == '.' || "一二三四五六七八九十".contains(character)
        };
        let digits: String = surface.chars().take_while(|&character| is_digit(character)).collect();
        let rest = &surface[digits.len()..];
        let part = |rest: &mut &str, parts: &[&'static str]| -> &'static str {
            let found = parts.iter().copied().find(|part| rest.starts_with(part)).unwrap_or_default();
            *rest = rest.get(found.len()..).unwrap_or_default();
            found
        };
        let mut rest = rest;
        let multiplier = part(&mut rest, &["萬", "億"]);
        let odd = part(&mut rest, &["餘"]);
        Self { word, digits, multiplier, odd, unit: rest.to_owned() }
    }

    pub fn print(&self) -> String {
        let Self { word, digits, multiplier, odd, unit } = self;
        format!("{word}{digits}{multiplier}{odd}{unit}")
    }

    /// The number, without its multiplier, and the size of its last printed place.
    pub fn number(&self) -> Option<(Decimal, Decimal)> {
        if let Some(whole) = chinese(&self.digits) {
            return Some((Decimal::from(whole), Decimal::ONE));
        }
        let plain: String = self.digits.chars().filter(|&one| one != ',').map(half_width).collect();
        let decimals = plain.split('.').nth(1).map_or(0, str::len);
        Some((plain.parse().ok()?, Decimal::new(1, decimals as u32)))
    }

    pub fn multiplied(&self) -> Decimal {
        Decimal::from(match self.multiplier {
            "萬" => 10_000_i64,
            "億" => 100_000_000,
            _ => 1,
        })
    }

    /// Whether the words are true of one of these values of an indicator. Of the number n, its last printed place p
    /// and its last place u that is not zero:
    ///
    /// 餘: n < v < n + u · 近: n − u ≤ v < n, by at most a tenth · 超, 突破: v > n · 不足: v < n · 不少於: v ≥ n ·
    /// 約: within u/2 or 5 % · 達 or none: v rounds to n, to p (達 is no comparator, say the annotators).
    pub fn holds(&self, values: &[Decimal], indicator: &str) -> bool {
        let Some((number, place)) = self.number() else { return false };
        let Some((times, parts)) = unit_of(indicator, &self.unit) else { return false };
        let multiplier = self.multiplied();
        let (number, place) = (number * multiplier, place * multiplier);
        let mut last = place;
        while !number.is_zero() && (number % (last * Decimal::TEN)).is_zero() {
            last *= Decimal::TEN;
        }
        values.iter().any(|value| {
            // The value in the printed unit.
            let value = *value * Decimal::from(parts) / Decimal::from(times);
            let off = (value - number).abs();
            match (self.word, self.odd) {
                (_, "餘") => value > number && value < number + last,
                ("近", _) => value < number && off <= last && off * Decimal::TEN <= number,
                ("超" | "突破", _) => value > number,
                ("不足", _) => value < number,
                ("不少於", _) => value >= number,
                ("約", _) => off * Decimal::TWO <= last.max(number / Decimal::TEN),
                _ => off * Decimal::TWO <= place,
            }
        })
    }
}

/// How much of an indicator's unit one of a printed unit is; none if they measure different things.
fn unit_of(indicator: &str, unit: &str) -> Option<Fraction> {
    let own = STATED.iter().find(|one| one.4 == indicator).map(|one| {
        one.1
            .trim_start_matches(|character: char| !"期名家公畝平個處天項億元城".contains(character))
            .trim_start_matches('億')
    })?;
    if own == unit {
        return Some((1, 1));
    }
    let count = |unit: &str| ["個", "家", "名", "人", "處", "項", "期", "城"].contains(&unit);
    if count(own) && count(unit) {
        return Some((1, 1));
    }
    UNITS.iter().find(|(from, to, _)| *from == own && *to == unit).map(|(_, _, factor)| *factor)
}

fn half_width(character: char) -> char {
    match character {
        '０'..='９' => char::from(b'0' + (character as u32 - '０' as u32) as u8),
        '．' => '.',
        other => other,
    }
}

pub fn full_width(character: char) -> char {
    match character {
        '0'..='9' => char::from_u32('０' as u32 + character as u32 - '0' as u32).unwrap_or(character),
        '.' => '．',
        other => other,
    }
}

/// 九 → 9, 十一 → 11.
pub fn chinese(digits: &str) -> Option<i64> {
    let one = |character: char| {
        "一二三四五六七八九".chars().position(|digit| digit == character).map(|at| at as i64 + 1)
    };
    let characters: Vec<char> = digits.chars().collect();
    match characters[..] {
        ['十'] => Some(10),
        [tens, '十'] => Some(one(tens)? * 10),
        ['十', ones] => Some(10 + one(ones)?),
        [ones] => one(ones),
        _ => None,
    }
}

pub fn in_chinese(number: Decimal) -> Option<String> {
    let number: i64 = number.round().to_string().parse().ok()?;
    let digit =
        |digit: i64| "零一二三四五六七八九".chars().nth(digit as usize).map(String::from).unwrap_or_default();
    match number {
        1..=9 => Some(digit(number)),
        10 => Some("十".to_owned()),
        11..=19 => Some(format!("十{}", digit(number % 10))),
        20..=90 if number % 10 == 0 => Some(format!("{}十", digit(number / 10))),
        _ => None,
    }
}
