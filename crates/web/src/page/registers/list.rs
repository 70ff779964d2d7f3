//! `/registers/{register}`: the records of a register.

use std::sync::{Arc, Weak};

use access::Action;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, header};
use maud::{Markup, html};
use message::{Language, Text};
use pack::{Field as PackField, FieldKind, Register};
use shelf::{By, Facet, Page as Found, Presence, Reading, Row as Record, Shelf, Units};

use super::ask::Asked;
use super::filters::filters;
use super::{fault, value};
use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;

/// What a page of a list shows.
pub struct View {
    pub register: Register,
    pub asked: Asked,
    found: Found,
    /// How many of these records count, as figures count them, where the register asks for verification.
    counted: Option<usize>,
    /// How many records have each value, for filters.
    pub facets: Vec<Facet>,
    pub units: Arc<Units>,
    /// The pack that the page is drawn by.
    pub now: Arc<InForce>,
    may_enter: bool,
    may_import: bool,
    may_export: bool,
}

/// The page.
pub async fn page(
    visitor: Visitor,
    Path(key): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Answer {
    let register = visitor.now.pack.register(&key).ok_or(Fault::NotFound)?.clone();
    visitor.require_anywhere(Action::View, Some(&key))?;
    let asked = Asked::read(&visitor, &register, pairs, &headers)?;
    let remember = asked.remember(visitor.app.settings.behind_tls);
    let (app, asker) = (Arc::clone(&visitor.app), visitor.clone());
    let view = app.work(move |_| look(&asker, register, asked)).await?;
    let mut answer = draw(&visitor, &view);
    if let Some(cookie) = remember {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

fn look(visitor: &Visitor, register: Register, mut asked: Asked) -> Result<View, Fault> {
    asked.allow(visitor, Action::View)?;
    let shelf = &visitor.now.shelf;
    let (found, counted, facets) = ask(shelf, &register, &asked.query)?;
    let units = shelf.units(asked.query.day).map_err(fault)?;
    let may = |action| visitor.may_anywhere(action, Some(&register.key));
    Ok(View {
        may_enter: may(Action::Enter),
        may_import: may(Action::Import),
        may_export: may(Action::Export),
        register,
        asked,
        found,
        counted,
        facets,
        units,
        now: Arc::clone(&visitor.now),
    })
}

/// What a page of a list asks of the shelf: its rows, how many of all count, and how many have each value.
fn ask(
    shelf: &Shelf,
    register: &Register,
    query: &shelf::Query,
) -> Result<(Found, Option<usize>, Vec<Facet>), Fault> {
    let found = shelf.list(query).map_err(fault)?;
    let in_figures = || shelf.count(&shelf::Query { reading: Reading::Counted, ..query.clone() });
    let is_asked = register.needs_verification && query.presence == Presence::Present;
    let counted = is_asked.then(in_figures).transpose().map_err(fault)?;
    let mut by = vec![By::Owner];
    if register.states.len() > 1 {
        by.push(By::State);
    }
    if register.needs_verification {
        by.push(By::Status);
    }
    let listed = |field: &&PackField| matches!(field.kind, FieldKind::Choice { .. });
    by.extend(register.fields.iter().filter(listed).map(|field| By::Field(field.key.clone())));
    let facets = shelf.facets(query, &by, 200).map_err(fault)?;
    Ok((found, counted, facets))
}

/// Asks what the lists show when nothing else is asked for, so that the first visitor of the day waits as little as the
/// second.
pub fn warm(served: &Weak<App>) -> Result<(), Fault> {
    for language in [Language::Simplified, Language::Traditional, Language::English] {
        let Some(now) = served.upgrade().map(|app| app.now()) else { break };
        for register in &now.pack.registers {
            if served.strong_count() == 0 {
                return Ok(());
            }
            ask(&now.shelf, register, &super::ask::plain(&register.key, language))?;
        }
    }
    Ok(())
}

fn draw(visitor: &Visitor, view: &View) -> axum::response::Response {
    let l = visitor.language;
    let View { register, asked, found, .. } = view;
    let key = &register.key;
    let mut page = Page::new(Section::Registers, register.label.clone()).style("registers.css").wide();
    if view.may_enter {
        let enter = Button::primary(l, w("新增记录", "Add a record")).icon(Icon::Plus);
        page = page.action(enter.to(format!("/registers/{key}/enter")));
    }
    if view.may_import {
        let import = Button::secondary(l, w("导入表格", "Import a file")).icon(Icon::Upload);
        page = page.action(import.to(format!("/registers/{key}/import")));
    }
    let body = html! {
        (filters(l, view))
        (tools(l, view))
        (counting(l, view))
        @if found.rows.is_empty() {
            @if asked.pairs().is_empty() {
                (empty(l, w("这个台账还没有记录", "This register has no records yet"),
                    w("可逐条新增，也可导入表格。", "Add them one by one, or import a file."), None))
            } @else {
                (empty(l, w("没有符合条件的记录", "No record fits"), w("减少筛选条件后再试。", "Try fewer filters."), None))
            }
        } @else {
            (table(l, view))
            (pager(view).render(l))
        }
    };
    visitor.page(page, body)
}

/// The choice of columns, and the list as a file.
fn tools(l: Language, view: &View) -> Markup {
    let View { register, asked, found, .. } = view;
    let mut choices: Vec<(String, String)> = vec![];
    if register.states.len() > 1 {
        choices.push(("@state".to_owned(), l.t("状态", "State").to_owned()));
    }
    choices.extend(register.fields.iter().map(|field| (field.key.clone(), l.say(&field.label).into_owned())));
    choices.push(("@owner".to_owned(), l.t("责任单位", "Owner").to_owned()));
    if register.needs_verification {
        choices.push(("@status".to_owned(), l.t("核验", "Verification").to_owned()));
    }
    choices.push(("@effective".to_owned(), l.t("生效日期", "In effect from").to_owned()));
    choices.push(("@recorded".to_owned(), l.t("最近入账", "Last entry").to_owned()));
    choices.push(("@author".to_owned(), l.t("录入", "Entered by").to_owned()));
    html! {
        div.list-tools {
            details.chooser {
                summary { (Icon::Eye) span { (l.t("选择列", "Columns")) } }
                form.panel method="get" action={ "/registers/" (register.key) } {
                    @for (name, value) in asked.kept() { input type="hidden" name=(name) value=(value); }
                    fieldset {
                        legend { (l.t("显示的列", "Columns that are shown")) }
                        div.options {
                            @for (name, words) in &choices {
                                label.option {
                                    input type="checkbox" name="column" value=(name) checked[asked.columns.contains(name)];
                                    span { (words) }
                                }
                            }
                        }
                    }
                    div.actions {
                        button.button { (l.t("应用", "Apply")) }
                        a href=(asked.address(&[("columns", Some("usual".to_owned())), ("column", None)])) { (l.t("恢复常用列", "The usual columns")) }
                    }
                }
            }
            @if view.may_export && found.total > 0 {
                span.exports {
                    span.muted { (l.t("导出当前列表", "Export this list")) }
                    @for (file, words) in [("xlsx", "XLSX"), ("csv", "CSV"), ("geojson", "GeoJSON")] {
                        @if file != "geojson" || register.geometry().is_some() {
                            (Button::quiet(l, Text::same(words)).icon(Icon::Download).download(asked.address_of(&format!("/export.{file}"), &[])).small())
                        }
                    }
                }
            }
        }
    }
}

/// A list has what was entered, a figure what was verified: the page says both, so that nobody finds two numbers for one
/// thing without being told why.
fn counting(l: Language, view: &View) -> Markup {
    let View { asked, found, .. } = view;
    let Some(counted) = view.counted else { return html! {} };
    let only = asked.query.reading == Reading::Counted;
    html! {
        p.list-counting {
            @if only {
                (l.t("只列计入指标的 ", "Only what counts in figures: ")) span.number { (grouped(counted)) } (l.t(" 条", "")) " · "
                a href=(asked.address(&[("reading", None)])) { (l.t("列出全部已录入的", "List everything entered")) }
            } @else {
                (l.t("已录入 ", "Entered: ")) span.number { (grouped(found.total)) } (l.t(" 条，计入指标 ", ", counted in figures: "))
                span.number { (grouped(counted)) } (l.t(" 条", "")) " · "
                a href=(asked.address(&[("reading", Some("counted".to_owned()))])) { (l.t("只看计入的", "Show only those")) }
            }
        }
    }
}

fn table(l: Language, view: &View) -> Table {
    let View { register, asked, found, .. } = view;
    let columns = asked.columns.iter().map(|name| heading(l, view, name)).collect();
    let rows = found.rows.iter().map(|record| {
        let cells =
            asked.columns.iter().enumerate().map(|(at, name)| cell(l, view, record, name, at == 0)).collect();
        Row::new(cells).to(format!("/records/{}", record.record)).muted(record.withdrawn)
    });
    Table::new(l, &register.label, columns).rows(rows).cards().wide()
}

fn heading(l: Language, view: &View, name: &str) -> Column {
    let View { register, asked, .. } = view;
    let sort = &asked.query.sort;
    let by = By::parse(name);
    let now = (sort.by == by).then_some(if sort.descending { Order::Descending } else { Order::Ascending });
    let next = if now == Some(Order::Ascending) { format!("-{name}") } else { name.to_owned() };
    let column = match &by {
        By::Field(key) => match register.field(key) {
            Some(field) => {
                let column = if value::is_number(field) {
                    Column::number(l, &field.label)
                } else {
                    Column::new(l, &field.label)
                };
                match value::unit(&view.now.pack, l, field) {
                    Some(unit) => column.unit(l, unit),
                    None => column,
                }
            }
            None => Column::new(l, Text::same(key)),
        },
        By::State => Column::new(l, w("状态", "State")),
        By::Owner => Column::new(l, w("责任单位", "Owner")),
        By::Status => Column::new(l, w("核验", "Verification")),
        By::Effective => Column::new(l, w("生效日期", "In effect from")),
        By::Recorded => Column::new(l, w("最近入账", "Last entry")),
        By::Author => Column::new(l, w("录入", "Entered by")),
        By::Record => Column::new(l, w("编号", "Number")),
    };
    let sortable = !matches!(&by, By::Field(key) if matches!(register.field(key).map(|field| &field.kind), Some(FieldKind::Geometry { .. } | FieldKind::Person)));
    if sortable { column.sort(asked.address(&[("sort", Some(next))]), now) } else { column }
}

fn cell(l: Language, view: &View, record: &Record, name: &str, first: bool) -> Markup {
    let register = &view.register;
    match By::parse(name) {
        By::Field(key) => {
            let place = view.found.columns.iter().position(|column| *column == key);
            let value = place.and_then(|place| record.values.get(place));
            let (Some(field), Some(value)) = (register.field(&key), value) else { return html! {} };
            // The first cell is the row's link: no link stands inside it, and it is never empty.
            if !first {
                return value::cell(l, field, value);
            }
            let text = value::text(l, field, value);
            html! { @if text.is_empty() { "#" (record.record) } @else { (text) } }
        }
        By::State => Badge::state(l, Text::same(value::state_words(l, register, &record.state))).render(),
        By::Owner => {
            html! { @if let Some(owner) = &record.owner { span title=(owner) { (view.units.name(owner)) } } }
        }
        By::Status => value::status(l, record),
        By::Effective => html! { (record.effective) },
        By::Recorded => html! { (crate::when::day_of(record.recorded)) },
        By::Author => html! { (record.authors.join(l.t("、", ", "))) },
        By::Record => html! { "#" (record.record) },
    }
}

fn pager(view: &View) -> Pager {
    let View { asked, found, .. } = view;
    let limit = asked.query.limit;
    let last_page = found.total.div_ceil(limit).max(1);
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let to = |name: &'static str, value: Option<&String>| {
        value.map(|value| asked.address(&[(name, Some(value.clone()))]))
    };
    let at_end = found.first + found.rows.len() >= found.total;
    Pager::new(number(found.first + 1), number(found.first + found.rows.len()), number(found.total))
        .previous(to("before", found.previous.as_ref()))
        .next(to("after", found.next.as_ref()))
        .ends(
            (found.first > 0).then(|| asked.address(&[])),
            (!at_end).then(|| asked.address(&[("page", Some(last_page.to_string()))])),
        )
}
