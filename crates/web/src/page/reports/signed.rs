//! `/reports/{key}/signed/{step}`: what was signed, as it was; and the proof that it can be made again.

use std::sync::Arc;

use access::Action;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::IntoResponse;
use city::desk::{Done, Step, sha256};
use message::{Text, text};
use serde::Deserialize;

use super::render::{
    FORMATS, again, attachment, desk, desk_fault, files, snapshot_words, text_of, title_of, who,
};
use super::{may, require};
use crate::app::{App, InForce};
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;
use crate::when;

/// Whether it is to be rendered again.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    again: bool,
}

/// The step of a signature.
pub fn find(now: &InForce, report: &str, step: u32) -> Result<Step, Fault> {
    let standing = desk(now).standing(report).map_err(desk_fault)?;
    let step = standing.step(step).filter(|step| step.done == Done::Signed).cloned();
    step.ok_or(Fault::NotFound)
}

/// `GET /reports/{key}/signed/{step}`.
pub async fn show(
    visitor: Visitor,
    Path((report, number)): Path<(String, u32)>,
    Query(asked): Query<Asked>,
) -> Answer {
    let (now, key) = (Arc::clone(&visitor.now), report.clone());
    let work = move |app: &App| {
        let step = find(&now, &key, number)?;
        let title = title_of(&text_of(&now, &key, step.version)?).unwrap_or_else(|| key.clone());
        let rendered = asked.again.then(|| again(app, &now, &key, &step)).transpose()?;
        let by = who(app, &step.by);
        Ok((step, by, title, rendered.map(|written| files(&written.document))))
    };
    let (step, by, title, rendered) = visitor.app.heavy_work(work).await?;
    let signed = step.signed.as_ref().ok_or(Fault::NotFound)?;
    let l = visitor.language;
    let address = format!("/reports/{report}/signed/{number}");
    let at = step.at.to_zoned(when::calendar()).strftime("%Y-%m-%d %H:%M").to_string();
    let facts = Facts::new()
        .fact(l, w("签发人", "Signed by"), html! { (by) })
        .fact(l, w("签发时间", "Signed at"), html! { (at) })
        .fact(
            l,
            w("稿次", "Version"),
            html! { a href={ "/reports/" (report) "/versions/" (step.version) } { (step.version) } },
        )
        .fact(l, w("快照", "Snapshot"), html! { (l.say(&snapshot_words(step.snapshot.into()))) })
        .fact(l, w("定义", "Definitions"), html! { code { (city::digest_name(step.snapshot.pack)) } })
        .fact(
            l,
            w("成文日期", "Date"),
            html! { @if let Some(date) = signed.date { (date) } @else { (l.t("按文稿", "as in the text")) } },
        );
    let columns = vec![
        Column::new(l, w("文件", "File")),
        Column::new(l, w("SHA-256", "SHA-256")),
        Column::new(l, w("重新生成", "Made again")),
    ];
    let table = Table::new(l, w("签发的文件", "The files that were signed"), columns).cards().rows(
        FORMATS.iter().filter_map(|(extension, _)| {
            let digest = signed.sha256.get(*extension)?;
            let made = rendered.as_ref().and_then(|files| files.iter().find(|(one, _)| one == extension));
            let same = made.map(|(_, bytes)| sha256(bytes) == *digest);
            let verdict = match same {
                None => html! { span.muted { "—" } },
                Some(true) => Badge::new(l, Tone::Good, Icon::Tick, w("逐字节一致", "The same bytes")).render(),
                Some(false) => Badge::new(l, Tone::Warn, Icon::Warning, w("排版有别", "Laid out differently"))
                    .title(l, w("程序版本更新后排版可能不同；签发的文件仍原样保存", "A newer program may lay it out differently; the signed file is kept as it was"))
                    .render(),
            };
            let name = html! {
                @if may(&visitor, Action::Export) { a href={ (address) "/file/" (extension) } download { (extension.to_uppercase()) } }
                @else { (extension.to_uppercase()) }
            };
            Some(Row::new(vec![name, html! { code.report-digest { (digest) } }, verdict]))
        }),
    );
    let body = html! {
        (facts)
        h2 { (l.t("签发的文件", "The files that were signed")) }
        (table)
        div.actions.report-after {
            (Button::secondary(l, w("按原快照重新生成并比对", "Make them again and compare")).icon(Icon::History).to(format!("{address}?again=true")))
        }
    };
    let page = Page::new(Section::Reports, text!("第 {} 稿 · 已签发", "Version {}, signed", step.version))
        .crumb(Text::same(title), format!("/reports/{report}"))
        .action(
            Button::primary(l, w("与现在的差异", "What would change today"))
                .icon(Icon::History)
                .to(format!("{address}/difference")),
        )
        .style("report.css");
    Ok(visitor.page(page, body))
}

/// `GET /reports/{key}/signed/{step}/file/{format}`: the very bytes.
pub async fn file(visitor: Visitor, Path((report, number, format)): Path<(String, u32, String)>) -> Answer {
    require(&visitor, Action::Export)?;
    let (extension, kind) = FORMATS.into_iter().find(|(known, _)| *known == format).ok_or(Fault::NotFound)?;
    let (now, key) = (Arc::clone(&visitor.now), report.clone());
    let work = move |_: &App| {
        let step = find(&now, &key, number)?;
        desk(&now).file(&key, &step, extension).map_err(desk_fault)
    };
    let bytes = visitor.app.work(work).await?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&format!("{report}.{extension}"))),
    ];
    Ok((headers, bytes).into_response())
}
