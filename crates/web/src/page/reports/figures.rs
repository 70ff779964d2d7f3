//! Figures to insert: found by name, each with its value and the calls that print it.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::{Path, Query};
use axum::response::IntoResponse;
use city::wording::shown;
use figure::{Figure, Period};
use figures::Request;
use message::{Language, Text, text};
use pack::{Indicator, MeasureOver, Pack};
use serde::{Deserialize, Serialize};

use super::render::{open, title_of};
use super::require;
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;
use crate::when;

/// How many are listed.
const MOST: usize = 40;
/// How many are suggested.
const FEW: usize = 8;

/// What is looked for.
#[derive(Deserialize)]
pub struct Looked {
    #[serde(default)]
    q: String,
}

/// A suggestion, as `app.js` reads it, with the call that it stands for.
#[derive(Serialize)]
struct Suggestion {
    value: &'static str,
    label: String,
    note: String,
    call: String,
}

/// An indicator and its value.
struct Found {
    key: String,
    figure: Option<Figure>,
}

/// `GET /reports/{key}/figures/suggest`.
pub async fn suggest(visitor: Visitor, Path(report): Path<String>, Query(looked): Query<Looked>) -> Answer {
    require(&visitor, Action::WriteReport)?;
    let found = find(&visitor, &report, &looked.q, FEW).await?;
    let l = visitor.language;
    let suggestions: Vec<Suggestion> = found
        .iter()
        .filter_map(|one| {
            let indicator = visitor.now.pack.indicator(&one.key)?;
            let value = one
                .figure
                .as_ref()
                .and_then(shown)
                .map(|value| measured(value, &visitor.now.pack.unit(&indicator.unit).in_language(l)));
            Some(Suggestion {
                value: "",
                label: l.say(&indicator.label).into_owned(),
                note: value.unwrap_or_else(|| one.key.clone()),
                call: call(&one.key),
            })
        })
        .collect();
    Ok(Json(suggestions).into_response())
}

/// `GET /reports/{key}/figures`.
pub async fn search(visitor: Visitor, Path(report): Path<String>, Query(looked): Query<Looked>) -> Answer {
    require(&visitor, Action::WriteReport)?;
    let found = find(&visitor, &report, &looked.q, MOST).await?;
    let l = visitor.language;
    let address = format!("/reports/{report}/figures");
    let bar = FilterBar::new(address.clone())
        .field(Field::search(l, "q", w("名称", "Name")).value(looked.q.clone()).inline())
        .render(l);
    let pack = &visitor.now.pack;
    let body = html! {
        (bar)
        @if found.is_empty() {
            (empty(l, w("没有找到指标", "No indicator fits"), w("换一个说法，或清空后浏览全部", "Try another word, or none to see them all"), None))
        }
        @for one in &found {
            @if let Some(indicator) = pack.indicator(&one.key) { (entry(l, (indicator, &pack.unit(&indicator.unit)), one.figure.as_ref())) }
        }
        @if found.len() == MOST {
            p.muted { (l.say(&text!("只列出前 {MOST} 个，请再写几个字", "The first {MOST} are listed: type a little more"))) }
        }
    };
    let title = title_of(&open(&visitor.now, &report)?.source).unwrap_or_else(|| report.clone());
    let page = Page::new(Section::Reports, w("指标及写法", "Indicators, and how to write them"))
        .crumb(Text::same(title), format!("/reports/{report}"))
        .crumb(w("编辑文稿", "Edit the text"), format!("/reports/{report}/edit"))
        .style("report.css");
    Ok(visitor.page(page, body))
}

fn entry(l: Language, (indicator, unit): (&Indicator, &Text), figure: Option<&Figure>) -> Markup {
    let key = &indicator.key;
    let mut calls = vec![(w("数值", "The number"), call(key))];
    if let Some(dimension) = indicator.dimensions.first() {
        calls.push((
            w("分项表", "A table by part"),
            format!("{{{{ table(\"{key}\", by=\"{dimension}\") }}}}"),
        ));
    }
    if let Some(figure) = figure {
        let last = figure.id.as_of.year();
        let first = last - 4;
        calls.push((
            w("历年图", "A chart over years"),
            format!("{{{{ chart(\"{key}\", periods=\"{first}..{last}\", kind=\"line\") }}}}"),
        ));
        if indicator.measure == MeasureOver::Stock {
            calls.push((
                w("某日的数值", "The number on a day"),
                format!("{{{{ fig(\"{key}\", at=\"{}\") }}}}", figure.id.as_of),
            ));
        }
    }
    html! {
        section.report-figure {
            h2 { a href={ "/figures/" (key) } { (l.say(&indicator.label)) } " " code.muted { (key) } }
            @if let Some(figure) = figure {
                p {
                    @match shown(figure) {
                        Some(value) => (FigureLink::new(l, value, unit, format!("/f/{}", figure.id)).date(figure.id.period.to_string())),
                        None => (FigureLink::missing(l, w("无数据", "no data"), format!("/f/{}", figure.id))),
                    }
                }
            }
            @for (words, call) in &calls { p.muted { (l.say(words)) } (code_block(l, *words, call)) }
        }
    }
}

/// The call that prints an indicator's figure.
fn call(key: &str) -> String {
    format!("{{{{ fig(\"{key}\") }}}}")
}

/// The indicators that fit, with their values for the report's year.
async fn find(visitor: &Visitor, report: &str, words: &str, most: usize) -> Result<Vec<Found>, Fault> {
    let (now, report, words) = (Arc::clone(&visitor.now), report.to_owned(), words.to_owned());
    let work = move |app: &crate::app::App| {
        let opened = open(&now, &report)?;
        let keys = fitting(&now.pack, &words, most);
        let front = report::compile(&opened.source).0.and_then(|template| template.front().period);
        let period = front.map_or_else(|| when::year_spoken_of(app).map(Period::Year), Ok)?;
        let requests: Vec<Request> = keys.iter().map(|key| Request::new(key.clone(), period)).collect();
        let figures = now.engine.evaluate_each(&requests);
        let found = keys.into_iter().zip(figures);
        Ok(found
            .map(|(key, figures)| Found { key, figure: figures.ok().and_then(|all| all.into_iter().next()) })
            .collect())
    };
    visitor.app.work(work).await
}

/// Every word of the query is part of the name, the key or the unit; names that begin so come first.
fn fitting(pack: &Pack, query: &str, most: usize) -> Vec<String> {
    let query: String = query.chars().take(200).map(message::simplified).collect();
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(bool, &str)> = pack
        .indicators
        .iter()
        .filter_map(|one| {
            let name = format!("{} {} {} {}", one.label.simplified, one.label.english, one.key, one.unit)
                .to_lowercase();
            let begins =
                words.first().is_some_and(|word| one.label.simplified.to_lowercase().starts_with(word));
            words.iter().all(|word| name.contains(word)).then_some((!begins, one.key.as_str()))
        })
        .collect();
    found.sort();
    found.into_iter().take(most).map(|(_, key)| key.to_owned()).collect()
}
