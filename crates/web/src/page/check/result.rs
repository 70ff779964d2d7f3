//! What was found: the text with marks, and beside it each claim with its verdict, its figure and its reason.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::check::{Judged, Verdict};
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use city::checking::{ORDER, Outcome, Piece, Subject, computed_parts, page as portable_page, verdict_text};
use city::{CityWords, checking};
use message::{Language, Text, text};
use report::Vocabulary;
use serde::Deserialize;

use super::kept::{self, Checked};
use super::parts::{Part, parts};
use crate::fault::{Answer, Fault};
use crate::ui::*;
use crate::visitor::Visitor;

/// What of the result is shown.
#[derive(Deserialize)]
pub struct Shown {
    /// Only this verdict, or `inconsistent`.
    only: Option<String>,
    /// Which part of a long text, counted from 1.
    part: Option<usize>,
}

/// `GET /check/{id}`.
pub async fn show(visitor: Visitor, Path(id): Path<String>, Query(shown): Query<Shown>) -> Answer {
    let checked = kept::find(&visitor, &id)?;
    let l = visitor.language;
    let outcome = &checked.outcome;
    let only = shown
        .only
        .as_deref()
        .filter(|only| *only == INCONSISTENT || ORDER.iter().any(|verdict| verdict.key() == *only));
    let address = format!("/check/{id}");
    let parts = parts(outcome.pieces());
    let words = CityWords::of(&visitor.now.pack);
    let mut view =
        Result { visitor: &visitor, outcome, words, address: &address, only, parts: &parts, at: 0 };
    view.at = match shown.part {
        Some(part) => part.clamp(1, parts.len()) - 1,
        None => (0..parts.len()).find(|part| view.shown_in(*part) > 0).unwrap_or(0),
    };
    let state = match outcome.wrong() {
        true => Badge::new(l, Tone::Bad, Icon::Cross, w("有不符之处", "Something is wrong")),
        false => Badge::new(l, Tone::Good, Icon::Tick, w("未发现不符", "Nothing found wrong")),
    };
    let (seconds, known_at) = (checked.took.as_secs_f64(), checked.known_at);
    let known = grouped(known_at);
    let how = text!(
        "用时 {seconds:.1} 秒；账本计至第 {known} 条入账",
        "took {seconds:.1} s; knowing the first {known} entries of the book"
    );
    let page = Page::new(Section::Check, Text::same(checked.name.clone()))
        .lead(checking::summary(outcome))
        .state(state)
        .action(downloads(l, &checked, &address))
        .wide()
        .script("check.js")
        .style("check.css");
    let body = html! {
        (view.filters())
        div.check-walk data-check-walk {
            (Button::secondary(l, w("上一处", "Previous")).icon(Icon::Previous).named("step", "-1").key("P").small())
            (Button::secondary(l, w("下一处", "Next")).icon(Icon::Next).named("step", "1").key("N").small())
            (keys(&["P"])) " " (keys(&["N"]))
            span.muted role="status" data-check-place {}
        }
        div.check-result {
            article.check-text lang="zh" { (view.article()) }
            section.check-claims aria-label=(l.t("数据表述", "Claims")) { (view.claims()) }
        }
        (view.pager())
        p.small-print { (l.say(&how)) }
        form method="post" action={ (address) "/forget" } {
            (visitor.frame().csrf_field())
            (Button::quiet(l, w("从内存中删除这份文件", "Forget this document")).icon(Icon::Cross))
        }
    };
    Ok(visitor.page(page, body))
}

fn downloads(l: Language, checked: &Checked, address: &str) -> Markup {
    html! {
        @if checked.docx.is_some() {
            (Button::primary(l, w("下载带批注的 DOCX", "Download with comments")).icon(Icon::Download).download(format!("{address}/commented.docx")))
        }
        (Button::secondary(l, w("下载 HTML", "Download HTML")).icon(Icon::Download).download(format!("{address}/check.html")))
        (Button::secondary(l, w("下载 JSON", "Download JSON")).icon(Icon::Download).download(format!("{address}/check.json")))
    }
}

/// The document with comments, as a DOCX.
pub async fn commented(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let checked = kept::find(&visitor, &id)?;
    let l = visitor.language;
    let work = {
        let checked = Arc::clone(&checked);
        move |_: &crate::app::App| {
            let docx = checked.docx.as_deref().ok_or(Fault::NotFound)?;
            Ok(checking::commented(&checked.name, docx, &checked.outcome, l)?)
        }
    };
    let bytes = visitor.app.work(work).await?;
    Ok(file(bytes, DOCX, &checked.name, "docx"))
}

/// The contract of `qingyuan check --format json`.
pub async fn json(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let checked = kept::find(&visitor, &id)?;
    let json = checked.outcome.json(visitor.language, Some(&checked.name)).to_string();
    Ok(file(json.into_bytes(), "application/json", &checked.name, "json"))
}

/// One HTML file that needs nothing else.
pub async fn portable(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let checked = kept::find(&visitor, &id)?;
    let html = portable_page(&checked.outcome, &checked.name, Some(&visitor.now.city), visitor.language);
    Ok(file(html.into_bytes(), "text/html; charset=utf-8", &checked.name, "html"))
}

/// `POST /check/{id}/forget`.
pub async fn forget(visitor: Visitor, Path(id): Path<String>) -> Answer {
    kept::forget(&visitor, &id)?;
    Ok(visitor.lead_to("/check", &Text::new("已从内存中删除", "Forgotten")))
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const INCONSISTENT: &str = "inconsistent";

/// An attachment called like the document, with `.check`.
fn file(bytes: Vec<u8>, kind: &'static str, name: &str, extension: &str) -> Response {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, crate::page::reports::attachment(&format!("{stem}.check.{extension}"))),
    ];
    (headers, bytes).into_response()
}

struct Result<'a> {
    visitor: &'a Visitor,
    outcome: &'a Outcome,
    words: CityWords<'a>,
    address: &'a str,
    only: Option<&'a str>,
    parts: &'a [Part],
    /// The part that is shown.
    at: usize,
}

impl Result<'_> {
    /// The key by which a subject is filtered.
    fn key(&self, subject: Subject) -> Option<&'static str> {
        match subject {
            Subject::Claim(index) => self.outcome.claims().get(index).map(|one| one.verdict.key()),
            Subject::Inconsistency { .. } => Some(INCONSISTENT),
        }
    }

    /// How many places of a part the filter lets through.
    fn shown_in(&self, part: usize) -> usize {
        let subjects = self.parts[part].subjects.iter();
        subjects.filter_map(|subject| self.key(*subject)).filter(|key| self.is_shown(key)).count()
    }

    fn part_address(&self, part: usize) -> String {
        let only = self.only.map(|only| format!("&only={only}")).unwrap_or_default();
        format!("{}?part={}{only}", self.address, part + 1)
    }

    /// From part to part of a long text; with a filter, to those that have something to show.
    fn pager(&self) -> Markup {
        if self.parts.len() == 1 {
            return html! {};
        }
        let to = |part: &usize| self.only.is_none() || self.shown_in(*part) > 0;
        let (part, of, here) = (self.at + 1, self.parts.len(), self.shown_in(self.at));
        let shown = text!(
            "第 {part} 部分，共 {of} 部分；本部分 {here} 处",
            "part {part} of {of}; {here} places in this part"
        );
        Pager::saying(shown)
            .previous((0..self.at).rev().find(to).map(|part| self.part_address(part)))
            .next((part..of).find(to).map(|part| self.part_address(part)))
            .render(self.visitor.language)
    }

    /// Where a place of the text is: on this page, or in another part.
    fn place(&self, subject: Subject, id: &str) -> String {
        match self.parts.iter().position(|part| part.subjects.contains(&subject)) {
            Some(part) if part != self.at => format!("{}#{id}", self.part_address(part)),
            _ => format!("#{id}"),
        }
    }

    fn filters(&self) -> Markup {
        let (l, address) = (self.visitor.language, self.address);
        let outcome = self.outcome;
        let all = outcome.claims().len() + outcome.inconsistencies.len();
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let mut tabs = Tabs::new(l, w("按结论筛选", "By verdict"))
            .tab(l, w("全部", "All"), address, self.only.is_none())
            .count(count(all));
        if !outcome.inconsistencies.is_empty() {
            let current = self.only == Some(INCONSISTENT);
            tabs = tabs
                .tab(l, w("文内不一致", "Inconsistent"), format!("{address}?only={INCONSISTENT}"), current)
                .count(count(outcome.inconsistencies.len()));
        }
        for verdict in ORDER.into_iter().filter(|verdict| outcome.count(*verdict) > 0) {
            let (key, current) = (verdict.key(), self.only == Some(verdict.key()));
            tabs = tabs
                .tab(l, capital(verdict_text(verdict)), format!("{address}?only={key}"), current)
                .count(count(outcome.count(verdict)));
        }
        tabs.render()
    }

    fn is_shown(&self, key: &str) -> bool {
        self.only.is_none_or(|only| only == key)
    }

    /// The text in paragraphs, each judged place a link to what is said of it.
    fn article(&self) -> Markup {
        html! {
            @for paragraph in &self.parts[self.at].paragraphs {
                p {
                    @for piece in paragraph {
                        @match piece.subject {
                            Some(subject) => (self.mark(piece, subject)),
                            None => (cells(&piece.text)),
                        }
                    }
                }
            }
        }
    }

    fn mark(&self, piece: &Piece, subject: Subject) -> Markup {
        let (class, id, to, words) = match subject {
            Subject::Claim(index) => {
                let Some(one) = self.outcome.claims().get(index) else { return html! {} };
                let words = self.visitor.say(&verdict_text(one.verdict));
                (one.verdict.key(), format!("q{index}"), format!("#c{index}"), words)
            }
            Subject::Inconsistency { index, place } => {
                let words = self.visitor.language.t("文内不一致", "inconsistent").to_owned();
                (INCONSISTENT, format!("i{index}-{place}"), format!("#i{index}"), words)
            }
        };
        let off = !self.is_shown(class);
        html! {
            @if piece.text.is_empty() {
                a id=(id) {}
            } @else {
                a.mark.(class).off[off] id=(id) href=(to) data-mark[!off] {
                    (piece.text) span.unseen { "（" (words) "）" }
                }
            }
        }
    }

    fn claims(&self) -> Markup {
        let l = self.visitor.language;
        let here = &self.parts[self.at].subjects;
        let claim = |subject: &Subject| match *subject {
            Subject::Claim(index) => self.outcome.claims().get(index).map(|one| (index, one)),
            Subject::Inconsistency { .. } => None,
        };
        let claims = ORDER.iter().filter(|verdict| self.is_shown(verdict.key())).flat_map(|verdict| {
            here.iter().filter_map(claim).filter(move |(_, one)| one.verdict == *verdict)
        });
        // A contradiction inside the text has several places; it is told wherever one of them is.
        let contradictions: BTreeSet<usize> = here
            .iter()
            .filter_map(|subject| match subject {
                Subject::Inconsistency { index, .. } => Some(*index),
                Subject::Claim(_) => None,
            })
            .collect();
        html! {
            ol.claims {
                @if self.is_shown(INCONSISTENT) {
                    @for (index, one) in contradictions.iter().map(|index| (index, &self.outcome.inconsistencies[*index])) {
                        li.claim id={ "i" (index) } tabindex="-1" {
                            p.claim-head {
                                (Badge::new(l, Tone::Bad, Icon::Warning, w("文内不一致", "Inconsistent")))
                                " " a href=(self.place(Subject::Inconsistency { index: *index, place: 0 }, &format!("i{index}-0"))) { (one.found) }
                                " " span.muted { (l.t("应为", "should be")) } " " span.number { (one.expected) }
                            }
                            p { (l.say(&one.explanation)) }
                        }
                    }
                }
                @for (index, one) in claims { (self.claim(index, one)) }
            }
            @if self.outcome.claims().is_empty() && self.outcome.inconsistencies.is_empty() {
                p.muted { (l.t("文中没有可以核对的数据表述。", "There is nothing in the text that could be checked.")) }
            }
        }
    }

    fn claim(&self, index: usize, one: &Judged) -> Markup {
        let l = self.visitor.language;
        html! {
            li.claim id={ "c" (index) } tabindex="-1" {
                p.claim-head {
                    (badge(l, one.verdict))
                    " " a href={ "#q" (index) } { (one.stated) }
                    @if let Some(door) = self.door(one) { " " span.muted { (l.t("账本", "book")) } " " (door) }
                }
                @if let Some(key) = &one.indicator {
                    p.muted {
                        a href={ "/figures/" (key) } { (self.label(key)) }
                        @if let Some(period) = one.period { " · " (period.to_string()) }
                    }
                }
                @if !one.candidates.is_empty() {
                    p.muted {
                        (l.t("可能是：", "It may be: "))
                        @for (place, key) in one.candidates.iter().enumerate() {
                            @if place > 0 { (l.t("、", ", ")) }
                            a href={ "/figures/" (key) } { (self.label(key)) }
                        }
                    }
                }
                @if !self.door_says_all(one) { p { (l.say(&one.reason)) } }
            }
        }
    }

    /// Whether the reason only repeats what stands beside the verdict.
    fn door_says_all(&self, one: &Judged) -> bool {
        let said = one.computed.as_ref().map(|computed| format!("the book has {computed}"));
        one.verdict == Verdict::Supported
            && one.figure.is_some()
            && said.as_deref() == Some(&one.reason.english)
    }

    /// What the book says, as a door to where it comes from.
    fn door(&self, one: &Judged) -> Option<FigureLink> {
        let (number, unit) = computed_parts(one)?;
        let id = one.figure.as_ref()?;
        Some(FigureLink::new(self.visitor.language, number, Text::same(unit), format!("/f/{id}")))
    }

    fn label(&self, key: &str) -> String {
        let known = self.words.indicator(key);
        known.map_or_else(|| key.to_owned(), |known| self.visitor.language.say(&known.label).into_owned())
    }
}

/// The cells of a table's row stand apart.
fn cells(line: &str) -> Markup {
    html! {
        @for (place, cell) in line.split('\t').enumerate() { @if place > 0 { span.check-cell {} } (cell) }
    }
}

fn badge(l: Language, verdict: Verdict) -> Badge {
    let (tone, icon) = match verdict {
        Verdict::Supported => (Tone::Good, Icon::Tick),
        Verdict::Contradicted => (Tone::Bad, Icon::Cross),
        Verdict::Outdated => (Tone::Warn, Icon::History),
        Verdict::Ambiguous => (Tone::Warn, Icon::Info),
        Verdict::Unsupported => (Tone::Neutral, Icon::Dash),
    };
    Badge::new(l, tone, icon, capital(verdict_text(verdict)))
}

/// The English word as it stands at the beginning of a label.
fn capital(words: Text) -> Text {
    let mut letters = words.english.chars();
    let english = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
    Text::new(words.simplified, english.unwrap_or_default())
}
