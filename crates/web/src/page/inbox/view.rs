//! What waits, as data: the same for the page, the digest and programs.

use access::Action;
use jiff::Timestamp;
use serde::Serialize;
use shelf::{At, Status};
use utoipa::ToSchema;

use crate::fault::Fault;
use crate::page::entry::actor_name;
use crate::page::waiting::within_reach;
use crate::ui::Speak;
use crate::visitor::Visitor;

/// What waits for the visitor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InboxView {
    /// How many records wait in all.
    pub(super) waiting: usize,
    /// How many of them wait for longer than they should.
    pub(super) late: usize,
    /// The registers in which something waits.
    pub(super) registers: Vec<InboxRegister>,
    /// The records that wait in the chosen register, oldest first.
    pub(super) items: Vec<InboxItem>,
    /// The cursor of the next page, if there is one.
    pub(super) next: Option<String>,
}

/// A register in which something waits.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InboxRegister {
    /// Its key.
    pub(super) register: String,
    /// What it is called.
    pub(super) label: String,
    /// How many records wait.
    pub(super) waiting: usize,
    /// How many of them are late.
    pub(super) late: usize,
    /// After how many days something is late here, as the pack says (`verify_within`).
    pub(super) late_after_days: u16,
}

/// A record that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InboxItem {
    /// The record.
    pub(super) record: u64,
    /// Its latest entry: what a verification is based on.
    pub(super) version: u64,
    /// Its register.
    pub(super) register: String,
    /// What it is called.
    pub(super) label: String,
    /// Its owner's code.
    pub(super) unit: Option<String>,
    /// Its owner.
    pub(super) unit_name: String,
    /// Who entered what waits.
    pub(super) authors: Vec<String>,
    /// When the latest entry was recorded.
    pub(super) recorded: String,
    /// For how many days it has been waiting.
    pub(super) days: i64,
    /// Whether that is too long.
    pub(super) late: bool,
    /// Whether somebody else has to judge it, since the visitor entered something of it.
    pub(super) own: bool,
}

/// What is asked of the inbox.
pub(super) struct Wanted<'w> {
    pub(super) status: Status,
    pub(super) right: Action,
    pub(super) register: Option<&'w str>,
    pub(super) after: Option<&'w str>,
    pub(super) limit: usize,
}

/// What waits, by what the visitor may do.
pub(super) fn look(visitor: &Visitor, wanted: &Wanted<'_>) -> Result<InboxView, Fault> {
    let (today, l) = (crate::when::today(), visitor.language);
    let shelf = &visitor.now.shelf;
    let units = shelf.units(today).map_err(wrong)?;
    let mut view = InboxView { waiting: 0, late: 0, registers: Vec::new(), items: Vec::new(), next: None };
    let mut chosen = None;
    for waits in within_reach(visitor, wanted.status, wanted.right)? {
        let register = waits.register;
        if waits.records == 0 && wanted.register != Some(register.key.as_str()) {
            continue;
        }
        let late = waits.late()?;
        view.waiting += waits.records;
        view.late += late;
        view.registers.push(InboxRegister {
            register: register.key.clone(),
            label: l.say(&register.label).into_owned(),
            waiting: waits.records,
            late,
            late_after_days: register.verify_within,
        });
        if wanted.register.map_or(chosen.is_none(), |wanted| wanted == register.key) {
            chosen = Some((waits.query, i64::from(register.verify_within)));
        }
    }
    let Some((mut query, within)) = chosen.filter(|_| wanted.limit > 0) else { return Ok(view) };
    query.limit = wanted.limit;
    if let Some(cursor) = wanted.after {
        query.at = At::After(cursor.to_owned());
    }
    let page = shelf.list(&query).map_err(wrong)?;
    let ids: Vec<_> = page.rows.iter().map(|row| row.record).collect();
    let names = shelf.called(&query.register, &ids, today, l).map_err(wrong)?;
    let now = Timestamp::now();
    for (row, label) in page.rows.into_iter().zip(names) {
        let days = now.duration_since(row.recorded).as_hours() / 24;
        view.items.push(InboxItem {
            record: row.record.0,
            version: row.version.0,
            register: query.register.clone(),
            label,
            unit_name: row.owner.as_deref().map(|owner| units.name(owner).to_owned()).unwrap_or_default(),
            unit: row.owner,
            own: row.authors.iter().any(|author| author == visitor.actor()),
            authors: row.authors.iter().map(|author| actor_name(&visitor.app, author)).collect(),
            recorded: row.recorded.to_string(),
            days,
            late: days > within,
        });
    }
    view.next = page.next;
    Ok(view)
}

pub(super) fn wrong(error: shelf::ShelfError) -> Fault {
    if error.is_asked_wrongly() {
        Fault::Refused { text: error.text(), fields: Vec::new() }
    } else {
        Fault::internal(error)
    }
}
