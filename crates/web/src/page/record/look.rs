//! What the page of a record shows, gathered from shelf, book and accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Action, Resource};
use ledger::{Kind, Pseudonym, RecordId};
use pack::{FieldKind, Register, State};
use shelf::{Row, Status, Units, Value};

use super::evidence::{Evidence, evidence};
use super::history::{Happened, history};
use crate::app::App;
use crate::fault::Fault;
use crate::page::registers::{fault, rights};
use crate::page::rights::roles;
use crate::visitor::Visitor;
use crate::when;

/// Everything on the page.
pub struct View {
    pub register: Register,
    pub row: Row,
    /// What the record is called.
    pub name: String,
    pub units: Arc<Units>,
    /// What became of it, the oldest first.
    pub history: Vec<Happened>,
    /// The files of all its entries, by hash.
    pub evidence: BTreeMap<String, Evidence>,
    /// Who a pseudonym stands for, for those who may know.
    pub persons: BTreeMap<String, String>,
    pub may_amend: bool,
    pub may_withdraw: bool,
    pub may_verify: bool,
    /// The states that it may be moved to.
    pub next: Vec<State>,
    /// How many entries the book has.
    pub size: u64,
}

/// A record that the visitor may see, with its register and the units that rights are asked by.
pub fn found(visitor: &Visitor, id: u64) -> Result<(Register, Row, Vec<String>), Fault> {
    let (now, today) = (&visitor.now, when::today());
    let key = now.shelf.find(RecordId(id)).map_err(fault)?.ok_or(Fault::NotFound)?;
    let register = now.pack.register(&key).ok_or(Fault::NotFound)?.clone();
    let row = now
        .shelf
        .record(&key, RecordId(id), today, visitor.language)
        .map_err(fault)?
        .ok_or(Fault::NotFound)?;
    let units = rights::units(visitor, row.owner.as_deref(), today)?;
    visitor.require(Action::View, &resource(&register, &row, &units))?;
    Ok((register, row, units))
}

/// What the policies are asked with.
fn resource<'a>(register: &'a Register, row: &'a Row, units: &'a [String]) -> Resource<'a> {
    Resource { register: Some(&register.key), units, authors: rights::waiting(row), state: Some(&row.state) }
}

pub fn look(app: &App, visitor: &Visitor, id: u64) -> Result<View, Fault> {
    let (register, row, above) = found(visitor, id)?;
    let (now, today) = (&visitor.now, when::today());
    let units = now.shelf.units(today).map_err(fault)?;
    let entries = app.book.history(RecordId(id))?;
    let called = now.shelf.called(&register.key, &[RecordId(id)], today, visitor.language).map_err(fault)?;
    let about = resource(&register, &row, &above);
    let may = |action| visitor.may(action, &about);
    // What was withdrawn can only be judged any more.
    let ended = entries.iter().any(|entry| entry.kind == Kind::Withdraw);
    let roles = roles(visitor, Action::Advance, &about);
    let next = register
        .states
        .iter()
        .filter(|state| {
            let goes = |step: &pack::Transition| {
                step.from == row.state
                    && step.to == state.key
                    && roles.iter().any(|role| step.by.contains(role))
            };
            !ended && register.transitions.iter().any(goes)
        })
        .cloned()
        .collect();
    let hashes: BTreeSet<_> = entries.iter().flat_map(|entry| entry.evidence.iter().cloned()).collect();
    let evidence = hashes.iter().map(|hash| (hash.to_string(), evidence(app, hash))).collect();
    let persons =
        if may(Action::SeePersonal) { persons(app, visitor, &register, &row)? } else { BTreeMap::new() };
    let waits = matches!(row.status, Status::Pending | Status::Returned) && register.needs_verification;
    Ok(View {
        name: called.into_iter().next().unwrap_or_else(|| format!("#{id}")),
        history: history(app, visitor, &register, &units, &entries)?,
        evidence,
        persons,
        may_amend: !ended && may(Action::Amend),
        may_withdraw: !ended && may(Action::Withdraw),
        may_verify: waits && may(Action::Verify),
        next,
        size: app.book.size()?,
        register,
        row,
        units,
    })
}

/// Who the record's pseudonyms stand for. That somebody looked is written down.
fn persons(
    app: &App,
    visitor: &Visitor,
    register: &Register,
    row: &Row,
) -> Result<BTreeMap<String, String>, Fault> {
    let mut persons = BTreeMap::new();
    for (field, value) in register.fields.iter().zip(&row.values) {
        let (FieldKind::Person, Value::Person(text)) = (&field.kind, value) else { continue };
        let Some(pseudonym) = Pseudonym::parse(text) else { continue };
        if let Some(data) = app.book.person_data(&pseudonym)? {
            persons.insert(text.clone(), words(&data));
        }
    }
    if !persons.is_empty() {
        app.accounts.note(accounts::Event {
            account: visitor.account.as_ref().map(|account| account.id),
            action: Action::SeePersonal.key().to_owned(),
            method: "GET".to_owned(),
            route: "/records/{id}".to_owned(),
            register: Some(register.key.clone()),
            record: Some(row.record.to_string()),
            unit: row.owner.clone(),
            from: visitor.from.clone(),
            ..accounts::Event::default()
        });
    }
    Ok(persons)
}

/// What is kept of a person is a text, or an object of texts.
fn words(data: &str) -> String {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(data) {
        Ok(parts) => {
            let texts =
                parts.values().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            texts.collect::<Vec<_>>().join(" ")
        }
        Err(_) => data.to_owned(),
    }
}
