//! From what was given to what the book would hold.

use std::borrow::Cow;

use jiff::civil::Date;
use ledger::Value;
use message::{Text, text};
use pack::FieldKind;
use quantity::fixed;
use rust_decimal::Decimal;

use super::date::{from_number, has_time, parse_date};
use super::number::{from_float, parse_number};
use super::shape::{check_shape, parse_shape};
use crate::book::Book;
use crate::raw::RawValue;
use crate::rules::Rules;
use crate::words::{fold, is_clear, wanted};

/// What a record states of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Stated {
    /// Nothing.
    #[default]
    Nothing,
    /// That it be cleared.
    Clear,
    /// A value, in the book's form.
    Value(Value),
    /// A person whose pseudonym is asked for when the record enters.
    Person { name: String, phone: String },
}

/// What reading a value may look at.
pub(crate) struct Surroundings<'b, 'p> {
    pub(crate) book: &'b Book<'p>,
    pub(crate) rules: &'b Rules<'p>,
    pub(crate) gcj02: bool,
    pub(crate) effective: Option<Date>,
    /// Whether the value stands in a file, among other records, and not in a form.
    pub(crate) in_file: bool,
}

/// Reads one value by its field's kind.
pub(crate) fn read_value(
    around: &Surroundings<'_, '_>,
    field: usize,
    raw: &RawValue<'_>,
) -> Result<Stated, Text> {
    let kind = &around.rules.register.fields[field].kind;
    match raw {
        RawValue::Empty => return Ok(Stated::Nothing),
        RawValue::Clear => return Ok(Stated::Clear),
        RawValue::Text(text) if text.trim().is_empty() => return Ok(Stated::Nothing),
        RawValue::Text(text) if text.len() < 24 && is_clear(text) => return Ok(Stated::Clear),
        RawValue::Broken(_) => {
            return Err(text!(
                "单元格是错误值，或公式没有计算结果；请用 Excel 重新计算后保存，或改填数值",
                "the cell holds an error, or a formula without a computed result; recalculate and save, or type the value"
            ));
        }
        _ => {}
    }
    let value = match kind {
        FieldKind::Text { max_chars } => Value::Text(read_text(raw, *max_chars)?),
        FieldKind::Whole { unit, min, max } => {
            let number = read_number(around, field, raw, unit.as_deref(), kind)?;
            if !number.fract().is_zero() {
                return Err(wanted(kind));
            }
            let number = i64::try_from(number.trunc()).map_err(|_| wanted(kind))?;
            if !(*min..=*max).contains(&number) {
                return Err(wanted(kind));
            }
            Value::Whole(number)
        }
        FieldKind::Decimal { unit, decimals, min, max, .. } => {
            let number = read_number(around, field, raw, Some(unit), kind)?;
            check_decimal(number, *decimals)?;
            if number < *min || number > *max {
                return Err(wanted(kind));
            }
            Value::Text(fixed(number, u32::from(*decimals)))
        }
        FieldKind::Date { min, max } => {
            let date = read_date(raw, kind)?;
            if date < *min || date > *max {
                return Err(wanted(kind));
            }
            Value::Text(date.to_string())
        }
        FieldKind::Choice { options } => {
            let word = as_word(raw).ok_or_else(|| wanted(kind))?;
            let option = around.rules.choice(field, &word).ok_or_else(|| {
                let labels = options.iter().map(|option| option.label.simplified.as_str());
                let keys = options.iter().map(|option| option.key.as_str());
                let mut fault = wanted(kind);
                if let Some(near) = message::did_you_mean(&word, labels.chain(keys)) {
                    fault = Text::new(
                        format!("{}；是否想写“{near}”", fault.simplified),
                        format!("{}; did you mean “{near}”?", fault.english),
                    );
                }
                fault
            })?;
            Value::Text(options[option].key.clone())
        }
        FieldKind::YesNo => Value::Flag(read_flag(raw).ok_or_else(|| wanted(kind))?),
        FieldKind::Reference { register } => Value::Whole(read_reference(around, register, raw, kind)?),
        FieldKind::Unit { level } => {
            let word = as_word(raw).ok_or_else(|| wanted(kind))?;
            Value::Text(around.book.units().resolve(&word, level.as_deref(), around.effective)?)
        }
        FieldKind::Person => return read_person(raw, kind),
        FieldKind::Geometry { shape } => {
            let geometry = match raw {
                RawValue::Text(text) => Cow::Owned(parse_shape(text, *shape)?),
                RawValue::Geometry(geometry) => Cow::Borrowed(geometry.as_ref()),
                _ => return Err(wanted(kind)),
            };
            let geometry =
                if around.gcj02 { Cow::Owned(geometry.into_owned().gcj02_to_cgcs2000()) } else { geometry };
            Value::Text(check_shape(&geometry, *shape)?)
        }
    };
    Ok(Stated::Value(value))
}

/// What a fault shows as found.
pub(crate) fn display<'a>(raw: &'a RawValue<'_>) -> Cow<'a, str> {
    match raw {
        RawValue::Empty => Cow::Borrowed(""),
        RawValue::Clear => Cow::Borrowed("（清空）"),
        RawValue::Text(text) | RawValue::Pseudonym(text) | RawValue::Broken(text) => Cow::Borrowed(text),
        RawValue::Number(number) => {
            Cow::Owned(from_float(*number).map_or_else(|| number.to_string(), |value| value.to_string()))
        }
        RawValue::Moment(date, seconds) => {
            Cow::Owned(format!("{date} {:02}:{:02}", seconds / 3600, seconds / 60 % 60))
        }
        RawValue::Whole(number) => Cow::Owned(number.to_string()),
        RawValue::Decimal(number) => Cow::Owned(number.to_string()),
        RawValue::Flag(flag) => Cow::Borrowed(if *flag { "TRUE" } else { "FALSE" }),
        RawValue::Date(date) => Cow::Owned(date.to_string()),
        RawValue::Record(record) => Cow::Owned(format!("#{record}")),
        RawValue::Geometry(geometry) => Cow::Owned(geometry.to_wkt()),
        // A fault is shown, copied and logged: personal data stays out of it.
        RawValue::Person { .. } => Cow::Borrowed("…"),
    }
}

fn read_text(raw: &RawValue<'_>, max_chars: usize) -> Result<String, Text> {
    let text: Cow<'_, str> = match raw {
        RawValue::Text(text) => Cow::Borrowed(text.trim()),
        RawValue::Whole(number) => Cow::Owned(number.to_string()),
        // A code such as 110101 that Excel took for a number; beyond 15 digits Excel has lost some of them.
        RawValue::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Cow::Owned((*number as i64).to_string())
        }
        RawValue::Number(number) if number.fract() == 0.0 => {
            return Err(text!(
                "Excel 只保留15位有效数字，后面的数字已丢失；请把单元格设为文本后重新输入",
                "Excel keeps 15 digits, the rest is lost; format the cell as text and type it again"
            ));
        }
        RawValue::Number(number) => Cow::Owned(from_float(*number).ok_or_else(not_text)?.to_string()),
        RawValue::Decimal(number) => Cow::Owned(number.to_string()),
        RawValue::Date(_) | RawValue::Moment(..) => {
            return Err(text!(
                "Excel 把这里的文字变成了日期；请把单元格设为文本后重新输入",
                "Excel has turned this text into a date; format the cell as text and type it again"
            ));
        }
        _ => return Err(not_text()),
    };
    let mut count = 0;
    for letter in text.chars() {
        count += 1;
        if is_unprintable(letter) {
            let code = letter as u32;
            return Err(match letter {
                '\n' | '\r' => text!("文字中不能换行", "the text may not contain line breaks"),
                _ => text!(
                    "文字中有不可见的字符 U+{code:04X}，请删除",
                    "the text contains the invisible character U+{code:04X}; remove it"
                ),
            });
        }
    }
    if count > max_chars {
        return Err(text!(
            "应不超过{max_chars}个字，现有{count}个字",
            "wanted at most {max_chars} characters; it has {count}"
        ));
    }
    Ok(text.into_owned())
}

fn not_text() -> Text {
    text!("应为文字", "wanted text")
}

/// Control characters, and those that make a text look like another (zero width, direction marks).
pub(crate) fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn read_number(
    around: &Surroundings<'_, '_>,
    field: usize,
    raw: &RawValue<'_>,
    unit: Option<&str>,
    kind: &FieldKind,
) -> Result<Decimal, Text> {
    match raw {
        RawValue::Number(number) => from_float(*number).ok_or_else(|| wanted(kind)),
        RawValue::Whole(number) => Ok(Decimal::from(*number)),
        RawValue::Decimal(number) => Ok(*number),
        RawValue::Text(text) => {
            let number = parse_number(text).ok_or_else(|| wanted(kind))?;
            number.in_unit(unit, around.rules.units[field].as_ref())
        }
        _ => Err(wanted(kind)),
    }
}

fn check_decimal(number: Decimal, decimals: u8) -> Result<(), Text> {
    if number.normalize().scale() <= u32::from(decimals) {
        return Ok(());
    }
    Err(text!(
        "最多{decimals}位小数，不会自动舍入；请填写准确的数",
        "at most {decimals} decimals; nothing is rounded away, so give the number as it should be"
    ))
}

fn read_date(raw: &RawValue<'_>, kind: &FieldKind) -> Result<Date, Text> {
    match raw {
        RawValue::Date(date) | RawValue::Moment(date, 0) => Ok(*date),
        RawValue::Moment(..) => Err(has_time()),
        RawValue::Text(text) => parse_date(text),
        RawValue::Number(number) => from_number(*number),
        RawValue::Whole(number) => from_number(*number as f64),
        _ => Err(wanted(kind)),
    }
}

/// A word: text, or a code that Excel took for a whole number.
fn as_word<'a>(raw: &'a RawValue<'_>) -> Option<Cow<'a, str>> {
    match raw {
        RawValue::Text(text) => Some(Cow::Borrowed(text.trim())),
        RawValue::Whole(number) => Some(Cow::Owned(number.to_string())),
        RawValue::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Some(Cow::Owned((*number as i64).to_string()))
        }
        _ => None,
    }
}

fn read_flag(raw: &RawValue<'_>) -> Option<bool> {
    match raw {
        RawValue::Flag(flag) => Some(*flag),
        RawValue::Number(number) if *number == 1.0 => Some(true),
        RawValue::Number(number) if *number == 0.0 => Some(false),
        RawValue::Whole(number @ (0 | 1)) => Some(*number == 1),
        RawValue::Text(text) if text == "是" => Some(true),
        RawValue::Text(text) if text == "否" => Some(false),
        RawValue::Text(text) => match fold(text).as_str() {
            "是" | "√" | "✓" | "✔" | "yes" | "y" | "true" | "对" | "對" | "1" => Some(true),
            "否" | "×" | "✗" | "✘" | "no" | "n" | "false" | "错" | "錯" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn read_reference(
    around: &Surroundings<'_, '_>,
    register: &str,
    raw: &RawValue<'_>,
    kind: &FieldKind,
) -> Result<i64, Text> {
    let missing = || wanted(kind);
    let target = around.book.loaded(register).map_err(|error| error.text())?;
    let label = &target.rules.register.label;
    let by_number = |number: u64| match target.current.slot_of(number) {
        Some(slot) if !target.current.slot(slot).withdrawn => Ok(number as i64),
        Some(_) => Err(text!("记录 #{number} 已撤回", "record #{number} is withdrawn")),
        None => Err(Text::new(
            format!("“{}”中没有记录 #{number}", label.simplified),
            format!("there is no record #{number} in “{}”", label.english),
        )),
    };
    let word = match raw {
        RawValue::Record(record) => return by_number(record.0),
        _ => as_word(raw).ok_or_else(missing)?,
    };
    if let Some(number) = word.strip_prefix(['#', '＃']) {
        return by_number(number.trim().parse().map_err(|_| missing())?);
    }
    let Some([field]) = target.rules.unique.first().map(Vec::as_slice) else {
        return Err(Text::new(
            format!("“{}”没有单一的唯一字段，请用 #编号 引用", label.simplified),
            format!("“{}” has no unique field of its own; refer to its records by #number", label.english),
        ));
    };
    // The target's key is read as its own register would read it, so `１２` finds 12 and a label finds its option.
    let there = Surroundings {
        book: around.book,
        rules: &target.rules,
        gcj02: false,
        effective: None,
        in_file: false,
    };
    let refers_on = matches!(target.rules.register.fields[*field].kind, FieldKind::Reference { .. });
    let key = match if refers_on {
        Err(missing())
    } else {
        read_value(&there, *field, &RawValue::Text(word.clone()))
    } {
        Ok(Stated::Value(Value::Text(key))) => key,
        Ok(Stated::Value(Value::Whole(number))) => number.to_string(),
        _ => word.into_owned(),
    };
    match target.current.by_key(0, &key) {
        Some(slot) => Ok(target.current.id(slot) as i64),
        None => {
            let hint = if !around.in_file {
                (
                    "；请从候选记录中选择，或先新增该记录",
                    "; choose one of those that are offered, or add it first",
                )
            } else if register == around.rules.register.key {
                // A file has records of one register: only of its own can one come later.
                ("（若在本文件后面才出现，请把它移到前面）", " (if it comes later in this file, move it up)")
            } else {
                ("", "")
            };
            Err(Text::new(
                format!("“{}”中没有这条记录{}", label.simplified, hint.0),
                format!("there is no such record in “{}”{}", label.english, hint.1),
            ))
        }
    }
}

fn read_person(raw: &RawValue<'_>, kind: &FieldKind) -> Result<Stated, Text> {
    match raw {
        RawValue::Pseudonym(pseudonym) => {
            let digits = pseudonym.strip_prefix("p-").ok_or_else(|| wanted(kind))?;
            let fits =
                digits.len() == 16 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if fits { Ok(Stated::Value(Value::Text(pseudonym.to_string()))) } else { Err(wanted(kind)) }
        }
        RawValue::Person { name, phone } => {
            let (name, phone) = (name.trim(), phone.trim());
            match (name.is_empty(), phone.is_empty()) {
                (true, true) => return Ok(Stated::Nothing),
                (true, false) => {
                    return Err(text!("有手机号码而没有姓名", "a telephone number without a name"));
                }
                (false, true) => {
                    return Err(text!("有姓名而没有手机号码", "a name without a telephone number"));
                }
                (false, false) => {}
            }
            if name.chars().count() > 60 || name.chars().any(is_unprintable) {
                return Err(text!("姓名应不超过60个字", "wanted a name of at most 60 characters"));
            }
            let phone = digits_of(phone).ok_or_else(|| {
                text!("手机号码应为6至15位数字", "wanted a telephone number of 6 to 15 digits")
            })?;
            Ok(Stated::Person { name: name.to_owned(), phone })
        }
        _ => Err(wanted(kind)),
    }
}

/// A telephone number as the people's table knows it: digits alone, without the country code of China.
fn digits_of(phone: &str) -> Option<String> {
    let half: String = phone.chars().map(crate::words::half_width).collect();
    let half = half.strip_prefix("+86").unwrap_or(&half);
    let mut digits = String::new();
    for letter in half.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            ' ' | '-' | '(' | ')' | '+' => {}
            _ => return None,
        }
    }
    (6..=15).contains(&digits.len()).then_some(digits)
}
