//! `/figures/{indicator}`: a figure with its definition, course, breakdown, editions and targets.

use axum::Json;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use maud::{Markup, html};
use message::{Language, Text};
use pack::Indicator;
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::{Ask, AskQuery};
use super::desk::{Answer, Desk};
use super::draw::{course_lines, drawn, figure_link, group_bars, source, unit_first, with_unit};
use super::tabs::{self, Tab};
use super::view::{FigureView, IndicatorView, direction_words};
use crate::fault::{Answer as Response, Fault};
use crate::ui::{
    Badge, Button, Column, Facts, Icon, Row, Speak, Stat, Table, Tabs, Tone, grouped, sql_block, stats, w,
};
use crate::visitor::Visitor;

/// A figure with everything that is told of it at once.
#[derive(Serialize, ToSchema)]
pub struct IndicatorAnswer {
    /// The definition.
    pub indicator: IndicatorView,
    /// The figure.
    pub figure: FigureView,
    /// The same for the periods before, the first first; the last is the figure's own.
    pub course: Vec<CourseView>,
    /// The figures of the groups, where `by` names a dimension.
    pub groups: Vec<FigureView>,
    /// The figure by each edition of the standard, where measurements enter.
    pub editions: Vec<FigureView>,
}

/// A period of a course.
#[derive(Serialize, ToSchema)]
pub struct CourseView {
    /// The period.
    pub period: String,
    /// Its figure; absent where none can be told.
    pub figure: Option<FigureView>,
}

impl IndicatorAnswer {
    fn of(desk: &Desk<'_>, indicator: &Indicator, answer: &Answer, language: Language) -> Self {
        let view = |figure: &figure::Figure| FigureView::of(desk, figure, language);
        Self {
            indicator: IndicatorView::of(desk, indicator, language),
            figure: view(&answer.figure),
            course: answer
                .course
                .iter()
                .map(|(period, figure)| CourseView {
                    period: period.to_string(),
                    figure: figure.as_ref().map(view),
                })
                .collect(),
            groups: answer.groups.iter().map(view).collect(),
            editions: answer.editions.iter().map(view).collect(),
        }
    }
}

/// The page.
pub async fn page(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Response {
    let asked = visitor.clone();
    let app = visitor.app.clone();
    let page = quickly(&app, visitor, key, query, move |desk, indicator, ask, answer| {
        draw(&asked, desk, indicator, ask, answer)
    });
    Ok(page.await?.into_response())
}

/// The same as JSON.
#[utoipa::path(
    get, path = "/api/v1/figures/{indicator}", tag = "figures", operation_id = "figure",
    params(("indicator" = String, Path, description = "The indicator's key, such as `docks.operating`"), AskQuery),
    responses((status = 200, body = IndicatorAnswer), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
pub async fn api(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Response {
    let language = visitor.language;
    let app = visitor.app.clone();
    let answer = quickly(&app, visitor, key, query, move |desk, indicator, _, answer| {
        Ok(IndicatorAnswer::of(desk, indicator, answer, language))
    });
    Ok(Json(answer.await?).into_response())
}

/// Answers at once what is kept; what has to be computed waits for its turn.
async fn quickly<T: Send + 'static>(
    app: &std::sync::Arc<crate::app::App>,
    visitor: Visitor,
    key: String,
    query: AskQuery,
    make: impl Fn(&Desk<'_>, &Indicator, &Ask, &Answer) -> Result<T, Fault> + Send + Sync + 'static,
) -> Result<T, Fault> {
    let make = std::sync::Arc::new(make);
    let (again, now) = (make.clone(), visitor.now.clone());
    let (kept_key, kept_query) = (key.clone(), query.clone());
    let kept = app
        .work(move |app| {
            let desk = Desk::open(app, &now)?;
            let indicator = desk.indicator(&kept_key)?;
            let ask = Ask::read(&kept_key, &kept_query, desk.usual_period()?)?;
            if !desk.has_answer(&ask) {
                return Ok(None);
            }
            let answer = desk.answer(&ask)?;
            again(&desk, indicator, &ask, &answer).map(Some)
        })
        .await?;
    if let Some(page) = kept {
        return Ok(page);
    }
    let now = visitor.now.clone();
    app.heavy_work(move |app| {
        let desk = Desk::open(app, &now)?;
        let indicator = desk.indicator(&key)?;
        let ask = Ask::read(&key, &query, desk.usual_period()?)?;
        let answer = desk.answer(&ask)?;
        make(&desk, indicator, &ask, &answer)
    })
    .await
}

fn draw(
    visitor: &Visitor,
    desk: &Desk<'_>,
    indicator: &Indicator,
    ask: &Ask,
    answer: &Answer,
) -> Result<Markup, Fault> {
    let l = visitor.language;
    let view = IndicatorView::of(desk, indicator, l);
    let figure = FigureView::of(desk, &answer.figure, l);
    let target = desk.pack().plan.targets.iter().find(|target| target.indicator == indicator.key);
    let unit = l.say(&Text::same(&view.unit)).into_owned();
    let body = html! {
        (tabs::tabs(l, ask, Tab::Value))
        (tabs::filter(desk, l, ask, &view, Tab::Value)?)
        (tabs::days(l, ask, desk, Tab::Value))
        (head(desk, l, ask, answer, &view, &figure))
        @let promised = target.filter(|_| ask.scope.is_empty()).map(|target| target.value);
        @let lines = course_lines(l, &answer.course, &view.label, &unit, promised);
        @let subtitle = subtitle(l, &view, &figure);
        (drawn(l, "course", Text::same(&view.label), subtitle.clone(), &lines, source(l, &answer.figure)))
        @if !view.dimensions.is_empty() {
            h2 #by { (l.t("分组", "Breakdown")) }
            (dimensions(l, ask, &view))
            @if let Some(by) = &ask.by {
                @if answer.groups.is_empty() {
                    p.muted { (l.t("没有可分组的数据行。", "There are no rows to break down.")) }
                } @else {
                    @let bars = group_bars(desk, l, by, &answer.groups, &view.label, &unit);
                    @let dimension = desk.dimension(by, l);
                    @let name = view.label.clone();
                    @let title = message::text!("{name}，按{dimension}", "{name} by {dimension}");
                    (drawn(l, "groups", title, subtitle, &bars, source(l, &answer.figure)))
                }
            }
        }
        @if answer.editions.len() > 1 {
            h2 #editions { (l.t("按各版标准评价", "By each edition of the standard")) }
            (editions(desk, l, answer, &unit))
        }
        (definition(desk, l, &view))
    };
    Ok(tabs::page(ask, &indicator.label, Tab::Value)
        .action(Button::secondary(l, w("数据行", "Rows")).icon(Icon::Registers).to(ask.address("/rows")))
        .render(&tabs::frame(visitor, desk), body))
}

/// 单位：个，截至2022-12-31.
fn subtitle(l: Language, view: &IndicatorView, figure: &FigureView) -> Text {
    let (unit, day, period) = (&view.unit, &figure.as_of, &figure.period);
    let scope = figure.scope_words();
    let scope = if scope.is_empty() { String::new() } else { format!("{}{scope}", l.t("，", ", ")) };
    let when = if view.measure == "stock" {
        message::text!("截至 {day}{scope}", "as of {day}{scope}")
    } else {
        message::text!("{period} 内，截至 {day}{scope}", "within {period}, up to {day}{scope}")
    };
    unit_first(unit, &when)
}

/// The figure itself, its rows, what waits for verification, what was promised.
fn head(
    desk: &Desk<'_>,
    l: Language,
    ask: &Ask,
    answer: &Answer,
    view: &IndicatorView,
    figure: &FigureView,
) -> Markup {
    let rows = grouped(figure.rows);
    let told = message::text!("{rows} 行", "{rows} rows");
    let mut link = figure_link(l, figure, &figure.address).date(&figure.as_of);
    let waiting = (figure.pending > 0).then(|| {
        let (pending, all) = (figure.pending, figure.pending + figure.rows);
        let share = rust_decimal::Decimal::from(pending * 100) / rust_decimal::Decimal::from(all.max(1));
        (grouped(pending), quantity::fixed(share, 1))
    });
    if let Some((pending, _)) = &waiting {
        link = link.pending(pending);
    }
    let before =
        answer.course.iter().rev().nth(1).and_then(|(period, before)| Some((period, before.as_ref()?)));
    let change = before.and_then(|(period, before)| {
        let change = answer.figure.value?.checked_sub(before.value?)?;
        let shown = quantity::fixed(change, u32::from(view.decimals));
        let sign = if change.is_sign_positive() && !change.is_zero() { "+" } else { "" };
        Some((period.to_string(), format!("{sign}{}", grouped(shown))))
    });
    let name = match figure.scope_words() {
        scope if scope.is_empty() => Text::same(&view.label),
        scope => Text::same(format!("{}，{scope}", view.label)),
    };
    html! {
        (stats(&[Stat::new(l, name, link).note(html! {
            a href=(ask.address("/rows")) { (l.say(&told)) }
            @if let Some((_, share)) = &waiting {
                " · " (l.say(&message::text!("待核验占 {share}%", "{share}% not yet verified")))
            }
            @if let Some((period, change)) = change {
                " · " (l.say(&message::text!("较 {period} {change}", "{change} on {period}")))
            }
        })]))
        @for target in desk.pack().plan.targets.iter().filter(|target| target.indicator == view.key) {
            p {
                (Badge::new(l, Tone::Neutral, Icon::Plan, w("目标", "Target"))) " "
                a href={ "/plan/" (target.key) } { (l.say(&target.label)) }
                span.muted { " · " (desk.unit(&target.unit)) }
            }
        }
    }
}

/// The dimensions as tabs: each is an address of its own.
fn dimensions(l: Language, ask: &Ask, view: &IndicatorView) -> Tabs {
    let whole = Ask { by: None, ..ask.clone() };
    let tabs = Tabs::new(l, w("分组", "Breakdown"));
    let tabs = tabs.tab(l, w("不分组", "None"), format!("{}#by", whole.address("")), ask.by.is_none());
    view.dimensions.iter().fold(tabs, |tabs, one| {
        let by = Ask { by: Some(one.key.clone()), ..ask.clone() };
        tabs.tab(
            l,
            Text::same(&one.label),
            format!("{}#by", by.address("")),
            ask.by.as_deref() == Some(&one.key),
        )
    })
}

/// The figure by each edition of the standard, beside each other.
fn editions(desk: &Desk<'_>, l: Language, answer: &Answer, unit: &str) -> Table {
    let name = with_unit(l.t("数值", "Value"), unit);
    let columns = vec![
        Column::new(l, w("标准版本", "Edition of the standard")),
        Column::number(l, Text::same(name)),
        Column::number(l, w("数据行", "Rows")),
    ];
    let rows = answer.editions.iter().map(|figure| {
        let view = FigureView::of(desk, figure, l);
        let edition = view.scope.iter().find(|held| held.dimension == figures::EDITION);
        Row::new(vec![
            html! { (edition.map_or("", |held| held.value_label.as_str())) },
            html! { (figure_link(l, &view, &view.address).without_unit()) },
            html! { (grouped(view.rows)) },
        ])
    });
    Table::new(l, w("按各版标准评价", "By each edition of the standard"), columns).rows(rows)
}

/// The definition in words and as the pack states it.
fn definition(desk: &Desk<'_>, l: Language, view: &IndicatorView) -> Markup {
    let direction = desk.pack().indicator(&view.key).map(|one| direction_words(one.direction));
    let facts = Facts::new()
        .fact(l, w("指标标识", "Key"), html! { code { (view.key) } })
        .fact(l, w("单位", "Unit"), Text::same(&view.unit).in_language(l).into_owned())
        .fact(
            l,
            w("优劣", "Direction"),
            direction.map(|words| l.say(&words).into_owned()).unwrap_or_default(),
        )
        .fact(l, w("含义", "Meaning"), view.words.join(l.t("", " ")))
        .fact(
            l,
            w("汇报中的说法", "As reports say it"),
            html! {
                @for (place, reads) in view.reads.iter().enumerate() { @if place > 0 { "；" } (reads) }
            },
        )
        .fact(
            l,
            w("数据来源", "Comes from"),
            html! {
                @for (place, one) in view.registers.iter().enumerate() {
                    @if place > 0 { (l.t("、", ", ")) } a href={ "/registers/" (one.key) } { (one.label) }
                }
                @for (place, one) in view.rests_on.iter().enumerate() {
                    @if place > 0 { (l.t("、", ", ")) } a href={ "/figures/" (one.key) } { (one.label) }
                }
            },
        );
    html! {
        h2 #definition { (l.t("定义", "Definition")) }
        (facts)
        @if let Some(sql) = &view.sql { (sql_block(l, w("数据行的查询", "The query of its rows"), sql)) }
        @if let Some(formula) = &view.formula { (crate::ui::code_block(l, w("公式", "Formula"), formula)) }
    }
}
