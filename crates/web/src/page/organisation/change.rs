//! A re-organisation: what is wanted, what it would enter, and its entering.

use axum::Form as Sent;
use intake::{Job, NewUnit, OwnerGuard, Reorganisation, Work, reorganise};
use jiff::civil::Date;
use ledger::{Draft, Kind, Value};
use maud::{Markup, html};
use message::{Text, text};
use shelf::Units;

use access::Action;

use super::{address, may};
use crate::fault::{Answer, Fault};
use crate::page::api::{Path, Query};
use crate::ui::{Button, Column, Form, Notice, Page, Row, Section, Speak, Table, date_in_words, w};
use crate::visitor::Visitor;

/// What is wanted of a unit.
#[derive(Clone, Debug)]
struct Wanted {
    what: Reorganisation,
    /// The units that are touched, as far as they exist: the visitor must have a right to each.
    touched: Vec<String>,
    on: Date,
    note: Option<String>,
}

impl Wanted {
    /// Reads a form's fields.
    fn read(code: &str, pairs: &[(String, String)]) -> Result<Self, Fault> {
        let given = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
            found.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let wanted = |name: &str, label: Text| {
            let (chinese, english) = (label.simplified.clone(), label.english.clone());
            let fault = text!("请填写{chinese}", "`{english}` is missing");
            given(name)
                .ok_or_else(|| Fault::Refused { text: fault.clone(), fields: vec![(name.to_owned(), fault)] })
        };
        let on = wanted("on", Text::new("生效日期", "takes effect on"))?;
        let on = on.parse().map_err(|_| {
            Fault::Bad(text!("生效日期应写作 2026-03-01。", "Days are written as 2026-03-01."))
        })?;
        let note = given("note");
        let code = code.to_owned();
        let (what, touched) = match given("what").as_deref() {
            Some("move") => {
                let parent = wanted("to", Text::new("新的上级单位", "new unit above it"))?;
                (Reorganisation::Move { unit: code.clone(), parent: parent.clone() }, vec![code, parent])
            }
            Some("merge") => {
                let into = wanted("to", Text::new("并入的单位", "into which unit"))?;
                let what = Reorganisation::Merge { from: vec![code.clone()], into: into.clone(), new: None };
                (what, vec![code, into])
            }
            Some("split") => {
                let new = NewUnit {
                    code: wanted("code", Text::new("新单位代码", "code of the new unit"))?,
                    name: wanted("name", Text::new("新单位名称", "name of the new unit"))?,
                    level: None,
                    parent: None,
                };
                let children: Vec<(String, String)> = pairs
                    .iter()
                    .filter(|(key, _)| key == "child")
                    .map(|(_, child)| (child.clone(), new.code.clone()))
                    .collect();
                let mut touched = vec![code.clone()];
                touched.extend(children.iter().map(|(child, _)| child.clone()));
                let successor = given("end").map(|_| new.code.clone());
                let what = Reorganisation::Split {
                    unit: code,
                    new: vec![new],
                    successor,
                    records: Vec::new(),
                    children,
                };
                (what, touched)
            }
            _ => {
                return Err(Fault::Bad(text!(
                    "请选择划转、合并或拆分。",
                    "Choose to move, to merge or to split."
                )));
            }
        };
        Ok(Self { what, touched, on, note })
    }

    /// Refuses unless the visitor may re-organise every unit that is touched.
    fn require(&self, visitor: &Visitor, units: &Units) -> Result<(), Fault> {
        let all = self.touched.iter().all(|code| may(visitor, units, code));
        if all { Ok(()) } else { Err(crate::visitor::no_right(Action::ManageUnits)) }
    }
}

/// The roles that the visitor has; which of them may dissolve a unit, the pack says.
fn roles(visitor: &Visitor) -> Vec<String> {
    visitor.grants.iter().map(|grant| grant.role.clone()).collect()
}

/// Shows every entry that it would make.
pub(super) async fn preview(
    visitor: Visitor,
    Path(code): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let wanted = Wanted::read(&code, &pairs)?;
    let (seen, asked) = (visitor.clone(), wanted.clone());
    let (units, drafts) = visitor
        .app
        .work(move |app| {
            let units = seen.now.shelf.units(asked.on).map_err(Fault::internal)?;
            asked.require(&seen, &units)?;
            let role = roles(&seen).into_iter().next().unwrap_or_default();
            let drafts = app.scribe.look(&[pack::UNITS], move |book| {
                reorganise(book, &asked.what, asked.on, &role, asked.note.as_deref())
            });
            Ok((units, drafts.map_err(|refusal| crate::page::api::refusal(&refusal))?))
        })
        .await?;
    let l = visitor.language;
    let on = wanted.on;
    let back = address(&code, on);
    let page = Page::new(Section::Admin, w("确认机构调整", "Confirm the re-organisation"))
        .crumb(w("机构", "Units"), format!("/admin/units?day={on}"))
        .crumb(Text::same(units.name(&code)), back.clone());
    let drafts = match drafts {
        Ok(drafts) => drafts,
        Err(error) => {
            let body = html! {
                (Notice::bad(l, error.text()))
                div.actions { (Button::secondary(l, w("返回修改", "Go back")).to(back)) }
            };
            let mut response = visitor.page(page, body);
            *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(response);
        }
    };
    let day = date_in_words(l, on);
    let notice = Notice::info(
        l,
        text!("自{day}起生效；此前的数值不变", "From {day} on; figures before it stay as they were"),
    );
    let notice = match &wanted.note {
        Some(note) => notice.body(html! { p { (l.t("依据：", "By: ")) (note) } }),
        None => notice,
    };
    let body = html! {
        (notice)
        (entries(&visitor, &units, &drafts))
        (confirm(&visitor, &code, &pairs)?.render_in(&visitor, &back))
    };
    Ok(visitor.page(page, body))
}

/// What is needed to send the same again, to be entered.
struct Confirmation {
    form: Form,
}

fn confirm(visitor: &Visitor, code: &str, pairs: &[(String, String)]) -> Result<Confirmation, Fault> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Fault::internal)?;
    let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let _ = visitor;
    let path: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
    let form = Form::new(format!("/admin/units/{}/change", path.replace('+', "%20"))).key(key);
    let form = pairs.iter().fold(form, |form, (name, value)| form.hidden(name.clone(), value.clone()));
    Ok(Confirmation { form })
}

impl Confirmation {
    fn render_in(self, visitor: &Visitor, back: &str) -> Markup {
        let l = visitor.language;
        self.form.render(
            &visitor.frame(),
            html! {
                div.actions {
                    (Button::primary(l, w("确认入账", "Enter it")))
                    (Button::quiet(l, w("返回修改", "Go back")).to(back))
                }
            },
        )
    }
}

/// The entries in words.
fn entries(visitor: &Visitor, units: &Units, drafts: &[Draft]) -> Markup {
    let l = visitor.language;
    let called =
        |code: &str| units.get(code).map_or_else(|| code.to_owned(), |unit| format!("{} {code}", unit.name));
    let unit_of = |draft: &Draft| {
        let record = draft.record.map(|record| record.0);
        units.iter().find(|unit| Some(unit.record) == record)
    };
    let rows = drafts.iter().map(|draft| {
        let text_of = |key: &str| match draft.fields.get(key) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let (whose, what) = match (draft.kind, unit_of(draft)) {
            (Kind::Create, _) => {
                let code = text_of("code").unwrap_or_default();
                let parent = text_of("parent").map(called).unwrap_or_default();
                let name = text_of("name").unwrap_or_default();
                (format!("{name} {code}"), text!("新设，隶属{parent}", "begins, below {parent}"))
            }
            (Kind::Advance, Some(unit)) => (called(&unit.code), text!("撤销", "ends")),
            (_, Some(unit)) => {
                let what = match (text_of("parent"), text_of("successor")) {
                    (Some(parent), _) => {
                        let from = unit.parent.as_deref().map(called).unwrap_or_else(|| "—".to_owned());
                        let to = called(parent);
                        text!("上级由 {from} 改为 {to}", "moves from {from} to {to}")
                    }
                    (_, Some(successor)) => {
                        let to = called(successor);
                        text!("由 {to} 承接", "is followed by {to}")
                    }
                    _ => text!("变更", "changes"),
                };
                (called(&unit.code), what)
            }
            (_, None) => {
                let record = draft.record.map(|record| record.0).unwrap_or_default();
                let to = draft.unit.as_deref().map(called).unwrap_or_default();
                (format!("#{record}"), text!("归口改为 {to}", "belongs to {to}"))
            }
        };
        Row::new(vec![html! { (whose) }, html! { (l.say(&what)) }, html! { (draft.effective) }])
    });
    let columns = vec![
        Column::new(l, w("单位", "Unit")),
        Column::new(l, w("变化", "What changes")),
        Column::new(l, w("自", "From")),
    ];
    let count = drafts.len();
    html! {
        (Table::new(l, text!("将入账 {count} 条", "{count} entries"), columns).titled().cards().rows(rows))
    }
}

/// Enters it.
pub(super) async fn enter(
    visitor: Visitor,
    Path(code): Path<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Answer {
    let wanted = Wanted::read(&code, &pairs)?;
    let key = pairs.iter().find(|(name, _)| name == "key").map(|(_, key)| key.clone()).unwrap_or_default();
    let seen = visitor.clone();
    let asked = wanted.clone();
    visitor
        .app
        .work(move |app| {
            let units = seen.now.shelf.units(asked.on).map_err(Fault::internal)?;
            asked.require(&seen, &units)?;
            let (guarded, tree) = (seen.clone(), units);
            let guard = OwnerGuard::new(move |unit| {
                // A unit that begins only now has nobody above it yet; those that exist were asked for.
                tree.get(unit).is_none() || may(&guarded, &tree, unit)
            });
            let job = Job {
                actor: seen.actor().to_owned(),
                roles: roles(&seen),
                key,
                guard: Some(guard),
                work: Work::Reorganise { what: asked.what, on: asked.on, note: asked.note },
            };
            app.scribe.enter(job).map_err(|refusal| crate::page::api::refusal(&refusal))
        })
        .await?;
    let on = wanted.on;
    let said = text!("机构调整已入账，自{on}起生效", "The re-organisation is entered, from {on} on");
    Ok(visitor.lead_to(&format!("/admin/units?day={on}"), &said))
}
