//! `[fields.KEY]`: what a record holds, with its limits.

use std::sync::Arc;

use jiff::civil::Date;
use message::{Diagnostic, Source, Span, Text};
use rust_decimal::Decimal;

use crate::compile::Document;
use crate::cross;
use crate::faults::Faults;
use crate::model::{ChoiceOption, Field, FieldKind, Measure, Shape};
use crate::names::{Becomes, Names, Seen, known, not_reserved};
use crate::rules;
use crate::tree::{Node, Value};

/// The fields of a register's file with the groups of one that `unique = true` makes; `taken` are names that
/// the engine has for itself.
pub(crate) fn read_all(
    document: &Document,
    taken: &[&str],
    names: &Names<'_>,
    faults: &mut Faults,
) -> (Vec<Field>, Vec<Vec<String>>) {
    let source = &document.source;
    let entries = document.root.entries_of("fields");
    let mut labels = Seen::default();
    let mut fields = Vec::new();
    let mut unique = Vec::new();
    for entry in entries {
        let (key, node) = (&entry.key, &entry.node);
        not_reserved(source, key, &entry.key_span, Becomes::Column, taken, faults);
        if let Some((label, span)) = node.get("label").and_then(|label| label.text_at("zh")) {
            labels.label(label, source, &span, faults);
        }
        let mut reader = Reader { source, node, key, key_span: &entry.key_span, faults };
        let kind = reader.kind(names);
        reader.example(&kind);
        if node.yes("unique") {
            unique.push(vec![key.clone()]);
        }
        fields.push(Field {
            key: key.clone(),
            label: node.label("label", key),
            help: node.get("help").map(|_| node.label("help", key)),
            kind,
            required: node.yes("required"),
            example: node.get("example").and_then(scalar),
        });
    }
    measured(document, &fields, faults);
    (fields, unique)
}

/// Where no range is given, what a spreadsheet keeps exactly: fifteen digits.
const FIFTEEN_DIGITS: i64 = 999_999_999_999_999;
/// Where no range is given: nobody's records are older, and a later date is a slip of the pen.
const FIRST_DAY: Date = jiff::civil::date(1900, 1, 1);
const LAST_DAY: Date = jiff::civil::date(2100, 12, 31);
const MAX_CHARS: usize = 200;

struct Reader<'a, 'f> {
    source: &'a Arc<Source>,
    node: &'a Node,
    key: &'a str,
    key_span: &'a Span,
    faults: &'f mut Faults,
}

impl Reader<'_, '_> {
    fn error(&mut self, rule: &'static str, span: &Span, message: Text) {
        self.faults.push(Diagnostic::error(rule, self.source, span.clone(), message));
    }

    fn kind(&mut self, names: &Names<'_>) -> FieldKind {
        let node = self.node;
        let kind = node.text("type").unwrap_or_default();
        if let Some((_, span)) =
            node.text_at("type").filter(|_| (kind == "geometry") != (self.key == "geometry"))
        {
            let key = self.key;
            let message = if kind == "geometry" {
                message::text!(
                    "图形字段的键必须是 `geometry`，不能是 `{key}`",
                    "the field of type `geometry` must be called `geometry`, not `{key}`"
                )
            } else {
                message::text!(
                    "字段 `geometry` 只能是图形",
                    "the field `geometry` can only be of type `geometry`"
                )
            };
            let span = if kind == "geometry" { self.key_span.clone() } else { span };
            self.error(rules::GEOMETRY_KEY, &span, message);
        }
        let unit = || node.text("unit").map(str::to_owned);
        match kind {
            "whole" => {
                let (min, max) = self.range(whole, (-FIFTEEN_DIGITS, FIFTEEN_DIGITS));
                FieldKind::Whole { unit: unit(), min, max }
            }
            "decimal" => self.decimal(unit().unwrap_or_default()),
            "date" => {
                let (min, max) = self.range(day, (FIRST_DAY, LAST_DAY));
                FieldKind::Date { min, max }
            }
            "choice" => FieldKind::Choice { options: self.options() },
            "yes-no" => FieldKind::YesNo,
            "reference" => {
                known(
                    rules::UNKNOWN_REGISTER,
                    self.source,
                    node.text_at("register"),
                    &names.registers,
                    self.faults,
                );
                FieldKind::Reference { register: node.text("register").unwrap_or_default().to_owned() }
            }
            "unit" => {
                known(rules::UNKNOWN_LEVEL, self.source, node.text_at("level"), &names.levels, self.faults);
                FieldKind::Unit { level: node.text("level").map(str::to_owned) }
            }
            "person" => FieldKind::Person,
            "geometry" => FieldKind::Geometry {
                shape: match node.text("shape") {
                    Some("line") => Shape::Line,
                    Some("polygon") => Shape::Polygon,
                    _ => Shape::Point,
                },
            },
            _ => {
                let max_chars = node.whole("max_chars").and_then(|most| usize::try_from(most).ok());
                FieldKind::Text { max_chars: max_chars.unwrap_or(MAX_CHARS) }
            }
        }
    }

    fn decimal(&mut self, unit: String) -> FieldKind {
        let node = self.node;
        let decimals = node.whole("decimals").and_then(|count| u8::try_from(count).ok()).unwrap_or(0);
        let (min, max) = self.range(decimal, (Decimal::from(-FIFTEEN_DIGITS), Decimal::from(FIFTEEN_DIGITS)));
        for item in node.items_of("range") {
            if decimal(item).is_some_and(|limit| limit.normalize().scale() > u32::from(decimals)) {
                let key = self.key;
                self.error(
                    rules::BAD_RANGE,
                    &item.span,
                    message::text!(
                        "范围的小数位数超过 `{key}` 的 {decimals} 位",
                        "the limit has more decimals than the {decimals} of `{key}`"
                    ),
                );
            }
        }
        let measures = match node.text("measures") {
            Some("length") => Some(Measure::Length),
            Some("area") => Some(Measure::Area),
            _ => None,
        };
        if let Some((measure, (_, span))) = measures.zip(node.text_at("unit")) {
            let natural = if measure == Measure::Length { "米" } else { "平方米" };
            cross::units_meet(self.source, &span, natural, &unit, self.faults);
        }
        FieldKind::Decimal { unit, decimals, min, max, measures }
    }

    /// `[least, greatest]`, each as `read` understands it.
    fn range<T: PartialOrd + Copy>(&mut self, read: fn(&Node) -> Option<T>, default: (T, T)) -> (T, T) {
        let Some(node) = self.node.get("range") else { return default };
        let [least, greatest] = node.items() else { return default };
        let (Some(min), Some(max)) = (read(least), read(greatest)) else { return default };
        if min > max {
            let key = self.key;
            self.error(
                rules::BAD_RANGE,
                &node.span,
                message::text!("`{key}` 的范围从大到小", "the range of `{key}` goes downwards"),
            );
        }
        (min, max)
    }

    fn options(&mut self) -> Vec<ChoiceOption> {
        let items = self.node.items_of("options");
        let (mut keys, mut labels) = (Seen::default(), Seen::default());
        for item in items {
            if let Some((key, span)) = item.text_at("key") {
                keys.declare("option", key, self.source, &span, self.faults);
            }
            if let Some((label, span)) = item.get("label").and_then(|label| label.text_at("zh")) {
                labels.label(label, self.source, &span, self.faults);
            }
        }
        items
            .iter()
            .filter_map(|item| {
                let key = item.text("key")?;
                Some(ChoiceOption { key: key.to_owned(), label: item.label("label", key) })
            })
            .collect()
    }

    /// The example goes into templates as a row; one that the field refused would teach the wrong thing.
    fn example(&mut self, kind: &FieldKind) {
        let Some(node) = self.node.get("example") else { return };
        let Some(example) = scalar(node) else { return };
        if !accepts(kind, &example) {
            let key = self.key;
            self.error(
                rules::BAD_EXAMPLE,
                &node.span,
                message::text!(
                    "字段 `{key}` 不接受示例 `{example}`",
                    "the field `{key}` would refuse its example `{example}`"
                ),
            );
        }
    }
}

/// Whether a value could be an example of a kind. References, units, persons and shapes need the book.
fn accepts(kind: &FieldKind, example: &str) -> bool {
    match kind {
        FieldKind::Text { max_chars } => {
            example.chars().count() <= *max_chars && !example.chars().any(char::is_control)
        }
        FieldKind::Whole { min, max, .. } => {
            example.parse().is_ok_and(|value: i64| (*min..=*max).contains(&value))
        }
        FieldKind::Decimal { min, max, decimals, .. } => exact(example)
            .is_some_and(|value| (*min..=*max).contains(&value) && value.scale() <= u32::from(*decimals)),
        FieldKind::Date { min, max } => {
            example.parse().is_ok_and(|value: Date| (*min..=*max).contains(&value))
        }
        FieldKind::Choice { options } => {
            options.iter().any(|option| example == option.key || example == option.label.simplified)
        }
        FieldKind::YesNo => ["是", "否", "true", "false"].contains(&example),
        FieldKind::Reference { .. }
        | FieldKind::Unit { .. }
        | FieldKind::Person
        | FieldKind::Geometry { .. } => true,
    }
}

fn scalar(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        Value::Whole(number) => Some(number.to_string()),
        Value::Day(day) => Some(day.to_string()),
        Value::YesNo(yes) => Some(if *yes { "是" } else { "否" }.to_owned()),
        _ => None,
    }
}

fn whole(node: &Node) -> Option<i64> {
    match node.value {
        Value::Whole(number) => Some(number),
        _ => None,
    }
}

fn day(node: &Node) -> Option<Date> {
    match node.value {
        Value::Day(day) => Some(day),
        _ => None,
    }
}

/// A decimal in quotes, or a whole number without.
pub(crate) fn decimal(node: &Node) -> Option<Decimal> {
    match &node.value {
        Value::Text(text) => exact(text),
        Value::Whole(number) => exact(&number.to_string()),
        _ => None,
    }
}

fn exact(text: &str) -> Option<Decimal> {
    (crate::words::DECIMAL.fits)(text).then(|| Decimal::from_str_exact(text).ok()).flatten()
}

/// A field that is measured needs a geometry that has such a measure.
fn measured(document: &Document, fields: &[Field], faults: &mut Faults) {
    let shape = fields.iter().find_map(|field| match field.kind {
        FieldKind::Geometry { shape } => Some(shape),
        _ => None,
    });
    for (field, entry) in fields.iter().zip(document.root.entries_of("fields")) {
        let FieldKind::Decimal { measures: Some(measure), .. } = field.kind else { continue };
        let (wanted, word, chinese) = match measure {
            Measure::Length => (Shape::Line, "line", "线"),
            Measure::Area => (Shape::Polygon, "polygon", "面"),
        };
        if shape == Some(wanted) {
            continue;
        }
        let Some((_, span)) = entry.node.text_at("measures") else { continue };
        let key = &field.key;
        let message = match shape {
            None => message::text!(
                "`{key}` 要量算图形，但台账没有图形字段",
                "`{key}` is measured, but the register has no geometry"
            ),
            Some(_) => message::text!(
                "`{key}` 要量算图形，但图形不是{chinese}",
                "`{key}` is measured, but the geometry is no {word}"
            ),
        };
        let fault = Diagnostic::error(rules::MEASURES_WITHOUT_GEOMETRY, &document.source, span, message);
        faults.push(fault.hint(message::text!(
            "需要 [fields.geometry]，type = \"geometry\"，shape = \"{word}\"",
            "it needs [fields.geometry] with type = \"geometry\" and shape = \"{word}\""
        )));
    }
}
