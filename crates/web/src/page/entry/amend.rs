//! `/records/{id}/amend`: changes of a record, based on the version that was seen.

use std::collections::BTreeMap;

use access::Action;
use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use intake::{Job, Question, Refusal, Version, Work};
use ledger::EntryNumber;
use maud::html;
use message::Text;

use super::conflict::Conflicting;
use super::create::errors;
use super::desk::{Held, by_field, ended, lead, new_key, receipt, refused, shelf_fault, with_status};
use super::drafts::{self, Asked, offer};
use super::fields::{Controls, summary};
use super::{Typed, receive};
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::page::rights::{guard, roles};
use crate::ui::{Button, Form, Notice, Page, Section, error_summary, w};
use crate::visitor::Visitor;

pub(super) async fn page(visitor: Visitor, Path(id): Path<u64>, Query(asked): Query<Asked>) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let held = Held::find(app, &asking, id, Action::Amend)?;
        if let Some(elsewhere) = ended(&asking, &held) {
            return Ok(elsewhere);
        }
        let draft = drafts::find(app, &asking, &draft_key(id))?;
        let mut typed = held.typed(&asking, &held.version)?;
        typed.set("@effective", held.next_day().to_string());
        typed.set("@base", held.version.number.to_string());
        let wanted = asked.wanted();
        let offered = draft.as_ref().filter(|_| !wanted).map(|draft| draft.updated);
        if let Some(draft) = draft.filter(|_| wanted) {
            // A draft is of what was seen then; what it is saved over is compared by its base.
            let kept = Typed::from_draft(&draft.value);
            let base = kept.get("@seen").to_owned();
            typed = kept;
            typed.set("@base", if base.is_empty() { held.version.number.to_string() } else { base });
        }
        form(&asking, &held, &Shown { typed: &typed, faults: &BTreeMap::new(), key: new_key()?, offered })
    };
    visitor.app.work(work).await
}

pub(super) async fn save(visitor: Visitor, Path(id): Path<u64>, body: Multipart) -> Answer {
    visitor.require_anywhere(Action::Amend, None)?;
    let received = receive(&visitor.app, body).await?;
    let asking = visitor.clone();
    let work = move |app: &App| {
        let held = Held::find(app, &asking, id, Action::Amend)?;
        let faults = received.faults(&asking);
        enter(app, &asking, &held, received.typed, faults)
    };
    visitor.app.work(work).await
}

/// Saves what was typed, or shows it again with what is wrong, or with what somebody else has saved meanwhile.
pub(super) fn enter(
    app: &App,
    visitor: &Visitor,
    held: &Held<'_>,
    typed: Typed,
    mut faults: BTreeMap<String, String>,
) -> Answer {
    let base = base_of(&typed)?;
    if faults.is_empty() {
        let seen = Version::after(&held.history, Some(base)).ok_or(Fault::NotFound)?;
        let before = held.typed(visitor, &seen)?;
        let units = visitor.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        let key = &held.register.key;
        let job = Job {
            actor: visitor.actor().to_owned(),
            roles: roles(visitor, Action::Amend, &held.resource()),
            key: typed.get("key").to_owned(),
            guard: Some(guard(visitor, Action::Amend, key, units)),
            work: Work::Amend { record: held.record, base, form: typed.form(held.register, Some(&before)) },
        };
        match app.scribe.enter(job) {
            Ok(entered) => {
                drafts::forget(app, visitor, &draft_key(held.record.0));
                let path = format!("/records/{}", held.record);
                return Ok(lead(visitor, &typed, &path, &receipt(&entered)));
            }
            Err(refusal @ (Refusal::Faults(_) | Refusal::Stale(_))) => {
                // What was read before may be older than what the scribe has found.
                let held = Held::find(app, visitor, held.record.0, Action::Amend)?;
                let conflicting = Conflicting { held: &held, seen: &seen, typed: &typed };
                match refusal {
                    _ if held.version.withdrawn => return conflicting.ended(visitor),
                    Refusal::Faults(found) => faults = by_field(visitor.language, &found),
                    _ => return Ok(with_status(conflicting.page(visitor)?, StatusCode::CONFLICT)),
                }
            }
            Err(other) => return Err(refused(other)),
        }
    }
    if held.version.withdrawn {
        return Conflicting { held, seen: &held.version, typed: &typed }.ended(visitor);
    }
    let shown = Shown { typed: &typed, faults: &faults, key: typed.get("key").to_owned(), offered: None };
    Ok(with_status(form(visitor, held, &shown)?, StatusCode::UNPROCESSABLE_ENTITY))
}

pub(super) fn base_of(typed: &Typed) -> Result<EntryNumber, Fault> {
    let wrong = |_| {
        Fault::Bad(Text::new(
            "缺少所依据的版本，请重新打开表单",
            "the version is missing; open the form again",
        ))
    };
    Ok(EntryNumber(typed.get("@base").parse().map_err(wrong)?))
}

pub(super) async fn check(visitor: Visitor, Path(id): Path<u64>, body: Bytes) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let held = Held::find(app, &asking, id, Action::Amend)?;
        let typed = Typed::from_form(&body);
        let seen = Version::after(&held.history, Some(base_of(&typed)?)).ok_or(Fault::NotFound)?;
        let mut form = typed.form(held.register, Some(&held.typed(&asking, &seen)?));
        form.effective = form.effective.or(Some(held.next_day()));
        let units = asking.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        let key = &held.register.key;
        let question = Question {
            register: key.clone(),
            record: Some(held.record),
            roles: roles(&asking, Action::Amend, &held.resource()),
            guard: Some(guard(&asking, Action::Amend, key, units)),
            forms: vec![form],
        };
        errors(&asking, held.register, app.scribe.check(question))
    };
    visitor.app.work(work).await
}

fn draft_key(id: u64) -> String {
    format!("amend:{id}")
}

struct Shown<'s> {
    typed: &'s Typed,
    faults: &'s BTreeMap<String, String>,
    key: String,
    offered: Option<jiff::Timestamp>,
}

fn form(visitor: &Visitor, held: &Held<'_>, shown: &Shown<'_>) -> Result<Response, Fault> {
    let l = visitor.language;
    let Shown { typed, faults, key, offered } = shown;
    let controls =
        Controls { l, pack: &visitor.now.pack, register: held.register, typed, faults, amends: true };
    let address = format!("/records/{}", held.record);
    let form = Form::new(format!("{address}/amend"))
        .id("entry")
        .key(key)
        .hidden("@base", typed.get("@base"))
        // Kept with the draft, where the base of the page is not.
        .hidden("@seen", typed.get("@base"))
        .files()
        .wide()
        .validated_at(format!("{address}/check-amend"))
        .draft_at(drafts::address(visitor, &draft_key(held.record.0)));
    let called = held.called(visitor)?;
    let register = format!("/registers/{}", held.register.key);
    let body = html! {
        @if held.pending && held.register.needs_verification {
            (Notice::info(l, w("这条记录有尚待核验的内容，更改后一并核验", "This record has entries that wait for verification; the change joins them")))
        }
        (offer(visitor, &draft_key(held.record.0), &format!("{address}/amend"), *offered))
        (error_summary(l, &summary(l, held.register, faults)))
        (form.render(&visitor.frame(), html! {
            (controls.owner("amend"))
            (controls.effective())
            (controls.fields())
            (controls.evidence(false))
            (controls.note(w("更改说明", "Why"), false))
            div.actions {
                (Button::primary(l, w("保存更改", "Save changes")).key("Ctrl+S").busy(l, w("正在保存", "Saving")))
                (Button::quiet(l, w("返回记录", "Back to the record")).to(&address))
            }
        }))
    };
    let title = message::text!("更改：{called}", "Amend: {called}");
    let page = Page::new(Section::Registers, title)
        .crumb(held.register.label.clone(), register)
        .crumb(Text::same(called), &address)
        .script("map.js")
        .style("map.css")
        .script("entry.js")
        .style("entry.css");
    Ok(visitor.page(page, body))
}
