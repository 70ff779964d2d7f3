//! How figures and charts of figures are drawn.

use chart::{Bar, Bars, Ink, Lines, Mark, Plot, Series, Value};
use figure::{Figure, Period};
use maud::{Markup, Render, html};
use message::{Language, Text};
use rust_decimal::Decimal;

use super::ask::door;
use super::desk::Desk;
use super::view::{EntryView, FigureView};
use crate::ui::{Chart, Column, FigureLink, Row, Speak, Table, Words, grouped, w};

/// A figure as a door: to its permanent address, or to its own page.
pub fn figure_link(l: Language, figure: &FigureView, address: &str) -> FigureLink {
    let unit = Text::same(&figure.unit);
    match &figure.value {
        Some(value) => FigureLink::new(l, value, unit, address),
        None => FigureLink::missing(l, w("无数据", "no data"), address),
    }
}

/// A chart with its two pictures, its table of doors, and its source. The page needs `chart.css`.
pub fn drawn(
    l: Language,
    id: &str,
    title: impl Words,
    subtitle: impl Words,
    plot: &dyn Plot,
    source: impl Render,
) -> Markup {
    let svg = chart::pictures(plot, id, &l.say(&title), &l.say(&subtitle));
    Chart::new(l, &title, &subtitle, svg).table(l, data(l, &title, &plot.table())).source(source).render()
}

/// A chart's data as a table.
fn data(l: Language, title: &impl Words, table: &chart::Table) -> Markup {
    let columns = table.columns.iter().map(|column| {
        let head = Text::same(&column.head);
        if column.numeric { Column::number(l, head) } else { Column::new(l, head) }
    });
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().map(|cell| match &cell.address {
            Some(address) => html! { a.figure href=(address) { (cell.text) } },
            None => html! { (cell.text) },
        });
        Row::new(cells.collect())
    });
    Table::new(l, title, columns.collect()).rows(rows).render()
}

/// The course of a figure as a line, with what was promised for it.
pub fn course_lines(
    l: Language,
    course: &[(Period, Option<Figure>)],
    label: &str,
    unit: &str,
    target: Option<Decimal>,
) -> Lines {
    let decimals =
        course.iter().filter_map(|(_, figure)| figure.as_ref()).map(|one| one.decimals).next_back();
    Lines {
        axis: course.iter().map(|(period, _)| period.to_string()).collect(),
        axis_name: l.t("期间", "Period").to_owned(),
        series: vec![Series {
            label: with_unit(label, unit),
            values: course
                .iter()
                .map(|(_, figure)| figure.as_ref().map(value).unwrap_or_else(missing))
                .collect(),
            ink: Ink::Accent,
        }],
        target: target.map(|value| {
            let shown = grouped(quantity::fixed(value, u32::from(decimals.unwrap_or_default())));
            let label = message::text!("目标 {shown}", "target {shown}");
            Mark { label: l.say(&label).into_owned(), value }
        }),
        from_zero: false,
        language: l,
    }
}

/// The groups of a breakdown as bars, the longest first where their order says nothing by itself.
pub fn group_bars(
    desk: &Desk<'_>,
    l: Language,
    by: &str,
    groups: &[Figure],
    label: &str,
    unit: &str,
) -> Bars {
    let words = desk.words();
    let in_order = matches!(by, "year" | "month" | "class" | "level");
    let mut bars: Vec<(Option<Decimal>, Bar)> = groups
        .iter()
        .map(|figure| {
            let group = figure.id.scope.iter().find(|(dimension, _)| dimension == by);
            let name = group.map(|(_, value)| words.value_label(&figure.id.indicator, by, value, l));
            let name = name
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| l.t("未注明", "Not stated").to_owned());
            let Value { value, shown, address } = value(figure);
            (value, Bar { label: name, value, shown, address, ..Bar::default() })
        })
        .collect();
    if !in_order {
        // None is less than any value; equals keep the order of their names.
        bars.sort_by(|(a, _), (b, _)| b.cmp(a));
    }
    Bars {
        bars: bars.into_iter().map(|(_, bar)| bar).collect(),
        kind: desk.dimension(by, l),
        measure: with_unit(label, unit),
    }
}

/// A figure as a chart shows it.
pub fn value(figure: &Figure) -> Value {
    let shown = city::wording::shown(figure).map_or_else(|| "—".to_owned(), grouped);
    Value { value: figure.value, shown, address: Some(door(&figure.id)) }
}

fn missing() -> Value {
    Value { value: None, shown: "—".to_owned(), address: None }
}

/// 单位：个，截至…: what a drawing is told in; English counts some things without a unit.
pub fn unit_first(unit: &str, rest: &Text) -> Text {
    if unit.is_empty() {
        let mut english = rest.english.chars();
        let first: String = english.next().into_iter().flat_map(char::to_uppercase).collect();
        return Text::new(rest.simplified.clone(), first + english.as_str());
    }
    Text::new(format!("单位：{unit}，{}", rest.simplified), format!("Unit: {unit}, {}", rest.english))
}

/// 码头数量（个）.
pub fn with_unit(label: &str, unit: &str) -> String {
    match unit {
        "" | "无量纲" => label.to_owned(),
        // An English label has English brackets.
        _ if label.is_ascii() => format!("{label} ({unit})"),
        _ => format!("{label}（{unit}）"),
    }
}

/// An entry in a line: number, what it did, from which day, by whom, with how much evidence; leading to its record.
pub fn entry_line(l: Language, entry: &EntryView) -> Markup {
    let kind = city::wording::kind_text(&entry.kind);
    let evidence = entry.evidence.len();
    html! {
        a href={ "/records/" (entry.record) } { "#" (entry.number) }
        " " (l.say(&kind)) " " span.number { (entry.effective) }
        @if evidence > 0 {
            span.muted { " · " (l.say(&message::text!("佐证 {evidence}", "{evidence} evidence"))) }
        }
    }
}

/// Entries with all that is known of them, as a table.
pub fn entry_table(desk: &Desk<'_>, l: Language, entries: &[EntryView]) -> Markup {
    let columns = vec![
        Column::new(l, w("入账", "Entry")),
        Column::new(l, w("操作", "What")),
        Column::new(l, w("台账", "Register")),
        Column::new(l, w("生效日期", "Holds from")),
        Column::new(l, w("入账时间", "Entered")),
        Column::new(l, w("经办", "By")),
        Column::new(l, w("佐证", "Evidence")),
        Column::new(l, w("备注", "Remark")),
    ];
    let rows = entries.iter().map(|entry| {
        let kind = city::wording::kind_text(&entry.kind);
        let register = desk.pack().register(&entry.register).map(|one| l.say(&one.label).into_owned());
        Row::new(vec![
            html! { "#" (entry.number) },
            html! { (l.say(&kind)) },
            html! { (register.unwrap_or_else(|| entry.register.clone())) },
            html! { span.number { (entry.effective) } },
            html! { span.number { (local(&entry.recorded)) } },
            html! { (entry.actor) },
            html! {
                @for hash in &entry.evidence {
                    a href={ "/evidence/" (hash) } title=(hash) { code { (hash.chars().take(12).collect::<String>()) } } " "
                }
            },
            html! { (entry.note.as_deref().unwrap_or_default()) },
        ])
        .to(format!("/records/{}", entry.record))
    });
    Table::new(l, w("入账", "Entries"), columns).cards().rows(rows).render()
}

/// A stored instant in the city's time.
fn local(instant: &str) -> String {
    instant.parse().map_or_else(|_| instant.to_owned(), city::wording::local)
}

/// The foot of a chart: the source, and the identity of the figure that it ends in.
pub fn source(l: Language, figure: &Figure) -> Markup {
    let id = figure.id.to_string();
    html! {
        (l.t("来源：清源账本；数值标识 ", "Source: the book of Qingyuan; figure ")) a href=(door(&figure.id)) { code { (id) } }
    }
}
