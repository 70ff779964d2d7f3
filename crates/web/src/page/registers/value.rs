//! Values of records as people read them: in a cell, as text, and out of the book's own entries.

use geodesy::Geometry;
use maud::{Markup, html};
use message::{Language, Text};
use pack::{Field, FieldKind, Register};
use shelf::{Row, Status, Units, Value};

use crate::ui::*;

/// A value in a cell of a table or a list of facts.
pub fn cell(l: Language, field: &Field, value: &Value) -> Markup {
    match value {
        Value::Empty => html! {},
        Value::Reference { record, label } => html! { a href={ "/records/" (record.0) } { (label) } },
        Value::Unit { code, name } => html! { span title=(code) { (name) } },
        Value::Person(_) => html! { span.muted { (text(l, field, value)) } },
        Value::Whole(_) | Value::Decimal(_) => html! { span.number { (text(l, field, value)) } },
        _ => html! { (text(l, field, value)) },
    }
}

/// A value as one line of text; empty where there is none.
pub fn text(l: Language, field: &Field, value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::Whole(number) => grouped(number.to_string()),
        Value::Decimal(number) => grouped(number.to_string()),
        Value::Date(date) => date.to_string(),
        Value::Choice(key) => option(l, field, key),
        Value::YesNo(yes) => yes_no(l, *yes).to_owned(),
        Value::Reference { label, .. } => label.clone(),
        Value::Unit { name, .. } => name.clone(),
        Value::Person(pseudonym) => pseudonym.clone(),
        Value::Geometry(shape) => shape_words(l, shape),
    }
}

/// A value as it stands in an entry, as text; `called` says what records are called.
pub fn stored(
    l: Language,
    field: &Field,
    value: &ledger::Value,
    units: &Units,
    called: &dyn Fn(&str, u64) -> String,
) -> String {
    match (value, &field.kind) {
        (ledger::Value::Null, _) => String::new(),
        (ledger::Value::Flag(flag), _) => yes_no(l, *flag).to_owned(),
        (ledger::Value::Whole(record), FieldKind::Reference { register }) => {
            u64::try_from(*record).map(|record| called(register, record)).unwrap_or_default()
        }
        (ledger::Value::Whole(number), _) => grouped(number.to_string()),
        (ledger::Value::Text(key), FieldKind::Choice { .. }) => option(l, field, key),
        (ledger::Value::Text(code), FieldKind::Unit { .. }) => units.name(code).to_owned(),
        (ledger::Value::Text(number), FieldKind::Decimal { .. }) => grouped(number),
        (ledger::Value::Text(wkt), FieldKind::Geometry { .. }) => {
            Geometry::parse_wkt(wkt).map_or_else(|_| wkt.clone(), |shape| shape_words(l, &shape))
        }
        (ledger::Value::Text(text), _) => text.clone(),
    }
}

/// The unit of a field's numbers, as the pack calls it in each language; none where that has no word for it.
pub fn unit(pack: &pack::Pack, l: Language, field: &Field) -> Option<Text> {
    let unit = match &field.kind {
        FieldKind::Whole { unit, .. } => unit.as_deref()?,
        FieldKind::Decimal { unit, .. } => unit,
        _ => return None,
    };
    Some(pack.unit(unit)).filter(|unit| !unit.in_language(l).is_empty())
}

/// Whether a field's values are numbers, and stand to the right.
pub fn is_number(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Whole { .. } | FieldKind::Decimal { .. })
}

/// 是, 否.
pub fn yes_no(l: Language, yes: bool) -> &'static str {
    if yes { l.t("是", "Yes") } else { l.t("否", "No") }
}

/// What a state is called; its key if the pack no longer has it.
pub fn state_words(l: Language, register: &Register, key: &str) -> String {
    let state = register.states.iter().find(|state| state.key == key);
    state.map_or_else(|| key.to_owned(), |state| l.say(&state.label).into_owned())
}

/// What a status is called.
pub fn status_words(status: Status) -> Label {
    match status {
        Status::Entered => w("已入账", "Entered"),
        Status::Pending => w("待核验", "Awaiting verification"),
        Status::Returned => w("已退回", "Returned"),
        Status::Verified => w("已核验", "Verified"),
    }
}

/// How a record stands with its verifiers.
pub fn status(l: Language, row: &Row) -> Markup {
    let badge = match row.status {
        Status::Entered => None,
        Status::Pending => Some(Badge::pending(l)),
        Status::Returned => Some(Badge::returned(l)),
        Status::Verified => Some(Badge::verified(l)),
    };
    html! {
        span.badges {
            @if row.withdrawn { (Badge::withdrawn(l)) " " }
            @if let Some(badge) = badge { (badge) }
        }
    }
}

fn option(l: Language, field: &Field, key: &str) -> String {
    let FieldKind::Choice { options } = &field.kind else { return key.to_owned() };
    let option = options.iter().find(|option| option.key == key);
    option.map_or_else(|| key.to_owned(), |option| l.say(&option.label).into_owned())
}

/// A shape in words: the place of a point, the size of others.
fn shape_words(l: Language, shape: &Geometry) -> String {
    match shape {
        Geometry::Points(points) => match points.as_slice() {
            [only] => {
                let (longitude, latitude) = only.degrees();
                format!("{longitude:.5}, {latitude:.5}")
            }
            points => l.say(&message::text!("{0} 个点", "{0} points", points.len())).into_owned(),
        },
        Geometry::Lines(_) => {
            let metres = grouped((shape.length_mm() / 1000).to_string());
            l.say(&message::text!("线，长 {metres} 米", "line of {metres} m")).into_owned()
        }
        Geometry::Polygons(_) => {
            let square = grouped((shape.area_mm2() / 1_000_000).to_string());
            l.say(&message::text!("面，{square} 平方米", "area of {square} m²")).into_owned()
        }
    }
}
