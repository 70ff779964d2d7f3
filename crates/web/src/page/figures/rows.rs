//! `/figures/{indicator}/rows`: the rows that a figure counts, each leading to its record.

use std::ops::Range;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use figure::FigureId;
use figures::{Listing, Trace, TracedRow};
use maud::{Markup, Render, html};
use message::{Language, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::{Ask, AskQuery, door, page_number};
use super::desk::Desk;
use super::draw::{entry_line, figure_link};
use super::tabs::{self, Tab};
use super::view::{FigureView, IndicatorView, RowView};
use crate::fault::{Answer, Fault};
use crate::ui::{
    Badge, Button, Column, Icon, Pager, Row, Speak, Stat, Table, Tone, empty, grouped, stats, w,
};
use crate::visitor::Visitor;

/// Rows on a page.
const PAGE: usize = 50;
/// A page of the rows that a figure counts.
#[derive(Serialize, ToSchema)]
pub struct RowsAnswer {
    /// The figure.
    pub figure: FigureView,
    /// Whether it was computed a second time from the book alone, with the same value and as many rows. Absent where
    /// there are more rows than a page computes twice; `qingyuan trace` does.
    pub proven: Option<bool>,
    /// How many rows there are.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// The rows, in the order of their keys.
    pub rows: Vec<RowView>,
}

impl RowsAnswer {
    /// A page of a trace.
    fn of(desk: &Desk<'_>, trace: &Trace, page: u64, language: Language) -> Self {
        let total = rows(trace).count();
        let (page, pages, places) = places(page, total);
        let shown = rows(trace).skip(places.start).take(PAGE);
        Self {
            figure: FigureView::of(desk, &trace.figure, language),
            proven: Some(trace.is_proven()),
            total: total as u64,
            page,
            pages,
            rows: shown
                .map(|(indicator, traced)| {
                    RowView::of(desk, indicator, &traced.row, &traced.entries, language)
                })
                .collect(),
        }
    }

    /// A page of the rows of a figure, however many there are.
    pub fn of_figure(desk: &Desk<'_>, id: &FigureId, page: u64, language: Language) -> Result<Self, Fault> {
        if let Some(trace) = desk.trace_if_few(id)? {
            return Ok(Self::of(desk, &trace, page, language));
        }
        let listing = desk.listing(id)?;
        let (page, pages, places) = places(page, listing.len());
        let rows = desk.engine().engine().listed(&listing, places)?;
        Ok(Self {
            figure: FigureView::of(desk, &listing.figure, language),
            proven: None,
            total: listing.figure.rows,
            page,
            pages,
            rows: rows
                .iter()
                .map(|(indicator, traced)| {
                    RowView::of(desk, indicator, &traced.row, &traced.entries, language)
                })
                .collect(),
        })
    }

    /// The places of the first and the last row of the page, from 1.
    fn bounds(&self) -> (u64, u64) {
        let first = (self.page - 1) * PAGE as u64;
        (if self.total == 0 { 0 } else { first + 1 }, first + self.rows.len() as u64)
    }
}

/// The page that is meant among so many rows (the last, if there are not so many), how many pages there are, and the
/// places of its rows.
fn places(page: u64, total: usize) -> (u64, u64, Range<usize>) {
    let pages = total.div_ceil(PAGE).max(1);
    let page = usize::try_from(page).unwrap_or(usize::MAX).clamp(1, pages);
    let first = (page - 1) * PAGE;
    (page as u64, pages as u64, first..(first + PAGE).min(total))
}

/// The rows of all parts, one after the other, each with its indicator.
pub fn rows(trace: &Trace) -> impl Iterator<Item = (&str, &TracedRow)> {
    trace.parts.iter().flat_map(|part| part.rows.iter().map(|row| (part.indicator.as_str(), row)))
}

impl Desk<'_> {
    /// A figure with its rows and their entries, computed twice; kept from earlier, or now. Refused where there are more
    /// than [`Settings::most_traced`](crate::Settings) rows: they would fill the memory that all share.
    pub fn trace(&self, id: &FigureId) -> Result<Arc<Trace>, Fault> {
        self.trace_if_few(id)?.ok_or_else(|| {
            let most = grouped(self.app.settings.most_traced);
            let text = message::text!(
                "数据行超过 {most} 行，不能在网页上逐行比较。请限定范围后再看，或用命令行 qingyuan diff。",
                "There are more than {most} rows, too many to be compared one by one on a page. Narrow the scope, or use `qingyuan diff` on the command line."
            );
            Fault::Refused { text, fields: Vec::new() }
        })
    }

    /// The same, or nothing where there are too many rows.
    pub fn trace_if_few(&self, id: &FigureId) -> Result<Option<Arc<Trace>>, Fault> {
        if self.answer(&Ask::of(id))?.figure.rows > self.app.settings.most_traced {
            return Ok(None);
        }
        let trace = self.now.kept.answer(&format!("trace {id}"), || {
            let trace = self.engine().trace(id)?;
            let weight = 1 + rows(&trace).count() / 4;
            Ok((trace, weight))
        });
        trace.map(Some)
    }

    /// All rows of a figure in columns, without a second computation; kept from earlier, or now.
    pub fn listing(&self, id: &FigureId) -> Result<Arc<Listing>, Fault> {
        self.now.kept.answer(&format!("rows {id}"), || {
            let listing = self.engine().listing(id)?;
            // A row takes some hundred bytes here, a quarter of what it takes in a trace.
            let weight = 1 + listing.len() / 400;
            Ok((listing, weight))
        })
    }

    /// The identity that a question's figure has.
    pub fn identity(&self, ask: &Ask) -> Result<FigureId, Fault> {
        Ok(self.answer(ask)?.figure.id.clone())
    }
}

/// The page.
pub async fn page(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    let app = visitor.app.clone();
    let page = app.heavy_work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        let indicator = desk.indicator(&key)?;
        let ask = Ask::read(&key, &query, desk.usual_period()?)?;
        let id = desk.identity(&ask)?;
        let rows = RowsAnswer::of_figure(&desk, &id, page_number(&query)?, visitor.language)?;
        let l = visitor.language;
        let view = IndicatorView::of(&desk, indicator, l);
        let body = html! {
            (tabs::tabs(l, &ask, Tab::Rows))
            (tabs::filter(&desk, l, &ask, &view, Tab::Rows)?)
            (stats(&[Stat::new(l, Text::same(&view.label), figure_link(l, &rows.figure, &rows.figure.address).date(&rows.figure.as_of))
                .note(html! { (proof(l, &rows)) })]))
            (table(&desk, l, &rows, &door(&id)))
            (pager(l, &rows, &ask.address("/rows")))
        };
        let download = |kind: &str| ask.address(&format!("/rows.{kind}"));
        Ok(tabs::page(&ask, &indicator.label, Tab::Rows)
            .action(Button::secondary(l, w("导出 Excel", "Export to Excel")).icon(Icon::Download).download(download("xlsx")))
            .action(Button::secondary(l, w("导出 CSV", "Export as CSV")).icon(Icon::Download).download(download("csv")))
            .wide()
            .render(&tabs::frame(&visitor, &desk), body))
    });
    Ok(page.await?.into_response())
}

/// The same as JSON, a page of rows at a time.
#[utoipa::path(
    get, path = "/api/v1/figures/{indicator}/rows", tag = "figures", operation_id = "figure_rows",
    params(("indicator" = String, Path, description = "The indicator's key"), AskQuery),
    responses((status = 200, body = RowsAnswer), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
pub async fn api(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    let app = visitor.app.clone();
    let answer = app.heavy_work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        desk.indicator(&key)?;
        let ask = Ask::read(&key, &query, desk.usual_period()?)?;
        let id = desk.identity(&ask)?;
        RowsAnswer::of_figure(&desk, &id, page_number(&query)?, visitor.language)
    });
    Ok(Json(answer.await?).into_response())
}

/// Whether the second computation agrees.
pub fn proof(l: Language, rows: &RowsAnswer) -> Markup {
    match rows.proven {
        Some(true) => {
            let words = w("已从账本重新计算，结果一致", "Computed again from the book alone: the same");
            Badge::new(l, Tone::Good, Icon::Tick, words).render()
        }
        Some(false) => {
            let words = w("重新计算的结果不一致", "Computed again from the book alone: not the same");
            Badge::new(l, Tone::Bad, Icon::Cross, words).render()
        }
        None => html! { (l.say(&message::text!("{} 行", "{} rows", grouped(rows.total)))) },
    }
}

/// The rows of a page as a table.
pub fn table(desk: &Desk<'_>, l: Language, rows: &RowsAnswer, door: &str) -> Markup {
    if rows.rows.is_empty() {
        return empty(
            l,
            w("没有数据行", "There are no rows"),
            w(
                "该期间、该范围内没有符合定义的记录。可改换期间或范围。",
                "No record fits the definition in this period and scope. Try another period or scope.",
            ),
            None,
        );
    }
    let several = rows.rows.windows(2).any(|pair| pair[0].indicator != pair[1].indicator);
    let several = several || rows.rows.first().is_some_and(|row| row.indicator != rows.figure.indicator);
    let has_day = rows.rows.iter().any(|row| row.occurred.is_some());
    let mut columns = vec![Column::new(l, w("数据行", "Row"))];
    if several {
        columns.push(Column::new(l, w("指标", "Indicator")));
    }
    columns.push(Column::number(l, w("量", "Amount")));
    if has_day {
        columns.push(Column::new(l, w("日期", "Day")));
    }
    columns.push(Column::new(l, w("分组", "Groups")));
    columns.push(Column::new(l, w("依据", "Rests on")));
    let lines = rows.rows.iter().map(|row| {
        let mut cells = vec![html! {
            @match row.record {
                Some(record) => a href={ "/records/" (record) } { (row.key) },
                None => (row.key),
            }
        }];
        if several {
            let label = desk.pack().indicator(&row.indicator).map(|one| l.say(&one.label).into_owned());
            cells.push(html! { (label.unwrap_or_default()) });
        }
        cells.push(html! { (grouped(&row.amount)) });
        if has_day {
            cells.push(html! { span.number { (row.occurred.as_deref().unwrap_or_default()) } });
        }
        cells.push(html! { (row.dimension_words()) });
        cells.push(html! {
            @if !row.entries.is_empty() {
                ul.entries { @for entry in &row.entries { li { (entry_line(l, entry)) } } }
            }
            @if let Some(measured) = row.measured.as_ref().and_then(|place| place.parse().ok()) {
                a href=(measured_address(door, &row.key)) { (city::wording::measured_words(&measured, l)) }
            }
        });
        Row::new(cells)
    });
    Table::new(l, w("计入的数据行", "The rows that are counted"), columns).cards().rows(lines).render()
}

/// The address at which a row's measurements are listed.
fn measured_address(door: &str, key: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("row", key).finish();
    format!("{door}?{query}#measured")
}

/// The way through the pages.
pub fn pager(l: Language, rows: &RowsAnswer, address: &str) -> Markup {
    let (first, last) = rows.bounds();
    let join = if address.contains('?') { '&' } else { '?' };
    let to = |page: u64| format!("{address}{join}page={page}");
    Pager::new(first, last, rows.total)
        .previous((rows.page > 1).then(|| to(rows.page - 1)))
        .next((rows.page < rows.pages).then(|| to(rows.page + 1)))
        .ends((rows.page > 1).then(|| to(1)), (rows.page < rows.pages).then(|| to(rows.pages)))
        .render(l)
}
