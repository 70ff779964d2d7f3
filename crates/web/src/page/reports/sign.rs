//! `/reports/{key}/sign`: the whole text as it will be signed, and the signature.
//!
//! What is signed is what was shown: the form carries version, snapshot, language and date of the text above it.

use std::sync::Arc;

use access::Action;
use axum::Form as Posted;
use axum::extract::{Path, Query};
use city::Units;
use city::desk::{State, Taking};
use city::reporting::{self, Edition};
use figure::Snapshot;
use jiff::Timestamp;
use jiff::civil::Date;
use message::{Language, Text, text};
use serde::Deserialize;

use super::render::{desk, desk_fault, files, open, present, snapshot_words, text_of, title_of, write};
use super::require;
use super::show::{new_key, paper};
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;

/// In which language and with which date.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    language: String,
    #[serde(default)]
    date: String,
}

/// What is signed.
#[derive(Clone, Debug, Deserialize)]
pub struct Signing {
    version: u32,
    known_at: u64,
    #[serde(default)]
    lake: String,
    pack: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    key: String,
}

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap_or_default()
}

fn date(typed: &str) -> Result<Option<Date>, Fault> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| {
            let words = Text::new("日期写作 2022-12-31", "a day is 2022-12-31");
            Fault::Refused { text: words.clone(), fields: vec![("date".to_owned(), words)] }
        }),
    }
}

/// `GET /reports/{key}/sign`.
pub async fn form(visitor: Visitor, Path(report): Path<String>, Query(chosen): Query<Chosen>) -> Answer {
    require(&visitor, Action::SignReport)?;
    let (spoken, dated) = (language(&chosen.language), date(&chosen.date)?);
    let (now, key) = (Arc::clone(&visitor.now), report.clone());
    let work = move |app: &App| {
        let opened = open(&now, &key)?;
        let snapshot = present(&now)?;
        let written = write(app, &now, &opened.source, snapshot, spoken, dated);
        Ok((opened, snapshot, written))
    };
    let (opened, snapshot, written) = visitor.app.heavy_work(work).await?;
    if opened.standing.state() != State::Reviewed {
        return Err(desk_fault(city::desk::DeskError::NotNow));
    }
    let l = visitor.language;
    let version = opened.standing.version();
    let title = title_of(&opened.source).unwrap_or_else(|| report.clone());
    let tag = city::desk::language_tag(spoken);
    let languages = vec![
        ("zh".to_owned(), "简体中文".to_owned()),
        ("zh-Hant".to_owned(), "繁體中文".to_owned()),
        ("en".to_owned(), "English".to_owned()),
    ];
    let look_again = html! {
        form.filter method="get" action={ "/reports/" (report) "/sign" } {
            div.filter-row {
                (Field::select(l, "language", w("语言", "Language"), languages).value(tag).required().inline())
                (Field::date(l, "date", w("成文日期", "Date")).value(chosen.date.clone()).inline())
                button.button { (l.t("更新预览", "Update the preview")) }
            }
        }
    };
    let form = Form::new(format!("/reports/{report}/sign"))
        .key(new_key())
        .hidden("version", version.to_string())
        .hidden("known_at", snapshot.known_at.to_string())
        .hidden("lake", snapshot.lake.map(|lake| lake.to_string()).unwrap_or_default())
        .hidden("pack", city::digest_name(snapshot.pack))
        .hidden("language", tag)
        .hidden("date", chosen.date.clone());
    let known = snapshot_words(snapshot);
    let body = html! {
        (look_again)
        (paper(&visitor, &written))
        @if written.is_ok() {
            section.report-sign {
                h2 { (l.t("签发", "Sign")) }
                div.prose { ul {
                    li { (l.say(&text!("签发第 {version} 稿", "Version {version} is signed"))) }
                    li { (l.t("数值按以下快照计算并永久固定：", "Its numbers are computed from, and for ever pinned to: ")) (l.say(&known)) }
                    li { (l.t("DOCX、HTML、Markdown 三种文件逐字节保存，并记下 SHA-256", "DOCX, HTML and Markdown are kept byte by byte, with their SHA-256")) }
                    li { (l.t("以后账本变化不影响已签发的材料，只显示差异", "What changes in the book later does not change it; it only shows as a difference")) }
                } }
                (form.render(&visitor.frame(), html! {
                    div.actions {
                        (Button::primary(l, w("签发", "Sign")).icon(Icon::Tick).busy(l, w("正在生成并保存文件", "Writing and keeping the files")))
                        a.button href={ "/reports/" (report) } { (l.t("返回，不签发", "Go back without signing")) }
                    }
                }))
            }
        }
    };
    let page = Page::new(Section::Reports, w("签发", "Sign"))
        .crumb(Text::same(title), format!("/reports/{report}"))
        .style("report.css")
        .style("chart.css");
    Ok(visitor.page(page, body))
}

/// `POST /reports/{key}/sign`.
pub async fn sign(visitor: Visitor, Path(report): Path<String>, Posted(signing): Posted<Signing>) -> Answer {
    require(&visitor, Action::SignReport)?;
    let (spoken, dated) = (language(&signing.language), date(&signing.date)?);
    let (now, key, by) = (Arc::clone(&visitor.now), report.clone(), visitor.actor().to_owned());
    let work = move |app: &App| {
        let stale = || {
            Fault::Conflict(Text::new(
                "打开页面之后城市包已更换，请重新打开签发页查看全文",
                "the definitions changed since the page was opened; open it again and look at the text",
            ))
        };
        let snapshot =
            pinned(&signing).filter(|one| one.pack == now.pack.short_digest()).ok_or_else(stale)?;
        let here = present(&now)?;
        if snapshot.known_at > here.known_at || snapshot.lake > here.lake {
            return Err(Fault::Bad(Text::new(
                "账本没有这么多入账",
                "the book does not have so many entries",
            )));
        }
        let source = text_of(&now, &key, signing.version)?;
        let synthetic = now.city.settings.synthetic_seed.is_some();
        let edition = Edition { snapshot, language: spoken, date: dated, synthetic, trace_prefix: None };
        let units = Units::of(&app.book, snapshot.known_at)?;
        let written = reporting::write(&now.engine, units, &source, &edition)?;
        let taking = Taking {
            report: &key,
            version: signing.version,
            by: &by,
            at: Timestamp::now(),
            snapshot,
            note: "",
            key: &signing.key,
        };
        desk(&now).sign(&taking, (spoken, dated, synthetic), &files(&written.document)).map_err(desk_fault)
    };
    let step = visitor.app.heavy_work(work).await?;
    let (version, address) = (step.version, format!("/reports/{report}/signed/{}", step.number));
    Ok(visitor.lead_to(&address, &text!("已签发第 {version} 稿", "Version {version} is signed")))
}

/// The snapshot that the form names.
fn pinned(signing: &Signing) -> Option<Snapshot> {
    let lake = match signing.lake.as_str() {
        "" => None,
        number => Some(number.parse().ok()?),
    };
    let pack = u32::from_str_radix(&signing.pack, 16).ok().filter(|_| signing.pack.len() == 8)?.to_be_bytes();
    Some(Snapshot { known_at: signing.known_at, lake, pack })
}
