//! What every page of entry needs: the record with its history, what a refusal becomes, how values are shown.

use std::collections::BTreeMap;

use access::{Action, Resource};
use axum::http::{StatusCode, header};
use axum::response::Response;
use intake::{FieldFault, Refusal, Version};
use jiff::civil::Date;
use ledger::{Entry, EntryNumber, Kind, RecordId, Value};
use message::{Language, Text};
use pack::{Field, FieldKind, Register};

use super::Typed;
use crate::app::App;
use crate::fault::Fault;
use crate::ui::{Speak, measured, w};
use crate::visitor::Visitor;

/// A record as entry sees it: all of its entries, and its latest version whatever its date.
pub(crate) struct Held<'v> {
    pub(crate) register: &'v Register,
    pub(crate) record: RecordId,
    pub(crate) history: Vec<Entry>,
    pub(crate) version: Version,
    /// Its owner and the units above it.
    pub(crate) units: Vec<String>,
    /// Who entered what waits for verification.
    pub(crate) authors: Vec<String>,
    /// Whether anything waits.
    pub(crate) pending: bool,
}

impl<'v> Held<'v> {
    /// Looks a record up that the visitor may do this to.
    pub(crate) fn find(app: &App, visitor: &'v Visitor, id: u64, action: Action) -> Result<Self, Fault> {
        let record = RecordId(id);
        let history = match app.book.history(record) {
            Err(ledger::LedgerError::NoRecord(_)) => return Err(Fault::NotFound),
            other => other?,
        };
        let version = Version::after(&history, None).ok_or(Fault::NotFound)?;
        let key = history.first().map(|entry| entry.register.as_str()).unwrap_or_default();
        let register = visitor.now.pack.register(key).ok_or(Fault::NotFound)?;
        let units = visitor.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        let units = version.owner.as_deref().map(|owner| units.upward(owner)).unwrap_or_default();
        let since = history.iter().rposition(|entry| entry.kind == Kind::Verify).map_or(0, |place| place + 1);
        let waiting = history[since..].iter().filter(|entry| entry.kind != Kind::Return);
        let mut authors: Vec<String> = waiting.map(|entry| entry.actor.clone()).collect();
        authors.sort();
        authors.dedup();
        let pending = register.needs_verification && !authors.is_empty();
        let held = Self { register, record, history, version, units, authors, pending };
        visitor.require(action, &held.resource())?;
        Ok(held)
    }

    /// What rights are asked about.
    pub(crate) fn resource(&self) -> Resource<'_> {
        Resource {
            register: Some(&self.register.key),
            units: &self.units,
            authors: &self.authors,
            state: self.version.state.as_deref(),
        }
    }

    /// The record as it was when it was last verified; none if it never was.
    pub(crate) fn verified(&self) -> Option<Version> {
        let last = self.history.iter().rposition(|entry| entry.kind == Kind::Verify)?;
        Version::after(&self.history[..=last], None)
    }

    /// What was entered since it was last verified.
    pub(crate) fn waiting(&self) -> &[Entry] {
        let since =
            self.history.iter().rposition(|entry| entry.kind == Kind::Verify).map_or(0, |place| place + 1);
        &self.history[since..]
    }

    /// What the record is called.
    pub(crate) fn called(&self, visitor: &Visitor) -> Result<String, Fault> {
        let today = crate::when::today();
        let called = visitor.now.shelf.called(&self.register.key, &[self.record], today, visitor.language);
        Ok(called.map_err(shelf_fault)?.pop().unwrap_or_else(|| format!("#{}", self.record)))
    }

    /// The values of a version as a form shows them.
    pub(crate) fn typed(&self, visitor: &Visitor, version: &Version) -> Result<Typed, Fault> {
        let mut typed = Typed::default();
        let units = visitor.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
        for field in &self.register.fields {
            let text = match (&field.kind, version.fields.get(&field.key)) {
                (_, None | Some(Value::Null)) | (FieldKind::Person, _) => continue,
                (FieldKind::Reference { register }, Some(Value::Whole(number))) => {
                    format!("#{number} {}", called(visitor, register, *number)?)
                }
                (FieldKind::Unit { .. }, Some(Value::Text(code))) => format!("{code} {}", units.name(code)),
                (_, Some(value)) => plain(value),
            };
            // What a field shows is compared as it comes back: without blanks at its ends.
            typed.set(&field.key, text.trim());
        }
        if let Some(owner) = &version.owner {
            typed.set("@owner", format!("{owner} {}", units.name(owner)).trim());
        }
        Ok(typed)
    }

    /// The first day from which a change may hold, today at the earliest.
    pub(crate) fn next_day(&self) -> Date {
        crate::when::today().max(self.version.effective)
    }
}

pub(crate) fn shelf_fault(error: shelf::ShelfError) -> Fault {
    if error.is_asked_wrongly() {
        Fault::Refused { text: error.text(), fields: Vec::new() }
    } else {
        Fault::internal(error)
    }
}

/// A value as the book has it.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Flag(flag) => flag.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}

fn called(visitor: &Visitor, register: &str, number: i64) -> Result<String, Fault> {
    let record = RecordId(u64::try_from(number).unwrap_or_default());
    let called = visitor.now.shelf.called(register, &[record], crate::when::today(), visitor.language);
    Ok(called.map_err(shelf_fault)?.pop().unwrap_or_default())
}

/// A value as people read it; none where there is none. Who a person is stays beside the book.
pub(crate) fn said(visitor: &Visitor, field: &Field, value: Option<&Value>) -> Result<Option<String>, Fault> {
    let l = visitor.language;
    let Some(value) = value.filter(|value| **value != Value::Null) else { return Ok(None) };
    Ok(Some(match (&field.kind, value) {
        (FieldKind::Choice { options }, Value::Text(key)) => options
            .iter()
            .find(|option| option.key == *key)
            .map_or_else(|| key.clone(), |option| l.say(&option.label).into_owned()),
        (FieldKind::YesNo, Value::Flag(true)) => l.t("是", "Yes").to_owned(),
        (FieldKind::YesNo, _) => l.t("否", "No").to_owned(),
        (FieldKind::Reference { register }, Value::Whole(number)) => called(visitor, register, *number)?,
        (FieldKind::Unit { .. }, Value::Text(code)) => {
            let units = visitor.now.shelf.units(crate::when::today()).map_err(shelf_fault)?;
            units.name(code).to_owned()
        }
        (FieldKind::Person, Value::Text(pseudonym)) => pseudonym.clone(),
        (FieldKind::Decimal { unit, .. }, Value::Text(number)) => {
            measured(number, &visitor.now.pack.unit(unit).in_language(l))
        }
        (FieldKind::Whole { unit: Some(unit), .. }, Value::Whole(number)) => {
            measured(number, &visitor.now.pack.unit(unit).in_language(l))
        }
        (FieldKind::Geometry { .. }, Value::Text(wkt)) => shortened(wkt),
        (_, value) => plain(value),
    }))
}

fn shortened(wkt: &str) -> String {
    let mut short: String = wkt.chars().take(80).collect();
    if short.len() < wkt.len() {
        short.push('…');
    }
    short
}

/// What a field of a fault is called.
pub(crate) fn label_of(l: Language, register: &Register, field: &str) -> String {
    match field {
        "@owner" => l.t("填报单位", "Unit").to_owned(),
        "@effective" => l.t("生效日期", "Effective date").to_owned(),
        "@state" => l.t("状态", "State").to_owned(),
        "@evidence" => l.t("佐证材料", "Evidence").to_owned(),
        "@note" => l.t("说明", "Remark").to_owned(),
        "@record" => l.t("记录", "Record").to_owned(),
        key => register.field(key).map_or_else(|| key.to_owned(), |field| l.say(&field.label).into_owned()),
    }
}

/// Faults by the name of their field, in the visitor's language; the first of each.
pub(crate) fn by_field(l: Language, faults: &[FieldFault]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for fault in faults {
        found.entry(fault.field.clone()).or_insert_with(|| l.say(&fault.message).into_owned());
    }
    found
}

/// A refusal that is no matter of single fields.
pub(crate) fn refused(refusal: Refusal) -> Fault {
    let text = refusal.text();
    match refusal {
        Refusal::Faults(faults) => {
            let fields = faults.into_iter().map(|fault| (fault.field, fault.message)).collect();
            Fault::Refused { text, fields }
        }
        Refusal::Stale(_) | Refusal::KeyReused => Fault::Conflict(text),
        Refusal::BadKey => Fault::Bad(text),
        Refusal::NoRecord(_) | Refusal::NoRegister(_) => Fault::NotFound,
        Refusal::Stopped | Refusal::Failed(_) => Fault::Busy(text),
        Refusal::Several(_) | Refusal::Cells(_) | Refusal::Refused(_) => {
            Fault::Refused { text, fields: Vec::new() }
        }
    }
}

/// Where a form leads of a record that was withdrawn and can only be judged any more: to the record, which says so. What is
/// sent is judged by the scribe, so that a withdrawal sent twice counts once.
pub(crate) fn ended(visitor: &Visitor, held: &Held<'_>) -> Option<Response> {
    let path = format!("/records/{}", held.record);
    held.version.withdrawn.then(|| visitor.lead_to(&path, &ended_words()))
}

pub(crate) fn ended_words() -> Text {
    w("这条记录已撤回，不能再更改", "This record is withdrawn; nothing of it can be changed").text()
}

/// Leads to a record after something was saved. A script that stays on its page (`@stay`) is told where to go instead of
/// being sent there: were it sent, it would be the script that reads what is said once.
pub(crate) fn lead(visitor: &Visitor, typed: &Typed, path: &str, said: &Text) -> Response {
    let mut response = visitor.lead_to(path, said);
    if !typed.get("@stay").is_empty()
        && let Some(place) = response.headers_mut().remove(header::LOCATION)
    {
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert("x-lead-to", place);
    }
    response
}

/// A page that answers a form which was not accepted.
pub(crate) fn with_status(mut page: Response, status: StatusCode) -> Response {
    *page.status_mut() = status;
    page
}

/// A new idempotency key for a form.
pub(crate) fn new_key() -> Result<String, Fault> {
    accounts::random_token().map_err(Fault::from)
}

/// Who an entry's actor is, for people: entries name accounts by number.
pub(crate) fn actor_name(app: &App, actor: &str) -> String {
    let account = match actor.strip_prefix("account-").and_then(|number| number.parse().ok()) {
        Some(id) => app.accounts.account(id),
        None => app.accounts.account_named(actor),
    };
    account.ok().flatten().map_or_else(|| actor.to_owned(), |account| account.display.clone())
}

/// What is said when something has entered.
pub(crate) fn receipt(entered: &intake::Entered) -> Text {
    match entered.entries {
        None => w("没有需要保存的更改", "Nothing had changed").text(),
        Some((EntryNumber(first), 1)) => message::text!("已保存，入账 {first}", "Saved as entry {first}"),
        Some((EntryNumber(first), count)) => {
            let last = first + count - 1;
            message::text!("已保存，入账 {first} 至 {last}", "Saved as entries {first} to {last}")
        }
    }
}
