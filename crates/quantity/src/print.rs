//! Printing a value the way official texts do: number, multiplier, approximation, unit.

use message::{Text, text};
use rust_decimal::Decimal;

use crate::approximation::Approximation;
use crate::rounding::{fixed, grouped, last_place, leading_place, round_half_even};
use crate::unit::{Unit, convert};

/// How a value is to be printed. The default prints it exactly, in its own unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The word around the number.
    pub approximation: Approximation,
    /// The unit to print in, with its multiplier (`万亩`); `None` for the value's own.
    pub unit: Option<String>,
    /// The decimals of the printed number, zeros kept; `None` for at most two, zeros dropped.
    /// Only for 为 and 达: approximate numbers are as round as [`Form::to`] says.
    pub decimals: Option<u32>,
    /// The step an approximate number is a multiple of, counted in the printed unit without its
    /// multiplier: with `万亩`, 1000 gives 2.1万亩. `None` for the second significant place, or the
    /// first where the word is not true at the second: 583 → 580余, 580 → 500余, 294 → 近300.
    pub to: Option<Decimal>,
    /// The number (and word) without its unit, for tables whose heading has the unit.
    pub bare: bool,
    /// Groups of three divided by thin spaces, for tables; never in running text.
    pub grouped: bool,
}

/// Why a value cannot be printed as wished.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrintError {
    /// The word is not true of the value with the number it would stand with.
    NotTrue {
        /// The word.
        approximation: Approximation,
        /// The value, in the printed unit without multiplier.
        value: Decimal,
        /// The number.
        number: Decimal,
    },
    /// An approximation of nothing, or of less than nothing.
    NotPositive {
        /// The word.
        approximation: Approximation,
        /// The value.
        value: Decimal,
    },
    /// `to` is zero or less.
    BadStep {
        /// `to`.
        to: Decimal,
    },
    /// The unit is unknown.
    UnknownUnit {
        /// As written.
        unit: String,
    },
    /// The two units measure different things.
    NotConvertible {
        /// The value's.
        from: String,
        /// The wished one.
        to: String,
    },
    /// 余 and 多 do not stand with a percent sign.
    NotWithPercent {
        /// The word.
        approximation: Approximation,
    },
    /// The number has more digits than a decimal holds.
    TooLarge,
}

impl PrintError {
    /// What to tell the user.
    pub fn text(&self) -> Text {
        match self {
            Self::NotTrue { approximation, value, number } => not_true(*approximation, *value, *number),
            Self::NotPositive { approximation, value } => {
                let (word, value) = (approximation.word(), value.normalize());
                text!(
                    "数值 {value} 不大于零，不能用“{word}”",
                    "the value {value} is not above zero, so `{word}` cannot go with it"
                )
            }
            Self::BadStep { to } => {
                text!("取整单位 {to} 必须大于零", "the round place {to} must be above zero")
            }
            Self::UnknownUnit { unit } => text!("没有单位 `{unit}`", "there is no unit `{unit}`"),
            Self::NotConvertible { from, to } => {
                text!("`{from}` 不能换算成 `{to}`", "`{from}` cannot be converted to `{to}`")
            }
            Self::NotWithPercent { approximation } => {
                let word = approximation.word();
                text!(
                    "“{word}”不与百分号连用，请用“超”",
                    "`{word}` does not stand with a percent sign; use `超`"
                )
            }
            Self::TooLarge => Text::new("数值位数过多，无法打印", "the value has too many digits to print"),
        }
    }
}

impl std::fmt::Display for PrintError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().english)
    }
}

impl std::error::Error for PrintError {}

fn not_true(approximation: Approximation, value: Decimal, number: Decimal) -> Text {
    let (word, value, number) = (approximation.word(), value.normalize(), number.normalize());
    let place = last_place(number);
    match approximation {
        Approximation::Odd | Approximation::More => {
            let limit = number + place;
            text!(
                "数值 {value} 不是“{number}{word}”：须大于 {number} 且小于 {limit}",
                "{value} is not `{number}{word}`, which means above {number} and below {limit}"
            )
        }
        Approximation::Near => text!(
            "数值 {value} 不是“近{number}”：须小于 {number}，且相差不超过 {place} 和十分之一",
            "{value} is not `近{number}`, which means below {number}, by no more than {place} and a tenth"
        ),
        Approximation::Above | Approximation::Passed | Approximation::Beyond => text!(
            "数值 {value} 不是“{word}{number}”：须大于 {number}",
            "{value} is not `{word}{number}`, which means above {number}"
        ),
        Approximation::Under => text!(
            "数值 {value} 不是“不足{number}”：须小于 {number}",
            "{value} is not `不足{number}`, which means below {number}"
        ),
        Approximation::About => text!(
            "数值 {value} 不是“约{number}”：相差过大",
            "{value} is not `约{number}`: they differ by more than half a place and 5 %"
        ),
        Approximation::Reached => text!(
            "数值 {value} 未达 {number}",
            "{value} is not `达{number}`, which means at least {number}, and {number} when rounded"
        ),
        Approximation::AtLeast => text!("数值 {value} 少于 {number}", "{value} is less than {number}"),
        Approximation::AtMost => text!("数值 {value} 超过 {number}", "{value} is more than {number}"),
        Approximation::Exact => text!("数值 {value} 不是 {number}", "{value} is not {number}"),
    }
}

/// A value as printed, in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// 近, 超 …, or nothing.
    pub before: &'static str,
    /// The digits.
    pub digits: String,
    /// 万, 亿 or nothing.
    pub multiplier: &'static str,
    /// 余, 多 or nothing.
    pub after: &'static str,
    /// The unit, with a space before a Latin symbol; empty when bare.
    pub unit: String,
}

impl std::fmt::Display for Printed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}{}{}", self.before, self.digits, self.multiplier, self.after, self.unit)
    }
}

/// The value as an official text would write it: `2.14万亩`, `580余个`, `近300天`, `突破10000家`.
pub fn print(value: Decimal, unit: &str, form: &Form) -> Result<String, PrintError> {
    printed(value, unit, form).map(|printed| printed.to_string())
}

/// As [`print`], in parts.
pub fn printed(value: Decimal, unit: &str, form: &Form) -> Result<Printed, PrintError> {
    let unknown = |unit: &str| PrintError::UnknownUnit { unit: unit.to_owned() };
    let own = Unit::parse(unit).ok_or_else(|| unknown(unit))?;
    let shown = match form.unit.as_deref().filter(|wished| *wished != unit) {
        Some(wished) => Unit::parse(wished).ok_or_else(|| unknown(wished))?,
        None => own.clone(),
    };
    // The value in the printed unit without its multiplier: words are judged on this one.
    let value = if own == shown && shown.multiplier_word().is_empty() {
        value
    } else {
        let plain = Unit::parse(shown.name()).ok_or_else(|| unknown(shown.name()))?;
        if !own.converts_to(&plain) {
            return Err(PrintError::NotConvertible { from: unit.to_owned(), to: shown.to_string() });
        }
        convert(value, &own, &plain).ok_or(PrintError::TooLarge)?
    };

    let word = form.approximation;
    if word.follows() && shown.dimension().bases().next().is_none() {
        return Err(PrintError::NotWithPercent { approximation: word });
    }
    let (digits, multiplier) = if word.is_approximate() {
        let number = approximate(value, form)?;
        approximate_digits(word, number, &shown)
    } else {
        (exact_digits(value, form, &shown)?, shown.multiplier_word())
    };
    let digits = if form.grouped { grouped(&digits) } else { digits };
    // A heading that has the unit has its multiplier too; one that 余 brought along it has not.
    let multiplier = if form.bare && multiplier == shown.multiplier_word() { "" } else { multiplier };
    let unit = match (form.bare, shown.is_symbol()) {
        (true, _) => String::new(),
        (false, false) => shown.name().to_owned(),
        (false, true) => format!(" {}", shown.name()),
    };
    let (before, after) = match word {
        Approximation::Exact => ("", ""),
        word if word.follows() => ("", word.word()),
        word => (word.word(), ""),
    };
    Ok(Printed { before, digits, multiplier, after, unit })
}

/// The digits of 为 and 达.
fn exact_digits(value: Decimal, form: &Form, shown: &Unit) -> Result<String, PrintError> {
    let scaled = value.checked_div(shown.multiplier()).ok_or(PrintError::TooLarge)?;
    let number = match form.to {
        Some(to) if to <= Decimal::ZERO => return Err(PrintError::BadStep { to }),
        Some(to) => {
            let word = form.approximation;
            let number =
                word.number(value, to).ok_or(PrintError::NotPositive { approximation: word, value })?;
            let number = number.checked_div(shown.multiplier()).ok_or(PrintError::TooLarge)?;
            return reached(word, scaled, number, to / shown.multiplier()).map(|()| {
                form.decimals.map_or_else(|| number.normalize().to_string(), |n| fixed(number, n))
            });
        }
        None => round_half_even(scaled, form.decimals.unwrap_or(2)),
    };
    reached(form.approximation, scaled, number, Decimal::new(1, form.decimals.unwrap_or(2).min(28)))?;
    Ok(match form.decimals {
        Some(decimals) => fixed(number, decimals),
        None => number.normalize().to_string(),
    })
}

/// 达 is refused when rounding lifted the number above the value.
fn reached(word: Approximation, value: Decimal, number: Decimal, step: Decimal) -> Result<(), PrintError> {
    let holds = match word {
        Approximation::Reached => !number.is_zero() && word.holds(value, number, step),
        _ => true,
    };
    let number = if number.is_zero() { step } else { number };
    if holds { Ok(()) } else { Err(PrintError::NotTrue { approximation: word, value, number }) }
}

/// The round number that goes with the word.
fn approximate(value: Decimal, form: &Form) -> Result<Decimal, PrintError> {
    let word = form.approximation;
    if value <= Decimal::ZERO {
        return Err(PrintError::NotPositive { approximation: word, value });
    }
    if let Some(to) = form.to {
        if to <= Decimal::ZERO {
            return Err(PrintError::BadStep { to });
        }
        return true_number(word, value, to);
    }
    let first = leading_place(value);
    let second = first.checked_mul(Decimal::new(1, 1)).ok_or(PrintError::TooLarge)?;
    // 7.3余公里 is not said: 余 and 多 follow whole numbers.
    if word.follows() && second < Decimal::ONE {
        return true_number(word, value, first.max(Decimal::ONE));
    }
    true_number(word, value, second).or_else(|fault| true_number(word, value, first).map_err(|_| fault))
}

fn true_number(word: Approximation, value: Decimal, step: Decimal) -> Result<Decimal, PrintError> {
    let number = word.number(value, step).ok_or(PrintError::TooLarge)?;
    if number.is_zero() {
        // Not even one step: the author had the step itself in mind.
        return Err(PrintError::NotTrue { approximation: word, value, number: step });
    }
    if word.holds(value, number, step) {
        Ok(number)
    } else {
        Err(PrintError::NotTrue { approximation: word, value, number })
    }
}

/// The digits of an approximate number and the multiplier it is printed with.
///
/// 余 and 多 speak of the place they follow, so before them 万 and 亿 are written out where that leaves
/// at most two decimals: 2万余名, 3.1亿余元. Other words take the number as it is (突破10000家) unless the
/// unit asks for 万.
fn approximate_digits(word: Approximation, number: Decimal, shown: &Unit) -> (String, &'static str) {
    let spells = word.follows() && shown.multiplier_word().is_empty();
    let spelt = [("亿", Decimal::from(100_000_000)), ("万", Decimal::from(10_000))]
        .into_iter()
        .find(|(_, size)| spells && number >= *size && last_place(number) * Decimal::ONE_HUNDRED >= *size);
    let (multiplier, size) = spelt.unwrap_or((shown.multiplier_word(), shown.multiplier()));
    ((number / size).normalize().to_string(), multiplier)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::{Form, print};
    use crate::Approximation;

    /// `value unit` printed as `word unit=… to=… decimals=… bare grouped` says.
    fn printed(value: &str, form: &str) -> String {
        let (value, own) = value.split_once(' ').expect("a value and a unit");
        let mut wish = Form::default();
        for part in form.split_whitespace() {
            match part.split_once('=') {
                Some(("unit", unit)) => wish.unit = Some(unit.to_owned()),
                Some(("to", to)) => wish.to = Some(to.parse().expect(to)),
                Some(("decimals", decimals)) => wish.decimals = Some(decimals.parse().expect(decimals)),
                None if part == "bare" => wish.bare = true,
                None if part == "grouped" => wish.grouped = true,
                _ => wish.approximation = Approximation::parse(part).expect(part),
            }
        }
        match print(value.parse().expect(value), own, &wish) {
            Ok(text) => text.replace('\u{2009}', "_"),
            Err(fault) => {
                assert!(!fault.text().simplified.is_empty());
                format!("error: {fault}")
            }
        }
    }

    #[track_caller]
    fn check(value: &str, form: &str, expected: &str) {
        assert_eq!(printed(value, form), expected, "{value} as {form}");
    }

    #[test]
    fn the_figures_of_the_source_report() {
        check("8 期", "", "8期");
        check("20314 名", "余 to=10000", "2万余名");
        check("20314 名", "余", "2万余名");
        check("200000 人", "unit=万名", "20万名");
        check("88 家", "", "88家");
        check("47000.000 米", "unit=公里", "47公里");
        check("21400 亩", "unit=万亩", "2.14万亩");
        check("14266666.666667 平方米", "unit=万亩", "2.14万亩");
        check("284 公里", "", "284公里");
        check("7400000 平方米", "unit=万平方米", "740万平方米");
        check("1380000 平方米", "unit=公顷", "138公顷");
        check("583 个", "余 to=10", "580余个");
        check("423 个", "余 to=100", "400余个");
        check("15.03 平方米/人", "达 unit=平方米/人 decimals=0", "达15平方米/人");
        check("294 天", "近", "近300天");
        check("10003 家", "突破 to=10000", "突破10000家");
        check("17745 项", "", "17745项");
        check("82963000000.00 元", "unit=亿元", "829.63亿元");
    }

    #[test]
    fn the_default_place() {
        check("583 个", "余", "580余个");
        check("583 个", "多", "580多个");
        check("580 个", "余", "500余个");
        check("500 个", "余", "error: 500 is not `500余`, which means above 500 and below 600");
        check("583 个", "约", "约580个");
        check("583 个", "超", "超580个");
        check("583 个", "不足", "不足590个");
        check("10003 家", "突破", "突破10000家");
        check(
            "10003 家",
            "近 to=10000",
            "error: 10003 is not `近20000`, which means below 20000, by no more than 10000 and a tenth",
        );
        check("21314 名", "余", "2.1万余名");
        check("21314 名", "余 to=10", "21310余名");
        check("31234567 元", "余", "3100万余元");
        check("21314 名", "余 unit=万名", "2.1万余名");
        check("312345678 元", "余", "3.1亿余元");
        check("312345678 元", "余 unit=亿元", "3.1亿余元");
        check("300345678 元", "余", "3亿余元");
        check("7.35 公里", "余", "7余公里");
        check("7.35 公里", "近", "近7.4公里");
        check("0.5 公里", "余", "error: 0.5 is not `1余`, which means above 1 and below 2");
    }

    #[test]
    fn what_is_not_true_is_not_printed() {
        check("579 个", "余 to=580", "error: 579 is not `580余`, which means above 580 and below 590");
        check("590 个", "余 to=580", "error: 590 is not `580余`, which means above 580 and below 590");
        check(
            "300 天",
            "近 to=100",
            "error: 300 is not `近300`, which means below 300, by no more than 100 and a tenth",
        );
        check(
            "212 天",
            "近 to=100",
            "error: 212 is not `近300`, which means below 300, by no more than 100 and a tenth",
        );
        check("10000 家", "突破 to=10000", "error: 10000 is not `突破10000`, which means above 10000");
        check("300 天", "不足 to=100", "error: 300 is not `不足300`, which means below 300");
        check(
            "14.98 平方米/人",
            "达 decimals=0",
            "error: 14.98 is not `达15`, which means at least 15, and 15 when rounded",
        );
        check("14.98 平方米/人", "达", "达14.98平方米/人");
        check("14.98 平方米/人", "decimals=0", "15平方米/人");
        check("0 个", "余", "error: the value 0 is not above zero, so `余` cannot go with it");
        check("5 个", "约 to=0", "error: the round place 0 must be above zero");
        check("85.2 %", "余", "error: `余` does not stand with a percent sign; use `超`");
    }

    #[test]
    fn units_and_decimals() {
        check("85.2 %", "", "85.2%");
        check("85.0 %", "decimals=1", "85.0%");
        check("85.2 %", "超 to=1", "超85%");
        check("2 个百分点", "", "2个百分点");
        check("5 km", "", "5 km");
        check("0.035 mg/m³", "unit=μg/m³", "35 µg/m³");
        check("35 微克/立方米", "", "35微克/立方米");
        check("12345.678 亩", "", "12345.68亩");
        check("12345.675 亩", "decimals=2", "12345.68亩");
        check("12345.665 亩", "decimals=2", "12345.66亩");
        check("-3 个", "", "-3个");
        check("21400 亩", "unit=万亩 bare", "2.14");
        check("20314 名", "余 bare", "2万余");
        check("1234567 个", "grouped bare", "1_234_567");
        check("17745 个", "to=100", "17700个");
        check("5 个", "unit=家", "error: `个` cannot be converted to `家`");
        check("5 个", "unit=斗", "error: there is no unit `斗`");
        check("79228162514264337593543950335 个", "", "79228162514264337593543950335个");
        check(
            "79228162514264337593543950335 公里",
            "unit=米",
            "error: the value has too many digits to print",
        );
    }

    proptest! {
        /// Whatever the wish, printing answers; and a number that 余 was printed with is below the value.
        #[test]
        fn printing_never_panics(mantissa: i64, scale in 0_u32..28, to in proptest::option::of(-5_i64..100_000), decimals in proptest::option::of(0_u32..40)) {
            let value = Decimal::new(mantissa, scale);
            for approximation in Approximation::ALL {
                for unit in [None, Some("万亩".to_owned()), Some("公顷".to_owned())] {
                    let form = Form { approximation, unit, decimals, to: to.map(Decimal::from), ..Form::default() };
                    let _ = print(value, "亩", &form);
                }
            }
        }
    }
}
