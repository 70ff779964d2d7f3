//! `/records/{id}/advance/{state}` and `/records/{id}/withdraw`: what is done with a record that exists.

use std::collections::BTreeMap;

use access::Action as Right;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use intake::{Act, Action, Job, Refusal, Work};
use ledger::EntryNumber;
use maud::html;
use message::Text;
use pack::State;

use super::amend::base_of;
use super::conflict::Conflicting;
use super::desk::{Held, by_field, ended, lead, new_key, receipt, refused, with_status};
use super::drafts::{self, Asked, offer};
use super::fields::{Controls, summary};
use super::{Typed, receive};
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::page::rights::roles;
use crate::ui::{Badge, Button, Facts, Form, Page, Section, Speak, error_summary, w};
use crate::visitor::Visitor;

/// What one of these pages is for.
enum Step<'s> {
    Advance(&'s State, bool),
    Withdraw,
}

impl Step<'_> {
    fn right(&self) -> Right {
        match self {
            Step::Advance(..) => Right::Advance,
            Step::Withdraw => Right::Withdraw,
        }
    }

    fn draft_key(&self, held: &Held<'_>) -> String {
        match self {
            Step::Advance(state, _) => format!("advance:{}:{}", held.record, state.key),
            Step::Withdraw => format!("withdraw:{}", held.record),
        }
    }

    fn path(&self, held: &Held<'_>) -> String {
        match self {
            Step::Advance(state, _) => format!("/records/{}/advance/{}", held.record, state.key),
            Step::Withdraw => format!("/records/{}/withdraw", held.record),
        }
    }
}

/// The state, and whether reaching it from the record's needs evidence.
fn step<'h>(held: &Held<'h>, key: &str) -> Result<Step<'h>, Fault> {
    let state = held.register.states.iter().find(|state| state.key == key).ok_or(Fault::NotFound)?;
    let from = held.version.state.as_deref().unwrap_or_default();
    let mut moves = held.register.transitions.iter().filter(|step| step.from == from && step.to == key);
    let first = moves.next();
    Ok(Step::Advance(state, first.is_some_and(|step| step.evidence)))
}

/// Why there is no such move from the state that the record has, if there is none: it was made already, perhaps by the
/// same form whose answer was lost, or the state has changed otherwise since the button was drawn.
fn no_move(held: &Held<'_>, step: &Step<'_>) -> Option<Text> {
    let Step::Advance(to, _) = step else { return None };
    let from = held.version.state.as_deref().unwrap_or_default();
    if held.register.transitions.iter().any(|step| step.from == from && step.to == to.key) {
        return None;
    }
    let now = held.register.states.iter().find(|state| state.key == from)?;
    let (zh, en) = (&now.label.simplified, &now.label.english);
    if now.key == to.key {
        return Some(Text::new(format!("状态已是“{zh}”"), format!("Its state is “{en}” already")));
    }
    let (to_zh, to_en) = (&to.label.simplified, &to.label.english);
    Some(Text::new(
        format!("状态现为“{zh}”，不能变更为“{to_zh}”"),
        format!("Its state is “{en}” now, which cannot become “{to_en}”"),
    ))
}

pub(super) async fn advance_page(
    visitor: Visitor,
    Path((id, state)): Path<(u64, String)>,
    Query(asked): Query<Asked>,
) -> Answer {
    let asking = visitor.clone();
    visitor.app.work(move |app| open(app, &asking, id, Some(&state), &asked)).await
}

pub(super) async fn withdraw_page(
    visitor: Visitor,
    Path(id): Path<u64>,
    Query(asked): Query<Asked>,
) -> Answer {
    let asking = visitor.clone();
    visitor.app.work(move |app| open(app, &asking, id, None, &asked)).await
}

fn open(app: &App, visitor: &Visitor, id: u64, state: Option<&str>, asked: &Asked) -> Answer {
    let right = if state.is_some() { Right::Advance } else { Right::Withdraw };
    let held = Held::find(app, visitor, id, right)?;
    if let Some(elsewhere) = ended(visitor, &held) {
        return Ok(elsewhere);
    }
    let step = state.map_or(Ok(Step::Withdraw), |state| step(&held, state))?;
    if let Some(why) = no_move(&held, &step) {
        return Ok(visitor.lead_to(&format!("/records/{id}"), &why));
    }
    let draft = drafts::find(app, visitor, &step.draft_key(&held))?;
    let mut typed = Typed::default();
    typed.set("@effective", held.next_day().to_string());
    let offered = draft.as_ref().filter(|_| !asked.wanted()).map(|draft| draft.updated);
    if let Some(draft) = draft.filter(|_| asked.wanted()) {
        typed = Typed::from_draft(&draft.value);
    }
    typed.set("@base", held.version.number.to_string());
    let shown = Shown { typed: &typed, faults: &BTreeMap::new(), key: &new_key()?, offered };
    form(visitor, &held, &step, &shown)
}

pub(super) async fn advance(
    visitor: Visitor,
    Path((id, state)): Path<(u64, String)>,
    body: Multipart,
) -> Answer {
    save(visitor, id, Some(state), body).await
}

pub(super) async fn withdraw(visitor: Visitor, Path(id): Path<u64>, body: Multipart) -> Answer {
    save(visitor, id, None, body).await
}

async fn save(visitor: Visitor, id: u64, state: Option<String>, body: Multipart) -> Answer {
    let received = receive(&visitor.app, body).await?;
    let asking = visitor.clone();
    let work = move |app: &App| {
        let right = if state.is_some() { Right::Advance } else { Right::Withdraw };
        let held = Held::find(app, &asking, id, right)?;
        let step = state.as_deref().map_or(Ok(Step::Withdraw), |state| step(&held, state))?;
        let mut faults = received.faults(&asking);
        let typed = received.typed;
        if typed.get("@effective").parse::<jiff::civil::Date>().is_err() {
            faults.insert(
                "@effective".to_owned(),
                asking.say(&Text::new("必须有生效日期", "the effective date is required")),
            );
        }
        if faults.is_empty() {
            let act = Act {
                action: match &step {
                    Step::Advance(state, _) => Action::Advance(state.key.clone()),
                    Step::Withdraw => Action::Withdraw,
                },
                effective: typed.get("@effective").parse().map_err(Fault::internal)?,
                evidence: typed.kept_evidence().into_iter().map(|(hash, _)| hash).collect(),
                note: Some(typed.get("@note").to_owned()).filter(|note| !note.is_empty()),
            };
            let base: EntryNumber = base_of(&typed)?;
            let job = Job {
                actor: asking.actor().to_owned(),
                roles: roles(&asking, step.right(), &held.resource()),
                key: typed.get("key").to_owned(),
                guard: None,
                work: Work::act(held.record, base, act),
            };
            match app.scribe.enter(job) {
                Ok(entered) => {
                    drafts::forget(app, &asking, &step.draft_key(&held));
                    return Ok(lead(&asking, &typed, &format!("/records/{id}"), &receipt(&entered)));
                }
                Err(refusal @ (Refusal::Faults(_) | Refusal::Stale(_))) => {
                    // What was read before may be older than what the scribe has found.
                    let held = Held::find(app, &asking, id, right)?;
                    if held.version.withdrawn {
                        return Conflicting { held: &held, seen: &held.version, typed: &typed }
                            .ended(&asking);
                    }
                    match refusal {
                        Refusal::Faults(found) => faults = by_field(asking.language, &found),
                        stale => {
                            // The date, remark and files stay; what changed is shown beside them, and the base is the
                            // new one.
                            faults.insert(String::new(), asking.say(&stale.text()));
                            let mut typed = typed;
                            typed.set("@base", held.version.number.to_string());
                            let shown =
                                Shown { typed: &typed, faults: &faults, key: &new_key()?, offered: None };
                            return Ok(with_status(
                                form(&asking, &held, &step, &shown)?,
                                StatusCode::CONFLICT,
                            ));
                        }
                    }
                }
                Err(other) => return Err(refused(other)),
            }
        }
        if held.version.withdrawn {
            return Conflicting { held: &held, seen: &held.version, typed: &typed }.ended(&asking);
        }
        let shown = Shown { typed: &typed, faults: &faults, key: typed.get("key"), offered: None };
        let page = form(&asking, &held, &step, &shown)?;
        Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
    };
    visitor.app.work(work).await
}

struct Shown<'s> {
    typed: &'s Typed,
    faults: &'s BTreeMap<String, String>,
    key: &'s str,
    offered: Option<jiff::Timestamp>,
}

fn form(visitor: &Visitor, held: &Held<'_>, step: &Step<'_>, shown: &Shown<'_>) -> Result<Response, Fault> {
    let l = visitor.language;
    let Shown { typed, faults, key, offered } = *shown;
    let controls =
        Controls { l, pack: &visitor.now.pack, register: held.register, typed, faults, amends: true };
    let called = held.called(visitor)?;
    let address = format!("/records/{}", held.record);
    let now = held.version.state.as_deref();
    let now = held
        .register
        .states
        .iter()
        .find(|state| Some(state.key.as_str()) == now)
        .map(|state| state.label.clone());
    let (title, button, needs_evidence) = match step {
        Step::Advance(state, evidence) => {
            let (zh, en) = (&state.label.simplified, &state.label.english);
            let title = Text::new(format!("变更为“{zh}”：{called}"), format!("Change to “{en}”: {called}"));
            let words = Text::new(format!("变更为“{zh}”"), format!("Change to “{en}”"));
            (title, Button::primary(l, words), *evidence)
        }
        Step::Withdraw => {
            let title = message::text!("撤回记录：{called}", "Withdraw: {called}");
            (title, Button::danger(l, w("撤回记录", "Withdraw the record")), false)
        }
    };
    let form = Form::new(step.path(held))
        .id("entry")
        .key(key)
        .hidden("@base", typed.get("@base"))
        .files()
        .draft_at(drafts::address(visitor, &step.draft_key(held)));
    let body = html! {
        (offer(visitor, &step.draft_key(held), &step.path(held), offered))
        (error_summary(l, &summary(l, held.register, faults)))
        (Facts::new()
            .fact(l, w("记录", "Record"), html! { a href=(address) { (called) } })
            .fact(l, w("现在的状态", "State now"), html! { @if let Some(now) = &now { (Badge::state(l, now)) } }))
        @if let Step::Withdraw = step {
            p { (if held.register.needs_verification {
                l.t("撤回须经核验；核验之前，指标仍计入这条记录。历史与佐证保留。", "A withdrawal is verified; until then figures go on counting the record. History and evidence stay.")
            } else {
                l.t("撤回后，指标自生效日起不再计入这条记录。历史与佐证保留。", "From the effective day on, figures leave the record out. History and evidence stay.")
            }) }
        }
        (form.render(&visitor.frame(), html! {
            (controls.effective())
            (controls.evidence(needs_evidence))
            (controls.note(w("说明", "Remark"), matches!(step, Step::Withdraw)))
            div.actions {
                (button.key("Ctrl+S").busy(l, w("正在保存", "Saving")))
                (Button::quiet(l, w("返回记录", "Back to the record")).to(&address))
            }
        }))
    };
    let page = Page::new(Section::Registers, title)
        .crumb(held.register.label.clone(), format!("/registers/{}", held.register.key))
        .crumb(Text::same(called), &address)
        .script("entry.js")
        .style("entry.css");
    Ok(visitor.page(page, body))
}
