//! `/reports/{key}/signed/{step}/difference`: the figures of a signed report, then and today.
//!
//! The same requests are asked of the same definitions, once at the snapshot that was signed and once knowing
//! everything known now: what differs was entered or measured since.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Path;
use city::wording::{scope_words, shown};
use city::{CityWords, Units, reporting};
use figure::{Figure, Snapshot};
use message::{Language, Text};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::render::{engine_of, snapshot_words, text_of, title_of};
use super::signed::find;
use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;

/// What would change, were the report signed today.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Differences {
    /// The report's title.
    pub title: String,
    /// How many figures the report asks for.
    pub figures: usize,
    /// How many entries were known when it was signed.
    pub then_known_at: u64,
    /// How many are known now.
    pub now_known_at: u64,
    /// The figures that differ.
    pub changed: Vec<Changed>,
}

/// A figure, then and now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FigureChange)]
pub struct Changed {
    /// The indicator's name.
    pub label: String,
    /// Which part of it.
    pub scope: String,
    /// The period.
    pub period: String,
    /// The unit.
    pub unit: String,
    /// The value that was signed, as the indicator shows it.
    pub then: Option<String>,
    /// The value today.
    pub now: Option<String>,
    /// Today's less the signed one.
    pub difference: Option<String>,
    /// The identity of the figure that was signed.
    pub then_id: String,
    /// The identity of today's.
    pub now_id: String,
}

/// Computes both.
pub fn compare(
    app: &App,
    now: &InForce,
    report: &str,
    number: u32,
    l: Language,
) -> Result<Differences, Fault> {
    let step = find(now, report, number)?;
    let engine = engine_of(app, now, step.snapshot.pack)?;
    let source = text_of(now, report, step.version)?;
    let title = title_of(&source).unwrap_or_else(|| report.to_owned());
    let pack = Arc::clone(engine.pack());
    let Some(template) = reporting::compile(&pack, &source).0 else {
        return Err(Fault::internal("a signed text is no template"));
    };
    let today = engine.snapshot()?;
    let then_snapshot: Snapshot = step.snapshot.into();
    let then = engine.evaluate(&reporting::requests(&template, then_snapshot))?;
    let later = engine.evaluate(&reporting::requests(&template, today))?;
    let words = CityWords::with(&pack, Units::of(&app.book, today.known_at)?);
    let label = |figure: &Figure| {
        let indicator = pack.indicator(&figure.id.indicator);
        indicator.map_or_else(|| figure.id.indicator.clone(), |one| l.say(&one.label).into_owned())
    };
    // A figure is the same one if all but what is known agrees.
    let name = |figure: &Figure| {
        (figure.id.indicator.clone(), figure.id.period.to_string(), figure.id.as_of, figure.id.scope.clone())
    };
    let mut seen = BTreeMap::new();
    for (order, figure) in then.iter().flatten().enumerate() {
        seen.entry(name(figure)).or_insert((order, Some(figure), None));
    }
    let count = seen.len();
    for (order, figure) in later.iter().flatten().enumerate() {
        seen.entry(name(figure)).or_insert((count + order, None, None)).2 = Some(figure);
    }
    let mut all: Vec<_> = seen.into_values().collect();
    all.sort_by_key(|(order, ..)| *order);
    let changed = all.iter().filter_map(|(_, then, later)| {
        let either = then.or(*later)?;
        let (was, is) = (then.and_then(shown), later.and_then(shown));
        if was == is {
            return None;
        }
        let difference = match (&was, &is) {
            (Some(was), Some(is)) => {
                was.parse::<Decimal>().ok().zip(is.parse::<Decimal>().ok()).map(|(a, b)| (b - a).to_string())
            }
            _ => None,
        };
        Some(Changed {
            label: label(either),
            scope: scope_words(&words, either, l),
            period: either.id.period.to_string(),
            unit: pack.unit(&either.unit).in_language(l).into_owned(),
            then: was,
            now: is,
            difference,
            then_id: then.map(|one| one.id.to_string()).unwrap_or_default(),
            now_id: later.map(|one| one.id.to_string()).unwrap_or_default(),
        })
    });
    Ok(Differences {
        title,
        figures: all.len(),
        then_known_at: then_snapshot.known_at,
        now_known_at: today.known_at,
        changed: changed.collect(),
    })
}

/// The page.
pub async fn show(visitor: Visitor, Path((report, number)): Path<(String, u32)>) -> Answer {
    let (now, key, l) = (Arc::clone(&visitor.now), report.clone(), visitor.language);
    let found = visitor.app.heavy_work(move |app| compare(app, &now, &key, number, l)).await?;
    let known = |known_at| snapshot_words(Snapshot { known_at, lake: None, pack: [0; 4] });
    let (then, today) = (known(found.then_known_at), known(found.now_known_at));
    let (count, all) = (found.changed.len(), found.figures);
    let lead = Text::new(
        format!(
            "签发时已知{}，现在已知{}；共 {all} 个数值，{count} 个有变化",
            then.simplified, today.simplified
        ),
        format!(
            "Signed knowing {}; now knowing {}. Of {all} figures {count} differ",
            then.english, today.english
        ),
    );
    let address = format!("/reports/{report}/signed/{number}");
    let page = Page::new(Section::Reports, w("与现在的差异", "What would change today"))
        .crumb(Text::same(found.title.clone()), format!("/reports/{report}"))
        .crumb(w("已签发", "Signed"), address)
        .lead(lead);
    if found.changed.is_empty() {
        let what = w("没有变化", "Nothing would change");
        let how = w(
            "签发以来的入账和监测数据没有改变其中任何数值",
            "Nothing entered or measured since has changed any of its numbers",
        );
        return Ok(visitor.page(page, empty(l, what, how, None)));
    }
    Ok(visitor.page(page, table(l, &found.changed)))
}

fn table(l: Language, changed: &[Changed]) -> Table {
    let columns = vec![
        Column::new(l, w("数值", "Figure")),
        Column::new(l, w("期间", "Period")),
        Column::number(l, w("签发时", "Signed")),
        Column::number(l, w("现在", "Now")),
        Column::number(l, w("变化", "Change")),
    ];
    let door = |value: &Option<String>, unit: &str, id: &str| match value {
        Some(value) => FigureLink::new(l, value, Text::same(unit), format!("/f/{id}")).render(),
        None => html! { "—" },
    };
    let rows = changed.iter().map(|one| {
        Row::new(vec![
            html! { (one.label) @if !one.scope.is_empty() { " " span.muted { (one.scope) } } },
            html! { (one.period) },
            door(&one.then, &one.unit, &one.then_id),
            door(&one.now, &one.unit, &one.now_id),
            html! { (signed(one.difference.as_deref())) },
        ])
    });
    Table::new(l, w("有变化的数值", "Figures that differ"), columns).cards().rows(rows)
}

/// With its sign, as differences are written.
fn signed(difference: Option<&str>) -> String {
    match difference {
        None => "—".to_owned(),
        Some(number) if number.starts_with('-') => grouped(number),
        Some(number) => format!("+{}", grouped(number)),
    }
}
