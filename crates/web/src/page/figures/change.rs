//! `/figures/{indicator}/changes`: a figure on two days, or as it was known at two times, with the entries between them
//! that made the difference.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use figure::{Figure, FigureId, Row as FigureRow, Snapshot};
use figures::{Difference, MeasuredChange, MeasuredNote};
use jiff::civil::Date;
use ledger::{Entry, RecordId};
use maud::{Markup, Render, html};
use message::{Language, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::{Ask, AskQuery, date, number};
use super::desk::Desk;
use super::draw::{entry_table, figure_link};
use super::tabs::{self, Tab};
use super::view::{EntryView, FigureView, IndicatorView, RowView};
use crate::fault::{Answer, Fault};
use crate::ui::{Column, Field, FilterBar, Notice, Row, Speak, Stat, Table, empty, grouped, stats, w};
use crate::visitor::Visitor;

/// At most so many rows of each kind, entries and measurements are listed.
const MOST: usize = 200;

/// A figure at two times.
#[derive(Serialize, ToSchema)]
pub struct ChangesAnswer {
    /// The definition.
    pub indicator: IndicatorView,
    /// The figure before.
    pub then: FigureView,
    /// The figure after.
    pub now: FigureView,
    /// What was added to the value; absent where one of the two has none.
    pub change: Option<String>,
    /// The differences of the indicators with rows that the figure rests on.
    pub parts: Vec<PartView>,
    /// The entries that made the difference, in the order of the book; at most 200.
    pub entries: Vec<EntryView>,
    /// How many entries made it, as far as they were looked for.
    pub entry_count: u64,
    /// The measurements that made it; at most 200.
    pub measurements: Vec<MeasuredChangeView>,
}

/// The difference of the rows of an indicator.
#[derive(Serialize, ToSchema)]
pub struct PartView {
    /// The indicator's key.
    pub indicator: String,
    /// The indicator's name.
    pub label: String,
    /// How many rows are new, gone, or read otherwise.
    pub counts: [u64; 3],
    /// Rows that are new; at most 200 of each kind.
    pub added: Vec<RowView>,
    /// Rows that are gone.
    pub removed: Vec<RowView>,
    /// Rows of which something changed: before and after.
    pub changed: Vec<[RowView; 2]>,
}

/// A measurement that is known otherwise.
#[derive(Serialize, ToSchema)]
pub struct MeasuredChangeView {
    /// The station.
    pub station: String,
    /// What was measured.
    pub item: String,
    /// When it began.
    pub time: String,
    /// Value and flag before; absent where it was not known.
    pub then: Option<String>,
    /// Value and flag after; absent where it is gone.
    pub now: Option<String>,
}

/// What a figure is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Against {
    /// The same question on another day.
    Day(Date),
    /// The same day, as the first so many entries told it.
    Known(u64),
}

/// Rows that differ, and why: what both kinds of comparison give.
struct Found {
    then: Figure,
    now: Figure,
    parts: Vec<(String, Rows)>,
    entries: Vec<EntryView>,
    entry_count: usize,
    measurements: Vec<MeasuredChangeView>,
}

struct Rows {
    added: Vec<FigureRow>,
    removed: Vec<FigureRow>,
    changed: Vec<(FigureRow, FigureRow)>,
}

/// The page.
pub async fn page(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    let app = visitor.app.clone();
    let page = app.heavy_work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        let indicator = desk.indicator(&key)?;
        let ask = Ask::read(&key, &query, desk.usual_period()?)?;
        let against = against(&query)?;
        let answer = against.map(|against| compare(&desk, &ask, against, visitor.language)).transpose()?;
        let l = visitor.language;
        let body = html! {
            (tabs::tabs(l, &ask, Tab::Changes))
            (form(&desk, l, &ask, against))
            @match &answer {
                Some(answer) => (draw(&desk, l, answer)),
                None => (empty(
                    l,
                    w("选择要比较的时点", "Choose what to compare with"),
                    w("填写另一个日期，看两日之间哪些记录变了；或填写当时已知的入账条数，看后来的更正改变了什么。",
                      "Give another day to see which records changed between the two; or how many entries were known then, to see what later corrections changed."),
                    None,
                )),
            }
        };
        Ok(tabs::page(&ask, &indicator.label, Tab::Changes).wide().render(&tabs::frame(&visitor, &desk), body))
    });
    Ok(page.await?.into_response())
}

/// The same as JSON.
#[utoipa::path(
    get, path = "/api/v1/figures/{indicator}/changes", tag = "figures", operation_id = "figure_changes",
    params(("indicator" = String, Path, description = "The indicator's key"), AskQuery),
    responses((status = 200, body = ChangesAnswer), (status = "4XX", body = crate::fault::Problem, content_type = "application/problem+json")),
)]
pub async fn api(visitor: Visitor, Path(key): Path<String>, Query(query): Query<AskQuery>) -> Answer {
    let app = visitor.app.clone();
    let answer = app.heavy_work(move |app| {
        let now = visitor.now.clone();
        let desk = Desk::open(app, &now)?;
        desk.indicator(&key)?;
        let ask = Ask::read(&key, &query, desk.usual_period()?)?;
        let against = against(&query)?.ok_or_else(|| {
            Fault::Bad(Text::new("请给出 against 或 against_known", "Give `against` or `against_known`"))
        })?;
        compare(&desk, &ask, against, visitor.language)
    });
    Ok(Json(answer.await?).into_response())
}

fn against(query: &AskQuery) -> Result<Option<Against>, Fault> {
    let known = number(&query.against_known, "against_known")?.map(Against::Known);
    Ok(match known {
        Some(known) => Some(known),
        None => date(&query.against, "against")?.map(Against::Day),
    })
}

fn compare(desk: &Desk<'_>, ask: &Ask, against: Against, language: Language) -> Result<ChangesAnswer, Fault> {
    let id = desk.identity(ask)?;
    let found = match against {
        Against::Known(known) => between_snapshots(desk, &id, known)?,
        Against::Day(day) => between_days(desk, ask, &id, day)?,
    };
    let indicator = desk.indicator(&ask.indicator)?;
    let row = |key: &str, row: &FigureRow| RowView::of(desk, key, row, &[], language);
    let decimals = u32::from(found.now.decimals);
    let change = found.now.value.zip(found.then.value).and_then(|(now, then)| now.checked_sub(then));
    Ok(ChangesAnswer {
        indicator: IndicatorView::of(desk, indicator, language),
        then: FigureView::of(desk, &found.then, language),
        now: FigureView::of(desk, &found.now, language),
        change: change.map(|change| quantity::fixed(change, decimals)),
        parts: found
            .parts
            .iter()
            .map(|(key, rows)| PartView {
                indicator: key.clone(),
                label: desk
                    .pack()
                    .indicator(key)
                    .map_or_else(|| key.clone(), |one| language.say(&one.label).into_owned()),
                counts: [rows.added.len(), rows.removed.len(), rows.changed.len()].map(|count| count as u64),
                added: rows.added.iter().take(MOST).map(|one| row(key, one)).collect(),
                removed: rows.removed.iter().take(MOST).map(|one| row(key, one)).collect(),
                changed: rows
                    .changed
                    .iter()
                    .take(MOST)
                    .map(|(was, is)| [row(key, was), row(key, is)])
                    .collect(),
            })
            .collect(),
        entries: found.entries,
        entry_count: found.entry_count as u64,
        measurements: found.measurements,
    })
}

/// The same day, known at two times: the engine's own difference.
fn between_snapshots(desk: &Desk<'_>, id: &FigureId, known: u64) -> Result<Found, Fault> {
    let (early, late) = (known.min(id.snapshot.known_at), known.max(id.snapshot.known_at));
    if late > desk.snapshot.known_at {
        let size = desk.snapshot.known_at;
        return Err(Fault::Bad(message::text!("账本现有 {size} 条入账", "The book has {size} entries")));
    }
    let then = FigureId { snapshot: Snapshot { known_at: early, ..id.snapshot }, ..id.clone() };
    if desk.answer(&Ask::of(id))?.figure.rows > desk.app.settings.most_traced {
        // Says why.
        desk.trace(id)?;
    }
    let found = desk.now.kept.answer(&format!("diff {then} {late}"), || {
        let difference = desk.engine().diff(&then, Some(late))?;
        let rows: usize = difference.parts.iter().map(|part| part.added.len() + part.removed.len()).sum();
        Ok((difference, 1 + rows / 4))
    })?;
    let Difference { then, now, parts, entries, measurements } = &*found;
    let parts = parts.iter().map(|part| {
        let rows =
            Rows { added: part.added.clone(), removed: part.removed.clone(), changed: part.changed.clone() };
        (part.indicator.clone(), rows)
    });
    Ok(Found {
        then: then.clone(),
        now: now.clone(),
        parts: parts.collect(),
        entries: entries.iter().take(MOST).map(EntryView::of).collect(),
        entry_count: entries.len(),
        measurements: measurements.iter().take(MOST).filter_map(measured).collect(),
    })
}

/// The same book, on two days: the rows of both, and the entries of their records that took effect between them.
fn between_days(desk: &Desk<'_>, ask: &Ask, id: &FigureId, day: Date) -> Result<Found, Fault> {
    let other = Ask {
        // A stock's period only gives its day; a flow is the sum of the period that the day lies in.
        period: if (ask.period.first()..=ask.period.last()).contains(&day) {
            ask.period
        } else {
            figure::Period::Year(day.year())
        },
        as_of: Some(day),
        by: None,
        ..ask.clone()
    };
    let other = desk.identity(&other)?;
    let (then, now) = if other.as_of <= id.as_of { (other, id.clone()) } else { (id.clone(), other) };
    let (before, after) = (desk.trace(&then)?, desk.trace(&now)?);
    let parts: Vec<(String, Rows)> = after
        .parts
        .iter()
        .map(|part| {
            let was = before.parts.iter().find(|one| one.indicator == part.indicator);
            let was = was.map(|one| one.rows.as_slice()).unwrap_or_default();
            (part.indicator.clone(), differing(was, &part.rows))
        })
        .collect();
    let (entries, entry_count) = causes(desk, &parts, (then.as_of, now.as_of), now.snapshot.known_at)?;
    Ok(Found {
        then: before.figure.clone(),
        now: after.figure.clone(),
        parts,
        entries,
        entry_count,
        measurements: Vec::new(),
    })
}

fn differing(before: &[figures::TracedRow], after: &[figures::TracedRow]) -> Rows {
    let mut gone: BTreeMap<&str, &FigureRow> =
        before.iter().map(|one| (one.row.key.as_str(), &one.row)).collect();
    let mut rows = Rows { added: Vec::new(), removed: Vec::new(), changed: Vec::new() };
    for one in after {
        match gone.remove(one.row.key.as_str()) {
            None => rows.added.push(one.row.clone()),
            Some(was) if *was == one.row => {}
            Some(was) => rows.changed.push((was.clone(), one.row.clone())),
        }
    }
    // In the order of the trace, which knows numbers from words.
    rows.removed = before
        .iter()
        .filter(|one| gone.contains_key(one.row.key.as_str()))
        .map(|one| one.row.clone())
        .collect();
    rows
}

/// The entries of the records of rows that differ which took effect after the one day and by the other.
fn causes(
    desk: &Desk<'_>,
    parts: &[(String, Rows)],
    (then, now): (Date, Date),
    known_at: u64,
) -> Result<(Vec<EntryView>, usize), Fault> {
    let mut records = BTreeSet::new();
    for (_, rows) in parts {
        let changed = rows.changed.iter().flat_map(|(was, is)| [was, is]);
        records.extend(rows.added.iter().chain(&rows.removed).chain(changed).filter_map(|row| row.record));
    }
    let mut entries: BTreeMap<u64, EntryView> = BTreeMap::new();
    let mut count = 0;
    for record in records {
        for entry in desk.app.book.history(RecordId(record))? {
            if entry.number.0 < known_at && then < entry.effective && entry.effective <= now {
                count += 1;
                if entries.len() < MOST {
                    entries.insert(entry.number.0, view(entry));
                }
            }
        }
    }
    Ok((entries.into_values().collect(), count))
}

fn view(entry: Entry) -> EntryView {
    EntryView {
        number: entry.number.0,
        kind: entry.kind.word().to_owned(),
        register: entry.register,
        record: entry.record.0,
        effective: entry.effective.to_string(),
        recorded: entry.recorded.to_string(),
        actor: entry.actor,
        evidence: entry.evidence.iter().map(ToString::to_string).collect(),
        note: entry.note,
    }
}

fn measured(change: &MeasuredChange) -> Option<MeasuredChangeView> {
    let told = |note: &MeasuredNote| {
        let value = note.value.map_or_else(|| "—".to_owned(), |value| value.normalize().to_string());
        format!("{value} [{}] {}", note.flag, note.source)
    };
    let either = change.now.as_ref().or(change.then.as_ref())?;
    Some(MeasuredChangeView {
        station: either.station.clone(),
        item: either.item.clone(),
        time: either.time.to_string(),
        then: change.then.as_ref().map(told),
        now: change.now.as_ref().map(told),
    })
}

/// What is compared with what.
fn form(desk: &Desk<'_>, l: Language, ask: &Ask, against: Option<Against>) -> Markup {
    let (day, known) = match against {
        Some(Against::Day(day)) => (day.to_string(), String::new()),
        Some(Against::Known(known)) => (String::new(), known.to_string()),
        None => (String::new(), String::new()),
    };
    let mut bar = FilterBar::new(format!("/figures/{}/changes", ask.indicator))
        .hidden("period", ask.period.to_string())
        .field(Field::date(l, "as_of", w("截至", "As of")).value(ask.day(desk.today).to_string()).inline())
        .field(Field::date(l, "against", w("与此日相比", "Compared with")).value(day).inline())
        .field(
            Field::whole(l, "against_known", w("或与已知入账相比", "Or with entries known"))
                .value(known)
                .inline(),
        );
    for (name, value) in [("scope", ask.scope_words()), ("edition", ask.edition.clone())] {
        if let Some(value) = value {
            bar = bar.hidden(name, value);
        }
    }
    let last_year = ask.day(desk.today).checked_sub(jiff::Span::new().years(1)).ok();
    let reported = desk.now.city.settings.reported();
    html! {
        (bar.render(l))
        p.muted {
            @if let Some(day) = last_year {
                a href={ (ask.address("/changes")) "&against=" (day) } { (l.t("与上年同日相比", "With the same day a year before")) }
            }
            @if let Some(reported) = reported {
                " · " a href={ (ask.address("/changes")) "&against_known=" (reported.entries) } {
                    (l.t("与上次汇报时相比", "With the last report"))
                }
            }
        }
    }
}

fn draw(desk: &Desk<'_>, l: Language, answer: &ChangesAnswer) -> Markup {
    let stat = |name: Text, figure: &FigureView| {
        let known = grouped(figure.known_at);
        Stat::new(l, name, figure_link(l, figure, &figure.address).date(&figure.as_of))
            .note(html! { (l.say(&message::text!("已知 {known} 条入账", "{known} entries known"))) })
    };
    let change = answer.change.as_deref().map(|change| {
        let sign = if change.starts_with('-') || change.bytes().all(|byte| !(b'1'..=b'9').contains(&byte)) {
            ""
        } else {
            "+"
        };
        format!("{sign}{} {}", grouped(change), answer.now.unit).trim_end().to_owned()
    });
    html! {
        (stats(&[
            stat(Text::new("之前", "Before"), &answer.then),
            stat(Text::new("之后", "After"), &answer.now),
            Stat::new(l, w("差异", "Difference"), html! { (change.as_deref().unwrap_or("—")) }),
        ]))
        @for part in &answer.parts { (rows_of(l, part)) }
        h2 #entries { (l.t("造成差异的入账", "The entries that made the difference")) }
        @if answer.entries.is_empty() {
            p.muted { (l.t("没有入账影响此数。", "No entry made a difference.")) }
        } @else {
            @if answer.entry_count > answer.entries.len() as u64 {
                @let (shown, all) = (answer.entries.len(), grouped(answer.entry_count));
                (Notice::partial(l, message::text!("共 {all} 条，列出前 {shown} 条", "The first {shown} of {all} are listed")))
            }
            (entry_table(desk, l, &answer.entries))
        }
        @if !answer.measurements.is_empty() {
            h2 #measurements { (l.t("造成差异的监测数据", "The measurements that made the difference")) }
            (measurements(l, &answer.measurements))
        }
    }
}

/// The rows of a part that differ: new, gone, otherwise.
fn rows_of(l: Language, part: &PartView) -> Markup {
    let [added, removed, changed] = part.counts.map(grouped);
    let columns = vec![
        Column::new(l, w("变化", "Change")),
        Column::new(l, w("数据行", "Row")),
        Column::number(l, w("之前", "Before")),
        Column::number(l, w("之后", "After")),
        Column::new(l, w("分组", "Groups")),
    ];
    let line = |word: &str, was: Option<&RowView>, is: Option<&RowView>| {
        let row = is.or(was);
        Row::new(vec![
            html! { (word) },
            html! {
                @if let Some(row) = row {
                    @match row.record {
                        Some(record) => a href={ "/records/" (record) } { (row.key) },
                        None => (row.key),
                    }
                }
            },
            html! { (was.map_or_else(|| "—".to_owned(), |row| grouped(&row.amount))) },
            html! { (is.map_or_else(|| "—".to_owned(), |row| grouped(&row.amount))) },
            html! { (row.map(RowView::dimension_words).unwrap_or_default()) },
        ])
    };
    let (new, gone, other) = (l.t("新增", "New"), l.t("减少", "Gone"), l.t("改变", "Otherwise"));
    let lines = part
        .added
        .iter()
        .map(|row| line(new, None, Some(row)))
        .chain(part.removed.iter().map(|row| line(gone, Some(row), None)))
        .chain(part.changed.iter().map(|[was, is]| line(other, Some(was), Some(is))));
    let listed = part.added.len() + part.removed.len() + part.changed.len();
    let label = &part.label;
    html! {
        h2 { (l.say(&message::text!("{label}：新增 {added} 行，减少 {removed} 行，改变 {changed} 行",
            "{label}: {added} rows new, {removed} gone, {changed} otherwise"))) }
        @if listed > 0 { (Table::new(l, w("有差异的数据行", "Rows that differ"), columns).plain_first().rows(lines)) }
        @if part.counts.iter().any(|count| *count > MOST as u64) {
            p.muted { (l.say(&message::text!("每类最多列出 {MOST} 行。", "At most {MOST} rows of each kind are listed."))) }
        }
    }
}

fn measurements(l: Language, changes: &[MeasuredChangeView]) -> Markup {
    let columns = vec![
        Column::new(l, w("点位", "Station")),
        Column::new(l, w("项目", "Item")),
        Column::new(l, w("时段起始", "From")),
        Column::new(l, w("之前", "Before")),
        Column::new(l, w("之后", "After")),
    ];
    let lines = changes.iter().map(|change| {
        Row::new(vec![
            html! { (change.station) },
            html! { (change.item) },
            html! { (change.time.parse().map_or_else(|_| change.time.clone(), city::wording::local)) },
            html! { (change.then.as_deref().unwrap_or("—")) },
            html! { (change.now.as_deref().unwrap_or("—")) },
        ])
    });
    Table::new(l, w("监测数据", "Measurements"), columns).rows(lines).render()
}
