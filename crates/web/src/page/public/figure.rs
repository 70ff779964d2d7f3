//! `/public/figures/{indicator}`: what an open figure counts, and how it was over the years.

use figure::Period;
use figures::Request;
use maud::{Markup, html};

use super::view::{OpenFigure, open_figure};
use crate::fault::{Answer, Fault};
use crate::ui::{Column, Page, Row, Section, Speak, Table, sql_block, w};
use crate::visitor::Visitor;
use crate::when;

/// How many years are shown.
const YEARS: i16 = 7;

pub(super) async fn page(visitor: Visitor, axum::extract::Path(key): axum::extract::Path<String>) -> Answer {
    if !visitor.now.pack.public.indicators.contains(&key) {
        return Err(Fault::NotFound);
    }
    let (now, language, wanted) = (visitor.now.clone(), visitor.language, key.clone());
    let series = visitor
        .app
        .work(move |app| {
            let last = when::year_spoken_of(app)?;
            let requests: Vec<Request> = (last - YEARS + 1..=last)
                .map(|year| Request::new(wanted.clone(), Period::Year(year)))
                .collect();
            let found = now.engine.evaluate_each(&requests).into_iter().flatten().flatten();
            Ok(found.map(|figure| open_figure(&now, &figure, language)).collect::<Vec<_>>())
        })
        .await?;
    let indicator = visitor.now.pack.indicator(&key).ok_or(Fault::NotFound)?;
    let page = Page::new(Section::None, indicator.label.clone())
        .crumb(w("公开数据", "Open data"), "/public")
        .lead(w(
            "由台账逐条计算；凭数值编号，任何持有账本副本的人都能复算出同一结果",
            "Computed record by record; by a figure's identity anybody with a copy of the book computes the same value",
        ));
    Ok(visitor.page(page, body(&visitor, &indicator.definition, &series)))
}

fn body(visitor: &Visitor, definition: &pack::Definition, series: &[OpenFigure]) -> Markup {
    let l = visitor.language;
    let rows = series.iter().map(|one| {
        let value = one.value.as_ref().map_or_else(|| "—".to_owned(), crate::ui::grouped);
        Row::new(vec![html! { (one.period) }, html! { (value) }, html! { code { (one.id) } }])
    });
    let unit = series.first().map(|one| one.unit.clone()).unwrap_or_default();
    let columns = vec![
        Column::new(l, w("期间", "Period")),
        Column::number(l, w("数值", "Value")).unit(l, message::Text::same(unit)),
        Column::new(l, w("数值编号", "Identity")),
    ];
    html! {
        (Table::new(l, w("历年数值", "Over the years"), columns).rows(rows))
        h2 { (l.t("定义", "Definition")) }
        (sql_block(l, w("定义", "Definition"), &city::wording::definition(definition, l)))
    }
}
