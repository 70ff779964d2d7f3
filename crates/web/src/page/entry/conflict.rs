//! Somebody else was faster: what was seen, what was typed, and what stands now, field by field; the person chooses.
//!
//! Where only one of the two has changed a field, their value is chosen beforehand; where both have, nothing is.

use std::collections::BTreeMap;

use access::Action;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use intake::Version;
use maud::{Markup, html};
use message::Text;
use pack::FieldKind;

use super::amend;
use super::desk::{Held, actor_name, ended_words, label_of, new_key, said, with_status};
use super::typed::{Typed, person_name, person_phone};
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::ui::{Button, Facts, Form, Notice, Page, Section, Speak, w};
use crate::visitor::Visitor;

/// A change and what it collides with.
pub(super) struct Conflicting<'c> {
    pub(super) held: &'c Held<'c>,
    /// The version that the change is based on.
    pub(super) seen: &'c Version,
    pub(super) typed: &'c Typed,
}

/// A field that somebody has changed since.
struct Line {
    key: String,
    label: String,
    seen: String,
    mine: String,
    theirs: String,
}

impl Conflicting<'_> {
    /// The fields that differ between what was typed and what stands now.
    fn lines(&self, visitor: &Visitor) -> Result<Vec<Line>, Fault> {
        let l = visitor.language;
        let (seen, now) =
            (self.held.typed(visitor, self.seen)?, self.held.typed(visitor, &self.held.version)?);
        let fields = self.held.register.fields.iter().filter(|field| field.kind != FieldKind::Person);
        let keys = std::iter::once("@owner").chain(fields.map(|field| field.key.as_str()));
        let mut lines = Vec::new();
        for key in keys {
            let (seen, mut mine, theirs) = (seen.get(key), self.typed.get(key), now.get(key));
            if key == "@owner" && mine.is_empty() {
                mine = seen;
            }
            if mine != theirs {
                lines.push(Line {
                    key: key.to_owned(),
                    label: label_of(l, self.held.register, key),
                    seen: self.shown(visitor, key, seen)?,
                    mine: self.shown(visitor, key, mine)?,
                    theirs: self.shown(visitor, key, theirs)?,
                });
            }
        }
        Ok(lines)
    }

    /// What stands in a form's field as people read it: keys of options become their labels.
    fn shown(&self, visitor: &Visitor, key: &str, text: &str) -> Result<String, Fault> {
        let Some(field) = self.held.register.field(key).filter(|_| !text.is_empty()) else {
            return Ok(text.to_owned());
        };
        let value = match (&field.kind, text) {
            (FieldKind::Choice { .. } | FieldKind::Geometry { .. }, text) => {
                ledger::Value::Text(text.to_owned())
            }
            (FieldKind::YesNo, "true") => ledger::Value::Flag(true),
            (FieldKind::YesNo, "false") => ledger::Value::Flag(false),
            _ => return Ok(text.to_owned()),
        };
        Ok(said(visitor, field, Some(&value))?.unwrap_or_default())
    }

    pub(super) fn page(&self, visitor: &Visitor) -> Result<Response, Fault> {
        let l = visitor.language;
        let (held, typed) = (self.held, self.typed);
        let lines = self.lines(visitor)?;
        let address = format!("/records/{}", held.record);
        let mut form = Form::new(format!("{address}/settle"))
            .key(new_key()?)
            .hidden("@base", held.version.number.to_string())
            .hidden("@mine", self.seen.number.to_string());
        for name in typed
            .names()
            .filter(|name| !matches!(*name, "csrf" | "key" | "@base" | "@mine" | "@seen" | "@stay"))
        {
            for value in typed.all(name).iter().filter(|_| !name.starts_with("take.")) {
                form = form.hidden(name, value);
            }
        }
        let people = self.people();
        let since: Vec<_> = held.history.iter().filter(|entry| entry.number > self.seen.number).collect();
        let body = html! {
            (Notice::warn(l, w("您填写期间，这条记录已被他人更改，您的内容还没有保存", "Somebody else changed this record while you were writing; nothing of yours is saved yet"))
                .announced()
                .body(html! {
                    ul { @for entry in &since {
                        li {
                            (entry.recorded.to_zoned(crate::when::calendar()).strftime("%Y-%m-%d %H:%M").to_string()) " "
                            (actor_name(&visitor.app, &entry.actor)) " " (kind_words(l, entry.kind))
                            @if let Some(note) = &entry.note { "：" (note) }
                        }
                    } }
                }))
            (form.render(&visitor.frame(), html! {
                @if lines.is_empty() {
                    p { (l.t("您的内容与现在的记录一致，无需选择。", "What you wrote is what the record says now; there is nothing to choose.")) }
                } @else {
                    (choices(l, &lines))
                }
                @if !people.is_empty() {
                    p.muted { (l.t("您填写的人员信息将一并保存：", "The persons that you stated will be saved as well: ")) (people.join("、")) }
                }
                div.actions {
                    (Button::primary(l, w("按所选保存", "Save what is chosen")).key("Ctrl+S"))
                    (Button::quiet(l, w("放弃我的更改", "Give my change up")).to(&address))
                }
            }))
        };
        let called = held.called(visitor)?;
        let page = Page::new(Section::Registers, message::text!("有冲突：{called}", "Conflict: {called}"))
            .crumb(held.register.label.clone(), format!("/registers/{}", held.register.key))
            .crumb(Text::same(called), &address)
            .style("entry.css");
        Ok(visitor.page(page, body))
    }

    /// The record was withdrawn meanwhile: why nothing was saved, what it was, and the way back. There is no form in this
    /// page, so a script leaves the one that stands, with all that was typed into it.
    pub(super) fn ended(&self, visitor: &Visitor) -> Result<Response, Fault> {
        let l = visitor.language;
        let held = self.held;
        let withdrawal = held.history.iter().rfind(|entry| entry.kind == ledger::Kind::Withdraw);
        let why = match withdrawal {
            Some(entry) => {
                let who = actor_name(&visitor.app, &entry.actor);
                let day = crate::ui::date_in_words(l, crate::when::day_of(entry.recorded));
                message::text!(
                    "{who}已于{day}撤回这条记录，不能再更改；您填写的内容没有保存",
                    "{who} withdrew this record on {day} and nothing of it can be changed; what you wrote is not saved"
                )
            }
            None => ended_words(),
        };
        let mut wrote = Facts::new();
        for name in ["@effective", "@note"] {
            let text = self.typed.get(name);
            if !text.is_empty() {
                wrote = wrote.fact(l, Text::same(label_of(l, held.register, name)), html! { (text) });
            }
        }
        let stated = |line: &Line| !self.typed.get(&line.key).is_empty();
        for line in self.lines(visitor)?.iter().filter(|line| stated(line)) {
            wrote = wrote.fact(l, Text::same(&line.label), html! { (line.mine) });
        }
        let address = format!("/records/{}", held.record);
        let body = html! {
            p { (l.say(&why)) }
            h2 { (l.t("您填写的内容", "What you wrote")) }
            (wrote)
            div.actions { (Button::primary(l, w("返回记录", "Back to the record")).to(&address)) }
        };
        let called = held.called(visitor)?;
        let page = Page::new(Section::Registers, w("没有保存", "Not saved"))
            .crumb(held.register.label.clone(), format!("/registers/{}", held.register.key))
            .crumb(Text::same(called), &address);
        Ok(with_status(visitor.page(page, body), StatusCode::CONFLICT))
    }

    fn people(&self) -> Vec<String> {
        let stated = |field: &&pack::Field| {
            field.kind == FieldKind::Person
                && (!self.typed.get(&person_name(&field.key)).is_empty()
                    || !self.typed.get(&person_phone(&field.key)).is_empty())
        };
        let fields = self.held.register.fields.iter().filter(stated);
        fields.map(|field| field.label.simplified.clone()).collect()
    }
}

fn kind_words(l: message::Language, kind: ledger::Kind) -> &'static str {
    use ledger::Kind::{Advance, Amend, Create, Return, Verify, Withdraw};
    match kind {
        Create => l.t("录入", "entered it"),
        Amend => l.t("更改", "amended it"),
        Advance => l.t("变更状态", "moved it to another state"),
        Verify => l.t("核验", "verified it"),
        Return => l.t("退回", "sent it back"),
        Withdraw => l.t("撤回", "withdrew it"),
    }
}

fn choices(l: message::Language, lines: &[Line]) -> Markup {
    let empty = l.t("（空）", "(empty)");
    let words = |text: &str| if text.is_empty() { empty.to_owned() } else { text.to_owned() };
    let side = |line: &Line, side: &str, text: &str, chosen: bool| {
        html! {
            label.option {
                input type="radio" name={ "take." (line.key) } value=(side) required checked[chosen]
                    aria-label={ (line.label) "：" (words(text)) };
                span { (words(text)) }
            }
        }
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(l.t("差异", "Differences")) {
            table.diff.conflict {
                caption.unseen { (l.t("差异", "Differences")) }
                thead { tr {
                    th scope="col" { (l.t("字段", "Field")) }
                    th scope="col" { (l.t("您打开时", "When you opened it")) }
                    th scope="col" { (l.t("您填写的", "Yours")) }
                    th scope="col" { (l.t("现在的", "Now")) }
                } }
                tbody {
                    @for line in lines {
                        tr.changed {
                            th scope="row" { (line.label) }
                            td.muted { (words(&line.seen)) }
                            td { (side(line, "mine", &line.mine, line.theirs == line.seen)) }
                            td { (side(line, "theirs", &line.theirs, line.mine == line.seen)) }
                        }
                    }
                }
            }
        }
    }
}

/// Saves what was chosen, as a change of the version that stands now.
pub(super) async fn settle(visitor: Visitor, Path(id): Path<u64>, body: Bytes) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let held = Held::find(app, &asking, id, Action::Amend)?;
        let mut typed = Typed::from_form(&body);
        let base = amend::base_of(&typed)?;
        let seen = Version::after(&held.history, Some(base)).ok_or(Fault::NotFound)?;
        let now = held.typed(&asking, &seen)?;
        let keys: Vec<String> = std::iter::once("@owner".to_owned())
            .chain(held.register.fields.iter().map(|field| field.key.clone()))
            .collect();
        for key in keys {
            // What was not chosen otherwise stays as it is now.
            if typed.get(&format!("take.{key}")) != "mine" {
                typed.set(key.as_str(), now.get(&key));
            }
        }
        amend::enter(app, &asking, &held, typed, BTreeMap::new())
    };
    visitor.app.work(work).await
}
