//! The filters of a list: words, state and verification at once, every field behind “more”, each value with how many
//! records have it.

use maud::Markup;
use message::{Language, Text, text};
use pack::{Field as PackField, FieldKind};
use shelf::By;

use super::ask::{Asked, statuses};
use super::list::View;
use super::value;
use crate::ui::*;

/// The bar above a list.
pub fn filters(l: Language, view: &View) -> Markup {
    let View { register, asked, .. } = view;
    let address = format!("/registers/{}", register.key);
    let mut bar = FilterBar::new(&address)
        .field(Field::search(l, "q", w("关键字", "Words")).value(asked.value("q")).inline());
    if register.states.len() > 1 {
        let options = counted(l, view, &By::State, |key| value::state_words(l, register, key));
        bar = bar.field(
            Field::select(l, "state", w("状态", "State"), options).value(asked.value("state")).inline(),
        );
    }
    if register.needs_verification {
        let words = |status: &shelf::Status| l.say(&value::status_words(*status)).into_owned();
        let facet = |key: &str| count(view, &By::Status, key);
        let option =
            |one: shelf::Status| (one.key().to_owned(), with_count(l, words(&one), facet(one.key())));
        let options = statuses(register).into_iter().map(option).collect();
        let field = Field::select(l, "status", w("核验", "Verification"), options);
        bar = bar.field(field.value(asked.value("status")).inline());
    }
    let owners = counted(l, view, &By::Owner, |code| view.units.name(code).to_owned());
    if owners.len() > 1 || !asked.value("unit").is_empty() {
        let unit = Field::select(l, "unit", w("责任单位", "Owner"), with_chosen(owners, asked, view));
        bar = bar.more(unit.value(asked.value("unit")).inline());
    }
    let mut opened = false;
    for field in &register.fields {
        for one in controls(l, view, field, &mut opened) {
            bar = bar.more(one.inline());
        }
    }
    let presence = vec![
        ("all".to_owned(), l.t("含已撤回", "With withdrawn ones").to_owned()),
        ("withdrawn".to_owned(), l.t("仅已撤回", "Withdrawn ones only").to_owned()),
        ("upcoming".to_owned(), l.t("尚未生效", "Not in effect yet").to_owned()),
    ];
    let day = if asked.value("day").is_empty() { String::new() } else { asked.query.day.to_string() };
    bar = bar
        .more(
            Field::select(l, "present", w("范围", "Which"), presence).value(asked.value("present")).inline(),
        )
        .more(Field::date(l, "day", w("截至日期", "As of")).value(day).inline());
    opened |= ["present", "day", "unit"].iter().any(|name| !asked.value(name).is_empty());
    for name in ["sort", "columns", "rows", "reading"] {
        if !asked.value(name).is_empty() {
            bar = bar.hidden(name, asked.value(name));
        }
    }
    for (name, value) in asked.pairs() {
        if let Some(words) = active(l, view, name, value) {
            bar = bar.active(l, Text::same(words), asked.address(&[(name, None)]));
        }
    }
    let sort = Some(asked.value("sort")).filter(|sort| !sort.is_empty());
    let kept: String = sort.map_or_else(|| address.clone(), |sort| format!("{address}?sort={sort}"));
    bar.opened(opened).reset(kept).render(l)
}

/// The filter fields of a field, by its kind.
fn controls(l: Language, view: &View, field: &PackField, opened: &mut bool) -> Vec<Field> {
    let asked = &view.asked;
    let named =
        |test: &str| if test.is_empty() { field.key.clone() } else { format!("{}.{test}", field.key) };
    let mut set = |name: &str| {
        let value = asked.value(name);
        *opened |= !value.is_empty();
        value
    };
    let label = &field.label;
    match &field.kind {
        FieldKind::Choice { options } => {
            let counts = |key: &str| count(view, &By::Field(field.key.clone()), key);
            let options = options
                .iter()
                .map(|option| {
                    (
                        option.key.clone(),
                        with_count(l, l.say(&option.label).into_owned(), counts(&option.key)),
                    )
                })
                .collect();
            vec![Field::select(l, named(""), label, options).value(set(&named("")))]
        }
        FieldKind::YesNo => {
            let options = [true, false].map(|yes| (yes.to_string(), value::yes_no(l, yes).to_owned()));
            vec![Field::select(l, named(""), label, options.to_vec()).value(set(&named("")))]
        }
        FieldKind::Date { .. } => {
            let Text { simplified, english, .. } = label;
            let ends = [
                ("from", text!("{simplified}起", "{english} from")),
                ("to", text!("{simplified}止", "{english} to")),
            ];
            ends.map(|(test, label)| Field::date(l, named(test), label).value(set(&named(test)))).to_vec()
        }
        FieldKind::Whole { .. } | FieldKind::Decimal { .. } => {
            let Text { simplified, english, .. } = label;
            let ends = [
                ("from", text!("{simplified}不少于", "{english}, at least")),
                ("to", text!("{simplified}不多于", "{english}, at most")),
            ];
            ends.map(|(test, label)| {
                let control = Field::decimal(l, named(test), label).value(set(&named(test))).width(8);
                match value::unit(&view.now.pack, l, field) {
                    Some(unit) => control.unit(l, unit),
                    None => control,
                }
            })
            .to_vec()
        }
        FieldKind::Text { .. } | FieldKind::Reference { .. } | FieldKind::Unit { .. } => {
            vec![Field::text(l, named("has"), label).value(set(&named("has")))]
        }
        FieldKind::Person | FieldKind::Geometry { .. } => {
            let options = vec![
                ("no".to_owned(), l.t("已填", "Given").to_owned()),
                ("yes".to_owned(), l.t("未填", "Not given").to_owned()),
            ];
            vec![Field::select(l, named("empty"), label, options).value(set(&named("empty")))]
        }
    }
}

/// Options of a column with how many records have each, without those that nobody has.
fn counted(l: Language, view: &View, column: &By, words: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let facet = view.facets.iter().find(|facet| facet.column == *column);
    let values = facet.into_iter().flat_map(|facet| &facet.values);
    values
        .filter(|value| value.count > 0 || *column != By::Owner)
        .map(|value| (value.key.clone(), with_count(l, words(&value.key), value.count)))
        .collect()
}

fn count(view: &View, column: &By, key: &str) -> usize {
    let facet = view.facets.iter().find(|facet| facet.column == *column);
    facet.and_then(|facet| facet.values.iter().find(|value| value.key == key)).map_or(0, |value| value.count)
}

fn with_count(l: Language, words: String, count: usize) -> String {
    let count = grouped(count.to_string());
    if l == Language::English { format!("{words} ({count})") } else { format!("{words}（{count}）") }
}

/// The unit that was asked for may own nothing itself.
fn with_chosen(mut owners: Vec<(String, String)>, asked: &Asked, view: &View) -> Vec<(String, String)> {
    if let Some(unit) = &asked.unit
        && !owners.iter().any(|(code, _)| code == unit)
    {
        owners.insert(0, (unit.clone(), view.units.name(unit).to_owned()));
    }
    owners
}

/// A set filter in words.
fn active(l: Language, view: &View, name: &str, shown: &str) -> Option<String> {
    let register = &view.register;
    let colon = l.t("：", ": ");
    let said = |label: &str, value: &str| Some(format!("{label}{colon}{value}"));
    match name {
        "q" => said(l.t("关键字", "Words"), shown),
        "state" => said(l.t("状态", "State"), &value::state_words(l, register, shown)),
        "status" => {
            let status = shelf::Status::from_key(shown)?;
            said(l.t("核验", "Verification"), &l.say(&value::status_words(status)))
        }
        "author" => said(l.t("录入", "Entered by"), shown),
        "unit" => said(l.t("责任单位", "Owner"), view.units.name(shown)),
        "day" => said(l.t("截至日期", "As of"), shown),
        "reading" if shown == "counted" => Some(l.t("只看计入的内容", "Only what counts").to_owned()),
        "present" => match shown {
            "all" => Some(l.t("含已撤回", "With withdrawn ones").to_owned()),
            "withdrawn" => Some(l.t("仅已撤回", "Withdrawn ones only").to_owned()),
            "upcoming" => Some(l.t("尚未生效", "Not in effect yet").to_owned()),
            _ => None,
        },
        _ => {
            let (key, test) = name.split_once('.').unwrap_or((name, ""));
            let field = register.field(key)?;
            let label = l.say(&field.label);
            match test {
                "" => {
                    let value = match &field.kind {
                        FieldKind::YesNo => value::yes_no(l, shown == "true").to_owned(),
                        FieldKind::Choice { .. } => {
                            value::text(l, field, &shelf::Value::Choice(shown.to_owned()))
                        }
                        _ => shown.to_owned(),
                    };
                    said(&label, &value)
                }
                "has" => said(&label, shown),
                "from" => Some(format!("{label} ≥ {shown}")),
                "to" => Some(format!("{label} ≤ {shown}")),
                "empty" if shown == "no" => said(&label, l.t("已填", "given")),
                "empty" => said(&label, l.t("未填", "not given")),
                _ => None,
            }
        }
    }
}
