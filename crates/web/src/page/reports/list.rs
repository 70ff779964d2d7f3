//! `/reports`: which reports there are and where each stands.

use jiff::Timestamp;
use message::Language;
use serde::Serialize;
use utoipa::ToSchema;

use city::desk::State;

use super::render::{desk, desk_fault, source, state_badge, title_of, who};
use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;
use crate::when;

/// A report in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportListed)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its title, from the latest version.
    pub title: String,
    /// `template`, `drafted`, `reviewed`, `returned` or `signed`.
    #[schema(value_type = String)]
    pub state: State,
    /// The latest version; 0 while it is the pack's template.
    pub version: u32,
    /// When the last step was taken.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub changed: Option<Timestamp>,
    /// By whom.
    pub by: Option<String>,
    /// How often it was signed.
    pub signed: usize,
}

/// Every report of the pack, and those that were worked on under an earlier pack.
pub fn all(app: &App, now: &InForce) -> Result<Vec<Listed>, Fault> {
    let desk = desk(now);
    let mut keys: Vec<String> = now.pack.reports.iter().map(|report| report.key.clone()).collect();
    let others = desk.reports().map_err(desk_fault)?;
    keys.extend(others.into_iter().filter(|key| now.pack.report(key).is_none()));
    keys.iter().map(|key| one(app, now, key)).collect()
}

/// A report's line.
pub fn one(app: &App, now: &InForce, key: &str) -> Result<Listed, Fault> {
    let desk = desk(now);
    let standing = desk.standing(key).map_err(desk_fault)?;
    let text = match standing.version() {
        0 => std::sync::Arc::clone(&now.pack.report(key).ok_or(Fault::NotFound)?.source),
        version => source(key, desk.text(key, version).map_err(desk_fault)?),
    };
    let last = standing.steps.last();
    Ok(Listed {
        key: key.to_owned(),
        title: title_of(&text).unwrap_or_else(|| key.to_owned()),
        state: standing.state(),
        version: standing.version(),
        changed: last.map(|step| step.at),
        by: last.map(|step| who(app, &step.by)),
        signed: standing.signed().count(),
    })
}

/// `GET /reports`.
pub async fn list(visitor: Visitor) -> Answer {
    let now = std::sync::Arc::clone(&visitor.now);
    let reports = visitor.app.work(move |app| all(app, &now)).await?;
    let l = visitor.language;
    let lead = w(
        "文字由人写，数值由账本算；每个数值都能打开看到来处",
        "People write the words, the book computes the numbers, and every number opens to where it comes from",
    );
    let page = Page::new(Section::Reports, w("汇报", "Reports")).lead(lead);
    if reports.is_empty() {
        let what = w("还没有汇报模板", "There is no report yet");
        let how = w(
            "在城市包的 reports/ 目录中加入模板后，即可在此起草、复核、签发",
            "Templates in the pack's directory `reports/` are drafted, reviewed and signed here",
        );
        return Ok(visitor.page(page, empty(l, what, how, None)));
    }
    Ok(visitor.page(page, table(l, &reports)))
}

fn table(l: Language, reports: &[Listed]) -> Table {
    let columns = vec![
        Column::new(l, w("汇报", "Report")),
        Column::new(l, w("状态", "State")),
        Column::number(l, w("稿次", "Version")),
        Column::new(l, w("最近办理", "Last step")),
        Column::new(l, w("办理人", "By")),
        Column::number(l, w("签发次数", "Signed")).least(),
    ];
    let rows = reports.iter().map(|one| {
        let cells = vec![
            html! { (one.title) },
            state_badge(l, one.state).render(),
            html! { @if one.version > 0 { (one.version) } @else { "—" } },
            html! { (one.changed.map(|at| when::day_of(at).to_string()).unwrap_or_else(|| "—".to_owned())) },
            html! { (one.by.as_deref().unwrap_or("—")) },
            html! { (one.signed) },
        ];
        Row::new(cells).to(format!("/reports/{}", one.key))
    });
    Table::new(l, w("汇报材料", "Reports"), columns).cards().rows(rows)
}
