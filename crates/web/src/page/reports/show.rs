//! A report: its latest version as it would be handed out now, what happened to it, and what can be done next.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Action;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::IntoResponse;
use city::CityError;
use city::desk::{Done, Standing, State, Step};
use city::reporting::Written;
use jiff::civil::Date;
use message::{Source, Text, text};
use serde::Deserialize;

use super::render::{
    FORMATS, Opened, attachment, open, present, snapshot_words, state_badge, text_of, title_of, who, write,
};
use super::{fault, may, require};
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;
use crate::when;

/// At which snapshot and date a report is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct At {
    /// Knowing so many entries; else all.
    known_at: Option<u64>,
    /// The date under it; else the template's.
    date: Option<Date>,
    /// This version; else the latest.
    version: Option<u32>,
}

/// What a page of a report shows.
struct Seen {
    standing: Standing,
    source: Arc<Source>,
    written: Result<Written, CityError>,
    snapshot: figure::Snapshot,
    /// What those who took steps are called.
    people: BTreeMap<String, String>,
}

async fn see(visitor: &Visitor, key: &str, at: At) -> Result<Seen, Fault> {
    let (now, language, key) = (Arc::clone(&visitor.now), visitor.language, key.to_owned());
    let work = move |app: &crate::app::App| {
        let Opened { standing, source } = open(&now, &key)?;
        let source = match at.version {
            Some(version) => text_of(&now, &key, version)?,
            None => source,
        };
        let mut snapshot = present(&now)?;
        if let Some(known_at) = at.known_at {
            if known_at > snapshot.known_at {
                return Err(Fault::Bad(Text::new(
                    "账本没有这么多入账",
                    "the book does not have so many entries",
                )));
            }
            snapshot.known_at = known_at;
        }
        let written = write(app, &now, &source, snapshot, language, at.date);
        let named = standing.steps.iter().map(|step| (step.by.clone(), who(app, &step.by)));
        let people = named.collect();
        Ok(Seen { standing, source, written, snapshot, people })
    };
    visitor.app.heavy_work(work).await
}

/// `GET /reports/{key}`.
pub async fn show(visitor: Visitor, Path(key): Path<String>, Query(at): Query<At>) -> Answer {
    let seen = see(&visitor, &key, at).await?;
    let l = visitor.language;
    let title = title_of(&seen.source).unwrap_or_else(|| key.clone());
    let known = snapshot_words(seen.snapshot);
    let lead = Text::new(format!("按{}计算", known.simplified), format!("Computed from {}", known.english));
    let mut page = Page::new(Section::Reports, Text::same(title))
        .lead(lead)
        .state(state_badge(l, seen.standing.state()))
        .wide()
        .style("report.css")
        .style("chart.css");
    for action in actions(&visitor, &key, &seen.standing, seen.written.is_ok()) {
        page = page.action(action);
    }
    let body = html! {
        div.report-beside {
            (paper(&visitor, &seen.written))
            aside.report-side {
                (next_step(&visitor, &key, &seen.standing))
                (handed_out(&visitor, &key, &seen.standing))
                h2 { (l.t("经过", "History")) }
                (history(&visitor, &key, &seen))
            }
        }
    };
    Ok(visitor.page(page, body))
}

/// `GET /reports/{key}/versions/{version}`: what stood in a version, and what changed in it.
pub async fn version(visitor: Visitor, Path((key, version)): Path<(String, u32)>) -> Answer {
    let (now, name) = (Arc::clone(&visitor.now), key.clone());
    let work = move |_: &crate::app::App| {
        let text = text_of(&now, &name, version)?;
        let before = match version {
            0 | 1 => now.pack.report(&name).map(|report| Arc::clone(&report.source)),
            _ => Some(text_of(&now, &name, version - 1)?),
        };
        Ok((text, before))
    };
    let (text, before) = visitor.app.work(work).await?;
    let l = visitor.language;
    let changed = before.as_ref().map(|before| changed_lines(&before.text, &text.text));
    let body = html! {
        @if let Some(changed) = changed {
            h2 { (l.t("与上一稿相比", "Against the version before")) }
            @if changed.is_empty() { p.muted { (l.t("没有改动", "Nothing changed")) } }
            @for (old, new) in changed { p.report-change { (inline_diff(&old, &new)) } }
        }
        h2 { (l.t("全文", "The text")) }
        div.report-version { (code_block(l, w("全文", "The text"), &text.text)) }
    };
    let title = title_of(&text).unwrap_or_else(|| key.clone());
    let page = Page::new(Section::Reports, text!("第 {version} 稿", "Version {version}"))
        .crumb(Text::same(title), format!("/reports/{key}"))
        .style("report.css");
    Ok(visitor.page(page, body))
}

/// `GET /reports/{key}/export/{format}`: the whole file, or why there is none.
pub async fn export(
    visitor: Visitor,
    Path((key, format)): Path<(String, String)>,
    Query(at): Query<At>,
) -> Answer {
    require(&visitor, Action::Export)?;
    let (extension, kind) = FORMATS.into_iter().find(|(known, _)| *known == format).ok_or(Fault::NotFound)?;
    let (now, language, name) = (Arc::clone(&visitor.now), visitor.language, key.clone());
    let work = move |app: &crate::app::App| {
        let source = match at.version {
            Some(version) => text_of(&now, &name, version)?,
            None => open(&now, &name)?.source,
        };
        let mut snapshot = present(&now)?;
        snapshot.known_at = at.known_at.unwrap_or(snapshot.known_at).min(snapshot.known_at);
        let mut document = write(app, &now, &source, snapshot, language, at.date)?.document;
        // A file that is handed on has its doors inside itself.
        document.trace_prefix = "#trace-".to_owned();
        Ok(match extension {
            "docx" => report::docx(&document),
            "html" => report::html(&document).into_bytes(),
            _ => report::markdown(&document).into_bytes(),
        })
    };
    let bytes = visitor.app.heavy_work(work).await?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&format!("{key}.{extension}"))),
    ];
    Ok((headers, bytes).into_response())
}

/// The document as it would be printed, or what keeps it from being one.
pub fn paper(visitor: &Visitor, written: &Result<Written, CityError>) -> Markup {
    let l = visitor.language;
    match written {
        Ok(written) => html! {
            div.report lang=(written.document.language) { (PreEscaped(report::html_body(&written.document))) }
        },
        Err(CityError::Faulty(diagnostics)) => html! {
            div.report-broken {
                (Notice::bad(l, w("这份文稿现在不能成文", "This text cannot be a report as it stands")))
                (fault::list(l, &fault::told(diagnostics, l)))
            }
        },
        Err(error) => html! { div.report-broken { (Notice::bad(l, error.text())) } },
    }
}

fn actions(visitor: &Visitor, key: &str, standing: &Standing, sound: bool) -> Vec<Markup> {
    let l = visitor.language;
    let mut actions = Vec::new();
    if may(visitor, Action::WriteReport) {
        let words = match standing.state() {
            State::Template => w("起草", "Draft"),
            _ => w("编辑", "Edit"),
        };
        let edit = match next(visitor, standing) {
            // One primary action a page: what waits for this visitor comes first.
            Next::Review | Next::Sign => Button::secondary(l, words),
            Next::Nothing => Button::primary(l, words),
        };
        actions.push(edit.icon(Icon::Edit).to(format!("/reports/{key}/edit")).render());
    }
    if sound && may(visitor, Action::Export) {
        for (extension, words) in [
            ("docx", w("导出 DOCX", "Export DOCX")),
            ("html", w("导出 HTML", "Export HTML")),
            ("md", w("导出 Markdown", "Export Markdown")),
        ] {
            let address = format!("/reports/{key}/export/{extension}");
            actions.push(Button::secondary(l, words).icon(Icon::Download).download(address).render());
        }
    }
    actions
}

/// What waits for the visitor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Review,
    Sign,
    Nothing,
}

fn next(visitor: &Visitor, standing: &Standing) -> Next {
    let mine = standing.saved(standing.version()).is_none_or(|step| step.by == visitor.actor());
    match standing.state() {
        State::Reviewed if !mine && may(visitor, Action::SignReport) => Next::Sign,
        State::Drafted if !mine && may(visitor, Action::WriteReport) => Next::Review,
        _ => Next::Nothing,
    }
}

/// The step that comes next, for who may take it; for the others, whose it is.
fn next_step(visitor: &Visitor, key: &str, standing: &Standing) -> Markup {
    let l = visitor.language;
    let version = standing.version();
    let mine = standing.saved(version).is_some_and(|step| step.by == visitor.actor());
    let hidden = |form: Form| form.hidden("version", version.to_string()).key(new_key());
    let (review, sign) =
        (may(visitor, Action::WriteReport) && !mine, may(visitor, Action::SignReport) && !mine);
    let to_review = matches!(standing.state(), State::Drafted | State::Returned | State::Signed);
    let to_sign = standing.state() == State::Reviewed;
    html! {
        @if version > 0 && to_review && review {
            h2 { (l.t("复核", "Review")) }
            (hidden(Form::new(format!("/reports/{key}/review"))).render(&visitor.frame(), html! {
                p { (l.t("通读全文，打开有疑问的数值查看来处，确认无误后通过。", "Read it through, open the numbers that you doubt, and pass it if it is right.")) }
                div.actions {
                    @if next(visitor, standing) == Next::Review { (Button::primary(l, w("复核通过", "Pass")).icon(Icon::Tick)) }
                    @else { (Button::secondary(l, w("复核通过", "Pass")).icon(Icon::Tick)) }
                }
            }))
        }
        @if to_sign && sign {
            h2 { (l.t("签发", "Sign")) }
            p { (l.t("签发前会显示将要签发的全文；签发后文字、快照和文件永久保留。", "You see the whole text before you sign; text, snapshot and files are then kept for ever.")) }
            div.actions { (Button::primary(l, w("查看并签发", "Look and sign")).icon(Icon::Tick).to(format!("/reports/{key}/sign"))) }
        }
        @if version > 0 && matches!(standing.state(), State::Drafted | State::Reviewed) && (review || sign) {
            details.report-return {
                summary { (l.t("退回修改", "Return it")) }
                (hidden(Form::new(format!("/reports/{key}/return"))).render(&visitor.frame(), html! {
                    (Field::lines(l, "note", w("理由", "Reason"), 3).required())
                    div.actions { (Button::secondary(l, w("退回修改", "Return")).icon(Icon::Return)) }
                }))
            }
        }
        @if mine && matches!(standing.state(), State::Drafted | State::Reviewed) {
            p.muted { (l.t("您是这一稿的起草人，须由他人复核、签发。", "You wrote this version: somebody else reviews and signs it.")) }
        }
        @if version == 0 {
            p.muted { (l.t("这是城市包中的模板。起草并保存第 1 稿后，即可送复核、签发。", "This is the template of the pack. Draft and save a first version to have it reviewed and signed.")) }
        }
    }
}

/// A key for a form that is drawn now; a form without one still works, it is only not told from its repetition.
pub fn new_key() -> String {
    accounts::random_token().unwrap_or_default()
}

/// What was signed, latest first.
fn handed_out(visitor: &Visitor, key: &str, standing: &Standing) -> Markup {
    let l = visitor.language;
    html! {
        @if standing.signed().next().is_some() {
            h2 { (l.t("已签发", "Signed")) }
            ul.places {
                @for step in standing.signed() {
                    li {
                        a href={ "/reports/" (key) "/signed/" (step.number) } {
                            (l.say(&text!("第 {} 稿", "Version {}", step.version))) " · " (when::day_of(step.at))
                        }
                        p { (l.say(&snapshot_words(step.snapshot.into()))) }
                    }
                }
            }
        }
    }
}

fn history(visitor: &Visitor, key: &str, seen: &Seen) -> Markup {
    let l = visitor.language;
    let steps = &seen.standing.steps;
    if steps.is_empty() {
        return html! { p.muted { (l.t("还没有办理记录", "Nothing has happened yet")) } };
    }
    let events: Vec<Event> =
        steps.iter().rev().map(|step| event(visitor, key, step, seen.people.get(&step.by))).collect();
    timeline(l, w("经过", "History"), &events)
}

fn event(visitor: &Visitor, key: &str, step: &Step, who: Option<&String>) -> Event {
    let l = visitor.language;
    let version = step.version;
    let (words, to) = match step.done {
        Done::Saved => (
            text!("保存第 {version} 稿", "Version {version} saved"),
            format!("/reports/{key}/versions/{version}"),
        ),
        Done::Reviewed => (
            text!("第 {version} 稿复核通过", "Version {version} reviewed"),
            format!("/reports/{key}/versions/{version}"),
        ),
        Done::Returned => (
            text!("第 {version} 稿退回", "Version {version} returned"),
            format!("/reports/{key}/versions/{version}"),
        ),
        Done::Signed => (
            text!("第 {version} 稿签发", "Version {version} signed"),
            format!("/reports/{key}/signed/{}", step.number),
        ),
    };
    let shown = step.at.to_zoned(when::calendar()).strftime("%Y-%m-%d %H:%M").to_string();
    Event::new(step.at.to_string(), shown, html! { a href=(to) { (l.say(&words)) } })
        .who(who.unwrap_or(&step.by).clone())
        .body(html! {
            @if !step.note.is_empty() { p { (step.note) } }
            p.muted { (l.say(&snapshot_words(step.snapshot.into()))) }
        })
}

/// The lines that differ, old and new beside each other, in order; a line that came or went stands alone.
pub fn changed_lines(old: &str, new: &str) -> Vec<(String, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let longest = old.len().max(new.len());
    (0..longest)
        .map(|place| {
            (old.get(place).copied().unwrap_or_default(), new.get(place).copied().unwrap_or_default())
        })
        .filter(|(a, b)| a != b)
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .collect()
}
