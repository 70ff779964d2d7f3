//! `/registers/{register}/enter`: one new record.

use std::collections::BTreeMap;

use access::Action;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use intake::{Job, Question, Refusal, Work};
use maud::html;
use message::Text;
use pack::Register;
use serde_json::json;

use super::desk::{by_field, lead, new_key, receipt, refused, shelf_fault, with_status};
use super::drafts::{self, Asked, offer};
use super::fields::{Controls, summary};
use super::{Typed, receive};
use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::page::rights::{Reach, guard, reach, roles_anywhere};
use crate::ui::{Button, Form, Icon, Page, Section, Speak, error_summary, w};
use crate::visitor::Visitor;

/// The register of an address, in which the visitor may do this somewhere.
pub(super) fn register_for<'v>(
    visitor: &'v Visitor,
    key: &str,
    action: Action,
) -> Result<&'v Register, Fault> {
    let register = visitor.now.pack.register(key).ok_or(Fault::NotFound)?;
    visitor.require_anywhere(action, Some(key))?;
    Ok(register)
}

pub(super) async fn page(visitor: Visitor, Path(key): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let register = register_for(&asking, &key, Action::Enter)?;
        let draft = drafts::find(app, &asking, &draft_key(&key))?;
        let mut typed = Typed::default();
        typed.set("@effective", crate::when::today().to_string());
        typed.set("@owner", usual_owner(&asking, &key)?);
        let wanted = asked.wanted();
        let offered = draft.as_ref().filter(|_| !wanted).map(|draft| draft.updated);
        if let Some(draft) = draft.filter(|_| wanted) {
            typed = Typed::from_draft(&draft.value);
        }
        let shown = Shown { typed: &typed, faults: &BTreeMap::new(), key: new_key()?, offered };
        Ok(form(&asking, register, &shown))
    };
    visitor.app.work(work).await
}

pub(super) async fn save(visitor: Visitor, Path(key): Path<String>, body: Multipart) -> Answer {
    register_for(&visitor, &key, Action::Enter)?;
    let received = receive(&visitor.app, body).await?;
    let asking = visitor.clone();
    let work = move |app: &App| {
        let register = register_for(&asking, &key, Action::Enter)?;
        let mut faults = received.faults(&asking);
        let typed = received.typed;
        if faults.is_empty() {
            let units = asking.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
            let job = Job {
                actor: asking.actor().to_owned(),
                roles: roles_anywhere(&asking, Action::Enter, &key),
                key: typed.get("key").to_owned(),
                guard: Some(guard(&asking, Action::Enter, &key, units)),
                work: Work::Create { register: key.clone(), form: typed.form(register, None) },
            };
            match app.scribe.enter(job) {
                Ok(entered) => {
                    drafts::forget(app, &asking, &draft_key(&key));
                    let record = entered.records.first().map_or(0, |record| record.0);
                    return Ok(lead(&asking, &typed, &format!("/records/{record}"), &receipt(&entered)));
                }
                Err(Refusal::Faults(found)) => faults = by_field(asking.language, &found),
                Err(other) => return Err(refused(other)),
            }
        }
        let shown = Shown { typed: &typed, faults: &faults, key: typed.get("key").to_owned(), offered: None };
        Ok(with_status(form(&asking, register, &shown), StatusCode::UNPROCESSABLE_ENTITY))
    };
    visitor.app.work(work).await
}

/// What is wrong so far, for the script: `{"errors": {"field": "words"}}`.
pub(super) async fn check(visitor: Visitor, Path(key): Path<String>, body: Bytes) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let register = register_for(&asking, &key, Action::Enter)?;
        let typed = Typed::from_form(&body);
        let mut form = typed.form(register, None);
        // Files are not sent along; whether they are missing is said when the form is sent.
        form.effective = form.effective.or(Some(crate::when::today()));
        let units = asking.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        let question = Question {
            register: key.clone(),
            record: None,
            roles: roles_anywhere(&asking, Action::Enter, &key),
            guard: Some(guard(&asking, Action::Enter, &key, units)),
            forms: vec![form],
        };
        errors(&asking, register, app.scribe.check(question))
    };
    visitor.app.work(work).await
}

/// The answer of a check. Measured values come along, so that the form can show them.
pub(super) fn errors(
    visitor: &Visitor,
    register: &Register,
    checked: Result<Vec<intake::Checked>, Refusal>,
) -> Result<Response, Fault> {
    let mut checked = checked.map_err(refused)?;
    let Some(checked) = checked.pop() else { return Err(Fault::NotFound) };
    let mut errors = by_field(visitor.language, &checked.faults);
    errors.remove("@evidence");
    for field in register.fields.iter().filter(|field| field.kind == pack::FieldKind::Person) {
        if let Some(words) = errors.remove(&field.key) {
            errors.insert(super::typed::person_name(&field.key), words);
        }
    }
    Ok(Json(json!({ "errors": errors })).into_response())
}

/// The one unit for which the visitor enters, if there is one to assume.
pub(super) fn usual_owner(visitor: &Visitor, register: &str) -> Result<String, Fault> {
    let units = visitor.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
    if reach(visitor, Action::Enter, register, &units) == Reach::Nowhere {
        return Ok(String::new());
    }
    let mut own = visitor.grants.iter().filter_map(|grant| grant.unit.as_deref());
    Ok(match (own.next(), own.next()) {
        (Some(code), None) => format!("{code} {}", units.name(code)),
        _ => String::new(),
    })
}

pub(super) fn draft_key(register: &str) -> String {
    format!("enter:{register}")
}

struct Shown<'s> {
    typed: &'s Typed,
    faults: &'s BTreeMap<String, String>,
    key: String,
    offered: Option<jiff::Timestamp>,
}

fn form(visitor: &Visitor, register: &Register, shown: &Shown<'_>) -> Response {
    let l = visitor.language;
    let Shown { typed, faults, key, offered } = shown;
    let controls = Controls { l, pack: &visitor.now.pack, register, typed, faults, amends: false };
    let address = format!("/registers/{}", register.key);
    let form = Form::new(format!("{address}/enter"))
        .id("entry")
        .key(key)
        .files()
        .wide()
        .validated_at(format!("{address}/check-entry"))
        .draft_at(drafts::address(visitor, &draft_key(&register.key)));
    let label = l.say(&register.label).into_owned();
    let title = Text::new(
        format!("录入{}", register.label.simplified),
        format!("Enter into {}", register.label.english.to_lowercase()),
    );
    let body = html! {
        (offer(visitor, &draft_key(&register.key), &format!("{address}/enter"), *offered))
        (error_summary(l, &summary(l, register, faults)))
        (form.render(&visitor.frame(), html! {
            (controls.owner("enter"))
            (controls.effective())
            (controls.fields())
            (controls.evidence(register.evidence_on_create))
            (controls.note(w("说明", "Remark"), false))
            div.actions {
                (Button::primary(l, w("保存", "Save")).key("Ctrl+S").busy(l, w("正在保存", "Saving")))
                (Button::quiet(l, w("返回台账", "Back to the register")).to(&address))
            }
        }))
    };
    let page = Page::new(Section::Registers, title)
        .crumb(Text::same(label), &address)
        .action(
            Button::secondary(l, w("粘贴多行", "Paste several rows"))
                .icon(Icon::Plus)
                .to(format!("{address}/enter-many")),
        )
        .script("map.js")
        .style("map.css")
        .script("entry.js")
        .style("entry.css");
    let page = if visitor.may_anywhere(Action::Import, Some(&register.key)) {
        page.action(
            Button::secondary(l, w("导入文件", "Import a file"))
                .icon(Icon::Upload)
                .to(format!("{address}/import")),
        )
    } else {
        page
    };
    visitor.page(page, body)
}
