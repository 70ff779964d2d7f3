//! `/public/figures/{indicator}`: what an open figure counts, and how it was over the years.

use chart::{Ink, Lines, Series, Value};
use figure::{Figure, Period};
use figures::Request;
use maud::{Markup, html};
use message::{Language, Text, text};

use super::view::{OpenFigure, open_figure};
use crate::fault::{Answer, Fault};
use crate::page::figures::desk::{Desk, leave_gaps};
use crate::page::figures::draw::{unit_first, with_unit};
use crate::page::figures::view::IndicatorView;
use crate::ui::{Chart, Column, Page, Row, Section, Speak, Table, code_block, grouped, sql_block, w};
use crate::visitor::Visitor;
use crate::when;

/// How many years are shown.
const YEARS: i16 = 7;

pub(super) async fn page(visitor: Visitor, axum::extract::Path(key): axum::extract::Path<String>) -> Answer {
    if !visitor.now.pack.public.indicators.contains(&key) {
        return Err(Fault::NotFound);
    }
    let (now, language, wanted) = (visitor.now.clone(), visitor.language, key.clone());
    let (course, told) = visitor
        .app
        .work(move |app| {
            let last = when::year_spoken_of(app)?;
            let requests: Vec<Request> = (last - YEARS + 1..=last)
                .map(|year| Request::new(wanted.clone(), Period::Year(year)))
                .collect();
            let found = now.engine.evaluate_each(&requests).into_iter();
            let mut figures: Vec<Option<Figure>> =
                found.map(|figures| figures.ok().and_then(|figures| figures.into_iter().next())).collect();
            leave_gaps(&mut figures, false);
            let known = figures.into_iter().skip_while(Option::is_none).flatten();
            let course: Vec<_> =
                known.map(|figure| (open_figure(&now, &figure, language), figure.value)).collect();
            let desk = Desk::open(app, &now)?;
            let told = IndicatorView::of(&desk, desk.indicator(&wanted)?, language);
            Ok((course, told))
        })
        .await?;
    let indicator = visitor.now.pack.indicator(&key).ok_or(Fault::NotFound)?;
    let page = Page::new(Section::None, indicator.label.clone())
        .crumb(w("公开数据", "Open data"), "/public")
        .lead(w(
            "由台账逐条计算；凭数值编号，任何持有账本副本的人都能算出同一结果",
            "Computed record by record; by a figure's identity anybody with a copy of the book computes the same value",
        ))
        .style("chart.css");
    Ok(visitor.page(page, body(&visitor, &told, &course)))
}

/// A year's figure as it is shown, and its value.
type Year = (OpenFigure, Option<rust_decimal::Decimal>);

fn body(visitor: &Visitor, told: &IndicatorView, course: &[Year]) -> Markup {
    let l = visitor.language;
    let rows = course.iter().map(|(one, _)| {
        Row::new(vec![html! { (one.period) }, html! { (shown(one)) }, html! { code { (one.id) } }])
    });
    let unit = l.say(&Text::same(&told.unit)).into_owned();
    let columns = vec![
        Column::new(l, w("期间", "Period")),
        Column::number(l, w("数值", "Value")).unit(l, Text::same(&unit)),
        Column::new(l, w("数值编号", "Identity")),
    ];
    html! {
        @if course.len() > 1 { (drawn(l, told, &unit, course)) }
        (Table::new(l, w("历年数值", "Over the years"), columns).cards().rows(rows))
        h2 { (l.t("定义", "Definition")) }
        p { (told.words.join(l.t("", " "))) }
        @if let Some(sql) = &told.sql { (sql_block(l, w("定义", "Definition"), sql)) }
        @if let Some(formula) = &told.formula { (code_block(l, w("定义", "Definition"), formula)) }
    }
}

/// The course of the years as a line. Its table stands below it anyway.
fn drawn(l: Language, told: &IndicatorView, unit: &str, course: &[Year]) -> Markup {
    let values = course.iter().map(|(one, value)| Value { value: *value, shown: shown(one), address: None });
    let lines = Lines {
        axis: course.iter().map(|(one, _)| one.period.clone()).collect(),
        axis_name: l.t("期间", "Period").to_owned(),
        series: vec![Series {
            label: with_unit(&told.label, unit),
            values: values.collect(),
            ink: Ink::Accent,
        }],
        target: None,
        from_zero: false,
        language: l,
    };
    let first = course.first().map(|(one, _)| one.period.clone()).unwrap_or_default();
    let last = course.last().map(|(one, _)| one.period.clone()).unwrap_or_default();
    let subtitle = unit_first(unit, &text!("{first}—{last}", "{first} to {last}"));
    let title = Text::same(&told.label);
    let svg = chart::pictures(&lines, "course", &l.say(&title), &l.say(&subtitle));
    maud::Render::render(&Chart::new(l, title, subtitle, svg))
}

fn shown(one: &OpenFigure) -> String {
    one.value.as_ref().map_or_else(|| "—".to_owned(), grouped)
}
