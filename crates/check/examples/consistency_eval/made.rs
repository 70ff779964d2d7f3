//! A pattern filled with numbers that are right, and with one that is wrong.

use crate::alter::{alterations, written};

/// One sentence with right numbers, and the same with one number wrong.
pub(crate) struct Made {
    pub(crate) right: String,
    pub(crate) wrong: Vec<String>,
    /// Whether its lines with tabs are a table.
    pub(crate) tables: bool,
}

/// A number as printed: last places and decimals.
pub(crate) type Printed = (i64, usize);

/// How a number may be wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Any change is an error.
    Exactly(usize),
    /// A change of a tenth is an error, one of the last place may not be.
    Roughly(usize),
}

fn filled(pattern: &str, numbers: &[Printed]) -> String {
    let digits =
        numbers.iter().map(|(value, decimals)| written(value.unsigned_abs(), *decimals)).collect::<Vec<_>>();
    joined(pattern, &digits)
}

fn joined(pattern: &str, digits: &[String]) -> String {
    let mut out = String::new();
    for (at, piece) in pattern.split("{}").enumerate() {
        if at > 0 {
            out.push_str(digits.get(at - 1).map_or("", String::as_str));
        }
        out.push_str(piece);
    }
    out
}

pub(crate) fn made(pattern: &str, numbers: &[Printed], wrongs: &[Wrong]) -> Made {
    let digits: Vec<String> =
        numbers.iter().map(|(value, decimals)| written(value.unsigned_abs(), *decimals)).collect();
    let mut wrong = Vec::new();
    for kind in wrongs {
        let (Wrong::Exactly(at) | Wrong::Roughly(at)) = *kind;
        for (name, changed) in alterations(&digits[at]) {
            let value = |digits: &str| digits.replace('.', "").parse::<i64>().unwrap_or(0);
            let (old, new) = (value(&digits[at]), value(&changed));
            if matches!(kind, Wrong::Roughly(_)) && (name == "+1" || (new - old).abs() * 20 < old) {
                continue;
            }
            let mut digits = digits.clone();
            digits[at] = changed;
            wrong.push(joined(pattern, &digits));
        }
    }
    Made { right: filled(pattern, numbers), wrong, tables: pattern.contains('\t') }
}

/// `over ÷ under` in last places with so many decimals, rounded half up.
pub(crate) fn ratio(over: i64, under: i64, decimals: u32) -> i64 {
    let scaled = i128::from(over) * 10_i128.pow(decimals) * 2 / i128::from(under);
    i64::try_from((scaled + 1).div_euclid(2)).unwrap_or(0)
}
