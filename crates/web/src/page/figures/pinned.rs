//! `/f/{identity}`: the permanent address of a figure. It shows the same value for ever, with everything behind it and
//! the way to prove it without us.

use axum::Json;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use figure::FigureId;
use figures::{MeasuredNote, Trace};
use maud::{Markup, Render, html};
use message::{Language, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ask::{Ask, door, number};
use super::desk::Desk;
use super::draw::{entry_table, figure_link};
use super::rows::{self, RowsAnswer};
use super::tabs;
use super::view::{EntryView, FigureView, IndicatorView};
use crate::fault::{Answer, Fault};
use crate::ui::{
    Button, Column, Facts, Icon, Notice, Page, Row, Section, Speak, Stat, Table, code_block, grouped,
    sql_block, stats, w,
};
use crate::visitor::Visitor;

/// More measurements than this are not listed on a page; `trace` of the command line has them all.
const MOST_NOTES: usize = 1_000;

/// What may stand behind the question mark.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PinnedQuery {
    /// The page of rows, from 1.
    pub page: Option<String>,
    /// The key of a row whose measurements are listed.
    pub row: Option<String>,
}

/// A pinned figure with everything behind it.
#[derive(Serialize, ToSchema)]
pub struct PinnedAnswer {
    /// The definition, as it was then.
    pub indicator: IndicatorView,
    /// The figure with a page of its rows.
    #[serde(flatten)]
    pub rows: RowsAnswer,
    /// The same question by the definitions in force, with everything that is known today; none where they no longer
    /// define it.
    pub today: Option<FigureView>,
    /// Whether the definitions in force, knowing the same, answer otherwise than those by which it was pinned.
    pub redefined: bool,
    /// The measurements of the row that was asked for.
    pub measurements: Vec<MeasurementView>,
    /// The commands by which anybody proves the figure on a copy of the book.
    pub commands: Vec<String>,
}

/// A measurement.
#[derive(Serialize, ToSchema)]
pub struct MeasurementView {
    /// The station.
    pub station: String,
    /// What was measured.
    pub item: String,
    /// When it began.
    pub time: String,
    /// The value, if there was one.
    pub value: Option<String>,
    /// What the station said of it: `N` is normal.
    pub flag: String,
    /// The batch by which it became known.
    pub batch: u64,
    /// Where it came from.
    pub source: String,
}

impl MeasurementView {
    fn of(note: &MeasuredNote) -> Self {
        Self {
            station: note.station.clone(),
            item: note.item.clone(),
            time: note.time.to_string(),
            value: note.value.map(|value| value.normalize().to_string()),
            flag: note.flag.clone(),
            batch: note.batch,
            source: note.source.clone(),
        }
    }
}

impl PinnedAnswer {
    fn of(desk: &Desk<'_>, id: &FigureId, query: &PinnedQuery, language: Language) -> Result<Self, Fault> {
        let known = desk.snapshot.known_at;
        if id.snapshot.known_at > known {
            let asked = id.snapshot.known_at;
            return Err(Fault::Refused {
                text: message::text!(
                    "该数值取自前 {asked} 条入账，而账本现有 {known} 条：它不出自这本账。",
                    "The figure knows {asked} entries, but this book has {known}: it is not of this book."
                ),
                fields: Vec::new(),
            });
        }
        let indicator = desk.indicator(&id.indicator)?;
        let page = number(&query.page, "page")?.unwrap_or(1);
        let now = Ask { known_at: None, lake: None, ..Ask::of(id) };
        let in_force = desk.by_definitions_in_force();
        let today = in_force.indicator(&id.indicator).and_then(|_| in_force.answer(&now)).ok();
        let redefined = id.snapshot.pack != desk.now.pack.short_digest()
            && match (&today, desk.answer(&now)) {
                (Some(today), Ok(as_then)) => today.figure.value != as_then.figure.value,
                (today, as_then) => today.is_some() != as_then.is_ok(),
            };
        Ok(Self {
            indicator: IndicatorView::of(desk, indicator, language),
            rows: RowsAnswer::of_figure(desk, id, page, language)?,
            today: today.map(|answer| FigureView::of(&in_force, &answer.figure, language)),
            redefined,
            measurements: match query.row.as_deref() {
                Some(key) => measurements(desk, id, key)?,
                None => Vec::new(),
            },
            commands: commands(id),
        })
    }
}

/// The page.
pub async fn page(
    visitor: Visitor,
    Path(identity): Path<String>,
    Query(query): Query<PinnedQuery>,
) -> Answer {
    let app = visitor.app.clone();
    let page = app.heavy_work(move |app| {
        let now = visitor.now.clone();
        let id: FigureId = identity.parse().map_err(|_| Fault::NotFound)?;
        let desk = Desk::open(app, &now)?.by_definitions_of(id.snapshot.pack)?;
        let answer = PinnedAnswer::of(&desk, &id, &query, visitor.language)?;
        let trace = desk.trace_if_few(&id)?;
        Ok(draw(&visitor, &desk, &id, &answer, trace.as_deref(), &query))
    });
    Ok(page.await?.into_response())
}

/// The same as JSON, at the figure's own address: `/api/v1` before `/f/…`.
pub async fn by_path(
    visitor: Visitor,
    Path(identity): Path<String>,
    Query(query): Query<PinnedQuery>,
) -> Answer {
    answer(visitor, identity, query).await
}

/// The identity that is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IdentityQuery {
    /// The figure's identity, such as `docks.operating/2022/1003245.9f3c21ab`.
    pub id: String,
    /// The page of rows, from 1.
    pub page: Option<String>,
    /// The key of a row whose measurements are listed.
    pub row: Option<String>,
}

/// A pinned figure by its identity. `/api/v1/f/{identity}` answers the same; an identity has slashes, which OpenAPI
/// cannot describe in a path.
#[utoipa::path(
    get, path = "/api/v1/f", tag = "figures", operation_id = "pinned_figure", params(IdentityQuery),
    responses((status = 200, body = PinnedAnswer), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
pub async fn api(visitor: Visitor, Query(query): Query<IdentityQuery>) -> Answer {
    let IdentityQuery { id, page, row } = query;
    answer(visitor, id, PinnedQuery { page, row }).await
}

async fn answer(visitor: Visitor, identity: String, query: PinnedQuery) -> Answer {
    let app = visitor.app.clone();
    let answer = app.heavy_work(move |app| {
        let now = visitor.now.clone();
        let id: FigureId = identity.parse().map_err(|_| Fault::NotFound)?;
        let desk = Desk::open(app, &now)?.by_definitions_of(id.snapshot.pack)?;
        PinnedAnswer::of(&desk, &id, &query, visitor.language)
    });
    Ok(Json(answer.await?).into_response())
}

fn measurements(desk: &Desk<'_>, id: &FigureId, key: &str) -> Result<Vec<MeasurementView>, Fault> {
    let row = match desk.trace_if_few(id)? {
        Some(trace) => {
            rows::rows(&trace).find(|(_, traced)| traced.row.key == key).map(|(_, traced)| traced.row.clone())
        }
        None => desk.listing(id)?.find(key)?.map(|(_, row)| row),
    };
    let Some(row) = row else { return Ok(Vec::new()) };
    let notes = city::tracing::measured_notes(desk.engine(), &row, id.snapshot.lake)?;
    Ok(notes.iter().take(MOST_NOTES).map(MeasurementView::of).collect())
}

/// How anybody proves the figure on a copy of the city's directory.
fn commands(id: &FigureId) -> Vec<String> {
    // Within single quotes, a shell reads nothing but the quote itself.
    let id = id.to_string().replace('\'', "'\\''");
    vec![
        "qingyuan verify --home CITY".to_owned(),
        format!("qingyuan trace --home CITY '{id}'"),
        format!("qingyuan diff --home CITY '{id}'"),
    ]
}

fn draw(
    visitor: &Visitor,
    desk: &Desk<'_>,
    id: &FigureId,
    answer: &PinnedAnswer,
    trace: Option<&Trace>,
    query: &PinnedQuery,
) -> Markup {
    let l = visitor.language;
    let figure = &answer.rows.figure;
    let label = Text::same(&answer.indicator.label);
    let name = match figure.scope_words() {
        scope if scope.is_empty() => label.clone(),
        scope => Text::same(format!("{}，{scope}", answer.indicator.label)),
    };
    let address = door(id);
    // What is no longer defined has no page of its own to lead to.
    let defined = desk.now.pack.indicator(&id.indicator).is_some();
    let now = defined.then(|| Ask { known_at: None, lake: None, ..Ask::of(id) });
    let body = html! {
        (stats(&[Stat::new(l, name, figure_link(l, figure, &address).date(&figure.as_of))
            .note(html! { (rows::proof(l, &answer.rows)) })]))
        (changed(l, answer, now.as_ref(), id))
        (identity(desk, l, id, figure))
        h2 #rows { (l.t("数据行", "Rows")) }
        (rows::table(desk, l, &answer.rows, &address))
        (rows::pager(l, &answer.rows, &address))
        @if query.row.is_some() { (measured(l, answer)) }
        @match trace {
            Some(trace) => (evidence(desk, l, trace)),
            None => (evidence_of_page(desk, l, &answer.rows)),
        }
        h2 #definition { (l.t("当时的定义", "The definition then")) }
        p { (answer.indicator.words.join(l.t("", " "))) }
        @if let Some(sql) = &answer.indicator.sql { (sql_block(l, w("数据行的查询", "The query of its rows"), sql)) }
        @if let Some(formula) = &answer.indicator.formula { (code_block(l, w("公式", "Formula"), formula)) }
        h2 #verify { (l.t("自行核实", "Prove it yourself")) }
        p { (l.t(
            "任何人可在账本的副本上，不借助本系统的页面，用命令行核实：第一条重新推导整本账，第二条从账本重新计算此数并逐行列出依据，第三条列出此后的变化。",
            "Anybody can prove it on a copy of the book, without this page: the first command derives the whole book anew, the second computes the figure from it and lists what it rests on, the third lists what has changed since."
        )) }
        (code_block(l, w("命令", "Commands"), &answer.commands.join("\n")))
    };
    let (name, period) = (&answer.indicator.label, &figure.period);
    let title = match figure.scope_words() {
        scope if scope.is_empty() => message::text!("{name}（{period}）", "{name} ({period})"),
        scope => message::text!("{name}（{period}，{scope}）", "{name} ({period}, {scope})"),
    };
    let page = Page::new(Section::Figures, title)
        .lead(w(
            "固定数值：同一标识永远对应同一数值",
            "A pinned figure: its identity always means this value",
        ))
        .style("chart.css")
        .style("figures.css");
    let page = match &now {
        None => page,
        Some(now) => page
            .crumb(label, now.address(""))
            .action(
                Button::secondary(l, w("现在的数值", "As it is now")).icon(Icon::Figures).to(now.address("")),
            )
            .action(
                Button::secondary(l, w("此后的差异", "What has changed since"))
                    .icon(Icon::History)
                    .to(since(now, id)),
            ),
    };
    page.render(&tabs::frame(visitor, desk), body)
}

/// The address of what has changed since a figure was pinned.
fn since(now: &Ask, id: &FigureId) -> String {
    format!("{}&against_known={}", now.address("/changes"), id.snapshot.known_at)
}

/// Says if the same question is answered otherwise today, or not any more.
fn changed(l: Language, answer: &PinnedAnswer, now: Option<&Ask>, id: &FigureId) -> Markup {
    let then = &answer.rows.figure;
    let Some(now) = now else {
        let words = w(
            "现行定义中已不再定义这一指标；此数值按当时的定义计算，不受影响",
            "The definitions in force no longer define this indicator; the figure stays what it was by those of then",
        );
        return Notice::info(l, words).render();
    };
    let Some(today) = answer.today.as_ref().filter(|today| today.exact != then.exact) else {
        return html! {};
    };
    let (value, unit, known) =
        (today.value.clone().unwrap_or_else(|| "—".to_owned()), &today.unit, today.known_at);
    let value = grouped(value);
    let words = if answer.redefined {
        message::text!(
            "定义已更换：按现行定义，现在为 {value} {unit}（已知 {known} 条入账）",
            "The definition has changed since: by the one in force it is now {value} {unit} ({known} entries known)"
        )
    } else {
        message::text!(
            "现在为 {value} {unit}（已知 {known} 条入账）",
            "It is now {value} {unit} ({known} entries known)"
        )
    };
    Notice::info(l, words)
        .body(html! {
            a href=(now.address("")) { (l.t("现在的数值", "As it is now")) } " · "
            a href=(since(now, id)) { (l.t("造成差异的入账", "The entries that made the difference")) }
        })
        .render()
}

fn identity(desk: &Desk<'_>, l: Language, id: &FigureId, figure: &FigureView) -> Markup {
    let pack = city::digest_name(id.snapshot.pack);
    let known = grouped(id.snapshot.known_at);
    let facts = Facts::new()
        .fact(l, w("数值标识", "Identity"), html! { code { (figure.id) } })
        .fact(l, w("期间", "Period"), html! { (figure.period) })
        .fact(l, w("截至", "As of"), html! { (figure.as_of) })
        .fact(l, w("已知入账", "Entries known"), html! { (known) })
        .fact(l, w("定义版本", "Definitions"), html! { code { (pack) }
            @if id.snapshot.pack == desk.now.pack.short_digest() { " " span.muted { (l.t("现行", "in force")) } }
        })
        .fact(l, w("精确值", "Exact value"), html! { (figure.exact.as_deref().unwrap_or("—")) " " (figure.unit) })
        .fact(l, w("计入的数据行", "Rows counted"), html! { (grouped(figure.rows)) })
        .fact(l, w("当时待核验的数据行", "Rows awaiting verification then"), html! { (grouped(figure.pending)) });
    let facts = match figure.lake {
        Some(lake) => facts.fact(l, w("已知监测数据", "Measurements known"), {
            let words = message::text!("{lake} 批", "{lake} batches");
            html! { (l.say(&words)) }
        }),
        None => facts,
    };
    facts.in_two().render()
}

/// The hours of the stations behind a row.
fn measured(l: Language, answer: &PinnedAnswer) -> Markup {
    let columns = vec![
        Column::new(l, w("点位", "Station")),
        Column::new(l, w("项目", "Item")),
        Column::new(l, w("时段起始", "From")),
        Column::number(l, w("数值", "Value")),
        Column::new(l, w("标记", "Flag")),
        Column::number(l, w("批次", "Batch")),
        Column::new(l, w("来源", "Source")),
    ];
    let lines = answer.measurements.iter().map(|note| {
        let time = note.time.parse().map_or_else(|_| note.time.clone(), city::wording::local);
        Row::new(vec![
            html! { (note.station) },
            html! { (note.item) },
            html! { (time) },
            html! { (note.value.as_deref().unwrap_or("—")) },
            html! { (note.flag) },
            html! { (note.batch) },
            html! { (note.source) },
        ])
    });
    html! {
        h2 #measured { (l.t("该行的监测数据", "The measurements of the row")) }
        @if answer.measurements.len() == MOST_NOTES {
            (Notice::partial(l, w("只列出前 1000 个；命令行 trace 可列出全部", "Only the first 1,000 are listed; `trace` of the command line lists all")))
        }
        (Table::new(l, w("监测数据", "Measurements"), columns).wide().rows(lines))
    }
}

/// The entries with evidence that the rows rest on, as far as a page goes.
fn evidence(desk: &Desk<'_>, l: Language, trace: &Trace) -> Markup {
    const MOST: usize = 50;
    let with_evidence =
        || rows::rows(trace).flat_map(|(_, row)| &row.entries).filter(|entry| !entry.evidence.is_empty());
    let count = with_evidence().count();
    if count == 0 {
        return html! {};
    }
    let entries: Vec<EntryView> = with_evidence().take(MOST).map(EntryView::of).collect();
    let (shown, all) = (entries.len(), grouped(count));
    html! {
        h2 #evidence { (l.t("佐证", "Evidence")) }
        @if shown < count {
            p.muted { (l.say(&message::text!("附佐证的入账共 {all} 条，列出前 {shown} 条。", "{all} entries have evidence; the first {shown} are listed."))) }
        }
        (entry_table(desk, l, &entries))
    }
}

/// The same of the page's rows alone: there are too many rows to look through all of them for a page.
fn evidence_of_page(desk: &Desk<'_>, l: Language, rows: &RowsAnswer) -> Markup {
    let entries = rows.rows.iter().flat_map(|row| &row.entries);
    let entries: Vec<EntryView> = entries.filter(|entry| !entry.evidence.is_empty()).cloned().collect();
    html! {
        @if !entries.is_empty() {
            h2 #evidence { (l.t("佐证", "Evidence")) }
            p.muted { (l.t("只列出本页各行的佐证。", "Of the rows on this page only.")) }
            (entry_table(desk, l, &entries))
        }
    }
}
