//! The editor: a plain text on the left, the report as it would be on the right; every draft on the server.
//!
//! What is typed is posted as a draft a second after the last key, belongs to its account, and comes back when the
//! editor is opened again, on any machine. Saving makes a version for everybody. Whoever saves on top of a version that
//! is no longer the latest keeps the text, sees what the other wrote, and decides.

use std::sync::Arc;

use access::Action;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Form as Posted, Json};
use city::CityError;
use city::desk::{DeskError, MOST_TEXT, Taking};
use city::reporting::Written;
use jiff::Timestamp;
use message::{Language, Text, text};
use serde::Deserialize;
use serde_json::json;

use super::render::{Opened, desk, desk_fault, open, present, source, text_of, title_of, write};
use super::require;
use super::show::{new_key, paper};
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;
use crate::when;

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Typed {
    /// The text.
    #[serde(default)]
    pub text: String,
    /// The version that it is based on.
    #[serde(default)]
    pub base: u32,
    /// The version of somebody else on top of which it is to be saved, by those who have seen it.
    #[serde(default)]
    pub upon: Option<u32>,
    /// What was changed, in a line.
    #[serde(default)]
    pub note: String,
    /// The idempotency key.
    #[serde(default)]
    pub key: String,
    /// `save`, or `preview` for a look without a script.
    #[serde(default)]
    pub r#do: String,
}

/// What the page shows.
struct Desk {
    title: String,
    typed: Typed,
    written: Result<Written, CityError>,
    /// When the draft that is shown was kept, if it is one.
    draft: Option<Timestamp>,
    /// What somebody else saved meanwhile.
    other: Option<(u32, String)>,
    wrong: Option<Text>,
}

fn draft_key(report: &str) -> String {
    format!("report:{report}")
}

/// Texts are kept with plain line ends; browsers send them with carriage returns.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// `GET /reports/{key}/edit`.
pub async fn form(visitor: Visitor, Path(report): Path<String>) -> Answer {
    require(&visitor, Action::WriteReport)?;
    let account = visitor.account()?.id;
    let (now, language, key) = (Arc::clone(&visitor.now), visitor.language, report.clone());
    let work = move |app: &App| {
        let Opened { standing, source: latest } = open(&now, &key)?;
        let draft = app.accounts.draft(account, &draft_key(&key))?;
        let kept = draft.as_ref().and_then(|draft| {
            let text = draft.value.get("text")?.as_str()?.to_owned();
            let base = u32::try_from(draft.value.get("base")?.as_u64()?).ok()?;
            (text != latest.text).then_some((text, base, draft.updated))
        });
        let (text, base, draft) = match kept {
            Some((text, base, updated)) => (text, base, Some(updated)),
            None => (latest.text.clone(), standing.version(), None),
        };
        let typed = Typed { text, base, key: new_key(), ..Typed::default() };
        let mut desk = look(app, &now, &key, typed, language)?;
        desk.draft = draft;
        if base != standing.version() {
            desk.other = Some((standing.version(), latest.text.clone()));
        }
        Ok(desk)
    };
    let desk = visitor.app.heavy_work(work).await?;
    Ok(page(&visitor, &report, &desk))
}

/// `POST /reports/{key}/edit`.
pub async fn save(visitor: Visitor, Path(report): Path<String>, Posted(mut typed): Posted<Typed>) -> Answer {
    require(&visitor, Action::WriteReport)?;
    typed.text = plain(&typed.text);
    typed.base = typed.upon.take().unwrap_or(typed.base);
    let account = visitor.account()?.id;
    let (now, language, key, by) =
        (Arc::clone(&visitor.now), visitor.language, report.clone(), visitor.actor().to_owned());
    if typed.r#do == "preview" {
        let work = move |app: &App| look(app, &now, &key, typed, language);
        let desk = visitor.app.heavy_work(work).await?;
        return Ok(page(&visitor, &report, &desk));
    }
    let work = move |app: &App| {
        let draft = json!({ "text": typed.text, "base": typed.base });
        let taking = Taking {
            report: &key,
            version: typed.base,
            by: &by,
            at: Timestamp::now(),
            snapshot: present(&now)?,
            note: &typed.note,
            key: &typed.key,
        };
        // A report that is neither in the pack nor on the desk cannot be begun here.
        let Opened { standing, source: latest } = open(&now, &key)?;
        if standing.version() > 0 && latest.text == typed.text && standing.version() == typed.base {
            app.accounts.drop_draft(account, &draft_key(&key))?;
            return Ok(Ok(standing.version()));
        }
        match desk(&now).save(&taking, &typed.text) {
            Ok(step) => {
                app.accounts.drop_draft(account, &draft_key(&key))?;
                Ok(Ok(step.version))
            }
            Err(error) => {
                // Whatever keeps it from being a version, it stays a draft.
                if typed.text.len() <= MOST_TEXT {
                    app.accounts.save_draft(account, &draft_key(&key), &draft)?;
                }
                let wrong = error.text();
                let other = match error {
                    DeskError::Stale { latest } if latest > 0 => {
                        Some((latest, text_of(&now, &key, latest)?.text.clone()))
                    }
                    DeskError::TooLong => None,
                    error => return Err(desk_fault(error)),
                };
                let mut seen = look(app, &now, &key, Typed { key: new_key(), ..typed }, language)?;
                (seen.other, seen.wrong) = (other, Some(wrong));
                Ok(Err(seen))
            }
        }
    };
    match visitor.app.heavy_work(work).await? {
        Ok(version) => {
            let said = text!("已保存第 {version} 稿", "Version {version} saved");
            Ok(visitor.lead_to(&format!("/reports/{report}"), &said))
        }
        Err(seen) => {
            let status =
                if seen.other.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok((status, page(&visitor, &report, &seen)).into_response())
        }
    }
}

/// `POST /reports/{key}/draft`: what is typed, kept.
pub async fn draft(visitor: Visitor, Path(report): Path<String>, Posted(typed): Posted<Typed>) -> Answer {
    require(&visitor, Action::WriteReport)?;
    let account = visitor.account()?.id;
    let now = Arc::clone(&visitor.now);
    let work = move |app: &App| {
        open(&now, &report)?;
        let value = json!({ "text": plain(&typed.text), "base": typed.base });
        app.accounts
            .save_draft(account, &draft_key(&report), &value)
            .map_err(|error| Fault::Refused { text: error.text(), fields: Vec::new() })
    };
    let at = visitor.app.work(work).await?;
    Ok(Json(json!({ "kept": at.to_zoned(when::calendar()).strftime("%H:%M:%S").to_string() }))
        .into_response())
}

/// `POST /reports/{key}/draft/drop`: back to the latest version.
pub async fn drop_draft(visitor: Visitor, Path(report): Path<String>) -> Answer {
    require(&visitor, Action::WriteReport)?;
    let account = visitor.account()?.id;
    let key = draft_key(&report);
    visitor.app.work(move |app| Ok(app.accounts.drop_draft(account, &key)?)).await?;
    let said = Text::new("已放弃草稿，回到最新一稿", "The draft was dropped; this is the latest version");
    Ok(visitor.lead_to(&format!("/reports/{report}/edit"), &said))
}

fn look(
    app: &App,
    now: &crate::app::InForce,
    report: &str,
    typed: Typed,
    language: Language,
) -> Result<Desk, Fault> {
    open(now, report)?;
    let source = source(report, typed.text.clone());
    let title = title_of(&source).unwrap_or_else(|| report.to_owned());
    let written = write(app, now, &source, present(now)?, language, None);
    Ok(Desk { title, typed, written, draft: None, other: None, wrong: None })
}

fn page(visitor: &Visitor, report: &str, desk: &Desk) -> Response {
    let l = visitor.language;
    let frame = visitor.frame();
    let address = format!("/reports/{report}");
    let base = desk.typed.base;
    let form = Form::new(format!("{address}/edit"))
        .id("report-form")
        .key(desk.typed.key.clone())
        .hidden("base", base.to_string())
        .render(&frame, html! {
            @if let Some((latest, other)) = &desk.other { (conflict(l, *latest, other, &desk.typed.text)) }
            div.report-tools {
                (Button::primary(l, w("保存新稿", "Save a version")).named("do", "save").icon(Icon::Tick).key("Ctrl+S"))
                (Button::secondary(l, w("预览", "Preview")).named("do", "preview").icon(Icon::Eye))
                a href={ (address) "/figures" } { (l.t("全部指标及写法", "All indicators, and how to write them")) }
                span.muted role="status" data-report-kept {}
            }
            div.report-fields {
                (Field::text(l, "note", w("本稿说明", "What changed")).value(desk.typed.note.clone()).max_chars(200))
                (Field::search(l, "find", w("插入数值", "Insert a figure"))
                    .help(l, w("按名称查找指标，选中后插入光标处", "Find an indicator by name; it goes where the cursor is"))
                    .suggest(format!("{address}/figures/suggest")))
            }
            div.field data-field="text" {
                label for="report-text" { (l.t("文稿", "Text")) }
                textarea.report-text #report-text name="text" rows="32" spellcheck="false" wrap="soft"
                    data-preview={ (address) "/preview" } data-draft={ (address) "/draft" }
                    data-kept=(l.t("草稿已保存", "Draft kept")) data-unkept=(l.t("草稿未能保存，请检查网络", "The draft could not be kept: check the connection")) {
                    // A text area swallows its first line break.
                    "\n" (desk.typed.text)
                }
            }
        });
    let lead = match base {
        0 => Text::new("以城市包的模板为基础", "based on the template of the pack"),
        base => text!("以第 {base} 稿为基础", "based on version {base}"),
    };
    let body = html! {
        @if let Some(wrong) = &desk.wrong { (error_summary(l, &[(String::new(), visitor.say(wrong))])) }
        @if let Some(kept) = desk.draft { (restored(visitor, report, kept)) }
        div.report-desk {
            div.report-write { (form) }
            section.report-look aria-label=(l.t("预览", "Preview")) data-report-look aria-live="off" {
                (paper(visitor, &desk.written))
            }
        }
    };
    let page = Page::new(Section::Reports, w("编辑文稿", "Edit the text"))
        .crumb(Text::same(desk.title.clone()), address.clone())
        .lead(lead)
        .wide()
        .style("report.css")
        .style("chart.css")
        .script("report-edit.js");
    visitor.page(page, body)
}

fn restored(visitor: &Visitor, report: &str, kept: Timestamp) -> Markup {
    let l = visitor.language;
    let at = kept.to_zoned(when::calendar()).strftime("%Y-%m-%d %H:%M").to_string();
    let words =
        text!("这是您 {at} 的草稿，尚未保存为新稿", "This is your draft of {at}, not yet saved as a version");
    Notice::info(l, words)
        .body(html! {
            form method="post" action={ "/reports/" (report) "/draft/drop" } {
                (visitor.frame().csrf_field())
                (Button::quiet(l, w("放弃草稿", "Drop the draft")))
            }
        })
        .render()
}

/// Somebody else was faster: what they wrote, and the way to save on top of it.
fn conflict(l: Language, latest: u32, other: &str, mine: &str) -> Markup {
    let title = text!("他人已保存第 {latest} 稿", "Version {latest} was saved by somebody else");
    Notice::warn(l, title)
        .body(html! {
            p { (l.t(
                "您的文字没有丢失，也没有覆盖对方。下面标出两者的差异（划去的是对方的，下划线的是您的）；并入需要的内容后，可在对方的基础上保存。",
                "Your text is not lost and has not overwritten theirs. Below are the differences (struck through is theirs, underlined is yours). Take over what you need, then save on top of theirs.",
            )) }
            details {
                summary { (l.t("两者的差异", "The differences")) }
                @for (theirs, mine) in super::show::changed_lines(other, mine) {
                    p.report-change { (inline_diff(&theirs, &mine)) }
                }
            }
            label.option {
                input type="checkbox" name="upon" value=(latest);
                span { (l.say(&text!("在第 {latest} 稿的基础上保存", "Save on top of version {latest}"))) }
            }
        })
        .render()
}
