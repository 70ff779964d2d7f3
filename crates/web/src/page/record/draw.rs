//! The page of a record.

use axum::response::Response;
use ledger::Kind;
use maud::{Markup, html};
use message::{Language, Text, text};
use shelf::{Status, Value};

use super::evidence;
use super::history::{Happened, clock, kind_words};
use super::look::View;
use crate::page::registers::value;
use crate::ui::*;
use crate::visitor::Visitor;

pub fn draw(visitor: &Visitor, view: &View) -> Response {
    let l = visitor.language;
    let View { register, row, .. } = view;
    let id = row.record;
    let mut page = Page::new(Section::Registers, Text::same(&view.name))
        .crumb(register.label.clone(), format!("/registers/{}", register.key))
        .style("registers.css")
        .wide();
    page = page.state(html! {
        (Badge::state(l, Text::same(value::state_words(l, register, &row.state)))) " " (value::status(l, row))
    });
    for action in actions(l, view) {
        page = page.action(action);
    }
    let shape = register.fields.iter().zip(&row.values).find_map(|(field, value)| match value {
        Value::Geometry(shape) => Some((field, shape)),
        _ => None,
    });
    if shape.is_some() {
        page = page.script("map.js").style("map.css");
    }
    let body = html! {
        (waiting(l, view))
        div.beside {
            div {
                section aria-labelledby="fields" {
                    h2 #fields { (l.t("内容", "Content")) }
                    (fields(l, &visitor.now.pack, view))
                }
                section aria-labelledby="history" {
                    h2 #history { (l.t("经过", "History")) }
                    (past(l, view))
                }
            }
            aside {
                @if let Some((field, shape)) = shape {
                    (MapShow::new(l, shape, &field.label))
                    p.muted { (l.say(&field.label)) (l.t("：", ": ")) (value::text(l, field, &Value::Geometry(std::sync::Arc::clone(shape)))) }
                }
                (life(l, view))
                h2 { (l.t("登记信息", "Registration")) }
                (facts(l, view))
                h2 { (l.t("存证", "Proof")) }
                p { (l.t("本记录的全部入账及其在签名账册中的位置，任何人可离线验证。",
                    "All entries of this record and their places in the signed book; anybody can verify it offline.")) }
                p { (Button::secondary(l, w("下载存证", "Download the proof")).icon(Icon::Link).download(format!("/records/{id}/proof")).small()) }
            }
        }
    };
    visitor.page(page, body)
}

fn actions(l: Language, view: &View) -> Vec<Button> {
    let id = view.row.record;
    let mut actions = Vec::new();
    if view.may_verify {
        let verify = Button::primary(l, w("核验", "Verify")).icon(Icon::Tick);
        actions.push(verify.to(format!("/records/{id}/verify")));
    }
    if view.may_amend {
        let amend = if view.may_verify {
            Button::secondary(l, w("修改", "Amend"))
        } else {
            Button::primary(l, w("修改", "Amend"))
        };
        actions.push(amend.icon(Icon::Edit).to(format!("/records/{id}/amend")));
    }
    for state in &view.next {
        let label = l.say(&state.label);
        let words = text!("变更为“{label}”", "Change to “{label}”");
        actions.push(
            Button::secondary(l, words).icon(Icon::Next).to(format!("/records/{id}/advance/{}", state.key)),
        );
    }
    if view.may_withdraw {
        actions.push(Button::quiet(l, w("撤回", "Withdraw")).to(format!("/records/{id}/withdraw")));
    }
    actions
}

/// What waits, said on top: a reader must not take it for what counts.
fn waiting(l: Language, view: &View) -> Markup {
    let row = &view.row;
    let who = row.authors.join(l.t("、", ", "));
    let returned =
        view.history.iter().rev().find(|one| one.kind == Kind::Return).and_then(|one| one.note.clone());
    html! {
        @match row.status {
            Status::Pending if row.withdrawn => (Notice::warn(l, w("撤回待核验，核验前仍计入。", "The withdrawal awaits verification; until then the record counts."))),
            Status::Pending => (Notice::warn(l, text!("{who} 录入的内容待核验，核验前不计入指标。", "What {who} entered awaits verification and does not count yet."))),
            Status::Returned => {
                (Notice::bad(l, w("已退回，请修改后重新提交。", "Returned: amend it and submit it again."))
                    .body(html! { @if let Some(reason) = &returned { p { (reason) } } }))
            },
            Status::Entered | Status::Verified => {},
        }
    }
}

fn fields(l: Language, pack: &pack::Pack, view: &View) -> Facts {
    let mut facts = Facts::new().in_two();
    for (field, value) in view.register.fields.iter().zip(&view.row.values) {
        let shown = match value {
            Value::Geometry(_) => continue,
            Value::Person(pseudonym) => html! {
                @match view.persons.get(pseudonym) {
                    Some(person) => { (person) " " },
                    None => {},
                }
                span.muted { (pseudonym) }
            },
            _ => html! {
                (value::cell(l, field, value))
                @if let (Some(unit), false) = (value::unit(pack, l, field), *value == Value::Empty) { " " span.muted { (l.say(&unit)) } }
            },
        };
        let shown = if *value == Value::Empty {
            html! {}
        } else {
            shown
        };
        facts = facts.fact(l, &field.label, shown);
    }
    facts
}

/// The states of the register, and when this record came to each.
fn life(l: Language, view: &View) -> Markup {
    let register = &view.register;
    if register.states.len() < 2 {
        return html! {};
    }
    let reached = |key: &str| {
        let words = value::state_words(l, register, key);
        view.history.iter().rev().find_map(|one| {
            let came = one
                .changes
                .iter()
                .any(|change| change.field == "@state" && change.new.as_ref() == Some(&words));
            let begins = one.kind == Kind::Create && register.initial_state().key == key;
            (came || begins).then_some(one.effective)
        })
    };
    html! {
        h2 { (l.t("生命周期", "Life cycle")) }
        ol.life {
            @for state in &register.states {
                @let day = reached(&state.key);
                li.reached[day.is_some()] aria-current=[(view.row.state == state.key).then_some("step")] {
                    span { (l.say(&state.label)) }
                    @match day {
                        Some(day) => time datetime=(day) { (day) },
                        None => span.muted { "—" },
                    }
                }
            }
        }
    }
}

fn facts(l: Language, view: &View) -> Facts {
    let row = &view.row;
    let owner = row.owner.as_deref().map(|owner| (owner, view.units.name(owner)));
    Facts::new()
        .fact(
            l,
            w("责任单位", "Owner"),
            html! { @if let Some((code, name)) = owner { span title=(code) { (name) } } },
        )
        .fact(l, w("登记日期", "Exists from"), row.entered.to_string())
        .fact(l, w("当前内容生效", "As shown from"), row.effective.to_string())
        .fact(
            l,
            w("最近入账", "Last entry"),
            html! { (clock(row.recorded)) " " span.muted { "#" (row.version) } },
        )
        .fact(l, w("记录编号", "Record number"), html! { "#" (row.record) })
        .fact(l, w("账册入账数", "Entries in the book"), grouped(view.size.to_string()))
}

fn past(l: Language, view: &View) -> Markup {
    let events: Vec<Event> = view.history.iter().rev().map(|one| event(l, view, one)).collect();
    timeline(l, w("经过", "History"), &events)
}

fn event(l: Language, view: &View, one: &Happened) -> Event {
    let effective = one.effective;
    let judged = matches!(one.kind, Kind::Verify | Kind::Return);
    let title = html! {
        (l.say(&kind_words(one.kind)))
        @if !judged { " " span.muted { (l.say(&text!("{effective} 起生效", "in effect from {effective}"))) } }
        " " span.muted { "#" (one.number) }
    };
    let diff =
        one.changes.iter().fold(Diff::new(l, w("原值", "Before"), w("新值", "After")), |diff, change| {
            diff.field(l, change.field.clone(), &change.label, change.old.clone(), change.new.clone())
        });
    let body = html! {
        @if let Some(note) = &one.note { p { (note) } }
        @if !one.changes.is_empty() {
            @if one.kind == Kind::Create {
                details { summary { (l.say(&text!("首次填写 {0} 项", "{0} fields as first entered", one.changes.len()))) }
                    @let facts = one.changes.iter().fold(Facts::new().in_two(), |facts, change| facts.fact(l, &change.label, change.new.clone().unwrap_or_default()));
                    (facts)
                }
            } @else { (diff) }
        }
        @if !one.evidence.is_empty() {
            div.evidence-list {
                @for hash in &one.evidence {
                    @if let Some(file) = view.evidence.get(hash) { (evidence::draw(l, view.row.record.0, hash, file)) }
                }
            }
        }
    };
    let machine = one.recorded.to_string();
    let mut event = Event::new(machine, clock(one.recorded), title).who(&one.who).body(body);
    if view.register.needs_verification && !judged {
        event = event.badge(if one.verified { Badge::verified(l) } else { Badge::pending(l) });
    }
    event
}
