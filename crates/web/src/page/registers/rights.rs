//! Whose records somebody may see: the policies' answer for each owner, kept while nothing that it depends on changes.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use access::{Action, Grant, Resource};
use jiff::civil::Date;
use shelf::{Row, Status, Units};

use super::fault;
use crate::app::InForce;
use crate::fault::Fault;
use crate::visitor::Visitor;
use crate::when;

/// The codes of the owners whose records of a register the visitor may do this to; `None` if it is everybody's.
/// Looks at the book: call it inside [`App::work`](crate::app::App::work).
pub fn owners(visitor: &Visitor, action: Action, register: &str) -> Result<Option<Vec<String>>, Fault> {
    let shelf = &visitor.now.shelf;
    let units = shelf.units(when::today()).map_err(fault)?;
    let asked = Asked {
        account: visitor.actor().to_owned(),
        grants: Arc::clone(&visitor.grants),
        scopes: visitor.scopes.clone(),
        action: action.key(),
        register: register.to_owned(),
        owners: shelf.owners(register).map_err(fault)?,
    };
    if let Some(known) = recall(&visitor.now, &units, &asked) {
        return Ok(known);
    }
    let may = |units: &[String]| {
        let resource = Resource { register: Some(register), units, ..Resource::default() };
        visitor.may(action, &resource)
    };
    let seen: Vec<String> =
        asked.owners.iter().filter(|owner| may(&upward(&units, owner))).cloned().collect();
    // Records without an owner are the city's.
    let answer = if seen.len() == asked.owners.len() && may(&[]) { None } else { Some(seen) };
    keep(&visitor.now, &units, asked, answer.clone());
    Ok(answer)
}

/// What the policies are asked with for a record: its owner and the units above it on a day.
pub fn units(visitor: &Visitor, owner: Option<&str>, day: Date) -> Result<Vec<String>, Fault> {
    let Some(owner) = owner else { return Ok(Vec::new()) };
    Ok(upward(&*visitor.now.shelf.units(day).map_err(fault)?, owner))
}

/// The accounts whose entries of a record wait for verification.
pub fn waiting(row: &Row) -> &[String] {
    if matches!(row.status, Status::Pending | Status::Returned) { &row.authors } else { &[] }
}

fn upward(tree: &Units, owner: &str) -> Vec<String> {
    let units = tree.upward(owner);
    // A unit that the tree does not have stands alone.
    if units.is_empty() { vec![owner.to_owned()] } else { units }
}

#[derive(PartialEq)]
struct Asked {
    account: String,
    grants: Arc<Vec<Grant>>,
    scopes: Option<Arc<Vec<String>>>,
    action: &'static str,
    register: String,
    owners: Vec<String>,
}

struct Known {
    now: Weak<InForce>,
    units: Weak<Units>,
    asked: Asked,
    answer: Option<Vec<String>>,
}

/// Answers are few hundred bytes mostly; a day's visitors times the registers they open.
const MOST: usize = 512;

static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());

fn recall(now: &Arc<InForce>, units: &Arc<Units>, asked: &Asked) -> Option<Option<Vec<String>>> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |one: &&Known| {
        std::ptr::eq(one.now.as_ptr(), Arc::as_ptr(now))
            && std::ptr::eq(one.units.as_ptr(), Arc::as_ptr(units))
            && one.asked == *asked
    };
    known.iter().rev().find(same).map(|one| one.answer.clone())
}

fn keep(now: &Arc<InForce>, units: &Arc<Units>, asked: Asked, answer: Option<Vec<String>>) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|one| one.now.strong_count() > 0 && one.units.strong_count() > 0);
    if known.len() >= MOST {
        known.drain(..MOST / 2);
    }
    known.push(Known { now: Arc::downgrade(now), units: Arc::downgrade(units), asked, answer });
}
