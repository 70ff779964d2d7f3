//! `/records/{id}/verify`: what waits beside what was verified; verify it, or send it back with a reason. And many at once.

use access::{Action as Right, Resource};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use intake::{Act, Action, Job, Refusal, Version, Work};
use ledger::{EntryNumber, Kind, RecordId};
use maud::{Markup, html};
use message::Text;

use crate::app::App;
use crate::fault::{Answer, Fault};
use crate::page::entry::{Held, Typed, actor_name, evidence_list, label_of, refused, said};
use crate::page::rights::{guard, roles, roles_anywhere};
use crate::ui::{
    Badge, Button, Column, Diff, Event, Field, Form, Icon, MapShow, Notice, Page, Row, Section, Speak, Table,
    error_summary, timeline, w,
};
use crate::visitor::Visitor;

/// The most records of one bulk verification.
const MOST: usize = 500;

pub(super) async fn page(visitor: Visitor, Path(id): Path<u64>) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        // Whoever may not verify the record itself (it may be their own) is told so on the page.
        let held = find(app, &asking, id)?;
        let faults = Vec::new();
        show(&asking, &held, &Typed::default(), &accounts::random_token()?, &faults)
    };
    visitor.app.work(work).await
}

/// A record whose unit the visitor verifies, be it that they may not judge this very one.
fn find<'v>(app: &App, visitor: &'v Visitor, id: u64) -> Result<Held<'v>, Fault> {
    let held = Held::find(app, visitor, id, Right::View)?;
    visitor.require(Right::Verify, &Resource { authors: &[], ..held.resource() })?;
    Ok(held)
}

fn show(
    visitor: &Visitor,
    held: &Held<'_>,
    typed: &Typed,
    key: &str,
    faults: &[(String, String)],
) -> Result<Response, Fault> {
    let l = visitor.language;
    let called = held.called(visitor)?;
    let address = format!("/records/{}", held.record);
    let verified = held.verified();
    let may = visitor.may(Right::Verify, &held.resource());
    let returned = held.history.last().is_some_and(|entry| entry.kind == Kind::Return);
    let form = Form::new(format!("{address}/verify"))
        .id("judge")
        .key(key)
        .hidden("@base", held.version.number.to_string());
    let judged = html! {
        (Field::text(l, "@note", w("退回原因", "Why it is sent back"))
            .value(typed.get("@note")).max_chars(500)
            .help(l, w("退回时必填，经办人会看到", "Needed when sending it back; the clerk sees it"))
            .error(faults.iter().find(|(field, _)| field == "@note").map(|(_, words)| words)))
        div.actions {
            (Button::primary(l, w("核验通过", "Verify")).icon(Icon::Tick).named("do", "verify").key("Ctrl+S"))
            (Button::secondary(l, w("退回修改", "Send back")).icon(Icon::Return).named("do", "return"))
            (Button::quiet(l, w("返回待办", "Back to what waits")).to(format!("/inbox?register={}", held.register.key)))
        }
    };
    let body = html! {
        (error_summary(l, faults))
        @if !held.pending {
            (Notice::info(l, w("没有待核验的内容", "Nothing waits for verification")))
        } @else if !may {
            (Notice::read_only(l, w("须由他人核验：待核验的内容中有您本人录入的", "Somebody else has to verify this: you entered some of it")))
        }
        @if held.version.withdrawn {
            (Notice::warn(l, w("经办人撤回了这条记录；核验通过后，指标不再计入它", "The record was withdrawn; once that is verified, figures leave it out")))
        }
        h2 { (if verified.is_some() { l.t("与上次核验相比", "Compared with what was verified") } else { l.t("首次核验", "Verified for the first time") }) }
        (differences(visitor, held, verified.as_ref())?)
        (shapes(visitor, held, verified.as_ref()))
        h2 { (l.t("待核验的入账", "Entries that wait")) }
        (entries(visitor, held))
        @if held.pending && may { (form.render(&visitor.frame(), judged)) }
    };
    let badge = if returned {
        Badge::returned(l)
    } else if held.pending {
        Badge::pending(l)
    } else {
        Badge::verified(l)
    };
    let page = Page::new(Section::Inbox, message::text!("核验：{called}", "Verify: {called}"))
        .crumb(held.register.label.clone(), format!("/inbox?register={}", held.register.key))
        .state(badge)
        .action(Button::quiet(l, w("打开记录", "Open the record")).to(&address))
        .script("map.js")
        .style("map.css")
        .style("entry.css");
    Ok(visitor.page(page, body))
}

fn differences(visitor: &Visitor, held: &Held<'_>, verified: Option<&Version>) -> Result<Markup, Fault> {
    let l = visitor.language;
    let left = verified.map_or(w("（无）", "(none)"), |_| w("已核验的", "Verified"));
    let mut diff = Diff::new(l, left, w("待核验的", "Waiting"));
    let units = visitor.now.shelf.units(crate::when::today()).map_err(Fault::internal)?;
    let state = |version: &Version| {
        let state = held.register.states.iter().find(|state| Some(&state.key) == version.state.as_ref());
        state.map(|state| l.say(&state.label).into_owned())
    };
    let owner = |version: &Version| version.owner.as_deref().map(|owner| units.name(owner).to_owned());
    let now = &held.version;
    diff = diff.field(
        l,
        "@owner",
        Text::same(label_of(l, held.register, "@owner")),
        verified.and_then(owner),
        owner(now),
    );
    diff = diff.field(
        l,
        "@state",
        Text::same(label_of(l, held.register, "@state")),
        verified.and_then(state),
        state(now),
    );
    for field in &held.register.fields {
        let before = match verified {
            Some(version) => said(visitor, field, version.fields.get(&field.key))?,
            None => None,
        };
        let after = said(visitor, field, now.fields.get(&field.key))?;
        diff = diff.field(l, &field.key, &field.label, before, after);
    }
    Ok(html! { (diff) })
}

/// The shapes, old and new on one map, where the shape changed.
fn shapes(visitor: &Visitor, held: &Held<'_>, verified: Option<&Version>) -> Markup {
    let l = visitor.language;
    let shape = |version: &Version| match version.fields.get(&held.register.geometry()?.key)? {
        ledger::Value::Text(wkt) => geodesy::Geometry::parse_wkt(wkt).ok(),
        _ => None,
    };
    let (old, new) = (verified.and_then(shape), shape(&held.version));
    let mut map = MapShow::empty(l, w("位置", "Place"));
    if let Some(old) = old.as_ref().filter(|old| Some(*old) != new.as_ref()) {
        map = map.shape(old, 2, 1);
    }
    if let Some(new) = &new {
        map = map.shape(new, 1, 0);
    }
    html! { @if old.is_some() || new.is_some() { (map) } }
}

fn entries(visitor: &Visitor, held: &Held<'_>) -> Markup {
    let l = visitor.language;
    let events: Vec<Event> = held
        .waiting()
        .iter()
        .map(|entry| {
            let zoned = entry.recorded.to_zoned(crate::when::calendar());
            let what = match entry.kind {
                Kind::Create => l.t("录入", "Entered"),
                Kind::Amend => l.t("更改", "Amended"),
                Kind::Advance => l.t("变更状态", "Moved to another state"),
                Kind::Verify => l.t("核验", "Verified"),
                Kind::Return => l.t("退回", "Sent back"),
                Kind::Withdraw => l.t("撤回", "Withdrawn"),
            };
            let effective = entry.effective;
            Event::new(entry.recorded.to_string(), zoned.strftime("%Y-%m-%d %H:%M").to_string(), html! {
                (what) span.muted { " · " (l.t("自", "from ")) (effective) (l.t("起生效", "")) " · #" (entry.number) }
            })
            .who(actor_name(&visitor.app, &entry.actor))
            .body(html! {
                @if let Some(note) = &entry.note { p { (note) } }
                (evidence_list(l, held.record.0, &entry.evidence))
            })
        })
        .collect();
    timeline(l, w("待核验的入账", "Entries that wait"), &events)
}

/// Verifies a record, or sends it back.
pub(super) async fn judge(visitor: Visitor, Path(id): Path<u64>, body: Bytes) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let typed = Typed::from_form(&body);
        let held = find(app, &asking, id)?;
        let (right, action) = match typed.get("do") {
            "verify" => (Right::Verify, Action::Verify),
            "return" => (Right::Return, Action::Return),
            _ => {
                return Err(Fault::Bad(Text::new(
                    "请选择核验通过或退回",
                    "choose to verify or to send back",
                )));
            }
        };
        asking.require(right, &held.resource())?;
        let wrong = |_| Fault::Bad(Text::new("缺少所依据的版本", "the version is missing"));
        let base = EntryNumber(typed.get("@base").parse().map_err(wrong)?);
        let note = Some(typed.get("@note").to_owned()).filter(|note| !note.is_empty());
        let returns = action == Action::Return;
        let act = Act { note: note.filter(|_| returns), ..Act::new(action, crate::when::today()) };
        let job = Job {
            actor: asking.actor().to_owned(),
            roles: roles(&asking, right, &held.resource()),
            key: typed.get("key").to_owned(),
            guard: None,
            work: Work::act(held.record, base, act),
        };
        let l = asking.language;
        let again = match app.scribe.enter(job) {
            Ok(entered) => {
                let number = entered.entries.map_or(0, |(first, _)| first.0);
                let text = if returns {
                    message::text!("已退回，入账 {number}", "Sent back as entry {number}")
                } else {
                    message::text!("已核验，入账 {number}", "Verified as entry {number}")
                };
                return Ok(asking.lead_to(&format!("/inbox?register={}", held.register.key), &text));
            }
            Err(Refusal::Faults(faults)) => {
                let line = |fault: &intake::FieldFault| {
                    let name = if fault.field == "@note" { "@note" } else { "" };
                    (
                        name.to_owned(),
                        format!("{}：{}", label_of(l, held.register, &fault.field), l.say(&fault.message)),
                    )
                };
                (StatusCode::UNPROCESSABLE_ENTITY, faults.iter().map(line).collect::<Vec<_>>())
            }
            // What is verified must be what was seen: the page is shown again with what it is now.
            Err(Refusal::Stale(conflict)) => {
                (StatusCode::CONFLICT, vec![(String::new(), asking.say(&Refusal::Stale(conflict).text()))])
            }
            Err(other) => return Err(refused(other)),
        };
        let held = find(app, &asking, id)?;
        let mut page = show(&asking, &held, &typed, &accounts::random_token()?, &again.1)?;
        *page.status_mut() = again.0;
        Ok(page)
    };
    visitor.app.work(work).await
}

/// Verifies what was chosen, with one receipt; what could not be verified is told one by one.
pub(super) async fn verify_many(visitor: Visitor, body: Bytes) -> Answer {
    let asking = visitor.clone();
    let work = move |app: &App| {
        let typed = Typed::from_form(&body);
        let l = asking.language;
        let register = typed.get("register").to_owned();
        let chosen: Vec<(u64, u64)> = typed
            .all("record")
            .iter()
            .filter_map(|value| {
                let (record, version) = value.split_once(':')?;
                Some((record.parse().ok()?, version.parse().ok()?))
            })
            .collect();
        let back = format!("/inbox?register={register}");
        if chosen.is_empty() {
            return Ok(asking.lead_to(&back, &Text::new("没有选择记录", "No record was chosen")));
        }
        if chosen.len() > MOST {
            return Err(Fault::Bad(message::text!(
                "一次最多核验 {MOST} 条",
                "at most {MOST} records at once"
            )));
        }
        // Each record is asked for by itself: whose it is, and whether somebody else has to judge it.
        let (mut acts, mut denied) = (Vec::new(), Vec::new());
        for (record, version) in chosen {
            let held = Held::find(app, &asking, record, Right::View)?;
            if held.register.key != register || !asking.may(Right::Verify, &held.resource()) {
                denied.push((
                    record,
                    asking.say(&Text::new("您不能核验这条记录", "you may not verify this record")),
                ));
                continue;
            }
            acts.push((
                RecordId(record),
                EntryNumber(version),
                Act::new(Action::Verify, crate::when::today()),
            ));
        }
        let records: Vec<u64> = acts.iter().map(|(record, ..)| record.0).collect();
        let mut entered = intake::Entered::default();
        if !acts.is_empty() {
            let units = asking.now.shelf.units(crate::when::today()).map_err(Fault::internal)?;
            let job = Job {
                actor: asking.actor().to_owned(),
                roles: roles_anywhere(&asking, Right::Verify, &register),
                key: typed.get("key").to_owned(),
                guard: Some(guard(&asking, Right::Verify, &register, units)),
                work: Work::Acts { acts, together: false },
            };
            entered = app.scribe.enter(job).map_err(refused)?;
        }
        denied.extend(
            entered
                .refused
                .iter()
                .filter_map(|(place, refusal)| Some((*records.get(*place)?, asking.say(&refusal.text())))),
        );
        let said = match entered.entries {
            Some((EntryNumber(first), count)) => {
                let last = first + count - 1;
                message::text!(
                    "已核验 {count} 条，入账 {first} 至 {last}",
                    "{count} verified as entries {first} to {last}"
                )
            }
            None => Text::new("没有核验任何记录", "Nothing was verified"),
        };
        if denied.is_empty() {
            return Ok(asking.lead_to(&back, &said));
        }
        let columns = vec![
            Column::new(l, w("记录", "Record")),
            Column::new(l, w("未核验的原因", "Why it was not verified")),
        ];
        let rows = denied.iter().map(|(record, why)| {
            Row::new(vec![html! { "#" (record) }, html! { (why) }]).to(format!("/records/{record}/verify"))
        });
        let count = denied.len();
        let body = html! {
            (Notice::info(l, said).announced())
            (Notice::warn(l, message::text!("{count} 条没有核验", "{count} were not verified")))
            (Table::new(l, w("没有核验的记录", "Records that were not verified"), columns).rows(rows))
            div.actions { (Button::primary(l, w("返回待办", "Back to what waits")).to(&back)) }
        };
        Ok(asking.page(Page::new(Section::Inbox, w("批量核验", "Verify several")), body))
    };
    visitor.app.work(work).await
}
